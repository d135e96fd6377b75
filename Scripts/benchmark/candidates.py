"""The servers of Benchmarks: how each is built for release, how it is started, and that it answers rightly."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchmark.server import RELEASE, ROOT, SERVER_CORE, BenchError

BENCHMARKS = ROOT / "Benchmarks"
# Beside the package and not in it, where it would be taken for sources.
BUILD = ROOT / ".build-compare"
PROTO = ROOT / "Protos/proxy.proto"
FOREIGN = ROOT / "Tests/Foreign"
BOTH_CORES = "0,1"
OUR_PRODUCT = "ProxyBenchServer"


@dataclass(frozen=True)
class Candidate:
    """A server to measure. In its command, {port} stands for its port at 127.0.0.1."""

    name: str
    what: str
    build: Callable[[], Path]
    options: tuple[str, ...] = ("{port}",)
    cores: str = SERVER_CORE

    def command(self, binary: Path, port: int) -> list[str]:
        """The command that starts what was built."""
        return [str(binary), *(option.replace("{port}", str(port)) for option in self.options)]


@cache
def build_swift(product: str, package: Path = BENCHMARKS, scratch: Path = BUILD / "swift") -> Path:
    """Builds a product of Benchmarks, or of a package that it depends on, once; returns where it is."""
    command = ["swift", "build", "--package-path", str(package), "--scratch-path", str(scratch)]
    subprocess.run(
        [*command, *RELEASE, "--product", product],
        check=True,
        stdout=sys.stderr,
        # Only with this the manifests have what times the codecs. Always set, or one build would undo another's plan.
        env=os.environ | {"CENTRIFUGO_PROXY_BENCH": "1"},
    )
    return scratch / "release" / product


def is_up_to_date(made: Path, *sources: Path) -> bool:
    """Whether a file is there and newer than its sources."""
    return made.exists() and all(source.stat().st_mtime <= made.stat().st_mtime for source in sources)


def _flags(*libraries: str) -> list[str]:
    command = ["pkg-config", "--cflags", "--libs", *libraries]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


def compile_to(made: Path, *command: str | Path) -> Path:
    """Compiles to a file that is there only when it is complete."""
    half = made.with_suffix(".half")
    subprocess.run([*command, "-o", half], check=True, stdout=sys.stderr)
    half.rename(made)
    return made


def build_floor() -> Path:
    """Builds the C server on nghttp2: against the library of the system, as ours is."""
    source, made = BENCHMARKS / "Floor/floor.c", BUILD / "floor"
    if is_up_to_date(made, source):
        return made
    BUILD.mkdir(exist_ok=True)
    warnings = ("-Wall", "-Wextra", "-Werror")
    return compile_to(made, "gcc", "-O2", *warnings, source, *_flags("libnghttp2"))


def build_grpc_cpp() -> Path:
    """Builds the gRPC C++ server, with the messages and the service that protoc generates."""
    source, made, generated = BENCHMARKS / "GRPCCpp/server.cc", BUILD / "grpc-cpp", BUILD / "cpp"
    if is_up_to_date(made, source, PROTO):
        return made
    generated.mkdir(parents=True, exist_ok=True)
    protoc = ["protoc", f"--proto_path={PROTO.parent}", f"--cpp_out={generated}", f"--grpc_out={generated}"]
    plugin = shutil.which("grpc_cpp_plugin")
    subprocess.run([*protoc, f"--plugin=protoc-gen-grpc={plugin}", PROTO], check=True)
    sources = (source, generated / "proxy.pb.cc", generated / "proxy.grpc.pb.cc")
    print("Compiling the gRPC C++ server: about half a minute", file=sys.stderr)
    return compile_to(made, "g++", "-std=c++17", "-O2", f"-I{generated}", *sources, *_flags("grpc++", "protobuf"))


def build_grpc_go() -> Path:
    """Builds the grpc-go server, with a Go and sources of its own."""
    source, script, folder = BENCHMARKS / "GRPCGo/server.go", ROOT / "Scripts/benchmark/build-grpc-go", BUILD / "go"
    made = folder / "server"
    if not is_up_to_date(made, source, script, PROTO):
        print("Building the grpc-go server: about half a minute", file=sys.stderr)
        subprocess.run([script, folder], check=True, stdout=sys.stderr)
    return made


def generate_swift_messages() -> None:
    """Generates SwiftProtobuf's messages with its own generator, and the protoc of the system.

    Its plugin would build protoc as well, which takes longer than all the rest.
    """
    generated = BENCHMARKS / "Sources/ProxyProtos/Generated"
    made = generated / "proxy.pb.swift"
    if is_up_to_date(made, PROTO, BENCHMARKS / "Package.swift"):
        return
    generator = build_swift("protoc-gen-swift")
    generated.mkdir(exist_ok=True)
    protoc = ["protoc", f"--proto_path={PROTO.parent}", f"--plugin={generator}", f"--swift_out={generated}"]
    subprocess.run([*protoc, "--swift_opt=Visibility=Public", PROTO], check=True)


def build_ours() -> Path:
    """Builds the server that uses the library alone."""
    return build_swift(OUR_PRODUCT)


def build_codecs() -> Path:
    """Builds the benchmark of the codecs."""
    generate_swift_messages()
    return build_swift("CodecBenchmark")


def build_grpc_swift() -> Path:
    """Builds the grpc-swift-2 server."""
    generate_swift_messages()
    return build_swift("GRPCSwiftServer")


OUR_OPTIONS = ("--port", "{port}")

# The first is what the others are compared with.
SERVERS = (
    Candidate("floor", "C on nghttp2 and epoll, canned answer", build_floor),
    Candidate("ours", "this library", build_ours, OUR_OPTIONS),
    Candidate("grpc-cpp", "gRPC C++", build_grpc_cpp),
    Candidate("grpc-go", "grpc-go", build_grpc_go),
    Candidate("grpc-go-tuned", "grpc-go, tuned", build_grpc_go, ("--tuned", "{port}")),
    Candidate("grpc-swift", "grpc-swift-2", build_grpc_swift),
)

VARIANTS = (
    Candidate("plain", "one handler actor, one event loop", build_ours, OUR_OPTIONS),
    Candidate("interceptor", "one interceptor", build_ours, (*OUR_OPTIONS, "--interceptors", "1")),
    Candidate("interceptors", "five interceptors", build_ours, (*OUR_OPTIONS, "--interceptors", "5")),
    Candidate("suspends", "the handler awaits another actor", build_ours, (*OUR_OPTIONS, "--suspends")),
    Candidate("global", "the global executor", build_ours, (*OUR_OPTIONS, "--executor", "global")),
    Candidate(
        "two-loops", "two event loops on two cores", build_ours, (*OUR_OPTIONS, "--event-loops", "2"), BOTH_CORES
    ),
)


def chosen(candidates: tuple[Candidate, ...], names: str | None) -> list[Candidate]:
    """Those with the given names, or all."""
    wanted = names.split(",") if names else [candidate.name for candidate in candidates]
    if unknown := set(wanted) - {candidate.name for candidate in candidates}:
        known = ", ".join(candidate.name for candidate in candidates)
        raise BenchError(f"there is no {', '.join(sorted(unknown))}; choose from {known}")
    return [candidate for candidate in candidates if candidate.name in wanted]


def prepare_verification() -> None:
    """Makes the Python environment of the foreign tests, which has grpcio."""
    subprocess.run([FOREIGN / "prepare"], check=True, stdout=sys.stderr)


def verify(port: int) -> None:
    """Calls the server as grpcio does; its answer must decode to what all servers answer."""
    command = [str(FOREIGN / ".venv/bin/python"), str(ROOT / "Scripts/benchmark/verify.py"), str(port)]
    environment = os.environ | {"PYTHONPATH": str(FOREIGN / "generated")}
    subprocess.run(command, check=True, env=environment)


def link_of(binary: Path, library: str) -> str | None:
    """The path of a shared library that the binary loads; the floor and ours must load the same."""
    shown = subprocess.run(["ldd", binary], check=True, capture_output=True, text=True).stdout
    found = re.search(rf"{re.escape(library)}\S* => (\S+)", shown)
    return found[1] if found else None
