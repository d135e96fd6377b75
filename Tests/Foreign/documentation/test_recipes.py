"""The programs of the documentation's pages, as processes that grpcio calls."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import proxy_pb2 as pb
import pytest
from calls import CallMaker
from grpc_health.v1 import health_pb2, health_pb2_grpc
from pages import CATALOG, blocks
from ready import BINARIES, ReadyServer

Serve = Callable[..., tuple[CallMaker, ReadyServer]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a recipe and connects to it."""
    with ExitStack() as open_things:

        def start(name: str, *options: str) -> tuple[CallMaker, ReadyServer]:
            server = ReadyServer(name, "--port", "0", *options, program=(BINARIES / "recipes",))
            open_things.enter_context(server)
            return open_things.enter_context(CallMaker(server)), server

        yield start


def connect(calls: CallMaker, data: object = None, **metadata: str) -> Any:
    """Connects as a client with some data, which the proxy in front of Centrifugo has given some headers."""
    request = pb.ConnectRequest(client="client", encoding="json", data=b"" if data is None else json.dumps(data).encode())
    return calls.event("Connect", request, metadata=[(name.replace("_", "-"), text) for name, text in metadata.items()])


def rpc(calls: CallMaker, method: str, data: object = None, **metadata: str) -> Any:
    """Calls a method as the user alice."""
    request = pb.RPCRequest(user="alice", encoding="json", method=method, data=b"" if data is None else json.dumps(data).encode())
    return calls.event("RPC", request, metadata=[(name.replace("_", "-"), text) for name, text in metadata.items()])


# By recipe, where its page is.
RECIPE_PAGES = {
    "accept-all": "AcceptAll",
    "bridge": "Bridge",
    "channels": "AutomaticSubscriptions",
    "from-spiral": "FromSpiral",
    "interceptors": "Interceptors",
    "ping-pong": "PingPong",
    "publish-check": "PublishCheck",
    "refresh": "Refreshing",
    "tokens": "Tokens",
    "topics": "Topics",
}


def switched_on(configuration: dict[str, Any]) -> set[str]:
    """The events that Centrifugo asks about with a page's configuration."""
    client = configuration.get("client", {}).get("proxy", {})
    channel = configuration.get("channel", {}).get("without_namespace", {})
    rpc = configuration.get("rpc", {})
    events = {"Connect": client.get("connect", {}).get("enabled"), "Refresh": client.get("refresh", {}).get("enabled")}
    for event, option in [("Subscribe", "subscribe"), ("SubRefresh", "sub_refresh"), ("Publish", "publish")]:
        events[event] = channel.get(f"{option}_proxy_enabled")
    events["RPC"] = rpc.get("without_namespace", {}).get("proxy_enabled")
    return {event for event, is_on in events.items() if is_on}


@pytest.mark.parametrize("name", RECIPE_PAGES)
def test_a_recipe_handles_what_its_page_switches_on(serve: Serve, name: str) -> None:
    """Else clients would be refused with the very configuration that stands beside the program."""
    (block,) = blocks(CATALOG / f"Recipes/{RECIPE_PAGES[name]}.md", "json")
    calls, _ = serve(name)
    health = health_pb2_grpc.HealthStub(calls.channel)

    def is_handled(event: str) -> bool:
        service = f"centrifugal.centrifugo.proxy.CentrifugoProxy/{event}"
        status = health.Check(health_pb2.HealthCheckRequest(service=service)).status
        return status == health_pb2.HealthCheckResponse.SERVING

    events = ["Connect", "Refresh", "Subscribe", "SubRefresh", "Publish", "RPC"]
    assert switched_on(json.loads(block.text)) == {event for event in events if is_handled(event)}


def test_accept_all(serve: Serve) -> None:
    calls, _ = serve("accept-all")
    assert json.loads(connect(calls).result.data) == "welcome"
    assert calls.event("Subscribe", pb.SubscribeRequest(channel="any")).HasField("result")
    assert calls.event("Publish", pb.PublishRequest(channel="any")).HasField("result")


def test_automatic_channels(serve: Serve) -> None:
    calls, _ = serve("channels")
    assert set(connect(calls).result.subs) == {"public"}
    result = connect(calls, x_user="alice").result
    assert set(result.subs) == {"public", "user-alice", "team.swift"}
    assert json.loads(result.subs["user-alice"].data) == "only you read this"


def test_tokens(serve: Serve) -> None:
    calls, server = serve("tokens")
    [token] = [found[1] for line in server.log if (found := re.search(r"token=(\S+)", line))]
    assert connect(calls, {}).disconnect.code == 4500
    assert connect(calls, {"authToken": "guess"}).disconnect.code == 4500
    result = connect(calls, {"authToken": token}).result
    assert result.user == "alice"
    assert set(result.subs) == {"public", "user-alice", "staff"}
    refreshed = calls.result("Refresh", pb.RefreshRequest(user="alice", meta=result.meta))
    assert not refreshed.expired and refreshed.expire_at > 0
    assert calls.result("Refresh", pb.RefreshRequest(user="bob", meta=result.meta)).expired


