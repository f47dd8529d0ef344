"""The documented exit codes, each as a process of its own gives it to cron or systemd."""

import fcntl
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event

import pytest
from desk import account, statement, statements
from support import Home, heard

from codasync.sandbox import faults

BANK = account(1)


@pytest.fixture
def bakery(home: Home) -> Home:
    """An office with one dossier, whose journal is enabled."""
    home.box.add_dossier("0042", "Boulangerie Hélène")
    home.box.add_account("0042", BANK.number, BANK.bic)
    home.call("enable-journal", "0042", BANK.number)
    return home


# --- 0, 2, 3, 12, 13


def test_0_when_something_came_and_when_nothing_was_new(bakery: Home) -> None:
    bakery.box.deliver_coda("0042", statement(BANK, 1))
    bakery.run("sync", code=0)
    bakery.run("sync", code=0)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--nonsense",),
        ("fetch",),
        ("enable-journal", "0042"),
        ("status", "--format", "xml"),
        ("sync", "--workers=3"),
    ],
)
def test_2_for_a_wrong_command_line(home: Home, arguments: tuple[str, ...]) -> None:
    done = home.run(*arguments, code=2)
    assert done.stdout == ""
    assert "Usage: codasync" in done.stderr


def test_3_when_a_part_failed_or_a_journal_needs_somebody(bakery: Home) -> None:
    bakery.box.deliver_coda("0042", statement(BANK, 1))
    bakery.box.fault("/download/", faults.refuse(403), times=None)
    bakery.run("sync", code=3)
    bakery.run("status", code=0)
    bakery.run("status", "--check", code=3)


def test_10_for_a_config_that_is_not_there_or_wrong_and_for_an_office_that_is_not_registered(home: Home) -> None:
    home.credentials.unlink()
    home.run("sync", code=10)
    home.write_config("nonsense = 1\n")
    home.run("sync", code=10)
    home.config.unlink()
    home.run("sync", code=10)


def test_12_for_a_wrong_password_with_what_to_do(bakery: Home) -> None:
    bakery.box.password = "another"
    done = bakery.run("sync", code=12)
    assert done.stderr.startswith("codasync: CodaBox refuses the office's credentials: Invalid username/password. - ")
    assert "run `codasync register --replace`" in done.stderr
    bakery.call("dossiers", "--refresh", code=12)


def test_13_when_codabox_does_not_answer(bakery: Home) -> None:
    bakery.box.fault("/pod-client/", faults.throttle("3600"), times=None)
    assert "CodaBox answered 429" in bakery.run("sync", code=13).stderr
    bakery.box.stop()
    bakery.run("sync", code=13)
    bakery.call("dossiers", "--refresh", code=13)


def test_13_when_all_feeds_fail_alike(bakery: Home) -> None:
    bakery.box.fault("feed/", faults.refuse(503), times=None)
    bakery.run("sync", code=13)


# --- 1


