"""One request to CodaBox: whole answers or an error in plain words, retried within one budget of time."""

import email.utils
import gzip
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from desk import account, asked, invoice, statement

from codasync.codabox import NORMAL, REDELIVERY, CodaBox, Patience, Wire
from codasync.credentials import Credentials
from codasync.errors import (
    ApiChanged,
    CodasyncError,
    CredentialsRefused,
    Forbidden,
    NoConnection,
    NotServed,
    Unreachable,
)
from codasync.sandbox import Sandbox, coda_writer, faults, pdf
from codasync.sandbox.faults import Action

CODA = coda_writer.write(statement(account(1)))
BIG = coda_writer.write(*[statement(account(1), number) for number in range(1, 60)])


@contextmanager
def calling(
    box: Sandbox, *, budget: float = 0, timeout: float = 5, limit: int = 1_000_000, url: str = ""
) -> Iterator[CodaBox]:
    """Give a client of the sandbox, or of another address."""
    wire = Wire(
        url or box.url,
        box.software_company,
        Credentials(box.username, box.password),
        timeout=timeout,
        patience=Patience(budget),
    )
    try:
        yield CodaBox(wire, max_document_size=limit)
    finally:
        wire.close()


def deliver(box: Sandbox, body: bytes = CODA, name: str = "cod") -> str:
    box.add_dossier("0042", "Boulangerie")
    return box.deliver("0042", "coda", {name: body})


# --- tried again


def in_the_future(seconds: float) -> str:
    return email.utils.formatdate(time.time() + seconds, usegmt=True)


@pytest.mark.parametrize(
    "retry_after",
    [lambda: "1", lambda: "0", lambda: in_the_future(1), lambda: in_the_future(-60), lambda: "soon", lambda: None],
    ids=["seconds", "zero", "date", "past", "nonsense", "missing"],
)
def test_a_throttled_call_is_tried_again_whatever_the_retry_after_says(
    box: Sandbox, retry_after: Callable[[], str | None]
) -> None:
    box.fault("/pod-client/", faults.throttle(retry_after()))
    with calling(box, budget=5) as client:
        assert client.pod().feeds == ()
    assert [one.status for one in box.requests] == [429, 200]


def test_retry_after_in_seconds_is_obeyed(box: Sandbox) -> None:
    box.fault("/pod-client/", faults.throttle("1"))
    with calling(box, budget=5) as client:
        client.pod()
    first, second = (one.time for one in box.requests)
    assert second - first >= 0.99


@pytest.mark.parametrize("retry_after", ["0", "-1", in_the_future(-60)], ids=["0", "-1", "past"])
def test_being_told_to_come_back_at_once_is_no_leave_to_hammer(box: Sandbox, retry_after: str) -> None:
    box.fault("/pod-client/", faults.throttle(retry_after), times=None)
    with calling(box, budget=1) as client, pytest.raises(Unreachable):
        client.pod()
    assert len(box.requests) <= 3


@pytest.mark.parametrize("retry_after", ["3600", "99999999999999999999", "9" * 400, "Fri, 31 Dec 2199 23:59:59 GMT"])
def test_a_pause_longer_than_the_budget_is_not_waited_for(box: Sandbox, retry_after: str) -> None:
    box.fault("/pod-client/", faults.throttle(retry_after), times=None)
    with calling(box, budget=100) as client, pytest.raises(Unreachable, match="429") as caught:
        client.pod()
    assert (len(box.requests), caught.value.exit_code) == (1, 13)


@pytest.mark.parametrize(
    "action",
    [faults.refuse(500), faults.refuse(503), faults.html_page(502), faults.reset, faults.html_page(), faults.cut()],
    ids=["500", "503", "502 page", "reset", "page", "cut"],
)
def test_a_passing_failure_is_tried_again_and_a_lasting_one_given_up(box: Sandbox, action: Action) -> None:
    box.fault("/pod-client/", action)
    with calling(box, budget=3) as client:
        client.pod()
    assert len(box.requests) == 2
    box.fault("/pod-client/", action, times=None)
    with calling(box, budget=0.2) as client, pytest.raises(Unreachable) as caught:
        client.pod()
    assert caught.value.exit_code == 13


def test_all_calls_share_one_budget_of_time(box: Sandbox) -> None:
    box.fault("/pod-client/", faults.throttle("1"), times=None)
    box.fault("/clients/", faults.throttle("1"), times=None)
    with calling(box, budget=1.9) as client:
        with pytest.raises(Unreachable):
            client.pod()
        with pytest.raises(Unreachable):
            client.clients()
    assert [one.path for one in box.requests] == ["/v2/delivery/pod-client/"] * 2 + ["/v2/clients/"]


