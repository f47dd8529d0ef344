"""Values of the readers as rows of the tables: dates as ISO text, structures as JSON. Pure."""

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from codasync.errors import ReadWarning
from codasync.store_keys import number_key, references, supplier_number

if TYPE_CHECKING:
    from codasync.coda import Movement, Statement
    from codasync.ubl import Invoice

Row = dict[str, Any]


def iso(day: dt.date | None) -> str | None:
    """Write a date as `YYYY-MM-DD`."""
    return day.isoformat() if day else None


def as_json(value: Any) -> str:
    """Write a value of a reader as JSON; dates become ISO text."""
    return json.dumps(value, default=str, ensure_ascii=False)


def warnings_json(warnings: Iterable[ReadWarning]) -> str:
    """Write warnings as a JSON list of objects with code, line and text."""
    return as_json([{"code": one.code, "line": one.line, "text": one.text} for one in warnings])


def account_of(statement: "Statement") -> str:
    """Return what identifies the statement's account: its IBAN, else its number as given."""
    return statement.iban or "".join(statement.account.split())


def statement_row(statement: "Statement") -> Row:
    """Return the columns of table `statement` that the statement itself decides."""
    return {
        "fingerprint": statement.fingerprint,
        "account": statement.account,
        "iban": account_of(statement),
        "currency": statement.currency,
        "extension": statement.extension,
        "holder": statement.holder,
        "paper_number": statement.paper_number,
        "coda_number": statement.coda_number,
        "old_balance_date": iso(statement.old_balance_date),
        "old_balance_milli": statement.old_balance_milli,
        "date": iso(statement.new_balance_date),
        "new_balance_milli": statement.new_balance_milli,
        "transaction_count": len(statement.movements),
        "free_messages": as_json(statement.free_messages),
        "warnings": warnings_json(statement.warnings),
    }


def movement_rows(movements: "Sequence[Movement]", first_id: int, parent: int | None = None) -> list[Row]:
    """Return rows of table `movement`, numbered from `first_id`, each followed by its details."""
    rows: list[Row] = []
    for movement in movements:
        identifier = first_id + len(rows)
        rows.append({"id": identifier, "parent": parent, **_movement_row(movement)})
        rows.extend(movement_rows(movement.details, identifier + 1, identifier))
    return rows


def movement_references(rows: Iterable[Row]) -> list[Row]:
    """Return rows of table `movement_reference`: what the communications of movements may name invoices by."""
    return [
        {"movement": row["id"], "reference": reference, "structured": int(structured)}
        for row in rows
        if row["parent"] is None
        for reference, structured in sorted(references(row["communication"]).items())
    ]


def _movement_row(movement: "Movement") -> Row:
    return {
        "sequence_number": movement.sequence_number,
        "detail_number": movement.detail_number,
        "entry_date": iso(movement.entry_date),
        "value_date": iso(movement.value_date),
        "amount_milli": movement.amount_milli,
        "counterparty_name": movement.counterparty_name,
        "counterparty_account": movement.counterparty_account,
        "counterparty_iban": movement.counterparty_iban,
        "counterparty_bic": movement.counterparty_bic,
        "structured_communication": movement.structured_communication,
        "communication": movement.communication,
        "transaction_code": movement.transaction_code,
        "bank_reference": movement.bank_reference,
        "customer_reference": movement.customer_reference,
        "structured": as_json(movement.structured.as_json()) if movement.structured else "",
        "information": as_json(_information(movement)) if movement.information else "",
        "meaning": str(movement.meaning),
        "category_purpose": movement.category_purpose,
        "purpose": movement.purpose,
        "r_transaction": movement.r_transaction,
        "r_reason": movement.r_reason,
    }


def _information(movement: "Movement") -> list[Any]:
    """Return what the information records say, in order: a text, or the fields of a structured one."""
    return [one.structured.as_json() if one.structured else one.text for one in movement.information]


def invoice_row(invoice: "Invoice") -> Row:
    """Return the columns of table `invoice` that the invoice itself decides."""
    return {
        "kind": invoice.kind,
        "number": invoice.number,
        "issue_date": iso(invoice.issue_date),
        "due_date": iso(invoice.due_date),
        "currency": invoice.currency,
        "supplier_name": invoice.supplier.name,
        "supplier_vat": invoice.supplier.vat,
        "supplier_number": supplier_number(invoice.supplier.vat, invoice.supplier.enterprise_number),
        "number_key": number_key(invoice.number),
        "customer_name": invoice.customer.name,
        "customer_vat": invoice.customer.vat,
        "net_milli": invoice.net_milli,
        "vat_milli": invoice.vat_milli,
        "gross_milli": invoice.gross_milli,
        "payable_milli": invoice.payable_milli,
        "payment_iban": invoice.payment_iban,
        "effect_milli": invoice.effect_milli,
        "payment_reference": invoice.payment_reference,
        "payment_terms": invoice.payment_terms,
        "buyer_reference": invoice.buyer_reference,
        "order_reference": invoice.order_reference,
        "type_code": invoice.type_code,
        "dialect": invoice.dialect,
        "warnings": warnings_json(invoice.warnings),
    }


def pdf_only_row() -> Row:
    """Return the columns of table `invoice` for an invoice that exists as PDF alone: nothing is known of it."""
    from codasync.ubl_types import Invoice  # noqa: PLC0415 - only here is a value made

    return {**invoice_row(Invoice("invoice", "")), "effect_milli": None}


def invoice_parts(invoice: "Invoice") -> dict[str, list[Row]]:
    """Return the rows of an invoice's lines, VAT breakdown and attachments by table, without the invoice's id."""
    return {
        "invoice_line": [
            {
                "line_id": line.id,
                "name": line.name,
                "description": line.description,
                "quantity": line.quantity,
                "unit_code": line.unit_code,
                "price": line.price,
                "base_quantity": line.base_quantity,
                "note": line.note,
                "seller_item_id": line.seller_item_id,
                "belgian_vat_code": line.belgian_vat_code,
                "net_milli": line.net_milli,
                "vat_category": line.vat_category,
                "vat_rate": line.vat_rate,
            }
            for line in invoice.lines
        ],
        "invoice_vat_subtotal": [
            {
                "vat_category": vat.category,
                "vat_rate": vat.rate,
                "belgian_vat_code": vat.belgian_vat_code,
                "exemption_reason": vat.exemption_reason,
                "taxable_milli": vat.taxable_milli,
                "tax_milli": vat.tax_milli,
            }
            for vat in invoice.vat_breakdown
        ],
        "invoice_attachment": [
            {
                "file_name": one.file_name,
                "mime_type": one.mime_type,
                "size": one.size,
                "sha256": one.sha256,
                "description": one.description,
                "uri": one.uri,
                "is_invoice_pdf": int(one.is_invoice_pdf),
            }
            for one in invoice.attachments
        ],
    }
