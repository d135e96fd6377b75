"""Tokens that are issued for Centrifugo itself, and what a connection gets for one."""

import base64
import json
import time
from pathlib import Path
from typing import Any

import proxy_pb2 as pb
from calls import CallMaker
from ready import ReadyServer
from test_reasons import SECRET, signed

POLICY = f"""
tokens: {{jwt: {{hmac: {SECRET}, claims: centrifugo}}}}
connect: {{channels: [public, {{pattern: both, options: {{presence: false}}}}, {{pattern: staff, roles: [staff]}}]}}
topics: [{{pattern: staff, who: {{roles: [staff]}}}}]
"""


def connect(calls: CallMaker, token: str) -> Any:
    """What Connect answers to a token."""
    data = json.dumps({"authToken": token}).encode()
    return calls.event("Connect", pb.ConnectRequest(client="c", encoding="json", protocol="json", data=data))


def test_a_connection_gets_what_its_token_says(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY)
    soon = int(time.time()) + 100
    subs = {
        "$private": {"data": {"welcome": 1}, "info": {"a": 1}, "override": {"presence": {"value": True}, "join_leave": {"value": False}}},
        "both": {"override": {"presence": {"value": True}}},
    }
    claims = {"info": {"name": "Alice"}, "meta": {"tenant": 7}, "subs": subs, "roles": ["staff"], "expire_at": soon}
    with (
        ReadyServer("--config", str(tmp_path / "policy.yaml"), "--port", "0", own_tokens=False) as server,
        CallMaker(server) as calls,
    ):
        result = connect(calls, signed(**claims)).result
        assert (result.user, json.loads(result.info), result.expire_at) == ("alice", {"name": "Alice"}, soon)
        assert set(result.subs) == {"public", "both", "staff", "$private"}
        private = result.subs["$private"]
        assert (json.loads(private.data), json.loads(private.info)) == ({"welcome": 1}, {"a": 1})
        assert private.override.presence.value and private.override.HasField("join_leave")
        assert not private.override.join_leave.value and not private.override.HasField("force_recovery")
        assert not result.subs["both"].override.presence.value
        meta = json.loads(result.meta)
        assert meta.pop("token") and meta == {"tenant": 7, "roles": ["staff"]}
        allowed = pb.SubscribeRequest(channel="staff", user="alice", meta=result.meta)
        assert calls.event("Subscribe", allowed).HasField("result")
        later = calls.result("Refresh", pb.RefreshRequest(user="alice", meta=result.meta))
        assert later.expire_at == soon and not later.expired

        # Without an end, and with the simpler list.
        result = connect(calls, signed(exp=None, channels=["a"], b64info=base64.b64encode(b'"b"').decode())).result
        assert set(result.subs) == {"public", "both", "a"} and result.info == b'"b"'

        for bad in ({"subs": ["a"]}, {"channels": "a"}, {"meta": {"roles": ["admin"]}}, {"channel": "a"}):
            assert connect(calls, signed(**bad)).disconnect.code == 4500
            assert "reason=bad-claims" in server.wait_for("reason=")
        assert connect(calls, signed(expire_at=1)).disconnect.code == 4500
        assert "reason=expired" in server.wait_for("reason=")


def test_the_claims_mean_nothing_without_the_key(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY.replace(", claims: centrifugo", ""))
    with (
        ReadyServer("--config", str(tmp_path / "policy.yaml"), "--port", "0", own_tokens=False) as server,
        CallMaker(server) as calls,
    ):
        result = connect(calls, signed(subs={"secret": {}}, info={}, meta={"roles": ["staff"]})).result
        assert set(result.subs) == {"public", "both"} and not result.info
        assert set(json.loads(result.meta)) == {"token"}
