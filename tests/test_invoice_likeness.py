"""Which two deliveries are one invoice, which contradict each other, and whether the dossier stands in its place."""

import json
import sqlite3
from contextlib import closing

import pytest
import ubl_builder as build
from desk import Desk
from support import Home
from ubl_builder import tag

from codasync.sandbox import Dossier
from codasync.ubl_names import same_name

E_FFF = {"customization": tag("cbc:CustomizationID", "1.0"), "profile": tag("cbc:ProfileID", "E-FFF.BE X")}
NAME = "Dossier 0042"
OURS, THEIRS = "0403170701", "0428759497"


@pytest.fixture
def desk(home: Home) -> Desk:
    return Desk(home)


@pytest.fixture
def dossier(desk: Desk) -> Dossier:
    dossier = desk.dossier("0042")
    dossier.enterprise_number = f"BE{OURS}"
    return dossier


def party(name: str = "", vat: str = "", enterprise: str = "", trading: str = "") -> str:
    """Return a party that states what is given, and nothing else."""
    parts = tag("cac:PartyName", tag("cbc:Name", trading)) if trading else ""
    if vat:
        registration = tag("cbc:CompanyID", vat) + tag("cac:TaxScheme", tag("cbc:ID", "VAT"))
        parts += tag("cac:PartyTaxScheme", registration)
    legal = tag("cbc:RegistrationName", name) if name else ""
    legal += tag("cbc:CompanyID", enterprise, schemeID="0208") if enterprise else ""
    return tag("cac:Party", parts + (tag("cac:PartyLegalEntity", legal) if legal else ""))


def from_(**facts: str) -> str:
    return tag("cac:AccountingSupplierParty", party(**facts))


def to(**facts: str) -> str:
    return tag("cac:AccountingCustomerParty", party(**facts))


def receive(desk: Desk, *documents: bytes, model: str = "purchase_invoice") -> list[list[str]]:
    """Have documents delivered one after the other; return the flags of what stands in the inboxes."""
    for number, xml in enumerate(documents):
        desk.box.deliver("0042", model, {"xml": xml}, {"n": number})
    desk.sync(refresh=True)
    return [json.loads(row["flags"]) for row in desk.query("SELECT flags FROM invoices ORDER BY id")]


# --- suppliers


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": "Alfa", "vat": f"BE{THEIRS}"}, {"name": "Alfa"}),
        ({"name": "Alfa", "vat": f"BE{THEIRS}"}, {"name": "Alfa", "enterprise": THEIRS}),
        ({"name": "Alfa", "vat": f"BE {THEIRS}"}, {"name": "Kantoor Alfa Gent", "vat": "BE 0428.759.497"}),
        ({"name": "Alfa", "enterprise": THEIRS}, {"trading": "ALFA S.R.L."}),
        ({"name": "Boekhoudkantoor Alfa BV"}, {"name": "BV BOEKHOUDKANTOOR ALFA"}),
        ({"name": "Électricité Boréale", "vat": "FR40303265045"}, {"name": "ELECTRICITE BOREALE SARL"}),
        ({"name": "Alfa", "vat": "BE0428759498"}, {"name": "Alfa BV", "vat": f"BE{THEIRS}"}),
        ({"name": "Alfa", "vat": "GB123456789"}, {"name": "Alfa Ltd", "vat": "GB123456789"}),
    ],
)
def test_a_supplier_is_the_same_by_its_number_or_by_name_where_one_document_states_none(
    desk: Desk, dossier: Dossier, one: dict[str, str], other: dict[str, str]
) -> None:
    assert len(receive(desk, *(build.invoice(supplier=from_(**each)) for each in (one, other)))) == 1
    assert desk.home.states()["duplicate"] == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": "Alfa", "vat": f"BE{THEIRS}"}, {"name": "Alfa", "enterprise": "0000000196"}),
        ({"name": "Alfa", "vat": "FR40303265045"}, {"name": "Alfa", "vat": f"BE{THEIRS}"}),
        ({"name": "Alfa", "vat": f"BE{THEIRS}"}, {"name": "Beta"}),
        ({"name": "Alfa BV"}, {"name": "Alfa NV"}),
        ({"name": "Alfa"}, {}),
    ],
)
def test_invoices_of_two_suppliers_are_two_and_contradict_nothing(
    desk: Desk, dossier: Dossier, one: dict[str, str], other: dict[str, str]
) -> None:
    found = receive(desk, *(build.invoice(supplier=from_(**each)) for each in (one, other)))
    assert len(found) == 2
    assert not [flags for flags in found if "same_number" in flags]


