"""Each fault can be seen by a client that uses requests, and is gone when it has played."""

import gzip
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from codasync.sandbox import Office, Sandbox, faults

BODY = b"0123456789" * 1000


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox(Office()) as box:
        box.add_dossier("A", "A")
        yield box


@pytest.fixture
def index(box: Sandbox) -> str:
    return box.deliver("A", "expense", {"xml": BODY})


def call(box: Sandbox, path: str, method: str = "GET", **options: Any) -> requests.Response:
    headers = {"X-Software-Company": box.software_company, "Accept": "*/*", "Accept-Encoding": "identity"}
    options |= {"headers": headers, "auth": (box.username, box.password), "timeout": 5, "allow_redirects": False}
    return requests.request(method, f"{box.url}/{path}", **options)


def download(box: Sandbox, index: str) -> requests.Response:
    return call(box, f"delivery/download/{index}/xml/")


def feed_url(box: Sandbox) -> str:
    return f"delivery/feed/{box.office.find('A').feed_id}/"


def listed(box: Sandbox) -> list[str]:
    return [entry["feed_index"] for entry in call(box, feed_url(box)).json()["feed_entries"]]


def acknowledge(box: Sandbox, index: str) -> requests.Response:
    return call(box, feed_url(box), "PUT", json={"feed_offset": index})


@pytest.mark.parametrize("retry_after", ["7", "Fri, 31 Dec 2027 23:59:59 GMT", "soon", None])
def test_throttling_says_when_to_come_back_in_any_form(box: Sandbox, retry_after: str | None) -> None:
    box.fault("/clients/", faults.throttle(retry_after))
    answer = call(box, "clients/")
    assert (answer.status_code, answer.headers.get("Retry-After")) == (429, retry_after)
    assert call(box, "clients/").status_code == 200


@pytest.mark.parametrize("status", [401, 403, 500, 502, 503, 599])
def test_any_status_can_be_sent_in_place_of_the_answer(box: Sandbox, status: int) -> None:
    box.fault("/clients/", faults.refuse(status, "No.", X_Reason="test"))
    answer = call(box, "clients/")
    assert (answer.status_code, answer.json(), answer.headers["X-Reason"]) == (status, {"detail": "No."}, "test")


def test_a_page_for_people_comes_with_200(box: Sandbox, index: str) -> None:
    box.fault("/download/", faults.html_page())
    answer = download(box, index)
    assert answer.status_code == 200
    assert answer.content.startswith(b"<!DOCTYPE html>")


def test_a_redirect_leads_anywhere_and_the_other_server_sees_who_follows(box: Sandbox) -> None:
    with Sandbox(Office()) as trap:
        box.fault("/clients/", faults.redirect(f"{trap.url}/clients/", 307))
        answer = call(box, "clients/")
        assert (answer.status_code, answer.headers["Location"]) == (307, f"{trap.url}/clients/")
        assert trap.requests == []


def test_a_reset_comes_before_any_effect(box: Sandbox, index: str) -> None:
    box.fault("/feed/", faults.reset, method="PUT")
    with pytest.raises(requests.ConnectionError, match="reset"):
        acknowledge(box, index)
    assert listed(box) == [index]
    assert box.requests[0].status is None


def test_a_lost_answer_comes_after_the_effect(box: Sandbox, index: str) -> None:
    box.fault("/feed/", faults.lose_answer, method="PUT")
    with pytest.raises(requests.ConnectionError):
        acknowledge(box, index)
    assert listed(box) == []


def test_an_acknowledgement_is_refused_or_only_seems_accepted(box: Sandbox, index: str) -> None:
    box.fault("/feed/", faults.pretend, method="PUT")
    box.fault("/feed/", faults.refuse(400), method="PUT")
    assert acknowledge(box, index).status_code == 400
    assert acknowledge(box, index).json() == {"feed_offset": index}
    assert listed(box) == [index]
    assert box.acknowledged == {}
    acknowledge(box, index)
    assert listed(box) == []


