"""Who comes in, as what and where: accounts, their logins, and what becomes of whoever tries another's door.

Accounts and their tokens live in a schema of their own, which is backed up because no topic holds them.
"""
