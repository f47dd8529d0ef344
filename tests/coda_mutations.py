"""Damage every position of every record of a sample in turn, and see what the CODA reader says.

    python tests/coda_mutations.py

prints, for each kind of field, how many damages were tried, refused, read with a warning, and read without a word.
Nothing but CodaError may come out, and no damage to a field that the standard lets a reader check may pass. The
fields are written down here from the standard, apart from the reader's own tables.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from codasync import coda
from codasync.errors import CodaError
from codasync.sandbox import coda_writer
from codasync.sandbox.communications import belgian
from codasync.sandbox.numbers import structured_communication

REPLACEMENTS = "0123456789 AZaé-+.\t"

# What a reader can know about the positions of a record. Of each kind, which damage must be refused:
# fixed: all; counted: all, for a sum or another record says the same; date: what is no day; number: what is no digit;
# warned: none, but it must not pass without a warning unless it stays legal; text: none.
_ENDS = "126 1 warned, 127 1 warned, 128 1 warned"
_TABLE = {
    "0": "1 5 fixed, 6 6 date, 12 5 number, 17 1 duplicate, 18 7 warned, 72 11 number, 84 5 number, 121 7 warned,"
    " 128 1 fixed",
    "1": "1 1 fixed, 3 3 number, 6 31 counted, 40 3 counted, 43 16 counted, 59 6 date, 126 3 number",
    "21": "1 2 fixed, 3 4 sequence, 7 4 counted, 32 16 counted, 48 6 date, 54 8 number, 62 1 digit, 116 6 date,"
    f" 122 4 number, {_ENDS}",
    "22": f"1 2 fixed, 3 8 fixed, {_ENDS}",
    "23": f"1 2 fixed, 3 8 fixed, {_ENDS}",
    "31": f"1 2 fixed, 3 4 fixed, 7 4 sequence, 32 8 number, 40 1 digit, 114 12 warned, {_ENDS}",
    "32": f"1 2 fixed, 3 8 fixed, 116 10 warned, {_ENDS}",
    "33": f"1 2 fixed, 3 8 fixed, 101 25 warned, {_ENDS}",
    "8": "1 1 fixed, 2 3 number, 5 31 counted, 39 3 counted, 42 16 counted, 58 6 date, 64 64 warned, 128 1 warned",
    "4": "1 1 fixed, 3 8 number, 128 1 warned",
    "9": "1 1 fixed, 2 15 warned, 17 6 counted, 23 30 counted, 53 75 warned",
}
FIELDS = {
    record: [(int(first), int(length), kind) for first, length, kind in (field.split() for field in fields.split(", "))]
    for record, fields in _TABLE.items()
}
# What may pass without a refusal: these characters in a field of this kind.
LEGAL = {
    "duplicate": "D ",
    "digit": "01",
    "number": "0123456789",
    "date": "0123456789",
    "text": REPLACEMENTS,
    "warned": " 01",
}


@dataclass(frozen=True, slots=True)
class Damage:
    """One character put in the place of another, and what came of it: refused, warned or silent."""

    record: str
    line: int
    position: int
    kind: str
    text: str
    outcome: str
    right_line: bool


def sample() -> bytes:
    """Write a statement that has every record, with amounts and dates that leave no damage unseen by chance."""
    day = date(2026, 3, 10)
    account = coda_writer.Account("BE68539007547034", "KREDBEBB", "ACME NV", enterprise_number="0403019261")
    information = coda_writer.Information("I" * 260)
    movements = (
        coda_writer.Movement(
            1_234_560,
            communication="C" * 149,
            entry_date=day,
            value_date=day,
            counterparty_name="Dupont",
            counterparty_account="BE71096123456769",
            counterparty_currency="EUR",
            bank_reference="REF",
            information=(information,),
        ),
        coda_writer.Movement(
            -345_670, code="00101000", structured=belgian(structured_communication(7)), value_date=day
        ),
    )
    statement = coda_writer.Statement(
        account, 5_000_010, date(2026, 3, 9), day, movements, paper_number=48, coda_number=48, messages=("Message",)
    )
    return coda_writer.write(statement, newline="\n")


def damages() -> Iterator[Damage]:
    """Try every replacement at every position of every line of the sample."""
    lines = sample().decode("latin-1").splitlines()
    before = coda.read(as_file(lines))
    for number, line in enumerate(lines, start=1):
        record = line[:2] if line[0] in "23" else line[0]
        for position in range(1, 129):
            kind = next((kind for first, length, kind in FIELDS[record] if first <= position < first + length), "text")
            for character in REPLACEMENTS:
                if character != line[position - 1]:
                    text = line[: position - 1] + character + line[position:]
                    outcome, right_line = _read([*lines[: number - 1], text, *lines[number:]], number, before)
                    yield Damage(record, number, position, kind, text, outcome, right_line)


def as_file(lines: list[str]) -> bytes:
    """Return the bytes of a file in the single-byte character set of banks."""
    return "".join(f"{line}\n" for line in lines).encode("latin-1")


def _read(lines: list[str], number: int, before: list[coda.Statement]) -> tuple[str, bool]:
    try:
        statements = coda.read(as_file(lines))
    except CodaError as error:
        return "refused", any(finding.line >= number for finding in error.findings)
    warned = any(found.warnings != old.warnings for found, old in zip(statements, before, strict=True))
    return ("warned" if warned else "silent"), True


def passes(damage: Damage) -> bool:
    """Tell whether what came of a damage is what has to come of it."""
    legal = damage.text[damage.position - 1] in LEGAL.get(damage.kind, "")
    warned = damage.kind in {"warned", "sequence"} and damage.outcome == "warned"
    return damage.outcome == "refused" or legal or warned


def main() -> None:
    """Print the outcomes by kind of field; exit with 1 when a damage passed that must not."""
    outcomes: dict[str, Counter[str]] = {}
    wrong = []
    for damage in damages():
        outcomes.setdefault(damage.kind, Counter())[damage.outcome] += 1
        if not passes(damage) or not damage.right_line:
            wrong.append(damage)
    print(f"{'field':10} {'tried':>7} {'refused':>8} {'warned':>7} {'silent':>7}")
    for kind, counts in sorted(outcomes.items()):
        print(f"{kind:10} {counts.total():7,} {counts['refused']:8,} {counts['warned']:7,} {counts['silent']:7,}")
    print(f"{sum(counts.total() for counts in outcomes.values()):,} damages, {len(wrong)} passed that must not")
    for damage in wrong[:20]:
        print(
            f"  record {damage.record}, position {damage.position} ({damage.kind}), {damage.outcome}: {damage.text!r}"
        )
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
