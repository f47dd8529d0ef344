"""The invoices in the database: booked by their XML or their PDF alone, found again, brought up to date, approved."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from codasync.store_file import StoreFile
from codasync.store_likeness import same_supplier
from codasync.store_rows import Row, as_json, invoice_parts, invoice_row, pdf_only_row

if TYPE_CHECKING:
    from codasync.ubl import Invoice

_SAME_NUMBER = "client_id = :client_id AND inbox = :inbox AND issue_date IS :issue_date AND number = :number"


class StoreInvoices(StoreFile):
    """What is remembered of invoices; a part of `Store`."""

    # --- what is known already

    def dossier_facts(self, client_id: str) -> Row:
        """Return a dossier's name and enterprise number, empty where CodaBox has not said them."""
        found = self.query("SELECT name, enterprise_number FROM dossier WHERE client_id = ?", [client_id])
        return found[0] if found else {"name": "", "enterprise_number": ""}

    def stands_by_pdf_alone(self, entry: int) -> bool:
        """Tell whether only a PDF can put an entry into an inbox: there is no XML, or it is given up or unreadable."""
        return not self.query(
            "SELECT 1 FROM document WHERE entry = ? AND format = 'xml'"
            " AND state IN ('stored', 'duplicate', 'unavailable')",
            [entry],
        )

    def received_pdf(self, entry: int) -> Row | None:
        """Return state and content of the PDF of an entry, None while it has not come."""
        found = self.query(
            "SELECT state, content FROM document WHERE entry = ? AND format = 'pdf' AND content IS NOT NULL", [entry]
        )
        return found[0] if found else None

    def booked_by_pdf(self, entry: int) -> Row | None:
        """Return the invoice that stands in an inbox by the PDF of this entry."""
        found = self.query(
            "SELECT i.* FROM document AS d JOIN invoice AS i ON i.document = d.id"
            " WHERE d.entry = ? AND d.format = 'pdf'",
            [entry],
        )
        return found[0] if found else None

    def booked_by_same_pdf(self, client_id: str, inbox: str, entry: int, embedded: bytes) -> Row | None:
        """Return the invoice that stands in this inbox by the PDF of this entry, or by the same bytes of another.

        They are the bytes of what was delivered beside its XML, or what that embeds (empty: nothing). The row tells the
        `entry` by whose PDF it stands.
        """
        found = self.query(
            "WITH same AS ("
            " SELECT mine.content AS content FROM document AS mine WHERE mine.entry = :entry AND mine.format = 'pdf'"
            " UNION SELECT c.id AS content FROM content AS c WHERE c.sha256 = :embedded)"
            " SELECT i.*, p.entry AS entry FROM same"
            " JOIN document AS p ON p.content = same.content AND p.format = 'pdf'"
            " JOIN invoice AS i ON i.document = p.id"
            " WHERE i.client_id = :client_id AND i.inbox = :inbox ORDER BY p.entry <> :entry",
            {"entry": entry, "client_id": client_id, "inbox": inbox, "embedded": hashlib.sha256(embedded).hexdigest()},
        )
        return found[0] if found else None

    def booked_with_pdf(self, client_id: str, inbox: str, content: int) -> int | None:
        """Return the XML by which an invoice stands in this inbox that embeds this PDF, or that came beside it."""
        found = self.query(
            "SELECT i.document AS document FROM document AS p"
            " JOIN document AS x ON x.entry = p.entry AND x.format = 'xml' JOIN document AS t ON t.content = x.content"
            " JOIN invoice AS i ON i.document = t.id"
            " WHERE p.content = :pdf AND p.format = 'pdf' AND i.client_id = :client_id AND i.inbox = :inbox"
            " UNION ALL SELECT i.document AS document FROM content AS c"
            " JOIN invoice_attachment AS a ON a.sha256 = c.sha256 AND a.is_invoice_pdf = 1"
            " JOIN invoice AS i ON i.id = a.invoice"
            " WHERE c.id = :pdf AND i.client_id = :client_id AND i.inbox = :inbox",
            {"pdf": content, "client_id": client_id, "inbox": inbox},
        )
        return found[0]["document"] if found else None

    def embeds_pdf(self, document: int) -> bool:
        """Tell whether the invoice that stands in an inbox by this document embeds a PDF of it."""
        sql = "SELECT 1 FROM invoice AS i JOIN invoice_attachment AS a ON a.invoice = i.id AND a.is_invoice_pdf = 1"
        return bool(self.query(f"{sql} WHERE i.document = ?", [document]))

    def twin_of_invoice(self, client_id: str, inbox: str, content: int) -> int | None:
        """Return the document by which the same bytes stand in this inbox already."""
        found = self.query(
            "SELECT i.document AS document FROM document AS d JOIN invoice AS i ON i.document = d.id"
            " WHERE d.content = ? AND i.client_id = ? AND i.inbox = ?",
            [content, client_id, inbox],
        )
        return found[0]["document"] if found else None

    def twin_of_unreadable(self, client_id: str, inbox: str, entry: int) -> int | None:
        """Return the PDF by which another entry with the same unreadable XML stands in this inbox already."""
        found = self.query(
            "SELECT i.document AS document FROM document AS mine"
            " JOIN document AS theirs ON theirs.content = mine.content AND theirs.entry <> mine.entry"
            " JOIN document AS p ON p.entry = theirs.entry AND p.format = 'pdf' JOIN invoice AS i ON i.document = p.id"
            " WHERE mine.entry = ? AND mine.format = 'xml' AND i.client_id = ? AND i.inbox = ?",
            [entry, client_id, inbox],
        )
        return found[0]["document"] if found else None

    def invoices_like(self, client_id: str, inbox: str, invoice: "Invoice") -> list[Row]:
        """Return the invoices of an inbox that have this one's supplier, number, day and kind."""
        return self._rivals({**invoice_row(invoice), "client_id": client_id, "inbox": inbox, "document": None})

    def invoice_parts(self, invoice: int) -> tuple[list[Row], list[Row]]:
        """Return the lines and the VAT breakdown of a booked invoice."""
        lines = self.query("SELECT * FROM invoice_line WHERE invoice = ? ORDER BY position", [invoice])
        vat = self.query("SELECT * FROM invoice_vat_subtotal WHERE invoice = ? ORDER BY position", [invoice])
        return lines, vat

    def invoices_that_share_a_number(self, flag: str) -> list[tuple[Row, bool]]:
        """Return the invoices that have this flag or share number, day and kind; and whether a supplier's are two.

        Looks at every invoice: for bringing all of them up to date.
        """
        rows = self.query(
            "SELECT * FROM invoice AS i WHERE number <> '' AND (EXISTS"
            " (SELECT 1 FROM json_each(i.flags) AS f WHERE f.value = ?) OR EXISTS (SELECT 1 FROM invoice AS o"
            " WHERE o.client_id = i.client_id AND o.inbox = i.inbox AND o.number = i.number AND o.number <> ''"
            " AND o.issue_date IS i.issue_date AND o.kind = i.kind AND o.id <> i.id)) ORDER BY i.document",
            [flag],
        )
        return [(row, bool(self._rivals(row))) for row in rows]

    def _rivals(self, row: Row) -> list[Row]:
        found = self.query(
            f"SELECT * FROM invoice WHERE {_SAME_NUMBER} AND number <> '' AND kind = :kind"  # noqa: S608
            " AND document IS NOT :document",
            row,
        )
        return [one for one in found if same_supplier(one, row)]

    # --- booking

    def book_invoice(
        self, document: int, client_id: str, inbox: str, invoice: "Invoice | None", flags: Sequence[str]
    ) -> None:
        """Insert an invoice with its parts; None for one that stands by its PDF alone."""
        facts = invoice_row(invoice) if invoice else pdf_only_row()
        place = {"document": document, "client_id": client_id, "inbox": inbox, "flags": as_json(flags)}
        identifier = self.insert("invoice", {**place, **facts})
        for table, rows in (invoice_parts(invoice) if invoice else {}).items():
            self.insert_many(table, _numbered(identifier, rows))

    def book_in_place(self, booked: Row, document: int, invoice: "Invoice", flags: Sequence[str]) -> None:
        """Book an invoice in the place of what stood there by its PDF; an approval of the same document stays."""
        self.execute("UPDATE invoice SET document = ? WHERE id = ?", [document, booked["id"]])
        self.rebook_invoice(document, invoice, flags)

    def give_way(self, booked: Row, document: int) -> None:
        """Take what stood by its PDF out of its inbox: it stands there by `document`, which takes over its approval."""
        self.execute(
            "UPDATE invoice SET approved_at = ?, approved_by = ? WHERE document = ? AND approved_at IS NULL",
            [booked["approved_at"], booked["approved_by"], document],
        )
        self.execute("DELETE FROM invoice WHERE id = ?", [booked["id"]])

    def rebook_invoice(self, document: int, invoice: "Invoice", flags: Sequence[str]) -> set[str]:
        """Bring the booked invoice of a document to what it reads as now; return the names of what changed."""
        changed: set[str] = set()
        for booked in self.query("SELECT * FROM invoice WHERE document = ?", [document]):
            changed |= self.update("invoice", booked, {**invoice_row(invoice), "flags": as_json(flags)})
            for table, rows in invoice_parts(invoice).items():
                numbered = _numbered(booked["id"], rows)
                if self.query(f"SELECT * FROM {table} WHERE invoice = ? ORDER BY position", [booked["id"]]) != numbered:  # noqa: S608
                    self.execute(f"DELETE FROM {table} WHERE invoice = ?", [booked["id"]])  # noqa: S608
                    self.insert_many(table, numbered)
                    changed.add(table.replace("_", " "))
        return changed

    def flag(self, row: Row, flag: str, *, on: bool) -> None:
        """Put a flag on a booked invoice, or take it off."""
        others = {*json.loads(row["flags"])} - {flag}
        flags = sorted({*others, flag} if on else others)
        self.execute("UPDATE invoice SET flags = ? WHERE id = ?", [as_json(flags), row["id"]])

    def forget_reason(self, document: int) -> None:
        """Forget why a stored document was reported."""
        self.execute("UPDATE document SET reason = '' WHERE id = ? AND state = 'stored'", [document])

    # --- approval

    def approve(self, invoices: Iterable[int], by: str) -> None:
        """Note who approves these invoices; one approved before keeps its first approval."""
        for invoice in invoices:
            self.execute(
                "UPDATE invoice SET approved_at = ?, approved_by = ? WHERE id = ? AND approved_at IS NULL",
                [self.now(), by, invoice],
            )

    def take_back_approval(self, invoices: Iterable[int]) -> None:
        """Make these invoices new again."""
        for invoice in invoices:
            self.execute("UPDATE invoice SET approved_at = NULL, approved_by = '' WHERE id = ?", [invoice])


def _numbered(invoice: int, rows: Sequence[Row]) -> list[Row]:
    return [{"invoice": invoice, "position": number, **row} for number, row in enumerate(rows, start=1)]
