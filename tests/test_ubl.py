"""What the UBL reader takes from a document, fact by fact; whole documents are in test_ubl_golden.py."""

import base64
import hashlib
import subprocess
import sys
from datetime import date
from decimal import ROUND_FLOOR, Decimal

import pytest
import ubl_builder as build
from hypothesis import given, settings
from hypothesis import strategies as st
from ubl_builder import money, tag

from codasync import ubl
from codasync.errors import UblError
from codasync.ubl_types import Attachment, Invoice, InvoiceLine

# A busy machine is no finding.
unhurried = settings(deadline=None)


def codes(invoice: Invoice) -> list[str]:
    return [warning.code for warning in invoice.warnings]


def test_the_value_types_can_be_known_without_loading_the_parser() -> None:
    script = "import sys, codasync.ubl_types; sys.exit('lxml' in str(sorted(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_an_ordinary_invoice_has_no_warnings() -> None:
    assert ubl.read(build.invoice(attachments=build.attachment())).warnings == ()
    assert ubl.read(build.credit_note(attachments=build.attachment())).warnings == ()


@pytest.mark.parametrize(
    ("part", "second", "values"),
    [
        ("number", tag("cbc:ID", "OTHER"), ("'2026-0001'", "'OTHER'")),
        ("issue_date", tag("cbc:IssueDate", "2020-01-01"), ("'2026-01-05'", "'2020-01-01'")),
        ("currency", tag("cbc:DocumentCurrencyCode", "USD"), ("'EUR'", "'USD'")),
        ("totals", build.totals(payable="99999.00"), ("'121.00'", "'99999.00'")),
        ("supplier", tag("cac:AccountingSupplierParty", build.party("Evil BV", "0403170701")), ()),
        ("customer", tag("cac:AccountingCustomerParty", build.party("Evil BV", "0403170701")), ()),
    ],
)
def test_what_stands_twice_and_may_stand_once_is_for_a_person_to_look_at(
    part: str, second: str, values: tuple[str, ...]
) -> None:
    twice = ubl.read(build.invoice(**{part: build.PARTS[part] + "\n" + second}))
    found = [warning for warning in twice.warnings if warning.code == "repeated"]
    assert found
    assert all(warning.line for warning in found)
    assert all(any(value in warning.text for warning in found) for value in values)
    assert ubl.read(build.invoice(**{part: build.PARTS[part] + tag(second[1 : second.index(">")])})).warnings == ()


def test_an_amount_to_pay_that_stands_twice_is_for_a_person_to_look_at() -> None:
    [warning] = ubl.read(build.invoice(totals=build.totals(extra=money("cbc:PayableAmount", "1.00")))).warnings[:1]
    assert (warning.code, "'1.00' is read, '121.00' is not" in warning.text) == ("repeated", True)


# Dialects


@pytest.mark.parametrize(
    ("customization", "profile", "label"),
    [
        ("1.0", "FFF.BE ExactOnline", "e-FFF"),
        ("1.0", "FFF.BE", "e-FFF"),
        ("1.0", "E-FFF.BE BILLIT.BE", "e-FFF"),
        ("", "EFFF.BE Odoo 8", "e-FFF"),
        ("1.0", "e-fff", "e-FFF"),
        ("urn:cen.eu:en16931:2017#conformant#urn:UBL.BE:1.0.0.20180214", "E-FFF.BE Winbooks", "UBL.BE"),
        ("urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0", "", "Peppol BIS Billing 3.0"),
        (
            "urn:cen.eu:en16931:2017#conformant#urn:fdc:peppol.eu:2017:poacc:billing:international:aunz:3.0",
            "",
            "EN 16931",
        ),
        ("urn:cen.eu:en16931:2017#conformant#urn:fdc:peppol.eu:2017:poacc:billing:3.0#more", "", "EN 16931"),
        (
            "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:selfbilling:3.0",
            "",
            "Peppol self-billing 3.0",
        ),
        ("urn:peppol:pint:billing-1@my-1", "", "Peppol PINT"),
        ("urn:cen.eu:en16931:2017", "", "EN 16931"),
        ("urn:www.cenbii.eu:transaction:biitrns010:ver2.0", "", "UBL 2"),
        ("", "buffff", "UBL 2"),
    ],
)
def test_the_dialect_is_a_label(customization: str, profile: str, label: str) -> None:
    parts = {
        "customization": tag("cbc:CustomizationID", f" {customization} "),
        "profile": tag("cbc:ProfileID", profile),
    }
    assert ubl.read(build.invoice(**parts)).dialect == label


