"""Invoices in their inboxes: how they come there, what is said of them, which payments meet them."""

import csv
import datetime as dt
import io
import json
import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from bakery import DAY, DIGITS, OURS, SUPPLIER_IBAN, THEIRS, deliver, inbox, invoice, open_bakery, party, pay
from desk import Desk, account
from support import Home

from codasync.sandbox import Dossier, coda_writer, pdf, ubl_writer
from codasync.sandbox.communications import belgian
from codasync.sandbox.numbers import enterprise_number


@pytest.fixture
def desk(home: Home) -> Desk:
    return Desk(home)


@pytest.fixture
def bakery(desk: Desk) -> Dossier:
    return open_bakery(desk)


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
    table = [re.split(r"\s{2,}", line.strip()) for line in desk.home.run("inbox", "0042").stdout.splitlines()]
    assert table == [
        ["document", "inbox", "number", "date", "supplier or customer", "gross", "due", "state", "kind", "look at"],
        ["2", "purchases", "F1", "2026-03-02", "Moulins du Sud", "121.00", "EUR", "2026-04-01", "new"],
        ["1", "sales", "S1", "2026-03-02", "Hôtel", "121.00", "EUR", "2026-04-01", "new"],
    ]
    assert "inbox" not in desk.home.call("inbox", "0042", "--sales").stdout, "it is one inbox that was asked for"


def test_a_credit_note_stands_out_in_the_table(desk: Desk, bakery: Dossier) -> None:
    deliver(desk, replace(invoice(), credit_note=True), invoice("F2"))
    ordinary, credit = desk.home.call("inbox", "0042", "--purchases").stdout.splitlines()[1:]
    assert credit.split()[-3:] == ["new", "credit", "note"]
    assert ordinary.split()[-1] == "new"
    assert {row["kind"] for row in inbox(desk)} == {"invoice", "credit_note"}


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        ((), ["F1", "F2", "S1"]),
        (("--purchases",), ["F1", "F2"]),
        (("--sales",), ["S1"]),
        (("--purchases", "--sales"), ["F1", "F2", "S1"]),
        (("--new",), ["F2", "S1"]),
        (("--new", "--purchases"), ["F2"]),
    ],
)
def test_options_choose_inboxes_and_what_is_new(
    desk: Desk, bakery: Dossier, options: tuple[str, ...], numbers: list[str]
) -> None:
    deliver(desk, invoice("F1"), invoice("F2"))
    deliver(
        desk, replace(invoice("S1"), supplier=invoice().customer, customer=invoice().supplier), model="sales_invoice"
    )
    desk.home.call("approve", "0042", "F1", LOGNAME="els")
    assert sorted(row["number"] for row in inbox(desk, *options)) == numbers


def test_the_newest_stands_first_and_a_pdf_alone_by_the_day_it_came(desk: Desk, bakery: Dossier) -> None:
    old, new = (replace(invoice(day.isoformat()), issue_date=day) for day in (dt.date(2026, 1, 5), dt.date(2100, 1, 1)))
    desk.deliver(bakery, "purchase_invoice", {"pdf": pdf.write(["scanned"])})
    deliver(desk, old, new, replace(invoice("2026-02-05"), issue_date=dt.date(2026, 2, 5)))
    rows = inbox(desk)
    assert [row["number"] for row in rows] == ["2100-01-01", "", "2026-02-05", "2026-01-05"]
    assert rows[1]["received_at"].startswith("20")
    [scanned] = [line for line in desk.home.call("inbox", "0042").stdout.splitlines() if "PDF only" in line]
    assert re.split(r"\s{2,}", scanned.strip()) == [
        *(str(rows[1]["document_id"]), "purchases", "new", "PDF only, nothing is read")
    ]


