"""How the CODA reader behaves beyond single files: identity, details, numbers that run over, size, any bytes at all."""

import json
import pickle
import re
import time
from datetime import date

import pytest
from coda_builder import (
    BELGIAN_IBAN,
    IBAN_ZONE,
    as_bytes,
    header,
    information,
    message,
    movement,
    new_balance,
    old_balance,
    overwrite,
    statement,
    trailer,
    trailer_of,
)
from coda_cases import cases
from hypothesis import example, given, settings
from hypothesis import strategies as st

from codasync import coda, coda_iso_codes, coda_layout, coda_reader, coda_structured
from codasync.coda_fields import day
from codasync.coda_text import detect_charset
from codasync.errors import CodaError

CASES = {name: data for name, _, data in cases()}
ACCENTS = statement([movement(1, 1000, text="déjà payé"), movement(2, -2000)], messages=[message(1, 0, "BONJOUR")])


def one(data: bytes) -> coda.Statement:
    (found,) = coda.read(data)
    return found


@pytest.mark.parametrize(
    "data",
    [
        as_bytes(ACCENTS, end="\r\n"),
        as_bytes(ACCENTS, end="\r"),
        as_bytes(ACCENTS, end="\r") + b"\n",
        as_bytes(ACCENTS, end=""),
        as_bytes(ACCENTS, charset="utf-8"),
        b"\xef\xbb\xbf" + as_bytes(ACCENTS, charset="utf-8", end="\r\n") + b"\x1a",
        as_bytes(overwrite(ACCENTS, 1, 17, "D")),
        as_bytes(overwrite(ACCENTS, 1, 25, "ANOTHER   ")),
        as_bytes(overwrite(ACCENTS, 6, 33, "BONSOIR")),
        as_bytes(overwrite(ACCENTS, 7, 128, "1")),
    ],
)
def test_the_same_statement_delivered_again_has_the_same_fingerprint(data: bytes) -> None:
    assert one(data).fingerprint == one(as_bytes(ACCENTS)).fingerprint


@pytest.mark.parametrize(
    ("line", "position", "text"),
    [(2, 126, "002"), (2, 65, "OTHER"), (3, 11, "OTHER"), (3, 63, "DEJA"), (4, 48, "030125"), (5, 58, "030125")],
)
def test_any_other_content_has_another_fingerprint(line: int, position: int, text: str) -> None:
    assert one(as_bytes(overwrite(ACCENTS, line, position, text))).fingerprint != one(as_bytes(ACCENTS)).fingerprint


def outcome(data: bytes) -> object:
    try:
        return coda.read(data)
    except CodaError as error:
        return error.findings


