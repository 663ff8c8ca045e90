"""Which requests are traced: a share of them, those whose caller says so, and what nobody expected."""

from collections.abc import MutableMapping
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.instrumentation.utils import is_instrumentation_enabled
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import Decision
from opentelemetry.trace import SpanContext, SpanKind

from shared import sampling
from shared.sampling import KEEP, Drawn, KeepOrSample

CALLER = "4bf92f3577b34da6a3ce929d0e0e4736"


async def _receive() -> MutableMapping[str, Any]:
    return {}


async def _send(_: MutableMapping[str, Any]) -> None:
    pass


async def seen(share: float, traceparent: str | None = None) -> tuple[bool, SpanContext]:
    """Whether a request is instrumented, and the span context that it is handled under."""
    found: list[tuple[bool, SpanContext]] = []

    async def app(*_: object) -> None:
        found.append((is_instrumentation_enabled(), trace.get_current_span().get_span_context()))

    headers = [(b"traceparent", traceparent.encode())] if traceparent else []
    await Drawn(app, share)({"type": "http", "headers": headers}, _receive, _send)
    return found[0]


async def test_a_request_that_is_not_drawn_has_a_trace_id_and_no_instrumentation() -> None:
    instrumented, context = await seen(0.0)
    assert not instrumented
    assert context.is_valid
    assert not context.trace_flags.sampled
    assert context.trace_id != (await seen(0.0))[1].trace_id


async def test_a_drawn_request_is_left_to_the_instrumentation() -> None:
    assert await seen(1.0) == (True, trace.INVALID_SPAN_CONTEXT)


async def test_the_callers_trace_decides_for_its_request() -> None:
    instrumented, _ = await seen(0.0, f"00-{CALLER}-00f067aa0ba902b7-01")
    assert instrumented
    instrumented, context = await seen(1.0, f"00-{CALLER}-00f067aa0ba902b7-00")
    assert not instrumented
    assert f"{context.trace_id:032x}" == CALLER


async def test_nothing_of_a_request_lasts_beyond_it() -> None:
    await seen(0.0)
    assert is_instrumentation_enabled()
    assert not trace.get_current_span().get_span_context().is_valid


async def test_an_error_that_nobody_expected_is_kept_without_its_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = InMemorySpanExporter()
    provider = TracerProvider(sampler=KeepOrSample(0.0))
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(sampling, "tracer", provider.get_tracer("test"))

    async def app(*_: object) -> None:
        raise ValueError("样例: 13800000000")

    with pytest.raises(ValueError, match="样例"):
        await Drawn(app, 0.0)({"type": "http", "headers": []}, _receive, _send)
    (span,) = kept.get_finished_spans()
    assert dict(span.attributes or {}) == {KEEP: True, "error": "ValueError"}
    assert not span.events


def decision(share: float, kind: SpanKind, **attributes: bool) -> Decision:
    """Of a span without a parent."""
    return KeepOrSample(share).should_sample(None, 2**63, "x", kind, attributes).decision


def test_a_drawn_requests_span_and_a_refusals_are_kept_whatever_the_share() -> None:
    assert decision(0.0, SpanKind.SERVER) is Decision.RECORD_AND_SAMPLE
    assert decision(0.0, SpanKind.INTERNAL, **{KEEP: True}) is Decision.RECORD_AND_SAMPLE
    assert decision(0.0, SpanKind.CLIENT) is Decision.DROP
