"""What two or more services need: the pure core (rules, clocks, chain) and the edge (Kafka, Postgres, keys)."""
