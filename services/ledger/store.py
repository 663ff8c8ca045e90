"""Where a partition's tickets are kept between batches: RocksDB, with a bounded cache in front (design §3 point 12)."""

import shutil
from pathlib import Path

import structlog
from msgspec import json
from rocksdict import BlockBasedOptions, Cache, Options, Rdict, WriteBatch

from shared.book import BOOK, Head, Kept
from shared.chain import genesis
from shared.policy.documents import Policies

log = structlog.get_logger()

CACHED = 2_000
"""Tickets kept decoded per generation; two generations a partition, some 3 KB each."""
WRITE_BUFFER = 8 * 1024 * 1024
"""Bytes a partition buffers before it writes a file; RocksDB's own default is 64 MB."""
BLOCKS = Cache(16 * 1024 * 1024)
"""What all partitions of the process have read of their files, indexes and filters included: a cache for each, left
outside of it, grew by a megabyte in a thousand tickets."""
FILTER_BITS = 10
"""A ticket: a new one, the commonest question, is told from those in the files without reading any."""

FORMAT = b"json 2"
"""Raised whenever what is kept of a ticket changes its shape: an older store is made anew from the topic."""
_FORMAT, _HEAD, _POLICIES, _TICKET = b"f", b"h", b"p", b"t"
# JSON as in the record: MessagePack brings every time back in UTC, and a ticket read from the store would lead to
# other bytes in the next entry than the one in the cache.
_encode = json.Encoder().encode
_kept = json.Decoder(Kept).decode
_head = json.Decoder(Head).decode


class Store:
    """One partition's store. What ``__setitem__`` puts becomes lasting with ``commit``, all of it or nothing."""

    def __init__(self, folder: Path, partition: int) -> None:
        self.folder = folder / str(partition)
        self.partition = partition
        self._young: dict[str, Kept] = {}
        self._old: dict[str, Kept] = {}
        self._dirty: dict[str, Kept] = {}
        self._open()

    def _open(self) -> None:
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        options = Options(raw_mode=True)
        options.create_if_missing(True)
        options.set_write_buffer_size(WRITE_BUFFER)
        options.set_max_write_buffer_number(2)
        options.set_keep_log_file_num(2)
        options.set_block_based_table_factory(_tables())
        try:
            self._db = Rdict(str(self.folder), options)
        except Exception as error:  # rocksdict raises nothing narrower
            if "lock" in str(error):
                raise
            log.warning(
                "store is torn; made anew", action="store_torn", partition=self.partition, error=str(error)
            )
            shutil.rmtree(self.folder)
            self._db = Rdict(str(self.folder), options)

    def head(self) -> Head:
        """Where the store stands; the beginning if it is new, or was written in another format than ``FORMAT``."""
        stored = self._db.get(_HEAD)
        if stored and self._db.get(_FORMAT) != FORMAT:
            self.forget()
            stored = None
        return _head(stored) if stored else Head(genesis(BOOK, self.partition))

    def policies(self) -> Policies:
        """The policies that the partition had been told at ``head``."""
        stored = self._db.get(_POLICIES)
        return Policies.load(stored) if stored else Policies()

    def get(self, key: str) -> Kept | None:
        """A ticket as it stands after everything entered, committed or not."""
        kept = self._young.get(key)
        if kept is not None:
            return kept
        kept = self._old.get(key) or self._dirty.get(key) or self._load(key)
        if kept is not None:
            self._remember(key, kept)
        return kept

    def _load(self, key: str) -> Kept | None:
        stored = self._db.get(_TICKET + key.encode())
        return _kept(stored) if stored else None

    def __setitem__(self, key: str, kept: Kept) -> None:
        self._dirty[key] = kept
        self._remember(key, kept)

    def _remember(self, key: str, kept: Kept) -> None:
        self._young[key] = kept
        if len(self._young) >= CACHED:
            self._old, self._young = self._young, {}

    def commit(self, head: Head, policies: Policies | None) -> None:
        """Write what changed together with the head that it stands for; ``policies`` only where they changed."""
        batch = WriteBatch(raw_mode=True)
        for key, kept in self._dirty.items():
            batch.put(_TICKET + key.encode(), _encode(kept))
        if policies is not None:
            batch.put(_POLICIES, policies.dump())
        batch.put(_FORMAT, FORMAT)
        batch.put(_HEAD, _encode(head))
        self._db.write(batch)
        self._dirty.clear()

    def forget(self) -> None:
        """Begin anew: the store was torn, or stands for another log than the topic's."""
        self._db.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        self._young, self._old, self._dirty = {}, {}, {}
        self._open()

    def close(self) -> None:
        """Release the files, so that another owner in this folder can open them."""
        self._db.close()


def _tables() -> BlockBasedOptions:
    tables = BlockBasedOptions()
    tables.set_block_cache(BLOCKS)
    tables.set_cache_index_and_filter_blocks(True)
    tables.set_bloom_filter(FILTER_BITS, False)
    return tables
