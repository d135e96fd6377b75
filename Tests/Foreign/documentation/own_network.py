"""A network of its own for a program that listens on a fixed port, so that nothing else has that port."""

import ctypes
import fcntl
import os
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager

NEW_NETWORK, NEW_USER = 0x4000_0000, 0x1000_0000
SET_FLAGS, UP = 0x8914, 0x1
libc = ctypes.CDLL(None, use_errno=True)


def loopback_up() -> None:
    """Switches on the loopback interface."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SET_FLAGS, struct.pack("16sH14x", b"lo", UP))


def leave_network() -> None:
    """Moves the calling process into a new network, where that is allowed; elsewhere it stays in the machine's."""
    if libc.unshare(NEW_NETWORK) == 0 or libc.unshare(NEW_USER | NEW_NETWORK) == 0:
        loopback_up()


@contextmanager
def network_of(process: int) -> Iterator[Callable[[], None]]:
    """What a process calls to enter the network of another one."""
    spaces = [os.open(f"/proc/{process}/ns/{name}", os.O_RDONLY) for name in ("user", "net")]

    def enter() -> None:
        # Its own user namespace cannot be entered again, and then the network is not another one's either.
        for space in spaces:
            libc.setns(space, 0)

    try:
        yield enter
    finally:
        for space in spaces:
            os.close(space)
