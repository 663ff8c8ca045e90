-- What every reactor keeps, in the schema of its service (the connection's search path).

-- Where each partition stands: the last record read, the chain, and the policies met so far (design §6 step 1).
CREATE TABLE IF NOT EXISTS partitions (
    partition int    PRIMARY KEY,
    "offset"  bigint NOT NULL,
    source    bigint NOT NULL,
    epoch     int    NOT NULL,
    head      bytea  NOT NULL,
    policies  bytea  NOT NULL
);

-- Commands that are decided and not yet acknowledged by Kafka (design §6 step 2).
CREATE TABLE IF NOT EXISTS outbox (
    seq         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    partition   int    NOT NULL,
    command     bytea  NOT NULL,
    traceparent bytea
);
