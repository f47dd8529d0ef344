"""Invoices from delivery to approval: inboxes, flags, the PDF, payments that meet them."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from desk import Desk, account
from support import Home

from codasync.sandbox import Dossier, coda_writer, pdf, ubl_writer
from codasync.sandbox.communications import belgian
from codasync.sandbox.numbers import belgian_account, enterprise_number, iban

BANK = account(1)
SUPPLIER_IBAN = iban("BE", belgian_account("363", 77))
DAY = dt.date(2026, 3, 2)
OURS, THEIRS = enterprise_number(7), enterprise_number(8)
REFERENCE, DIGITS = "+++090/9337/55493+++", "090933755493"


def party(name: str, number: str) -> ubl_writer.Party:
    return ubl_writer.Party(name, f"BE{number}", "Rue Haute 1", "1000", "Bruxelles")


def invoice(number: str = "F1", **facts: Any) -> ubl_writer.Invoice:
    """Specify a purchase of the bakery."""
    given: dict[str, Any] = {
        "iban": SUPPLIER_IBAN,
        "payment_reference": REFERENCE,
        "due_date": dt.date(2026, 4, 1),
        "pdf": pdf.write(["facture"]),
    } | facts
    line = ubl_writer.Line("Farine", Decimal("100.00"))
    return ubl_writer.Invoice(
        number, DAY, party("Moulins du Sud", THEIRS), party("Boulangerie", OURS), (line,), **given
    )


@pytest.fixture
def desk(home: Home) -> Desk:
    return Desk(home)


@pytest.fixture
def bakery(desk: Desk) -> Dossier:
    dossier = desk.dossier("0042", BANK)
    dossier.enterprise_number = f"BE{OURS}"
    return dossier


def deliver(desk: Desk, *invoices: ubl_writer.Invoice, model: str = "purchase_invoice") -> None:
    for one in invoices:
        desk.box.deliver("0042", model, {"xml": ubl_writer.write(one)})
    desk.sync(refresh=True)


def inbox(desk: Desk, *options: str) -> list[dict[str, Any]]:
    return desk.home.rows("inbox", "0042", *options)


def test_the_inbox_shows_what_an_accountant_needs_and_the_delivery_decides_which(desk: Desk, bakery: Dossier) -> None:
    sale = replace(invoice("S1"), supplier=party("Boulangerie", OURS), customer=party("Hôtel", THEIRS))
    deliver(desk, sale, model="sales_invoice")
    deliver(desk, invoice())
    [bought, sold] = inbox(desk)
    assert {
        name: bought[name] for name in ("inbox", "channel", "number", "supplier_name", "gross", "state", "flags")
    } == {
        "inbox": "purchases",
        "channel": "CodaBox",
        "number": "F1",
        "supplier_name": "Moulins du Sud",
        "gross": 121.0,
        "state": "new",
        "flags": [],
    }
    assert (sold["inbox"], sold["customer_name"], sold["flags"]) == ("sales", "Hôtel", [])
    assert [row["number"] for row in inbox(desk, "--sales")] == ["S1"]
    assert [row["number"] for row in inbox(desk, "--purchases")] == ["F1"]
    table = desk.home.run("inbox", "0042").stdout.splitlines()
    assert [line.split() for line in table[:2]] == [
        ["inbox", "kind", "number", "date", "supplier", "or", "customer", "gross", "due", "state", "flags"],
        ["purchases", "invoice", "F1", "2026-03-02", "Moulins", "du", "Sud", "121.00", "EUR", "2026-04-01", "new"],
    ]


def test_approval_says_who_and_when_can_be_taken_back_and_is_all_or_nothing(desk: Desk, bakery: Dossier) -> None:
    deliver(desk, invoice("F1"), invoice("F2"))
    refused = desk.home.run("approve", "0042", "F1", "F9", code=2)
    assert "no invoice F9 in the inbox of 0042" in refused.stderr
    assert len(inbox(desk, "--new")) == 2
    desk.home.run("approve", "0042", "F1", LOGNAME="els")
    assert [row["number"] for row in inbox(desk, "--new")] == ["F2"]
    [row] = [row for row in inbox(desk) if row["number"] == "F1"]
    assert (row["state"], row["approved_by"]) == ("approved", "els")
    desk.home.run("approve", "0042", "F1", LOGNAME="jan")
    assert [one["approved_by"] for one in inbox(desk) if one["number"] == "F1"] == ["els"], "the first approval stands"
    desk.home.run("approve", "0042", "F1", "--undo")
    assert len(inbox(desk, "--new")) == 2


def test_a_number_that_two_suppliers_use_is_not_guessed(desk: Desk, bakery: Dossier) -> None:
    other = replace(invoice("F1"), supplier=party("Électricité Boréale", enterprise_number(9)))
    deliver(desk, invoice("F1"), other)
    refused = desk.home.run("approve", "0042", "F1", code=2)
    assert "Moulins du Sud" in refused.stderr
    assert "Électricité Boréale" in refused.stderr
    desk.home.run("approve", "0042", "F1", "--supplier", "boréale")
    assert {row["supplier_name"]: row["state"] for row in inbox(desk)} == {
        "Moulins du Sud": "new",
        "Électricité Boréale": "approved",
    }


def test_a_document_for_somebody_else_is_kept_where_it_was_delivered_and_flagged(desk: Desk, bakery: Dossier) -> None:
    deliver(desk, replace(invoice(), customer=party("Somebody else", enterprise_number(10))))
    [row] = inbox(desk)
    assert (row["inbox"], row["flags"]) == ("purchases", ["other_party"])


def test_the_same_invoice_by_another_network_stands_in_the_inbox_once(desk: Desk, bakery: Dossier) -> None:
    deliver(desk, invoice(), replace(invoice(), pdf=pdf.write(["another picture of the same"])))
    assert len(inbox(desk)) == 1
    assert desk.home.states() == {"stored": 1, "duplicate": 1}


def test_the_same_invoice_in_another_dialect_stands_in_the_inbox_once(desk: Desk, bakery: Dossier) -> None:
    deliver(desk, invoice(), replace(invoice(), dialect=ubl_writer.Dialect.UBL_BE))
    assert len(inbox(desk)) == 1


def test_two_invoices_of_one_number_and_total_with_other_lines_are_never_taken_for_one(
    desk: Desk, bakery: Dossier
) -> None:
    other = replace(invoice(), lines=(ubl_writer.Line("Voyage", Decimal("100.00")),))
    deliver(desk, invoice(), other)
    assert sorted(row["flags"] for row in inbox(desk)) == [[], ["same_number"]]


def test_an_invoice_that_contradicts_another_of_its_number_stands_beside_it_flagged(
    desk: Desk, bakery: Dossier
) -> None:
    deliver(desk, invoice())
    other = replace(invoice(), lines=(ubl_writer.Line("Farine", Decimal("999.00")),))
    desk.box.deliver("0042", "purchase_invoice", {"xml": ubl_writer.write(other)})
    result = desk.sync()
    assert result.exit_code == 3
    assert "claims to be the invoice of document 1, but differs" in result.news[0]
    assert sorted((row["gross"], row["flags"]) for row in inbox(desk)) == [(121.0, []), (1208.79, ["same_number"])]
    assert desk.sync().exit_code == 0, "it was said once; the flag stays"


def test_what_the_reader_doubts_is_a_flag_and_what_needs_nobody_is_none(desk: Desk, bakery: Dossier) -> None:
    wrong = ubl_writer.write(invoice()).replace(b">121.00<", b">130.00<")
    assert wrong != ubl_writer.write(invoice())
    desk.box.deliver("0042", "purchase_invoice", {"xml": wrong})
    desk.sync(refresh=True)
    [row] = inbox(desk)
    assert "BR-CO-15" in row["flags"]
    assert row["gross"] == 130.0, "the amounts are the document's own"


def test_show_gives_the_embedded_pdf_as_it_is(desk: Desk, bakery: Dossier) -> None:
    deliver(desk, invoice())
    target = desk.home.folder / "f1.pdf"
    desk.home.run("show", "1", "--pdf", "-o", target)
    assert target.read_bytes() == pdf.write(["facture"])
    shown = desk.home.run("show", "1").stdout
    for words in ("invoice F1  2026-03-02  due 2026-04-01", "supplier: Moulins du Sud", "gross 121.00", REFERENCE):
        assert words in shown


def pay(desk: Desk, milli: int, day: dt.date, **facts: Any) -> None:
    movement = coda_writer.Movement(milli, code="00101000", entry_date=day, **facts)
    desk.deliver_coda(desk.box.office.find("0042"), coda_writer.Statement(BANK, 1_000_000, DAY, day, (movement,)))
    desk.sync()


MATCHES = {
    "reference and amount": (
        {"structured": belgian(DIGITS)},
        -121_000,
        5,
        [("structured reference and amount", 0.99)],
    ),
    "reference, another amount": (
        {"structured": belgian(DIGITS)},
        -60_000,
        5,
        [("structured reference, another amount", 0.8)],
    ),
    "amount and account": (
        {"counterparty_account": SUPPLIER_IBAN, "counterparty_currency": "EUR"},
        -121_000,
        30,
        [("amount and account, within 120 days", 0.7)],
    ),
    "amount and account, too late": ({"counterparty_account": SUPPLIER_IBAN}, -121_000, 130, []),
    "amount alone": ({"counterparty_name": "Moulins du Sud"}, -121_000, 5, []),
    "another invoice's reference": (
        {"structured": belgian("000000000101"), "counterparty_account": SUPPLIER_IBAN, "counterparty_currency": "EUR"},
        -121_000,
        5,
        [],
    ),
    "reference, years later": ({"structured": belgian(DIGITS)}, -121_000, 900, []),
    "details beside their total": (
        {
            "structured": belgian(DIGITS),
            "details": (coda_writer.Movement(-121_000, code="80101000", structured=belgian(DIGITS), entry_date=DAY),),
        },
        -121_000,
        5,
        [("structured reference and amount", 0.99)],
    ),
    "money the other way": ({"structured": belgian(DIGITS)}, 121_000, 5, []),
}


@pytest.mark.parametrize(("facts", "milli", "days", "expected"), MATCHES.values(), ids=MATCHES)
def test_a_payment_is_proposed_for_its_invoice_with_the_reason(
    desk: Desk, bakery: Dossier, facts: dict[str, Any], milli: int, days: int, expected: list[tuple[str, float]]
) -> None:
    deliver(desk, invoice())
    pay(desk, milli, DAY + dt.timedelta(days=days), **facts)
    rows = desk.query("SELECT reason, confidence, number, amount_milli FROM payment_matches")
    assert [(row["reason"], row["confidence"]) for row in rows] == expected
    assert all((row["number"], row["amount_milli"]) == ("F1", milli) for row in rows)
    assert inbox(desk)[0]["state"] == "new", "a proposal books nothing"


def test_an_amount_in_another_currency_is_not_the_same_amount(desk: Desk, bakery: Dossier) -> None:
    deliver(desk, invoice(currency="USD"))
    pay(desk, -121_000, DAY, structured=belgian(DIGITS))
    assert desk.query("SELECT * FROM payment_matches") == []


def test_approval_names_the_person_behind_sudo(desk: Desk, bakery: Dossier) -> None:
    deliver(desk, invoice())
    desk.home.run("approve", "0042", "F1", LOGNAME="codasync", SUDO_USER="els")
    assert inbox(desk)[0]["approved_by"] == "els"


def test_a_payment_in_another_dossier_is_not_proposed(desk: Desk, bakery: Dossier) -> None:
    deliver(desk, invoice())
    other = desk.dossier("0043", account(2))
    movement = coda_writer.Movement(-121_000, structured=belgian(DIGITS), entry_date=DAY)
    desk.deliver_coda(other, coda_writer.Statement(account(2), 1_000_000, DAY, DAY, (movement,)))
    desk.sync()
    assert desk.count("bank_transactions") == 1
    assert desk.query("SELECT * FROM payment_matches") == []
