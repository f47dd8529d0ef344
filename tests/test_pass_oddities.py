"""What CodaBox, a proxy or a colleague may do that nobody thinks of: nothing is lost, and status says what is true."""

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from desk import Desk, account, asked, downloads, statement, statements
from support import Home

from codasync.sandbox import Dossier, coda_writer, faults
from codasync.sandbox.documents import coda_metadata

MAIN = account(1)


@pytest.fixture
def desk(home: Home) -> Desk:
    return Desk(home)


@pytest.fixture
def dossier(desk: Desk) -> Dossier:
    return desk.dossier("0042", MAIN)


def edited(change: Callable[[Any], Any]) -> faults.Action:
    """Answer with the true JSON, changed."""
    return faults.edit(lambda body: json.dumps(change(json.loads(body))).encode())


def until(happened: Callable[[], object]) -> None:
    """Wait until something has happened."""
    while not happened():
        time.sleep(0.01)


def states(desk: Desk) -> list[str]:
    return [row["state"] for row in desk.home.rows("status")]


def test_a_client_that_codabox_delivers_nothing_for_stops_nothing(desk: Desk, dossier: Dossier) -> None:
    desk.deliver_coda(dossier, statement(MAIN))
    desk.box.fault(r"/clients/$", edited(lambda clients: [{**clients[0], "id": "stranger"}, *clients]), times=None)
    assert desk.sync(refresh=True).exit_code == 0
    assert desk.count("bank_statements") == 1
    assert desk.one("SELECT mandate_state FROM journals")["mandate_state"] == "active"


def test_one_feed_of_another_shape_costs_no_other_dossier_its_documents(desk: Desk, dossier: Dossier) -> None:
    desk.deliver_coda(dossier, statement(MAIN))
    broken = edited(lambda pod: {**pod, "feed_clients": [{"id": None, "client_id": "x"}, *pod["feed_clients"]]})
    desk.box.fault("/pod-client/", broken)
    result = desk.sync()
    assert (result.exit_code, desk.count("bank_statements")) == (3, 1)
    assert [one.text for one in result.troubles] == ["the list of feeds: 1 of its entries have another shape"]


@pytest.mark.parametrize("other", ["old balance", "new balance"])
def test_a_corrected_statement_is_not_booked_beside_the_first(desk: Desk, dossier: Dossier, other: str) -> None:
    first = statement(MAIN)
    more = (*first.movements, coda_writer.Movement(7_000))
    corrected = replace(first, movements=more)
    if other == "old balance":
        corrected = replace(corrected, old_balance_milli=first.old_balance_milli - 7_000)
    desk.deliver_coda(dossier, first)
    desk.deliver_coda(dossier, corrected)
    result = desk.sync()
    assert desk.count("bank_statements") == 1
    assert (result.exit_code, len(result.refused)) == (3, 1)
    assert states(desk) == ["unreadable"]
    assert states(desk) == ["unreadable"], "and it stays so"


def test_a_readable_statement_of_another_currency_does_not_hide_an_unreadable_one(desk: Desk) -> None:
    dollars = replace(MAIN, currency="USD")
    dossier = desk.dossier("0042", MAIN)
    desk.box.add_account("0042", MAIN.number, MAIN.bic, currency="USD")
    desk.deliver_coda(dossier, statement(MAIN))
    metadata = coda_metadata((statement(dollars),), "")
    desk.deliver(dossier, "coda", {"cod": b"0no CODA"}, metadata)
    desk.sync(refresh=True)
    found = {row["currency"]: row["state"] for row in desk.home.rows("status")}
    assert found == {"EUR": "ok", "USD": "unreadable"}


def test_what_arrives_readable_after_all_ends_the_trouble(desk: Desk, dossier: Dossier) -> None:
    desk.deliver(dossier, "coda", {"cod": b"0no CODA"}, coda_metadata((statement(MAIN),), ""))
    desk.sync()
    assert states(desk) == ["unreadable"]
    desk.deliver_coda(dossier, statement(MAIN), redelivery=True)
    desk.sync()
    assert states(desk) == ["ok"]