@pytest.mark.parametrize(
    ("channel", "user", "is_allowed"),
    [
        ("public", "", True),
        ("user-alice", "alice", True),
        ("user-alice", "bob", False),
        ("order.17.items", "bob", True),
        ("order.seventeen", "bob", False),
        ("chat.swift", "alice", True),
        ("chat.go", "alice", False),
    ],
)
def test_topics(serve: Serve, channel: str, user: str, is_allowed: bool) -> None:
    calls, _ = serve("topics")
    response = calls.event("Subscribe", pb.SubscribeRequest(channel=channel, user=user))
    assert response.HasField("result") == is_allowed
    assert response.error.code == (0 if is_allowed else 403)


def test_from_spiral(serve: Serve) -> None:
    calls, _ = serve("from-spiral")
    assert connect(calls, {"authToken": "guess"}).disconnect.code == 4500
    result = connect(calls, {"authToken": "my-app-auth-token"}).result
    assert (result.user, list(result.channels)) == ("42", ["chat"])
    assert json.loads(result.data) == {"user": {"id": "42", "name": "Ada"}}
    assert calls.result("Refresh", pb.RefreshRequest(user="42")).expire_at > 0
    mine = pb.SubscribeRequest(channel="user.42", user="42")
    assert calls.event("Subscribe", mine).HasField("result")
    assert calls.event("Publish", pb.PublishRequest(channel="user.42", user="41")).error.code == 403
    topic = pb.SubscribeRequest(channel="topic", user="42")
    assert calls.event("Subscribe", topic).error.code == 403
    assert calls.event("Subscribe", topic, metadata=[("x-plan", "pro")]).HasField("result")
    assert json.loads(rpc(calls, "ping").result.data) == "pong"
    assert rpc(calls, "unlock").error.code == 403
    assert rpc(calls, "other").error.code == 404


def test_refresh(serve: Serve) -> None:
    calls, _ = serve("refresh")
    assert connect(calls, x_user="mallory").disconnect.code == 4500
    assert connect(calls, x_user="alice").result.expire_at > 0
    assert calls.result("Refresh", pb.RefreshRequest(user="alice")).expire_at > 0
    assert calls.result("SubRefresh", pb.SubRefreshRequest(user="mallory")).expired


def test_ping_pong(serve: Serve) -> None:
    calls, _ = serve("ping-pong")
    assert json.loads(rpc(calls, "ping").result.data) == {"pong": True}
    assert json.loads(rpc(calls, "math:sum", {"numbers": [1, 2, 3]}).result.data) == {"sum": 6}
    assert rpc(calls, "math:sum", {"numbers": "many"}).error.code == 400
    assert rpc(calls, "sum").error.code == 404
    assert json.loads(rpc(calls, "math:square:12").result.data) == {"square": 144}
    assert json.loads(rpc(calls, "math:echo", [1, None]).result.data) == [1, None]


def test_publish_check(serve: Serve) -> None:
    calls, _ = serve("publish-check")

    def publish(data: object) -> Any:
        request = pb.PublishRequest(channel="chat.swift", user="alice", encoding="json", data=json.dumps(data).encode())
        return calls.event("Publish", request)

    assert json.loads(publish({"text": "hi", "from": "bob"}).result.data) == {"text": "hi", "from": "alice"}
    assert publish({"text": "x" * 501}).error.code == 413
    assert publish({}).error.code == 400


def test_interceptors(serve: Serve) -> None:
    calls, server = serve("interceptors")
    assert json.loads(rpc(calls, "tenant", x_tenant="blue").result.data) == "blue"
    assert "RPC of alice took" in server.wait_for("took")
    line = server.wait_for("verdict=")
    assert "method=tenant" in line and "verdict=accepted" in line and "user=alice" in line
    assert rpc(calls, "other", x_tenant="blue").error.code == 429
    assert "code=429" in server.wait_for("verdict=")
    assert rpc(calls, "tenant").error.code == 400


class Application(BaseHTTPRequestHandler):
    """The upstream of the bridge: tells what it was asked."""

    def answer(self) -> None:
        """Answers with the request."""
        body = self.rfile.read(int(self.headers["content-length"] or 0))
        user = self.headers["x-centrifugo-user"]
        answer = {"verb": self.command, "path": self.path, "body": body.decode(), "user": user}
        sent = json.dumps(answer).encode()
        self.send_response(201 if self.command == "POST" else 200)
        self.send_header("content-length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    do_GET = do_POST = do_DELETE = answer  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def test_bridge(serve: Serve) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Application) as upstream:
        threading.Thread(target=upstream.serve_forever, daemon=True).start()
        calls, _ = serve("bridge", "--upstream", f"http://127.0.0.1:{upstream.server_port}/api")
        assert json.loads(rpc(calls, "get:users/1", {"full": True}).result.data) == {
            "verb": "GET", "path": "/api/users/1?full=1", "body": "", "user": "alice", "code": 200,
        }  # fmt: skip
        stored = json.loads(rpc(calls, "post:news/store", {"title": "Hello"}).result.data)
        assert stored["code"] == 201 and json.loads(stored["body"]) == {"title": "Hello"}
        assert rpc(calls, "delete:users/1").error.code == 404
        assert rpc(calls, "get:users/../admin").error.code == 400
        assert json.loads(rpc(calls, "ping").result.data) == {"pong": True}
        upstream.shutdown()
