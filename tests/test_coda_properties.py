"""Reading gives back what was written, for every legal variation that the generator knows."""

import re
from itertools import count
from random import Random

import pytest
from coda_builder import movement, new_balance
from coda_generator import ODDITIES, File, generate, said
from coda_movements import Warned
from coda_types import KINDS
from hypothesis import given, settings
from hypothesis import strategies as st

from codasync import coda
from codasync.coda_layout import MOVEMENT_BLOCK
from codasync.errors import ReadWarning

VARIATIONS = {
    *ODDITIES,
    *(f"account structure {digit}" for digit in "0123 "),
    *(f"type {kind} in a movement" for kind in KINDS),
    *(f"type {kind} in information" for kind in KINDS),
    "blank structure before a Belgian number",
    "extension zone",
    "extension or country left out in record 8",
    "number left blank",
    "check digits 97",
    "day of a year from 2069 on",
    "several statements",
    "several accounts and currencies",
    "empty statement without record 8",
    "record 8 without movements",
    "old balance without a date",
    "duplicate",
    "separate application",
    "details alone in a separate application",
    "free message",
    "free message over several records",
    "movement without details",
    "movement with the type of a detail",
    "details 5 under a total 1",
    "details 6 and 7 under a total 2",
    "details 9 under a detail 7",
    "details 8 under a single amount 3",
    "details 0 under a total 1",
    "globalisation code",
    "sequence number 0000 after 9999",
    "detail number 0000 after 9999",
    "trailer that counts a detail 0000",
    "records 2.1",
    "records 2.1+2.2",
    "records 2.1+2.3",
    "records 2.1+2.2+2.3",
    "text in record 2.3 without 2.2",
    "unknown value date",
    "reference that says none",
    "no counterparty account",
    "counterparty Belgian number",
    "counterparty Belgian IBAN",
    "counterparty foreign IBAN",
    "counterparty foreign number",
    "counterparty account that is none",
    "blank field of a structured communication",
    "code without a meaning",
    "no reference in type 105",
    "R-transaction and reason in record 2.2",
    "R-transaction or reason in type 127 alone",
    "information",
    "records 3.1",
    "records 3.1+3.2",
    "records 3.1+3.3",
    "records 3.1+3.2+3.3",
    "records 3.1 that repeat the detail number",
    "free texts in a row",
    "link codes that say nothing",
    "ascii",
    "latin-1",
    "cp1252",
    "utf-8",
    "single bytes that are good UTF-8",
    "LF",
    "CR LF",
    "CR",
    "no line ends",
    "no line end at the end",
    "trailing blanks stripped",
    "blank lines at the end",
    "blank lines between statements",
    "Ctrl-Z",
    "byte order mark",
}


def check(file: File) -> None:
    """Compare every public value, and which lines are warned about for what."""
    read = coda.read(file.data)
    assert said(read, file.statements) == file.statements
    assert [sorted(map(warned, statement.warnings)) for statement in read] == file.warnings


def warned(warning: ReadWarning) -> Warned:
    more = re.search(r" \(and (\d+) more\)$", warning.text)
    return Warned(warning.line, warning.code, int(more[1]) if more else 0)


@given(st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=120)
def test_reading_gives_back_what_was_written(source: Random) -> None:
    check(generate(source, statements=2, movements=2))


def test_every_variation_is_written_and_read_back() -> None:
    drawn: set[str] = set()
    for seed in range(350):
        file = generate(Random(seed))
        check(file)
        drawn |= file.drawn
    assert drawn == VARIATIONS


def test_a_file_of_many_statements_is_read_back() -> None:
    files = (generate(Random(seed), statements=300) for seed in count())
    check(next(file for file in files if len(file.data) > 600_000))  # A file is read in pieces of less than half of it.


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", ""], ids=["LF", "CR LF", "CR", "no line ends"])
@pytest.mark.parametrize("charset", ["latin-1", "cp1252", "utf-8"])
def test_the_same_lines_are_the_same_statements_in_any_charset_and_with_any_line_ends(end: str, charset: str) -> None:
    for seed in range(8):
        without = ["ascii", "utf-8", "latin-1" if charset == "cp1252" else "cp1252"]
        without += ["blank lines between statements", "trailing blanks stripped"]
        lines = generate(Random(seed), without=without).lines
        data = "".join(f"{line}{end}" for line in lines).encode(charset)
        plain = coda.read("".join(f"{line}\n" for line in lines).encode("cp1252"))
        for dressed in (data, b"\xef\xbb\xbf" + data, data + b"\x1a", data + end.encode() * 3, data + b"\r\n\x1a\r\n"):
            assert coda.read(dressed) == plain, "fingerprints included"


@pytest.mark.parametrize(
    ("following", "alone"),
    [(movement(2, 5)[0], True), (new_balance(5), True), (movement(1, 5, detail=1)[0], False)],
    ids=["a movement", "the new balance", "a detail"],
)
def test_a_movement_that_no_details_belong_to_is_known_by_what_follows_and_made_at_once(
    following: str, *, alone: bool
) -> None:
    match = MOVEMENT_BLOCK.match("".join(f"{line}\n" for line in (*movement(1, 5, name="NAME"), following)))
    assert match
    assert bool(match.groups("")[-1]) is alone
