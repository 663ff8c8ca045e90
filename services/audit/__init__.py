"""Verify and replay, from the topics alone: the audit trusts no view and no store (design §3, §7).

There is no process of its own: ``huiyin verify`` and ``huiyin replay`` run it on demand, beside whatever else runs.
"""
