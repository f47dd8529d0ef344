"""What is refused: each fault is found at its line and position, with what is there and what should be."""

import pickle

import pytest
from coda_builder import (
    BELGIAN_IBAN,
    as_bytes,
    header,
    information,
    message,
    movement,
    new_balance,
    old_balance,
    overwrite,
    record,
    statement,
    trailer,
    trailer_of,
)

from codasync import coda
from codasync.errors import CodaError, Finding

LONG = "TEXT " * 29
SAMPLE = statement(
    [
        movement(1, 100_000, text=LONG, account=BELGIAN_IBAN, name="NAME", informed=True),
        information(1, 1, text="INFORMATION " * 20),
        movement(2, -30_000, code="10105000", globalisation="1"),
        movement(2, -30_000, detail=1, code="50105000", globalisation="1"),
    ],
    old=50_000,
    messages=[message(1, 0, "A MESSAGE")],
)
"""Lines: 1 header, 2 old balance, 3-5 movement, 6-8 information, 9 movement, 10 its detail, 11 new balance, 12 message,
13 trailer."""


def faults(lines: list[str]) -> tuple[Finding, ...]:
    with pytest.raises(CodaError) as caught:
        coda.read(as_bytes(lines))
    return caught.value.findings


def test_the_sample_is_good() -> None:
    (read,) = coda.read(as_bytes(SAMPLE))
    assert read.warnings == ()
    assert len(SAMPLE) == 13


@pytest.mark.parametrize(
    ("line", "position", "text", "field", "found", "expected"),
    [
        (1, 2, "1", "zeros of record 0", "'1000'", "'0000'"),
        (1, 6, "310225", "creation date of record 0", "'310225'", "a day as DDMMYY"),
        (1, 6, "000000", "creation date of record 0", "'000000'", "a day as DDMMYY"),
        (1, 12, "X", "bank number of record 0", "'X25'", "3 digits"),
        (1, 15, "O5", "application code of record 0", "'O5'", "2 digits"),
        (1, 17, "X", "duplicate code of record 0", "'X'", "D or a blank"),
        (1, 72, "O0403019261", "enterprise number of record 0", "'O0403019261'", "11 digits"),
        (1, 84, "A", "separate application of record 0", "'A0000'", "5 digits"),
        (1, 128, "5", "version of record 0", "'5'", "'2'"),
        (2, 2, "4", "account structure of record 1", "'4'", "0, 1, 2 or 3"),
        (2, 3, "X", "paper statement number of record 1", "'X01'", "3 digits"),
        (2, 43, "2", "sign of the old balance of record 1", "'2'", "0 or 1"),
        (2, 44, " ", "old balance of record 1", "' 00000000050000'", "15 digits"),
        (2, 59, "300224", "old balance date of record 1", "'300224'", "a day as DDMMYY, or 000000"),
        (2, 126, "-", "CODA number of record 1", "'-01'", "3 digits"),
        (3, 3, "A", "sequence number of record 2.1", "'A001'", "4 digits"),
        (3, 7, "-", "detail number of record 2.1", "'-000'", "4 digits"),
        (3, 32, "+", "sign of record 2.1", "'+'", "0 or 1"),
        (3, 33, "\u0663", "amount of record 2.1", "'\u066300000000100000'", "15 digits"),
        (3, 48, "290223", "value date of record 2.1", "'290223'", "a day as DDMMYY, or 000000"),
        (3, 54, "X", "transaction code of record 2.1", "'X0150000'", "8 digits"),
        (3, 62, "2", "communication structure of record 2.1", "'2'", "0 or 1"),
        (3, 116, "423132", "entry date of record 2.1", "'423132'", "a day as DDMMYY"),
        (3, 122, "A", "paper statement number of record 2.1", "'A01'", "3 digits"),
        (3, 125, " ", "globalisation code of record 2.1", "' '", "a digit"),
        (4, 3, "0003", "sequence and detail number of record 2.2", "'00030000'", "'00010000' as in its record 2.1"),
        (5, 3, "00010001", "sequence and detail number of record 2.3", "'00010001'", "'00010000' as in its record 2.1"),
        (6, 3, "0002", "sequence number of record 3.1", "'0002'", "'0001' as in its record 2.1"),
        (6, 32, "X", "transaction code of record 3.1", "'X0150000'", "8 digits"),
        (6, 40, "X", "communication structure of record 3.1", "'X'", "0 or 1"),
        (7, 3, "00010002", "sequence and detail number of record 3.2", "'00010002'", "'00010001' as in its record 3.1"),
        (8, 3, "00020001", "sequence and detail number of record 3.3", "'00020001'", "'00010001' as in its record 3.1"),
        (11, 2, "A", "paper statement number of record 8", "'A01'", "3 digits"),
        (11, 42, "9", "sign of the new balance of record 8", "'9'", "0 or 1"),
        (11, 43, "X", "new balance of record 8", "'X00000000120000'", "15 digits"),
        (11, 58, "000000", "new balance date of record 8", "'000000'", "a day as DDMMYY"),
        (12, 3, "X", "sequence number of record 4", "'X001'", "4 digits"),
        (12, 7, "X", "detail number of record 4", "'X000'", "4 digits"),
        (13, 17, "X", "number of records of record 9", "'X00010'", "6 digits"),
        (13, 23, "X", "debit total of record 9", "'X00000000030000'", "15 digits"),
        (13, 38, "X", "credit total of record 9", "'X00000000100000'", "15 digits"),
    ],
)
def test_a_field_written_over_is_named_with_what_it_holds_and_should_hold(
    line: int, position: int, text: str, field: str, found: str, expected: str
) -> None:
    lines = overwrite(SAMPLE, line, position, text)
    with pytest.raises(CodaError) as caught:
        coda.read(as_bytes(lines, charset="utf-8"))
    first = caught.value.findings[0]
    assert (first.line, first.position, first.field) == (line, position, field)
    assert (first.found, first.expected) == (found, expected)


