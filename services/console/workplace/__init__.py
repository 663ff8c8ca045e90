"""What people keep at work: the ticket in hand, drafts, phrases, views, and what they did today."""
