"""The API for people: it reads views and sends commands, and decides nothing (design §7, §9).

Accounts and their tokens live here, in a schema that is backed up because no topic holds them.
"""
