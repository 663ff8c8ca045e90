"""Sealed text and files (design §8): AES-256-GCM under a ticket's key, bound to the ticket and the field.

A sealed text is base64url without padding of suite (1 byte) ‖ salt (24) ‖ commitment (32) ‖ ciphertext+tag.
HKDF-SHA256 over the ticket's key and the salt gives the encryption key, the nonce and the commitment. GCM
alone does not bind its key: without the commitment one ciphertext could open to two texts under two keys.
Associated data is ``ticket|field``, so that nothing sealed can be moved to another place.

SealingError
├── UnknownSuite
└── WrongSeal
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Callable
from hmac import compare_digest, digest
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.ticket.words import Sealed

AES_256_GCM = 1
"""The suite id in front; SM4-GCM gets another one."""
KEY_BYTES = 32
SALT_BYTES = 24
COMMITMENT_BYTES = 32
HEAD_BYTES = 1 + SALT_BYTES + COMMITMENT_BYTES
CODE_DIGITS = 8
"""Of a citizen's query code."""

Randomness = Callable[[int], bytes]
"""So many unpredictable bytes (``os.urandom``); given, so that this module stays pure."""


class SealingError(Exception):
    """Something sealed cannot be opened. The message names ticket and field, never a content."""


class UnknownSuite(SealingError):
    """Sealed by a suite that this program does not have: upgrade it."""


class WrongSeal(SealingError):
    """The bytes were altered, or belong to another ticket or field, or the key is another one.

    Operator: compare ``keys`` with its backup; after a restore of ``keys`` alone, newer keys may be missing.
    """


class _Derived(NamedTuple):
    key: bytes
    nonce: bytes
    commitment: bytes


class TicketKey:
    """The key of one ticket: seals, opens, recognises the same content again, and gives the citizen's code."""

    def __init__(self, ticket: str, secret: bytes, random: Randomness) -> None:
        self.ticket = ticket
        self._secret = secret
        self._random = random

    def __repr__(self) -> str:
        return f"TicketKey({self.ticket})"

    def seal(self, field: str, text: str) -> Sealed:
        """Seal a text as the named field of this ticket."""
        sealed = self.seal_bytes(field, text.encode())
        return Sealed(urlsafe_b64encode(sealed).rstrip(b"=").decode())

    def open(self, field: str, sealed: Sealed) -> str:
        """The text; raises UnknownSuite or WrongSeal."""
        try:
            raw = urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
        except (NotBase64, ValueError):
            raise WrongSeal(f"{self.ticket}|{field}") from None
        return self.open_bytes(field, raw).decode()

    def seal_bytes(self, field: str, content: bytes) -> bytes:
        """Seal bytes (a file, or a key under the master key); same layout, without base64."""
        salt = self._random(SALT_BYTES)
        derived = _derive(self._secret, salt)
        ciphertext = AESGCM(derived.key).encrypt(derived.nonce, content, self._place(field))
        return bytes([AES_256_GCM]) + salt + derived.commitment + ciphertext

    def open_bytes(self, field: str, sealed: bytes) -> bytes:
        """The bytes; raises UnknownSuite or WrongSeal, the commitment being checked before decrypting."""
        if sealed[:1] != bytes([AES_256_GCM]):
            raise UnknownSuite(f"{self.ticket}|{field}: suite {sealed[:1].hex() or 'none'}")
        salt, commitment = sealed[1 : 1 + SALT_BYTES], sealed[1 + SALT_BYTES : HEAD_BYTES]
        derived = _derive(self._secret, salt)
        if not compare_digest(derived.commitment, commitment):
            raise WrongSeal(f"{self.ticket}|{field}: not sealed under this key")
        try:
            return AESGCM(derived.key).decrypt(derived.nonce, sealed[HEAD_BYTES:], self._place(field))
        except InvalidTag:
            raise WrongSeal(f"{self.ticket}|{field}: altered, or from another place") from None

    def fingerprint(self, content: bytes) -> str:
        """HMAC-SHA256 (hex) of the plain content: equal for a resend although its ciphertext differs."""
        key = HKDF(SHA256(), KEY_BYTES, None, b"huiyin/fingerprint/1").derive(self._secret)
        return digest(key, content, "sha256").hex()

    def query_code(self) -> str:
        """查询码: eight digits with which the citizen asks after the ticket; stored nowhere, gone with the key."""
        drawn = HKDF(SHA256(), 16, None, b"huiyin/query-code/1").derive(self._secret)
        return f"{int.from_bytes(drawn, 'big') % 10**CODE_DIGITS:0{CODE_DIGITS}}"

    def voucher(self, claim: str) -> str:
        """HMAC-SHA256 (hex) of what a browser is to bring back: it proves that the claim was made here."""
        key = HKDF(SHA256(), KEY_BYTES, None, b"huiyin/voucher/1").derive(self._secret)
        return digest(key, claim.encode(), "sha256").hex()

    def _place(self, field: str) -> bytes:
        return f"{self.ticket}|{field}".encode()


def _derive(secret: bytes, salt: bytes) -> _Derived:
    made = HKDF(SHA256(), KEY_BYTES + 12 + COMMITMENT_BYTES, salt, b"huiyin/seal/1").derive(secret)
    return _Derived(made[:KEY_BYTES], made[KEY_BYTES : KEY_BYTES + 12], made[KEY_BYTES + 12 :])
