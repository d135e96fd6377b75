"""The spans of a ready server, as opentelemetry-proto reads them from a collector of grpcio."""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import grpc
import proxy_pb2 as pb
import pytest
from calls import CallMaker, rpc_request
from collector import Collector, attributes
from operators import families, operators_of, policy_in
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from ready import EXIT_SECONDS, Certificates, ReadyServer, run

TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spans are sent after milliseconds."""
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "20")


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A collector without TLS."""
    with Collector() as running:
        yield running


def tracing(collector: Collector, more: str = "") -> str:
    """The section of a policy."""
    return f'tracing: {{endpoint: "http://127.0.0.1:{collector.port}"{more}}}\n'


def by_name(spans: list[Span]) -> dict[str, Span]:
    """Spans by what their call was."""
    return {span.name.rpartition("/")[2]: span for span in spans}


def test_calls_become_spans(tmp_path: Path, collector: Collector) -> None:
    """With OpenTelemetry's attributes and ours, the right times, and a link to what the client sent."""
    before = time.time_ns()
    with ReadyServer("--config", policy_in(tmp_path, tracing(collector)), own_tokens=False) as server:
        with CallMaker(server) as calls:  # type: ignore[arg-type]
            calls.event("RPC", rpc_request("ping"), metadata=(("traceparent", TRACEPARENT),))
            calls.event("Subscribe", pb.SubscribeRequest(client="c", user="u", channel="secret"))
            calls.event("Connect", pb.ConnectRequest(client="c"))
        spans = collector.spans(3)
    after = time.time_ns()
    rpc, subscribe = by_name(spans)["RPC"], by_name(spans)["Subscribe"]
    assert rpc.name == "centrifugal.centrifugo.proxy.CentrifugoProxy/RPC"
    for span in spans:
        assert span.kind == Span.SPAN_KIND_SERVER and len(span.trace_id) == 16 and len(span.span_id) == 8
        assert before <= span.start_time_unix_nano <= span.end_time_unix_nano <= after
        assert not span.parent_span_id and span.flags == 1
    assert len({span.trace_id for span in spans}) == 3
    assert attributes(rpc) == {
        "rpc.system.name": "grpc",
        "rpc.method": rpc.name,
        "rpc.response.status_code": "OK",
        "centrifugo.event": "RPC",
        "centrifugo.method": "ping",
        "centrifugo.verdict": "accepted",
    }
    assert [(link.trace_id.hex(), link.span_id.hex()) for link in rpc.links] == [tuple(TRACEPARENT.split("-")[1:3])]
    assert attributes(subscribe)["centrifugo.verdict"] == "error"
    assert attributes(subscribe)["centrifugo.channel"] == "secret"
    assert attributes(subscribe)["centrifugo.reason"]


