"""How much of a real Centrifugo's behaviour `centrifugo-proxy explain` predicts, with only files and arguments."""

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from facts import Fact, facts
from ready import BINARY, EXIT_SECONDS

# Results that do not follow from a configuration, with the reason. If one does, the test fails: remove it here then.
UNTOLD_STARTS = {
    "endpoint-32-tls-bad-pem": "Centrifugo's machine alone knows whether it has the file",
}
UNTOLD_CALLS = {
    "endpoint-05-grpc-to-http-server": "the server there speaks HTTP/1.1, so that no call arrives",
    "endpoint-10-dead": "nothing listens there",
    "endpoint-18-unresolvable": "the host does not exist",
    "endpoint-24-connect-dead": "nothing listens there",
    "proxies-15-duplicate-case": "nothing listens there",
}


@dataclass
class Score:
    """How many of how many, and which not."""

    right: int = 0
    wrong: dict[str, list[str]] = field(default_factory=dict)

    def count(self, fact: Fact, is_right: bool, what: str) -> None:
        """Counts one more."""
        if is_right:
            self.right += 1
        else:
            self.wrong.setdefault(fact.id, []).append(what)

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.right / (self.right + sum(map(len, self.wrong.values())))

    def __str__(self) -> str:
        total = self.right + sum(map(len, self.wrong.values()))
        return "\n  ".join([f"{self.right} of {total}", *(f"{name}: {what}" for name, what in self.wrong.items())])


def explain(fact: Fact, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs the command as a person with the files would."""
    arguments = fact.write(folder / fact.id)
    return subprocess.run(
        [BINARY, "explain", *arguments, "--json", "--commands", "-"],
        input=fact.script, capture_output=True, text=True, timeout=EXIT_SECONDS, check=False,
    )  # fmt: skip


def called(command: dict[str, object]) -> object:
    """The event that was called; None for a path that is not an event's."""
    name = command.get("called")
    return None if isinstance(name, str) and name.startswith("HTTP ") else name


def test_it_tells_what_centrifugo_does(tmp_path: Path) -> None:
    """All cases in which configuration and commands decide: whether it starts, and whom it calls."""
    cases = [fact for fact in facts() if fact.is_open]
    assert len(cases) == 520
    # The processes are what takes time, not this one.
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda fact: explain(fact, tmp_path), cases))
    starts, calls, proxied = Score(), Score(), Score()
    for fact, answer in zip(cases, answers, strict=True):
        start, *said = [json.loads(line) for line in answer.stdout.splitlines()] or [{"starts": None}]
        assert answer.returncode in (0, 1, 2), f"{fact.id}: {answer.stderr}"
        assert answer.returncode == {True: 0, False: 1, None: 2}[start["starts"]] or (
            answer.returncode == 2 and start["starts"] is False and answer.stderr
        ), f"{fact.id}: {answer.stderr}"
        starts.count(fact, start["starts"] == fact.value["starts"], f"{answer.stderr}{start}")
        if not fact.value["starts"] or not said:
            continue
        for command, line in zip(fact.commands, said, strict=True):
            is_right = line["called"] == called(command)
            # Another path of an HTTP proxy is not an event's in the protocol, but still belongs to the event.
            if command.get("via") == "http" and called(command) is None and line["called"] is not None:
                is_right = str(line["proxy"]).startswith("proxies[")
            what = f"{command['do']} {command['args']}: {command.get('called')}, said {line['called']} ({line['rule']})"
            calls.count(fact, is_right, what)
            if command.get("called") is not None:
                proxied.count(fact, is_right, what)
    print(f"starts {starts}\ncalled {calls}\ncalled a proxy {proxied}")
    assert starts.share >= 0.98
    assert calls.share >= 0.97
    assert proxied.share >= 0.95
    assert set(starts.wrong) == set(UNTOLD_STARTS)
    assert set(calls.wrong) == set(UNTOLD_CALLS)
