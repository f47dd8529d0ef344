"""The views of the database file: the interface that other programs read, made anew whenever the tables change."""

from codasync.store_coverage import PROCESSED
from codasync.store_matches import PAYMENT_MATCHES

# what a movement says, and where it stands
_MOVEMENT = """\
               m.sequence_number AS sequence_number, m.detail_number AS detail_number,
               m.entry_date AS entry_date, m.value_date AS value_date, m.amount_milli / 1000.0 AS amount,
               m.amount_milli AS amount_milli, m.counterparty_name AS counterparty_name,
               m.counterparty_iban AS counterparty_iban, m.counterparty_bic AS counterparty_bic,
               m.structured_communication AS structured_communication, m.communication AS communication,
               m.transaction_code AS transaction_code, m.bank_reference AS bank_reference,
               m.counterparty_account AS counterparty_account, m.customer_reference AS customer_reference,
               m.structured AS structured, m.information AS information, m.meaning AS meaning,
               m.category_purpose AS category_purpose, m.purpose AS purpose,
               m.r_transaction AS r_transaction, m.r_reason AS r_reason"""
# in this order, so that a condition on the statement is looked at once for all its movements
_MOVEMENTS = """\
FROM statement AS s
        JOIN dossier AS o ON o.client_id = s.client_id
        LEFT JOIN ledger_account AS a
               ON a.client_id = s.client_id AND a.iban = s.iban AND a.currency = s.currency
        LEFT JOIN selection AS one
               ON one.client_id = s.client_id AND one.iban = s.iban AND one.currency = s.currency
        LEFT JOIN selection AS every
               ON every.client_id = s.client_id AND every.iban = s.iban AND every.currency = ''
        JOIN movement AS m ON m.statement = s.id AND m.parent IS NULL"""
_CODA_TRANSACTIONS = f"""
        SELECT m.id AS id, o.code AS dossier_code, s.iban AS iban, s.currency AS currency,
               s.extension AS extension,
               coalesce(nullif(one.journal_code, ''), every.journal_code, '') AS journal_code,
               s.paper_number AS statement_number,
{_MOVEMENT},
               m.statement AS statement_id, {{processed}} AS processed,
               m.retold AS retelling, s.client_id AS client_id
        {_MOVEMENTS}
        WHERE {{condition}}"""

