"""A bank's book of one account: balances that connect, numbers that rise, files that hold one statement or a week's."""

from datetime import date

from codasync.sandbox import cast
from codasync.sandbox.coda_writer import Account, Movement, Statement
from codasync.sandbox.days import banking_day_after, banking_day_before
from codasync.sandbox.numbers import dice

SHARES = {cast.MAIN: 1000, cast.SAVINGS: 1700, cast.DOLLARS: 240, cast.COUNTER: 90, cast.ABROAD: 400}
TARIFFS = (
    "Nos tarifs changent le premier jour du mois prochain. La nouvelle liste est affichée dans nos agences "
    "et publiée sur notre site."
)


class Book:
    """The account of one plan, from the first banking day on."""

    def __init__(self, seed: int, start: date, company: cast.Company, plan: cast.AccountPlan, iban: str) -> None:
        self.plan = plan
        self.iban = iban
        self.key = f"{iban}{plan.currency}{plan.extension or ''}"
        self._company = company
        self._balance = company.opening * SHARES[plan.life]
        self._last = banking_day_before(start)
        so_far = max(start.timetuple().tm_yday // 2, 1)
        self._number = dice("statements", seed, self.key).randrange(so_far // 3, so_far)
        self._unsent: list[Statement] = []

    def post(self, enterprise_number: str, day: date, movements: tuple[Movement, ...]) -> tuple[Statement, ...]:
        """Book the movements of a day; return the statements that the bank sends that night, often one or none."""
        if movements:
            self._unsent.append(self._statement(enterprise_number, day, movements))
        ends_week = banking_day_after(day).isocalendar().week != day.isocalendar().week
        if self.plan.bundled and not ends_week:
            return ()
        sent, self._unsent = tuple(self._unsent), []
        return sent

    def _statement(self, enterprise_number: str, day: date, movements: tuple[Movement, ...]) -> Statement:
        self._number = 1 if day.year != self._last.year else self._number % 999 + 1
        statement = Statement(
            account=self._account(enterprise_number),
            old_balance_milli=self._balance,
            old_balance_date=self._last,
            new_balance_date=day,
            movements=movements,
            paper_number={cast.DAILY: self._number, cast.WEEKLY: day.isocalendar().week, cast.UNNUMBERED: 0}[
                self.plan.paper
            ],
            coda_number=0 if self.plan.paper == cast.UNNUMBERED else self._number,
            file_reference=f"{day:%y%m%d}{self._number:04d}",
            messages=(TARIFFS,) if banking_day_before(day).month != day.month else (),
        )
        self._balance, self._last = statement.new_balance_milli, day
        return statement

    def _account(self, enterprise_number: str) -> Account:
        bank = cast.BANKS[self.plan.bank]
        return Account(
            number=self.iban[4:] if self.plan.structure == 0 else self.iban,
            bic=bank.bic,
            holder=self._company.legal_name.upper(),
            currency=self.plan.currency,
            structure=self.plan.structure,
            extension=self.plan.extension or "",
            description=bank.product,
            enterprise_number=enterprise_number,
            bank_code=bank.code if bank.country == "BE" else "",
        )
