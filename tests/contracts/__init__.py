"""Suites that take a factory: whoever fills the same place passes the same suite."""