# Amounts


@unhurried
@given(st.integers(-(10**15) + 1, 10**15 - 1), st.sampled_from(["", "0", "00000"]))
def test_an_amount_is_kept_exactly_in_thousandths(milli: int, noughts: str) -> None:
    text = f"{'-' if milli < 0 else ''}{abs(milli) // 1000}.{abs(milli) % 1000:03}{noughts}"
    invoice = ubl.read(build.invoice(totals=build.totals(payable=text)))
    assert invoice.payable_milli == milli
    assert invoice.inexact_amounts == ()


@unhurried
@given(st.decimals(-1000, 1000, places=6))
def test_what_is_finer_than_a_thousandth_is_rounded_half_up_and_said_so(amount: Decimal) -> None:
    invoice = ubl.read(build.invoice(totals=build.totals(payable=f"{amount:f}")))
    expected = (amount * 1000 + Decimal("0.5")).to_integral_value(ROUND_FLOOR)
    assert invoice.payable_milli == expected
    is_exact = amount * 1000 == expected
    assert ("inexact_amount" in codes(invoice)) is not is_exact
    assert [each.text for each in invoice.inexact_amounts] == ([] if is_exact else [f"{amount:f}"])


@pytest.mark.parametrize(
    ("text", "milli"),
    [("0.0005", 1), ("-0.0005", 0), ("-0.00051", -1), ("0.00049", 0), ("1.9995", 2000), ("-1.9995", -1999)],
)
def test_halves_of_a_thousandth_go_towards_plus_infinity(text: str, milli: int) -> None:
    assert ubl.read(build.invoice(totals=build.totals(payable=text))).payable_milli == milli


@pytest.mark.parametrize(("text", "milli"), [("+5", 5000), (".5", 500), ("5.", 5000), (" 5.0\n", 5000), ("-0", 0)])
def test_every_way_to_write_a_decimal_is_taken(text: str, milli: int) -> None:
    assert ubl.read(build.invoice(totals=build.totals(payable=text))).payable_milli == milli


def test_an_absent_or_empty_amount_is_unknown_not_nought() -> None:
    invoice = ubl.read(build.invoice(totals=build.totals(payable="")))
    assert (invoice.payable_milli, invoice.effect_milli, invoice.prepaid_milli) == (None, None, None)
    assert "BR-15" in codes(invoice)


def test_prices_and_quantities_keep_their_own_decimals() -> None:
    line = build.line(quantity="3.000000", price="33.33333333", net="100.00")
    (read,) = ubl.read(build.invoice(lines=line)).lines
    assert (read.quantity, read.price, read.net_milli) == ("3.000000", "33.33333333", 100_000)


def test_vat_counts_in_whatever_currency_when_the_document_names_none() -> None:
    totals = build.totals().replace(' currencyID="EUR"', "")
    invoice = ubl.read(build.invoice(currency="", totals=totals))
    assert (invoice.vat_milli, invoice.currency) == (21_000, "")
    assert "BR-05" in codes(invoice)


# Signs

ROOTS = ["Invoice", "CreditNote", "SelfBilledInvoice", "SelfBilledCreditNote"]


@pytest.mark.parametrize("root", ROOTS)
@pytest.mark.parametrize("code", ["", "380", "381", "261", "396"])
@pytest.mark.parametrize("payable", ["121.00", "0.00"])
def test_what_is_owed_is_positive_for_an_invoice_and_negative_for_a_credit(root: str, code: str, payable: str) -> None:
    kind = "cbc:CreditNoteTypeCode" if "Credit" in root else "cbc:InvoiceTypeCode"
    document = build.document(root=root, type=tag(kind, code), totals=build.totals(payable=payable))
    invoice = ubl.read(document.encode())
    is_credit = "Credit" in root or code in {"381", "261", "396"}
    assert invoice.kind == ("credit_note" if is_credit else "invoice")
    assert invoice.effect_milli == (-1 if is_credit else 1) * int(Decimal(payable) * 1000)