def line_by_line(data: bytes) -> object:
    """Read without the patterns that match several lines at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coda_reader, "MOVEMENT_BLOCK", re.compile("(?!)"))
        patch.setattr(coda_reader, "INFORMATION_BLOCK", re.compile("(?!)"))
        return outcome(data)


@pytest.mark.parametrize("name", CASES)
def test_lines_read_one_by_one_give_what_blocks_of_lines_give(name: str) -> None:
    assert line_by_line(CASES[name]) == outcome(CASES[name])


LIVELY = as_bytes(
    statement(
        [
            movement(1, 100_000, text="TEXT " * 29, account=IBAN_ZONE, name="NAME", informed=True),
            information(1, 1, text="INFORMATION " * 20, more=True),
            information(1, 2, structured="008WHO"),
            movement(2, -30_000, code="10105000"),
            movement(2, -30_000, detail=1, code="50105000", customer_reference="E2E", informed=True),
            information(2, 2, structured="001NAME"),
            movement(3, 7, structured="101090933755493", account=IBAN_ZONE, informed=True),
            information(3, 1, text="THE END"),
            movement(4, 7),
        ]
    )
)


@given(
    st.lists(
        st.tuples(
            st.integers(0, len(LIVELY) - 1),
            st.sampled_from([b"", b"0", b"1", b" ", b"2", b"X", b"\n", b"\r", b"\n21", b"\xe9"]),
            st.integers(0, 3),
        ),
        min_size=1,
        max_size=3,
    )
)
@settings(deadline=None, max_examples=200)
def test_damaged_lines_read_one_by_one_give_what_blocks_of_lines_give(damages: list[tuple[int, bytes, int]]) -> None:
    data = LIVELY
    for place, text, replaced in damages:
        data = data[:place] + text + data[place + replaced :]
    assert line_by_line(data) == outcome(data)


def test_a_line_end_within_a_text_does_not_pass_for_text() -> None:
    place = LIVELY.index(b"TEXT TEXT") + 4
    assert len(coda.read(LIVELY)) == 1
    with pytest.raises(CodaError, match=r"line 3, position 67, communication of record 2\.1"):
        coda.read(LIVELY[:place] + b"\n" + LIVELY[place + 1 :])


def test_every_layout_fills_its_record_from_1_to_128() -> None:
    for layout in coda_layout.LAYOUTS.values():
        position = 1
        for field in layout.fields:
            assert field.first == position, f"{field.name} of {layout.name}"
            position += field.length
        assert position == 129, layout.name


def test_every_structured_field_lies_within_its_communication() -> None:
    for kind, fields in coda_structured.LAYOUTS.items():
        room = 146 if kind >= "100" else 265
        assert kind in coda_structured.MEANINGS
        ends = [0]
        for name, first, length, _ in fields:
            assert ends[-1] < first <= first + length - 1 <= room, f"{name} of type {kind}"
            ends.append(first + length - 1)


def test_details_that_add_up_can_stand_for_their_total() -> None:
    (total,) = one(CASES["total_by_bank_two_levels"]).movements
    assert total.details_add_up
    assert [leaf.amount_milli for leaf in total.leaves] == [100_000, 510_000, -10_000, 0]


def test_a_leaf_says_what_its_total_says_where_it_says_nothing_itself() -> None:
    reference = "101090933755493"
    records = [
        movement(1, 9, code="20450000", structured=reference, account=IBAN_ZONE, name="TOTAL", bic="GKCCBEBB"),
        movement(1, 5, detail=1, code="70450000", name="MIDDLE", value="000000"),
        movement(1, 5, detail=2, code="90450000", value="000000"),
        movement(1, 4, detail=3, code="60450000", text="OWN", name="OWN", value="030125"),
    ]
    (total,) = one(as_bytes(statement(records))).movements
    below, own = total.leaves
    assert (below.amount_milli, below.counterparty_name, below.counterparty_account) == (5, "MIDDLE", "")
    assert (below.structured_communication, below.value_date) == ("+++090/9337/55493+++", date(2025, 1, 2))
    assert (own.counterparty_name, own.counterparty_iban, own.counterparty_bic) == ("OWN", "", "")
    assert (own.communication, own.structured, own.value_date) == ("OWN", None, date(2025, 1, 3))
    assert total.details[0].structured_communication == ""


def test_a_total_whose_details_do_not_add_up_stands_for_itself() -> None:
    (total,) = one(CASES["details_that_do_not_add_up"]).movements
    assert not total.details_add_up
    assert total.leaves == (total,)


def test_a_detail_whose_own_details_do_not_add_up_spoils_its_total() -> None:
    records = [
        movement(1, 5, code="20450000"),
        movement(1, 5, detail=1, code="70450000"),
        movement(1, 4, detail=2, code="90450000"),
    ]
    read = one(as_bytes(statement(records)))
    assert [warning.code for warning in read.warnings] == ["details_sum"]
    assert not read.movements[0].details_add_up


def test_sequence_numbers_run_over_after_9999() -> None:
    read = one(as_bytes(statement([movement(number, 1) for number in range(1, 10_003)])))
    assert len(read.movements) == 10_002
    assert [each.sequence_number for each in read.movements[9_998:]] == [9999, 0, 1, 2]
    assert read.warnings == ()


@pytest.mark.parametrize("counts", [False, True], ids=["details do not count", "the trailer counts the wrapped detail"])
def test_detail_numbers_run_over_after_9999_and_a_0000_is_then_a_detail(*, counts: bool) -> None:
    batch = [movement(1, -10_002, code="10105000")]
    batch += [movement(1, -1, detail=number, code="50105000") for number in range(1, 10_003)]
    lines = [header(), old_balance(), *(line for group in batch for line in group), new_balance(-10_002)]
    debit = 10_003 if counts else 10_002
    read = one(as_bytes([*lines, trailer(len(lines) - 1, debit, 0)]))
    (total,) = read.movements
    assert [each.detail_number for each in total.details[9_997:]] == [9998, 9999, 0, 1, 2]
    assert total.details_add_up
    assert read.warnings == ()


def test_a_detail_number_0000_that_no_9999_comes_before_begins_a_movement() -> None:
    read = one(as_bytes(statement([movement(7, 1), movement(7, 2)])))
    assert [each.amount_milli for each in read.movements] == [1, 2]


def test_amounts_are_exact_up_to_the_last_digit() -> None:
    read = one(as_bytes(statement([movement(1, 999_999_999_999_999), movement(2, -999_999_999_999_998)])))
    assert read.new_balance_milli == 1


def test_statements_come_one_by_one() -> None:
    found = coda.iter_statements(as_bytes(ACCENTS * 3))
    assert [next(found).first_line for _ in range(3)] == [1, 8, 15]


def test_decoded_fields_go_into_json() -> None:
    for data in (data for name, data in CASES.items() if name.startswith("type_")):
        for read in one(data).movements:
            kept = [read.structured, *(each.structured for each in read.information)]
            for structured in filter(None, kept):
                assert json.loads(json.dumps(structured.as_json()))["type"] == structured.type


def test_values_cannot_be_changed() -> None:
    read = one(CASES["every_field"])
    information_ = one(CASES["type_001"]).movements[0].information[0]
    for value, name in ((read, "iban"), (read.movements[0], "line"), (information_, "text")):
        with pytest.raises(AttributeError):
            setattr(value, name, "")


def test_the_movements_of_a_statement_are_a_sequence_of_values() -> None:
    read = one(CASES["total_by_customer"])
    total, other = read.movements
    assert (len(read.movements), read.movements[0], read.movements[-1]) == (2, total, other)
    assert (read.movements[1:], read.movements[2:]) == ((other,), ())
    assert total in read.movements
    assert [each.line for each in reversed(read.movements)] == [other.line, total.line]
    with pytest.raises(IndexError):
        read.movements[2]


def test_what_is_read_again_is_equal_and_can_be_handed_from_one_process_to_another() -> None:
    read, again = one(CASES["every_field"]), one(CASES["every_field"])
    assert (read, hash(read)) == (again, hash(again))
    assert read != one(CASES["type_001"])
    assert (pickle.loads(pickle.dumps(read)), pickle.loads(pickle.dumps(read.movements[0]))) == (
        read,
        read.movements[0],
    )
    assert f"amount_milli={read.movements[0].amount_milli}" in repr(read.movements[0])


def without_trailing_blanks(lines: list[str]) -> list[str]:
    """Return lines whose link codes and CODA number are blank, as an editor would leave them."""
    last = {"0": 128, "1": 125, "9": 127}
    return [line[: last.get(line[0], 127)].rstrip(" ") for line in lines]


STRIPPED = statement(
    [
        movement(1, 100, text="TEXT " * 29, account=IBAN_ZONE, name="NAME", informed=True),
        information(1, 1, text="INFORMATION " * 20),
        movement(2, -30),
    ],
    messages=[message(1, 0, "A MESSAGE")],
)


def test_blanks_that_were_stripped_from_the_end_of_records_are_put_back() -> None:
    lines = without_trailing_blanks(STRIPPED)
    assert {len(line) for line in lines} >= {103, 126, 63, 41, 52}
    read = one(as_bytes(lines))
    padded = one(as_bytes([line.ljust(128) for line in lines]))
    assert (*read.movements, *read.free_messages) == (*one(as_bytes(STRIPPED)).movements, "A MESSAGE")
    assert (read.account_description, read.coda_number) == ("ZICHTREKENING", 0)
    assert read.fingerprint == padded.fingerprint
    assert {warning.code for warning in padded.warnings} == {"link_code"}
    # Text can have been cut off these two as well as blanks.
    short = [(warning.line, warning.text) for warning in read.warnings if warning.code == "short_record"]
    assert short == [
        (2, "record 1 (old balance) ends after 103 positions; what is missing is taken for blanks"),
        (11, "record 4 (free message) ends after 41 positions; what is missing is taken for blanks"),
    ]


@pytest.mark.parametrize("line", range(2, 13))
def test_a_record_that_lost_its_trailing_blanks_alone_is_read(line: int) -> None:
    lines = [*STRIPPED[: line - 1], without_trailing_blanks(STRIPPED)[line - 1], *STRIPPED[line:]]
    assert [*one(as_bytes(lines)).movements] == [*one(as_bytes(STRIPPED)).movements]


@pytest.mark.parametrize(
    ("given", "kept", "unknown"),
    [
        (("2", "MD06", "SUPP", "GDDS"), ("2", "MD06", "SUPP", "GDDS"), ()),
        (("", "", "SALA", ""), ("", "", "SALA", ""), ()),
        (("0", "0000", "0000", "0000"), ("", "", "", ""), ()),
        (("3", "QQ01", "", "ZZZ9"), ("3", "QQ01", "", "ZZZ9"), ("QQ01", "ZZZ9")),
        (("", "", "GDDS", ""), ("", "", "GDDS", ""), ("GDDS",)),
        (("", "", "SALA", "x7 1"), ("", "", "SALA", ""), ("x7 1",)),
        (("A", "BCDE", "FGHI", "JKLM"), ("", "", "", ""), ("A", "BCDE", "FGHI", "JKLM")),
        (("2", "AC04", "24-3", "BCDE"), ("2", "AC04", "", ""), ("24-3", "BCDE")),
        (("", "", "SA", ""), ("", "", "", ""), ("SA  ",)),
    ],
)
def test_iso_codes_are_believed_when_listed_and_kept_when_nothing_beside_them_speaks_against_it(
    given: tuple[str, str, str, str], kept: tuple[str, str, str, str], unknown: tuple[str, ...]
) -> None:
    r_transaction, reason, category, purpose = given
    codes = {"r_transaction": r_transaction, "reason": reason, "category": category, "purpose": purpose}
    read = one(as_bytes(statement([movement(1, 1, **codes), movement(2, 1, **codes)])))  # type: ignore[arg-type]
    found = read.movements[1]
    assert (found.r_transaction, found.r_reason, found.category_purpose, found.purpose) == kept
    assert found.unknown_codes == unknown
    assert [warning.code for warning in read.warnings] == ["unknown_code"] * bool(unknown)
    assert all(repr(code) in warning.text for code in unknown for warning in read.warnings)


def test_a_reference_of_the_bank_that_runs_over_the_codes_is_none_of_them() -> None:
    (first, *rest) = movement(1, 1, customer_reference="E2E", category="SALA", reason="MD06", r_transaction="2")
    found = one(as_bytes(statement([[first, *overwrite(rest, 1, 110, "008")]])))
    assert (found.movements[0].r_transaction, found.movements[0].category_purpose) == ("", "")
    assert [warning.code for warning in found.warnings] == ["filler"]


def test_the_lists_of_iso_codes_hold_codes_and_those_that_banks_use() -> None:
    lists = coda_iso_codes.REASONS, coda_iso_codes.CATEGORY_PURPOSES, coda_iso_codes.PURPOSES
    assert all(re.fullmatch("[A-Z][A-Z0-9]{3}", code) for codes in lists for code in codes)
    assert {"AC04", "AM04", "MD01", "MD06", "MS03", "NARR", "SL01"} <= coda_iso_codes.REASONS
    assert {"CASH", "INTC", "PENS", "SALA", "SUPP", "TAXS"} <= coda_iso_codes.CATEGORY_PURPOSES
    assert {"GDDS", "RENT", "SALA", "SUPP", "TAXS"} <= coda_iso_codes.PURPOSES
    assert coda_iso_codes.REASON_MEANINGS.keys() <= coda_iso_codes.REASONS


def test_a_direct_debit_has_the_reason_that_its_communication_gives() -> None:
    text = f"127{'020125':6}112{'BE69ZZZ050D000000008':35}{'MANDATE':35}{'':62}"
    read = one(as_bytes(statement([movement(1, 1, structured=f"{text}2MD06"), movement(2, 1, structured=f"{text}0")])))
    assert [(each.r_transaction, each.r_reason) for each in read.movements] == [("2", "MD06"), ("", "")]
    (first, second) = (each.structured for each in read.movements)
    assert first
    assert second
    assert first.fields["r_reason_meaning"] == "refund requested by the debtor"
    assert second.fields["r_reason_meaning"] == ""


@pytest.mark.parametrize(
    ("text", "reference", "codes"),
    [
        ("101090933755493", "+++090/9337/55493+++", []),
        ("102090933755494", "+++090/9337/55494+++", ["structured_communication"]),
        (f"105{'0' * 45}090933755493", "+++090/9337/55493+++", []),
        (f"105{'0' * 45}090933755494", "+++090/9337/55494+++", ["structured_communication"]),
        (f"105{'0' * 60}", "", []),
        ("100RF18539007547034", "RF18539007547034", []),
        ("100RF19539007547034", "RF19539007547034", ["structured_communication"]),
        ("008SOMEBODY", "", []),
    ],
)
@pytest.mark.parametrize("place", [1, 2], ids=["first", "second"])
def test_references_in_information_are_judged_and_shown_as_those_of_movements(
    text: str, reference: str, codes: list[str], place: int
) -> None:
    before = [information(1, 1, structured="008SOMEBODY", more=True)] if place == 2 else []
    records = [movement(1, 1, informed=True), *before, information(1, place, structured=text), movement(2, 1)]
    data = as_bytes(statement(records))
    read = one(data)
    structured = read.movements[0].information[-1].structured
    assert structured
    assert structured.reference == reference
    assert [(warning.code, warning.line) for warning in read.warnings] == [(code, 3 + place) for code in codes]
    assert line_by_line(data) == outcome(data)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (f"105{'0' * 45}090933755493", []),
        (f"105{'0' * 45}000001234567", ["structured_communication"]),
        (f"105{' ' * 45}000000000000", []),
        ("100RF18539007547034", []),
        (f"100RF18539007547034{' ' * 40}1", ["structured_communication"]),
        ("101090933755493", []),
        ("101090933755494", ["structured_communication"]),
        ("10209093375549", ["structured_communication"]),
        ("127", []),
    ],
)
def test_check_digits_are_looked_at_wherever_they_stand(text: str, codes: list[str]) -> None:
    data = as_bytes(statement([movement(1, 1, structured=text), movement(2, 1)]))
    assert [warning.code for warning in one(data).warnings] == codes
    assert line_by_line(data) == outcome(data)


def test_a_transaction_code_has_a_meaning_part_by_part() -> None:
    read = one(as_bytes(statement([movement(1, -1, code="80137011")]))).movements[0]
    assert (read.transaction_type, read.transaction_family) == ("8", "01")
    assert (read.transaction_operation, read.transaction_category) == ("37", "011")
    assert read.meaning == ("detail of a single amount", "domestic and SEPA transfers", "costs", "VAT")
    assert str(read.meaning) == "domestic and SEPA transfers: costs: VAT"


@pytest.mark.parametrize(
    ("code", "operation", "category"),
    [
        ("00142712", "the bank's own operation", "the bank's own category"),
        ("00149000", "cancelled or corrected", "net amount"),
        ("00141000", "the bank's own operation", "net amount"),
        ("04938000", "", "net amount"),
        ("00150699", "transfer received", ""),
    ],
)
def test_an_operation_or_category_of_the_bank_or_of_nobody_is_said_to_be_so(
    code: str, operation: str, category: str
) -> None:
    meaning = one(as_bytes(statement([movement(1, 1, code=code)]))).movements[0].meaning
    assert (meaning.operation, meaning.category) == (operation, category)


def test_amounts_of_type_105_take_the_sign_of_the_movement() -> None:
    text = f"105{125:015}{250:015}{200_000_000:012}USD"
    structured = one(as_bytes(statement([movement(1, -125, structured=text)]))).movements[0].structured
    assert structured is not None
    assert structured.fields["amount_milli"] == -125
    assert structured.fields["original_amount_milli"] == -250


@pytest.mark.parametrize(("text", "expected"), [("010179", date(2079, 1, 1)), ("010180", date(1980, 1, 1))])
def test_two_digits_of_a_year_turn_at_80(text: str, expected: date) -> None:
    assert day(text) == expected


@pytest.mark.parametrize(
    ("lines", "charset", "detected"),
    [
        (statement([]), "ascii", "ascii"),
        (ACCENTS, "latin-1", "latin-1"),
        (ACCENTS, "utf-8", "utf-8"),
        (statement([movement(1, 1, text="5 €")]), "cp1252", "cp1252"),
        (statement([movement(1, 1, text="\x81\x82")]), "latin-1", "latin-1"),
        (statement([movement(1, 1, text="é"), movement(2, 1, text="Ã©"), movement(3, 1)]), "latin-1", "latin-1"),
    ],
)
def test_the_charset_is_told_by_the_length_of_accented_lines(lines: list[str], charset: str, detected: str) -> None:
    assert detect_charset(as_bytes(lines, charset=charset)) == detected


@pytest.mark.parametrize(
    "data",
    [
        b"0" * 1_000_000,
        b"\n" * 1_000_000,
        b"\r\n" * 500_000 + b"x",
        b"0000\n" * 300_000,
        ("2" * 127 + "\n").encode() * 20_000,
        as_bytes(ACCENTS[:3]) + b" " * 1_000_000,
        as_bytes(ACCENTS[:2]) + b"21" + b"\xe9" * 1_000_000,
        b"\xc3\xa9" * 500_000,
    ],
    ids=["digits", "line feeds", "blank lines", "short headers", "unknown", "long line", "accents", "utf-8"],
)
def test_a_large_file_that_is_no_coda_is_refused_quickly(data: bytes) -> None:
    start = time.perf_counter()
    with pytest.raises(CodaError) as caught:
        coda.read(data)
    assert time.perf_counter() - start < 10, "a time that grows with the square of the size would be minutes"
    assert all(len(str(finding)) < 1000 for finding in caught.value.findings)


def reads_or_refuses(data: bytes) -> None:
    try:
        coda.read(data)
    except CodaError as error:
        findings = error.findings
    else:
        return
    assert 1 <= len(findings) <= 20
    assert all(str(finding) for finding in findings)


@given(st.binary(max_size=600))
@example(b"0000")
@example(b"0" * 128)
@settings(deadline=None, max_examples=80)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    reads_or_refuses(data)


@given(st.sampled_from(sorted(CASES)), st.lists(st.tuples(st.integers(0), st.binary(max_size=4)), max_size=6))
@settings(deadline=None, max_examples=120)
def test_any_file_damaged_anywhere_is_read_or_refused(name: str, damages: list[tuple[int, bytes]]) -> None:
    data = CASES[name]
    for anywhere, text in damages:
        place = anywhere % (len(data) + 1)
        data = data[:place] + text + data[place + len(text) :]
    reads_or_refuses(data)


@given(st.lists(st.sampled_from(ACCENTS + information(1, 1, text="A" * 200)), max_size=12))
@settings(deadline=None, max_examples=100)
def test_records_in_any_order_are_read_or_refused(lines: list[str]) -> None:
    reads_or_refuses(as_bytes(lines))


@pytest.mark.parametrize("blank", [b"\n", b"\r\n", b" \t\r\n"], ids=["line feeds", "carriage returns", "blanks"])
def test_very_many_blank_lines_are_passed_over_at_once(blank: bytes) -> None:
    blanks = blank * (20_000_000 // len(blank))
    start = time.process_time()
    read = coda.read(blanks + as_bytes(ACCENTS) + blanks + as_bytes(ACCENTS) + blanks)
    assert time.process_time() - start < 2, "looking at each line takes tens of seconds"
    between = 20_000_000 // len(blank)
    assert [each.first_line for each in read] == [between + 1, 2 * between + 8]


@given(st.data())
@settings(deadline=None, max_examples=80)
def test_a_file_cut_anywhere_is_refused(data: st.DataObject) -> None:
    whole = as_bytes(ACCENTS)
    # The last 76 positions of a trailer are blanks and a code that means nothing.
    cut = whole[: data.draw(st.integers(0, len(whole) - 78))]
    with pytest.raises(CodaError):
        coda.read(cut)


def test_an_empty_statement_between_others_is_one() -> None:
    empty = [header(), old_balance(5)]
    found = coda.read(as_bytes([*ACCENTS, *empty, trailer_of(empty), *ACCENTS]))
    assert [len(each.movements) for each in found] == [2, 0, 2]
    assert found[1].new_balance_milli == 5


def test_details_alone_in_a_separate_application_are_movements_of_their_own() -> None:
    alone = [movement(1, milli, detail=number, code="60150000") for number, milli in ((1, 1000), (2, 2000), (3, 3000))]
    [found] = coda.read(as_bytes(statement(alone, first=header(separate="00001"))))
    assert [(one.amount_milli, one.details) for one in found.movements] == [(1000, ()), (2000, ()), (3000, ())]
    assert found.warnings == ()


def test_a_part_of_an_amount_in_a_structured_communication_is_no_amount() -> None:
    cut = movement(1, 5, structured="106" + "000000000012345" + "000000000100000" + "000012345678" + "2" + "0000000")
    [found] = coda.read(as_bytes(statement([cut])))
    structured = found.movements[0].structured
    assert structured
    assert (structured.fields["equivalent_milli"], structured.fields["equivalent_eur_milli"]) == (12345, None)


def test_a_blank_structure_with_an_iban_that_does_not_hold_is_still_an_iban_zone() -> None:
    [found] = coda.read(as_bytes(statement([movement(1, 5)], structure=" ", account=f"{'BE68539007547035':<31}   EUR")))
    assert (found.account, found.iban, found.currency) == ("BE68539007547035", "", "EUR")


def test_an_extension_zone_that_record_8_leaves_blank_says_nothing() -> None:
    lines = statement([movement(1, 5)], account=f"{BELGIAN_IBAN:<31}001EUR")
    at = next(number for number, line in enumerate(lines, start=1) if line[0] == "8")
    [found] = coda.read(as_bytes(overwrite(lines, at, 36, "   ")))
    assert found.extension == "001"


def test_the_leaves_of_a_large_batch_are_its_details() -> None:
    many = 3000
    batch = [movement(1, many * 1000, code="10107000")]
    batch += [movement(1, 1000, detail=number + 1, code="50107000") for number in range(many)]
    [found] = coda.read(as_bytes(statement(batch)))
    (total,) = found.movements
    assert total.leaves == total.details
