"""The sandbox answers as the API is known to answer, over a real socket."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from http.client import HTTPConnection
from typing import Any
from uuid import UUID

import pytest
import requests

from codasync.sandbox import Office, Sandbox, coda_writer

IBAN = "BE52001411234509"
STATEMENT = coda_writer.Statement(
    coda_writer.Account(IBAN, "GEBABEBB", "HÉLÈNE"),
    1_000_000,
    date(2026, 3, 2),
    date(2026, 3, 3),
    (coda_writer.Movement(12_340),),
    coda_number=7,
)


@dataclass
class Client:
    """Calls one sandbox with the office's password and software company."""

    box: Sandbox
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.session.headers["X-Software-Company"] = self.box.software_company
        self.session.auth = (self.box.username, self.box.password)

    def call(self, path: str, method: str = "GET", **options: Any) -> requests.Response:
        return self.session.request(method, f"{self.box.url}/{path}", timeout=10, allow_redirects=False, **options)

    def indices(self, feed_id: int, kind: str = "feed") -> list[str]:
        entries = self.call(f"delivery/{kind}/{feed_id}/").json()["feed_entries"]
        return [entry["feed_index"] for entry in entries]

    def acknowledge(self, feed_id: int, index: str, kind: str = "feed") -> requests.Response:
        return self.call(f"delivery/{kind}/{feed_id}/", "PUT", json={"feed_offset": index})


def calling(box: Sandbox) -> Iterator[Client]:
    with box:
        client = Client(box)
        yield client
        client.session.close()


@pytest.fixture
def client() -> Iterator[Client]:
    yield from calling(Sandbox(Office()))


@pytest.fixture(scope="module")
def default() -> Iterator[Client]:
    yield from calling(Sandbox())


def test_a_token_is_exchanged_once_without_a_password(client: Client) -> None:
    url = f"{client.box.url}/get-credentials/{client.box.issue_token()}/"
    headers = {"X-Software-Company": client.box.software_company}
    first = requests.get(url, headers=headers, timeout=10)
    second = requests.get(url, headers=headers, timeout=10)
    assert first.json() == {"username": client.box.username, "password": client.box.password}
    assert (second.status_code, second.json()) == (403, {"detail": "This token has already been used."})


def test_a_newer_token_makes_an_older_one_worthless(client: Client) -> None:
    older, newer = client.box.issue_token(), client.box.issue_token()
    assert client.call(f"get-credentials/{older}/").status_code == 403
    assert client.call(f"get-credentials/{newer}/").status_code == 200
    assert client.call("get-credentials/invented/").status_code == 403


@pytest.mark.parametrize("auth", [None, ("nobody", "nothing"), ("", "")])
def test_a_wrong_password_is_401(client: Client, auth: tuple[str, str] | None) -> None:
    client.session.auth = auth
    answer = client.call("delivery/pod-client/")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert "detail" in answer.json()


def test_a_password_that_was_changed_is_wrong_from_then_on(client: Client) -> None:
    client.box.password = "another"
    assert client.call("clients/").status_code == 401


def test_an_unknown_software_company_is_403_also_for_a_token(client: Client) -> None:
    del client.session.headers["X-Software-Company"]
    assert client.call("clients/").status_code == 403
    assert client.call(f"get-credentials/{client.box.issue_token()}/").status_code == 403


def test_unknown_paths_methods_and_types_are_refused_in_the_manner_of_the_framework(client: Client) -> None:
    feed = client.box.add_dossier("A", "A").feed_id
    assert client.call("nothing/").status_code == 404
    assert client.call("delivery/feed/999/").status_code == 404
    assert client.call("clients/999/").status_code == 404
    refused = client.call("clients/", "DELETE")
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert client.call(f"delivery/feed/{feed}/", "PUT", data=b"x").status_code == 415
    assert client.call(f"delivery/feed/{feed}/", "PUT", json={}).status_code == 400
    assert client.acknowledge(feed, "invented").status_code == 400


def test_a_missing_slash_is_a_redirect(client: Client) -> None:
    answer = client.call("delivery/pod-client")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/v2/delivery/pod-client/")


def test_the_connection_is_described_as_in_the_published_example(default: Client) -> None:
    pod = default.call("delivery/pod-client/").json()
    assert pod["fetch_delay"] == 7200
    assert pod["allowed_formats"]["coda"] == ["cod", "pdf", "xml"]
    assert len(pod["feed_clients"]) == 12
    feed = pod["feed_clients"][0]
    assert feed["client_name"] == "Boulangerie Hélène"
    assert feed["client_code"] == "0042"
    assert isinstance(feed["id"], int)
    assert str(UUID(feed["client_id"])) == feed["client_id"]
    assert feed["delivery_config"] is None


