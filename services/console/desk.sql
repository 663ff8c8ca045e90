-- What people have on their desks: held tickets, skips, drafts, uploaded files, exports, and who is at which ticket.
-- Their own and not a view: nothing rebuilds it, so this schema is backed up.
CREATE SCHEMA IF NOT EXISTS desk;

-- Who works on a ticket of a queue, until when; a ticket is in one pair of hands.
CREATE TABLE IF NOT EXISTS desk.holds (
    ticket text PRIMARY KEY,
    queue  text NOT NULL,
    person text NOT NULL,                     -- an account
    until  timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS holds_by_person ON desk.holds (person);

-- Whoever passed over a ticket of a queue, as it stood then, and why.
CREATE TABLE IF NOT EXISTS desk.skips (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket       text NOT NULL,
    version      int NOT NULL,
    queue        text NOT NULL,
    person       text NOT NULL,
    jurisdiction text NOT NULL,
    reason       text NOT NULL,               -- sealed under the ticket's key
    at           timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS skips_of_ticket ON desk.skips (ticket, person);
CREATE INDEX IF NOT EXISTS skips_by_person ON desk.skips (person, at);
CREATE INDEX IF NOT EXISTS skips_in_order ON desk.skips (jurisdiction, id DESC);

-- What somebody typed into a form of a ticket and has not submitted; a form without a ticket lies under desk/<person>.
CREATE TABLE IF NOT EXISTS desk.drafts (
    person   text NOT NULL,
    ticket   text NOT NULL,
    form     text NOT NULL,
    fields   text NOT NULL,                   -- JSON by field name, sealed under the ticket's key
    saved_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (person, ticket, form)
);
ALTER TABLE desk.drafts ADD COLUMN IF NOT EXISTS files text[] NOT NULL DEFAULT '{}'; -- digests of the files it names
CREATE INDEX IF NOT EXISTS drafts_by_age ON desk.drafts (saved_at);
CREATE INDEX IF NOT EXISTS drafts_with_files ON desk.drafts USING gin (files);

-- What left the console as a file or on paper: a list with so many rows, or one ticket. Search words are not kept.
CREATE TABLE IF NOT EXISTS desk.exports (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    jurisdiction text NOT NULL,
    person       text NOT NULL,
    kind         text NOT NULL,               -- xlsx | print
    list         text NOT NULL,               -- the page's path, of a ticket's print the form's name
    filters      jsonb NOT NULL,
    ticket       text,
    rows         int NOT NULL,
    at           timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS exports_in_order ON desk.exports (jurisdiction, id DESC);

-- Whoever asked for a ticket that is there and that they may not know of, or that they may know of and is another
-- unit's. Where (the kind of address), never what they typed there.
CREATE TABLE IF NOT EXISTS desk.trespasses (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person       text NOT NULL,
    role         text NOT NULL,
    unit         text,
    jurisdiction text NOT NULL,               -- the person's
    ticket       text NOT NULL,
    owner        text NOT NULL,               -- the ticket's jurisdiction
    address      text NOT NULL,               -- as the route is written: GET /tickets/{ticket}
    at           timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE desk.trespasses ADD COLUMN IF NOT EXISTS known bool NOT NULL DEFAULT false;
CREATE INDEX IF NOT EXISTS trespasses_of_ticket ON desk.trespasses (ticket, person);
CREATE INDEX IF NOT EXISTS trespasses_in_order ON desk.trespasses (jurisdiction, id DESC);
CREATE INDEX IF NOT EXISTS trespasses_by_owner ON desk.trespasses (owner, id DESC);

-- An answer that a unit's handler wrote and its approver has to sign off: each time that it was submitted is a version.
CREATE TABLE IF NOT EXISTS desk.signoffs (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket     text NOT NULL,
    unit       text NOT NULL,
    round      int  NOT NULL,
    person     text NOT NULL,                 -- the handler's account
    fields     text NOT NULL,                 -- JSON by field name, sealed under the ticket's key
    at         timestamptz NOT NULL DEFAULT now(),
    status     text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'replaced', 'issued', 'sent_back')),
    settled_by text,                          -- the approver's account
    settled_at timestamptz,
    reason     text                           -- why it was sent back, sealed under the ticket's key
);
ALTER TABLE desk.signoffs ADD COLUMN IF NOT EXISTS version int; -- the ticket's, as the views had it
CREATE INDEX IF NOT EXISTS signoffs_of_ticket ON desk.signoffs (ticket, unit, id DESC);
CREATE UNIQUE INDEX IF NOT EXISTS signoff_waiting ON desk.signoffs (ticket) WHERE status = 'waiting';

-- Who has a page of a ticket open, and until when that holds if nothing more is heard. Worth nothing after a crash.
CREATE UNLOGGED TABLE IF NOT EXISTS desk.present (
    ticket text NOT NULL,
    person text NOT NULL,
    role   text NOT NULL,
    unit   text,
    until  timestamptz NOT NULL,
    PRIMARY KEY (ticket, person)
);

-- A list that somebody named: its address with all filters in it, for themselves, their unit, or their jurisdiction.
CREATE TABLE IF NOT EXISTS desk.saved_views (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    jurisdiction text NOT NULL,
    unit         text,                        -- of who saved it
    person       text NOT NULL,
    audience     text NOT NULL CHECK (audience IN ('person', 'unit', 'jurisdiction')),
    name         text NOT NULL,
    address      text NOT NULL,
    pinned       bool NOT NULL DEFAULT false
);
CREATE INDEX IF NOT EXISTS saved_views_of_jurisdiction ON desk.saved_views (jurisdiction, person);

-- 常用语: a sentence that somebody keeps, for themselves, their unit, or the hotline of their jurisdiction. In clear: it
-- holds no personal data.
CREATE TABLE IF NOT EXISTS desk.phrases (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    jurisdiction text NOT NULL,
    unit         text,                        -- of who wrote it
    person       text NOT NULL,
    audience     text NOT NULL CHECK (audience IN ('person', 'unit', 'jurisdiction')),
    text         text NOT NULL
);
CREATE INDEX IF NOT EXISTS phrases_of_jurisdiction ON desk.phrases (jurisdiction, person);

-- A file that somebody uploaded for a ticket, sealed in the folder of attachments; only such files may be attached to it.
CREATE TABLE IF NOT EXISTS desk.files (
    ticket     text NOT NULL,
    digest     text NOT NULL,
    person     text NOT NULL,                 -- an account
    attachment jsonb NOT NULL,                -- where it lies, its digest, size and kind, as commands name it
    at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (ticket, digest)
);
-- uploaded | sent (a command or a sign-off may name it: kept for ever) | leaving. Whoever does not say it has sent it.
ALTER TABLE desk.files ADD COLUMN IF NOT EXISTS state text NOT NULL DEFAULT 'sent'
    CHECK (state IN ('uploaded', 'sent', 'leaving'));
CREATE INDEX IF NOT EXISTS files_not_sent ON desk.files (at) WHERE state <> 'sent';
