"""HTTP/2 frames as bytes, made once and sent many times."""

import struct

from messages import path_of

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

# RFC 9113 §6: types, flags, settings
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, ACK, END_HEADERS, PADDED = 0x1, 0x1, 0x4, 0x8
HEADER_TABLE_SIZE, INITIAL_WINDOW_SIZE = 1, 4
LARGEST_WINDOW = 2**31 - 1
INITIAL_WINDOW = 65_535
LARGEST_FRAME = 16_384

# RFC 9113 §7
NO_ERROR, PROTOCOL_ERROR, FLOW_CONTROL_ERROR, STREAM_CLOSED, REFUSED_STREAM = 0, 1, 3, 5, 7
CANCEL, COMPRESSION_ERROR, ENHANCE_YOUR_CALM = 8, 9, 11

# Length and type share the first word.
_FRAME = struct.Struct(">IBI")


def frame(kind: int, flags: int = 0, stream: int = 0, payload: bytes = b"") -> bytes:
    """Any frame, right or wrong."""
    return _FRAME.pack(len(payload) << 8 | kind, flags, stream) + payload


def parsed_head(data: bytes | bytearray, start: int) -> tuple[int, int, int, int]:
    """Length, type, flags and stream of the frame that begins there."""
    word, flags, stream = _FRAME.unpack_from(data, start)
    return word >> 8, word & 0xFF, flags, stream & LARGEST_WINDOW


FRAME_HEAD = _FRAME.size


def settings(values: dict[int, int]) -> bytes:
    """A SETTINGS frame."""
    return frame(SETTINGS, payload=b"".join(struct.pack(">HI", *pair) for pair in values.items()))


def window_update(stream: int, increment: int) -> bytes:
    """A WINDOW_UPDATE frame."""
    return frame(WINDOW_UPDATE, stream=stream, payload=struct.pack(">I", increment))


def reset(stream: int, code: int = CANCEL) -> bytes:
    """A RST_STREAM frame."""
    return frame(RST_STREAM, stream=stream, payload=struct.pack(">I", code))


def integer(value: int, prefix_bits: int, first: int = 0) -> bytes:
    """RFC 7541 §5.1: a number after the bits that `first` sets."""
    most = (1 << prefix_bits) - 1
    if value < most:
        return bytes([first | value])
    coded = bytearray([first | most])
    value -= most
    while value >= 0x80:
        coded.append(value & 0x7F | 0x80)
        value >>= 7
    coded.append(value)
    return bytes(coded)


def field(name: bytes, value: bytes, *, indexed: bool = False) -> bytes:
    """RFC 7541 §6.2: a field with its name, for the dynamic table or not."""
    return (b"\x40" if indexed else b"\0") + integer(len(name), 7) + name + integer(len(value), 7) + value


def request_block(event: str = "RPC", *more: tuple[str, str]) -> bytes:
    """The header block of a call, which needs no state and can be sent again and again."""
    fields = [*fields_of(event), *((name.encode(), value.encode()) for name, value in more)]
    # Indices of the static table: POST and http.
    return b"\x83\x86" + b"".join(field(*each) for each in fields)


def fields_of(event: str) -> list[tuple[bytes, bytes]]:
    """The fields of a call that HPACK's static table does not have."""
    fields = [
        (":path", path_of(event)),
        (":authority", "probe"),
        ("content-type", "application/grpc"),
        ("te", "trailers"),
    ]
    return [(name.encode(), value.encode()) for name, value in fields]


class TabledRequest:
    """A call whose fields are put into HPACK's table once, and cost a byte each in every later call.

    The lists decode to `size` bytes (RFC 9113 §6.5.2) by naming one large field again and again.
    """

    # Below 4,096 bytes (RFC 7541 §4.2) together with the call's own fields.
    _LARGEST = 3_700

    def __init__(self, event: str = "RPC", size: int = 0) -> None:
        fields = fields_of(event)
        own = sum(
            len(name) + len(value) + 32 for name, value in [(b":method", b"POST"), (b":scheme", b"http"), *fields]
        )
        wanted = max(0, size - own)
        times = -(-wanted // self._LARGEST)
        if times:
            fields.append((b"large", b"x" * (wanted // times - 32 - len(b"large"))))
        # The entry added last has the lowest index after the static table's 61.
        indices = range(61 + len(fields), 61, -1)
        named = [integer(index, 7, 0x80) for index in indices]
        methods = b"\x83\x86"
        self._first = methods + b"".join(field(*each, indexed=True) for each in fields) + named[-1] * max(0, times - 1)
        self._later = methods + b"".join(named) + named[-1] * max(0, times - 1)

    def first(self, stream: int, *, last: bool = False) -> bytes:
        """The call that fills the table; its list is like the later ones without a field of their own."""
        return headers(stream, self._first, last=last)

    def later(self, stream: int, own: bytes = b"", *, last: bool = False) -> bytes:
        """A call that refers to the table, with a field `n` of its own if it has a value."""
        return headers(stream, self._later + (field(b"n", own) if own else b""), last=last)


def headers(stream: int, block: bytes, *, last: bool = False) -> bytes:
    """A HEADERS frame with a whole header block."""
    return frame(HEADERS, END_HEADERS | (END_STREAM if last else 0), stream, block)


def data(stream: int, payload: bytes, *, last: bool = True) -> bytes:
    """DATA frames, as many as it takes."""
    pieces = [payload[start : start + LARGEST_FRAME] for start in range(0, len(payload), LARGEST_FRAME)] or [b""]
    return b"".join(
        frame(DATA, END_STREAM if last and number == len(pieces) else 0, stream, piece)
        for number, piece in enumerate(pieces, 1)
    )


def streams(count: int, first: int = 1) -> range:
    """The ids of a client's next streams."""
    return range(first, first + 2 * count, 2)
