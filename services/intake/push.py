"""One push of a channel, from its bytes to its answer: the order of the steps, and what each refuses."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from asyncpg import InterfaceError, Pool, PostgresError

from services.intake import metrics, nonces, sealed
from services.intake.delivery import Delivery, Sent
from shared.attachments import Attachments, FileTooLarge
from shared.book import COMMAND_LIMIT
from shared.channels import CHANNELS
from shared.channels.form import (
    Account,
    Demanded,
    Rated,
    Rejected,
    Request,
    Response,
    SignatureWrong,
    Taken,
)
from shared.entry import Entry
from shared.keys import Keyring
from shared.outcomes import Outcomes
from shared.phones import PhoneBook
from shared.problems import Problem
from shared.sealing import TicketKey
from shared.ticket.commands import Command, write

WAIT = 1.5
"""Seconds for the ledger's word. With the delivery's patience an answer stays under WeChat's 5 s."""
POSTGRES = 5.0
"""Seconds that Postgres may take for nonces and keys; after them it counts as away."""
RETRY_AFTER = "5"

NOT_THEIRS = {
    "wrong_signature": ("签名不符", "the signature does not hold"),
    "stale_timestamp": ("时间戳与当前时间相差超过 5 分钟", "the timestamp is more than 5 minutes from now"),
    "unknown_key": ("应用编号或密钥编号不存在", "no such application or key"),
    "replayed_nonce": ("随机串已经用过,重试须换新的随机串", "the nonce was used before: sign each try anew"),
}
Item = Demanded | Rated | Rejected


class Pushes:
    """What taking a push needs."""

    def __init__(
        self,
        pool: Pool,
        keyring: Keyring,
        phones: PhoneBook,
        attachments: Attachments,
        delivery: Delivery,
        outcomes: Outcomes,
    ) -> None:
        self._pool = pool
        self._keyring = keyring
        self._phones = phones
        self._attachments = attachments
        self._delivery = delivery
        self._outcomes = outcomes

    async def take(self, account: Account, request: Request, now: datetime) -> Response:
        """Take a push.

        1. Its signature, and that its nonce is new: else 401, and nothing but a count remains.
        2. Its items, each read, sealed and measured on its own.
        3. What is whole goes to Kafka, or is kept until Kafka is back.
        4. The ledger's word for each, as far as it comes in time.
        Raises Problem: 401, or 503 while Postgres is away (nothing was accepted).
        """
        channel = CHANNELS[account.channel]
        try:
            nonce = channel.verified(account, request, now)
        except SignatureWrong as error:
            raise _refused(account, error.code) from None
        with _postgres_away():
            if nonce is not None:
                await self._once(account, nonce, now)
            items = channel.read(account, request)
            commands = await self._commands(account, items)
            await self._file_phones(account, items)
            sent = await self._send(commands)
        fared = await self._fared(items, commands, sent)
        _count(account, fared)
        return channel.answer(account, request, fared, now)

    async def _once(self, account: Account, nonce: str, now: datetime) -> None:
        async with asyncio.timeout(POSTGRES):
            if not await nonces.is_new(self._pool, account.id, nonce, now):
                raise _refused(account, "replayed_nonce")

    async def _commands(self, account: Account, items: Sequence[Item]) -> list[Command | Rejected]:
        """A command or a rejection per item; the keys of all come in one round trip."""
        tickets = [sealed.ticket_of(account, item) for item in items if not isinstance(item, Rejected)]
        async with asyncio.timeout(POSTGRES):
            keys = await self._keyring.keys(tickets)
        return [await self._command(account, item, keys) for item in items]

    async def _file_phones(self, account: Account, items: Sequence[Item]) -> None:
        """So that the next call of the same person is met with what this one said."""
        numbers = [
            (sealed.ticket_of(account, item), item.citizen.phone)
            for item in items
            if isinstance(item, Demanded) and item.citizen and item.citizen.phone
        ]
        async with asyncio.timeout(POSTGRES):
            await self._phones.file(account.jurisdiction, numbers)

    async def _command(self, account: Account, item: Item, keys: dict[str, TicketKey]) -> Command | Rejected:
        if isinstance(item, Rejected):
            return item
        key = keys[sealed.ticket_of(account, item)]
        if isinstance(item, Rated):
            return _of_lawful_size(sealed.rating(account, item, key), item)
        try:
            files = [
                await asyncio.to_thread(self._attachments.keep, key, file.type, file.content)
                for file in item.files
            ]
        except FileTooLarge:
            return _too_large(item, "attachments")
        print_ = sealed.fingerprint(key, item)
        return _of_lawful_size(sealed.registering(account, item, key, print_, files), item)

    async def _send(self, commands: Sequence[Command | Rejected]) -> dict[str, Sent | None]:
        """By command id: the same item twice in a push is one command."""
        wanted = {command.id: command for command in commands if isinstance(command, Command)}
        sent = await self._delivery.send(list(wanted.values())) if wanted else []
        return dict(zip(wanted, sent, strict=True))

    async def _fared(
        self, items: Sequence[Item], commands: Sequence[Command | Rejected], sent: dict[str, Sent | None]
    ) -> list[Taken | Rejected]:
        waiting = [
            self._outcomes.of(at.partition, at.offset, WAIT) if at else _nothing() for at in sent.values()
        ]
        entries = dict(zip(sent, await asyncio.gather(*waiting), strict=True))
        return [
            command if isinstance(command, Rejected) else _told(item, command, entries[command.id])
            for item, command in zip(items, commands, strict=True)
        ]


async def _nothing() -> None:
    """A kept command has no entry yet."""


def _told(item: Item, command: Command, entry: Entry | None) -> Taken | Rejected:
    """The ledger's word; the repeat of a demand whose first command is forgotten is no refusal to the channel."""
    if entry and entry.refusal and entry.refusal.code != "already_registered":
        return Rejected(item.external_id, entry.refusal.code, None, entry.refusal.zh, entry.refusal.en)
    number = entry.after.number if entry and entry.after else None
    return Taken(item.external_id or "", command.ticket, number)


def _of_lawful_size(command: Command, item: Demanded | Rated) -> Command | Rejected:
    return _too_large(item, None) if len(write(command)) > COMMAND_LIMIT else command


def _too_large(item: Demanded | Rated, field: str | None) -> Rejected:
    zh, en = "内容过大,单件上限 256 KiB", "too large: at most 256 KiB an item"
    return Rejected(item.external_id, "command_too_large", field, zh, en)


def _refused(account: Account, code: str) -> Problem:
    metrics.REFUSED.labels(account.id, code).inc()
    return Problem(401, code, *NOT_THEIRS[code])


@contextmanager
def _postgres_away() -> Iterator[None]:
    """Without Postgres there is no key, and nothing may be accepted that cannot be protected (design §8)."""
    try:
        yield
    except (OSError, TimeoutError, PostgresError, InterfaceError):
        zh, en = "暂时无法受理,请稍后重试", "nothing can be accepted for the moment: try again later"
        raise Problem(503, "not_available", zh, en, headers={"Retry-After": RETRY_AFTER}) from None


def _count(account: Account, fared: Sequence[Taken | Rejected]) -> None:
    for one in fared:
        metrics.ITEMS.labels(account.id, _outcome(one)).inc()


def _outcome(one: Taken | Rejected) -> str:
    if isinstance(one, Rejected):
        return "rejected"
    return "waiting" if one.number is None else "numbered"
