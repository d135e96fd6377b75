"""Loads a server with one call, by h2load and as Centrifugo's own client sends it, and tells what a call costs."""

import math
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from benchmark import generator
from benchmark.messages import PATH, Call, rpc_request
from benchmark.server import LOAD_CORE, START_SECONDS, BenchError, memory, processor_seconds

HEADERS = ("content-type: application/grpc", "te: trailers", "grpc-timeout: 1000000u", "user-agent: grpc-go/1.82.0")
RUN_SECONDS = 120
PING = Call("RPC", rpc_request("ping", '{"sent":1784030400}'))


@dataclass(frozen=True)
class Shape:
    """How a load is spread, and which part of the asked number of calls it makes.

    h2load's header block is the same in each call. Centrifugo's has another timeout each time, which moves all other fields
    in the server's table.
    """

    connections: int
    streams: int
    share: float
    as_centrifugo: bool = False

    def __str__(self) -> str:
        return f"{self.connections} × {self.streams}" + (", as Centrifugo" if self.as_centrifugo else "")


SHAPES = (
    *(Shape(1, 100, 1.0), Shape(8, 32, 1.0), Shape(64, 1, 0.5), Shape(1, 1, 0.1)),
    *(Shape(1, 100, 1.0, as_centrifugo=True), Shape(8, 32, 1.0, as_centrifugo=True)),
)


@dataclass(frozen=True)
class Figures:
    """What a load of one shape came to. Times are in microseconds."""

    calls: int
    rate: float
    median: float
    slow: float
    processor: float
    peak_memory: float


def header_options() -> list[str]:
    """The request headers as options of nghttp and h2load."""
    return [option for header in HEADERS for option in ("-H", header)]


class Load:
    """What loads the server that listens on a port: always the same call, whose answer is verified first."""

    def __init__(self, port: int, pid: int, scratch: Path, call: Call = PING) -> None:
        self._port = port
        self._method = PATH + call.method
        self._url = f"http://127.0.0.1:{port}{PATH}{call.method}"
        self._pid = pid
        self._body = scratch / "request"
        self._log = scratch / "log"
        self._body.write_bytes(call.request)
        # How many calls the server has had.
        self.made = 0
        self.answer = self._verified_answer()

    def _verified_answer(self) -> bytes:
        """Makes one call and checks that it succeeds as gRPC, which h2load cannot see: it knows HTTP statuses only."""
        command = ["nghttp", "--data", str(self._body), *header_options(), self._url]
        shown = subprocess.run(
            [*command, "--verbose", "--null-out"], capture_output=True, timeout=START_SECONDS, check=False
        )
        text = re.sub(r"\x1b\[[0-9;]*m", "", shown.stdout.decode(errors="replace"))
        if not re.search(r"recv \(stream_id=\d+\) grpc-status: 0$", text, re.MULTILINE):
            raise BenchError(f"a single call did not end with grpc-status 0:\n{text}")
        plain = subprocess.run(command, capture_output=True, timeout=START_SECONDS, check=True)
        self.made += 2
        # After the prefix of five bytes, the first field of each response: the result, and not an error or a disconnect.
        if plain.stdout[5:6] != b"\x0a":
            raise BenchError(f"a single call was refused: {plain.stdout!r}")
        return plain.stdout

    def run(self, shape: Shape, calls: int, *, log: bool = False) -> float:
        """Makes that many calls and returns the calls per second; every one must be answered as the first was."""
        if shape.as_centrifugo:
            return self._generated(shape, calls).rate
        command = [
            *("taskset", "--cpu-list", LOAD_CORE, "h2load", "--data", str(self._body)),
            *("-n", str(calls), "-c", str(shape.connections), "-m", str(shape.streams), "-t", "1"),
            *(["--log-file", str(self._log)] if log else []),
            *header_options(),
            self._url,
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=RUN_SECONDS, check=False)
        report = done.stdout
        self.made += calls
        rate = re.search(r"finished in [^,]*, ([\d.]+) req/s", report)
        succeeded = re.search(r"(\d+) succeeded, 0 failed, 0 errored, 0 timeout", report)
        data = re.search(r"\((\d+)\) data$", report, re.MULTILINE)
        if not (rate and succeeded and data) or int(succeeded[1]) != calls:
            raise BenchError(f"not every call succeeded:\n{report}{done.stderr}")
        # A refusal is HTTP 200 as well, but has another body or none.
        if int(data[1]) != calls * len(self.answer):
            raise BenchError(f"not every answer has the {len(self.answer)} bytes of the verified one:\n{report}")
        return float(rate[1])

    def _generated(self, shape: Shape, calls: int) -> generator.Report:
        """Makes that many calls as Centrifugo does."""
        self.made += calls
        limits = (shape.connections, shape.streams, calls, len(self.answer))
        return generator.run(self._port, self._method, self._body, *limits)

    def measure(self, shape: Shape, calls: int, *, warm_up: float = 0.2, longest: float = math.inf) -> Figures:
        """Measures one shape: warmed up, then counted, and by h2load once more with its log of single calls.

        The warm-up is that part of the calls. The counted run is no longer than so many seconds, by its pace.
        """

        def asked(calls: float) -> int:
            # Every connection needs its share of the calls, and h2load refuses fewer calls than connections.
            return max(round(calls), shape.connections * shape.streams)

        pace = self.run(shape, asked(calls * shape.share * warm_up))
        calls = asked(min(calls * shape.share, pace * longest))

        before = processor_seconds(self._pid)
        report = self._generated(shape, calls) if shape.as_centrifugo else None
        rate = report.rate if report else self.run(shape, calls)
        used = (processor_seconds(self._pid) - before) / calls * 1e6

        if report:
            median, slow = report.median, report.slow
        else:
            self.run(shape, asked(calls * 0.2), log=True)
            median, slow = self._percentiles()
        return Figures(calls, rate, median, slow, used, memory(self._pid, peak=True))

    def _percentiles(self) -> tuple[float, float]:
        """The 50th and 99th percentile of the duration of calls, in microseconds, from h2load's log."""
        durations = sorted(int(line.split("\t")[2]) for line in self._log.read_text().splitlines())
        # h2load appends to a log that is there.
        self._log.unlink()
        return durations[len(durations) // 2], durations[len(durations) * 99 // 100]
