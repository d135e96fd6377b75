"""`centrifugo-proxy explain --config`: what the rules of a policy file answer."""

import json
from pathlib import Path
from typing import Any

import pytest
from ready import run

E: dict[str, Any] = {"endpoint": "grpc://127.0.0.1:10001"}
CONFIGURATION: dict[str, Any] = {
    "client": {"proxy": {"connect": {**E, "enabled": True}}},
    "channel": {
        "proxy": {"subscribe": {**E, "include_connection_meta": True}, "publish": E},
        "namespaces": [{"name": "chat", "subscribe_proxy_enabled": True, "publish_proxy_enabled": True}],
    },
    "rpc": {"proxy": E, "without_namespace": {"proxy_enabled": True}},
}
POLICY = """
connect: {anonymous: true}
topics: [{pattern: "chat:{room}", who: {roles: [member]}, publish: true}]
rpc: {ping: true}
"""


def explain(folder: Path, *arguments: str, policy: str = POLICY, **changes: Any) -> tuple[int, str, str]:
    """Runs the command with the rules; sections of the configuration may be others."""
    file, rules = folder / "centrifugo.json", folder / "proxy.yaml"
    file.write_text(json.dumps(CONFIGURATION | changes))
    rules.write_text(policy)
    return run("explain", str(file), "--config", str(rules), *arguments, own_tokens=False)


MEMBER = ("--meta", '{"roles": ["member"]}')

# A command, and what the rules here make of it: the answer, and what is said.
ANSWERS: list[tuple[list[str], dict[str, int] | None, str]] = [
    (["connect"], None, "This server accepts."),
    (["rpc", "ping"], None, "rpc.ping answers. This server accepts."),
    (["rpc", "pong"], {"error": 404}, "No rule of rpc is for it. This server refuses (no-rule)."),
    (["subscribe", "chat:1"], {"error": 403}, "This server refuses (no-meta)."),
    (["subscribe", "chat:1", *MEMBER], None, "This server accepts."),
    # Its proxy does not include the meta.
    (["publish", "chat:1", *MEMBER], {"error": 403}, "This server refuses (no-meta)."),
]


@pytest.mark.parametrize(("words", "answer", "sentence"), ANSWERS, ids=[" ".join(words[:3]) for words, *_ in ANSWERS])
def test_the_rules_answer(words: list[str], answer: dict[str, int] | None, sentence: str, tmp_path: Path) -> None:
    """For machines and for people; nothing is assumed then."""
    status, said, complaint = explain(tmp_path, "--json", *words)
    assert (status, complaint) == (0, "")
    line = json.loads(said.splitlines()[1])
    assert line["answer"] == answer
    assert line["backend"].endswith(sentence)
    status, said, complaint = explain(tmp_path, *words)
    assert (status, complaint) == (0, "")
    assert f"{sentence}\n" in said and "if the backend accepts" not in said


def test_a_call_that_does_not_get_through_is_none(tmp_path: Path) -> None:
    """Another port, or no secret: the rules are not asked."""
    rpc = {"proxy": {"endpoint": "grpc://127.0.0.1:9"}, "without_namespace": {"proxy_enabled": True}}
    line = json.loads(explain(tmp_path, "--json", "rpc", "ping", rpc=rpc)[1].splitlines()[1])
    assert (line["called"], line["answer"], line["rule"]) == (None, {"error": 100}, "other-port")
    assert line["backend"] == "The call does not get through. This server listens on port 10001, not on 9."
    policy = f"{POLICY}secret: {{key: x-secret, values: [hunter2]}}\n"
    line = json.loads(explain(tmp_path, "--json", "rpc", "ping", policy=policy)[1].splitlines()[1])
    assert (line["called"], line["answer"], line["rule"]) == (None, {"error": 100}, "no-secret")


def test_a_policy_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    """In one sentence, exit status 2, and nothing is said of the configuration."""
    status, said, complaint = explain(tmp_path, "connect", policy="topcs: []\n")
    assert (status, said) == (2, "")
    assert "topcs is not known here" in complaint and complaint.count("\n") == 1
    (tmp_path / "centrifugo.json").write_text("{}")
    missing = str(tmp_path / "missing.yaml")
    for option in ([], ["--json"]):
        status, said, complaint = run(
            "explain", str(tmp_path / "centrifugo.json"), "--config", missing, "connect", *option, own_tokens=False
        )
        assert (status, said) == (2, "")
        assert missing in complaint and complaint.count("\n") == 1


@pytest.mark.parametrize(
    ("command", "status"), [("doctor", 2), ("explain", 2), ("centrifugo-config", 1)], ids=["doctor", "explain", "config"]
)
def test_rules_that_cannot_be_made_are_said_before_anything_else(command: str, status: int, tmp_path: Path) -> None:
    """Of the bridge as well, whose rules the policy's own reader takes as they are."""
    file, rules = tmp_path / "centrifugo.json", tmp_path / "proxy.yaml"
    file.write_text(json.dumps(CONFIGURATION))
    rules.write_text('rpc: {http: {base_url: "http://127.0.0.1:1", allow: ["ping"]}}')
    words = {"doctor": [str(file)], "explain": [str(file), "connect"], "centrifugo-config": []}[command]
    ended, printed, complaint = run(command, *words, "--config", str(rules), own_tokens=False)
    assert (ended, printed) == (status, "")
    assert complaint.count("\n") == 1
    assert 'cannot allow "ping"' in complaint
