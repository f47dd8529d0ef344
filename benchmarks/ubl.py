"""Compare the speed of UBL readers on an invoice of ten lines, bare and with a PDF of 500 KB inside.

    python benchmarks/ubl.py [--times N] [--rounds N]

Needs the extra `test`. The floor is plain lxml with the same safe options and the least that a booking needs. Each peer
gets an environment of its own, made once beside this file. The readers take turns, each in a process of its own; ratios
of the same round are what counts, for machines are noisy. Then the hostile documents of the tests are timed.
"""

import argparse
import hashlib
import json
import platform
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import venv
from datetime import date
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import Any

from codasync.sandbox import ubl_writer

HERE = Path(__file__).parent
PEERS = {"eu_einvoice": "eu-einvoice==1.0.0", "facturex": "facturex==0.6.4"}
READERS = ("parsing_alone", "floor", "codasync", *PEERS)
HOSTILE = HERE.parent / "tests" / "ubl_hostile.py"
HOSTILE_GROUPS = ("bombs", "shapes", "values", "texts")
SLOWEST = 8
PDF = b"%PDF-1.7\n" + random.Random(1).randbytes(500_000 - 14) + b"%%EOF"


def invoice(pdf: bytes | None) -> ubl_writer.Invoice:
    """Return an ordinary Peppol invoice of ten lines at two rates of VAT."""
    return ubl_writer.Invoice(
        "F2026-000123",
        date(2026, 3, 2),
        ubl_writer.Party("Garage Dupont & Fils SA", "BE0403170701", "Rue Haute 1", "1000", "Bruxelles", email="a@b.be"),
        ubl_writer.Party("Bakkerij Jansen BV", "BE0428759497", "Kouter 2", "9000", "Gent"),
        tuple(
            ubl_writer.Line(f"Onderhoud {number}", Decimal("12.50") * number, Decimal(number), (21, 21, 6)[number % 3])
            for number in range(1, 11)
        ),
        due_date=date(2026, 4, 1),
        iban="BE68539007547034",
        bic="GKCCBEBB",
        payment_reference="+++090/9337/55493+++",
        pdf=pdf,
    )


def python_of(reader: str) -> str:
    """Return the Python of an environment that has the reader, making it the first time.

    Raises CalledProcessError when a peer cannot be installed; nothing is left behind then.
    """
    if reader not in PEERS:
        return sys.executable
    environment = HERE / f".peers-{reader}"
    python = str(environment / "bin/python")
    if not environment.exists():
        venv.create(environment, with_pip=True)
        command = [python, "-m", "pip", "install", "--quiet", PEERS[reader], f"lxml=={version('lxml')}"]
        try:
            subprocess.run(command, check=True, capture_output=True, text=True)
        except subprocess.CalledProcessError:
            shutil.rmtree(environment)
            raise
    return python


def measure(python: str, reader: str, path: Path, times: int) -> dict[str, Any]:
    """Read the document so many times in a process of its own."""
    command = [python, str(HERE / "peers" / "read_ubl.py"), reader, str(path), str(times)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def trouble(answer: dict[str, Any], written: ubl_writer.Invoice) -> str:
    """Return why a reader gets no figure: what it raised, or what it read otherwise than it was written; else ''."""
    if "trouble" in answer:
        return str(answer["trouble"])
    found = answer["found"]
    facts = {"number": written.number, "lines": len(written.lines), "payable": str(written.gross)}
    if found and found["sha256"]:
        facts["sha256"] = hashlib.sha256(written.pdf or b"").hexdigest()
    wrong = [name for name, fact in facts.items() if found and found[name] != fact]
    return f"reads otherwise than was written: {', '.join(wrong)}" if wrong else ""


def compare(written: ubl_writer.Invoice, readers: dict[str, str], times: int, rounds: int) -> None:
    """Print a row for each reader; one that fails has its reason in place of figures."""
    data = ubl_writer.write(written)
    inside = f"a PDF of {len(written.pdf):,} bytes inside" if written.pdf else "no PDF inside"
    print(f"\n{len(written.lines)} lines, {len(data):,} bytes, {inside}")
    print(f"{'reader':20} {'ms a document':>14} {'of the floor':>13}  PDF")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "invoice.xml")
        path.write_bytes(data)
        runs = [
            {reader: measure(python, reader, path, times) for reader, python in readers.items()} for _ in range(rounds)
        ]
    for reader in readers:
        if reason := next(filter(None, (trouble(run[reader], written) for run in runs)), ""):
            print(f"{reader:20} {reason}")
            continue
        spent = statistics.median(run[reader]["milliseconds"] for run in runs)
        ratio = statistics.median(run[reader]["milliseconds"] / run["floor"]["milliseconds"] for run in runs)
        found = runs[0][reader]["found"]
        print(f"{reader:20} {spent:14.3f} {ratio:12.2f}x  {found['pdf'] if found and written.pdf else ''}".rstrip())


def time_hostile_documents() -> None:
    """Print the slowest of the tests' hostile documents, and any that is neither refused nor read as it should be."""
    found: dict[str, dict[str, Any]] = {}
    for group in HOSTILE_GROUPS:
        command = [sys.executable, str(HOSTILE), group, "/nonexistent", "http://127.0.0.1:9/x.dtd"]
        found |= json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    slowest = sorted(found, key=lambda name: -found[name]["seconds"])
    print(f"\n{len(found)} hostile documents; the {SLOWEST} slowest, in seconds of CPU")
    for name in slowest[:SLOWEST]:
        print(f"{name:40} {found[name]['seconds']:6.2f}  {found[name]['outcome']}")
    wrong = [name for name, each in found.items() if each["outcome"] != each["expected"]]
    print(f"not as expected: {', '.join(wrong) or 'none'}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    print(f"Python {platform.python_version()}, lxml {version('lxml')}; {', '.join(PEERS.values())}")
    readers = {}
    for reader in READERS:
        try:
            readers[reader] = python_of(reader)
        except subprocess.CalledProcessError as error:
            print(f"{reader} cannot be installed: {error.stderr.strip().splitlines()[-1]}")
    for pdf in (None, PDF):
        compare(invoice(pdf), readers, options.times, options.rounds)
    time_hostile_documents()


main()
