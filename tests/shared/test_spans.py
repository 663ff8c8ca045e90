"""Spans in files: whole lines, the latest ones, and never more than two files' worth."""

import json
from pathlib import Path

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from shared.spans import SpanFile

LIMIT = 10_000


def write(path: Path, *names: str) -> None:
    """Spans of one process from its start to its end."""
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(SpanFile(path, LIMIT)))
    for name in names:
        provider.get_tracer("sample").start_span(name).end()
    provider.shutdown()


def names(path: Path) -> list[str]:
    return [json.loads(line)["name"] for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_latest_spans_are_kept_in_two_files_of_at_most_the_limit(tmp_path: Path) -> None:
    path, before = tmp_path / "ledger.jsonl", tmp_path / "ledger.jsonl.1"
    spans = [f"样例 {n}" for n in range(400)]
    write(path, *spans)
    assert sorted(tmp_path.iterdir()) == [path, before]
    assert max(file.stat().st_size for file in (path, before)) <= LIMIT < before.stat().st_size + 1_000
    kept = names(before) + names(path)
    assert kept == spans[-len(kept) :]


def test_a_service_that_starts_again_and_again_goes_on_with_its_file_and_keeps_to_the_limit(
    tmp_path: Path,
) -> None:
    path = tmp_path / "ledger.jsonl"
    write(path, "样例 1", "样例 2")
    write(path, "样例 3")
    assert names(path) == ["样例 1", "样例 2", "样例 3"]
    for n in range(100):
        write(path, f"样例 {n}")
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 2 * LIMIT


def test_two_processes_of_a_service_keep_to_the_limit_together(tmp_path: Path) -> None:
    path = tmp_path / "feedback.jsonl"
    both = TracerProvider()
    for _ in range(2):
        both.add_span_processor(SimpleSpanProcessor(SpanFile(path, LIMIT)))
    for n in range(400):
        both.get_tracer("sample").start_span(f"样例 {n}").end()
    both.shutdown()
    assert "样例 399" in names(path)
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 2 * LIMIT


def test_a_file_that_somebody_took_away_is_made_anew_when_it_would_be_full(tmp_path: Path) -> None:
    path = tmp_path / "sla.jsonl"
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(SpanFile(path, LIMIT)))
    provider.get_tracer("sample").start_span("样例").end()
    path.unlink()
    for n in range(100):
        provider.get_tracer("sample").start_span(f"样例 {n}").end()
    provider.shutdown()
    assert "样例 99" in names(path)
