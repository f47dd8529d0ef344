"""What accounting has booked, and what it has not: every movement counts once, whatever numbers statements have."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from codasync.ledger import LedgerLine
from codasync.store import Store, memory_store
from codasync.store_ledger import import_lines, ledger_ends, plan_import

CLIENT, IBAN = "c-1", "BE68539007547034"
MONDAY, TUESDAY, WEDNESDAY = (dt.date(2026, 3, day) for day in (2, 3, 4))


@dataclass(frozen=True, slots=True)
class Coda:
    """A statement: its last day, its numbers, and its movements as (amount, entry date, value date)."""

    day: dt.date
    paper: int
    number: int
    movements: tuple[tuple[int, dt.date, dt.date], ...]
    currency: str = "EUR"
    extension: str = ""


def coda(day: dt.date, *amounts: int, paper: int, number: int = 0, **facts: Any) -> Coda:
    """Return a statement whose movements are all of its day."""
    return Coda(day, paper, number or paper, tuple((amount, day, day) for amount in amounts), **facts)


def lines(statement: Coda, **facts: Any) -> list[LedgerLine]:
    """Return what accounting books of a statement, line by line; `facts` are fields that differ."""
    whole = {"number": statement.paper or None, "year": statement.day.year, "currency": statement.currency} | facts
    return [line(amount, entry, **whole) for amount, entry, _ in statement.movements]


def line(amount: int, day: dt.date, **facts: Any) -> LedgerLine:
    given = {"iban": IBAN, "currency": "EUR", "year": day.year, "number": None, "date": day, "balance_milli": None}
    texts = ("counterparty_name", "counterparty_account", "counterparty_iban", "communication")
    return LedgerLine(**{"amount_milli": amount, "matched": True, **given, **dict.fromkeys(texts, ""), **facts})


class Books:
    """A dossier with one bank account: the statements that came, and what accounting booked."""

    def __init__(self, *statements: Coda) -> None:
        self.store: Store = memory_store()
        with self.store.transaction():
            self.store.note_dossier(CLIENT, "0042", "Boulangerie")
            self.store.note_feeds([("feed", "normal", CLIENT)])
            entry = self.store.note_entry(1, CLIENT, "index", "coda", "{}")
            self.document = self.store.settle(entry, "cod", "stored")
        self.balance = 0
        self.arrive(*statements)

    def arrive(self, *statements: Coda) -> None:
        """Book CODA statements as a pass does, each beginning with the balance at which the last one ended."""
        with self.store.transaction():
            for one in statements:
                self._book(one)

    def _book(self, one: Coda) -> None:
        known = self.store.query("SELECT count(*) AS n FROM statement")[0]["n"]
        moved = sum(amount for amount, _, _ in one.movements)
        statement = {
            "document": self.document,
            "client_id": CLIENT,
            "position": 1,
            "fingerprint": str(known),
            "account": IBAN,
            "iban": IBAN,
            "currency": one.currency,
            "extension": one.extension,
            "holder": "",
            "paper_number": one.paper,
            "coda_number": one.number,
            "old_balance_milli": self.balance,
            "date": one.day.isoformat(),
            "new_balance_milli": self.balance + moved,
            "transaction_count": len(one.movements),
            "free_messages": "[]",
            "warnings": "[]",
        }
        identifier = self.store.insert("statement", statement)
        self.balance += moved
        texts = dict.fromkeys(self._texts(), "")
        for place, (amount, entry, value) in enumerate(one.movements, start=1):
            days = {"entry_date": entry.isoformat(), "value_date": value.isoformat()}
            place_of = {"statement": identifier, "sequence_number": place, "detail_number": 0, "parent": None}
            self.store.insert("movement", {**place_of, **days, "amount_milli": amount, **texts})

    def _texts(self) -> list[str]:
        rows = self.store.query("SELECT name FROM pragma_table_info('movement') WHERE type = 'TEXT' AND \"notnull\"")
        return [row["name"] for row in rows]

    def book(self, *booked: Iterable[LedgerLine]) -> Counter[str]:
        """Import a file with these lines; return how many are new, replaced, removed and unchanged."""
        with self.store.transaction():
            changes = plan_import(self.store, CLIENT, [one for group in booked for one in group])
            import_lines(self.store, CLIENT, changes)
        counts = [one.counts() for one in changes]
        return Counter({name: sum(row[name] for row in counts) for name in ("new", "replaced", "removed", "unchanged")})

    def processed(self) -> list[int]:
        """Return which statements are processed, by their order from 1."""
        rows = self.store.query("SELECT statement_id, processed FROM coda_transactions")
        states = {(row["statement_id"], row["processed"]) for row in rows}
        assert len(states) == len({statement for statement, _ in states}), "all movements of a statement go together"
        return sorted(statement for statement, processed in states if processed)

    def total(self, view: str = "bank_transactions") -> int:
        return int(self.store.query(f"SELECT coalesce(sum(amount_milli), 0) AS n FROM {view}")[0]["n"])

    def seen(self) -> list[tuple[str, int]]:
        """Return the state and the amount of every row of the bank view."""
        rows = self.store.query("SELECT state, amount_milli FROM bank_transactions")
        return sorted((row["state"], row["amount_milli"]) for row in rows)


ONE, TWO = coda(MONDAY, -10, 25, paper=1), coda(TUESDAY, 40, paper=2)


# --- by number


def test_a_statement_stays_unprocessed_until_accounting_has_booked_it() -> None:
    books = Books(ONE, TWO)
    assert books.processed() == []
    assert books.seen() == [("unprocessed", -10), ("unprocessed", 25), ("unprocessed", 40)]
    books.book([line(-10, MONDAY, number=1, matched=False), line(25, MONDAY, number=1)])
    assert books.processed() == [1]
    assert books.seen() == [("matched", 25), ("unmatched", -10), ("unprocessed", 40)]
    assert books.total() == books.total("coda_transactions") == 55


def test_a_correction_that_takes_a_line_away_makes_the_statement_unprocessed_again() -> None:
    books = Books(ONE)
    books.book(lines(ONE))
    assert books.processed() == [1]
    assert books.book(lines(ONE)[:1]) == Counter(removed=1, unchanged=1)
    assert books.processed() == []
    assert books.book(lines(ONE)) == Counter(new=1, unchanged=1)
    assert books.processed() == [1]


def test_a_movement_may_be_booked_in_several_lines_and_several_in_one() -> None:
    for booked in ([15, 20, -20], [15]):
        books = Books(ONE)
        books.book([line(amount, MONDAY, number=1) for amount in booked])
        assert books.processed() == [1]


def test_accounting_may_date_lines_by_their_value_and_correct_an_amount() -> None:
    late = Coda(TUESDAY, 7, 7, ((-10, TUESDAY, MONDAY), (25, TUESDAY, MONDAY)))
    books = Books(late)
    books.book([line(-10, MONDAY, number=7), line(25, MONDAY, number=7)])
    assert books.processed() == [1]
    books.book([line(-10, TUESDAY, number=7), line(24, TUESDAY, number=7)])
    assert books.processed() == [1]


def test_the_number_of_another_year_says_nothing() -> None:
    books = Books(coda(MONDAY, 1, 2, 3, paper=1))
    books.book([line(7, dt.date(2025, 3, 3), number=1)])
    assert books.processed() == []
    books.book([line(6, MONDAY, number=1)])
    assert books.processed() == [1]
    old_year = dt.date(2025, 12, 31)
    books.arrive(Coda(dt.date(2026, 1, 2), 5, 5, ((3, old_year, old_year),)))
    books.book([line(1, old_year, number=5, year=2026), line(2, old_year, number=5, year=2026)])
    assert books.processed() == [1, 2]


def test_the_number_of_the_file_counts_where_the_bank_does_not_number_its_statements() -> None:
    books = Books(coda(MONDAY, 4, 6, paper=0, number=61), coda(TUESDAY, 10, paper=0, number=62))
    books.book([line(10, MONDAY, number=61)])
    assert books.processed() == [1]


def test_a_number_that_files_share_as_well_says_nothing() -> None:
    books = Books(coda(MONDAY, 4, 6, paper=0, number=5), coda(TUESDAY, 1, paper=0, number=5))
    books.book([line(4, MONDAY, number=5), line(99, MONDAY, number=5), line(1, TUESDAY, number=5)])
    assert books.processed() == [2]


def test_a_number_of_accounting_is_that_of_the_paper_before_that_of_the_file() -> None:
    books = Books(coda(MONDAY, 5, 5, paper=9, number=3), coda(TUESDAY, 7, 3, paper=3, number=4))
    books.book([line(6, MONDAY, number=3), line(4, TUESDAY, number=3)])
    assert books.processed() == [2]


# --- numbers that the bank repeats


MON, TUE = coda(MONDAY, 100, -20, paper=8, number=41), coda(TUESDAY, 100, -20, paper=8, number=42)


def test_a_number_repeated_all_week_covers_no_later_day_than_accounting_has_booked() -> None:
    books = Books(MON, TUE)
    books.book(lines(MON))
    assert books.processed() == [1]
    books.book(lines(MON), lines(TUE))
    assert books.processed() == [1, 2]
    assert books.total() == books.total("coda_transactions")


def test_nor_does_it_where_reception_began_in_the_middle_of_the_week() -> None:
    books = Books(TUE)
    books.book(lines(MON))
    assert books.processed() == []
    books.book(lines(MON), lines(TUE))
    assert books.processed() == [1]


def test_nor_an_earlier_day() -> None:
    books = Books(MON)
    books.book(lines(TUE))
    assert books.processed() == []


def test_a_file_for_the_rest_of_the_week_leaves_the_days_before_as_they_are() -> None:
    books = Books(MON, TUE)
    books.book(lines(MON))
    assert books.book(lines(TUE)) == Counter(new=2)
    assert books.processed() == [1, 2]


def test_in_a_repeated_number_a_movement_may_be_booked_in_several_lines() -> None:
    books = Books(MON, TUE)
    books.book([line(amount, MONDAY, number=8) for amount in (60, 40, -20)])
    assert books.processed() == [1]


def test_an_empty_statement_repeats_no_number() -> None:
    books = Books(ONE, coda(TUESDAY, paper=1, number=2))
    books.book([line(15, MONDAY, number=1)])
    assert books.processed() == [1]


# --- without numbers


def test_without_numbers_every_movement_needs_a_line_of_its_day_and_amount() -> None:
    books = Books(coda(MONDAY, -5, -5, 30, paper=1))
    for booked, processed in (([-5, 30], []), ([-5, -5, 30], [1]), ([20], []), ([-4, -6, 30], []), ([-5, -5, 31], [])):
        books.book([line(amount, MONDAY) for amount in booked])
        assert books.processed() == processed, booked
    books.book([line(amount, TUESDAY) for amount in (-5, -5, 30)])
    assert books.processed() == []


def test_a_line_stands_for_one_movement_only_also_between_the_statements_of_a_day() -> None:
    books = Books(coda(MONDAY, -5, paper=0), coda(MONDAY, -5, paper=0), coda(MONDAY, 9, paper=0))
    books.book([line(-5, MONDAY)])
    assert books.processed() == [1]
    books.book([line(-5, MONDAY), line(-5, MONDAY)])
    assert books.processed() == [1, 2]


def test_movements_of_several_days_are_found_on_their_own_days() -> None:
    week = Coda(WEDNESDAY, 0, 0, ((5, MONDAY, MONDAY), (6, WEDNESDAY, WEDNESDAY)))
    books = Books(week)
    books.book([line(5, MONDAY), line(6, TUESDAY)])
    assert books.processed() == []
    books.book([line(5, MONDAY)], [line(6, WEDNESDAY)])
    assert books.processed() == [1]
    assert books.total() == 17, "Tuesday's line was not in the second file"


# --- accounts


def test_accounts_and_currencies_are_kept_apart() -> None:
    books = Books(ONE, replace(ONE, currency="USD"))
    books.book(lines(ONE, currency="USD"))
    assert books.processed() == [2]
    books.book(lines(ONE, iban="BE75363144977351"))
    assert books.processed() == [2]


def test_two_zones_of_an_account_share_no_number() -> None:
    books = Books(coda(MONDAY, 10, paper=1), coda(MONDAY, 20, paper=1, extension="001"))
    books.book([line(10, MONDAY, number=1)])
    assert books.processed() == [1]


# --- what an import replaces


def test_importing_the_same_again_changes_nothing() -> None:
    books = Books()
    assert books.book(lines(ONE), lines(TWO)) == Counter(new=3)
    before = books.store.query("SELECT * FROM ledger_line")
    assert books.book(lines(ONE), lines(TWO)) == Counter(unchanged=3)
    assert books.store.query("SELECT * FROM ledger_line") == before


def test_a_corrected_file_replaces_the_lines_of_its_statements_and_leaves_the_others() -> None:
    books = Books()
    books.book(lines(ONE), lines(TWO))
    corrected = [line(-10, MONDAY, number=1, communication="rent"), line(26, MONDAY, number=1)]
    assert books.book(corrected) == Counter(new=1, replaced=1, removed=1)
    assert books.total() == 56
    assert books.book([line(-10, TUESDAY, number=1)]) == Counter(new=1, removed=2)
    assert books.total() == 30


def test_without_numbers_a_file_replaces_the_days_that_it_holds() -> None:
    books = Books()
    books.book([line(1, MONDAY), line(2, TUESDAY)])
    assert books.book([line(3, MONDAY)]) == Counter(new=1, removed=1)
    assert books.total() == 5


def test_a_file_with_numbers_and_one_without_do_not_count_a_day_twice() -> None:
    books = Books()
    books.book([line(1, MONDAY), line(2, TUESDAY)])
    assert books.book([line(1, MONDAY, number=4)]) == Counter(replaced=1)
    assert books.book([line(1, MONDAY)]) == Counter(replaced=1)
    assert books.total() == 3


def test_equal_lines_are_as_many_as_there_are() -> None:
    books = Books()
    assert books.book([line(-5, MONDAY)] * 3) == Counter(new=3)
    assert books.book([line(-5, MONDAY)] * 2) == Counter(unchanged=2, removed=1)


def test_how_far_accounting_has_come_is_known_for_each_account() -> None:
    books = Books()
    assert ledger_ends(books.store) == []
    first = line(3, MONDAY, number=12, balance_milli=103)
    books.book([replace(first, date=dt.date(2025, 12, 30), year=2025, number=250), first])
    books.book([line(4, TUESDAY, currency="USD")])
    facts = ("currency", "last_date", "last_statement_number", "last_balance_milli")
    ends = ledger_ends(books.store)
    assert {(row["client_id"], row["iban"]) for row in ends} == {(CLIENT, IBAN)}
    assert [tuple(row[name] for name in facts) for row in ends] == [
        ("EUR", "2026-03-02", 12, 103),
        ("USD", "2026-03-03", None, None),
    ]


# --- any life of an account


@dataclass(frozen=True, slots=True)
class Habit:
    """How a bank numbers: what it prints on paper, what it writes in the file, and whether accounting says numbers."""

    paper: str
    coda: bool
    numbered: bool


def paper_number(habit: str, day: dt.date, place: int) -> int:
    numbers = {"none": 0, "each": place + 3, "week": day.isocalendar().week, "julian": day.timetuple().tm_yday}
    return numbers[habit]


@st.composite
def lives(draw: st.DrawFn) -> tuple[Habit, list[Coda], int, int]:
    """Return the statements of some weeks, in order, and how many of them accounting booked, then later."""
    paper = draw(st.sampled_from(["none", "each", "week", "julian"]))
    habit = Habit(paper, draw(st.booleans()), draw(st.booleans()))
    days = sorted(draw(st.lists(st.dates(dt.date(2026, 1, 2), dt.date(2026, 2, 6)), min_size=1, max_size=8)))
    amounts = st.sampled_from([-5_000, -5_000, 10_000, 12_340])
    statements = [
        coda(
            day,
            *draw(st.lists(amounts, min_size=1, max_size=4)),
            paper=paper_number(habit.paper, day, place),
            number=place if habit.coda else -1,
        )
        for place, day in enumerate(days, start=1)
    ]
    whole_days = [0, *(place for place in range(1, len(days)) if days[place] != days[place - 1]), len(days)]
    first, second = sorted((draw(st.sampled_from(whole_days)), draw(st.sampled_from(whole_days))))
    return habit, [replace(one, number=max(one.number, 0)) for one in statements], first, second


@settings(max_examples=80, deadline=None)
@given(lives(), st.booleans())
def test_what_accounting_has_booked_is_processed_and_nothing_else(
    life: tuple[Habit, list[Coda], int, int], whole_files: bool
) -> None:
    habit, statements, first, second = life
    books = Books(*statements)

    def export(some: Sequence[Coda]) -> None:
        given = {} if habit.numbered else {"number": None}
        books.book(*(lines(one, **given) for one in some))

    export(statements[:first])
    assert books.processed() == list(range(1, first + 1))
    export(statements[:second] if whole_files else statements[first:second])
    assert books.processed() == list(range(1, second + 1))
    assert (
        books.total()
        == books.total("coda_transactions")
        == sum(amount for one in statements for amount, _, _ in one.movements)
    )
