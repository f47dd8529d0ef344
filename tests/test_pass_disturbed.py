"""Something happens to a pass, at its beginning, in its middle or at its end: the next good one makes it good."""

import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from desk import Desk, statement
from support import Home
from undisturbed import MAIN, assert_nothing_is_acknowledged_that_is_not_stored, dossier_of_everything, undisturbed
from views import by_bytes

from codasync.sandbox import Dossier, faults
from codasync.sandbox.faults import Action

CALLS = (0, 2, 5, 9, 13)  # a pass makes some fifteen
RETRY_AFTER = [None, "0", "3600", "-1", "soon", "Wed, 21 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 2099 07:28:00 GMT"]


@pytest.fixture
def desk(home: Home) -> Desk:
    return Desk(home)


@pytest.fixture
def dossier(desk: Desk) -> Dossier:
    return dossier_of_everything(desk)


@contextmanager
def ending_undisturbed(desk: Desk, dossier: Dossier, folder: Path) -> Iterator[None]:
    """Disturb passes inside: after the next good one all is as if nothing had happened."""
    expected = by_bytes(undisturbed(desk, folder / "undisturbed").query)
    yield
    desk.box.heal()
    assert desk.sync().exit_code == 0
    assert by_bytes(desk.query) == expected
    assert desk.waiting(dossier) == []


def disturb(desk: Desk, dossier: Dossier, action: Action, calls: Iterable[int] = CALLS) -> set[int]:
    """Make a pass for each of the calls that something happens to, and return the exit codes."""
    codes = set()
    for skip in calls:
        fault = desk.box.fault("/v2/", action, skip=skip)
        codes.add(desk.sync().exit_code)
        assert_nothing_is_acknowledged_that_is_not_stored(desk, dossier)
        desk.box.heal([fault])
    return codes


@pytest.mark.parametrize(
    "action",
    [
        faults.reset,
        faults.lose_answer,
        faults.cut(0.9, "length"),
        faults.cut(0.5, "chunked"),
        faults.html_page(),
        faults.respond(200, "{"),
        faults.refuse(401),
        faults.refuse(503),
    ],
    ids=["reset", "lost", "cut", "cut-chunked", "html", "json", "401", "503"],
)
def test_a_call_that_fails_at_any_place_in_a_pass_is_made_good(
    desk: Desk, dossier: Dossier, tmp_path: Path, action: Action
) -> None:
    with ending_undisturbed(desk, dossier, tmp_path):
        assert {12, 13} & disturb(desk, dossier, action)


@pytest.mark.parametrize("retry_after", RETRY_AFTER)
def test_a_throttled_pass_is_made_good_whatever_the_retry_after_says(
    desk: Desk, dossier: Dossier, tmp_path: Path, retry_after: str | None
) -> None:
    with ending_undisturbed(desk, dossier, tmp_path):
        assert disturb(desk, dossier, faults.throttle(retry_after), [1, 4]) <= {0, 3, 13}


def test_a_byte_order_mark_before_a_list_is_no_trouble(desk: Desk, dossier: Dossier, tmp_path: Path) -> None:
    with ending_undisturbed(desk, dossier, tmp_path):
        for calls in ("/pod-client/", "/feed/", "/redownload-feed/"):
            desk.box.fault(calls, faults.edit(lambda body: b"\xef\xbb\xbf" + body), times=None)
        assert desk.sync().exit_code == 0


def test_a_redirect_is_made_good_and_the_other_host_hears_nothing(desk: Desk, dossier: Dossier, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, ending_undisturbed(desk, dossier, tmp_path):
        other.settimeout(0)
        host, port = other.getsockname()
        disturb(desk, dossier, faults.redirect(f"http://{host}:{port}/v2/delivery/pod-client/"))
        with pytest.raises(BlockingIOError):
            other.accept()


def test_a_body_that_drips_is_made_good(desk: Desk, dossier: Dossier, tmp_path: Path) -> None:
    desk.home.write_config(timeout=1)
    with ending_undisturbed(desk, dossier, tmp_path):
        desk.box.fault(f"/download/{desk.waiting(dossier)[0]}/", faults.drip(1, 0.3), times=2)
        desk.sync()
        assert "too slowly" in desk.one("SELECT reason FROM documents WHERE state = 'unavailable'")["reason"]
        assert_nothing_is_acknowledged_that_is_not_stored(desk, dossier)


def no_such_name(home: Home) -> str:
    return "https://codabox.invalid/v2"


def no_tls(home: Home) -> str:
    return home.box.url.replace("http://", "https://")


def nobody_listens(home: Home) -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"http://127.0.0.1:{free.getsockname()[1]}/v2"


@pytest.mark.parametrize("address", [no_such_name, no_tls, nobody_listens])
def test_a_pass_that_did_not_find_codabox_is_made_good(
    desk: Desk, dossier: Dossier, tmp_path: Path, address: Callable[[Home], str]
) -> None:
    config = desk.home.config.read_text(encoding="utf-8")
    with ending_undisturbed(desk, dossier, tmp_path):
        desk.home.config.write_text(config.replace(desk.box.url, address(desk.home)), encoding="utf-8")
        assert desk.sync().exit_code == 13
        assert desk.box.requests == []
        desk.home.config.write_text(config, encoding="utf-8")


def test_a_client_that_was_forbidden_for_a_while_is_made_good(desk: Desk, dossier: Dossier, tmp_path: Path) -> None:
    with ending_undisturbed(desk, dossier, tmp_path):
        desk.box.fault(f"/{dossier.feed_id}/|/clients/.+", faults.refuse(403), times=None)
        assert desk.sync().exit_code == 3
        assert desk.home.states() == {}


def test_an_entry_that_vanishes_and_comes_back_is_made_good(desk: Desk, dossier: Dossier, tmp_path: Path) -> None:
    first = desk.waiting(dossier)[0]
    with ending_undisturbed(desk, dossier, tmp_path):
        desk.box.fault(f"/download/{first}/", faults.refuse(404), times=None)
        desk.sync()
        assert_nothing_is_acknowledged_that_is_not_stored(desk, dossier)
        assert first in desk.waiting(dossier)
        desk.box.fault(
            "/feed/",
            faults.edit_entries(lambda entries: [one for one in entries if one["feed_index"] != first]),
            method="GET",
        )
        assert desk.sync().exit_code == 3
        assert desk.document(first)["state"] == "unavailable"


def test_what_says_nothing_or_is_of_an_unknown_kind_is_made_good_too(
    desk: Desk, dossier: Dossier, tmp_path: Path
) -> None:
    desk.deliver(dossier, "coda", {"cod": b"0"}, None)
    desk.deliver(dossier, "novelty", {"xml": b"<a/>"}, None)
    desk.deliver_coda(dossier, statement(MAIN, 4))
    with ending_undisturbed(desk, dossier, tmp_path):
        disturb(desk, dossier, faults.reset)
