"""Historical CODA tells once more what others tell: each booking counts once, and nothing real is left out."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import permutations

import pytest
from life import HABITS, Account, Life
from life import _seven_on as seven_on
from support import Home

from codasync import store_ledger
from codasync.sandbox import coda_writer
from codasync.store_retellings import retold_of_account
from codasync.store_schema import RETELLINGS

Statement = coda_writer.Statement
ORDERS = list(permutations(range(3)))


def lived(home: Home, habit: str, days: int = 6) -> Account:
    """Return an account whose statements, one a day of two movements, are made and not yet delivered."""
    bank = Account(home, Life(HABITS[habit]))
    for day in range(days):
        bank.life.statement(1_000 * (day + 1), -1)
        bank.life.next_day()
    return bank


def history(life: Life, days: int, first: int = 0, last: int = 99) -> list[Statement]:
    """Tell of some statements as historical CODA does: in other words, so many days in each."""
    told = in_other_words(life.statements)[first:last]
    after = told[0].old_balance_date
    shell = Life(of=life.account)
    shell.statements = told
    return shell.historical(after, life.today, days)


def in_other_words(statements: Sequence[Statement]) -> list[Statement]:
    return [
        replace(
            one,
            movements=tuple(
                replace(item, communication="OPEN BANKING", entry_date=one.new_balance_date) for item in one.movements
            ),
        )
        for one in statements
    ]


def deliver(bank: Account, *statements: Statement) -> None:
    for one in statements:
        bank.desk.deliver_coda(bank.dossier, one)
    bank.now = seven_on(bank.life.today)
    assert bank.desk.sync().refused == []


def total(home: Home) -> tuple[int, int]:
    """Return how many transactions count, and their sum."""
    [row] = home.query("SELECT count(*) AS n, coalesce(sum(amount_milli), 0) AS total FROM bank_transactions")
    return row["n"], row["total"]


def moved(bank: Account) -> tuple[int, int]:
    """Return how many movements the account had, and what they come to."""
    statements = bank.life.statements
    return sum(len(one.movements) for one in statements), bank.life.balance - statements[0].old_balance_milli


@pytest.mark.parametrize("history_first", [False, True])
@pytest.mark.parametrize("habit", ["counting", "zeros"])
def test_history_beside_the_banks_statements_counts_once_whichever_comes_first(
    home: Home, habit: str, history_first: bool
) -> None:
    bank = lived(home, habit)
    real, told = bank.life.statements, [one for days in (1, 2, 3) for one in history(bank.life, days)]
    for part in (told, real) if history_first else (real, told):
        deliver(bank, *part)
    assert total(home) == moved(bank)
    assert len(home.query("SELECT 1 FROM bank_statements")) == 6 + 6 + 3 + 2
    assert len(home.query("SELECT 1 FROM bank_statements WHERE NOT retelling")) == 6
    assert len(home.query("SELECT 1 FROM coda_transactions WHERE retelling")) == 3 * 12
    assert len(home.query("SELECT 1 FROM coda_transactions WHERE NOT processed")) == 4 * 12
    report = bank.judge()
    assert (report["state"], report["statements_received"], report["transactions_received"]) == ("ok", 6, 12)
    assert [(one["statements"], one["transactions"]) for one in report["months"] if one["statements"]] == [(6, 12)]
    [journal] = home.query("SELECT statements_received, transactions_received FROM reception")
    assert set(journal.values()) == {6, 12}


@pytest.mark.parametrize("habit", ["counting", "zeros"])
@pytest.mark.parametrize("days", [2, 3, 6])
def test_of_history_that_begins_before_the_banks_statements_only_the_days_before_them_count(
    home: Home, habit: str, days: int
) -> None:
    bank = lived(home, habit)
    deliver(bank, *history(bank.life, days), *bank.life.statements[3:])
    assert total(home) == moved(bank)
    deliver(bank, *bank.life.statements[:2])
    assert total(home) == moved(bank)
    deliver(bank, bank.life.statements[2])
    assert total(home) == moved(bank)
    assert {row["retelling"] for row in home.query("SELECT * FROM bank_statements WHERE transaction_count > 2")} == {1}


def test_history_fills_the_day_that_was_lost_and_counts_for_no_other(home: Home) -> None:
    bank = lived(home, "counting")
    real = bank.life.statements
    deliver(bank, *real[:2], *real[3:], *history(bank.life, 6))
    assert total(home) == moved(bank)
    [row] = home.query("SELECT entry_date FROM bank_transactions WHERE communication = 'OPEN BANKING' GROUP BY 1")
    assert row["entry_date"] == str(real[2].new_balance_date)


def test_two_histories_that_overlap_in_part_count_each_day_once(home: Home) -> None:
    bank = lived(home, "zeros")
    deliver(bank, *history(bank.life, 4, 0, 4), *history(bank.life, 4, 2, 6))
    assert total(home) == moved(bank)


def test_history_whose_balances_contradict_stays_and_nothing_is_guessed(home: Home) -> None:
    bank = lived(home, "counting", 3)
    [told] = history(bank.life, 3)
    deliver(bank, *bank.life.statements, replace(told, old_balance_milli=told.old_balance_milli + 7))
    assert total(home)[0] == 12


def round_trips(life: Life) -> list[Statement]:
    """Return two genuine statements of one day that both end where they began."""
    made = [life.statement(5_000, -5_000), life.statement(7_000, -7_000)]
    life.next_day()
    return made


def there_and_back_and_there(life: Life) -> list[Statement]:
    """Return statements of one day of which the first and the last go from the same balance to the same one."""
    made = [life.statement(5_000), life.statement(-2_000, -3_000), life.statement(2_500, 2_500)]
    life.next_day()
    return made


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("day", [round_trips, there_and_back_and_there])
def test_statements_of_a_day_without_numbers_are_all_booked_and_all_count(
    home: Home, day: Callable[[Life], list[Statement]], order: tuple[int, ...]
) -> None:
    bank = lived(home, "zeros", 1)
    real = [*bank.life.statements, *day(bank.life)]
    deliver(bank, *(real[number] for number in order if number < len(real)), *real[3:])
    assert total(home) == moved(bank)
    assert home.query("SELECT 1 FROM bank_statements WHERE retelling") == []
    deliver(bank, *history(bank.life, 1))
    assert total(home) == moved(bank)


def test_the_same_statement_without_numbers_stays_a_duplicate(home: Home) -> None:
    bank = lived(home, "zeros", 2)
    deliver(bank, *bank.life.statements, *bank.life.statements)
    assert home.states() == {"stored": 2, "duplicate": 2}


def test_the_whole_ledger_leaves_no_history_unprocessed(home: Home) -> None:
    bank = lived(home, "counting")
    deliver(bank, *bank.life.statements, *history(bank.life, 2))
    iban, ledger = bank.life.account.number, home.folder / "ledger.csv"
    lines = [
        f"{iban};{one.new_balance_date};{item.amount_milli / 1000:.3f};{one.coda_number}\n"
        for one in bank.life.statements
        for item in one.movements
    ]
    ledger.write_text("iban;date;amount;statement_number\n" + "".join(lines))
    home.call("import-ledger", "0042", ledger)
    assert {row["source"] for row in home.query("SELECT source FROM bank_transactions")} == {"ledger"}
    assert total(home) == moved(bank)


@pytest.mark.parametrize("habit", ["counting", "zeros"])
@pytest.mark.parametrize("order", ORDERS)
def test_the_balance_of_an_account_is_that_with_which_its_last_day_ended(
    home: Home, habit: str, order: tuple[int, ...]
) -> None:
    bank = lived(home, habit, 1)
    today = [bank.life.statement(amount) for amount in (5_000, -7_000, 4_000)]
    bank.life.next_day()
    deliver(bank, *bank.life.statements[:1], *(today[number] for number in order))
    with bank.desk.store() as store:
        [row] = store_ledger.balances(store, bank.dossier.client_id)
    assert (row["balance"], row["date"]) == (bank.life.balance / 1000, str(today[-1].new_balance_date))


def test_history_that_an_older_file_counted_twice_counts_once_after_the_upgrade(home: Home) -> None:
    bank = lived(home, "counting")
    deliver(bank, *bank.life.statements, *history(bank.life, 2))
    counted = home.query("SELECT id FROM movement WHERE NOT retold")
    with bank.desk.store() as store, store.transaction():
        store._connection.create_function("retold_movements", 1, retold_of_account)
        for step in ["UPDATE movement SET retold = 0", "UPDATE statement SET retold = 0", *RETELLINGS.split(";")]:
            if step.strip().startswith("UPDATE"):
                store.execute(step)
    assert home.query("SELECT id FROM movement WHERE NOT retold") == counted
    assert total(home) == moved(bank)


def test_history_is_processed_once_accounting_has_booked_what_of_it_counts(home: Home) -> None:
    bank = lived(home, "counting")
    deliver(bank, *bank.life.statements[2:], *history(bank.life, 3, 0, 3))
    iban, ledger = bank.life.account.number, home.folder / "ledger.csv"
    lines = [
        f"{iban};{one.new_balance_date};{item.amount_milli / 1000:.3f}\n"
        for one in bank.life.statements[:2]
        for item in one.movements
    ]
    ledger.write_text("iban;date;amount\n" + "".join(lines))
    home.call("import-ledger", "0042", ledger)
    assert total(home) == moved(bank)
    assert len(home.query("SELECT 1 FROM bank_transactions WHERE source = 'ledger'")) == 4
