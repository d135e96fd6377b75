"""The commands' messages about wrong usage: every one is compared here, word for word."""

import shlex
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from ready import run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A working folder with files that are not what they should be."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty").write_text("")
    (tmp_path / "comment").write_text("# nothing else\n")
    (tmp_path / "latin").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "rules.yaml").write_text("topics: [{pattern: a, who: anyone}]\n")
    (tmp_path / "tokens.yaml").write_text("tokens: {sqlite: {file: tokens.sqlite}}\nconnect:\n")
    (tmp_path / "socket.yaml").write_text("listeners: [{unix: /run/a.sock}]\nrpc: {ping: true}\n")
    (tmp_path / "inherited.yaml").write_text("listeners: [{inherited: true}]\nrpc: {ping: true}\n")
    for name, storage in [("folder", "folder"), ("latin", "latin"), ("nowhere", "nowhere/tokens")]:
        (tmp_path / f"in-{name}.yaml").write_text(f"tokens: {{sqlite: {{file: {storage}}}}}\nconnect:\n")
    (tmp_path / "short.yaml").write_text("tokens: {jwt: {hmac: short}}\nconnect:\n")
    (tmp_path / "centrifugo.yaml").write_text("client: {}\n")
    (tmp_path / "nothing.json").write_text("{}")
    monkeypatch.chdir(tmp_path)
    yield tmp_path


def usage(sentence: str, command: str) -> str:
    """What ArgumentParser says around a sentence."""
    return f"Error: {sentence}\nUsage: {command}"


ROOT = "centrifugo-proxy <subcommand>\n"
SERVE = "centrifugo-proxy serve [--config <config>] [--check] [<options>]\n"
CALL = "centrifugo-proxy call [<options>] <event>\n"
LONG = f"/tmp/{'x' * 120}"

# The command line, and what comes of it: exit status 64 with the usage, another one with a single sentence.
UNDERSTOOD_NOT: list[tuple[str, str, str]] = [
    (
        "frob",
        'There is no command "frob"; the commands are serve, call, centrifugo-config, doctor, explain, new, token, help.',
        ROOT,
    ),
    (
        "help frob",
        'There is no command "frob"; the commands are serve, call, centrifugo-config, doctor, explain, new, token, help.',
        ROOT,
    ),
    ("--frob", "Unknown option '--frob'", ROOT),
    ("token frob", "Unexpected argument 'frob'", "centrifugo-proxy token <subcommand>\n"),
    ("serve extra", "Unexpected argument 'extra'", SERVE),
    ("serve --frob", "Unknown option '--frob'", SERVE),
    ("serve --port=-1", "--port -1 is not a port: choose one from 0 to 65535.", SERVE),
    ("serve --port 65536", "--port 65536 is not a port: choose one from 0 to 65535.", SERVE),
    ("serve --host ''", "--host is empty: name a host or an address, such as 127.0.0.1 or 0.0.0.0.", SERVE),
    ("serve --unix-socket ''", "--unix-socket has no path: name a file to make.", SERVE),
    (
        "serve --certificate a",
        "--certificate and --private-key go together: give both, or none for plaintext.",
        SERVE,
    ),
    (
        "serve --client-ca a",
        "--client-ca needs TLS: add --certificate and --private-key.",
        SERVE,
    ),
    ("serve --secret-key a", "--secret-key and --secret-file go together: give both, or none to serve everybody.", SERVE),
    (
        "serve --secret-key a --secret-file folder",
        "--secret-file folder cannot be read; give a text file, one value per line.",
        SERVE,
    ),
    (
        "serve --secret-key a --secret-file latin",
        "--secret-file latin cannot be read; give a text file, one value per line.",
        SERVE,
    ),
    ("serve --event-loops 0", "--event-loops 0 is out of range: choose from 1 to 1024.", SERVE),
    ("call RPC extra", "Unexpected argument 'extra'", CALL),
    ("call RPC --address ''", "--address  is not understood: write HOST:PORT, such as 127.0.0.1:10001 or [::1]:10001.", CALL),
    ("call RPC --address a:70000", "--address a:70000 is not understood: write HOST:PORT, such as 127.0.0.1:10001 or [::1]:10001.", CALL),
    ("call RPC --address grpcs://a:1", "--address grpcs://a:1 is not understood: write HOST:PORT, grpc://HOST:PORT or unix:///PATH, without grpcs://; TLS is a separate option.", CALL),
    ("call RPC --address '*:1'", "--address *:1 is not understood: write 0.0.0.0:1 for all IPv4 addresses, [::]:1 for all, or one address.", CALL),
    ("call RPC --unix-socket ''", "--unix-socket has no path; name the server's socket.", CALL),
    ("call RPC --data hi", "The data hi is not JSON: put texts in quotation marks, as '\"text\"', or use --binary.", CALL),
    ("call RPC --field method", '"method" is not NAME=VALUE, such as user=alice.', CALL),
    (
        "call RPC --secret-key a --secret-file empty",
        "--secret-file empty cannot be read, or is empty; put the value on one line.",
        CALL,
    ),
    ("token revoke", "Give a reference, or --user with the id of a user.", "centrifugo-proxy token revoke "),
    ("token revoke a --user b", "Give a reference, or --user with the id of a user.", "centrifugo-proxy token revoke "),
    (
        "token create alice --config tokens.yaml --expires soon",
        "--expires soon is not a duration: write for example 90s, 12h, 30d or never.",
        "centrifugo-proxy token create ",
    ),
    (
        "token create alice --config tokens.yaml --expires 0s",
        "--expires 0s is not a duration: write for example 90s, 12h, 30d or never.",
        "centrifugo-proxy token create ",
    ),
    ("new Chat --path ''", "--path is empty: name the folder to make, or remove it.", "centrifugo-proxy new <name> "),
]  # fmt: skip

