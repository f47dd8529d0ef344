"""What CodaBox lists and does not deliver, feeds that fail, passwords that are refused: nothing else suffers."""

import datetime as dt

import pytest
from desk import Desk, account, acknowledged, asked, downloads, invoice, statements
from support import Home

from codasync.errors import CredentialsRefused
from codasync.sandbox import Dossier, faults
from codasync.sandbox.faults import Action, Exchange

MAIN = account(1)
NOON = dt.datetime(2026, 3, 9, 12, tzinfo=dt.UTC)
AWAY = {
    "404": faults.refuse(404, "Not found."),
    "403": faults.refuse(403),
    "400": faults.refuse(400),
    "500": faults.refuse(500),
    "429": faults.throttle("3600"),
    "html": faults.html_page(),
    "json": faults.respond(200, '{"detail": "soon"}', {"Content-Type": "application/octet-stream"}),
    "empty": faults.respond(200, b"", {"Content-Type": "application/vnd.coda"}),
    "blank": faults.respond(200, b" \r\n", {"Content-Type": "application/vnd.coda"}),
    "too large": faults.edit(lambda body: body * 100),
    "cut": faults.cut(),
    "cut chunked": faults.cut(framing="chunked"),
    "cut unseen": faults.cut(framing="close"),
    "cut gzip": faults.cut(framing="gzip"),
    "reset in the middle": faults.cut(reset=True),
    "reset at once": faults.reset,
    "redirect": faults.redirect("http://127.0.0.1:9/"),
}


@pytest.fixture
def desk(home: Home) -> Desk:
    return Desk(home)


@pytest.fixture
def dossier(desk: Desk) -> Dossier:
    return desk.dossier("0042", MAIN)


@pytest.mark.parametrize("action", AWAY.values(), ids=AWAY)
def test_a_document_that_does_not_come_holds_the_acknowledgement_until_it_does(
    desk: Desk, dossier: Dossier, action: Action
) -> None:
    desk.home.config.write_text(desk.home.config.read_text() + "max_document_size = 20000\n")
    indices = [desk.deliver_coda(dossier, one) for one in statements(MAIN, 4)]
    away = desk.box.fault(f"/download/{indices[1]}/", action, times=None)
    result = desk.sync()
    assert [desk.document(index)["state"] for index in indices] == ["stored", "unavailable", "stored", "stored"]
    assert desk.document(indices[1])["reason"]
    assert acknowledged(desk.box, dossier) == [indices[0]]
    assert result.exit_code == 3

    desk.box.requests.clear()
    desk.sync()
    assert set(downloads(desk.box)) == {f"{indices[1]}/cod"}
    assert acknowledged(desk.box, dossier) == [indices[0]]

    desk.box.heal([away])
    desk.box.requests.clear()
    result = desk.sync()
    assert downloads(desk.box) == [f"{indices[1]}/cod"]
    assert acknowledged(desk.box, dossier) == [indices[0], indices[3]]
    assert desk.home.states() == {"stored": 4}
    assert desk.count("bank_statements") == 4
    assert result.exit_code == 0


def test_the_first_document_missing_holds_everything(desk: Desk, dossier: Dossier) -> None:
    indices = [desk.deliver_coda(dossier, one) for one in statements(MAIN, 2)]
    desk.box.fault(f"/download/{indices[0]}/", faults.refuse(404), times=None)
    desk.sync()
    assert asked(desk.box, "/delivery/feed/", "PUT") == []
    assert desk.waiting(dossier) == indices


def test_a_document_that_does_not_come_is_told_when_it_begins_and_when_it_ends(desk: Desk, dossier: Dossier) -> None:
    [index] = [desk.deliver_coda(dossier, one) for one in statements(MAIN, 1)]
    desk.box.fault(f"/download/{index}/", faults.refuse(500, "Broken."), times=2)
    first, second, third = desk.sync(), desk.sync(), desk.sync()
    number = desk.document(index)["id"]
    assert [f"document {number} is unavailable" in line for line in first.news] == [True]
    assert "500" in first.news[0]
    assert (second.news, second.exit_code) == ([], 3)
    assert third.exit_code == 0
    assert third.news[0].startswith("over now:")


