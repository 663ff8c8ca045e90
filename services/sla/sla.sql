CREATE SCHEMA IF NOT EXISTS sla;

-- The clocks that run, each with its own timer: next_at is when to ask for the warning or the miss (design §5).
-- A clock that an answer paused stays with next_at NULL, because a sent-back answer lets it run on.
CREATE TABLE IF NOT EXISTS sla.clocks (
    ticket       text        NOT NULL,
    clock        text        NOT NULL,
    partition    int         NOT NULL,
    jurisdiction text        NOT NULL,
    demand       text        NOT NULL,
    urgency      text        NOT NULL,
    channel      text        NOT NULL,
    round        int         NOT NULL,
    start        timestamptz NOT NULL,
    due          timestamptz NOT NULL,
    term         text        NOT NULL,
    warn_at      timestamptz,
    next_at      timestamptz,
    asked_at     timestamptz,
    PRIMARY KEY (ticket, clock)
);
CREATE INDEX IF NOT EXISTS clocks_next ON sla.clocks (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS clocks_partition ON sla.clocks (partition, ticket) WHERE next_at IS NOT NULL;

-- Published policies whose open deadlines are still to be computed anew, and how far that has come.
CREATE TABLE IF NOT EXISTS sla.recalculations (
    partition     int         NOT NULL,
    policy        text        NOT NULL,
    version       int         NOT NULL,
    at            timestamptz NOT NULL,
    jurisdictions text[]      NOT NULL,
    after_ticket  text        NOT NULL DEFAULT '',
    PRIMARY KEY (partition, policy, version)
);
