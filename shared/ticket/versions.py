"""The rules by version. A change of meaning is a new number; the old function stays importable for ever.

An entry is decided again under the version that it names (design §3 point 13).
"""

from shared.ticket.decide import decide

CURRENT = 1
RULES = {1: decide}
