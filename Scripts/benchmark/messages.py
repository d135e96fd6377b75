"""Requests of Centrifugo's, in the bytes of protobuf and gRPC."""

# The method's name is appended.
PATH = "/centrifugal.centrifugo.proxy.CentrifugoProxy/"


def rpc_request(method: str, data: str) -> bytes:
    """A length-prefixed RPCRequest with the fields that Centrifugo sets."""
    return _prefixed(_client() + _field(11, method) + _field(12, data))


def subscribe_request(channel: str) -> bytes:
    """A length-prefixed SubscribeRequest with the fields that Centrifugo sets."""
    return _prefixed(_client() + _field(11, channel))


def _client() -> bytes:
    return (
        _field(1, "0b39c1e4-9a36-4d0c-9b8c-4d3d8f3a1c52")  # client
        + _field(2, "websocket")  # transport
        + _field(3, "json")  # protocol
        + _field(4, "json")  # encoding
        + _field(10, "42")  # user
    )


def _field(number: int, text: str) -> bytes:
    value = text.encode()
    if len(value) > 127:
        raise ValueError("one byte of length is all this writes")
    return bytes([number << 3 | 2, len(value)]) + value


def _prefixed(message: bytes) -> bytes:
    return b"\0" + len(message).to_bytes(4, "big") + message
