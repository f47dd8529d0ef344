"""`approve`: by number or by document, all or nothing, and it says what it did."""

import shlex
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from bakery import deliver, inbox, invoice, open_bakery, party
from desk import Desk
from support import Home

from codasync.sandbox import Dossier, pdf, ubl_writer
from codasync.sandbox.numbers import enterprise_number

OTHERS = party("Électricité Boréale", enterprise_number(9))


@pytest.fixture
def desk(home: Home) -> Desk:
    return Desk(home)


@pytest.fixture
def bakery(desk: Desk) -> Dossier:
    return open_bakery(desk)


def approve(desk: Desk, *arguments: object, code: int = 0, by: str = "els") -> str:
    """Approve in the bakery, as `by`; return what is told."""
    done = desk.home.call("approve", "0042", *arguments, code=code, LOGNAME=by)
    assert done.stdout == ""
    return done.stderr


def approved(desk: Desk) -> list[int]:
    return sorted(row["document_id"] for row in inbox(desk) if row["state"] == "approved")


def test_approval_says_who_and_when_can_be_taken_back_and_is_all_or_nothing(desk: Desk, bakery: Dossier) -> None:
    deliver(desk, invoice("F1"), invoice("F2"))
    refused = desk.home.run("approve", "0042", "F1", "F9", code=2)
    assert "no invoice F9 in the inbox of 0042" in refused.stderr
    assert len(inbox(desk, "--new")) == 2
    desk.home.run("approve", "0042", "F1", LOGNAME="els")
    assert [row["number"] for row in inbox(desk, "--new")] == ["F2"]
    [row] = [row for row in inbox(desk) if row["number"] == "F1"]
    assert (row["state"], row["approved_by"]) == ("approved", "els")
    assert row["approved_at"] > "2026"
    desk.home.run("approve", "0042", "F1", LOGNAME="jan")
    assert [one["approved_by"] for one in inbox(desk) if one["number"] == "F1"] == ["els"], "the first approval stands"
    desk.home.run("approve", "0042", "F1", "--undo")
    assert len(inbox(desk, "--new")) == 2


def test_approval_names_the_person_behind_sudo(desk: Desk, bakery: Dossier) -> None:
    deliver(desk, invoice())
    desk.home.run("approve", "0042", "F1", LOGNAME="codasync", SUDO_USER="els")
    assert inbox(desk)[0]["approved_by"] == "els"


def test_it_tells_what_changed_and_what_was_so_before(desk: Desk, bakery: Dossier) -> None:
    deliver(desk, invoice("F1"), invoice("F2"))
    assert approve(desk, "F1", "F1", " F1 ", "--document", "1") == "1 invoice approved\n"
    at = inbox(desk)[-1]["approved_at"]
    assert approve(desk, "F1", by="jan") == f"invoice F1 was approved before: by els, {at}\n"
    assert approve(desk, "F2", "F1", by="jan").splitlines() == [
        "1 invoice approved",
        f"invoice F1 was approved before: by els, {at}",
    ]
    assert approve(desk, "F1", "F2", "--undo") == "2 invoices new again\n"
    assert approve(desk, "F2", "--undo") == "invoice F2 was not approved\n"


COLLISIONS: dict[str, dict[str, Any]] = {
    "two suppliers": {"supplier": OTHERS},
    "an invoice and its credit note": {"credit_note": True},
    "rivals": {"lines": (ubl_writer.Line("Farine", Decimal("999.00")),)},
}


@pytest.mark.parametrize("facts", COLLISIONS.values(), ids=COLLISIONS)
def test_a_number_with_several_meanings_is_refused_with_what_to_type_for_each(
    desk: Desk, bakery: Dossier, facts: dict[str, Any]
) -> None:
    deliver(desk, invoice(), replace(invoice(), **facts))
    told = approve(desk, "F1", code=2)
    assert "F1 can mean several invoices of 0042" in told
    assert approved(desk) == []
    assert told.count("Moulins du Sud") + told.count("Électricité Boréale") == 2
    for document in (1, 2):
        words = shlex.split(told[told.index(f"--document {document}") :])[:2]
        assert approve(desk, *words) == "1 invoice approved\n"
        assert document in approved(desk)


