"""A pass may be killed at any instant: nothing is acknowledged that is not in the database, and nothing is lost."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from desk import Desk, acknowledged, asked, downloads
from killing import kill_when
from support import Home
from undisturbed import MAIN, assert_nothing_is_acknowledged_that_is_not_stored, dossier_of_everything, undisturbed

from codasync.sandbox import Dossier, Sandbox, faults
from codasync.sandbox.faults import Action, Exchange


@pytest.fixture
def desk(home: Home) -> Desk:
    return Desk(home)


@pytest.fixture
def dossier(desk: Desk) -> Dossier:
    return dossier_of_everything(desk)


SLOW = faults.delay(20)


@pytest.mark.parametrize(
    ("path", "method", "skip", "action"),
    [
        ("/pod-client/", "GET", 0, SLOW),
        ("/download/", "GET", 0, SLOW),
        ("/download/", "GET", 2, SLOW),
        ("/pdf/", "GET", 1, SLOW),
        ("/download/", "GET", 5, faults.drip(64, 0.5)),
        ("/feed/", "PUT", 0, SLOW),
        ("/redownload/", "GET", 0, SLOW),
    ],
    ids=["list", "first", "between", "xml-gone", "half-a-body", "acknowledgement", "redelivery"],
)
def test_after_a_kill_the_next_pass_ends_as_if_nothing_had_happened(
    desk: Desk, dossier: Dossier, tmp_path: Path, path: str, method: str, skip: int, action: Action
) -> None:
    expected = undisturbed(desk, tmp_path / "undisturbed").views()
    desk.home.write_config(timeout=60)
    fault = desk.box.fault(path, action, method=method, skip=skip)
    assert kill_when(desk.home, lambda: fault.played > 0) == -signal.SIGKILL
    assert_nothing_is_acknowledged_that_is_not_stored(desk, dossier)
    desk.box.heal()
    desk.sync()
    assert desk.views() == expected
    assert desk.waiting(dossier) == []


def test_a_kill_after_the_acknowledgement_arrived_loses_nothing(desk: Desk, dossier: Dossier, tmp_path: Path) -> None:
    expected = undisturbed(desk, tmp_path / "undisturbed").views()

    def acknowledge_and_hang(exchange: Exchange) -> None:
        exchange.answer()
        exchange.pause(20)

    fault = desk.box.fault("/feed/", acknowledge_and_hang, method="PUT")
    desk.home.write_config(timeout=60)
    kill_when(desk.home, lambda: fault.played > 0 and bool(acknowledged(desk.box, dossier)))
    assert_nothing_is_acknowledged_that_is_not_stored(desk, dossier)
    desk.box.heal()
    desk.box.requests.clear()
    desk.sync()
    assert [name for name in downloads(desk.box) if not asked(desk.box, f"redownload/{name}")] == []
    assert desk.views() == expected


def test_kills_at_any_moment_of_one_pass_after_the_other_end_in_the_same_database(
    desk: Desk, dossier: Dossier, tmp_path: Path
) -> None:
    expected = undisturbed(desk, tmp_path / "undisturbed").views()
    desk.box.fault("/v2/", faults.delay(0.03), times=None)
    for seen in (2, 5, 7, 10):
        desk.box.requests.clear()
        kill_when(desk.home, lambda seen=seen: len(desk.box.requests) >= seen)  # type: ignore[misc]
        assert_nothing_is_acknowledged_that_is_not_stored(desk, dossier)
    desk.sync()
    assert desk.views() == expected
    cut_off = desk.query("SELECT outcome FROM sync_runs WHERE outcome = 'cut off'")
    assert desk.count("sync_runs") >= len(cut_off) > 0


def test_nothing_is_acknowledged_before_it_is_committed(desk: Desk, dossier: Dossier) -> None:
    """At the moment when CodaBox receives the acknowledgement, another program sees everything in the file."""
    seen: list[dict[str, int]] = []

    def look(exchange: Exchange) -> None:
        seen.append(desk.home.states())
        exchange.send(exchange.answer())

    desk.box.fault("/delivery/feed/", look, method="PUT", times=None)
    desk.sync()
    assert seen == [{"stored": 5, "skipped": 3, "duplicate": 1}]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)])
def test_a_signal_ends_the_pass_after_the_document_in_hand(
    desk: Desk, dossier: Dossier, number: int, code: int
) -> None:
    desk.home.config.write_text(desk.home.config.read_text() + "workers = 1\n")
    fault = desk.box.fault("/download/", faults.delay(0.5))
    assert kill_when(desk.home, lambda: fault.played > 0, number) == code
    assert len(downloads(desk.box)) == 1
    assert desk.home.states()["stored"] == 1
    assert desk.one("SELECT outcome FROM sync_runs")["outcome"] == "interrupted"
    assert desk.query("SELECT * FROM documents WHERE reason LIKE 'not fetched yet' AND size IS NOT NULL") == []
    desk.sync()
    assert len(downloads(desk.box)) == len(set(downloads(desk.box)))
    assert desk.waiting(dossier) == []


def test_a_second_pass_leaves_at_once_while_the_first_one_works(desk: Desk, dossier: Dossier) -> None:
    fault = desk.box.fault("/download/", faults.delay(20))
    desk.home.write_config(timeout=60)
    with subprocess.Popen(desk.home.command("sync"), env=desk.home.environ(), stderr=subprocess.DEVNULL) as first:
        while not fault.played:
            time.sleep(0.005)
        requests = len(desk.box.requests)
        done = desk.home.run("sync", code=11)
        assert f"process {first.pid}" in done.stderr
        assert len(desk.box.requests) == requests
        os.kill(first.pid, signal.SIGKILL)
    desk.box.heal()
    desk.home.run("sync")


def test_two_databases_do_not_lock_each_other_out(desk: Desk, box: Sandbox, tmp_path: Path) -> None:
    desk.dossier("0042", MAIN)
    fault = desk.box.fault("/pod-client/", faults.delay(20))
    desk.home.write_config(timeout=60)
    with subprocess.Popen(desk.home.command("sync"), env=desk.home.environ()) as first:
        while not fault.played:
            time.sleep(0.005)
        desk.home.run("--db", tmp_path / "other.db", "sync")
        first.kill()