MISSING: list[tuple[str, str]] = [
    ("call", "Missing expected argument '<event>'\nHelp:  <event>  The event, such as Connect, Subscribe or RPC.\n"),
    ("call RPC --data", "Missing value for '--data <data>'\nHelp:  --data <data>  The client's data: JSON"),
    ("call RPC --timeout x", "The value 'x' is invalid for '--timeout <timeout>'\nHelp:  --timeout <timeout>  Seconds"),
    ("doctor", "Name a file of Centrifugo's configuration, or its environment by --env.\nUsage: centrifugo-proxy doctor [<files> ...] "),
    ("doctor --form xml a", "The value 'xml' is invalid for '--form <form>'"),
    ("explain", "Name a command; the commands are connect, refresh, subscribe, "),
    ("new", "Missing expected argument '<name>'\nHelp:  <name>  The package's name"),
    ("token create", "Missing expected argument '<user>'\nHelp:  <user>  The id of the user that it is for.\n"),
    ("serve --port x", "The value 'x' is invalid for '--port <port>'\nHelp:  --port <port>  The TCP port to listen on;"),
    (
        "serve --log-level loud",
        "The value 'loud' is invalid for '--log-level <log-level>': choose trace, debug, info, notice, warning,",
    ),
    (
        "serve --unix-socket a --unix-socket-mode 9",
        "The value '9' is invalid for '--unix-socket-mode <unix-socket-mode>': choose an octal mode such as 660 or 600.",
    ),
]

