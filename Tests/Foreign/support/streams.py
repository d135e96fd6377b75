"""Subscription streams to the probe server: their requests, and both directions of one through grpcio."""

import queue
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Self

import proxy_pb2 as pb
from calls import SECONDS, CallMaker, rpc_request
from raw_http2 import RawConnection, length_prefixed

# RFC 9113 §7
CANCEL, ENHANCE_YOUR_CALM = 8, 11
# gRPC's status codes
OK, DEADLINE_EXCEEDED, INTERNAL, UNAVAILABLE = 0, 4, 13, 14

ACCEPTED = pb.StreamSubscribeResponse(subscribe_response=pb.SubscribeResponse(result=pb.SubscribeResult()))


def subscription(channel: str, encoding: str = "json") -> pb.SubscribeRequest:
    """A client that subscribes; the channel's name tells the probe's handler what to do."""
    return pb.SubscribeRequest(client="client", encoding=encoding, user="42", channel=channel)


def one_way(channel: str) -> bytes:
    """The first and only message of a unidirectional stream."""
    return subscription(channel).SerializeToString()


def both_ways(channel: str) -> bytes:
    """The first message of a bidirectional stream."""
    return pb.StreamSubscribeRequest(subscribe_request=subscription(channel)).SerializeToString()


def opening(kind: str, channel: str) -> bytes:
    """The first message of a stream of that kind."""
    return both_ways(channel) if kind == "both ways" else one_way(channel)


def published(data: bytes) -> bytes:
    """A client's publication, as a message with its prefix."""
    return length_prefixed(pb.StreamSubscribeRequest(publication=pb.Publication(data=data)).SerializeToString())


def parsed(messages: Iterable[bytes]) -> list[pb.StreamSubscribeResponse]:
    """The messages of a stream's answer."""
    return [pb.StreamSubscribeResponse.FromString(message) for message in messages]


def open_many(raw: RawConnection, channel: str, count: int) -> list[int]:
    """Opens unidirectional streams and waits until each is accepted."""
    message = one_way(channel)
    streams: list[int] = []
    while len(streams) < count:
        # In portions, so that neither side waits for the other to read.
        portion = [raw.subscribe(message) for _ in range(min(500, count - len(streams)))]
        for stream in portion:
            assert parsed(raw.messages(stream)) == [ACCEPTED]
        streams += portion
    return streams


def raw_rpc(raw: RawConnection, method: str, argument: object = None) -> int:
    """Runs a method of the probe's RPC handler on a connection of single frames; returns its status."""
    return raw.response(raw.call("RPC", rpc_request(method, argument).SerializeToString())).status


def until(done: Callable[[], bool]) -> None:
    """Asks the server again and again; the test's time limit ends what never becomes true."""
    while not done():
        pass


class Conversation:
    """A bidirectional stream through grpcio."""

    def __init__(self, calls: CallMaker, channel: str) -> None:
        self._outgoing: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._outgoing.put(pb.StreamSubscribeRequest(subscribe_request=subscription(channel)))
        self.call: Any = calls.stub.SubscribeBidirectional(iter(self._outgoing.get, None), timeout=SECONDS)
        self.incoming: Iterator[Any] = iter(self.call)

    def publish(self, data: bytes, **tags: str) -> None:
        """Sends a publication as the client."""
        self._outgoing.put(pb.StreamSubscribeRequest(publication=pb.Publication(data=data, tags=tags)))

    def half_close(self) -> None:
        """Ends the client's side."""
        self._outgoing.put(None)

    def __enter__(self) -> Self:
        assert next(self.incoming) == ACCEPTED
        return self

    def __exit__(self, *_: object) -> None:
        self.half_close()
        self.call.cancel()
