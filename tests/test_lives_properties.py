"""For any life of an account: nothing missing is never called missing, and one statement that is missing always is."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from life import HABITS, Life, judged

from codasync.continuity import look
from codasync.sandbox import coda_writer

# small amounts come back to the same balance often, which is what makes an order hard to find
AMOUNTS = st.one_of(st.sampled_from([-2000, -1000, 1000, 2000]), st.integers(-99_999, 99_999))
STATEMENTS = st.lists(AMOUNTS, max_size=2)
# how many banking days to wait, and the statements of the next one; some without movements
DAYS = st.lists(st.tuples(st.integers(1, 4), st.lists(STATEMENTS, min_size=1, max_size=4)), min_size=2, max_size=10)
FIRST_DAYS = st.dates(dt.date(2026, 1, 2), dt.date(2026, 12, 31))


@st.composite
def lives(draw: st.DrawFn) -> Life:
    """Draw an account's life, with any habit of numbering."""
    life = Life(HABITS[draw(st.sampled_from(sorted(HABITS)))], first_day=draw(FIRST_DAYS))
    for wait, statements in draw(DAYS):
        life.next_day(wait)
        for amounts in statements:
            life.statement(*amounts)
    return life


@st.composite
def historical(draw: st.DrawFn, life: Life, first: dt.date, last: dt.date) -> list[coda_writer.Statement]:
    """Draw historical CODA of some of these days of a life, or none."""
    if first >= last or draw(st.booleans()):
        return []
    begin, end = sorted(draw(st.tuples(st.dates(first, last), st.dates(first, last))))
    return life.historical(begin, end, draw(st.integers(1, 4)))


def state(life: Life, came: list[coda_writer.Statement]) -> str:
    return judged(came, life.today).state


@settings(deadline=None)
@given(st.data())
def test_a_life_without_a_missing_statement_never_has_a_gap(data: st.DataObject) -> None:
    life = data.draw(lives())
    again = data.draw(historical(life, dt.date(2026, 1, 1), life.today))
    came = data.draw(st.permutations([*life.statements, *again]))
    assert judged(came, life.today).missing == ()
    assert state(life, came) not in {"gap", "broken"}
    assert "did not come" not in judged(came, life.today).reason


@settings(deadline=None)
@given(st.data())
def test_one_missing_statement_is_a_gap_with_its_days_until_it_comes(data: st.DataObject) -> None:
    life = data.draw(lives().filter(lambda life: any(matters(life, number) for number in range(len(life.statements)))))
    number = data.draw(st.sampled_from([n for n in range(len(life.statements)) if matters(life, n)]))
    before, gone = life.statements[number - 1 : number + 1]
    others = [one for one in life.statements if one is not gone]
    day_before = gone.new_balance_date - dt.timedelta(days=1)
    again = data.draw(historical(life, dt.date(2026, 1, 1), day_before))
    came = data.draw(st.permutations([*others, *again]))
    found = judged(came, life.today)
    assert found.state in {"gap", "broken"}
    [hole] = found.missing
    assert (hole.from_date, hole.to_date) == (before.new_balance_date, gone.new_balance_date)
    assert found.since == before.new_balance_date
    assert state(life, [*came, gone]) not in {"gap", "broken"}


def matters(life: Life, number: int) -> bool:
    """Tell whether it can be known that a statement is missing: others came before it and on a later day."""
    one, last = life.statements[number], life.statements[-1]
    return (
        number > 0 and one.new_balance_date < last.new_balance_date and one.old_balance_milli != one.new_balance_milli
    )