@pytest.mark.parametrize(
    ("code", "error"),
    [(400, ApiChanged), (401, CredentialsRefused), (403, Forbidden), (404, NotServed), (410, NotServed)],
)
def test_a_refusal_is_final_and_keeps_codaboxs_words(box: Sandbox, code: int, error: type[CodasyncError]) -> None:
    box.fault("/clients/", faults.refuse(code, "Ask\n\tsomebody else."), times=None)
    with calling(box, budget=30) as client, pytest.raises(error, match=r"Ask somebody else\."):
        client.client("x")
    assert len(box.requests) == 1


def test_an_acknowledgement_that_was_lost_is_repeated(box: Sandbox) -> None:
    index = deliver(box)
    feed = str(box.office.find("0042").feed_id)
    box.fault("/feed/", faults.lose_answer, method="PUT")
    with calling(box, budget=3) as client:
        client.acknowledge(NORMAL, feed, index)
        assert client.feed(NORMAL, feed) == ()
    assert len(asked(box, "/feed/", "PUT")) == 2


# --- whole bodies


@pytest.mark.parametrize("framing", ["length", "close", "chunked", "gzip"])
@pytest.mark.parametrize("name", ["cod", "xml", "pdf"])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.9])
def test_a_body_cut_short_is_never_taken_for_a_document(
    box: Sandbox, framing: faults.Framing, name: str, share: float
) -> None:
    body = {"cod": BIG, "xml": invoice(), "pdf": pdf.write(["Facture"] * 20)}[name]
    index = deliver(box, body, name)
    box.fault("/download/", faults.cut(share, framing), times=None)
    with calling(box) as client, pytest.raises(CodasyncError):
        client.download(NORMAL, index, name)
    box.heal()
    with calling(box) as client:
        assert client.download(NORMAL, index, name) == body


def test_a_packed_body_that_was_cut_before_it_was_measured_is_noticed(box: Sandbox) -> None:
    index = deliver(box, BIG)
    part = gzip.compress(BIG)[:-40]
    packed = {"Content-Type": "application/vnd.coda", "Content-Encoding": "gzip"}
    box.fault("/download/", faults.respond(200, part, packed))
    with calling(box) as client, pytest.raises(CodasyncError, match="cut short"):
        client.download(NORMAL, index, "cod")


@pytest.mark.parametrize("missing", [3, 40, 128, 131])
def test_a_coda_file_without_its_whole_last_record_is_cut_short(box: Sandbox, missing: int) -> None:
    index = deliver(box)
    box.fault("/download/", faults.cut(1 - (missing - 0.5) / len(CODA), "close"))
    with calling(box) as client, pytest.raises(NotServed, match="cut short"):
        client.download(NORMAL, index, "cod")


@pytest.mark.parametrize("framing", ["length", "close", "chunked", "gzip"])
def test_a_list_cut_short_is_tried_again(box: Sandbox, framing: faults.Framing) -> None:
    index = deliver(box)
    box.fault("/delivery/feed/", faults.cut(0.7, framing))
    with calling(box, budget=3) as client:
        [entry] = client.feed(NORMAL, str(box.office.find("0042").feed_id))
    assert entry.feed_index == index


@pytest.mark.parametrize("framing", ["close", "chunked", "gzip"])
def test_a_whole_body_is_taken_however_it_is_framed(box: Sandbox, framing: faults.Framing) -> None:
    index = deliver(box)

    def whole(exchange: faults.Exchange) -> None:
        faults.cut(1.0, framing)(exchange)

    def terminated(exchange: faults.Exchange) -> None:
        body = exchange.answer().body
        exchange.begin(200, {"Transfer-Encoding": "chunked"})
        exchange.write(b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body))

    box.fault("/download/", terminated if framing == "chunked" else whole)
    with calling(box) as client:
        assert client.download(NORMAL, index, "cod") == CODA


@pytest.mark.parametrize(
    "action",
    [
        faults.html_page(),
        faults.respond(200, "\n <HTML><body>moved</body></html>", {"Content-Type": "text/plain"}),
        faults.respond(200, '{"detail": "in preparation"}', {"Content-Type": "application/xml"}),
        faults.respond(200, b"\xef\xbb\xbf[]", {"Content-Type": "application/xml"}),
        faults.respond(200, "", {}),
        faults.respond(204, "", {}),
    ],
    ids=["page", "page as text", "json", "json with bom", "empty", "no content"],
)
def test_a_page_where_a_document_should_be_is_not_served(box: Sandbox, action: Action) -> None:
    index = deliver(box)
    box.fault("/download/", action, times=None)
    with calling(box) as client, pytest.raises(NotServed) as caught:
        client.download(NORMAL, index, "cod")
    assert caught.value.facts["gone"] is False
    assert index in str(caught.value)