def test_a_lasting_trouble_is_told_once_a_day(desk: Desk, dossier: Dossier) -> None:
    desk.box.fault("/delivery/feed/", faults.refuse(403, "Closed."), times=None)

    def news(hours: float) -> list[str]:
        return desk.sync(clock=lambda: NOON + dt.timedelta(hours=hours)).news

    told = [news(hours) for hours in (0, 1, 23, 24, 25, 48)]
    assert [len(lines) for lines in told] == [1, 0, 0, 1, 0, 1]
    assert told[3][0].endswith("(since 2026-03-09T12:00:00Z)")
    desk.box.heal()
    assert [line.split(":")[0] for line in news(49)] == ["over now"]
    assert news(50) == []


def test_a_document_that_vanishes_between_list_and_download_stays_known_as_missing(
    desk: Desk, dossier: Dossier
) -> None:
    indices = [desk.deliver_coda(dossier, one) for one in statements(MAIN, 3)]
    desk.box.fault("/delivery/feed/", faults.pretend, method="PUT")
    desk.box.fault(f"/download/{indices[1]}/", faults.refuse(404), times=None)
    desk.sync()
    desk.box.withdraw(indices[1])
    result = desk.sync()
    assert acknowledged(desk.box, dossier)[-1] == indices[2]
    assert desk.document(indices[1])["state"] == "unavailable"
    assert result.exit_code == 3
    assert desk.count("bank_statements") == 2


def test_one_feed_that_fails_does_not_stop_the_others(desk: Desk, dossier: Dossier) -> None:
    other = desk.dossier("0043")
    desk.deliver(dossier, "purchase_invoice", {"xml": invoice("A")})
    desk.deliver(other, "purchase_invoice", {"xml": invoice("B")})
    desk.box.fault(f"/delivery/feed/{dossier.feed_id}/", faults.refuse(403, "Not yours."))
    result = desk.sync()
    assert (result.exit_code, result.feeds_failed, result.feeds_polled) == (3, 1, 4)
    assert desk.one("SELECT number FROM invoices")["number"] == "B"
    row = desk.one("SELECT last_poll_error, last_polled_at FROM dossiers WHERE dossier_code = '0042'")
    assert "Not yours." in row["last_poll_error"]
    assert row["last_polled_at"]
    assert desk.one("SELECT outcome, feeds_failed FROM sync_runs") == {"outcome": "partial", "feeds_failed": 1}
    assert desk.sync().exit_code == 0
    assert desk.one("SELECT last_poll_error FROM dossiers WHERE dossier_code = '0042'")["last_poll_error"] == ""
    assert desk.count("invoices") == 2


@pytest.mark.parametrize(
    ("action", "code"),
    [
        (faults.refuse(404), 3),
        (faults.refuse(500), 3),
        (faults.html_page(), 3),
        (faults.cut(), 3),
        (faults.reset, 3),
        (faults.swap(b'{"feed_entries": 7}'), 1),
        (faults.swap(b"[]"), 1),
    ],
    ids=["404", "500", "html", "cut", "reset", "other shape", "list"],
)
def test_a_feed_with_an_unusable_answer_is_one_failed_feed(
    desk: Desk, dossier: Dossier, action: Action, code: int
) -> None:
    other = desk.dossier("0043")
    desk.deliver(other, "purchase_invoice", {"xml": invoice("B")})
    desk.box.fault(f"/delivery/feed/{dossier.feed_id}/", action)
    result = desk.sync()
    assert (result.feeds_failed, result.exit_code) == (1, code)
    assert desk.count("invoices") == 1


def test_a_codabox_that_answers_nothing_but_503_ends_in_13(desk: Desk, dossier: Dossier) -> None:
    desk.box.fault("/delivery/(redownload-)?feed/", faults.refuse(503), times=None)
    assert desk.sync().exit_code == 13
    desk.box.fault("/pod-client/", faults.refuse(503), times=None)
    result = desk.sync()
    assert result.exit_code == 13
    assert desk.query("SELECT outcome FROM sync_runs") == [{"outcome": "failed"}, {"outcome": "failed"}]


