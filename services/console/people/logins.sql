-- Passwords and the logins they open, beside the accounts. Nothing here lets anyone in who can only read it.
CREATE TABLE IF NOT EXISTS accounts.password (
    account text PRIMARY KEY REFERENCES accounts.account,
    hash    text NOT NULL                      -- argon2id, with its salt and cost
);

-- A browser that is let in: the cookie's token, of which only the SHA-256 is kept.
CREATE TABLE IF NOT EXISTS accounts.login (
    digest bytea PRIMARY KEY,
    account text NOT NULL REFERENCES accounts.account,
    made   timestamptz NOT NULL DEFAULT now(),
    used   timestamptz NOT NULL DEFAULT now(),
    ended  bool NOT NULL DEFAULT false
);
CREATE INDEX IF NOT EXISTS login_by_account ON accounts.login (account) WHERE NOT ended;

-- Tries with a name since a moment, whether there is such an account or not.
CREATE TABLE IF NOT EXISTS accounts.attempt (
    name  bytea PRIMARY KEY,                   -- SHA-256 of what was typed
    tries int NOT NULL,
    since timestamptz NOT NULL DEFAULT now()
);
