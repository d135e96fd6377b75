"""The documentation's pages about the ready server: what they tell to run and to write has to work."""

import json
import os
import re
import shlex
import socket
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from pages import CATALOG, blocks
from ready import BINARY, ROOT, ReadyServer, Storage, run

# The public key of RFC 7517's appendix A.1.
KEY = {
    "kty": "EC",
    "crv": "P-256",
    "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
    "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
    "kid": "1",
}


def texts(page: str, language: str) -> list[str]:
    """The fenced blocks of a page."""
    found = blocks(CATALOG / f"{page}.md", language)
    assert found
    return [block.text for block in found]


def milliseconds(time: str) -> int:
    """A time of a policy file."""
    count, unit = re.fullmatch(r"(\d+)(ms|s|min)", time).groups()
    return int(count) * {"ms": 1, "s": 1_000, "min": 60_000}[unit]


def check(policy: str, folder: Path) -> str:
    """What the server says of a policy, which has to be good."""
    file = folder / "policy.yaml"
    file.write_text(policy)
    status, said, complaints = run("serve", "--config", str(file), "--check", own_tokens=False)
    assert (status, complaints) == (0, "")
    return said


def manifests() -> dict[str, Any]:
    """The Kubernetes objects, by kind."""
    documents = [yaml.safe_load_all(block) for block in texts("Deploying", "yaml")]
    return {item["kind"]: item for document in documents for item in document if "kind" in item}


def test_the_first_answers(tmp_path: Path) -> None:
    """The commands that a newcomer is told to run, and what the page says of their answers."""
    lines = [line for line in texts("FirstAnswer", "sh")[1].splitlines() if line.startswith("$proxy ")]
    storage = Storage(tmp_path)
    token = storage.token("create", "alice")
    with storage.serve() as server:
        answers = []
        for line in lines:
            arguments = shlex.split(line.replace("THE TOKEN", token))[1:]
            status, said, _ = run(*arguments, "--address", server.target)
            answers.append((status, yaml.safe_load(said)))
    (let_in, connected), pong, (own, allowed), (other, refused) = answers
    assert let_in == 0 and set(connected["result"]["subs"]) == {"public", "user-alice"}
    assert pong == (0, {"result": {"data": {"pong": True}}})
    assert own == 0 and "result" in allowed
    assert other == 1 and refused["error"]["code"] == 403


def test_the_rule_to_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands for a rule of one's own, in a folder with the same tokens as before, and for revoking a token."""
    copy, use, revoke = texts("FirstAnswer", "sh")[3:6]
    (tmp_path / "Sources").symlink_to(ROOT / "Sources")
    (tmp_path / ".build/serve").mkdir(parents=True)
    *commands, export = copy.splitlines()
    for word in shlex.split(export)[1:]:
        name, value = word.split("=")
        monkeypatch.setenv(name, str(tmp_path / value))

    def do(line: str) -> str:
        shown = subprocess.run(
            ["bash", "-c", f"proxy={BINARY}; {line}"], cwd=tmp_path, check=True, capture_output=True, text=True
        )
        return shown.stdout

    for command in commands:
        do(command)
    # As Scripts/serve does, from the rules before they are changed.
    earlier = do("$proxy token create alice").strip()
    rules = tmp_path / "proxy.yaml"
    before, after = rules.read_text().split("\n# Methods that clients")
    rules.write_text(before + texts("FirstAnswer", "yaml")[0] + "\n# Methods that clients" + after)
    show, create, serve = use.splitlines()
    assert "news-{section:[a-z]+}" in do(show)
    token = do(create).strip()
    assert serve == "$proxy serve"
    with ReadyServer("--port", "0", own_tokens=False) as server:

        def connect(secret: str) -> str:
            data = json.dumps({"authToken": secret})
            return run("call", "Connect", "--data", data, "--address", server.target, own_tokens=False)[1]

        assert "result" in connect(earlier) and "result" in connect(token)
        listed, revoked = map(do, revoke.splitlines())
        assert "bob" in listed and revoked == "revoked 1\n"
        assert "result" in connect(earlier) and "4500" in connect(token)


def test_the_policy_under_systemd(tmp_path: Path) -> None:
    """It is a policy, and its unit waits as long as its shutdown takes."""
    policy = texts("Deploying", "yaml")[0]
    # The sockets are there under systemd only.
    check(policy.replace("inherited: true", f"unix: {tmp_path}/socket"), tmp_path)
    service = texts("Deploying", "ini")[1]
    assert int(re.search(r"^TimeoutStopSec=(\d+)$", service, re.MULTILINE)[1]) > 25


