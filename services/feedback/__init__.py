"""回告: the way back to the channel that a ticket came from."""
