"""`status`: how reception stands, in an accountant's words, for programs, and as it is kept in the database."""

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from desk import Desk, account
from support import Home, Row
from terminal import on_terminal

from codasync import status_report
from codasync.sandbox import Office, Sandbox, coda_writer, faults

# the stable names of the report, in order
COLUMNS = [
    "dossier_code",
    "dossier_name",
    "journal_code",
    "iban",
    "currency",
    "extension",
    "enabled",
    "account_state",
    "mandate_state",
    "state",
    "reason",
    "next_step",
    "last_statement_number",
    "last_statement_date",
    "last_received_at",
    "statements_received",
    "transactions_received",
    "missing",
    "last_polled_at",
    "since",
    "first_statement_date",
    "months",
]
# a dossier for each state of a journal, which gives the dossier its code, worst first; who needs nobody comes last
NEEDING = ["failing", "inactive", "unreadable", "gap", "broken", "late"]
STATES = [*NEEDING, "waiting", "ok", "off"]
BANKS = {code: account(number) for number, code in enumerate(STATES, start=1)}
TODAY = dt.datetime.now().astimezone().date()
FIRST = TODAY - dt.timedelta(days=42)  # when the first statements came


def day(number: int) -> str:
    """Return the date of statement `number` of `weeks`; 0 is the day before the first one."""
    return str(FIRST + dt.timedelta(days=number - 1))


def life(of: coda_writer.Account, days: Sequence[dt.date]) -> Iterator[coda_writer.Statement]:
    """Write a statement of two movements, 1.001 EUR in all, for each of these days, with connecting balances."""
    before = days[0] - dt.timedelta(days=1)
    for number, date in enumerate(days, start=1):
        moved = (coda_writer.Movement(2_000, value_date=date), coda_writer.Movement(-999, value_date=date))
        yield coda_writer.Statement(of, number * 1_001, before, date, moved, paper_number=number, coda_number=number)
        before = date


def weeks(code: str, count: int = 12) -> list[coda_writer.Statement]:
    """Write the first statements, one a day, of the account of a dossier."""
    return list(life(BANKS[code], [FIRST + dt.timedelta(days=number) for number in range(count)]))


def fill(home: Home) -> None:
    """Give an office, whose journals were enabled before anything happened, a dossier for each state; make one pass."""
    begin = dt.datetime.fromisoformat(f"{day(0)}T09:00:00+00:00")
    desk, before = Desk(home), Desk(home, clock=lambda: begin)
    for number, (code, bank) in enumerate(BANKS.items(), start=1):
        dossier = home.box.add_dossier(code, f"Dossier {number}")
        mandate = "awaiting-signature" if code == "inactive" else "active"
        home.box.add_account(code, bank.number, bank.bic, mandate_state=mandate)
        if code != "off":
            before.enable(code, bank.number, journal_code=f"B0{number}")
        if code == "failing":
            home.box.fault(f"/feed/{dossier.feed_id}/", faults.refuse(403, "No access."), times=None)
        if code == "unreadable":
            facts = {"iban": bank.number, "currency": "EUR", "new_balance_date": day(1)}
            home.box.deliver(code, "coda", {"cod": b"CODA of another kind"}, facts)
    one, two = weeks("broken", 2)
    received = {
        "gap": [file for file in weeks("gap", 4) if file.coda_number != 2],
        "broken": [one, replace(two, old_balance_milli=5_000)],
        "late": weeks("late"),
        "ok": weeks("ok", 1),
    }
    for code, files in received.items():
        for file in files:
            home.box.deliver_coda(code, file)
    assert desk.sync(refresh=True).exit_code == 3


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """An office with a journal in each state, after one pass; only to look at."""
    with Sandbox(Office()) as box:
        home = Home(tmp_path_factory.mktemp("office"), box)
        home.write_credentials()
        fill(home)
        yield home


@pytest.fixture
def own_office(home: Home) -> Home:
    """An office like `office`, to change."""
    fill(home)
    return home


def by_code(home: Home, *arguments: object) -> dict[str, Row]:
    return {row["dossier_code"]: row for row in home.rows("status", *arguments)}