FAILED: list[tuple[str, int, str]] = [
    ("serve --config ''", 1, "The policy file's name is empty; give one, or leave it out for the starter rules."),
    ("serve --config folder", 1, "folder is a folder; name a file in it."),
    ("serve --config nowhere", 1, "nowhere cannot be read; check that it exists and that this process may read it."),
    ("serve --config latin", 1, "latin is not UTF-8 text; save it in that encoding."),
    ("serve --config empty", 1, "empty is empty; it needs at least one section."),
    ("serve --config comment", 1, "comment is empty; it needs at least one section."),
    ("serve --check --config folder", 1, "folder is a folder; name a file in it."),
    (
        "serve --check --config short.yaml",
        1,
        "tokens.jwt.hmac: A shared secret needs at least 32 bytes, and this one has 5.",
    ),
    ("serve --port 0 --certificate folder --private-key a", 1, "Cannot serve TLS on 127.0.0.1 port 0: cannot read folder: it is not a file."),
    (
        "serve --port 0 --certificate empty --private-key a",
        1,
        "Cannot serve TLS on 127.0.0.1 port 0: empty holds no certificate; it should begin with -----BEGIN CERTIFICATE-----.",
    ),
    (f"serve --unix-socket {LONG}", 1, f"Cannot listen on the Unix socket {LONG}: its path is longer than a socket's may be; choose one of at most 100 bytes."),
    ("serve --unix-socket nowhere/x", 1, "Cannot listen on the Unix socket nowhere/x: its folder does not exist; make it, or choose another path."),
    ("serve --unix-socket latin", 1, "Cannot listen on the Unix socket latin: a file that is not a socket has that name; choose another path, or remove it."),
    ("serve --config in-nowhere.yaml --port 0", 1, "The file 'nowhere/tokens' cannot be created (No such file or directory): check its name, and whether its folder exists and may be written to."),
    ("serve --config in-latin.yaml --port 0", 1, "The file 'latin' is damaged or not an SQLite database (file is not a database): put a backup in its place, or move it away to begin without tokens."),
    ("token list --config in-folder.yaml", 1, "The file 'folder' cannot be opened for writing (unable to open database file): check its name and its owner, and those of its folder."),
    ("token list --config rules.yaml", 1, "The policy keeps no tokens; add tokens.sqlite or tokens.postgres (signed tokens are not kept)."),
    ("token list --config folder", 1, "folder is a folder; name a file in it."),
    ("token revoke a --config tokens.yaml", 1, "There is no token with the reference a, which list shows; write --user a for all tokens of a user."),
    (
        "token revoke -OB9B8PI0pC9nJnGaDQaKg --config tokens.yaml",
        1,
        "There is no token with the reference -OB9B8PI0pC9nJnGaDQaKg, which list shows; write --user -OB9B8PI0pC9nJnGaDQaKg for all tokens of a user.",
    ),
    ("token revoke --config tokens.yaml -hB9B8PI0pC9nJnGaDQaKg", 1, "There is no token with the reference -hB9B8PI0pC9nJnGaDQaKg, which list shows; write --user -hB9B8PI0pC9nJnGaDQaKg for all tokens of a user."),
    ("token revoke --user nope --config tokens.yaml", 1, "The user nope has no tokens."),
    ("centrifugo-config --config folder", 1, "folder is a folder; name a file in it."),
    ("centrifugo-config --config inherited.yaml", 1, "The service manager opens the policy's sockets; give the server's address for Centrifugo by --endpoint."),
    ("centrifugo-config --config tokens.yaml --timeout soon", 1, 'client.proxy.connect.timeout, client.proxy.refresh.timeout: "soon" is not a duration, so Centrifugo does not start. Fix: write a number'),
    ("centrifugo-config --endpoint nowhere", 1, "nowhere has no port, and gRPC then takes 443. Fix: add the port"),
    ("centrifugo-config --endpoint tcp://a:1", 1, "Centrifugo does not know tcp:// and passes it on as a host's name: each call fails, and clients get error 100. Fix: write grpc://"),
    ("centrifugo-config --endpoint http://a:1", 1, "http://a:1 is an HTTP server's address, and this server speaks gRPC; write grpc://HOST:PORT."),
    ("doctor folder", 2, "folder: it is a folder; name a file in it."),
    ("doctor nowhere", 2, "nowhere: it does not exist; check its name."),
    ("doctor --form json latin", 2, "latin, line 1: this is UTF-16; save the file as UTF-8; Centrifugo does not start with it."),
    ("doctor --form json empty", 2, "empty, line 1: the file is empty; {} is a configuration without options; Centrifugo does not start with it."),
    ("doctor empty", 2, "empty: its extension is not that of a format that Centrifugo reads; name the file .json, .yaml, .toml or .env, or name the format by --form; Centrifugo does not start with it."),
    ("doctor nothing.json --env latin", 2, "latin: it is not text in UTF-8; save it as UTF-8"),
    ("doctor nothing.json --config folder", 2, "folder is a folder; name a file in it."),
    ("explain folder connect", 2, "folder: it is a folder; name a file in it."),
    ("explain nowhere connect", 2, "nowhere: it does not exist; check its name."),
    ("explain nothing.json --commands comment", 2, "comment, line 1: comments are not JSON; remove it"),
    ("call RPC --address nowhere.invalid:1", 2, "Cannot call nowhere.invalid:1: the host name nowhere.invalid is not known; check its spelling, or use an IP address."),
    (f"call RPC --unix-socket {LONG}", 2, f"Cannot call the Unix socket {LONG}: the socket's path is longer than a Unix socket's may be."),
    ("call RPC --unix-socket folder", 2, "Cannot call the Unix socket folder: nothing listens there; start the server, or choose another address."),
    ("call RPC --tls --ca folder", 2, "Cannot call 127.0.0.1:10001: cannot read folder: it is not a file."),
    ("call RPC --tls --certificate empty --private-key empty", 2, "Cannot call 127.0.0.1:10001: empty holds no certificate; it should begin with -----BEGIN CERTIFICATE-----."),
    ("new 1x", 1, "'1x' cannot name a package: write a letter, then letters, digits or underscores, such as Chat."),
    ("new Testing", 1, "'Testing' has another meaning in the code around it; choose another name."),
    ("new Chat --path folder", 1, "folder already exists; choose another name, or another folder with --path."),
    ("new Chat --dependency nowhere", 1, "'nowhere' has no Package.swift; give --dependency a checkout of centrifugo-proxy or a URL."),
    ("new Chat --dependency folder --branch main", 1, "A branch is for a URL, but 'folder' is a path; remove one of them."),
]  # fmt: skip


