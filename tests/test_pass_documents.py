"""What a pass fetches, reads and books, and what it passes over."""

import datetime as dt
import hashlib
from dataclasses import replace

import pytest
from desk import Desk, account, acknowledged, asked, downloads, invoice, statement, statements
from support import Home

from codasync.sandbox import coda_writer
from codasync.sandbox.documents import coda_metadata

MAIN, OTHER = account(1), account(2)


@pytest.fixture
def desk(home: Home) -> Desk:
    return Desk(home)


def test_coda_of_an_enabled_journal_is_stored_as_received_and_booked(desk: Desk) -> None:
    dossier = desk.dossier("0042", MAIN)
    index = desk.deliver_coda(dossier, statement(MAIN, 7))
    result = desk.sync()
    data = coda_writer.write(statement(MAIN, 7))
    document = desk.document(index)
    assert (document["state"], document["format"], document["size"]) == ("stored", "cod", len(data))
    assert document["sha256"] == hashlib.sha256(data).hexdigest()
    assert desk.one("SELECT bytes FROM content")["bytes"] == data
    booked = desk.one("SELECT * FROM bank_statements")
    assert (booked["iban"], booked["coda_number"], booked["date"]) == (MAIN.number, 7, "2026-03-09")
    assert desk.count("bank_transactions") == 2
    assert acknowledged(desk.box, dossier) == [index]
    assert (result.exit_code, result.received) == (0, 1)


def test_invoices_of_every_dossier_are_fetched_into_their_inbox(desk: Desk) -> None:
    dossier = desk.dossier("0042")
    bought = desk.deliver(dossier, "purchase_invoice", {"xml": invoice("F1")}, {})
    sold = desk.deliver(dossier, "sales_invoice", {"xml": invoice("V9")}, None)
    desk.sync()
    rows = desk.query("SELECT i.inbox, i.number, d.feed_index FROM invoices i JOIN documents d ON d.id = i.document_id")
    assert [tuple(row.values()) for row in rows] == [("purchases", "F1", bought), ("sales", "V9", sold)]


def test_coda_of_other_journals_is_noted_and_its_content_never_asked_for(desk: Desk) -> None:
    dossier = desk.dossier("0042", MAIN)
    desk.box.add_account(dossier.code, OTHER.number, OTHER.bic)
    index = desk.deliver_coda(dossier, statement(OTHER))
    desk.sync()
    document = desk.document(index)
    assert (document["state"], document["size"]) == ("skipped", None)
    assert OTHER.number in document["metadata"]
    assert "not enabled" in document["reason"]
    assert downloads(desk.box) == []
    assert acknowledged(desk.box, dossier) == [index]


@pytest.mark.parametrize("model", ["soda", "expense", "hologram", ""])
def test_kinds_that_codasync_does_not_read_are_noted_and_acknowledged(desk: Desk, model: str) -> None:
    dossier = desk.dossier("0042")
    index = desk.deliver(dossier, model, {"xml": b"<a/>"}, {"group": "x"})
    assert desk.sync().exit_code == 0
    assert (desk.document(index)["state"], desk.document(index)["model"]) == ("skipped", model)
    assert downloads(desk.box) == []
    assert acknowledged(desk.box, dossier) == [index]


def test_a_kind_left_out_of_the_config_is_not_fetched(desk: Desk) -> None:
    desk.home.write_config('[formats]\ncoda = ["cod"]\n')
    dossier = desk.dossier("0042", MAIN)
    left_out = desk.deliver(dossier, "purchase_invoice", {"xml": invoice()})
    wanted = desk.deliver_coda(dossier, statement(MAIN))
    desk.sync()
    assert downloads(desk.box) == [f"{wanted}/cod"]
    assert "config" in desk.document(left_out)["reason"]


