"""What a page's JavaScript sends to Centrifugo, as `centrifugo-proxy explain --commands` reads it."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

# In the order of the alternatives: a new client and its options, a subscription, and what is called on one of them.
CALL = re.compile(
    r"""
    new\ Centrifuge\(\s*[^,)]+(?:,\s*(?P<options>\{.*?\})\s*)?\)
    | (?:const|let)\s+(?P<variable>\w+)\s*=\s*\w+\.newSubscription\(\s*["'`](?P<channel>[^"'`]+)["'`]
    | (?P<object>\w+)\.(?P<method>rpc|publish|presence|presenceStats|history|subscribe)\(\s*(?:["'`](?P<name>[^"'`]+)["'`])?
    """,
    re.VERBOSE | re.DOTALL,
)
COMMANDS = {"presenceStats": "presence_stats"}


@dataclass
class Snippet:
    """The commands of a piece of JavaScript."""

    # The options of `new Centrifuge`; nothing where the client is made elsewhere.
    options: str | None = None
    commands: list[dict[str, Any]] = field(default_factory=list)
    # Calls of subscriptions that the text does not make.
    unknown: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, text: str) -> "Snippet":
        """All that is called in a text, in its order."""
        snippet = cls()
        channels: dict[str, str] = {}
        for found in CALL.finditer(re.sub(r"(?m)(?<!:)//.*$", "", text)):
            if found["variable"]:
                channels[found["variable"]] = found["channel"]
            elif found["method"] is None:
                snippet.options = found["options"] or "{}"
            elif found["method"] == "rpc":
                snippet.add("rpc", method=found["name"])
            elif channel := channels.get(found["object"]) or found["name"]:
                snippet.add(COMMANDS.get(found["method"], found["method"]), channel=channel)
            else:
                snippet.unknown.append(found[0])
        # What a subscription publishes is sent when it is subscribed.
        snippet.commands.sort(key=lambda command: command["do"] != "subscribe")
        return snippet

    def add(self, name: str, **arguments: Any) -> None:
        """One more command."""
        self.commands.append({"do": name, "args": arguments})

    def connect(self, configuration: dict[str, Any]) -> dict[str, Any]:
        """The connect command before them: with a token of the key that Centrifugo has, where a token is the way in."""
        client = configuration.get("client", {})
        key = client.get("token", {}).get("hmac_secret_key")
        is_asked = client.get("proxy", {}).get("connect", {}).get("enabled")
        token = {"token": {"claims": {"sub": "alice"}, "key": key}} if key and not is_asked else {}
        return {"do": "connect", "args": token}

    def script(self, configuration: dict[str, Any]) -> str:
        """All commands, one a line."""
        return "".join(f"{json.dumps(command)}\n" for command in [self.connect(configuration), *self.commands])