# lives whose order is hard to find, as (day of the old balance, day, old balance, new balance, number); which statement
# never comes; historical CODA; and the days between which something is missing, None for nothing
HARD: list[tuple[list[tuple[int, ...]], int, list[tuple[int, ...]], tuple[int, int] | None]] = [
    ([(0, 2, 0, -2), (2, 2, -2, 0), (2, 2, 0, -2), (2, 3, -2, -3), (3, 4, -3, -1)], 2, [], (2, 2)),
    ([(0, 2, 0, -2), (2, 2, -2, 0), (2, 2, 0, -2), (2, 3, -2, 0), (3, 3, 0, 2), (3, 3, 2, 3)], 1, [], (2, 2)),
    ([(0, 2, 0, 2), (2, 2, 2, 2), (2, 2, 2, 0), (2, 3, 0, 2), (3, 4, 2, 0), (4, 5, 0, 1)], 3, [], (2, 3)),
    ([(0, 2, 0, 2), (2, 2, 2, 2), (2, 4, 2, 0), (4, 4, 0, -2), (4, 4, -2, 0), (4, 5, 0, 1)], 2, [], (2, 4)),
    (
        [(0, 1, 0, -2), (1, 2, -2, -1), (2, 2, -1, -2), (2, 2, -2, 1), (2, 2, 1, -1), (2, 3, -1, 1), (3, 3, 1, -1)],
        1,
        [],
        (1, 2),
    ),
    ([(0, 2, 0, 1, 1), (2, 2, 1, 0, 2), (2, 2, 0, 2, 3), (2, 3, 2, 3, 4)], 1, [], (2, 2)),
    # round trips, each dated by its own day
    ([(1, 1, 0, 1), (1, 1, 1, 0), (2, 2, 0, 1), (2, 2, 1, 0), (3, 3, 0, 5)], -1, [], None),
    ([(1, 1, 0, 1), (2, 2, 1, 2), (2, 2, 2, 1)], -1, [], None),
    # old balances dated by the day before, without numbers and with them
    ([(0, 1, 5, 0), (1, 2, 0, 2), (1, 2, 2, 0), (1, 2, 0, 3), (2, 3, 3, 4)], 2, [], (2, 2)),
    ([(0, 1, 5, 0, 1), (1, 2, 0, 2, 2), (1, 2, 2, 0, 3), (1, 2, 0, 3, 4), (2, 3, 3, 4, 5)], 2, [], (2, 2)),
    # numbers that run over
    ([(0, 1, 0, 1, 998), (1, 1, 1, 2, 999), (1, 1, 2, 3, 0), (1, 1, 3, 4, 1), (1, 2, 4, 5, 2)], -1, [], None),
    ([(0, 1, 0, 1, 999), (1, 1, 1, 2, 0), (1, 1, 2, 3, 1), (1, 2, 3, 4, 2), (2, 3, 4, 5, 3)], 3, [], (1, 2)),
    # history that tells otherwise of days of which nothing is missing
    ([(0, 1, 0, 1, 1), (1, 2, 1, 2, 2), (2, 3, 2, 3, 3), (3, 4, 3, 4, 4)], -1, [(1, 2, 7, 8), (2, 3, 8, 9)], None),
    # what history tells is not missing
    ([(0, 2, 0, 1, 1), (2, 2, 1, 0, 2), (2, 2, 0, 2, 3), (2, 3, 2, 3, 4)], 1, [(0, 2, 0, 2), (2, 3, 2, 3)], None),
    ([(0, 2, 0, 1, 5), (2, 2, 1, -1, 5), (2, 2, -1, -1, 6), (2, 3, -1, 1, 6)], 1, [(0, 2, 0, -1), (2, 3, -1, 1)], None),
    # history beside several statements a day, all without numbers
    ([(0, 2, 0, -2), (2, 2, -2, 0), (2, 2, 0, 1)], -1, [(0, 2, 0, 1)], None),
    ([(0, 2, 0, 0), (2, 2, 0, -2), (2, 2, -2, -2), (2, 2, -2, -2)], -1, [(0, 2, 0, -2)], None),
]


@pytest.mark.parametrize(("life", "lost", "again", "days"), HARD)
def test_orders_that_are_hard_to_find_are_found(
    life: list[tuple[int, ...]], lost: int, again: list[tuple[int, ...]], days: tuple[int, int] | None
) -> None:
    came = [one for number, one in enumerate(life) if number != lost] + again
    for number in range(len(came)):
        for order in (came[number:] + came[:number], (came[number:] + came[:number])[::-1]):
            holes = look(_row(one, identity) for identity, one in enumerate(order)).holes
            expected = days and [_date(day) for day in days]
            assert [[one.missing.from_date, one.missing.to_date] for one in holes] == ([expected] if expected else [])


def _date(day: int) -> dt.date:
    return dt.date(2026, 3, 2) + dt.timedelta(days=day)


def _row(one: tuple[int, ...], identity: int) -> dict[str, object]:
    old_day, day, old, new, *number = one
    numbers = dict.fromkeys(("coda_number", "paper_number"), sum(number))
    days = {"old_balance_date": str(_date(old_day)), "date": str(_date(day))}
    return {"id": identity, "old_balance_milli": old, "new_balance_milli": new, **days, **numbers}
