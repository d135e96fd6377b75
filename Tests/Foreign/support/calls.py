"""Calls to the probe server through grpcio, as a gRPC client library makes them."""

import json
from collections.abc import Callable
from typing import Any, Self

import grpc
import proxy_pb2 as pb
import proxy_pb2_grpc
import pytest
from probe import Probe

# Long enough for a busy machine: nothing here waits for it to pass.
SECONDS = 60


class CallMaker:
    """One HTTP/2 connection to a probe server, opened at the first call."""

    def __init__(self, probe: Probe, *, compression: grpc.Compression | None = None) -> None:
        # Channels to one address share a connection unless told otherwise, and retries would hide a failure.
        options = [("grpc.use_local_subchannel_pool", 1), ("grpc.enable_retries", 0)]
        self.channel = grpc.insecure_channel(probe.target, options=options, compression=compression)
        self.stub: Any = proxy_pb2_grpc.CentrifugoProxyStub(self.channel)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.channel.close()

    def event(self, name: str, request: Any, **options: Any) -> Any:
        """Calls the event and returns the response message."""
        return getattr(self.stub, name)(request, timeout=SECONDS, **options)

    def result(self, name: str, request: Any, **options: Any) -> Any:
        """Calls the event and returns its result; the response must hold nothing else."""
        response = self.event(name, request, **options)
        assert [field.name for field, _ in response.ListFields()] == ["result"]
        return response.result

    def bytes_of(self, path: str, request: bytes) -> bytes:
        """Calls any path, with bytes instead of messages."""
        call: Any = self.channel.unary_unary(path)
        return bytes(call(request, timeout=SECONDS))

    def rpc(self, method: str, argument: object = None, **options: Any) -> Any:
        """Runs a method of the probe's RPC handler; argument and answer are JSON."""
        return json.loads(self.result("RPC", rpc_request(method, argument), **options).data)

    def rpc_future(self, method: str, argument: object = None, **options: Any) -> Any:
        """Starts a method of the probe's RPC handler."""
        return self.stub.RPC.future(rpc_request(method, argument), timeout=SECONDS, **options)


def rpc_request(method: str, argument: object = None) -> pb.RPCRequest:
    """A call of the probe's RPC handler, as a client of the JSON protocol makes it."""
    return pb.RPCRequest(client="client", encoding="json", user="42", method=method, data=json.dumps(argument).encode())


def is_let_in(calls: CallMaker, token: str, **options: Any) -> bool:
    """Whether a token is valid."""
    data = json.dumps({"authToken": token}).encode()
    response = calls.event("Connect", pb.ConnectRequest(client="c", encoding="json", data=data), **options)
    return bool(response.HasField("result"))


def failure(call: Callable[[], object]) -> grpc.RpcError:
    """Runs a call that must fail; returns how it did."""
    with pytest.raises(grpc.RpcError) as caught:
        call()
    return caught.value
