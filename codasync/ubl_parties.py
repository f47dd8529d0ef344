"""The companies in an invoice, and how each is identified (EN 16931 BG-4, BG-7, BG-10, BG-11).

A party states its numbers in up to five places; what is taken is, in this order: a VAT registration, the number of
the legal entity, the endpoint, the other identifications. The name is never used to identify.
"""

from collections.abc import Iterator
from typing import Final

from codasync import ubl_ids as ids
from codasync.ubl_codes import BELGIAN_ENDPOINTS, BELGIAN_REGISTERS, SEPA
from codasync.ubl_tree import Branch, attribute_of, on_one_line
from codasync.ubl_types import Identifier, Party
from codasync.ubl_xml import line_of

LEGAL_ID: Final = "cac:PartyLegalEntity/cbc:CompanyID"
PARTY_ID: Final = "cac:PartyIdentification/cbc:ID"
ENDPOINT: Final = "cbc:EndpointID"
VAT_SCHEMES: Final = frozenset({"VAT", "BTW", "TVA"})

# Field of Party -> where it stands, from the party.
FIELDS: Final = {
    "legal_name": ("cac:PartyLegalEntity/cbc:RegistrationName",),
    "trading_name": ("cac:PartyName/cbc:Name",),
    "company_id": (LEGAL_ID,),
    "endpoint": (ENDPOINT,),
    "street": ("cac:PostalAddress/cbc:StreetName",),
    "building_number": ("cac:PostalAddress/cbc:BuildingNumber",),
    "additional_street": ("cac:PostalAddress/cbc:AdditionalStreetName",),
    "address_line": ("cac:PostalAddress/cac:AddressLine/cbc:Line",),
    "city": ("cac:PostalAddress/cbc:CityName",),
    "postal_code": ("cac:PostalAddress/cbc:PostalZone",),
    "subdivision": ("cac:PostalAddress/cbc:CountrySubentity",),
    "country": ("cac:PostalAddress/cac:Country/cbc:IdentificationCode",),
    "contact_name": ("cac:Contact/cbc:Name",),
    "contact_phone": ("cac:Contact/cbc:Telephone",),
    "contact_email": ("cac:Contact/cbc:ElectronicMail",),
}


def read_party(party: Branch) -> Party:
    """Return the party in the element `party` (`cac:Party`, `cac:PayeeParty`); wrong check digits are noted."""
    fields = party.fields(FIELDS)
    country = fields["country"].upper()
    vat, other_registration = _registrations(party, country)
    enterprise = _enterprise_number(party, vat, country)
    vat = vat or _vat_elsewhere(party, country)
    _check_numbers(party, vat)
    return Party(
        **(fields | {"country": country}),
        name=fields["legal_name"] or fields["trading_name"],
        vat=vat,
        enterprise_number=enterprise,
        company_id_scheme=party.attribute(LEGAL_ID, "schemeID"),
        tax_registration=other_registration,
        endpoint_scheme=party.attribute(ENDPOINT, "schemeID"),
        ids=_identifications(party),
    )


def read_creditor_id(party: Branch | None) -> str:
    """Return the SEPA creditor identifier that stands among the identifications of a party (BT-90), or ''."""
    elements = party.elements(PARTY_ID) if party is not None else ()
    found = (element for element in elements if attribute_of(element, "schemeID").upper() == SEPA)
    return next(("".join(on_one_line(element).split()) for element in found), "")


def _registrations(party: Branch, country: str) -> tuple[str, str]:
    """Return the VAT number and the first other tax registration (BT-31, BT-32); the other one may come first."""
    vat = other = unnamed = ""
    for registration in party.branches("cac:PartyTaxScheme"):
        number = registration.text("cbc:CompanyID")
        scheme = registration.text("cac:TaxScheme/cbc:ID", "cac:TaxScheme/cbc:Name").upper()
        if scheme in VAT_SCHEMES:
            vat = vat or _noted_vat(party, number, country)
        elif not scheme:
            unnamed = unnamed or ids.vat_number(number, country)
        else:
            other = other or number
    # A registration that does not say for what is VAT only if its check digits say so.
    if not vat and unnamed and ids.has_right_vat_check(unnamed):
        vat = unnamed
    return vat, other


def _noted_vat(party: Branch, text: str, country: str) -> str:
    if text and not ids.states_country(text):
        party.reading.warn("BR-CO-09", f"the VAT number {text[:40]!r} has no country before it", party.line)
    return ids.vat_number(text, country)


def _enterprise_number(party: Branch, vat: str, country: str) -> str:
    return next(filter(None, map(ids.enterprise_number, _candidates(party, vat, country))), "")


def _candidates(party: Branch, vat: str, country: str) -> Iterator[str]:
    """Yield what may be the enterprise number, the best first."""
    if vat.startswith("BE"):
        yield vat.removeprefix("BE")
    yield from _belgian(party, LEGAL_ID, BELGIAN_REGISTERS, unmarked=country in {"BE", ""})
    yield from _belgian(party, ENDPOINT, BELGIAN_ENDPOINTS, unmarked=False)
    yield from _belgian(party, PARTY_ID, BELGIAN_REGISTERS, unmarked=country == "BE")


def _belgian(party: Branch, path: str, schemes: frozenset[str], *, unmarked: bool) -> Iterator[str]:
    """Yield the texts at `path` that claim to be Belgian: by their scheme, by BE before them, or `unmarked` ones too.

    Without any claim a French or Swedish number would pass the Belgian check once in 97.
    """
    for element in party.elements(path):
        text = on_one_line(element)
        marks = {attribute_of(element, name).upper() for name in ("schemeID", "schemeAgencyName", "schemeAgencyID")}
        if marks & schemes or "BE" in marks or (unmarked and marks == {""}) or ids.says_belgian(text):
            yield text


def _vat_elsewhere(party: Branch, country: str) -> str:
    """Return a VAT number, with letters and a right check, that stands only among the other identifications."""
    for text in [*party.texts(LEGAL_ID), *party.texts(ENDPOINT), *party.texts(PARTY_ID)]:
        vat = ids.vat_number(text, "") if ids.states_country(text) else ""
        if vat and ids.has_right_vat_check(vat) and (ids.says_belgian(text) or vat[:2] == country):
            return vat
    return ""


def _check_numbers(party: Branch, vat: str) -> None:
    if vat and ids.has_right_vat_check(vat) is False:
        party.reading.warn("vat_check", f"the check digits of VAT number {vat} are wrong", party.line)
    for path in (ENDPOINT, LEGAL_ID):
        for element in party.elements(path):
            text = on_one_line(element)
            if attribute_of(element, "schemeID") == "0208" and text and not ids.enterprise_number(text):
                words = f"the enterprise number {text[:40]!r} is not ten digits with a right check"
                party.reading.warn("PEPPOL-COMMON-R043", words, line_of(element))


def _identifications(party: Branch) -> tuple[Identifier, ...]:
    found = []
    for element in party.elements(PARTY_ID):
        value = on_one_line(element)
        scheme = attribute_of(element, "schemeID") or attribute_of(element, "schemeAgencyName")
        if value and scheme.upper() != SEPA:
            found.append(Identifier(value, scheme))
    return tuple(found)
