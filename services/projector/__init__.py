"""Entries to views: the fold of ``shared.views`` per batch, then SQL, offsets in the same transaction (design §7)."""
