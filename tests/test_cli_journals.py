"""`enable-journal`, `disable-journal`, `journals`, `dossiers`: what support staff type, one dossier at a time."""

import fcntl
import shlex
from collections.abc import Iterator

import pytest
from desk import account, statement, statements
from support import Home, Row

from codasync.sandbox import Office, Sandbox, coda_writer, faults
from codasync.sandbox.faults import Action

BANK = account(1)
OTHER = account(2)


@pytest.fixture
def bakery(home: Home) -> Home:
    """An office with one dossier and its bank account, of which CodaBox delivers."""
    home.box.add_dossier("0042", "Boulangerie Hélène", enterprise_number="0403170701")
    home.box.add_account("0042", BANK.number, BANK.bic)
    return home


def journal(home: Home, iban: str = BANK.number, currency: str = "EUR") -> Row:
    [row] = home.query("SELECT * FROM journals WHERE iban = ? AND currency = ?", iban, currency)
    return row


# --- naming it


@pytest.mark.parametrize(
    "name",
    ["0042", " 0042 ", "0403170701", "BE0403170701", "be 0403.170.701", "BTW BE 0403.170.701", "403170701", "client"],
)
def test_a_dossier_is_named_by_its_code_its_vat_number_as_people_write_it_or_its_client_id(
    bakery: Home, name: str
) -> None:
    client_id = bakery.box.office.find("0042").client_id
    done = bakery.call("enable-journal", client_id if name == "client" else name, BANK.number, "--journal", "B01")
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        f"journal {BANK.number} of 0042 Boulangerie Hélène is enabled",
        "CodaBox has an active mandate and account for it",
    ]
    found = journal(bakery)
    assert (found["enabled"], found["journal_code"]) == (1, "B01")


def test_an_iban_is_taken_as_people_write_it(bakery: Home) -> None:
    spaced = " ".join(BANK.number[start : start + 4] for start in range(0, 16, 4))
    bakery.call("enable-journal", "0042", spaced.lower())
    assert journal(bakery)["enabled"] == 1


def test_a_foreign_iban_and_one_with_unknown_national_digits_are_accepted(bakery: Home) -> None:
    for iban in ("MT84MALT011000012345MTLCAST001S", "BE40974080878037"):
        done = bakery.call("enable-journal", "0042", iban)
        assert "no mandate and no account for this IBAN" in done.stderr


def test_a_dossier_that_is_new_at_codabox_is_found_without_a_pass_in_between(bakery: Home) -> None:
    bakery.call("sync")
    bakery.box.add_dossier("0043", "Slagerij Peeters")
    bakery.call("enable-journal", "0043", OTHER.number)
    assert journal(bakery, OTHER.number, "")["dossier_code"] == "0043"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--since", "1/3/2026"), "1/3/2026 is not a date; write it as YYYY-MM-DD"),
        (("--currency", "EURO"), "EURO is not a currency; write its three letters, such as EUR"),
    ],
)
def test_an_option_with_a_wrong_value_is_refused_before_anything_is_asked(
    bakery: Home, options: tuple[str, ...], words: str
) -> None:
    done = bakery.call("enable-journal", "0042", BANK.number, *options, code=2)
    assert done.stderr == f"codasync: {words}\n"
    assert bakery.box.requests == []


# --- whether CodaBox can deliver


@pytest.mark.parametrize(
    ("account_state", "mandate_state", "words"),
    [
        (
            "active",
            "awaiting-signature",
            "the mandate waits for the client's signature since 2025-11-17; ask",
        ),
        ("active", "in-preparation", "the mandate is in preparation since 2025-11-17; check in MyCodaBox"),
        ("active", "Bank procedure", "the bank is handling the mandate since 2025-11-17; wait"),
        ("active", "quarantined", "CodaBox gives the mandate as quarantined since 2025-11-17; look up the mandate"),
        ("pending_activation_by_client", "active", "the account waits for the client to link CodaBox"),
        ("archived", "active", "the account is archived since 2025-11-17; disable the journal if it is closed"),
        ("active", None, "CodaBox gives no mandate for this IBAN; look up the mandate"),
    ],
)
def test_what_keeps_codabox_from_delivering_is_told_at_once(
    bakery: Home, account_state: str, mandate_state: str | None, words: str
) -> None:
    bakery.box.add_account("0042", OTHER.number, "KREDBEBB", state=account_state, mandate_state=mandate_state)
    done = bakery.call("enable-journal", "0042", OTHER.number)
    assert f"warning: CodaBox does not deliver yet: {words}" in done.stderr
    assert journal(bakery, OTHER.number)["enabled"] == 1