def test_clients_and_the_office_are_listed_and_found_one_by_one(default: Client) -> None:
    clients = default.call("clients/").json()
    offices = default.call("fiduciaries/").json()
    assert default.call(f"clients/{clients[3]['id']}/").json() == clients[3]
    assert default.call(f"fiduciaries/{offices[0]['id']}/").json() == offices[0]
    assert {client["fiduciary_id"] for client in clients} == {offices[0]["id"]}
    mandates = {mandate["id"]: mandate for client in clients for mandate in client["coda_mandates"]}
    accounts = [account for client in clients for account in client["bank_accounts"]]
    assert all(mandates[account["coda_mandate_ids"][0]]["bank_id"] == account["bank_id"] for account in accounts)
    assert all("+" not in account["state_modified_at"] for account in accounts)


def test_metadata_of_a_statement_has_the_eight_keys_of_the_published_example(client: Client) -> None:
    feed = client.box.add_dossier("A", "A").feed_id
    client.box.deliver_coda("A", STATEMENT)
    page = client.call(f"delivery/feed/{feed}/").json()
    assert (page["id"], page["type"]) == (feed, "download")
    assert page["feed_entries"][0]["metadata"] == {
        "movement_count": 1,
        "first_statement_number": 7,
        "last_statement_number": 7,
        "new_balance_date": "2026-03-03",
        "iban": IBAN,
        "bank_id": "GEBABEBB",
        "currency": "EUR",
        "extension_zone": None,
    }


def test_a_delivered_document_is_downloaded_byte_for_byte(client: Client) -> None:
    client.box.add_dossier("A", "A")
    index = client.box.deliver("A", "expense", {"xml": b"<\xff>", "pdf": lambda: b"%PDF"})
    answer = client.call(f"delivery/download/{index}/xml/")
    assert (answer.content, answer.headers["Content-Type"]) == (b"<\xff>", "application/xml")
    assert client.call(f"delivery/download/{index}/pdf/").content == b"%PDF"
    assert client.call(f"delivery/download/{index}/cod/").status_code == 404
    assert client.call("delivery/download/invented/pdf/").status_code == 404
    accept = {"Accept": "application/json"}
    assert client.call(f"delivery/download/{index}/xml/", headers=accept).status_code == 406


def test_an_acknowledgement_covers_what_came_before_and_never_goes_back(client: Client) -> None:
    feed = client.box.add_dossier("A", "A").feed_id
    first, second, third = (client.box.deliver("A", "soda", {"pdf": b"%PDF"}) for _ in range(3))
    assert client.acknowledge(feed, second).json() == {"id": feed, "feed_offset": second}
    assert client.indices(feed) == client.box.waiting("A") == [third]
    assert client.acknowledge(feed, first).status_code == 200
    assert client.indices(feed) == [third]
    assert client.box.acknowledged == {("download", feed): [second, first]}


@pytest.mark.parametrize(("serves", "status"), [(True, 200), (False, 404)])
def test_what_is_acknowledged_can_be_downloaded_or_not_as_the_server_is_set(*, serves: bool, status: int) -> None:
    for client in calling(Sandbox(Office(), serve_acknowledged=serves)):
        feed = client.box.add_dossier("A", "A").feed_id
        index = client.box.deliver("A", "soda", {"pdf": b"%PDF"})
        client.acknowledge(feed, index)
        assert client.call(f"delivery/download/{index}/pdf/").status_code == status


def test_the_redelivery_feed_is_another_feed(client: Client) -> None:
    feed = client.box.add_dossier("A", "A").feed_id
    again = client.box.deliver("A", "coda", {"cod": b"0"}, redelivery=True)
    assert client.indices(feed) == []
    assert client.indices(feed, "redownload-feed") == [again]
    assert client.call(f"delivery/download/{again}/cod/").status_code == 404
    assert client.call(f"delivery/redownload/{again}/cod/").content == b"0"
    client.acknowledge(feed, again, "redownload-feed")
    assert client.indices(feed, "redownload-feed") == []
    assert client.box.acknowledged == {("redownload", feed): [again]}


def test_a_test_may_change_withdraw_and_show_again_what_it_delivered(client: Client) -> None:
    feed = client.box.add_dossier("A", "A").feed_id
    first, second = (client.box.deliver("A", "soda", {"pdf": b"%PDF"}) for _ in range(2))
    client.box.replace_files(first, {"pdf": b"%PDF other"})
    client.box.withdraw(second)
    assert client.indices(feed) == [first]
    assert client.call(f"delivery/download/{first}/pdf/").content == b"%PDF other"
    assert client.call(f"delivery/download/{second}/pdf/").status_code == 404
    client.acknowledge(feed, first)
    client.box.rewind("A")
    assert client.indices(feed) == [first]
    client.box.remove_dossier("A")
    assert client.call(f"delivery/feed/{feed}/").status_code == 404


