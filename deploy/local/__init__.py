"""The launcher for one machine: embedded Kafka and Postgres, and the services (design §10)."""
