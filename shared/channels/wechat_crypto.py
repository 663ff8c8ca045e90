"""WeChat's message signature and safe mode, as its documents define them (domain §5.6).

AESKey = Base64Decode(EncodingAESKey + "="), 32 bytes; AES-256-CBC, IV = its first 16 bytes; plaintext = 16
bytes ‖ length of the message (4 bytes, big-endian) ‖ message ‖ appid, PKCS#7-padded to blocks of 32 bytes.
"""

from base64 import b64decode, b64encode
from hashlib import sha1, sha256
from hmac import compare_digest, digest

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32


class WrongMessage(Exception):
    """An encrypted message whose sign holds and that still cannot be read; ``code`` says why.

    ``wrong_appid`` (WeChat's −40005): encrypted for another mini-program. ``not_decryptable`` (−40007): by
    another EncodingAESKey, or cut short.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def signature(*parts: str) -> str:
    """SHA-1 (hex) of the parts, sorted as text and joined: WeChat's own choice of hash."""
    return sha1("".join(sorted(parts)).encode("utf-8", "replace")).hexdigest()  # noqa: S324


def matches(given: str, tokens: list[str], *parts: str) -> str | None:
    """The token under which the given signature holds; None if under none of them."""
    for token in tokens:
        if compare_digest(signature(token, *parts).encode(), given.encode("utf-8", "replace")):
            return token
    return None


def aes_key(encoding_key: str) -> bytes:
    """The 32 bytes of an EncodingAESKey (43 characters); ValueError for any other text."""
    key = b64decode(encoding_key + "=", validate=True)
    if len(key) != 32:
        raise ValueError("EncodingAESKey must be 43 characters of base64")
    return key


def decrypt(encoding_key: str, app_id: str, encrypted: str) -> bytes:
    """The message; raises WrongMessage."""
    key = aes_key(encoding_key)
    try:
        ciphertext = b64decode(encrypted, validate=True)
        cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
        plain = cipher.update(ciphertext) + cipher.finalize()
    except ValueError:
        raise WrongMessage("not_decryptable") from None
    padding = plain[-1] if plain else 0
    if not 1 <= padding <= BLOCK or plain[-padding:] != bytes([padding]) * padding:
        raise WrongMessage("not_decryptable")
    content = plain[16:-padding]
    end = 4 + int.from_bytes(content[:4])
    if len(content) < end:
        raise WrongMessage("not_decryptable")
    if not compare_digest(content[end:], app_id.encode()):
        raise WrongMessage("wrong_appid")
    return content[4:end]


def encrypt(encoding_key: str, app_id: str, message: bytes, nonce: str) -> str:
    """The message as base64 ciphertext.

    The 16 bytes in front serve as the real IV. They are a keyed hash of nonce and message: unpredictable
    outside, and the same reply twice is the same ciphertext, so that this stays pure.
    """
    key = aes_key(encoding_key)
    front = digest(key, nonce.encode() + b"|" + message, sha256)[:16]
    plain = front + len(message).to_bytes(4) + message + app_id.encode()
    padding = BLOCK - len(plain) % BLOCK
    cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return b64encode(cipher.update(plain + bytes([padding]) * padding) + cipher.finalize()).decode()
