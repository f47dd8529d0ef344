"""What is written where: to cron, to a pipe, to a file; the terminal has tests of its own."""

import csv
import datetime as dt
import io
import json
import os
import shlex
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from desk import Desk, account, downloads, invoice, statement
from support import Home

from codasync.sandbox import faults

BANK = account(1)


@pytest.fixture
def bakery(home: Home) -> Home:
    """An office with one dossier, whose journal is enabled, after a first pass."""
    home.box.add_dossier("0042", "Boulangerie Hélène")
    home.box.add_account("0042", BANK.number, BANK.bic)
    home.call("enable-journal", "0042", BANK.number)
    home.call("sync")
    return home


# --- under cron


def test_a_pass_prints_nothing_when_nothing_was_new_and_one_line_when_something_came(bakery: Home) -> None:
    done = bakery.run("sync")
    assert (done.stdout, done.stderr) == ("", "")
    bakery.box.deliver_coda("0042", statement(BANK, 1))
    done = bakery.call("sync")
    assert (done.stdout, done.stderr) == ("", "1 document received; 2 feeds polled\n")
    bakery.box.deliver_coda("0042", statement(BANK, 1))
    bakery.box.deliver("0042", "purchase_invoice", {"xml": invoice()})
    assert bakery.call("sync").stderr == "2 documents received; 1 known already; 2 feeds polled\n"
    bakery.box.deliver_coda("0042", statement(BANK, 2))
    assert bakery.call("-q", "sync").stderr == ""


def test_new_and_vanished_dossiers_are_told_once(bakery: Home) -> None:
    bakery.box.add_dossier("0043", "Slagerij Peeters")
    assert bakery.call("sync").stderr == "0 documents received; 4 feeds polled; 1 dossier new: 0043 Slagerij Peeters\n"
    assert bakery.call("sync").stderr == ""
    bakery.box.remove_dossier("0043")
    assert "1 dossier no longer listed: 0043 Slagerij Peeters" in bakery.call("sync").stderr
    assert bakery.call("sync").stderr == ""


@pytest.mark.parametrize("options", [(), ("-q",)])
def test_a_trouble_is_told_when_it_begins_and_when_it_ends_and_by_the_exit_code_every_time(
    bakery: Home, options: tuple[str, ...]
) -> None:
    bakery.box.fault("/feed/", faults.refuse(403, "No access."), times=2)
    text = f"0042: normal feed {bakery.box.office.find('0042').feed_id}: CodaBox forbids it (No access.)"
    assert bakery.call(*options, "sync", code=3).stderr == f"codasync: {text}\n"
    assert bakery.call(*options, "sync", code=3).stderr == ""
    assert bakery.call(*options, "sync").stderr == f"codasync: over now: {text}\n"
    assert bakery.call(*options, "sync").stderr == ""


def test_a_trouble_that_lasts_is_told_once_a_day(bakery: Home) -> None:
    bakery.box.fault("/pod-client/", faults.refuse(503), times=None)
    begin = dt.datetime(2026, 3, 2, 6, 17, tzinfo=dt.UTC)
    hours = range(50)
    results = [Desk(bakery).sync(clock=lambda hour=hour: begin + dt.timedelta(hours=hour)) for hour in hours]
    assert {result.exit_code for result in results} == {13}
    told = [(hour, line) for hour, result in enumerate(results) for line in result.news]
    text = (
        "the list of feeds: CodaBox answered 503 Not today. - nothing to do unless it lasts; the next pass tries again"
    )
    since = f"{text} (since 2026-03-02T06:17:00Z)"
    assert told == [(0, text), (24, since), (48, since)]


def test_verbose_says_what_is_asked_on_stderr(bakery: Home) -> None:
    done = bakery.run("-v", "sync")
    assert done.stdout == ""
    assert "GET the list of feeds 200" in done.stderr
    assert done.stderr.splitlines()[-1] == "0 documents received; 2 feeds polled"


