"""The ready server's listeners, and which clients they accept, as grpcio sees it."""

import os
import shutil
import signal
import socket
import ssl
import subprocess
from pathlib import Path

import grpc
import proxy_pb2 as pb
import proxy_pb2_grpc
import pytest
from calls import SECONDS, rpc_request
from raw_http2 import RawConnection
from ready import BINARY, EXIT_SECONDS, Certificates, ReadyServer, tokens_in

DESCRIPTOR = 3  # sd_listen_fds(3): the first one that is handed over.


def ping(channel: grpc.Channel, **options: object) -> bytes:
    """Calls the method that every starter server answers."""
    with channel:
        request = pb.RPCRequest(method="ping", encoding="json")
        return proxy_pb2_grpc.CentrifugoProxyStub(channel).RPC(request, timeout=SECONDS, **options).result.data


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    """A CA, and a certificate `server` of it."""
    made = Certificates(tmp_path / "certificates")
    made.make("server")
    return made


def secure(server: ReadyServer, certificates: Certificates, identity: str | None = None) -> grpc.Channel:
    """A TLS channel, with a client certificate when there is one."""
    credentials = grpc.ssl_channel_credentials(
        certificates.read("ca.pem"),
        certificates.read(f"{identity}.key") if identity else None,
        certificates.read(f"{identity}.pem") if identity else None,
    )
    return grpc.secure_channel(server.addresses[0], credentials)


def test_tls(certificates: Certificates) -> None:
    """grpcio is served over TLS, and cannot be without it."""
    with ReadyServer("--port", "0", *certificates.options("server")) as server:
        assert ping(secure(server, certificates)) == b'{"pong":true}'
        with pytest.raises(grpc.RpcError) as failure:
            ping(grpc.insecure_channel(server.addresses[0]))
        assert failure.value.code() == grpc.StatusCode.UNAVAILABLE
        assert "a peer speaks HTTP/2 without TLS" in server.wait_for("peer speaks")


def test_mutual_tls(certificates: Certificates) -> None:
    """Only peers with a certificate of the client CA are served."""
    certificates.make("node")
    client_ca = ("--client-ca", certificates.path("ca.pem"))
    with ReadyServer("--port", "0", *certificates.options("server"), *client_ca) as server:
        assert ping(secure(server, certificates, "node")) == b'{"pong":true}'
        with pytest.raises(grpc.RpcError) as failure:
            ping(secure(server, certificates))
        assert failure.value.code() == grpc.StatusCode.UNAVAILABLE


# Hostile input: sigterm, close-notify-withheld.
def test_tls_ends_cleanly(certificates: Certificates) -> None:
    """A peer reads its answer and a clean end; the server does not wait for one that keeps its own side open."""
    context = ssl.create_default_context(cafile=certificates.path("ca.pem"))
    context.set_alpn_protocols(["h2"])
    with (
        ReadyServer("--port", "0", *certificates.options("server")) as server,
        RawConnection(server.port, tls=context) as peer,
    ):
        assert peer.response(peer.call("RPC", rpc_request("ping").SerializeToString())).status == 0
        server.process.send_signal(signal.SIGTERM)
        assert peer.going_away() == 0
        peer.closed()
        # A second of the server's own; TLS would take five more.
        assert server.process.wait(4) == 0


def test_reload(certificates: Certificates) -> None:
    """At SIGHUP new connections get the new certificate, and open ones continue."""
    certificates.make("next")
    for kind in ("pem", "key"):
        shutil.copy(certificates.path(f"server.{kind}"), certificates.path(f"used.{kind}"))
    with ReadyServer("--port", "0", *certificates.options("used")) as server:

        def shown() -> str:
            return ssl.get_server_certificate(("127.0.0.1", server.port), ca_certs=certificates.path("ca.pem"))

        channel = secure(server, certificates)
        stub = proxy_pb2_grpc.CentrifugoProxyStub(channel)
        request = pb.RPCRequest(method="ping", encoding="json")
        stub.RPC(request, timeout=SECONDS)
        before = shown()
        for kind in ("pem", "key"):
            os.replace(certificates.path(f"next.{kind}"), certificates.path(f"used.{kind}"))
        server.process.send_signal(signal.SIGHUP)
        server.wait_for("reloaded the certificate")
        assert shown() != before
        assert stub.RPC(request, timeout=SECONDS).result.data == b'{"pong":true}'
        channel.close()


