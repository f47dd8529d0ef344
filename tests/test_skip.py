"""`skip`: a person gives up what CodaBox lists and does not deliver, or has seen to what could not be booked."""

import fcntl

import pytest
from desk import Desk, account, acknowledged, downloads, invoice, statement, statements
from support import Home

from codasync.sandbox import Dossier, coda_writer, faults, pdf
from codasync.store import open_store

MAIN = account(1)
OTHER = account(2)


@pytest.fixture
def desk(home: Home) -> Desk:
    return Desk(home)


@pytest.fixture
def dossier(desk: Desk) -> Dossier:
    return desk.dossier("0042", MAIN)


@pytest.fixture
def held(desk: Desk, dossier: Dossier) -> list[str]:
    """The feed indices of three statements, the second of which CodaBox lists and does not deliver."""
    indices = [desk.deliver_coda(dossier, one) for one in statements(MAIN, 3)]
    desk.box.fault(f"/download/{indices[1]}/", faults.refuse(404), times=None)
    desk.home.call("sync", code=3)
    return indices


def state(desk: Desk, index: str, format_: str = "") -> tuple[str, str, int]:
    row = desk.document(index, format_)
    return row["state"], row["reason"], row["attention"]


def test_the_next_pass_goes_past_a_document_that_was_given_up(desk: Desk, dossier: Dossier, held: list[str]) -> None:
    assert acknowledged(desk.box, dossier) == [held[0]]
    number = desk.document(held[1])["id"]
    done = desk.home.call("skip", number, LOGNAME="anna")
    assert (done.stdout, done.stderr) == (
        "",
        f"document {number} of 0042 is given up; the next pass does not ask for it any more\n",
    )
    row = desk.document(held[1])
    assert row["state"] == "skipped"
    assert row["reason"].startswith(f"given up by anna on {row['dismissed_at'][:10]}: document {held[1]} (cod): ")
    assert (row["dismissed_by"], row["attention"]) == ("anna", 0)
    desk.box.requests.clear()
    desk.home.call("sync")
    assert downloads(desk.box) == []
    assert acknowledged(desk.box, dossier) == [held[0], held[2]]
    assert desk.waiting(dossier) == []
    assert desk.home.call("sync").stderr == ""


def test_status_names_it_no_more_and_the_mail_says_who_ended_the_trouble(desk: Desk, held: list[str]) -> None:
    number = desk.document(held[1])["id"]
    assert [row["state"] for row in desk.home.rows("status")] == ["failing"]
    desk.home.call("skip", held[1], LOGNAME="anna")
    assert [row["state"] for row in desk.home.rows("status")] == ["gap"]  # what was given up is missing all the same
    [line] = desk.sync().news
    day = desk.document(held[1])["dismissed_at"][:10]
    assert line.startswith(f"given up by anna on {day}: 0042: document {number} is unavailable: ")
    assert desk.sync().news == []


def test_show_says_who_gave_it_up(desk: Desk, held: list[str]) -> None:
    desk.home.call("skip", held[1], LOGNAME="anna")
    assert "given up by anna on " in desk.home.call("show", held[1]).stdout


def test_giving_up_twice_changes_nothing_and_is_no_error(desk: Desk, held: list[str]) -> None:
    desk.home.call("skip", held[1], LOGNAME="anna")
    before = desk.document(held[1])
    done = desk.home.call("skip", held[1], LOGNAME="bert")
    assert f"document {before['id']} of 0042 was given up by anna on " in done.stderr
    assert desk.document(held[1]) == before


def test_what_is_stored_cannot_be_given_up_and_then_nothing_is(desk: Desk, held: list[str]) -> None:
    stored, missing = desk.document(held[0])["id"], desk.document(held[1])["id"]
    done = desk.home.call("skip", missing, stored, code=2, LOGNAME="anna")
    assert done.stderr == (
        f"codasync: document {stored} is stored; there is nothing to give up, and nothing was changed\n"
    )
    assert state(desk, held[1])[0] == "unavailable"
    assert "no document 4711" in desk.home.call("skip", missing, "4711", code=2, LOGNAME="anna").stderr
    assert state(desk, held[1])[0] == "unavailable"


def test_what_was_passed_over_or_is_a_duplicate_or_not_asked_for_yet_needs_nobody(desk: Desk, dossier: Dossier) -> None:
    passed_over = desk.deliver_coda(dossier, statement(OTHER))
    desk.deliver_coda(dossier, statement(MAIN))
    again = desk.deliver_coda(dossier, statement(MAIN))
    desk.sync()
    for index, words in ((passed_over, "is skipped: journal"), (again, "is duplicate: the same as")):
        assert words in desk.home.call("skip", index, code=2, LOGNAME="anna").stderr
    with open_store(desk.home.database) as store, store.transaction():
        entry = store.note_entry(1, dossier.client_id, "cut-off", "coda", "{}")
        store.expect(entry, ["cod"])
    assert "waits for the next pass" in desk.home.call("skip", "cut-off", code=2, LOGNAME="anna").stderr


def test_it_waits_for_no_running_pass(desk: Desk, held: list[str]) -> None:
    lock = desk.home.database.with_name("codasync.db.lock")
    with lock.open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        desk.home.call("skip", held[1], code=11, LOGNAME="anna")
    assert state(desk, held[1])[0] == "unavailable"


def test_a_wrong_database_is_not_made(home: Home) -> None:
    home.call("--db", home.folder / "typo.db", "skip", "1", code=14)
    assert not (home.folder / "typo.db").exists()


