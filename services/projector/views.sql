-- What people read. Every row here can be made again from the record (`huiyin rebuild`); nothing is decided from it.
-- Names are bare on purpose: the live views and the shadow are this same file under another search_path.
-- Times are the record's (broker) unless said otherwise. Free text is sealed and stays out, but for masked titles.

-- How far each partition is projected: the last record read, the last counted entry's source, and the chain's head.
CREATE TABLE IF NOT EXISTS positions (
    partition int PRIMARY KEY,
    "offset"  bigint NOT NULL,
    source    bigint NOT NULL,
    epoch     int    NOT NULL,
    head      bytea  NOT NULL
);

-- One row a ticket: as it stands, and what the figures count (shared/figures.py). An imported past fills the same
-- columns with the times that the old system claims. The open ones lie apart from the closed: they are a small part, and
-- nearly all that people ask is of them.
CREATE TABLE IF NOT EXISTS tickets (
    id                 text NOT NULL,
    number             text NOT NULL,
    jurisdiction       text NOT NULL,
    channel            text NOT NULL,
    account            text NOT NULL,
    external_id        text NOT NULL,
    scope              text,                  -- the only group that may see it (民声通道)
    confidential       bool NOT NULL,
    public             bool NOT NULL,
    demand             text NOT NULL,
    urgency            text NOT NULL,
    topic              text,
    place              text,
    title              text,                  -- opened, numbers masked; null where the key is gone
    stage              text NOT NULL,
    outcome            text,
    triaged            bool NOT NULL,         -- waits for an operator to choose the unit
    round              int  NOT NULL,
    lead               text,
    assisting          text[] NOT NULL,
    handler            text,
    units              text[] NOT NULL,       -- every unit that ever had it, lead or assisting
    grade              text,                  -- of the last round
    version            int  NOT NULL,
    registered_at      timestamptz NOT NULL,
    clock_from         timestamptz NOT NULL,  -- where the citizen's clock starts
    assigned_at        timestamptz,           -- of the assignment in force, as are the next three
    signed_at          timestamptz,
    contacted_at       timestamptz,
    answered_at        timestamptz,
    approved_at        timestamptz,
    surveyed_at        timestamptz,           -- when the last survey was opened
    closed_at          timestamptz,
    citizen_due        timestamptz,
    citizen_stopped_at timestamptz,
    unit_due           timestamptz,           -- the answer's or the redo's clock, whichever runs in this round
    unit_stopped_at    timestamptz,
    citizen_missed     bool NOT NULL,
    unit_missed        bool NOT NULL,         -- signing, contact, answer or redo, in any round
    missed             bool NOT NULL,         -- either
    on_time            bool,                  -- the citizen's clock stopped before it was due; null until it stopped
    returns            int  NOT NULL,
    assignments        int  NOT NULL,         -- how often it was given to a unit
    redos              int  NOT NULL,
    attempts           int  NOT NULL,         -- calls that reached nobody in this survey
    supplements        int  NOT NULL,
    undelivered        int  NOT NULL,         -- reports to its channel that were given up
    warnings           int  NOT NULL,         -- 临期提醒, of any clock
    urges              int  NOT NULL,         -- 催办 by the clock
    urges_ordered      int  NOT NULL,         -- 催办 by a person
    imported           bool NOT NULL,
    reopened_at        timestamptz,           -- when its closing was disputed; the next three say what that closing was
    first_outcome      text,
    first_grade        text,
    first_closed_at    timestamptz,
    partition          int  NOT NULL,
    source             bigint NOT NULL,       -- of the last entry that changed it
    changed_at         timestamptz NOT NULL
) PARTITION BY LIST (stage);
CREATE TABLE IF NOT EXISTS closed_tickets PARTITION OF tickets (PRIMARY KEY (id)) FOR VALUES IN ('closed');
CREATE TABLE IF NOT EXISTS open_tickets PARTITION OF tickets (PRIMARY KEY (id)) DEFAULT;
CREATE INDEX IF NOT EXISTS tickets_by_number ON tickets (number text_pattern_ops);
CREATE INDEX IF NOT EXISTS tickets_by_external_id ON tickets (external_id);
CREATE INDEX IF NOT EXISTS tickets_in_order ON tickets (jurisdiction, registered_at DESC, id DESC);
CREATE INDEX IF NOT EXISTS tickets_at_place ON tickets (jurisdiction, place, registered_at DESC, id DESC);
CREATE INDEX IF NOT EXISTS tickets_of_topic ON tickets (jurisdiction, topic, registered_at DESC, id DESC);
CREATE INDEX IF NOT EXISTS tickets_of_units ON tickets USING gin (units);
CREATE INDEX IF NOT EXISTS queue_by_stage ON open_tickets (jurisdiction, stage, registered_at);
CREATE INDEX IF NOT EXISTS queue_triage ON open_tickets (
    jurisdiction, array_position(ARRAY['critical', 'urgent', 'ordinary'], urgency), registered_at, id
) WHERE triaged;
CREATE INDEX IF NOT EXISTS queue_overdue ON open_tickets (jurisdiction, least(citizen_due, unit_due), id) WHERE missed;
CREATE INDEX IF NOT EXISTS queue_circulating ON open_tickets (jurisdiction, clock_from, id)
    WHERE signed_at IS NULL OR assignments > 1 OR returns > 0;