def test_accounts_share_a_mandate_at_one_bank_and_an_iban_has_several_sub_accounts(client: Client) -> None:
    dossier = client.box.add_dossier("A", "A", language="nl")
    account = client.box.add_account(dossier, IBAN, "GEBABEBB")
    client.box.add_account(dossier, IBAN, "GEBABEBB", currency="USD", extension="001")
    client.box.add_account(dossier, "BE25210411234582", "GEBABEBB", state="pending-activation-by-client")
    client.box.add_account(dossier, "BE39310411234519", "BBRUBEBB", mandate_state=None)
    account.state = "archived"
    shown = client.call(f"clients/{dossier.client_id}/").json()
    assert [found["state"] for found in shown["bank_accounts"]] == [
        "archived",
        "pending-activation-by-client",
        "active",
    ]
    assert shown["bank_accounts"][0]["subaccounts"] == [
        {"currency": "EUR", "extension": None},
        {"currency": "USD", "extension": "001"},
    ]
    assert [mandate["ibans"] for mandate in shown["coda_mandates"]] == [[IBAN, "BE25210411234582"]]


def test_any_dossier_is_named_by_itself_its_code_or_its_numbers(client: Client) -> None:
    client.box.add_dossier("A", "A")
    second = client.box.add_dossier("B", "B")
    for name in (second, "B", second.client_id, second.feed_id):
        assert client.box.office.find(name) is second


def test_requests_are_recorded_in_order_with_their_status(client: Client) -> None:
    client.call("clients/")
    client.call("nothing/")
    recorded = [(request.order, request.method, request.path, request.status) for request in client.box.requests]
    assert recorded == [(1, "GET", "/v2/clients/", 200), (2, "GET", "/v2/nothing/", 404)]
    assert client.box.requests[0].headers["x-software-company"] == client.box.software_company


def test_one_connection_carries_many_requests_also_without_a_body(client: Client) -> None:
    assert client.call("clients/", "HEAD").headers["Content-Length"] == "2"
    connection = HTTPConnection("127.0.0.1", int(client.box.url.split(":")[2].removesuffix("/v2")))
    sockets = set()
    for _ in range(5):
        connection.request("GET", "/v2/nothing/")
        assert connection.getresponse().read() == b'{"detail": "Not found."}'
        sockets.add(connection.sock)
    connection.close()
    assert len(sockets) == 1


def test_many_threads_may_deliver_and_ask_at_once(client: Client) -> None:
    feed = client.box.add_dossier("A", "A").feed_id

    def deliver_and_ask() -> None:
        for _ in range(20):
            client.box.deliver("A", "soda", {"pdf": b"%PDF"})
            requests.get(f"{client.box.url}/nothing/", timeout=10)

    threads = [threading.Thread(target=deliver_and_ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(client.indices(feed))) == 80
    assert [request.order for request in client.box.requests] == list(range(1, 82))


def test_the_next_days_documents_appear_with_the_next_day(default: Client) -> None:
    feed = default.box.office.find("DUPONT").feed_id
    before = default.indices(feed)
    assert default.box.today == date(2026, 4, 13)
    assert default.box.advance() == date(2026, 4, 14)
    after = default.indices(feed)
    assert after[: len(before)] == before
    assert len(after) > len(before)


def test_a_stopped_sandbox_refuses_connections_and_ends_those_it_has() -> None:
    box = Sandbox(Office())
    with requests.Session() as session:
        with box:
            session.get(f"{box.url}/nothing/", timeout=10)
        with pytest.raises(requests.ConnectionError):
            session.get(f"{box.url}/nothing/", timeout=10)
    assert len(box.requests) == 1


def test_a_client_that_vanished_from_the_default_office_does_not_stop_the_others() -> None:
    box = Sandbox(weeks=1)
    box.remove_dossier("DUPONT")
    assert box.waiting("DESMET")
    assert box.advance(3) == date(2026, 3, 12)
    assert box.waiting("0042")


def test_a_sandbox_starts_at_once_because_documents_are_made_when_they_are_asked_for() -> None:
    durations = []
    for _ in range(5):
        started = time.perf_counter()
        with Sandbox():
            durations.append(time.perf_counter() - started)
    assert min(durations) < 0.05
