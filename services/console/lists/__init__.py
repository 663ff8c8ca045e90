"""Lists of tickets by their address: a page of one, its length, and the whole of it."""
