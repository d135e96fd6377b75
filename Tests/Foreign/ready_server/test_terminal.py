"""The commands in a pseudo-terminal: what a person sees, and what Ctrl-C does."""

import json
import re
from pathlib import Path

from calls import CallMaker, rpc_request
from probe import Probe
from raw_http2 import RawConnection
from terminal import CTRL_C, Terminal

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (info|notice|warning) [^:]+: .*")


def serving(folder: Path) -> Terminal:
    """The starter rules."""
    return Terminal("serve", "--port", "0", folder=folder)


def port(terminal: Terminal) -> int:
    """Where it listens."""
    terminal.wait_for("event_loops=")
    found = re.search(rb" listening: logger=\S+ address=127\.0\.0\.1:(\d+)", terminal.shown)
    assert found
    return int(found[1])


def test_serve_shows_lines_and_ends_at_ctrl_c(tmp_path: Path) -> None:
    """Each event is one line, and the end in good order is exit status 0."""
    with serving(tmp_path) as terminal:
        with RawConnection(port(terminal)) as raw:
            assert raw.response(raw.call("RPC", rpc_request("ping").SerializeToString())).status == 0
        terminal.wait_for("event=RPC")
        terminal.press(CTRL_C)
        status, lines = terminal.ends()
    assert status == 0
    assert all(LINE.fullmatch(line) for line in lines), lines
    assert [line for line in lines if " shutting down: " in line]


def test_a_second_ctrl_c_ends_serve_at_once(tmp_path: Path) -> None:
    """While a call is open, for whose end the first signal waits."""
    with serving(tmp_path) as terminal, RawConnection(port(terminal)) as raw:
        raw.open("RPC")
        assert raw.response(raw.call("RPC", rpc_request("ping").SerializeToString())).status == 0
        terminal.press(CTRL_C)
        terminal.wait_for("shutting down")
        terminal.press(CTRL_C)
        status, lines = terminal.ends()
    assert status == 130
    assert "a second signal ends the server at once" in lines[-1]


def test_a_call_shows_a_stream_as_it_comes(probe: Probe, tmp_path: Path) -> None:
    """And leaves it at Ctrl-C."""
    options = ("--address", probe.target, "--field", "channel=echo", "--publish", '"one"', "--publish", '"two"')
    with Terminal("call", "SubscribeBidirectional", *options, folder=tmp_path) as terminal:
        terminal.wait_for('"two"')
        terminal.press(CTRL_C)
        status, lines = terminal.ends()
    assert status == 0
    assert [json.loads(line) for line in lines[:3]] == [
        {"subscribe_response": {"result": {}}},
        {"publication": {"data": "one", "tags": {"number": "0"}}},
        {"publication": {"data": "two", "tags": {"number": "1"}}},
    ]
    assert lines[3:] == ["status: CANCELLED (1): left by a signal"]


def test_ctrl_c_ends_a_call_that_waits(probe: Probe, calls: CallMaker, tmp_path: Path) -> None:
    """Without an answer that is exit status 2."""
    options = ("--address", probe.target, "--field", "method=hold", "--data", '"terminal"', "--timeout", "60")
    with Terminal("call", "RPC", *options, folder=tmp_path) as terminal:
        calls.rpc("wait-held", "terminal")
        terminal.press(CTRL_C)
        assert terminal.ends() == (2, ["status: CANCELLED (1): left by a signal"])


def test_help_fits_a_terminal(tmp_path: Path) -> None:
    """Nothing but plain lines."""
    for arguments in ([], ["help", "serve"], ["help", "call"], ["help", "token", "create"], ["help", "doctor"], ["help", "explain"]):
        with Terminal(*arguments, folder=tmp_path) as terminal:
            status, lines = terminal.ends()
        assert status == 0
        assert lines[0].startswith("OVERVIEW: ")
