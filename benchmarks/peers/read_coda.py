"""Read one CODA file with one reader; print seconds of CPU, peak memory added and movements as JSON.

`seconds` is what reading takes, `all_seconds` what it takes when every movement and detail is then asked for everything
that its class offers, properties included. Runs in the environment of the reader that is measured: it imports
nothing else.
"""

import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def codasync(path: Path) -> list[Any]:
    from codasync import coda

    return [statement.movements for statement in coda.read(path.read_bytes())]


def codasync_streaming(path: Path) -> list[Any]:
    from codasync import coda

    return [range(len(statement.movements)) for statement in coda.iter_statements(path.read_bytes())]


def febelfin_coda(path: Path) -> list[Any]:
    from coda import CODA

    with path.open(encoding="windows-1252") as file:
        return [statement.moves for statement in CODA(file).statements]


def pycoda(path: Path) -> list[Any]:
    from coda.parser import Parser

    return [statement.movements for statement in Parser().parse(path.read_bytes())]


READERS = {reader.__name__: reader for reader in (codasync, codasync_streaming, febelfin_coda, pycoda)}
BELOW = {"codasync": "details", "febelfin_coda": "moves"}


def offered(movement: object) -> list[str]:
    """Return the names of all public values of a movement; a generator of all below it is none."""
    names = [name for name in dir(movement) if not name.startswith("_") and name != "all_moves"]
    return [name for name in names if not callable(getattr(movement, name))]


def ask(movements: Iterable[Any], names: list[str], below: str | None) -> None:
    """Ask movements, and what is below them, for everything."""
    for movement in movements:
        for name in names:
            getattr(movement, name)
        if below:
            ask(getattr(movement, below), names, below)


def memory(name: str) -> int:
    """Return a figure of this process in KiB: VmRSS now, VmHWM at its highest (Linux)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def main() -> None:
    name, small, large = sys.argv[1:]
    reader = READERS[name]
    names = offered(reader(Path(small))[0][0])  # imports and first-time work are not what is measured
    before = memory("VmRSS")
    began = time.process_time()
    statements = reader(Path(large))
    seconds = time.process_time() - began
    added = memory("VmHWM") - before
    if name != "codasync_streaming":
        for movements in statements:
            ask(movements, names, BELOW.get(name))
    print(
        json.dumps(
            {
                "seconds": seconds,
                "all_seconds": time.process_time() - began,
                "added_kib": added,
                "movements": sum(len(movements) for movements in statements),
            }
        )
    )


main()