def on_screen(home: Home, *arguments: object, columns: int = 80, code: int = 0, **environ: str) -> list[str]:
    """Return what a person reads on a terminal, line by line, without colours."""
    seen = on_terminal(home, "status", *arguments, columns=columns, code=code, **environ)
    return re.sub(r"\x1b\[[0-9;]*m", "", seen).replace("\r", "").splitlines()


# --- the judgement


def test_each_journal_has_its_state_worst_first_with_reason_and_next_step(office: Home) -> None:
    rows = office.rows("status")
    assert [row["state"] for row in rows] == [row["dossier_code"] for row in rows] == STATES
    reasons = {
        "failing": "CodaBox forbids it (No access.)",
        "inactive": "the mandate waits for the client's signature since 2025-11-17",
        "unreadable": "expected a CODA file",
        "waiting": "no statement has come yet",
        "off": "reception is not enabled",
    }
    for row in rows:
        assert reasons.get(row["state"], "") in row["reason"]
        assert bool(row["next_step"]) == (row["state"] != "ok")


def test_the_next_steps_that_are_commands_work_as_they_are_written(own_office: Home) -> None:
    rows = by_code(own_office)
    own_office.call(*rows["off"]["next_step"].split()[1:])
    assert by_code(own_office, "off")["off"]["state"] == "waiting"
    shown = own_office.call(*rows["unreadable"]["next_step"].split("`")[1].split()[1:]).stdout
    assert "unreadable" in shown


def test_what_is_missing_has_its_numbers_dates_and_difference(office: Home) -> None:
    row = by_code(office)["gap"]
    [hole] = row["missing"]
    assert hole == {
        "from_number": 2,
        "to_number": 2,
        "from_date": day(1),
        "to_date": day(2),
        "difference": 1.001,
        "difference_milli": 1_001,
    }
    assert row["next_step"].count(BANKS["gap"].number) == 1


def test_a_trouble_that_is_over_is_over_in_the_report(own_office: Home) -> None:
    box = own_office.box
    box.heal()
    box.office.find("inactive").mandates[0].state = "active"
    box.deliver_coda("unreadable", weeks("unreadable")[0])
    box.deliver_coda("gap", weeks("gap")[1])
    own_office.call("sync", "--refresh")
    states = {code: row["state"] for code, row in by_code(own_office, "--problems").items()}
    assert states == {"broken": "broken", "late": "late"}


def test_a_dossier_that_codabox_lists_no_more_is_told(own_office: Home) -> None:
    own_office.box.remove_dossier("ok")
    done = own_office.call("sync", code=3)
    assert "1 dossier no longer listed: ok Dossier 8" in done.stderr
    row = by_code(own_office, "ok")["ok"]
    assert row["state"] == "inactive"
    assert "CodaBox lists this dossier no more since " in row["reason"]


# --- which journals, from which day on


def test_problems_are_the_journals_that_need_somebody(office: Home) -> None:
    assert list(by_code(office, "--problems")) == NEEDING
    lines = office.call("status", "--problems").stdout.splitlines()
    assert "8 journals enabled, 6 need somebody" in lines[0]
    assert [line.split()[0] for line in lines[2:8]] == NEEDING


@pytest.mark.parametrize("code", STATES)
def test_check_exits_with_3_when_a_journal_of_the_dossier_needs_somebody(office: Home, code: str) -> None:
    done = office.call("status", code, "--check", code=3 if code in NEEDING else 0)
    assert done.stderr == ""
    assert [row["dossier_code"] for row in office.rows("status", code)] == [code]


def test_check_looks_at_the_whole_office_and_shows_the_same_report(office: Home) -> None:
    assert office.run("status", "--check", code=3).stdout == office.call("status").stdout


@pytest.mark.parametrize(("number", "state"), [(1, "gap"), (2, "gap"), (3, "ok")])
def test_a_hole_that_ended_before_the_day_asked_about_is_left_out(office: Home, number: int, state: str) -> None:
    since = day(number)
    row = by_code(office, "gap", "--since", since)["gap"]
    assert row["state"] == state
    assert bool(row["missing"]) == (state == "gap")
    office.call("status", "gap", "--check", "--since", since, code=3 if state == "gap" else 0)


