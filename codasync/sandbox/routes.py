"""The endpoints of the API v2: a call in, an answer out; knows the service but no socket.

Errors look as Django REST framework makes them: `{"detail": ...}`, 401 with WWW-Authenticate, 403, 404, 405 with
Allow, 406, 301 for a missing slash. Which check comes first follows it as well.
"""

import json
import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from codasync.sandbox.feeds import DOWNLOAD, REDOWNLOAD
from codasync.sandbox.office import client_json, fiduciary_json, pod_json
from codasync.sandbox.service import Service
from codasync.sandbox.state import TokenRefused

BASE = "/v2/"
CONTENT_TYPES = {"cod": "application/vnd.coda", "pdf": "application/pdf", "xml": "application/xml"}
KINDS = {
    "feed": DOWNLOAD,
    "redownload-feed": REDOWNLOAD,
    "download": DOWNLOAD,
    "redownload": REDOWNLOAD,
}


@dataclass(frozen=True, slots=True)
class Call:
    """A request: method, path without query, headers with lower-case names, body."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """A response before it goes onto the wire."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class Refused(Exception):
    """A call ends early with this answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


Handler = Callable[[Service, Call, Mapping[str, str]], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint: its path below the base, what answers which method, whether it asks for a password."""

    path: str
    methods: Mapping[str, Handler]
    asks_password: bool = True


def as_json(value: object, status: int = 200) -> Answer:
    """Return an answer that carries JSON."""
    body = json.dumps(value, ensure_ascii=False).encode()
    return Answer(status, body, {"Content-Type": "application/json", "Vary": "Accept"})


def problem(status: int, detail: str, **headers: str) -> Answer:
    """Return an answer that says what is wrong; underscores in header names become hyphens."""
    answer = as_json({"detail": detail}, status)
    extra = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, answer.body, {**answer.headers, **extra})


def answer(service: Service, call: Call) -> Answer:
    """Answer a call as CodaBox would, with all its effects."""
    route, arguments = _find(call.path)
    if route is None:
        slashed = call.path + "/"
        if _find(slashed)[0]:
            return Answer(301, headers={"Location": slashed, "Content-Type": "text/html; charset=utf-8"})
        return problem(404, "Not found.")
    try:
        _admit(service, call, route)
        handler = route.methods.get("GET" if call.method == "HEAD" else call.method)
        if handler is None:
            allowed = ", ".join([*route.methods, "HEAD", "OPTIONS"])
            return problem(405, f'Method "{call.method}" not allowed.', Allow=allowed)
        return handler(service, call, arguments)
    except Refused as refused:
        return refused.answer


def _find(path: str) -> tuple[Route | None, Mapping[str, str]]:
    if path.startswith(BASE):
        for route in ROUTES:
            if match := re.fullmatch(route.path, path.removeprefix(BASE)):
                return route, match.groupdict()
    return None, {}


def _admit(service: Service, call: Call, route: Route) -> None:
    """Check the password, then the software company: authentication comes before permission."""
    state = service.memory.read()
    if route.asks_password:
        given = _credentials(call.headers.get("authorization", ""))
        if given is None:
            raise Refused(_unauthorized("Authentication credentials were not provided."))
        if given != f"{state.username}:{state.password}":
            raise Refused(_unauthorized("Invalid username/password."))
    if call.headers.get("x-software-company", "").lower() != state.software_company.lower():
        raise Refused(problem(403, "You do not have permission to perform this action."))


def _credentials(authorization: str) -> str | None:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return b64decode(encoded.strip(), validate=True).decode()
    except ValueError:
        raise Refused(_unauthorized("Invalid basic header. Credentials not correctly base64 encoded.")) from None


def _unauthorized(detail: str) -> Answer:
    return problem(401, detail, WWW_Authenticate='Basic realm="api"')


def _exchange(service: Service, _call: Call, arguments: Mapping[str, str]) -> Answer:
    try:
        return as_json(service.spend_token(arguments["token"]))
    except TokenRefused as refused:
        return problem(403, str(refused))