def test_unix_socket(tmp_path: Path) -> None:
    """A Unix socket has its mode, is served, and is removed with the server."""
    path = tmp_path / "proxy.sock"
    with ReadyServer("--unix-socket", str(path), "--unix-socket-mode", "600") as server:
        assert server.addresses == [str(path)]
        assert path.stat().st_mode & 0o777 == 0o600
        assert ping(grpc.insecure_channel(f"unix:{path}")) == b'{"pong":true}'
    assert not path.exists()


def test_several(tmp_path: Path) -> None:
    """IPv6 and a Unix socket at the same time."""
    path = tmp_path / "proxy.sock"
    with ReadyServer("--host", "::1", "--port", "0", "--unix-socket", str(path), listeners=2) as server:
        for address in server.addresses:
            target = f"unix:{address}" if address.startswith("/") else address
            assert ping(grpc.insecure_channel(target)) == b'{"pong":true}'


def test_socket_activation() -> None:
    """A socket that is bound, listens already, and is passed like systemd does."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        with ReadyServer(
            "--socket-activation",
            # LISTEN_PID is the server's own, which only its process knows.
            prefix=["sh", "-c", 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"', "sh"],
            before=lambda: os.dup2(listening.fileno(), DESCRIPTOR),
            descriptors=[DESCRIPTOR],
        ) as server:
            assert server.addresses == [f"127.0.0.1:{port}"]
            assert ping(grpc.insecure_channel(f"127.0.0.1:{port}")) == b'{"pong":true}'


def test_shared_secret(tmp_path: Path) -> None:
    """Either of two secrets is enough, anything else is UNAUTHENTICATED, and the log shows none of them."""
    secrets = tmp_path / "secrets"
    secrets.write_text("new-hunter2\nold-hunter2\n")
    with ReadyServer("--port", "0", "--secret-key", "X-Secret", "--secret-file", str(secrets)) as server:
        for value in ("new-hunter2", "old-hunter2"):
            metadata = [("x-secret", value)]
            assert ping(grpc.insecure_channel(server.addresses[0]), metadata=metadata) == b'{"pong":true}'
        for refused in ([], [("x-secret", "hunter2")], [("x-secret", "old-hunter2")] * 2):
            with pytest.raises(grpc.RpcError) as failure:
                ping(grpc.insecure_channel(server.addresses[0]), metadata=refused)
            assert failure.value.code() == grpc.StatusCode.UNAUTHENTICATED
        assert "hunter2" not in server.wait_for("without the shared secret")

def test_event_loops_by_affinity() -> None:
    """As many as the processors that the process may run on, as `taskset` and systemd's `CPUAffinity=` set them."""
    one = {min(os.sched_getaffinity(0))}
    with ReadyServer("--port", "0", before=lambda: os.sched_setaffinity(0, one)) as server:
        assert 'event_loops="1, by the processors it may run on' in "".join(server.log)


def start_together(path: Path, count: int) -> list[subprocess.Popen[str]]:
    """Starts servers on one path at the same time, and returns those that listen; the others gave a reason."""
    command = [BINARY, "serve", "--unix-socket", str(path)]
    environment = os.environ | tokens_in(str(path.parent))
    started = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) for _ in range(count)]
    running = []
    for server in started:
        assert server.stderr is not None
        last = ""
        for last in server.stderr:
            if "listening" in last:
                running.append(server)
                break
        else:
            assert f"Cannot listen on the Unix socket {path}: it is in use" in last
            assert server.wait(EXIT_SECONDS) == 1
            server.stderr.close()
    return running


def test_one_of_many(tmp_path: Path) -> None:
    """Of processes that start together on a path one gets it, and after its crash one of the next ones."""
    path = tmp_path / "proxy.sock"
    for stop in (signal.SIGKILL, signal.SIGKILL, signal.SIGTERM):
        (server,) = start_together(path, 8)
        try:
            assert ping(grpc.insecure_channel(f"unix:{path}")) == b'{"pong":true}'
        finally:
            server.send_signal(stop)
            server.wait(EXIT_SECONDS)
            assert server.stderr is not None
            server.stderr.close()
        assert path.exists() == (stop == signal.SIGKILL)
    assert not Path(f"{path}.lock").exists()
