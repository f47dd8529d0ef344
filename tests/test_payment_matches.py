"""References and numbers that people type in a free communication, and which invoice they pay."""

import datetime as dt
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from bakery import DAY, DIGITS, OURS, REFERENCE, SUPPLIER_IBAN, THEIRS, deliver, invoice, open_bakery, party, pay
from desk import Desk, account
from support import Home, Row

from codasync.sandbox import Dossier, coda_writer, ubl_writer
from codasync.sandbox.communications import belgian
from codasync.sandbox.numbers import belgian_account, iban
from codasync.store import open_store

TYPED = ("typed reference and amount", 0.97)
NUMBERED = ("number and amount", 0.9)
ANOTHER = ("000/0000/00101", "000000000101")
OTHER_IBAN = iban("BE", belgian_account("363", 78))
CREDITOR_REFERENCE = "RF18539007547034"


@pytest.fixture
def desk(home: Home) -> Desk:
    return Desk(home)


@pytest.fixture
def bakery(desk: Desk) -> Dossier:
    return open_bakery(desk)


def matches(desk: Desk) -> list[tuple[str, float]]:
    rows = desk.query("SELECT reason, confidence FROM payment_matches ORDER BY invoice_id, transaction_id")
    return [(row["reason"], row["confidence"]) for row in rows]


@pytest.mark.parametrize(
    "text",
    [
        REFERENCE,
        "***090/9337/55493***",
        "facture 090/9337/55493",
        "FACTUUR 090933755493 VAN MAART",
        "+++ 090 / 9337 / 55493 +++",
        "090 9337 55493",
        "090.9337.55493",
        f"+++{ANOTHER[0]}+++ et {REFERENCE}",
    ],
)
def test_a_reference_in_a_free_communication_is_found_however_it_was_typed(
    desk: Desk, bakery: Dossier, text: str
) -> None:
    deliver(desk, invoice())
    pay(desk, -121_000, DAY + dt.timedelta(5), communication=text)
    assert matches(desk) == [TYPED]


@pytest.mark.parametrize(
    "text",
    [
        "090933755494",
        "1090933755493",
        "0909337554931",
        "+++090/9337/5549",
        f"+++{ANOTHER[0]}+++",
        "merci",
    ],
)
def test_what_is_no_reference_or_another_one_proposes_nothing(desk: Desk, bakery: Dossier, text: str) -> None:
    deliver(desk, invoice())
    pay(desk, -121_000, DAY + dt.timedelta(5), communication=text)
    assert matches(desk) == []


@pytest.mark.parametrize("text", ["RF18 5390 0754 7034", "rf18539007547034 merci", "Ref. RF18 5390 0754 7034 FACT 7"])
def test_a_creditor_reference_is_found_as_it_is_typed_and_as_it_is_structured(
    desk: Desk, bakery: Dossier, text: str
) -> None:
    deliver(desk, invoice(payment_reference="RF18 5390 0754 7034"))
    pay(desk, -121_000, DAY + dt.timedelta(5), communication=text)
    assert matches(desk) == [TYPED]
    assert desk.one("SELECT payment_reference FROM invoices")["payment_reference"] == CREDITOR_REFERENCE


def test_a_typed_reference_with_another_amount_is_less_sure(desk: Desk, bakery: Dossier) -> None:
    deliver(desk, invoice())
    pay(desk, -60_000, DAY + dt.timedelta(5), communication=REFERENCE)
    assert matches(desk) == [("typed reference, another amount", 0.75)]


def test_one_payment_of_two_invoices_is_proposed_for_both(desk: Desk, bakery: Dossier) -> None:
    deliver(desk, invoice("F-101"), invoice("F-102", payment_reference=f"+++{ANOTHER[0]}+++"))
    pay(desk, -242_000, DAY + dt.timedelta(5), communication=f"{REFERENCE} +++{ANOTHER[0]}+++")
    assert matches(desk) == [("typed reference, another amount", 0.75)] * 2


@pytest.mark.parametrize(
    ("number", "text", "found"),
    [
        ("F2026-001", "FACTURE F2026-001", [NUMBERED]),
        ("F2026-001", "fact.f2026/001", [NUMBERED]),
        ("2026/001", "2026/001, 2026/002", [NUMBERED]),
        ("2026 001", "nr:2026001", [NUMBERED]),
        ("F2026-001", "FACTURE F2026-0011", []),
        ("F2026-001", "F2026", []),
        ("12", "12 rue haute", []),
        ("ABC", "ABC", []),
    ],
)
def test_the_number_of_an_invoice_beside_its_exact_amount_proposes_it(
    desk: Desk, bakery: Dossier, number: str, text: str, found: list[tuple[str, float]]
) -> None:
    deliver(desk, invoice(number, payment_reference=""))
    pay(desk, -121_000, DAY + dt.timedelta(5), communication=text)
    assert matches(desk) == found


def test_the_number_beside_another_amount_proposes_nothing(desk: Desk, bakery: Dossier) -> None:
    deliver(desk, invoice("F2026-001"))
    pay(desk, -120_000, DAY + dt.timedelta(5), communication="F2026-001")
    assert matches(desk) == []


def test_a_customer_who_names_the_number_pays_the_sale(desk: Desk, bakery: Dossier) -> None:
    sale = replace(invoice("S2026-1"), supplier=party("Boulangerie", OURS), customer=party("Hôtel", THEIRS))
    deliver(desk, sale, model="sales_invoice")
    pay(desk, 121_000, DAY + dt.timedelta(5), communication="S2026-1")
    pay(desk, -121_000, DAY + dt.timedelta(6), communication="S2026-1")
    assert matches(desk) == [NUMBERED]


