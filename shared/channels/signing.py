"""The signature of the machine interfaces, in both directions (patterns of domain §5.5).

Headers: ``X-App-Id``, ``X-Key-Id``, ``X-Timestamp`` (13 digits, ms), ``X-Nonce``, ``X-Sign``. The sign is the
HMAC (hex) under the key's secret of the fields below, empty ones left out, sorted by name, joined as
``k=v&k=v``:

    appId, body (hex digest of the raw body, same hash as the HMAC), keyId, nonce, timestamp

Signing the digest of the raw bytes needs no canonical form of the JSON: what was signed is what is read.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hmac import compare_digest

from cryptography.hazmat.primitives.hashes import SHA256, SM3, Hash, HashAlgorithm
from cryptography.hazmat.primitives.hmac import HMAC

from shared.channels.form import Account, Request, SignatureWrong

WINDOW = timedelta(minutes=5)
"""How far a timestamp may lie from now, either way; a nonce must be remembered for twice that."""
ALGORITHMS: dict[str, type[HashAlgorithm]] = {"hmac-sm3": SM3, "hmac-sha256": SHA256}

_NONCE = re.compile(r"[A-Za-z0-9_-]{8,64}")
_TIMESTAMP = re.compile(r"[0-9]{13}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def sign(algorithm: str, secret: str, fields: Mapping[str, str]) -> str:
    """The sign of the fields; empty ones do not count."""
    joined = "&".join(f"{name}={value}" for name, value in sorted(fields.items()) if value)
    mac = HMAC(secret.encode(), ALGORITHMS[algorithm]())
    mac.update(joined.encode())
    return mac.finalize().hex()


def signed(account: Account, body: bytes, nonce: str, now: datetime) -> dict[str, str]:
    """The headers of a request that goes out, signed with the account's first key."""
    key_id, secret = next(iter(account.keys.items()))
    timestamp = str((now - _EPOCH) // timedelta(milliseconds=1))
    fields = _fields(account, key_id, timestamp, nonce, body)
    return {
        "X-App-Id": fields["appId"],
        "X-Key-Id": key_id,
        "X-Timestamp": timestamp,
        "X-Nonce": nonce,
        "X-Sign": sign(account.algorithm, secret, fields),
        "Content-Type": "application/json; charset=utf-8",
    }


def verified(account: Account, request: Request, now: datetime) -> str:
    """The nonce of a request that is signed with one of the account's keys, now.

    Raises SignatureWrong: ``unknown_key``, ``wrong_signature`` or ``stale_timestamp``. The signature is
    checked before the timestamp, so that nobody without a key learns which of the two was wrong.
    """
    key_id = request.headers.get("x-key-id", "")
    secret = account.keys.get(key_id)
    if secret is None or request.headers.get("x-app-id") != (account.app_id or account.id):
        raise SignatureWrong("unknown_key")
    timestamp, nonce = request.headers.get("x-timestamp", ""), request.headers.get("x-nonce", "")
    if not _TIMESTAMP.fullmatch(timestamp) or not _NONCE.fullmatch(nonce):
        raise SignatureWrong("wrong_signature")
    expected = sign(account.algorithm, secret, _fields(account, key_id, timestamp, nonce, request.body))
    if not compare_digest(expected.encode(), request.headers.get("x-sign", "").lower().encode()):
        raise SignatureWrong("wrong_signature")
    if abs(now - _EPOCH - timedelta(milliseconds=int(timestamp))) > WINDOW:
        raise SignatureWrong("stale_timestamp")
    return nonce


def _fields(account: Account, key_id: str, timestamp: str, nonce: str, body: bytes) -> dict[str, str]:
    digest = Hash(ALGORITHMS[account.algorithm]())
    digest.update(body)
    return {
        "appId": account.app_id or account.id,
        "body": digest.finalize().hex(),
        "keyId": key_id,
        "nonce": nonce,
        "timestamp": timestamp,
    }
