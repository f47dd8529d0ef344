"""Reading gives back what was written, for whatever the builder can write."""

from dataclasses import dataclass
from datetime import date

from coda_builder import BELGIAN_IBAN, as_bytes, information, message, movement, statement
from hypothesis import given, settings
from hypothesis import strategies as st

from codasync import coda

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 /.,:;+-()'éàüçß"


def words(longest: int) -> st.SearchStrategy[str]:
    return st.text(LETTERS, max_size=longest).map(lambda text: text.strip(" "))


def free_text(longest: int) -> st.SearchStrategy[str]:
    return st.text(LETTERS, max_size=longest).map(lambda text: text.rstrip(" "))


@dataclass
class Written:
    """A movement or detail as it was written: what the builder got, the information after it, the details under it."""

    milli: int
    text: str
    name: str
    account: str
    bank_reference: str
    customer_reference: str
    entry: date
    value: date | None
    information: list[str]
    details: list["Written"]


AMOUNTS = st.integers(-(10**12), 10**12)
DAYS = st.dates(date(2000, 1, 1), date(2079, 12, 31))


def written(details: st.SearchStrategy[list[Written]]) -> st.SearchStrategy[Written]:
    return st.builds(
        Written,
        milli=AMOUNTS,
        text=free_text(149),
        name=words(35),
        account=st.sampled_from(["", f"{BELGIAN_IBAN:34}EUR", "NL91ABNA0417164300", "539007547034 EUR"]),
        bank_reference=free_text(21),
        customer_reference=words(35),
        entry=DAYS,
        value=st.none() | DAYS,
        information=st.lists(free_text(268).filter(bool), max_size=2),
        details=details,
    )


DETAIL = written(st.just([]))
MOVEMENTS = st.lists(written(st.just([]) | st.lists(DETAIL, max_size=3)), max_size=6)


def records(each: Written, sequence: int, detail: int) -> tuple[list[list[str]], int]:
    """Write a movement with its information and details; return its records and the next detail number."""
    made = [
        movement(
            sequence,
            each.milli,
            detail=detail,
            text=each.text,
            name=each.name,
            account=each.account,
            reference=each.bank_reference,
            customer_reference=each.customer_reference,
            entry=each.entry.strftime("%d%m%y"),
            value=each.value.strftime("%d%m%y") if each.value else "000000",
            informed=bool(each.information),
        )
    ]
    for place, text in enumerate(each.information, 1):
        # A structured record between two free ones, as free ones in a row are one text.
        made.append(information(sequence, detail + 1, text=text, more=True))
        made.append(information(sequence, detail + 2, structured=f"008{place}"))
        detail += 2
    for below in each.details:
        more, detail = records(below, sequence, detail + 1)
        made += more
    return made, detail


def check(found: coda.Movement, each: Written) -> None:
    assert found.amount_milli == each.milli
    assert found.communication == each.text
    assert found.counterparty_name == each.name
    assert found.counterparty_account == each.account[:34].removesuffix(" EUR").strip()
    assert found.counterparty_iban == ("" if not each.account else found.counterparty_iban)
    assert bool(found.counterparty_iban) == bool(each.account)
    assert found.bank_reference == each.bank_reference
    assert found.customer_reference == each.customer_reference
    assert (found.entry_date, found.value_date) == (each.entry, each.value)
    assert [item.text for item in found.information if item.structured is None] == each.information
    assert len(found.details) == len(each.details)
    for detail, below in zip(found.details, each.details, strict=True):
        check(detail, below)


@given(MOVEMENTS, AMOUNTS, st.lists(words(80).filter(bool), max_size=3), st.sampled_from(["\n", "\r\n", "\r", ""]))
@settings(deadline=None, max_examples=120)
def test_reading_gives_back_what_was_written(movements: list[Written], old: int, messages: list[str], end: str) -> None:
    groups = [group for number, each in enumerate(movements, 1) for group in records(each, number, 0)[0]]
    last = [message(number, 0, text) for number, text in enumerate(messages, 1)]
    lines = statement(groups, old=old, messages=last)
    for charset in ("latin-1", "utf-8"):
        (found,) = coda.read(as_bytes(lines, end=end, charset=charset))
        assert found.old_balance_milli == old
        assert found.new_balance_milli == old + sum(each.milli for each in movements)
        assert found.free_messages == tuple(messages)
        assert len(found.movements) == len(movements)
        for each, read in zip(movements, found.movements, strict=True):
            check(read, each)
