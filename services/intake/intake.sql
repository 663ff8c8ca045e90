CREATE SCHEMA IF NOT EXISTS intake;

-- Nonces of the last minutes: a signed request is taken once.
CREATE TABLE IF NOT EXISTS intake.nonces (
    account text NOT NULL,
    nonce   text NOT NULL,
    expires timestamptz NOT NULL,
    PRIMARY KEY (account, nonce)
);
CREATE INDEX IF NOT EXISTS nonces_expire ON intake.nonces (expires);

-- Sealed commands that Kafka has not acknowledged yet; delivered in the order of id, then deleted.
CREATE TABLE IF NOT EXISTS intake.outbox (
    id      bigserial PRIMARY KEY,
    ticket  text NOT NULL,
    command bytea NOT NULL,
    trace   text,
    kept    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS outbox_ticket ON intake.outbox (ticket);
