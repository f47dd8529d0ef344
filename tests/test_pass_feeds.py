"""How feeds are polled: in what order, how often, with how many requests; what is new or gone; what a dry run does."""

import datetime as dt
from collections import Counter
from pathlib import Path

import pytest
from desk import Desk, account, acknowledged, asked, downloads, invoice, statement, statements
from support import Home

from codasync.errors import UnknownDossier
from codasync.sandbox import Dossier, Sandbox, faults
from codasync.sandbox.faults import Action

MAIN, OTHER = account(1), account(2)
NOON = dt.datetime(2026, 3, 9, 12, tzinfo=dt.UTC)


@pytest.fixture
def desk(home: Home) -> Desk:
    return Desk(home)


@pytest.fixture
def dossier(desk: Desk) -> Dossier:
    return desk.dossier("0042", MAIN)


@pytest.mark.parametrize(
    "action", [faults.shuffle(), faults.page(2), faults.repeat_entries()], ids=["shuffled", "paged", "repeated"]
)
def test_feeds_of_any_shape_are_received_whole(desk: Desk, dossier: Dossier, action: Action) -> None:
    indices = [desk.deliver_coda(dossier, one) for one in statements(MAIN, 7)]
    desk.box.fault("/delivery/feed/", action, method="GET", times=None)
    result = desk.sync()
    assert (result.exit_code, result.news) == (0, [])
    assert desk.home.states() == {"stored": 7}
    assert sorted(downloads(desk.box)) == sorted(f"{index}/cod" for index in indices)
    assert desk.waiting(dossier) == []


def test_an_acknowledgement_that_has_no_effect_is_reported(desk: Desk, dossier: Dossier) -> None:
    desk.deliver_coda(dossier, statement(MAIN))
    desk.box.fault("/delivery/feed/", faults.pretend, method="PUT", times=None)
    result = desk.sync()
    assert (result.exit_code, result.feeds_failed) == (3, 1)
    assert "accepted the acknowledgement but lists the same documents again" in result.news[0]
    assert len(asked(desk.box, "/delivery/feed/", "PUT")) == 1
    desk.box.heal()
    desk.box.requests.clear()
    assert desk.sync().exit_code == 0
    assert (downloads(desk.box), desk.waiting(dossier)) == ([], [])


@pytest.mark.parametrize("code", [400, 403, 404, 500])
def test_a_refused_acknowledgement_fails_the_feed_and_is_made_good_by_the_next_pass(
    desk: Desk, dossier: Dossier, code: int
) -> None:
    index = desk.deliver_coda(dossier, statement(MAIN))
    desk.box.fault("/delivery/feed/", faults.refuse(code), method="PUT")
    result = desk.sync()
    assert (result.feeds_failed, desk.home.states()) == (1, {"stored": 1})
    desk.box.requests.clear()
    assert desk.sync().exit_code == 0
    assert downloads(desk.box) == []
    assert acknowledged(desk.box, dossier) == [index]


def test_how_far_a_feed_was_acknowledged_is_remembered(desk: Desk, dossier: Dossier) -> None:
    indices = [desk.deliver_coda(dossier, one) for one in statements(MAIN, 2)]
    desk.sync(clock=lambda: NOON)
    row = desk.one("SELECT acknowledged_index, acknowledged_at FROM feed WHERE kind = 'normal'")
    assert tuple(row.values()) == (indices[-1], "2026-03-09T12:00:00Z")


def test_an_acknowledgement_whose_answer_is_lost_does_no_harm(desk: Desk, dossier: Dossier) -> None:
    desk.deliver_coda(dossier, statement(MAIN))
    desk.box.fault("/delivery/feed/", faults.lose_answer, method="PUT")
    desk.sync()
    before = desk.views()["bank_transactions"]
    desk.box.requests.clear()
    assert desk.sync().exit_code == 0
    assert downloads(desk.box) == []
    assert desk.views()["bank_transactions"] == before
    assert desk.home.states() == {"stored": 1}


