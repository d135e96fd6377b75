"""Everything that `centrifugo-proxy doctor` may find, word for word."""

import json
import re
from pathlib import Path
from typing import Any

import findings_keys
import findings_options
import findings_policy
import findings_proxies
import findings_start
import pytest
from ready import ROOT, run

FINDINGS = [
    *findings_keys.FINDINGS,
    *findings_start.FINDINGS,
    *findings_proxies.FINDINGS,
    *findings_options.FINDINGS,
    *findings_policy.FINDINGS,
]


@pytest.mark.parametrize(("configuration", "policy", "lines"), FINDINGS)
def test_it_says_what_it_found(configuration: Any, policy: str, lines: list[str], tmp_path: Path) -> None:
    """Where, why, and what to change; a note alone is exit status 0."""
    name, text = configuration if isinstance(configuration, tuple) else ("centrifugo.json", configuration)
    file, rules = tmp_path / name, tmp_path / "proxy.yaml"
    file.write_text(text if isinstance(text, str) else json.dumps(text))
    rules.write_text(policy)
    compared = ("--config", str(rules)) if policy else ()
    status, said, complaint = run("doctor", str(file), *compared, own_tokens=False)
    assert complaint == ""
    assert [line.strip() for line in said.splitlines() if line][:-1] == lines
    assert status == any(line.startswith("problem at ") for line in lines)


# Where the doctor and the model name a rule: first in a finding or a refusal, or as an argument of its own.
NAMED = re.compile(r'(?:Finding|StartError|differs|refusal)\(\s*([^,]*?"[a-z-]+"[^,]*),|\brule(?:: String)?(?:: | = )("[a-z-]+")')


def test_every_rule_is_among_them() -> None:
    """A new rule needs a line here."""
    folders = ("CentrifugoDoctor", "CentrifugoModel/Settings", "CentrifugoModel/Starting")
    sources = [file for name in folders for file in (ROOT / "Sources" / name).glob("*.swift")]
    rules = {
        rule
        for file in sources
        for found in NAMED.findall(file.read_text())
        for rule in re.findall(r'"([a-z]+(?:-[a-z]+)*)"', " ".join(found))
    }
    assert len(rules) > 60
    found = {line.rpartition("(")[2].removesuffix(")") for _, _, lines in FINDINGS for line in lines if line.endswith(")")}
    assert rules - found == set()
