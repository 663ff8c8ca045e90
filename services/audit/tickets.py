"""Where the audit keeps tickets while it decides again: on disk, so that memory does not grow with the record."""

from typing import Self

from msgspec import json
from rocksdict import Options, Rdict

from shared.book import Kept

WRITE_BUFFER = 8 * 1024 * 1024
_encode = json.Encoder().encode
# JSON as in the record, where times keep their offsets (services/ledger/store.py does the same for the same reason).
_kept = json.Decoder(Kept).decode


class Tickets:
    """One partition's tickets. What an entry changes can be taken back by ``undo`` until ``keep`` writes it."""

    def __init__(self, folder: str) -> None:
        options = Options(raw_mode=True)
        options.create_if_missing(True)
        options.set_write_buffer_size(WRITE_BUFFER)
        self._db = Rdict(folder, options)
        self._changed: dict[str, Kept] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def get(self, key: str) -> Kept | None:
        """A ticket as it stands, what is not written yet included."""
        if key in self._changed:
            return self._changed[key]
        stored = self._db.get(key.encode())
        return _kept(stored) if stored else None

    def __setitem__(self, key: str, kept: Kept) -> None:
        self._changed[key] = kept

    def undo(self) -> None:
        """As after the last ``keep``."""
        self._changed.clear()

    def keep(self) -> None:
        """Write what changed."""
        for key, kept in self._changed.items():
            self._db[key.encode()] = _encode(kept)
        self._changed.clear()
