"""`show` of a statement, as people know it from paper."""

from datetime import date

from support import Home

from codasync.sandbox import coda_writer
from codasync.sandbox.communications import belgian, direct_debit

IBAN = "BE68539007547034"
DAY = date(2026, 3, 10)


def test_a_statement_is_shown_with_its_balances_meanings_and_details_indented_below_their_total(home: Home) -> None:
    dossier = home.box.add_dossier("0042", "Boulangerie Hélène")
    home.box.add_account(dossier, IBAN, "GEBABEBB")
    home.run("enable-journal", "0042", IBAN)
    half = coda_writer.Movement(
        -50_000,
        code="50107000",
        entry_date=DAY,
        value_date=DAY,
        counterparty_name="Jan",
        structured=belgian("000000000101"),
    )
    collected = direct_debit(DAY, "BE68ZZZ0101070007", "M-1437", "Facture 2026/0164")
    note = coda_writer.Information("Taux du jour")
    movements = (
        coda_writer.Movement(-100_000, code="10107000", entry_date=DAY, value_date=DAY, details=(half, half)),
        coda_writer.Movement(
            -12_340,
            code="00501000",
            entry_date=DAY,
            value_date=date(2026, 3, 11),
            structured=collected,
            information=(note,),
        ),
    )
    account = coda_writer.Account(IBAN, "GEBABEBB", "HELENE SRL")
    statement = coda_writer.Statement(
        account, 1_000_000, date(2026, 3, 9), DAY, movements, paper_number=48, coda_number=51, messages=("Bonne année",)
    )
    home.box.deliver_coda(dossier, statement)
    home.run("sync")
    shown = home.run("show", "1").stdout
    assert shown.endswith(
        """
statement 48 (CODA 51) of BE68539007547034 EUR
  holder: HELENE SRL
  2026-03-09  old balance            1,000.00
  2026-03-10  0001             -100.00
              domestic and SEPA transfers: batch of transfers
      2026-03-10  0001              -50.00  Jan
                  domestic and SEPA transfers: batch of transfers
                  +++000/0000/00101+++
      2026-03-10  0001              -50.00  Jan
                  domestic and SEPA transfers: batch of transfers
                  +++000/0000/00101+++
  2026-03-10  0002              -12.34   value 2026-03-11
              direct debits: collected from you
              Facture 2026/0164
              SEPA direct debit: settlement date 2026-03-10, kind recurrent, scheme core, outcome paid, creditor \
BE68ZZZ0101070007, mandate M-1437, communication Facture 2026/0164, r transaction paid
              Taux du jour
  2026-03-10  new balance              887.66
  Bonne année
"""
    )