def test_what_came_is_counted_from_the_day_asked_about(office: Home) -> None:
    def counts(*arguments: object) -> tuple[object, ...]:
        row = by_code(office, "late", *arguments)["late"]
        return row["statements_received"], row["transactions_received"], row["first_statement_date"]

    assert counts() == (12, 24, day(1))
    assert counts("--since", day(8)) == (5, 10, day(8))
    assert counts("--since", TODAY) == (0, 0, None)
    assert by_code(office, "late", "--since", day(8))["late"]["state"] == "late"
    assert office.call("status", "--since", day(8)).stdout.splitlines()[-1].endswith(f" received since {day(8)}")


def test_a_day_that_is_none_is_a_wrong_command_line(office: Home) -> None:
    told = office.call("status", "--since", "yesterday", code=2).stderr
    assert told == "codasync: yesterday is not a date; write it as YYYY-MM-DD\n"


def test_the_last_twelve_months_are_counted_whatever_came(home: Home) -> None:
    desk = Desk(home)
    dossier = desk.dossier("0042", BANKS["ok"])
    days = [TODAY - dt.timedelta(days=500), TODAY - dt.timedelta(days=200), TODAY.replace(day=1), TODAY]
    for one in life(BANKS["ok"], days):
        desk.deliver_coda(dossier, one)
    desk.sync()
    months = by_code(home)["0042"]["months"]
    assert len(months) == 12
    assert [row["month"] for row in months] == sorted({row["month"] for row in months})
    assert [row for row in months if row["statements"]] == [
        {"month": f"{days[1]:%Y-%m}", "statements": 1, "transactions": 2},
        {"month": f"{TODAY:%Y-%m}", "statements": 2, "transactions": 4},
    ]
    assert months[-1]["month"] == f"{TODAY:%Y-%m}"
    assert len(by_code(home, "--since", TODAY)["0042"]["months"]) == 1


# --- for programs


def test_json_and_csv_have_the_documented_columns_and_the_same_rows(office: Home) -> None:
    rows = office.rows("status")
    assert {tuple(row) for row in rows} == {tuple(COLUMNS)}
    read = list(csv.reader(io.StringIO(office.call("status", "--format", "csv").stdout)))
    assert read[0] == COLUMNS
    assert read[1:] == [[as_csv(value) for value in row.values()] for row in rows]
    [good] = [row for row in rows if row["state"] == "ok"]
    assert good == {
        **good,
        "journal_code": "B08",
        "iban": BANKS["ok"].number,
        "currency": "EUR",
        "enabled": True,
        "account_state": "active",
        "mandate_state": "active",
        "last_statement_number": 1,
        "first_statement_date": day(1),
        "last_statement_date": day(1),
        "statements_received": 1,
        "transactions_received": 2,
        "missing": [],
    }


def as_csv(value: object) -> str:
    if isinstance(value, list):
        return json.dumps(value)
    return "" if value is None else str(value)


def test_the_judgement_is_kept_in_the_database_with_each_pass(office: Home) -> None:
    kept = office.query("SELECT * FROM reception")
    shown = by_code(office)
    assert {row["dossier_code"] for row in kept} == shown.keys()
    [run] = office.query("SELECT finished_at FROM sync_runs")
    for row in kept:
        as_json = {name: json.loads(row[name]) if name in {"missing", "months"} else row[name] for name in COLUMNS}
        assert as_json == shown[row["dossier_code"]]
        assert row["judged_at"] >= run["finished_at"]


def test_what_changes_a_journal_judges_it_anew(own_office: Home) -> None:
    def kept(code: str) -> str:
        [row] = own_office.query("SELECT state FROM reception WHERE dossier_code = ?", code)
        return str(row["state"])

    own_office.call("disable-journal", "ok", BANKS["ok"].number)
    own_office.call("enable-journal", "off", BANKS["off"].number)
    assert (kept("ok"), kept("off"), kept("gap")) == ("off", "waiting", "gap")


