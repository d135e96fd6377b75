"""`centrifugo-proxy call` as a person runs it, against the probe server and the ready one."""

import json
import signal
import socket
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from calls import CallMaker
from probe import Probe
from ready import BINARY, EXIT_SECONDS, Certificates, ReadyServer


def call(*arguments: str) -> tuple[int, list[Any], str]:
    """Runs the command; its exit status, the messages it printed, and what it said beside them."""
    ended = subprocess.run([BINARY, "call", *arguments], capture_output=True, text=True, timeout=EXIT_SECONDS, check=False)
    return ended.returncode, [json.loads(line) for line in ended.stdout.splitlines()], ended.stderr


def fields(**values: str) -> list[str]:
    """The options for these fields."""
    return [option for name, value in values.items() for option in ("--field", f"{name}={value}")]


OK = "status: OK (0)\n"

EVENTS = {
    "Connect": ["--field", "channels=a", "--field", "channels=b,c", "--data", "{}"],
    "Refresh": fields(user="42"),
    "Subscribe": fields(channel="chat", user="42"),
    "SubRefresh": fields(channel="chat"),
    "Publish": [*fields(channel="chat"), "--data", '{"text": "hi"}'],
    "RPC": [*fields(method="echo"), "--data", '"hi"'],
    "MapPublish": [*fields(channel="chat", key="a"), "--data", "1"],
    "MapRemove": fields(channel="chat", key="a"),
    "SharedPollRefresh": fields(channel="polled", items='{"key": "a", "version": 18446744073709551614}'),
    "NotifyCacheEmpty": fields(channel="filled ✓"),
    "NotifyChannelState": fields(events='{"time_ms": 1, "channel": "chat", "type": "occupied"}'),
    "SubscribeUnidirectional": fields(channel="count:2"),
    "SubscribeBidirectional": fields(channel="count:2"),
}


@pytest.mark.parametrize("event", EVENTS)
def test_it_calls_every_event(probe: Probe, event: str) -> None:
    """Answered with a result."""
    status, messages, said = call(event, "--address", probe.target, *EVENTS[event])
    assert (status, said) == (0, OK)
    answer = messages[0]
    assert list(answer.get("subscribe_response", answer)) == ["result"]


def test_it_prints_results_under_their_proto_names(probe: Probe) -> None:
    """JSON payloads as JSON, maps as objects, flags of three values as flags."""
    _, [answer], _ = call("Connect", "--address", probe.target, "--data", '{"a":\n1}', *EVENTS["Connect"][:4])
    result = answer["result"]
    assert list(result) == ["user", "expire_at", "info", "data", "channels", "subs", "meta", "caps", "labels"]
    assert result["user"] == "user ✓"
    assert result["expire_at"] == 4102444800
    assert result["info"] == 'Ada ✓ "quoted"'
    assert result["data"]["channels"] == ["a", "b,c"]
    assert result["data"]["encoding"] == "json"
    assert result["meta"] == {"plan": "pro ✓"}
    assert result["labels"] == {"label ✓": "value ✓"}
    assert result["caps"][1] == {"channels": ["c"]}
    room = result["subs"]["room ✓"]
    assert room["override"]["presence"] is True
    assert room["override"]["join_leave"] is False
    assert room["server_tags_filter"]["nodes"][1]["nodes"][0]["cmp"] == "gt"
    assert result["subs"]["plain"] == {}


def test_it_sends_maps_and_whole_numbers(probe: Probe) -> None:
    """All that fields can be."""
    options = [*fields(method="request"), "--field", "labels.role=admin", "--field", "meta={}", "--data", "null"]
    _, [answer], _ = call("rpc", "--address", probe.target, *options)
    seen = answer["result"]["data"]
    assert seen["labels"] == {"role": "admin"}
    assert seen["meta"] == "e30="


def test_it_sends_binary_payloads(probe: Probe) -> None:
    """In base64, as Centrifugo does, and prints the answer's."""
    _, [answer], _ = call("RPC", "--address", probe.target, "--binary", *fields(method="echo"), "--data", "no JSON")
    assert answer == {"result": {"b64data": "bm8gSlNPTg=="}}


