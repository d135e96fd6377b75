"""Requests of Centrifugo's, in the bytes of protobuf and gRPC."""

from dataclasses import dataclass

# The method's name is appended.
PATH = "/centrifugal.centrifugo.proxy.CentrifugoProxy/"


@dataclass(frozen=True)
class Call:
    """A call: the method of the proxy service, and the length-prefixed request."""

    method: str
    request: bytes


def rpc_request(method: str, data: str) -> bytes:
    """A length-prefixed RPCRequest with the fields that Centrifugo sets."""
    return _prefixed(_client() + _field(11, method) + _field(12, data))


def subscribe_request(channel: str) -> bytes:
    """A length-prefixed SubscribeRequest with the fields that Centrifugo sets."""
    return _prefixed(_client() + _field(11, channel))


def publish_request(channel: str, data: str) -> bytes:
    """A length-prefixed PublishRequest with the fields that Centrifugo sets."""
    return _prefixed(_client() + _field(11, channel) + _field(12, data))


def connect_request(data: str) -> bytes:
    """A length-prefixed ConnectRequest with the fields that Centrifugo sets."""
    return _prefixed(_connection() + _field(10, data))


def _client() -> bytes:
    return _connection() + _field(10, "42")  # user


def _connection() -> bytes:
    return (
        _field(1, "0b39c1e4-9a36-4d0c-9b8c-4d3d8f3a1c52")  # client
        + _field(2, "websocket")  # transport
        + _field(3, "json")  # protocol
        + _field(4, "json")  # encoding
    )


def _field(number: int, text: str) -> bytes:
    value = text.encode()
    return bytes([number << 3 | 2]) + _varint(len(value)) + value


def _varint(number: int) -> bytes:
    low, high = number & 0x7F, number >> 7
    return bytes([low | 0x80]) + _varint(high) if high else bytes([low])


def _prefixed(message: bytes) -> bytes:
    return b"\0" + len(message).to_bytes(4, "big") + message
