"""From the bytes of one document to the books: read it, decide what of it is booked, store it with its state.

`read` is pure and runs in the threads that fetch; `book` writes, in one transaction, in the thread that owns the store.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from codasync import coda, store_reports, ubl
from codasync.errors import CodasyncError, DocumentError
from codasync.flags import SAME_NUMBER, flags
from codasync.plan import CODA, INVOICES, NOT_SERVED, Selection, Wishes, compact, date, offers_pdf, stated, unwanted
from codasync.store_likeness import is_row_of
from codasync.store_rows import Row, account_of

if TYPE_CHECKING:
    from codasync.store import Store

PDF_IS_ALL = "CodaBox has this document as PDF only"
# multiple file code 1 at position 128 of the trailer; half of the banks write it always, so it proves nothing
ANOTHER_FOLLOWS = re.compile(rb"(^|[\r\n])9[^\r\n]{126}1[\s\x1a]*\Z")
TRAILER = 1024  # more than the last record of a file and what blanks follow it
PDF_HEAD = 1024  # readers look for the header there (PDF Reference 1.7, implementation note 13)
BOOKED_FORMATS = {CODA: "cod", **dict.fromkeys(INVOICES, "xml")}


@dataclass(frozen=True, slots=True)
class Reading:
    """A document's bytes and what a reader made of them; `problem` is why it could not be read."""

    data: bytes
    statements: tuple[coda.Statement, ...] = ()
    invoice: ubl.Invoice | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a document comes from: the entry that lists it, its dossier, what CodaBox says about it."""

    entry_id: int
    client_id: str
    model: str
    metadata: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a document: its state, and the formats that have to be fetched as well.

    `refused` says what a person has to look at: something kept and not booked, or an invoice that contradicts another.
    """

    state: str
    more: tuple[str, ...] = ()
    refused: str = ""


def read(model: str, format_: str, data: bytes) -> Reading:
    """Read the bytes of a document, if this format of this model is one that is booked."""
    if BOOKED_FORMATS.get(model) != format_:
        return Reading(data)
    try:
        if model == CODA:
            return Reading(data, statements=tuple(coda.read(data)))
        return Reading(data, invoice=ubl.read(data))
    except DocumentError as error:
        return Reading(data, problem=str(error))


def is_doubtful(store: "Store", source: Source, format_: str, reading: Reading) -> bool:
    """Tell whether a document may be another than CodaBox listed, or not all of it.

    It cannot be read, is no PDF, is of another account or not what CodaBox announced; or, where CodaBox says nothing of
    it that could be checked, its last trailer tells of another file, or it is byte for byte what another entry brought.
    """
    is_no_pdf = format_ == "pdf" and b"%PDF" not in reading.data[:PDF_HEAD]
    if reading.problem or is_no_pdf or any(_other_account(source, one) for one in reading.statements):
        return True
    if reading.statements and _announced(source):
        return bool(_unannounced(source, reading.statements))
    another_follows = bool(reading.statements) and ANOTHER_FOLLOWS.search(reading.data[-TRAILER:])
    return bool(another_follows) or store.is_of_another_entry(reading.data, source.entry_id)


def _announced(source: Source) -> dict[str, Any]:
    """Return what CodaBox says of the statements in a file: first and last number, day of the last balance."""
    facts = stated(source.metadata)
    found = {name: facts.get(name) for name in ("first_statement_number", "last_statement_number")}
    numbers = {name: number for name, number in found.items() if isinstance(number, int)}
    day = date(facts.get("new_balance_date"))
    return {**numbers, "new_balance_date": day} if day else numbers


def _unannounced(source: Source, statements: Sequence[coda.Statement]) -> str:
    """Say how a file differs from what CodaBox announced; which of a statement's two numbers it means is not known."""
    held = {one for each in statements for one in (each.coda_number, each.paper_number, each.new_balance_date)}
    facts = _announced(source)
    if not all(one.movements for one in statements):  # without movements there need not be a new balance, nor its day
        facts.pop("new_balance_date", None)
    missing = [f"{name} {fact}" for name, fact in facts.items() if fact not in held]
    return f"CodaBox announced {', '.join(missing)}, which it does not hold" if missing else ""


