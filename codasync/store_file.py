"""The database file itself: opening, transactions, schema version, and what SQLite's errors mean to a person.

The file keeps a rollback journal, so that users without write permission can read it at any time.
"""

import datetime as dt
import os
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import sqlite_utils

from codasync import places
from codasync.errors import DatabaseTrouble
from codasync.store_keys import number_key, references, supplier_number
from codasync.store_retellings import retold_of_account
from codasync.store_rows import Row, as_json
from codasync.store_schema import APPLICATION_ID, MIGRATIONS, VERSION
from codasync.store_views import VIEWS

WRITER_TIMEOUT = 60
READER_TIMEOUT = 10
RESTORE = "restore it from a backup, or move it away and name it in a report"
NO_TEXT = "Could not decode to UTF-8 "  # as Python says it, without a name of SQLite's


def create_file(path: Path) -> None:
    """Make an empty file that its owner writes and its group reads, if it is not there. Raises DatabaseTrouble."""
    try:
        check_folder(path)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o640))
    except FileExistsError:
        pass
    except OSError as error:
        remedy = "name a folder that exists and that this user may write, as database.path"
        raise DatabaseTrouble(path=path, reason=error.strerror, remedy=remedy) from None


def check_folder(path: Path) -> None:
    """Raise DatabaseTrouble where anybody may put another file in the place of this one, or of what it links to."""
    for folder in places.open_to_anybody(path):
        reason, remedy = "anybody may put another in its place", f"look at it, then `chmod o-w {folder}`"
        raise DatabaseTrouble(path=path, reason=reason, remedy=remedy)


def facts_of(path: Path) -> os.stat_result | None:
    """Return what the file system knows of a database, None when it is not there. Raises DatabaseTrouble."""
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        remedy = "codasync needs a folder that it may look into, as that of database.path"
        raise DatabaseTrouble(path=path, reason=error.strerror, remedy=remedy) from None


def connect(path: Path, mode: str) -> sqlite3.Connection:
    """Open a file that is there, `ro` or `rw`. Raises DatabaseTrouble."""
    found = facts_of(path)
    if found is None:
        remedy = "`codasync sync` makes it; or name another with --db"
        raise DatabaseTrouble(path=path, reason="there is no such file", remedy=remedy)
    if not stat.S_ISREG(found.st_mode):
        reason = "it is a folder" if stat.S_ISDIR(found.st_mode) else "it is a device, not a file"
        raise DatabaseTrouble(path=path, reason=reason, remedy="name a file, as database.path or with --db")
    if found.st_mode & stat.S_IWOTH:
        raise DatabaseTrouble(path=path, reason="anybody may write it", remedy=f"look at it, then `chmod o-w {path}`")
    check_folder(path)
    timeout = READER_TIMEOUT if mode == "ro" else WRITER_TIMEOUT
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=timeout, isolation_level=None
        )
        connection.execute("PRAGMA foreign_keys=ON")
    except sqlite3.Error as error:
        raise trouble(path, error) from None
    return connection


def trouble(path: Path, error: sqlite3.Error | UnicodeDecodeError) -> DatabaseTrouble:
    """Say what an error of SQLite means for the person who runs codasync; it may quote damage that is no text."""
    name = getattr(error, "sqlite_errorname", "")
    if name == "SQLITE_READONLY_ROLLBACK":
        reason, remedy = "the last pass was interrupted", "the next `codasync sync` repairs the file"
    elif name.startswith(("SQLITE_FULL", "SQLITE_IOERR")):
        try:
            free = f"{shutil.disk_usage(path.parent).free // 1_000_000} MB free"
        except OSError:
            free = "the disk cannot be asked for its free space"
        reason, remedy = f"{error} ({free})", "make room on this disk; nothing that was stored is lost"
    elif name.startswith("SQLITE_BUSY"):
        reason, remedy = "another program holds it", "end the program that has it open, or wait"
    elif name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        reason, remedy = str(error), "let this user write the file and its folder"
    elif name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        reason, remedy = str(error), RESTORE
    elif isinstance(error, UnicodeDecodeError):
        reason, remedy = "it is damaged: its schema is no text", RESTORE
    elif str(error).startswith(NO_TEXT):
        column = str(error).removeprefix(NO_TEXT).split(" with text ")[0]
        reason, remedy = f"it is damaged: a value of {column} is no text", RESTORE
    else:
        reason, remedy = f"{error} {name}".strip(), "report this"
    return DatabaseTrouble(path=path, reason=reason, remedy=remedy, hot=name == "SQLITE_READONLY_ROLLBACK")


