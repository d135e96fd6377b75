"""An OpenTelemetry collector of grpcio, which keeps the spans that it gets."""

from concurrent.futures import ThreadPoolExecutor
from queue import Queue
from typing import Any, Self

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as service
from opentelemetry.proto.trace.v1.trace_pb2 import Span

METHOD = "opentelemetry.proto.collector.trace.v1.TraceService"


class Collector:
    """Takes spans at a port of its own; `refusal` is the status of the next calls."""

    def __init__(self, credentials: grpc.ServerCredentials | None = None) -> None:
        self.requests: Queue[service.ExportTraceServiceRequest] = Queue()
        self.metadata: list[dict[str, Any]] = []
        self.refusals: list[grpc.StatusCode] = []
        self.rejected = 0
        handler = grpc.unary_unary_rpc_method_handler(
            self.export,
            request_deserializer=service.ExportTraceServiceRequest.FromString,
            response_serializer=service.ExportTraceServiceResponse.SerializeToString,
        )
        self.server = grpc.server(ThreadPoolExecutor(2))
        self.server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(METHOD, {"Export": handler}),))
        if credentials:
            self.port = self.server.add_secure_port("127.0.0.1:0", credentials)
        else:
            self.port = self.server.add_insecure_port("127.0.0.1:0")

    def export(
        self, request: service.ExportTraceServiceRequest, context: grpc.ServicerContext
    ) -> service.ExportTraceServiceResponse:
        """Keeps a request, or refuses it."""
        if self.refusals:
            context.abort(self.refusals.pop(0), "not now")
        self.metadata.append({key: value for key, value in context.invocation_metadata()})
        self.requests.put(request)
        answer = service.ExportTraceServiceResponse()
        if self.rejected:
            answer.partial_success.rejected_spans = self.rejected
            answer.partial_success.error_message = "too old"
        return answer

    def spans(self, count: int) -> list[Span]:
        """Waits for so many spans."""
        found: list[Span] = []
        while len(found) < count:
            request = self.requests.get(timeout=60)
            found += [span for part in request.resource_spans for scope in part.scope_spans for span in scope.spans]
        return found

    def __enter__(self) -> Self:
        self.server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.stop(None)


def attributes(span: Any) -> dict[str, Any]:
    """The attributes of a span or of a resource, as Python has them."""
    return {entry.key: getattr(entry.value, entry.value.WhichOneof("value")) for entry in span.attributes}