def test_the_units(tmp_path: Path) -> None:
    """systemd takes them as they are, but for the place of the program."""
    page = (CATALOG / "Deploying.md").read_text()
    names = re.findall(r"^`/etc/systemd/system/(\S+)`:$", page, re.MULTILINE)
    units = dict(zip(names, texts("Deploying", "ini"), strict=True))
    assert {*units} == {"centrifugo-proxy.socket", "centrifugo-proxy.service"}
    for name, text in units.items():
        (tmp_path / name).write_text(text.replace("/usr/local/bin/centrifugo-proxy", str(BINARY)))
    verify = ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in units)]
    done = subprocess.run(verify, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_environment_under_systemd(tmp_path: Path) -> None:
    """The server starts with what the unit hands it over: its variables, a credential and a socket."""
    service = texts("Deploying", "ini")[1]
    (tmp_path / "secret").write_text("a long random value\n")
    (tmp_path / "policy.yaml").write_text(texts("Deploying", "yaml")[0])
    words = re.search(r"^Environment=(.*)$", service, re.MULTILINE)[1].replace("%d", str(tmp_path)).split()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        variables = ["env", *words, "sh", "-c", 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"', "sh"]
        with ReadyServer(
            "--config",
            str(tmp_path / "policy.yaml"),
            prefix=variables,
            before=lambda: os.dup2(listening.fileno(), 3),
            descriptors=[3],
        ) as server:
            target = server.target
            refused, _, _ = run("call", "RPC", "--address", target)
            asked, said, _ = run(
                "call", "Subscribe", "--field", "channel=public", "--address", target,
                "--secret-key", "x-proxy-secret", "--secret-file", str(tmp_path / "secret"),
            )  # fmt: skip
    # 2: there is no answer, but a status.
    assert refused == 2 and asked == 0 and "result" in said


def test_the_manifests() -> None:
    """They are what Kubernetes takes."""
    for manifest in manifests().values():
        # Raises when they are not.
        kubernetes_validate.validate(manifest, "1.34", strict=True)


def test_the_policy_in_kubernetes(tmp_path: Path) -> None:
    """It is a policy, and its pod gets the time for its shutdown."""
    data = manifests()["ConfigMap"]["data"]
    (tmp_path / "keys.json").write_text(json.dumps({"keys": [KEY]}))
    (tmp_path / "secret").write_text("a long random value\n")
    text = data["proxy.yaml"].replace("/etc/centrifugo-proxy", str(tmp_path))
    check(text.replace("/run/secrets/centrifugo-proxy", str(tmp_path)), tmp_path)

    limits = yaml.safe_load(text)["limits"]
    shutdown = sum(milliseconds(limits[name]) for name in ("drain_delay", "grace_period")) + 5_000
    pod = manifests()["Deployment"]["spec"]["template"]["spec"]
    assert pod["terminationGracePeriodSeconds"] * 1_000 > shutdown


def service_links(name: str, port: int) -> dict[str, str]:
    """The variables that Kubernetes puts into each pod that is younger than a Service of that name."""
    prefix, address = name.upper().replace("-", "_"), "10.96.0.17"
    link = f"{prefix}_PORT_{port}_TCP"
    return {
        f"{prefix}_SERVICE_HOST": address,
        f"{prefix}_SERVICE_PORT": str(port),
        f"{prefix}_PORT": f"tcp://{address}:{port}",
        link: f"tcp://{address}:{port}",
        f"{link}_PROTO": "tcp",
        f"{link}_PORT": str(port),
        f"{link}_ADDR": address,
    }


def test_the_environment_in_kubernetes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pods want none of Kubernetes' own variables, and start with those all the same."""
    assert manifests()["Deployment"]["spec"]["template"]["spec"]["enableServiceLinks"] is False
    name = manifests()["Service"]["metadata"]["name"]
    for variable, value in service_links(name, 10001).items():
        monkeypatch.setenv(variable, value)
    policy = tmp_path / "policy.yaml"
    policy.write_text("listeners: [{tcp: 127.0.0.1:0}]\nrpc: {ping: true}\n")
    with ReadyServer("--config", str(policy), own_tokens=False) as server:
        asked, said, _ = run("call", "RPC", "--field", "method=ping", "--address", server.target)
    assert asked == 0 and "pong" in said


@pytest.mark.parametrize("kind", ["Deployment", "Service"])
def test_the_port_in_kubernetes(kind: str) -> None:
    """The port that the policy listens on is the port of everything else."""
    text = yaml.safe_dump(manifests()[kind])
    assert set(re.findall(r"(?:port|containerPort): (\d+)", text)) == {"10001"}