def test_a_resource_and_metadata_go_with_them(
    tmp_path: Path, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As OpenTelemetry's variables say, without a section in the policy."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{collector.port}")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=one%20two")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test")
    monkeypatch.setenv("OTEL_SERVICE_NAME", "chat")
    with ReadyServer("--config", policy_in(tmp_path), own_tokens=False) as server:
        with CallMaker(server) as calls:  # type: ignore[arg-type]
            calls.event("RPC", rpc_request("ping"))
        request = collector.requests.get(timeout=60)
    resource = attributes(request.resource_spans[0].resource)
    assert resource["service.name"] == "chat" and resource["deployment.environment.name"] == "test"
    assert collector.metadata[0]["x-tenant"] == "one two"


def test_a_parent_is_followed_where_the_policy_says_so(tmp_path: Path, collector: Collector) -> None:
    """Though no other call is traced."""
    section = tracing(collector, ", sample: 0, parent: child")
    with ReadyServer("--config", policy_in(tmp_path, section), own_tokens=False) as server:
        with CallMaker(server) as calls:  # type: ignore[arg-type]
            calls.event("RPC", rpc_request("ping"))
            calls.event("RPC", rpc_request("ping"), metadata=(("traceparent", TRACEPARENT[:-1] + "0"),))
            calls.event("RPC", rpc_request("ping"), metadata=(("traceparent", TRACEPARENT),))
        [span] = collector.spans(1)
    assert [span.trace_id.hex(), span.parent_span_id.hex()] == TRACEPARENT.split("-")[1:3]
    assert not span.links and collector.requests.empty()


class Application(BaseHTTPRequestHandler):
    """An HTTP backend that answers with the trace context that it got."""

    def do_GET(self) -> None:
        """Answers."""
        body = b'"%s"' % self.headers.get("traceparent", "none").encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_bridge_and_lookups_are_children(tmp_path: Path, collector: Collector) -> None:
    """And the application gets the call's own context, in place of the client's."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Application) as upstream:
        threading.Thread(target=upstream.serve_forever, daemon=True).start()
        file = tmp_path / "rules.yaml"
        file.write_text(
            'listeners: [{tcp: "127.0.0.1:0"}]\n'
            f"tokens: {{sqlite: {{file: {tmp_path}/tokens.sqlite}}}}\nconnect: {{anonymous: false}}\n"
            f'rpc: {{http: {{base_url: "http://127.0.0.1:{upstream.server_port}", allow: ["get:*"], '
            "forward_metadata: [traceparent]}}\n" + tracing(collector)
        )
        with ReadyServer("--config", str(file), own_tokens=False) as server:
            with CallMaker(server) as calls:  # type: ignore[arg-type]
                answer = calls.event("RPC", rpc_request("get:news"), metadata=(("traceparent", TRACEPARENT),))
                calls.event("Connect", pb.ConnectRequest(client="c", data=b'{"authToken": "sesame-of-nobody"}'))
            spans = collector.spans(4)
        upstream.shutdown()
    named = by_name(spans)
    rpc, http, connect, lookup = (named[name] for name in ("RPC", "GET", "Connect", "token lookup"))
    assert (http.trace_id, http.parent_span_id) == (rpc.trace_id, rpc.span_id)
    assert http.kind == Span.SPAN_KIND_CLIENT
    assert attributes(http) == {"http.request.method": "GET", "http.response.status_code": 200}
    assert answer.result.data.decode() == f'{{"code":200,"data":"00-{rpc.trace_id.hex()}-{http.span_id.hex()}-01"}}'
    assert (lookup.trace_id, lookup.parent_span_id) == (connect.trace_id, connect.span_id)
    assert attributes(lookup)["centrifugo.reason"] == attributes(connect)["centrifugo.reason"]
    assert "sesame" not in str(spans)


def spans_counted(address: str) -> dict[str, float]:
    """The exporter's own metric."""
    return {sample.labels["result"]: sample.value for sample in families(address)["centrifugo_proxy_spans"].samples}


def test_what_the_collector_refuses_is_sent_again_or_counted(tmp_path: Path, collector: Collector) -> None:
    """A busy one gets it again, one that refuses for good does not; calls go on."""
    with ReadyServer("--config", policy_in(tmp_path, tracing(collector)), own_tokens=False) as server:
        address = operators_of(server)
        with CallMaker(server) as calls:  # type: ignore[arg-type]
            collector.refusals = [grpc.StatusCode.UNAVAILABLE]
            calls.event("RPC", rpc_request("ping"))
            collector.spans(1)
            collector.refusals = [grpc.StatusCode.INVALID_ARGUMENT]
            calls.event("RPC", rpc_request("ping"))
            assert "spans cannot be sent to the collector" in server.wait_for("spans")
            collector.rejected = 1
            calls.event("RPC", rpc_request("ping"))
            assert "rejected spans" in server.wait_for("rejected")
        assert spans_counted(address) == {"exported": 1, "dropped": 0, "failed": 2}


@pytest.mark.parametrize("is_silent", [False, True])
def test_calls_go_on_without_a_collector(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_silent: bool) -> None:
    """What does not fit is dropped and counted, and the server ends in time."""
    monkeypatch.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "10")
    listening = socket.create_server(("127.0.0.1", 0))
    # It takes connections, and says nothing.
    port = listening.getsockname()[1] if is_silent else 1
    section = f'tracing: {{endpoint: "http://127.0.0.1:{port}"}}\n'
    with listening, ReadyServer("--config", policy_in(tmp_path, section), own_tokens=False) as server:
        address = operators_of(server)
        with CallMaker(server) as calls:  # type: ignore[arg-type]
            for _ in range(200):
                calls.event("RPC", rpc_request("ping"))
        counts = spans_counted(address)
        assert counts["exported"] == 0 and counts["dropped"] > 0
        server.process.send_signal(signal.SIGTERM)
        # The last spans have five seconds.
        assert server.process.wait(EXIT_SECONDS / 2) == 0


def test_the_last_spans_are_sent_at_the_shutdown(
    tmp_path: Path, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though their time has not come."""
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "600000")
    with ReadyServer("--config", policy_in(tmp_path, tracing(collector)), own_tokens=False) as server:
        with CallMaker(server) as calls:  # type: ignore[arg-type]
            calls.event("RPC", rpc_request("ping"))
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(EXIT_SECONDS) == 0
    [span] = collector.spans(1)
    assert span.status.code == Status.STATUS_CODE_UNSET


def test_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a CA of the operator's own, and a certificate of this side."""
    certificates = Certificates(tmp_path / "certificates")
    for name in ("server", "client"):
        certificates.make(name)
    read = {name: Path(certificates.path(name)).read_bytes() for name in ("server.key", "server.pem", "ca.pem")}
    credentials = grpc.ssl_server_credentials(
        [(read["server.key"], read["server.pem"])], root_certificates=read["ca.pem"], require_client_auth=True
    )
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_CERTIFICATE", certificates.path("ca.pem"))
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", certificates.path("client.pem"))
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_CLIENT_KEY", certificates.path("client.key"))
    with Collector(credentials) as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"https://localhost:{collector.port}")
        with ReadyServer("--config", policy_in(tmp_path), own_tokens=False) as server:
            with CallMaker(server) as calls:  # type: ignore[arg-type]
                calls.event("RPC", rpc_request("ping"))
            assert by_name(collector.spans(1))["RPC"]
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_CERTIFICATE", str(tmp_path / "none.pem"))
    status, _, said = run("serve", "--config", policy_in(tmp_path), own_tokens=False)
    assert status != 0 and "none.pem" in said and len(said.splitlines()) == 1, said


def test_another_protocol_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one sentence."""
    assert "OTEL_EXPORTER_OTLP_PROTOCOL" not in os.environ
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json")
    for option in ((), ("--check",)):
        status, _, said = run("serve", "--config", policy_in(tmp_path), *option, own_tokens=False)
        assert status != 0
        assert 'OTEL_EXPORTER_OTLP_PROTOCOL is "http/json", but spans go out by grpc only' in said
        assert len(said.splitlines()) == 1, said
