"""`show` of a statement, as people know it from paper."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from support import Home
from terminal import on_terminal

from codasync.sandbox import coda_writer
from codasync.sandbox.communications import belgian, direct_debit

IBAN = "BE68539007547034"
DAY, NEXT = date(2026, 3, 10), date(2026, 3, 11)
ACCOUNT = coda_writer.Account(IBAN, "GEBABEBB", "HELENE SRL")


def move(milli: int, code: str, **facts: Any) -> coda_writer.Movement:
    return coda_writer.Movement(milli, code=code, **{"entry_date": DAY, "value_date": DAY} | facts)


def deliver(home: Home, movements: Sequence[coda_writer.Movement], **facts: Any) -> None:
    """Have a statement received as document 1."""
    dossier = home.box.add_dossier("0042", "Boulangerie Hélène")
    home.box.add_account(dossier, IBAN, "GEBABEBB")
    home.call("enable-journal", "0042", IBAN)
    given = {"paper_number": 48, "coda_number": 51} | facts
    statement = coda_writer.Statement(ACCOUNT, 1_000_000, date(2026, 3, 9), DAY, tuple(movements), **given)
    home.box.deliver_coda(dossier, statement)
    home.call("sync")


def shown(home: Home) -> str:
    """Return what `show` says below the facts of the document."""
    return home.call("show", "1").stdout.partition("\n\n")[2]


def test_a_statement_is_shown_with_its_balances_meanings_and_details_left_of_their_total(home: Home) -> None:
    half = move(-50_000, "50107000", counterparty_name="Jan", structured=belgian("000000000101"))
    later = move(-50_000, "50107000", counterparty_name="An", value_date=NEXT, communication="Loon maart")
    collected = direct_debit(DAY, "BE68ZZZ0101070007", "M-1437", "Facture 2026/0164")
    supplier = {"counterparty_name": "ETABLISSEMENTS VANDENBOSSCHE & FILS", "counterparty_account": IBAN}
    words = "Paiement de la facture 2026/0164 du 3 mars, avec nos remerciements pour la livraison rapide"
    movements = (
        move(-100_000, "10107000", details=(half, later)),
        move(
            -12_340, "00501000", value_date=NEXT, structured=collected, information=(coda_writer.Information("Taux"),)
        ),
        move(7_005, "00150000", communication=words, customer_reference="REF 7", **supplier),
    )
    deliver(home, movements, messages=("Bonne année",))
    assert shown(home) == EXPECTED


EXPECTED = """\
statement 48 (CODA 51) of BE68539007547034 EUR
  bank              GEBABEBB
  holder            HELENE SRL

  nr    date                                                value         amount
        2026-03-09  old balance                                         1,000.00
  0001  2026-03-10  domestic and SEPA transfers: batch of   2026-03-10   -100.00
                    transfers
                    - Jan                                       -50.00
                      +++000/0000/00101+++
                    - An                                        -50.00
                      Loon maart
                      value 2026-03-11
  0002  2026-03-10  direct debits: collected from you       2026-03-11    -12.34
                    Facture 2026/0164
                    SEPA direct debit: settlement date 2026-03-10, kind
                    recurrent, scheme core, outcome paid, creditor
                    BE68ZZZ0101070007, mandate M-1437, r transaction paid
                    Taux
  0003  2026-03-10  ETABLISSEMENTS VANDENBOSSCHE & FILS     2026-03-10     7.005
                    BE68539007547034
                    domestic and SEPA transfers: transfer received
                    Paiement de la facture 2026/0164 du 3 mars, avec nos
                    remerciements pour la livraison rapide
                    reference REF 7
                    1 credit                                               7.005
                    2 debits                                             -112.34
        2026-03-10  new balance                                          894.665
  Bonne année
"""


def test_a_statement_without_movements_has_its_balances(home: Home) -> None:
    deliver(home, ())
    assert shown(home).splitlines()[-5:] == [
        "  nr    date                                                value         amount",
        "        2026-03-09  old balance                                         1,000.00",
        "                    0 credits                                               0.00",
        "                    0 debits                                                0.00",
        "        2026-03-09  new balance                                         1,000.00",
    ]


@pytest.mark.parametrize(("columns", "longest"), [(40, 60), (100, 100), (200, 120)])
def test_a_statement_fills_its_lines_as_the_terminal_is_wide(home: Home, columns: int, longest: int) -> None:
    words = "un mot et encore un " * 7
    deliver(home, [move(-12_340, "00101000", counterparty_name="Jan", communication=words.strip())])
    lines = on_terminal(home, "show", 1, columns=columns).splitlines()
    assert max(map(len, lines)) <= longest
    assert max(map(len, lines)) > longest - 20
    assert words.split() == [word for line in lines for word in line.split() if word in words.split()]
