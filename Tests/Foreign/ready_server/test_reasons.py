"""What the log says of refusals: causes that a client cannot tell apart."""

import base64
import hashlib
import hmac
import json
import subprocess
import time
from pathlib import Path

from ready import BINARY, ReadyServer, Storage

SECRET = "0123456789abcdef0123456789abcdef"
POLICY = f"""
tokens: {{jwt: {{hmac: {SECRET}, issuer: us, audience: chat}}}}
connect: {{}}
topics:
  - {{pattern: staff, who: {{roles: [staff]}}, publish: nobody}}
  - {{pattern: "own-{{user}}", who: owner, publish: true, size: 3B}}
"""


def signed(secret: str = SECRET, **changes: object) -> str:
    """A signed token."""
    claims = {"sub": "alice", "iss": "us", "aud": "chat", "exp": int(time.time()) + 600} | changes
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256"}, claims)]
    text = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    digest = hmac.new(secret.encode(), text, hashlib.sha256).digest()
    return (text + b"." + base64.urlsafe_b64encode(digest).rstrip(b"=")).decode()


def call(server: ReadyServer, *arguments: str) -> object:
    """What the server answers."""
    command = [BINARY, "call", *arguments, "--address", server.target]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=False).stdout)


def test_failed_logins_are_told_apart_in_the_log_alone(tmp_path: Path) -> None:
    """The client gets the same answer for all of them, and no token is logged."""
    logins = {
        "no-token": "",
        "unknown-token": "nobody's",
        "expired": signed(exp=1),
        "bad-signature": signed("x" * 32),
        "wrong-issuer": signed(iss="them"),
        "wrong-audience": signed(aud="mail"),
    }
    policy = tmp_path / "policy.yaml"
    policy.write_text(POLICY)
    with ReadyServer("--config", str(policy), "--port", "0", own_tokens=False) as server:
        answers = []
        for reason, token in logins.items():
            answers.append(call(server, "Connect", "--data", json.dumps({"authToken": token})))
            line = server.wait_for("event=Connect")
            assert f" reason={reason} " in line
            assert not token or token not in line
        assert all(answer == answers[0] for answer in answers)
        call(server, "Connect", "--data", json.dumps({"authToken": signed()}))
        assert "reason=" not in server.wait_for("event=Connect")


def test_refusals_of_channels_are_told_apart(tmp_path: Path) -> None:
    """By the rule that is to blame."""
    meta = base64.b64encode(b'{"roles": ["guest"]}').decode()
    rows = [
        ("no-rule", ["Subscribe", "--field", "channel=nowhere"]),
        ("no-meta", ["Subscribe", "--field", "channel=staff"]),
        ("role-missing", ["Subscribe", "--field", "channel=staff", "--field", f"meta={meta}"]),
        ("not-owner", ["Subscribe", "--field", "channel=own-bob"]),
        ("publish-denied", ["Publish", "--field", "channel=staff", "--data", "1"]),
        ("too-large", ["Publish", "--field", "channel=own-alice", "--data", "12345"]),
    ]
    policy = tmp_path / "policy.yaml"
    policy.write_text(POLICY)
    with ReadyServer("--config", str(policy), "--port", "0", own_tokens=False) as server:
        for reason, arguments in rows:
            call(server, *arguments, "--field", "user=alice")
            assert f" reason={reason} " in server.wait_for(f"event={arguments[0]}"), reason


def test_an_outage_of_the_storage_is_told(tmp_path: Path) -> None:
    """And the handler's failure is one line for many calls, which names the event."""
    storage = Storage(tmp_path)
    token = storage.token("create", "alice")
    with storage.serve() as server:
        # The file is no longer a database.
        (tmp_path / "own.sqlite").write_bytes(b"no database" * 1_000)
        for suffix in ("-wal", "-shm"):
            (tmp_path / f"own.sqlite{suffix}").unlink(missing_ok=True)
        lines = []
        for _ in range(3):
            subprocess.run(
                [BINARY, "call", "Connect", "--data", json.dumps({"authToken": token}), "--address", server.target],
                capture_output=True,
                check=False,
            )
            assert server.process.stderr is not None
            for line in server.process.stderr:
                lines.append(line)
                if "verdict=" in line:
                    break
        failed = [line for line in lines if "handler failed" in line]
        calls = [line for line in lines if "verdict=" in line]
        assert [("reason=storage-down" in line) for line in calls] == [True] * 3
        assert len(failed) == 1
        assert "event=Connect" in failed[0]
        assert not [line for line in lines if token in line]
