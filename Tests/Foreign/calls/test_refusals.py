"""Errors that handlers throw, and calls without a handler: unknown methods and unhandled events."""

import re
from collections.abc import Callable
from typing import Any

import grpc
import proxy_pb2 as pb
import pytest
from calls import CallMaker, failure
from messages import UNARY_EVENTS, filled, path_of
from probe import Probe

each_event = pytest.mark.parametrize("event", UNARY_EVENTS)

WITH_DISCONNECT = ["Connect", "Subscribe", "Publish", "RPC", "MapPublish", "MapRemove"]
WITH_ERROR = [*WITH_DISCONNECT, "SharedPollRefresh", "NotifyChannelState"]
ANSWERS_EXPIRED = ["Refresh", "SubRefresh"]

# The field by which the probe's handler is told to throw.
TOLD_BY = {"Connect": "name", "Refresh": "user", "RPC": "method"}


def told(event: str, what: str) -> Any:
    """A request that makes the event's handler throw."""
    request = filled(event)
    if event == "NotifyChannelState":
        request.events[0].channel = what
    else:
        setattr(request, TOLD_BY.get(event, "channel"), what)
    return request


@pytest.mark.parametrize("event", WITH_ERROR)
def test_an_error_reaches_the_client(calls: CallMaker, event: str) -> None:
    response = calls.event(event, told(event, "error"))
    assert response.error == pb.Error(code=1200, message="refused ✓", temporary=True)
    assert not response.HasField("result")


@pytest.mark.parametrize("event", WITH_DISCONNECT)
def test_a_disconnect_reaches_the_client(calls: CallMaker, event: str) -> None:
    response = calls.event(event, told(event, "disconnect"))
    assert response.disconnect == pb.Disconnect(code=4600, reason="refused")
    assert not response.HasField("result")
    assert not response.HasField("error")


@pytest.mark.parametrize("refusal", ["error", "disconnect"])
@pytest.mark.parametrize("event", ANSWERS_EXPIRED)
def test_a_refusal_that_centrifugo_would_ignore_becomes_expired(calls: CallMaker, event: str, refusal: str) -> None:
    result = calls.result(event, told(event, refusal))
    assert [field.name for field, _ in result.ListFields()] == ["expired"]


@pytest.mark.parametrize(
    ("event", "refusal"),
    [("SharedPollRefresh", "disconnect"), ("NotifyChannelState", "disconnect")]
    + [("NotifyCacheEmpty", refusal) for refusal in ("error", "disconnect")],
)
def test_a_refusal_that_the_event_has_no_room_for_fails_the_call(calls: CallMaker, event: str, refusal: str) -> None:
    assert failure(lambda: calls.event(event, told(event, refusal))).code() is grpc.StatusCode.UNKNOWN


@each_event
def test_a_status_is_the_status_of_the_call(calls: CallMaker, event: str) -> None:
    error = failure(lambda: calls.event(event, told(event, "status")))
    assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert error.details() == "100% too much ✓\nfor now"


# Hostile input: handler-throws.
@each_event
def test_an_unknown_error_stays_in_the_log(calls: CallMaker, probe: Probe, event: str) -> None:
    error = failure(lambda: calls.event(event, told(event, f"unknown in {event}")))
    assert error.code() is grpc.StatusCode.UNKNOWN
    assert "secret" not in repr(error)
    assert f"the secret of unknown in {event}" in probe.log()


def test_an_error_with_a_code_out_of_range_is_unknown(calls: CallMaker) -> None:
    assert failure(lambda: calls.rpc("bad-code")).code() is grpc.StatusCode.UNKNOWN


def test_bytes_that_would_break_a_json_client_are_refused(calls: CallMaker) -> None:
    assert failure(lambda: calls.rpc("not-json")).code() is grpc.StatusCode.INTERNAL


# Hostile input: answer-too-large.
def test_an_answer_that_the_peer_would_refuse_is_not_sent(calls: CallMaker, probe: Probe) -> None:
    assert failure(lambda: calls.rpc("oversized")).code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert "RPC" in probe.log()


# Hostile input: message-too-large.
def test_a_request_over_the_limit_is_refused(calls: CallMaker) -> None:
    big = "x" * (4 * 1024 * 1024)
    assert failure(lambda: calls.rpc("echo", big)).code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert calls.rpc("echo", "still here") == "still here"


# Hostile input: unknown-method, unknown-service.
@pytest.mark.parametrize(
    "path", [path_of("Unknown"), path_of("rpc"), path_of("RPC/"), "/centrifugal.centrifugo.proxy.Other/RPC", "/RPC"]
)
def test_an_unknown_method_is_unimplemented(calls: CallMaker, path: str) -> None:
    assert failure(lambda: calls.bytes_of(path, b"")).code() is grpc.StatusCode.UNIMPLEMENTED


# Hostile input: protobuf-cut.
def test_bytes_that_are_no_message_are_internal(calls: CallMaker) -> None:
    assert failure(lambda: calls.bytes_of(path_of("RPC"), b"\x0a\x05cut")).code() is grpc.StatusCode.INTERNAL
    assert calls.rpc("echo", "still here") == "still here"


class TestWithoutHandlers:
    """A server without handlers refuses whatever could be misused, and always answers."""

    @pytest.fixture
    def bare(self, start_probe: Callable[..., Probe]) -> Probe:
        """A server without handlers."""
        return start_probe("--without-handlers")

    def test_connect_is_a_terminal_disconnect(self, bare: Probe) -> None:
        with CallMaker(bare) as calls:
            response = calls.event("Connect", filled("Connect"))
        assert [field.name for field, _ in response.ListFields()] == ["disconnect"]
        assert response.disconnect.code == 4501

    @pytest.mark.parametrize("event", sorted(set(WITH_DISCONNECT) - {"Connect"}))
    def test_what_a_client_does_is_an_error(self, bare: Probe, event: str) -> None:
        with CallMaker(bare) as calls:
            response = calls.event(event, filled(event))
        assert [field.name for field, _ in response.ListFields()] == ["error"]
        assert 400 <= response.error.code <= 1999
        assert response.error.message
        assert not response.error.temporary

    @pytest.mark.parametrize("event", ANSWERS_EXPIRED)
    def test_refreshes_expire(self, bare: Probe, event: str) -> None:
        with CallMaker(bare) as calls:
            result = calls.result(event, filled(event))
        assert [field.name for field, _ in result.ListFields()] == ["expired"]

    def test_an_empty_cache_stays_empty(self, bare: Probe) -> None:
        with CallMaker(bare) as calls:
            assert calls.result("NotifyCacheEmpty", filled("NotifyCacheEmpty")) == pb.NotifyCacheEmptyResult()

    @pytest.mark.parametrize("event", ["SharedPollRefresh", "NotifyChannelState"])
    def test_what_no_client_waits_for_is_unimplemented(self, bare: Probe, event: str) -> None:
        with CallMaker(bare) as calls:
            error = failure(lambda: calls.event(event, filled(event)))
        assert error.code() is grpc.StatusCode.UNIMPLEMENTED

    def test_each_event_is_warned_of_once(self, bare: Probe) -> None:
        with CallMaker(bare) as calls:
            for event in [*WITH_DISCONNECT, *ANSWERS_EXPIRED, "NotifyCacheEmpty"] * 3:
                calls.event(event, filled(event))
        warnings = [line for line in bare.log().splitlines() if " warning " in line]
        assert len(warnings) == 9
        for event in [*WITH_DISCONNECT, *ANSWERS_EXPIRED, "NotifyCacheEmpty"]:
            assert any(re.search(rf"\b{event}\b", line) for line in warnings)
