"""What the ready server reads again at SIGHUP: all files and storages, even if the policy's text is the same."""

import json
import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import proxy_pb2 as pb
import pytest
from calls import CallMaker, is_let_in
from ready import Certificates, ReadyServer, reload, run
from signer import Signer


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder with a policy to be written."""
    yield tmp_path


def serve(folder: Path, policy: str, *options: str) -> ReadyServer:
    """Serves a policy."""
    (folder / "policy.yaml").write_text(policy)
    return ReadyServer("--config", str(folder / "policy.yaml"), *(options or ("--port", "0")), own_tokens=False)


@pytest.mark.parametrize(
    ("section", "algorithm", "text"),
    [
        ("rsa: [{}]", "RS256", lambda signer: signer.pem),
        ("ec: [{}]", "ES256", lambda signer: signer.pem),
        ("jwks: {}", "ES256", lambda signer: signer.jwks()),
    ],
)
def test_a_replaced_key_is_trusted_and_the_old_one_is_not(
    folder: Path, section: str, algorithm: str, text: Callable[[Signer], str]
) -> None:
    old, new = (Signer(folder, name, algorithm) for name in ("old", "new"))
    keys = folder / "keys"
    keys.write_text(text(old))
    with (
        serve(folder, f"tokens: {{jwt: {{{section.format(keys)}}}}}\nconnect: {{}}\n") as server,
        CallMaker(server) as calls,
    ):
        assert is_let_in(calls, old.token()) and not is_let_in(calls, new.token())
        keys.write_text(text(new))
        assert 'read="rules, tokens.jwt' in reload(server)
        assert is_let_in(calls, new.token()) and not is_let_in(calls, old.token())
        keys.write_text("nothing of use")
        assert "kept the old policy" in reload(server)
        assert is_let_in(calls, new.token())


def test_a_restored_file_of_tokens_is_opened(folder: Path) -> None:
    policy = f"tokens: {{sqlite: {{file: {folder}/tokens}}}}\nconnect: {{}}\n"
    with serve(folder, policy) as server, CallMaker(server) as calls:

        def token(*arguments: str) -> str:
            status, said, complaints = run("token", *arguments, "--config", str(folder / "policy.yaml"), own_tokens=False)
            assert (status, complaints) == (0, "")
            return said.strip()

        kept = token("create", "kept")
        source, target = sqlite3.connect(folder / "tokens"), sqlite3.connect(folder / "backup")
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")
        target.close()
        source.close()
        lost = token("create", "lost")
        assert is_let_in(calls, kept) and is_let_in(calls, lost)
        (folder / "backup").rename(folder / "tokens")
        assert 'read="rules, tokens.sqlite' in reload(server)
        assert is_let_in(calls, kept) and not is_let_in(calls, lost)
        assert is_let_in(calls, token("create", "later"))


@pytest.mark.parametrize("by_options", [False, True])
def test_a_replaced_secret_is_asked_for_and_the_old_one_is_refused(folder: Path, by_options: bool) -> None:
    secret = folder / "secret"
    secret.write_text("old-hunter2\n")
    policy = "topics: [{pattern: a, who: anyone}]\n"
    options = ["--port", "0"]
    if by_options:
        options += ["--secret-key", "x-secret", "--secret-file", str(secret)]
    else:
        policy += f"secret: {{key: x-secret, file: {secret}}}\n"
    with serve(folder, policy, *options) as server, CallMaker(server) as calls:

        def is_accepted(value: str) -> bool:
            call = calls.stub.Subscribe.future(pb.SubscribeRequest(channel="a"), metadata=[("x-secret", value)])
            return call.code().name == "OK"

        assert is_accepted("old-hunter2") and not is_accepted("new-hunter2")
        secret.write_text("new-hunter2\n")
        line = reload(server)
        assert 'read="rules, secret' in line and "hunter2" not in line
        assert is_accepted("new-hunter2") and not is_accepted("old-hunter2")
        secret.write_text("\n")
        assert "kept the old policy" in reload(server)
        assert is_accepted("new-hunter2") and not is_accepted("")


def test_a_certificate_is_said_to_be_read_only_when_it_was(folder: Path) -> None:
    certificates = Certificates(folder / "certificates")
    certificates.make("server")
    file = certificates.path("server.pem")
    tls = f"{{certificate: {file}, private_key: {certificates.path('server.key')}}}"
    policy = f'listeners: [{{tcp: "127.0.0.1:0", tls: {tls}}}]\ntopics: [{{pattern: a, who: anyone}}]\n'
    # Without an address the file's listener is served.
    with serve(folder, policy, "--log-level", "info") as server:
        line = reload(server)
        assert f"certificates {file}" in line and "kept=" not in line
        Path(file).write_text("nothing of use")
        line = reload(server)
        assert f'kept="certificates {file}"' in line and "read=rules" in line


def test_an_address_from_elsewhere_keeps_the_tls_of_the_file(folder: Path) -> None:
    certificates = Certificates(folder / "certificates")
    certificates.make("server")
    tls = f"{{certificate: {certificates.path('server.pem')}, private_key: {certificates.path('server.key')}}}"
    policy = f'listeners: [{{tcp: "127.0.0.1:0", tls: {tls}}}]\nrpc: {{ping: true}}\n'
    with serve(folder, policy, "--port", "0") as server:
        ended = subprocess.run(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", "-CAfile", certificates.path("ca.pem"), "-alpn", "h2"],
            input=b"", capture_output=True, check=False,
        )  # fmt: skip
        assert b"Verify return code: 0" in ended.stdout
    several = policy.replace("[{", '[{tcp: "127.0.0.1:0"}, {', 1)
    (folder / "policy.yaml").write_text(several)
    status, _, said = run("serve", "--config", str(folder / "policy.yaml"), "--port", "0", own_tokens=False)
    assert status == 1 and len(said.splitlines()) == 1
    assert "--port replaces 2 listeners of the file, of which listeners[1] has tls" in said


def test_variables_that_kubernetes_makes_change_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = folder / "policy.yaml"
    file.write_text(f"tokens: {{sqlite: {{file: {folder}/tokens}}}}\nconnect: {{}}\n")
    for name in ("PORT", "SERVICE_HOST", "SERVICE_PORT", "PORT_10001_TCP", "PORT_10001_TCP_ADDR", "METRICS_PORT"):
        monkeypatch.setitem(os.environ, f"CENTRIFUGO_PROXY_{name}", "tcp://10.0.0.1:10001")
    centrifugo = folder / "centrifugo.json"
    centrifugo.write_text("{}")
    for arguments in (
        ("serve", "--check", "--config", str(file)),
        ("token", "list", "--config", str(file)),
        ("doctor", str(centrifugo), "--config", str(file)),
    ):
        status, _, complaints = run(*arguments, own_tokens=False)
        assert status in (0, 1) and complaints == "", arguments
    monkeypatch.setitem(os.environ, "CENTRIFUGO_PROXY_SECRET", "hunter2")
    status, _, complaints = run("serve", "--check", "--config", str(file), own_tokens=False)
    assert status == 0 and "CENTRIFUGO_PROXY_SECRET_VALUES" in complaints and "hunter2" not in complaints
    monkeypatch.setitem(os.environ, "CENTRIFUGO_PROXY_LISTN", "a:1")
    status, _, complaints = run("token", "list", "--config", str(file), own_tokens=False)
    assert status == 1 and "write CENTRIFUGO_PROXY_LISTEN, or unset it" in complaints


@pytest.mark.parametrize("text", ["99999999999999h", "9" * 400 + "h"])
def test_the_doctor_survives_a_huge_time(folder: Path, text: str) -> None:
    connect = {"enabled": True, "endpoint": "grpc://127.0.0.1:10001", "timeout": text}
    file = folder / "centrifugo.json"
    file.write_text(json.dumps({"client": {"stale_close_delay": text, "proxy": {"connect": connect}}}))
    status, said, _ = run("doctor", "--json", str(file))
    assert status == 1 and "not-duration" in {finding["rule"] for finding in json.loads(said)}
