"""Secrets go to CodaBox alone: no redirect is followed, no ~/.netrc takes over, no false certificate is accepted."""

import base64
import gzip
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from desk import Desk, invoice
from support import Home

from codasync.codabox import NORMAL, CodaBox, Patience, Wire
from codasync.credentials import Credentials
from codasync.errors import ApiChanged, CodasyncError, NoConnection, TlsRefused, TokenRefused, Unreachable
from codasync.sandbox import Sandbox, faults

NOTHING = (
    b"HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
)
PASSWORD = "Zx9-pässword"
Wrap = Callable[[socket.socket], socket.socket]


class Listener:
    """A bare server that writes down what it is sent and answers 404."""

    def __init__(self, wrap: Wrap = lambda plain: plain) -> None:
        self.heard: list[bytes] = []
        self.connections = 0
        self._wrap = wrap
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            try:
                with self._wrap(plain) as connection:
                    self.heard.append(connection.recv(65536))
                    connection.sendall(NOTHING)
            except OSError:
                plain.close()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    server = Listener()
    yield server
    server.close()


@contextmanager
def calling(url: str, *, budget: float = 0, ca_bundle: Path | None = None) -> Iterator[CodaBox]:
    patience = Patience(budget)
    wire = Wire(url, "company", Credentials("user", PASSWORD), timeout=5, patience=patience, ca_bundle=ca_bundle)
    try:
        yield CodaBox(wire, max_document_size=10_000)
    finally:
        wire.close()


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("call", [CodaBox.pod, lambda client: client.acknowledge(NORMAL, "1", "x")], ids=["get", "put"])
def test_a_redirect_is_not_followed_and_the_other_host_hears_nothing(
    box: Sandbox, listener: Listener, code: int, call: Callable[[CodaBox], object]
) -> None:
    box.fault("/v2/", faults.redirect(f"http://localhost:{listener.port}/v2/delivery/pod-client/", code), times=None)
    with calling(box.url) as client, pytest.raises(Unreachable, match="localhost") as caught:
        call(client)
    assert caught.value.exit_code == 13
    assert listener.heard == []
    assert len(box.requests) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1"])  # the second one is not taken for this machine
