CREATE SCHEMA IF NOT EXISTS keys;

-- The key of each ticket, sealed under the master key. Lives outside Kafka, with a backup of its own (design §8).
CREATE TABLE IF NOT EXISTS keys.tickets (
    ticket  text PRIMARY KEY,
    wrapped bytea NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now()
);
