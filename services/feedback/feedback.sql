CREATE SCHEMA IF NOT EXISTS feedback;

-- Where each ticket came from that may still be told of something, as far as the way back needs it; reply_to is sealed.
CREATE TABLE IF NOT EXISTS feedback.origins (
    ticket      text PRIMARY KEY,
    external_id text NOT NULL,
    reply_to    text
);

-- What is to be told, in the order of seq for each ticket. Delivered ones are gone; failed ones wait for people.
CREATE TABLE IF NOT EXISTS feedback.deliveries (
    id           text        PRIMARY KEY,
    seq          bigint      GENERATED ALWAYS AS IDENTITY,
    partition    int         NOT NULL,
    ticket       text        NOT NULL,
    jurisdiction text        NOT NULL,
    account      text        NOT NULL,
    external_id  text        NOT NULL,
    number       text        NOT NULL,
    reply_to     text,
    purpose      text        NOT NULL,
    round        int         NOT NULL,
    at           timestamptz NOT NULL,
    field        text,
    sealed       text,
    due          timestamptz,
    outcome      text,
    grade        text,
    traceparent  bytea,
    state        text        NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'failed')),
    tries        int         NOT NULL DEFAULT 0,
    next_at      timestamptz NOT NULL DEFAULT now(),
    because      text
);
CREATE INDEX IF NOT EXISTS deliveries_next ON feedback.deliveries (next_at) WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS deliveries_order ON feedback.deliveries (ticket, seq) WHERE state = 'waiting';
