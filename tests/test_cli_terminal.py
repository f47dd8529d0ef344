"""What a person at a terminal sees."""

import re

import pytest
from desk import Desk, account, invoice, statement
from support import Home
from terminal import on_terminal

from codasync.sandbox import coda_writer, faults

BANK = account(1)
MALTESE = "MT84MALT011000012345MTLCAST001S"
LONG = ("Boulangerie Hélène", "the mandate waits for the client's signature", "ask the client to sign the mandate")
COLOUR = re.compile(r"\x1b\[[0-9;]*(3[0-8]|4[0-8]|9[0-7])[0-9;]*m")


@pytest.fixture
def office(home: Home) -> Home:
    """An office with two dossiers and long values, after a pass."""
    home.box.add_dossier("0042", "Boulangerie Hélène")
    home.box.add_account("0042", BANK.number, BANK.bic)
    home.box.add_dossier("0043-MALTA", "Établissements Vandenbossche, Delacroix & Fils")
    home.box.add_account("0043-MALTA", MALTESE, "MALTMTMT", mandate_state="awaiting-signature")
    for code, iban in (("0042", BANK.number), ("0043-MALTA", MALTESE)):
        home.call("enable-journal", code, iban)
    home.call("sync")
    return home


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_the_report_shows_every_value_whatever_the_width(office: Home, columns: int) -> None:
    seen = re.sub(r"\x1b\[[0-9;]*m", "", on_terminal(office, "status", columns=columns))
    for whole in (BANK.number, MALTESE, "0043-MALTA", "inactive"):
        assert whole in seen
    # longer texts may go over several lines of their column, but no word is lost
    for text in LONG:
        assert all(word in seen for word in text.split())
    assert "…" not in seen


def test_a_table_keeps_within_a_terminal_that_is_wide_enough(office: Home) -> None:
    table = re.sub(r"\x1b\[[0-9;]*m", "", on_terminal(office, "journals", columns=150)).splitlines()
    assert max(map(len, table)) <= 150
    assert len({line.index("BE") for line in table if BANK.number in line}) == 1


def test_a_person_who_watches_is_told_that_nothing_was_new(office: Home) -> None:
    seen = on_terminal(office, "sync")
    assert "dossiers" in seen
    assert "━" in seen
    assert seen.splitlines()[-1].endswith("0 documents received; 4 feeds polled")
    assert "━" not in on_terminal(office, "-q", "sync")


def test_no_color_takes_the_colours_away(office: Home) -> None:
    assert COLOUR.search(on_terminal(office, "sync"))
    for command in ("sync", "status"):
        assert not COLOUR.search(on_terminal(office, command, NO_COLOR="1"))


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_control_characters_are_shown_and_never_sent_to_the_terminal(home: Home, form: str) -> None:
    home.box.add_dossier("0042", "\x1b]0;owned\x07\x1b[2J\x9b31m\u202eA")
    home.call("sync")
    seen = on_terminal(home, "dossiers", "--format", form, columns=200)
    assert "2J" in seen
    for sequence in ("\x1b]", "\x1b[2J", "\x07", "\x9b", "\u202e"):
        assert sequence not in seen


EVIL = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202eA"
RAW = ("\x1b]", "\x1b[2J", "\x07", "\x9b", "\u202e")


@pytest.fixture
def strange(home: Home) -> Home:
    """An office to which the bank, a supplier, the office's own list of clients and CodaBox say strange things."""
    desk = Desk(home)
    dossier, failing = desk.dossier("0042", BANK), desk.dossier("0043", account(2))
    home.box.office.find("0042").name = home.box.office.find("0043").name = f"Boulangerie {EVIL}"
    home.box.add_account("0042", MALTESE, "MALTMTMT", mandate_state=f"waiting {EVIL}")
    desk.enable("0042", MALTESE)
    for one in (statement(BANK, 1), statement(BANK, 3)):
        written = coda_writer.write(one).replace(b"FACTURE", b"\x1b[2J\x07\x9bA")
        desk.deliver(dossier, "coda", {"cod": written})
    desk.deliver(dossier, "purchase_invoice", {"xml": invoice("F\u202e1").replace(b"Moulins", "M\x9bA".encode())})
    home.box.fault(f"/feed/{failing.feed_id}/", faults.refuse(403, f"Not today {EVIL}"), times=None)
    desk.sync()
    return home


@pytest.mark.parametrize(
    "command",
    [
        "status",
        "status --all",
        "status --redelivery",
        "status --format json",
        "show 1",
        "show 3",
        "transactions 0042",
        "transactions 0042 --format csv",
        "inbox 0042",
        "journals",
    ],
)
def test_what_strangers_say_is_shown_and_never_sent_to_the_terminal(strange: Home, command: str) -> None:
    seen = on_terminal(strange, *command.split(), columns=200)
    assert re.search(r"\\(x1b|x9b|u202e|u001b|u009b)", seen)
    assert [one for one in RAW if one in seen] == []


def test_what_a_pass_says_of_strangers_is_shown_and_never_sent_to_the_terminal(strange: Home) -> None:
    strange.box.fault("/redownload-feed/", faults.refuse(403, f"Not today {EVIL}"), times=None)
    seen = on_terminal(strange, "-v", "sync", columns=200, code=3)
    assert r"\x1b[2J" in seen
    assert [one for one in RAW if one in seen] == []
