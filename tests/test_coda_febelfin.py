"""The reader beside febelfin-coda, an independent one: what both make of the same files, and who is right elsewhere."""

import importlib
import io
from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any

import pytest
from coda_builder import (
    as_bytes,
    content,
    header,
    information,
    message,
    movement,
    old_balance,
    overwrite,
    statement,
    trailer_of,
)
from coda_cases import cases
from coda_generator import generate, said
from coda_rules import FIELDS, Sound
from coda_types import KINDS
from hypothesis import given, settings
from hypothesis import strategies as st

from codasync import coda
from codasync.errors import CodaError

# Imported by name, as type checkers take the folder of golden files for the module.
febelfin: Any = importlib.import_module("coda")
CASES = {name: data for name, _, data in cases()}
WHO_IS_RIGHT = {
    "account structure  ": "The standard has no blank digit; a bank has written one, and an account stands there.",
    "extension or country left out in record 8": "Number and currency name the account; the rest may be left out.",
    "number left blank": "The standard fills numbers with zeros; a blank one says as little and hides nothing.",
    "old balance without a date": "Zeros stand for a day that is not known, as in the value date.",
    "unknown value date": "The standard writes 000000 for it.",
    "day of a year from 2069 on": "There is no CODA 2 of before 2000: 69 to 79 are of this century as well.",
    "separate application": "Its balances are zero and its movements explain those of another file: nothing adds up.",
    "movement with the type of a detail": "The trailer counts what has the detail number 0000, whatever its type.",
    "details 0 under a total 1": "The trailer does not count what has another detail number, whatever its type.",
    "details 9 under a detail 7": "The standard has them; febelfin-coda has a place for them, and fails there.",
    "trailer that counts a detail 0000": "Nobody knows how banks count it: a file is not refused for that.",
    "code that can be none": "An ISO 20022 code has four capitals or digits; something else is no reason nor purpose.",
    "reference across positions 110 to 125": "110 to 112 are blank where codes follow: in older files none do.",
    "reference that says none": "NOTPROVIDED is what a bank writes where nobody gave a reference.",
    "utf-8": "A record has 128 characters; febelfin-coda leaves the character set to its caller.",
    "no line ends": "128 positions are a record with or without a line end.",
    "byte order mark": "It is no character of the text.",
}
"""What febelfin-coda refuses or takes for something else, and why this reader does not."""

ITS_OWN_WAY = list(WHO_IS_RIGHT)
NOT_COMPARED = {"account", "record", "text"}
"""It compares all 37 positions of an account, and looks at no more than the first digit of a record's number."""

WITHOUT_ORDER = [
    "sequence numbers jump",
    "detail numbers run over",
    "records 3.1 that repeat the detail number",
    "blank field of a structured communication",
]
"""It keeps information by bank reference, so that only its numbers say where it was; and has no field that is blank."""


def theirs(data: bytes) -> list[Any]:
    return list(febelfin.CODA(io.StringIO(data.decode("cp1252"), newline="")).statements)


def milli(amount: Decimal) -> int:
    return int(amount * 1000)


def compare_movement(our: coda.Movement, their: Any) -> None:
    assert f"{our.sequence_number:04}{our.detail_number:04}" == str(their)
    assert our.amount_milli == milli(their.amount)
    assert (our.entry_date, our.value_date) == (their.entry_date, their.value_date)
    assert (our.transaction_code, our.paper_number) == (their.transaction_code, int(their.statement_number))
    assert our.transaction_operation == their.transaction_transaction
    assert our.bank_reference == their.bank_reference.rstrip()
    names = ("customer_reference", "counterparty_bic", "counterparty_name", "category_purpose", "purpose")
    for name in names:
        assert getattr(our, name) == (getattr(their, name) or "")
    # Where record 2.2 does not say it, a SEPA direct debit does: type 127, which febelfin-coda does not take apart.
    for name in ("r_transaction", "r_reason"):
        given_ = getattr(their, name) or ""
        assert getattr(our, name) == given_ or (not given_ and their.communication_type == "127")
    zone = (their.counterparty_account or "").ljust(37)
    assert zone.startswith(our.counterparty_account)
    assert zone.removeprefix(our.counterparty_account).strip() == our.counterparty_currency
    compare_communication(our, their)
    assert len(our.details) == len(their.moves)
    for detail, their_detail in zip(our.details, their.moves, strict=True):
        compare_movement(detail, their_detail)


FIELD_OF_TYPE = {"100": "reference", "101": "reference", "102": "reference", "103": "number", "105": "reference"}