def test_it_sends_metadata(probe: Probe) -> None:
    """Names without regard to case."""
    options = ["--metadata", "X-Tenant=one=1", "--metadata", "x-tenant=two", *fields(method="metadata")]
    _, [answer], _ = call("RPC", "--address", probe.target, *options, "--data", '["x-tenant"]')
    assert answer["result"]["data"] == {"x-tenant": ["one=1", "two"]}


@pytest.mark.parametrize(
    ("event", "field", "answer"),
    [
        ("Subscribe", "channel=error", {"error": {"code": 1200, "message": "refused ✓", "temporary": True}}),
        ("RPC", "method=disconnect", {"disconnect": {"code": 4600, "reason": "refused"}}),
    ],
)
def test_refusals_are_exit_status_1(probe: Probe, event: str, field: str, answer: Any) -> None:
    """An answer all the same."""
    assert call(event, "--address", probe.target, "--field", field) == (1, [answer], OK)


def test_refused_streams_are_exit_status_1(probe: Probe) -> None:
    """The first message says so."""
    for event in ("SubscribeUnidirectional", "SubscribeBidirectional"):
        status, messages, said = call(event, "--address", probe.target, *fields(channel="disconnect"))
        assert (status, said) == (1, OK)
        assert messages == [{"subscribe_response": {"disconnect": {"code": 4600, "reason": "refused"}}}]


def test_a_status_is_exit_status_2(probe: Probe) -> None:
    """The call failed."""
    status, messages, said = call("RPC", "--address", probe.target, *fields(method="status"))
    assert (status, messages) == (2, [])
    assert said == "status: RESOURCE_EXHAUSTED (8): 100% too much ✓\\nfor now\n"


def test_it_gives_up_after_its_timeout(probe: Probe) -> None:
    """The server's deadline, or the client's."""
    options = [*fields(method="hold"), "--data", '"call-timeout"', "--timeout", "0.2"]
    status, messages, said = call("RPC", "--address", probe.target, *options)
    assert (status, messages) == (2, [])
    assert said.startswith("status: DEADLINE_EXCEEDED (4)")
    status, messages, said = call(
        "SubscribeUnidirectional", "--address", probe.target, *fields(channel="undecided:call"), "--timeout", "0.2"
    )
    assert (status, messages, said) == (2, [], "status: DEADLINE_EXCEEDED (4): no answer within 0.2 s\n")


def test_it_prints_a_stream_line_by_line(probe: Probe) -> None:
    """To its end by the server."""
    status, messages, said = call("subscribe-unidirectional", "--address", probe.target, *fields(channel="count:2"))
    assert (status, said) == (0, OK)
    assert messages == [
        {"subscribe_response": {"result": {}}},
        {"publication": {"data": 0, "tags": {"number": "0"}}},
        {"publication": {"data": 1, "tags": {"number": "1"}}},
    ]


def test_an_interrupted_stream_is_exit_status_2(probe: Probe) -> None:
    """After what came before."""
    status, messages, said = call(
        "SubscribeUnidirectional", "--address", probe.target, *fields(channel="end:interrupted")
    )
    assert status == 2
    assert messages[1] == {"publication": {"data": "the last"}}
    assert said.startswith("status: UNAVAILABLE (14)")


def test_it_leaves_after_as_many_publications_as_wanted(probe: Probe) -> None:
    """More would have come; whether the server ends first is a matter of speed."""
    status, messages, _ = call(
        "SubscribeUnidirectional", "--address", probe.target, *fields(channel="count:1000"), "--count", "3"
    )
    assert status == 0
    assert [message["publication"]["data"] for message in messages[1:]] == [0, 1, 2]


def test_it_publishes_into_a_bidirectional_stream(probe: Probe) -> None:
    """And prints what comes back."""
    options = [*fields(channel="echo"), "--publish", '{"text": "hi"}', "--publish", "2", "--count", "2"]
    status, messages, said = call("SubscribeBidirectional", "--address", probe.target, *options)
    assert status == 0
    assert said == "status: CANCELLED (1): left after the last message that was wanted\n"
    assert [message["publication"]["data"] for message in messages[1:]] == [{"text": "hi"}, 2]


