"""The sample platforms: what the city, the province and the mini-programs are told of their demands.

Each report must be signed with the account's key and has one effect however often it comes; every
seventeenth is first answered 503, so that a retry is seen.
"""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from typing import NamedTuple

import fastapi
import uvicorn
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from msgspec import Struct, json

from demo.happenings import Happenings
from demo.pushes import OPENID
from deploy.local.ports import LOOPBACK
from shared.channels import signing
from shared.channels.form import Account, Request, SignatureWrong

AWAY = 17
"""One in so many reports is answered 503 at its first try."""

_NUMBER = re.compile(r"工单 (\w+)")
_CODE = re.compile(r"查询码 (\d+)")
_ROUND = re.compile(r"第 (\d+) 轮")


class Told(Struct, frozen=True, rename="camel"):
    """A report as a platform understands it: about which of its orders, what, and in which round."""

    order_no: str
    ticket_no: str
    purpose: str
    round: int
    due: datetime | None = None
    query_code: str | None = None
    reply: str | None = None
    outcome: str | None = None
    grade: str | None = None


class Survey(NamedTuple):
    """A citizen may now rate a round."""

    account: str
    external_id: str
    number: str
    round: int


class Platforms:
    """What the platforms know, from their side alone."""

    def __init__(self, accounts: dict[str, Account], happenings: Happenings) -> None:
        self.accounts = accounts
        self.surveys: asyncio.Queue[Survey] = asyncio.Queue()
        self.effects: dict[str, tuple[str, Told]] = {}
        """Idempotency-Key → account and what it was told; a report that comes again changes nothing."""
        self.tries: dict[str, int] = {}
        """Idempotency-Key → how often it came."""
        self.codes: dict[str, str] = {}
        """Ticket number → the query code that its citizen was told with it."""
        self._happenings = happenings

    def hear(self, account: Account, request: Request, now: datetime) -> int:
        """Take a report; gives the HTTP status. Raises SignatureWrong."""
        signing.verified(account, request, now)
        key = request.headers["idempotency-key"]
        self.tries[key] = self.tries.get(key, 0) + 1
        if self.tries[key] == 1 and len(self.tries) % AWAY == 0:
            self._happenings.note("", account.id, "平台暂不可用(503),稍后重试回告")
            return 503
        if key not in self.effects:
            told = _read(account, request.body)
            self.effects[key] = account.id, told
            self._act(account, told)
        return 200

    def _act(self, account: Account, told: Told) -> None:
        if told.query_code:
            self.codes[told.ticket_no] = told.query_code
        if told.purpose == "survey":
            self.surveys.put_nowait(Survey(account.id, told.order_no, told.ticket_no, told.round))
        if told.purpose == "ended":
            how = told.outcome or "办结"
            self._happenings.note(
                told.ticket_no, account.id, f"回告:{how} {told.grade or ''}".strip(), told.grade == "不满意"
            )


def _read(account: Account, body: bytes) -> Told:
    """A report in the account's form; the mini-programs' servers know their citizens by openid."""
    if account.channel != "mini_program":
        return json.decode(body, type=Told)
    message = json.decode(body, type=_CustomerMessage)
    said = message.text["content"]
    number, code, round, purpose = (
        _NUMBER.search(said),
        _CODE.search(said),
        _ROUND.search(said),
        _purpose(said),
    )
    return Told(
        order_no=message.touser.removeprefix(OPENID),
        ticket_no=number[1] if number else "",
        purpose=purpose,
        round=int(round[1]) if round else 0,
        query_code=code[1] if code else None,
        reply=said if purpose == "reply" else None,
    )


class _CustomerMessage(Struct):
    touser: str
    text: dict[str, str]


def _purpose(said: str) -> str:
    """What a customer message is about; the words are those of ``shared.channels.mini_program``."""
    if "评价" in said and _ROUND.search(said):
        return "survey"
    if "已登记" in said:
        return "number"
    return "ended" if "已办理完毕" in said else "reply"


def make_app(platforms: Platforms) -> FastAPI:
    """One address per channel account."""
    app = FastAPI(title="Sample platforms 样例平台", openapi_url=None)

    @app.post("/reports/{account}")
    async def report(account: str, request: fastapi.Request) -> JSONResponse:
        if account not in platforms.accounts:
            return JSONResponse({"code": "unknown_account"}, 404)
        headers = dict(request.headers)
        heard = Request("POST", request.url.path, {}, headers, await request.body())
        try:
            status = platforms.hear(platforms.accounts[account], heard, datetime.now(UTC))
        except SignatureWrong as error:
            return JSONResponse({"code": error.code}, 401)
        return JSONResponse({"heard": status == 200}, status)

    return app


class _Server(uvicorn.Server):
    """Leaves signals to the process that runs the demo."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def listening(platforms: Platforms, port: int) -> AsyncIterator[None]:
    """The platforms answer on that port for the length of the block."""
    config = uvicorn.Config(
        make_app(platforms),
        host=LOOPBACK,
        port=port,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve())
    try:
        yield
    finally:
        server.should_exit = True
        await serving


def port_of_platforms() -> int:
    """Behind the services' ports: 8010 where ``HUIYIN_FIRST_PORT`` says nothing else."""
    return int(os.environ.get("HUIYIN_FIRST_PORT", "8000")) + 10
