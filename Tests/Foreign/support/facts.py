"""What a real Centrifugo did: the files of Tests/CentrifugoFacts."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ready import ROOT

FACTS = ROOT / "Tests/CentrifugoFacts"
CONFIGURATIONS = FACTS / "configs"


@dataclass(frozen=True)
class Fact:
    """One configuration, and what became of one or two clients."""

    value: dict[str, Any]

    @property
    def id(self) -> str:
        """Its name."""
        return str(self.value["id"])

    @property
    def is_open(self) -> bool:
        """Whether the configuration and one client's commands are all that decides."""
        commands = self.value.get("commands") or []
        return not (
            "backend" in self.value
            or "tool" in self.value
            or any(command["do"] == "wait" or "client" in command for command in commands)
        )

    @property
    def commands(self) -> list[dict[str, Any]]:
        """What the client did, and what became of it."""
        return self.value.get("commands") or []

    @property
    def script(self) -> str:
        """What the client did, as `explain --commands` reads it."""
        return "".join(json.dumps({"do": done["do"], "args": done["args"]}) + "\n" for done in self.commands)

    def write(self, folder: Path) -> list[str]:
        """Writes its files; the arguments of `doctor` and `explain` that name them."""
        folder.mkdir(exist_ok=True)
        arguments = []
        config = self.value.get("config")
        if config is not None:
            ending = self.value.get("ext") or self.value["form"]
            file = folder / f"centrifugo.{'json' if ending == 'mixed' else ending}"
            file.write_bytes(self._bytes(config))
            arguments.append(str(file))
        # The process's environment takes precedence over a file of variables in its folder.
        for name, text in (self.value.get("files") or {}).items():
            (folder / name).write_text(text)
            arguments += ["--env", str(folder / name)]
        if variables := self.value.get("env"):
            (folder / "process.env").write_text("".join(f"{name}={value}\n" for name, value in variables.items()))
            arguments += ["--env", str(folder / "process.env")]
        for name, value in (self.value.get("client_headers") or {}).items():
            arguments += ["--header", f"{name}={value}"]
        return arguments

    @staticmethod
    def _bytes(config: Any) -> bytes:
        if not isinstance(config, str):
            return json.dumps(config).encode()
        return base64.b64decode(config[7:]) if config.startswith("base64:") else config.encode()


def facts() -> list[Fact]:
    """All of them."""
    return [Fact(json.loads(line)) for line in (FACTS / "facts.jsonl").read_text().splitlines()]