def test_the_position_is_that_of_the_wrong_digit_not_of_its_field() -> None:
    assert faults(overwrite(SAMPLE, 3, 40, "O"))[0].position == 40


@pytest.mark.parametrize("missing", range(1, 14))
def test_a_missing_line_is_noticed(missing: int) -> None:
    lines = [line for number, line in enumerate(SAMPLE, 1) if number != missing]
    if missing == 12:
        assert coda.read(as_bytes(lines)), "free messages are neither counted nor numbered across statements"
    else:
        faults(lines)


@pytest.mark.parametrize(
    ("missing", "line", "found", "expected"),
    [
        (1, 1, "record 1 (old balance)", "record 0 (header)"),
        (2, 2, "record 2.1 (movement)", "record 1 (old balance)"),
        (3, 3, "record 2.2 (movement)", "a record 2.1, 8, 4 or 9"),
        (6, 6, "record 3.2 (information)", "a record 2.1, 3.1 or 8"),
        (11, 11, "record 4 (free message)", "a record 2.1, 2.2, 2.3, 3.1 or 8"),
        (13, 13, "the end of the file", "a record 4 or 9"),
    ],
)
def test_a_missing_line_is_named_where_the_order_shows_it(missing: int, line: int, found: str, expected: str) -> None:
    lines = [text for number, text in enumerate(SAMPLE, 1) if number != missing]
    first = faults(lines)[0]
    assert (first.line, first.field, first.found, first.expected) == (line, "record", found, expected)


def test_a_statement_that_begins_before_the_last_ended_is_a_missing_trailer() -> None:
    (first,) = faults([*SAMPLE[:-1], *SAMPLE])
    assert (first.line, first.found, first.expected) == (13, "record 0 (header)", "a record 4 or 9")


def test_an_unknown_record_is_named() -> None:
    (first,) = faults([*SAMPLE[:2], record((1, "24")), *SAMPLE[2:-1], trailer(10, 30_000, 100_000)])
    assert (first.line, first.position, first.field) == (3, 1, "record")
    assert first.found.startswith("'24   ")
    assert first.expected == "a record 2.1, 8, 4 or 9"


def test_a_record_whose_own_number_is_damaged_is_not_reported_again_by_the_count_of_the_trailer() -> None:
    (first,) = faults(overwrite(SAMPLE, 9, 2, "4"))
    assert (first.line, first.field, first.expected) == (9, "record", "a record 2.1, 3.1 or 8")


@pytest.mark.parametrize(
    ("line", "length", "field"),
    [
        (1, 127, "version of record 0"),
        (2, 60, "old balance date of record 1"),
        (3, 125, "next code of record 2.1"),
        (3, 60, "transaction code of record 2.1"),
        (5, 100, "communication of record 2.3"),
        (6, 125, "next code of record 3.1"),
        (11, 62, "new balance date of record 8"),
        (12, 8, "detail number of record 4"),
        (13, 51, "credit total of record 9"),
        (9, 129, "record 2.1 (movement)"),
    ],
)
def test_a_line_of_another_length_is_named_with_the_field_in_which_it_ends(line: int, length: int, field: str) -> None:
    cut = SAMPLE[line - 1].ljust(129)[:length]
    (first,) = faults([*SAMPLE[: line - 1], cut, *SAMPLE[line:]])
    assert (first.line, first.position, first.field) == (line, min(length, 128) + 1, field)
    assert (first.found, first.expected) == (f"{length} positions", "128 positions")


def test_a_number_that_is_cut_at_the_end_of_a_record_is_no_blank_that_was_stripped() -> None:
    (first,) = faults([SAMPLE[0], SAMPLE[1][:127], *SAMPLE[2:]])
    assert (first.line, first.position, first.field) == (2, 128, "CODA number of record 1")
    assert (first.found, first.expected) == ("'00 '", "3 digits")


