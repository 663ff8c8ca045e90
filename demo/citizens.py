"""The sample citizens: their demands and ratings, pushed through each channel's real interface."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import groupby, islice
from operator import attrgetter

import httpx
from msgspec.structs import replace

from demo import pushes
from demo.happenings import Happenings
from demo.platforms import Platforms, Survey
from demo.pushes import Push
from demo.readers import Readers
from demo.stories import OPENING, Story
from shared.channels.form import Account
from shared.channels.wording import GradeZh
from shared.ids import ticket_id

FAST, SECONDS_OF_FAST = 0.5, 30
"""Seconds between two demands at first, and how long that lasts; afterwards twice as many."""
TRIES = 3
"""After so many a real channel gives up too."""
BATCHES = {"hotline": "orders", "wenzheng": "posts", "minsheng": "letters"}
MORE = "补充:问题又出现了一次。"

Made = Callable[[datetime], Push]
"""Makes a push at the moment of sending; each try is signed anew, since a nonce counts once."""


class Citizens:
    """Everyone who asks for something, and the platforms through which they ask.

    http   a client of intake
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        platforms: Platforms,
        stories: Iterator[Story],
        happenings: Happenings,
        readers: Readers,
    ) -> None:
        self.told: dict[str, Story] = {}
        """Ticket → story, of all that was pushed."""
        self.left: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        """Number of the ticket that is left to be rated by whoever looks on as a citizen."""
        self._http = http
        self._platforms = platforms
        self._accounts = platforms.accounts
        self._stories = stories
        self._happenings = happenings
        self._readers = readers

    async def live(self) -> None:
        """Demand and rate, for ever."""
        await self._verify()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._rate(group))
            await self._demand(list(islice(self._stories, len(OPENING))), group)
            group.create_task(self._forge())
            for number, story in enumerate(self._stories):
                await asyncio.sleep(FAST if number * FAST < SECONDS_OF_FAST else 2 * FAST)
                group.create_task(self._demand([story], group))

    async def _verify(self) -> None:
        """As WeChat does before it pushes anything."""
        for account in self._accounts.values():
            if account.channel == "mini_program":
                await self._send(partial(pushes.verification, account, "echo-sample"))

    async def _demand(self, stories: Sequence[Story], group: asyncio.TaskGroup) -> None:
        """Push these, those of one account as one batch; then what else some of them do."""
        self.told.update({story.ticket: story for story in stories})
        for id, some in groupby(sorted(stories, key=attrgetter("account")), attrgetter("account")):
            for made in _demanding(self._accounts[id], list(some)):
                self._answered(id, await self._send(made))
        for story in stories:
            if story.twist in ("repeated", "amended"):
                group.create_task(self._again(story))

    def _answered(self, account: str, answer: httpx.Response | None) -> None:
        """What was not taken is told; the numbers of the others come with the platform's reports."""
        if answer is None or not answer.is_success:
            said = "无回应" if answer is None else f"{answer.status_code}"
            self._happenings.note("", account, f"推送未被接收({said})", bad=True)
            return
        for one in _results(answer):
            if not one["accepted"]:
                self._happenings.note(str(one["id"]), account, f"未接收:{one['detail']}", bad=True)

    async def _again(self, story: Story) -> None:
        """The same order once more, word for word or with more words: one ticket all the same."""
        await asyncio.sleep(3)
        more = MORE if story.twist == "amended" else ""
        answer = await self._send(partial(_batch, self._accounts[story.account], [story], more))
        if answer is not None:
            said = "内容有变:作为补充,仍是同一工单" if more else "重复推送:仍是同一工单"
            for one in _results(answer):
                self._happenings.note(str(one["ticketNo"]), story.account, said)

    async def _forge(self) -> None:
        """Somebody pushes with a key that is not the account's: 401, and nothing is recorded."""
        await asyncio.sleep(5)
        real = self._accounts["yichun-12345"]
        forger = replace(real, keys=dict.fromkeys(real.keys, "not-the-key-of-this-account"))
        answer = await self._send(partial(pushes.push, forger, {"orders": []}))
        if answer is not None:
            self._happenings.note("", real.id, f"签名不符:拒收({answer.status_code}),不留记录", bad=True)

    async def _rate(self, group: asyncio.TaskGroup) -> None:
        """Answer every survey that a platform passes on, if the citizen answers at all and no reader took it on."""
        while True:
            survey = await self._platforms.surveys.get()
            account = self._accounts[survey.account]
            ticket = ticket_id(account.jurisdiction, account.id, survey.external_id)
            story = self.told.get(ticket)
            if story and story.twist == "left_citizen" and not self.left.done():
                self.left.set_result(survey.number)
            if grade := story.grade(survey.round) if story else "满意":
                group.create_task(self._rated(account, survey, ticket, grade))

    async def _rated(self, account: Account, survey: Survey, ticket: str, grade: GradeZh) -> None:
        await asyncio.sleep(2 + survey.round)
        if await self._readers.took(ticket):
            return
        self._answered(account.id, await self._send(partial(_rating, account, survey, grade)))
        if grade == "不满意":
            said = f"第 {survey.round} 轮不满意:转第 {survey.round + 1} 轮重办"
            self._happenings.note(survey.number, account.id, said, bad=True)

    async def _send(self, made: Made) -> httpx.Response | None:
        """Send, and again while intake is away; None if it stays away."""
        for _ in range(TRIES):
            push = made(datetime.now(UTC))
            try:
                answer = await self._http.request(
                    push.method, push.path, params=push.params, headers=push.headers, content=push.body
                )
            except httpx.HTTPError:
                answer = None
            if answer is not None and answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                return answer
            await asyncio.sleep(1)
        return None


def _demanding(account: Account, stories: Sequence[Story]) -> list[Made]:
    """A message each, or all in one batch."""
    if account.channel != "mini_program":
        return [partial(_batch, account, stories, "")]
    return [
        partial(pushes.message, account, story.external_id, story.external_id, pushes.form(story))
        for story in stories
    ]


def _batch(account: Account, stories: Sequence[Story], more: str, now: datetime) -> Push:
    batch = BATCHES[account.channel]
    return pushes.push(account, {batch: [pushes.item(story, batch, now, more) for story in stories]}, now)


def _rating(account: Account, survey: Survey, grade: GradeZh, now: datetime) -> Push:
    order, round = survey.external_id, survey.round
    if account.channel == "mini_program":
        return pushes.message(account, f"{order}{round}", order, pushes.rating(order, round, grade), now)
    return pushes.push(account, {"ratings": [pushes.rating_item(order, round, grade, now)]}, now)


def _results(answer: httpx.Response) -> list[dict[str, object]]:
    """How each item of a batch fared; nothing of a message's answer."""
    if answer.headers.get("content-type") != "application/json":
        return []
    results: list[dict[str, object]] = answer.json().get("results", [])
    return results