def with_a_bug(home: Home, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a command of a program with a bug that no command expects."""
    program = "from codasync import cli, store_reports; store_reports.journal_facts = lambda _: 1 // 0; cli.main()"
    return subprocess.run(
        [home.command()[0], "-c", program, *home.command(*arguments)[3:]],
        capture_output=True,
        text=True,
        check=False,
        env=home.environ(),
    )


def test_1_for_json_of_another_shape(home: Home) -> None:
    home.box.fault("/pod-client/", faults.respond(200, '{"feeds": []}', {"Content-Type": "application/json"}))
    done = home.run("sync", code=1)
    assert "the list of feeds: JSON of another shape" in done.stderr


def test_1_for_a_bug_with_a_traceback_only_when_asked_for(bakery: Home) -> None:
    done = with_a_bug(bakery, "status")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("codasync: unexpected ZeroDivisionError: ")
    assert done.stderr.endswith(" - report this; -v shows where it happened\n")
    assert done.stderr.count("\n") == 1
    done = with_a_bug(bakery, "-v", "status")
    assert done.returncode == 1
    assert "Traceback (most recent call last)" in done.stderr


# --- 11


def test_11_while_another_pass_runs_at_once_and_with_its_number(bakery: Home) -> None:
    lock = bakery.database.with_name("codasync.db.lock")
    with lock.open("w", encoding="utf-8") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        held.write("process 4711, since 2026-03-02T06:17:00Z\n")
        held.flush()
        bakery.box.requests.clear()
        done = bakery.run("sync", code=11)
        assert done.stderr == (
            f"codasync: another run is still working on {bakery.database} (process 4711, since 2026-03-02T06:17:00Z)"
            " - usually nothing to do; it ends by itself\n"
        )
        assert bakery.box.requests == []
        bakery.run("status", code=0)
    bakery.run("sync", code=0)
    assert lock.exists()


# --- 14


def newer(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA user_version = 99")


def foreign(database: Path) -> None:
    database.unlink()
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE recipes (name)")


def no_database(database: Path) -> None:
    database.write_bytes(b"Dear diary, " * 1000)


def damaged(database: Path) -> None:
    content = bytearray(database.read_bytes())
    content[100:] = b"\xa5" * (len(content) - 100)
    database.write_bytes(content)


def a_folder(database: Path) -> None:
    database.unlink()
    database.mkdir()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (newer, "it was made by a newer codasync (schema 99; this one knows "),
        (foreign, "it is not a codasync database"),
        (no_database, "file is not a database"),
        (damaged, "database disk image is malformed"),
        (a_folder, "it is a folder - name a file"),
    ],
)
def test_14_for_a_database_that_cannot_be_used_which_is_left_as_it_is(
    bakery: Home, spoil: Callable[[Path], None], words: str
) -> None:
    spoil(bakery.database)
    before = bakery.database.is_file() and bakery.database.read_bytes()
    bakery.box.requests.clear()
    for command in ("sync", "status"):
        done = bakery.run(command, code=14)
        assert done.stderr.startswith(f"codasync: database {bakery.database}: {words}")
        assert done.stderr.count("\n") == 1
    assert bakery.box.requests == []
    assert (bakery.database.is_file() and bakery.database.read_bytes()) == before


def test_14_for_a_device(home: Home) -> None:
    for command in ("sync", "status"):
        done = home.call("--db", "/dev/null", command, code=14)
        assert done.stderr.startswith("codasync: database /dev/null: it is a device, not a file - name a file")


def test_14_for_a_folder_that_is_not_there(home: Home) -> None:
    for command in ("sync", "status", "dossiers"):
        assert "/nowhere/codasync.db" in home.run("--db", "/nowhere/codasync.db", command, code=14).stderr


# --- 129, 130, 143


@contextmanager
def held_up(
    home: Home, path: str, command: list[str], *, skip: int = 0
) -> Iterator[tuple[subprocess.Popen[str], Event]]:
    """Run a command and give it when CodaBox leaves it waiting for an answer, which comes when the event is set."""
    reached, go_on = Event(), Event()

    def hold(exchange: faults.Exchange) -> None:
        reached.set()
        go_on.wait(60)
        exchange.send(exchange.answer())

    home.box.fault(path, hold, skip=skip)
    pipe = subprocess.PIPE
    with heard(signal.SIGHUP), heard(signal.SIGINT), heard(signal.SIGTERM):
        process = subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=home.environ())
    with process:
        try:
            assert reached.wait(60)
            yield process, go_on
        finally:
            go_on.set()
            process.kill()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGHUP, 129), (signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_pass_after_the_document_in_hand(bakery: Home, number: signal.Signals, code: int) -> None:
    for one in statements(BANK, 4):
        bakery.box.deliver_coda("0042", one)
    with held_up(bakery, "/download/", bakery.command("sync"), skip=1) as (process, go_on):
        process.send_signal(number)
        go_on.set()
        out, err = process.communicate(timeout=60)
    assert process.returncode == code
    assert (out, err) == ("", "codasync: ended by a signal; what was received is safe\n")
    assert bakery.states()["stored"] == 2
    assert bakery.query("SELECT outcome FROM sync_runs ORDER BY id DESC LIMIT 1") == [{"outcome": "interrupted"}]
    bakery.call("status", "--check", code=0)
    assert bakery.call("sync").stderr == "2 documents received; 2 feeds polled\n"
    assert bakery.states() == {"stored": 4}


def test_a_second_signal_ends_a_pass_at_once_and_nothing_is_lost(bakery: Home) -> None:
    for one in statements(BANK, 3):
        bakery.box.deliver_coda("0042", one)
    with held_up(bakery, "/download/", bakery.command("sync"), skip=1) as (process, _):
        while process.poll() is None:
            process.send_signal(signal.SIGTERM)
            time.sleep(0.05)
        assert process.returncode == 143
    bakery.call("sync")
    assert bakery.states() == {"stored": 3}


def test_a_pass_under_nohup_outlives_its_terminal(bakery: Home) -> None:
    bakery.box.deliver_coda("0042", statement(BANK, 1))
    command = ["sh", "-c", 'trap "" HUP; exec "$@"', "sh", *bakery.command("sync")]
    with held_up(bakery, "/download/", command) as (process, go_on):
        process.send_signal(signal.SIGHUP)
        go_on.set()
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert bakery.states() == {"stored": 1}


def test_a_signal_does_not_cost_the_credentials_that_are_on_their_way(home: Home) -> None:
    home.credentials.unlink()
    command = home.command("register", home.box.issue_token())
    with held_up(home, "/get-credentials/", command) as (process, go_on):
        process.send_signal(signal.SIGTERM)
        go_on.set()
        process.communicate(timeout=60)
    assert process.returncode == 143
    home.call("sync")


def test_143_also_while_the_list_of_feeds_is_awaited(home: Home) -> None:
    with held_up(home, "/pod-client/", home.command("dossiers", "--refresh")) as (process, _):
        process.terminate()
        process.communicate(timeout=60)
    assert process.returncode == 143
