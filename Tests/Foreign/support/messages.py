"""Requests with every field set, and what the probe's handlers are to make of them."""

import base64
import json
from typing import Any

import proxy_pb2 as pb
from google.protobuf.descriptor import FieldDescriptor, MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

SERVICE = pb.DESCRIPTOR.services_by_name["CentrifugoProxy"]

# From the contract itself, so that an event added there cannot be forgotten here.
UNARY_EVENTS: dict[str, MethodDescriptor] = {
    method.name: method for method in SERVICE.methods if not (method.client_streaming or method.server_streaming)
}

ENCODINGS = ["json", "binary"]
PAYLOAD_SIZES = [1, 70_000]

# The probe's own answers, beside what it echoes.
EXPIRE_AT = 4_102_444_800
TEXT = 'Ada ✓ "quoted"'
RAW = b"\x00\xff\x80"

Request = Any
"""A request message. The generated types differ in their fields, which most tests choose by name."""


def path_of(event: str) -> str:
    """The path that a call of the event has in HTTP/2."""
    return f"/{SERVICE.full_name}/{event}"


def payload(encoding: str, size: int) -> bytes:
    """What a client may send with that encoding, of about that size."""
    if encoding == "json":
        return json.dumps({"text": "✓" + "x" * size}, ensure_ascii=False).encode()
    return (bytes(range(256)) * (size // 256 + 1))[:size]


def filled(event: str, encoding: str = "json", data: bytes = b"{}") -> Request:
    """A request of the event with every field set, its payload in the field for the encoding."""
    request: Request = GetMessageClass(UNARY_EVENTS[event].input_type)()
    fill(request, encoding, data)
    expected = {"data" if encoding == "binary" else "b64data"} & set(request.DESCRIPTOR.fields_by_name)
    assert unset(request) == expected
    return request


def fill(message: Message, encoding: str, data: bytes) -> None:
    """Sets every field of the message to a value that names it."""
    special: dict[str, object] = {
        "encoding": encoding,
        "data": b"" if encoding == "binary" else data,
        "b64data": base64.b64encode(data).decode() if encoding == "binary" else "",
        "meta": '{"from":"meta ✓"}'.encode(),
    }
    for field in message.DESCRIPTOR.fields:
        value = getattr(message, field.name)
        if is_map(field):
            value.update({f"{field.name} ✓": "one", "": "two"})
        elif field.is_repeated and field.message_type:
            for _ in range(2):
                fill(value.add(), encoding, data)
        elif field.is_repeated:
            value.extend([f"{field.name} ✓", ""])
        elif field.name in special:
            setattr(message, field.name, special[field.name])
        elif field.type == FieldDescriptor.TYPE_STRING:
            setattr(message, field.name, f"{field.name} ✓")
        else:
            setattr(message, field.name, 2**53 + field.number)


def is_map(field: Any) -> bool:
    """Whether the field is a map, which a descriptor shows as a repeated message."""
    return bool(field.message_type and field.message_type.GetOptions().map_entry)


def unset(message: Message) -> set[str]:
    """The names of the fields that have no value."""
    return {field.name for field in message.DESCRIPTOR.fields} - {field.name for field, _ in message.ListFields()}


def echo(request: Request) -> dict[str, object]:
    """What the probe answers about the request: each field by name, bytes in base64, the payload as `data`."""
    seen: dict[str, object] = {}
    for field, value in request.ListFields():
        if is_map(field):
            seen[field.name] = dict(value)
        elif field.is_repeated:
            seen[field.name] = list(value)
        elif field.name == "b64data":
            seen["data"] = value
        elif isinstance(value, bytes):
            seen[field.name] = base64.b64encode(value).decode()
        else:
            seen[field.name] = value
    return seen


def take_payload(result: Request, name: str, encoding: str) -> bytes:
    """Removes a payload from a result and returns it; it must be in the field for the encoding and not in the other."""
    plain, encoded = getattr(result, name), getattr(result, f"b64{name}")
    assert bool(plain) == (encoding == "json")
    assert bool(encoded) == (encoding == "binary")
    result.ClearField(name)
    result.ClearField(f"b64{name}")
    return base64.b64decode(encoded, validate=True) if encoding == "binary" else bytes(plain)


def take_json(result: Request, name: str, encoding: str) -> object:
    """Like `take_payload`, for a payload that is JSON whatever the encoding."""
    return json.loads(take_payload(result, name, encoding))


def take_sample(result: Request, name: str, encoding: str) -> None:
    """Removes the probe's sample payload and checks it: text becomes a JSON string, bytes stay as they are."""
    found = take_payload(result, name, encoding)
    if encoding == "json":
        assert json.loads(found) == TEXT
    else:
        assert found == RAW
