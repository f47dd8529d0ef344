"""The reader beside febelfin-coda, an independent one: what both make of the same files, and who is right elsewhere."""

import importlib
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from coda_builder import (
    IBAN_ZONE,
    NUMBER_ZONE,
    as_bytes,
    content,
    header,
    information,
    movement,
    old_balance,
    overwrite,
    statement,
    trailer_of,
)
from coda_cases import cases
from hypothesis import given, settings
from hypothesis import strategies as st

from codasync import coda
from codasync.errors import CodaError

# Imported by name, as type checkers take the folder of golden files for the module.
febelfin: Any = importlib.import_module("coda")
CASES = {name: data for name, _, data in cases()}


def theirs(data: bytes) -> list[Any]:
    return list(febelfin.CODA(io.StringIO(data.decode("cp1252"))).statements)


def milli(amount: Decimal) -> int:
    return int(amount * 1000)


def compare_movement(our: coda.Movement, their: Any) -> None:
    assert f"{our.sequence_number:04}{our.detail_number:04}" == str(their)
    assert our.amount_milli == milli(their.amount)
    assert (our.entry_date, our.value_date) == (their.entry_date, their.value_date)
    assert our.transaction_code == their.transaction_code
    assert our.bank_reference == their.bank_reference.rstrip()
    for name in ("customer_reference", "counterparty_bic", "counterparty_name", "category_purpose", "purpose"):
        assert getattr(our, name) == (getattr(their, name) or "")
    if our.structured is None:
        assert our.communication == their.communication
    else:
        assert our.structured.type == their.communication_type
    assert len(our.details) == len(their.moves)
    for detail, their_detail in zip(our.details, their.moves, strict=True):
        compare_movement(detail, their_detail)


def compare(data: bytes) -> None:
    ours = coda.read(data)
    for our, their in zip(ours, theirs(data), strict=True):
        assert (our.account, our.currency) == (their.account, their.account_currency)
        assert (our.old_balance_milli, our.new_balance_milli) == (milli(their.old_balance), milli(their.new_balance))
        assert (our.old_balance_date, our.new_balance_date) == (their.old_balance_date, their.new_balance_date)
        assert our.creation_date == their.creation_date
        assert our.duplicate == their.duplicate
        assert our.holder == their.account_holder_name
        assert (our.paper_number, our.coda_number) == (int(their.old_sequence), int(their.coda_sequence))
        assert our.bic == their.bic
        assert len(our.movements) == len(their.moves)
        for movement_, their_movement in zip(our.movements, their.moves, strict=True):
            compare_movement(movement_, their_movement)


AGREED = [
    name
    for name in sorted(CASES)
    if name.startswith(("type_1", "structure_", "total_by_customer", "charges", "every_field", "third_decimal"))
    and "blank" not in name
]


@pytest.mark.parametrize("name", AGREED)
def test_both_read_the_same(name: str) -> None:
    compare(CASES[name])


@st.composite
def generated(draw: st.DrawFn) -> bytes:
    """Draw a file that both can read: cp1252, LF, details whose type says so, all dates known."""
    groups = []
    for number in range(1, draw(st.integers(1, 8)) + 1):
        details = draw(st.integers(0, 3))
        fields: dict[str, Any] = {
            "name": draw(st.sampled_from(["", "NAME", "CAFÉ"])),
            "account": draw(st.sampled_from(["", IBAN_ZONE, "539007547034 EUR"])),
            "customer_reference": draw(st.sampled_from(["", "E2E-1"])),
            "text": draw(st.text("ABC 123é", max_size=149)),
        }
        code = "10105000" if details else "00150000"
        groups.append(movement(number, draw(st.integers(1, 10**9)), code=code, **fields))
        groups += [
            movement(number, draw(st.integers(-(10**6), -1)), detail=detail, code="50105000", **fields)
            for detail in range(1, details + 1)
        ]
    structure = draw(st.sampled_from(["0", "2"]))
    zone = NUMBER_ZONE if structure == "0" else IBAN_ZONE
    return as_bytes(statement(groups, old=draw(st.integers(-(10**9), 10**9)), structure=structure, account=zone))


@given(generated())
@settings(deadline=None, max_examples=80)
def test_both_read_the_same_generated_file(data: bytes) -> None:
    compare(data)


