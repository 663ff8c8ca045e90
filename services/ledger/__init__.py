"""The only writer of events: one command in, one entry out, by compare and append (design §3)."""