def test_an_account_that_codabox_does_not_know_is_enabled_with_a_warning(bakery: Home) -> None:
    done = bakery.call("enable-journal", "0042", OTHER.number)
    assert done.stderr == (
        f"journal {OTHER.number} of 0042 Boulangerie Hélène is enabled\n"
        "warning: CodaBox does not deliver yet: CodaBox lists no mandate and no account for this IBAN;"
        " order a CODA mandate in MyCodaBox\n"
    )
    assert journal(bakery, OTHER.number, "")["enabled"] == 1


def test_a_feed_that_fails_does_not_hide_that_there_is_no_mandate(bakery: Home) -> None:
    bakery.box.fault("/feed/", faults.refuse(403))
    bakery.call("sync", code=3)
    assert "does not deliver yet" in bakery.call("enable-journal", "0042", OTHER.number).stderr


def test_without_codabox_a_known_dossier_is_enabled_with_a_note_and_an_unknown_one_is_not(bakery: Home) -> None:
    bakery.call("dossiers", "--refresh")
    bakery.box.stop()
    done = bakery.call("enable-journal", "0042", BANK.number, "--since", "2026-03-01", code=13)
    refreshed = bakery.query("SELECT value FROM fact WHERE name = 'mandates_refreshed_at'")[0]["value"]
    trouble = "the state of the dossier: Connection refused"
    assert done.stderr.splitlines() == [
        f"journal {BANK.number} of 0042 Boulangerie Hélène is enabled",
        f"CodaBox has an active mandate and account for it as of {refreshed}",
        f"warning: CodaBox could not be asked about it now: {trouble}",
        f"warning: earlier statements were not, or not all, fetched: {trouble}; the next pass goes on",
    ]
    assert (journal(bakery)["enabled"], journal(bakery)["since"]) == (1, "2026-03-01")
    done = bakery.call("enable-journal", "0043", BANK.number, code=13)
    assert done.stderr.startswith("codasync: the list of feeds: Connection refused")


def test_nothing_is_said_of_mandates_that_codabox_was_never_heard_of(bakery: Home) -> None:
    bakery.box.fault("/clients/", faults.refuse(500), times=None)
    bakery.call("sync", code=3)
    done = bakery.call("enable-journal", "0042", BANK.number)
    assert "could not be asked" in done.stderr
    assert "mandate" not in done.stderr


def test_refused_credentials_are_no_reason_to_enable_blindly(bakery: Home) -> None:
    bakery.call("dossiers", "--refresh")
    bakery.box.password = "another"
    done = bakery.call("enable-journal", "0042", BANK.number, code=12)
    assert "codasync register --replace" in done.stderr
    assert journal(bakery)["enabled"] == 0


# --- changing it


def test_enabling_twice_changes_only_what_is_given(bakery: Home) -> None:
    bakery.call("enable-journal", "0042", BANK.number, "--journal", "B01", "--since", "2026-03-01")
    first = journal(bakery)
    done = bakery.call("enable-journal", "0042", BANK.number)
    assert "was enabled already" in done.stderr
    assert journal(bakery) == first
    bakery.call("enable-journal", "0042", BANK.number, "--journal", "B02")
    assert journal(bakery) == {**first, "journal_code": "B02"}
    bakery.call("enable-journal", "0042", BANK.number, "--since", "2026-03-02")
    assert journal(bakery) == {**first, "journal_code": "B02", "since": "2026-03-02"}


def test_disabling_stops_the_reception_and_keeps_what_came(bakery: Home) -> None:
    bakery.call("enable-journal", "0042", BANK.number, "--journal", "B01")
    bakery.box.deliver_coda("0042", statement(BANK, 1))
    bakery.call("sync")
    done = bakery.call("disable-journal", "BE0403170701", BANK.number)
    assert done.stderr == f"journal {BANK.number} of 0042 Boulangerie Hélène is disabled; what was received stays\n"
    bakery.box.deliver_coda("0042", statement(BANK, 2))
    bakery.call("sync")
    assert bakery.states() == {"stored": 1, "skipped": 1}
    assert "was not enabled" in bakery.call("disable-journal", "0042", BANK.number).stderr
    bakery.call("enable-journal", "0042", BANK.number)
    assert (journal(bakery)["enabled"], journal(bakery)["journal_code"]) == (1, "B01")