@pytest.mark.parametrize(
    ("line", "position", "text"), [(4, 57, "1"), (5, 22, "9"), (5, 24, "1"), (5, 52, "9"), (1, 128, "1")]
)
def test_both_refuse_sums_that_do_not_hold(line: int, position: int, text: str) -> None:
    data = as_bytes(overwrite(statement([movement(1, 5)]), line, position, text))
    with pytest.raises(CodaError):
        coda.read(data)
    with pytest.raises((AssertionError, ValueError)):
        theirs(data)


def test_details_of_type_0_are_details_as_the_standard_defines_them_by_number() -> None:
    # febelfin-coda goes by the type digit, counts total and details, and stops at the trailer's sums.
    assert len(coda.read(CASES["details_of_type_0"])[0].movements) == 1
    with pytest.raises(AssertionError):
        theirs(CASES["details_of_type_0"])


def test_a_detail_of_a_detail_belongs_under_it() -> None:
    # The standard has type 9 under type 7; febelfin-coda has the place for it, but not the method that it calls.
    assert len(coda.read(CASES["total_by_bank_two_levels"])[0].movements[0].details[1].details) == 2
    with pytest.raises(AttributeError):
        theirs(CASES["total_by_bank_two_levels"])


def test_an_unknown_value_date_is_allowed_by_the_standard() -> None:
    assert coda.read(CASES["value_date_unknown"])[0].movements[0].value_date is None
    with pytest.raises(ValueError, match="does not match format"):
        theirs(CASES["value_date_unknown"])


def test_a_cut_file_is_no_statement() -> None:
    # febelfin-coda checks at record 9 only, and so takes a file that lost it.
    assert len(theirs(CASES["refused_cut"])) == 1
    with pytest.raises(CodaError):
        coda.read(CASES["refused_cut"])


def test_an_account_that_record_8_does_not_share_is_refused_by_both() -> None:
    data = as_bytes(overwrite(statement([]), 3, 5, "BE71096123456769"))
    with pytest.raises(CodaError):
        coda.read(data)
    with pytest.raises(AssertionError):
        theirs(data)


def test_the_sign_of_information_006_is_after_its_fifteen_digits() -> None:
    # 15 digits at 34-48 and their sign at 49; febelfin-coda takes the first digit of the category at 50 instead.
    text = content("006", (1, "COMMISSION"), (31, "EUR"), (34, f"{12_500:015}"), (49, "1"), (50, "013"))
    data = as_bytes(statement([movement(1, 5, informed=True), information(1, 1, structured=text)]))
    structured = coda.read(data)[0].movements[0].information[0].structured
    assert structured is not None
    assert structured.fields["amount_milli"] == -12_500
    (their,) = theirs(data)[0].informations.popitem()[1]
    assert milli(their.amount) == 12_500


def test_characters_are_counted_and_not_bytes() -> None:
    # febelfin-coda takes the encoding from its caller, cp1252 unless told; UTF-8 then shifts every later position.
    data = CASES["charset_utf_8"]
    assert coda.read(data)[0].movements[0].counterparty_name == "CAFÉ À L'ÉTÉ"
    with pytest.raises(ValueError, match=r"does not match format|unconverted data"):
        theirs(data)


def test_an_empty_statement_is_the_same_to_both() -> None:
    lines = [header(), old_balance(7)]
    compare(as_bytes([*lines, trailer_of(lines)]))


def test_the_sample_file_of_febelfin_coda_is_read_as_it_reads_it() -> None:
    # Its bank filled 110-125 of record 2.2 with a reference of its own, which febelfin-coda takes for ISO codes.
    sample = Path(febelfin.__file__).with_name("CODA.txt").read_bytes()
    (our,), (their,) = coda.read(sample), theirs(sample)
    assert len(our.movements) == len(their.moves) == 59
    assert our.new_balance_milli == milli(their.new_balance)
    assert [each.amount_milli for each in our.movements] == [milli(each.amount) for each in their.moves]
    assert [each.counterparty_name for each in our.movements] == [
        (each.counterparty_name or "").strip() for each in their.moves
    ]
    assert [warning.code for warning in our.warnings] == ["filler"]
    assert all(each.details_add_up for each in our.movements if each.details)
