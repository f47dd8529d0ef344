"""Who invoices whom, day by day: the sales and purchases of the default office, and when they are paid."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from codasync.sandbox import cast
from codasync.sandbox.days import banking_day_after
from codasync.sandbox.numbers import belgian_account, dice, enterprise_number, iban, structured_communication
from codasync.sandbox.office import Dossier
from codasync.sandbox.outsiders import CUSTOMERS, SUPPLIERS, Outsider
from codasync.sandbox.ubl_writer import Dialect, Invoice, Line, Party

NUMBER_STYLES = ("{year}/{serial:04d}", "F{year}-{serial:05d}", "VF{year}{serial:04d}", "{year}.{serial:03d}")
TERMS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Trader:
    """Somebody who buys or sells; `code` names a dossier of the office, and is empty for anybody else."""

    party: Party
    iban: str
    bic: str
    goods: tuple[tuple[str, str, int], ...]
    dialect: Dialect
    code: str = ""
    collects: bool = False
    embeds: bool = True


@dataclass(frozen=True, slots=True)
class Deal:
    """An invoice between two traders, and the banking day on which it is paid (None: never)."""

    invoice: Invoice
    seller: Trader
    buyer: Trader
    paid_on: date | None = None


class Trade:
    """The invoices of the office; ask for the days in their order, because numbers rise."""

    def __init__(self, seed: int, dossiers: Sequence[Dossier], ibans: dict[str, str]) -> None:
        self._seed = seed
        self._insiders = {
            company.code: _insider(company, dossier, ibans.get(company.code, ""))
            for company, dossier in zip(cast.COMPANIES, dossiers, strict=True)
        }
        self._customers = [_outsider(seed, plan, 3000 + 7 * n) for n, plan in enumerate(CUSTOMERS)]
        self._suppliers = [_outsider(seed, plan, 5000 + 7 * n) for n, plan in enumerate(SUPPLIERS)]
        self._serials: dict[tuple[str, int], int] = defaultdict(int)
        self._earlier: dict[str, Deal] = {}

    def day(self, day: date) -> list[Deal]:
        """Return the deals that are invoiced on a day."""
        deals = [deal for company in cast.COMPANIES for deal in self._company(company, day)]
        for seller, buyer, weekday, reverse in cast.PARTNERS:
            if day.weekday() == weekday:
                chance = dice("partners", self._seed, seller, buyer, day)
                deals.append(self._deal(chance, day, self._insiders[seller], self._insiders[buyer], reverse=reverse))
        return deals

    def _company(self, company: cast.Company, day: date) -> Iterator[Deal]:
        chance = dice("trade", self._seed, company.code, day)
        known = dice("partners", self._seed, company.code)
        customers, suppliers = known.sample(self._customers, 5), known.sample(self._suppliers, 5)
        insider = self._insiders[company.code]
        for _ in range(_count(chance, company.sales / 5)):
            yield self._sale(chance, day, insider, chance.choice(customers))
        for _ in range(_count(chance, company.purchases / 5)):
            yield self._sale(chance, day, chance.choice(suppliers), insider)

    def _sale(self, chance: Random, day: date, seller: Trader, buyer: Trader) -> Deal:
        """Return an invoice or, now and then, a credit note for the seller's last invoice."""
        earlier = self._earlier.get(seller.party.vat)
        if earlier and chance.random() < 0.08:
            return self._credit(day, earlier)
        deal = self._deal(chance, day, seller, buyer)
        self._earlier[seller.party.vat] = deal
        return deal

    def _deal(self, chance: Random, day: date, seller: Trader, buyer: Trader, *, reverse: bool = False) -> Deal:
        abroad = seller.party.country != "BE"
        category = "K" if abroad else "AE" if reverse else "S"
        goods = chance.sample(seller.goods, chance.randint(1, len(seller.goods)))
        due = day + TERMS
        number = self._number(seller, day)
        invoice = Invoice(
            number=number,
            issue_date=day,
            due_date=due,
            supplier=seller.party,
            customer=buyer.party,
            lines=tuple(_line(chance, *good, category) for good in goods),
            dialect=seller.dialect,
            iban=seller.iban,
            bic=seller.bic,
            payment_reference=number if abroad else structured_communication(chance.randrange(10**10)),
        )
        paid = due if seller.collects else day + timedelta(days=chance.randint(4, 33))
        forgotten = not seller.collects and chance.random() < 0.08
        return Deal(invoice, seller, buyer, None if forgotten else banking_day_after(paid, 0))

    def _credit(self, day: date, earlier: Deal) -> Deal:
        line = earlier.invoice.lines[0]
        invoice = Invoice(
            number=self._number(earlier.seller, day),
            issue_date=day,
            supplier=earlier.invoice.supplier,
            customer=earlier.invoice.customer,
            lines=(Line(line.text, line.price, Decimal(1), line.percent, line.category),),
            dialect=earlier.invoice.dialect,
            credit_note=True,
            preceding=earlier.invoice.number,
            note=f"Annule en partie {earlier.invoice.number}",
        )
        return Deal(invoice, earlier.seller, earlier.buyer)

    def _number(self, seller: Trader, day: date) -> str:
        """Return the seller's next number, in the seller's own style; a new year begins at 1."""
        first_year = not any(vat == seller.party.vat for vat, _ in self._serials)
        key = seller.party.vat, day.year
        chance = dice("numbers", self._seed, seller.party.vat)
        style = chance.choice(NUMBER_STYLES)
        self._serials[key] += chance.randint(20, 180) if first_year else 1
        return style.format(year=day.year, serial=self._serials[key])


def _line(chance: Random, text: str, price: str, percent: int, category: str) -> Line:
    amount = Decimal(price)
    quantity = Decimal(chance.randint(1, 3 if amount > 200 else 24))
    if category != "S":
        return Line(text, amount, quantity, 0, category)
    return Line(text, amount, quantity, percent, "S" if percent else "Z")


def _count(chance: Random, rate: float) -> int:
    """Return how many happen on a day at this rate."""
    return int(rate) + (chance.random() < rate % 1)


def _insider(company: cast.Company, dossier: Dossier, number: str) -> Trader:
    party = Party(
        company.legal_name,
        "BE" + dossier.enterprise_number,
        company.street,
        company.zip,
        company.city,
        email=dossier.email,
    )
    bank = cast.BANKS[company.accounts[0].bank if company.accounts else "bnp"]
    return Trader(party, number, bank.bic, company.goods, company.dialect, company.code)


def _outsider(seed: int, plan: Outsider, serial: int) -> Trader:
    bank = cast.BANKS[plan.bank]
    vat = plan.vat or "BE" + enterprise_number(serial)
    party = Party(plan.name, vat, plan.street, plan.zip, plan.city, plan.country)
    number = account_number(bank, dice("outsider", seed, plan.name).randrange(10**7))
    return Trader(party, number, bank.bic, plan.goods, plan.dialect, collects=plan.collects, embeds=plan.embeds)


def account_number(bank: cast.Bank, serial: int) -> str:
    """Return the IBAN of an account at a bank."""
    if bank.country == "NL":
        return iban("NL", f"{bank.code}{serial:010d}")
    return iban("BE", belgian_account(bank.code, serial))
