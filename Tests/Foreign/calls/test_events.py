"""Each unary event with every field set: the handler sees the request, the caller gets the result."""

import json
from collections.abc import Iterator
from typing import Any

import grpc
import proxy_pb2 as pb
import pytest
from calls import CallMaker
from messages import (
    ENCODINGS,
    EXPIRE_AT,
    PAYLOAD_SIZES,
    UNARY_EVENTS,
    echo,
    filled,
    payload,
    take_json,
    take_sample,
    unset,
)
from probe import Probe

each_encoding = pytest.mark.parametrize("encoding", ENCODINGS)
each_size = pytest.mark.parametrize("size", PAYLOAD_SIZES)

META = '{"plan":"pro ✓"}'.encode()
TAGS = {"tag ✓": "value ✓", "": "empty"}
LABELS = {"label ✓": "value ✓"}
CAPABILITIES = [
    pb.ChannelsCapability(channels=["a ✓", "b"], allow=["sub", "pub"], match="wildcard"),
    pb.ChannelsCapability(channels=["c"]),
]
FILTER = pb.FilterNode(
    op="and",
    nodes=[
        pb.FilterNode(key="ticker ✓", cmp="in", vals=["A", "B"]),
        pb.FilterNode(op="not", nodes=[pb.FilterNode(key="size", cmp="gt", val="10")]),
    ],
)
OVERRIDE = pb.SubscribeOptionOverride(
    presence=pb.BoolValue(value=True),
    join_leave=pb.BoolValue(value=False),
    force_recovery=pb.BoolValue(value=True),
    force_positioning=pb.BoolValue(value=False),
    force_push_join_leave=pb.BoolValue(value=True),
)
LARGEST = 2**64 - 1


@pytest.fixture(params=[grpc.Compression.NoCompression, grpc.Compression.Gzip], ids=["plain", "gzip"])
def calls(probe: Probe, request: pytest.FixtureRequest) -> Iterator[CallMaker]:
    """Calls with plain requests, and the same with compressed ones."""
    with CallMaker(probe, compression=request.param) as maker:
        yield maker


def answered(calls: CallMaker, event: str, request: Any, *, without: frozenset[str] = frozenset()) -> Any:
    """The result of a call, in which every field is set but those for the other encoding and `without`."""
    result = calls.result(event, request)
    names = set(result.DESCRIPTOR.fields_by_name)
    other = {name for name in names if name.startswith("b64")}
    if other and request.encoding == "binary":
        other = {name.removeprefix("b64") for name in other}
    assert unset(result) == other | without
    return result


def test_all_events_are_tested_here() -> None:
    """An event that is added to the contract needs a test."""
    named = {name.removeprefix("test_").replace("_", "") for name in globals() if name.startswith("test_")}
    assert {event.lower() for event in UNARY_EVENTS} <= named


@each_encoding
@each_size
def test_connect(calls: CallMaker, encoding: str, size: int) -> None:
    request = filled("Connect", encoding, payload(encoding, size))
    result = answered(calls, "Connect", request)
    assert take_json(result, "data", encoding) == echo(request)
    take_sample(result, "info", encoding)
    options = result.subs["room ✓"]
    assert unset(options) == ({"info", "data"} if encoding == "binary" else {"b64info", "b64data"})
    take_sample(options, "info", encoding)
    take_sample(options, "data", encoding)
    assert result == pb.ConnectResult(
        user="user ✓",
        expire_at=EXPIRE_AT,
        channels=["news ✓", "user#42"],
        subs={
            "room ✓": pb.SubscribeOptions(
                expire_at=EXPIRE_AT, override=OVERRIDE, server_tags_filter=FILTER, cache_recover=True
            ),
            "plain": pb.SubscribeOptions(),
        },
        meta=META,
        caps=CAPABILITIES,
        labels=LABELS,
    )


@each_encoding
def test_refresh(calls: CallMaker, encoding: str) -> None:
    request = filled("Refresh", encoding)
    result = answered(calls, "Refresh", request, without=frozenset({"expired"}))
    assert take_json(result, "info", encoding) == echo(request)
    assert result == pb.RefreshResult(expire_at=EXPIRE_AT, meta=META, caps=CAPABILITIES)


def test_refresh_that_expires(calls: CallMaker) -> None:
    request = filled("Refresh")
    request.user = "expire"
    assert calls.result("Refresh", request) == pb.RefreshResult(expired=True)


