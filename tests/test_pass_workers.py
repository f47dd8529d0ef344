"""What ends a pass ends all its threads: none goes on asking, and nothing is acknowledged that one left undone."""

import signal

import pytest
from desk import Desk, account, downloads, invoice, statements
from killing import kill_when
from support import Home
from undisturbed import assert_nothing_is_acknowledged_that_is_not_stored

from codasync.sandbox import Dossier, faults

BANKS = [account(number) for number in range(1, 7)]


@pytest.fixture(params=[1, 4])
def desk(home: Home, request: pytest.FixtureRequest) -> Desk:
    desk = Desk(home)
    home.config.write_text(home.config.read_text(encoding="utf-8") + f"workers = {request.param}\n", encoding="utf-8")
    return desk


@pytest.fixture
def dossiers(desk: Desk) -> list[Dossier]:
    """More dossiers than threads, each with some documents."""
    found = [desk.dossier(f"00{number}", bank) for number, bank in enumerate(BANKS, start=40)]
    for dossier, bank in zip(found, BANKS, strict=True):
        for one in statements(bank, 3):
            desk.deliver_coda(dossier, one)
        desk.deliver(dossier, "purchase_invoice", {"xml": invoice(f"F{dossier.code}")})
    desk.box.requests.clear()
    return found


def assert_the_next_pass_completes_it(desk: Desk, dossiers: list[Dossier]) -> None:
    for dossier in dossiers:
        assert_nothing_is_acknowledged_that_is_not_stored(desk, dossier)
    desk.box.heal()
    assert desk.sync().exit_code == 0
    assert desk.home.states() == {"stored": 4 * len(dossiers)}
    assert [desk.waiting(dossier) for dossier in dossiers] == [[]] * len(dossiers)


def test_refused_credentials_stop_all_threads_after_what_is_under_way(desk: Desk, dossiers: list[Dossier]) -> None:
    refused = desk.waiting(dossiers[0])[1]
    desk.box.fault("/download/", faults.delay(0.3), times=None)  # under way when the others are told to stop
    desk.box.fault(f"/download/{refused}/", faults.refuse(401))
    assert desk.sync().exit_code == 12
    statuses = [one.status for one in desk.box.requests]
    assert statuses.count(401) == 1
    under_way = desk.config().sync.workers - 1
    assert len(statuses) - 1 - statuses.index(401) <= under_way
    assert desk.one("SELECT outcome FROM sync_runs")["outcome"] == "failed"
    assert_the_next_pass_completes_it(desk, dossiers)


def test_a_signal_ends_all_threads_after_the_document_in_hand(desk: Desk, dossiers: list[Dossier]) -> None:
    fault = desk.box.fault("/download/", faults.delay(0.5), times=None)
    workers = desk.config().sync.workers
    assert kill_when(desk.home, lambda: fault.played == workers, signal.SIGTERM) == 143
    assert len(downloads(desk.box)) == desk.home.states()["stored"] == workers
    assert desk.one("SELECT outcome FROM sync_runs")["outcome"] == "interrupted"
    assert_the_next_pass_completes_it(desk, dossiers)
    assert len(downloads(desk.box)) == len(set(downloads(desk.box)))


def test_a_kill_leaves_no_threads_document_half_done(desk: Desk, dossiers: list[Dossier]) -> None:
    fault = desk.box.fault("/download/", faults.delay(0.1), times=None)
    workers = desk.config().sync.workers
    assert kill_when(desk.home, lambda: fault.played > 2 * workers) == -signal.SIGKILL
    assert_the_next_pass_completes_it(desk, dossiers)
