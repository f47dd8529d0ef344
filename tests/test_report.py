"""Tables for people: what lines up, and what a single odd value must not spoil."""

import csv
import fcntl
import io
import os
import pty
import re
import struct
import termios
import time
from collections.abc import Sequence

import pytest

from codasync import report

HEADINGS = {"name": "name", "count": "count", "amount": "amount", "note": "note"}
ROWS: list[report.Row] = [
    {"name": "Boulangerie", "count": 7, "amount": 1234.5, "note": "one"},
    {"name": "日本語株式会社", "count": 1200, "amount": -0.125, "note": "two"},
    {"name": "Hélène", "count": None, "amount": None, "note": "three"},
    {"name": "e\u0301" * 3, "count": 0, "amount": 10.0, "note": "four"},
]


def in_a_pipe(rows: Sequence[report.Row]) -> list[str]:
    out = io.StringIO()
    report.write_rows(rows, list(HEADINGS), out, form="table", table_columns=HEADINGS)
    return out.getvalue().splitlines()


def on_a_terminal(rows: Sequence[report.Row], columns: int) -> list[str]:
    person, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with os.fdopen(terminal, "w", encoding="utf-8") as out:
        report.write_rows(rows, list(HEADINGS), out, form="table", table_columns=HEADINGS)
        out.flush()
        seen = os.read(person, 1_000_000).decode()
    os.close(person)
    return re.sub(r"\x1b\[[0-9;]*m", "", seen).splitlines()


def places(lines: Sequence[str]) -> set[int]:
    """Return where the note of each row begins, in characters of a terminal."""
    found = [re.search(r"(one|two|three|four|note)\s*$", line) for line in lines]
    return {report.width(line[: match.start()]) for line, match in zip(lines, found, strict=True) if match}


def test_columns_line_up_whatever_the_letters() -> None:
    assert len(ROWS[3]["name"]) == 6
    lines = in_a_pipe(ROWS)
    assert len(lines) == 5
    assert len(places(lines)) == 1
    assert len(places(on_a_terminal(ROWS, 100))) == 1


def test_numbers_stand_below_each_other_at_their_right_end() -> None:
    lines = in_a_pipe([{**row, "name": "x"} for row in ROWS])
    assert lines == [
        "name  count    amount  note",
        "x         7  1,234.50  one",
        "x      1200    -0.125  two",
        "x                      three",
        "x         0     10.00  four",
    ]


def test_yes_and_no_are_no_numbers() -> None:
    assert in_a_pipe([{**ROWS[0], "name": "x", "count": True}])[1].startswith("x     True   ")


def test_a_table_of_very_many_rows_is_written_in_a_pipe_in_no_time() -> None:
    rows = [{**ROWS[number % 4], "count": number} for number in range(20_000)]
    began = time.process_time()
    assert len(in_a_pipe(rows)) == 20_001
    assert time.process_time() - began < 10


def test_one_huge_value_in_a_pipe_stands_whole_and_widens_no_other_row() -> None:
    huge = "x" * 2_000_000
    head, first, second = in_a_pipe([{**ROWS[0], "name": huge}, ROWS[2]])
    assert first.startswith(f"{huge}  ")
    assert max(len(head), len(second)) < 300


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_one_huge_value_on_a_terminal_is_cut_and_says_so(columns: int) -> None:
    lines = on_a_terminal([{**ROWS[0], "name": "x" * 2_000_000}, ROWS[2]], columns)
    assert sum(map(len, lines)) < 4000
    assert "…" in "".join(lines)
    assert any("three" in line for line in lines)


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ('=HYPERLINK("http://x")', '"\'=HYPERLINK(""http://x"")"'),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0"),
        ("+32 2 123 45 67", "'+32 2 123 45 67"),
        ("\t=1", "\t'=1"),
        (' "=1', '" ""\'=1"'),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("FACTURE 1;=1+1;-2,5; @A;B-C", "\"FACTURE 1;'=1+1;-2,5; '@A;B-C\""),
        ("-12,50", '"-12,50"'),
        (-12.5, "-12.5"),
        ("+++090/9337/55493+++", "+++090/9337/55493+++"),
        ("+++090/9337/55493+++\n=1", '"+++090/9337/55493+++\n\'=1"'),
        ("A = B", "A = B"),
        ("net 30\r=1+1", '"net 30\r\'=1+1"'),
    ],
)
def test_a_spreadsheet_is_given_no_formula_in_csv_and_values_stay_as_they_are(value: object, cell: str) -> None:
    out = io.StringIO()
    report.write_rows([{"text": value}], ["text"], out, form="csv", table_columns={})
    assert out.getvalue() == f"text\n{cell}\n"


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"])
def test_no_text_ends_a_row_of_csv_whatever_a_program_takes_for_the_end_of_a_line(end: str) -> None:
    rows: list[report.Row] = [{"name": "one", "text": f"net{end}30"}, {"name": f"{end}two", "text": 7}]
    out = io.StringIO()
    report.write_rows(rows, ["name", "text"], out, form="csv", table_columns={})
    outside_of_quotes = "".join(out.getvalue().split('"')[::2])
    assert outside_of_quotes.splitlines() == ["name,text", "one,", ",7"]
    read = list(csv.reader(io.StringIO(out.getvalue(), newline="")))
    assert read == [["name", "text"], ["one", f"net{end}30"], [f"{end}two", "7"]]
