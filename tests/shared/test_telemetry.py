"""Which traces are kept: the share that was asked for, and whatever says of itself that it must be."""

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.sampling import KEEP, KeepOrSample


def tracing(share: float) -> tuple[trace.Tracer, InMemorySpanExporter]:
    kept = InMemorySpanExporter()
    provider = TracerProvider(sampler=KeepOrSample(share))
    provider.add_span_processor(SimpleSpanProcessor(kept))
    return provider.get_tracer("sample"), kept


def test_of_many_traces_about_the_share_that_was_asked_for_is_kept() -> None:
    tracer, kept = tracing(0.01)
    for _ in range(10_000):
        tracer.start_span("accepted").end()
    assert 40 < len(kept.get_finished_spans()) < 200


def test_a_kept_trace_is_kept_whole() -> None:
    tracer, kept = tracing(1.0)
    with tracer.start_as_current_span("push"):
        tracer.start_span("decide").end()
    assert len({span.context.trace_id for span in kept.get_finished_spans()}) == 1
    assert len(kept.get_finished_spans()) == 2


def test_a_refusal_is_kept_although_its_trace_is_not() -> None:
    tracer, kept = tracing(0.0)
    with tracer.start_as_current_span("push"):
        tracer.start_span("decide", attributes={KEEP: True}).end()
    assert [span.name for span in kept.get_finished_spans()] == ["decide"]
