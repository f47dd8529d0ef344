"""What a pass decides on an entry, and which dossier a person means."""

import datetime as dt
from typing import Any

import pytest

from codasync import dossiers
from codasync.errors import AmbiguousDossier, UnknownDossier
from codasync.plan import Decision, Selection, Wishes, compact, date, decide, offers_pdf, unwanted

IBAN, OTHER = "BE71096123456769", "BE43068999999501"
EARLY, START, LATE = dt.date(2026, 1, 31), dt.date(2026, 2, 1), dt.date(2026, 2, 2)
ALL = {"coda": ("cod",), "purchase_invoice": ("xml",), "sales_invoice": ("xml",)}
OFFERED = {"coda": ("cod", "pdf"), "purchase_invoice": ("pdf", "xml"), "sales_invoice": ("pdf", "xml")}


def chosen(iban: str = IBAN, currency: str = "", *, enabled: bool = True, since: dt.date | None = None) -> Selection:
    return Selection(iban, currency, enabled, since)


def wishes(*selections: Selection, **changes: Any) -> Wishes:
    facts: dict[str, Any] = {"models": ALL, "allowed": OFFERED, "pdf": "missing", "invoices": True}
    return Wishes(**(facts | changes), selections=selections)


NOT_ENABLED, TOO_EARLY, WANTED = "is not enabled", "dated before 2026-02-01", ""


@pytest.mark.parametrize(
    ("selections", "currency", "day", "expected"),
    [
        ([], "EUR", LATE, NOT_ENABLED),
        ([chosen(OTHER)], "EUR", LATE, NOT_ENABLED),
        ([chosen()], "EUR", LATE, WANTED),
        ([chosen()], "", None, WANTED),
        ([chosen(enabled=False)], "EUR", LATE, NOT_ENABLED),
        ([chosen(currency="EUR")], "EUR", LATE, WANTED),
        ([chosen(currency="EUR")], "USD", LATE, NOT_ENABLED),
        ([chosen(currency="EUR")], "", LATE, WANTED),
        ([chosen(), chosen(currency="USD", enabled=False)], "USD", LATE, NOT_ENABLED),
        ([chosen(), chosen(currency="USD", enabled=False)], "EUR", LATE, WANTED),
        ([chosen(enabled=False), chosen(currency="USD")], "USD", LATE, WANTED),
        ([chosen(since=START)], "EUR", START, WANTED),
        ([chosen(since=START)], "EUR", LATE, WANTED),
        ([chosen(since=START)], "EUR", EARLY, TOO_EARLY),
        ([chosen(since=START)], "EUR", None, WANTED),
        ([chosen(since=START), chosen(currency="USD")], "USD", EARLY, WANTED),
        ([chosen(), chosen(currency="USD", since=START)], "USD", EARLY, TOO_EARLY),
        ([chosen(currency="EUR", since=START), chosen(currency="USD", since=LATE)], "", EARLY, TOO_EARLY),
        ([chosen(currency="EUR", since=START), chosen(currency="USD")], "", EARLY, WANTED),
    ],
)
def test_a_statement_is_wanted_when_its_journal_is_enabled_and_has_begun(
    selections: list[Selection], currency: str, day: dt.date | None, expected: str
) -> None:
    reason = unwanted(selections, IBAN, currency, day)
    assert expected in reason
    assert bool(reason) is bool(expected)


CODA_FACTS = {"iban": IBAN, "currency": "EUR", "new_balance_date": "2026-02-02"}


@pytest.mark.parametrize(
    ("model", "facts", "given", "formats", "reason"),
    [
        ("coda", CODA_FACTS, wishes(chosen()), ("cod",), ""),
        ("coda", CODA_FACTS, wishes(chosen(since=dt.date(2026, 2, 3))), (), "dated before 2026-02-03"),
        ("coda", CODA_FACTS, wishes(), (), "is not enabled"),
        ("coda", {**CODA_FACTS, "iban": "be71 0961 2345 6769"}, wishes(chosen()), ("cod",), ""),
        ("coda", {**CODA_FACTS, "new_balance_date": "soon"}, wishes(chosen(since=LATE)), ("cod",), ""),
        ("coda", {}, wishes(), ("cod",), ""),
        ("coda", {"iban": ["x"]}, wishes(), ("cod",), ""),
        ("coda", CODA_FACTS, wishes(chosen(), models={"sales_invoice": ("xml",)}), (), "left out in the config"),
        ("coda", CODA_FACTS, wishes(chosen(), models={"coda": ("cod", "xml")}), ("cod",), ""),
        ("coda", CODA_FACTS, wishes(chosen(), allowed={"coda": ("pdf",)}), (), "offers only pdf"),
        ("coda", CODA_FACTS, wishes(chosen(), allowed={}), ("cod",), ""),
        ("soda", {}, wishes(chosen()), (), "does not read documents of kind soda"),
        ("", {}, wishes(chosen()), (), "kind unknown"),
        ("purchase_invoice", {}, wishes(), ("xml",), ""),
        ("sales_invoice", {}, wishes(), ("xml",), ""),
        ("purchase_invoice", {}, wishes(invoices=False), (), "leaves out this dossier's invoices"),
        ("purchase_invoice", {}, wishes(models={"coda": ("cod",)}), (), "left out in the config"),
        ("purchase_invoice", {}, wishes(pdf="always"), ("xml", "pdf"), ""),
        ("purchase_invoice", {}, wishes(models={"purchase_invoice": ("pdf", "xml")}), ("xml", "pdf"), ""),
        ("purchase_invoice", {}, wishes(allowed={"purchase_invoice": ("pdf",)}), ("pdf",), ""),
        ("purchase_invoice", {}, wishes(allowed={"purchase_invoice": ("pdf",)}, pdf="never"), (), "offers only pdf"),
        ("purchase_invoice", {}, wishes(allowed={"purchase_invoice": ("holo",)}), (), "offers only holo"),
        ("purchase_invoice", {}, wishes(allowed={"coda": ("cod",)}), ("xml",), ""),
    ],
)
def test_an_entry_is_fetched_in_the_wanted_formats_or_skipped_with_a_reason(
    model: str, facts: dict[str, Any], given: Wishes, formats: tuple[str, ...], reason: str
) -> None:
    decision = decide(model, facts, given)
    assert decision.formats == formats
    assert reason in decision.reason
    assert bool(decision.formats) is not bool(decision.reason)


