"""Which movements count by other statements: decided anew in the transaction that books a statement of their account.

`movement.retold` marks them, `statement.retold` counts them. The statement that decides may come before or after.
"""

import json
from typing import TYPE_CHECKING, Any

from codasync.retelling import Line, Told, retold
from codasync.store_rows import Row

if TYPE_CHECKING:
    from codasync.store import Store

# the days that a statement tells of are those after this one
_AFTER = "CASE WHEN s.old_balance_date < s.date THEN s.old_balance_date ELSE date(s.date, '-1 day') END"
# those that have a day in common with the days after :after up to :last
_NEAR = f"""
    SELECT s.id AS id, s.date AS last, {_AFTER} AS after, s.coda_number + s.paper_number AS number
    FROM statement AS s
    WHERE s.client_id = :client_id AND s.iban = :iban AND s.currency = :currency AND s.extension = :extension
      AND s.date > :after AND (s.old_balance_date < :last OR s.date <= :last)"""  # noqa: S608
_TOLD = """
    SELECT json_array(s.id, s.coda_number + s.paper_number, s.old_balance_date, s.date,
                      s.old_balance_milli, s.new_balance_milli, json((
               SELECT json_group_array(json_array(m.id, m.entry_date, m.amount_milli))
               FROM movement AS m WHERE m.statement = s.id AND m.parent IS NULL))) AS told
    FROM json_each(:ids) AS one JOIN statement AS s ON s.id = one.value"""


def mark(store: "Store", statement: int) -> None:
    """Decide about the days of a statement; call it inside the transaction that books it."""
    near = _near(store, statement)
    if all(row["number"] for row in near):
        return
    ids = json.dumps([row["id"] for row in near])
    statements = [_read(json.loads(row["told"])) for row in store.query(_TOLD, {"ids": ids})]
    again = retold(statements)
    for one in statements:
        mine = [line.identity for line in one.lines if line.identity in again]
        _mark(store, one.identity, mine)


def _near(store: "Store", statement: int) -> list[Row]:
    """Return the statements that have days in common with one, or with one of those, and so on."""
    [account] = store.query(
        "SELECT s.client_id AS client_id, s.iban AS iban, s.currency AS currency, s.extension AS extension,"  # noqa: S608
        f" s.date AS last, {_AFTER} AS after FROM statement AS s WHERE s.id = ?",
        [statement],
    )
    if account["last"] is None:
        return []
    while True:
        rows = store.query(_NEAR, account)
        wider = {"last": max(row["last"] for row in rows), "after": min(row["after"] for row in rows)}
        if account == account | wider:
            return rows
        account |= wider


def _mark(store: "Store", statement: int, movements: list[int]) -> None:
    of_statement = [json.dumps(movements), statement]
    store.execute(
        "UPDATE movement SET retold = NOT retold WHERE statement = ?2 AND parent IS NULL"
        " AND retold <> (id IN (SELECT value FROM json_each(?1)))",
        of_statement,
    )
    store.execute(
        "UPDATE statement SET retold = json_array_length(?1) WHERE id = ?2 AND retold <> json_array_length(?1)",
        of_statement,
    )


def retold_of_account(told: str) -> str:
    """Return the ids of the movements of an account that count by others, from a JSON list as a JSON list."""
    return json.dumps(sorted(retold([_read(one) for one in json.loads(told)])))


def _read(told: list[Any]) -> Told:
    identity, number, old_date, last, old, new, lines = told
    old_date = old_date if old_date and old_date < last else last
    return Told(identity, bool(number), old_date, last, old, new, tuple(Line(*line) for line in lines))