def test_ctrl_c_leaves_a_stream_politely(probe: Probe, calls: CallMaker) -> None:
    """The server's task is cancelled, and the exit status is that of an answered call."""
    command = [BINARY, "call", "SubscribeBidirectional", "--address", probe.target, *fields(channel="unread:call-left")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline()) == {"subscribe_response": {"result": {}}}
        process.send_signal(signal.SIGINT)
        assert process.stderr.read() == "status: CANCELLED (1): left by a signal\n"
        assert process.wait(EXIT_SECONDS) == 0
    calls.rpc("wait-cancelled", "call-left")


def test_it_says_when_nothing_listens(tmp_path: Path) -> None:
    """In one sentence, exit status 2."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        target = f"127.0.0.1:{unused.getsockname()[1]}"
        assert call("Connect", "--address", target) == (
            2,
            [],
            f"centrifugo-proxy: Cannot call {target}: nothing listens there; start the server, or choose another address.\n",
        )
    path = str(tmp_path / "none.sock")
    status, _, said = call("Connect", "--unix-socket", path)
    assert status == 2
    assert said == f"centrifugo-proxy: Cannot call the Unix socket {path}: there is no such socket; start the server, or choose another path.\n"


def test_it_calls_a_unix_socket(tmp_path: Path) -> None:
    """Instead of host and port."""
    path = str(tmp_path / "proxy.sock")
    with ReadyServer("--unix-socket", path):
        assert call("RPC", "--unix-socket", path, *fields(user="alice", method="ping"))[0] == 0


def test_it_calls_over_tls(tmp_path: Path) -> None:
    """With certificates of both sides, and says what is wrong with the wrong ones."""
    certificates = Certificates(tmp_path / "certificates")
    others = Certificates(tmp_path / "others")
    for name in ("server", "client"):
        certificates.make(name)
    ping = fields(user="alice", method="ping")
    ca = ("--ca", certificates.path("ca.pem"))
    with ReadyServer("--port", "0", *certificates.options("server"), "--client-ca", certificates.path("ca.pem")) as server:
        address = ("--address", server.target)
        client = certificates.options("client")
        assert call("RPC", *address, "--tls", *ca, *client, *ping)[::2] == (0, OK)
        localhost = ("--address", f"localhost:{server.port}")
        assert call("RPC", *localhost, "--tls", *ca, *client, *ping)[0] == 0
        for options, sentence in [
            ((*address, "--tls", *ca), "requires a client certificate"),
            ((*address, "--tls", "--ca", others.path("ca.pem"), *client), "the server's certificate is not signed by the CA"),
            (address, " the connection; does it want TLS?"),
        ]:
            status, messages, said = call("RPC", *options, *ping)
            assert (status, messages) == (2, [])
            assert sentence in said
            assert len(said.splitlines()) == 1, said
        status, _, said = call("RPC", *address, "--tls", "--ca", str(tmp_path / "none"), *ping)
        assert status == 2
        assert f"cannot read {tmp_path / 'none'}" in said


def test_it_says_what_is_wrong_with_certificates(tmp_path: Path) -> None:
    """One sentence each, exit status 2."""
    certificates = Certificates(tmp_path / "certificates")
    for name in ("server", "client"):
        certificates.make(name)
    others = Certificates(tmp_path / "others")
    others.make("client")
    ca = ("--tls", "--ca", certificates.path("ca.pem"))
    mixed = ("--certificate", certificates.path("server.pem"), "--private-key", certificates.path("client.key"))
    with ReadyServer("--port", "0", "--host", "0.0.0.0", *certificates.options("server")) as server:
        for options, sentence in [
            (("--address", f"127.0.0.2:{server.port}", *ca), "the server's certificate does not name this host"),
            (("--address", f"127.0.0.1:{server.port}", *ca, *mixed), "the private key does not belong to the certificate; give both of one pair."),
        ]:
            status, messages, said = call("RPC", *options)
            assert (status, messages) == (2, [])
            assert sentence in said and len(said.splitlines()) == 1, said
    with ReadyServer("--port", "0", *certificates.options("server"), "--client-ca", certificates.path("ca.pem")) as server:
        status, messages, said = call("RPC", "--address", server.target, *ca, *others.options("client"))
        assert (status, messages) == (2, [])
        assert "the server does not accept the client's certificate" in said, said


def test_tls_without_http2_is_named(tmp_path: Path) -> None:
    """A server of HTTP/1 over TLS, for example."""
    certificates = Certificates(tmp_path / "certificates")
    certificates.make("server")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.path("server.pem"), certificates.path("server.key"))
    with socket.create_server(("127.0.0.1", 0)) as server:
        target = f"127.0.0.1:{server.getsockname()[1]}"
        command = [BINARY, "call", "RPC", "--address", target, "--tls", "--ca", certificates.path("ca.pem")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            connection, _ = server.accept()
            with context.wrap_socket(connection, server_side=True):
                printed, said = process.communicate(timeout=EXIT_SECONDS)
    assert (process.returncode, printed) == (2, "")
    assert said == "status: UNAVAILABLE (14): the server does not offer HTTP/2 by ALPN; is it a gRPC server?\n"


def test_tls_to_a_server_without(probe: Probe) -> None:
    """Says so."""
    status, _, said = call("RPC", "--address", probe.target, "--tls", *fields(method="echo"))
    assert (status, said) == (2, "status: UNAVAILABLE (14): the server does not speak TLS; call it without\n")


def test_it_has_the_secret(start_probe: Callable[..., Probe], tmp_path: Path) -> None:
    """As Centrifugo has it."""
    server = start_probe("--secret", "x-secret", "open sesame")
    file = tmp_path / "secret"
    file.write_text("open sesame\n")
    options = ("--address", server.target, *fields(method="echo"))
    status, _, said = call("RPC", *options)
    assert status == 2
    assert said.startswith("status: UNAUTHENTICATED (16)")
    assert call("RPC", *options, "--secret-key", "X-Secret", "--secret-file", str(file))[0] == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["Conect"], "there is no event \"Conect\"; the events are Connect, Refresh, Subscribe"),
        (["Refresh", "--field", "channel=a"], "RefreshRequest has no field \"channel\": it has client, transport"),
        (["Refresh", "--field", "user"], "\"user\" is not NAME=VALUE, such as user=alice."),
        (["Refresh", "--data", "{}"], "Refresh takes no data."),
        (["RPC", "--data", "hi"], "The data hi is not JSON: put texts in quotation marks, as '\"text\"', or use --binary."),
        (["RPC", "--field", "labels=a"], "labels is a map: write labels.KEY=VALUE."),
        (["SharedPollRefresh", "--field", "items=a"], "items is a message: write a JSON object with key, version."),
        (["SharedPollRefresh", "--field", 'items={"version":-1}'], "version is a whole number from 0 to 18446744073709551615."),
        (["RPC", "--publish", "1"], "--publish is for SubscribeBidirectional; RPC takes one message."),
        (["SubscribeBidirectional", "--publish", "{"], "The publication { is not JSON"),
        (["RPC", "--count", "1"], "--count is for streams; RPC has one answer."),
        (["SubscribeUnidirectional", "--count", "0"], "--count 0 is out of range"),
        (["RPC", "--address", "nowhere"], "--address nowhere is not understood: write HOST:PORT, such as 127.0.0.1:10001"),
        (["RPC", "--ca", "x"], "--ca, --certificate and --private-key are for TLS"),
        (["RPC", "--tls", "--certificate", "x"], "--certificate and --private-key go together"),
        (["RPC", "--secret-key", "x"], "--secret-key and --secret-file go together"),
        (["RPC", "--secret-key", "x", "--secret-file", "/nowhere"], "--secret-file /nowhere cannot be read, or is empty"),
        (["RPC", "--timeout", "0"], "--timeout 0.0 is out of range"),
        (["RPC", "--metadata", ":path=/"], "\":path\" cannot be the name of metadata"),
        (["RPC", "--metadata", "x-tenant=é"], "The value of x-tenant is not printable ASCII"),
        (["RPC", "--metadata", "=x"], "\"=x\" is not NAME=VALUE, such as x-tenant=one."),
    ],
)  # fmt: skip
def test_it_explains_calls_that_it_does_not_understand(arguments: list[str], sentence: str) -> None:
    """Exit status 64."""
    status, messages, said = call(*arguments)
    assert (status, messages) == (64, [])
    assert sentence in said