def test_a_blank_line_within_a_statement_is_no_record() -> None:
    first = faults([*SAMPLE[:3], "", *SAMPLE[3:]])[0]
    assert (first.line, first.found) == (4, "''")


def test_record_8_has_to_name_the_account_of_record_1() -> None:
    (first,) = faults(overwrite(SAMPLE, 11, 5, "BE71096123456769"))
    assert (first.line, first.position, first.field) == (11, 5, "account of record 8")
    assert first.found == f"'{'BE71096123456769':34}EUR'"
    assert first.expected == f"'{BELGIAN_IBAN:34}EUR' as in record 1"


def test_record_8_in_another_currency_is_refused() -> None:
    (first,) = faults(overwrite(SAMPLE, 11, 39, "USD"))
    assert (first.line, first.field) == (11, "account of record 8")


def test_the_balances_and_the_movements_have_to_add_up() -> None:
    (first,) = faults(overwrite(SAMPLE, 11, 57, "1"))
    assert (first.line, first.position, first.field) == (11, 42, "new balance of record 8")
    assert first.found == "120.001"
    assert first.expected == "120.000 (old balance 50.000, movements 70.000)"


@pytest.mark.parametrize(
    ("position", "text", "field", "found", "expected"),
    [
        (17, "000011", "number of records of record 9", "11", "10"),
        (23, f"{30_001:015}", "debit total of record 9", "30.001", "30.000"),
        (38, f"{1:015}", "credit total of record 9", "0.001", "100.000"),
    ],
)
def test_the_trailer_has_to_agree_with_the_records(
    position: int, text: str, field: str, found: str, expected: str
) -> None:
    (first,) = faults(overwrite(SAMPLE, 13, position, text))
    assert (first.line, first.position, first.field) == (13, position, field)
    assert (first.found, first.expected) == (found, expected)


def test_an_empty_statement_with_movements_in_its_trailer_is_refused() -> None:
    (first,) = faults([header(), old_balance(), trailer(1, 0, 5)])
    assert (first.line, first.field, first.expected) == (3, "credit total of record 9", "0.000")


def test_a_detail_without_its_movement_is_refused() -> None:
    lines = [header(), old_balance(), *movement(1, 5, detail=3), new_balance(0)]
    (first,) = faults([*lines, trailer_of(lines)])
    assert (first.line, first.position, first.field) == (3, 7, "detail number of record 2.1")
    assert (first.found, first.expected) == ("'0003'", "'0000', as no movement 0001 is before it")


def test_faults_of_several_statements_are_reported_together_and_none_is_returned() -> None:
    lines = [*overwrite(SAMPLE, 3, 48, "320125"), *SAMPLE, *overwrite(SAMPLE, 11, 57, "1")]
    assert [(fault.line, fault.position) for fault in faults(lines)] == [(3, 48), (37, 42)]


def test_a_fault_does_not_hide_a_sum_that_it_does_not_touch() -> None:
    lines = overwrite(overwrite(SAMPLE, 1, 6, "990125"), 13, 17, "000011")
    assert [(fault.line, fault.position) for fault in faults(lines)] == [(1, 6), (13, 17)]


def test_statements_before_a_fault_are_yielded_but_none_after_it() -> None:
    lines = [*SAMPLE, *overwrite(SAMPLE, 3, 48, "320125"), *SAMPLE]
    found = coda.iter_statements(as_bytes(lines))
    assert next(found).first_line == 1
    with pytest.raises(CodaError, match=r"line 16, position 48, value date of record 2\.1"):
        next(found)


def test_no_more_than_twenty_faults_are_reported() -> None:
    lines = statement([overwrite(movement(number, 1), 1, 32, "X") for number in range(1, 40)])
    assert [fault.line for fault in faults(lines)] == list(range(3, 23))


def test_the_error_says_where_what_and_how_many_more() -> None:
    with pytest.raises(CodaError) as caught:
        coda.read(as_bytes(overwrite(overwrite(SAMPLE, 3, 32, "X"), 9, 32, "Y")))
    assert str(caught.value) == "line 3, position 32, sign of record 2.1: found 'X', expected 0 or 1 (and 1 more)"


def test_very_many_records_below_one_movement_are_read_in_linear_time() -> None:
    many = 60_000
    text = "x" * 73
    below = [information(1, (number + 1) % 10_000, text=text, more=True)[0] for number in range(many)]
    [statement_] = coda.read(as_bytes(statement([movement(1, 5000, informed=True), below])))
    assert len(statement_.movements[0].information[0].text) == many * 73


def test_an_error_can_be_handed_from_one_process_to_another() -> None:
    with pytest.raises(CodaError) as caught:
        coda.read(b"no CODA")
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.findings) == (str(caught.value), caught.value.findings)