def test_mandates_that_cannot_be_read_do_not_stop_the_documents(desk: Desk, dossier: Dossier) -> None:
    desk.deliver(dossier, "purchase_invoice", {"xml": invoice()})
    desk.box.fault("/clients/$", faults.refuse(500))
    result = desk.sync(refresh=True)
    assert (result.exit_code, desk.count("invoices")) == (3, 1)


def test_refused_credentials_in_the_middle_stop_the_pass_at_once(desk: Desk, dossier: Dossier) -> None:
    desk.home.write_config(time_budget=30)
    desk.home.config.write_text(desk.home.config.read_text() + "workers = 1\n")
    desk.dossier("0043")
    indices = [desk.deliver_coda(dossier, one) for one in statements(MAIN, 3)]
    desk.box.fault(f"/download/{indices[1]}/", faults.refuse(401, "Invalid username/password."))
    desk.box.requests.clear()
    result = desk.sync()
    assert isinstance(result.ended_by, CredentialsRefused)
    assert result.exit_code == 12
    assert [one.status for one in desk.box.requests].count(401) == 1
    assert desk.box.requests[-1].status == 401
    assert acknowledged(desk.box, dossier) == []
    assert desk.document(indices[0])["state"] == "stored"
    assert desk.one("SELECT outcome FROM sync_runs")["outcome"] == "failed"
    desk.sync()
    assert acknowledged(desk.box, dossier) == [indices[2]]
    assert downloads(desk.box).count(f"{indices[0]}/cod") == 1


def cut_refusal(exchange: Exchange) -> None:
    """Refuse the password and hang up in the middle of saying why."""
    exchange.begin(401, {"Content-Type": "application/json", "Content-Length": "100"})
    exchange.write(b'{"detail": "Inval')
    exchange.hang_up()


def test_a_refusal_of_the_credentials_that_is_cut_short_is_one_all_the_same(desk: Desk, dossier: Dossier) -> None:
    desk.home.write_config(time_budget=30)
    desk.box.fault("/delivery/feed/", cut_refusal, times=None)
    desk.box.requests.clear()
    assert desk.sync().exit_code == 12
    assert len(asked(desk.box, "/delivery/feed/")) == 1


def test_a_redelivery_feed_that_is_too_large_is_a_failed_feed_and_not_an_empty_one(
    desk: Desk, dossier: Dossier
) -> None:
    desk.box.fault("/redownload-feed/", faults.edit(lambda body: body + b" " * 65_000_000))
    result = desk.sync()
    assert result.exit_code == 3
    assert "larger than 64,000,000 bytes" in result.troubles[0].text


@pytest.mark.parametrize("action", [faults.refuse(404), faults.refuse(410)], ids=["404", "410"])
def test_an_office_without_a_list_of_feeds_may_have_the_wrong_address(desk: Desk, action: Action) -> None:
    desk.box.fault("/pod-client/", action, times=None)
    done = desk.home.call("sync", code=13)
    assert "is codabox.base_url right?" in done.stderr


def test_refused_credentials_at_the_start_cost_one_request(desk: Desk, dossier: Dossier) -> None:
    desk.home.write_config(time_budget=30)
    right = desk.credentials()
    desk.box.password = "another"
    desk.box.requests.clear()
    desk.home.credentials.write_text(f'{{"username": "{right.username}", "password": "{right.password}"}}')
    done = desk.home.run("sync", code=12)
    assert len(desk.box.requests) == 1
    assert right.password not in done.stderr + done.stdout
    assert "register" in done.stderr


def test_the_last_trouble_of_a_pass_is_in_its_run(desk: Desk, dossier: Dossier) -> None:
    desk.box.fault("/delivery/feed/", faults.refuse(403, "Closed."))
    desk.sync()
    run = desk.one("SELECT * FROM sync_runs")
    assert run["outcome"] == "partial"
    assert "Closed." in run["error"]
    assert run["started_at"] <= run["finished_at"]
