"""时限: due moments, warnings, misses, and their recalculation."""
