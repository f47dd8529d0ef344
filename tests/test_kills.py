"""A command killed at any instant leaves nothing to clean up: the same command, given again, does what it was to do."""

import json
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest
from desk import FIRST_DAY, Desk, account, statements
from support import Home

from codasync.sandbox import Sandbox, faults
from codasync.store import open_store

MAIN = account(1)


def takes(home: Home, *arguments: object) -> float:
    """Return the seconds that a command takes on this machine, now."""
    begun = time.monotonic()
    home.run(*arguments)
    return time.monotonic() - begun


def kill_at_any_instant(home: Home, after: float, *arguments: object, given: str = "") -> int:
    """Start a command, kill it some seconds later, and return how it ended."""
    with subprocess.Popen(
        home.command(*arguments),
        env=home.environ(),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdin
        process.stdin.write(given.encode())
        process.stdin.close()
        time.sleep(after)
        process.send_signal(signal.SIGKILL)
        return process.wait(30)


def test_a_registration_killed_at_any_instant_leaves_whole_credentials_or_none(tmp_path: Path, box: Sandbox) -> None:
    box.fault("/get-credentials/", faults.delay(0.1), times=None)
    whole = takes(Home(tmp_path, box), "register", box.issue_token())
    ended = set()
    for number in range(5):
        folder = tmp_path / str(number)
        folder.mkdir()
        home = Home(folder, box)
        ended.add(kill_at_any_instant(home, whole * (0.3 + number / 4), "register", "-", given=box.issue_token()))
        if not home.credentials.exists():
            home.run("register", "-", given=box.issue_token())
        assert json.loads(home.credentials.read_text())["password"] == box.password
        assert {path.name for path in folder.iterdir()} == {"config.toml", "credentials.json"}
    assert ended == {0, -signal.SIGKILL}


@pytest.mark.parametrize("replace", [False, True])
def test_an_answer_that_a_killed_registration_had_on_disk_is_not_lost(
    tmp_path: Path, box: Sandbox, *, replace: bool
) -> None:
    home = Home(tmp_path, box)
    left = tmp_path / ".credentials.json.codasync-x1y2z3_4.part"
    left.write_text(json.dumps({"username": "new", "password": "new"}))
    left.chmod(0o600)
    if replace:
        home.write_credentials()
        assert "already holds credentials" in home.call("register", "x", code=10).stderr
    done = home.call("register", "x", *["--replace"] * replace)
    assert "no token was used" in done.stderr
    assert json.loads(home.credentials.read_text()) == {"username": "new", "password": "new"}
    assert box.requests == []


def test_a_journal_whose_enabling_was_killed_is_enabled_by_the_same_command(home: Home) -> None:
    desk = Desk(home)
    dossier = desk.dossier("0042", MAIN, enabled=False)
    for one in statements(MAIN, 6):
        desk.deliver_coda(dossier, one)
    desk.sync()
    command = ("enable-journal", "0042", MAIN.number, "--since", FIRST_DAY.isoformat())
    home.box.fault("/v2/", faults.delay(0.02), times=None)
    whole = takes(home, "journals")
    ended = {kill_at_any_instant(home, whole * (0.5 + number / 5), *command) for number in range(5)}
    home.call(*command)
    assert -signal.SIGKILL in ended
    assert home.states() == {"stored": 6}
    rows = desk.query("SELECT coda_number FROM bank_statements ORDER BY date")
    assert [row["coda_number"] for row in rows] == [1, 2, 3, 4, 5, 6]


def test_a_migration_killed_at_any_instant_is_made_by_the_next_command(home: Home) -> None:
    script = (Path(__file__).parent / "store" / "version-1.sql").read_text(encoding="utf-8")
    whole = takes(home, "--version")
    for number in range(5):
        home.database.unlink(missing_ok=True)
        with closing(sqlite3.connect(home.database)) as connection:
            connection.executescript(script)
        kill_at_any_instant(home, whole * (0.8 + number / 3), "journals")
        open_store(home.database).close()
        assert home.query("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
        assert home.query("SELECT count(*) AS n FROM documents") == [{"n": 16}]
