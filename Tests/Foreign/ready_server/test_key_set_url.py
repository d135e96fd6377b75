"""The ready server with signed tokens whose keys are at the URL of an HTTPS server with a private CA."""

from pathlib import Path

import pytest
from calls import CallMaker, failure, is_let_in
from http_server import Request, Server
from ready import Certificates, ReadyServer, reload, run
from signer import Signer


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    """A CA, and a certificate of it."""
    made = Certificates(tmp_path / "certificates")
    made.make("server")
    return made


def policy(folder: Path, url: str, *more: str) -> str:
    """Writes a policy with keys at a URL; its name."""
    file = folder / "policy.yaml"
    ca = folder / "certificates" / "ca.pem"
    options = ", ".join([f'jwks: "{url}/keys"', f"jwks_ca: {ca}", *more])
    file.write_text(f"tokens: {{jwt: {{{options}}}}}\nconnect: {{}}\n")
    return str(file)


def test_keys_at_a_url_that_are_rotated_while_the_server_is_away(tmp_path: Path, certificates: Certificates) -> None:
    old, new = (Signer(tmp_path, name, "ES256") for name in ("old", "new"))
    current = [old.jwks("old")]
    files = (certificates.path("server.pem"), certificates.path("server.key"))

    def answer(_: Request) -> tuple[int, bytes]:
        return 200, current[0].encode()

    with Server(answer, files=files) as keys:
        config = policy(tmp_path, keys.url)
        status, said, complaints = run("serve", "--check", "--config", config, own_tokens=False)
        assert (status, complaints) == (0, "") and "jwks_ca" in said and not keys.requests
        with ReadyServer("--config", config, "--port", "0", own_tokens=False) as server, CallMaker(server) as calls:
            assert is_let_in(calls, old.token("old"))
            assert [request.path for request in keys.requests] == ["/keys"]
            current[0] = new.jwks("new")
            # The same URL: its keys are fetched again at once, and not 5 seconds later.
            assert 'read="rules, tokens.jwt' in reload(server)
            assert is_let_in(calls, new.token("new"))
            assert not is_let_in(calls, old.token("old"))
            policy(tmp_path, "https://127.0.0.1:1")
            assert "https://127.0.0.1:1/keys' cannot be fetched" in reload(server)
            assert is_let_in(calls, new.token("new"))


def test_a_server_that_starts_before_its_identity_provider_comes_back_by_itself(
    tmp_path: Path, certificates: Certificates
) -> None:
    signer = Signer(tmp_path, "signer", "ES256")
    files = (certificates.path("server.pem"), certificates.path("server.key"))

    def answer(_: Request) -> tuple[int, bytes]:
        return 200, signer.jwks("signer").encode()

    with Server(answer, files=files) as keys:
        port = keys.port
    config = policy(tmp_path, f"https://127.0.0.1:{port}")
    with ReadyServer("--config", config, "--port", "0", own_tokens=False) as server, CallMaker(server) as calls:
        assert "no token is accepted until they are" in server.wait_for("cannot be fetched")
        # A call that fails, after which SDKs connect again; a disconnect would end them for good.
        failure(lambda: is_let_in(calls, signer.token("signer")))
        with Server(answer, files=files, port=port):
            server.wait_for("fetched the keys of tokens")
            assert is_let_in(calls, signer.token("signer"))
            assert not is_let_in(calls, Signer(tmp_path, "other", "ES256").token("signer"))


def test_plain_http_needs_to_be_allowed(tmp_path: Path, certificates: Certificates) -> None:
    signer = Signer(tmp_path, "signer", "ES256")
    with Server(lambda _: (200, signer.jwks().encode())) as keys:
        status, _, complaints = run("serve", "--check", "--config", policy(tmp_path, keys.url), own_tokens=False)
        assert status == 1 and "tokens.jwt.jwks begins with http://" in complaints
        config = policy(tmp_path, keys.url, "jwks_allow_http: true")
        with ReadyServer("--config", config, "--port", "0", own_tokens=False) as server, CallMaker(server) as calls:
            assert is_let_in(calls, signer.token())
