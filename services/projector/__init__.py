"""Entries to views: a pure fold per batch, then SQL, offsets in the same transaction (design §7)."""
