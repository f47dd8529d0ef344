"""What happens on a bank account in a day: each life of an account is a list of small sources of movements.

Amounts are thousandths of the currency unit; credit is positive, as in CODA.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from codasync.sandbox import cast, communications
from codasync.sandbox.coda_writer import Information, Movement
from codasync.sandbox.days import DAY, banking_day_after, banking_day_before
from codasync.sandbox.numbers import belgian_account, dice, iban
from codasync.sandbox.trade import Deal

CREDITOR = "BE68ZZZ0100700007"


@dataclass(frozen=True, slots=True)
class Day:
    """A banking day in the life of an account: what chance to draw from, which deals are settled on it."""

    date: date
    seed: int
    company: cast.Company
    chance: Random
    received: Sequence[Deal] = ()
    owed: Sequence[Deal] = ()
    main: str = ""
    savings: str = ""

    @property
    def opens_month(self) -> bool:
        """The first banking day of its month."""
        return banking_day_before(self.date).month != self.date.month

    @property
    def closes_month(self) -> bool:
        """The last banking day of its month."""
        return banking_day_after(self.date).month != self.date.month

    def is_first_from(self, day_of_month: int) -> bool:
        """Tell whether this is the month's first banking day on or after a day of the month."""
        before = banking_day_before(self.date)
        return self.date.day >= day_of_month and (before.day < day_of_month or before.month != self.date.month)


Source = Callable[[Day], Iterator[Movement]]


def receipts(day: Day) -> Iterator[Movement]:
    """Customers pay invoices, most of them with the structured communication."""
    for deal in day.received:
        reference = deal.invoice.payment_reference
        structured = reference.isdigit() and day.chance.random() < 0.85
        yield Movement(
            _milli(deal),
            "00150000",
            communication="" if structured else f"Facture {deal.invoice.number} réglée, merci",
            structured=communications.belgian(reference) if structured else "",
            value_date=day.date,
            counterparty_name=deal.buyer.party.name,
            counterparty_account=deal.buyer.iban,
            counterparty_bic=deal.buyer.bic,
        )


def bills(day: Day) -> Iterator[Movement]:
    """Suppliers are paid: by direct debit, one by one, or three and more in a batch."""
    transfers = [deal for deal in day.owed if not deal.seller.collects]
    for deal in day.owed:
        if deal.seller.collects:
            yield _collected(day, deal)
    if len(transfers) < 3:
        yield from (_transfer(day, deal, "00101000") for deal in transfers)
    else:
        details = tuple(_transfer(day, deal, "50107000") for deal in transfers)
        yield _batch("10107000", details, f"FOURNISSEURS {day.date:%d/%m}")


def _transfer(day: Day, deal: Deal, code: str) -> Movement:
    reference = deal.invoice.payment_reference
    return Movement(
        -_milli(deal),
        code,
        communication="" if reference.isdigit() else reference,
        structured=communications.belgian(reference) if reference.isdigit() else "",
        value_date=day.date,
        counterparty_name=deal.seller.party.name,
        counterparty_account=deal.seller.iban,
        counterparty_bic=deal.seller.bic,
    )


def _collected(day: Day, deal: Deal) -> Movement:
    mandate = f"M-{deal.buyer.code}-{deal.seller.party.vat[-4:]}"
    return Movement(
        -_milli(deal),
        "00501000",
        structured=communications.direct_debit(day.date, CREDITOR, mandate, f"Facture {deal.invoice.number}"),
        value_date=day.date,
        counterparty_name=deal.seller.party.name,
        counterparty_account=deal.seller.iban,
        counterparty_bic=deal.seller.bic,
    )


