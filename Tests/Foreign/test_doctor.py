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
        "  Mend: set client.proxy.connect.enabled to true, or remove the endpoint.\n"
        "\n"
        "1 problem(s), 0 note(s).\n"
    )


def test_notes_alone_are_no_failure(tmp_path: Path) -> None:
    """What may be right as it is."""
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
    assert finding["reason"].startswith("User-Agent is never forwarded")
    assert finding["mend"].startswith("remove it")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("{", "is no JSON: "), ("[]", "is JSON, but no object with Centrifugo's options"), ("", "is no JSON: ")],
)
def test_it_names_a_file_that_is_no_configuration(tmp_path: Path, text: str, sentence: str) -> None:
    """One sentence, exit status 2."""
    file = written(tmp_path, text)
    status, printed, complaint = doctor(file)
    assert (status, printed) == (2, "")
    assert complaint.startswith(f"centrifugo-proxy: {file} {sentence}")
    assert len(complaint.splitlines()) == 1


def test_it_names_a_file_that_it_cannot_read(tmp_path: Path) -> None:
    """One sentence, exit status 2."""
    missing = tmp_path / "missing.json"
    assert doctor(missing) == (2, "", f"centrifugo-proxy: {missing} does not exist; check its name.\n")
    assert doctor(tmp_path) == (2, "", f"centrifugo-proxy: {tmp_path} is a folder; name a file in it.\n")
