"""The schema of the database file: tables (free to change) and views (the interface that others read).

Text is never NULL: an empty text means that the document or CodaBox does not say. Dates, times, amounts and numbers
that are not known are NULL. Money is an integer in thousandths of the currency unit (`*_milli`). CHECK constraints
stand in for STRICT tables, which older readers of the file could not open.
"""

from collections.abc import Callable, Sequence
from typing import Any

APPLICATION_ID = 0x434F4441  # "CODA"

TABLES = """
CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE dossier (
  client_id TEXT PRIMARY KEY,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  enterprise_number TEXT NOT NULL DEFAULT '',
  first_seen_at TEXT NOT NULL,
  vanished_at TEXT
);
CREATE INDEX dossier_by_code ON dossier (code);

CREATE TABLE feed (
  id INTEGER PRIMARY KEY,
  feed_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('normal', 'redelivery')),
  client_id TEXT NOT NULL REFERENCES dossier,
  last_polled_at TEXT,
  last_poll_error TEXT NOT NULL DEFAULT '',
  failing_since TEXT,
  acknowledged_index TEXT,
  acknowledged_at TEXT,
  UNIQUE (feed_id, kind)
);
CREATE INDEX feed_by_dossier ON feed (client_id);

CREATE TABLE account (
  client_id TEXT NOT NULL REFERENCES dossier,
  iban TEXT NOT NULL,
  state TEXT NOT NULL,
  state_modified_at TEXT NOT NULL,
  mandate_state TEXT NOT NULL,
  mandate_reason TEXT NOT NULL,
  mandate_modified_at TEXT NOT NULL,
  PRIMARY KEY (client_id, iban)
);

CREATE TABLE subaccount (
  client_id TEXT NOT NULL REFERENCES dossier,
  iban TEXT NOT NULL,
  currency TEXT NOT NULL,
  extension TEXT NOT NULL,
  PRIMARY KEY (client_id, iban, currency, extension)
);

CREATE TABLE selection (
  client_id TEXT NOT NULL REFERENCES dossier,
  iban TEXT NOT NULL,
  currency TEXT NOT NULL,
  journal_code TEXT NOT NULL,
  enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  enabled_at TEXT NOT NULL,
  since TEXT CHECK (since IS date(since, '+0 days')),
  PRIMARY KEY (client_id, iban, currency)
);

CREATE TABLE entry (
  id INTEGER PRIMARY KEY,
  feed INTEGER NOT NULL REFERENCES feed,
  feed_index TEXT NOT NULL,
  revision INTEGER NOT NULL,
  client_id TEXT NOT NULL REFERENCES dossier,
  model TEXT NOT NULL,
  metadata TEXT NOT NULL,
  noted_at TEXT NOT NULL,
  UNIQUE (feed, feed_index, revision)
);
CREATE INDEX entry_by_index ON entry (feed_index);
CREATE INDEX entry_by_dossier ON entry (client_id, model);

CREATE TABLE content (
  id INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  size INTEGER NOT NULL,
  bytes BLOB NOT NULL
);

CREATE TABLE document (
  id INTEGER PRIMARY KEY,
  entry INTEGER NOT NULL REFERENCES entry,
  format TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('stored', 'unreadable', 'duplicate', 'skipped', 'unavailable')),
  reason TEXT NOT NULL DEFAULT '',
  attention INTEGER NOT NULL DEFAULT 0 CHECK (attention IN (0, 1)),
  received_at TEXT,
  content INTEGER REFERENCES content,
  UNIQUE (entry, format)
);
CREATE INDEX document_by_content ON document (content);
CREATE INDEX document_to_watch ON document (attention) WHERE attention = 1;
CREATE INDEX document_missing ON document (entry) WHERE state = 'unavailable';

CREATE TABLE statement (
  id INTEGER PRIMARY KEY,
  document INTEGER NOT NULL REFERENCES document,
  client_id TEXT NOT NULL REFERENCES dossier,
  position INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  account TEXT NOT NULL,
  iban TEXT NOT NULL,
  currency TEXT NOT NULL,
  extension TEXT NOT NULL,
  holder TEXT NOT NULL,
  paper_number INTEGER NOT NULL,
  coda_number INTEGER NOT NULL,
  old_balance_date TEXT CHECK (old_balance_date IS date(old_balance_date, '+0 days')),
  old_balance_milli INTEGER NOT NULL CHECK (typeof(old_balance_milli) = 'integer'),
  date TEXT CHECK (date IS date(date, '+0 days')),
  new_balance_milli INTEGER NOT NULL CHECK (typeof(new_balance_milli) = 'integer'),
  transaction_count INTEGER NOT NULL,
  free_messages TEXT NOT NULL,
  warnings TEXT NOT NULL,
  UNIQUE (iban, currency, extension, fingerprint)
);
CREATE INDEX statement_by_account ON statement (client_id, iban, currency, extension, date);
CREATE INDEX statement_by_document ON statement (document);

CREATE TABLE movement (
  id INTEGER PRIMARY KEY,
  statement INTEGER NOT NULL REFERENCES statement,
  parent INTEGER REFERENCES movement,
  sequence_number INTEGER NOT NULL,
  detail_number INTEGER NOT NULL,
  entry_date TEXT CHECK (entry_date IS date(entry_date, '+0 days')),
  value_date TEXT CHECK (value_date IS date(value_date, '+0 days')),
  amount_milli INTEGER NOT NULL CHECK (typeof(amount_milli) = 'integer'),
  counterparty_name TEXT NOT NULL,
  counterparty_account TEXT NOT NULL,
  counterparty_iban TEXT NOT NULL,
  counterparty_bic TEXT NOT NULL,
  structured_communication TEXT NOT NULL,
  communication TEXT NOT NULL,
  transaction_code TEXT NOT NULL,
  bank_reference TEXT NOT NULL,
  customer_reference TEXT NOT NULL,
  structured TEXT NOT NULL,
  information TEXT NOT NULL,
  meaning TEXT NOT NULL,
  category_purpose TEXT NOT NULL,
  purpose TEXT NOT NULL,
  r_transaction TEXT NOT NULL,
  r_reason TEXT NOT NULL
);
CREATE INDEX movement_by_statement ON movement (statement, sequence_number, detail_number) WHERE parent IS NULL;
CREATE INDEX movement_by_parent ON movement (parent) WHERE parent IS NOT NULL;
CREATE INDEX movement_by_reference ON movement (structured_communication) WHERE structured_communication <> '';
CREATE INDEX movement_by_counterparty ON movement (counterparty_iban, amount_milli) WHERE counterparty_iban <> '';

CREATE TABLE invoice (
  id INTEGER PRIMARY KEY,
  document INTEGER NOT NULL UNIQUE REFERENCES document,
  client_id TEXT NOT NULL REFERENCES dossier,
  inbox TEXT NOT NULL CHECK (inbox IN ('purchases', 'sales')),
  kind TEXT NOT NULL,
  number TEXT NOT NULL,
  issue_date TEXT CHECK (issue_date IS date(issue_date, '+0 days')),
  due_date TEXT CHECK (due_date IS date(due_date, '+0 days')),
  currency TEXT NOT NULL,
  supplier_name TEXT NOT NULL,
  supplier_vat TEXT NOT NULL,
  customer_name TEXT NOT NULL,
  customer_vat TEXT NOT NULL,
  net_milli INTEGER CHECK (typeof(net_milli) IN ('integer', 'null')),
  vat_milli INTEGER CHECK (typeof(vat_milli) IN ('integer', 'null')),
  gross_milli INTEGER CHECK (typeof(gross_milli) IN ('integer', 'null')),
  payable_milli INTEGER CHECK (typeof(payable_milli) IN ('integer', 'null')),
  effect_milli INTEGER CHECK (typeof(effect_milli) IN ('integer', 'null')),
  payment_iban TEXT NOT NULL,
  payment_reference TEXT NOT NULL,
  payment_terms TEXT NOT NULL,
  buyer_reference TEXT NOT NULL,
  order_reference TEXT NOT NULL,
  type_code TEXT NOT NULL,
  dialect TEXT NOT NULL,
  warnings TEXT NOT NULL,
  flags TEXT NOT NULL,
  approved_at TEXT,
  approved_by TEXT NOT NULL DEFAULT ''
);
CREATE INDEX invoice_by_reference ON invoice (client_id, payment_reference) WHERE payment_reference <> '';
CREATE INDEX invoice_by_dossier ON invoice (client_id, inbox, issue_date);

CREATE TABLE invoice_line (
  invoice INTEGER NOT NULL REFERENCES invoice,
  position INTEGER NOT NULL,
  line_id TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  quantity TEXT NOT NULL,
  unit_code TEXT NOT NULL,
  price TEXT NOT NULL,
  base_quantity TEXT NOT NULL,
  note TEXT NOT NULL,
  seller_item_id TEXT NOT NULL,
  belgian_vat_code TEXT NOT NULL,
  net_milli INTEGER CHECK (typeof(net_milli) IN ('integer', 'null')),
  vat_category TEXT NOT NULL,
  vat_rate TEXT NOT NULL,
  PRIMARY KEY (invoice, position)
);

CREATE TABLE invoice_vat_subtotal (
  invoice INTEGER NOT NULL REFERENCES invoice,
  position INTEGER NOT NULL,
  vat_category TEXT NOT NULL,
  vat_rate TEXT NOT NULL,
  belgian_vat_code TEXT NOT NULL,
  exemption_reason TEXT NOT NULL,
  taxable_milli INTEGER CHECK (typeof(taxable_milli) IN ('integer', 'null')),
  tax_milli INTEGER CHECK (typeof(tax_milli) IN ('integer', 'null')),
  PRIMARY KEY (invoice, position)
);

CREATE TABLE invoice_attachment (
  invoice INTEGER NOT NULL REFERENCES invoice,
  position INTEGER NOT NULL,
  file_name TEXT NOT NULL,
  mime_type TEXT NOT NULL,
  size INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  description TEXT NOT NULL,
  uri TEXT NOT NULL,
  is_invoice_pdf INTEGER NOT NULL,
  PRIMARY KEY (invoice, position)
);

CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  started_at TEXT NOT NULL,
  finished_at TEXT,
  outcome TEXT NOT NULL,
  feeds_polled INTEGER NOT NULL DEFAULT 0,
  documents_received INTEGER NOT NULL DEFAULT 0,
  documents_unreadable INTEGER NOT NULL DEFAULT 0,
  feeds_failed INTEGER NOT NULL DEFAULT 0,
  error TEXT NOT NULL DEFAULT ''
);

CREATE TABLE trouble (
  name TEXT PRIMARY KEY,
  client_id TEXT NOT NULL,
  text TEXT NOT NULL,
  since TEXT NOT NULL,
  told_at TEXT NOT NULL
)
"""