def test_every_wanted_format_is_there_before_the_feed_is_acknowledged(desk: Desk) -> None:
    desk.home.write_config('[formats]\ncoda = ["cod", "pdf"]\n')
    dossier = desk.dossier("0042", MAIN)
    desk.deliver(dossier, "coda", {"cod": coda_writer.write(statement(MAIN)), "pdf": b"%PDF-1.4 %%EOF"}, {})
    desk.box.requests.clear()
    desk.sync()
    order = [(one.method, one.path.split("/")[-2]) for one in desk.box.requests if "/delivery/" in one.path]
    assert order.index(("GET", "cod")) < order.index(("GET", "pdf")) < [method for method, _ in order].index("PUT")
    assert desk.home.states() == {"stored": 2}


def test_a_second_format_that_codabox_does_not_have_is_no_trouble(desk: Desk) -> None:
    desk.home.write_config('[formats]\ncoda = ["cod", "pdf"]\n')
    dossier = desk.dossier("0042", MAIN)
    index = desk.deliver(dossier, "coda", {"cod": coda_writer.write(statement(MAIN))}, {})
    assert desk.sync().exit_code == 0
    assert desk.document(index, "pdf")["state"] == "skipped"
    assert acknowledged(desk.box, dossier) == [index]


def test_several_statements_in_one_file_are_all_booked_in_its_order(desk: Desk) -> None:
    dossier = desk.dossier("0042", MAIN)
    index = desk.deliver_coda(dossier, *statements(MAIN, 3))
    desk.sync()
    rows = desk.query("SELECT coda_number, document_id FROM bank_statements ORDER BY id")
    assert [row["coda_number"] for row in rows] == [1, 2, 3]
    assert {row["document_id"] for row in rows} == {desk.document(index)["id"]}


def test_a_file_with_one_statement_already_booked_adds_only_the_other(desk: Desk) -> None:
    dossier = desk.dossier("0042", MAIN)
    one, two = statements(MAIN, 2)
    desk.deliver_coda(dossier, one)
    index = desk.deliver_coda(dossier, one, two)
    desk.sync()
    assert desk.count("bank_statements") == 2
    assert (desk.document(index)["state"], "the same as" in desk.document(index)["reason"]) == ("stored", True)


@pytest.mark.parametrize("metadata", [None, {}, [], "x", {"iban": None}, {"iban": 7}])
def test_where_the_metadata_names_no_account_the_content_decides(desk: Desk, metadata: object) -> None:
    dossier = desk.dossier("0042", MAIN)
    files = {"cod": coda_writer.write(statement(MAIN))}
    wanted = desk.deliver(dossier, "coda", files, metadata)
    not_wanted = desk.deliver(dossier, "coda", {"cod": coda_writer.write(statement(OTHER))}, metadata)
    desk.sync()
    assert desk.document(wanted)["state"] == "stored"
    assert desk.document(not_wanted)["state"] == "skipped"
    assert desk.one("SELECT iban FROM bank_statements")["iban"] == MAIN.number


