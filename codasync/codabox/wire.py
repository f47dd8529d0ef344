"""One dependable HTTP request: whole answers or an error, retries within one time budget, secrets kept.

Errors are CodasyncErrors whose words never hold a header, a token or a password; the exceptions of requests are not
chained to them, for their texts hold the address.
"""

import email.utils
import json
import math
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
import urllib3

from codasync import __version__, events
from codasync.codabox.discretion import Discretion, storable
from codasync.config import is_loopback
from codasync.credentials import Credentials
from codasync.errors import (
    ApiChanged,
    CodasyncError,
    CredentialsRefused,
    Forbidden,
    NoConnection,
    NotServed,
    TlsRefused,
    Unreachable,
)

CONNECT_TIMEOUT = 10
CHUNK = 65536
MAX_JSON = 64_000_000
LONGEST_REFUSAL = 100_000  # bytes; what is longer is no sentence
HEAD = 1000  # bytes of an answer that may say what it is
LONGEST_PAUSE = 30.0
SLOWEST_RATE = 1000  # bytes a second, after the first `timeout` seconds

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole HTTP answer; `measured` tells that HTTP itself showed the body to be complete.

    Whatever of it is to be told goes through `discretion`; the content type has done so.
    """

    status: int
    content_type: str
    body: bytes
    measured: bool
    discretion: Discretion


class Patience:
    """The time that a pass may lose to a CodaBox that does not answer well, shared by all its threads."""

    def __init__(self, seconds: float, stop: threading.Event | None = None) -> None:
        self._left = seconds
        self._lock = threading.Lock()
        self._stop = stop or threading.Event()

    def spend(self, seconds: float) -> None:
        """Note time lost to a call that failed."""
        with self._lock:
            self._left -= seconds

    def wait(self, seconds: float) -> bool:
        """Wait before another try; False, at once, when there is not that much time left or the run is ending."""
        with self._lock:
            if seconds >= self._left or self._stop.is_set():
                return False
            self._left -= seconds
        return not self._stop.wait(seconds)


class _OfficeAuth(requests.auth.AuthBase):
    """Basic authentication as an object, so that a ~/.netrc cannot take its place."""

    def __init__(self, credentials: Credentials | None) -> None:
        self._credentials = credentials

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._credentials:
            basic = requests.auth.HTTPBasicAuth(
                self._credentials.username.encode(), self._credentials.password.encode()
            )
            basic(request)
        return request


class _Session(requests.Session):
    """A session that looks for no redirect: it would read all of its body, however long, before anybody is asked."""

    def get_redirect_target(self, _: requests.Response) -> str | None:
        """Find none."""
        return None


class Wire:
    """Sends requests to one base address. Threads may share it; each gets a session of its own."""

    def __init__(
        self,
        base_url: str,
        software_company: str,
        credentials: Credentials | None,
        *,
        timeout: float,
        patience: Patience,
        ca_bundle: Path | None = None,
    ) -> None:
        self._base_url = base_url
        self._headers = {
            "X-Software-Company": software_company,
            "User-Agent": f"codasync/{__version__} {requests.utils.default_user_agent()}",
            "Accept": "*/*",
            # a cut gzip stream passes unnoticed; documents are small
            "Accept-Encoding": "identity",
        }
        self._auth = _OfficeAuth(credentials)
        self._credentials = credentials
        self._discretion = Discretion(credentials)
        self._timeout = timeout
        self._patience = patience
        # named, or the environment could name another: whoever sets it would read the password
        self._verify = str(ca_bundle or requests.utils.DEFAULT_CA_BUNDLE_PATH)
        self._sessions = threading.local()
        self._opened: list[requests.Session] = []

    def close(self) -> None:
        """Close every thread's session."""
        for session in self._opened:
            session.close()

    def call(
        self,
        method: str,
        path: str,
        read: Callable[[Reply], T],
        *,
        what: str,
        body: Any = None,
        limit: int = MAX_JSON,
        retry: bool = True,
        secret: str = "",
    ) -> T:
        """Send a request and return what `read` makes of the whole answer.

        `path` is quoted already and ends in a slash; `what` names the thing asked for in errors; `limit` is the
        longest body in bytes; a `secret` in the path keeps it, but for its first word, out of the log, and itself
        out of what is told of the answer.

        Raises NoConnection, TlsRefused, Unreachable (after retries within the time budget), CredentialsRefused,
        Forbidden, NotServed, ApiChanged.
        """
        attempt = 0
        discretion = Discretion(self._credentials, secret) if secret else self._discretion
        while True:
            began = time.monotonic()
            try:
                with _noted(method, f"{path.partition('/')[0]}/***/" if secret else path, what) as seen:
                    reply = self._once(method, path, what, body, limit, seen, discretion)
                return read(reply)
            except TlsRefused:
                raise
            except Unreachable as trouble:
                self._patience.spend(time.monotonic() - began)
                pause = trouble.facts.get("pause")
                if not retry or not self._patience.wait(pause if isinstance(pause, float) else _backoff(attempt)):
                    raise
            attempt += 1

    def _once(
        self, method: str, path: str, what: str, body: Any, limit: int, seen: "_Seen", discretion: Discretion
    ) -> Reply:
        began = time.monotonic()
        with _translated(what):
            response = self._send(method, path, body)
            seen.status = response.status_code
        with closing(response), _translated(what, begun=True):
            content = self._content(response, began, what, limit)
            seen.size = len(content)
            content_type = discretion.repeat(response.headers.get("Content-Type", "").split(";")[0]).lower()
            reply = Reply(response.status_code, content_type, content, _measured(response), discretion)
            _refuse_bad_status(reply, what, response)
            return reply

    def _content(self, response: requests.Response, began: float, what: str, limit: int) -> bytes:
        """Read the body, but for that of a redirect, which nobody needs."""
        if _redirects(response):
            return b""
        try:
            with _translated(what, begun=True):
                return b"".join(self._chunks(response, began, what, limit))
        except CodasyncError:
            if response.status_code != 401:
                raise
            return b""  # a refused password is refused, however the words about it end

    def _send(self, method: str, path: str, body: Any) -> requests.Response:
        return self._session().request(
            method,
            f"{self._base_url}/{path}",
            json=body,
            headers=self._headers,
            auth=self._auth,
            timeout=(min(CONNECT_TIMEOUT, self._timeout), self._timeout),
            allow_redirects=False,
            stream=True,
            verify=self._verify,
        )

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._sessions, "session", None)
        if session is None:
            session = self._sessions.session = _Session()
            # proxies of the environment are for the world, not for this machine itself
            session.trust_env = not is_loopback(urlsplit(self._base_url).hostname or "")
            self._opened.append(session)
        return session

    def _chunks(self, response: requests.Response, began: float, what: str, limit: int) -> Iterator[bytes]:
        size = 0
        # read1 returns what has come; read would wait for a whole chunk, and a body that drips would last for ever
        while chunk := response.raw.read1(CHUNK, decode_content=True):
            size += len(chunk)
            if size > limit:
                raise NotServed(what=what, reason=f"larger than {limit:,} bytes", gone=False)
            if time.monotonic() - began > self._timeout + size / SLOWEST_RATE:
                raise Unreachable(what=what, reason=f"the answer came too slowly ({size:,} bytes so far)")
            yield chunk