@pytest.mark.parametrize("code", ["", "380", "381"])
def test_a_negative_credit_note_is_always_flagged(code: str) -> None:
    note = build.credit_note(type=tag("cbc:CreditNoteTypeCode", code), totals=build.totals(payable="-121.00"))
    invoice = ubl.read(note)
    assert (invoice.kind, invoice.payable_milli, invoice.effect_milli) == ("credit_note", -121_000, 121_000)
    assert "negative_credit_note" in codes(invoice)


# Parties


def supplier(content: str) -> str:
    return tag("cac:AccountingSupplierParty", tag("cac:Party", content))


def registered(number: str, scheme: str = "VAT", country: str = "") -> str:
    home = tag("cac:PostalAddress", tag("cac:Country", tag("cbc:IdentificationCode", country))) if country else ""
    kind = tag("cac:TaxScheme", tag("cbc:ID", scheme)) if scheme else ""
    return home + tag("cac:PartyTaxScheme", tag("cbc:CompanyID", number) + kind)


@pytest.mark.parametrize(
    ("text", "country", "vat", "enterprise"),
    [
        ("BE0428759497", "BE", "BE0428759497", "0428759497"),
        ("BE0428.759.497", "BE", "BE0428759497", "0428759497"),
        ("BE 428.759.497", "BE", "BE0428759497", "0428759497"),
        ("0428 759 497", "BE", "BE0428759497", "0428759497"),
        ("0428 759 497", "", "BE0428759497", "0428759497"),
        ("(0)428759497", "BE", "BE0428759497", "0428759497"),
        ("BTW BE 0428.759.497 RPR Gent", "BE", "BE0428759497", "0428759497"),
        ("TVA: be 0428/759/497", "BE", "BE0428759497", "0428759497"),
        ("BE1000000021", "BE", "BE1000000021", "1000000021"),
        ("BE0000000196", "BE", "BE0000000196", "0000000196"),
        ("BE0428759498", "BE", "BE0428759498", ""),
        ("FR40303265045", "FR", "FR40303265045", ""),
        ("40303265045", "FR", "FR40303265045", ""),
        ("EL094259216", "GR", "EL094259216", ""),
        ("GB123456789", "GB", "GB123456789", ""),
        ("303265045", "FR", "303265045", ""),
        ("niet van toepassing", "BE", "", ""),
    ],
)
def test_a_vat_number_is_written_in_one_way(text: str, country: str, vat: str, enterprise: str) -> None:
    party = ubl.read(build.invoice(supplier=supplier(registered(text, country=country)))).supplier
    assert (party.vat, party.enterprise_number) == (vat, enterprise)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("BE0428759497", []),
        ("BE0428759498", ["vat_check"]),
        ("NL123456789B01", ["vat_check"]),
        ("0428759497", ["BR-CO-09"]),
        ("GB123456789", []),
    ],
)
def test_a_doubtful_vat_number_is_a_warning(text: str, expected: list[str]) -> None:
    invoice = ubl.read(build.invoice(supplier=supplier(registered(text))))
    assert [code for code in codes(invoice) if code in {"vat_check", "BR-CO-09"}] == expected