def book(
    store: "Store", source: Source, format_: str, reading: Reading, wishes: Wishes, *, xml_gone: bool = False
) -> Outcome:
    """Store a document that has come.

    `xml_gone` tells that CodaBox has just said that it has no XML of this invoice.
    """
    with store.transaction():
        content = store.keep(reading.data)
        if reading.problem:
            store.settle(source.entry_id, format_, "unreadable", reading.problem, attention=True, content=content)
            return Outcome("unreadable", stand_by_pdf(store, source, wishes))
        if reading.statements:
            return _book_statements(store, source, format_, reading, content, wishes.selections)
        if reading.invoice:
            return _book_invoice(store, source, format_, reading.invoice, content, wishes)
        return _keep_file(store, source, format_, content, xml_gone=xml_gone)


def refuse(store: "Store", source: Source, format_: str, error: CodasyncError, wishes: Wishes) -> Outcome:
    """Note that a document could not be fetched; the outcome names the formats to try instead.

    A second format that CodaBox does not have is no trouble; an invoice without XML may exist as PDF.
    """
    gone = bool(error.facts.get("gone"))
    with store.transaction():
        if gone and format_ != BOOKED_FORMATS.get(source.model):
            store.settle(source.entry_id, format_, "skipped", "CodaBox does not have this format")
            return Outcome("skipped")
        if gone and source.model in INVOICES and store.received_pdf(source.entry_id):
            store.settle(source.entry_id, format_, "skipped", PDF_IS_ALL)
            return Outcome("skipped", stand_by_pdf(store, source, wishes))
        if gone and store.expects_after_all(source.entry_id, format_):
            store.settle(source.entry_id, format_, "skipped", f"{NOT_SERVED}: {error}")
            return Outcome("skipped")
        store.settle(source.entry_id, format_, "unavailable", str(error), attention=True)
        if gone and source.model in INVOICES and offers_pdf(source.model, wishes):
            store.expect(source.entry_id, ["pdf"])
            return Outcome("unavailable", ("pdf",))
        return Outcome("unavailable")


def stand_by_pdf(store: "Store", source: Source, wishes: Wishes) -> tuple[str, ...]:
    """Let an invoice whose XML is of no use stand in its inbox by its PDF; return the formats to fetch for that."""
    if source.model not in INVOICES:
        return ()
    if pdf := store.received_pdf(source.entry_id):
        if pdf["state"] == "stored" and not store.booked_by_pdf(source.entry_id):
            _book_pdf(store, source, pdf["content"])
        return ()
    if not offers_pdf(source.model, wishes) or store.twin_of_unreadable(*_place(source), source.entry_id):
        return ()
    store.expect(source.entry_id, ["pdf"])
    return ("pdf",)


def _keep_file(store: "Store", source: Source, format_: str, content: int, *, xml_gone: bool) -> Outcome:
    """Settle a document that no reader looks at: the PDF of an invoice, a replica of a statement."""
    if source.model in INVOICES and xml_gone:
        store.settle(source.entry_id, "xml", "skipped", PDF_IS_ALL)
    if source.model in INVOICES and store.stands_by_pdf_alone(source.entry_id):
        return _book_pdf(store, source, content)
    store.settle(source.entry_id, format_, "stored", content=content)
    if source.model in INVOICES:
        _replace_same_pdf(store, source, content)
    return Outcome("stored")


def _replace_same_pdf(store: "Store", source: Source, content: int) -> None:
    """Let the XML of an entry, whose PDF has just come, take the place of what stood by the same PDF alone."""
    by_pdf = store.booked_by_same_pdf(*_place(source), source.entry_id, b"")
    standing = store.booked_with_pdf(*_place(source), content)
    if by_pdf and standing:
        store.give_way(by_pdf, standing)
        _pass_on(store, source, by_pdf, standing)


