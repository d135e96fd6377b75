"""SIGTERM while calls run: they finish, nothing new is taken, and the process ends well."""

import signal
from collections.abc import Callable

import grpc
import pytest
from calls import CallMaker, rpc_request
from probe import Probe
from raw_http2 import RawConnection

ECHO = rpc_request("echo", 1).SerializeToString()


# Hostile input: sigterm.
def test_calls_in_flight_finish(start_probe: Callable[..., Probe]) -> None:
    probe = start_probe()
    with CallMaker(probe) as calls, CallMaker(probe) as watcher, RawConnection(probe.port) as raw:
        names = [f"call {index}" for index in range(50)]
        held = [calls.rpc_future("hold", name) for name in names]
        for name in names:
            assert watcher.rpc("wait-held", name) == name
        stream = raw.call("RPC", rpc_request("hold", "raw").SerializeToString())
        assert watcher.rpc("wait-held", "raw") == "raw"

        probe.send(signal.SIGTERM)
        assert raw.going_away() == 0
        with pytest.raises(ConnectionError), RawConnection(probe.port) as late:
            late.response(late.call("RPC", ECHO))
        assert not any(call.done() for call in held)

        probe.send(signal.SIGUSR1)  # The probe releases all calls that it holds.
        assert [call.code() for call in held] == [grpc.StatusCode.OK] * len(held)
        assert raw.response(stream).status == 0
        assert probe.exit_status() == 0


# Hostile input: sigterm.
def test_an_idle_server_ends(start_probe: Callable[..., Probe]) -> None:
    probe = start_probe()
    with RawConnection(probe.port) as raw:
        assert raw.response(raw.call("RPC", ECHO)).status == 0
        probe.send(signal.SIGTERM)
        assert raw.going_away() == 0
        raw.closed()
        assert probe.exit_status() == 0


# Hostile input: grace-period-over, handler-hangs.
def test_a_call_that_never_ends_is_cancelled_after_the_grace_period(start_probe: Callable[..., Probe]) -> None:
    probe = start_probe("--grace-period", "1")
    with CallMaker(probe) as calls:
        call = calls.rpc_future("hold", "stuck")
        assert calls.rpc("wait-held", "stuck") == "stuck"
        probe.send(signal.SIGTERM)
        assert call.code() in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}
        assert probe.exit_status() == 0
