"""The documented views: their columns, exact money, dates, and what holds between them."""

import re
from collections.abc import Iterator

import pytest
from desk import Desk
from support import Home, Row

from codasync import reception
from codasync.sandbox import Sandbox

# what the documentation promises, and what was added to it since; downstream tools rely on these names
PROMISED = {
    "dossiers": "dossier_code name client_id enterprise_number feed_id last_polled_at last_poll_error",
    "journals": "dossier_code iban currency extension journal_code enabled enabled_at since account_state"
    " mandate_state",
    "documents": "id dossier_code feed_index model format state reason received_at size sha256",
    "bank_statements": "id dossier_code iban currency extension paper_number coda_number old_balance_date old_balance"
    " old_balance_milli date new_balance new_balance_milli transaction_count document_id",
    "bank_transactions": "id dossier_code iban currency journal_code source state statement_number sequence_number"
    " detail_number entry_date value_date amount amount_milli counterparty_name counterparty_iban counterparty_bic"
    " structured_communication communication transaction_code bank_reference statement_id",
    "invoices": "id dossier_code inbox channel kind number issue_date due_date currency supplier_name supplier_vat"
    " customer_name customer_vat net_milli vat_milli gross_milli payable_milli net vat gross payable payment_iban"
    " payment_reference state document_id",
    "invoice_lines": "invoice_id",
    "invoice_vat": "invoice_id",
    "invoice_attachments": "invoice_id file_name mime_type size sha256",
    "reception": "dossier_code dossier_name journal_code iban currency extension enabled account_state mandate_state"
    " state reason next_step last_statement_number last_statement_date last_received_at statements_received"
    " transactions_received missing last_polled_at",
    "sync_runs": "id started_at finished_at outcome feeds_polled documents_received documents_unreadable feeds_failed"
    " error",
}
ADDED = {
    "dossiers": "vanished_at",
    "journals": "dossier_name client_id account_state_modified_at mandate_state_modified_at mandate_reason",
    "documents": "feed_kind attention dismissed_at dismissed_by metadata client_id",
    "bank_statements": "holder free_messages warnings client_id retelling",
    "bank_transactions": "extension counterparty_account customer_reference structured information meaning"
    " category_purpose purpose r_transaction r_reason client_id",
    "coda_transactions": "id dossier_code iban currency extension journal_code statement_number sequence_number"
    " detail_number entry_date value_date amount amount_milli counterparty_name counterparty_iban counterparty_bic"
    " structured_communication communication transaction_code bank_reference counterparty_account customer_reference"
    " structured information meaning category_purpose purpose r_transaction r_reason statement_id processed retelling"
    " client_id",
    "bank_transaction_details": "id parent_id statement_id sequence_number detail_number entry_date value_date amount"
    " amount_milli counterparty_name counterparty_iban counterparty_bic structured_communication communication"
    " transaction_code bank_reference counterparty_account customer_reference structured information meaning"
    " category_purpose purpose r_transaction r_reason",
    "invoices": "warnings client_id effect effect_milli approved_at approved_by flags payment_terms buyer_reference"
    " order_reference type_code dialect",
    "invoice_lines": "position line_id name description quantity unit_code price base_quantity note seller_item_id"
    " belgian_vat_code net net_milli vat_category vat_rate",
    "invoice_vat": "position vat_category vat_rate belgian_vat_code exemption_reason taxable taxable_milli tax"
    " tax_milli",
    "invoice_attachments": "position description uri is_invoice_pdf",
    "reception": "since first_statement_date months judged_at client_id",
    "payment_matches": "invoice_id transaction_id dossier_code inbox number entry_date amount amount_milli reason"
    " confidence",
    "document_warnings": "document_id code line text",
    "exports": "folder path document_id exported_at",
}
TIMES = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """An office whose journals have received two weeks of documents."""
    with Sandbox(weeks=2) as box:
        desk = Desk(Home(tmp_path_factory.mktemp("office"), box))
        for dossier in box.office.dossiers:
            for account in dossier.accounts:
                desk.enable(dossier.code, account.iban, journal_code="B01")
        assert desk.sync().exit_code == 0
        yield desk


def columns(desk: Desk, view: str) -> list[str]:
    return [row["name"] for row in desk.query("SELECT name FROM pragma_table_info(?)", view)]


def failing(desk: Desk, view: str, condition: str) -> list[Row]:
    """Return rows that break a condition which holds for all."""
    return desk.query(f"SELECT * FROM {view} WHERE NOT coalesce({condition}, 1) LIMIT 3")


@pytest.mark.parametrize("view", PROMISED | ADDED)
def test_a_view_has_the_documented_columns_and_no_others(desk: Desk, view: str) -> None:
    golden = f"{PROMISED.get(view, '')} {ADDED.get(view, '')}".split()
    assert sorted(columns(desk, view)) == sorted(golden)


