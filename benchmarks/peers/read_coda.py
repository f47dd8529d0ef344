"""Read one CODA file with one reader; print seconds of CPU, peak memory added and movements as JSON.

Runs in the environment of the reader that is measured: it imports nothing else.
"""

import json
import sys
import time
from pathlib import Path


def codasync(path: Path) -> int:
    from codasync import coda

    return sum(len(statement.movements) for statement in coda.read(path.read_bytes()))


def codasync_streaming(path: Path) -> int:
    from codasync import coda

    return sum(len(statement.movements) for statement in coda.iter_statements(path.read_bytes()))


def febelfin_coda(path: Path) -> int:
    from coda import CODA

    with path.open(encoding="windows-1252") as file:
        return sum(len(statement.moves) for statement in CODA(file).statements)


def pycoda(path: Path) -> int:
    from coda.parser import Parser

    return sum(len(statement.movements) for statement in Parser().parse(path.read_bytes()))


READERS = {reader.__name__: reader for reader in (codasync, codasync_streaming, febelfin_coda, pycoda)}


def memory(name: str) -> int:
    """Return a figure of this process in KiB: VmRSS now, VmHWM at its highest (Linux)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def main() -> None:
    name, small, large = sys.argv[1:]
    reader = READERS[name]
    reader(Path(small))  # imports and first-time work are not what is measured
    before = memory("VmRSS")
    began = time.process_time()
    movements = reader(Path(large))
    seconds = time.process_time() - began
    added = memory("VmHWM") - before
    print(json.dumps({"seconds": seconds, "added_kib": added, "movements": movements}))


main()
