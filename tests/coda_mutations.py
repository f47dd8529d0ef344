"""Damage every position of every record of a sample in turn, and see what the CODA reader says.

    python tests/coda_mutations.py

prints, for each kind of damage, how many were tried, refused, read with another warning, and read without a word.
Nothing but CodaError may come out; no damage to a field that the standard lets a reader check may pass; what is refused
has to be refused at the very lines that `coda_rules` names for it, and what is as good as before has to be read.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from coda_builder import IBAN_ZONE, as_bytes, information, message, movement, overwrite, statement
from coda_rules import Expected, Sound

from codasync import coda
from codasync.errors import CodaError

REPLACEMENTS = "0123456789 AZaé-+.\t"

NOT_HELD = "what the field may not hold"
CONTRADICTED = "what other records contradict"
RECORD = "number of a record that may not stand there"
OTHER_RECORD = "number of another record that may"
ODD = "what is odd"
LEGAL = "what nothing speaks against"
KINDS = (NOT_HELD, CONTRADICTED, RECORD, OTHER_RECORD, ODD, LEGAL)


@dataclass(frozen=True, slots=True)
class Damage:
    """One character put in the place of another, what had to come of it, and what came."""

    kind: str
    line: int
    position: int
    text: str
    expected: Expected
    found: tuple[int, ...]
    warned: bool

    @property
    def outcome(self) -> str:
        """Return refused, warned or silent."""
        return "refused" if self.found else "warned" if self.warned else "silent"

    @property
    def right(self) -> bool:
        """Say whether what came of it is what had to."""
        return self.expected.holds(self.found) and not (self.expected.warned and self.outcome == "silent")


def sample() -> list[str]:
    """Write a statement that has every record, with amounts and days that leave no damage unseen by chance."""
    movements = [
        movement(
            1, 1_234_560, text="C" * 149, account=IBAN_ZONE, name="DUPONT", customer_reference="E2E", informed=True
        ),
        information(1, 1, text="I" * 260),
        movement(2, -345_670, code="10101000", structured="101090933755493", globalisation="1"),
        movement(2, -345_670, detail=1, code="50101000", customer_reference="E2E", globalisation="1"),
    ]
    return statement(movements, old=5_000_010, messages=[message(1, 0, "MESSAGE")])


def damages() -> Iterator[Damage]:
    """Try every replacement at every position of every line of the sample."""
    lines = sample()
    sound = Sound(lines)
    (before,) = coda.read(as_bytes(lines))
    for number, line in enumerate(lines, start=1):
        for position in range(1, 129):
            field = sound.field(number, position)
            for character in REPLACEMENTS:
                if character != line[position - 1]:
                    damaged = overwrite(lines, number, position, character)
                    text = field.of(damaged[number - 1])
                    expected = sound.expect(number, field, text)
                    kind = _kind(expected, may_hold=field.may_hold(text))
                    found, warned = _read(damaged, before)
                    yield Damage(kind, number, position, damaged[number - 1], expected, found, warned)


def _kind(expected: Expected, *, may_hold: bool) -> str:
    if expected.other or expected.later:
        return OTHER_RECORD if expected.other else RECORD
    if expected.lines:
        return CONTRADICTED if may_hold else NOT_HELD
    return ODD if expected.warned else LEGAL


def _read(lines: list[str], before: coda.Statement) -> tuple[tuple[int, ...], bool]:
    """Return the lines that are found at fault, or none, and whether there is another warning."""
    try:
        (statement_,) = coda.read(as_bytes(lines))
    except CodaError as error:
        return tuple(finding.line for finding in error.findings), False
    return (), statement_.warnings != before.warnings


def main() -> None:
    """Print the outcomes by kind of damage; exit with 1 when a damage was not taken as it must be."""
    outcomes: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    wrong = []
    for damage in damages():
        outcomes[damage.kind][damage.outcome] += 1
        if not damage.right:
            wrong.append(damage)
    print(f"{'damage':45} {'tried':>7} {'refused':>8} {'warned':>7} {'silent':>7}")
    for kind, counts in outcomes.items():
        print(f"{kind:45} {counts.total():7,} {counts['refused']:8,} {counts['warned']:7,} {counts['silent']:7,}")
    print(f"{sum(counts.total() for counts in outcomes.values()):,} damages, {len(wrong)} not taken as they must be")
    for damage in wrong[:20]:
        where = f"line {damage.line}, position {damage.position} ({damage.kind}): {damage.text!r}"
        print(f"  {where}: findings at {damage.found}, expected {damage.expected}")
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
