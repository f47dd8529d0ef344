"""The text of a request for redelivery: CodaBox finds in it what it asks for, in the office's language."""

import datetime as dt

import pytest
from life import FACTS

from codasync import redelivery
from codasync.continuity import Missing

TODAY = dt.date(2026, 3, 9)
NUMBERED = Missing(13, 14, dt.date(2026, 3, 3), dt.date(2026, 3, 5), 250_000)
PLAIN = Missing(None, None, dt.date(2026, 2, 2), dt.date(2026, 2, 2), -1)
ENGLISH = """\
Please redeliver the following CODA statements, by the usual way of delivery.

Client: Boulangerie Hélène (0042), enterprise number BE0403019261
Account: BE80001000000177 USD, sub-account 002
Missing: statements 13 to 14, between 2026-03-03 and 2026-03-05
Missing: statements of 2026-02-02"""
DUTCH = """\
Gelieve de volgende CODA-afschriften opnieuw te leveren, via de gewone leveringswijze.

Klant: Boulangerie Hélène (0042), ondernemingsnummer BE0403019261
Rekening: BE80001000000177 USD, subrekening 002
Ontbreekt: afschriften 13 tot en met 14, tussen 03/03/2026 en 05/03/2026
Ontbreekt: afschriften van 02/02/2026"""
FRENCH = """\
Veuillez redélivrer les extraits CODA suivants, par le mode de livraison habituel.

Client: Boulangerie Hélène (0042), numéro d'entreprise BE0403019261
Compte: BE80001000000177 USD, sous-compte 002
Manque: extraits 13 à 14, entre le 03/03/2026 et le 05/03/2026
Manque: extraits du 02/02/2026"""


def request(*missing: Missing, language: str = "en", **facts: object) -> str:
    return redelivery.request({**FACTS, **facts}, missing, language, today=TODAY)


@pytest.mark.parametrize(("language", "text"), [("en", ENGLISH), ("nl", DUTCH), ("fr", FRENCH)])
def test_a_request_names_client_account_numbers_and_days(language: str, text: str) -> None:
    assert request(NUMBERED, PLAIN, language=language, currency="USD", extension="002") == text


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ["CODA number 5", "CODA numbers 5 to 7", "CODA numbers from 5 (of 2026) on"]),
        ("nl", ["CODA-nummer 5", "CODA-nummers 5 tot en met 7", "CODA-nummers vanaf 5 (van 2026)"]),
        ("fr", ["numéro CODA 5", "numéros CODA 5 à 7", "numéros CODA à partir du 5 (de 2026)"]),
    ],
)
def test_numbers_of_the_files_that_paper_statements_do_not_bear_are_called_so(language: str, told: list[str]) -> None:
    for last, words in zip((5, 7, None), told, strict=True):
        text = request(Missing(5, last, TODAY, TODAY, None, by_file=True), language=language)
        assert f": {words}, " in text.splitlines()[-1]


def test_what_is_not_known_is_left_out() -> None:
    lines = request(Missing(3, None, TODAY, None, None), enterprise_number="", currency="").splitlines()
    assert lines[2:] == [
        "Client: Boulangerie Hélène (0042)",
        "Account: BE80001000000177",
        "Missing: statements from 3 (of 2026) on, since 2026-03-09",
    ]
    assert request() == ""


def test_an_office_asks_once_for_all_its_journals() -> None:
    rows = [
        {**FACTS, "missing": (NUMBERED,)},
        {**FACTS, "missing": ()},
        {**FACTS, "dossier_code": "7", "dossier_name": "Evil\nLine: x", "iban": "BE1", "missing": (PLAIN,)},
    ]
    text = redelivery.office(rows, "Fiduciaire Exemple", "fr", today=TODAY)
    assert text.count("Veuillez") == 1
    assert text.endswith("Pour Fiduciaire Exemple")
    assert [line for line in text.splitlines() if line.startswith(("Client", "Compte", "Manque"))] == [
        "Client: Boulangerie Hélène (0042), numéro d'entreprise BE0403019261",
        "Compte: BE80001000000177 EUR",
        "Manque: extraits 13 à 14, entre le 03/03/2026 et le 05/03/2026",
        "Client: Evil Line: x (7), numéro d'entreprise BE0403019261",
        "Compte: BE1 EUR",
        "Manque: extraits du 02/02/2026",
    ]
    assert redelivery.office(rows[1:2], "Fiduciaire Exemple", "fr", today=TODAY) == ""


@pytest.mark.parametrize(
    ("facts", "limit"),
    [
        ({}, dt.date(2024, 3, 9)),
        ({"mandate_state_modified_at": "2025-11-17T10:00:00"}, dt.date(2025, 11, 17)),
        ({"mandate_state_modified_at": "2025-11-17T10:00:00", "mandate_state": "signed"}, dt.date(2024, 3, 9)),
        (
            {"mandate_state_modified_at": "2025-11-17T10:00:00", "first_statement_date": "2025-01-02"},
            dt.date(2024, 3, 9),
        ),
    ],
)
def test_codabox_redelivers_two_years_and_since_the_mandate_is_active(facts: dict[str, str], limit: dt.date) -> None:
    known = {**FACTS, "mandate_state_modified_at": "", **facts}
    assert redelivery.reach(known, TODAY) == limit
    assert redelivery.reach(known, dt.date(2028, 2, 29)) >= dt.date(2026, 2, 28)


def test_what_is_out_of_reach_is_not_asked_for_and_said_to_be_so() -> None:
    old = Missing(1, 1, dt.date(2025, 11, 3), dt.date(2025, 11, 4), 5)
    partly = Missing(2, 9, dt.date(2025, 11, 4), dt.date(2025, 12, 1), 5)
    asked, told = request(old, partly, mandate_state_modified_at="2025-11-17T10:00:00").split("\n\nOut of reach: ")
    assert asked.endswith(
        "Missing: statements 2 to 9, between 2025-11-04 and 2025-12-01"
        " (CodaBox has nothing from before 2025-11-17: ask the bank for what is older)"
    )
    assert told.splitlines()[0] == "CodaBox has nothing from before 2025-11-17. Ask the bank for these:"
    assert told.splitlines()[-1] == "Missing: statement 1, between 2025-11-03 and 2025-11-04"
