"""Feeds in another order than that of time, and feeds that change hands: nothing is acknowledged or shown too early."""

import pytest
from desk import Desk, account, acknowledged, asked, downloads, invoice, statements
from support import Home

from codasync.sandbox import Office, Sandbox, faults

MAIN = account(1)


@pytest.fixture
def desk(home: Home) -> Desk:
    return Desk(home)


@pytest.mark.parametrize("seed", range(8))
def test_nothing_is_acknowledged_of_a_shuffled_feed_in_which_a_document_is_missing(home: Home, seed: int) -> None:
    with Sandbox(Office(), serve_acknowledged=False) as box:
        office = Home(home.folder, box)
        office.write_credentials()
        desk = Desk(office)
        dossier = desk.dossier("0042", MAIN)
        indices = [desk.deliver_coda(dossier, one) for one in statements(MAIN, 5)]
        box.fault(indices[1], faults.refuse(404), times=None)
        box.fault("/delivery/feed/", faults.shuffle(seed), method="GET", times=None)
        assert desk.sync().exit_code == 3
        assert set(acknowledged(box, dossier)) <= {indices[0]}
        box.heal()
        assert desk.sync().exit_code == 0
        assert desk.count("bank_statements") == 5
        assert desk.waiting(dossier) == []


def test_nothing_is_acknowledged_of_a_feed_with_a_document_missing_whose_order_was_another_before(desk: Desk) -> None:
    dossier = desk.dossier("0042")
    first, *_ = [desk.deliver(dossier, "purchase_invoice", {"xml": invoice(f"F{n}")}) for n in (1, 2, 3)]
    desk.box.fault(first, faults.refuse(500), times=None)
    desk.sync()
    backwards = faults.edit_entries(lambda entries: [*reversed(entries)])
    desk.box.fault("/delivery/feed/", backwards, method="GET", times=None)
    desk.sync()
    assert acknowledged(desk.box, dossier) == []
    desk.box.heal()
    desk.sync()
    assert desk.waiting(dossier) == []


def test_what_a_dossier_waits_for_is_not_given_to_the_dossier_that_has_its_feed_now(desk: Desk) -> None:
    old = desk.dossier("0042", MAIN)
    waiting = [
        desk.deliver(old, "purchase_invoice", {"xml": invoice("F1")}),
        desk.deliver_coda(old, next(statements(MAIN, 1))),
    ]
    for index in waiting:
        desk.box.fault(index, faults.refuse(500), times=None)
    desk.sync()
    desk.box.heal()
    feed = desk.box.service.feed("download", old.feed_id)
    assert feed
    desk.box.service.acknowledge(feed, waiting[-1])  # as another program with this login would
    desk.box.remove_dossier("0042")
    desk.box.add_dossier("0043", "Another", feed_id=old.feed_id)
    desk.sync()
    assert desk.query("SELECT * FROM invoices") == []
    rows = desk.query("SELECT feed_index, state FROM documents WHERE dossier_code = '0042'")
    assert {(row["feed_index"], row["state"]) for row in rows} == {(index, "unavailable") for index in waiting}


def test_what_a_dossier_waits_for_is_asked_for_also_when_its_feed_is_another(desk: Desk) -> None:
    dossier = desk.dossier("0042", MAIN)
    first, second, third = statements(MAIN, 3)
    desk.deliver_coda(dossier, first)
    missing = desk.deliver_coda(dossier, second)
    desk.box.fault(missing, faults.refuse(404), times=None)
    desk.sync()
    desk.box.heal()
    dossier.feed_id = 900
    desk.deliver_coda(dossier, third)
    desk.box.requests.clear()
    assert desk.sync().exit_code == 0
    assert f"{missing}/cod" in downloads(desk.box)
    assert desk.count("bank_statements") == 3
    assert desk.one("SELECT feed_id FROM dossiers")["feed_id"] == "900"


def test_a_failure_of_a_feed_that_a_dossier_had_is_over_once_it_has_another(desk: Desk) -> None:
    dossier = desk.dossier("0042", MAIN)
    one, two = statements(MAIN, 2)
    desk.deliver_coda(dossier, one)
    desk.box.fault("/delivery/feed/", faults.refuse(403), times=None)
    assert desk.sync().exit_code == 3
    assert [row["state"] for row in desk.home.rows("status")] == ["failing"]
    desk.box.heal()
    dossier.feed_id = 900
    desk.deliver_coda(dossier, two)
    assert desk.sync().exit_code == 0
    assert [row["state"] for row in desk.home.rows("status")] == ["ok"]
    assert desk.one("SELECT last_poll_error FROM dossiers")["last_poll_error"] == ""


def test_what_a_disabled_journal_waited_for_is_passed_over_and_holds_its_feed_no_more(desk: Desk) -> None:
    dossier = desk.dossier("0042", MAIN)
    one, two = statements(MAIN, 2)
    missing = desk.deliver_coda(dossier, one)
    desk.deliver_coda(dossier, two)
    desk.box.fault(missing, faults.refuse(404), times=None)
    assert desk.sync().exit_code == 3
    desk.home.call("disable-journal", "0042", MAIN.number)
    desk.box.requests.clear()
    assert desk.sync().exit_code == 0
    assert downloads(desk.box) == []
    assert desk.document(missing)["reason"] == f"journal {MAIN.number} is not enabled"
    assert desk.waiting(dossier) == []
    assert asked(desk.box, "/delivery/feed/", "PUT")
