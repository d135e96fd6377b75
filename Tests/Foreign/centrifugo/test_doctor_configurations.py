"""`centrifugo-proxy doctor` and `explain` on configurations as people write them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from facts import CONFIGURATIONS
from ready import run

EXPECTED: dict[str, Any] = json.loads((CONFIGURATIONS / "expected.json").read_text())
NAMES = sorted(EXPECTED)


def arguments(name: str) -> list[str]:
    """The doctor's arguments for a configuration, with the paths of the files."""
    words = EXPECTED[name].get("args", ["FILE"])
    named = [name if word == "FILE" else word for word in words]
    return [str(CONFIGURATIONS / word) if (CONFIGURATIONS / word).exists() else word for word in named]


def test_all_of_them_are_looked_at() -> None:
    """Each configuration that lies there is one of these."""
    files = {file.name for file in CONFIGURATIONS.iterdir()}
    assert {name for name in files if not name.startswith("policy-")} - {"expected.json"} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_doctor_says_what_is_wrong_with_it(name: str) -> None:
    """And nothing that is not."""
    expected = EXPECTED[name]
    status, said, complaint = run("doctor", *arguments(name), own_tokens=False)
    assert status == expected.get("exit", status), said + complaint
    assert status in (0, 1, 2)
    for expression in expected.get("say", []):
        assert re.search(expression, said + complaint), said + complaint
    for expression in expected.get("not", []):
        assert not re.search(expression, said + complaint), said + complaint


@pytest.mark.parametrize("name", NAMES)
def test_json_says_the_same_as_the_text(name: str) -> None:
    """The findings in the same order, the exit status and the complaint."""
    status, said, complaint = run("doctor", *arguments(name), own_tokens=False)
    ended, machine, complaints = run("doctor", "--json", *arguments(name), own_tokens=False)
    assert (ended, complaints) == (status, complaint)
    if not machine:
        assert (status, said) == (2, "")
        return
    findings = json.loads(machine)
    texts = [
        f"{finding['severity']} at {finding['path']} ({finding['rule']})\n"
        f"  {finding['problem']}\n  Fix: {finding['fix']}\n\n"
        for finding in findings
    ]
    assert said.startswith("".join(texts))
    problems = sum(finding["severity"] == "problem" for finding in findings)
    assert status == (1 if problems else 0)
    summary = f"{problems} problem(s), {len(findings) - problems} note(s).\n" if findings else "Nothing found.\n"
    assert said == "".join(texts) + summary
    assert {finding["file"] for finding in findings} <= set(arguments(name))
    for finding in findings:
        assert set(finding) == {"severity", "rule", "path", "problem", "fix", "file"}


@pytest.mark.parametrize("name", NAMES)
def test_explain_takes_it_as_well(name: str) -> None:
    """Whether Centrifugo starts with it, according to the doctor, and the result of a connect."""
    named = arguments(name)
    policies = [place for place, word in enumerate(named) if word == "--config"]
    for place in policies:
        del named[place : place + 2]
    status, said, complaint = run("explain", *named, "--json", "connect", own_tokens=False)
    _, findings, _ = run("doctor", *arguments(name), own_tokens=False)
    lines = [json.loads(line) for line in said.splitlines()]
    starts = "does not start" not in findings and EXPECTED[name].get("exit") != 2
    assert [line["starts"] for line in lines[:1]] == [starts]
    assert [line["do"] for line in lines[1:]] == (["connect"] if starts else [])
    assert status == (2 if complaint else 0 if starts else 1)
    assert starts or lines[0]["reason"]


# What the policy needs and the first configuration lacks: the doctor's rules, with their places.
DIFFERENCES: list[tuple[str, str, list[str]]] = [
    (
        "43-v6-everything-plain.json",
        "policy-differs-in-everything.yaml",
        [
            r"\(other-port\)[^\n]*\n[^\n]*22001",
            r"\(no-tls\)",
            r"\(no-client-certificate\)",
            r"\(no-secret\)",
            r"connect\.http_headers[^\n]*\(header-not-forwarded\)",
            r"connect\.emulated_headers[^\n]*\(header-not-forwarded\)",
            r"rpc\.proxy\.http_headers[^\n]*\(header-not-forwarded\)\n[^\n]*cookie",
            r"refresh\.include_connection_meta[^\n]*\(no-meta\)",
            r"sub_refresh\.include_connection_meta[^\n]*\(no-meta\)",
            r"\(unknown-rpc-namespace\)\n[^\n]*get:, post:",
        ],
    ),
    (
        "26-v6-rpc-with-colon-methods.json",
        "policy-bridge.yaml",
        [rf'{{"name": "{verb}", "proxy_enabled": true}}' for verb in ("get", "post", "head", "put", "patch", "delete")],
    ),
]


@pytest.mark.parametrize(("name", "policy", "expressions"), DIFFERENCES)
def test_the_doctor_compares_it_with_a_policy(name: str, policy: str, expressions: list[str]) -> None:
    """Everything in which the two differ."""
    status, said, complaint = run("doctor", str(CONFIGURATIONS / name), "--config", str(CONFIGURATIONS / policy), own_tokens=False)
    assert (status, complaint) == (1, "")
    for expression in expressions:
        assert re.search(expression, said), f"{expression}: {said}"


def test_what_is_printed_for_a_policy_fits_it(tmp_path: Path) -> None:
    """Presence and recovery need options of the namespace in addition to the proxy."""
    policy = str(CONFIGURATIONS / "policy-presence-and-recovery.yaml")
    status, said, complaint = run("centrifugo-config", "--config", policy, own_tokens=False)
    assert (status, complaint) == (0, "")
    for option in ("presence", "allow_presence_for_subscriber", "history_size", "history_ttl"):
        assert f'"{option}"' in said
    file = tmp_path / "centrifugo.json"
    file.write_text(said)
    status, found, complaint = run("doctor", str(file), "--config", policy, own_tokens=False)
    assert (status, complaint) == (0, ""), found
