"""The ready server's listener for operators: who may read it, how it ends, and what attacks on it do to calls."""

import http.client
import os
import signal
import socket
import ssl
import stat
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from calls import CallMaker, rpc_request
from operators import OPEN_METRICS, POLICY, checked, families, operators_of, policy_in, read
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from ready import Certificates, ReadyServer

LISTENER = 'admin: {tcp: "127.0.0.1:0"}'
EXPIRY = "centrifugo_proxy_certificate_expiry_timestamp_seconds"


def with_admin(folder: Path, admin: str, more: str = "") -> str:
    """A policy file with another listener for operators."""
    assert LISTENER in POLICY
    file = folder / "policy.yaml"
    file.write_text(POLICY.replace(LISTENER, f"admin: {admin}") + more)
    return str(file)


class Operator:
    """Asks a listener with TLS, with a token or without."""

    def __init__(self, address: str, certificates: Certificates) -> None:
        self.port = int(address.rpartition(":")[2])
        self.context = ssl.create_default_context(cafile=certificates.path("ca.pem"))

    def ask(self, path: str, token: str = "", accept: str = "*/*") -> tuple[int, str]:
        """The status and the body of a page."""
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=self.context, timeout=60)
        try:
            fields = {"accept": accept} | ({"authorization": f"Bearer {token}"} if token else {})
            connection.request("GET", path, headers=fields)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def subject(self) -> str:
        """The name in the certificate that the listener serves."""
        with socket.create_connection(("127.0.0.1", self.port)) as plain:
            with self.context.wrap_socket(plain, server_hostname="127.0.0.1") as secured:
                return str(dict(part[0] for part in (secured.getpeercert() or {})["subject"])["commonName"])


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    """A CA, and the certificates of the listener before and after a renewal."""
    made = Certificates(tmp_path / "certificates")
    for name in ("before", "after"):
        made.make(name)
    for suffix in ("pem", "key"):
        os.symlink(made.path(f"before.{suffix}"), made.path(f"server.{suffix}"))
    return made


def protected(folder: Path, certificates: Certificates, address: str) -> str:
    """A policy file with a listener that asks for TLS and a token."""
    (folder / "token").write_text("first\n")
    tls = f"{{certificate: {certificates.path('server.pem')}, private_key: {certificates.path('server.key')}}}"
    return with_admin(folder, f'{{tcp: "{address}", tls: {tls}, token_file: {folder}/token}}')


def test_strangers_need_tls_and_the_token_which_are_read_again(tmp_path: Path, certificates: Certificates) -> None:
    """On an address of other machines; probes need no token. At SIGHUP come a new token and a new certificate."""
    policy = protected(tmp_path, certificates, "0.0.0.0:0")
    with ReadyServer("--config", policy, own_tokens=False) as server:
        operator = Operator(operators_of(server), certificates)
        assert operator.ask("/livez") == (200, "ok\n") == operator.ask("/readyz")
        assert [operator.ask("/metrics", token)[0] for token in ("", "second", "first")] == [401, 401, 200]
        checked(operator.ask("/metrics", "first")[1])
        with pytest.raises((http.client.BadStatusLine, ConnectionError)):
            plain = http.client.HTTPConnection("127.0.0.1", operator.port, timeout=60)
            plain.request("GET", "/livez")
            plain.getresponse()
        found = operator.ask("/metrics", "first", OPEN_METRICS)[1]
        scraped = {family.name: family for family in text_string_to_metric_families(found)}
        (expiry,) = scraped[EXPIRY].samples
        assert expiry.labels == {"file": certificates.path("server.pem")} and expiry.value > time.time()

        assert operator.subject() == "before"
        (tmp_path / "token").write_text("second\n")
        for suffix in ("pem", "key"):
            os.unlink(certificates.path(f"server.{suffix}"))
            os.symlink(certificates.path(f"after.{suffix}"), certificates.path(f"server.{suffix}"))
        server.process.send_signal(signal.SIGHUP)
        assert certificates.path("server.pem") in server.wait_for("reloaded the policy")
        assert operator.subject() == "after"
        assert [operator.ask("/metrics", token)[0] for token in ("first", "second")] == [401, 200]

        (tmp_path / "token").write_text("")
        server.process.send_signal(signal.SIGHUP)
        assert "has no token" in server.wait_for("kept the old policy")
        assert operator.ask("/metrics", "second")[0] == 200