def test_a_body_cut_short_of_its_length_or_last_chunk_is_noticed_by_the_client(box: Sandbox, index: str) -> None:
    box.fault("/download/", faults.cut(0.3, "chunked"))
    box.fault("/download/", faults.cut(0.3, "length"))
    for _ in range(2):
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            download(box, index)
    assert download(box, index).content == BODY


def test_a_body_cut_without_a_length_looks_whole(box: Sandbox, index: str) -> None:
    box.fault("/download/", faults.cut(0.3, "close"))
    assert download(box, index).content == BODY[:3000]


def test_a_packed_body_cut_without_a_length_looks_whole(box: Sandbox) -> None:
    body = bytes(range(256)) * 40
    index = box.deliver("A", "expense", {"xml": body})
    box.fault("/download/", faults.cut(0.9, "gzip"))
    short = download(box, index).content
    assert len(gzip.compress(body)) < len(body)
    assert body.startswith(short)
    assert len(short) < len(body)


def test_a_reset_in_the_middle_of_a_body_is_an_error(box: Sandbox, index: str) -> None:
    box.fault("/download/", faults.cut(0.5, reset=True))
    with pytest.raises(requests.RequestException):
        download(box, index)


def test_a_body_drips_and_an_answer_is_late(box: Sandbox, index: str) -> None:
    box.fault("/download/", faults.drip(2000, 0.04))
    box.fault("/download/", faults.delay(0.15))
    for _ in range(2):
        started = time.monotonic()
        assert download(box, index).content == BODY
        assert time.monotonic() - started >= 0.14


def test_a_drip_does_not_outlive_the_server(index: str, box: Sandbox) -> None:
    box.fault("/download/", faults.drip(1, 60))
    headers = {"X-Software-Company": box.software_company}
    auth = (box.username, box.password)
    url = f"{box.url}/delivery/download/{index}/xml/"
    with requests.get(url, headers=headers, auth=auth, timeout=5, stream=True) as answer:
        started = time.monotonic()
        box.stop()
        with pytest.raises(requests.RequestException):
            answer.content  # noqa: B018
    assert time.monotonic() - started < 5


def test_bytes_of_another_document_come_under_the_same_name(box: Sandbox, index: str) -> None:
    box.fault("/download/", faults.swap(b"<other/>"))
    answer = download(box, index)
    assert (answer.content, answer.headers["Content-Type"]) == (b"<other/>", "application/xml")


def test_json_can_be_damaged_or_of_another_shape(box: Sandbox) -> None:
    box.fault("/pod-client/", faults.edit(lambda body: body[:-1]))
    box.fault("/pod-client/", faults.edit(lambda body: b"\xef\xbb\xbf" + body))
    box.fault("/pod-client/", faults.swap(b"[]"))
    assert call(box, "delivery/pod-client/").json() == []
    assert call(box, "delivery/pod-client/").content.startswith(b"\xef\xbb\xbf{")
    with pytest.raises(requests.exceptions.JSONDecodeError):
        call(box, "delivery/pod-client/").json()


def test_a_feed_is_shuffled_cut_into_pages_or_shows_entries_twice(box: Sandbox) -> None:
    indices = [box.deliver("A", "soda", {}) for _ in range(8)]
    box.fault("/feed/", faults.page(3))
    box.fault("/feed/", faults.shuffle())
    box.fault("/feed/", faults.repeat_entries())
    assert listed(box) == indices * 2
    shuffled = listed(box)
    assert shuffled != indices
    assert sorted(shuffled) == sorted(indices)
    assert listed(box) == indices[:3]


def test_a_fault_waits_plays_so_often_and_can_be_healed(box: Sandbox) -> None:
    fault = box.fault("/clients/$", faults.refuse(500), skip=1, times=2)
    assert [call(box, "clients/").status_code for _ in range(4)] == [200, 500, 500, 200]
    assert fault.played == 2
    endless = box.fault("/clients/$", faults.refuse(403), times=None)
    assert [call(box, "clients/").status_code for _ in range(3)] == [403, 403, 403]
    box.heal([endless])
    assert call(box, "clients/").status_code == 200
    box.fault("/clients/$", faults.refuse(403), times=None)
    box.heal()
    assert call(box, "clients/").status_code == 200
