"""What intake measures; accounts and codes only, never a person."""

from prometheus_client import Counter, Gauge, Histogram

ITEMS = Counter("huiyin_intake_items", "Items of pushes and how they fared", ["account", "outcome"])
"""outcome: numbered | waiting (accepted, its number still to come) | rejected"""
REFUSED = Counter("huiyin_intake_refused", "Pushes that are not from their account", ["account", "code"])
OUTBOX = Gauge("huiyin_intake_outbox", "Commands kept until Kafka acknowledges them")
KAFKA_AWAY = Gauge("huiyin_intake_kafka_away", "1 while Kafka does not acknowledge")
SECONDS = Histogram(
    "huiyin_intake_seconds",
    "A push, from its first byte to its answer",
    ["account"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8),
)