@pytest.mark.parametrize(("options", "booked"), [((), {"EUR", "USD"}), (("--currency", "usd"), {"USD"})])
def test_without_a_currency_all_sub_accounts_are_enabled_with_one_only_that(
    bakery: Home, options: tuple[str, ...], booked: set[str]
) -> None:
    dollars = account(1, currency="USD")
    bakery.box.add_account("0042", BANK.number, BANK.bic, currency="USD")
    bakery.call("enable-journal", "0042", BANK.number, *options)
    for one in (BANK, dollars):
        bakery.box.deliver_coda("0042", statement(one, 1))
    bakery.call("sync")
    assert {row["currency"] for row in bakery.query("SELECT * FROM bank_statements")} == booked
    assert {row["currency"] for row in bakery.rows("journals", "0042") if row["enabled"]} == booked


# --- statements passed over earlier


@pytest.fixture(params=[True, False], ids=["served still", "served no more"])
def late(request: pytest.FixtureRequest, home: Home) -> Iterator[Home]:
    """An office whose one journal was not enabled when four statements came."""
    with Sandbox(Office(), serve_acknowledged=request.param) as box:
        office = Home(home.folder, box)
        office.write_credentials()
        box.add_dossier("0042", "Boulangerie Hélène", enterprise_number="0403170701")
        box.add_account("0042", BANK.number, BANK.bic)
        for one in statements(BANK, 4):
            box.deliver_coda("0042", one)
        office.call("sync")
        assert office.states() == {"skipped": 4}
        yield office


def test_since_fetches_statements_passed_over_or_says_which_to_ask_for(late: Home) -> None:
    done = late.call("enable-journal", "0042", BANK.number, "--since", "2026-03-04")
    if late.box.service.serve_acknowledged:
        assert "3 earlier statement files fetched" in done.stderr
        assert "redelivery" not in done.stderr
        assert late.states() == {"skipped": 1, "stored": 3}
    else:
        assert "0 earlier statement files fetched" in done.stderr
        assert (
            "CodaBox does not serve 3 earlier files any more; ask for redelivery in MyCodaBox: 0042 Boulangerie Hélène,"
            f" 0403170701, account {BANK.number}, statements 2-2 of 2026-03-04, 3-3 of 2026-03-05, 4-4 of 2026-03-06"
        ) in done.stderr
        for one in statements(BANK, 4):
            late.box.deliver_coda("0042", one, redelivery=True)
    late.call("sync")
    rows = late.query("SELECT coda_number FROM bank_statements ORDER BY 1")
    assert [row["coda_number"] for row in rows] == [2, 3, 4]


def test_without_since_what_was_passed_over_is_left_alone(late: Home) -> None:
    late.call("enable-journal", "0042", BANK.number)
    late.call("sync")
    assert late.states() == {"skipped": 4}


