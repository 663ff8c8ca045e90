"""Why the audit cannot begin.

AuditError
└── UnknownTicket
"""


class AuditError(Exception):
    """The command ends and says why."""


class UnknownTicket(AuditError):
    """No entry of the record is about that ticket. Check the id or the number (工单编号)."""