def test_json_and_csv_hold_all_that_the_view_holds_and_when_it_came(desk: Desk, bakery: Dossier) -> None:
    deliver(desk, replace(invoice(), customer=party("Somebody else", enterprise_number(10)), note="x"))
    [row], [viewed] = inbox(desk), desk.query("SELECT * FROM invoices")
    received = desk.one("SELECT received_at FROM documents WHERE id = ?", viewed["document_id"])
    lists = {name: json.loads(viewed[name]) for name in ("flags", "warnings")}
    assert row == {**viewed, **received, **lists}
    assert row["flags"] == ["other_party"]
    [read] = csv.DictReader(io.StringIO(desk.home.call("inbox", "0042", "--format", "csv").stdout))
    assert list(read) == list(row)
    assert (read["document_id"], read["channel"], json.loads(read["flags"])) == ("1", "CodaBox", ["other_party"])


def test_an_inbox_without_invoices_says_so_and_is_no_error(desk: Desk, bakery: Dossier) -> None:
    desk.sync()
    done = desk.home.call("inbox", "0042", "--purchases")
    assert (done.stderr, len(done.stdout.splitlines())) == (
        "no invoices in the purchases inbox of 0042 Dossier 0042\n",
        1,
    )
    assert desk.home.call("-q", "inbox", "0042").stderr == ""
    assert inbox(desk) == []
    deliver(desk, invoice())
    desk.home.call("approve", "0042", "F1", LOGNAME="els")
    assert desk.home.call("inbox", "0042", "--new").stderr == "no new invoices in the inboxes of 0042 Dossier 0042\n"


def test_an_unknown_dossier_is_told_with_the_nearest(desk: Desk, bakery: Dossier) -> None:
    desk.sync()
    for command in (("inbox", "0043"), ("approve", "0043", "F1")):
        assert desk.home.call(*command, code=2).stderr.startswith("codasync: no dossier '0043'; nearest: 0042 Dossier")
    assert desk.home.call("inbox", code=2).stdout == ""


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
    assert sorted(row["flags"] for row in inbox(desk)) == [["same_number"], ["same_number"]]


def test_an_invoice_that_contradicts_another_of_its_number_stands_beside_it_flagged(
    desk: Desk, bakery: Dossier
) -> None:
    deliver(desk, invoice())
    other = replace(invoice(), lines=(ubl_writer.Line("Farine", Decimal("999.00")),))
    desk.box.deliver("0042", "purchase_invoice", {"xml": ubl_writer.write(other)})
    result = desk.sync()
    assert result.exit_code == 3
    assert "claims to be the invoice of document 1, but differs" in result.news[0]
    assert sorted((row["gross"], row["flags"]) for row in inbox(desk)) == [
        (121.0, ["same_number"]),
        (1208.79, ["same_number"]),
    ]
    assert desk.sync().exit_code == 0, "it was said once; the flag stays"


def test_what_the_reader_doubts_is_a_flag_and_what_needs_nobody_is_none(desk: Desk, bakery: Dossier) -> None:
    wrong = ubl_writer.write(invoice()).replace(b">121.00<", b">130.00<")
    assert wrong != ubl_writer.write(invoice())
    desk.box.deliver("0042", "purchase_invoice", {"xml": wrong})
    desk.sync(refresh=True)
    [row] = inbox(desk)
    assert "BR-CO-15" in row["flags"]
    assert row["gross"] == 130.0, "the amounts are the document's own"
    assert "gross is not net plus VAT" in desk.home.call("inbox", "0042").stdout


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


def test_a_payment_in_another_dossier_is_not_proposed(desk: Desk, bakery: Dossier) -> None:
    deliver(desk, invoice())
    other = desk.dossier("0043", account(2))
    movement = coda_writer.Movement(-121_000, structured=belgian(DIGITS), entry_date=DAY)
    desk.deliver_coda(other, coda_writer.Statement(account(2), 1_000_000, DAY, DAY, (movement,)))
    desk.sync()
    assert desk.count("bank_transactions") == 1
    assert desk.query("SELECT * FROM payment_matches") == []
