"""The ready server's listener for operators, and what reads it."""

import re
import subprocess
import urllib.request
from collections import Counter
from pathlib import Path

import proxy_pb2 as pb
from calls import CallMaker, rpc_request
from prometheus_client import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from ready import ReadyServer

OPEN_METRICS = "application/openmetrics-text; version=1.0.0"
POLICY = """
listeners: [{tcp: "127.0.0.1:0"}]
admin: {tcp: "127.0.0.1:0"}
connect: {anonymous: true}
topics: [{pattern: public, who: anyone}]
rpc: {ping: true}
"""


def policy_in(folder: Path, more: str = "") -> str:
    """A policy file with the listener for operators."""
    file = folder / "policy.yaml"
    file.write_text(POLICY + more)
    return str(file)


def operators_of(server: ReadyServer) -> str:
    """Where the server listens for operators."""
    found = re.search(r"address=(\S+)", server.wait_for("listening for operators"))
    assert found
    return f"http://{found[1]}"


def read(url: str, accept: str = "*/*") -> str:
    """The body of a page."""
    with urllib.request.urlopen(urllib.request.Request(url, headers={"accept": accept}), timeout=60) as answer:
        return answer.read().decode()


def families(address: str) -> dict[str, Metric]:
    """The metrics of a scrape, as Prometheus's own parser reads OpenMetrics."""
    return {family.name: family for family in text_string_to_metric_families(read(f"{address}/metrics", OPEN_METRICS))}


def checked(text: str) -> None:
    """Has promtool check a scrape in Prometheus's own format."""
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False)
    # 3: only advice about names, such as those of OpenTelemetry.
    assert done.returncode in (0, 3), done.stderr
    assert "error" not in done.stderr, done.stderr


def call_some(server: ReadyServer) -> Counter[str]:
    """Makes calls of several outcomes; how many there were of each event and verdict."""
    made: Counter[str] = Counter()
    with CallMaker(server) as calls:  # type: ignore[arg-type]
        for _ in range(5):
            assert calls.event("RPC", rpc_request("ping")).error.code == 0
        made["RPC accepted"] += 5
        for _ in range(3):
            assert calls.event("RPC", rpc_request("unknown")).error.code == 404
        made["RPC error"] += 3
        calls.event("Connect", pb.ConnectRequest(client="c"))
        made["Connect accepted"] += 1
        for channel in ("public", "other"):
            calls.event("Subscribe", pb.SubscribeRequest(client="c", user="u", channel=channel))
        made["Subscribe accepted"] += 1
        made["Subscribe error"] += 1
    return made
