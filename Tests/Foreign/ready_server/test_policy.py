"""The ready server's rules from a file, through grpcio, and its other commands."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import proxy_pb2 as pb
import pytest
from calls import CallMaker
from ready import ReadyServer, Storage, run


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    """Rules and tokens of the test's own."""
    yield Storage(tmp_path)


def connect(calls: CallMaker, data: object) -> Any:
    """Connects with some data."""
    return calls.event("Connect", pb.ConnectRequest(client="c", encoding="json", data=json.dumps(data).encode()))


def test_every_event_of_the_starter_rules(storage: Storage) -> None:
    token = storage.token("create", "alice", "--role", "staff", "--expires", "1h")
    with storage.serve() as server, CallMaker(server) as calls:
        assert connect(calls, {}).disconnect.code == 4500
        assert connect(calls, {"authToken": "guess"}).disconnect.code == 4500
        connected = connect(calls, {"authToken": token}).result
        assert connected.user == "alice" and connected.expire_at > 0
        assert set(connected.subs) == {"public", "user-alice"}
        meta = connected.meta
        assert token not in meta.decode() and json.loads(meta)["roles"] == ["staff"]

        assert not calls.result("Refresh", pb.RefreshRequest(user="alice", meta=meta)).expired
        assert calls.result("Refresh", pb.RefreshRequest(user="alice")).expired

        def subscribe(channel: str, user: str) -> Any:
            return calls.event("Subscribe", pb.SubscribeRequest(channel=channel, user=user, meta=meta))

        assert subscribe("public", "").HasField("result")
        assert subscribe("user-alice", "alice").HasField("result")
        assert subscribe("user-alice", "bob").error.code == 403
        assert subscribe("chat-swift", "alice").result.expire_at > 0
        assert subscribe("chat-swift", "").error.code == 403
        assert subscribe("elsewhere", "alice").error.code == 403

        lasting = pb.SubRefreshRequest(channel="chat-swift", user="alice", meta=meta)
        assert calls.result("SubRefresh", lasting).expire_at > 0
        assert calls.result("SubRefresh", pb.SubRefreshRequest(channel="user-alice", user="bob", meta=meta)).expired

        def publish(channel: str, size: int) -> Any:
            data = json.dumps("x" * (size - 2)).encode()
            return calls.event("Publish", pb.PublishRequest(channel=channel, user="alice", encoding="json", data=data))

        assert publish("chat-swift", 4096).HasField("result")
        assert publish("chat-swift", 4097).error.code == 413
        assert publish("public", 10).error.code == 403
        assert calls.event("MapPublish", pb.MapPublishRequest(channel="chat-swift", user="alice")).HasField("result")
        assert calls.event("MapRemove", pb.MapRemoveRequest(channel="public", user="alice")).error.code == 403

        ping = pb.RPCRequest(method="ping", encoding="json")
        assert json.loads(calls.result("RPC", ping).data) == {"pong": True}
        assert calls.event("RPC", pb.RPCRequest(method="other")).error.code == 404

        # Revoked by another process, the token is no longer valid.
        _, line = storage.token("list").splitlines()
        reference, user, roles, *_ = line.split("\t")
        assert (user, roles) == ("alice", "staff") and token not in line
        assert storage.token("revoke", reference) == "revoked 1"
        assert calls.result("Refresh", pb.RefreshRequest(user="alice", meta=meta)).expired
        assert calls.result("SubRefresh", lasting).expired
        assert connect(calls, {"authToken": token}).disconnect.code == 4500


def test_new_rules_at_sighup_and_bad_ones_that_change_nothing(storage: Storage) -> None:
    storage.write("topics: [{pattern: a, who: anyone}]\n")
    with storage.serve() as server, CallMaker(server) as calls:

        def is_allowed(channel: str) -> bool:
            return bool(calls.event("Subscribe", pb.SubscribeRequest(channel=channel)).HasField("result"))

        assert is_allowed("a") and not is_allowed("b")
        storage.write("topics: [{pattern: b, who: anyone}]\n")
        server.process.send_signal(signal.SIGHUP)
        server.wait_for("reloaded the policy")
        assert is_allowed("b") and not is_allowed("a")
        storage.write("topics: [{pattern: c, who: everyone}]\n")
        server.process.send_signal(signal.SIGHUP)
        assert 'topics[0].who is "everyone"' in server.wait_for("kept the old policy")
        assert is_allowed("b") and not is_allowed("c")
        storage.write("topics: [{pattern: d, who: anyone}]\nrpc: {ping: true}\n")
        server.process.send_signal(signal.SIGHUP)
        assert "events=RPC" in server.wait_for("restart to serve the events that had no rules before")
        assert is_allowed("d")


