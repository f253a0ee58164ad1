"""Let the machine around a run fail in many ways, and print what was lost. Run it with::

    python -m benchmarks.faults
    python -m benchmarks.faults --what disk,signal

On Linux; as root, the small disks and the missing permissions are real. A traceback, a hang, an undocumented exit code,
a file that is half written, or another picture than without the fault is a loss; exit code 1 if there was any.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.faults.faults import Fault, faults
from benchmarks.faults.place import Lost, Place, Skip


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults", description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--what", default="", help="only faults with one of these words in their name, such as disk,INT"
    )
    words = [word for word in parser.parse_args(argv).what.split(",") if word]
    lost = 0
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder))
        print("| fault | came of it | seconds |\n| --- | --- | --- |")
        for name, fault in faults().items():
            if words and not any(word in name for word in words):
                continue
            began = time.monotonic()
            came = _tried(fault, place)
            lost += came.startswith("lost")
            print(f"| {name} | {came} | {time.monotonic() - began:.0f} |", flush=True)
    return 1 if lost else 0


def _tried(fault: Fault, place: Place) -> str:
    try:
        fault(place)
    except Skip as reason:
        return f"skipped: {reason}"
    except Lost as reason:
        return f"lost: {reason}"
    return "nothing lost"


if __name__ == "__main__":
    sys.exit(main())
