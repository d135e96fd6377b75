"""Calls a server of the comparison through grpcio, which Scripts/bench has another Python for."""

import sys
from typing import Any

import grpc
import proxy_pb2 as pb
import proxy_pb2_grpc

SECONDS = 10
EXPECTED = pb.RPCResponse(result=pb.RPCResult(data=b'{"pong":1784030400}'))


def main() -> None:
    """Makes one call, and fails unless it is answered as expected."""
    request = pb.RPCRequest(
        client="0b39c1e4-9a36-4d0c-9b8c-4d3d8f3a1c52",
        transport="websocket",
        protocol="json",
        encoding="json",
        user="42",
        method="ping",
        data=b'{"sent":1784030400}',
    )
    with grpc.insecure_channel(f"127.0.0.1:{sys.argv[1]}") as channel:
        stub: Any = proxy_pb2_grpc.CentrifugoProxyStub(channel)
        answer = stub.RPC(request, timeout=SECONDS)
    if answer != EXPECTED:
        sys.exit(f"the server answers grpcio with {answer!r}")


if __name__ == "__main__":
    main()