NAMES = {
    "Moulins du Sud SRL": [
        "MOULINS DU SUD",
        "s.r.l. Moulins du Sud",
        "Moulins du Sud (BVBA)",
        "Moulins-du-Sud S P R L",
    ],
    "Jan Peeters": ["PEETERS Jan", "Peeters, Jan"],
    "Dupont & Fils": ["Dupont et Fils", "DUPONT EN FILS NV"],
    "L'Œuvre d\u2019Été ASBL": ["LOEUVRE DETE", "l'oeuvre d'ete vzw"],
}


@pytest.mark.parametrize(("name", "other"), [(name, other) for name, others in NAMES.items() for other in others])
def test_a_name_is_the_same_however_it_is_spelled(name: str, other: str) -> None:
    assert same_name(name, other)
    assert same_name(other, name)


@pytest.mark.parametrize(
    ("name", "other"),
    [("Alfa", "Alfa Gent"), ("Alfa BV", "Alfa NV"), ("BV", "SRL"), ("", ""), ("-", "."), ("Alfa", "")],
)
def test_other_names_are_not_the_same_and_no_name_is_no_name(name: str, other: str) -> None:
    assert not same_name(name, other)


# --- VAT


def taxed(category: str, rate: str, belgian: str = "", *, base: str = "100.00", tax: str = "0.00") -> dict[str, str]:
    """Return the VAT of an invoice of one row."""
    row = build.money("cbc:TaxableAmount", base) + build.money("cbc:TaxAmount", tax)
    row += build.vat_category(code=category, rate=rate, belgian=belgian)
    gross = "121.00" if tax == "21.00" else "100.00"
    total = tag("cac:TaxTotal", build.money("cbc:TaxAmount", tax) + tag("cac:TaxSubtotal", row))
    return {"tax": total, "totals": build.totals(gross=gross, payable=gross)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (taxed("AE", "0"), taxed("K", "0")),
        (taxed("AE", "0", "45") | E_FFF, taxed("K", "0")),
        (taxed("AE", "0", "46/GO") | E_FFF, taxed("AE", "0")),
        (taxed("E", "0"), taxed("G", "0")),
        (taxed("Z", "0"), taxed("E", "0")),
        (taxed("S", "21", tax="21.00"), taxed("S", "6", tax="21.00")),
    ],
)
def test_invoices_that_differ_in_their_vat_alone_are_two_and_both_say_so(
    desk: Desk, dossier: Dossier, one: dict[str, str], other: dict[str, str]
) -> None:
    found = receive(desk, build.invoice(**one), build.invoice(**other))
    assert ["same_number" in flags for flags in found] == [True, True]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (taxed("AE", "0", "46/GO") | E_FFF, taxed("K", "0")),
        (taxed("AE", "0", "46/GO") | E_FFF, taxed("K", "0", "46/GO")),
        (taxed("AE", "0") | E_FFF, taxed("K", "0.00")),
        (taxed("AE", "0", "45") | E_FFF, taxed("AE", "")),
        (taxed("AA", "21", tax="21.00") | E_FFF, taxed("S", "21.00", tax="21.00")),
        (taxed("H", "21", "03", tax="21.00"), taxed("S", "21", tax="21.00")),
        (taxed("", "21", tax="21.00"), taxed("S", "21", tax="21.00")),
        (taxed("E", "0", "NA") | E_FFF, taxed("O", "0")),
    ],
)
def test_what_dialects_write_otherwise_by_nature_is_one_invoice(
    desk: Desk, dossier: Dossier, one: dict[str, str], other: dict[str, str]
) -> None:
    assert len(receive(desk, build.invoice(**one), build.invoice(**other))) == 1


def test_the_order_of_the_rates_does_not_matter_and_their_amounts_do(desk: Desk, dossier: Dossier) -> None:
    low, high = build.tax_total("40.00", "2.40", 6), build.tax_total("60.00", "12.60", 21)
    totals = build.totals(gross="115.00", payable="115.00")
    swapped = build.tax_total("60.00", "12.60", 6) + build.tax_total("40.00", "2.40", 21)
    documents = [build.invoice(tax=tax, totals=totals) for tax in (low + high, high + low, swapped)]
    assert len(receive(desk, *documents)) == 2
    assert desk.home.states()["duplicate"] == 1


