"""Everything that `centrifugo-proxy doctor` may find, word for word."""

import json
from pathlib import Path
from typing import Any

import pytest
from ready import run

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


# Centrifugo's configuration, the policy that it is compared with, and the lines of what is found.
FINDINGS: list[tuple[Any, str, list[str]]] = [
    (
        called(endpoint="tcp://a:1"),
        "",
        [
            "problem at rpc.proxy.endpoint (unknown-scheme)",
            "Centrifugo does not know tcp:// and cannot call tcp://a:1.",
            "Mend: write grpc:// before host and port; TLS is switched on by grpc.tls.enabled.",
        ],
    ),
    (
        called(endpoint="grpc://a"),
        "",
        [
            "problem at rpc.proxy.endpoint (no-port)",
            "grpc://a has no port, and gRPC then takes 443.",
            "Mend: add the port that this server listens on, 10001 by default.",
        ],
    ),
    (
        called(endpoint="grpc://proxy.internal:1"),
        "",
        [
            "note at rpc.proxy.endpoint (one-replica)",
            "If proxy.internal stands for several servers, each Centrifugo node calls only the first that answers, for as long as that connection lives (gRPC's pick_first).",
            "Mend: put a balancer for HTTP/2 in front, or set maxConnectionAge here (max_connection_age in a policy file) so that nodes choose again.",
        ],
    ),
    (
        {"client": {"proxy": {"connect": {"enabled": True, "endpoint": E}}}},
        "",
        [
            "note at client.proxy.connect.enabled (expiry-without-refresh)",
            "Without client.proxy.refresh connections with an expire_at are closed when it passes (3005), and clients do not come back with it.",
            "Mend: set client.proxy.refresh.enabled to true, if answers set expire_at.",
        ],
    ),
    (
        namespaced(["subscribe"], subscribe_proxy_enabled=True),
        "",
        [
            "note at channel.namespaces[chat].subscribe_proxy_enabled (expiry-without-refresh)",
            "Without channel.proxy.sub_refresh subscriptions with an expire_at end when it passes.",
            "Mend: set sub_refresh_proxy_enabled to true beside it, if answers set expire_at.",
        ],
    ),
    (
        {"client": {"proxy": {"connect": {"endpoint": E}}}},
        "",
        [
            "problem at client.proxy.connect.enabled (not-enabled)",
            "The proxy has an endpoint, and nothing switches it on, so it is never called.",
            "Mend: set client.proxy.connect.enabled to true, or remove the endpoint.",
        ],
    ),
    (
        namespaced(["subscribe"]),
        "",
        [
            "problem at channel.proxy.subscribe (not-enabled)",
            "The proxy has an endpoint, and nothing switches it on, so it is never called.",
            "Mend: set subscribe_proxy_enabled to true in channel.without_namespace or in a namespace of channels, or remove the endpoint.",
        ],
    ),
    (
        {"rpc": {"proxy": {"endpoint": E}}},
        "",
        [
            "problem at rpc.proxy (not-enabled)",
            "The proxy has an endpoint, and nothing switches it on, so it is never called.",
            "Mend: set proxy_enabled to true in rpc.without_namespace or in a namespace of RPC, or remove the endpoint.",
        ],
    ),
    (
        namespaced(["shared_poll_refresh"]),
        "",
        [
            "problem at channel.proxy.shared_poll_refresh (not-enabled)",
            "The proxy has an endpoint, and nothing switches it on, so it is never called.",
            "Mend: set subscription_type to \"shared_poll\" in a channel namespace, or remove the endpoint.",
        ],
    ),
    (
        namespaced([], subscribe_stream_proxy_bidirectional=True),
        "",
        [
            "problem at channel.namespaces[chat].subscribe_stream_proxy_bidirectional (not-enabled)",
            "It has no effect without subscribe_stream_proxy_enabled.",
            "Mend: set subscribe_stream_proxy_enabled to true beside it.",
        ],
    ),
    (
        namespaced(["subscribe_stream", "publish"], subscribe_stream_proxy_enabled=True, publish_proxy_enabled=True),
        "",
        [
            "problem at channel.namespaces[chat].subscribe_stream_proxy_enabled (stream-beside-others)",
            "publish_proxy_enabled is on in the same namespace, which Centrifugo refuses, so it does not start.",
            "Mend: give the channels with streams a namespace of their own.",
        ],
    ),
    (
        namespaced(["map_publish"], map={"publish_proxy_enabled": True}),
        "",
        [
            "note at channel.namespaces[chat].map.publish_proxy_enabled (no-map)",
            "The namespace's subscription_type does not make it one of map channels, and only these have keys.",
            "Mend: set subscription_type to \"map\", and map.mode, in this namespace.",
        ],
    ),
    (
        namespaced(["publish"], subscription_type="map", publish_proxy_enabled=True),
        "",
        [
            "problem at channel.namespaces[chat].publish_proxy_enabled (proxy-on-map)",
            "The namespace is of map channels, and this proxy does not decide about those.",
            "Mend: use map.publish_proxy_enabled instead.",
        ],
    ),
    (
        namespaced(["subscribe"], subscription_type="map", subscribe_proxy_enabled=True, sub_refresh_proxy_enabled=True),
        "",
        [
            "problem at channel.proxy.sub_refresh.endpoint (no-endpoint)",
            "channel.namespaces[chat].sub_refresh_proxy_enabled switches on a proxy that has no endpoint, so Centrifugo does not start.",
            "Mend: set it to grpc:// and this server's host and port, such as grpc://127.0.0.1:10001.",
            "problem at channel.namespaces[chat].subscribe_proxy_enabled (proxy-on-map)",
            "The namespace is of map channels, and this proxy does not decide about those.",
            "Mend: let clients subscribe by tokens or by allow_subscribe_for_client, and remove it.",
        ],
    ),
    (
        called(http_headers=["User-Agent"]),
        "",
        [
            "problem at rpc.proxy.http_headers (reserved-header)",
            "User-Agent is never forwarded: gRPC sets a header of this name itself and drops the client's.",
            "Mend: remove it; if rules need it, let the proxy in front of Centrifugo copy it to another name.",
        ],
    ),
    (
        called(grpc_metadata=["X-Tenant"]),
        "",
        [
            "problem at rpc.proxy.grpc_metadata (upper-case-metadata)",
            "X-Tenant never matches: the names of metadata arrive in lower case and are compared as they are.",
            "Mend: write x-tenant.",
        ],
    ),
    (
        called(http_headers=["x-a"], grpc={"static_metadata": {"x-a": "1"}}),
        "",
        [
            "problem at rpc.proxy.grpc.static_metadata.x-a (overridden-metadata)",
            "A header of the same name is forwarded from clients and replaces the static value: what a client sends is then taken for Centrifugo's own.",
            "Mend: take it out of http_headers, emulated_headers and grpc_metadata, or rename the static one.",
        ],
    ),
    (
        called(http_headers=["x-a"], grpc={"credentials_key": "x-a"}),
        "",
        [
            "problem at rpc.proxy.grpc.credentials_key (two-credentials)",
            "x-a is forwarded from clients or static as well: a call then has two values for it, and this server refuses a call without exactly one.",
            "Mend: take it out of http_headers, emulated_headers, grpc_metadata and static_metadata.",
        ],
    ),
    (
        called(grpc={"tls": {"server_ca_pem": "a"}}),
        "",
        [
            "problem at rpc.proxy.grpc.tls.enabled (tls-not-enabled)",
            "TLS has options, and is not switched on: Centrifugo calls in plaintext.",
            "Mend: set it to true, or remove grpc.tls.",
        ],
    ),
    (
        {"rpc": {"proxy": {"endpoint": E}, "without_namespace": {"proxy_enabled": True, "proxy_name": "other"}}},
        "",
        [
            "problem at rpc.without_namespace.proxy_name (unknown-proxy)",
            "There is no proxy \"other\" in proxies, so Centrifugo does not start.",
            "Mend: add it to proxies, or name one of those there.",
            "problem at rpc.proxy (not-enabled)",
            "The proxy has an endpoint, and nothing switches it on, so it is never called.",
            "Mend: set proxy_enabled to true in rpc.without_namespace or in a namespace of RPC, or remove the endpoint.",
        ],
    ),
    (
        {"rpc": {"without_namespace": {"proxy_enabled": True}}},
        "",
        [
            "problem at rpc.proxy.endpoint (no-endpoint)",
            "rpc.without_namespace.proxy_enabled switches on a proxy that has no endpoint, so Centrifugo does not start.",
            "Mend: set it to grpc:// and this server's host and port, such as grpc://127.0.0.1:10001.",
        ],
    ),
    (
        {"proxies": [{"name": "other", "endpoint": E}]},
        "",
        [
            "problem at proxies[other] (unused-proxy)",
            "No namespace names this proxy, so it is never called.",
            "Mend: name it in a namespace, for example by subscribe_proxy_name, or remove it.",
        ],
    ),
    (
        called(timeout=1),
        "",
        [
            "problem at rpc.proxy.timeout (no-duration)",
            "The timeout is no duration, so Centrifugo does not start.",
            "Mend: write a number and a unit in quotation marks, such as \"1s\" or \"500ms\".",
        ],
    ),
    (
        called(timeout="0s"),
        "",
        [
            "problem at rpc.proxy.timeout (no-timeout)",
            "A timeout of 0s leaves no time for an answer.",
            "Mend: set it to \"1s\", or remove it: that is the default.",
        ],
    ),
    (
        connected(timeout="11s"),
        "",
        [
            "problem at client.proxy.connect.timeout (timeout-after-stale-close)",
            "Centrifugo closes a connection that has not connected within 10 s, before the timeout of 11s is over.",
            "Mend: set it to at most \"5s\", after which clients give up as well.",
        ],
    ),
    (
        called(timeout="6s"),
        "",
        [
            "problem at rpc.proxy.timeout (timeout-after-client)",
            "Clients' SDKs wait for an answer for 5 s, and the timeout is 6s: a later answer finds nobody.",
            "Mend: set it to less than \"5s\".",
        ],
    ),
    (
        {"proxy_connect_endpoint": E},
        "",
        [
            "problem at proxy_connect_endpoint (old-configuration)",
            "It is an option of Centrifugo 5 and before, which Centrifugo 6 does not know.",
            "Mend: convert the configuration by Centrifugo's converter for version 6, then look again.",
        ],
    ),
    (
        {},
        "connect: {anonymous: true}",
        [
            "problem at client.proxy.connect (handled-not-enabled)",
            "This server handles Connect, and Centrifugo never calls it.",
            "Mend: set client.proxy.connect.enabled to true and give client.proxy.connect the endpoint of this server.",
        ],
    ),
    (
        {},
        "topics: [{pattern: 'chat:{room}', who: anyone}]",
        [
            "problem at channel.proxy.subscribe (handled-not-enabled)",
            "This server handles Subscribe, and Centrifugo never calls it.",
            "Mend: set subscribe_proxy_enabled to true in channel.without_namespace or in a namespace of channels and give channel.proxy.subscribe the endpoint of this server.",
            "problem at channel.namespaces (unknown-namespace)",
            "This server has a rule for chat:{room}, and Centrifugo has no namespace \"chat\": it refuses such channels with 102.",
            "Mend: add a namespace with the name \"chat\", or choose another divider than : here.",
        ],
    ),
    (
        called(),
        "topics: []",
        [
            "problem at rpc.without_namespace.proxy_enabled (enabled-not-handled)",
            "Centrifugo calls RPC, which this server does not handle and so refuses.",
            "Mend: handle it here, or switch the proxy off there.",
        ],
    ),
    (
        namespaced(["subscribe_stream"], subscribe_stream_proxy_enabled=True),
        "topics: [{pattern: 'chat:{room}', who: anyone}]",
        [
            "problem at channel.proxy.subscribe (handled-not-enabled)",
            "This server handles Subscribe, and Centrifugo never calls it.",
            "Mend: set subscribe_proxy_enabled to true in channel.without_namespace or in a namespace of channels and give channel.proxy.subscribe the endpoint of this server.",
            "problem at channel.namespaces[chat].subscribe_stream_proxy_enabled (enabled-not-handled)",
            "Centrifugo calls SubscribeUnidirectional, which this server does not handle and so refuses.",
            "Mend: handle it here, or switch the proxy off there.",
        ],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("configuration", "policy", "lines"), FINDINGS)
def test_it_says_what_it_found(configuration: Any, policy: str, lines: list[str], tmp_path: Path) -> None:
    """Where, why, and what to change; a note alone is exit status 0."""
    file, rules = tmp_path / "centrifugo.json", tmp_path / "proxy.yaml"
    file.write_text(json.dumps(configuration))
    rules.write_text(policy)
    compared = ("--config", str(rules)) if policy else ()
    status, said, complaint = run("doctor", str(file), *compared, own_tokens=False)
    assert complaint == ""
    assert [line.strip() for line in said.splitlines() if line][:-1] == lines
    assert status == any(line.startswith("problem at ") for line in lines)
