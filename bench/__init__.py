"""The benchmarks: ``python -m bench [NAME…]``, one JSON line each (docs/performance.md). Not part of the product."""