def test_a_document_larger_than_the_limit_is_not_read_to_its_end(box: Sandbox) -> None:
    index = deliver(box, BIG)
    with calling(box, limit=len(BIG) - 1, budget=30) as client, pytest.raises(NotServed, match="larger than"):
        client.download(NORMAL, index, "cod")
    assert len(box.requests) == 1
    with calling(box, limit=len(BIG)) as client:
        assert client.download(NORMAL, index, "cod") == BIG


def test_a_body_that_drips_is_given_up(box: Sandbox) -> None:
    index = deliver(box, BIG)
    box.fault("/download/", faults.drip(20, 0.1), times=None)
    with calling(box, timeout=1) as client, pytest.raises(Unreachable, match="too slowly"):
        client.download(NORMAL, index, "cod")


def test_a_slow_body_that_moves_on_is_taken(box: Sandbox) -> None:
    index = deliver(box, BIG)
    box.fault("/download/", faults.drip(len(BIG) // 4, 0.3), times=None)
    with calling(box, timeout=1) as client:
        assert client.download(NORMAL, index, "cod") == BIG


@pytest.mark.parametrize("where", ["head", "body"])
def test_a_silent_server_is_not_waited_for_longer_than_the_timeout(box: Sandbox, where: str) -> None:
    index = deliver(box)

    def silent(exchange: faults.Exchange) -> None:
        if where == "body":
            exchange.begin(200, {"Content-Length": "9999"})
            exchange.write(b"0")
        exchange.pause(20)

    box.fault("/download/", silent, times=None)
    with calling(box, timeout=1) as client, pytest.raises(Unreachable, match="no answer in time") as caught:
        client.download(NORMAL, index, "cod")
    assert isinstance(caught.value, NoConnection) is (where == "head")


# --- nobody there


def test_a_refused_connection_is_told_in_plain_words_without_the_address(box: Sandbox) -> None:
    url = box.url
    box.stop()
    with calling(box, url=url) as client, pytest.raises(NoConnection) as caught:
        client.pod()
    assert str(caught.value) == "the list of feeds: Connection refused"
    assert (caught.value.exit_code, caught.value.facts["sent"]) == (13, False)


def test_a_name_that_does_not_exist_is_told_in_plain_words(box: Sandbox) -> None:
    with calling(box, url="http://codabox.invalid/v2") as client, pytest.raises(NoConnection) as caught:
        client.pod()
    assert "name cannot be resolved" in str(caught.value)


def test_a_reset_connection_is_told_in_plain_words(box: Sandbox) -> None:
    box.fault("/pod-client/", faults.reset, times=None)
    with calling(box) as client, pytest.raises(NoConnection, match=r"onnection (reset|broke)") as caught:
        client.pod()
    assert caught.value.facts["sent"] is True


# --- what goes out


def test_every_request_names_the_software_and_asks_for_plain_bytes(box: Sandbox) -> None:
    index = deliver(box)
    with calling(box) as client:
        client.pod()
        client.download(NORMAL, index, "cod")
    for one in box.requests:
        assert one.headers["x-software-company"] == box.software_company
        assert one.headers["authorization"].startswith("Basic ")
        assert one.headers["accept"] == "*/*"
        assert one.headers["accept-encoding"] == "identity"
        assert one.headers["user-agent"].startswith("codasync/")


def test_an_office_without_redelivery_feed_has_an_empty_one(box: Sandbox) -> None:
    with calling(box) as client:
        assert client.feed(REDELIVERY, "999") == ()
        with pytest.raises(NotServed):
            client.feed(NORMAL, "999")


@pytest.mark.parametrize(
    "action",
    [faults.refuse(500), faults.refuse(403), faults.reset, faults.cut(), faults.redirect("http://x/")],
    ids=["500", "403", "reset", "cut", "redirect"],
)
def test_no_error_holds_the_token_the_address_or_the_password(box: Sandbox, action: Action) -> None:
    token = box.issue_token()
    box.fault("/v2/", action, times=None)
    with calling(box) as client:
        for call in (lambda: client.exchange_token(token), client.pod, lambda: client.client("x")):
            with pytest.raises(CodasyncError) as caught:
                call()
            error: BaseException | None = caught.value
            while error:
                shown = f"{error} {error!r} {error.args} {getattr(error, 'advice', '')}"
                assert not [secret for secret in (token, box.password, box.url, "127.0.0.1") if secret in shown]
                error = error.__cause__
