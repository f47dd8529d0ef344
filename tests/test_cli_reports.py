"""`status` and `show`: how reception stands, in an accountant's words, and what came."""

import csv
import io
import json
import subprocess

import pytest
from desk import account, invoice, statement
from support import Home, Row

from codasync.sandbox import coda_writer, faults, pdf

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


# --- status


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


# --- show


@pytest.fixture
def shelf(home: Home) -> Home:
    """An office with a statement (document 1), an invoice with its PDF inside (2) and one with it beside (3 and 4)."""
    home.box.add_dossier("0042", "Boulangerie Hélène")
    home.box.add_account("0042", BANK.number, BANK.bic)
    home.call("enable-journal", "0042", BANK.number)
    home.box.deliver_coda("0042", statement(BANK, 1))
    home.box.deliver("0042", "purchase_invoice", {"xml": invoice("F1", pages=["inside"])})
    home.box.deliver("0042", "sales_invoice", {"xml": invoice("V1", pages=None), "pdf": pdf.write(["beside"])})
    home.call("sync")
    return home


def bytes_of(home: Home, *arguments: object) -> bytes:
    done = subprocess.run(home.command("show", *arguments), capture_output=True, check=True, env=home.environ())
    assert done.stderr == b""
    return done.stdout


def test_show_gives_the_facts_and_the_content_of_a_statement(shelf: Home) -> None:
    shown = shelf.call("show", 1).stdout
    for words in (
        "document 1\n",
        "dossier code: 0042",
        "state: stored",
        f"statement 1 (CODA 1) of {BANK.number} EUR",
        "2026-03-02  old balance            1,000.00",
        "MEUNIER",
        "FACTURE 1",
        "2026-03-03  new balance           1,087.661",
    ):
        assert words in shown
    index = shelf.query("SELECT feed_index FROM documents WHERE id = 1")[0]["feed_index"]
    assert shelf.call("show", index).stdout == shown


def test_show_gives_the_facts_and_the_content_of_an_invoice(shelf: Home) -> None:
    shown = shelf.call("show", 2).stdout
    for words in (
        "invoice F1  2026-03-02",
        "supplier: Moulins du Sud BE",
        "Farine",
        "net 100.00  VAT 21.00  gross 121.00",
    ):
        assert words in shown


def test_show_as_json_has_the_columns_of_the_view(shelf: Home) -> None:
    [row] = shelf.query("SELECT * FROM documents WHERE id = 2")
    assert json.loads(shelf.call("show", 2, "--format", "json").stdout) == row


def test_raw_bytes_are_those_that_were_delivered(shelf: Home) -> None:
    assert bytes_of(shelf, 1, "--raw") == coda_writer.write(statement(BANK, 1))
    assert bytes_of(shelf, 2, "--raw") == invoice("F1", pages=["inside"])


def test_the_pdf_of_an_invoice_is_the_one_inside_or_the_one_beside(shelf: Home) -> None:
    assert bytes_of(shelf, 2, "--pdf") == pdf.write(["inside"])
    assert bytes_of(shelf, 3, "--pdf") == bytes_of(shelf, 4, "--pdf") == pdf.write(["beside"])
    done = shelf.call("show", 1, "--pdf", code=2)
    assert "document 1 has no PDF" in done.stderr


@pytest.mark.parametrize("option", ["--raw", "--pdf"])
def test_output_goes_to_a_new_file_and_never_over_another(shelf: Home, option: str) -> None:
    file = shelf.folder / "invoice"
    done = shelf.call("show", 2, option, "-o", file)
    assert (done.stdout, done.stderr) == ("", "")
    kept = file.read_bytes()
    assert kept == bytes_of(shelf, 2, option)
    done = shelf.call("show", 1, "--raw", "-o", file, code=2)
    assert done.stderr == f"codasync: cannot write {file}: File exists\n"
    assert file.read_bytes() == kept


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((99,), "no document 99"),
        (("nonsense",), "no document nonsense"),
        ((1, "--pdf"), "codasync: document 1 has no PDF\n"),
        ((1, "--raw", "--pdf"), "--raw and --pdf give different bytes: say which of them"),
        ((1, "-o", "file"), "-o goes with --raw or --pdf"),
        ((1, "--raw", "-o", "/nowhere/file"), "cannot write /nowhere/file: No such file or directory"),
    ],
)
def test_what_show_cannot_do_is_a_wrong_command_line(shelf: Home, arguments: tuple[object, ...], words: str) -> None:
    done = shelf.call("show", *arguments, code=2)
    assert done.stdout == ""
    assert words in done.stderr


def test_a_document_that_never_came_has_no_bytes_to_show(home: Home) -> None:
    home.box.add_dossier("0042", "Boulangerie Hélène")
    home.box.deliver_coda("0042", statement(BANK, 1))
    home.call("sync")
    assert "state: skipped" in home.call("show", 1).stdout
    done = home.call("show", 1, "--raw", code=2)
    assert f"document 1 has no bytes: skipped journal {BANK.number} is not enabled" in done.stderr