EVERY_REASON: dict[str, tuple[dict[str, Any], list[tuple[str, float]]]] = {
    "structured reference": (
        {"structured": belgian(DIGITS), "counterparty_account": SUPPLIER_IBAN},
        [("structured reference and amount", 0.99)],
    ),
    "typed reference": ({"communication": f"F2026-001 {REFERENCE}", "counterparty_account": SUPPLIER_IBAN}, [TYPED]),
    "number": ({"communication": "F2026-001", "counterparty_account": SUPPLIER_IBAN}, [NUMBERED]),
    "number, other account": (
        {"communication": "F2026-001", "counterparty_account": OTHER_IBAN},
        [("number and amount, to another account", 0.6)],
    ),
    "account": ({"counterparty_account": SUPPLIER_IBAN}, [("amount and account, within 120 days", 0.7)]),
    "another's typed reference": (
        {"communication": f"+++{ANOTHER[0]}+++", "counterparty_account": SUPPLIER_IBAN},
        [],
    ),
}


@pytest.mark.parametrize(("facts", "found"), EVERY_REASON.values(), ids=EVERY_REASON)
def test_a_pair_is_proposed_once_by_its_best_reason(
    desk: Desk, bakery: Dossier, facts: dict[str, Any], found: list[tuple[str, float]]
) -> None:
    deliver(desk, invoice("F2026-001"))
    currency = {"counterparty_currency": "EUR"} if "counterparty_account" in facts else {}
    pay(desk, -121_000, DAY + dt.timedelta(5), **facts, **currency)
    assert matches(desk) == found


def test_a_typed_reference_in_another_dossier_proposes_nothing(desk: Desk, bakery: Dossier) -> None:
    deliver(desk, invoice("F2026-001"))
    other = desk.dossier("0043", account(2))
    movement = coda_writer.Movement(-121_000, communication=f"F2026-001 {REFERENCE}", entry_date=DAY)
    desk.deliver_coda(other, coda_writer.Statement(account(2), 1_000_000, DAY, DAY, (movement,)))
    desk.sync()
    assert (desk.count("bank_transactions"), matches(desk)) == (1, [])


def test_reparse_brings_the_references_of_a_communication_up_to_date(desk: Desk, bakery: Dossier) -> None:
    deliver(desk, invoice())
    pay(desk, -121_000, DAY + dt.timedelta(5), communication=REFERENCE)
    with closing(sqlite3.connect(desk.home.database)) as connection, connection:
        connection.execute("UPDATE movement_reference SET reference = 'as an older reader found'")
    assert matches(desk) == []
    [row] = desk.home.rows("reparse")
    assert row["change"] == "changed: references in the communication"
    assert matches(desk) == [TYPED]
    assert desk.home.rows("reparse") == []


def test_a_database_of_the_first_version_knows_its_typed_references_once_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    script = (Path(__file__).parent / "store" / "version-1.sql").read_text(encoding="utf-8")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(script)
        connection.execute(
            "UPDATE movement SET communication = 'F2026-001 090933755493', structured_communication = ''"
        )
        connection.execute("UPDATE invoice SET number = 'F2026-001', payment_reference = ?", [REFERENCE])
    with open_store(path) as store:
        references = store.query("SELECT DISTINCT reference, structured FROM movement_reference ORDER BY reference")
        invoices = store.query("SELECT DISTINCT number_key, supplier_vat, supplier_number FROM invoice")
        movements = store.query("SELECT count(*) AS n FROM movement WHERE parent IS NULL")[0]["n"]
        assert store.query("SELECT count(DISTINCT movement) AS n FROM movement_reference") == [{"n": movements}]
    assert [tuple(row.values()) for row in references] == [(REFERENCE, 1), ("F2026001", 0)]
    assert all(row["number_key"] == "F2026001" for row in invoices)
    assert all(row["supplier_number"] == re.sub("^BE", "", row["supplier_vat"]) for row in invoices)


def plan(desk: Desk, condition: str) -> list[Row]:
    return desk.query(f"EXPLAIN QUERY PLAN SELECT * FROM payment_matches WHERE {condition}")


@pytest.mark.parametrize("condition", ["invoice_id = 1", "transaction_id = 1", "dossier_code = '0042'"])
def test_who_asks_for_one_invoice_transaction_or_dossier_walks_through_no_table(
    desk: Desk, bakery: Dossier, condition: str
) -> None:
    large = re.compile(r"SCAN (i|m|r|s|x)\b")
    assert [step["detail"] for step in plan(desk, condition) if large.match(step["detail"])] == []


def test_many_payments_and_invoices_meet_quickly(desk: Desk, bakery: Dossier) -> None:
    line = (ubl_writer.Line("Farine", Decimal("100.00")),)
    deliver(desk, *(replace(invoice(f"F2026-{n:03}", payment_reference=""), lines=line) for n in range(100, 140)))
    movements = tuple(
        coda_writer.Movement(-121_000, communication=f"facture F2026-{n:03}", entry_date=DAY) for n in range(100, 140)
    )
    desk.deliver_coda(bakery, coda_writer.Statement(account(1), 9_000_000, DAY, DAY, movements))
    desk.sync()
    rows = desk.query("SELECT number, transaction_id FROM payment_matches ORDER BY number")
    assert [row["number"] for row in rows] == [f"F2026-{n:03}" for n in range(100, 140)]
    assert len({row["transaction_id"] for row in rows}) == 40
