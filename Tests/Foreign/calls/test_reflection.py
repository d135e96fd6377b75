"""The schema, read from the server by grpcio-reflection and compared with the protos that it was made from."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import grpc
import proxy_pb2 as pb
import pytest
from calls import SECONDS, CallMaker, failure
from google.protobuf.descriptor import Descriptor
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection_pb2
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
from messages import SERVICE
from probe import Probe

SECRET = ("x-secret", "open sesame")
SERVICES = [
    SERVICE.full_name,
    "grpc.health.v1.Health",
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
]
VERSIONS = ["v1", "v1alpha"]


def reflect(calls: CallMaker, version: str, requests: Iterable[Any], **options: Any) -> Iterator[Any]:
    """Asks either version with v1alpha's messages, which have the same fields as v1's."""
    call: Any = calls.channel.stream_stream(
        f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
        request_serializer=reflection_pb2.ServerReflectionRequest.SerializeToString,
        response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
    )
    answers: Iterator[Any] = call(iter(list(requests)), timeout=SECONDS, **options)
    return answers


def everything_in(message: Descriptor) -> Iterator[str]:
    """The full names of a message, of its fields, and of all that is nested in it."""
    yield message.full_name
    yield from (field.full_name for field in message.fields)
    for nested in message.nested_types:
        yield from everything_in(nested)


def without_json_names(messages: Iterable[Any]) -> None:
    """Removes what protoc writes but a pool omits."""
    for message in messages:
        for field in message.field:
            field.ClearField("json_name")
        without_json_names(message.nested_type)


def test_the_whole_schema_is_found(calls: CallMaker) -> None:
    database = ProtoReflectionDescriptorDatabase(calls.channel)
    assert list(database.get_services()) == SERVICES
    pool = DescriptorPool(database)
    service = pool.FindServiceByName(SERVICE.full_name)
    assert service.file.name == "proxy.proto"
    for method in SERVICE.methods:
        found = pool.FindMethodByName(method.full_name)
        assert (found.input_type.full_name, found.output_type.full_name) == (
            method.input_type.full_name,
            method.output_type.full_name,
        )
        assert (found.client_streaming, found.server_streaming) == (method.client_streaming, method.server_streaming)
    ours, theirs = FileDescriptorProto(), FileDescriptorProto()
    pb.DESCRIPTOR.CopyToProto(ours)
    service.file.CopyToProto(theirs)
    for file in (ours, theirs):
        without_json_names(file.message_type)
    assert theirs.message_type == ours.message_type
    assert theirs.service == ours.service


@pytest.mark.parametrize("version", VERSIONS)
def test_every_name_leads_to_its_file(calls: CallMaker, version: str) -> None:
    names = [SERVICE.full_name, *(method.full_name for method in SERVICE.methods)]
    for message in pb.DESCRIPTOR.message_types_by_name.values():
        names += everything_in(message)
    requests = [reflection_pb2.ServerReflectionRequest(file_containing_symbol=name) for name in names]
    files = set()
    for request, answer in zip(requests, reflect(calls, version, requests), strict=True):
        assert answer.original_request == request
        (data,) = answer.file_descriptor_response.file_descriptor_proto
        files.add(data)
    assert [FileDescriptorProto.FromString(file).name for file in files] == ["proxy.proto"]


def test_other_services_are_described_as_grpcio_knows_them(calls: CallMaker) -> None:
    pool = DescriptorPool(ProtoReflectionDescriptorDatabase(calls.channel))
    for module in (health_pb2, reflection_pb2):
        # Python's packages have their files in folders of their own names.
        package = module.DESCRIPTOR.package
        found = pool.FindFileByName(f"{package.replace('.', '/')}/{Path(module.DESCRIPTOR.name).name}")
        assert found.package == package
        for name, message in module.DESCRIPTOR.message_types_by_name.items():
            fields = {(field.name, field.number, field.type) for field in message.fields}
            known = found.message_types_by_name[name]
            assert {(field.name, field.number, field.type) for field in known.fields} == fields
        for name, service in module.DESCRIPTOR.services_by_name.items():
            methods = {method.name for method in found.services_by_name[name].methods}
            assert methods >= {method.name for method in service.methods}


def test_a_call_is_made_from_what_was_learned(calls: CallMaker) -> None:
    pool = DescriptorPool(ProtoReflectionDescriptorDatabase(calls.channel))
    method = pool.FindMethodByName(f"{SERVICE.full_name}.RPC")
    request = GetMessageClass(method.input_type)(method="echo", data=b"[1]")
    answer = calls.bytes_of(f"/{SERVICE.full_name}/RPC", request.SerializeToString())
    assert GetMessageClass(method.output_type).FromString(answer).result.data == b"[1]"


@pytest.mark.parametrize("version", VERSIONS)
def test_unknown_names(calls: CallMaker, version: str) -> None:
    extension = reflection_pb2.ExtensionRequest(containing_type=SERVICE.full_name, extension_number=1)
    requests = [
        reflection_pb2.ServerReflectionRequest(host="h", file_by_filename="nothing.proto"),
        reflection_pb2.ServerReflectionRequest(host="h", file_containing_symbol="nothing"),
        reflection_pb2.ServerReflectionRequest(host="h", file_containing_extension=extension),
        reflection_pb2.ServerReflectionRequest(host="h", all_extension_numbers_of_type="nothing"),
    ]
    for request, answer in zip(requests, reflect(calls, version, requests), strict=True):
        assert answer.error_response.error_code == grpc.StatusCode.NOT_FOUND.value[0]
        assert answer.original_request == request
        assert answer.valid_host == "h"


def test_a_message_without_extensions(calls: CallMaker) -> None:
    name = pb.ConnectRequest.DESCRIPTOR.full_name
    (answer,) = reflect(calls, "v1", [reflection_pb2.ServerReflectionRequest(all_extension_numbers_of_type=name)])
    assert answer.HasField("all_extension_numbers_response")
    assert answer.all_extension_numbers_response.base_type_name == name
    assert not answer.all_extension_numbers_response.extension_number


@pytest.mark.parametrize("version", VERSIONS)
def test_the_secret_is_needed(start_probe: Callable[..., Probe], version: str) -> None:
    with CallMaker(start_probe("--secret", *SECRET)) as calls:
        request = reflection_pb2.ServerReflectionRequest(list_services="")
        refused = failure(lambda: next(reflect(calls, version, [request])))
        assert refused.code() == grpc.StatusCode.UNAUTHENTICATED
        (answer,) = reflect(calls, version, [request], metadata=[SECRET])
        assert [service.name for service in answer.list_services_response.service] == SERVICES


@pytest.mark.parametrize("version", VERSIONS)
def test_it_can_be_switched_off(start_probe: Callable[..., Probe], version: str) -> None:
    with CallMaker(start_probe("--without-reflection")) as calls:
        request = reflection_pb2.ServerReflectionRequest(list_services="")
        assert failure(lambda: next(reflect(calls, version, [request]))).code() == grpc.StatusCode.UNIMPLEMENTED
