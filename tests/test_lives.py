"""Lives of accounts, told by a letter a day (see `life.mornings`), and how reception stands each morning after."""

import datetime as dt

import pytest
from desk import account
from life import HABITS, Account, Life
from support import Home

from codasync.sandbox import faults

# numbering, life, and the states of its mornings: w waiting, o ok, g gap, u unreadable, f failing, - off
LIVES = {
    "a statement each day": ("counting", "ssss", "oooo"),
    "nothing at first": ("counting", "..s", "wwo"),
    "one that never comes": ("counting", "ssxss", "ooogg"),
    "one that comes after the next": ("counting", "sshs<s", "ooogoo"),
    "several a day, in any order": ("counting", "s3s2s", "ooooo"),
    "several a day without numbers": ("zeros", "s3s2s", "ooooo"),
    "the middle one of a day never comes": ("counting", "sms", "ogg"),
    "the middle one of a day without numbers": ("zeros", "sms", "ogg"),
    "two in one file": ("counting", "sffs", "oooo"),
    "empty statements alone, for weeks": ("counting", "s" * 8 + "e" * 14, "o" * 22),
    "empty statements": ("counting", "seesxes", "ooooogg"),
    "a paper number that stays for a week": ("repeating", "sssssxs", "oooooog"),
    "a paper number that stays for a month": ("monthly", "sss.sxs", "oooooog"),
    "no numbers": ("zeros", "ss.sxs", "ooooog"),
    "days of the year for numbers": ("julian", "ss..ssxs", "ooooooog"),
    "files that come twice": ("counting", "sdds", "oooo"),
    "files that come again by the redelivery feed": ("counting", "srrs", "oooo"),
    "historical CODA of the same days": ("counting", "sssssHs", "ooooooo"),
    "historical CODA beside statements without numbers": ("zeros", "sssssHs", "ooooooo"),
    "historical CODA of a day that was lost": ("counting", "ssxssHs", "oooggoo"),
    "a separate application": ("counting", "sas", "ooo"),
    "a lost one that adds up to zero": ("counting", "szs", "ooo"),
    "one that another contradicts": ("counting", "scs", "ouu"),
    "disabled for some days": ("counting", "ss--+s", "oo--gg"),
    "a poll that fails once": ("counting", "ss!s", "oooo"),
    "polls that fail": ("counting", "ss!!s", "ooofo"),
}


@pytest.mark.parametrize(("habit", "days", "states"), LIVES.values(), ids=LIVES)
def test_a_life_is_judged_each_morning(home: Home, habit: str, days: str, states: str) -> None:
    assert Account(home, Life(HABITS[habit])).live(days) == states


def test_numbers_that_begin_anew_with_the_year_are_no_gap_and_a_lost_one_is(home: Home) -> None:
    bank = Account(home, Life(first_day=dt.date(2026, 12, 28)))
    assert bank.live("ssssxs") == "ooooog"
    assert [one.coda_number for one in bank.life.statements] == [1, 2, 3, 4, 1, 2]
    assert bank.report["missing"][0]["from_date"] == "2026-12-31"
    assert "statements 5 (of 2026) to 1 (of 2027) missing" in bank.report["reason"]


def test_what_was_passed_over_before_the_journal_was_enabled_is_no_gap(home: Home) -> None:
    bank = Account(home, Life())
    home.call("disable-journal", "0042", bank.life.account.number)
    assert bank.live("ss+ss") == "--ooo"
    assert bank.report["statements_received"] == 3


def test_a_hole_of_the_days_in_which_the_journal_was_disabled_is_closed_by_the_next_step(home: Home) -> None:
    bank = Account(home, Life())
    assert bank.live("ss--+") == "oo--g"
    assert home.call("status", "--redelivery").stdout.startswith("Nothing is missing: ")
    words, command = bank.report["next_step"].split(": ")
    assert words == "fetch what was passed over"
    home.call(*command.split()[1:])
    assert bank.judge()["state"] == "ok"
    assert bank.report["statements_received"] == 5
    assert bank.live("s") == "o"


def test_what_was_passed_over_and_is_served_no_more_has_to_be_asked_for(home: Home) -> None:
    bank = Account(home, Life())
    bank.live("ss-+")
    bank.desk.box.service.serve_acknowledged = False
    home.call(*bank.report["next_step"].split(": ")[1].split()[1:])
    assert bank.judge()["state"] == "gap"
    assert "Missing: statement 3, between 2026-03-03 and 2026-03-04" in bank.report["next_step"]


