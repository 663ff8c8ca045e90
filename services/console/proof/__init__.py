"""The record read where it lies: entries, chains, earlier moments, and looks at what is sealed."""