def test_a_journal_enabled_while_a_pass_runs_gets_what_the_pass_finds_after_it(desk: Desk, dossier: Dossier) -> None:
    other = account(2)
    desk.box.add_account("0042", other.number, other.bic)
    desk.box.fault("/delivery/feed/", faults.delay(1.0))
    running = threading.Thread(target=desk.sync)
    running.start()
    until(lambda: asked(desk.box, "/delivery/feed/"))
    desk.deliver_coda(dossier, statement(other))
    desk.enable("0042", other.number)
    running.join()
    assert [row["iban"] for row in desk.query("SELECT iban FROM bank_statements")] == [other.number]


PAGES = {
    "plain text": faults.respond(200, b"Service unavailable\n", {"Content-Type": "text/plain"}),
    "accepted": faults.respond(202, b"being prepared", {"Content-Type": "application/vnd.coda"}),
    "a part": faults.respond(206, b"0000", {"Content-Type": "application/vnd.coda"}),
    "xhtml": faults.respond(200, b'<?xml version="1.0"?><!DOCTYPE html><html/>', {"Content-Type": "application/xml"}),
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_page_is_no_document_and_the_document_is_asked_for_again(
    desk: Desk, dossier: Dossier, page: faults.Action
) -> None:
    index = desk.deliver_coda(dossier, statement(MAIN))
    desk.box.fault("/download/", page, times=None)
    assert desk.sync().exit_code == 3
    assert desk.waiting(dossier) == [index]
    desk.box.heal()
    assert desk.sync().exit_code == 0
    assert desk.count("bank_statements") == 1


def test_a_document_that_is_listed_no_more_is_asked_for_all_the_same(desk: Desk, dossier: Dossier) -> None:
    index = desk.deliver_coda(dossier, statement(MAIN))
    desk.box.fault("/download/", faults.refuse(404))
    assert desk.sync().exit_code == 3
    feed = desk.box.service.feed("download", dossier.feed_id)
    assert feed
    desk.box.service.acknowledge(feed, index)  # as another program with this login would
    desk.box.requests.clear()
    assert desk.sync().exit_code == 0
    assert downloads(desk.box) == [f"{index}/cod"]
    assert desk.count("bank_statements") == 1


def test_status_says_when_the_whole_pass_failed(desk: Desk, dossier: Dossier) -> None:
    desk.deliver_coda(dossier, statement(MAIN))
    desk.sync()
    desk.box.fault("/pod-client/", faults.refuse(401))
    assert desk.sync().exit_code == 12
    [row] = desk.home.rows("status", "--check", code=3)
    assert row["state"] == "failing"
    assert "CodaBox refuses the office's credentials" in row["reason"]


def test_status_does_not_pass_over_a_pass_that_was_killed(desk: Desk, dossier: Dossier) -> None:
    desk.sync()
    desk.deliver_coda(dossier, statement(MAIN))
    desk.box.fault("/download/", faults.delay(5))
    with subprocess.Popen(desk.home.command("sync"), env=desk.home.environ()) as process:
        until(lambda: downloads(desk.box))
        process.send_signal(signal.SIGKILL)
    assert "has not ended, or was cut off" in desk.home.call("status").stdout
    desk.box.heal()
    desk.sync()
    assert "last pass" in desk.home.call("status").stdout
    assert [row["outcome"] for row in desk.query("SELECT outcome FROM sync_runs")] == ["ok", "cut off", "ok"]


def test_a_link_to_the_database_does_not_let_two_passes_work_at_once(desk: Desk, dossier: Dossier) -> None:
    desk.deliver_coda(dossier, statement(MAIN))
    desk.box.fault("/download/", faults.delay(2))
    link = desk.home.folder / "link.db"
    link.symlink_to(desk.home.database)
    with subprocess.Popen(desk.home.command("sync"), env=desk.home.environ()) as process:
        until(lambda: downloads(desk.box))
        desk.home.call("--db", link, "sync", code=11)
        assert process.wait() == 0
    assert desk.home.states() == {"stored": 1}


def test_numbers_beyond_all_bounds_and_half_characters_in_metadata_break_no_report(desk: Desk) -> None:
    dossier = desk.dossier("0042", MAIN)
    desk.deliver(dossier, "coda", {"cod": b"0no CODA"}, {"iban": "x"})
    entries = ", ".join(
        f'{{"feed_index": "{number}", "document_model": "coda", "metadata": {metadata}}}'
        for number, metadata in enumerate(('{"iban": "\\ud800"}', '{"x": 1e999}'))
    )
    odd = f'{{"id": 1, "type": "download", "feed_entries": [{entries}]}}'
    desk.box.fault("/delivery/feed/", faults.swap(odd.encode()))
    desk.sync()
    assert len(desk.home.rows("status")) >= 1
    desk.home.call("enable-journal", "0042", MAIN.number, "--since", "2020-01-01")


def test_a_feed_without_end_does_not_keep_a_pass_for_ever(
    desk: Desk, dossier: Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("codasync.follow.MOST_ROUNDS", 3)
    for one in statements(MAIN, 5):
        desk.deliver_coda(dossier, one)
    desk.box.fault("/delivery/feed/", faults.page(1), method="GET", times=None)
    assert desk.sync().exit_code == 0
    assert desk.count("bank_statements") == 3
    desk.sync()
    assert desk.count("bank_statements") == 5


def test_a_signal_ends_the_fetching_of_earlier_statements_after_the_one_in_hand(desk: Desk) -> None:
    dossier = desk.dossier("0042", MAIN, enabled=False)
    for one in statements(MAIN, 4):
        desk.deliver_coda(dossier, one)
    desk.sync()
    desk.box.fault("/download/", faults.delay(0.7), times=None)
    command = desk.home.command("enable-journal", "0042", MAIN.number, "--since", "2020-01-01")
    with subprocess.Popen(command, env=desk.home.environ()) as process:
        until(lambda: downloads(desk.box))
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 143
    assert len(downloads(desk.box)) < 4
    assert desk.count("bank_statements") == len(downloads(desk.box))


def test_an_account_whose_earlier_statements_were_passed_over_says_so(desk: Desk) -> None:
    dossier = desk.dossier("0042", MAIN, enabled=False)
    desk.deliver_coda(dossier, statement(MAIN))
    desk.sync()
    desk.enable("0042", MAIN.number)
    [row] = desk.home.rows("status")
    assert row["state"] == "waiting"
    assert "1 before that were passed over" in row["reason"]
    desk.home.write_config('[formats]\npurchase_invoice = ["xml"]\n')
    assert states(desk) == ["off"]
    assert "fetches no CODA" in desk.home.call("enable-journal", "0042", MAIN.number).stderr


def test_a_software_company_that_codabox_does_not_let_in_is_a_matter_of_credentials(desk: Desk) -> None:
    desk.box.fault("/pod-client/", faults.refuse(403))
    result = desk.sync()
    assert result.exit_code == 12
    assert "register --replace" in result.news[0]


def test_another_trouble_that_ends_the_pass_is_told_though_one_was_told_before(desk: Desk) -> None:
    desk.box.fault("/pod-client/", faults.refuse(503))
    assert "503" in desk.sync().news[0]
    desk.box.fault("/pod-client/", faults.refuse(401))
    assert "refuses the office's credentials" in desk.sync().news[0]


def test_one_feed_of_another_shape_does_not_make_the_others_failing(desk: Desk, dossier: Dossier) -> None:
    desk.deliver_coda(dossier, statement(MAIN))
    other = desk.dossier("0043", account(2))
    desk.box.fault(f"/delivery/feed/{other.feed_id}/", faults.swap(b"[]"))
    assert desk.sync().exit_code == 1
    assert {row["dossier_code"]: row["state"] for row in desk.home.rows("status")} == {"0042": "ok", "0043": "failing"}


def test_quiet_does_not_hide_a_document_that_cannot_be_read(desk: Desk, dossier: Dossier) -> None:
    desk.deliver(dossier, "coda", {"cod": b"0no CODA"}, {"iban": MAIN.number})
    assert "1 unreadable (codasync status)" in desk.home.call("-q", "sync", code=3).stderr


def test_a_log_line_cannot_be_forged_by_what_codabox_sends(desk: Desk, dossier: Dossier) -> None:
    entry = {"feed_index": "\x1b[31mx\n2026 codasync all is well", "document_model": "coda", "metadata": None}
    desk.box.fault("/delivery/feed/", faults.swap(json.dumps({"feed_entries": [entry]}).encode()))
    logged = desk.home.call("-v", "sync", code=3).stderr
    assert "\x1b" not in logged
    assert not any(line.startswith("2026 codasync") for line in logged.splitlines())


@pytest.mark.parametrize("name", ["CODASYNC_USERNAME", "CODASYNC_PASSWORD"])
def test_credentials_in_the_environment_that_cannot_be_sent_are_named(desk: Desk, name: str) -> None:
    given = {"CODASYNC_USERNAME": "els", "CODASYNC_PASSWORD": "x"} | {name: "\udcff"}
    assert f"{name} holds what cannot be sent" in desk.home.call("sync", code=10, **given).stderr


def test_a_folder_is_no_database(desk: Desk) -> None:
    assert "it is a folder" in desk.home.call("--db", desk.home.folder, "sync", code=14).stderr
    assert not desk.home.folder.with_name(f"{desk.home.folder.name}.lock").exists()


def test_who_watches_is_told_what_is_kept_and_not_booked(desk: Desk, dossier: Dossier) -> None:
    desk.deliver_coda(dossier, statement(MAIN))
    desk.deliver_coda(dossier, statement(MAIN, old_balance=5, duplicate=True))
    assert "kept, not booked: it claims to be statement 1" in desk.home.call("-v", "sync", code=3).stderr


FEW_THREADS = """
import threading
from codasync import cli
start, left = threading.Thread.start, [{threads}]
def start_or_fail(self):
    if not left[0]:
        raise RuntimeError("can't start new thread")  # as Python says where the system gives no more
    left[0] -= 1
    start(self)
threading.Thread.start = start_or_fail
cli.main()
"""


@pytest.mark.parametrize("threads", [0, 1, 2])
def test_a_pass_that_may_start_no_more_threads_ends_and_does_not_hang(desk: Desk, threads: int) -> None:
    for number in range(6):
        desk.dossier(f"D{number}", enabled=False)
    done = subprocess.run(
        [sys.executable, "-c", FEW_THREADS.format(threads=threads), *desk.home.command("sync")[3:]],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
        env=desk.home.environ(),
    )
    assert done.returncode == 1, done.stderr
    [line] = done.stderr.splitlines()
    assert "can't start new thread" in line
    assert desk.sync().exit_code == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_second_signal_while_the_first_is_told_ends_with_its_code_and_no_traceback(desk: Desk, number: int) -> None:
    program = (
        f"import os, signal; from codasync import cli; n = {number:d}; signal.signal(n, signal.SIG_DFL)\n"
        "def fail(*_, **__): os.kill(os.getpid(), n)\n"
        "cli.fail = fail; cli.commands.main = lambda *_, **__: os.kill(os.getpid(), n)\n"
        "cli.main()"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=desk.home.environ())
    assert (done.returncode, done.stderr) == (128 + number, "")


@pytest.mark.parametrize("left", [None, b""])
def test_a_pass_that_finds_no_database_says_that_it_begins_a_new_one(desk: Desk, left: bytes | None) -> None:
    assert "a new one begins" in desk.home.call("sync").stderr
    assert desk.home.call("sync").stderr == ""
    desk.home.database.unlink()
    if left is not None:
        desk.home.database.write_bytes(left)
    assert f"{desk.home.database} was not there, or empty: a new one begins" in desk.home.call("sync").stderr


def test_an_interrupt_before_the_command_line_is_there_leaves_no_traceback(desk: Desk) -> None:
    program = (
        "import os, signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "class Interrupt:\n"
        "    def find_spec(self, name, path, target=None):\n"
        "        if name == 'codasync.cli': os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupt())\n"
        "from codasync.__main__ import main; main()"
    )
    command = ["sh", "-c", 'trap - INT; "$@"; exit $?', "sh", sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=desk.home.environ())
    assert "Traceback" not in done.stderr
    assert done.returncode in {130, -signal.SIGINT}
