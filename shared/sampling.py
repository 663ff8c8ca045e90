"""Which traces are kept: a share of the requests, and whatever was refused or went wrong (design §9)."""

from collections.abc import Sequence
from random import getrandbits, random

from fastapi.telemetry import TelemetryConfig
from opentelemetry import context, propagate, trace
from opentelemetry.context import Context
from opentelemetry.instrumentation.utils import suppress_instrumentation
from opentelemetry.sdk.trace.sampling import (
    ALWAYS_ON,
    ParentBased,
    Sampler,
    SamplingResult,
    TraceIdRatioBased,
)
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, SpanKind
from opentelemetry.trace.span import TraceState
from opentelemetry.util.types import Attributes
from starlette.types import ASGIApp, Receive, Scope, Send

KEEP = "huiyin.keep"
"""Span attribute: kept although the sample would drop it."""
NO_SECOND_TRACE: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}
"""For apps under the OpenTelemetry instrumentation: FastAPI's own would look at every request once more."""

tracer = trace.get_tracer("huiyin")


class KeepOrSample(Sampler):
    """Samples a share of traces, and always a request that was drawn and a span that carries ``KEEP``."""

    def __init__(self, share: float) -> None:
        self._sample = ParentBased(TraceIdRatioBased(share))
        self._drawn = ParentBased(ALWAYS_ON)

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        chosen: Sampler = self._drawn if kind is SpanKind.SERVER else self._sample
        if attributes and attributes.get(KEEP):
            chosen = ALWAYS_ON
        return chosen.should_sample(parent_context, trace_id, name, kind, attributes, links, trace_state)

    def get_description(self) -> str:
        return "KeepOrSample"


class Drawn:
    """ASGI: draws the requests that are traced, before the instrumentations spend anything on the others.

    Left to itself, an instrumentation collects a span's attributes and asks the sampler last: two thirds of a
    millisecond a request, thrown away for 99 of 100. A request that is not drawn still has a trace id, for its
    logs, its command and whatever of it is refused; an error that nobody expected is kept, as the kind that it
    is and no more. A caller's own traceparent decides for its request.
    """

    def __init__(self, app: ASGIApp, share: float) -> None:
        self._app = app
        self._share = share

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        caller = _caller(scope)
        if caller.trace_flags.sampled or (not caller.is_valid and random() < self._share):  # noqa: S311
            await self._app(scope, receive, send)
            return
        token = context.attach(_untraced(caller.trace_id or getrandbits(128)))
        try:
            await self._app(scope, receive, send)
        except Exception as error:
            kind = type(error).__name__
            tracer.start_span("request failed", attributes={KEEP: True, "error": kind}).end()
            raise
        finally:
            context.detach(token)


def _silence() -> Context:
    with suppress_instrumentation():
        return context.get_current()


SILENCE = _silence()
"""A context in which the instrumentations let everything pass."""


def _untraced(trace_id: int) -> Context:
    span = NonRecordingSpan(SpanContext(trace_id, getrandbits(64), is_remote=False))
    return trace.set_span_in_context(span, SILENCE)


def _caller(scope: Scope) -> SpanContext:
    """The span that the request says it comes from; an invalid one if it does not say."""
    said = next((value for name, value in scope["headers"] if name == b"traceparent"), None)
    if said is None:
        return trace.INVALID_SPAN_CONTEXT
    extracted = propagate.extract({"traceparent": said.decode("latin-1")})
    return trace.get_current_span(extracted).get_span_context()
