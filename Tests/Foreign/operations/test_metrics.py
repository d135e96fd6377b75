"""The metrics of a ready server, as promtool, Prometheus's parser and Prometheus itself read them."""

import json
import re
import socket
import subprocess
import threading
import urllib.parse
from collections import Counter
from pathlib import Path
from urllib.error import URLError

import pytest
from operators import call_some, checked, families, operators_of, policy_in, read
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from ready import ROOT, ReadyServer, run

PAGE = (ROOT / "Sources/CentrifugoProxy/CentrifugoProxy.docc/Operating.md").read_text()
OTHER_PAGE = (ROOT / "Sources/CentrifugoProxy/CentrifugoProxy.docc/OwnServer.md").read_text()
DEPLOY = sorted((ROOT / "Deploy").iterdir())
NAME = re.compile(r"\b(?:centrifugo_proxy|rpc_server)_[a-z_]+\b")


def test_a_scrape_says_exactly_what_was_called(tmp_path: Path) -> None:
    """In both formats, and the counts are those of the calls that were made."""
    with ReadyServer("--config", policy_in(tmp_path), own_tokens=False) as server:
        address = operators_of(server)
        checked(read(f"{address}/metrics"))
        made = call_some(server)
        checked(read(f"{address}/metrics"))
        scrape = families(address)
        counted: Counter[str] = Counter()
        for sample in scrape["centrifugo_proxy_calls"].samples:
            counted[f"{sample.labels['event']} {sample.labels['verdict']}"] += int(sample.value)
        assert +counted == made
        durations = {
            sample.labels["event"]: sample.value
            for sample in scrape["centrifugo_proxy_call_duration_seconds"].samples
            if sample.name.endswith("_count") and sample.value
        }
        assert durations == {"RPC": 8, "Connect": 1, "Subscribe": 2}
        sums = [s.value for s in scrape["centrifugo_proxy_call_duration_seconds"].samples if s.name.endswith("_sum")]
        assert 0 < sum(sums) < 60
        assert read(f"{address}/readyz") == "ok\n"
        assert json.loads(read(f"{address}/version"))["name"] == "centrifugo-proxy"


SCRAPES = Path(__file__).parent / "scrapes"


def test_users_own_families_leave_the_scrape_valid() -> None:
    """Whatever they have: the texts are those that a unit test compares with what is written."""
    checked((SCRAPES / "hostile.txt").read_bytes().decode())
    text = (SCRAPES / "hostile.openmetrics").read_bytes().decode()
    read_back = list(text_string_to_metric_families(text))
    series = [(s.name, tuple(sorted(s.labels.items()))) for family in read_back for s in family.samples]
    assert series and len(series) == len(set(series)) == len([line for line in text.split("\n") if line and line[0] != "#"])


def without_suffix(name: str) -> str:
    """The family of a sample's name."""
    return re.sub(r"_(total|bucket|sum|count)$", "", name)


def test_the_page_and_the_files_to_deploy_name_what_there_is(tmp_path: Path) -> None:
    """And no metric of a scrape is missing on the pages."""
    with ReadyServer("--config", policy_in(tmp_path), own_tokens=False) as server:
        address = operators_of(server)
        call_some(server)
        scraped = set(families(address))
    listed = {without_suffix(name) for line in PAGE.splitlines() if line.startswith("| `") for name in NAME.findall(line)}
    of_libraries = set(NAME.findall(OTHER_PAGE))
    assert scraped <= listed | of_libraries
    # These need TLS, traced calls or streams.
    rare = {"centrifugo_proxy_certificate_expiry_timestamp_seconds"}
    assert listed <= scraped | rare
    for file in DEPLOY:
        used = {without_suffix(name) for name in NAME.findall(file.read_text())}
        assert used and used <= listed | of_libraries, file


