"""The default office and its story: which documents reach which client on which day.

What banks book on one banking day, and what is invoiced on it, is delivered on the next. The story is the same for the
same seed and first day, and each day of it is made when it is asked for.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

from codasync.sandbox import cast, pdf
from codasync.sandbox.books import Book
from codasync.sandbox.coda_writer import Statement
from codasync.sandbox.days import banking_day_after, banking_days
from codasync.sandbox.documents import coda_files, coda_metadata, invoice_files, soda_files
from codasync.sandbox.feeds import REDOWNLOAD
from codasync.sandbox.movements import Day, movements, staff
from codasync.sandbox.numbers import dice
from codasync.sandbox.office import Dossier, Office, add_account
from codasync.sandbox.service import Delivery, Story
from codasync.sandbox.trade import Deal, Trade, account_number

BEFORE = timedelta(days=42)
REDELIVERED, REDELIVERED_AFTER, REDELIVERED_FILES = "DUPONT", timedelta(days=28), 3
CARD_HOLDER = "VDB"


def office(seed: int) -> Office:
    """Return the default office; the seed decides its account numbers."""
    result = Office()
    for company in cast.COMPANIES:
        dossier = result.add_dossier(
            company.code,
            company.name,
            legal_name=company.legal_name,
            language=company.language,
            street=company.street,
            zip=company.zip,
            city=company.city,
            contact=company.contact,
            purchases=company.purchases > 0,
            social_office=cast.SOCIAL_OFFICE if company.staff else "",
        )
        for position, plan in enumerate(company.accounts):
            bank = cast.BANKS[plan.bank]
            add_account(
                dossier,
                _iban(seed, company, position),
                bank.bic,
                currency=plan.currency,
                extension=plan.extension,
                type="savings" if plan.life == cast.SAVINGS else "current",
                state=plan.state,
                mandate_state=plan.mandate,
            )
    return result


def story(seed: int, start: date) -> Story:
    """Yield the days on which something is delivered, each with its documents, without end."""
    world = _World(seed, start)
    for day in banking_days(start - BEFORE):
        yield from world.live(day)


class _World:
    """What must be remembered from day to day: the books of the banks, the deals that are to be paid."""

    def __init__(self, seed: int, start: date) -> None:
        self.seed = seed
        self.start = start
        self.dossiers = office(seed).dossiers
        self.ibans = {company.code: _iban(seed, company, 0) for company in cast.COMPANIES}
        self.trade = Trade(seed, self.dossiers, self.ibans)
        self.books = {company.code: list(self._books(company)) for company in cast.COMPANIES}
        self.due: dict[date, list[Deal]] = defaultdict(list)
        self.to_redeliver: list[tuple[Statement, ...]] = []

    def live(self, day: date) -> Iterator[tuple[date, list[Delivery]]]:
        """Let a banking day happen; days before the start only make invoices that are paid later."""
        deals = self.trade.day(day)
        for deal in deals:
            if deal.paid_on:
                self.due[deal.paid_on].append(deal)
        if day < self.start:
            return
        paid = self.due.pop(day, [])
        deliveries: list[Delivery] = []
        for company, dossier in zip(cast.COMPANIES, self.dossiers, strict=True):
            deliveries += self._statements(company, dossier, day, paid)
            deliveries += [self._invoice(dossier, deal, day) for deal in deals if company.code in _codes(deal)]
            deliveries += self._payroll(company, dossier, day)
            deliveries += self._card_statement(dossier, day)
        yield banking_day_after(day), [*deliveries, *self._redelivery(day)]

    def _books(self, company: cast.Company) -> Iterator[Book]:
        for position, plan in enumerate(company.accounts):
            if (plan.state, plan.mandate) == ("active", "active"):
                yield Book(self.seed, self.start, company, plan, _iban(self.seed, company, position))

    def _statements(
        self, company: cast.Company, dossier: Dossier, day: date, paid: Sequence[Deal]
    ) -> Iterator[Delivery]:
        received = [deal for deal in paid if deal.seller.code == company.code]
        owed = [deal for deal in paid if deal.buyer.code == company.code]
        books = self.books[company.code]
        savings = next((book.iban for book in books if book.plan.life == cast.SAVINGS), "")
        for book in books:
            chance = dice("movements", self.seed, company.code, book.key, day)
            today = Day(day, self.seed, company, chance, received, owed, self.ibans[company.code], savings)
            statements = book.post(dossier.enterprise_number, day, movements(book.plan.life, today))
            if statements:
                yield self._coda(dossier, book, statements)

    def _coda(self, dossier: Dossier, book: Book, statements: tuple[Statement, ...]) -> Delivery:
        if dossier.code == REDELIVERED and len(self.to_redeliver) < REDELIVERED_FILES:
            self.to_redeliver.append(statements)
        files = coda_files(statements, book.plan.newline)
        return Delivery(dossier.client_id, "coda", coda_metadata(statements), files)

    def _invoice(self, dossier: Dossier, deal: Deal, day: date) -> Delivery:
        sale = deal.seller.code == dossier.code
        arrived = f"{day.isoformat()}T18:20:00.000000"
        metadata: Mapping[str, Any] | None = {"received_at": arrived}
        if sale:
            metadata = {"created_at": arrived, "invoicing_software": deal.invoice.software}
        elif dice("metadata", self.seed, deal.invoice.number, dossier.code).random() < 0.08:
            metadata = None
        files = invoice_files(deal.invoice, embeds=deal.seller.embeds)
        return Delivery(dossier.client_id, "sales_invoice" if sale else "purchase_invoice", metadata, files)

    def _payroll(self, company: cast.Company, dossier: Dossier, day: date) -> Iterator[Delivery]:
        """Wages of the month before are reported around its third day."""
        people = staff(self.seed, company)
        if people and Day(day, self.seed, company, dice()).is_first_from(3):
            month = day.replace(day=1) - timedelta(days=1)
            files = soda_files(dossier.enterprise_number, month, [wage for _, _, wage in people])
            metadata = {"created_at": f"{day.isoformat()}T06:00:00.000000", "social_office_id": cast.SOCIAL_OFFICE}
            yield Delivery(dossier.client_id, "soda", metadata, files)

    def _card_statement(self, dossier: Dossier, day: date) -> Iterator[Delivery]:
        """A kind of document that no client knows yet."""
        if dossier.code == CARD_HOLDER and Day(day, self.seed, cast.COMPANIES[0], dice()).is_first_from(15):
            files = {"pdf": partial(pdf.write, ["Carte de crédit", f"Période {day:%m/%Y}"])}
            metadata = {"bank_name": "ING", "billing_period": f"{day:%Y-%m}", "client_reference": dossier.code}
            yield Delivery(dossier.client_id, "credit_card_statement", metadata, files)

    def _redelivery(self, day: date) -> Iterator[Delivery]:
        """Four weeks after the start a client's first statements come again, one of them marked as a duplicate."""
        if day != banking_day_after(self.start + REDELIVERED_AFTER, 0):
            return
        dossier = next(dossier for dossier in self.dossiers if dossier.code == REDELIVERED)
        for position, statements in enumerate(self.to_redeliver):
            again = tuple(replace(statement, duplicate=position == 0) for statement in statements)
            yield Delivery(dossier.client_id, "coda", coda_metadata(again), coda_files(again, "\r\n"), REDOWNLOAD)


def _codes(deal: Deal) -> set[str]:
    return {deal.seller.code, deal.buyer.code}


def _iban(seed: int, company: cast.Company, position: int) -> str:
    """Return the IBAN of a company's account at this position; a sub-account has that of the account before it."""
    plan = company.accounts[position] if company.accounts else cast.AccountPlan("bnp")
    if plan.beside:
        return _iban(seed, company, position - 1)
    serial = dice("account", seed, company.code, position).randrange(10**7)
    return account_number(cast.BANKS[plan.bank], serial)