IDENTIFIED = "cac:PartyIdentification"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (tag("cac:PartyLegalEntity", tag("cbc:CompanyID", "0428759497", schemeID="0208")), ("", "0428759497")),
        (tag("cac:PartyLegalEntity", tag("cbc:CompanyID", "428.759.497")), ("", "0428759497")),
        (tag("cbc:EndpointID", "0428759497", schemeID="0208"), ("", "0428759497")),
        (tag("cbc:EndpointID", "BE0428759497", schemeID="9925"), ("BE0428759497", "0428759497")),
        (tag("cbc:EndpointID", "0428759497", schemeID="9956"), ("", "0428759497")),
        (tag("cbc:EndpointID", "BE0428759497", schemeID="GLN"), ("BE0428759497", "0428759497")),
        (tag(IDENTIFIED, tag("cbc:ID", "428759497", schemeAgencyName="KBO")), ("", "0428759497")),
        (tag(IDENTIFIED, tag("cbc:ID", "428.759.497", schemeAgencyID="BE")), ("", "0428759497")),
        (tag(IDENTIFIED, tag("cbc:ID", "BE0428759497")), ("BE0428759497", "0428759497")),
        (registered("BE0428759497", scheme=""), ("BE0428759497", "0428759497")),
        # Numbers that pass the Belgian check by chance: a foreign register, a customer's number, a GLN.
        (tag(IDENTIFIED, tag("cbc:ID", "428759497")), ("", "")),
        (tag("cac:PartyLegalEntity", tag("cbc:CompanyID", "428759497", schemeID="0002")), ("", "")),
        (tag("cbc:EndpointID", "0428759497", schemeID="0088"), ("", "")),
        # A SEPA creditor identifier does not identify a party.
        (tag(IDENTIFIED, tag("cbc:ID", "BE69ZZZ0428759497", schemeID="SEPA")), ("", "")),
    ],
)
def test_a_party_is_identified_wherever_its_number_stands(content: str, expected: tuple[str, str]) -> None:
    party = ubl.read(build.invoice(supplier=supplier(content))).supplier
    assert (party.vat, party.enterprise_number) == expected


def test_the_legal_name_comes_before_the_trading_name() -> None:
    trading = tag("cac:PartyName", tag("cbc:Name", "Shop"))
    legal = tag("cac:PartyLegalEntity", tag("cbc:RegistrationName", "Shop BV"))
    assert ubl.read(build.invoice(supplier=supplier(trading))).supplier.name == "Shop"
    assert ubl.read(build.invoice(supplier=supplier(trading + legal))).supplier.name == "Shop BV"


# Payment


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("+++090/9337/55493+++", "+++090/9337/55493+++"),
        ("***090/9337/55493***", "+++090/9337/55493+++"),
        ("090/9337/55493", "+++090/9337/55493+++"),
        ("090933755493", "+++090/9337/55493+++"),
        ("Mededeling: +++090/9337/55493+++", "+++090/9337/55493+++"),
        ("090933755494", "090933755494"),
        ("000000000000", "000000000000"),
        ("order 090933755493", "order 090933755493"),
        ("RF18539007547034", "RF18539007547034"),
        ("rf18 5390 0754 7034", "RF18539007547034"),
        ("Reference: RF18 5390 0754 7034 please", "RF18539007547034"),
        ("RF19 5390 0754 7034", "RF19 5390 0754 7034"),
    ],
)
@pytest.mark.parametrize("element", ["cbc:PaymentID", "cbc:InstructionID"])
def test_a_structured_communication_is_written_in_one_way(element: str, text: str, reference: str) -> None:
    means = tag("cac:PaymentMeans", tag("cbc:PaymentMeansCode", "1") + tag(element, text))
    assert ubl.read(build.invoice(payment_means=means)).payment_reference == reference


@pytest.mark.parametrize(
    ("account", "iban"),
    [
        ("BE68539007547034", "BE68539007547034"),
        ("be68 5390 0754 7034", "BE68539007547034"),
        ("IBAN BE68 5390 0754 7034", "BE68539007547034"),
        ("NL91ABNA0417164300", "NL91ABNA0417164300"),
        ("BE69539007547034", ""),
        ("123456", ""),
        ("", ""),
    ],
)
def test_the_account_to_pay_to_is_an_iban_with_right_check_digits(account: str, iban: str) -> None:
    invoice = ubl.read(build.invoice(payment_means=build.payment_means(account)))
    assert (invoice.payment_iban, invoice.payment_means[0].account) == (iban, account)


def test_the_iban_counts_whatever_the_payment_code() -> None:
    means = build.payment_means().replace(">30<", "> 1 <")
    invoice = ubl.read(build.invoice(payment_means=means))
    assert (invoice.payment_means[0].code, invoice.payment_iban) == ("1", "BE68539007547034")


