"""`centrifugo-proxy doctor` as a person runs it."""

import json
import subprocess
from pathlib import Path

import pytest
from ready import BINARY, EXIT_SECONDS


def doctor(*arguments: str | Path) -> tuple[int, str, str]:
    """Runs the command; its exit status, what it printed, and what it complained about."""
    ended = subprocess.run(
        [BINARY, "doctor", *arguments], capture_output=True, text=True, timeout=EXIT_SECONDS, check=False
    )
    return ended.returncode, ended.stdout, ended.stderr


def written(folder: Path, text: str) -> Path:
    """A configuration with this text."""
    file = folder / "centrifugo.json"
    file.write_text(text)
    return file


def test_it_finds_nothing_in_nothing(tmp_path: Path) -> None:
    """Exit status 0."""
    assert doctor(written(tmp_path, "{}")) == (0, "Nothing found.\n", "")


def test_it_says_what_will_not_work_and_what_to_change(tmp_path: Path) -> None:
    """For people."""
    connect = {"endpoint": "grpc://127.0.0.1:10001", "timeout": "1s"}
    status, printed, complaint = doctor(written(tmp_path, json.dumps({"client": {"proxy": {"connect": connect}}})))
    assert (status, complaint) == (1, "")
    assert printed == (
        "problem at client.proxy.connect.enabled (not-enabled)\n"
        "  The proxy has an endpoint, and nothing switches it on, so it is never called.\n"
        "  Fix: set client.proxy.connect.enabled to true, or remove the endpoint.\n"
        "\n"
        "1 problem(s), 0 note(s).\n"
    )


def test_notes_alone_are_no_failure(tmp_path: Path) -> None:
    """A note, which may need no change."""
    connect = {"enabled": True, "endpoint": "grpc://proxy.internal:10001"}
    status, printed, _ = doctor(written(tmp_path, json.dumps({"client": {"proxy": {"connect": connect}}})))
    assert status == 0
    assert "note at client.proxy.connect.endpoint (one-replica)" in printed
    assert printed.endswith("0 problem(s), 2 note(s).\n")


def test_it_prints_json_for_machines(tmp_path: Path) -> None:
    """The same findings."""
    rpc = {"endpoint": "grpc://127.0.0.1:10001", "http_headers": ["User-Agent"]}
    configuration = {"rpc": {"proxy": rpc, "without_namespace": {"proxy_enabled": True}}}
    status, printed, complaint = doctor("--json", written(tmp_path, json.dumps(configuration)))
    assert (status, complaint) == (1, "")
    [finding] = json.loads(printed)
    assert finding["rule"] == "reserved-header"
    assert finding["path"] == "rpc.proxy.http_headers"
    assert finding["severity"] == "problem"
    assert finding["problem"].startswith("User-Agent is never forwarded")
    assert finding["fix"].startswith("remove it")
    assert set(finding) == {"severity", "rule", "path", "problem", "fix", "file"}


@pytest.mark.parametrize(
    ("name", "text", "place", "sentence"),
    [
        ("a.json", "{", ", line 1", "a key in double quotes is missing; Centrifugo does not start with it."),
        ("a.json", "", ", line 1", "the file is empty; {} is a configuration without options; Centrifugo does not start with it."),
        ("a.json", "[]", ", line 1", "it contains a list, but Centrifugo expects an object of options; Centrifugo does not start with it."),
        ("a.yaml", "client:\n  a: 1\n b: 2\n", ", line 3", "this is not YAML: did not find expected key; Centrifugo does not start with it."),
        ("a.env", "A=1\nB C\n", ", line 2", "this is not NAME=VALUE."),
        ("a.txt", "{}", "", "its extension is not that of a format that Centrifugo reads; name the file .json, .yaml, .toml or .env, or name the format by --form; Centrifugo does not start with it."),
    ],
)
def test_it_names_a_file_that_is_no_configuration(
    tmp_path: Path, name: str, text: str, place: str, sentence: str
) -> None:
    """One sentence, exit status 2."""
    file = tmp_path / name
    file.write_text(text)
    assert doctor(file) == (2, "", f"centrifugo-proxy: {file}{place}: {sentence}\n")


def test_it_names_a_file_that_it_cannot_read(tmp_path: Path) -> None:
    """One sentence, exit status 2."""
    missing = tmp_path / "missing.json"
    assert doctor(missing) == (2, "", f"centrifugo-proxy: {missing}: it does not exist; check its name.\n")
    assert doctor(tmp_path) == (2, "", f"centrifugo-proxy: {tmp_path}: it is a folder; name a file in it.\n")


def test_it_looks_through_several_files(tmp_path: Path) -> None:
    """Each under its name; one that cannot be read hides none of the others."""
    good, bad = written(tmp_path, "{}"), tmp_path / "bad.yaml"
    bad.write_text("proxies: [{name: backend, endpoint: 'grpc://127.0.0.1:1'}]\n")
    status, printed, complaint = doctor(good, bad)
    assert (status, complaint) == (1, "")
    assert printed.startswith(f"{good}\n\nNothing found.\n\n{bad}\n\nproblem at proxies[backend] (unused-proxy)\n")
    status, printed, _ = doctor("--json", good, bad)
    assert (status, [finding["file"] for finding in json.loads(printed)]) == (1, [str(bad)])
    status, printed, complaint = doctor(tmp_path / "missing.json", bad)
    assert status == 2 and "unused-proxy" in printed and complaint.count("\n") == 1


def test_it_looks_through_an_environment(tmp_path: Path) -> None:
    """Alone, or over a file; later variables take precedence."""
    first, second = tmp_path / "first.env", tmp_path / "second.env"
    first.write_text("CENTRIFUGO_CLIENT_INSECURE=perhaps\n")
    second.write_text("CENTRIFUGO_CLIENT_INSECURE=true\n")
    assert doctor("--env", first)[0] == 1
    assert doctor("--env", first, "--env", second) == (0, "Nothing found.\n", "")
    status, printed, _ = doctor("--json", "--env", second, "--env", first)
    [finding] = json.loads(printed)
    assert (status, finding["path"], finding["file"]) == (1, "CENTRIFUGO_CLIENT_INSECURE", f"{second}, {first}")
    file = written(tmp_path, '{"client": {"insecure": "perhaps"}}')
    assert doctor(file)[0] == 1


def test_a_form_may_be_told(tmp_path: Path) -> None:
    """Where the file's extension does not tell it."""
    file = tmp_path / "centrifugo.conf"
    file.write_text("client: {insecure: true}\n")
    assert doctor("--form", "yaml", file)[0] == 0
    assert doctor("--form", "json", file)[0] == 2
