"""Files of tickets: sealed as they come, named by commands, opened by looks."""