def takings(day: Day) -> Iterator[Movement]:
    """A shop's payment terminal is credited on each banking day, on Mondays for the week-end as well."""
    if day.company.shop:
        first = banking_day_before(day.date)
        amount = day.chance.randint(18_000, 140_000) * ((day.date - first) // DAY) * 10
        text = communications.takings(first, day.date - DAY, day.company.name, day.company.city)
        yield Movement(amount, "00450000", structured=text, value_date=day.date)


def card_payments(day: Day) -> Iterator[Movement]:
    """Somebody pays with the company's card."""
    if day.chance.random() < 0.3:
        shop, town = day.chance.choice(cast.SHOPS)
        amount = day.chance.randint(450, 18_900) * 10
        bought = banking_day_before(day.date)
        text = communications.card_payment(bought, day.chance.randint(480, 1200), shop, town, amount)
        yield Movement(-amount, "00402000", structured=text, value_date=bought)


def wages(day: Day) -> Iterator[Movement]:
    """Wages leave on the last banking day of the month, as one amount with a detail for each person."""
    if day.closes_month and day.company.staff:
        details = tuple(
            Movement(
                -amount * 10,
                "50105000",
                communication=f"SALAIRE {day.date:%m/%Y}",
                value_date=day.date,
                counterparty_name=name,
                counterparty_account=account,
                category_purpose="SALA",
            )
            for name, account, amount in staff(day.seed, day.company)
        )
        yield _batch("10105000", details, f"SALAIRES {day.date:%m/%Y}")


def staff(seed: int, company: cast.Company) -> list[tuple[str, str, int]]:
    """Return a company's people: name, IBAN, monthly net wage in cents."""
    chance = dice("staff", seed, company.code)
    banks = [bank for bank in cast.BANKS.values() if bank.country == "BE"]
    return [
        (
            f"{chance.choice(cast.LAST_NAMES)} {first}",
            iban("BE", belgian_account(chance.choice(banks).code, chance.randrange(10**7))),
            chance.randint(178_000, 296_000),
        )
        for first in chance.sample(cast.FIRST_NAMES, company.staff)
    ]


def costs(day: Day) -> Iterator[Movement]:
    """The bank takes its fee on the first banking day of the month: one amount, with fee and VAT as details."""
    if day.opens_month:
        fee = day.chance.randint(450, 1900) * 10
        vat = (fee * 21 + 500) // 1000 * 10
        details = (
            Movement(-fee, "83537006", communication="FRAIS DE GESTION", value_date=day.date),
            Movement(-vat, "83537011", communication="TVA 21 %", value_date=day.date),
        )
        note = Information("Tarif en vigueur: voir les conditions générales, disponibles dans toutes nos agences.")
        yield Movement(
            -fee - vat, "33537000", "FRAIS MENSUELS", value_date=day.date, information=(note,), details=details
        )


def loan(day: Day) -> Iterator[Movement]:
    """A loan is repaid around the fifth: one amount, with capital and interest as details."""
    if day.company.loan and day.is_first_from(5):
        capital, interest = 1_250_000, day.chance.randint(18_000, 22_000) * 10
        details = (
            Movement(-capital, "81307055", communication="CAPITAL", value_date=day.date),
            Movement(-interest, "81307002", communication="INTERETS", value_date=day.date),
        )
        yield Movement(
            -capital - interest,
            "31307000",
            f"CREDIT 726-0004711 ÉCHÉANCE {day.date:%m/%Y}",
            value_date=day.date,
            details=details,
        )


def saving(day: Day) -> Iterator[Movement]:
    """Money moves to the savings account around the tenth."""
    if day.savings and day.is_first_from(10):
        yield _own_transfer(day, -1_000_000, "00113000", day.savings)


def saved(day: Day) -> Iterator[Movement]:
    """The same money arrives; each quarter brings interest."""
    if day.is_first_from(10):
        yield _own_transfer(day, 1_000_000, "00164000", day.main)
    if day.opens_month and day.date.month % 3 == 1:
        yield Movement(day.chance.randint(900, 24_000) * 10, "03550001", "INTERETS CREDITEURS", value_date=day.date)


def _own_transfer(day: Day, amount: int, code: str, account: str) -> Movement:
    return Movement(
        amount,
        code,
        communication="Épargne mensuelle",
        value_date=day.date,
        counterparty_name=day.company.legal_name,
        counterparty_account=account,
    )


def foreign_customers(day: Day) -> Iterator[Movement]:
    """Buyers overseas pay in dollars; an information record carries their address."""
    if day.chance.random() < 0.35:
        name, street, town = "Blue Harbor Imports Inc.", "48 Pier Avenue", "Baltimore MD"
        party = Information(f"001{name:70}{street:35}{town:35}{'':35}".rstrip(), structured=True)
        yield Movement(
            day.chance.randint(90_000, 2_400_000) * 10,
            "04150000",
            communication=f"INVOICE {day.date:%y%m}-{day.chance.randint(10, 99)} GREEN COFFEE, NET OF CHARGES",
            value_date=banking_day_after(day.date, 2),
            counterparty_name=name,
            counterparty_account="US-000471100815",
            counterparty_currency="USD",
            counterparty_bic="BLHRUS33XXX",
            information=(party,),
        )


def dutch_customers(day: Day) -> Iterator[Movement]:
    """Buyers in the Netherlands pay by transfer."""
    if day.chance.random() < 0.4:
        yield Movement(
            day.chance.randint(12_000, 190_000) * 10,
            "00150000",
            communication="factuur koffie, bedankt",
            value_date=day.date,
            counterparty_name="Stadscafé De Gouden Eeuw",
            counterparty_account=iban("NL", "INGB0000471108"),
            counterparty_bic="INGBNL2A",
            customer_reference="NOTPROVIDED",
        )


def third_party_payer(day: Day) -> Iterator[Movement]:
    """A health fund pays the pharmacy its share, with a text that runs over all three parts of a movement."""
    if day.chance.random() < 0.35:
        month = f"{banking_day_before(day.date.replace(day=1)):%m/%Y}"
        text = (
            f"TIERS PAYANT {month} - BORDEREAU {day.chance.randint(10**6, 10**7)} - MUTUALITÉ DES TROIS VALLÉES, "
            "REMBOURSEMENT SELON DÉCOMPTE"
        )
        yield Movement(
            day.chance.randint(40_000, 420_000) * 10,
            "00150000",
            communication=text,
            value_date=day.date,
            counterparty_name="Mutualité des Trois Vallées",
            counterparty_account=iban("BE", belgian_account("210", 471_108)),
            counterparty_bic="GEBABEBB",
        )


LIVES: Mapping[str, tuple[Source, ...]] = {
    cast.MAIN: (takings, receipts, bills, card_payments, wages, costs, loan, saving),
    cast.SAVINGS: (saved,),
    cast.DOLLARS: (foreign_customers,),
    cast.COUNTER: (third_party_payer,),
    cast.ABROAD: (dutch_customers,),
}


def movements(life: str, day: Day) -> tuple[Movement, ...]:
    """Return what happens on an account that leads this life, each line with a reference of the bank's own."""
    happened = [movement for source in LIVES[life] for movement in source(day)]
    return tuple(_with_reference(day, movement) for movement in happened)


def _with_reference(day: Day, movement: Movement) -> Movement:
    reference = f"{day.date:%y%m%d}{day.chance.getrandbits(48):012X}"
    details = tuple(_with_reference(day, detail) for detail in movement.details)
    return replace(movement, bank_reference=reference, details=details)


def _batch(code: str, details: tuple[Movement, ...], text: str) -> Movement:
    total = sum(detail.amount_milli for detail in details)
    return Movement(total, code, value_date=details[0].value_date, customer_reference=text[:35], details=details)


def _milli(deal: Deal) -> int:
    return int(deal.invoice.gross * 1000)
