"""The conditions behind the rows of the transition table: one function a command, a file a step of the loop.

Each takes the ticket (None if new), the command's body and the situation, and gives events or a refusal.
"""
