"""附件与证据: a file that somebody adds is sealed before it lies anywhere; a command may name it from then on.

What people attach was uploaded first, for this very ticket: so a form carries references alone, which survive in a
draft, and no reference that was not given here is taken.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from asyncpg import Pool
from msgspec import json

from services.console.asking.forms import MOST_FILES
from services.console.attachments.attached import kind_of
from services.console.people.accounts import Account
from services.console.queries import SEEN, bound
from services.console.sql import statements
from shared.attachments import LARGEST, Attachments, FileLost
from shared.keys import Keyring
from shared.problems import Problem
from shared.sealing import SealingError, TicketKey
from shared.ticket.words import Attachment

SQL = statements(Path(__file__).with_name("files.sql"), {"SEEN": SEEN})


class Files:
    """The sealed files of tickets, and which of them were uploaded here."""

    def __init__(self, pool: Pool, keyring: Keyring, folder: Attachments) -> None:
        self._pool = pool
        self._keyring = keyring
        self._folder = folder

    async def keep(self, caller: Account, ticket: str, contents: Sequence[bytes]) -> list[Attachment]:
        """Seal files for a ticket that is there; a command may name all of them or none.

        Raises Problem 413, 415, 410 without its key.
        """
        key = await self._keyring.current(ticket)
        if key is None:
            raise unreadable()
        return await self.keep_under(key, caller, contents)

    async def keep_under(
        self, key: TicketKey, caller: Account, contents: Sequence[bytes]
    ) -> list[Attachment]:
        """The same of the ticket whose key it is, whether or not it is there yet."""
        kinds = [_lawful(content) for content in contents]
        kept = [
            await asyncio.to_thread(self._folder.keep, key, kind, content)
            for kind, content in zip(kinds, contents, strict=True)
        ]
        rows = [(key.ticket, one.digest, caller.id, json.encode(one).decode()) for one in kept]
        await self._pool.executemany(SQL["keep"], rows)
        return kept

    async def vouch(self, ticket: str, files: Sequence[Attachment]) -> None:
        """Mark files as sent, before anything names them: they are never cleared.

        Raises Problem 400 for a file that was not uploaded for this ticket, or was cleared; then none is marked.
        """
        if not files:
            return
        async with self._pool.acquire() as connection, connection.transaction():
            rows = await connection.fetch(SQL["send"], ticket, [file.digest for file in files])
            known = {json.decode(row["attachment"], type=Attachment) for row in rows}
            if not known.issuperset(files):
                raise foreign()

    async def of(self, caller: Account, ticket: str, digest: str) -> Attachment:
        """A file that is on the ticket's record, or was uploaded for it. Raises Problem 404."""
        found = await self._pool.fetchval(SQL["of"], *bound(caller), ticket, digest)
        if found is None:
            raise Problem(404, "unknown_file", "这件工单没有这个附件。", "This ticket has no such file.")
        return json.decode(found, type=Attachment)

    async def opened(self, ticket: str, file: Attachment) -> bytes:
        """The content. Raises Problem 410 where the key is destroyed, 503 where the folder has lost the file."""
        key = await self._keyring.current(ticket)
        if key is None:
            raise unreadable()
        try:
            return await asyncio.to_thread(self._folder.open, key, file)
        except SealingError:
            raise unreadable() from None
        except FileLost:
            zh = "查看已入账,但附件文件不在了或已损坏,没有打开。请联系管理员从备份恢复附件文件夹。"
            en = (
                "The look is recorded, but the file is gone or damaged and was not opened: "
                "ask your administrator to restore the folder of attachments from its backup."
            )
            raise Problem(503, "file_lost", zh, en) from None


def foreign() -> Problem:
    """400."""
    zh = "附件不是为这件工单上传的,或上传后太久没有提交已被清除。没有提交。请去掉它,在这件工单里重新上传。"
    en = (
        "A file was not uploaded for this ticket, or so long ago that it was cleared; nothing was sent. "
        "Untick it and upload it here again."
    )
    return Problem(400, "foreign_file", zh, en, field="attachments")


def unreadable() -> Problem:
    """410: the ticket's key is destroyed."""
    zh, en = "密钥已销毁,内容不可读。", "The key is destroyed: this can no longer be read."
    return Problem(410, "unreadable", zh, en)


def too_large() -> Problem:
    """413."""
    most = LARGEST // 1024**2
    zh = f"文件过大,没有上传。每个文件不超过 {most} MB,一次合计不超过 {3 * most} MB;照片可以先压缩,或分几次上传。"
    en = (
        f"Too large, nothing was uploaded. A file has at most {most} MB, all of one upload {3 * most} MB: "
        "make pictures smaller, or upload them one by one."
    )
    return Problem(413, "file_too_large", zh, en, field="attachments")


def too_many() -> Problem:
    """400."""
    zh = f"一次最多附 {MOST_FILES} 个文件,没有上传。请先去掉几个。"
    en = f"At most {MOST_FILES} files, nothing was uploaded: untick some first."
    return Problem(400, "too_many_files", zh, en, field="attachments")


def _lawful(content: bytes) -> str:
    """What the file is, by its own bytes. Raises Problem."""
    if len(content) > LARGEST:
        raise too_large()
    kind = kind_of(content)
    if kind is None:
        zh = "只收 JPG、PNG、GIF、WebP 图片和 PDF,没有上传。其他文件请先另存为 PDF 或截图。"
        en = "Only JPG, PNG, GIF, WebP and PDF, nothing was uploaded: save other files as PDF, or as a picture."
        raise Problem(415, "wrong_file_type", zh, en, field="attachments")
    return kind