def test_a_netrc_does_not_replace_the_offices_credentials(
    listener: Listener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text(f"machine {host} login mallory password other\ndefault login mallory password other\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    with calling(f"http://{host}:{listener.port}/v2") as client, pytest.raises(CodasyncError):
        client.pod()
    ours = base64.b64encode(f"user:{PASSWORD}".encode())
    assert b"Authorization: Basic " + ours in listener.heard[0]


@pytest.mark.parametrize(
    ("name", "quoted"),
    [
        ("a/b", b"a%2Fb"),
        ("../clients", b"..%2Fclients"),
        ("a?b=c#d", b"a%3Fb%3Dc%23d"),
        ("50%2F", b"50%252F"),
        ("é\r\nX: y", b"%C3%A9%0D%0AX%3A%20y"),
    ],
)
def test_names_from_codabox_cannot_lead_to_another_address(listener: Listener, name: str, quoted: bytes) -> None:
    with calling(f"http://127.0.0.1:{listener.port}/v2") as client:
        for call in (
            lambda: client.feed(NORMAL, name),
            lambda: client.download(NORMAL, name, "xml"),
            lambda: client.client(name),
            lambda: client.exchange_token(name),
        ):
            with pytest.raises(CodasyncError):
                call()
    paths = [request.split(b" ")[1] for request in listener.heard]
    assert paths == [
        b"/v2/delivery/feed/" + quoted + b"/",
        b"/v2/delivery/download/" + quoted + b"/xml/",
        b"/v2/clients/" + quoted + b"/",
        b"/v2/get-credentials/" + quoted + b"/",
    ]


@pytest.mark.parametrize("name", [".", ".."])
def test_a_name_that_would_lead_out_of_its_path_is_never_asked_for(listener: Listener, name: str) -> None:
    with calling(f"http://127.0.0.1:{listener.port}/v2") as client:
        for call in (
            lambda: client.feed(NORMAL, name),
            lambda: client.acknowledge(NORMAL, name, "x"),
            lambda: client.download(NORMAL, name, "xml"),
            lambda: client.client(name),
        ):
            with pytest.raises(ApiChanged, match="names nothing"):
                call()
        with pytest.raises(TokenRefused):
            client.exchange_token(name)
    assert listener.heard == []


def test_an_entry_that_would_lead_out_of_its_path_costs_no_other_its_document(home: Home) -> None:
    desk = Desk(home)
    dossier = desk.dossier("0042")
    stored = desk.deliver(dossier, "purchase_invoice", {"xml": invoice()})
    odd = {"feed_index": "..", "document_model": "purchase_invoice", "metadata": None}
    desk.box.fault("/delivery/feed/", faults.edit_entries(lambda entries: [odd, *entries]))
    assert desk.sync().exit_code == 3
    assert (desk.document("..", "xml")["state"], desk.document(stored, "xml")["state"]) == ("unavailable", "stored")
    assert desk.waiting(dossier) == [stored]
    asked = [one.path for one in desk.box.requests if one.path.endswith("/xml/")]
    assert asked == [f"/v2/delivery/download/{stored}/xml/"]


# --- what a redirect brings along


def endless(exchange: faults.Exchange) -> None:
    exchange.begin(302, {"Location": "http://localhost/", "Content-Length": str(10**12)})
    while True:
        exchange.write(bytes(1_000_000))


def silent(exchange: faults.Exchange) -> None:
    exchange.begin(302, {"Location": "http://localhost/", "Content-Length": "9"})
    exchange.pause(60)


def bomb(exchange: faults.Exchange) -> None:
    packed = gzip.compress(bytes(50_000_000))
    exchange.begin(302, {"Location": "http://localhost/", "Content-Encoding": "gzip", "Content-Length": "99999999"})
    exchange.write(packed)
    exchange.pause(60)


@pytest.mark.parametrize("action", [endless, silent, bomb])
def test_the_body_of_a_redirect_is_not_waited_for(box: Sandbox, action: faults.Action) -> None:
    box.fault("/v2/", action, times=None)
    with calling(box.url) as client, pytest.raises(Unreachable, match="sends to localhost"):
        client.download(NORMAL, "x", "xml")


@pytest.mark.parametrize(
    "location",
    ["http://[", "https://[::1", "http://a\u2100b/".encode().decode("latin-1"), "http://a:b:c/", "\xff", "", "//"],
)
def test_a_redirect_to_what_is_no_address_is_refused_as_any_other(box: Sandbox, location: str) -> None:
    box.fault("/v2/", faults.redirect(location), times=None)
    with calling(box.url) as client, pytest.raises(Unreachable, match="does not follow"):
        client.pod()


# --- certificates


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a key and a certificate that it signed itself, for localhost and 127.1."""
    folder = tmp_path_factory.mktemp("tls")
    made = folder / "both.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,DNS:127.1", "-days", "30"]
    try:
        subprocess.run(
            [*command, "-keyout", "key.pem", "-out", "cert.pem"], check=True, capture_output=True, cwd=folder
        )
    except FileNotFoundError:
        pytest.skip("no openssl command to make a certificate with")
    made.write_bytes((folder / "key.pem").read_bytes() + (folder / "cert.pem").read_bytes())
    return made


@pytest.fixture
def tls_listener(certificate: Path) -> Iterator[Listener]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = Listener(lambda plain: context.wrap_socket(plain, server_side=True))
    yield server
    server.close()


def test_a_certificate_that_nobody_vouches_for_is_refused_at_once(tls_listener: Listener) -> None:
    url = f"https://localhost:{tls_listener.port}/v2"
    with calling(url, budget=30) as client, pytest.raises(TlsRefused, match="certificate") as caught:
        client.pod()
    assert caught.value.exit_code == 13
    assert "ca_bundle" in caught.value.advice
    assert (tls_listener.connections, tls_listener.heard) == (1, [])


def test_a_certificate_of_ones_own_authority_is_accepted_whatever_the_environment_says(
    tls_listener: Listener, certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "other.pem"))
    address = f"localhost:{tls_listener.port}/v2"
    with calling(f"https://{address}", ca_bundle=certificate) as client, pytest.raises(CodasyncError, match="404"):
        client.pod()
    assert b"GET /v2/delivery/pod-client/" in tls_listener.heard[0]


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_the_environment_cannot_name_an_authority(
    tls_listener: Listener, certificate: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.setenv(variable, str(certificate))
    url = f"https://127.1:{tls_listener.port}/v2"  # not taken for this machine, which would ask no environment
    with calling(url) as client, pytest.raises(TlsRefused):
        client.pod()
    assert tls_listener.heard == []
    with calling(url, ca_bundle=certificate) as client, pytest.raises(CodasyncError, match="404"):
        client.pod()


def test_a_proxy_of_the_environment_is_taken(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{listener.port}")
    with calling("https://codabox.invalid/v2") as client, pytest.raises(NoConnection):
        client.pod()
    assert listener.heard[0].startswith(b"CONNECT codabox.invalid:443 ")
    assert b"Basic" not in listener.heard[0]


def test_a_certificate_for_another_host_is_refused(tls_listener: Listener, certificate: Path) -> None:
    address = f"127.0.0.1:{tls_listener.port}/v2"
    with calling(f"https://{address}", ca_bundle=certificate) as client, pytest.raises(TlsRefused):
        client.pod()
    assert tls_listener.heard == []