def test_an_acknowledgement_whose_answer_is_lost_is_repeated_while_there_is_time(desk: Desk, dossier: Dossier) -> None:
    desk.home.write_config(time_budget=10)
    index = desk.deliver_coda(dossier, statement(MAIN))
    desk.box.fault("/delivery/feed/", faults.lose_answer, method="PUT")
    assert desk.sync().exit_code == 0
    assert acknowledged(desk.box, dossier) == [index, index]


def test_a_second_pass_changes_nothing_and_asks_for_no_document(tmp_path: Path) -> None:
    with Sandbox(weeks=1) as box:
        desk = Desk(Home(tmp_path, box))
        for client in box.office.dossiers[:4]:
            for one in client.accounts:
                desk.enable(client.code, one.iban)
        assert desk.sync().received > 20
        before = desk.views()
        box.requests.clear()
        result = desk.sync()
        assert (result.received, result.news) == (0, [])
        assert downloads(box) == []
        assert desk.views() == before


def test_an_idle_pass_makes_one_request_and_two_for_each_polled_feed(desk: Desk, dossier: Dossier) -> None:
    desk.dossier("0043")
    desk.dossier("0044", OTHER, enabled=False)
    desk.sync()
    desk.box.requests.clear()
    desk.sync()
    assert Counter(one.path.split("/")[3] for one in desk.box.requests) == {
        "pod-client": 1,
        "feed": 3,
        "redownload-feed": 3,
    }
    assert {one.method for one in desk.box.requests} == {"GET"}


def test_mandates_are_asked_for_once_a_day(desk: Desk, dossier: Dossier) -> None:
    def clients_asked(after: dt.timedelta, *, refresh: bool = False) -> int:
        desk.box.requests.clear()
        desk.sync(clock=lambda: NOON + after, refresh=refresh)
        return len(asked(desk.box, "/v2/clients/"))

    hours = [dt.timedelta(hours=number) for number in (0, 1, 23)]
    desk.sync(clock=lambda: NOON, refresh=True)
    assert [clients_asked(after) for after in hours] == [0, 0, 0]
    assert clients_asked(dt.timedelta(hours=24)) == 1
    assert clients_asked(dt.timedelta(hours=25)) == 0
    assert clients_asked(dt.timedelta(hours=26), refresh=True) == 1


def test_the_state_of_a_mandate_follows_codabox(desk: Desk, dossier: Dossier) -> None:
    client = desk.box.office.find("0042")
    client.mandates[0].state, client.mandates[0].reason = "problem", "unknown signatory"
    desk.sync(refresh=True)
    row = desk.one("SELECT mandate_state, mandate_reason, account_state FROM journals")
    assert tuple(row.values()) == ("problem", "unknown signatory", "active")
    client.mandates.clear()
    client.accounts.clear()
    desk.sync(refresh=True)
    assert desk.one("SELECT mandate_state, account_state FROM journals") == {"mandate_state": "", "account_state": ""}


def test_dossiers_that_are_new_or_gone_are_told_once(desk: Desk, dossier: Dossier) -> None:
    desk.sync()
    desk.box.add_dossier("0099", "Neuf")
    assert desk.sync().new_dossiers == ["0099 Neuf"]
    desk.box.remove_dossier("0099")
    result = desk.sync()
    assert (result.new_dossiers, result.vanished_dossiers) == ([], ["0099 Neuf"])
    assert desk.one("SELECT vanished_at FROM dossiers WHERE dossier_code = '0099'")["vanished_at"]
    again = desk.sync()
    assert (again.new_dossiers, again.vanished_dossiers) == ([], [])


def test_what_a_vanished_dossier_received_stays(desk: Desk, dossier: Dossier) -> None:
    desk.deliver_coda(dossier, statement(MAIN))
    desk.sync()
    desk.box.remove_dossier("0042")
    desk.sync()
    assert desk.count("bank_statements") == 1


def test_a_dossier_keeps_its_identity_when_its_code_changes(desk: Desk, dossier: Dossier) -> None:
    desk.deliver_coda(dossier, statement(MAIN))
    desk.sync()
    desk.box.office.find("0042").code = "4200"
    result = desk.sync()
    assert result.new_dossiers == []
    assert desk.one("SELECT dossier_code FROM bank_statements")["dossier_code"] == "4200"


