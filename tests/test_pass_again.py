"""What comes again is recognised by its content and booked once; what only claims to be known is kept and reported."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from desk import FIRST_DAY, Desk, account, acknowledged, downloads, invoice, statement, statements
from support import Home

from codasync.errors import EnabledElsewhere
from codasync.sandbox import Dossier, coda_writer, faults, pdf
from codasync.sandbox.documents import coda_metadata

MAIN = account(1)


@pytest.fixture
def desk(home: Home) -> Desk:
    return Desk(home)


@pytest.fixture
def dossier(desk: Desk) -> Dossier:
    return desk.dossier("0042", MAIN)


def again(desk: Desk, dossier: Dossier) -> str:
    return desk.deliver_coda(dossier, statement(MAIN))


def redelivered(desk: Desk, dossier: Dossier) -> str:
    return desk.deliver_coda(dossier, statement(MAIN), redelivery=True)


def flagged(desk: Desk, dossier: Dossier) -> str:
    later = statement(MAIN, duplicate=True, created=FIRST_DAY.replace(month=9), file_reference="SECOND")
    return desk.deliver_coda(dossier, later)


def with_other_line_ends(desk: Desk, dossier: Dossier) -> str:
    return desk.deliver_coda(dossier, statement(MAIN), newline="\n")


@pytest.mark.parametrize("deliver", [again, redelivered, flagged, with_other_line_ends])
@pytest.mark.parametrize("in_the_same_pass", [True, False])
def test_a_statement_that_comes_again_is_a_duplicate_and_booked_once(
    desk: Desk, dossier: Dossier, deliver: Callable[[Desk, Dossier], str], in_the_same_pass: bool
) -> None:
    first = desk.deliver_coda(dossier, statement(MAIN))
    if not in_the_same_pass:
        desk.sync()
    index = deliver(desk, dossier)
    result = desk.sync()
    states = sorted([desk.document(first)["state"], desk.document(index)["state"]])
    assert states == ["duplicate", "stored"]
    assert (desk.count("bank_statements"), desk.count("bank_transactions")) == (1, 2)
    assert (result.exit_code, result.refused) == (0, [])


def test_what_another_dossier_had_before_is_a_duplicate_for_the_dossier_that_has_the_account_now(
    desk: Desk, dossier: Dossier
) -> None:
    desk.deliver_coda(dossier, statement(MAIN))
    desk.sync()
    with desk.store() as store, store.transaction():
        store.deselect(dossier.client_id, MAIN.number)
    index = desk.deliver_coda(desk.dossier("0043", MAIN), statement(MAIN))
    desk.sync()
    assert desk.document(index)["state"] == "duplicate"
    assert [row["dossier_code"] for row in desk.query("SELECT * FROM bank_statements")] == ["0042"]


def test_an_account_is_received_for_one_dossier_only(desk: Desk, dossier: Dossier) -> None:
    with pytest.raises(EnabledElsewhere, match="is enabled for 0042"):
        desk.dossier("0043", MAIN)


def test_a_statement_that_comes_again_by_the_feed_of_another_dossier_is_booked_once(
    desk: Desk, dossier: Dossier
) -> None:
    desk.deliver_coda(dossier, statement(MAIN))
    desk.sync()
    with desk.store() as store, store.transaction():
        store.deselect(dossier.client_id, MAIN.number)
    index = desk.deliver_coda(desk.dossier("0043", MAIN), statement(MAIN))
    desk.sync()
    assert desk.document(index)["state"] == "duplicate"
    assert desk.one("SELECT dossier_code FROM bank_statements")["dossier_code"] == "0042"


def test_a_statement_that_stands_twice_in_one_file_is_booked_once(desk: Desk, dossier: Dossier) -> None:
    index = desk.deliver_coda(dossier, statement(MAIN), statement(MAIN))
    assert desk.sync().exit_code == 0
    assert desk.count("bank_statements") == 1
    assert "an earlier statement of this file" in desk.document(index)["reason"]


def test_equal_bytes_are_stored_once_whatever_delivered_them(desk: Desk, dossier: Dossier) -> None:
    for redelivery in (False, False, True):
        desk.deliver_coda(dossier, statement(MAIN), redelivery=redelivery)
    desk.sync()
    assert desk.home.states() == {"stored": 1, "duplicate": 2}
    assert len(desk.query("SELECT 1 FROM content")) == 1


def test_the_redelivery_feed_is_read_and_acknowledged_like_the_other(desk: Desk, dossier: Dossier) -> None:
    one, two = statements(MAIN, 2)
    normal = desk.deliver_coda(dossier, one)
    redelivered = desk.deliver_coda(dossier, two, redelivery=True)
    desk.sync()
    assert desk.count("bank_statements") == 2
    assert acknowledged(desk.box, dossier) == [normal]
    assert acknowledged(desk.box, dossier, "redownload") == [redelivered]
    assert desk.document(redelivered)["feed_kind"] == "redelivery"


def test_an_office_without_redelivery_feed_is_no_trouble(desk: Desk, dossier: Dossier) -> None:
    desk.box.fault("/redownload-feed/", faults.refuse(404, "Not found."), times=None)
    desk.deliver_coda(dossier, statement(MAIN))
    assert desk.sync().exit_code == 0
    assert desk.count("bank_statements") == 1


def test_a_feed_that_lists_everything_again_is_not_fetched_again(desk: Desk, dossier: Dossier) -> None:
    indices = [desk.deliver_coda(dossier, one) for one in statements(MAIN, 3)]
    desk.sync()
    before = desk.views()
    desk.rewind(dossier)
    desk.box.requests.clear()
    assert desk.sync().received == 0
    assert downloads(desk.box) == []
    assert acknowledged(desk.box, dossier) == [indices[-1], indices[-1]]
    assert desk.views() == before


def differing_balance(original: coda_writer.Statement) -> coda_writer.Statement:
    """Claims the number, the day and the duplicate flag, with another amount."""
    return replace(original, movements=(coda_writer.Movement(1_000),), duplicate=True)


def differing_text(original: coda_writer.Statement) -> coda_writer.Statement:
    """Claims the number, the day and both balances, with another communication."""
    first, second = original.movements
    return replace(original, movements=(replace(first, communication="AUTRE"), second))


@pytest.mark.parametrize("change", [differing_balance, differing_text])
def test_a_statement_that_claims_to_be_known_but_differs_is_kept_and_reported_and_not_booked(
    desk: Desk, dossier: Dossier, change: Callable[[coda_writer.Statement], coda_writer.Statement]
) -> None:
    original = statement(MAIN, 4)
    first = desk.deliver_coda(dossier, original)
    desk.sync()
    rival = desk.deliver_coda(dossier, change(original))
    result = desk.sync()
    document = desk.document(rival)
    assert (document["state"], document["attention"]) == ("stored", 1)
    assert f"differs from document {desk.document(first)['id']}" in document["reason"]
    assert desk.query("SELECT bytes FROM content WHERE sha256 = ?", document["sha256"])
    assert desk.one("SELECT document_id FROM bank_statements")["document_id"] == desk.document(first)["id"]
    assert result.exit_code == 3
    assert any(document["reason"] in line for line in result.news)
    assert desk.sync().exit_code == 0


def test_statements_that_share_a_number_but_connect_are_both_booked(desk: Desk, dossier: Dossier) -> None:
    for one in statements(MAIN, 2, paper_number=1, coda_number=0):
        desk.deliver_coda(dossier, one)
    assert desk.sync().exit_code == 0
    assert desk.count("bank_statements") == 2


def test_statements_without_numbers_of_one_day_are_both_booked(desk: Desk, dossier: Dossier) -> None:
    one, two = statements(MAIN, 2, paper_number=0, coda_number=0)
    desk.deliver_coda(dossier, one)
    desk.deliver_coda(
        dossier, replace(two, old_balance_date=one.old_balance_date, new_balance_date=one.new_balance_date)
    )
    assert desk.sync().exit_code == 0
    assert desk.count("bank_statements") == 2


def test_one_index_that_comes_with_other_metadata_and_content_is_another_document(desk: Desk, dossier: Dossier) -> None:
    one, two = statements(MAIN, 2)
    index = desk.deliver_coda(dossier, one)
    desk.sync()
    desk.rewind(dossier)
    entry = desk.box.service.entry(index)
    entry.metadata, entry.files = coda_metadata([two]), {"cod": coda_writer.write(two)}
    desk.sync()
    rows = desk.query("SELECT state, metadata FROM documents WHERE feed_index = ? ORDER BY id", index)
    assert [row["state"] for row in rows] == ["stored", "stored"]
    assert rows[0]["metadata"] != rows[1]["metadata"]
    assert desk.count("bank_statements") == 2


def test_one_index_that_comes_with_other_metadata_alone_is_booked_once(desk: Desk, dossier: Dossier) -> None:
    index = desk.deliver_coda(dossier, statement(MAIN))
    desk.sync()
    desk.rewind(dossier)
    entry = desk.box.service.entry(index)
    entry.metadata = {**(entry.metadata or {}), "movement_count": 99}
    desk.sync()
    assert desk.home.states() == {"stored": 1, "duplicate": 1}
    assert desk.count("bank_statements") == 1
    desk.rewind(dossier)
    desk.box.requests.clear()
    desk.sync()
    assert downloads(desk.box) == []


def test_an_entry_that_is_described_anew_before_it_came_is_still_one_document(desk: Desk, dossier: Dossier) -> None:
    index = desk.deliver_coda(dossier, statement(MAIN))
    desk.box.fault("/download/", faults.refuse(500))
    desk.sync()
    entry = desk.box.service.entry(index)
    entry.metadata = {**(entry.metadata or {}), "movement_count": 99}
    assert desk.sync().exit_code == 0
    document = desk.document(index)
    assert (document["state"], '"movement_count":99' in document["metadata"]) == ("stored", True)


def test_what_was_passed_over_and_is_listed_again_once_its_journal_is_enabled_is_fetched(desk: Desk) -> None:
    dossier = desk.dossier("0043", MAIN, enabled=False)
    index = desk.deliver_coda(dossier, statement(MAIN))
    desk.sync()
    assert desk.document(index)["state"] == "skipped"
    desk.enable("0043", MAIN.number)
    desk.rewind(dossier)
    desk.sync()
    assert desk.document(index)["state"] == "stored"
    assert desk.count("bank_statements") == 1


def test_a_pass_that_is_cut_off_before_it_fetches_what_was_passed_over_leaves_all_of_it_to_the_next(
    desk: Desk, dossier: Dossier
) -> None:
    desk.home.write_config('[formats]\ncoda = ["cod"]\n')
    index = desk.deliver(dossier, "purchase_invoice", {"xml": invoice(), "pdf": pdf.write(["Facture"])})
    desk.sync()
    desk.home.write_config('[formats]\npdf = "always"\n')
    desk.rewind(dossier)
    entry = desk.one("SELECT id FROM entry WHERE feed_index = ?", index)["id"]
    with desk.store() as store, store.transaction():  # what the pass does first
        store.expect(entry, ["xml", "pdf"])
    desk.sync()
    rows = desk.query("SELECT format, state FROM documents WHERE feed_index = ?", index)
    assert {row["format"]: row["state"] for row in rows} == {"xml": "stored", "pdf": "stored"}
    assert desk.one("SELECT number FROM invoices")["number"] == "F1"


def test_the_same_index_in_both_feeds_is_two_documents(desk: Desk, dossier: Dossier) -> None:
    index = desk.deliver_coda(dossier, statement(MAIN))
    feed = desk.box.service.feeds.feed("redownload", dossier.feed_id)
    feed.entries.append(desk.box.service.entry(index))
    feed.positions[index] = 0
    desk.sync()
    rows = desk.query("SELECT feed_kind, state FROM documents WHERE feed_index = ?", index)
    assert sorted(tuple(row.values()) for row in rows) == [("normal", "stored"), ("redelivery", "duplicate")]


def test_one_invoice_can_be_a_sale_of_one_dossier_and_a_purchase_of_another(desk: Desk, dossier: Dossier) -> None:
    customer = desk.dossier("0043")
    desk.deliver(dossier, "sales_invoice", {"xml": invoice()})
    desk.deliver(customer, "purchase_invoice", {"xml": invoice()})
    desk.sync()
    rows = desk.query("SELECT dossier_code, inbox FROM invoices ORDER BY dossier_code")
    assert [tuple(row.values()) for row in rows] == [("0042", "sales"), ("0043", "purchases")]
    assert len(desk.query("SELECT 1 FROM content")) == 1
    assert desk.home.states() == {"stored": 2}


@pytest.mark.parametrize("redelivery", [True, False])
def test_an_invoice_that_comes_again_stands_in_its_inbox_once(desk: Desk, dossier: Dossier, redelivery: bool) -> None:
    desk.deliver(dossier, "purchase_invoice", {"xml": invoice()})
    index = desk.deliver(dossier, "purchase_invoice", {"xml": invoice()}, {"n": 2}, redelivery=redelivery)
    desk.sync()
    assert desk.count("invoices") == 1
    assert desk.document(index)["state"] == "duplicate"


@pytest.mark.parametrize("redelivery", [True, False])
def test_a_pdf_only_invoice_that_comes_again_stands_in_its_inbox_once(
    desk: Desk, dossier: Dossier, redelivery: bool
) -> None:
    files = {"pdf": pdf.write(["Facture"])}
    desk.deliver(dossier, "purchase_invoice", files)
    index = desk.deliver(dossier, "purchase_invoice", files, redelivery=redelivery)
    assert desk.sync().exit_code == 0
    assert desk.count("invoices") == 1
    assert desk.document(index, "pdf")["state"] == "duplicate"


def test_an_invoice_with_a_known_number_and_other_amounts_stands_beside_it_and_is_reported(
    desk: Desk, dossier: Dossier
) -> None:
    desk.deliver(dossier, "purchase_invoice", {"xml": invoice("F1", price="100.00")})
    desk.sync()
    index = desk.deliver(dossier, "purchase_invoice", {"xml": invoice("F1", price="999.00")})
    result = desk.sync()
    assert result.exit_code == 3
    assert "differs" in desk.document(index)["reason"]
    flags = [row["flags"] for row in desk.query("SELECT flags FROM invoices ORDER BY id")]
    assert ["same_number" in flag for flag in flags] == [True, True]


def test_unreadable_bytes_that_come_again_are_stored_once(desk: Desk, dossier: Dossier) -> None:
    for _ in range(2):
        desk.deliver(dossier, "purchase_invoice", {"xml": b"<Invoice></Invoice>"})
    desk.sync()
    assert desk.home.states() == {"unreadable": 2, "skipped": 2}
    assert len(desk.query("SELECT 1 FROM content")) == 1