def test_an_account_that_one_of_two_does_not_state_makes_no_difference_another_one_does(
    desk: Desk, dossier: Dossier
) -> None:
    accounts = ["BE68539007547034", "", "NL91ABNA0417164300"]
    found = receive(desk, *(build.invoice(payment_means=build.payment_means(each)) for each in accounts))
    assert ["same_number" in flags for flags in found] == [True, True]


# --- the flags of two that contradict each other


def test_a_number_that_is_shared_no_more_after_reading_anew_is_flagged_no_more(desk: Desk, dossier: Dossier) -> None:
    to_us = {"customer": to(name=NAME, enterprise=OURS)}
    totals = build.totals("101.00", "122.00", "122.00")
    found = receive(desk, build.invoice(**to_us), build.invoice(**to_us, totals=totals))
    assert ["same_number" in flags for flags in found] == [True, True]
    assert "claims to be" in desk.one("SELECT reason FROM documents WHERE id = 2 AND state = 'stored'")["reason"]
    with closing(sqlite3.connect(desk.home.database)) as connection, connection:
        other = build.invoice(**to_us, number=tag("cbc:ID", "2026-0002"))
        connection.execute("UPDATE content SET bytes = ? WHERE id = 2", [other])
    changes = {row["id"]: row["change"] for row in desk.home.rows("reparse")}
    assert changes[1] == "changed: flags"
    assert "number" in changes[2]
    assert [row["flags"] for row in desk.query("SELECT flags FROM invoices")] == ["[]", "[]"]
    assert desk.one("SELECT reason FROM documents WHERE id = 2")["reason"] == ""
    assert desk.home.rows("reparse") == []


def test_a_number_that_is_shared_after_reading_anew_is_flagged_on_both(desk: Desk, dossier: Dossier) -> None:
    documents = [build.invoice(), build.invoice(number=tag("cbc:ID", "2026-0002"))]
    assert not [flags for flags in receive(desk, *documents) if "same_number" in flags]
    with closing(sqlite3.connect(desk.home.database)) as connection, connection:
        connection.execute("UPDATE content SET bytes = ? WHERE id = 2", [documents[0] + b"\n"])
    assert len(desk.home.rows("reparse")) == 2
    assert all("same_number" in row["flags"] for row in desk.query("SELECT flags FROM invoices"))


# --- the dossier in its place

SOMEBODY = {"name": "Somebody else", "enterprise": "0000000196"}
PLACES = {
    "by number": ({"name": "x", "enterprise": OURS}, SOMEBODY, False),
    "by VAT number": ({"name": "x", "vat": f"BE{OURS}"}, SOMEBODY, False),
    "by name alone": ({"name": "DOSSIER 0042 NV"}, SOMEBODY, False),
    "by trading name alone": ({"name": "Holding", "trading": NAME}, SOMEBODY, False),
    "by another name alone": ({"name": "Dossier 0043"}, SOMEBODY, True),
    "by nothing": ({}, SOMEBODY, True),
    "another number, our name": ({"name": NAME, "enterprise": THEIRS}, SOMEBODY, True),
    "as the other party": (SOMEBODY, {"name": "x", "enterprise": OURS}, True),
    "as the other party by name": ({"name": "Somebody"}, {"name": NAME}, True),
    "as both parties": ({"enterprise": OURS}, {"enterprise": OURS}, True),
}


@pytest.mark.parametrize("model", ["purchase_invoice", "sales_invoice"])
@pytest.mark.parametrize(("own", "other", "is_wrong"), PLACES.values(), ids=PLACES)
def test_a_document_on_which_the_dossier_is_not_in_its_place_is_flagged(
    desk: Desk, dossier: Dossier, own: dict[str, str], other: dict[str, str], is_wrong: bool, model: str
) -> None:
    customer, supplier = (own, other) if model == "purchase_invoice" else (other, own)
    [flags] = receive(desk, build.invoice(customer=to(**customer), supplier=from_(**supplier)), model=model)
    assert ("other_party" in flags) is is_wrong


@pytest.mark.parametrize(("name", "is_wrong"), [(NAME, False), ("Somebody else", True)])
def test_a_dossier_without_a_known_number_is_known_by_its_name(desk: Desk, name: str, is_wrong: bool) -> None:
    desk.dossier("0042").enterprise_number = ""
    [flags] = receive(desk, build.invoice(customer=to(name=name, enterprise=THEIRS)))
    assert ("other_party" in flags) is is_wrong
