"""Which tickets a phone number is about, looked up by a keyed hash (edge): the number itself is only in sealed text."""

import re
import unicodedata
from collections.abc import Iterable
from hmac import digest

from asyncpg import Pool
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.keys import master_key
from shared.sealing import KEY_BYTES
from shared.settings import Settings

SHORTEST = 7
"""Digits of a number that names one caller: local numbers have seven; shorter ones are extensions."""
ABROAD = re.compile(r"^(?:00)?86(?=1\d{10}$)")

# Only under a key that is still there: what is destroyed does not come back with a resend.
_FILE = """
INSERT INTO keys.phones (jurisdiction, digest, ticket)
SELECT $1, n.digest, n.ticket
FROM unnest($2::bytea[], $3::text[]) AS n (digest, ticket) JOIN keys.tickets USING (ticket)
ON CONFLICT DO NOTHING
"""
_FIND = "SELECT ticket FROM keys.phones WHERE jurisdiction = $1 AND digest = $2"


def plain(phone: str) -> str | None:
    """The digits by which a number is known, however it was written; None for what is no caller's number."""
    digits = "".join(char for char in unicodedata.normalize("NFKC", phone) if char in "0123456789")
    digits = ABROAD.sub("", digits)
    return digits if len(digits) >= SHORTEST else None


class PhoneBook:
    """Files tickets under the caller's number and finds them again. The schema ``keys`` is there."""

    def __init__(self, pool: Pool, settings: Settings) -> None:
        self._pool = pool
        self._key = HKDF(SHA256(), KEY_BYTES, None, b"huiyin/phones/1").derive(master_key(settings))

    async def file(self, jurisdiction: str, numbers: Iterable[tuple[str, str]]) -> None:
        """(ticket, phone) of tickets that have their keys; what is no caller's number is passed over."""
        rows = sorted(
            (self._digest(jurisdiction, number), ticket)
            for ticket, phone in numbers
            if (number := plain(phone))
        )
        if rows:
            digests, tickets = [row[0] for row in rows], [row[1] for row in rows]
            await self._pool.execute(_FILE, jurisdiction, digests, tickets)

    async def tickets(self, jurisdiction: str, phone: str) -> list[str]:
        """The tickets of that caller in the jurisdiction; whether somebody may see them is not asked here."""
        number = plain(phone)
        if number is None:
            return []
        found = await self._pool.fetch(_FIND, jurisdiction, self._digest(jurisdiction, number))
        return [row["ticket"] for row in found]

    def _digest(self, jurisdiction: str, number: str) -> bytes:
        return digest(self._key, f"{jurisdiction}|{number}".encode(), "sha256")
