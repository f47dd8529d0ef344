"""No password and no token in anything that is printed, logged or stored; and what `--help` may not cost."""

import base64
import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
from desk import account, invoice, statement
from support import Home

from codasync.cli import commands
from codasync.sandbox import faults

BANK = account(1)
HEAVY = {"requests", "urllib3", "lxml", "rich", "sqlite_utils", "sqlite3", "stdnum", "codasync.sandbox"}


def secrets(home: Home, *tokens: str) -> list[str]:
    """List what must appear nowhere, in each of its spellings."""
    login = f"{home.box.username}:{home.box.password}"
    return [home.box.password, base64.b64encode(login.encode()).decode(), *tokens]


def files(home: Home) -> Iterator[str]:
    """Read every file in the office's folder but the one that holds the credentials."""
    for path in home.folder.rglob("*"):
        if path.is_file() and path != home.credentials:
            yield path.read_bytes().decode("latin-1")


def test_a_whole_day_of_an_office_leaves_no_secret_in_any_output_or_file(home: Home) -> None:
    home.credentials.unlink()
    home.box.add_dossier("0042", "Boulangerie Hélène")
    home.box.add_account("0042", BANK.number, BANK.bic)
    home.box.deliver_coda("0042", statement(BANK, 1))
    spent, lost, unused = home.box.issue_token(), "lost-token-4711", "unused-token-4712"
    written = [home.run("-vv", "register", spent)]
    written.append(home.run("-vv", "enable-journal", "0042", BANK.number))
    written.append(home.run("-vv", "sync"))
    written.append(home.run("-vv", "register", spent, "--replace", code=12))
    home.box.fault("/get-credentials/", faults.lose_answer)
    written.append(home.run("-vv", "register", lost, "--replace", code=13))
    home.box.fault("/feed/", faults.reset)
    written.append(home.run("-vv", "sync", code=3))
    home.box.stop()
    written.append(home.run("-vv", "register", unused, "--replace", code=13))
    text = "\n".join(part for done in written for part in (done.stdout, done.stderr))
    assert "GET the list of feeds 200" in text
    for secret in secrets(home, spent, lost, unused):
        assert secret not in text
        assert not any(secret in content for content in files(home))


def test_no_command_writes_a_secret_anywhere_however_talkative(home: Home) -> None:
    dossier = home.box.add_dossier("0042", "Boulangerie Hélène")
    home.box.add_account("0042", BANK.number, BANK.bic)
    home.box.deliver_coda("0042", statement(BANK, 1))
    home.box.deliver("0042", "purchase_invoice", {"xml": invoice("F1")})
    missing = home.box.deliver("0042", "sales_invoice", {"xml": b""})
    lines = f"iban;date;amount\n{BANK.number};2026-03-03;1,00\n"
    (home.folder / "ledger.csv").write_text(lines, encoding="utf-8")
    (home.folder / "out").mkdir()
    token = home.box.issue_token()
    day = [
        ("register", token, "--replace"),
        ("dossiers", "--refresh"),
        ("enable-journal", "0042", BANK.number),
        ("journals",),
        ("sync",),
        ("status", "--redelivery"),
        ("import-ledger", "0042", home.folder / "ledger.csv"),
        ("transactions", "0042"),
        ("inbox", "0042"),
        ("approve", "0042", "F1"),
        ("show", "1"),
        ("export", home.folder / "out"),
        ("skip", missing),
        ("reparse",),
        ("disable-journal", "0042", BANK.number),
    ]
    assert {command[0] for command in day} == set(commands.commands) - {"sandbox", "demo"}
    for command in day:
        done = home.call("-vv", *command, code=3 if command == ("sync",) else 0)
        for secret in secrets(home, token):
            assert secret not in done.stdout + done.stderr, command
    written = [*files(home), *(path.name for path in home.folder.rglob("*"))]
    assert len(written) > 12
    assert dossier.code in "".join(written)
    assert not any(secret in one for secret in secrets(home, token) for one in written)


@pytest.mark.parametrize(
    ("bug", "command"),
    [
        ("from codasync.codabox.wire import Wire; Wire._chunks = lambda *_: 1 // 0", "sync"),
        ("from codasync.codabox.wire import Wire; Wire._chunks = lambda *_: 1 // 0", "register"),
        ("from codasync.credentials import Credentials; Credentials.__init__ = lambda *_: 1 // 0", "sync"),
        ("from codasync.credentials import Reservation; Reservation.keep = lambda *_: 1 // 0", "register"),
    ],
)
def test_no_secret_is_in_the_traceback_of_a_bug(home: Home, bug: str, command: str) -> None:
    token = home.box.issue_token()
    arguments = ["register", token, "--replace"] if command == "register" else [command]
    program = f"from codasync import cli; {bug}; cli.main()"
    done = subprocess.run(
        [sys.executable, "-c", program, *home.command("-vv", *arguments)[3:]],
        capture_output=True,
        text=True,
        check=False,
        env=home.environ(),
    )
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr
    assert "Traceback" in done.stderr
    for secret in secrets(home, token):
        assert secret not in done.stdout + done.stderr


@pytest.mark.parametrize("source", ["environment", "command"])
def test_credentials_from_elsewhere_are_not_written_anywhere(home: Home, source: str) -> None:
    login = {"username": home.box.username, "password": home.box.password}
    environ = {"CODASYNC_USERNAME": home.box.username, "CODASYNC_PASSWORD": home.box.password}
    if source == "command":
        environ = {"ANSWER": json.dumps(login)}
        text = home.config.read_text(encoding="utf-8")
        command = 'credentials_command = ["sh", "-c", "echo $ANSWER"]'
        home.config.write_text(text.replace("[codabox]", f"[codabox]\n{command}"), encoding="utf-8")
    home.credentials.unlink()
    home.box.add_dossier("0042", "Boulangerie Hélène")
    done = home.run("-vv", "sync", code=0, given="", **environ)
    assert not home.credentials.exists()
    for secret in secrets(home):
        assert secret not in done.stderr
        assert not any(secret in content for content in files(home))


# --- the cost of --help


def imported(*arguments: str) -> set[str]:
    """Run a command and return the modules that it imported."""
    command = [sys.executable, "-X", "importtime", "-m", "codasync", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {line.rsplit("|", 1)[1].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("sync", "--help"), ("sandbox", "-h")])
def test_help_and_version_answer_without_importing_what_is_slow(arguments: tuple[str, ...]) -> None:
    modules = imported(*arguments)
    assert "codasync.cli" in modules
    assert modules & HEAVY == set()
