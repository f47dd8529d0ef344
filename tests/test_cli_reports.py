"""`status`: how reception stands, in an accountant's words."""

import csv
import io

import pytest
from desk import account, statement
from support import Home, Row

from codasync.sandbox import faults

BANK = account(1)
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
]
# for each dossier of `office`: the state of its journal, its reason (how it begins), the next step
JUDGED = {
    "ok": ("last statement 2026-03-03", ""),
    "off": ("reception is not enabled", f"codasync enable-journal off {account(2).number}"),
    "inactive": ("the mandate waits for the client's signature since 2025-11-17", "ask the client to sign the mandate"),
    "waiting": ("no statement has come yet", "wait for the first movement on the account"),
    "unreadable": ("document ", "ask CodaBox for redelivery"),
    "failing": ("the feed cannot be read since ", "tell the system administrator if it lasts"),
}


@pytest.fixture
def office(home: Home) -> Home:
    """An office with a dossier for each state of a journal, which gives the dossier its code, after one pass."""
    for number, code in enumerate(JUDGED, start=1):
        bank = account(number)
        dossier = home.box.add_dossier(code, f"Dossier {number}")
        mandate = "awaiting-signature" if code == "inactive" else "active"
        home.box.add_account(code, bank.number, bank.bic, mandate_state=mandate)
        if code != "off":
            home.call("enable-journal", code, bank.number, "--journal", f"B0{number}")
        if code == "failing":
            home.box.fault(f"/feed/{dossier.feed_id}/", faults.refuse(403, "No access."), times=None)
        if code == "unreadable":
            facts = {"iban": bank.number, "currency": "EUR", "new_balance_date": "2026-03-03"}
            home.box.deliver(code, "coda", {"cod": b"CODA of another kind"}, facts)
    home.box.deliver_coda("ok", statement(BANK, 1))
    home.call("sync", code=3)
    return home


def states(rows: list[Row]) -> list[str]:
    return [row["state"] for row in rows]


def test_each_journal_has_its_state_the_reason_and_the_next_step(office: Home) -> None:
    rows = {row["dossier_code"]: row for row in office.rows("status")}
    assert sorted(states(list(rows.values()))) == sorted(JUDGED)
    for code, (reason, next_step) in JUDGED.items():
        assert rows[code]["state"] == code
        assert rows[code]["reason"].startswith(reason)
        assert rows[code]["next_step"].endswith(next_step)
    assert "CodaBox forbids it (No access.)" in rows["failing"]["reason"]
    assert "expected a CODA file" in rows["unreadable"]["reason"]


def test_the_next_steps_that_are_commands_work_as_they_are_written(office: Home) -> None:
    rows = {row["dossier_code"]: row for row in office.rows("status")}
    office.call(*rows["off"]["next_step"].split()[1:])
    assert states(office.rows("status", "off")) == ["waiting"]
    shown = office.call(*rows["unreadable"]["next_step"].split("`")[1].split()[1:]).stdout
    assert "state: unreadable" in shown


def test_json_and_csv_have_the_documented_columns_and_the_same_rows(office: Home) -> None:
    rows = office.rows("status")
    assert {tuple(row) for row in rows} == {tuple(COLUMNS)}
    read = list(csv.reader(io.StringIO(office.call("status", "--format", "csv").stdout)))
    assert read[0] == COLUMNS
    plain = [["" if value is None else str(value) for value in row.values()] for row in rows]
    assert read[1:] == plain
    [good] = [row for row in rows if row["state"] == "ok"]
    assert good == {
        **good,
        "journal_code": "B01",
        "iban": BANK.number,
        "currency": "EUR",
        "enabled": True,
        "account_state": "active",
        "mandate_state": "active",
        "last_statement_number": 1,
        "last_statement_date": "2026-03-03",
        "statements_received": 1,
        "transactions_received": 2,
        "missing": [],
    }


def test_the_table_begins_with_the_whole_and_ends_with_totals(office: Home) -> None:
    first, heading, *rows, totals = office.call("status").stdout.splitlines()
    assert first.startswith("5 journals enabled, 3 need somebody; last pass 20")
    assert ": partial (failing: normal feed " in first
    assert heading.split() == ["dossier", "name", "journal", "account", "state", "reason", "next", "step"]
    assert len(rows) == 6
    assert totals.startswith("6 journals (")
    assert totals.endswith("; 1 statement and 2 transactions received")


def test_problems_are_the_journals_that_need_somebody(office: Home) -> None:
    assert sorted(states(office.rows("status", "--problems"))) == ["failing", "inactive", "unreadable"]
    assert "5 journals enabled, 3 need somebody" in office.call("status", "--problems").stdout


@pytest.mark.parametrize("code", JUDGED)
def test_check_exits_with_3_when_a_journal_of_the_dossier_needs_somebody(office: Home, code: str) -> None:
    expected = 3 if code in {"inactive", "unreadable", "failing"} else 0
    done = office.call("status", code, "--check", code=expected)
    assert done.stderr == ""
    assert states(office.rows("status", code)) == [code]


def test_check_looks_at_the_whole_office_and_shows_the_same_report(office: Home) -> None:
    assert office.run("status", "--check", code=3).stdout == office.call("status").stdout


def test_a_trouble_that_is_over_is_over_in_the_report(office: Home) -> None:
    office.box.heal()
    office.box.office.find("inactive").mandates[0].state = "active"
    office.box.deliver_coda("unreadable", statement(account(5), 1))
    office.call("sync", "--refresh")
    assert states(office.rows("status", "--problems")) == []
    office.call("status", "--check")


def test_a_dossier_that_codabox_lists_no_more_is_told(office: Home) -> None:
    office.box.remove_dossier("ok")
    done = office.call("sync", code=3)
    assert "1 dossier no longer listed: ok Dossier 1" in done.stderr
    [row] = office.rows("status", "ok")
    assert row["state"] == "inactive"
    assert "CodaBox lists this dossier no more since " in row["reason"]


def test_a_document_outside_of_all_journals_is_told_below_the_table(office: Home) -> None:
    office.box.deliver("waiting", "purchase_invoice", {"xml": b"Facture 17"})
    office.call("sync", code=3)
    last = office.call("status").stdout.splitlines()[-1]
    assert " of waiting (purchase_invoice xml) is unreadable: " in last


def test_the_office_has_its_name_above_the_report(office: Home) -> None:
    office.write_config('[office]\nname = "Fiduciaire Exemple"\n')
    assert office.call("status").stdout.startswith("Fiduciaire Exemple")


def test_status_before_the_first_pass_says_so(home: Home) -> None:
    assert "there is no such file - `codasync sync` makes it" in home.call("status", code=14).stderr
    home.call("dossiers", "--refresh")
    assert home.call("status").stdout.startswith("0 journals enabled, none needs somebody; no pass was made yet.\n")
    assert home.rows("status") == []
