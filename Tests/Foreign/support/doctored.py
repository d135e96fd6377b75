"""Configurations of Centrifugo for the doctor, in few words."""

from typing import Any

# Centrifugo's configuration (its options, its text, or a file's name and text), the policy that it is compared with, and
# the lines of what is found.
Finding = tuple[Any, str, list[str]]

E = "grpc://127.0.0.1:10001"


def called(**options: Any) -> Any:
    """RPC, by a proxy with these options."""
    return {"rpc": {"proxy": {"endpoint": E, **options}, "without_namespace": {"proxy_enabled": True}}}


def connected(**options: Any) -> Any:
    """Connections, by a proxy with these options."""
    connect = {"enabled": True, "endpoint": E, **options}
    return {"client": {"proxy": {"connect": connect, "refresh": {"enabled": True, "endpoint": E}}}}


def namespaced(proxies: list[str], **options: Any) -> Any:
    """A namespace of channels with these options, and proxies for it."""
    return {
        "channel": {
            "proxy": {name: {"endpoint": E} for name in proxies},
            "namespaces": [{"name": "chat", **options}],
        }
    }


def polled(**options: Any) -> Any:
    """Shared polls, by a proxy with these options."""
    return {
        "shared_poll": {"hmac_secret_key": "a long random value"},
        "channel": {
            "proxy": {"shared_poll_refresh": {"endpoint": E, **options}},
            "namespaces": [{"name": "poll", "subscription_type": "shared_poll"}],
        },
    }


ROOMS = "topics: [{pattern: 'chat:{room}', who: anyone}]"
# Subscribe as such a policy wants it.
ASKED = namespaced(["subscribe"], subscribe_proxy_enabled=True)
