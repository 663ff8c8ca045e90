"""Writes down a partition's record, every kind of event in it: ``python -m tests.samples.write entries-v3``.

A file once committed is never written again: what was stored in that form must be readable for ever. A new event,
or a new field, gets a file of its own, made by the story as it is then.
"""

import sys
from datetime import timedelta
from pathlib import Path

from msgspec import Struct, json

from shared.entry import Entry
from shared.ticket import commands as c
from shared.ticket.words import Actor, Attachment, Counted, Past, Proposed, Sealed, Step
from tests.sample import (
    ANSWER,
    ASSIGN,
    AUDITOR,
    CIPHER,
    CONTACT,
    RETURN,
    SAMPLE,
    START,
    SUPERVISOR,
    TO_CLOSED,
    TO_SIGNED,
    TO_SURVEYING,
    WATER,
    Story,
    register,
)

FOLDER = Path(__file__).parent
FILE = Attachment("aa/aa", "aa" * 32, 1024, "image/png")
CENTRE = Actor("centre-1", "unit", "centre")
OTHER = Sealed("b3RoZXI")


class Line(Struct, frozen=True):
    """One command record and the entry that was written for it; ``at`` is the broker's time in ms."""

    at: int
    key: str
    command: str
    value: str
    headers: dict[str, str]
    """In hex."""


