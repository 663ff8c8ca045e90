"""派单: given a ticket's story, when an entry comes, then this is asked for."""

from services.dispatch.react import KINDS, Memory, holder, react
from shared.entry import Entry
from shared.policy.documents import Document, Policies
from shared.policy.units import Handler, Unit, Units
from shared.reaction import Want, command_for
from shared.ticket import commands as c
from shared.ticket.words import Reason
from tests.sample import (
    BECAUSE,
    CIPHER,
    RETURN,
    ROAD,
    SAMPLE,
    TO_CLOSED,
    TO_SIGNED,
    TO_SURVEYING,
    Story,
    document,
    documents,
    names,
    register,
)

NOBODY: dict[tuple[str, str], int] = {}


def asked(
    entry: Entry, loads: dict[tuple[str, str], int] = NOBODY, told: list[Document] | None = None
) -> Want:
    """What dispatch asks because of the entry, which must be of a kind that it notices."""
    assert KINDS & {*names(entry), "refused"}
    want = react(entry, Memory(Policies(documents() if told is None else told), loads))
    assert want is not None
    return want


def nothing(entry: Entry) -> bool:
    return react(entry, Memory(Policies(documents()), NOBODY)) is None


def test_a_demand_goes_to_the_unit_of_its_topic_and_place_with_those_that_assist() -> None:
    entry = Story().when(register(topic="road", place="east"))
    assert asked(entry).body == c.Assign("road", Reason("road_east", 1, 0, 1), ["water"], "r1")


def test_the_handler_with_the_fewest_open_tickets_gets_it_and_the_reason_names_the_load() -> None:
    loads = {(SAMPLE, "w1"): 4, (SAMPLE, "w2"): 3, ("elsewhere", "w2"): 99}
    assert asked(Story().when(register()), loads).body == c.Assign(
        "water", Reason("water_anywhere", 1, 3, 2), [], "w2"
    )


def test_nobody_on_duty_leaves_the_handler_open_but_not_the_unit() -> None:
    off = Units(
        (Unit("water", "样例供水", "Sample water", "company", None, (Handler("w1", "经办人1", False),)),)
    )
    told = [d for d in documents() if d.kind != "units"] + [document(off)]
    assert asked(Story().when(register()), told=told).body == c.Assign("water", Reason("water_anywhere", 1))


def test_a_demand_without_topic_waits_for_an_operator() -> None:
    assert asked(Story().when(register(topic=None))).body == c.Triage(1, "no_topic")


def test_a_topic_that_no_rule_places_waits_for_an_operator() -> None:
    assert asked(Story().when(register(topic="road", place="west"))).body == c.Triage(1, "no_rule")


def test_without_a_catalogue_every_demand_waits_for_an_operator() -> None:
    told = [d for d in documents() if d.kind != "catalogue"]
    assert asked(Story(policies=told).when(register()), told=told).body == c.Triage(0, "no_catalogue")


def test_a_triaged_demand_that_is_reclassified_is_routed() -> None:
    story = Story().given(register(topic=None), c.Triage(1, "no_topic"))
    assert asked(story.when(c.Amend(topic="water_supply"))).body.lead == "water"  # type: ignore[union-attr]


def test_a_triaged_demand_that_still_fits_no_rule_is_not_triaged_twice() -> None:
    story = Story().given(register(topic=None), c.Triage(1, "no_topic"))
    assert nothing(story.when(c.Amend(urgency="urgent")))


def test_a_reclassified_ticket_that_a_unit_holds_stays_there() -> None:
    assert nothing(Story().given(*TO_SIGNED).when(c.Amend(topic="road")))


def test_an_upheld_return_goes_to_the_unit_that_the_ruling_names() -> None:
    entry = Story().given(*TO_SIGNED, RETURN).when(c.RuleOnReturn(True, CIPHER, "road"))
    assert asked(entry).body == c.Assign("road", Reason("ruling", 0, 0, 1), [], "r1")


def test_an_upheld_return_that_names_no_unit_stays_in_the_operators_queue() -> None:
    assert nothing(Story().given(*TO_SIGNED, RETURN).when(c.RuleOnReturn(True, CIPHER)))


def test_a_refused_return_changes_nothing() -> None:
    assert nothing(Story().given(*TO_SIGNED, RETURN).when(c.RuleOnReturn(False, CIPHER)))


def test_a_redo_goes_to_the_unit_that_policy_gives_it_to() -> None:
    entry = Story().given(*TO_SURVEYING).when(c.RecordSurvey("dissatisfied"))
    assert asked(entry).body == c.Assign("centre", Reason("redo", 0))


def test_an_assignment_that_the_ledger_refuses_becomes_an_operators_question() -> None:
    story = Story().given(register())
    entry = story.when(c.Assign("nowhere", BECAUSE))
    assert asked(entry).body == c.Triage(1, "refused:unknown_unit")


def test_an_assignment_that_came_second_is_let_be() -> None:
    story = Story().given(*TO_SIGNED)
    assert nothing(story.when(c.Assign("road", BECAUSE)))


def test_the_refusal_of_somebody_else_is_not_dispatchs_business() -> None:
    assert nothing(Story().given(register()).when(c.Sign(), by=ROAD))


def test_the_same_entry_asks_for_the_same_command_and_another_for_another() -> None:
    story = Story()
    first, second = story.when(register()), Story("t-2").when(register())
    ids = [command_for("dispatch", entry, asked(entry)).id for entry in (first, first)]
    assert ids[0] == ids[1]
    assert command_for("sla", second, asked(second)).id not in ids


def test_whoever_is_being_asked_counts_as_the_holder_and_a_closed_ticket_has_none() -> None:
    story = Story()
    entry = story.when(register())
    assert holder(entry, asked(entry)) == "w1"
    assert holder(entry, None) is None
    story.given(*TO_SURVEYING[1:])
    assert holder(story.when(c.RecordSurvey("satisfied")), None) is None


def test_a_disputed_ticket_goes_to_the_unit_that_its_new_round_names() -> None:
    entry = Story().given(*TO_CLOSED).when(c.Dispute(CIPHER))
    assert asked(entry).body == c.Assign("centre", Reason("redo", 0))
