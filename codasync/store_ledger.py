"""What accounting has booked on the bank accounts, as its ledger was last imported: written and read here."""

from typing import TYPE_CHECKING

from codasync.store_rows import Row

if TYPE_CHECKING:
    from codasync.store import Store


def ledger_ends(store: "Store") -> list[Row]:
    """Return how far accounting has come with each account: rows of client_id, iban, currency, and of its last line.

    `last_date` is the day of the last line, `last_statement_number` the highest of the last year that has numbers, None
    without any, `last_balance_milli` the account's balance after the last line, None where accounting did not say it.
    """
    return store.query(
        "SELECT a.client_id AS client_id, a.iban AS iban, a.currency AS currency,"
        " (SELECT max(l.date) FROM ledger_line AS l WHERE l.account = a.id) AS last_date,"
        " (SELECT l.number FROM ledger_line AS l WHERE l.account = a.id AND l.number IS NOT NULL"
        "  ORDER BY l.year DESC, l.number DESC LIMIT 1) AS last_statement_number,"
        " (SELECT l.balance_milli FROM ledger_line AS l WHERE l.account = a.id"
        "  ORDER BY l.date DESC, l.year DESC, l.number DESC, l.position DESC LIMIT 1) AS last_balance_milli"
        " FROM ledger_account AS a"
        " WHERE EXISTS (SELECT 1 FROM ledger_line AS l WHERE l.account = a.id)"
        " ORDER BY a.client_id, a.iban, a.currency"
    )
