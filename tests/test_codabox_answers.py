"""What CodaBox says, as values: known facts are taken in any spelling, unknown ones tolerated, nonsense refused."""

import json
from typing import Any

import pytest
from desk import Desk, invoice
from support import Home

from codasync.codabox import CodaBox, Patience, Wire
from codasync.credentials import Credentials
from codasync.errors import ApiChanged, Unreachable
from codasync.sandbox import Sandbox, faults


@pytest.fixture
def client(box: Sandbox) -> CodaBox:
    wire = Wire(box.url, box.software_company, Credentials(box.username, box.password), timeout=5, patience=Patience(0))
    return CodaBox(wire, max_document_size=1_000)


def say(box: Sandbox, path: str, answer: object, *, prefix: bytes = b"") -> None:
    box.fault(path, faults.swap(prefix + json.dumps(answer).encode()), times=None)


def pod(**more: Any) -> dict[str, Any]:
    return {"id": 66, "fetch_delay": 7200, "allowed_formats": {"coda": ["cod"]}, "feed_clients": [], **more}


FEED = {"id": 277, "client_id": "c-1", "client_name": "Boulangerie", "client_code": "0042"}


@pytest.mark.parametrize("prefix", [b"", b"\xef\xbb\xbf", b" \n"], ids=["plain", "bom", "blanks"])
def test_json_may_begin_with_a_byte_order_mark(box: Sandbox, client: CodaBox, prefix: bytes) -> None:
    say(box, "/pod-client/", pod(feed_clients=[FEED]), prefix=prefix)
    assert client.pod().feeds[0].client_name == "Boulangerie"


def test_what_is_new_in_an_answer_does_no_harm(box: Sandbox, client: CodaBox) -> None:
    formats = {"coda": ["cod", "camt"], "hologram": ["holo"], "expense": None}
    say(box, "/pod-client/", pod(allowed_formats=formats, feed_clients=[{**FEED, "mood": [1, {}]}], weather="fine"))
    answer = client.pod()
    assert (answer.fetch_delay, answer.feeds[0].feed_id) == (7200, "277")
    assert answer.allowed_formats == {"coda": ("cod", "camt"), "hologram": ("holo",), "expense": ()}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"id": "277"}, ("277", "0042", "Boulangerie")),
        ({"client_code": 42}, ("277", "42", "Boulangerie")),
        ({"client_code": None, "client_name": None}, ("277", "", "")),
        ({"client_code": " 0042 "}, ("277", "0042", "Boulangerie")),
        ({"client_name": "a\ud800b"}, ("277", "0042", "a?b")),
    ],
)
def test_numbers_texts_and_nothing_are_taken_for_what_they_mean(
    box: Sandbox, client: CodaBox, changes: dict[str, Any], expected: tuple[str, str, str]
) -> None:
    say(box, "/pod-client/", pod(feed_clients=[{**FEED, **changes}]))
    [feed] = client.pod().feeds
    assert (feed.feed_id, feed.client_code, feed.client_name) == expected


@pytest.mark.parametrize(
    "answer",
    [
        [],
        7,
        None,
        {},
        {"feed_clients": None},
        {"feed_clients": {"id": 1}},
        {"feed_clients": [7]},
        {"feed_clients": [{**FEED, "id": None}]},
        {"feed_clients": [{**FEED, "id": True}]},
        {"feed_clients": [{**FEED, "client_id": ""}]},
        {"feed_clients": [{**FEED, "client_code": {}}]},
        {"feed_clients": [], "allowed_formats": ["cod"]},
        {"feed_clients": [], "allowed_formats": {"coda": "cod"}},
    ],
)
def test_json_of_another_shape_is_a_change_of_the_api_and_not_a_crash(
    box: Sandbox, client: CodaBox, answer: object
) -> None:
    say(box, "/pod-client/", answer)
    with pytest.raises(ApiChanged, match="another shape") as caught:
        client.pod()
    assert caught.value.exit_code == 1


@pytest.mark.parametrize(
    "body", [b"", b"not json", b"{", b'{"id": NaN}', b"[" * 100_000, b"\xff\xfe{}"], ids=lambda body: repr(body[:12])
)
def test_what_is_no_json_is_an_answer_that_cannot_be_used(box: Sandbox, client: CodaBox, body: bytes) -> None:
    box.fault("/pod-client/", faults.swap(body), times=None)
    with pytest.raises(Unreachable, match="expected JSON"):
        client.pod()


@pytest.mark.parametrize("delay", [None, "3600", True, 1.5])
def test_an_odd_fetch_delay_is_none(box: Sandbox, client: CodaBox, delay: object) -> None:
    say(box, "/pod-client/", pod(fetch_delay=delay))
    assert client.pod().fetch_delay is None


def test_metadata_is_kept_whole_whatever_it_is(box: Sandbox, client: CodaBox) -> None:
    box.add_dossier("0042", "Boulangerie", feed_id=1)
    odd: list[Any] = [None, [], 7, "é", {"b": 1, "a": {"x": [None]}}]
    entries = [{"feed_index": f"i{n}", "document_model": "coda", "metadata": one} for n, one in enumerate(odd)]
    say(box, "/delivery/feed/", {"feed_entries": [*entries, {"feed_index": 9}]})
    found = client.feed("normal", "1")
    assert [json.loads(one.metadata) for one in found] == [*odd, None]
    assert [one.facts() for one in found[:4]] == [{}, {}, {}, {}]
    assert (found[-1].feed_index, found[-1].model) == ("9", "")


@pytest.mark.parametrize(
    ("number", "expected"),
    [("BE0010071370", "0010071370"), ("0010.071.370", "0010071370"), ("10071370 0", "0100713700"), (None, "")],
)
def test_enterprise_numbers_lose_their_punctuation(
    box: Sandbox, client: CodaBox, number: str | None, expected: str
) -> None:
    say(box, "/clients/", [{"id": "c-1", "legal_entity": {"enterprise_num": number}}])
    assert client.clients()[0].enterprise_number == expected


def test_accounts_and_mandates_are_taken_with_what_they_lack(box: Sandbox, client: CodaBox) -> None:
    account = {"iban": "be71 0961 2345 6769", "subaccounts": [{"currency": "eur", "extension": None}, {}]}
    say(box, "/clients/", [{"id": "c-1", "bank_accounts": [account], "coda_mandates": [{"ibans": None}]}])
    [found] = client.clients()
    assert (found.accounts[0].iban, found.accounts[0].state) == ("BE71096123456769", "")
    assert found.accounts[0].subaccounts == (("EUR", ""), ("", ""))
    assert (found.mandates[0].ibans, found.mandates[0].state) == ((), "")


def test_a_document_of_a_kind_with_new_formats_is_still_received(home: Home) -> None:
    desk = Desk(home)
    dossier = desk.dossier("0042")
    desk.box.fault(
        "/pod-client/",
        faults.edit(lambda body: body.replace(b'"purchase_invoice": [', b'"purchase_invoice": ["holo", ')),
    )
    desk.deliver(dossier, "purchase_invoice", {"xml": invoice()}, {"receivedAt": "2026-03-02", "odd": [{}]})
    assert desk.sync().exit_code == 0
    assert desk.count("invoices") == 1