CREATE INDEX IF NOT EXISTS unit_inbox ON open_tickets (lead, unit_due);
CREATE INDEX IF NOT EXISTS tickets_by_change ON tickets (partition, source);
CREATE INDEX IF NOT EXISTS queue_undelivered ON tickets (jurisdiction) WHERE undelivered > 0;
-- By what is due first of the clocks that run, and by when a ticket left the stock (console/numbers/tallies.sql).
CREATE INDEX IF NOT EXISTS open_by_due ON open_tickets (jurisdiction, (coalesce(least(
    CASE WHEN citizen_stopped_at IS NULL THEN citizen_due END, CASE WHEN unit_stopped_at IS NULL THEN unit_due END
), timestamptz '9999-01-01 00:00+00')), id);
CREATE INDEX IF NOT EXISTS tickets_by_end ON tickets (jurisdiction, (
    CASE WHEN closed_at IS NULL THEN timestamptz '9999-01-01 00:00+00' ELSE greatest(closed_at, registered_at) END
));

-- How many tickets of a day (of Shanghai, when they were registered) each figure counts, FIGURES standing for a column
-- each (shared/figures.py). By partition, so that no writer waits for another.
CREATE TABLE IF NOT EXISTS figures (
    jurisdiction text NOT NULL,
    day          date NOT NULL,
    partition    int  NOT NULL,
    channel      text NOT NULL,
    lead         text NOT NULL,               -- '' where no unit has it yet
    scope        text NOT NULL,               -- '' where every group may see it
    FIGURES,
    PRIMARY KEY (jurisdiction, day, partition, channel, lead, scope)
);

-- Everything that happened or was refused, one row an event; `detail` has no sealed text, only which fields are sealed.
CREATE TABLE IF NOT EXISTS timeline (
    ticket      text NOT NULL,                -- or policy/<jurisdiction>/<kind>
    partition   int  NOT NULL,
    source      bigint NOT NULL,
    seq         int  NOT NULL,                -- of several events in one entry
    "offset"    bigint NOT NULL,              -- of the entry in ticket-events, where its sealed texts are
    version     int  NOT NULL,
    at          timestamptz NOT NULL,
    occurred_at timestamptz,                  -- what the source claims
    kind        text NOT NULL,                -- the event's, or refused | repeated | undecodable
    asked       text,                         -- the command's kind
    person      text,                         -- an account, never a name
    role        text,
    unit        text,
    detail      jsonb NOT NULL,
    PRIMARY KEY (ticket, partition, source, seq)
);
CREATE INDEX IF NOT EXISTS looks_in_order ON timeline (at DESC, partition DESC, source DESC) WHERE asked = 'Look';
CREATE INDEX IF NOT EXISTS looks_of_people ON timeline (person, at DESC) WHERE asked = 'Look';
CREATE INDEX IF NOT EXISTS operators_day ON timeline (person, at) WHERE role = 'operator';
CREATE INDEX IF NOT EXISTS answers_of_unit ON timeline (unit, at DESC) WHERE kind = 'Answered';

