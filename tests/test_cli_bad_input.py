"""What is wrong from outside is named, with its exit code, and all else is stored."""

import time
from collections.abc import Callable

import pytest
from desk import account, invoice, statement
from support import Home

from codasync.sandbox import Dossier, faults

BAKERY, BUTCHER = account(1), account(2)
NOT_CODA = b"Dear client,\r\nplease find enclosed your statement.\r\n"
NOT_XML = b"Facture 17, voir annexe\n"


@pytest.fixture
def office(home: Home) -> Home:
    """Two dossiers, each with an enabled journal."""
    for code, name, bank in (("0042", "Boulangerie Hélène", BAKERY), ("0043", "Slagerij Peeters", BUTCHER)):
        home.box.add_dossier(code, name)
        home.box.add_account(code, bank.number, bank.bic)
        home.call("enable-journal", code, bank.number)
    return home


def deliver(home: Home) -> tuple[Dossier, str]:
    """Deliver three statements to the bakery, and a statement and an invoice to the butcher.

    Return the bakery and the feed index of its second statement.
    """
    indices = [home.box.deliver_coda("0042", statement(BAKERY, number)) for number in (1, 2, 3)]
    home.box.deliver_coda("0043", statement(BUTCHER, 1))
    home.box.deliver("0043", "purchase_invoice", {"xml": invoice()})
    return home.box.office.find("0042"), indices[1]


def received(home: Home) -> list[tuple[str, str, int | None]]:
    """List the documents of which the bytes are here, by dossier, model and statement number."""
    rows = home.query(
        "SELECT d.dossier_code, d.model, s.coda_number FROM documents AS d"
        " LEFT JOIN bank_statements AS s ON s.document_id = d.id WHERE d.state = 'stored' ORDER BY 1, 2, 3"
    )
    return [(row["dossier_code"], row["model"], row["coda_number"]) for row in rows]


OF_THE_BUTCHER: list[tuple[str, str, int | None]] = [("0043", "coda", 1), ("0043", "purchase_invoice", None)]


def of_the_bakery(*numbers: int) -> list[tuple[str, str, int | None]]:
    return [("0042", "coda", number) for number in numbers]


# --- what a person types


def test_an_unknown_dossier_is_refused_with_the_nearest_ones(office: Home) -> None:
    done = office.call("enable-journal", "0024", BAKERY.number, "--journal", "B09", code=2)
    assert done.stdout == ""
    assert done.stderr.startswith("codasync: no dossier '0024'; nearest: ")
    assert "0042 Boulangerie Hélène" in done.stderr
    assert office.query("SELECT 1 FROM journals WHERE journal_code = 'B09'") == []


@pytest.mark.parametrize(
    "command", [("status", "boulangerie"), ("journals", "boulangerie"), ("sync", "--dossier", "boulangerie")]
)
def test_every_command_that_takes_a_dossier_refuses_an_unknown_one_alike(office: Home, command: tuple[str]) -> None:
    done = office.call(*command, code=2)
    assert done.stdout == ""
    assert "no dossier 'boulangerie'; nearest: 0042 Boulangerie Hélène" in done.stderr
    assert "codasync dossiers" in done.stderr


def test_an_ambiguous_name_is_refused_with_all_that_it_can_mean(office: Home) -> None:
    twins = [office.box.add_dossier(code, "Twin", enterprise_number="0403170701") for code in ("T1", "T2")]
    office.call("dossiers", "--refresh")
    done = office.call("enable-journal", "BE 0403.170.701", BAKERY.number, code=2)
    assert "can mean several dossiers" in done.stderr
    for twin in twins:
        assert f"{twin.code} Twin ({twin.client_id})" in done.stderr
    assert office.query("SELECT 1 FROM journals WHERE dossier_code IN ('T1', 'T2')") == []
    office.call("enable-journal", twins[1].client_id, account(3).number)
    assert office.query("SELECT dossier_code FROM journals WHERE dossier_code LIKE 'T_'") == [{"dossier_code": "T2"}]


def test_an_iban_with_wrong_check_digits_is_refused_before_codabox_is_asked(office: Home) -> None:
    before = office.query("SELECT * FROM journals")
    office.box.requests.clear()
    wrong = "BE00" + BAKERY.number[4:]
    done = office.call("enable-journal", "0042", wrong, code=2)
    assert done.stderr == f"codasync: {wrong} is not an IBAN: its check digits or its length are wrong\n"
    assert office.box.requests == []
    assert office.query("SELECT * FROM journals") == before


# --- what the sysadmin set up


def test_a_config_with_three_mistakes_lists_them_all_at_once(office: Home) -> None:
    text = office.config.read_text(encoding="utf-8")
    office.config.write_text(
        text.replace("base_url", "base_ulr").replace("[database]", "[databse]").replace("timeout = 5", "timeout = -5"),
        encoding="utf-8",
    )
    done = office.call("sync", code=10)
    assert done.stderr.count("\n") == 1
    for words in (
        str(office.config),
        "unknown key codabox.base_ulr (did you mean base_url?)",
        "unknown section [databse] (did you mean database?)",
        "sync.timeout: must be a whole number from 1 to 600",
    ):
        assert words in done.stderr


