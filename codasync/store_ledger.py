"""What accounting has booked on the bank accounts, as its ledger was last imported: written and read here.

A file replaces the lines of the statements that it holds. Where accounting gives no number, a statement is a day of the
account; where CODA shows that the bank repeats a number, it is that number on that day.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codasync.continuity import look
from codasync.store_rows import Row, iso

if TYPE_CHECKING:
    from codasync.ledger import LedgerLine
    from codasync.store import Store

# what a line says; its id and its place among others may change without a change of what was booked
FACTS = (
    *("year", "number", "date", "amount_milli", "balance_milli", "counterparty_name", "counterparty_account"),
    *("counterparty_iban", "communication", "matched"),
)

_OF_ACCOUNT = "s.client_id = :client_id AND s.iban = :iban AND s.currency = :currency AND s.extension = :extension"


@dataclass(slots=True)
class Changes:
    """What the import of a file does to an account: rows of `ledger_line` to add, to change and to take away."""

    iban: str
    currency: str
    new: list[Row] = field(default_factory=list)
    replaced: list[Row] = field(default_factory=list)
    unchanged: list[Row] = field(default_factory=list)
    removed: list[Row] = field(default_factory=list)

    def counts(self) -> Row:
        """Return how many lines of the account are new, replaced, removed and unchanged."""
        names = ("new", "replaced", "removed", "unchanged")
        return {"iban": self.iban, "currency": self.currency} | {name: len(getattr(self, name)) for name in names}


def plan_import(store: "Store", client_id: str, lines: "Iterable[LedgerLine]") -> list[Changes]:
    """Return what the lines of a file, each account's oldest first, change in a dossier's ledger; change nothing."""
    by_account: dict[tuple[str, str], list[LedgerLine]] = defaultdict(list)
    for line in lines:
        by_account[line.iban, line.currency].append(line)
    return [_plan(store, client_id, *account, found) for account, found in by_account.items()]


def import_lines(store: "Store", client_id: str, changes: Sequence[Changes]) -> None:
    """Make the planned changes; call it inside the transaction in which they were planned."""
    for one in changes:
        account = _account(store, client_id, one.iban, one.currency)
        for row in one.removed:
            store.execute("DELETE FROM ledger_line WHERE id = ?", [row["id"]])
        for row in one.replaced:
            assignments = ", ".join(f"{name} = :{name}" for name in (*FACTS, "position"))
            store.execute(f"UPDATE ledger_line SET {assignments} WHERE id = :id", row)  # noqa: S608 - names of our own
        for row in one.unchanged:
            store.execute("UPDATE ledger_line SET position = :position WHERE id = :id AND position <> :position", row)
        first = store.query("SELECT coalesce(min(id), 0) AS id FROM ledger_line")[0]["id"] - 1
        store.insert_many(
            "ledger_line", [{"id": first - number, "account": account, **row} for number, row in enumerate(one.new)]
        )


def _account(store: "Store", client_id: str, iban: str, currency: str) -> int:
    of_account = [client_id, iban, currency]
    store.execute("INSERT OR IGNORE INTO ledger_account (client_id, iban, currency) VALUES (?, ?, ?)", of_account)
    sql = "SELECT id FROM ledger_account WHERE client_id = ? AND iban = ? AND currency = ?"
    return int(store.query(sql, of_account)[0]["id"])


def _plan(store: "Store", client_id: str, iban: str, currency: str, lines: "Sequence[LedgerLine]") -> Changes:
    changes = Changes(iban, currency)
    rows = list(_rows(lines))
    booked = _replaced_by(rows, _booked(store, client_id, iban, currency), _repeated(store, client_id, iban, currency))
    rest = _pair(rows, booked, FACTS, changes.unchanged)
    changes.new = _pair(rest, booked, ("date", "amount_milli"), changes.replaced)
    changes.removed = booked
    return changes


def _rows(lines: "Iterable[LedgerLine]") -> Iterator[Row]:
    """Return lines as rows of `ledger_line` without account, numbered within their statement or their day."""
    places: Counter[tuple[object, ...]] = Counter()
    for line in lines:
        statement = (line.year, line.number) if line.number else (line.date,)
        places[statement] += 1
        yield {
            "year": line.year,
            "number": line.number,
            "position": places[statement],
            "date": iso(line.date),
            "amount_milli": line.amount_milli,
            "balance_milli": line.balance_milli,
            "counterparty_name": line.counterparty_name,
            "counterparty_account": line.counterparty_account,
            "counterparty_iban": line.counterparty_iban,
            "communication": line.communication,
            "matched": int(line.matched),
        }


def _booked(store: "Store", client_id: str, iban: str, currency: str) -> list[Row]:
    return store.query(
        "SELECT l.* FROM ledger_line AS l JOIN ledger_account AS a ON a.id = l.account"
        " WHERE a.client_id = ? AND a.iban = ? AND a.currency = ? ORDER BY l.date, l.position",
        [client_id, iban, currency],
    )


def _repeated(store: "Store", client_id: str, iban: str, currency: str) -> set[tuple[int, int]]:
    """Return the years and paper numbers that several CODA statements of an account share."""
    rows = store.query(
        "SELECT CAST(substr(s.date, 1, 4) AS INTEGER) AS year, s.paper_number AS number FROM statement AS s"
        " WHERE s.client_id = ? AND s.iban = ? AND s.currency = ? AND s.transaction_count > 0"
        " GROUP BY s.paper_number, substr(s.date, 1, 4) HAVING count(*) > 1",
        [client_id, iban, currency],
    )
    return {(row["year"], row["number"]) for row in rows}


def _replaced_by(rows: Sequence[Row], booked: Iterable[Row], repeated: set[tuple[int, int]]) -> list[Row]:
    """Return the booked lines that the rows of a file stand for, or leave out."""
    statements = {(row["year"], row["number"]) for row in rows}
    days = {row["date"] for row in rows}
    whole_days = {row["date"] for row in rows if row["number"] is None}

    def is_held(line: Row) -> bool:
        statement = line["year"], line["number"]
        if line["number"] is None or statement in statements & repeated:
            return line["date"] in days
        return statement in statements or line["date"] in whole_days

    return [line for line in booked if is_held(line)]


def _pair(rows: Iterable[Row], booked: list[Row], names: Sequence[str], paired: list[Row]) -> list[Row]:
    """Give rows the ids of booked lines that agree with them in these facts, each line once.

    Moves them to `paired`, takes the lines out of `booked`, and returns the other rows.
    """
    waiting: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    for line in reversed(booked):
        waiting[tuple(line[name] for name in names)].append(line)
    rest = []
    taken = set()
    for row in rows:
        if found := waiting.get(tuple(row[name] for name in names)):
            line = found.pop()
            taken.add(line["id"])
            paired.append({**row, "id": line["id"]})
        else:
            rest.append(row)
    booked[:] = [line for line in booked if line["id"] not in taken]
    return rest


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


def transactions(store: "Store", client_id: str, *, iban: str, first: str, last: str, state: str) -> list[Row]:
    """Return the bank as it stands: on top what accounting has not processed, then what it booked, newest first.

    Empty texts ask for everything: of an account, of the days from `first` to `last`, in one state.
    """
    return store.query(
        "SELECT * FROM bank_transactions WHERE client_id = :client AND (:iban = '' OR iban = :iban)"
        " AND (:first = '' OR entry_date >= :first) AND (:last = '' OR entry_date <= :last)"
        " AND (:state = '' OR state = :state)"
        " ORDER BY state = 'unprocessed' DESC, entry_date IS NULL DESC, entry_date DESC, iban, currency, extension,"
        " statement_number DESC, statement_id DESC, sequence_number DESC, id DESC",
        {"client": client_id, "iban": iban, "first": first, "last": last, "state": state},
    )


def balances(store: "Store", client_id: str) -> list[Row]:
    """Return for each account of a dossier its last CODA balance, of which day, and the last day that is booked."""
    rows = store.query(
        "SELECT j.iban AS iban, j.currency AS currency, j.extension AS extension, j.journal_code AS journal_code,"
        " j.client_id AS client_id,"
        " (SELECT max(l.date) FROM ledger_line AS l JOIN ledger_account AS a ON a.id = l.account"
        "  WHERE a.client_id = j.client_id AND a.iban = j.iban AND j.currency IN (a.currency, '')) AS booked_to"
        " FROM journals AS j"
        " WHERE j.client_id = ? ORDER BY j.journal_code = '', j.journal_code, j.iban, j.currency, j.extension",
        [client_id],
    )
    return [row | _last_balance(store, row) for row in rows]


def _last_balance(store: "Store", account: Row) -> Row:
    """Return the balance with which the last statement of the chain ended, and its day, None without any.

    The statements of the last day come in any order; the day before it says with which balance it began.
    """
    chain = look(
        store.query(
            "SELECT s.id AS id, s.date AS date, s.old_balance_date AS old_balance_date,"  # noqa: S608
            " s.old_balance_milli AS old_balance_milli, s.new_balance_milli AS new_balance_milli,"
            f" s.coda_number AS coda_number, s.paper_number AS paper_number FROM statement AS s WHERE {_OF_ACCOUNT}"
            " AND (s.retold = 0 OR s.retold < s.transaction_count)"
            f" AND s.date >= (SELECT min(d.date) FROM (SELECT DISTINCT s.date AS date FROM statement AS s"
            f" WHERE {_OF_ACCOUNT} AND s.date IS NOT NULL ORDER BY s.date DESC LIMIT 2) AS d)",
            {name: account[name] for name in ("client_id", "iban", "currency", "extension")},
        )
    )
    last = chain.strands[-1].last if chain.strands else None
    return {"balance": last.new / 1000, "date": last.date} if last else {"balance": None, "date": None}
