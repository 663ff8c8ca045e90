"""What a rule may look at besides the ticket: the command's frame, the time, the number, the policies in force."""

from datetime import datetime

from shared.policy.catalogue import Catalogue
from shared.policy.documents import KIND_OF, B, Policies
from shared.policy.surveys import Surveys
from shared.policy.terms import Terms
from shared.policy.units import Units
from shared.ticket.commands import Command


class Situation:
    """One command's circumstances. Each policy that a rule looks at is noted with its version in ``consulted``."""

    __slots__ = ("at", "command", "consulted", "number", "policies")

    def __init__(self, command: Command, policies: Policies, at: datetime, number: str) -> None:
        self.command = command
        self.policies = policies
        self.at = at
        self.number = number
        self.consulted: dict[str, int] = {}

    def units(self) -> Units | None:
        """The jurisdiction's units as of now, or None if none are published."""
        return self._body(Units)

    def catalogue(self) -> Catalogue | None:
        """The jurisdiction's dispatch catalogue (派单目录)."""
        return self._body(Catalogue)

    def terms(self) -> Terms | None:
        """The jurisdiction's terms (时限)."""
        return self._body(Terms)

    def surveys(self) -> Surveys | None:
        """The jurisdiction's survey rules (回访)."""
        return self._body(Surveys)

    def _body(self, of: type[B]) -> B | None:
        jurisdiction = self.command.jurisdiction
        found = self.policies.find(jurisdiction, of, self.at)
        if found is None:
            return None
        self.consulted[f"{jurisdiction}/{KIND_OF[of]}"] = found.version
        return found.body
