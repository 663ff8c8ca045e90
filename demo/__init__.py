"""The demo: two sample districts, the platforms around them, and everyone who takes part in a day (design §10)."""
