"""What the sandbox writes is read back whole: two pieces of code that share no table agree on three dialects."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codasync import ubl
from codasync.sandbox.ubl_writer import BELGIAN_CODES, Dialect, Invoice, Line, Party, write
from codasync.ubl_types import Party as ReadParty

# A busy machine is no finding.
unhurried = settings(deadline=None)

LABELS = {Dialect.EFFF: "e-FFF", Dialect.UBL_BE: "UBL.BE", Dialect.PEPPOL: "Peppol BIS Billing 3.0"}
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20)
DATES = st.dates(date(2010, 1, 1), date(2040, 1, 1))


def belgian(first: int) -> str:
    """Return a Belgian VAT number whose first eight digits are `first`."""
    return f"BE{first:08}{97 - first % 97:02}"


VAT_NUMBERS = st.integers(200_000, 19_999_999).map(belgian)
PARTIES = st.builds(Party, name=NAMES, vat=VAT_NUMBERS, street=NAMES, zip=NAMES, city=NAMES)
AMOUNTS = st.decimals("0.01", 9999, places=2)
LINES = st.builds(
    lambda kind, **facts: Line(category=kind[0], percent=kind[1], **facts),
    kind=st.sampled_from(sorted(BELGIAN_CODES)),
    text=NAMES,
    price=AMOUNTS,
    quantity=AMOUNTS,
)
INVOICES = st.builds(
    Invoice,
    number=NAMES,
    issue_date=DATES,
    supplier=PARTIES,
    customer=PARTIES,
    lines=st.lists(LINES, min_size=1, max_size=6).map(tuple),
    dialect=st.sampled_from(Dialect),
    credit_note=st.booleans(),
    due_date=st.none() | DATES,
    currency=st.sampled_from(["EUR", "USD"]),
    iban=st.sampled_from(["", "BE68539007547034", "NL91ABNA0417164300"]),
    payment_reference=st.sampled_from(["", "+++090/9337/55493+++", "your order"]),
    preceding=st.just("") | NAMES,
    note=st.just("") | NAMES,
    software=NAMES,
    pdf=st.none() | st.binary(max_size=50).map(lambda data: b"%PDF-1.4\n" + data + b"\n%%EOF\n"),
)


def milli(amount: Decimal) -> int:
    return int(amount * 1000)


def has_payment(written: Invoice) -> bool:
    """Tell whether the document can say how to pay: a credit note in UBL 2.0 cannot."""
    return not (written.credit_note and written.dialect == Dialect.EFFF)


@unhurried
@given(INVOICES)
def test_the_header_and_the_totals_are_read_back(written: Invoice) -> None:
    read = ubl.read(write(written))
    assert read.dialect == LABELS[written.dialect]
    assert read.kind == ("credit_note" if written.credit_note else "invoice")
    assert (read.number, read.issue_date, read.currency) == (written.number, written.issue_date, written.currency)
    assert read.notes == ((written.note,) if written.note else ())
    assert [each.number for each in read.preceding_invoices] == ([written.preceding] if written.preceding else [])
    assert (read.net_milli, read.vat_milli) == (milli(written.net), milli(written.vat))
    assert read.gross_milli == read.payable_milli == milli(written.gross)
    assert read.effect_milli == milli(written.gross) * (-1 if written.credit_note else 1)


@unhurried
@given(INVOICES)
def test_the_parties_and_the_payment_are_read_back(written: Invoice) -> None:
    read = ubl.read(write(written))
    for party, expected in ((read.supplier, written.supplier), (read.customer, written.customer)):
        assert essence(party) == (expected.name, expected.vat, expected.vat[2:], expected.street, expected.city)
    paid = has_payment(written)
    assert read.due_date == (written.due_date if paid else None)
    assert read.payment_iban == (written.iban if paid else "")
    assert read.payment_reference == (written.payment_reference if paid else "")


def essence(party: ReadParty) -> tuple[str, str, str, str, str]:
    return party.name, party.vat, party.enterprise_number, party.street, party.city


@unhurried
@given(INVOICES)
def test_the_lines_the_vat_and_the_pdf_are_read_back(written: Invoice) -> None:
    read = ubl.read(write(written))
    assert [(line.name, Decimal(line.quantity), Decimal(line.price), line.net_milli) for line in read.lines] == [
        (line.text, line.quantity, line.price, milli(line.net)) for line in written.lines
    ]
    assert [(line.vat_category, int(line.vat_rate)) for line in read.lines] == [
        (line.category, line.percent) for line in written.lines
    ]
    assert [(row.category, int(row.rate), row.taxable_milli, row.tax_milli) for row in read.vat_breakdown] == [
        (rate.category, rate.percent, milli(rate.base), milli(rate.vat)) for rate in written.rates
    ]
    has_codes = written.dialect != Dialect.PEPPOL
    for row in read.vat_breakdown:
        assert row.belgian_vat_code == (BELGIAN_CODES[row.category, int(row.rate)] if has_codes else "")
    assert (read.pdf.data if read.pdf else None) == written.pdf


@settings(max_examples=80, deadline=None)
@given(INVOICES)
def test_nothing_is_wrong_with_what_the_sandbox_writes(written: Invoice) -> None:
    whole = replace(written, due_date=date(2026, 2, 1), pdf=b"%PDF-1.4 %%EOF")
    assert ubl.read(write(whole)).warnings == ()


@pytest.mark.parametrize("dialect", Dialect)
def test_a_foreign_supplier_is_read_back(dialect: Dialect) -> None:
    abroad = Party("Foreign SE", "FR40303265045", "Rue 1", "75001", "Paris", country="FR")
    at_home = Party("Home BV", belgian(4287594), "Kouter 1", "9000", "Gent")
    line = Line("Goods", Decimal("10.00"), percent=0, category="K")
    written = Invoice(
        "1", date(2026, 1, 1), abroad, at_home, (line,), dialect, due_date=date(2026, 2, 1), pdf=b"%PDF-%%EOF"
    )
    read = ubl.read(write(written))
    assert (read.supplier.vat, read.supplier.enterprise_number) == ("FR40303265045", "")
    assert read.warnings == ()
