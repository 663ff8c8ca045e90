"""A policy version enters the record: next in line, whole, and referring only to what exists (design §1)."""

from shared.policy.documents import Document, Policies, check_publish
from shared.ticket.events import Event, PolicyPublished
from shared.ticket.refusals import Refusal, refuse


def policy_stream(jurisdiction: str, kind: str) -> str:
    """The id under which a policy's versions are counted in every partition, in place of a ticket's."""
    return f"policy/{jurisdiction}/{kind}"


def decide_policy(policies: Policies, stream: str, document: Document) -> list[Event] | Refusal:
    """PolicyPublished, or why this version cannot be the next one; ``stream`` is what the command is addressed to."""
    if stream != policy_stream(document.jurisdiction, document.kind):
        return refuse("policy_stream", policy=document.name)
    return check_publish(policies, document) or [PolicyPublished(document)]