def test_credentials_that_others_can_read_are_refused_before_they_are_used(office: Home) -> None:
    office.box.requests.clear()
    office.credentials.chmod(0o644)
    done = office.call("sync", code=10)
    assert done.stderr == (
        f"codasync: {office.credentials} can be read by others (mode 0644) - chmod 600 {office.credentials}\n"
    )
    assert office.box.requests == []
    office.credentials.chmod(0o600)
    office.call("sync")


def test_a_token_used_twice_is_refused_and_the_credentials_stay(office: Home) -> None:
    token = office.box.issue_token()
    office.call("register", token, "--replace")
    kept = office.credentials.read_bytes()
    done = office.call("register", token, "--replace", code=12)
    assert "CodaBox refuses this token: This token has already been used." in done.stderr
    assert "api@codabox.com" in done.stderr
    assert office.credentials.read_bytes() == kept
    office.call("sync")


# --- what comes over the wire


def test_a_page_in_place_of_the_list_of_feeds_is_told_and_the_next_pass_makes_up_for_it(office: Home) -> None:
    deliver(office)
    office.box.fault("/pod-client/", faults.html_page())
    done = office.call("sync", code=13)
    assert done.stderr.startswith("codasync: the list of feeds: expected JSON, got '<!DOCTYPE html>")
    assert received(office) == []
    office.call("sync")
    assert received(office) == of_the_bakery(1, 2, 3) + OF_THE_BUTCHER


@pytest.mark.parametrize(
    ("disturb", "words", "code"),
    [
        (faults.html_page(), "expected JSON, got '<!DOCTYPE html>", 3),
        (faults.cut(), "the answer was cut short", 3),
        (faults.cut(framing="close"), "expected JSON, got '{", 3),
        (faults.refuse(403, "No access."), "CodaBox forbids it (No access.)", 3),
        (faults.refuse(500), "CodaBox answered 500", 3),
        (faults.respond(200, '{"feed": "of another shape"}'), "JSON of another shape", 1),
    ],
    ids=["html", "cut", "cut unnoticed", "403", "500", "another shape"],
)
def test_a_feed_that_fails_leaves_the_others_alone(office: Home, disturb: faults.Action, words: str, code: int) -> None:
    bakery, _ = deliver(office)
    office.box.fault(rf"/feed/{bakery.feed_id}/", disturb, times=None)
    done = office.call("sync", code=code)
    summary, trouble = done.stderr.splitlines()
    assert summary == "2 documents received; 4 feeds polled"
    assert trouble.startswith(f"codasync: 0042: normal feed {bakery.feed_id}: ")
    assert words in trouble
    assert received(office) == OF_THE_BUTCHER
    time.sleep(1)  # times are kept to the second, and once may be a hiccup
    office.call("sync", code=code)
    assert [row["state"] for row in office.rows("status", "0042")] == ["failing"]
    office.box.heal()
    done = office.call("sync")
    assert received(office) == of_the_bakery(1, 2, 3) + OF_THE_BUTCHER
    assert "over now: 0042: normal feed" in done.stderr


@pytest.mark.parametrize(
    ("disturb", "words"),
    [
        (faults.html_page(), "a page came instead"),
        (faults.refuse(403, "No access."), "CodaBox forbids it (No access.)"),
        (faults.refuse(404), "CodaBox answered 404"),
        (faults.cut(), "the answer was cut short"),
        (faults.cut(framing="close"), "the answer was cut short"),
        (faults.swap(b""), "an empty answer came"),
    ],
    ids=["html", "403", "404", "cut", "cut unnoticed", "empty"],
)
def test_a_document_that_cannot_be_fetched_leaves_the_others_alone_and_is_asked_for_again(
    office: Home, disturb: faults.Action, words: str
) -> None:
    bakery, second = deliver(office)
    office.box.fault(f"/download/{second}/", disturb, times=None)
    done = office.call("sync", code=3)
    assert words in done.stderr
    assert received(office) == of_the_bakery(1, 3) + OF_THE_BUTCHER
    assert office.states() == {"stored": 4, "unavailable": 1}
    assert office.box.waiting(bakery.code)[0] == second
    office.box.heal()
    done = office.call("sync")
    assert "over now" in done.stderr
    assert received(office) == of_the_bakery(1, 2, 3) + OF_THE_BUTCHER
    assert office.box.waiting(bakery.code) == []


@pytest.mark.parametrize(
    ("put", "content", "words"),
    [
        (
            lambda box, data: box.deliver("0042", "coda", {"cod": data}, {"iban": BAKERY.number, "currency": "EUR"}),
            NOT_CODA,
            "a CODA file, whose first record starts with 00000",
        ),
        (lambda box, data: box.deliver("0042", "sales_invoice", {"xml": data}), NOT_XML, "not well-formed XML"),
    ],
    ids=["coda", "invoice"],
)
def test_a_document_that_cannot_be_read_is_stored_as_it_came_and_all_else_with_it(
    office: Home, put: Callable[..., str], content: bytes, words: str
) -> None:
    index = put(office.box, content)
    deliver(office)
    done = office.call("sync", code=3)
    assert done.stderr == "6 documents received; 1 unreadable (codasync status); 4 feeds polled\n"
    assert received(office) == of_the_bakery(1, 2, 3) + OF_THE_BUTCHER
    assert office.box.waiting("0042") == []
    shown = office.call("show", index).stdout
    assert "state: unreadable" in shown
    assert words in " ".join(shown.split())
    office.call("show", index, "--raw", "-o", office.folder / "as received")
    assert (office.folder / "as received").read_bytes() == content
    office.call("sync")
