"""The ready server's log: a pipe that nobody reads, rotation, and the end of the process."""

import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

from calls import CallMaker, rpc_request
from operators import families, operators_of, policy_in
from ready import BINARY, ROOT, ReadyServer

LOGS = (ROOT / "Sources/CentrifugoProxy/CentrifugoProxy.docc/Logs.md").read_text()


def lines_of(file: Path) -> list[dict[str, object]]:
    """The records of a log in JSON."""
    return [json.loads(line) for line in file.read_text().splitlines()]


def serving(folder: Path, more: str) -> subprocess.Popen[bytes]:
    """A ready server whose standard error is a pipe."""
    return subprocess.Popen([BINARY, "serve", "--config", policy_in(folder, more)], stderr=subprocess.PIPE)


class Target:
    """The address of a server, for clients."""

    def __init__(self, target: str) -> None:
        self.target = target


def test_a_full_pipe_holds_no_call_and_every_dropped_line_is_counted(tmp_path: Path) -> None:
    """Nobody reads while calls with long names flood the log; a victim's calls go on."""
    server = serving(tmp_path, "log: {format: logfmt}\n")
    assert server.stderr is not None
    try:
        first = b""
        while b"operators" not in first:
            first += os.read(server.stderr.fileno(), 65_536)
        found = re.search(rb"message=listening .*address=(\S+)", first)
        operators = re.search(rb"operators.*address=(\S+)", first)
        assert found and operators
        target = Target(found[1].decode())
        slowest = 0.0
        made = 0
        with CallMaker(target) as flood, CallMaker(target) as victim:  # type: ignore[arg-type]
            dropped = 0
            while dropped < 1_000:
                waiting = [flood.rpc_future("x" * 190) for _ in range(200)]
                start = time.monotonic()
                victim.event("RPC", rpc_request("ping"))
                slowest = max(slowest, time.monotonic() - start)
                for call in waiting:
                    call.result()
                made += 201
                family = families(f"http://{operators[1].decode()}")["centrifugo_proxy_log_lines_dropped"]
                dropped = int(family.samples[0].value)
        assert slowest < 1
        server.send_signal(signal.SIGTERM)
        text = first + server.stderr.read()
        assert server.wait(60) == 0
    finally:
        server.kill()
        server.stderr.close()
    lines = text.decode().splitlines()
    told = sum(int(found[1]) for line in lines if (found := re.search(r" dropped=(\d+)$", line)))
    calls = sum("message=call " in line for line in lines)
    assert told >= dropped
    # Lines of the shutdown may be among the dropped.
    assert made - calls <= told <= made - calls + 3


def test_rotation_loses_nothing(tmp_path: Path) -> None:
    """By SIGUSR1 and by SIGHUP: what came before is in the renamed file, what came after in the new one."""
    log = tmp_path / "server.log"
    policy = policy_in(tmp_path, f"log: {{format: json, file: {log}}}\n")
    server = subprocess.Popen([BINARY, "serve", "--config", policy], stderr=subprocess.PIPE)
    try:
        def listening() -> str | None:
            records = lines_of(log) if log.exists() else []
            return next((str(r["address"]) for r in records if r["message"] == "listening"), None)

        while not (address := listening()):
            assert server.poll() is None
        methods = ["first", "second", "third"]
        with CallMaker(Target(address)) as calls:  # type: ignore[arg-type]
            for number, method in enumerate(methods):
                calls.event("RPC", rpc_request(method))
                # In the file 100 ms later at most, which a busy machine may stretch.
                while not any(record.get("method") == method for record in lines_of(log)):
                    assert server.poll() is None
                if number == len(methods) - 1:
                    break
                log.rename(tmp_path / f"server.log.{number}")
                server.send_signal([signal.SIGUSR1, signal.SIGHUP][number])
                while not log.exists():
                    assert server.poll() is None
            for _ in range(50):
                calls.event("RPC", rpc_request("last"))
            server.send_signal(signal.SIGTERM)
            assert server.wait(60) == 0
    finally:
        server.kill()
        assert server.stderr is not None
        assert server.stderr.read() == b""
        server.stderr.close()
    files = [tmp_path / "server.log.0", tmp_path / "server.log.1", log]
    for method, file in zip(methods, files, strict=True):
        assert any(record.get("method") == method for record in lines_of(file))
    assert sum(record.get("method") == "last" for record in lines_of(log)) == 50
    assert any(record["message"] == "reloaded the policy" for record in lines_of(log))


def test_the_page_lists_the_fields(tmp_path: Path) -> None:
    """Of the access log's lines, and no others."""
    log = tmp_path / "server.log"
    with ReadyServer("--config", policy_in(tmp_path), own_tokens=False) as server:
        operators_of(server)
        with CallMaker(server) as calls:  # type: ignore[arg-type]
            calls.event("RPC", rpc_request("unknown"))
        line = server.wait_for("verdict=")
    assert not log.exists()
    fields = set(re.findall(r" ([a-z_]+)=", line))
    listed = set(re.findall(r"^\| `([a-z_]+)` \|", LOGS, re.MULTILINE))
    assert fields <= listed
    assert {"event", "method", "user", "client", "verdict", "code", "reason", "next", "milliseconds"} == fields
