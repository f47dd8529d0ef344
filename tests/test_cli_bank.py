"""`import-ledger` and `transactions`: what accounting has booked, and the bank as it stands."""

import csv
import io
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
from desk import Desk, account, statements
from support import Home, Row
from terminal import on_terminal

BANK, OTHER = account(1), account(2)
IBAN = BANK.number
HEADING = "journal;date;amount;statement_number;counterparty_name;communication;matched"
COLUMNS = [
    *("id", "dossier_code", "journal_code", "iban", "currency", "extension", "source", "state", "statement_number"),
    *("sequence_number", "detail_number", "entry_date", "value_date", "amount", "amount_milli", "counterparty_name"),
    *("counterparty_iban", "counterparty_bic", "counterparty_account", "structured_communication", "communication"),
    *("transaction_code", "bank_reference", "statement_id"),
]


@pytest.fixture
def home(home: Home) -> Home:
    """An office with a dossier, of which three statements of one account have come."""
    desk = Desk(home)
    dossier = desk.dossier("0042", BANK, OTHER)
    for bank, code in ((BANK, "B01"), (OTHER, "B02")):
        home.call("enable-journal", "0042", bank.number, "--journal", code)
    desk.deliver_coda(dossier, *statements(BANK, 3))
    desk.sync()
    return home


def write(home: Home, *rows: str, heading: str = HEADING) -> Path:
    path = home.folder / "ledger.csv"
    path.write_text("\n".join([heading, *rows, ""]), encoding="utf-8")
    return path


def booked(number: int) -> list[str]:
    """Return the lines that accounting has of one of the statements."""
    day = f"{2 + number:02}/03/2026"
    paid, earned = f"-{12.34 * number:.2f}".replace(".", ","), f"{100_000 + number}"
    return [
        f'B01;{day};{paid};{number};"MEUNIER";FACTURE {number};oui',
        f'B01;{day};{earned[:3]},{earned[3:]};{number};"CLIENT";RECETTE;non',
    ]


def ledger(home: Home) -> list[Row]:
    return home.query("SELECT * FROM ledger_line ORDER BY id")


def shown(rows: list[Row]) -> list[tuple[str, str, int]]:
    return [(row["state"], row["entry_date"], row["amount_milli"]) for row in rows]


# --- import-ledger


def test_what_accounting_has_booked_takes_the_place_of_what_coda_says(home: Home) -> None:
    before = home.query("SELECT sum(amount_milli) AS sum FROM bank_transactions")
    done = home.call("import-ledger", "0042", write(home, *booked(1), *booked(2)))
    assert [line.split() for line in done.stdout.splitlines()] == [
        ["account", "new", "replaced", "removed", "unchanged"],
        [IBAN, "EUR", "4", "0", "0", "0"],
    ]
    assert done.stderr == f"4 lines of {home.folder}/ledger.csv stand in the ledger\n"
    assert shown(home.rows("transactions", "0042")) == [
        ("unprocessed", "2026-03-05", 100_003),
        ("unprocessed", "2026-03-05", -37_020),
        ("unmatched", "2026-03-04", 100_002),
        ("matched", "2026-03-04", -24_680),
        ("unmatched", "2026-03-03", 100_001),
        ("matched", "2026-03-03", -12_340),
    ]
    assert home.query("SELECT sum(amount_milli) AS sum FROM bank_transactions") == before


def test_importing_the_same_file_again_changes_nothing_at_all(home: Home) -> None:
    path = write(home, *booked(1), *booked(2))
    home.call("import-ledger", "0042", path)
    before = home.database.read_bytes()
    [row] = home.rows("import-ledger", "0042", path)
    assert row == {"iban": IBAN, "currency": "EUR", "new": 0, "replaced": 0, "removed": 0, "unchanged": 4}
    assert home.database.read_bytes() == before


def test_a_dry_run_says_what_would_change_and_changes_nothing(home: Home) -> None:
    home.call("import-ledger", "0042", write(home, *booked(1), *booked(2)))
    before = home.database.read_bytes()
    corrected = write(home, booked(1)[0], booked(2)[0], booked(2)[1].replace("non", "oui"), *booked(3))
    done = home.call("import-ledger", "0042", corrected, "--dry-run")
    assert done.stdout.splitlines()[1].split() == [IBAN, "EUR", "2", "1", "1", "2"]
    assert "nothing was changed" in done.stderr
    assert home.database.read_bytes() == before
    home.call("import-ledger", "0042", corrected)
    states = {(row["statement_number"], row["state"]) for row in home.rows("transactions", "0042")}
    # the correction takes a line of the first statement away
    assert states == {(1, "unprocessed"), (1, "matched"), (2, "matched"), (3, "matched"), (3, "unmatched")}