-- Every clock of every round, with the explanation of its due moment.
CREATE TABLE IF NOT EXISTS deadlines (
    ticket      text NOT NULL,
    clock       text NOT NULL,
    round       int  NOT NULL,
    start       timestamptz NOT NULL,
    due         timestamptz NOT NULL,         -- the first instant that is too late
    before      timestamptz,                  -- the due moment that this one replaced
    term        text NOT NULL,
    warn_at     timestamptz,
    provisional bool NOT NULL,
    trace       jsonb NOT NULL,               -- [[day, counted, because, start, end], …]
    policies    jsonb NOT NULL,
    status      text NOT NULL,                -- running | warned | met | missed | void (taken away by an upheld return)
    stopped_at  timestamptz,
    PRIMARY KEY (ticket, clock, round)
);

-- Append-only: a row whenever a unit gets, loses or must act on a ticket, at most one an entry and unit. A
-- department's own system reads it by partition and source, and so never skips and never repeats.
CREATE TABLE IF NOT EXISTS unit_feed (
    unit      text NOT NULL,
    partition int  NOT NULL,
    source    bigint NOT NULL,
    ticket    text NOT NULL,
    kind      text NOT NULL,                  -- see FEED in shared/views/feed.py
    at        timestamptz NOT NULL,
    PRIMARY KEY (unit, partition, source)
);

-- What went back to the channel: delivered, or given up after so many tries.
CREATE TABLE IF NOT EXISTS deliveries (
    ticket    text NOT NULL,
    purpose   text NOT NULL,
    round     int  NOT NULL,
    delivered bool NOT NULL,
    tries     int  NOT NULL,
    at        timestamptz NOT NULL,
    because   text,
    PRIMARY KEY (ticket, purpose, round)
);

-- The rulings on returns, each with what its ticket was about then: the precedents of the next like case. One a ticket.
CREATE TABLE IF NOT EXISTS rulings (
    ticket       text PRIMARY KEY,
    jurisdiction text NOT NULL,
    topic        text,
    place        text,
    at           timestamptz NOT NULL,
    unit         text NOT NULL,               -- that asked for the return
    upheld       bool NOT NULL,
    "to"         text                         -- whom an upheld one named
);
CREATE INDEX IF NOT EXISTS rulings_by_topic ON rulings (jurisdiction, topic, at DESC);

-- What a ticket is found by: the pairs of neighbouring characters of its title as a list shows it (shared/search.py), and
-- who may find it. Apart from its row, which is written anew with each entry, while these hardly ever change.
CREATE TABLE IF NOT EXISTS titles (
    id            text PRIMARY KEY,           -- the ticket's
    jurisdiction  text NOT NULL,
    scope         text,
    units         text[] NOT NULL,
    registered_at timestamptz NOT NULL,
    words         tsvector NOT NULL           -- empty where the title cannot be opened
);
CREATE INDEX IF NOT EXISTS titles_by_words ON titles USING gin (words, units);
CREATE INDEX IF NOT EXISTS titles_in_order ON titles (jurisdiction, registered_at DESC, id DESC);

-- Which units ever had a ticket: each unit's, in the order of lists. Those of a unit that has had none for years are met at
-- once, and not behind the newer ones of all others.
CREATE TABLE IF NOT EXISTS unit_tickets (
    jurisdiction  text NOT NULL,
    unit          text NOT NULL,
    registered_at timestamptz NOT NULL,
    id            text NOT NULL,              -- the ticket's
    PRIMARY KEY (jurisdiction, unit, registered_at, id)
);

-- What the codes of units, handlers, places and topics are called, by the last policy that named them.
CREATE TABLE IF NOT EXISTS names (
    jurisdiction text NOT NULL,
    kind         text NOT NULL,               -- unit | handler | place | topic
    code         text NOT NULL,
    zh           text NOT NULL,
    en           text,
    plain        text NOT NULL,               -- letters and digits of zh, as they are compared
    initials     text NOT NULL,               -- of its pinyin
    PRIMARY KEY (jurisdiction, kind, code)
);

-- Every policy version that the first partition was told, whole.
CREATE TABLE IF NOT EXISTS policies (
    jurisdiction text NOT NULL,
    kind         text NOT NULL,
    version      int  NOT NULL,
    document     jsonb NOT NULL,              -- shared/policy/documents.py
    PRIMARY KEY (jurisdiction, kind, version)
);
