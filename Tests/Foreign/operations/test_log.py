"""The ready server's log: a pipe that nobody reads, rotation, and the end of the process."""

import json
import os
import re
import resource
import signal
import subprocess
import time
from pathlib import Path

from calls import CallMaker, rpc_request
from operators import families, operators_of, policy_in
from ready import BINARY, ROOT, ReadyServer

SIGNALS = (signal.SIGUSR1, signal.SIGHUP)
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
            began = time.monotonic()
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
    reports = [int(found[1]) for line in lines if (found := re.search(r" dropped=(\d+)$", line))]
    told = sum(reports)
    # One a second, and one at the end.
    assert len(reports) <= time.monotonic() - began + 2
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


def started(folder: Path, log: Path, largest: int) -> tuple[subprocess.Popen[bytes], str]:
    """A server with a log file that cannot grow beyond a size, and its address."""
    policy = policy_in(folder, f"log: {{format: json, file: {log}}}\n")
    server = subprocess.Popen(
        [BINARY, "serve", "--config", policy],
        stderr=subprocess.PIPE,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest)),
    )
    while True:
        assert server.poll() is None
        text = log.read_text() if log.exists() else ""
        for line in text.splitlines(keepends=True):
            if line.endswith("\n") and (record := json.loads(line))["message"] == "listening":
                return server, str(record["address"])


def test_a_line_that_did_not_fit_is_whole_in_the_next_file(tmp_path: Path) -> None:
    """The file takes no more in the midst of a line, as on a full disk; after the rotation nothing is missing."""
    log, full = tmp_path / "server.log", tmp_path / "server.log.1"
    server, address = started(tmp_path, log, 30_001)
    try:
        with CallMaker(Target(address)) as calls:  # type: ignore[arg-type]
            for number in range(200):
                calls.event("RPC", rpc_request(f"method-{number}"))
            while log.stat().st_size < 30_001:
                assert server.poll() is None
            log.rename(full)
            server.send_signal(signal.SIGUSR1)
            while not log.exists():
                assert server.poll() is None
        server.send_signal(signal.SIGTERM)
        assert server.wait(60) == 0
    finally:
        server.kill()
        assert server.stderr is not None
        server.stderr.close()
    *whole, part = full.read_text().split("\n")
    assert part
    records = [json.loads(line) for line in whole] + lines_of(log)
    methods = [record["method"] for record in records if record["message"] == "call"]
    assert methods == [f"method-{number}" for number in range(200)]
    assert any(r["message"] == "the log could not be written: File too large" for r in lines_of(log))


def test_a_pipe_without_a_reader_is_no_log_file(tmp_path: Path) -> None:
    """The server says so at once, and takes a pipe with a reader."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    policy = policy_in(tmp_path, f"log: {{file: {pipe}}}\n")
    done = subprocess.run([BINARY, "serve", "--config", policy], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert done.stderr == (
        f"centrifugo-proxy: The log file {pipe} cannot be opened (it is a pipe that nothing reads, or a socket); choose a file that this "
        "user may write.\n"
    )
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(reader, True)
    server = subprocess.Popen([BINARY, "serve", "--config", policy])
    try:
        with open(reader, encoding="utf-8") as lines:
            assert server.poll() is None
            while not (line := lines.readline()):
                assert server.poll() is None
            assert "listening" in line
            server.send_signal(signal.SIGTERM)
            assert server.wait(60) == 0
    finally:
        server.kill()


def is_caught(server: subprocess.Popen[bytes], number: int) -> bool:
    """Whether a process has a handler for a signal."""
    found = re.search(r"^SigCgt:\s*(\w+)", Path(f"/proc/{server.pid}/status").read_text(), re.MULTILINE)
    return found is not None and bool(int(found[1], 16) >> (number - 1) & 1)


def test_the_signals_for_the_log_are_caught_before_it_is_opened(tmp_path: Path) -> None:
    """So that the first rotation is neither missed nor the end of the process."""
    log = tmp_path / "server.log"
    server = serving(tmp_path, f"log: {{format: json, file: {log}}}\n")
    assert server.stderr is not None
    try:
        # In this order: what the first one sees has happened before the second one is asked.
        while not ((is_open := log.exists()) | (are_caught := all(is_caught(server, s) for s in SIGNALS))):
            assert server.poll() is None
        assert are_caught or not is_open
        for number in SIGNALS:
            server.send_signal(number)
        while not any(record["message"] == "reloaded the policy" for record in (lines_of(log) if log.exists() else [])):
            assert server.poll() is None
        server.send_signal(signal.SIGTERM)
        assert server.wait(60) == 0
    finally:
        server.kill()
        server.stderr.close()


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