class StoreFile:
    """One connection to the database file; belongs to the thread that opened it."""

    def __init__(self, path: Path, connection: sqlite3.Connection, clock: Callable[[], dt.datetime]) -> None:
        self.path = path
        self._connection = connection
        self._database = sqlite_utils.Database(connection, execute_plugins=False)
        self._clock = clock

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def now(self) -> str:
        """Return the time as the database writes it."""
        return f"{self._clock():%Y-%m-%dT%H:%M:%SZ}"

    def today(self) -> dt.date:
        """Return the day where this machine stands: people judge by their own calendar."""
        return self._clock().astimezone().date()

    def query(self, sql: str, parameters: Sequence[object] | dict[str, object] = ()) -> list[Row]:
        """Return rows as dictionaries by column name."""
        try:
            return list(self._database.query(sql, parameters))
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise trouble(self.path, error) from None

    def execute(self, sql: str, parameters: Sequence[object] | Row = ()) -> sqlite3.Cursor:
        """Run one statement that changes something; call it inside a transaction."""
        try:
            return self._connection.execute(sql, parameters)
        except UnicodeDecodeError as error:  # of SQLite's own words; its errors are told by whoever began this
            raise trouble(self.path, error) from None

    def insert(self, table: str, row: Row) -> int:
        """Insert a row, all columns by name; return its id."""
        columns = ", ".join(row)
        values = ", ".join(f":{name}" for name in row)
        return self.execute(f"INSERT INTO {table} ({columns}) VALUES ({values})", row).lastrowid or 0  # noqa: S608

    def insert_many(self, table: str, rows: Sequence[Row]) -> None:
        """Insert rows that all have the same columns."""
        if rows:
            columns = ", ".join(rows[0])
            values = ", ".join(f":{name}" for name in rows[0])
            self._connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({values})", rows)  # noqa: S608

    def update(self, table: str, row: Row, facts: Row) -> set[str]:
        """Bring a row that was read to these facts; return the names of the columns that change."""
        changed = {name for name in facts if row[name] != facts[name]}
        if changed:
            changes = ", ".join(f"{name} = :{name}" for name in facts)
            self.execute(f"UPDATE {table} SET {changes} WHERE id = :id", {**facts, "id": row["id"]})  # noqa: S608
        return changed

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make everything inside one durable change, or none. Never make a request inside."""
        try:
            self.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # SQLite has rolled back already when the disk is full
                    self.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise trouble(self.path, error) from error

    # --- the schema

    def check_version(self) -> int:
        """Return the file's schema version. Raises DatabaseTrouble when it is newer or not codasync's."""
        try:
            # in this order: tables that another process has just made come with its application id
            filled = self.execute("SELECT 1 FROM sqlite_schema").fetchone()
            foreign = filled and self.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID
            version = int(self.execute("PRAGMA user_version").fetchone()[0])
        except sqlite3.Error as error:
            raise trouble(self.path, error) from None
        if foreign:
            reason, remedy = "it is not a codasync database", "name another as database.path"
            raise DatabaseTrouble(path=self.path, reason=reason, remedy=remedy)
        if version > VERSION:
            reason = f"it was made by a newer codasync (schema {version}; this one knows {VERSION})"
            raise DatabaseTrouble(path=self.path, reason=reason, remedy="upgrade codasync")
        return version

    def keep_rollback_journal(self) -> None:
        """Take back what another program may have done: a file switched to WAL locks readers out."""
        try:
            self.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.Error as error:
            raise trouble(self.path, error) from None

    def migrate(self) -> None:
        """Bring the file to this program's schema; all of it or nothing."""
        self._connection.create_function("supplier_number", 2, supplier_number, deterministic=True)
        self._connection.create_function("number_key", 1, number_key, deterministic=True)
        self._connection.create_function("reference_keys", 1, lambda text: as_json(references(text)))
        self._connection.create_function("retold_movements", 1, retold_of_account, deterministic=True)
        with self.transaction():
            version = self.check_version()  # another process may have migrated meanwhile
            if version < VERSION:
                self._make_views({})
                for step in MIGRATIONS[version:]:
                    for statement in step.split(";"):
                        self.execute(statement)
                self._make_views(VIEWS)
            self.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            self.execute(f"PRAGMA user_version = {VERSION}")

    def _make_views(self, views: dict[str, str]) -> None:
        for row in self.query("SELECT name FROM sqlite_schema WHERE type = 'view'"):
            self.execute(f"DROP VIEW {row['name']}")
        for name, body in views.items():
            self.execute(f"CREATE VIEW {name} AS {body}")
