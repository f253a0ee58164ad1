"""What the machine has: its processor, cores that this process may use, and memory, and what of that it has taken.

Needs the standard library alone.
"""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def memory() -> tuple[int, int | None]:
    """Bytes of main memory in all, 0 if nobody says, and those that are free; in a container, of its share."""
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 0, None
    free = _kilobytes(Path("/proc/meminfo"), "MemAvailable")
    limit, used = (_number(Path("/sys/fs/cgroup") / name) for name in ("memory.max", "memory.current"))
    if limit and limit < total:
        total, left = limit, limit - (used or 0)
        free = min(free, left) if free else left
    return total, free


def _kilobytes(path: Path, key: str) -> int | None:
    """What Linux tells in a line such as ``VmHWM: 1024 kB``, in bytes."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{key}:"))
    except (OSError, StopIteration, ValueError, IndexError):
        return None


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # no such limit
        return None


def processor() -> str:
    """What the processor is called, as far as the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def peak() -> int:
    """The most bytes of main memory that this process has had at once; 0 if nobody says."""
    # Not getrusage where there is better: on Linux a new program inherits the peak of the one that began it.
    return _status("VmHWM") or _windows_peak() or _usage_peak()


def resident() -> int:
    """The bytes of main memory that this process has now; where nobody says, its `peak`."""
    return _status("VmRSS") or peak()


def forget_peak() -> bool:
    """Count the `peak` from now on; whether the system can do that."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")
    except OSError:
        return False
    return True


def _status(key: str) -> int:
    return _kilobytes(Path("/proc/self/status"), key) or 0


def _usage_peak() -> int:
    try:
        import resource
    except ImportError:  # Windows
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def _windows_peak() -> int:
    """PeakWorkingSetSize of PROCESS_MEMORY_COUNTERS (psapi.h)."""
    if sys.platform != "win32":
        return 0
    import ctypes
    from ctypes import wintypes

    class Counters(ctypes.Structure):
        _fields_ = (
            ("cb", wintypes.DWORD),
            ("PageFaultCount", wintypes.DWORD),
            ("PeakWorkingSetSize", ctypes.c_size_t),
            *((name, ctypes.c_size_t) for name in ("a", "b", "c", "d", "e", "f", "g")),
        )

    counters = Counters()
    counters.cb = ctypes.sizeof(counters)
    kernel = ctypes.WinDLL("kernel32")
    kernel.GetCurrentProcess.restype = wintypes.HANDLE
    process = wintypes.HANDLE(kernel.GetCurrentProcess())
    asked = kernel.K32GetProcessMemoryInfo(process, ctypes.byref(counters), counters.cb)
    return int(counters.PeakWorkingSetSize) if asked else 0