def compare_communication(our: coda.Movement, their: Any) -> None:
    if our.structured is None:
        assert our.communication == their.communication
        return
    kind = our.structured.type
    assert kind == their.communication_type
    assert our.structured.raw == their._communication[1:].rstrip()
    if name := FIELD_OF_TYPE.get(kind):
        ours = str(our.structured.fields[name])
        belgian = ours.replace("/", "").strip("+") if ours.startswith("+++") else ours
        assert belgian == their.communication.strip()
    elif kind == "127":
        assert our.communication == their.communication.strip()


def compare(data: bytes) -> list[tuple[coda.Statement, Any]]:
    """Compare both readings; return the statements in pairs."""
    pairs = list(zip(coda.read(data), theirs(data), strict=True))
    for our, their in pairs:
        assert (our.account, our.currency) == (their.account, their.account_currency.strip())
        assert (our.old_balance_milli, our.new_balance_milli) == (milli(their.old_balance), milli(their.new_balance))
        assert (our.old_balance_date, our.new_balance_date) == (their.old_balance_date, their.new_balance_date)
        assert (our.creation_date, our.duplicate) == (their.creation_date, their.duplicate)
        assert (our.holder, our.account_description) == (their.account_holder_name, their.account_description)
        assert (our.paper_number, our.coda_number) == (int(their.old_sequence), int(their.coda_sequence))
        assert (our.bic, our.file_reference, our.addressee) == (their.bic, their.file_reference, their.address)
        assert (our.enterprise_number or "0" * 10) == their.company_id[1:]
        assert our.free_messages == tuple(messages(their))
        assert len(our.movements) == len(their.moves)
        for movement_, their_movement in zip(our.movements, their.moves, strict=True):
            compare_movement(movement_, their_movement)
    return pairs


def messages(their: Any) -> Iterator[str]:
    """Join the records 4 of febelfin-coda by their sequence number."""
    for _, parts in groupby(their.free_communications, key=lambda part: part.sequence):
        yield "".join(part.text.ljust(80) for part in parts).rstrip()


def compare_information(our: coda.Statement, their: Any) -> None:
    """Compare records 3, which febelfin-coda keeps by their bank reference, in the order of their numbers."""
    left: dict[int, list[Any]] = defaultdict(list)
    for each in sorted((each for some in their.informations.values() for each in some), key=str):
        left[int(each.sequence)].append(each)
    for movement_ in our.movements:
        for about in (movement_, *movement_.details):
            for each in about.information:
                compare_one(each, left[about.sequence_number])
    assert not any(left.values())


def compare_one(our: coda.Information, left: list[Any]) -> None:
    """Compare with the first of those that are left: our free text with as many as follow each other directly."""
    first = left.pop(0)
    if our.structured is None:
        text, number = first._communication, int(first.detail_sequence)
        while left and left[0]._communication[0] == "0" and int(left[0].detail_sequence) == number + 1:
            number, text = number + 1, text + left.pop(0)._communication[1:]
        assert f"0{our.text}" == text.rstrip()
        return
    kind, fields = our.structured.type, our.structured.fields
    assert kind == first.communication_type
    assert our.structured.raw == first._communication[1:].rstrip()
    if kind == "001":
        assert (fields["street"], fields["town"]) == (first.street, first.locality)
    if kind in {"001", "008", "009"}:
        assert (fields["name"], fields["identification"]) == (first.name, first.code_id)
    elif kind == "006":
        # All but the sign, for which a test below says who is right.
        assert fields["description"] == first.description.strip()
        assert (fields["currency"], fields["category"]) == (first.currency.strip(), first.category.strip())
        assert abs(int(str(fields["amount_milli"]))) == abs(milli(first.amount))
    elif kind == "007":
        assert int(str(fields["count"])) == first.coin_number
        assert (fields["denomination_milli"], fields["total_milli"]) == (milli(first.coin), milli(first.total_amount))


AGREED = [
    name
    for name in sorted(CASES)
    if name.startswith(("type_1", "structure_", "total_by_customer", "charges", "every_field", "third_decimal"))
    and "blank" not in name
]


@pytest.mark.parametrize("name", AGREED)
def test_both_read_the_same(name: str) -> None:
    compare(CASES[name])


@given(st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=50)
def test_both_read_the_same_generated_file(source: Random) -> None:
    compare(generate(source, without=ITS_OWN_WAY, statements=2, movements=3).data)


def test_both_read_the_same_structured_communications_and_information() -> None:
    kinds = set()
    for seed in range(150):
        file = generate(Random(seed), without=ITS_OWN_WAY + WITHOUT_ORDER)
        kinds |= {name for name in file.drawn if name.startswith("type ")}
        for our, their in compare(file.data):
            compare_information(our, their)
    assert len(kinds) == 2 * len(KINDS)


