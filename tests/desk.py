"""An office at work inside the test's process: documents to deliver, passes to make, and what they left behind."""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from support import Home, Row
from views import Views, in_order

from codasync import config, sync
from codasync.credentials import Credentials
from codasync.enabling import Choice, Enabled, enable
from codasync.sandbox import Dossier, Sandbox, coda_writer, pdf, ubl_writer
from codasync.sandbox.feeds import File
from codasync.sandbox.numbers import belgian_account, iban
from codasync.sandbox.server import Request
from codasync.store import Store, open_store, utc_now
from codasync.sync import PassResult

FIRST_DAY = dt.date(2026, 3, 2)


def account(serial: int = 1, **facts: Any) -> coda_writer.Account:
    """Return a bank account, always the same for one number; `facts` are fields of `coda_writer.Account`."""
    number = iban("BE", belgian_account("001", serial))
    return coda_writer.Account(number, "GEBABEBB", "BOULANGERIE HELENE", **facts)


def statements(
    of: coda_writer.Account, count: int, *, first: int = 1, old_balance: int = 1_000_000, **facts: Any
) -> Iterator[coda_writer.Statement]:
    """Write statements with connecting balances, a day apart; `facts` are fields of `coda_writer.Statement`."""
    balance = old_balance
    for number in range(first, first + count):
        day = FIRST_DAY + dt.timedelta(days=number)
        paid = coda_writer.Movement(-12_340 * number, communication=f"FACTURE {number}", counterparty_name="MEUNIER")
        earned = coda_writer.Movement(100_000 + number, communication=f"RECETTE {number}", value_date=day)
        yield coda_writer.Statement(
            of,
            balance,
            day - dt.timedelta(days=1),
            day,
            (paid, earned),
            **{"paper_number": number, "coda_number": number} | facts,
        )
        balance += paid.amount_milli + earned.amount_milli


def statement(of: coda_writer.Account, number: int = 1, **facts: Any) -> coda_writer.Statement:
    """Write one statement."""
    return next(statements(of, 1, first=number, **facts))


def party(name: str, number: int) -> ubl_writer.Party:
    """Return a seller or buyer with a valid VAT number."""
    first = 10_000_000 + number
    vat = f"BE{first:08d}{97 - first % 97:02d}"
    return ubl_writer.Party(name, vat, "Rue Haute 1", "1000", "Bruxelles")


def invoice(number: str = "F1", *, price: str = "100.00", pages: Sequence[str] | None = ("facture",)) -> bytes:
    """Write an invoice in UBL; `pages` are the lines of the PDF that it embeds, None for no PDF."""
    return ubl_writer.write(
        ubl_writer.Invoice(
            number,
            FIRST_DAY,
            party("Moulins du Sud", 1),
            party("Boulangerie Hélène", 2),
            (ubl_writer.Line("Farine", Decimal(price)),),
            pdf=None if pages is None else pdf.write(pages),
        )
    )


class Desk:
    """Makes passes for `home` in this process, at the time that its `clock` tells."""

    def __init__(self, home: Home, clock: Callable[[], dt.datetime] = utc_now) -> None:
        self.home, self.box, self.clock = home, home.box, clock

    def dossier(self, code: str, *accounts: coda_writer.Account, enabled: bool = True) -> Dossier:
        """Give the office a dossier with these bank accounts, and enable their journals."""
        dossier = self.box.add_dossier(code, f"Dossier {code}")
        for one in accounts:
            self.box.add_account(code, one.number, one.bic, currency=one.currency, extension=one.extension or None)
        if enabled:
            for one in accounts:
                self.enable(code, one.number)
        return dossier

    def deliver(self, dossier: Dossier, model: str, files: Mapping[str, File], metadata: Any = None, **how: Any) -> str:
        """Put any bytes, by format, into a dossier's feed and return the feed index."""
        return self.box.deliver(dossier.code, model, files, metadata, **how)

    def deliver_coda(self, dossier: Dossier, *files: coda_writer.Statement, **how: Any) -> str:
        """Put one CODA file with these statements into a dossier's feed and return the feed index."""
        return self.box.deliver_coda(dossier.code, *files, **how)

    def rewind(self, dossier: Dossier) -> None:
        """Let the feed list everything again."""
        self.box.rewind(dossier.code)

    def waiting(self, dossier: Dossier) -> list[str]:
        """Return what is not acknowledged."""
        return self.box.waiting(dossier.code)

    def enable(self, code: str, number: str, **facts: Any) -> Enabled:
        """Enable a journal as the command does."""
        given = {"currency": "", "journal_code": None, "since": None} | facts
        with self.store() as store:
            return enable(self.config(), self.credentials(), store, Choice(code, number, **given))

    def sync(self, **options: Any) -> PassResult:
        """Make one pass."""
        return sync.run(self.config(), self.credentials(), **{"clock": self.clock} | options)

    def config(self) -> config.Config:
        """Read the config."""
        return config.load(self.home.config, {})

    def credentials(self) -> Credentials:
        """Return the right credentials."""
        return Credentials(self.box.username, self.box.password)

    def store(self) -> Store:
        """Open the database as the program does."""
        return open_store(self.home.database, create=True, clock=self.clock)

    def query(self, sql: str, *parameters: object) -> list[Row]:
        """Read the database as another program would."""
        return self.home.query(sql, *parameters)

    def one(self, sql: str, *parameters: object) -> Row:
        """Read the one row that there has to be."""
        [row] = self.query(sql, *parameters)
        return row

    def document(self, index: str, format_: str = "") -> Row:
        """Return the one document of a feed index (and format)."""
        return self.one("SELECT * FROM documents WHERE feed_index = ? AND format LIKE ?", index, format_ or "%")

    def count(self, view: str) -> int:
        """Count the rows of a view."""
        return int(self.one(f"SELECT count(*) AS n FROM {view}")["n"])

    def views(self) -> dict[str, list[tuple[object, ...]]]:
        """Return what the documented views show, as far as it can be compared, in an order of its own."""
        return in_order(Views(self.query).shown())


def asked(box: Sandbox, path: str, method: str = "GET") -> list[Request]:
    """Return the requests so far whose path holds this text."""
    return [one for one in box.requests if one.method == method and path in one.path]


def downloads(box: Sandbox) -> list[str]:
    """Return `index/format` of every document that was asked for, in order."""
    return [
        "/".join(one.path.rstrip("/").split("/")[-2:]) for one in box.requests if re.search("/(re)?download/", one.path)
    ]


def acknowledged(box: Sandbox, dossier: Dossier, kind: str = "download") -> list[str]:
    """Return what was acknowledged of a dossier's feed, in order."""
    return box.acknowledged.get((kind, dossier.feed_id), [])
