"""The sample offices: operators and units who do their work through the API for people, at a human pace."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zlib import crc32

from demo.evidence import picture
from demo.happenings import Happenings
from demo.people import Person
from demo.readers import Readers
from demo.stories import Story, Subject, Twist

LOOK = 1.0
"""Seconds between two looks at what there is to do."""
QUEUES = ("triage", "returns", "review", "survey")
LEFT_AT: Mapping[str, Twist] = {
    "triage": "left_triage",
    "returns": "left_ruling",
    "review": "left_review",
    "survey": "left_survey",
}
"""What each desk leaves to whoever looks on."""
CALLED = ("wenzheng",)
"""Channels without ratings of their own: an operator calls the citizen."""
GRADES = {"满意": "satisfied", "一般满意": "fairly", "不满意": "dissatisfied"}
UNTOLD = Story("yichun-12345", "0", Subject("enterprise_service", None, "其他", "您反映的事项"))
"""What a ticket is taken for that no channel of this run pushed."""

Row = Mapping[str, Any]


async def _a_while(ticket: str, what: str) -> None:
    """One to four seconds, the same for the same thing."""
    await asyncio.sleep(1 + crc32(f"{ticket}{what}".encode()) % 3000 / 1000)


class Unit:
    """A unit: reads its feed as a department's own system would, and handles what it leads and no reader took."""

    def __init__(
        self, person: Person, told: Mapping[str, Story], happenings: Happenings, readers: Readers
    ) -> None:
        self._person = person
        self._readers = readers
        self._id = person.account.unit or ""
        self._told = told
        self._happenings = happenings
        self._returned = set[str]()

    async def work(self) -> None:
        """Follow the feed, for ever."""
        since: str | None = None
        async with asyncio.TaskGroup() as group:
            while True:
                page = await self._person.reads(f"/api/units/{self._id}/tickets", since=since, limit=500)
                since = page["next"]
                for row in page["entries"]:
                    self._hear(row, group)
                if not page["entries"]:
                    await asyncio.sleep(LOOK)

    def _hear(self, row: Row, group: asyncio.TaskGroup) -> None:
        story = self._told.get(row["ticket"], UNTOLD)
        if row["kind"] == "urged" and row["stage"] != "closed":
            self._happenings.note(row["number"], story.account, "超期:系统催办", bad=True)
        if row["kind"] in ("assigned", "ruled", "sent_back") and row["lead"] == self._id:
            group.create_task(self._handle(row, story))

    async def _handle(self, row: Row, story: Story) -> None:
        """From assignment to answer; or a return, or nothing at all, as the story has it."""
        if story.twist in ("unsigned", "left_unit") or row["stage"] not in ("assigned", "signed"):
            return
        await _a_while(row["ticket"], f"look{_key(row)}")
        if await self._readers.took(row["ticket"]):
            return
        if self._returns(row, story):
            await self._return(row, story)
        else:
            await self._answer(row["ticket"], _key(row), story)

    def _returns(self, row: Row, story: Story) -> bool:
        """Once a ticket; the unit that it was suggested for keeps it."""
        returning = story.twist in ("return_upheld", "return_refused", "left_ruling")
        return returning and self._id != story.better_unit and row["ticket"] not in self._returned

    async def _answer(self, ticket: str, key: str, story: Story) -> None:
        """签收, 联系, 答复."""
        feedback = "样例反馈:已处理,现场情况属实。"
        await self._person.does(ticket, "sign", key)
        await _a_while(ticket, f"contact{key}")
        await self._person.does(ticket, "contact", key, **_contact())
        await _a_while(ticket, f"answer{key}")
        reply = story.subject.reply
        answer = {"reply": reply, "feedback": feedback, "solved": True}
        if story.twist == "left_review" or crc32(ticket.encode()) % 3 == 0:
            answer["attachments"] = await self._person.uploads(ticket, picture(crc32(ticket.encode())))
        await self._person.does(ticket, "answer", key, **answer)

    async def _return(self, row: Row, story: Story) -> None:
        """退单申请."""
        self._returned.add(row["ticket"])
        form = {"reason": "样例:不属本单位职责。", "suggested": story.better_unit}
        if await self._person.does(row["ticket"], "request-return", _key(row), **form):
            self._happenings.note(row["number"], story.account, f"{self._id} 申请退单,待裁定")


