"""Amounts in any of the accepted notations are read back exactly; everything else is refused."""

from contextlib import suppress
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from codasync.errors import LedgerError
from codasync.ledger import Account, Profile, read
from codasync.ledger_amounts import MARKS, amount, decide, readings

MILLI = st.integers(-(10**15) + 1, 10**15 - 1)
SIGNS = ("before", "behind")


def write(milli: int, decimal: str, group: str, sign: str, *, plus: bool, decimals: int) -> str:
    """Write an amount as a package might; `decimals` are at least so many as it needs."""
    whole, part = divmod(abs(milli), 1000)
    needed = len(f"{part:03}".rstrip("0"))
    digits = f"{whole:,}".replace(",", group) + (
        decimal + f"{part:03}"[:decimals] if (decimals := max(decimals, needed)) else ""
    )
    mark = "-" if milli < 0 else "+" if plus else ""
    return f"{mark}{digits}" if sign == "before" else f"{digits}{mark}"


@st.composite
def written(draw: st.DrawFn) -> tuple[str, str, int]:
    """Return an amount as it is written, the decimal mark, and what it means."""
    decimal = draw(st.sampled_from(MARKS))
    group = draw(st.sampled_from(["", " ", "\u00a0", "\u202f", *(mark for mark in MARKS if mark != decimal)]))
    milli = draw(MILLI)
    text = write(
        milli,
        decimal,
        group,
        draw(st.sampled_from(SIGNS)),
        plus=draw(st.booleans()),
        decimals=draw(st.integers(0, 3)),
    )
    return text, decimal, milli


@given(written())
def test_an_amount_is_read_back_exactly_once_the_decimal_mark_is_known(case: tuple[str, str, int]) -> None:
    text, decimal, milli = case
    assert amount(text, decimal, strict=True) == milli


@given(written())
def test_without_the_mark_an_amount_is_read_back_exactly_or_refused(case: tuple[str, str, int]) -> None:
    text, decimal, milli = case
    found = readings(text)
    assert found[decimal] == milli
    if len(set(found.values())) == 1:
        assert amount(text, "", strict=False) == milli
    else:
        assert set(found.values()) == {milli, *(value for value in found.values() if abs(value) != abs(milli))}


@given(st.lists(written().filter(lambda case: case[1] == ","), min_size=1))
def test_the_amounts_of_a_file_never_decide_for_another_mark(cases: list[tuple[str, str, int]]) -> None:
    assert decide(text for text, _, _ in cases) in {"", ","}


@given(st.text("0123456789.,+- \u00a0eEa٣'", max_size=12) | st.text(max_size=6))
def test_whatever_is_read_has_this_value_by_plain_arithmetic(text: str) -> None:
    for decimal, milli in readings(text).items():
        [other] = set(MARKS) - {decimal}
        plain = "".join(text.split()).replace(other, "").replace(decimal, ".")
        if plain.endswith(("+", "-")):
            plain = plain[-1] + plain[:-1]
        assert Decimal(plain) * 1000 == milli


ROWS = st.lists(
    st.sampled_from([*';,\t"\n\r\0é', "iban", "BE68539007547034", "date", "2026-03-02", "amount", "1.5", " "])
)


@given(st.binary() | ROWS.map(lambda parts: ("iban;date;amount\n" + "".join(parts)).encode()))
def test_any_file_is_read_or_refused_with_a_reason(data: bytes) -> None:
    with suppress(LedgerError):
        assert read(data, Profile(), [Account("BE68539007547034", "EUR", "B01")])