def test_the_alert_rules_are_right() -> None:
    """As promtool checks them, and each is explained on the page."""
    rules = ROOT / "Deploy/prometheus-alerts.yaml"
    done = subprocess.run(["promtool", "check", "rules", rules], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    alerts = re.findall(r"alert: (\w+)", rules.read_text())
    assert alerts and all(f"| `{alert}` |" in PAGE for alert in alerts)


def test_the_dashboard_is_one() -> None:
    """Each panel asks for something."""
    dashboard = json.loads((ROOT / "Deploy/grafana-dashboard.json").read_text())
    assert dashboard["panels"] and all(target["expr"] for panel in dashboard["panels"] for target in panel["targets"])


def free_port() -> int:
    """A port that nothing listens on; Prometheus does not tell which one it has chosen."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def test_prometheus_scrapes_it_and_answers(tmp_path: Path) -> None:
    """A real one, by queries."""
    with ReadyServer("--config", policy_in(tmp_path), own_tokens=False) as server:
        target = operators_of(server).removeprefix("http://")
        made = call_some(server)
        (tmp_path / "prometheus.yml").write_text(
            "global: {scrape_interval: 1s}\n"
            f"rule_files: [{ROOT / 'Deploy/prometheus-alerts.yaml'}]\n"
            f"scrape_configs: [{{job_name: proxy, static_configs: [{{targets: ['{target}']}}]}}]\n"
        )
        address = f"127.0.0.1:{free_port()}"
        prometheus = subprocess.Popen(
            ["prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data", f"--web.listen-address={address}"],
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            query = "sum by (event, verdict) (centrifugo_proxy_calls_total) > 0"
            url = f"http://{address}/api/v1/query?{urllib.parse.urlencode({'query': query})}"
            found: dict[str, int] = {}
            pause = threading.Event()
            while found != made:
                assert prometheus.poll() is None
                # It tells nobody when it has scraped.
                pause.wait(0.1)
                try:
                    answer = json.loads(read(url))
                except URLError:
                    continue
                found = {
                    f"{row['metric']['event']} {row['metric']['verdict']}": int(row["value"][1])
                    for row in answer["data"]["result"]
                }
        finally:
            prometheus.terminate()
            prometheus.wait(60)


@pytest.mark.parametrize(
    ("section", "sentence"),
    [
        ('{tcp: "0.0.0.0:0"}', "Other machines can reach the admin listener on 0.0.0.0:"),
        ('{tcp: "127.0.0.1:0", token_file: nothing}', "The admin listener's token file nothing has no token;"),
        ("{tcp: nowhere}", 'admin.tcp is "nowhere";'),
        ("{}", "admin needs one of tcp: HOST:PORT and unix: PATH."),
        ("{unix: /nowhere/x}", "Cannot listen for operators on the Unix socket /nowhere/x: its folder does not exist;"),
    ],
)
def test_it_says_in_one_sentence_why_it_does_not_start(tmp_path: Path, section: str, sentence: str) -> None:
    """A listener that a file asks for is one that its user needs."""
    file = tmp_path / "policy.yaml"
    file.write_text(f'listeners: [{{tcp: "127.0.0.1:0"}}]\nadmin: {section}\n')
    status, said = run("serve", "--config", str(file), own_tokens=False)[::2]
    assert status == 1
    assert [line for line in said.splitlines() if sentence in line], said


def test_an_address_in_use_stops_only_a_server_that_was_asked_for_it(tmp_path: Path) -> None:
    """The starter rules' own listener is left out with a warning."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        file = tmp_path / "policy.yaml"
        file.write_text(
            f'listeners: [{{tcp: "127.0.0.1:0"}}]\nadmin: {{tcp: "127.0.0.1:{taken.getsockname()[1]}"}}\n'
        )
        status, said = run("serve", "--config", str(file), own_tokens=False)[::2]
        assert status == 1 and "it is in use" in said
    with ReadyServer("--port", "0") as first, ReadyServer("--port", "0") as second:
        # Whichever was first on a port that others use as well, both serve.
        assert call_some_pings(first) and call_some_pings(second)
        second.wait_for("there is no admin listener")


def call_some_pings(server: ReadyServer) -> bool:
    """Whether a server answers."""
    from calls import CallMaker, rpc_request

    with CallMaker(server) as calls:  # type: ignore[arg-type]
        return calls.event("RPC", rpc_request("ping")).error.code == 0
