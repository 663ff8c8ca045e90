"""Traces, logs and their settings: one trace from the channel's request to the view (design §9).

The traceparent of a request rides in the headers of its command, of the entry and of the commands that follow.
Spans are made where somebody keeps them; refusals and errors are kept whatever the sample says.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import structlog
from opentelemetry import propagate, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span

from shared.sampling import KEEP, KeepOrSample, tracer
from shared.settings import Settings
from shared.spans import SpanFile

KafkaHeaders = Iterable[tuple[str, bytes]]
ODD = b"13579bdf"
"""Last digit of a traceparent whose sampled flag is set, whatever other flags stand beside it."""


def start_telemetry(service: str, settings: Settings) -> None:
    """Logs as JSON lines on standard output; spans to OTEL_EXPORTER_OTLP_ENDPOINT, else to a file."""
    provider = TracerProvider(
        sampler=KeepOrSample(settings.trace_sample),
        resource=Resource.create({"service.name": f"huiyin-{service}"}),
    )
    exporter = (
        OTLPSpanExporter()
        if settings.otlp_endpoint
        else SpanFile(settings.data / "traces" / f"{service}.jsonl")
    )
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            _with_trace,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    structlog.contextvars.bind_contextvars(service=service)


def _with_trace(
    _logger: object, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace"] = f"{context.trace_id:032x}"
    return event


def outgoing() -> list[tuple[str, bytes]]:
    """The current span as Kafka headers, for a command that starts a trace or goes on with one."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return [(key, value.encode()) for key, value in carrier.items()]


def carried(headers: KafkaHeaders) -> list[tuple[str, bytes]]:
    """The traceparent of a record, to be passed on untouched by whoever makes no span of its own."""
    return [(key, value) for key, value in headers if key == "traceparent"]


def sampled(headers: KafkaHeaders) -> bool:
    """Whether the trace that a record carries is kept."""
    for key, value in headers:
        if key == "traceparent":
            return value[-1:] in ODD
    return False


@contextmanager
def traced(
    name: str, headers: KafkaHeaders, keep: bool = False, **attributes: str | int
) -> Iterator[Span | None]:
    """A span in the trace that a record carries: made only if that trace is sampled or ``keep`` asks for it.

    ``attributes`` are ids and codes; never personal data.
    """
    parent = next((value for key, value in headers if key == "traceparent"), None)
    if not keep and not sampled(headers):
        yield None
        return
    context = propagate.extract({"traceparent": parent.decode()}) if parent else None
    kept = {KEEP: True} if keep else {}
    with tracer.start_as_current_span(name, context=context, attributes={**attributes, **kept}) as span:
        yield span
