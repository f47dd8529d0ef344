"""Time `codasync status` for an office of many journals beside a floor: SQLite reading the same statements.

    python benchmarks/status.py [--journals N] [--statements N] [--rounds N]

Every tenth journal misses a statement in the middle of its life. The statements came day by day, so those of a journal
lie scattered over the file. All times are of the processor, so that what else the machine does counts little.
"""

import argparse
import datetime as dt
import os
import platform
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

from codasync.sandbox.days import is_banking_day
from codasync.sandbox.numbers import belgian_account, iban
from codasync.store import Store, open_store
from codasync.store_rows import Row

CONFIG = """\
[codabox]
software_company = "00000000-0000-0000-0000-000000000000"
[database]
path = "codasync.db"
"""
FLOOR = (
    "SELECT id, date, old_balance_date, old_balance_milli, new_balance_milli, coda_number, paper_number,"
    " transaction_count FROM statement ORDER BY client_id, iban, currency, extension, date, coda_number"
)


def days(count: int) -> list[dt.date]:
    """Return the last banking days before today, the oldest first."""
    found: list[dt.date] = []
    day = dt.datetime.now().astimezone().date()
    while len(found) <= count:
        day -= dt.timedelta(days=1)
        if is_banking_day(day):
            found.append(day)
    return found[::-1]


def statements(journals: int, count: int) -> Iterator[Row]:
    """Give the statements of all journals, day by day."""
    balances = [1_000_000] * journals
    calendar = days(count)
    for number, (before, day) in enumerate(pairwise(calendar), start=1):
        for journal in range(journals):
            old, balances[journal] = balances[journal], balances[journal] + 10 * number + journal
            if journal % 10 or number != count // 2:
                yield {
                    "document": 1,
                    "client_id": f"c-{journal}",
                    "position": 1,
                    "fingerprint": f"{number}",
                    "account": "",
                    "iban": account(journal),
                    "currency": "EUR",
                    "extension": "",
                    "holder": "BOULANGERIE HELENE",
                    "paper_number": number % 999,
                    "coda_number": number % 999,
                    "old_balance_date": before.isoformat(),
                    "old_balance_milli": old,
                    "date": day.isoformat(),
                    "new_balance_milli": balances[journal],
                    "transaction_count": 3,
                    "free_messages": "[]",
                    "warnings": "[]",
                }


def account(journal: int) -> str:
    return iban("BE", belgian_account("001", journal))


def fill(store: Store, journals: int, count: int) -> None:
    """Make the office: a dossier for each journal, and its statements."""
    store.note_dossier("c-0", "", "")
    feed = {"feed_id": "1", "kind": "normal", "client_id": "c-0", "last_polled_at": store.now()}
    entry = {"feed": store.insert("feed", feed), "feed_index": "1", "revision": 0, "client_id": "c-0"}
    entry |= {"model": "coda", "metadata": "{}", "noted_at": store.now()}
    content = {"content": store.keep(b""), "received_at": store.now()}
    store.insert("document", {"entry": store.insert("entry", entry), "format": "cod", "state": "stored"} | content)
    for journal in range(journals):
        client = f"c-{journal}"
        store.note_dossier(client, f"{journal:04d}", f"Dossier {journal}")
        store.select(client, account(journal), "EUR", journal_code="B01", since=None)
        state = {"iban": account(journal), "state": "active", "state_modified_at": ""}
        mandate = {"mandate_state": "active", "mandate_reason": "", "mandate_modified_at": ""}
        store.note_client(client, "", [state | mandate])
        store.note_subaccount(client, account(journal), "EUR", "")
    store.insert_many("statement", list(statements(journals, count)))


def seconds(command: list[str]) -> float:
    """Return the processor time that a command takes."""
    before = os.times()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def floor(path: Path) -> float:
    begun = time.process_time()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(FLOOR).fetchall()
    return time.process_time() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--journals", type=int, default=1000)
    parser.add_argument("--statements", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "config.toml").write_text(CONFIG)
        path = Path(folder) / "codasync.db"
        with open_store(path, create=True) as store, store.transaction():
            fill(store, options.journals, options.statements)
        command = [sys.executable, "-m", "codasync", "--config", f"{folder}/config.toml"]
        runs = [
            (seconds([*command, "status", "--format", "json"]), seconds([*command, "--version"]), floor(path))
            for _ in range(options.rounds)
        ]
    print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}")
    print(f"{options.journals} journals with {options.statements} statements each")
    status, start, least = (statistics.median(column) for column in zip(*runs, strict=True))
    ratio = statistics.median((one - two) / three for one, two, three in runs)
    print(f"codasync status {status:6.2f} s, of which {start:.2f} s to start Python")
    print(f"floor           {least:6.2f} s; without the start, status takes {ratio:.1f} times the floor")


main()
