"""`show` of an invoice, as a person wants to read it."""

import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest
import ubl_builder as build
from bakery import DAY, DIGITS, deliver, invoice, open_bakery, pay
from desk import Desk
from support import Home
from terminal import on_terminal
from ubl_builder import money, tag

from codasync import present_invoice, ubl
from codasync.present_invoice import Standing
from codasync.report import width
from codasync.sandbox import pdf
from codasync.sandbox.communications import belgian

ROW = {
    "inbox": "purchases",
    "state": "approved",
    "approved_by": "els",
    "approved_at": "2026-03-04T10:00:00Z",
    "flags": '["other_party", "same_number"]',
}
PAYMENT = {
    "amount_milli": -2_078_000,
    "currency": "EUR",
    "statement_number": 48,
    "iban": "BE68539007547034",
    "document_id": 261,
    "entry_date": "2026-01-20",
    "reason": "structured reference and amount",
    "confidence": 0.99,
}
HOSTILE = "\x9b31m\u202eabc\u200f\u2066" + "\u0301" * 300


def shown(xml: bytes, standing: Standing | None = None, room: int = 80) -> list[str]:
    """Return the lines of an invoice, without the empty one that it begins with."""
    return list(present_invoice.invoice(ubl.read(xml), standing or Standing(), room))[1:]


def allowance(charge: str, amount: str, reason: str, more: str = "") -> str:
    given = tag("cbc:ChargeIndicator", charge) + tag("cbc:AllowanceChargeReason", reason) + more
    return tag("cac:AllowanceCharge", given + money("cbc:Amount", amount) + build.vat_category())


def rich() -> bytes:
    """Write an invoice that says all that can be said."""
    flour = tag("cbc:Description", "Farine de blé type 55, moulue sur meule de pierre, en sacs") + tag(
        "cbc:Name", "T55"
    )
    item = tag("cac:SellersItemIdentification", tag("cbc:ID", "FT55"))
    january = tag("cac:InvoicePeriod", tag("cbc:StartDate", "2026-01-01") + tag("cbc:EndDate", "2026-01-31"))
    advice = tag("cbc:Name", "Consultance: analyse des processus et rédaction du cahier des charges")
    preceding = tag("cbc:ID", "2025-0999") + tag("cbc:IssueDate", "2025-12-01")
    address = tag("cac:Address", tag("cbc:StreetName", "Quai 1") + tag("cbc:CityName", "Gent"))
    discount = tag("cbc:Note", "30 jours") + tag("cbc:SettlementDiscountPercent", "2")
    return build.invoice(
        note=tag("cbc:Note", "Merci pour votre confiance. Nos conditions générales de vente sont d'application."),
        references=tag("cac:OrderReference", tag("cbc:ID", "PO-7"))
        + tag("cac:BillingReference", tag("cac:InvoiceDocumentReference", preceding)),
        attachments=build.attachment() + build.attachment(b"a,b", "heures.csv", "text/csv", "2"),
        delivery=tag(
            "cac:Delivery",
            tag("cbc:ActualDeliveryDate", "2026-01-04") + tag("cac:DeliveryLocation", address),
        ),
        payment_terms=tag("cac:PaymentTerms", discount + tag("cbc:PaymentDueDate", "2026-01-12")),
        allowance_charges=allowance(
            "false", "18.00", "Remise", tag("cbc:MultiplierFactorNumeric", "1") + money("cbc:BaseAmount", "1800.00")
        )
        + allowance("true", "18.00", "Transport"),
        tax=build.tax_total("1800.00", "378.00", belgian="03"),
        totals=build.totals(
            "1800.00",
            "2178.00",
            "2078.00",
            extra=money("cbc:AllowanceTotalAmount", "18.00")
            + money("cbc:ChargeTotalAmount", "18.00")
            + money("cbc:PrepaidAmount", "100.00"),
        ),
        lines=build.line(1, 10, "2.5", "25.00", item=flour + item, extra=january)
        + build.line(2, "1.5000", "1200.123456", "1800.19", item=advice).replace("C62", "HUR")
        + build.line(3, -1, "25.19", "-25.19", item=tag("cbc:Name", "Retour")),
    )


def test_an_invoice_is_shown_whole_within_eighty_columns() -> None:
    assert "\n".join(shown(rich(), Standing(ROW, None, [PAYMENT], "invoice.pdf, inside it"))) == EXPECTED