def test_a_bug_in_the_judgement_spoils_nothing_that_was_received(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(home)
    desk.deliver_coda(desk.dossier("0042", BANKS["ok"]), weeks("ok")[0])
    monkeypatch.setattr(status_report, "refresh", lambda *_: 1 // 0)
    result = desk.sync()
    assert result.exit_code == 1
    assert result.news == ["reception cannot be judged: unexpected ZeroDivisionError; -v shows where"]
    assert desk.one("SELECT outcome, documents_received FROM sync_runs") == {"outcome": "ok", "documents_received": 1}
    assert home.states() == {"stored": 1}


# --- for people, in a pipe


def test_a_pipe_gets_a_line_for_each_journal_between_the_whole_and_the_totals(office: Home) -> None:
    first, heading, *rows, totals = office.call("status").stdout.splitlines()
    assert first.startswith("8 journals enabled, 6 need somebody; last pass 20")
    assert ": partial (failing: normal feed " in first
    assert heading.split() == ["dossier", "name", "journal", "account", "state", "since", "reason", "next", "step"]
    assert [row.split()[0] for row in rows] == STATES
    assert totals.startswith("9 journals (1 failing, 1 inactive, ")
    assert totals.endswith("1 ok, 1 off); 18 statements and 36 transactions received")
    for row, code in zip(rows, STATES, strict=True):
        judged = by_code(office, code)[code]
        assert judged["reason"] in row
        assert " ".join(judged["next_step"].split("\n")) in row


def test_a_document_outside_of_all_journals_is_told_below(own_office: Home) -> None:
    own_office.box.deliver("waiting", "purchase_invoice", {"xml": b"Facture 17"})
    own_office.call("sync", code=3)
    last = own_office.call("status").stdout.splitlines()[-1]
    assert " of waiting (purchase_invoice xml) is unreadable: " in last
    assert re.search(r" \(listed since 20\d\d-\d\d-\d\d\) - .*`codasync skip \d+` when you have seen to it$", last)
    seen = " ".join(on_screen(own_office, columns=200))
    assert "Documents that belong to no journal:     document " in seen


def test_the_office_has_its_name_above_the_report(own_office: Home) -> None:
    own_office.write_config('[office]\nname = "Fiduciaire Exemple"\n')
    assert own_office.call("status").stdout.startswith("Fiduciaire Exemple: 8 journals enabled")
    assert on_screen(own_office)[0].startswith("Fiduciaire Exemple: 8 journals enabled")


def test_status_before_the_first_pass_says_so(home: Home) -> None:
    assert "there is no such file - `codasync sync` makes it" in home.call("status", code=14).stderr
    home.call("dossiers", "--refresh")
    assert home.call("status").stdout.startswith("0 journals enabled, none needs somebody; no pass was made yet.\n")
    assert home.rows("status") == []
    assert home.query("SELECT * FROM reception") == []


# --- for people, on a terminal


# what differs from run to run stands as its name
PAGE = """\
Fiduciaire Exemple: 8 journals enabled, 6 need somebody; last pass
TIME: partial (failing: normal feed 277: CodaBox forbids it (No
access.)).

failing  failing Dossier 1  B01 BE80001000000177 EUR  since TODAY
    the feed cannot be read since TIME: normal feed 277: CodaBox
    forbids it (No access.) (the trouble is CodaBox's)
    Next: ask CodaBox whether the office may still receive for this dossier, and
    what is wrong with it

inactive  inactive Dossier 2  B02 BE69001000000278 EUR  since 2025-11-17
    the mandate waits for the client's signature since 2025-11-17
    Next: ask the client to sign the mandate

unreadable  unreadable Dossier 3  B03 BE58001000000379 EUR  since TODAY
    document N could not be read: line 1, position 1, file: found 'CODA of
    another kind', expected a CODA file, whose first record starts with 00000
    Next: look with `codasync show N`; ask CodaBox for redelivery (MyCodaBox >
    Mandates & Services > CODA > Redeliver CODA):
        Please redeliver the following CODA statements, by the usual way of
        delivery.

        Client: Dossier 3 (unreadable), enterprise number 0010072657
        Account: BE58001000000379 EUR
        Missing: statements of DAY-1

gap  gap Dossier 4  B04 BE47001000000480 EUR  since DAY-1
    statement 2 missing between DAY-1 and DAY-2: +1.001 EUR in all
    Next: ask CodaBox for redelivery (MyCodaBox > Mandates & Services > CODA >
    Redeliver CODA):
        Please redeliver the following CODA statements, by the usual way of
        delivery.

        Client: Dossier 4 (gap), enterprise number 0010073944
        Account: BE47001000000480 EUR
        Missing: statement 2, between DAY-1 and DAY-2

broken  broken Dossier 5  B05 BE36001000000581 EUR  since DAY-1
    balances do not connect on DAY-1, though no number is missing: +2.998
    EUR unexplained
    Next: compare with the bank's app; ask CodaBox for redelivery (MyCodaBox >
    Mandates & Services > CODA > Redeliver CODA):
        Please redeliver the following CODA statements, by the usual way of
        delivery.

        Client: Dossier 5 (broken), enterprise number 0010075231
        Account: BE36001000000581 EUR
        Missing: statements of DAY-1

late  late Dossier 6  B06 BE25001000000682 EUR  since DAY-12
    no statement since DAY-12, N business days; usually one comes within 1.
    It may be quiet: a bank sends no file on days without movements
    Next: look in the bank's app whether the account moved since DAY-12; if
    it did, ask CodaBox:
        Please redeliver the following CODA statements, by the usual way of
        delivery.

        Client: Dossier 6 (late), enterprise number 0010076518
        Account: BE25001000000682 EUR
        Missing: statements since DAY-12

dossier            journal                   state    last        12 months
──────────────────────────────────────────────────────────────────────────────
waiting Dossier 7  B07 BE14001000000783 EUR  waiting
ok Dossier 8       B08 BE03001000000884 EUR  ok       DAY-1  BAR
off Dossier 9      BE89001000000985 EUR      off

9 journals (1 failing, 1 inactive, 1 unreadable, 1 gap, 1 broken, 1 late, 1
waiting, 1 ok, 1 off); 18 statements and 36 transactions received
"""


def test_an_accountant_reads_this_page(own_office: Home) -> None:
    own_office.write_config('[office]\nname = "Fiduciaire Exemple"\n')
    page = "".join(f"{line.rstrip()}\n" for line in on_screen(own_office))
    page = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME", page)
    page = re.sub(r"(?<=document )\d+|(?<=show )\d+|\d+(?= business days)", "N", page)
    for number in (1, 2, 12):
        page = page.replace(day(number), f"DAY-{number}")
    page = page.replace(f"since {dt.datetime.now(dt.UTC):%Y-%m-%d}\n", "since TODAY\n")
    assert re.sub(" +█·*$", "  BAR", page, flags=re.MULTILINE) == PAGE


@pytest.mark.parametrize("columns", [80, 200])
def test_who_needs_somebody_is_told_in_full_worst_first_then_the_others_in_a_table(office: Home, columns: int) -> None:
    lines = on_screen(office, columns=columns)
    assert max(map(len, lines)) <= columns
    text = " ".join(" ".join(lines).split())
    rows = by_code(office)
    places = []
    for code in NEEDING:
        row = rows[code]
        head = f"{code} {code} {row['dossier_name']} {row['journal_code']} {row['iban']} EUR"
        since = f" since {row['since']}" if row["since"] else ""
        said = f"{head}{since} {row['reason']} Next: {row['next_step']}"
        assert " ".join(said.split()) in text
        places.append(text.index(head))
    assert places == sorted(places)
    for code in ("waiting", "ok", "off"):
        [line] = [line for line in lines if BANKS[code].number in line and line.startswith(code)]
        assert lines.index(line) > max(number for number, one in enumerate(lines) if "Next: " in one)
    assert lines[-1].endswith("received")


def test_what_is_to_be_said_of_several_journals_is_said_once(home: Home) -> None:
    for number in (1, 2):
        home.box.add_dossier(f"000{number}", f"Dossier {number}")
        bank = account(number)
        home.box.add_account(f"000{number}", bank.number, bank.bic, mandate_state="awaiting-signature")
        home.call("enable-journal", f"000{number}", bank.number)
    home.call("sync")
    text = "\n".join(on_screen(home))
    heads = [f"inactive  000{number} Dossier {number}  {account(number).number} EUR" for number in (1, 2)]
    assert [text.count(head) for head in heads] == [1, 1]
    assert text.count("the mandate waits for the client's signature") == 1
    assert text.count("Next: ") == 1


def test_a_lesser_doubt_about_a_journal_in_order_is_told_below_the_table(home: Home) -> None:
    desk = Desk(home)
    dossier = desk.dossier("0042", BANKS["ok"])
    *others, last = weeks("ok")
    for one in [*others, replace(last, paper_number=13, coda_number=13)]:
        desk.deliver_coda(dossier, one)
    desk.sync()
    row = by_code(home)["0042"]
    assert (row["state"], row["missing"]) == ("ok", [])
    assert f"statement 12 (between {day(11)} and " in row["reason"]
    *_, below, _ = "\n".join(on_screen(home, columns=200)).split("\n\n")
    assert " ".join(below.split()).endswith(row["reason"])


def test_a_name_of_two_million_letters_spoils_no_page(home: Home) -> None:
    name = "x" * 2_000_000
    home.box.add_dossier("0042", name)
    home.box.add_account("0042", BANKS["ok"].number, BANKS["ok"].bic, mandate_state="problem")
    home.call("enable-journal", "0042", BANKS["ok"].number)
    assert sum(map(len, on_screen(home))) < 2_000
    assert by_code(home)["0042"]["dossier_name"] == name


def test_a_narrow_terminal_breaks_no_account_number(office: Home) -> None:
    lines = on_screen(office, columns=40)
    for bank in BANKS.values():
        assert [line for line in lines if bank.number in line]


def test_a_month_is_a_letter_of_a_bar_where_the_terminal_has_such_letters(home: Home) -> None:
    desk = Desk(home)
    dossier = desk.dossier("0042", BANKS["ok"])
    first = TODAY.replace(day=1)
    for one in life(BANKS["ok"], [*(first - dt.timedelta(days=number) for number in range(20, 11, -1)), first]):
        desk.deliver_coda(dossier, one)
    desk.sync()
    counts = [month["statements"] for month in by_code(home)["0042"]["months"]]
    assert (max(counts), counts[-1]) == (9, 1)
    [line] = [line for line in on_screen(home, columns=100) if BANKS["ok"].number in line]
    assert re.search(r"█.*▁", line)
    [line] = [line for line in on_screen(home, columns=100, PYTHONIOENCODING="ascii") if BANKS["ok"].number in line]
    assert re.search(r"#.*_", line)
    assert line.isascii()


def test_more_than_fifty_journals_in_order_are_counted_on_a_terminal_and_listed_on_request(home: Home) -> None:
    for number in range(1, 56):
        bank = account(number)
        home.box.add_dossier(f"{number:04d}", f"Dossier {number}")
        home.box.add_account(f"{number:04d}", bank.number, bank.bic)
    for number in (1, 2):
        home.call("enable-journal", f"{number:04d}", account(number).number)
    home.call("sync", "--refresh")
    lines = on_screen(home)
    assert "In order: 2 waiting, 53 off. With --all they are listed." in lines
    assert not [line for line in lines if account(7).number in line]
    listed = on_screen(home, "--all")
    assert [number for number in range(1, 56) if not any(account(number).number in line for line in listed)] == []
    assert len(home.call("status").stdout.splitlines()) == 58
    assert len(home.rows("status")) == 55


def test_problems_on_a_terminal_are_nothing_else(office: Home) -> None:
    lines = on_screen(office, "--problems", "--check", code=3)
    assert not [line for line in lines if BANKS["ok"].number in line or line.endswith("received")]
    assert [line for line in lines if BANKS["gap"].number in line]


# --- what to ask for again


def test_redelivery_writes_one_text_for_all_that_is_missing(own_office: Home) -> None:
    text = own_office.call("status", "--redelivery").stdout
    for fact in (BANKS["gap"].number, "Dossier 4", day(1), day(2)):
        assert fact in text
    for code in ("ok", "late", "waiting"):
        assert BANKS[code].number not in text
    own_office.write_config('[office]\nname = "Fiduciaire Exemple"\nlanguage = "fr"\ncontact = "An, 02 123 45 67"\n')
    french = own_office.call("status", "--redelivery").stdout
    assert french.endswith("\n\nAn, 02 123 45 67\n")
    assert "Fiduciaire Exemple" in french
    assert french.splitlines()[0] != text.splitlines()[0]


def test_redelivery_says_when_there_is_nothing_to_ask_for(office: Home) -> None:
    nothing = "Nothing is missing: there is nothing to ask for.\n"
    assert office.call("status", "ok", "--redelivery").stdout == nothing
    assert office.call("status", "gap", "--redelivery", "--since", day(20)).stdout == nothing
    told = office.call("status", "--redelivery", "--format", "json", code=2).stderr
    assert told == "codasync: --redelivery writes a text, not json: leave --format out\n"
