"""What a handling unit works at: its inbox, the answers to sign off, and what it applied for."""
