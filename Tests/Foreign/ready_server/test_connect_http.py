"""The ready server asks an HTTP server about each client that connects, as Centrifugo's own HTTP proxy does."""

import json
import signal
import time
from pathlib import Path
from typing import Any

import proxy_pb2 as pb
from calls import CallMaker
from http_server import Request, Server
from ready import ReadyServer, reload, run

USERS = {"session=alice": "alice", "session=bob": "bob"}


def application(request: Request) -> tuple[int, bytes]:
    """An application with a session cookie, as one finds it behind Centrifugo."""
    cookie = request.headers.get("cookie", "")
    if cookie == "session=broken":
        return 500, b"hunter2"
    if cookie not in USERS:
        return 200, json.dumps({"disconnect": {"code": 4501, "reason": "unauthorized"}}).encode()
    user = USERS[cookie]
    result = {
        "user": user, "info": {"name": user}, "data": {"n": 1}, "channels": ["own"], "meta": {"roles": ["staff"]},
        "subs": {"news": {"data": {"last": 5}}}, "expire_at": int(time.time()) + 600,
    }  # fmt: skip
    return 200, json.dumps({"result": result}).encode()


def policy(folder: Path, url: str, more: str = "") -> tuple[str, str]:
    """Options for a policy that asks a server."""
    file = folder / "policy.yaml"
    file.write_text(
        f"""
connect:
  http:
    url: {url}/centrifugo/connect
    forward_metadata: [cookie]
    headers: {{x-api-key: hunter2}}
    {more}
  channels: [public, {{pattern: staff, roles: [staff]}}]
topics: [{{pattern: "staff:{{room}}", who: {{roles: [staff]}}}}]
"""
    )
    return "--config", str(file)


def connect(calls: CallMaker, *cookie: str) -> Any:
    """What Connect answers to a client with a cookie."""
    request = pb.ConnectRequest(client="c", transport="websocket", encoding="json", protocol="json", data=b'{"a":1}')
    return calls.event("Connect", request, metadata=[("cookie", text) for text in cookie])


def test_an_application_with_cookies_needs_no_change(tmp_path: Path) -> None:
    with Server(application) as backend:
        options = policy(tmp_path, backend.url)
        with ReadyServer(*options, "--port", "0", own_tokens=False) as server, CallMaker(server) as calls:
            result = connect(calls, "session=alice").result
            assert (result.user, json.loads(result.info), json.loads(result.data)) == ("alice", {"name": "alice"}, {"n": 1})
            assert list(result.channels) == ["own"] and set(result.subs) == {"news", "public", "staff"}
            assert json.loads(result.subs["news"].data) == {"last": 5}
            assert result.expire_at > time.time()
            asked = backend.requests[0]
            assert (asked.method, asked.path) == ("POST", "/centrifugo/connect")
            assert (asked.headers["cookie"], asked.headers["x-api-key"]) == ("session=alice", "hunter2")
            assert asked.json() == {"client": "c", "transport": "websocket", "protocol": "json", "encoding": "json", "data": {"a": 1}}

            # The roles are those of the meta, for the topics as well.
            staff = pb.SubscribeRequest(channel="staff:1", user="alice", meta=result.meta)
            assert calls.event("Subscribe", staff).HasField("result")
            assert calls.event("Subscribe", pb.SubscribeRequest(channel="staff:1", user="alice")).error.code == 403
            assert calls.result("Refresh", pb.RefreshRequest(user="alice", meta=result.meta)).expired

            refused = connect(calls, "session=eve").disconnect
            assert (refused.code, refused.reason) == (4501, "unauthorized")
            assert connect(calls).disconnect.code == 4501
            error = connect(calls, "session=broken").error
            assert (error.code, error.temporary) == (503, True)
            line = server.wait_for("gave no usable answer")
            assert "status=500" in line and "hunter2" not in line and backend.url in line

            # Another address at a reload, with connections to the old one open.
            with Server(lambda _: (403, b"")) as other:
                policy(tmp_path, other.url)
                assert "reloaded the policy" in reload(server)
                assert connect(calls, "session=alice").disconnect.code == 4500
                assert len(other.requests) == 1
        # The other one is gone by now, and nobody is accepted.
        with ReadyServer(*options, "--port", "0", own_tokens=False) as server, CallMaker(server) as calls:
            assert connect(calls, "session=alice").error.code == 503
            server.process.send_signal(signal.SIGTERM)
            assert server.process.wait(30) == 0


def test_the_check_asks_nobody_and_shows_no_secret(tmp_path: Path) -> None:
    with Server(application) as backend:
        options = policy(tmp_path, backend.url, "timeout: 2s")
        status, said, complaints = run("serve", "--check", *options, own_tokens=False)
        assert (status, complaints) == (0, "") and "timeout: 2s" in said and "hunter2" not in said
        status, said, _ = run("centrifugo-config", *options, own_tokens=False)
        configuration = json.loads(said)
        assert status == 0 and configuration["client"]["proxy"]["connect"]["http_headers"] == ["cookie"]
        assert configuration["client"]["proxy"]["refresh"]["enabled"]
        file = tmp_path / "centrifugo.json"
        file.write_text(said)
        assert run("doctor", str(file), *options, own_tokens=False) == (0, "Nothing found.\n", "")
        assert not backend.requests