@pytest.mark.parametrize(
    ("line", "position", "text"), [(4, 57, "1"), (5, 22, "9"), (5, 24, "1"), (5, 52, "9"), (1, 128, "1")]
)
def test_both_refuse_sums_that_do_not_hold(line: int, position: int, text: str) -> None:
    data = as_bytes(overwrite(statement([movement(1, 5)]), line, position, text))
    with pytest.raises(CodaError):
        coda.read(data)
    with pytest.raises((AssertionError, ValueError)):
        theirs(data)


@pytest.mark.parametrize("variation", WHO_IS_RIGHT)
def test_where_they_differ_it_is_said_who_is_right(variation: str) -> None:
    without = [name for name in WHO_IS_RIGHT if name != variation]
    differs = []
    for seed in range(400):
        file = generate(Random(seed), without=without, statements=1)
        if variation in file.drawn:
            assert said(coda.read(file.data), file.statements) == file.statements, WHO_IS_RIGHT[variation]
            differs.append(_differs(file.data))
        if any(differs):
            break
    assert any(differs), f"febelfin-coda reads {variation} as well"


def _differs(data: bytes) -> bool:
    try:
        compare(data)
    except (AssertionError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return True
    return False


@given(st.integers(0, 2**32))
@settings(deadline=None, max_examples=30)
def test_what_the_other_refuses_in_a_damaged_file_is_refused(seed: int) -> None:
    source = Random(seed)
    without = [*ITS_OWN_WAY, "blank lines between statements", "trailing blanks stripped"]
    lines = generate(source, without=without, statements=2, movements=3).lines
    sound = Sound(lines)
    for _ in range(5):
        number = source.randrange(len(lines)) + 1
        field = source.choice([field for field in FIELDS[sound.names[number - 1]] if field.form not in NOT_COMPARED])
        position = field.first + source.randrange(field.last - field.first + 1)
        damaged = overwrite_with(lines, number, position, source.choice("0123456789 AZ-"))
        # A type that stands for another kind of detail decides nothing here, and 000000 may be a value date.
        zeros = field.form == "day?" and not field.of(damaged[number - 1]).strip("0")
        of_type = sound.names[number - 1] in {"21", "detail"} and position == 54
        if not zeros and not of_type and not _reads(theirs, damaged):
            assert not _reads(coda.read, damaged)


def overwrite_with(lines: list[str], number: int, position: int, character: str) -> list[str]:
    line = lines[number - 1]
    return [*lines[: number - 1], line[: position - 1] + character + line[position:], *lines[number:]]


def _reads(reader: Callable[[bytes], object], lines: list[str]) -> bool:
    try:
        reader("".join(f"{line}\n" for line in lines).encode("cp1252"))
    except (CodaError, AssertionError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return False
    return True


def test_records_in_another_order_are_no_statement() -> None:
    # febelfin-coda adds up what it meets; the standard has the movements before the new balance and messages after it.
    lines = statement([movement(1, 0)], messages=[message(1, 0, "TEXT")])
    swapped = [*lines[:2], lines[3], lines[2], *lines[4:]]
    assert len(theirs(as_bytes(swapped))) == 1
    with pytest.raises(CodaError):
        coda.read(as_bytes(swapped))


def test_information_belongs_to_the_movement_before_it_whatever_its_bank_reference_is() -> None:
    # febelfin-coda keeps it by the reference, which banks repeat: it no longer says about which movement it was.
    records = [movement(number, 5, informed=True) for number in (1, 2)]
    about = [information(number, 1, text=f"ABOUT {number}") for number in (1, 2)]
    data = as_bytes(statement([records[0], about[0], records[1], about[1]]))
    assert [each.information[0].text for each in coda.read(data)[0].movements] == ["ABOUT 1", "ABOUT 2"]
    assert [len(each) for each in theirs(data)[0].informations.values()] == [2]


def test_words_in_type_107_begin_after_its_mandate_and_date() -> None:
    # febelfin-coda gives the rest of the type and all fields after it in one.
    text = content("107", (1, "MANDATE12345"), (13, "020125"), (19, "SUBSCRIPTION"), (49, "0"))
    data = as_bytes(statement([movement(1, 5, structured=text)]))
    assert coda.read(data)[0].movements[0].communication == "SUBSCRIPTION"
    assert theirs(data)[0].moves[0].communication.startswith("07MANDATE12345020125SUBSCRIPTION")


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