def test_very_many_meanings_are_counted_and_not_all_listed(desk: Desk, bakery: Dossier) -> None:
    names = [f"Supplier {number} {'x' * 300}" for number in range(8)]
    deliver(
        desk, *(replace(invoice(), supplier=party(name, enterprise_number(20 + n))) for n, name in enumerate(names))
    )
    told = approve(desk, "F1", code=2)
    assert told.count("--document ") == 5
    assert "; and 3 more;" in told
    assert len(told) < 1000


def test_an_invoice_that_exists_as_pdf_alone_is_approved_by_its_document(desk: Desk, bakery: Dossier) -> None:
    desk.deliver(bakery, "purchase_invoice", {"pdf": pdf.write(["scanned"])})
    deliver(desk, invoice())
    [scanned] = [row for row in inbox(desk) if row["flags"] == ["pdf_only"]]
    assert "no invoice with an empty number" in approve(desk, "", code=2)
    assert approve(desk, "--document", scanned["document_id"]) == "1 invoice approved\n"
    assert approved(desk) == [scanned["document_id"]]
    assert approve(desk, "--document", scanned["document_id"], "--undo") == "1 invoice new again\n"


def test_a_number_of_digits_is_never_taken_for_a_document(desk: Desk, bakery: Dossier) -> None:
    deliver(desk, invoice("2"), invoice("F2"))
    approve(desk, "2")
    assert approved(desk) == [1]
    assert "no invoice 1 in the inbox" in approve(desk, "1", code=2)


def test_a_copy_means_the_invoice_that_it_is_a_copy_of(desk: Desk, bakery: Dossier) -> None:
    deliver(desk, invoice(), replace(invoice(), pdf=pdf.write(["another picture"])))
    assert approve(desk, "--document", "2") == "1 invoice approved\n"
    assert approved(desk) == [1]


def test_an_inbox_or_a_supplier_tells_equal_numbers_apart_and_both_inboxes_are_as_good_as_none(
    desk: Desk, bakery: Dossier
) -> None:
    deliver(desk, invoice(), replace(invoice(), supplier=OTHERS))
    sale = replace(invoice(), supplier=invoice().customer, customer=OTHERS)
    deliver(desk, sale, model="sales_invoice")
    assert "F1 can mean several" in approve(desk, "F1", "--purchases", "--sales", code=2)
    assert "F1 can mean several" in approve(desk, "F1", "--purchases", code=2)
    approve(desk, "F1", "--sales")
    approve(desk, "F1", "--supplier", "boréale")
    dotted = f"BE {OTHERS.vat[2:6]}.{OTHERS.vat[6:9]}.{OTHERS.vat[9:]}"
    assert "F1 was approved before" in approve(desk, "F1", "--supplier", dotted)
    assert approved(desk) == [2, 3]


def test_a_document_that_is_no_invoice_of_the_dossier_is_unknown(desk: Desk, bakery: Dossier) -> None:
    deliver(desk, invoice())
    desk.deliver(desk.dossier("0043"), "purchase_invoice", {"xml": ubl_writer.write(invoice("G1"))})
    desk.sync()
    for document in (2, 99, 0, -1, 10**30):
        assert f"no invoice of document {document} in the inbox" in approve(desk, "--document", document, code=2)
    assert "no invoice of document 1 in" in approve(desk, "--document", 1, "--sales", code=2)
    assert "'x' is not a valid integer" in approve(desk, "--document", "x", code=2)
    assert "no invoice is named" in approve(desk, code=2)
    assert "no invoice is named" in approve(desk, "--purchases", code=2)
    assert approved(desk) == []


def test_where_there_is_no_database_none_is_made(desk: Desk) -> None:
    assert "there is no such file" in approve(desk, "F1", code=14)
    assert not desk.home.database.exists()
