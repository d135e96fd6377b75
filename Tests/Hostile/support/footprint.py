"""What a process takes: memory, descriptors, threads, processor time, as Linux tells."""

import re
import time
from pathlib import Path


class Footprint:
    """The footprint of one process, read anew each time."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._folder = Path(f"/proc/{pid}")

    @property
    def memory(self) -> int:
        """Resident bytes."""
        return self._status("VmRSS") * 1_024

    @property
    def peak(self) -> int:
        """The most resident bytes since `forget_peak`."""
        return self._status("VmHWM") * 1_024

    @property
    def threads(self) -> int:
        """The number of threads."""
        return self._status("Threads")

    @property
    def descriptors(self) -> int:
        """The number of open descriptors."""
        return sum(1 for _ in (self._folder / "fd").iterdir())

    @property
    def processor_seconds(self) -> float:
        """The time all threads have spent so far, in user and kernel mode."""
        # Linux makes the id of another process's clock so: its complement, and two for the scheduler's count.
        return time.clock_gettime(~self._pid << 3 | 2)

    def forget_peak(self) -> None:
        """Lets the peak begin anew."""
        (self._folder / "clear_refs").write_text("5")

    def _status(self, name: str) -> int:
        found = re.search(rf"^{name}:\s+(\d+)", (self._folder / "status").read_text(), re.MULTILINE)
        assert found, f"/proc tells no {name}"
        return int(found[1])