def test_a_file_with_a_wrong_line_is_not_imported_at_all(home: Home) -> None:
    path = write(home, *booked(1), "B01;31/02/2026;1,00;2;;;", "B1;02/03/2026;1,00;2;;;", *booked(2))
    done = home.run("import-ledger", "0042", path, code=2)
    hint = "docs/ledger.md says how the file has to be"
    assert done.stderr.splitlines() == [
        f"{path}: line 4: date '31/02/2026' is no day of the calendar",
        f"{path}: line 5: no journal B1 in this dossier; nearest: B01",
        f"codasync: the file has 2 lines that are wrong; nothing was imported - {hint}",
    ]
    assert (done.stdout, ledger(home)) == ("", [])


def test_only_the_first_twenty_wrong_lines_are_told(home: Home) -> None:
    done = home.call("import-ledger", "0042", write(home, *["B01;x;1;;;;"] * 30), code=2)
    told = done.stderr.splitlines()
    assert (len(told), told[20]) == (22, f"{home.folder}/ledger.csv: and 10 more")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("0043", "ledger.csv"), "no dossier '0043'"),
        (("0042", "nowhere.csv"), "cannot read nowhere.csv: No such file or directory"),
        (("0042", "."), "cannot read .: Is a directory"),
        (("0042", "ledger.csv", "--profile", "winbooks"), "no profile 'winbooks': the config has [ledger.generic]"),
    ],
)
def test_a_call_that_cannot_be_right_is_told(
    home: Home, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], reason: str
) -> None:
    write(home, *booked(1))
    monkeypatch.chdir(home.folder)
    assert reason in home.call("import-ledger", *arguments, code=2).stderr


def test_a_file_that_is_too_large_is_refused(home: Home) -> None:
    path = home.folder / "large.csv"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    done = home.call("import-ledger", "0042", path, code=2)
    assert "the file is larger than 20 MB; export a shorter period; nothing was imported" in done.stderr


def test_a_profile_of_the_config_says_how_the_file_is_written(home: Home) -> None:
    path = write(home, f"{IBAN}\t03.03.26\t1.000", heading="Compte\tJour\tMontant")
    columns = 'iban = "Compte"\ndate = "Jour"\namount = "Montant"\n'
    home.write_config(f'[ledger.bob]\ndelimiter = "tab"\ndecimal_mark = ","\ndate_format = "DD.MM.YYYY"\n{columns}')
    assert (
        "date '03.03.26' is not a date; expected DD.MM.YYYY"
        in home.call("import-ledger", "0042", path, "--profile", "bob", code=2).stderr
    )
    path.write_text(path.read_text(encoding="utf-8").replace(".26", ".2026"), encoding="utf-8")
    home.call("import-ledger", "0042", path, "--profile", "bob")
    assert [(row["date"], row["amount_milli"]) for row in ledger(home)] == [("2026-03-03", 1_000_000)]


@pytest.mark.parametrize(
    ("profile", "problem"),
    [
        ('delimiter = "|"', 'ledger.x.delimiter: must be one of "auto", ";", ",", "tab"'),
        ('encoding = "latin-9"', 'ledger.x.encoding: must be one of "auto", "utf-8", "cp1252"'),
        ("decimal_mark = 5", 'ledger.x.decimal_mark: must be one of "auto", ",", "."'),
        ('date_format = "DD/MM"', "ledger.x.date_format: must hold YYYY, MM and DD once"),
        ('date_format = "DD/MM/YYYY HH"', "ledger.x.date_format: must hold YYYY, MM and DD once"),
        ('amount = ""', "ledger.x.amount: must be the heading of a column"),
        ('ammount = "Bedrag"', "unknown key ledger.x.ammount (did you mean amount?)"),
    ],
)
def test_a_profile_that_cannot_be_right_is_told_with_its_key(home: Home, profile: str, problem: str) -> None:
    home.write_config(f"[ledger.x]\n{profile}\n")
    assert problem in home.call("status", code=10).stderr


@pytest.mark.parametrize("section", ['[ledger]\ndelimiter = ";"\n', 'ledger = "generic"\n'])
def test_a_profile_needs_a_name(home: Home, section: str) -> None:
    home.config.write_text(section + home.config.read_text(encoding="utf-8"), encoding="utf-8")
    assert re.search(
        r"ledger(\.delimiter)? has to be (a section|sections): \[ledger\.", home.call("status", code=10).stderr
    )


def test_a_kill_in_the_middle_of_an_import_changes_nothing(home: Home) -> None:
    home.call("import-ledger", "0042", write(home, *booked(1)))
    before = (ledger(home), home.rows("transactions", "0042"))
    many = [f"B01;{1 + number % 28:02}/01/2026;{number},00;;;{'x' * 100};" for number in range(15_000)]
    journal = home.folder / "codasync.db-journal"
    with subprocess.Popen(
        home.command("import-ledger", "0042", write(home, *many)), env=home.environ(), stdout=subprocess.DEVNULL
    ) as process:
        while not (journal.exists() and journal.stat().st_size) and process.poll() is None:
            time.sleep(0.001)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert home.rows("transactions", "0042") == before[1]
    assert ledger(home) == before[0]
    [row] = home.rows("import-ledger", "0042", write(home, *many))
    assert (row["new"], len(ledger(home))) == (15_000, 15_002)


