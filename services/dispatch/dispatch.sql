CREATE SCHEMA IF NOT EXISTS dispatch;

-- Who holds which open ticket, from the moment that the assignment is asked for.
CREATE TABLE IF NOT EXISTS dispatch.open (
    ticket       text PRIMARY KEY,
    jurisdiction text NOT NULL,
    handler      text NOT NULL
);

-- How many open tickets each handler holds. One row a partition, so that their writers do not wait for each other.
CREATE TABLE IF NOT EXISTS dispatch.loads (
    jurisdiction text NOT NULL,
    handler      text NOT NULL,
    partition    int  NOT NULL,
    open         int  NOT NULL,
    PRIMARY KEY (jurisdiction, handler, partition)
);
