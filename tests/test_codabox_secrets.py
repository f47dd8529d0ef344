"""What a server says back to us: our secrets are in none of it that is told, and all of it can be stored."""

import base64
import html
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import quote, quote_plus

import pytest
from desk import account, statement
from support import Home
from test_cli_secrets import files, secrets

from codasync.codabox import NORMAL, CodaBox, Patience, Wire
from codasync.credentials import Credentials
from codasync.errors import CodasyncError
from codasync.sandbox import Sandbox, faults

USER, PASSWORD = "office-4711", "Zx9 pä/\"'\\+wörd"
LOGIN = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
JSON = {"Content-Type": "application/json"}
BANK = account(1)


@contextmanager
def calling(box: Sandbox, user: str = USER, password: str = PASSWORD) -> Iterator[CodaBox]:
    wire = Wire(box.url, "company", Credentials(user, password), timeout=5, patience=Patience(0))
    try:
        yield CodaBox(wire, max_document_size=1_000_000)
    finally:
        wire.close()


def refusal(box: Sandbox, action: faults.Action, call: Callable[[CodaBox], object] = CodaBox.pod, **login: str) -> str:
    """Return what a call says that is answered like this."""
    box.fault("/v2/", action, times=None)
    with calling(box, **login) as client, pytest.raises(CodasyncError) as caught:
        call(client)
    return str(caught.value)


@pytest.mark.parametrize(
    "secret",
    [
        PASSWORD,
        PASSWORD.upper(),
        quote(PASSWORD),
        quote(PASSWORD, safe="").lower(),
        quote_plus(PASSWORD),
        html.escape(PASSWORD),
        json.dumps(PASSWORD)[1:-1],
        PASSWORD.encode().decode("latin-1"),
        LOGIN,
        LOGIN.rstrip("="),
        USER,
    ],
)
@pytest.mark.parametrize("status", [401, 403, 500])
def test_no_secret_that_a_refusal_repeats_is_told(box: Sandbox, secret: str, status: int) -> None:
    text = f"who says {secret} is nobody"
    for answer in ({"detail": text}, {"detail": {"error": text}}, {"error": [text]}, [text]):
        box.heal()
        assert "who says *** is nobody" in refusal(box, faults.respond(status, json.dumps(answer), JSON))


@pytest.mark.parametrize("place", [0, 55, 150, 195])
def test_no_part_of_a_secret_is_left_where_a_text_is_cut_off(box: Sandbox, place: int) -> None:
    text = "x" * place + PASSWORD
    detail = refusal(box, faults.respond(403, json.dumps({"detail": text}), JSON))
    box.heal()
    page = refusal(box, faults.respond(200, text))
    assert PASSWORD[:3] not in detail + page


@pytest.mark.parametrize("end", [-1, -10, 20])
def test_no_secret_that_codabox_has_cut_off_is_told(box: Sandbox, end: int) -> None:
    begin = f"Basic {LOGIN}"[:end]
    assert refusal(box, faults.respond(200, begin)).endswith("got 'Basic ***'")
    box.heal()
    assert "not you, Basic *** at all" in refusal(box, faults.refuse(403, f"not you, {begin} at all"))


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-16"])
def test_no_secret_is_in_the_first_words_of_a_page(box: Sandbox, encoding: str) -> None:
    told = refusal(box, faults.respond(200, f"for {PASSWORD}!".encode(encoding)))
    assert "for ***!" in told


@pytest.mark.parametrize("location", ["https://{}.evil.test/", "https://evil.test/{}", "https://{}@evil.test/", "{}"])
def test_no_secret_is_told_of_a_redirect(box: Sandbox, location: str) -> None:
    told = refusal(box, faults.redirect(location.format("geheim7")), password="geheim7")
    assert "codasync does not follow" in told
    assert "geheim7" not in told


def test_no_secret_is_in_the_type_of_a_page(box: Sandbox) -> None:
    page = faults.respond(200, "Hello", {"Content-Type": "text/html-GeHeim7"})
    told = refusal(box, page, lambda client: client.download(NORMAL, "x", "xml"), password="GeHeim7")
    assert "sent as text/html-***" in told


def test_a_short_user_name_is_left_in_the_words_it_is_part_of(box: Sandbox) -> None:
    told = refusal(box, faults.refuse(403, "no access for office"), user="offic")
    assert "no access for office" in told


TOKEN = "Zq8~token/4711"


@pytest.mark.parametrize(
    "action",
    [
        faults.refuse(404, f"no token {TOKEN}"),
        faults.refuse(500, f"no token {quote(TOKEN, safe='')}"),
        faults.respond(500, json.dumps({"path": f"/v2/get-credentials/{TOKEN}/"}), JSON),
        faults.redirect(f"https://{TOKEN}.test/"),
    ],
)
def test_no_token_that_a_refusal_repeats_is_told(box: Sandbox, action: faults.Action) -> None:
    told = refusal(box, action, lambda client: client.exchange_token(TOKEN))
    assert TOKEN[:9].lower() not in told.lower()


@pytest.mark.parametrize(
    ("path", "status"),
    [("/pod-client/", 401), ("/clients/", 500), ("/feed/", 403), ("/feed/", 302), ("/download/", 200), ("/v2/", 400)],
)
def test_no_secret_that_codabox_repeats_is_in_any_output_or_file(home: Home, path: str, status: int) -> None:
    home.box.add_dossier("0042", "Boulangerie")
    home.box.add_account("0042", BANK.number, BANK.bic)
    home.call("enable-journal", "0042", BANK.number)
    home.box.deliver_coda("0042", statement(BANK))
    every = [*secrets(home), home.box.username]
    text = json.dumps({"detail": " ".join(every), "location": " ".join(every)})
    headers = {**JSON, "Location": f"https://{home.box.password}.test/{home.box.password}"}
    home.box.fault(path, faults.respond(status, text, headers), times=None)
    commands = [("-vv", "sync"), ("--log-json", "-vv", "sync"), ("status",)]
    written = ""
    for command in commands:
        done = home.call(*command, code=None)
        written += done.stdout + done.stderr
    for secret in every:
        assert secret not in written
        assert not any(secret in content for content in files(home))


# --- what cannot be stored


@pytest.mark.parametrize("path", ["/pod-client/", "/feed/", "/download/"])
@pytest.mark.parametrize("status", [403, 404, 500])
def test_half_a_character_in_a_refusal_does_no_harm(home: Home, path: str, status: int) -> None:
    home.box.add_dossier("0042", "Boulangerie")
    home.box.add_account("0042", BANK.number, BANK.bic)
    home.call("enable-journal", "0042", BANK.number)
    home.box.deliver_coda("0042", statement(BANK))
    home.box.fault(path, faults.respond(status, '{"detail": "\\ud800 no"}', JSON), times=None)
    codes = {("/pod-client/", 403): 12, ("/pod-client/", 404): 13, ("/pod-client/", 500): 13}
    for _ in range(2):
        done = home.call("-v", "sync", code=codes.get((path, status), 3))
        assert "? no" in done.stderr
        assert "unexpected" not in done.stderr