# --- transactions


def test_filters_choose_the_account_the_days_and_the_state(home: Home) -> None:
    home.call("import-ledger", "0042", write(home, *booked(1)))

    def days(*options: str) -> list[str]:
        return [row["entry_date"][-2:] for row in home.rows("transactions", "0042", *options)]

    assert days("--from", "2026-03-04") == ["05", "05", "04", "04"]
    assert days("--to", "2026-03-04") == ["04", "04", "03", "03"]
    assert days("--from", "2026-03-04", "--to", "2026-03-04") == ["04", "04"]
    assert days("--state", "matched") == ["03"]
    assert days("--state", "unprocessed") == ["05", "05", "04", "04"]
    assert days("--iban", "be" + IBAN[2:], "--state", "unmatched") == ["03"]
    assert days("--iban", OTHER.number) == []


def test_csv_and_json_have_the_same_rows_whole_by_the_names_of_the_view(home: Home) -> None:
    long = "é" * 600
    home.call("import-ledger", "0042", write(home, f"B01;03/03/2026;1.000,005;1;Né;{long};"))
    rows = home.rows("transactions", "0042")
    assert list(rows[0]) == COLUMNS
    [row] = [row for row in rows if row["source"] == "ledger"]
    assert row == {
        **row,
        "journal_code": "B01",
        "iban": IBAN,
        "state": "unmatched",
        "statement_number": 1,
        "amount": 1000.005,
        "amount_milli": 1_000_005,
        "communication": long,
        "value_date": None,
    }
    read = list(csv.DictReader(io.StringIO(home.call("transactions", "0042", "--format", "csv").stdout)))
    assert [one["communication"] for one in read] == [one["communication"] for one in rows]
    assert long in home.call("transactions", "0042").stdout


def test_the_head_says_the_balance_and_how_far_accounting_has_come(home: Home) -> None:
    head, heading, first, *_ = home.call("transactions", "0042").stdout.splitlines()
    assert head == f"B01 {IBAN} EUR: 1,225.97 on 2026-03-05, nothing booked"
    assert heading.split() == ["state", "date", "amount", "counterparty", "communication", "statement"]
    assert first.split() == ["unprocessed", "2026-03-05", "100.003", "RECETTE", "3", "3"]
    home.call("import-ledger", "0042", write(home, *booked(1), "B02;04/03/2026;5;;;;"))
    assert home.call("transactions", "0042").stdout.splitlines()[:2] == [
        f"B01 {IBAN} EUR: 1,225.97 on 2026-03-05, booked to 2026-03-03",
        f"B02 {OTHER.number} EUR: no CODA yet, booked to 2026-03-04",
    ]


def test_nothing_to_show_is_said(home: Home) -> None:
    home.box.add_dossier("EMPTY", "Fleurs & Jardins")
    home.call("sync")
    assert home.call("transactions", "EMPTY").stdout == "no transactions of EMPTY Fleurs & Jardins yet\n"
    none = home.call("transactions", "0042", "--state", "matched").stdout.splitlines()
    assert none[1:] == ["no transactions of 0042 Dossier 0042 as asked for"]
    assert home.rows("transactions", "EMPTY") == []


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--from", "2026-03-05", "--to", "2026-03-04"), "--from 2026-03-05 is after --to 2026-03-04"),
        (("--iban", "BE68539007547035"), "is not an IBAN"),
        (("--iban", account(9).number), f"its accounts: {IBAN}, {OTHER.number}"),
        (("--from", "05/03/2026"), "write it as YYYY-MM-DD"),
    ],
)
def test_a_filter_that_cannot_be_right_is_told(home: Home, options: tuple[str, ...], reason: str) -> None:
    assert reason in home.call("transactions", "0042", *options, code=2).stderr


@pytest.mark.parametrize("columns", [80, 200])
def test_on_a_terminal_the_lines_keep_to_its_width_and_every_value_is_whole(home: Home, columns: int) -> None:
    long = "Établissements Vandenbossche, Delacroix & Fils"
    home.call("import-ledger", "0042", write(home, f'B01;03/03/2026;-1.234,56;1;"{long}";;'))
    seen = [
        re.sub(r"\x1b\[[0-9;]*m", "", line).rstrip()
        for line in on_terminal(home, "transactions", "0042", columns=columns).splitlines()
    ]
    assert max(map(len, seen)) <= columns
    text = " ".join(seen)
    assert all(word in text for word in ["-1,234.56", "RECETTE", IBAN, *long.split()])
    amounts = [found.end() for line in seen if (found := re.search(r" 2026-03-0\d +-?[\d,]+\.\d+(?= |$)", line))]
    assert len(amounts) == 7
    assert len(set(amounts)) == 1, "amounts stand below each other"
