"""Measures what events cost the ready server, and what its access log adds.

Two servers with the same policy run at a time: one without the access log, the other with it, in a file. Both are loaded
in turn, each round the other one first. Differences and ratios are medians of those of each round.
"""

import argparse
import base64
import hashlib
import hmac
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmark.load import PING, Figures, Load, Shape
from benchmark.messages import Call, connect_request, publish_request, subscribe_request
from benchmark.server import BenchError, free_port, release_binary, running

ROUNDS = 7
# By h2load, and as Centrifugo sends calls.
SHAPES = (Shape(1, 100, 1.0), Shape(1, 100, 1.0, as_centrifugo=True))
WARM_UP = 0.1
LONGEST_SECONDS = 4.0
SECRET = "0123456789abcdef0123456789abcdef"
TOKEN_SECONDS = 86_400

POLICY = """
listeners: [{{tcp: "127.0.0.1:{port}"}}]
executor: {{event_loops: 1}}
log: {{file: "{log}", access: {access}}}
tokens: {{{tokens}}}
connect: {{}}
topics: [{{pattern: "chat-{{room:[a-z]+}}", who: authenticated, publish: true}}]
rpc: {{ping: true}}
"""


@dataclass(frozen=True)
class Subject:
    """An event to measure: where the server's tokens are, and the call, given one of them."""

    name: str
    what: str
    tokens: str
    call: Callable[[str], Call]


def _connect(token: str) -> Call:
    return Call("Connect", connect_request(json.dumps({"authToken": token})))


SUBSCRIBE = Call("Subscribe", subscribe_request("chat-lobby"))
PUBLISH = Call("Publish", publish_request("chat-lobby", '{"text":"good morning"}'))

SUBJECTS = (
    Subject("rpc", "RPC `ping`", "sqlite", lambda _: PING),
    Subject("subscribe", "Subscribe", "sqlite", lambda _: SUBSCRIBE),
    Subject("publish", "Publish", "sqlite", lambda _: PUBLISH),
    Subject("connect-sqlite", "Connect, token in SQLite", "sqlite", _connect),
    Subject("connect-jwt", "Connect, signed token (HS256)", "jwt", _connect),
)


class Server:
    """A ready server with a policy of its own, in a folder of its own."""

    def __init__(self, binary: Path, folder: Path, tokens: str, *, logs: bool) -> None:
        self.port = free_port()
        self.logs = logs
        self._binary = binary
        self._log = folder / "server.log"
        self._policy = folder / "policy.yaml"
        self._tokens = tokens
        section = f"sqlite: {{file: {folder / 'tokens'}}}" if tokens == "sqlite" else f"jwt: {{hmac: {SECRET}}}"
        access = "true" if logs else "false"
        self._policy.write_text(POLICY.format(port=self.port, log=self._log, access=access, tokens=section))

    @property
    def command(self) -> list[str]:
        """Starts it."""
        return [str(self._binary), "serve", "--config", str(self._policy)]

    def token(self) -> str:
        """A token that it accepts."""
        if self._tokens == "jwt":
            return _signed({"sub": "42", "exp": int(time.time()) + TOKEN_SECONDS})
        command = [self._binary, "token", "create", "42", "--config", self._policy]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def dropped(self, calls: int) -> int:
        """How many lines its log has dropped, once the server has ended; all others must be there."""
        lines = dropped = 0
        with self._log.open() as log:
            for line in log:
                lines += " call: event=" in line
                if found := re.search(r" dropped=(\d+)$", line):
                    dropped += int(found[1])
        if lines + dropped != (calls if self.logs else 0):
            raise BenchError(f"the log has {lines} lines of calls, and dropped {dropped}, of {calls} calls")
        return dropped


def _signed(claims: dict[str, object]) -> str:
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256"}, claims)]
    text = b".".join(_base64(part) for part in parts)
    return (text + b"." + _base64(hmac.new(SECRET.encode(), text, hashlib.sha256).digest())).decode()


def _base64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


@dataclass
class Pair:
    """The figures of one round."""

    without: Figures
    with_log: Figures
    dropped: int


def _measured(binary: Path, subject: Subject, shape: Shape, number: int, calls: int) -> Pair:
    figures: dict[bool, Figures] = {}
    loads: list[tuple[Server, Load]] = []
    with tempfile.TemporaryDirectory() as name:
        with ExitStack() as stack:
            for logs in (False, True) if number % 2 == 0 else (True, False):
                folder = Path(name) / str(logs)
                folder.mkdir()
                server = Server(binary, folder, subject.tokens, logs=logs)
                call = subject.call(server.token())
                pid = stack.enter_context(running(server.command, server.port))
                loads.append((server, Load(server.port, pid, folder, call)))
            for server, load in loads:
                figures[server.logs] = load.measure(shape, calls, warm_up=WARM_UP, longest=LONGEST_SECONDS)
        dropped = sum(server.dropped(load.made) for server, load in loads)
    return Pair(figures[False], figures[True], dropped)


def _row(what: str, shape: Shape, pairs: list[Pair]) -> str:
    def of(figure: Callable[[Figures], float]) -> tuple[float, float]:
        return median(figure(pair.without) for pair in pairs), median(figure(pair.with_log) for pair in pairs)

    processor, rate = of(lambda figures: figures.processor), of(lambda figures: figures.rate)
    typical, slow = of(lambda figures: figures.median), of(lambda figures: figures.slow)
    more = [pair.with_log.processor - pair.without.processor for pair in pairs]
    dropped = sum(pair.dropped for pair in pairs)
    return (
        f"| {what} | {shape} | {processor[0]:.2f} | {processor[1]:.2f} | {median(more):.2f} | {min(more):.2f} to {max(more):.2f}"
        f" | {rate[0]:,.0f} | {rate[1]:,.0f} | {typical[0]:.0f} | {typical[1]:.0f} | {slow[0]:.0f} | {slow[1]:.0f}"
        f" | {dropped} |"
    )


def main(arguments: list[str]) -> None:
    """Measures events of the ready server without its access log and with it, and prints one table."""
    names = "; ".join(f"{subject.name}: {subject.what}" for subject in SUBJECTS)
    parser = argparse.ArgumentParser(
        prog="Scripts/bench ready", description=main.__doc__, epilog=f"What is measured: {names}."
    )
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each is measured (default %(default)s)")
    parser.add_argument("--calls", type=int, default=400_000, help="calls of a round at most (default %(default)s)")
    parser.add_argument("--only", metavar="NAME,…", help="just these of what is measured")
    options = parser.parse_args(arguments)
    wanted = options.only.split(",") if options.only else [subject.name for subject in SUBJECTS]
    if unknown := set(wanted) - {subject.name for subject in SUBJECTS}:
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    if options.rounds < 1 or options.calls < 1:
        parser.error("there must be at least one round, and one call")

    binary = release_binary("centrifugo-proxy", "--enable-all-traits")
    print(
        "One event loop, the log in a file\n\n"
        "| call | connections × streams | CPU µs/call | with the log | more | in rounds | calls/s | with the log | p50 µs | with the log"
        " | p99 µs | with the log | lines dropped |\n"
        "|---|---|--:|--:|--:|---|--:|--:|--:|--:|--:|--:|--:|",
        flush=True,
    )
    for subject in SUBJECTS:
        if subject.name not in wanted:
            continue
        for shape in SHAPES:
            pairs = []
            for number in range(options.rounds):
                print(f"Round {number + 1} of {options.rounds}, {shape}: {subject.what}", file=sys.stderr)
                pairs.append(_measured(binary, subject, shape, number, options.calls))
            print(_row(subject.what, shape, pairs), flush=True)