def test_while_a_pass_runs_the_journal_is_enabled_and_the_rest_is_to_be_done_later(late: Home) -> None:
    with late.database.with_name("codasync.db.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = late.call("enable-journal", "0042", BANK.number, "--since", "2026-03-01", code=11)
    assert "earlier statements were not, or not all, fetched: another run is still working" in done.stderr
    assert "run this command again" in done.stderr
    assert journal(late)["enabled"] == 1


@pytest.mark.parametrize("late", [True], indirect=True)
@pytest.mark.parametrize(("action", "code"), [(faults.refuse(500), 13), (faults.cut(), 13), (faults.html_page(), 3)])
def test_what_was_passed_over_and_does_not_come_now_is_fetched_by_the_next_pass(
    late: Home, action: Action, code: int
) -> None:
    late.box.fault("/download/", action, skip=1)
    done = late.call("enable-journal", "0042", BANK.number, "--since", "2026-03-01", code=code)
    assert "the next pass" in done.stderr
    assert "redelivery" not in done.stderr
    late.call("sync")
    assert late.states() == {"stored": 4}


@pytest.mark.parametrize("late", [False], indirect=True)
def test_what_a_pass_learns_is_served_no_more_is_passed_over_for_good(late: Home) -> None:
    late.box.fault("/clients/", faults.refuse(500))
    late.call("enable-journal", "0042", BANK.number, "--since", "2026-03-01", code=13)
    late.call("sync")
    assert late.states() == {"skipped": 4}
    assert "CodaBox serves it no more" in late.query("SELECT reason FROM documents")[0]["reason"]


def test_an_earlier_start_brings_the_statements_of_a_file_that_came_for_its_later_ones(bakery: Home) -> None:
    bakery.call("enable-journal", "0042", BANK.number, "--since", "2026-03-04")
    bakery.box.deliver_coda("0042", *statements(BANK, 2))
    bakery.call("sync")
    assert [row["coda_number"] for row in bakery.query("SELECT coda_number FROM bank_statements")] == [2]
    done = bakery.call("enable-journal", "0042", BANK.number, "--since", "2026-03-01")
    assert "1 earlier statement files fetched" in done.stderr
    rows = bakery.query("SELECT coda_number FROM bank_statements ORDER BY date")
    assert [row["coda_number"] for row in rows] == [1, 2]
    assert bakery.query("SELECT state, reason FROM documents") == [{"state": "stored", "reason": ""}]
    done = bakery.call("enable-journal", "0042", BANK.number, "--since", "2026-03-01")
    assert "0 earlier statement files fetched" in done.stderr


def test_a_file_that_came_for_one_account_gives_the_statements_of_another_that_is_enabled_later(bakery: Home) -> None:
    bakery.box.add_account("0042", OTHER.number, OTHER.bic)
    bakery.call("enable-journal", "0042", BANK.number)
    file = coda_writer.write(statement(BANK, 1), statement(OTHER, 1))
    bakery.box.deliver("0042", "coda", {"cod": file}, None)
    bakery.call("sync")
    bakery.call("enable-journal", "0042", OTHER.number, "--since", "2026-03-01")
    rows = bakery.query("SELECT iban FROM bank_statements ORDER BY iban")
    assert [row["iban"] for row in rows] == sorted([BANK.number, OTHER.number])


# --- lists


def test_journals_lists_the_accounts_and_which_are_enabled(bakery: Home) -> None:
    bakery.box.add_dossier("0043", "Slagerij Peeters")
    bakery.box.add_account("0043", OTHER.number, OTHER.bic, mandate_state="problem")
    bakery.call("dossiers", "--refresh")
    bakery.call("enable-journal", "0042", BANK.number, "--journal", "B01")
    rows = bakery.rows("journals")
    seen = [(row["dossier_code"], row["iban"], row["journal_code"], row["enabled"]) for row in rows]
    assert seen == [("0042", BANK.number, "B01", True), ("0043", OTHER.number, "", False)]
    assert rows[1]["mandate_state"] == "problem"
    assert [row["iban"] for row in bakery.rows("journals", "0043")] == [OTHER.number]


def test_dossiers_lists_what_codabox_delivers_for_and_asks_only_when_told(bakery: Home) -> None:
    assert "there is no such file - `codasync sync` makes it" in bakery.call("dossiers", code=14).stderr
    bakery.call("dossiers", "--refresh")
    bakery.box.add_dossier("0043", "Slagerij Peeters")
    bakery.box.requests.clear()
    assert [row["dossier_code"] for row in bakery.rows("dossiers")] == ["0042"]
    assert bakery.box.requests == []
    rows = bakery.rows("dossiers", "--refresh")
    assert [(row["dossier_code"], row["name"]) for row in rows] == [
        ("0042", "Boulangerie Hélène"),
        ("0043", "Slagerij Peeters"),
    ]
    assert rows[0]["enterprise_number"] == "0403170701"


def test_the_command_that_status_proposes_can_be_given_also_where_two_dossiers_share_a_code(bakery: Home) -> None:
    bakery.box.add_dossier("0042", "Boulangerie Hélène SRL", client_id="b" * 8 + "-1111-4111-8111-111111111111")
    bakery.call("dossiers", "--refresh")
    [row] = bakery.rows("status")
    bakery.call(*shlex.split(row["next_step"])[1:])
    assert journal(bakery)["enabled"] == 1