def test_a_decision_says_why_only_when_nothing_is_fetched() -> None:
    assert decide("coda", CODA_FACTS, wishes(chosen())) == Decision(("cod",))


@pytest.mark.parametrize(
    ("pdf", "allowed", "expected"),
    [
        ("missing", OFFERED, True),
        ("always", OFFERED, True),
        ("never", OFFERED, False),
        ("missing", {"purchase_invoice": ("xml",)}, False),
        ("missing", {}, True),
    ],
)
def test_a_pdf_completes_an_invoice_where_office_and_codabox_allow_it(
    pdf: str, allowed: dict[str, tuple[str, ...]], expected: bool
) -> None:
    assert offers_pdf("purchase_invoice", wishes(pdf=pdf, allowed=allowed)) is expected


@pytest.mark.parametrize(
    ("value", "expected"), [(" be71 0961\t2345\n6769", IBAN), ("eur", "EUR"), (None, ""), (7, ""), ([], ""), ("", "")]
)
def test_accounts_and_currencies_are_compared_without_blanks_in_capitals(value: object, expected: str) -> None:
    assert compact(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("2026-02-01", START), ("2026-02-30", None), ("01/02/2026", None), ("", None), (None, None), (20260201, None)],
)
def test_only_a_real_iso_date_is_a_date(value: object, expected: dt.date | None) -> None:
    assert date(value) == expected


# --- which dossier a person means


def dossier(code: str, name: str, client_id: str, number: str = "") -> dict[str, str]:
    return {"dossier_code": code, "name": name, "client_id": client_id, "enterprise_number": number}


BAKERY = dossier("0042", "Boulangerie Hélène", "c-1", "0428759497")
GARAGE = dossier("GAR", "Garage De Smet", "c-2", "0010071370")
TWIN = dossier("gar", "Garage du Pont", "c-3")
NUMERIC = dossier("0010071370", "Numérique", "c-4")
OFFICE = [BAKERY, GARAGE]


@pytest.mark.parametrize(
    "name",
    [
        "0042",
        " 0042 ",
        "c-1",
        "C-1",
        "0428759497",
        "428759497",
        "BE 0428.759.497",
        "be0428759497",
        "BTW BE 0428.759.497",
    ],
)
def test_a_dossier_is_named_by_its_code_its_number_or_its_client_id(name: str) -> None:
    assert dossiers.find(OFFICE, name) is BAKERY


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("0043", "0042 Boulangerie Hélène"),
        ("helene", "0042 Boulangerie Hélène"),
        ("Smett", "GAR Garage De Smet"),
        ("zzzzz", "none of the 2 dossiers"),
        ("", "none of the 2 dossiers"),
        ("BE 0999.999.999", "none of the 2 dossiers"),
    ],
)
def test_an_unknown_name_is_an_error_with_the_nearest_dossiers(name: str, nearest: str) -> None:
    with pytest.raises(UnknownDossier, match=nearest) as caught:
        dossiers.find(OFFICE, name)
    assert caught.value.exit_code == 2


def test_an_unknown_name_in_an_empty_office_says_that_none_is_known() -> None:
    with pytest.raises(UnknownDossier, match="no dossier is known yet"):
        dossiers.find([], "0042")


@pytest.mark.parametrize("name", ["GAR", "0010071370"])
def test_a_name_that_can_mean_several_dossiers_is_an_error_that_lists_them(name: str) -> None:
    with pytest.raises(AmbiguousDossier) as caught:
        dossiers.find([GARAGE, TWIN, NUMERIC], name)
    assert "c-2" in str(caught.value)
    assert str(caught.value).count(";") == 1
    assert caught.value.exit_code == 2


def test_a_code_without_text_is_nobodys_name() -> None:
    with pytest.raises(UnknownDossier):
        dossiers.find([dossier("", "Sans code", "c-9")], "")


@pytest.mark.parametrize("name", ["42", "0042", "BE123", "BEOOOOOOOOOO", "12345678901", "٠٤٢٨٧٥٩٤٩٧"])
def test_what_is_no_enterprise_number_is_not_taken_for_one(name: str) -> None:
    assert dossiers.number(name) == ""
