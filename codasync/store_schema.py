"""The tables of the database file and the steps that bring an older file to them; the views are in `store_views`.

Text is never NULL: an empty text means that the document or CodaBox does not say. Dates, times, amounts and numbers
that are not known are NULL. Money is an integer in thousandths of the currency unit (`*_milli`). CHECK constraints
stand in for STRICT tables, which older readers of the file could not open.
"""

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

# a person gives a document up, or has seen to it; a trouble that a person ended says so
DISMISSALS = """
ALTER TABLE document ADD COLUMN dismissed_at TEXT;
ALTER TABLE document ADD COLUMN dismissed_by TEXT NOT NULL DEFAULT '';
ALTER TABLE trouble ADD COLUMN ended TEXT NOT NULL DEFAULT ''
"""

# what accounting has booked on the bank accounts; lines have negative ids, so that they never share one with a movement
LEDGER = """
CREATE TABLE ledger_account (
  id INTEGER PRIMARY KEY,
  client_id TEXT NOT NULL REFERENCES dossier,
  iban TEXT NOT NULL,
  currency TEXT NOT NULL,
  UNIQUE (client_id, iban, currency)
);

CREATE TABLE ledger_line (
  id INTEGER PRIMARY KEY CHECK (id < 0),
  account INTEGER NOT NULL REFERENCES ledger_account,
  year INTEGER NOT NULL,
  number INTEGER,
  position INTEGER NOT NULL,
  date TEXT NOT NULL CHECK (date IS date(date, '+0 days')),
  amount_milli INTEGER NOT NULL CHECK (typeof(amount_milli) = 'integer'),
  balance_milli INTEGER CHECK (typeof(balance_milli) IN ('integer', 'null')),
  counterparty_name TEXT NOT NULL,
  counterparty_account TEXT NOT NULL,
  counterparty_iban TEXT NOT NULL,
  communication TEXT NOT NULL,
  matched INTEGER NOT NULL CHECK (matched IN (0, 1))
);
CREATE INDEX ledger_line_by_statement ON ledger_line (account, year, number, date, amount_milli)
  WHERE number IS NOT NULL;
CREATE INDEX ledger_line_by_day ON ledger_line (account, date, amount_milli);

CREATE INDEX movement_by_day ON movement (statement, entry_date, amount_milli) WHERE parent IS NULL;
CREATE INDEX statement_by_day ON statement (client_id, iban, currency, date);
CREATE INDEX statement_by_paper_number ON statement (client_id, iban, currency, paper_number, date);
CREATE INDEX statement_by_coda_number ON statement (client_id, iban, currency, coda_number, date)
"""

# `mark` names what an export has begun to write into a folder and not finished
EXPORTS = """
CREATE TABLE export_folder (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, mark TEXT NOT NULL);

CREATE TABLE exported (
  folder INTEGER NOT NULL REFERENCES export_folder,
  document INTEGER NOT NULL REFERENCES document,
  path TEXT NOT NULL,
  exported_at TEXT NOT NULL,
  PRIMARY KEY (folder, document)
) WITHOUT ROWID;
CREATE INDEX exported_by_document ON exported (document)
"""

