"""Damage to files of every kind is refused at the line where it shows, and what is no damage is not refused."""

from random import Random

from coda_generator import generate
from coda_rules import FIELDS, Sound, first_out_of_place
from hypothesis import given, settings
from hypothesis import strategies as st

from codasync import coda
from codasync.errors import CodaError

WITHOUT = [
    "utf-8",
    "single bytes that are good UTF-8",
    "blank lines between statements",
    "trailing blanks stripped",
    "separate application",
    "detail numbers run over",
]
"""Lines are encoded here, and damage must not change what their lengths say about the character set; sums prove nothing
in a separate application, nor does the number 0000 after 9999."""

SEEDS = st.integers(0, 2**32)

NOT_HELD = {
    "number": ["X", "-", " ", ".", "²"],
    "number?": ["X", "-", ".", "²"],
    "sign": ["2", "9", " ", "-", "+", "C", "D"],
    "day": ["310425", "290225", "320125", "000125", "010025", "011325", "000000", "0101 5", "      ", "01JAN5"],
    "day?": ["310425", "290225", "320125", "000125", "010025", "011325", "0101 5", "      ", "01JAN5"],
    "D?": ["d", "0", "X"],
    "structure": ["4", "9", "X"],
    "=0000": ["0001", "1000", "    "],
    "=2": ["0", "1", "3", " "],
}


def as_bytes(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode("cp1252")


def found_in(data: bytes) -> list[int]:
    """Return the lines of the findings, none if the file is read."""
    try:
        coda.read(data)
    except CodaError as error:
        return [finding.line for finding in error.findings]
    return []


def found(lines: list[str]) -> list[int]:
    return found_in(as_bytes(lines))


def sound(source: Random) -> list[str]:
    lines = generate(source, without=WITHOUT, statements=2, movements=3).lines
    assert first_out_of_place(lines) == 0
    return lines


def replaced(lines: list[str], number: int, line: str) -> list[str]:
    return [*lines[: number - 1], line, *lines[number:]]


@given(SEEDS)
@settings(deadline=None, max_examples=15)
def test_what_a_field_may_not_hold_is_a_fault_of_its_line_alone(seed: int) -> None:
    source = Random(seed)
    lines = sound(source)
    names = Sound(lines).names
    for name in sorted(set(names)):
        number = source.choice([number for number, each in enumerate(names, 1) if each == name])
        line = lines[number - 1]
        for field in FIELDS[name]:
            for text in NOT_HELD.get(field.form, ()):
                start = field.first - 1 + source.randrange(field.last - field.first + 2 - len(text))
                damaged = replaced(lines, number, line[:start] + text + line[start + len(text) :])
                assert found(damaged) == [number], (number, field, text)


@given(SEEDS)
@settings(deadline=None, max_examples=100)
def test_another_character_shows_at_the_lines_that_no_longer_agree(seed: int) -> None:
    source = Random(seed)
    lines = sound(source)
    judged = Sound(lines)
    for _ in range(10):
        number = source.randrange(len(lines)) + 1
        line = lines[number - 1]
        field = source.choice([field for field in FIELDS[judged.names[number - 1]] if field.form != "text"])
        position = field.first + source.randrange(field.last - field.first + 1)
        character = source.choice("0123456789 AZé-+")
        if character == line[position - 1]:
            continue
        damaged = line[: position - 1] + character + line[position:]
        expected = judged.expect(number, field, field.of(damaged))
        where = found(replaced(lines, number, damaged))
        assert expected.holds(where), (number, position, character, field, expected, where)


@given(SEEDS)
@settings(deadline=None, max_examples=40)
def test_records_that_are_missing_doubled_or_out_of_place_show_where_the_file_no_longer_holds(seed: int) -> None:
    source = Random(seed)
    lines = sound(source)
    for _ in range(10):
        start = source.randrange(len(lines))
        some = lines[start : start + source.choice([1, 1, 1, 2, 3, 8])]
        rest = lines[:start] + lines[start + len(some) :]
        anywhere = source.randrange(len(rest) + 1)
        damaged = {
            "missing": rest,
            "doubled": [*lines[:start], *some, *lines[start:]],
            "swapped with the next": [*rest[: start + 1], *some, *rest[start + 1 :]],
            "moved": [*rest[:anywhere], *some, *rest[anywhere:]],
        }
        for kind, those in damaged.items():
            expected, where = first_out_of_place(those), found(those)
            assert where[:1] == ([expected] if expected else []), (kind, start + 1, len(some), anywhere + 1)
            assert where == sorted(where)


@given(SEEDS)
@settings(deadline=None, max_examples=60)
def test_a_line_that_is_too_short_or_too_long_is_a_fault_of_its_own(seed: int) -> None:
    source = Random(seed)
    lines = sound(source)
    judged = Sound(lines)
    for _ in range(10):
        number = source.randrange(len(lines)) + 1
        line = lines[number - 1]
        assert found(replaced(lines, number, line + source.choice(" 0X"))) == [number]
        length = source.choice([127, 126, 125, source.randrange(3, 125)])
        assert judged.expect_cut(number, length).holds(found(replaced(lines, number, line[:length]))), (number, length)


@given(SEEDS)
@settings(deadline=None, max_examples=60)
def test_a_file_that_was_cut_is_faulty_where_it_ends(seed: int) -> None:
    source = Random(seed)
    lines = sound(source)
    judged = Sound(lines)
    data = as_bytes(lines)
    for _ in range(5):
        whole, left = divmod(source.randrange(len(data)), 129)
        expected = judged.expect_cut(whole + 1, left).lines if left else ()
        ends = lines[whole - 1 + (left > 0)][0] == "9" and whole + left > 0
        if not expected and not ends:
            # What is left of the last line can be all of it, but there is no trailer after it.
            expected = (whole + 1 + (left > 0),)
        where = found_in(data[: whole * 129 + left])
        assert tuple(where[:1]) == expected, (whole, left)
        assert where[1:] in ([], [whole + 2]), "the rest of the file is missing as well"
