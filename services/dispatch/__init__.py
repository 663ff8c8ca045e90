"""派单: which unit and which handler a ticket goes to."""