def test_sub_accounts_that_share_an_iban_are_judged_apart(home: Home) -> None:
    euro, dollar = Life(), Life(of=account(1, currency="USD"), balance=77_000)
    bank = Account(home, euro)
    home.box.add_account("0042", dollar.account.number, dollar.account.bic, currency="USD")
    for day in range(3):
        for life in (euro, dollar):
            one = life.statement(1_000)
            life.next_day()
            if (life, day) != (dollar, 1):
                bank.desk.deliver_coda(bank.dossier, one)
    bank.desk.sync()
    states = {row["currency"]: row["state"] for row in home.query("SELECT * FROM reception")}
    assert states == {"EUR": "ok", "USD": "gap"}


def test_the_hole_between_accounting_and_the_first_coda_is_a_gap_until_it_is_bridged(home: Home) -> None:
    bank = Account(home, Life())
    bank.live("xxsss")
    assert bank.judge()["state"] == "ok"
    ledger = home.folder / "ledger.csv"
    iban = bank.life.account.number
    booked = f"iban;date;amount;statement_number\n{iban};2026-03-02;1,00;1\n"
    ledger.write_text(booked)
    home.call("import-ledger", "0042", ledger)
    assert bank.judge()["state"] == "gap"
    assert (
        "statement 2 missing between accounting, whose last line before is of 2026-03-02, and the first"
        in bank.report["reason"]
    )
    ledger.write_text(f"{booked}{iban};2026-03-03;2,00;2\n{iban};2026-03-04;3,00;3\n")
    home.call("import-ledger", "0042", ledger)
    assert bank.judge()["state"] == "ok"


@pytest.mark.parametrize("columns", ["number", "balance", "number balance"])
@pytest.mark.parametrize("days", ["xxxsss", "ssxsss"])
def test_what_neither_coda_nor_accounting_has_stays_a_gap_however_far_accounting_goes(
    home: Home, days: str, columns: str
) -> None:
    bank = Account(home, Life())
    bank.live(days)
    ledger = home.folder / "ledger.csv"
    home.config.write_text(f'{home.config.read_text()}\n[ledger.office]\ndecimal_mark = "."\n')
    booked = {"xxxsss": [[1], [1, 4], [1, 4, 5, 6]], "ssxsss": [[1, 2], [1, 2, 4], [1, 2, 4, 5, 6]]}[days]
    for numbers in booked:
        ledger.write_text(lines_of(bank.life, numbers, columns))
        home.call("import-ledger", "0042", ledger, "--profile", "office")
        assert bank.judge()["state"] == "gap"
        assert len(bank.report["missing"]) == 1
    ledger.write_text(lines_of(bank.life, [1, 2, 3, 4], columns))
    home.call("import-ledger", "0042", ledger, "--profile", "office")
    assert bank.judge()["state"] == "ok"


def lines_of(life: Life, numbers: list[int], columns: str) -> str:
    """Return a ledger that has booked these statements of a life, a line for each."""
    rows = [["iban", "date", "amount", "statement_number", "balance"]]
    for number in numbers:
        one = life.statements[number - 1]
        amount, balance = (one.new_balance_milli - one.old_balance_milli) / 1000, one.new_balance_milli / 1000
        day, of_statement = str(one.new_balance_date), str(number) if "number" in columns else ""
        rows.append([life.account.number, day, f"{amount:.3f}", of_statement, f"{balance:.3f}"])
    return "".join(";".join(row[: 5 if "balance" in columns else 4]) + "\n" for row in rows)


def test_a_pass_that_fails_is_told_from_a_hiccup_and_with_whose_trouble_it_is(home: Home) -> None:
    bank = Account(home, Life())
    assert bank.live("ss") == "oo"
    states = []
    for code in (503, 503, 401):
        away = home.box.fault("/pod-client/", faults.refuse(code), times=None)
        states += [(bank.live("."), "CodaBox's" in bank.report["reason"], "our side" in bank.report["reason"])]
        home.box.heal([away])
    assert states == [("o", False, False), ("f", True, False), ("f", False, True)]
    assert bank.report["since"] == "2026-03-05"
    assert bank.live("s") == "o"


def test_what_was_given_up_is_to_be_asked_for_and_not_to_be_fetched(home: Home) -> None:
    bank = Account(home, Life())
    assert bank.live("ss") == "oo"
    home.box.fault("/download/", faults.refuse(404), times=1)
    assert bank.live("ss") == "fo"
    home.box.fault("/download/", faults.refuse(404), times=None)
    assert bank.live("s") == "f"
    home.box.heal()
    [document] = home.query("SELECT id FROM documents WHERE state = 'unavailable'")
    home.call("skip", document["id"])
    assert bank.live("s") == "g"
    assert bank.report["next_step"].startswith("ask CodaBox for redelivery (")
