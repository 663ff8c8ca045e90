"""What the projector measures."""

import time

from prometheus_client import Counter, Gauge, Histogram

ENTRIES = Counter("huiyin_projector_entries", "Entries projected")
BATCH = Histogram("huiyin_projector_batch_seconds", "Folding and writing one batch")
LAG = Gauge("huiyin_projector_lag", "Records not yet projected", ["partition"])
BEHIND = Gauge(
    "huiyin_projector_lag_seconds",
    "Age of the last projected record while others wait behind it, else 0",
    ["partition"],
)
VISIBLE = Histogram(
    "huiyin_projector_visible_seconds",
    "Command recorded → visible in the views, the oldest of each batch",
    buckets=(0.005, 0.01, 0.02, 0.04, 0.1, 0.25, 1, 5, 60),
)
STOPPED = Gauge("huiyin_projector_stopped_partitions", "Partitions that an entry stopped")


def projected(entries: int, oldest: float, began: float) -> None:
    """Count a batch; ``oldest`` is the first entry's recorded time in seconds, ``began`` a ``perf_counter``."""
    ENTRIES.inc(entries)
    BATCH.observe(time.perf_counter() - began)
    VISIBLE.observe(max(0.0, time.time() - oldest))


def lag(partition: int, waiting: int, written: int | None) -> None:
    """So many records wait; ``written`` is when the last projected one was, ms, None if not known yet."""
    LAG.labels(partition).set(waiting)
    age = time.time() - written / 1000 if waiting and written is not None else 0.0
    BEHIND.labels(partition).set(max(0.0, age))