def test_an_address_from_a_variable_keeps_tls_and_the_token(
    tmp_path: Path, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without them the server would refuse to serve strangers."""
    monkeypatch.setenv("CENTRIFUGO_PROXY_ADMIN_LISTEN", "0.0.0.0:0")
    policy = protected(tmp_path, certificates, "127.0.0.1:1")
    with ReadyServer("--config", policy, own_tokens=False) as server:
        operator = Operator(operators_of(server), certificates)
        assert [operator.ask("/metrics", token)[0] for token in ("", "first")] == [401, 200]


def test_a_unix_socket_has_its_mode(tmp_path: Path) -> None:
    """And goes with the server."""
    path = tmp_path / "admin.sock"
    with ReadyServer("--config", with_admin(tmp_path, f'{{unix: {path}, mode: "600"}}'), own_tokens=False) as server:
        server.wait_for("listening for operators")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert all_of(connected(path), b"GET /readyz HTTP/1.1\r\nhost: a\r\n\r\n").endswith(b"ok\n")
    assert not path.exists()


def connected(address: Path | str) -> socket.socket:
    """A connection to a listener for operators."""
    if isinstance(address, Path):
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(str(address))
        return connection
    host, _, port = address.removeprefix("http://").rpartition(":")
    return socket.create_connection((host, int(port)), timeout=60)


def all_of(connection: socket.socket, request: bytes) -> bytes:
    """The answer to a request, of a peer that ends its side after it, as nc does."""
    with connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


def status_of(url: str) -> int:
    """The status of a page."""
    host, _, path = url.removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(host, timeout=60)
    try:
        connection.request("GET", f"/{path}")
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_server_that_drains_is_not_ready_and_still_scraped(tmp_path: Path) -> None:
    """While it waits for load balancers: calls are answered, and the scrape goes on."""
    policy = policy_in(tmp_path, "limits: {drain_delay: 10min}\n")
    with ReadyServer("--config", policy, own_tokens=False) as server:
        address = operators_of(server)
        assert status_of(f"{address}/readyz") == 200
        server.process.send_signal(signal.SIGTERM)
        server.wait_for("shutting down")
        while (ready := status_of(f"{address}/readyz")) != 503:
            assert ready == 200
        assert status_of(f"{address}/livez") == 200
        with CallMaker(server) as calls:  # type: ignore[arg-type]
            assert calls.event("RPC", rpc_request("ping")).error.code == 0
        checked(read(f"{address}/metrics"))
        accepted = [s.value for s in families(address)["centrifugo_proxy_calls"].samples if s.value]
        assert accepted == [1]
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(60) == 128 + signal.SIGTERM


@contextmanager
def held(address: str, request: bytes, count: int) -> Iterator[None]:
    """Many connections that send a request and read nothing."""
    with ExitStack() as connections:
        for _ in range(count):
            connection = connections.enter_context(connected(address))
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            connection.sendall(request)
        yield


ATTACKS = {
    "silence": b"",
    "half a request": b"GET /metrics HTTP/1.1\r\nhost: a\r\n",
    "slow readers": b"GET /metrics HTTP/1.1\r\nhost: a\r\n\r\n" * 100,
    "wrong paths": b"GET /../../etc/passwd HTTP/1.1\r\nhost: a\r\n\r\n" * 100,
    "huge header": b"GET /livez HTTP/1.1\r\nhost: a\r\nx: " + b"x" * 100_000,
    "huge line": b"GET /" + b"x" * 100_000,
    "huge body": b"POST /metrics HTTP/1.1\r\nhost: a\r\ncontent-length: 10000000000\r\n\r\n" + b"x" * 100_000,
    "not HTTP": bytes(range(256)) * 100,
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_neither_calls_nor_probes_wait_for_an_attack(tmp_path: Path, attack: str) -> None:
    """Of twice as many connections as the listener takes."""
    with ReadyServer("--config", policy_in(tmp_path), own_tokens=False) as server:
        address = operators_of(server)
        with CallMaker(server) as calls:  # type: ignore[arg-type]
            slowest = {"call": 0.0, "probe": 0.0}
            for _ in range(3):
                try:
                    with held(address, ATTACKS[attack], 128):
                        for _ in range(20):
                            start = time.monotonic()
                            assert calls.event("RPC", rpc_request("ping")).error.code == 0
                            called = time.monotonic()
                            assert status_of(f"{address}/livez") == 200
                            probed = time.monotonic()
                            slowest["call"] = max(slowest["call"], called - start)
                            slowest["probe"] = max(slowest["probe"], probed - called)
                except ConnectionError:
                    # Some attackers are shown the door while they still send.
                    assert status_of(f"{address}/livez") == 200
        # Probes share their loop with the attackers.
        assert slowest["call"] < 1 and slowest["probe"] < 5, slowest
        checked(read(f"{address}/metrics"))


def test_a_peer_that_ends_its_side_is_answered(tmp_path: Path) -> None:
    """As `printf … | nc` does."""
    with ReadyServer("--config", policy_in(tmp_path), own_tokens=False) as server:
        address = operators_of(server)
        for version in (b"1.1", b"1.0"):
            answer = all_of(connected(address), b"GET /metrics HTTP/" + version + b"\r\nhost: a\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 200 OK\r\n") and b"\ncentrifugo_proxy_calls_total{" in answer
