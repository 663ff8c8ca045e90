"""Entries to the rows of the views: a pure fold, for whoever keeps the views and whoever looks back in time."""