def test_a_discount_of_nothing_is_none_and_its_date_the_due_date() -> None:
    terms = tag("cbc:SettlementDiscountPercent", "0.00") + tag("cbc:PaymentDueDate", "2026-03-01")
    invoice = ubl.read(build.invoice(due_date="", payment_terms=tag("cac:PaymentTerms", terms)))
    assert (invoice.cash_discount, invoice.due_date) == (None, date(2026, 3, 1))


@pytest.mark.parametrize("zone", ["", "Z", "+01:00", "-11:00"])
def test_a_date_means_the_day_it_writes_whatever_its_zone(zone: str) -> None:
    invoice = ubl.read(build.invoice(issue_date=tag("cbc:IssueDate", f"2026-01-05{zone}")))
    assert (invoice.issue_date, invoice.warnings) == (date(2026, 1, 5), ())


@pytest.mark.parametrize("text", ["2026-02-30", "20260105", "2026-1-5", "05/01/2026", "\u0662026-01-05", "0001-01-01"])
def test_what_is_no_date_is_left_out_with_a_warning(text: str) -> None:
    invoice = ubl.read(build.invoice(due_date=tag("cbc:DueDate", text)))
    assert invoice.due_date is None
    assert "date" in codes(invoice)


# Arithmetic: the tolerances, to the cent on both sides


@pytest.mark.parametrize(
    ("total", "code"),
    [("300.00", ""), ("300.03", "BR-CO-10-rounding"), ("299.97", "BR-CO-10-rounding"), ("300.04", "BR-CO-10")],
)
def test_a_cent_a_line_is_rounding_and_more_is_not(total: str, code: str) -> None:
    lines = "".join(build.line(number) for number in range(3))
    totals = build.totals("300.00", "363.00", "363.00").replace("300.00", total, 1)
    invoice = ubl.read(build.invoice(lines=lines, totals=totals, tax=build.tax_total("300.00", "63.00")))
    assert [each for each in codes(invoice) if each.startswith("BR-CO-10")] == ([code] if code else [])


@pytest.mark.parametrize(
    ("tax", "code"),
    [("21.01", ""), ("21.02", "BR-CO-17-rounding"), ("21.99", "BR-CO-17-rounding"), ("22.00", "BR-CO-17")],
)
def test_vat_may_be_a_cent_a_line_beside_its_rate_and_never_a_unit(tax: str, code: str) -> None:
    invoice = ubl.read(build.invoice(tax=build.tax_total(tax=tax)))
    assert [each for each in codes(invoice) if each.startswith("BR-CO-17")] == ([code] if code else [])


@pytest.mark.parametrize(("net", "is_wrong"), [("100.02", False), ("99.98", False), ("100.03", True), ("99.97", True)])
def test_a_line_may_be_two_cents_beside_quantity_times_price(net: str, is_wrong: bool) -> None:
    invoice = ubl.read(build.invoice(lines=build.line(net=net)))
    assert ("PEPPOL-EN16931-R120" in codes(invoice)) is is_wrong


@pytest.mark.parametrize(("base", "is_wrong"), [("100.99", False), ("101.00", True), ("99.01", False), ("99.00", True)])
def test_the_base_of_a_rate_may_be_less_than_a_unit_beside_its_lines(base: str, is_wrong: bool) -> None:
    assert ("BR-S-08" in codes(ubl.read(build.invoice(tax=build.tax_total(base=base))))) is is_wrong


def test_a_cash_discount_may_lower_the_base_without_a_line_that_shows_it() -> None:
    terms = tag("cac:PaymentTerms", tag("cbc:SettlementDiscountPercent", "2"))
    tax = build.tax_total("98.00", "20.58", belgian="03")
    assert "BR-S-08" in codes(ubl.read(build.invoice(tax=tax)))
    assert "BR-S-08" not in codes(ubl.read(build.invoice(tax=tax, payment_terms=terms)))