VIEWS = {
    "dossiers": """
        SELECT d.code AS dossier_code, d.name AS name, d.client_id AS client_id,
               d.enterprise_number AS enterprise_number, f.feed_id AS feed_id,
               max(f.last_polled_at) AS last_polled_at,
               coalesce(max(nullif(f.last_poll_error, '')), '') AS last_poll_error,
               d.vanished_at AS vanished_at
        FROM dossier AS d LEFT JOIN feed AS f ON f.client_id = d.client_id
        GROUP BY d.client_id""",
    "journals": """
        WITH known AS (
            SELECT client_id, iban, currency, extension FROM subaccount
            UNION
            SELECT s.client_id, s.iban, s.currency, '' FROM selection AS s
            WHERE s.currency <> '' AND NOT EXISTS (
                SELECT 1 FROM subaccount AS u
                WHERE u.client_id = s.client_id AND u.iban = s.iban AND u.currency = s.currency)
            UNION
            SELECT a.client_id, a.iban, '', ''
            FROM (SELECT client_id, iban FROM account UNION SELECT client_id, iban FROM selection) AS a
            WHERE NOT EXISTS (
                SELECT 1 FROM subaccount AS u WHERE u.client_id = a.client_id AND u.iban = a.iban)
            AND NOT EXISTS (
                SELECT 1 FROM selection AS s
                WHERE s.client_id = a.client_id AND s.iban = a.iban AND s.currency <> '')
        )
        SELECT d.code AS dossier_code, d.name AS dossier_name, d.client_id AS client_id,
               k.iban AS iban, k.currency AS currency, k.extension AS extension,
               coalesce(nullif(one.journal_code, ''), every.journal_code, '') AS journal_code,
               coalesce(one.enabled, every.enabled, 0) AS enabled,
               coalesce(one.enabled_at, every.enabled_at) AS enabled_at,
               coalesce(one.since, every.since) AS since,
               coalesce(a.state, '') AS account_state,
               coalesce(a.state_modified_at, '') AS account_state_modified_at,
               coalesce(a.mandate_state, '') AS mandate_state,
               coalesce(a.mandate_modified_at, '') AS mandate_state_modified_at,
               coalesce(a.mandate_reason, '') AS mandate_reason
        FROM known AS k
        JOIN dossier AS d ON d.client_id = k.client_id
        LEFT JOIN account AS a ON a.client_id = k.client_id AND a.iban = k.iban
        LEFT JOIN selection AS one
               ON one.client_id = k.client_id AND one.iban = k.iban
              AND one.currency = k.currency AND k.currency <> ''
        LEFT JOIN selection AS every
               ON every.client_id = k.client_id AND every.iban = k.iban AND every.currency = ''""",
    "documents": """
        SELECT d.id AS id, o.code AS dossier_code, e.feed_index AS feed_index, f.kind AS feed_kind,
               e.model AS model, d.format AS format, d.state AS state, d.reason AS reason,
               d.attention AS attention, d.received_at AS received_at, c.size AS size, c.sha256 AS sha256,
               e.metadata AS metadata, e.client_id AS client_id
        FROM document AS d
        JOIN entry AS e ON e.id = d.entry
        JOIN feed AS f ON f.id = e.feed
        JOIN dossier AS o ON o.client_id = e.client_id
        LEFT JOIN content AS c ON c.id = d.content""",
    "bank_statements": """
        SELECT s.id AS id, o.code AS dossier_code, s.iban AS iban, s.currency AS currency,
               s.extension AS extension, s.paper_number AS paper_number, s.coda_number AS coda_number,
               s.old_balance_date AS old_balance_date, s.old_balance_milli / 1000.0 AS old_balance,
               s.old_balance_milli AS old_balance_milli, s.date AS date,
               s.new_balance_milli / 1000.0 AS new_balance, s.new_balance_milli AS new_balance_milli,
               s.transaction_count AS transaction_count,
               s.holder AS holder, s.free_messages AS free_messages, s.warnings AS warnings,
               s.document AS document_id, s.client_id AS client_id
        FROM statement AS s JOIN dossier AS o ON o.client_id = s.client_id""",
    "bank_transactions": """
        SELECT m.id AS id, o.code AS dossier_code, s.iban AS iban, s.currency AS currency,
               s.extension AS extension,
               coalesce(nullif(one.journal_code, ''), every.journal_code, '') AS journal_code,
               'coda' AS source, 'unprocessed' AS state, s.paper_number AS statement_number,
               m.sequence_number AS sequence_number, m.detail_number AS detail_number,
               m.entry_date AS entry_date, m.value_date AS value_date, m.amount_milli / 1000.0 AS amount,
               m.amount_milli AS amount_milli, m.counterparty_name AS counterparty_name,
               m.counterparty_iban AS counterparty_iban, m.counterparty_bic AS counterparty_bic,
               m.structured_communication AS structured_communication, m.communication AS communication,
               m.transaction_code AS transaction_code, m.bank_reference AS bank_reference,
               m.counterparty_account AS counterparty_account, m.customer_reference AS customer_reference,
               m.structured AS structured, m.information AS information, m.meaning AS meaning,
               m.category_purpose AS category_purpose, m.purpose AS purpose,
               m.r_transaction AS r_transaction, m.r_reason AS r_reason,
               m.statement AS statement_id, s.client_id AS client_id
        FROM movement AS m
        JOIN statement AS s ON s.id = m.statement
        JOIN dossier AS o ON o.client_id = s.client_id
        LEFT JOIN selection AS one
               ON one.client_id = s.client_id AND one.iban = s.iban AND one.currency = s.currency
        LEFT JOIN selection AS every
               ON every.client_id = s.client_id AND every.iban = s.iban AND every.currency = ''
        WHERE m.parent IS NULL""",
    "bank_transaction_details": """
        SELECT m.id AS id, m.parent AS parent_id, m.statement AS statement_id,
               m.sequence_number AS sequence_number, m.detail_number AS detail_number,
               m.entry_date AS entry_date, m.value_date AS value_date, m.amount_milli / 1000.0 AS amount,
               m.amount_milli AS amount_milli, m.counterparty_name AS counterparty_name,
               m.counterparty_iban AS counterparty_iban, m.counterparty_bic AS counterparty_bic,
               m.structured_communication AS structured_communication, m.communication AS communication,
               m.transaction_code AS transaction_code, m.bank_reference AS bank_reference,
               m.counterparty_account AS counterparty_account, m.customer_reference AS customer_reference,
               m.structured AS structured, m.information AS information, m.meaning AS meaning,
               m.category_purpose AS category_purpose, m.purpose AS purpose,
               m.r_transaction AS r_transaction, m.r_reason AS r_reason
        FROM movement AS m WHERE m.parent IS NOT NULL""",
    "invoices": """
        SELECT i.id AS id, o.code AS dossier_code, i.inbox AS inbox, 'CodaBox' AS channel, i.kind AS kind,
               i.number AS number, i.issue_date AS issue_date, i.due_date AS due_date, i.currency AS currency,
               i.supplier_name AS supplier_name, i.supplier_vat AS supplier_vat,
               i.customer_name AS customer_name, i.customer_vat AS customer_vat,
               i.net_milli / 1000.0 AS net, i.net_milli AS net_milli,
               i.vat_milli / 1000.0 AS vat, i.vat_milli AS vat_milli,
               i.gross_milli / 1000.0 AS gross, i.gross_milli AS gross_milli,
               i.payable_milli / 1000.0 AS payable, i.payable_milli AS payable_milli,
               i.effect_milli / 1000.0 AS effect, i.effect_milli AS effect_milli,
               i.payment_iban AS payment_iban, i.payment_reference AS payment_reference,
               CASE WHEN i.approved_at IS NULL THEN 'new' ELSE 'approved' END AS state,
               i.approved_at AS approved_at, i.approved_by AS approved_by, i.flags AS flags,
               i.payment_terms AS payment_terms, i.buyer_reference AS buyer_reference,
               i.order_reference AS order_reference, i.type_code AS type_code, i.dialect AS dialect,
               i.warnings AS warnings, i.document AS document_id, i.client_id AS client_id
        FROM invoice AS i JOIN dossier AS o ON o.client_id = i.client_id""",
    "invoice_lines": """
        SELECT l.invoice AS invoice_id, l.position AS position, l.line_id AS line_id, l.name AS name,
               l.description AS description, l.quantity AS quantity, l.unit_code AS unit_code,
               l.price AS price, l.base_quantity AS base_quantity, l.note AS note,
               l.seller_item_id AS seller_item_id, l.belgian_vat_code AS belgian_vat_code,
               l.net_milli / 1000.0 AS net, l.net_milli AS net_milli,
               l.vat_category AS vat_category, l.vat_rate AS vat_rate
        FROM invoice_line AS l""",
    "invoice_vat": """
        SELECT v.invoice AS invoice_id, v.position AS position, v.vat_category AS vat_category,
               v.vat_rate AS vat_rate, v.belgian_vat_code AS belgian_vat_code,
               v.exemption_reason AS exemption_reason,
               v.taxable_milli / 1000.0 AS taxable, v.taxable_milli AS taxable_milli,
               v.tax_milli / 1000.0 AS tax, v.tax_milli AS tax_milli
        FROM invoice_vat_subtotal AS v""",
    "invoice_attachments": """
        SELECT a.invoice AS invoice_id, a.position AS position, a.file_name AS file_name,
               a.mime_type AS mime_type, a.size AS size, a.sha256 AS sha256, a.description AS description,
               a.uri AS uri, a.is_invoice_pdf AS is_invoice_pdf
        FROM invoice_attachment AS a""",
    "document_warnings": """
        SELECT s.document AS document_id, json_extract(w.value, '$.code') AS code,
               json_extract(w.value, '$.line') AS line, json_extract(w.value, '$.text') AS text
        FROM statement AS s, json_each(s.warnings) AS w
        UNION ALL
        SELECT i.document AS document_id, json_extract(w.value, '$.code') AS code,
               json_extract(w.value, '$.line') AS line, json_extract(w.value, '$.text') AS text
        FROM invoice AS i, json_each(i.warnings) AS w""",
    "payment_matches": """
        SELECT i.id AS invoice_id, m.id AS transaction_id, o.code AS dossier_code, i.inbox AS inbox,
               i.number AS number, m.entry_date AS entry_date, m.amount_milli / 1000.0 AS amount,
               m.amount_milli AS amount_milli,
               CASE WHEN abs(m.amount_milli) = abs(i.effect_milli)
                    THEN 'structured reference and amount' ELSE 'structured reference, another amount' END AS reason,
               CASE WHEN abs(m.amount_milli) = abs(i.effect_milli) THEN 0.99 ELSE 0.8 END AS confidence
        FROM invoice AS i
        JOIN movement AS m ON m.structured_communication = i.payment_reference
        JOIN statement AS s ON s.id = m.statement AND s.client_id = i.client_id
        JOIN dossier AS o ON o.client_id = i.client_id
        WHERE i.payment_reference <> '' AND m.structured_communication <> '' AND i.effect_milli <> 0
          AND m.parent IS NULL AND s.currency = i.currency
          AND m.entry_date BETWEEN date(i.issue_date, '-30 days') AND date(i.issue_date, '+1 year')
          AND (i.effect_milli > 0) = (CASE i.inbox WHEN 'sales' THEN m.amount_milli > 0 ELSE m.amount_milli < 0 END)
        UNION ALL
        SELECT i.id AS invoice_id, m.id AS transaction_id, o.code AS dossier_code, i.inbox AS inbox,
               i.number AS number, m.entry_date AS entry_date, m.amount_milli / 1000.0 AS amount,
               m.amount_milli AS amount_milli, 'amount and account, within 120 days' AS reason, 0.7 AS confidence
        FROM invoice AS i
        JOIN movement AS m ON m.counterparty_iban = i.payment_iban AND m.amount_milli = -i.effect_milli
        JOIN statement AS s ON s.id = m.statement AND s.client_id = i.client_id
        JOIN dossier AS o ON o.client_id = i.client_id
        WHERE i.inbox = 'purchases' AND i.payment_iban <> '' AND m.counterparty_iban <> ''
          AND m.parent IS NULL AND s.currency = i.currency AND m.structured_communication = ''
          AND m.entry_date BETWEEN date(i.issue_date, '-7 days') AND date(i.issue_date, '+120 days')""",
    "sync_runs": """
        SELECT r.id AS id, r.started_at AS started_at, r.finished_at AS finished_at, r.outcome AS outcome,
               r.feeds_polled AS feeds_polled, r.documents_received AS documents_received,
               r.documents_unreadable AS documents_unreadable, r.feeds_failed AS feeds_failed,
               r.error AS error
        FROM run AS r""",
}


def _create_tables(execute: Callable[[str], Any]) -> None:
    for statement in TABLES.split(";"):
        execute(statement)


# Each step brings the tables from the version before to its own; version 1 is the first. The views are made anew.
MIGRATIONS: Sequence[Callable[[Callable[[str], Any]], None]] = (_create_tables,)
VERSION = len(MIGRATIONS)