VIEWS = {
    "dossiers": """
        SELECT d.code AS dossier_code, d.name AS name, d.client_id AS client_id,
               d.enterprise_number AS enterprise_number,
               (SELECT f.feed_id FROM feed AS f WHERE f.client_id = d.client_id
                ORDER BY f.listed DESC, f.id DESC LIMIT 1) AS feed_id,
               (SELECT max(f.last_polled_at) FROM feed AS f WHERE f.client_id = d.client_id) AS last_polled_at,
               coalesce((SELECT max(f.last_poll_error) FROM feed AS f WHERE f.client_id = d.client_id AND f.listed),
                        '') AS last_poll_error,
               d.vanished_at AS vanished_at
        FROM dossier AS d""",
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
               e.model AS model, d.format AS format, d.state AS state,
               CASE WHEN d.dismissed_at IS NULL THEN ''
                    ELSE CASE d.state WHEN 'skipped' THEN 'given up' ELSE 'dismissed' END
                         || ' by ' || d.dismissed_by || ' on ' || substr(d.dismissed_at, 1, 10) || ': '
               END || d.reason AS reason,
               d.attention AS attention, d.dismissed_at AS dismissed_at, d.dismissed_by AS dismissed_by,
               d.received_at AS received_at, c.size AS size, c.sha256 AS sha256,
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
               s.retold > 0 AND s.retold = s.transaction_count AS retelling,
               s.holder AS holder, s.free_messages AS free_messages, s.warnings AS warnings,
               s.document AS document_id, s.client_id AS client_id
        FROM statement AS s JOIN dossier AS o ON o.client_id = s.client_id""",
    "bank_transactions": f"""
        SELECT l.id AS id, o.code AS dossier_code, a.iban AS iban, a.currency AS currency, '' AS extension,
               coalesce(nullif(one.journal_code, ''), every.journal_code, '') AS journal_code,
               'ledger' AS source, CASE l.matched WHEN 1 THEN 'matched' ELSE 'unmatched' END AS state,
               l.number AS statement_number, l.position AS sequence_number, 0 AS detail_number,
               l.date AS entry_date, NULL AS value_date, l.amount_milli / 1000.0 AS amount,
               l.amount_milli AS amount_milli, l.counterparty_name AS counterparty_name,
               l.counterparty_iban AS counterparty_iban, '' AS counterparty_bic,
               '' AS structured_communication, l.communication AS communication,
               '' AS transaction_code, '' AS bank_reference,
               l.counterparty_account AS counterparty_account, '' AS customer_reference,
               '' AS structured, '' AS information, '' AS meaning,
               '' AS category_purpose, '' AS purpose, '' AS r_transaction, '' AS r_reason,
               NULL AS statement_id, a.client_id AS client_id
        FROM ledger_line AS l
        JOIN ledger_account AS a ON a.id = l.account
        JOIN dossier AS o ON o.client_id = a.client_id
        LEFT JOIN selection AS one
               ON one.client_id = a.client_id AND one.iban = a.iban AND one.currency = a.currency
        LEFT JOIN selection AS every
               ON every.client_id = a.client_id AND every.iban = a.iban AND every.currency = ''
        UNION ALL
        SELECT m.id AS id, o.code AS dossier_code, s.iban AS iban, s.currency AS currency,
               s.extension AS extension,
               coalesce(nullif(one.journal_code, ''), every.journal_code, '') AS journal_code,
               'coda' AS source, 'unprocessed' AS state, s.paper_number AS statement_number,
{_MOVEMENT},
               m.statement AS statement_id, s.client_id AS client_id
        {_MOVEMENTS}
        WHERE NOT m.retold AND NOT {PROCESSED}""",  # noqa: S608 - pieces of our own
    "coda_transactions": " UNION ALL ".join(
        (
            _CODA_TRANSACTIONS.format(processed=1, condition=PROCESSED),
            _CODA_TRANSACTIONS.format(processed=0, condition=f"NOT {PROCESSED}"),
        )
    ),
    "bank_transaction_details": f"""
        SELECT m.id AS id, m.parent AS parent_id, m.statement AS statement_id,
{_MOVEMENT}
        FROM movement AS m WHERE m.parent IS NOT NULL""",  # noqa: S608
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
    "payment_matches": PAYMENT_MATCHES,
    "exports": """
        SELECT f.path AS folder, x.path AS path, x.document AS document_id, x.exported_at AS exported_at
        FROM exported AS x JOIN export_folder AS f ON f.id = x.folder""",
    "reception": """
        SELECT d.code AS dossier_code, d.name AS dossier_name, j.journal_code AS journal_code, j.iban AS iban,
               j.currency AS currency, j.extension AS extension, j.enabled AS enabled,
               j.account_state AS account_state, j.mandate_state AS mandate_state,
               j.state AS state, j.since AS since, j.reason AS reason, j.next_step AS next_step,
               j.first_statement_date AS first_statement_date, j.last_statement_number AS last_statement_number,
               j.last_statement_date AS last_statement_date, j.last_received_at AS last_received_at,
               j.statements_received AS statements_received, j.transactions_received AS transactions_received,
               j.months AS months, j.missing AS missing, j.last_polled_at AS last_polled_at,
               j.judged_at AS judged_at, j.client_id AS client_id
        FROM judgement AS j JOIN dossier AS d ON d.client_id = j.client_id""",
    "sync_runs": """
        SELECT r.id AS id, r.started_at AS started_at, r.finished_at AS finished_at, r.outcome AS outcome,
               r.feeds_polled AS feeds_polled, r.documents_received AS documents_received,
               r.documents_unreadable AS documents_unreadable, r.feeds_failed AS feeds_failed,
               r.error AS error
        FROM run AS r""",
}
