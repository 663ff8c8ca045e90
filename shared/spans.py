"""Spans to a file of JSON lines, for a machine without a collector."""

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

LIMIT = 32 * 1024 * 1024
"""Bytes of a file, of which there are two: some 100,000 spans, days of them at 1 % of the traces."""


class SpanFile(SpanExporter):
    """Appends each span as one line: name, trace, span and parent ids (hex), start and end (ns), attributes, links.

    A full file becomes ``<path>.1``, in place of the one before it: no service may fill its disk with traces.
    """

    def __init__(self, path: Path, limit: int = LIMIT) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._limit = limit
        self._file = path.open("ab")

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        for span in spans:
            line = json.dumps(_line(span), ensure_ascii=False, default=str).encode() + b"\n"
            if self._file.tell() + len(line) > self._limit:
                self._begin_anew()
            self._file.write(line)
        self._file.flush()
        return SpanExportResult.SUCCESS

    def _begin_anew(self) -> None:
        """Another process of the service may have just done so: then its new file is gone on with."""
        self._file.close()
        with suppress(FileNotFoundError):
            self._path.replace(self._path.with_name(f"{self._path.name}.1"))
        self._file = self._path.open("ab")

    def shutdown(self) -> None:
        self._file.close()


def _line(span: ReadableSpan) -> dict[str, object]:
    return {
        "name": span.name,
        "trace": f"{span.context.trace_id:032x}",
        "span": f"{span.context.span_id:016x}",
        "parent": f"{span.parent.span_id:016x}" if span.parent else None,
        "start": span.start_time,
        "end": span.end_time,
        "attributes": dict(span.attributes or {}),
        "links": [f"{link.context.trace_id:032x}" for link in span.links],
    }