def test_sums_are_compared_after_rounding_halves_towards_plus_infinity() -> None:
    # -0.125 rounds to -0.12, and not away from zero to -0.13.
    totals = build.totals("-0.12", "-0.12", "-0.12")
    line = build.line(quantity="-1", price="0.125", net="-0.125")
    invoice = ubl.read(build.invoice(lines=line, totals=totals, tax=build.tax_total("-0.12", "0.00", 0)))
    assert not {"BR-CO-10", "BR-CO-10-rounding"} & set(codes(invoice))


def test_the_price_is_that_of_the_base_quantity() -> None:
    line = build.line(quantity="5000", price="20.00", net="100.00", price_extra=tag("cbc:BaseQuantity", "1000"))
    invoice = ubl.read(build.invoice(lines=line))
    assert (invoice.lines[0].base_quantity, invoice.warnings) == ("1000", ())


def test_reverse_charge_with_a_rate_beside_it_means_no_vat() -> None:
    tax = build.tax_total(tax="0.00").replace(">S<", ">AE<")
    line = build.line().replace(">S<", ">AE<")
    invoice = ubl.read(build.invoice(tax=tax, lines=line, totals=build.totals(gross="100.00", payable="100.00")))
    assert invoice.warnings == ()


def test_of_many_equal_warnings_twenty_are_kept_and_the_rest_counted() -> None:
    lines = "\n".join(build.line(number, net="1.00") for number in range(50))
    found = [each for each in ubl.read(build.invoice(lines=lines)).warnings if each.code == "PEPPOL-EN16931-R120"]
    assert len(found) == 21
    assert found[-1].text == "and 30 more of these"


# Lines


def test_a_line_without_a_name_is_named_by_its_description() -> None:
    item = tag("cbc:Description", "Paper A4\nwhite") + tag("cbc:Name")
    (line,) = ubl.read(build.invoice(lines=build.line(item=item))).lines
    assert (line.name, line.description) == ("Paper A4 white", "Paper A4\nwhite")


@unhurried
@given(st.lists(st.tuples(st.integers(1, 10**6), st.integers(1, 10**6)), max_size=8))
def test_every_line_is_read_back_in_order(amounts: list[tuple[int, int]]) -> None:
    written = [(str(quantity), f"{price / 100:.2f}", quantity * price * 10) for quantity, price in amounts]
    lines = [build.line(1, quantity, price, f"{net / 1000:.2f}") for quantity, price, net in written]
    invoice = ubl.read(build.invoice(lines="\n".join(lines)))
    assert [(line.quantity, line.price, line.net_milli) for line in invoice.lines] == written
    assert not [code for code in codes(invoice) if code.startswith("PEPPOL")]


def test_a_line_says_where_in_the_file_it_begins() -> None:
    document = build.invoice(lines="\n\n".join([build.line(1), build.line(2)]))
    first, second = (line.source_line for line in ubl.read(document).lines)
    assert document.split(b"\n")[first - 1].startswith(b"<cac:InvoiceLine>")
    assert second == first + 2


# Text

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="<>&\ufffe\uffff"))


@unhurried
@given(TEXT)
def test_text_is_read_back_on_one_line(text: str) -> None:
    invoice = ubl.read(
        build.invoice(note=tag("cbc:Note", text), supplier=supplier(tag("cac:PartyName", tag("cbc:Name", text))))
    )
    assert invoice.supplier.name == " ".join(text.split())
    assert invoice.notes == ((text.strip(),) if text.strip() else ())


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_every_unicode_encoding_is_read(codec: str) -> None:
    text = build.document(number=tag("cbc:ID", "F\u00e9 \u20ac"))
    assert ubl.read(text.encode(codec)).number == "F\u00e9 \u20ac"


@pytest.mark.parametrize("codec", ["iso-8859-1", "ISO-8859-15", "Windows-1252", "us-ascii"])
def test_a_declared_encoding_is_read_by_its_declaration(codec: str) -> None:
    text = "F1" if codec == "us-ascii" else "F\u00e9"
    document = f'<?xml version="1.0" encoding="{codec}"?>\n' + build.document(number=tag("cbc:ID", text))
    assert ubl.read(document.encode(codec)).number == text