EXPECTED = """\
invoice 2026-0001
  date              2026-01-05
  due               2026-02-04
  type              commercial invoice (380)
  dialect           Peppol BIS Billing 3.0
  inbox             purchases, approved by els, 2026-03-04T10:00:00Z
  look at           this dossier is not in its place (other_party)
                    contradicts another of its number (same_number)
  PDF               invoice.pdf, inside it
  proposed payment  2026-01-20, -2,078.00 EUR, statement 48 of BE68539007547034
                    (document 261): structured reference and amount, confidence
                    0.99

supplier
  Boekhoudkantoor Alfa BV
  Kouter 1, 9000 Gent, BE
  VAT BE0428759497, enterprise number 0428.759.497

customer
  Beta NV
  Kouter 1, 9000 Antwerpen, BE
  VAT BE0403170701, enterprise number 0403.170.701

payment
  how               credit transfer, to BE68539007547034
  reference         +++090/9337/55493+++
  terms             30 jours
  cash discount     2 % when paid by 2026-01-12

  description                       quantity  unit         price   VAT       net
  T55                                     10                2.50  21 %     25.00
    Farine de blé type 55, moulue sur meule de pierre, en sacs
    item FT55
    period 2026-01-01 to 2026-01-31
  Consultance: analyse des               1.5  h     1,200.123456  21 %  1,800.19
  processus et rédaction du cahier
  des charges
  Retour                                  -1               25.19  21 %    -25.19

allowances and charges
  allowance 1 % of 1,800.00, Remise, VAT 21 %                              18.00
  charge, Transport, VAT 21 %                                              18.00

  rate  kind                                                        base     VAT
  21 %  standard, Belgian VAT code 03: 21 %                     1,800.00  378.00

                                                                 lines  1,800.00
                                                       less allowances     18.00
                                                          plus charges     18.00
                                                                   net  1,800.00
                                                                   VAT    378.00
                                                             gross EUR  2,178.00
                                                      less paid before    100.00
                                                            to pay EUR  2,078.00
                                               the customer owes by it  2,078.00

references
  buyer reference   PO 7
  order             PO-7
  earlier invoice   2025-0999 of 2025-12-01
  delivered         2026-01-04
  delivered to      Quai 1, Gent

attachments
  invoice.pdf (application/pdf, 38 bytes)
  heures.csv (text/csv, 3 bytes)

notes
  Merci pour votre confiance. Nos conditions générales de vente sont
  d'application."""


def test_a_wide_terminal_gives_long_names_more_room_and_amounts_stay_at_the_end() -> None:
    lines = shown(rich(), room=120)
    [advice] = [line for line in lines if "Consultance" in line]
    assert "rédaction du cahier des charges" in advice
    assert len(advice) == 120
    assert advice.endswith("  1,800.19")


def test_a_credit_note_says_what_is_given_back() -> None:
    lines = shown(build.credit_note())
    assert lines[0] == "credit note 2026-0001"
    assert lines[3].split() == ["type", "credit", "note", "(381)"]
    assert [line.split() for line in lines if "owes" in line] == [["the", "customer", "owes", "by", "it", "-121.00"]]


def test_a_line_says_its_belgian_vat_code_where_its_rate_has_several_and_an_instalment_its_day() -> None:
    named = build.line(item=tag("cbc:Name", "T55")).replace("<cbc:Percent>", "<cbc:Name>03</cbc:Name><cbc:Percent>")
    instalment = build.payment_means(extra=tag("cbc:PaymentDueDate", "2026-03-01"))
    tax = build.tax_total(belgian="03")
    one, several = (
        shown(build.invoice(tax=rows, lines=named, payment_means=instalment))
        for rows in (tax, tax + build.tax_total(belgian="45"))
    )
    assert "    Belgian VAT code 03" in several
    assert "    Belgian VAT code 03" not in one
    assert "  how               credit transfer, to BE68539007547034, due 2026-03-01" in one


def test_what_is_odd_is_told_with_its_figures() -> None:
    xml = build.invoice(totals=build.totals(gross="130.00", payable="130.00"), due_date="", payment_terms="")
    warnings = "\n".join(shown(xml)).partition("\nwarnings\n")[2].splitlines()
    assert warnings == [
        "  BR-CO-25: 130.00 is to be paid, without due date or payment terms",
        "  BR-CO-15: the total with VAT is 130.00, net plus VAT is 121.00",
    ]


def test_what_is_not_stated_is_said_to_be_so() -> None:
    lines = shown(
        build.invoice(due_date="", tax="", totals=tag("cac:LegalMonetaryTotal", money("cbc:PayableAmount", 5)))
    )
    assert ["due", "not", "stated"] in [line.split() for line in lines]
    assert ["net", "not", "stated"] in [line.split() for line in lines]


# --- strangers


PLACE = "PLACE"


def everywhere() -> bytes:
    """Write an invoice with a word in every place that takes words."""
    extra = tag("cbc:Note", PLACE) + tag("cac:OrderLineReference", tag("cbc:LineID", PLACE))
    return build.invoice(
        number=tag("cbc:ID", PLACE),
        note=tag("cbc:Note", PLACE),
        currency=tag("cbc:DocumentCurrencyCode", PLACE),
        buyer_reference=tag("cbc:BuyerReference", PLACE),
        attachments=build.attachment(name=PLACE, extra=tag("cbc:DocumentDescription", PLACE)),
        supplier=tag("cac:AccountingSupplierParty", build.party(PLACE, "0428759497", city=PLACE)),
        payment_means=build.payment_means(account=PLACE, reference=PLACE),
        payment_terms=tag("cac:PaymentTerms", tag("cbc:Note", PLACE)),
        allowance_charges=allowance("true", "1.00", PLACE),
        tax=build.tax_total(belgian=PLACE),
        lines=build.line(item=tag("cbc:Description", PLACE) + tag("cbc:Name", PLACE), extra=extra).replace(
            "C62", PLACE
        ),
    )