def test_an_unreadable_document_that_is_seen_to_stays_unreadable_and_status_is_silent(
    desk: Desk, dossier: Dossier
) -> None:
    facts = {"iban": MAIN.number, "currency": "EUR", "new_balance_date": "2026-03-03"}
    index = desk.deliver(dossier, "coda", {"cod": b"CODA of another kind"}, facts)
    desk.home.call("sync", code=3)
    assert [row["state"] for row in desk.home.rows("status")] == ["unreadable"]
    done = desk.home.call("skip", index, LOGNAME="anna")
    assert "it stays unreadable, and `codasync status` does not name it any more" in done.stderr
    found = state(desk, index)
    assert (found[0], found[2]) == ("unreadable", 0)
    assert found[1].startswith("dismissed by anna on ")
    assert [row["state"] for row in desk.home.rows("status")] == ["waiting"]
    with desk.store() as store, store.transaction():
        store.execute("UPDATE document SET reason = 'the words of an older codasync'")
    desk.home.call("reparse", code=3)
    assert state(desk, index) == found


def test_a_statement_that_was_kept_and_not_booked_can_be_seen_to(desk: Desk) -> None:
    facts = {"iban": OTHER.number, "currency": "EUR"}
    index = desk.deliver(desk.dossier("0042", MAIN, OTHER), "coda", {"cod": coda_writer.write(statement(MAIN))}, facts)
    desk.home.call("sync", code=3)
    assert "could not be booked" in desk.home.call("status").stdout
    desk.home.call("skip", index, LOGNAME="anna")
    assert "could not be booked" not in desk.home.call("status").stdout
    assert state(desk, index)[0] == "stored"
    assert desk.document(index)["reason"].startswith("dismissed by anna on ")


def test_one_that_is_not_listed_any_more_is_asked_for_no_more(desk: Desk, held: list[str]) -> None:
    desk.box.withdraw(held[1])
    desk.sync()
    desk.home.call("skip", held[1], LOGNAME="anna")
    desk.box.requests.clear()
    assert desk.sync().exit_code == 0
    assert downloads(desk.box) == []


def test_what_was_given_up_and_comes_all_the_same_is_received(desk: Desk, dossier: Dossier, held: list[str]) -> None:
    desk.home.call("skip", held[1], LOGNAME="anna")
    desk.sync()
    missed = list(statements(MAIN, 2))[1]
    again = desk.deliver_coda(dossier, missed, redelivery=True)
    assert desk.sync().exit_code == 0
    assert state(desk, again)[0] == "stored"
    assert state(desk, held[1])[0] == "skipped"
    assert desk.count("bank_statements") == 3


def test_enabling_the_journal_again_since_a_date_asks_for_it_again(desk: Desk, held: list[str]) -> None:
    desk.home.call("skip", held[1], LOGNAME="anna")
    desk.sync()
    desk.home.call("enable-journal", "0042", MAIN.number, "--since", "2026-01-01")
    assert state(desk, held[1])[0] == "skipped"
    assert desk.document(held[1])["dismissed_by"] == "anna"
    desk.box.heal()
    desk.home.call("enable-journal", "0042", MAIN.number, "--since", "2026-01-01")
    assert state(desk, held[1]) == ("stored", "", 0)
    assert desk.document(held[1])["dismissed_at"] is None
    assert desk.count("bank_statements") == 3


def test_one_format_can_be_given_up_and_the_other_still_holds_the_feed(desk: Desk, dossier: Dossier) -> None:
    desk.home.write_config('[formats]\ncoda = ["cod", "pdf"]\n')
    index = desk.deliver(dossier, "coda", {"cod": b"0", "pdf": pdf.write(["1"])}, {"iban": MAIN.number})
    desk.box.fault(f"/download/{index}/", faults.refuse(500), times=None)
    desk.sync()
    cod, replica = desk.document(index, "cod")["id"], desk.document(index, "pdf")["id"]
    done = desk.home.call("skip", cod, LOGNAME="anna")
    assert f"document {replica} (pdf) still holds up the same feed" in done.stderr
    desk.sync()
    assert desk.waiting(dossier) == [index]
    desk.home.call("skip", index, LOGNAME="anna")
    desk.sync()
    assert desk.waiting(dossier) == []


@pytest.mark.parametrize("pdf_comes", ["before", "after"])
def test_an_invoice_whose_xml_is_given_up_stands_in_the_inbox_by_its_pdf(
    desk: Desk, dossier: Dossier, pdf_comes: str
) -> None:
    desk.home.write_config('[formats]\npurchase_invoice = ["xml", "pdf"]\n')
    index = desk.deliver(dossier, "purchase_invoice", {"xml": invoice(), "pdf": pdf.write(["F1"])})
    desk.box.fault(f"/download/{index}/xml/", faults.refuse(500), times=None)
    away = desk.box.fault(f"/download/{index}/pdf/", faults.refuse(500), times=None)
    if pdf_comes == "before":
        desk.box.heal([away])
    desk.sync()
    desk.home.call("skip", desk.document(index, "xml")["id"], LOGNAME="anna")
    desk.box.heal([away])
    desk.sync()
    assert [row["flags"] for row in desk.query("SELECT flags FROM invoices")] == ['["pdf_only"]']
    assert desk.one("SELECT document_id FROM invoices")["document_id"] == desk.document(index, "pdf")["id"]
    assert desk.waiting(dossier) == []


def test_the_name_of_who_gives_up_may_be_odd(desk: Desk, held: list[str]) -> None:
    desk.home.call("skip", held[1], LOGNAME="a\udcffn\x1b[31m")
    assert desk.document(held[1])["dismissed_by"] == "a\\udcffn\x1b[31m"
    assert "\x1b" not in desk.home.call("skip", held[1]).stderr
