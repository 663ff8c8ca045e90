"""Which units must hear of an event, so that a department's own system can consume its work."""

from shared.ticket import events as e
from shared.views.rows import TicketRow

FEED: dict[type, str] = {
    e.Assigned: "assigned",
    e.HistoryImported: "assigned",
    e.RedoOrdered: "redo",
    e.ReturnRuled: "ruled",
    e.AnswerSentBack: "sent_back",
    e.AnswerApproved: "approved",
    e.Supplemented: "supplemented",
    e.Reclassified: "reclassified",
    e.DeadlineSet: "deadline",
    e.DeadlineWarned: "warned",
    e.Urged: "urged",
    e.UrgeOrdered: "urged",
    e.Closed: "closed",
}
"""What a unit hears of, and under which word; ``lost`` goes to one that no longer has the ticket."""


def heard(kind: str, had: list[str], row: TicketRow) -> dict[str, str]:
    """Unit → word, for those who have the ticket after the event and those of ``had`` who lost it."""
    having = holders(row)
    return dict.fromkeys(having, kind) | {unit: "lost" for unit in had if unit not in having}


def holders(row: TicketRow) -> list[str]:
    """The units that have the ticket: its lead and those that assist."""
    return [row.lead, *row.assisting] if row.lead else []