def test_a_pass_limited_to_one_dossier_leaves_the_others_alone(desk: Desk, dossier: Dossier) -> None:
    other = desk.dossier("0043")
    for one in (dossier, other):
        desk.deliver(one, "purchase_invoice", {"xml": invoice()})
    desk.box.requests.clear()
    for name in ("0043", other.client_id, f"BE {other.enterprise_number}"):
        desk.sync(only=name, refresh=True)
    assert desk.one("SELECT dossier_code FROM invoices")["dossier_code"] == "0043"
    assert asked(desk.box, f"feed/{dossier.feed_id}/") == []
    assert len(desk.waiting(dossier)) == 1


def test_a_pass_limited_to_an_unknown_dossier_polls_nothing(desk: Desk, dossier: Dossier) -> None:
    desk.box.requests.clear()
    with pytest.raises(UnknownDossier, match="nope"):
        desk.sync(only="nope")
    assert asked(desk.box, "/delivery/feed/") == []


def test_a_pass_limited_to_one_dossier_does_not_end_the_troubles_of_another(desk: Desk, dossier: Dossier) -> None:
    desk.dossier("0043")
    fault = desk.box.fault(f"/delivery/feed/{dossier.feed_id}/", faults.refuse(403))
    desk.sync()
    desk.box.heal([fault])
    assert desk.sync(only="0043").news == []
    assert ["over now" in line for line in desk.sync().news] == [True]


@pytest.mark.parametrize("workers", [1, 8])
def test_the_number_of_workers_changes_nothing_in_the_database(tmp_path: Path, workers: int) -> None:
    homes = {}
    for count in (workers, 4):
        folder = tmp_path / str(count)
        folder.mkdir()
        with Sandbox(weeks=1) as box:
            homes[count] = desk = Desk(Home(folder, box))
            desk.home.config.write_text(desk.home.config.read_text() + f"workers = {count}\n")
            for client in box.office.dossiers:
                for one in client.accounts:
                    desk.enable(client.code, one.iban)
            desk.sync()
    assert homes[workers].views() == homes[4].views()
    assert homes[4].count("bank_transactions") > 50


def test_a_dry_run_lists_the_plan_and_changes_nothing(desk: Desk, dossier: Dossier) -> None:
    first, second = statements(MAIN, 2)
    desk.deliver_coda(dossier, first)
    desk.sync()
    wanted = desk.deliver_coda(dossier, second)
    passed_over = desk.deliver_coda(dossier, statement(OTHER))
    bill = desk.deliver(dossier, "sales_invoice", {"xml": invoice()}, redelivery=True)
    before = {path.name: path.read_bytes() for path in desk.home.folder.iterdir()}
    desk.box.requests.clear()
    rows = desk.home.rows("sync", "--dry-run")
    assert {row["feed_index"]: (row["action"], row["formats"]) for row in rows} == {
        wanted: ("fetch", "cod"),
        passed_over: ("skip", ""),
        bill: ("fetch", "xml"),
    }
    assert {one.method for one in desk.box.requests} == {"GET"}
    assert downloads(desk.box) == []
    assert {path.name: path.read_bytes() for path in desk.home.folder.iterdir()} == before
    desk.sync()
    assert {name.split("/")[0] for name in downloads(desk.box)} == {wanted, bill}


def test_a_dry_run_without_a_database_makes_none(desk: Desk) -> None:
    dossier = desk.dossier("0042", MAIN, enabled=False)
    desk.deliver_coda(dossier, statement(MAIN))
    index = desk.deliver(dossier, "purchase_invoice", {"xml": invoice()})
    rows = desk.home.rows("sync", "--dry-run", "--dossier", "0042")
    assert [row["feed_index"] for row in rows if row["action"] == "fetch"] == [index]
    assert sorted(path.name for path in desk.home.folder.iterdir()) == ["config.toml", "credentials.json"]