def _pass_on(store: "Store", source: Source, by_pdf: Row, document: int) -> None:
    """Note on the PDF of another entry, by which an invoice stood, by what it stands now: it is not booked again."""
    if by_pdf["entry"] != source.entry_id:
        store.settle(by_pdf["entry"], "pdf", "duplicate", f"the same as document {document}")


def _book_pdf(store: "Store", source: Source, content: int) -> Outcome:
    """Book an invoice that stands by its PDF alone, unless it stands in the inbox already."""
    place = _place(source)
    twin = store.twin_of_invoice(*place, content) or store.booked_with_pdf(*place, content)
    if twin := twin or store.twin_of_unreadable(*place, source.entry_id):
        store.settle(source.entry_id, "pdf", "duplicate", f"the same as document {twin}", content=content)
        return Outcome("duplicate")
    document = store.settle(source.entry_id, "pdf", "stored", content=content)
    store.book_invoice(document, *place, None, flags(None, place[1], {}, rival=False))
    return Outcome("stored")


def _book_invoice(
    store: "Store", source: Source, format_: str, invoice: ubl.Invoice, content: int, wishes: Wishes
) -> Outcome:
    """Book an invoice, unless it stands in the inbox already; it takes the place of what stood there by its PDF.

    One that claims to be another but differs stands beside it, both flagged: a person has to see both.
    """
    place = _place(source)
    by_pdf = store.booked_by_same_pdf(*place, source.entry_id, invoice.pdf.data if invoice.pdf else b"")
    known = store.invoices_like(*place, invoice)
    if twin := store.twin_of_invoice(*place, content) or _same(store, invoice, known):
        store.settle(source.entry_id, format_, "duplicate", f"the same as document {twin}", content=content)
        if by_pdf:
            store.give_way(by_pdf, twin)
            _pass_on(store, source, by_pdf, twin)
        return Outcome("duplicate", () if _has_pdf(store, twin) else _missing_pdf(store, source, invoice, wishes))
    rival = f"it claims to be the invoice of document {known[0]['document']}, but differs" if known else ""
    document = store.settle(source.entry_id, format_, "stored", rival, content=content)
    found = flags(invoice, place[1], store.dossier_facts(source.client_id), rival=bool(known))
    if by_pdf:
        store.book_in_place(by_pdf, document, invoice, found)
        _pass_on(store, source, by_pdf, document)
    else:
        store.book_invoice(document, *place, invoice, found)
    for row in known:
        store.flag(row, SAME_NUMBER, on=True)
    refused = f"document {document} stands beside another in the inbox: {rival}" if rival else ""
    return Outcome("stored", _missing_pdf(store, source, invoice, wishes), refused)


def _same(store: "Store", invoice: ubl.Invoice, known: Iterable[Row]) -> int | None:
    """Return the document by which this very invoice stands among the known ones."""
    same = (row["document"] for row in known if is_row_of(invoice, row, *store.invoice_parts(row["id"])))
    return next(same, None)


def _has_pdf(store: "Store", document: int) -> bool:
    """Tell whether an invoice embeds a PDF, or one came beside it or a copy of it."""
    copies = [document, *(row["id"] for row in store_reports.same_invoice(store, document))]
    return store.embeds_pdf(document) or any(store_reports.companion_pdf(store, one) for one in copies)


def _missing_pdf(store: "Store", source: Source, invoice: ubl.Invoice, wishes: Wishes) -> tuple[str, ...]:
    if invoice.pdf or wishes.pdf != "missing" or not offers_pdf(source.model, wishes):
        return ()
    store.expect(source.entry_id, ["pdf"])
    return ("pdf",)


def _place(source: Source) -> tuple[str, str]:
    """Return the dossier's client id and the inbox of an invoice."""
    return source.client_id, INVOICES[source.model]


@dataclass(slots=True)
class _Verdicts:
    """What became of the statements of one file; `held` are the positions of those that it had booked before."""

    held: set[int] = field(default_factory=set)
    booked: list[tuple[int, coda.Statement]] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    unwanted: list[str] = field(default_factory=list)
    apart: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def state(self) -> str:
        """Return the document's state: booked or kept beside the books, else all known, else all unwanted."""
        if self.held or self.booked or self.refused or self.apart:
            return "stored"
        return "duplicate" if self.duplicates else "skipped"

    def reason(self) -> str:
        """Say what was not booked, and why."""
        return "; ".join(dict.fromkeys([*self.refused, *self.apart, *self.duplicates, *self.unwanted]))


