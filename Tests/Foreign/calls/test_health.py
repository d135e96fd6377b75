"""The health service, asked by grpcio's own health messages and stubs."""

import signal
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest
from calls import SECONDS, CallMaker, failure
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
from messages import SERVICE
from probe import Probe
from raw_http2 import RawConnection, length_prefixed

UNKNOWN, SERVING, NOT_SERVING, SERVICE_UNKNOWN = range(4)
SECRET = ("x-secret", "open sesame")


def stub(calls: CallMaker) -> Any:
    """The health service on a connection of the calls."""
    return health_pb2_grpc.HealthStub(calls.channel)


def check(calls: CallMaker, service: str = "", **options: Any) -> int:
    """A service's status now."""
    request = health_pb2.HealthCheckRequest(service=service)
    return int(stub(calls).Check(request, timeout=SECONDS, **options).status)


def watch(calls: CallMaker, service: str = "") -> Any:
    """A service's statuses, as a call that can be cancelled."""
    return stub(calls).Watch(health_pb2.HealthCheckRequest(service=service), timeout=SECONDS)


def statuses(call: Iterator[Any]) -> Iterator[int]:
    """The numbers of the statuses that a watch receives."""
    return (int(response.status) for response in call)


def test_check(calls: CallMaker) -> None:
    assert check(calls) == SERVING
    assert check(calls, SERVICE.full_name) == SERVING
    for method in SERVICE.methods:
        assert check(calls, f"{SERVICE.full_name}/{method.name}") == SERVING
    assert failure(lambda: check(calls, "unknown")).code() == grpc.StatusCode.NOT_FOUND


def test_compressed_requests(probe: Probe) -> None:
    with CallMaker(probe, compression=grpc.Compression.Gzip) as calls:
        assert check(calls, SERVICE.full_name) == SERVING


def test_list(calls: CallMaker) -> None:
    # grpcio's stubs know no List, but the server describes it.
    pool = DescriptorPool(ProtoReflectionDescriptorDatabase(calls.channel))
    response = GetMessageClass(pool.FindMethodByName("grpc.health.v1.Health.List").output_type)
    listed: Any = response.FromString(calls.bytes_of("/grpc.health.v1.Health/List", b"")).statuses
    names = {"", "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection"}
    names |= {"grpc.reflection.v1alpha.ServerReflection", SERVICE.full_name}
    names |= {f"{SERVICE.full_name}/{method.name}" for method in SERVICE.methods}
    assert names <= set(listed)
    assert listed[""].status == SERVING


def test_events_without_handlers(start_probe: Callable[..., Probe]) -> None:
    with CallMaker(start_probe("--without-handlers")) as calls:
        assert check(calls) == SERVING
        assert check(calls, f"{SERVICE.full_name}/RPC") == NOT_SERVING


def test_watch_while_it_changes(calls: CallMaker) -> None:
    call = watch(calls, "database")
    told = statuses(call)
    assert next(told) == SERVICE_UNKNOWN
    for name, status in [("serving", SERVING), ("not-serving", NOT_SERVING), ("unknown", UNKNOWN)] * 3:
        calls.rpc("set-health", {"service": "database", "status": name})
        assert next(told) == status
        assert check(calls, "database") == status
    call.cancel()


@pytest.mark.parametrize("options", [[], ["--event-loops", "3"], ["--global-executor"]], ids=str)
def test_watch_through_a_shutdown(start_probe: Callable[..., Probe], options: list[str]) -> None:
    probe = start_probe("--stream-drain-window", "0.2", *options)
    with CallMaker(probe) as calls, RawConnection(probe.port) as raw:
        call = watch(calls)
        told = statuses(call)
        assert next(told) == SERVING
        stream = raw.open_path("/grpc.health.v1.Health/Watch")
        raw.send(stream, length_prefixed(b""))
        raw.messages(stream)

        probe.send(signal.SIGTERM)
        assert next(told) == NOT_SERVING
        assert failure(lambda: next(told)).code() == grpc.StatusCode.UNAVAILABLE
        # The status has already arrived when GOAWAY comes.
        assert raw.going_away() == 0
        responses = [health_pb2.HealthCheckResponse.FromString(message) for message in raw.received(stream).messages]
        assert [response.status for response in responses] == [SERVING, NOT_SERVING]
        assert raw.response(stream).status == grpc.StatusCode.UNAVAILABLE.value[0]
        assert probe.exit_status() == 0


def test_no_secret_is_needed(start_probe: Callable[..., Probe]) -> None:
    with CallMaker(start_probe("--secret", *SECRET)) as calls:
        assert failure(lambda: calls.rpc("echo", 1)).code() == grpc.StatusCode.UNAUTHENTICATED
        assert calls.rpc("echo", 1, metadata=[SECRET]) == 1
        assert check(calls) == SERVING
        assert next(statuses(watch(calls))) == SERVING


def test_the_secret_can_cover_health(start_probe: Callable[..., Probe]) -> None:
    with CallMaker(start_probe("--secret", *SECRET, "--secret-covers-health")) as calls:
        assert failure(lambda: check(calls)).code() == grpc.StatusCode.UNAUTHENTICATED
        assert check(calls, metadata=[SECRET]) == SERVING