def _pod(service: Service, _call: Call, _arguments: Mapping[str, str]) -> Answer:
    return as_json(pod_json(service.office, service.fetch_delay))


def _clients(service: Service, _call: Call, _arguments: Mapping[str, str]) -> Answer:
    return as_json([client_json(service.office, dossier) for dossier in service.office.dossiers])


def _client(service: Service, _call: Call, arguments: Mapping[str, str]) -> Answer:
    for dossier in service.office.dossiers:
        if dossier.client_id == arguments["id"]:
            return as_json(client_json(service.office, dossier))
    return problem(404, "Not found.")


def _fiduciaries(service: Service, _call: Call, _arguments: Mapping[str, str]) -> Answer:
    return as_json([fiduciary_json(service.office)])


def _fiduciary(service: Service, _call: Call, arguments: Mapping[str, str]) -> Answer:
    if arguments["id"] != service.office.id:
        return problem(404, "Not found.")
    return as_json(fiduciary_json(service.office))


def _list_feed(service: Service, _call: Call, arguments: Mapping[str, str]) -> Answer:
    feed = service.feed(KINDS[arguments["kind"]], int(arguments["id"]))
    if feed is None:
        return problem(404, "Not found.")
    entries = [entry.as_json() for entry in service.waiting(feed)]
    return as_json({"id": feed.id, "type": feed.kind, "feed_entries": entries})


def _acknowledge(service: Service, call: Call, arguments: Mapping[str, str]) -> Answer:
    feed = service.feed(KINDS[arguments["kind"]], int(arguments["id"]))
    if feed is None:
        return problem(404, "Not found.")
    index = _feed_offset(call)
    if not service.acknowledge(feed, index):
        return as_json({"feed_offset": ["This index is not in the feed."]}, 400)
    return as_json({"id": feed.id, "feed_offset": index})


def _feed_offset(call: Call) -> str:
    if not call.headers.get("content-type", "").startswith("application/json"):
        raise Refused(problem(415, "Unsupported media type in request."))
    try:
        index = json.loads(call.body)["feed_offset"]
    except ValueError:
        raise Refused(problem(400, "JSON parse error")) from None
    except (KeyError, TypeError):
        raise Refused(as_json({"feed_offset": ["This field is required."]}, 400)) from None
    return str(index)


def _download(service: Service, call: Call, arguments: Mapping[str, str]) -> Answer:
    extension = arguments["format"]
    content_type = CONTENT_TYPES.get(extension, "application/octet-stream")
    if not _accepts(call.headers.get("accept", "*/*"), content_type):
        return problem(406, "Could not satisfy the request Accept header.")
    content = service.document(KINDS[arguments["kind"]], arguments["index"], extension)
    if content is None:
        return problem(404, "Not found.")
    name = f'attachment; filename="{arguments["index"]}.{extension}"'
    return Answer(200, content, {"Content-Type": content_type, "Content-Disposition": name})


def _accepts(accept: str, content_type: str) -> bool:
    ranges = {part.split(";")[0].strip() for part in accept.split(",")}
    return bool(ranges & {"*/*", content_type, content_type.partition("/")[0] + "/*"})


ROUTES = (
    Route(r"get-credentials/(?P<token>[^/]+)/", {"GET": _exchange}, asks_password=False),
    Route(r"delivery/pod-client/", {"GET": _pod}),
    Route(r"delivery/(?P<kind>feed|redownload-feed)/(?P<id>\d+)/", {"GET": _list_feed, "PUT": _acknowledge}),
    Route(r"delivery/(?P<kind>download|redownload)/(?P<index>[^/]+)/(?P<format>[^/]+)/", {"GET": _download}),
    Route(r"clients/", {"GET": _clients}),
    Route(r"clients/(?P<id>[^/]+)/", {"GET": _client}),
    Route(r"fiduciaries/", {"GET": _fiduciaries}),
    Route(r"fiduciaries/(?P<id>[^/]+)/", {"GET": _fiduciary}),
)
