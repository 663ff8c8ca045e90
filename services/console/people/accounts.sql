-- Accounts and their logins. Not a view: nothing rebuilds them, so this schema is backed up.
CREATE SCHEMA IF NOT EXISTS accounts;

CREATE TABLE IF NOT EXISTS accounts.account (
    id           text PRIMARY KEY CHECK (id ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
    role         text NOT NULL CHECK (role IN ('operator', 'unit', 'supervisor', 'auditor')),
    jurisdiction text NOT NULL,
    unit         text,
    scopes       text[] NOT NULL DEFAULT '{}',
    label        text NOT NULL DEFAULT '',
    created      timestamptz NOT NULL DEFAULT now(),
    CHECK ((role = 'unit') = (unit IS NOT NULL))
);

-- What somebody does within their unit; none named means all of it.
ALTER TABLE accounts.account ADD COLUMN IF NOT EXISTS duties text[] NOT NULL DEFAULT '{}'
    CONSTRAINT duties_of_a_unit
    CHECK (duties = '{}' OR (role = 'unit' AND duties <@ ARRAY['signer', 'handler', 'approver']));

-- Only the SHA-256 of a token is kept: who reads this table cannot call the API.
CREATE TABLE IF NOT EXISTS accounts.token (
    digest  bytea PRIMARY KEY,
    account text NOT NULL REFERENCES accounts.account,
    created timestamptz NOT NULL DEFAULT now(),
    expires timestamptz NOT NULL,
    revoked timestamptz
);
CREATE INDEX IF NOT EXISTS token_by_account ON accounts.token (account);