def test_a_byte_order_mark_counts_more_than_the_declaration() -> None:
    document = '<?xml version="1.0" encoding="UTF-8"?>' + build.document()
    assert ubl.read(document.encode("utf-16")).number == "2026-0001"


# Attachments


def only(invoice: Invoice) -> Attachment:
    (attachment,) = invoice.attachments
    return attachment


def test_an_attachment_of_more_than_ten_megabytes_is_kept_byte_for_byte() -> None:
    data = b"%PDF-1.7\n" + bytes(range(256)) * 45_000
    attachment = only(ubl.read(build.invoice(attachments=build.attachment(data))))
    assert attachment.data == data
    assert (attachment.size, attachment.sha256) == (len(data), hashlib.sha256(data).hexdigest())


@unhurried
@given(st.binary(min_size=1, max_size=200), st.integers(1, 76))
def test_white_space_within_base64_is_no_part_of_the_file(data: bytes, width: int) -> None:
    text = base64.b64encode(data).decode()
    broken = "\r\n\t ".join(text[start : start + width] for start in range(0, len(text), width))
    invoice = ubl.read(build.invoice(attachments=build.attachment(f"\n {broken} \n", mime="image/png")))
    assert (only(invoice).data, invoice.warnings) == (data, ())


def test_padding_that_lacks_is_a_warning_because_nothing_is_lost() -> None:
    text = base64.b64encode(build.PDF).decode().rstrip("=")
    invoice = ubl.read(build.invoice(attachments=build.attachment(text)))
    assert only(invoice).data == build.PDF
    assert codes(invoice) == ["base64_padding"]


@pytest.mark.parametrize(
    ("stated", "mime", "name"),
    [
        ("invoice.pdf", "application/pdf", "invoice.pdf"),
        ("C:\\Users\\an\\factuur 12.pdf", "application/pdf", "factuur 12.pdf"),
        ("/home/an/factuur.pdf", "application/pdf", "factuur.pdf"),
        ("../../etc/passwd", "text/plain", "passwd"),
        ("..", "application/pdf", "attachment-1.pdf"),
        ("", "application/pdf", "1.pdf"),
        ("a/b\\", "image/png", "attachment-1.png"),
        ("efff_BE0428759497_Inv_1.xml", "application/pdf", "efff_BE0428759497_Inv_1.pdf"),
        ("Invoice 2026.001", "application/pdf", "Invoice 2026.001.pdf"),
        ("INVOICE.PDF", "application/pdf", "INVOICE.PDF"),
        ("hours.csv", "application/octet-stream", "hours.csv"),
        ("a\u202efdp.exe", "application/pdf", "afdp.exe.pdf"),
        ("a&#10;b.pdf", "application/pdf", "ab.pdf"),
        ("con:tract?.pdf", "application/pdf", "con_tract_.pdf"),
        (".bashrc", "text/csv", "bashrc.csv"),
    ],
)
def test_the_name_of_a_file_is_safe_to_use(stated: str, mime: str, name: str) -> None:
    data = build.PDF if mime == "application/pdf" else b"data"
    assert only(ubl.read(build.invoice(attachments=build.attachment(data, name=stated, mime=mime)))).file_name == name


@unhurried
@given(TEXT)
def test_no_name_of_a_file_leaves_its_folder_or_is_too_long(text: str) -> None:
    name = only(ubl.read(build.invoice(attachments=build.attachment(name=text.replace('"', "'"))))).file_name
    assert name.lower().endswith(".pdf")
    assert not set(name) & set("/\\\0\n\r")
    assert len(name.encode()) <= 255
    assert not name.startswith(".")


def test_a_pdf_is_one_by_its_content_not_by_its_type() -> None:
    first = build.attachment(b"<html>sign in</html>", name="a.pdf")
    second = build.attachment(mime="application/octet-stream", name="b.pdf")
    invoice = ubl.read(build.invoice(attachments=first + second))
    assert [each.is_invoice_pdf for each in invoice.attachments] == [False, True]
    assert invoice.pdf is invoice.attachments[1]
    assert codes(invoice) == ["not_a_pdf"]


WHOLE, CUT_OFF = build.PDF, build.PDF.removesuffix(b"%%EOF\n")
PAGE = b"<html><script>1</script> %PDF-1.4 %%EOF</html>"