def _book_statements(
    store: "Store", source: Source, format_: str, reading: Reading, content: int, selections: tuple[Selection, ...]
) -> Outcome:
    verdicts = _Verdicts()
    verdicts.held = store.booked_positions(source.entry_id, format_)
    for position, statement in enumerate(reading.statements, start=1):
        if position not in verdicts.held:
            _judge(store, source, statement, position, selections, verdicts)
    unannounced = "" if verdicts.refused else _unannounced(source, reading.statements)
    reason = "; ".join(filter(None, [unannounced, verdicts.reason()]))
    document = store.settle(
        source.entry_id, format_, verdicts.state(), reason, attention=bool(verdicts.refused), content=content
    )
    for position, statement in verdicts.booked:
        store.book_statement(document, source.client_id, position, statement)
    return Outcome(
        verdicts.state(), refused=f"document {document}: {reason}" if verdicts.refused or unannounced else ""
    )


def _judge(
    store: "Store",
    source: Source,
    statement: coda.Statement,
    position: int,
    selections: Iterable[Selection],
    verdicts: _Verdicts,
) -> None:
    account = account_of(statement)
    if statement.separate_application:
        verdicts.apart.append("a separate application: it details other statements, so it is kept and not booked")
    elif other := _other_account(source, statement):
        verdicts.refused.append(
            f"kept, not booked: it is of account {account} {statement.currency}, CodaBox said {other}"
        )
    elif reason := unwanted(selections, account, statement.currency, statement.new_balance_date):
        verdicts.unwanted.append(reason)
    elif twin := _twin(store, statement, account, verdicts):
        verdicts.duplicates.append(f"the same as {twin}")
    elif rival := _rival(store, statement, account):
        verdicts.refused.append(
            f"kept, not booked: it claims to be statement {statement.coda_number} of {statement.new_balance_date},"
            f" but differs from document {rival}"
        )
    else:
        verdicts.booked.append((position, statement))


def _other_account(source: Source, statement: coda.Statement) -> str:
    """Return the account that CodaBox's metadata names, when the statement is of another one."""
    facts = stated(source.metadata)
    iban, currency = compact(facts.get("iban")), compact(facts.get("currency"))
    extension = compact(facts.get("extension_zone"))
    account = account_of(statement)
    same_account = not iban or iban == account or (not statement.iban and account and account in iban)
    same_currency = not currency or not statement.currency or currency == statement.currency
    same_extension = not extension or not statement.extension or extension == compact(statement.extension)
    return "" if same_account and same_currency and same_extension else f"{iban} {currency} {extension}".strip()


def _twin(store: "Store", statement: coda.Statement, account: str, verdicts: _Verdicts) -> str:
    """Find the same statement, booked before or earlier in this file."""
    if any(one.fingerprint == statement.fingerprint for _, one in verdicts.booked):
        return "an earlier statement of this file"
    for row in store.statements_like(account, statement.currency, statement.extension, statement):
        if row["fingerprint"] == statement.fingerprint:
            return f"document {row['document']}"
    return ""


def _rival(store: "Store", statement: coda.Statement, account: str) -> int | None:
    """Find a booked statement that this one claims to be, although it differs.

    It claims so by number and day with the duplicate flag or a balance in common. Without a number it takes the same
    day and both balances, and, without a paper number too, the flag: a day may have several statements between them.
    """
    if not (statement.coda_number or statement.paper_number or statement.duplicate):
        return None
    for row in store.statements_like(account, statement.currency, statement.extension, statement):
        same_old = row["old_balance_milli"] == statement.old_balance_milli
        same_new = row["new_balance_milli"] == statement.new_balance_milli
        if statement.duplicate or same_old or same_new if statement.coda_number else same_old and same_new:
            return int(row["document"])
    return None
