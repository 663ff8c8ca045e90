CREATE SCHEMA IF NOT EXISTS keys;

-- The key of each ticket, sealed under the master key. Lives outside Kafka, with a backup of its own (design §8).
CREATE TABLE IF NOT EXISTS keys.tickets (
    ticket  text PRIMARY KEY,
    wrapped bytea NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now()
);

-- Which tickets a phone number is about: HMAC of jurisdiction and number under a key out of the master key. Never in
-- Kafka; gone with the ticket's key.
CREATE TABLE IF NOT EXISTS keys.phones (
    jurisdiction text NOT NULL,
    digest       bytea NOT NULL,
    ticket       text NOT NULL REFERENCES keys.tickets ON DELETE CASCADE,
    PRIMARY KEY (jurisdiction, digest, ticket)
);
CREATE INDEX IF NOT EXISTS phones_of_ticket ON keys.phones (ticket);