@pytest.mark.parametrize(("line", "sentence", "command"), UNDERSTOOD_NOT)
def test_it_says_what_it_does_not_understand(folder: Path, line: str, sentence: str, command: str) -> None:
    """With the usage of the command that it is about, exit status 64, and nothing on standard output."""
    status, said, complaint = run(*shlex.split(line), own_tokens=False)
    assert (status, said) == (64, "")
    assert complaint.startswith(usage(sentence, command)), complaint


@pytest.mark.parametrize(("line", "beginning"), MISSING)
def test_it_says_what_is_missing(folder: Path, line: str, beginning: str) -> None:
    """With what it is for."""
    status, said, complaint = run(*shlex.split(line), own_tokens=False)
    assert (status, said) == (64, "")
    assert complaint.startswith(f"Error: {beginning}"), complaint


@pytest.mark.parametrize(("line", "status", "sentence"), FAILED)
def test_it_says_in_one_sentence_why_it_fails(folder: Path, line: str, status: int, sentence: str) -> None:
    """On standard error, with the fix, and nothing on standard output."""
    ended, said, complaint = run(*shlex.split(line), own_tokens=False)
    assert (ended, said) == (status, ""), complaint
    assert complaint.startswith("centrifugo-proxy: ") and complaint.count("\n") == 1, complaint
    assert sentence in complaint
    assert ".." not in complaint.replace("/..", "") and "?." not in complaint, complaint


def test_variables_that_nobody_knows_are_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the nearest one that there is."""
    monkeypatch.setenv("CENTRIFUGO_PROXY_LISTN", "127.0.0.1:1")
    status, said, complaint = run("serve", own_tokens=False)
    assert (status, said) == (1, "")
    assert complaint.startswith("centrifugo-proxy: CENTRIFUGO_PROXY_LISTN is not a setting; write CENTRIFUGO_PROXY_LISTEN, or unset")


def test_a_policy_file_may_be_named_by_a_variable(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty one is a mistake, as every other empty variable."""
    monkeypatch.setenv("CENTRIFUGO_PROXY_CONFIG", "rules.yaml")
    assert "pattern: a\n" in run("serve", "--check", own_tokens=False)[1]
    monkeypatch.setenv("CENTRIFUGO_PROXY_CONFIG", "")
    assert "The policy file's name is empty" in run("serve", "--check", own_tokens=False)[2]


def test_it_names_its_version_and_what_it_was_built_with() -> None:
    """For reports of what goes wrong."""
    assert run("--version") == (0, "1.0.0, with SQLite, PostgreSQL, JWT, HTTPBridge, TOML\n", "")


def test_without_a_command_it_tells_which_there_are() -> None:
    """As help, and not as a mistake."""
    status, said, complaint = run()
    assert (status, complaint) == (0, "")
    for command in ("serve", "call", "centrifugo-config", "doctor", "explain", "new", "token"):
        assert f"\n  {command} " in said
    assert run("--help") == run("help") == (0, said, "")


def test_a_configuration_leads_to_a_socket(folder: Path) -> None:
    """Where the policy listens on no TCP port."""
    status, said, complaint = run("centrifugo-config", "--config", "socket.yaml", own_tokens=False)
    assert (status, complaint) == (0, "")
    assert '"endpoint" : "unix:///run/a.sock"' in said


def test_control_characters_of_users_are_shown_escaped(folder: Path) -> None:
    """A list of tokens is lines with tabs between the columns, whatever users are called."""
    assert run("token", "create", "al\tice\x1b[31m", "--config", "tokens.yaml", own_tokens=False)[0] == 0
    status, said, _ = run("token", "list", "--config", "tokens.yaml", own_tokens=False)
    assert status == 0
    assert said.splitlines()[1].split("\t")[1] == r"al\tice\u{1B}[31m"


def test_a_port_in_use_is_named(folder: Path) -> None:
    """With what to do about it."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        status, said, complaint = run("serve", "--config", "rules.yaml", "--port", port, own_tokens=False)
    assert (status, said) == (1, "")
    assert complaint.splitlines()[-1].startswith(f"centrifugo-proxy: Cannot listen on 127.0.0.1 port {port}: it is in use; stop")