@pytest.mark.parametrize(
    "wrong",
    [{"iban": OTHER.number}, {"currency": "USD"}, {"extension_zone": "777"}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_coda_of_another_account_than_codabox_says_is_kept_and_reported_but_not_booked(
    desk: Desk, wrong: dict[str, str]
) -> None:
    written = replace(MAIN, extension="001")
    dossier = desk.dossier("0042", written, OTHER)
    content = coda_writer.write(statement(written))
    index = desk.deliver(dossier, "coda", {"cod": content}, {**coda_metadata([statement(written)]), **wrong})
    result = desk.sync()
    document = desk.document(index)
    assert (document["state"], document["attention"], document["size"]) == ("stored", 1, len(content))
    assert next(iter(wrong.values())) in document["reason"]
    assert desk.count("bank_statements") == 0
    assert result.exit_code == 3
    assert any(f"document {document['id']}" in line for line in result.news)
    assert acknowledged(desk.box, dossier) == [index]


def test_metadata_written_in_another_way_still_names_the_same_account(desk: Desk) -> None:
    dossier = desk.dossier("0042", MAIN)
    spaced = " ".join(MAIN.number[at : at + 4] for at in range(0, 16, 4)).lower()
    desk.deliver(
        dossier, "coda", {"cod": coda_writer.write(statement(MAIN))}, {"iban": spaced, "currency": "eur", "new": [1]}
    )
    desk.sync()
    assert desk.count("bank_statements") == 1


def test_a_separate_application_is_kept_and_not_booked(desk: Desk) -> None:
    dossier = desk.dossier("0042", MAIN)
    index = desk.deliver_coda(dossier, statement(MAIN, separate_application="01234"))
    result = desk.sync()
    assert desk.document(index)["state"] == "stored"
    assert "separate application" in desk.document(index)["reason"]
    assert (desk.count("bank_statements"), result.exit_code) == (0, 0)


def test_details_of_a_total_are_reachable_and_counted_once(desk: Desk) -> None:
    dossier = desk.dossier("0042", MAIN)
    details = tuple(coda_writer.Movement(amount) for amount in (40_000, 60_000))
    total = coda_writer.Movement(100_000, "10150000", details=details)
    desk.deliver_coda(dossier, replace(statement(MAIN), movements=(total,)))
    desk.sync()
    assert [row["amount_milli"] for row in desk.query("SELECT amount_milli FROM bank_transactions")] == [100_000]
    rows = desk.query("SELECT amount_milli, parent_id FROM bank_transaction_details ORDER BY id")
    assert [row["amount_milli"] for row in rows] == [40_000, 60_000]
    assert {row["parent_id"] for row in rows} == {desk.one("SELECT id FROM bank_transactions")["id"]}


def test_sub_accounts_of_one_iban_are_journals_of_their_own(desk: Desk) -> None:
    accounts = [account(1, currency=currency, extension=zone) for currency, zone in (("EUR", ""), ("USD", "001"))]
    dossier = desk.dossier("0042", accounts[0])
    for one in accounts:
        desk.deliver_coda(dossier, statement(one, paper_number=5))
    desk.sync()
    rows = desk.query("SELECT currency, extension FROM bank_statements ORDER BY currency")
    assert [tuple(row.values()) for row in rows] == [("EUR", ""), ("USD", "001")]
    listed = desk.query("SELECT currency, enabled FROM journals ORDER BY currency")
    assert [tuple(row.values()) for row in listed] == [("EUR", 1), ("USD", 1)]


def test_a_statement_that_gives_an_old_belgian_number_belongs_to_its_iban(desk: Desk) -> None:
    old = replace(MAIN, number=MAIN.number[4:], structure=0)
    dossier = desk.dossier("0042", MAIN)
    desk.deliver_coda(dossier, statement(old))
    desk.deliver(dossier, "coda", {"cod": coda_writer.write(statement(old, 2))}, None)
    assert desk.sync().exit_code == 0
    rows = desk.query("SELECT DISTINCT iban, currency FROM bank_statements")
    assert [tuple(row.values()) for row in rows] == [(MAIN.number, "EUR")]
    assert desk.count("journals") == 1


def test_a_journal_enabled_in_one_currency_leaves_the_others_alone(desk: Desk) -> None:
    dollars = account(1, currency="USD")
    dossier = desk.dossier("0042", MAIN, enabled=False)
    desk.enable("0042", MAIN.number, currency="USD")
    passed_over = desk.deliver_coda(dossier, statement(MAIN))
    wanted = desk.deliver_coda(dossier, statement(dollars))
    desk.sync()
    assert downloads(desk.box) == [f"{wanted}/cod"]
    assert desk.document(passed_over)["state"] == "skipped"


def test_statements_dated_before_the_start_of_the_journal_are_passed_over(desk: Desk) -> None:
    dossier = desk.dossier("0042", MAIN, enabled=False)
    early, late = statements(MAIN, 2)
    assert late.new_balance_date
    desk.enable("0042", MAIN.number, since=late.new_balance_date)
    passed_over = desk.deliver_coda(dossier, early)
    desk.deliver_coda(dossier, late)
    desk.sync()
    assert desk.one("SELECT date FROM bank_statements")["date"] == f"{late.new_balance_date}"
    assert "before" in desk.document(passed_over)["reason"]


def test_a_start_date_set_later_brings_back_what_was_passed_over(desk: Desk) -> None:
    dossier = desk.dossier("0042", MAIN, OTHER, enabled=False)
    early, late = statements(MAIN, 2)
    for one in (early, late, statement(OTHER)):
        desk.deliver_coda(dossier, one)
    desk.sync()
    assert (desk.home.states(), downloads(desk.box)) == ({"skipped": 3}, [])
    enabled = desk.enable("0042", MAIN.number, since=late.new_balance_date)
    assert "1 earlier statement files fetched" in enabled.lines
    assert desk.one("SELECT date FROM bank_statements")["date"] == f"{late.new_balance_date}"
    desk.enable("0042", MAIN.number, since=dt.date(2026, 1, 1))
    assert desk.count("bank_statements") == 2
    assert len(downloads(desk.box)) == 2


def test_what_was_passed_over_after_it_came_is_booked_later_without_asking_again(desk: Desk) -> None:
    dossier = desk.dossier("0042", MAIN, enabled=False)
    index = desk.deliver(dossier, "coda", {"cod": coda_writer.write(statement(MAIN))}, None)
    desk.sync()
    assert (desk.document(index)["state"], downloads(desk.box)) == ("skipped", [f"{index}/cod"])
    desk.enable("0042", MAIN.number, since=dt.date(2026, 1, 1))
    assert desk.document(index)["state"] == "stored"
    assert desk.count("bank_statements") == 1
    assert len(downloads(desk.box)) == 1


def test_what_codabox_no_longer_serves_stays_passed_over_and_is_named_for_redelivery(desk: Desk) -> None:
    dossier = desk.dossier("0042", MAIN, enabled=False)
    index = desk.deliver_coda(dossier, statement(MAIN, 6))
    desk.sync()
    desk.box.withdraw(index)
    enabled = desk.enable("0042", MAIN.number, since=dt.date(2026, 1, 1))
    assert desk.document(index)["state"] == "skipped"
    assert "6-6 of 2026-03-08" in enabled.warnings[-1]
    assert MAIN.number in enabled.warnings[-1]


def test_a_disabled_journal_keeps_what_it_received_and_gets_no_more(desk: Desk) -> None:
    dossier = desk.dossier("0042", MAIN)
    one, two = statements(MAIN, 2)
    desk.deliver_coda(dossier, one)
    desk.sync()
    with desk.store() as store, store.transaction():
        store.deselect(dossier.client_id, MAIN.number)
    index = desk.deliver_coda(dossier, two)
    desk.sync()
    assert desk.count("bank_statements") == 1
    assert desk.document(index)["state"] == "skipped"


def test_an_unreadable_document_is_kept_with_its_reason_and_blocks_nothing(desk: Desk) -> None:
    dossier = desk.dossier("0042", MAIN)
    broken = coda_writer.write(statement(MAIN, 1)).replace(b"000000000012340", b"000000000099999")
    indices = [
        desk.deliver(dossier, "coda", {"cod": broken}, {}),
        desk.deliver(dossier, "coda", {"cod": b"0this is no CODA\r\n9 \r\n"}, {}),
        desk.deliver(dossier, "purchase_invoice", {"xml": b"<Invoice><open></Invoice>"}, {}),
        desk.deliver_coda(dossier, statement(MAIN, 2)),
    ]
    result = desk.sync()
    documents = [desk.one("SELECT * FROM documents WHERE feed_index = ? AND size > 0", index) for index in indices]
    assert [one["state"] for one in documents] == ["unreadable", "unreadable", "unreadable", "stored"]
    assert "line 6" in documents[0]["reason"]
    assert "expected 1000.002" in documents[0]["reason"]
    assert documents[0]["size"] == len(broken)
    assert result.exit_code == 3
    assert acknowledged(desk.box, dossier) == [indices[-1]]
    facts = "documents_received, documents_unreadable, feeds_polled, feeds_failed, outcome"
    assert tuple(desk.one(f"SELECT {facts} FROM sync_runs").values()) == (4, 3, 2, 0, "partial")
    assert desk.sync().exit_code == 0


def test_an_office_without_dossiers_has_a_quiet_pass(desk: Desk) -> None:
    result = desk.sync()
    assert (result.exit_code, result.news, desk.count("sync_runs")) == (0, [], 1)
    assert asked(desk.box, "/delivery/feed/") == []