def _key(row: Row) -> str:
    """Where in the record the unit was told."""
    return f"{row['partition']}.{row['source']}"


def _contact() -> dict[str, object]:
    now = datetime.now(UTC).isoformat()
    return {"method": "phone", "at": now, "reached": True, "record": "样例:已电话联系诉求人。"}


class Operator:
    """The hotline, or the desk of a closed group: works off what no reader has at a desk or took."""

    def __init__(
        self, person: Person, told: Mapping[str, Story], happenings: Happenings, readers: Readers
    ) -> None:
        self._readers = readers
        self._person = person
        self._scopes = person.account.scopes or (None,)
        self._told = told
        self._happenings = happenings
        self._begun = set[tuple[str, str, int]]()

    async def work(self) -> None:
        """Look through the queues, for ever."""
        async with asyncio.TaskGroup() as group:
            while True:
                for queue in QUEUES:
                    page = await self._person.reads(f"/api/queues/{queue}", limit=500)
                    for row in page["tickets"]:
                        self._begin(queue, row, group)
                await asyncio.sleep(LOOK)

    def _begin(self, queue: str, row: Row, group: asyncio.TaskGroup) -> None:
        """Each once as it stands, but a call once a round; by those whose group it is."""
        one = queue, row["id"], row["round"] if queue == "survey" else row["version"]
        if one not in self._begun and row["scope"] in self._scopes:
            self._begun.add(one)
            group.create_task(self._settle(one, row, self._told.get(row["id"], UNTOLD)))

    async def _settle(self, one: tuple[str, str, int], row: Row, story: Story) -> None:
        queue, ticket, stands = one
        if story.twist == LEFT_AT[queue] or (queue == "survey" and row["channel"] not in CALLED):
            return
        await _a_while(ticket, f"{queue}{stands}")
        if await self._readers.hold(ticket) or await self._readers.took(ticket):
            self._begun.discard(one)
        elif queue == "review":
            await self._person.does(ticket, "approve", str(stands))
        elif queue == "survey":
            await self._call(row, story)
        elif story.twist == "by_hand":
            await self._person.does(ticket, "assign", "by_hand", lead=story.chosen)
        elif queue == "triage":
            await self._find_topic(row, story)
        else:
            await self._rule(row, story)

    async def _call(self, row: Row, story: Story) -> None:
        """回访 by phone."""
        grade = story.grade(row["round"])
        if grade is None:
            await self._person.does(row["id"], "survey-attempt", str(row["round"]), method="phone")
            return
        rated = {"grade": GRADES[grade], "words": "样例:电话回访。"}
        if await self._person.does(row["id"], "survey", str(row["round"]), **rated) and grade == "不满意":
            said = f"第 {row['round']} 轮不满意:转第 {row['round'] + 1} 轮重办"
            self._happenings.note(row["number"], story.account, said, bad=True)

    async def _find_topic(self, row: Row, story: Story) -> None:
        """研判: with its topic, the catalogue routes it."""
        if await self._person.does(row["id"], "amend", "topic", topic=story.subject.topic):
            self._happenings.note(row["number"], story.account, "无事项:人工研判后按目录派单")

    async def _rule(self, row: Row, story: Story) -> None:
        """裁定退单."""
        upheld = story.twist == "return_upheld"
        to = story.better_unit if upheld else None
        form = {"upheld": upheld, "reason": "样例:经核对职责清单。"} | ({"to": to} if to else {})
        if await self._person.does(row["id"], "rule-on-return", "ruling", **form):
            said = f"退单成立,改派 {to}" if upheld else "退单不成立,由原单位办理"
            self._happenings.note(row["number"], story.account, said)
