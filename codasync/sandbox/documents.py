"""The files and metadata of each kind of document, as CodaBox delivers them.

CODA metadata has the eight keys of the published example. No example of the other kinds is public: theirs are guesses.
The XML that CodaBox offers for CODA has no published layout and is not imitated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any
from xml.sax.saxutils import escape

from codasync.sandbox import coda_writer, pdf, ubl_writer
from codasync.sandbox.feeds import File
from codasync.sandbox.numbers import iban as make_iban


def coda_metadata(statements: Sequence[coda_writer.Statement], iban: str = "") -> dict[str, Any]:
    """Return the metadata of a CODA file; `iban` where the file does not say it (computed for structure 0)."""
    account = statements[0].account
    number = make_iban("BE", account.number) if account.structure == 0 else account.number
    return {
        "movement_count": sum(len(statement.movements) for statement in statements),
        "first_statement_number": statements[0].coda_number,
        "last_statement_number": statements[-1].coda_number,
        "new_balance_date": statements[-1].new_balance_date.isoformat(),
        "iban": iban or number,
        "bank_id": account.bic,
        "currency": account.currency,
        "extension_zone": account.extension or None,
    }


def coda_files(statements: Sequence[coda_writer.Statement], newline: str) -> Mapping[str, File]:
    """Return a CODA file and its replica for people, made when they are asked for."""
    return {
        "cod": partial(coda_writer.write, *statements, newline=newline),
        "pdf": partial(_statement_pdf, statements),
    }


def invoice_files(invoice: ubl_writer.Invoice, *, embeds: bool) -> Mapping[str, File]:
    """Return an invoice's XML, with its PDF inside if it `embeds` one, and a PDF in any case."""
    return {"xml": partial(_invoice_xml, invoice, embeds), "pdf": partial(_invoice_pdf, invoice)}


def soda_files(enterprise_number: str, month: date, wages: Sequence[int]) -> Mapping[str, File]:
    """Return a payroll entry for the month: total wages (cents each) on 620000, against 455000."""
    return {"xml": partial(_soda_xml, enterprise_number, month, wages), "pdf": partial(_soda_pdf, month, wages)}


def _statement_pdf(statements: Sequence[coda_writer.Statement]) -> bytes:
    lines = []
    for statement in statements:
        account = statement.account
        lines += [f"{account.holder}  {account.number}  {account.currency}", f"{statement.new_balance_date:%d/%m/%Y}"]
        lines += [
            f"{movement.amount_milli / 1000:12.2f}  {movement.counterparty_name}" for movement in statement.movements
        ]
        lines += [f"{statement.new_balance_milli / 1000:12.2f}", ""]
    return pdf.write(lines)


def _invoice_xml(invoice: ubl_writer.Invoice, embeds: bool) -> bytes:
    return ubl_writer.write(replace(invoice, pdf=_invoice_pdf(invoice) if embeds else None))


def _invoice_pdf(invoice: ubl_writer.Invoice) -> bytes:
    title = "Note de crédit" if invoice.credit_note else "Facture"
    lines = [invoice.supplier.name, f"{title} {invoice.number}", f"{invoice.issue_date:%d/%m/%Y}", ""]
    lines += [invoice.customer.name, f"{invoice.customer.zip} {invoice.customer.city}", ""]
    lines += [f"{line.quantity} x {line.text}: {line.net} {invoice.currency}" for line in invoice.lines]
    return pdf.write([*lines, "", f"TVA {invoice.vat}", f"Total {invoice.gross} {invoice.currency}"])


def _soda_xml(enterprise_number: str, month: date, wages: Sequence[int]) -> bytes:
    total = f"{sum(wages) / 100:.2f}"
    entries = (("620000", "Rémunérations", "Debit"), ("455000", "Rémunérations à payer", "Credit"))
    lines = "".join(
        f"  <TransactionLine>\n    <Accounting>\n      <Account>{account}</Account>\n"
        f"      <Label>{escape(label)}</Label>\n      <Amount><{side}>{total}</{side}></Amount>\n"
        "    </Accounting>\n  </TransactionLine>\n"
        for account, label, side in entries
    )
    head = (
        f"  <EntNum>{enterprise_number}</EntNum>\n  <Source>group_x</Source>\n"
        f"  <SeqNumber>{month.month}</SeqNumber>\n  <AccountPeriod>{month:%Y%m}</AccountPeriod>\n"
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<SocialDocument>\n{head}{lines}</SocialDocument>\n'.encode()


def _soda_pdf(month: date, wages: Sequence[int]) -> bytes:
    return pdf.write([f"Rémunérations {month:%m/%Y}", f"Total {sum(wages) / 100:.2f} EUR"])