# how reception stood for each journal when it was last judged; `missing` and `months` are JSON lists
JUDGEMENTS = """
CREATE TABLE judgement (
  client_id TEXT NOT NULL REFERENCES dossier,
  iban TEXT NOT NULL,
  currency TEXT NOT NULL,
  extension TEXT NOT NULL,
  journal_code TEXT NOT NULL,
  enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  account_state TEXT NOT NULL,
  mandate_state TEXT NOT NULL,
  state TEXT NOT NULL,
  since TEXT CHECK (since IS date(since, '+0 days')),
  reason TEXT NOT NULL,
  next_step TEXT NOT NULL,
  first_statement_date TEXT,
  last_statement_number INTEGER,
  last_statement_date TEXT,
  last_received_at TEXT,
  statements_received INTEGER NOT NULL,
  transactions_received INTEGER NOT NULL,
  months TEXT NOT NULL,
  missing TEXT NOT NULL,
  last_polled_at TEXT,
  judged_at TEXT NOT NULL,
  PRIMARY KEY (client_id, iban, currency, extension)
)
"""
# of which kind the errors were that feeds and passes ended in; an index that answers for the chain of statements alone
CALLS = """
ALTER TABLE feed ADD COLUMN last_poll_kind TEXT NOT NULL DEFAULT '';
ALTER TABLE run ADD COLUMN error_kind TEXT NOT NULL DEFAULT '';
DROP INDEX statement_by_account;
CREATE INDEX statement_by_account ON statement (client_id, iban, currency, extension, date, coda_number,
  old_balance_date, old_balance_milli, new_balance_milli, paper_number, transaction_count)
"""
MATCHES = """
ALTER TABLE invoice ADD COLUMN supplier_number TEXT NOT NULL DEFAULT '';
ALTER TABLE invoice ADD COLUMN number_key TEXT NOT NULL DEFAULT '';
UPDATE invoice SET supplier_number = supplier_number(supplier_vat, ''), number_key = number_key(number);
CREATE INDEX invoice_by_number ON invoice (client_id, inbox, number, issue_date) WHERE number <> '';
CREATE INDEX invoice_by_number_key ON invoice (client_id, number_key) WHERE number_key <> '';

CREATE TABLE movement_reference (
  movement INTEGER NOT NULL REFERENCES movement,
  reference TEXT NOT NULL,
  structured INTEGER NOT NULL CHECK (structured IN (0, 1)),
  PRIMARY KEY (movement, reference)
) WITHOUT ROWID;
CREATE INDEX movement_by_typed_reference ON movement_reference (reference, movement);
INSERT INTO movement_reference (movement, reference, structured)
  SELECT m.id, r.key, r.value FROM movement AS m, json_each(reference_keys(m.communication)) AS r
  WHERE m.parent IS NULL AND m.communication <> ''
"""

# which movements count by other statements (see `retelling`): marked, and counted at their statement
RETELLINGS = """
ALTER TABLE movement ADD COLUMN retold INTEGER NOT NULL DEFAULT 0 CHECK (retold IN (0, 1));
ALTER TABLE statement ADD COLUMN retold INTEGER NOT NULL DEFAULT 0;
DROP INDEX statement_by_account;
CREATE INDEX statement_by_account ON statement (client_id, iban, currency, extension, date, coda_number,
  old_balance_date, old_balance_milli, new_balance_milli, paper_number, transaction_count, retold);
DROP INDEX movement_by_day;
CREATE INDEX movement_by_day ON movement (statement, entry_date, amount_milli, retold) WHERE parent IS NULL;
UPDATE movement SET retold = 1 WHERE id IN (
  SELECT r.value FROM (
    SELECT json_group_array(json_array(s.id, s.coda_number + s.paper_number, s.old_balance_date, s.date,
      s.old_balance_milli, s.new_balance_milli, json((
        SELECT json_group_array(json_array(m.id, m.entry_date, m.amount_milli))
        FROM movement AS m WHERE m.statement = s.id AND m.parent IS NULL)))) AS told
    FROM statement AS s
    WHERE s.date IS NOT NULL AND EXISTS (
      SELECT 1 FROM statement AS t
      WHERE t.client_id = s.client_id AND t.iban = s.iban AND t.currency = s.currency AND t.extension = s.extension
        AND t.coda_number = 0 AND t.paper_number = 0)
    GROUP BY s.client_id, s.iban, s.currency, s.extension
  ) AS g, json_each(retold_movements(g.told)) AS r);
UPDATE statement SET retold = (
  SELECT count(*) FROM movement AS m WHERE m.statement = statement.id AND m.parent IS NULL AND m.retold)
  WHERE coda_number = 0 AND paper_number = 0
"""

# which feeds CodaBox still lists, for a dossier may get another; attachments are found by their bytes
FEEDS = """
ALTER TABLE feed ADD COLUMN listed INTEGER NOT NULL DEFAULT 1 CHECK (listed IN (0, 1));
CREATE INDEX attachment_by_content ON invoice_attachment (sha256) WHERE is_invoice_pdf = 1
"""

# Each step is a script that brings the tables from the version before to its own; the views are made anew after it.
# A step that has been released is never edited: what comes later is a further step.
MIGRATIONS = (TABLES, DISMISSALS, LEDGER, EXPORTS, JUDGEMENTS, CALLS, MATCHES, RETELLINGS, FEEDS)
VERSION = len(MIGRATIONS)
