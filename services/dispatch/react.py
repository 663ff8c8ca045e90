"""派单 as a pure function: which unit and handler an entry's ticket goes to, or that a person must decide."""

from collections.abc import Mapping
from typing import NamedTuple

from msgspec.structs import replace

from shared.entry import Entry
from shared.policy.catalogue import Catalogue, choose_handler, route
from shared.policy.documents import Policies
from shared.policy.units import Units
from shared.reaction import Want
from shared.ticket import events as e
from shared.ticket.commands import Assign, Triage, read_command
from shared.ticket.state import Summary
from shared.ticket.words import Reason

KINDS = frozenset(
    {
        "Registered",
        "Reclassified",
        "ReturnRuled",
        "RedoOrdered",
        "Assigned",
        "Signed",
        "Declined",
        "AnsweredDirectly",
        "Closed",
        "refused",
    }
)
ROUTED = (e.Registered, e.Reclassified, e.ReturnRuled, e.RedoOrdered)
"""The events after which a handler may be chosen."""
NOT_BY_CATALOGUE = 0
"""The version in the reason of an assignment that a ruling or a redo decided, not the catalogue."""


class Memory(NamedTuple):
    """What routing looks at besides the entry."""

    policies: Policies
    loads: Mapping[tuple[str, str], int]
    """(jurisdiction, handler) → open tickets, in all partitions."""


def react(entry: Entry, memory: Memory) -> Want | None:
    """What is asked because of the entry: an assignment, an operator's look, or nothing."""
    after = entry.after
    if after is None:
        return None
    if entry.refusal:
        return _refused(entry, after, memory)
    for event in entry.events:
        match event:
            case e.ReturnRuled(upheld=True, to=str() as unit):
                return _to(unit, [], Reason("ruling", NOT_BY_CATALOGUE), entry, memory)
            case e.RedoOrdered():
                return _to(event.unit, [], Reason("redo", NOT_BY_CATALOGUE), entry, memory)
            case e.Registered() | e.Reclassified() if after.stage in ("registered", "accepted"):
                return _routed(entry, after, memory)
            case _:
                continue
    return None


def holder(entry: Entry, want: Want | None) -> str | None:
    """Who holds the ticket after the entry, counting whom it is just being given to; None for nobody."""
    if want is not None and isinstance(want.body, Assign):
        return want.body.handler
    if entry.after is None or entry.after.stage == "closed":
        return None
    return entry.after.handler


def _routed(entry: Entry, after: Summary, memory: Memory) -> Want | None:
    found = memory.policies.find(after.jurisdiction, Catalogue, entry.recorded_at)
    if found is None:
        return _triage(after, NOT_BY_CATALOGUE, "no_catalogue")
    rule = route(found.body, after.topic, after.place)
    if rule is None:
        return _triage(after, found.version, "no_topic" if after.topic is None else "no_rule")
    return _to(rule.lead, list(rule.assisting), Reason(rule.id, found.version), entry, memory)


def _triage(after: Summary, version: int, because: str) -> Want | None:
    """Never a default unit: an operator's queue, once."""
    return None if after.triaged else Want("triage", Triage(version, because))


def _to(lead: str, assisting: list[str], reason: Reason, entry: Entry, memory: Memory) -> Want:
    """The unit's handler on duty with the fewest open tickets; none if nobody is on duty."""
    jurisdiction = entry.after.jurisdiction if entry.after else ""
    units = memory.policies.find(jurisdiction, Units, entry.recorded_at)
    unit = units.body.find(lead) if units else None
    if unit is None:
        return Want("assign", Assign(lead, reason, assisting))
    loads = {handler.id: memory.loads.get((jurisdiction, handler.id), 0) for handler in unit.handlers}
    chosen = choose_handler(unit, loads)
    if chosen is None:
        return Want("assign", Assign(lead, reason, assisting))
    reason = replace(reason, load=chosen.load, among=chosen.among)
    return Want("assign", Assign(lead, reason, assisting, chosen.handler))


def _refused(entry: Entry, after: Summary, memory: Memory) -> Want | None:
    """An assignment of ours that the ledger refused leaves the ticket with nobody: a person must look."""
    command = read_command(bytes(entry.command))
    if command.issuer != "dispatch" or not isinstance(command.body, Assign) or entry.refusal is None:
        return None
    if after.stage not in ("registered", "accepted"):
        return None
    found = memory.policies.find(after.jurisdiction, Catalogue, entry.recorded_at)
    return _triage(after, found.version if found else NOT_BY_CATALOGUE, f"refused:{entry.refusal.code}")