def test_there_are_no_views_but_the_documented_ones(desk: Desk) -> None:
    views = {row["name"] for row in desk.query("SELECT name FROM sqlite_schema WHERE type = 'view'")}
    assert views == (PROMISED | ADDED).keys()


@pytest.mark.parametrize("view", PROMISED)
def test_every_view_shows_what_was_received(desk: Desk, view: str) -> None:
    assert desk.count(view) > 0


def test_no_table_has_a_column_for_floating_point_numbers(desk: Desk) -> None:
    rows = desk.query(
        "SELECT t.name || '.' || c.name AS name FROM sqlite_schema AS t JOIN pragma_table_info(t.name) AS c"
        " WHERE t.type = 'table' AND c.type NOT IN ('INTEGER', 'TEXT', 'BLOB')"
    )
    assert rows == []


def test_money_is_a_whole_number_of_thousandths_everywhere(desk: Desk) -> None:
    looked_at = 0
    for view in PROMISED:
        for name in columns(desk, view):
            if name.endswith("_milli"):
                looked_at += 1
                assert failing(desk, view, f"typeof({name}) IN ('integer', 'null')") == []
                decimal = f"{name.removesuffix('_milli')} * 1000 - {name}"
                assert failing(desk, view, f"abs({decimal}) < 0.5") == []
    assert looked_at >= 10


def test_the_database_refuses_money_that_is_no_whole_number(desk: Desk) -> None:
    tables = desk.query("SELECT name, sql FROM sqlite_schema WHERE type = 'table'")
    for table in tables:
        for name in re.findall(r"\b(\w+_milli) INTEGER", table["sql"]):
            assert re.search(rf"CHECK \(typeof\({name}\) (= 'integer'|IN \('integer', 'null'\))\)", table["sql"])


def test_the_movements_of_a_statement_lead_from_its_old_balance_to_its_new_one(desk: Desk) -> None:
    rows = desk.query(
        "SELECT s.id, s.old_balance_milli + coalesce(sum(t.amount_milli), 0) - s.new_balance_milli AS difference,"
        " count(t.id) - s.transaction_count AS missing"
        " FROM bank_statements AS s LEFT JOIN coda_transactions AS t ON t.statement_id = s.id GROUP BY s.id"
    )
    assert len(rows) > 30
    assert {(row["difference"], row["missing"]) for row in rows} == {(0, 0)}


def test_details_belong_to_a_movement_of_the_same_statement(desk: Desk) -> None:
    assert desk.count("bank_transaction_details") > 0
    rows = desk.query(
        "SELECT d.id FROM bank_transaction_details AS d LEFT JOIN"
        " (SELECT id, statement_id FROM coda_transactions UNION SELECT id, statement_id FROM bank_transaction_details)"
        " AS p ON p.id = d.parent_id AND p.statement_id = d.statement_id WHERE p.id IS NULL"
    )
    assert rows == []


def test_dates_and_times_are_written_as_documented(desk: Desk) -> None:
    for view in PROMISED:
        for name in columns(desk, view):
            kind = r"\d{4}-\d\d-\d\d" if name.endswith("date") or name == "since" else TIMES
            if name.endswith(("date", "_at")) and not name.endswith("state_modified_at"):
                values = [row[name] for row in desk.query(f"SELECT DISTINCT {name} FROM {view} WHERE {name} <> ''")]
                assert [value for value in values if not re.fullmatch(kind, value)] == []


def test_the_words_of_the_views_are_the_documented_ones(desk: Desk) -> None:
    allowed = {
        ("documents", "state"): {"stored", "unreadable", "duplicate", "skipped", "unavailable"},
        ("bank_transactions", "source"): {"coda", "ledger"},
        ("bank_transactions", "state"): {"unprocessed", "matched", "unmatched"},
        ("invoices", "inbox"): {"purchases", "sales"},
        ("invoices", "channel"): {"CodaBox"},
        ("invoices", "kind"): {"invoice", "credit_note"},
        ("invoices", "state"): {"new", "approved"},
        ("reception", "state"): set(reception.WORST_FIRST),
    }
    for (view, column), words in allowed.items():
        found = {row[column] for row in desk.query(f"SELECT DISTINCT {column} FROM {view}")}
        assert found <= words


def test_every_invoice_and_statement_leads_to_its_bytes(desk: Desk) -> None:
    for view in ("invoices", "bank_statements"):
        rows = desk.query(
            f"SELECT v.id FROM {view} AS v LEFT JOIN documents AS d ON d.id = v.document_id WHERE d.sha256 IS NULL"
        )
        assert rows == []


def test_no_secret_is_in_the_database(desk: Desk) -> None:
    data = desk.home.database.read_bytes()
    for secret in (desk.box.password, desk.box.username, desk.box.software_company):
        assert secret.encode() not in data


def test_the_database_is_sound(desk: Desk) -> None:
    assert desk.query("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    assert desk.query("PRAGMA foreign_key_check") == []