@each_encoding
@each_size
def test_subscribe(calls: CallMaker, encoding: str, size: int) -> None:
    request = filled("Subscribe", encoding, payload(encoding, size))
    result = answered(calls, "Subscribe", request)
    assert take_json(result, "data", encoding) == echo(request)
    take_sample(result, "info", encoding)
    assert result == pb.SubscribeResult(
        expire_at=EXPIRE_AT, override=OVERRIDE, allow=["sub", "pub"], server_tags_filter=FILTER
    )


@each_encoding
def test_sub_refresh(calls: CallMaker, encoding: str) -> None:
    request = filled("SubRefresh", encoding)
    result = answered(calls, "SubRefresh", request, without=frozenset({"expired"}))
    assert take_json(result, "info", encoding) == echo(request)
    assert result == pb.SubRefreshResult(expire_at=EXPIRE_AT)


def test_sub_refresh_that_expires(calls: CallMaker) -> None:
    request = filled("SubRefresh")
    request.channel = "expire"
    assert calls.result("SubRefresh", request) == pb.SubRefreshResult(expired=True)


@each_encoding
@each_size
def test_publish(calls: CallMaker, encoding: str, size: int) -> None:
    request = filled("Publish", encoding, payload(encoding, size))
    result = answered(calls, "Publish", request)
    assert take_json(result, "data", encoding) == echo(request)
    assert result == pb.PublishResult(
        skip_history=True, tags=TAGS, idempotency_key="once ✓", delta=True, version=LARGEST, version_epoch="epoch ✓"
    )


@each_encoding
@each_size
def test_rpc(calls: CallMaker, encoding: str, size: int) -> None:
    request = filled("RPC", encoding, payload(encoding, size))
    request.method = "request"
    result = answered(calls, "RPC", request)
    assert take_json(result, "data", encoding) == echo(request)
    assert result == pb.RPCResult()


@each_encoding
@each_size
def test_map_publish(calls: CallMaker, encoding: str, size: int) -> None:
    request = filled("MapPublish", encoding, payload(encoding, size))
    result = answered(calls, "MapPublish", request)
    assert take_json(result, "data", encoding) == echo(request)
    take_sample(result, "stream_data", encoding)
    assert result == pb.MapPublishResult(
        key="other key ✓",
        tags=TAGS,
        score=-5,
        key_mode="if_new",
        idempotency_key="once ✓",
        delta=True,
        version=LARGEST,
        version_epoch="epoch ✓",
    )


@each_encoding
def test_map_remove(calls: CallMaker, encoding: str) -> None:
    request = filled("MapRemove", encoding)
    result = answered(calls, "MapRemove", request)
    assert json.loads(result.tags.pop("request")) == echo(request)
    assert result == pb.MapRemoveResult(key="other key ✓", tags=TAGS, idempotency_key="once ✓")


def test_shared_poll_refresh(calls: CallMaker) -> None:
    request = filled("SharedPollRefresh")
    request.items.add(key="gone ✓", version=LARGEST)
    result = answered(calls, "SharedPollRefresh", request)
    item = pb.SharedPollRefreshResultItem
    assert result == pb.SharedPollRefreshResult(
        items=[
            *[
                item(key=old.key, data=b'{"new":1}', version=old.version + 1, prev_data=b"{}")
                for old in request.items[:2]
            ],
            item(key="gone ✓", version=LARGEST, removed=True),
        ],
        epoch=request.channel,
    )


@pytest.mark.parametrize("populated", [True, False])
def test_notify_cache_empty(calls: CallMaker, populated: bool) -> None:
    request = pb.NotifyCacheEmptyRequest(channel="filled ✓" if populated else "empty ✓")
    assert calls.result("NotifyCacheEmpty", request) == pb.NotifyCacheEmptyResult(populated=populated)


def test_notify_channel_state(calls: CallMaker) -> None:
    request = filled("NotifyChannelState")
    request.events[0].type = "occupied"
    request.events[1].type = "vacated"
    request.events[1].time_ms = -1
    assert calls.result("NotifyChannelState", request) == pb.NotifyChannelStateResult()
    assert calls.rpc("channel-events") == [
        {"timeMs": event.time_ms, "channel": event.channel, "type": event.type} for event in request.events
    ]


@each_encoding
@each_size
def test_a_payload_comes_back_as_it_was(calls: CallMaker, encoding: str, size: int) -> None:
    request = filled("RPC", encoding, payload(encoding, size))
    request.method = "echo"
    result = calls.result("RPC", request)
    assert (result.data, result.b64data) == (request.data, request.b64data)
