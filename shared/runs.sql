-- What `huiyin verify` and `huiyin rebuild` found, for whoever asks how far the record was checked. Nothing here can be
-- made again but by running them again; nobody needs a backup of it.
CREATE SCHEMA IF NOT EXISTS audit;

CREATE TABLE IF NOT EXISTS audit.runs (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind    text NOT NULL,                    -- verify | rebuild
    began   timestamptz NOT NULL,
    ended   timestamptz NOT NULL DEFAULT now(),
    differ  bigint NOT NULL,                  -- entries, or rows of views
    outcome jsonb NOT NULL                    -- of each partition, or of each view
);
CREATE INDEX IF NOT EXISTS runs_latest ON audit.runs (kind, id DESC);
