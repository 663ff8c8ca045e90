"""What the ledger measures."""

import time
from collections.abc import Sequence

from prometheus_client import Counter, Gauge, Histogram

from shared.entry import Entry

ENTRIES = Counter("huiyin_ledger_entries", "Entries written", ["partition", "outcome"])
DECISION = Histogram(
    "huiyin_ledger_decision_seconds",
    "Command appended → entry acknowledged, the slowest of each batch",
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5, 60),
)
BATCH = Histogram("huiyin_ledger_batch_seconds", "Deciding, appending and keeping one batch")
LAG = Gauge("huiyin_ledger_lag", "Commands not yet decided", ["partition"])


def decided(partition: int, entries: Sequence[Entry], seconds: float, first_ms: int) -> None:
    """Count a batch; ``first_ms`` is the broker's time of its first command."""
    BATCH.observe(seconds)
    DECISION.observe(max(0.0, time.time() - first_ms / 1000))
    changed = sum(1 for entry in entries if entry.events)
    refused = sum(1 for entry in entries if entry.refusal)
    for outcome, count in (
        ("changed", changed),
        ("refused", refused),
        ("other", len(entries) - changed - refused),
    ):
        if count:
            ENTRIES.labels(partition, outcome).inc(count)