def test_a_dry_run_lists_on_stdout_what_would_come_and_changes_nothing(bakery: Home) -> None:
    bakery.box.deliver_coda("0042", statement(BANK, 1))
    bakery.box.deliver("0042", "expense", {"pdf": b"%PDF"})
    bakery.box.requests.clear()
    before = bakery.database.read_bytes()
    rows = bakery.rows("sync", "--dry-run")
    assert [(row["model"], row["action"], row["formats"]) for row in rows] == [
        ("coda", "fetch", "cod"),
        ("expense", "skip", ""),
    ]
    assert bakery.database.read_bytes() == before
    assert {request.method for request in bakery.box.requests} == {"GET"}
    assert downloads(bakery.box) == []
    bakery.box.fault("/feed/", faults.refuse(403))
    assert bakery.call("sync", "--dry-run", code=3).stderr.startswith("codasync: normal feed ")
    bakery.call("--db", "elsewhere.db", "sync", "--dry-run")
    assert not Path("elsewhere.db").exists()


# --- in pipes and files


def test_a_pipe_gets_every_value_whole(home: Home) -> None:
    name, iban = "Établissements Vandenbossche, Delacroix & Fils " * 4, "MT84MALT011000012345MTLCAST001S"
    home.box.add_dossier("0042", name)
    home.box.add_account("0042", iban, "MALTMTMT", mandate_state="pending at some desk that nobody has heard of yet")
    home.call("enable-journal", "0042", iban)
    home.call("sync")
    [_, _, row, _] = home.run("status", COLUMNS="40").stdout.splitlines()
    for value in (
        name.strip(),
        iban,
        "pending at some desk that nobody has heard of yet",
        "look up the mandate",
    ):
        assert value in row
    assert "…" not in row
    assert "\x1b" not in row


def test_json_and_csv_give_text_as_it_is(home: Home) -> None:
    name = 'Tab\tQuote" Comma, Semicolon; Line\nÉ € \x1b[2J \u202e'
    home.box.add_dossier("0042", name)
    home.call("sync")
    [row] = home.rows("dossiers")
    assert row["name"] == name
    [read] = csv.DictReader(io.StringIO(home.call("dossiers", "--format", "csv").stdout, newline=""))
    assert read["name"] == name


def test_tables_and_messages_show_control_characters_and_never_send_them(home: Home) -> None:
    home.box.add_dossier("0042", "\x1b]0;owned\x07\x1b[2J\x9b31m\u202eA\r\n")
    home.box.add_account("0042", BANK.number, BANK.bic)
    told = [
        home.call("sync").stderr,
        home.call("enable-journal", "0042", BANK.number).stderr,
        home.call("status").stdout,
        home.call("dossiers").stdout,
        home.call("sync", "--dossier", "nobody", code=2).stderr,
    ]
    for text in told[:4]:
        assert r"\x1b]0;owned\x07\x1b[2J\x9b31m\u202eA" in text
    for text in told:
        assert all(character.isprintable() or character == "\n" for character in text)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (("status", "x", "\x1b[31mred"), r"unexpected extra argument (\x1b[31mred)"),
        (("status", "--\x1b]0;owned\x07"), r"No such option '--\x1b]0;owned\x07'"),
        (("\x9b2J",), r"No such command '\x9b2J'"),
        (("status", "--format", "\u202ej"), r"'\u202ej' is not one of 'table', 'json', 'csv'"),
    ],
)
def test_what_is_wrong_on_the_command_line_is_repeated_with_escapes(
    bakery: Home, typed: tuple[str, ...], shown: str
) -> None:
    done = bakery.call(*typed, code=2)
    assert done.stderr.startswith("Usage: codasync ")
    assert done.stderr.splitlines()[-1].startswith("Error: ")
    assert shown in done.stderr
    assert all(character.isprintable() or character == "\n" for character in done.stderr)


BUG = """
from codasync import cli, {module}
def bug(*_): raise ValueError("a\\x1b[31mb\\n    c\\x9b")
{module}.{name} = bug
cli.main()
"""


