"""`Sandbox`: an imitation of CodaBox that runs in this process, for tests and for trying things out."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from types import TracebackType
from typing import Any, Self

from codasync.sandbox import coda_writer, world
from codasync.sandbox.days import banking_day_after, banking_day_before
from codasync.sandbox.documents import coda_metadata
from codasync.sandbox.errors import PortTaken
from codasync.sandbox.faults import Action, Fault
from codasync.sandbox.feeds import DOWNLOAD, REDOWNLOAD, File
from codasync.sandbox.numbers import dice, identifier
from codasync.sandbox.office import BankAccount, Dossier, Office, add_account
from codasync.sandbox.routes import BASE, Answer, Call, answer
from codasync.sandbox.server import Request, Server
from codasync.sandbox.service import Delivery, Service
from codasync.sandbox.state import InMemory, Memory, State

START = date(2026, 3, 2)
WEEKS = 6


def first_state(*, seed: int = 1, start: date = START, weeks: int = WEEKS, port: int = 0) -> State:
    """Return the state of a new sandbox: `weeks` of documents lie ready, the rest comes with `advance`."""
    chance = dice("credentials", seed)
    user = f"{chance.choice('BCDF')}{chance.choice('KLMN')}-{identifier('user', seed)[:27]}"
    password = "".join(chance.choices("abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=10))
    today = banking_day_before(start + timedelta(weeks=weeks, days=1))
    return State(seed, start, today, port, identifier("software", seed), user, password)


class Sandbox:
    """A CodaBox on loopback: `with Sandbox() as box:` serves the default office at `box.url`.

    `Sandbox(office=Office())` has no dossier and no story: a test builds what it needs with `add_dossier`,
    `add_account` and `deliver`. Everything may be changed while the server runs.
    """

    def __init__(
        self,
        office: Office | None = None,
        *,
        seed: int = 1,
        start: date = START,
        weeks: int = WEEKS,
        port: int = 0,
        memory: Memory | None = None,
        fetch_delay: int = 7200,
        serve_acknowledged: bool = True,
    ) -> None:
        self.memory = memory or InMemory(first_state(seed=seed, start=start, weeks=weeks, port=port))
        state = self.memory.read()
        story = iter(()) if office is not None else world.story(state.seed, state.start)
        self.office = world.office(state.seed) if office is None else office
        self.service = Service(
            self.office, self.memory, story, fetch_delay=fetch_delay, serve_acknowledged=serve_acknowledged
        )
        self.faults: list[Fault] = []
        self._faults_lock = threading.Lock()
        self._server: Server | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Begin to answer on 127.0.0.1, in a thread; raises PortTaken."""
        port = self.memory.read().port
        try:
            server = Server(port, self._respond, self._disturb)
        except OSError as error:
            raise PortTaken(port=port, text=error.strerror) from error
        server.start()
        self._server = server

    def stop(self) -> None:
        """Stop answering and end all connections; what was recorded stays readable."""
        if self._server and not self._server.closing.is_set():
            self._server.stop()

    @property
    def url(self) -> str:
        """The base URL, for example http://127.0.0.1:8765/v2."""
        port = self._server.server_address[1] if self._server else self.memory.read().port
        return f"http://127.0.0.1:{port}{BASE.rstrip('/')}"

    @property
    def software_company(self) -> str:
        """The UUID to send as X-Software-Company."""
        return self.memory.read().software_company

    @property
    def username(self) -> str:
        """The office's user name, as a token's exchange returns it."""
        return self.memory.read().username

    @property
    def password(self) -> str:
        """The office's password; setting it makes the old one wrong."""
        return self.memory.read().password

    @password.setter
    def password(self, password: str) -> None:
        self.memory.update(lambda state: replace(state, password=password))

    @property
    def today(self) -> date:
        """The sandbox's present day: what banks booked before it is delivered."""
        return self.memory.read().day

    @property
    def requests(self) -> list[Request]:
        """What was asked so far, in the order of arrival; clear the list to count anew."""
        return self._server.requests if self._server else []

    @property
    def acknowledged(self) -> dict[tuple[str, int], list[str]]:
        """The accepted acknowledgements by (kind of feed, feed id), in the order of arrival."""
        return self.service.acknowledgements

    def issue_token(self) -> str:
        """Return a new one-time token; an older one is worth nothing from now on."""
        return self.service.issue_token()

    def advance(self, days: int = 1) -> date:
        """Let so many banking days pass, so that their documents appear; return the new day."""
        return self.memory.update(lambda state: replace(state, day=banking_day_after(state.day, days))).day

    def add_dossier(self, code: str, name: str, **facts: Any) -> Dossier:
        """Add a client to the office; `facts` are other fields of `Dossier`."""
        return self.office.add_dossier(code, name, **facts)

    def add_account(self, client: Dossier | str | int, iban: str, bic: str, **facts: Any) -> BankAccount:
        """Add a bank account with its mandate; `facts` as in `office.add_account`: currency, extension, state, ..."""
        return add_account(self.office.find(client), iban, bic, **facts)

    def remove_dossier(self, client: Dossier | str | int) -> None:
        """Let a client vanish from the office, with its feeds."""
        self.office.dossiers.remove(self.office.find(client))

    def deliver(
        self,
        client: Dossier | str | int,
        model: str,
        files: Mapping[str, File],
        metadata: Mapping[str, Any] | None = None,
        *,
        redelivery: bool = False,
    ) -> str:
        """Put any bytes, by format, into a client's feed and return the feed index."""
        client_id = self.office.find(client).client_id
        kind = REDOWNLOAD if redelivery else DOWNLOAD
        return self.service.deliver(Delivery(client_id, model, metadata, files, kind))

    def deliver_coda(
        self,
        client: Dossier | str | int,
        *statements: coda_writer.Statement,
        iban: str = "",
        newline: str = "\r\n",
        redelivery: bool = False,
    ) -> str:
        """Write statements as one CODA file with the metadata that belongs to it; `iban` where the file has no IBAN."""
        content = coda_writer.write(*statements, newline=newline)
        metadata = coda_metadata(statements, iban)
        return self.deliver(client, "coda", {"cod": content}, metadata, redelivery=redelivery)

    def replace_files(self, index: str, files: Mapping[str, File]) -> None:
        """Let an index stand for other content from now on."""
        self.service.entry(index).files = files

    def withdraw(self, index: str) -> None:
        """Let an entry vanish: it is neither listed nor served any more."""
        self.service.entry(index).withdrawn = True

    def rewind(self, client: Dossier | str | int, *, redelivery: bool = False) -> None:
        """Show everything of a client's feed again, as if nothing had been acknowledged."""
        kind = REDOWNLOAD if redelivery else DOWNLOAD
        key = f"{kind}/{self.office.find(client).feed_id}"
        self.memory.update(lambda state: state.without_acknowledged(key))

    def waiting(self, client: Dossier | str | int, *, redelivery: bool = False) -> list[str]:
        """Return the indices in a client's feed that are not yet acknowledged."""
        kind = REDOWNLOAD if redelivery else DOWNLOAD
        feed = self.service.feed(kind, self.office.find(client).feed_id)
        return [entry.index for entry in self.service.waiting(feed)] if feed else []

    def fault(
        self, path: str, action: Action, *, method: str | None = None, times: int | None = 1, skip: int = 0
    ) -> Fault:
        """Disturb calls whose path matches the regular expression; the latest fault that takes a call wins.

        The first `skip` matching calls go well, then `times` of them are disturbed (None: all). See `faults`.
        """
        fault = Fault(path, action, method, times, skip)
        with self._faults_lock:
            self.faults.insert(0, fault)
        return fault

    def heal(self, faults: Iterable[Fault] | None = None) -> None:
        """Take away these faults, or all."""
        with self._faults_lock:
            gone = list(self.faults if faults is None else faults)
            self.faults[:] = [fault for fault in self.faults if fault not in gone]

    def _respond(self, call: Call) -> Answer:
        return answer(self.service, call)

    def _disturb(self, call: Call) -> Action | None:
        with self._faults_lock:
            return next((fault.action for fault in self.faults if fault.takes(call)), None)
