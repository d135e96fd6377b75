"""Measures subscription streams by the ten thousand on one connection, against the probe server of the tests."""

import argparse
import json
import os
import socket
import struct
import sys
import time
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmark.messages import PATH, rpc_request, subscribe_request
from benchmark.server import LOAD_CORE, BenchError, free_port, memory, processor_seconds, release_binary, running

WAIT_SECONDS = 60
# So many streams are opened at a time, so that neither side waits for the other to read.
PORTION = 500
PAYLOAD_BYTES = 100
# With the prefix of gRPC and the tags and lengths of two protobuf messages.
PUBLICATION_BYTES = 5 + 2 + 2 + PAYLOAD_BYTES

# Frame types and flags of RFC 9113 §6
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE = 0, 1, 3, 4, 6, 7, 8
END_STREAM, ACK, END_HEADERS = 1, 1, 4
INITIAL_WINDOW_SIZE, LARGEST_WINDOW = 4, 2**31 - 1
CANCEL = 8

# Length and type share the first word.
FRAME = struct.Struct(">IBI")


class Connection:
    """A client's connection with windows that never fill, which counts what comes on each stream."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=WAIT_SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._rest = b""
        self._header_table: list[tuple[str, str]] = []
        self._next_stream = 1
        # By stream, at half its id: the bytes of DATA frames.
        self.received = array("Q")
        self.total = 0
        self.ended: set[int] = set()
        window = struct.pack(">HI", INITIAL_WINDOW_SIZE, LARGEST_WINDOW)
        grant = struct.pack(">I", LARGEST_WINDOW - 65_535)
        preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
        self._socket.sendall(preface + _frame(SETTINGS, 0, 0, window) + _frame(WINDOW_UPDATE, 0, 0, grant))

    def close(self) -> None:
        """Closes the connection."""
        self._socket.close()

    def rpc(self, method: str, argument: object) -> None:
        """Runs a method of the probe's, and waits for its end."""
        stream = self._next_stream
        self._socket.sendall(self._call("RPC", rpc_request(method, json.dumps(argument, separators=(",", ":")))))
        self.receive_until(lambda: stream in self.ended)
        if not self.received[stream >> 1]:
            raise BenchError(f"the method {method} was not answered")

    def subscribe(self, channel: str, count: int) -> range:
        """Opens streams, and waits until each is accepted; returns their ids."""
        request = subscribe_request(channel)
        first, before = self._next_stream, self._next_stream
        while before < first + 2 * count:
            portion = min(PORTION, count - (before - first) // 2)
            calls = [self._call("SubscribeUnidirectional", request) for _ in range(portion)]
            self._socket.sendall(b"".join(calls))
            last = self._next_stream
            self.receive_until(lambda start=before, end=last: all(self.received[start >> 1 : end >> 1]))
            before = last
        return range(first, self._next_stream, 2)

    def reset(self, streams: range) -> None:
        """Resets streams all at once."""
        code = struct.pack(">I", CANCEL)
        self._socket.sendall(b"".join(_frame(RST_STREAM, 0, stream, code) for stream in streams))

    def bytes_of(self, streams: range) -> set[int]:
        """The different numbers of bytes that the streams have received."""
        return {self.received[stream >> 1] for stream in streams}

    def receive_until(self, done: Callable[[], bool]) -> None:
        """Takes what comes until it is enough."""
        while not done():
            received = self._socket.recv(1 << 20)
            if not received:
                raise BenchError("the server closed the connection")
            self._take(self._rest + received)

    def _take(self, data: bytes) -> None:
        start, end = 0, len(data) - FRAME.size
        unpack = FRAME.unpack_from
        received = self.received
        while start <= end:
            word, flags, stream = unpack(data, start)
            length = word >> 8
            following = start + FRAME.size + length
            if following > len(data):
                break
            kind = word & 0xFF
            if kind == DATA:
                received[stream >> 1] += length
                self.total += length
            elif kind in {RST_STREAM, GOAWAY}:
                raise BenchError(f"the server sent {data[start:following]!r}")
            elif kind in {SETTINGS, PING} and not flags & ACK:
                answer = b"" if kind == SETTINGS else data[start + FRAME.size : following]
                self._socket.sendall(_frame(kind, ACK, 0, answer))
            if kind in {DATA, HEADERS} and flags & END_STREAM:
                self.ended.add(stream)
            start = following
        self._rest = data[start:]

    def _call(self, method: str, message: bytes) -> bytes:
        stream, self._next_stream = self._next_stream, self._next_stream + 2
        self.received.append(0)
        fields = [
            (":method", "POST"),
            (":scheme", "http"),
            (":path", PATH + method),
            (":authority", "backend:10001"),
            ("content-type", "application/grpc"),
            ("user-agent", "grpc-go/1.82.0"),
            ("te", "trailers"),
        ]
        headers = b"".join(map(self._header, fields))
        return _frame(HEADERS, END_HEADERS, stream, headers) + _frame(DATA, END_STREAM, stream, message)

    def _header(self, field: tuple[str, str]) -> bytes:
        """A field as RFC 7541 §6.1 and §6.2.1 have it: an index when it was sent before, after the 61 static ones."""
        if field in self._header_table:
            return bytes([0x80 | 62 + self._header_table.index(field)])
        self._header_table.insert(0, field)
        name, value = (text.encode() for text in field)
        return bytes([0x40, len(name)]) + name + bytes([len(value)]) + value


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return FRAME.pack(len(payload) << 8 | kind, flags, stream) + payload


@dataclass(frozen=True)
class Idle:
    """What idle streams cost."""

    kind: str
    first_kib: float
    further_kib: float
    open_seconds: float
    reset_seconds: float


@dataclass(frozen=True)
class FanOut:
    """What it costs to publish to all streams."""

    kind: str
    delivered: int
    per_second: float
    processor_micros: float


@contextmanager
def connected(command: list[str]) -> Iterator[tuple[Connection, int]]:
    """A server of its own and a connection to it, warmed up; yields its process id as well."""
    port = free_port()
    with running([*command, "--port", str(port), "--event-loops", "1", "--stream-drain-window", "0"], port) as pid:
        connection = Connection(port)
        try:
            connection.rpc("echo", 1)
            yield connection, pid
        finally:
            connection.close()


def measure_idle(command: list[str], kind: str, channel: str, count: int) -> Idle:
    """Opens streams on which nothing happens, and as many again."""
    with connected(command) as (connection, pid):
        connection.reset(connection.subscribe(channel, 10))
        connection.rpc("echo", 1)
        sizes = [memory(pid)]
        began = time.monotonic()
        first = connection.subscribe(channel, count)
        opened = time.monotonic() - began
        sizes.append(memory(pid))
        connection.subscribe(channel, count)
        sizes.append(memory(pid))
        if not connection.ended.isdisjoint(first):
            raise BenchError("not every stream stayed open")

        began = time.monotonic()
        connection.reset(first)
        # After the resets, so that it is answered when all of them are done.
        connection.rpc("echo", 1)
        reset = time.monotonic() - began
        if len(connection.bytes_of(first)) != 1:
            raise BenchError("not every stream got the same first message")
        growth = [(after - before) / count / 1024 for before, after in zip(sizes, sizes[1:], strict=False)]
        return Idle(kind, growth[0], growth[1], opened, reset)


def measure_fan_out(command: list[str], streams: int, publications: int) -> list[FanOut]:
    """Publishes to all streams: each publication when the one before has arrived everywhere, then all at once."""
    with connected(command) as (connection, pid):
        opened = connection.subscribe("hub:fan-out", streams)
        for _ in range(10):
            publish(connection, streams, count=1)
        results = []
        for kind, rounds, count in (("one by one", publications, 1), ("all at once", 1, publications)):
            (before,) = connection.bytes_of(opened)
            began, used = time.monotonic(), processor_seconds(pid)
            for _ in range(rounds):
                publish(connection, streams, count=count)
            seconds, used = time.monotonic() - began, processor_seconds(pid) - used
            if connection.bytes_of(opened) != {before + publications * PUBLICATION_BYTES}:
                raise BenchError("not every stream got every publication once")
            delivered = streams * publications
            results.append(FanOut(kind, delivered, delivered / seconds, used / delivered * 1e6))
        return results


def publish(connection: Connection, streams: int, *, count: int) -> None:
    """Publishes, and waits until as many bytes have arrived as all streams are to get."""
    total = connection.total
    connection.rpc("publish", {"channel": "fan-out", "count": count, "size": PAYLOAD_BYTES})
    # The call's own answer is shorter than one publication.
    connection.receive_until(lambda: connection.total - total >= streams * count * PUBLICATION_BYTES)


def main(arguments: list[str]) -> None:
    """Measures, and prints one table."""
    parser = argparse.ArgumentParser(prog="Scripts/bench streams", description=__doc__)
    parser.add_argument("--streams", type=int, default=10_000, help="streams on one connection (default %(default)s)")
    parser.add_argument("--publications", type=int, default=100, help="publications to all (default %(default)s)")
    options = parser.parse_args(arguments)

    command = [str(release_binary("probe-server"))]
    os.sched_setaffinity(0, {int(LOAD_CORE)})
    count = f"{options.streams:,}"
    print("| streams | measure | result |")
    print("|---|---|---|")
    for kind, channel in (("of a hub", "hub:idle"), ("with a task each", "idle")):
        idle = measure_idle(command, kind, channel, options.streams)
        for measure, result in (
            (f"memory of each of the first {count}", f"{idle.first_kib:.2f} KiB"),
            (f"memory of each of the next {count}", f"{idle.further_kib:.2f} KiB"),
            (f"time to open {count}", f"{idle.open_seconds:.2f} s"),
            (f"time to reset {count}", f"{idle.reset_seconds:.2f} s"),
        ):
            print(f"| {kind} | {measure} | {result} |", flush=True)
    for fan_out in measure_fan_out(command, options.streams, options.publications):
        name = f"1 publisher to {count}, {PAYLOAD_BYTES} bytes, {options.publications} publications {fan_out.kind}"
        print(f"| of a hub | {name}: delivered | {fan_out.delivered:,}, {fan_out.per_second:,.0f}/s |")
        print(f"| of a hub | the same: server CPU | {fan_out.processor_micros:.2f} µs/delivered |", flush=True)


if __name__ == "__main__":
    sys.exit("Run this as: Scripts/bench streams")
