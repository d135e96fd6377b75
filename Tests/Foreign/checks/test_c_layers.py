"""Scripts/check-c-layers: the shim has no offence, and each kind of offence is found in a copy of it."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SHIM = "Sources/CNghttp2"

# What is appended to a file, and what the check says of it then, beside the line.
OFFENCES = {
    "a call that closes a circle": (
        "Streams/stream.c",
        "void stream_discard(stream_table *table, stream *stream) { stream_table_discard(table, stream); }",
        "stream uses stream_table_discard of stream_table, in a circle: stream → stream_table → stream",
    ),
    "a callback that closes a circle": (
        "Fields/header_block.c",
        "static void (*recycle)(struct stream *, header_block_pool *, held_memory *) = stream_recycle;",
        "header_block uses stream_recycle of stream, in a circle: header_block → stream → header_block",
    ),
    "a function without a declaration": (
        "Memory/bytes.c",
        "int bytes_count(void) { return 0; }",
        "bytes_count is neither static nor declared in bytes.h",
    ),
    "a declaration without a function": (
        "Session/limits.h",
        "bool limits_allow_all(void);",
        "limits_allow_all is not defined in limits.c",
    ),
    "another part's field, through the session": (
        "Receiving/flow.c",
        "static size_t open(const cnghttp2_session *session) { return session->streams.open_count; }",
        "the fields of stream_table belong to stream_table",
    ),
    "another part's field, through a stream": (
        "Session/events.c",
        "static void fill_up(stream *stream) { stream->credit.left = 0; }",
        "the fields of credit belong to credit",
    ),
    "another part's field, through a pointer to the part": (
        "Sending/output.c",
        "static uint32_t code(const goaway *last) { return last->error_code; }",
        "the fields of goaway belong to goaway",
    ),
    "a field of the session's own": (
        "Session/limits.c",
        "static void stop(cnghttp2_session *session) { session->now = 0; }",
        "now is written by session only",
    ),
}


def offences(root: Path) -> list[str]:
    """What the check prints about a tree: it fails when that is anything."""
    done = subprocess.run([ROOT / "Scripts/check-c-layers", root], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.returncode == (1 if done.stdout else 0)
    return done.stdout.splitlines()


def append(file: Path, text: str) -> int:
    """Appends a line to a file, and returns its number."""
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([*lines, text]) + "\n", encoding="utf-8")
    return len(lines) + 1


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the shim's sources, as a root."""
    shutil.copytree(ROOT / SHIM, tmp_path / SHIM)
    return tmp_path


def test_the_shim_has_no_offence() -> None:
    """Nor is one made up of what comments and strings say."""
    assert offences(ROOT) == []


@pytest.mark.parametrize(("name", "text", "told"), OFFENCES.values(), ids=OFFENCES.keys())
def test_an_offence_is_found_at_its_line(copy: Path, name: str, text: str, told: str) -> None:
    """Each in its file."""
    line = append(copy / SHIM / name, text)
    assert f"{SHIM}/{name}:{line}: {told}" in offences(copy)


def test_a_circle_is_printed_edge_by_edge(copy: Path) -> None:
    """With the line that makes each edge, down to the one that was added last."""
    append(copy / SHIM / "Streams/credit.h", "static inline void credit_end(void) { events_queue(0, 0, 0); }")
    found = offences(copy)
    edges = [re.fullmatch(r"(\S+):(\d+): (\w+) uses (\w+) of (\w+), in a circle: .*", line) for line in found]
    assert len(edges) >= 2
    for edge, following in zip(edges, edges[1:] + edges[:1], strict=True):
        assert edge and following and edge[5] == following[3]
        assert edge[4] in (copy / edge[1]).read_text(encoding="utf-8").splitlines()[int(edge[2]) - 1]


def test_words_are_no_calls(copy: Path) -> None:
    """Comments, strings and members that are named like functions of others."""
    file = copy / SHIM / "Memory" / "memory.c"
    append(file, "// events_queue(session), stream_table_find")
    append(file, 'static const char *text(void) { return "events_queue(\\"x\\")"; } /* goaway_end_session() */')
    append(file, "static int member(struct any *any) { return any->events_queue + any[0].stream_table_find; }")
    assert offences(copy) == []


def test_headers_in_a_circle_are_found(copy: Path) -> None:
    """Though they may compile, by their guards."""
    append(copy / SHIM / "Memory/held_memory.h", '#include "byte_buffer.h"')
    found = offences(copy)
    assert len(found) == 2
    assert all("Memory/byte_buffer.h" in line and "Memory/held_memory.h" in line for line in found)


@pytest.mark.parametrize("name", ["CNghttp2/include/cnghttp2.h", "Other/other.h"])
def test_nghttp2_stays_inside(copy: Path, name: str) -> None:
    """Swift sees what the include folder shows."""
    file = copy / "Sources" / name
    file.parent.mkdir(exist_ok=True)
    file.touch()
    line = append(file, "#  include <nghttp2/nghttp2.h>")
    assert offences(copy) == [f"Sources/{name}:{line}: nghttp2's headers are for the sources in {SHIM} only"]