@pytest.mark.parametrize(
    ("module", "name", "command", "code"),
    [("store_reports", "dossiers", "dossiers", 1), ("follow", "Follower.follow", "sync", 1)],
)
def test_the_traceback_of_a_bug_shows_control_characters_and_keeps_its_lines(
    bakery: Home, module: str, name: str, command: str, code: int
) -> None:
    program = BUG.format(module=module, name=name)
    arguments = bakery.command("-v", command)[3:]
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, check=False, env=bakery.environ()
    )
    told = done.stderr.decode()
    assert done.returncode == code
    assert "Traceback (most recent call last):\n  File " in told
    assert "ValueError: a\\x1b[31mb\n    c\\x9b\n" in told
    assert all(character.isprintable() or character == "\n" for character in told)


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_a_reader_who_has_seen_enough_is_no_failure(home: Home, form: str) -> None:
    for number in range(500):
        home.box.add_dossier(f"{number:04d}", "Établissements Vandenbossche, Delacroix & Fils " * 4)
    home.call("dossiers", "--refresh")
    process = subprocess.Popen(
        home.command("dossiers", "--format", form),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=home.environ(),
    )
    assert process.stdout
    assert process.stderr
    assert process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(timeout=60) == 0


@pytest.mark.parametrize(
    "arguments", [("status",), ("status", "--format", "json"), ("show", "1", "--raw"), ("--help",)]
)
def test_an_output_that_takes_no_more_is_one_line_and_exit_code_1(bakery: Home, arguments: tuple[str, ...]) -> None:
    bakery.box.deliver_coda("0042", statement(BANK, 1))
    bakery.call("sync")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            bakery.command(*arguments), stdout=full, stderr=subprocess.PIPE, check=False, env=bakery.environ()
        )
    assert done.returncode == 1
    assert done.stderr == b"codasync: cannot write the output: No space left on device\n"


@pytest.mark.parametrize(
    ("arguments", "code", "redirection"),
    [
        (("sync",), 0, "2>/dev/full"),
        (("-vv", "sync"), 0, "2>/dev/full >/dev/full"),
        (("--log-json", "-v", "sync"), 0, "2>/dev/full"),
        (("--db", "/nowhere/codasync.db", "status"), 14, "2>/dev/full >/dev/full"),
        (("status", "nobody"), 2, "2>/dev/full"),
        (("status", "--nonsense"), 2, "2>/dev/full >/dev/full"),
    ],
)
def test_a_stderr_that_takes_nothing_changes_neither_the_work_nor_the_exit_code(
    bakery: Home, arguments: tuple[str, ...], code: int, redirection: str
) -> None:
    bakery.box.deliver_coda("0042", statement(BANK, 1))
    line = f"{shlex.join(bakery.command(*arguments))} {redirection}"
    done = subprocess.run(["sh", "-c", line], capture_output=True, check=False, env=bakery.environ())
    assert (done.returncode, done.stdout, done.stderr) == (code, b"", b"")
    assert bakery.states() == ({"stored": 1} if "sync" in arguments else {})


def test_a_stderr_that_would_have_to_be_waited_for_changes_no_exit_code(bakery: Home) -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writer, bytes(65536))
    done = subprocess.run(bakery.command("status", "nobody"), stderr=writer, check=False, env=bakery.environ())
    os.close(reader)
    os.close(writer)
    assert done.returncode == 2


@pytest.mark.parametrize(
    ("command", "closed", "code", "told"),
    [
        ("status", ">&-", 1, "codasync: cannot write the output: Bad file descriptor\n"),
        ("sync", ">&-", 0, "1 document received; 2 feeds polled\n"),
        ("sync", "2>&-", 0, ""),
        ("register - --replace", "<&-", 2, "codasync: the token is empty\n"),
    ],
)
def test_a_descriptor_that_the_caller_closed_matters_only_where_it_is_needed(
    bakery: Home, command: str, closed: str, code: int, told: str
) -> None:
    bakery.box.deliver_coda("0042", statement(BANK, 1))
    line = shlex.join(bakery.command(*command.split()))
    done = subprocess.run(
        ["sh", "-c", f"{line} {closed}"], capture_output=True, text=True, check=False, env=bakery.environ()
    )
    assert (done.returncode, done.stdout, done.stderr) == (code, "", told)
    assert bakery.states() == ({"stored": 1} if command == "sync" else {})


def test_letters_that_the_output_cannot_hold_are_escaped_and_the_order_stays(bakery: Home) -> None:
    first, _, row, totals = bakery.run("status", PYTHONIOENCODING="ascii").stdout.splitlines()
    assert first.startswith("1 journal enabled")
    assert "Boulangerie H\\xe9l\\xe8ne" in row
    assert totals.startswith("1 journal (")
    assert json.loads(bakery.call("status", "--format", "json").stdout)[0]["dossier_name"] == "Boulangerie Hélène"