def test_check_says_what_a_policy_comes_to(storage: Storage) -> None:
    storage.write("secret: {key: x, values: [hunter2]}\ntopics: [{pattern: a, who: anyone}]\n")
    status, said, complaints = run("serve", "--check", "--config", str(storage.policy), own_tokens=False)
    assert (status, complaints) == (0, "")
    assert "pattern: a" in said and "hunter2" not in said and "max" not in said
    storage.write("topics: [{pattern: a, who: anyone}, {pattern: a, who: anyone}]\n")
    status, said, complaints = run("serve", "--check", "--config", str(storage.policy), own_tokens=False)
    assert status == 1 and said == ""
    assert complaints == 'centrifugo-proxy: topics[1]: The topic pattern "a" is registered twice; remove one.\n'


RULES = """
connect: {anonymous: true, channels: [public]}
topics: [{pattern: "chat:{room}", who: anyone, publish: true, lifetime: 1h}]
rpc: {ping: true}
"""


def test_the_configuration_for_a_policy_is_what_the_doctor_wants(storage: Storage, tmp_path: Path) -> None:
    storage.write(RULES)
    policy = ("--config", str(storage.policy))
    status, said, _ = run("centrifugo-config", *policy, own_tokens=False)
    assert status == 0
    configuration = json.loads(said)
    file = tmp_path / "centrifugo.json"
    file.write_text(said)
    assert run("doctor", str(file), *policy, own_tokens=False) == (0, "Nothing found.\n", "")

    del configuration["rpc"]
    configuration["channel"]["namespaces"][0].pop("sub_refresh_proxy_enabled")
    file.write_text(json.dumps(configuration))
    status, said, _ = run("doctor", "--json", str(file), *policy, own_tokens=False)
    assert status == 1
    assert {finding["rule"] for finding in json.loads(said)} >= {"handled-not-enabled", "namespace-not-asked"}


def test_the_doctor_says_what_is_wrong_with_a_policy(storage: Storage, tmp_path: Path) -> None:
    storage.write("topcs: []\n")
    file = tmp_path / "centrifugo.json"
    file.write_text("{}")
    status, _, complaints = run("doctor", str(file), "--config", str(storage.policy), own_tokens=False)
    assert status == 2 and "topcs is not known here" in complaints


@pytest.mark.parametrize(
    ("arguments", "status", "complaint"),
    [
        (("token", "create", "alice", "--expires", "soon"), 64, "--expires soon is not a duration: write for example 90s"),
        (("token", "revoke"), 64, "Give a reference, or --user with the id of a user."),
        (("token", "revoke", "nothing"), 1, "There is no token with the reference nothing, which list shows; write --user nothing"),
        (("token", "create", ""), 1, "A token needs a user's id."),
    ],
)
def test_token_commands_name_what_is_wrong(
    storage: Storage, arguments: tuple[str, ...], status: int, complaint: str
) -> None:
    ended, said, complaints = run(*arguments, "--config", str(storage.policy), own_tokens=False)
    assert ended == status and said == "" and complaint in complaints


def test_tokens_need_a_policy_that_keeps_them(storage: Storage) -> None:
    storage.write("topics: [{pattern: a, who: anyone}]\n")
    status, _, complaints = run("token", "list", "--config", str(storage.policy), own_tokens=False)
    assert status == 1 and "The policy keeps no tokens; add tokens.sqlite" in complaints


def test_tokens_of_the_starter_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a policy file they are meant, as by `serve` and `centrifugo-config`."""
    monkeypatch.setenv("CENTRIFUGO_PROXY_TOKENS_SQLITE_FILE", str(tmp_path / "tokens.sqlite"))
    assert run("token", "create", "alice", own_tokens=False)[::2] == (0, "")
    assert "alice" in run("token", "list", own_tokens=False)[1]
    assert run("token", "revoke", "--user", "alice", own_tokens=False)[1] == "revoked 1\n"