@pytest.mark.parametrize(
    ("data", "mime", "is_pdf"),
    [
        (WHOLE, "application/pdf", True),
        (WHOLE, "Application/PDF; name=x.pdf", True),
        (WHOLE, "application/octet-stream", True),
        (WHOLE, "", True),
        (b"\xef\xbb\xbf\r\n " + WHOLE, "application/pdf", True),
        (WHOLE + bytes(5_000) + b"\r\n", "application/pdf", True),
        (WHOLE, "text/html", False),
        (WHOLE, "image/png", False),
        (PAGE, "text/html", False),
        (PAGE, "application/pdf", False),
        (b"x" + WHOLE, "application/pdf", False),
        (CUT_OFF, "application/pdf", False),
        (WHOLE + b"x" * 5_000, "application/pdf", False),
    ],
)
def test_a_pdf_is_one_by_its_beginning_its_end_and_its_stated_type(data: bytes, mime: str, is_pdf: bool) -> None:
    invoice = ubl.read(build.invoice(attachments=build.attachment(data, mime=mime)))
    assert only(invoice).is_invoice_pdf is is_pdf
    assert only(invoice).mime_type == mime.lower(), "the type is kept as it is stated"
    assert ("not_a_pdf" in codes(invoice)) is (mime == "application/pdf" and not is_pdf)


@pytest.mark.parametrize("mark", ["cbc:DocumentType", "cbc:DocumentDescription"])
@pytest.mark.parametrize("text", ["CommercialInvoice", "CreditNote", "Commercial Invoice"])
def test_the_pdf_that_is_marked_as_the_invoice_is_its_own(mark: str, text: str) -> None:
    first, second = build.attachment(name="annex.pdf"), build.attachment(extra=tag(mark, text))
    invoice = ubl.read(build.invoice(attachments=first + second))
    assert [each.is_invoice_pdf for each in invoice.attachments] == [False, True]


@pytest.mark.parametrize(
    "parts",
    [
        {"references": build.attachment(reference="cac:ContractDocumentReference")},
        {"lines": build.line(extra=build.attachment(reference="cac:DocumentReference"))},
    ],
)
def test_the_pdf_of_a_contract_or_a_line_is_not_the_invoices_own(parts: dict[str, str]) -> None:
    invoice = ubl.read(build.invoice(**parts))
    assert (only(invoice).data, invoice.pdf) == (build.PDF, None)
    with_own = ubl.read(build.invoice(attachments=build.attachment(name="own.pdf"), **parts))
    assert with_own.pdf is not None
    assert with_own.pdf.file_name == "own.pdf"


def test_an_invoice_without_a_pdf_has_none() -> None:
    assert ubl.read(build.invoice()).pdf is None


# Value types


def test_an_invoice_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        InvoiceLine().id = "1"  # type: ignore[misc]


@pytest.mark.parametrize("number", ["2026/001", "F 2026  1", "\u00c9-1", "x" * 200])
def test_a_number_is_free_text_with_its_white_space_collapsed(number: str) -> None:
    assert ubl.read(build.invoice(number=tag("cbc:ID", number))).number == " ".join(number.split())


def test_without_a_number_there_is_no_invoice() -> None:
    with pytest.raises(UblError) as refused:
        ubl.read(build.invoice(number=""))
    assert refused.value.kind == "number"


def test_the_amount_to_pay_in_another_currency_is_remarked() -> None:
    totals = build.totals().replace(money("cbc:PayableAmount", "121.00"), money("cbc:PayableAmount", "121.00", "USD"))
    invoice = ubl.read(build.invoice(totals=totals))
    assert (invoice.currency, codes(invoice)) == ("EUR", ["PEPPOL-EN16931-R051"])


def test_very_many_attachments_in_one_reference_are_read_in_linear_time() -> None:
    many = "<cac:Attachment/>" * 20_000
    data = build.invoice(references=f"<cac:AdditionalDocumentReference>{many}</cac:AdditionalDocumentReference>")
    assert ubl.read(data).attachments == ()
