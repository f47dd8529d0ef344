"""What has been put into which folder, and what has not been yet."""

import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING

from codasync.store_rows import Row

if TYPE_CHECKING:
    from codasync.store import Store

PAGE = 200

# The PDF of an invoice is given once: beside its XML, or as what the invoice stood by before its XML came or could be
# read. That is a PDF of the same entry, or one of the same bytes that stands by itself or gave way to this invoice.
# CROSS JOIN keeps SQLite from beginning with all that was exported, or all that the dossier has.
_EXPORTED = """
    SELECT 1 FROM document AS p CROSS JOIN entry AS q ON q.id = p.entry
    CROSS JOIN exported AS x ON x.document = p.id
    CROSS JOIN export_folder AS f ON f.id = x.folder AND f.path = :folder
    WHERE p.format = 'pdf'"""
_PDF_WAS_GIVEN = f"""
    EXISTS ({_EXPORTED} AND p.entry = d.entry)
    OR EXISTS ({_EXPORTED}
        AND p.content IN (
            SELECT d.content UNION ALL
            SELECT k.id FROM invoice_attachment AS t JOIN content AS k ON k.sha256 = t.sha256
            WHERE t.invoice = i.id AND t.is_invoice_pdf = 1)
        AND q.client_id = e.client_id AND q.model = e.model
        AND (EXISTS (SELECT 1 FROM invoice AS s WHERE s.document = p.id)
             OR p.reason = 'the same as document ' || i.document))"""  # noqa: S608

# A booked document, and what came with it in other formats, which is named after it. Left out is a PDF that CodaBox
# delivers beside an XML which embeds one, or alone where the same is embedded in the XML of another delivery. Of a file
# with several statements the last one names it.
PENDING = f"""
    SELECT d.id AS id, d.format AS format, max(a.id = d.id) AS booked, e.model AS model, e.client_id AS client_id,
           o.code AS dossier_code, c.size AS size, n.sha256 AS sha256, d.received_at AS received_at,
           i.inbox AS inbox, coalesce(i.issue_date, s.date) AS day, s.iban AS iban, s.currency AS currency,
           s.extension AS extension, s.coda_number AS number, i.id AS invoice,
           (SELECT max(t.size) FROM invoice_attachment AS t WHERE t.invoice = i.id AND t.is_invoice_pdf = 1)
               AS size_of_embedded_pdf,
           {_PDF_WAS_GIVEN} AS pdf_was_given
    FROM document AS d
    JOIN entry AS e ON e.id = d.entry
    JOIN dossier AS o ON o.client_id = e.client_id
    JOIN content AS c ON c.id = d.content
    JOIN document AS a ON a.entry = d.entry
    JOIN content AS n ON n.id = a.content
    LEFT JOIN invoice AS i ON i.document = a.id
    LEFT JOIN statement AS s
           ON s.id = (SELECT l.id FROM statement AS l WHERE l.document = a.id ORDER BY l.position DESC LIMIT 1)
    WHERE d.id > :after AND d.state = 'stored' AND (i.id IS NOT NULL OR s.id IS NOT NULL)
      AND (:client IS NULL OR e.client_id = :client)
      AND NOT EXISTS (
          SELECT 1 FROM exported AS x JOIN export_folder AS f ON f.id = x.folder
          WHERE x.document = d.id AND f.path = :folder)
      AND (a.id = d.id OR d.format <> 'pdf' OR NOT EXISTS (
          SELECT 1 FROM invoice_attachment AS t WHERE t.invoice = i.id AND t.is_invoice_pdf = 1))
      AND (i.id IS NULL OR d.format <> 'pdf' OR NOT (
          {_PDF_WAS_GIVEN}
          OR a.id = d.id AND EXISTS (
              SELECT 1 FROM invoice AS o CROSS JOIN invoice_attachment AS t ON t.invoice = o.id
              WHERE o.client_id = i.client_id AND o.inbox = i.inbox
                AND t.is_invoice_pdf = 1 AND t.sha256 = c.sha256)))
    GROUP BY d.id ORDER BY d.id LIMIT :page"""  # noqa: S608


def pending(store: "Store", folder: str, client_id: str | None) -> Iterator[list[Row]]:
    """Give the documents that the folder has not been given yet, of a dossier or of all, page by page."""
    after = 0
    while page := store.query(PENDING, {"after": after, "client": client_id, "folder": folder, "page": PAGE}):
        yield page
        after = page[-1]["id"]


def dossiers(store: "Store") -> list[Row]:
    """Return client id and code of every dossier, in the order in which they may choose the name of their folder.

    The code known longest comes first, listed by CodaBox or not: what has vanished may come back. Of dossiers with one
    code those come first that CodaBox lists, then those known longest.
    """
    return store.query(
        "SELECT d.client_id AS client_id, d.code AS code FROM dossier AS d ORDER BY"
        " (SELECT min(o.first_seen_at) FROM dossier AS o WHERE o.code = d.code), d.code,"
        " d.vanished_at IS NOT NULL, d.first_seen_at, d.client_id"
    )


def mark(store: "Store", folder: str) -> str:
    """Return what names this database's unfinished files in a folder, which is noted when it is new."""
    with store.transaction():
        sql = "INSERT OR IGNORE INTO export_folder (path, mark) VALUES (?, ?)"
        store.execute(sql, [folder, secrets.token_hex(4)])
        return str(store.query("SELECT mark FROM export_folder WHERE path = ?", [folder])[0]["mark"])


def remember(store: "Store", folder: str, document: int, path: str) -> None:
    """Note that a document is safe in a folder, in this place."""
    with store.transaction():
        store.execute(
            "INSERT OR IGNORE INTO exported (folder, document, path, exported_at)"
            " SELECT f.id, ?, ?, ? FROM export_folder AS f WHERE f.path = ?",
            [document, path, store.now(), folder],
        )