class Scribe(Story):
    """A story that keeps what was asked beside what was written."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        super().__init__()

    def send(self, command: c.Command) -> Entry:
        """As the topic has it: keyed by the ticket."""
        return self.raw(c.write(command), command.ticket.encode())

    def raw(self, value: bytes, key: bytes = b"t-1") -> Entry:
        """Append bytes, and keep them."""
        entry = super().raw(value, key)
        written = self.written[-1]
        at = int(self.at.timestamp() * 1000)
        headers = {name: content.hex() for name, content in written.headers}
        self.lines.append(Line(at, key.decode(), value.decode(), written.value.decode(), headers))
        return entry


def story() -> list[Line]:
    """Every command that is accepted, every event, and the three ways in which nothing changes."""
    scribe = Scribe()
    _loop(scribe)
    _second_round(scribe)
    _branches(scribe)
    _clocks(scribe)
    _history(scribe)
    _overseen(scribe)
    _nothing_changes(scribe)
    return scribe.lines


def _ask(scribe: Scribe, ticket: str, *bodies: c.TicketBody, by: Actor | None = None) -> None:
    for body in bodies:
        entry = scribe.when(body, by, ticket=ticket)
        assert entry.refusal is None, entry.refusal


def _full(external_id: str) -> c.Register:
    return register(
        external_id,
        urgency="urgent",
        citizen=CIPHER,
        reply_to=CIPHER,
        attachments=[FILE],
        confidential=True,
        public=True,
        scope="sample-scope",
        reply_by="phone",
    )


def _loop(scribe: Scribe) -> None:
    answered = c.RecordSurvey("satisfied", True, CIPHER)
    told = [c.RecordDelivery(purpose, 1, True, 1) for purpose in ("number", "reply", "survey")]
    _ask(scribe, "t-loop", *TO_SURVEYING, *told, answered)
    _ask(scribe, "t-loop", c.RecordDelivery("ended", 1, False, 12, "http_500"))


def _second_round(scribe: Scribe) -> None:
    _ask(scribe, "t-redo", *TO_SURVEYING, c.RecordSurvey("dissatisfied", False))
    again = c.Assign("centre", ASSIGN.because, ["water"])
    _ask(scribe, "t-redo", again)
    _ask(scribe, "t-redo", c.Sign(), CONTACT, ANSWER, by=CENTRE)
    _ask(scribe, "t-redo", c.Approve(), c.RecordAttempt("phone"), c.RecordAttempt("sms"))
    _ask(scribe, "t-ordered", *TO_SURVEYING, c.Redo(CIPHER))
    _ask(scribe, "t-wanted-none", *TO_SURVEYING, c.Close(CIPHER))
    partly = c.RecordSurvey("dissatisfied", False, CIPHER, 1, True, ["claimed_solved", "delayed"])
    _ask(scribe, "t-partly", *TO_SURVEYING, partly)


def _branches(scribe: Scribe) -> None:
    _ask(scribe, "t-full", _full("A2"), c.Triage(1, "no_rule"), c.Accept())
    _ask(scribe, "t-full", c.Amend(OTHER, "complaint", "critical", "road", "west", [FILE]))
    _ask(scribe, "t-full", register("A2", fingerprint="print-2", text=OTHER))
    _ask(scribe, "t-declined", register("A3"), c.Decline("litigation", CIPHER, "样例法院"))
    _ask(scribe, "t-direct", register("A4", topic=None, place=None), c.AnswerDirectly(CIPHER))
    _ask(scribe, "t-returned", register("A5"), ASSIGN, RETURN, c.RuleOnReturn(True, CIPHER, "road"))
    _ask(scribe, "t-kept", register("A6"), ASSIGN, c.Sign("w2"), RETURN, c.RuleOnReturn(False, CIPHER))
    _ask(scribe, "t-kept", CONTACT, ANSWER, c.SendBack(CIPHER))


def _clocks(scribe: Scribe) -> None:
    at = scribe.at
    due = at + timedelta(hours=2)
    day = Counted(at.date(), True, "工作日", "10:00", "12:00")
    whole = Counted(at.date(), False, "样例:起算日不计")
    policies = {f"{SAMPLE}/terms": 1, f"{SAMPLE}/calendar": 1}
    _ask(scribe, "t-late", register("A7"))
    first = Proposed("citizen", 1, at, due, "2wh", due - timedelta(hours=1), False, [whole, day], policies)
    moved = Proposed("citizen", 1, at, due + timedelta(hours=1), "3wh", None, True, [day], policies)
    _ask(scribe, "t-late", c.SetDeadlines([first]), c.SetDeadlines([moved]), ASSIGN)
    _ask(scribe, "t-late", c.WarnDeadline("citizen", 1, moved.due))
    scribe.later(hours=4)
    _ask(scribe, "t-late", c.MissDeadline("citizen", 1, moved.due))


def _history(scribe: Scribe) -> None:
    ended = Past(
        START,
        START,
        START,
        START,
        "completed",
        "satisfied",
        "water",
        "样例-1",
        [Step(START, "受理", "样例", CIPHER)],
    )
    imported = c.ImportHistory(
        "hotline", "city", "H1", CIPHER, CIPHER, ended, "help", citizen=CIPHER, scope="sample"
    )
    _ask(scribe, "t-history", imported)
    _ask(
        scribe,
        "t-open",
        c.ImportHistory("hotline", "city", "H2", CIPHER, CIPHER, Past(START, START, unit="water")),
    )


def _overseen(scribe: Scribe) -> None:
    """Urged, looked at, disputed."""
    _ask(scribe, "t-disputed", *TO_SIGNED)
    _ask(scribe, "t-disputed", c.Urge("asked_again"), c.Urge("overdue", CIPHER), by=SUPERVISOR)
    _ask(scribe, "t-disputed", c.Look(["citizen", "text"], "contact"), by=WATER)
    _ask(scribe, "t-disputed", *TO_CLOSED[len(TO_SIGNED) :], c.Dispute(CIPHER))
    _ask(scribe, "t-disputed", c.Look(["words"], "audit"), by=AUDITOR)
    _ask(scribe, "t-disputed", c.Look(["code"], "inquiry"))
    _ask(scribe, "t-disputed", c.Look(["attachment"], "audit", [FILE.digest]), by=AUDITOR)


def _nothing_changes(scribe: Scribe) -> None:
    """Refused, repeated, undecodable."""
    scribe.when(c.Sign(), ticket="t-nobody")
    again = scribe.command(register("A8"), ticket="t-again", id="once")
    scribe.send(again)
    scribe.send(again)
    scribe.raw("{样例:不是命令".encode(), b"t-broken")


def write(name: str) -> None:
    """Raises FileExistsError for a file that is there: what was written stays."""
    with (FOLDER / f"{name}.jsonl").open("xb") as file:
        file.writelines(json.encode(line) + b"\n" for line in story())


if __name__ == "__main__":
    write(sys.argv[1])
