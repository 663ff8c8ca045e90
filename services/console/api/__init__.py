"""The JSON API for people and their systems: bearer tokens in, problem+json where something is wrong."""
