"""What an event changes in its ticket's row."""

from shared.ticket import events as e
from shared.views.on_ticket import CHANGES

ONLY_IN_THE_TIMELINE = {
    e.SurveyLapsed, e.Looked, e.Delivered, e.PolicyPublished,
}  # fmt: skip
"""They change deadlines, deliveries or the feed, or no ticket at all; but no column of a ticket's row."""


def test_every_event_has_its_change_or_is_known_to_have_none() -> None:
    assert set(CHANGES) | ONLY_IN_THE_TIMELINE == set(e.Event.__args__)
    assert not set(CHANGES) & ONLY_IN_THE_TIMELINE