def read_json(reply: Reply, what: str) -> Any:
    """Take a JSON answer. Raises Unreachable, to be tried again, for an HTML page or broken JSON."""
    if reply.status != 200:
        raise Unreachable(what=what, reason=f"CodaBox answered {reply.status}")
    try:
        text = reply.body.decode("utf-8-sig")
        return _storable(json.loads(text, parse_constant=_refuse_constant, parse_float=_float_or_text))
    except (ValueError, RecursionError):
        begins = reply.discretion.repeat(reply.body.lstrip()[:HEAD].decode("utf-8", "replace"), 60)
        raise Unreachable(what=what, reason=f"expected JSON, got {begins!r}") from None


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _float_or_text(digits: str) -> float | str:
    """Read a number; one beyond all bounds stays text, for infinity is not JSON."""
    return float(digits) if math.isfinite(float(digits)) else digits


def _storable(value: Any) -> Any:
    """Make every text in a JSON value one that a database can hold."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(name): _storable(item) for name, item in value.items()}
    return value


def _redirects(response: requests.Response) -> bool:
    return 300 <= response.status_code < 400


def _measured(response: requests.Response) -> bool:
    headers = response.headers
    if "Content-Encoding" in headers:
        return False
    return "Content-Length" in headers or headers.get("Transfer-Encoding", "").lower() == "chunked"


def _refuse_bad_status(reply: Reply, what: str, response: requests.Response) -> None:
    status = reply.status
    if 200 <= status < 300:
        return
    detail = _detail(reply)
    if status == 429 or status >= 500:
        # a pause of nothing would make us knock without end
        pause = _retry_after(response.headers.get("Retry-After", "")) or None
        raise Unreachable(what=what, reason=f"CodaBox answered {status} {detail}".strip(), pause=pause)
    if status == 401:
        raise CredentialsRefused(detail=detail or "401")
    if status == 403:
        raise Forbidden(what=what, reason=detail or "403")
    if status in {404, 410}:
        raise NotServed(what=what, reason=f"CodaBox answered {status} {detail}".strip(), gone=True)
    if _redirects(response):
        host = _host(reply.discretion.repeat(response.headers.get("Location", "")))
        raise Unreachable(what=what, reason=f"CodaBox sends to {host} ({status}); codasync does not follow")
    raise ApiChanged(what=what, reason=f"CodaBox answered {status} {detail}".strip())


def _host(location: str) -> str:
    """Return whom a redirect names; it may be no address at all."""
    try:
        return urlsplit(location).hostname or "another address"
    except ValueError:
        return "another address"


def _detail(reply: Reply) -> str:
    if len(reply.body) > LONGEST_REFUSAL:
        return ""
    try:
        answer = json.loads(reply.body)
        detail = answer["detail"] if "detail" in answer else json.dumps(answer, ensure_ascii=False)
        return reply.discretion.repeat(str(detail))
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""


def _retry_after(value: str) -> float | None:
    """Read seconds or an HTTP date (RFC 9110, 10.2.3) as seconds from now; None for anything else."""
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        moment = email.utils.parsedate_to_datetime(value).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0.0, moment - time.time())


def _backoff(attempt: int) -> float:
    return min(LONGEST_PAUSE, 2.0**attempt) * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret


@dataclass(slots=True)
class _Seen:
    """What came of a request so far: no status for no answer."""

    status: int | None = None
    size: int = 0


@contextmanager
def _noted(method: str, path: str, what: str) -> Iterator[_Seen]:
    """Note a request when it has ended, whatever came of it."""
    began, seen, trouble = time.monotonic(), _Seen(), ""
    try:
        yield seen
    except CodasyncError as error:
        trouble = str(error)
        raise
    finally:
        milliseconds = round((time.monotonic() - began) * 1000)
        events.note(
            "request",
            f"{method} {what} {seen.status or 'failed'} {seen.size} bytes {milliseconds} ms",
            method=method,
            path=f"/{path}",
            status=seen.status,
            bytes=seen.size,
            milliseconds=milliseconds,
            error=trouble,
        )


@contextmanager
def _translated(what: str, *, begun: bool = False) -> Iterator[None]:
    """Raise what requests raises as an error of our own; once an answer has `begun`, that answer alone is broken."""
    try:
        yield
    except CodasyncError:
        raise
    except requests.exceptions.SSLError as error:
        raise TlsRefused(what=what, reason=f"certificate not accepted ({_cause(error)})", sent=False) from None
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        if begun:
            raise Unreachable(what=what, reason=_cause(error)) from None
        raise NoConnection(what=what, reason=_cause(error), sent=not _never_connected(error)) from None


def _chain(error: BaseException) -> list[BaseException]:
    """List an exception of requests and what caused it, to the bottom."""
    seen: list[BaseException] = []
    here: Any = error
    while isinstance(here, BaseException) and here not in seen:
        seen.append(here)
        inner = [argument for argument in here.args if isinstance(argument, BaseException)]
        here = getattr(here, "reason", None) or (inner[0] if inner else here.__cause__ or here.__context__)
    return seen


def _never_connected(error: BaseException) -> bool:
    return any(
        isinstance(one, (urllib3.exceptions.NewConnectionError, requests.ConnectTimeout)) for one in _chain(error)
    )


def _cause(error: BaseException) -> str:
    """Find the plain reason at the bottom of an exception of requests, without the address it carries."""
    for found in reversed(_chain(error)):
        if isinstance(found, socket.gaierror):
            return "its name cannot be resolved"
        if isinstance(found, (TimeoutError, requests.Timeout, urllib3.exceptions.TimeoutError)):
            return "no answer in time"
        if isinstance(found, urllib3.exceptions.IncompleteRead):
            return "the answer was cut short"
        if isinstance(found, OSError) and found.strerror:
            return found.strerror
    return "the connection broke off"