def filled(value: Any, text: str) -> Any:
    """Put a text in all those places of what was read."""
    if isinstance(value, str):
        return value.replace(PLACE, text)
    if isinstance(value, tuple):
        return tuple(filled(one, text) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: filled(getattr(value, one.name), text) for one in fields(value)})
    return value


@pytest.mark.parametrize("room", [40, 80, 120])
@pytest.mark.parametrize(
    "text", [HOSTILE, "x" * 2_000_000, "mot " * 500_000, "界" * 1000, "\x1b]0;owned\x07" * 1000], ids=range(5)
)
def test_a_stranger_can_neither_steer_a_terminal_nor_flood_it(text: str, room: int) -> None:
    read = ubl.read(everywhere())
    assert str(read).count(PLACE) >= 14
    found = filled(read, text)
    begin = time.perf_counter()
    lines = list(present_invoice.invoice(found, Standing({**ROW, "approved_by": text}, pdf=text), room))
    assert time.perf_counter() - begin < 2
    assert all(line.isprintable() for line in lines)
    assert sum(map(len, lines)) < 40_000
    assert max(map(width, lines)) <= max(room, 80)


def test_very_many_parts_are_counted_and_not_all_shown() -> None:
    xml = build.invoice(
        lines=build.line() * 1500,
        payment_means=build.payment_means() * 60,
        attachments="".join(build.attachment(b"x", f"{number}.txt", "text/plain") for number in range(60)),
        allowance_charges=allowance("true", "1.00", "Transport") * 60,
        note=tag("cbc:Note", "mot") * 60,
    )
    lines = shown(xml)
    assert [line.strip() for line in lines if "more" in line] == [
        *["… and 10 more"],
        "… and 500 more",
        *["… and 10 more"] * 3,
    ]
    assert len(lines) < 1400


def test_a_terminal_gets_no_more_lines_than_a_person_can_look_through(home: Home) -> None:
    desk = Desk(home)
    dossier = open_bakery(desk)
    many = build.invoice(lines=build.line(extra=tag("cbc:Note", "mot " * 200)) * 400)
    desk.deliver(dossier, "purchase_invoice", {"xml": many})
    desk.sync()
    seen = on_terminal(home, "show", 1).splitlines()
    assert len(seen) == 2001
    assert "| less" in seen[-1]
    assert len(home.call("show", 1).stdout.splitlines()) > 4000


def test_control_characters_never_reach_the_terminal(home: Home) -> None:
    desk = Desk(home)
    desk.deliver(open_bakery(desk), "purchase_invoice", {"xml": everywhere().replace(PLACE.encode(), HOSTILE.encode())})
    desk.sync()
    seen = on_terminal(home, "show", 1) + on_terminal(home, "inbox", "0042")
    assert "\\x9b31m\\u202eabc" in seen
    for sign in ("\x9b", "\u202e", "\u200f", "\u2066"):
        assert sign not in seen


# --- how it stands


def test_it_tells_how_the_invoice_stands_and_what_may_pay_it(home: Home) -> None:
    desk = Desk(home)
    open_bakery(desk)
    deliver(desk, invoice(), replace(invoice(), pdf=pdf.write(["another picture"])))
    pay(desk, -121_000, DAY, structured=belgian(DIGITS))
    home.call("approve", "0042", "F1", LOGNAME="els")
    [row] = home.rows("inbox", "0042")
    bank = desk.one("SELECT document_id AS id, iban FROM bank_statements")
    for document, copy in ((1, ()), (2, ("  copy of           document 1",))):
        lines = standing(home.call("show", document).stdout)
        assert lines == [
            *copy,
            f"  inbox             purchases, approved by els, {row['approved_at']}",
            "  PDF               F1.pdf, inside it",
            f"  proposed payment  2026-03-02, -121.00 EUR, statement of {bank['iban']}",
            f"                    (document {bank['id']}): structured reference and amount, confidence",
            "                    0.99",
        ]


def standing(text: str) -> Sequence[Any]:
    """Return the lines that say how an invoice stands: those behind its dialect, before its parties."""
    lines = text.partition("\nsupplier\n")[0].splitlines()
    [dialect] = [count for count, line in enumerate(lines) if line.startswith("  dialect")]
    return lines[dialect + 1 :]


def test_many_proposals_are_counted(home: Home) -> None:
    desk = Desk(home)
    open_bakery(desk)
    deliver(desk, invoice())
    for day in range(7):
        pay(desk, -121_000 - day, DAY + dt.timedelta(days=day), structured=belgian(DIGITS))
    assert "                    … and 2 more\n" in home.call("show", 1).stdout
