"""Compare the speed and memory of CODA readers on 100,000 movements: codasync, febelfin-coda, pycoda.

    python benchmarks/coda.py [--movements N] [--rounds N]

Needs the extra `test`. febelfin-coda and pycoda install the same module `coda`, so pycoda gets an environment of its
own, made once beside this file, and the readers a folder of theirs. The readers take turns; ratios of the same round
are what counts, for machines are noisy: how many times the processor time or memory of codasync a reader took.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import venv
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from codasync.sandbox import coda_writer
from codasync.sandbox.communications import belgian
from codasync.sandbox.numbers import structured_communication

HERE = Path(__file__).parent
PEER_ENVIRONMENT = HERE / ".peers"
PER_STATEMENT = 200
STREAMING = "codasync_streaming"
Run = dict[str, dict[str, float]]
ACCOUNT = coda_writer.Account("BE68539007547034", "GEBABEBB", "GARAGE DUPONT & FILS SA", description="Compte a vue")


def movement(number: int, day: date) -> coda_writer.Movement:
    """Return an ordinary movement; every third has a structured communication, every tenth a batch's details."""
    amount = (number % 97 + 1) * 1_230 * (1 if number % 2 else -1)
    text = (
        {"structured": belgian(structured_communication(number + 1))}
        if number % 3 == 0
        else {"communication": f"Facture F2026-{number:06d}"}
    )
    details = ()
    if number % 10 == 0:
        halves = (amount // 20 * 10, amount - amount // 20 * 10)
        details = tuple(coda_writer.Movement(half, code="50107000", entry_date=day, value_date=day) for half in halves)
    return coda_writer.Movement(
        amount,
        code="10107000" if details else "00150000" if amount > 0 else "00101000",
        entry_date=day,
        value_date=day,
        counterparty_name="Boulangerie Helene SPRL",
        counterparty_account="BE71096123456769",
        counterparty_currency="EUR",
        counterparty_bic="GKCCBEBB",
        bank_reference=f"OL44483FW SCTO{number:07d}",
        details=details,
        **text,
    )


def file_of(movements: int) -> bytes:
    """Write so many movements in statements of an ordinary size, balances continuous."""
    written, balance, day = [], 1_000_000, date(2020, 1, 1)
    for first in range(0, movements, PER_STATEMENT):
        moves = tuple(movement(number, day) for number in range(first, min(first + PER_STATEMENT, movements)))
        number = first // PER_STATEMENT % 999 + 1
        statement = coda_writer.Statement(
            ACCOUNT, balance, day, day + timedelta(days=1), moves, paper_number=number, coda_number=number
        )
        balance, day = statement.new_balance_milli, day + timedelta(days=1)
        written.append(statement)
    return coda_writer.write(*written)


def peer_python() -> str:
    """Return the Python of an environment that has pycoda, making it the first time."""
    python = PEER_ENVIRONMENT / "bin/python"
    if not python.exists():
        venv.create(PEER_ENVIRONMENT, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "pycoda==1.1.0"], check=True)
    return str(python)


def measure(python: str, reader: str, small: Path, large: Path) -> dict[str, Any]:
    """Read once in a process of its own."""
    command = [python, str(HERE / "peers" / "read_coda.py"), reader, str(small), str(large)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--movements", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    pythons = dict.fromkeys(("codasync", STREAMING, "febelfin_coda"), sys.executable)
    pythons["pycoda"] = peer_python()
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder, "small.cod"), Path(folder, "large.cod")
        small.write_bytes(file_of(PER_STATEMENT))
        large.write_bytes(file_of(options.movements))
        records = large.read_bytes().count(b"\n")
        print(f"{options.movements:,} movements, {records:,} records, {large.stat().st_size:,} bytes")
        runs = [
            {name: measure(python, name, small, large) for name, python in pythons.items()}
            for _ in range(options.rounds)
        ]
    print(f"{'':20} {'reading':>22} {'and asking for everything':>28} {'memory added':>22}")
    for name in pythons:
        figures = [
            f"{records / median(runs, name, 'seconds'):10,.0f}/s {ratio(runs, name, 'seconds'):8.2f}x",
            f"{records / median(runs, name, 'all_seconds'):16,.0f}/s {ratio(runs, name, 'all_seconds'):8.2f}x",
            f"{median(runs, name, 'added_kib') / 1024:8,.0f} MiB {ratio(runs, name, 'added_kib'):8.2f}x",
        ]
        if name == STREAMING:
            figures[1] = ""
        print(f"{name:20} {figures[0]:>22} {figures[1]:>28} {figures[2]:>22}")


def median(runs: list[Run], name: str, figure: str) -> float:
    """Return the median of a figure of a reader."""
    return statistics.median(run[name][figure] for run in runs)


def ratio(runs: list[Run], name: str, figure: str) -> float:
    """Return how many times as much a reader took as codasync, in the median of the rounds."""
    return statistics.median(run[name][figure] / run["codasync"][figure] for run in runs)


main()
