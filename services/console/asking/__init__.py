"""What may be asked of a ticket: the forms, who may use which, and what the decider says before it is sent."""
