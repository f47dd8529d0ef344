"""The socket: a threaded HTTP/1.1 server on loopback that answers with the routes, or lets a fault play instead."""

import os
import socket
import struct
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import responses
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import time
from typing import Any
from urllib.parse import unquote, urlsplit

from codasync.sandbox.faults import Action
from codasync.sandbox.routes import Answer, Call


@dataclass(slots=True)
class Request:
    """One request as the server saw it; `status` is None while, or if, no answer went out."""

    order: int
    time: float
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    status: int | None = None


class Server(ThreadingHTTPServer):
    """Serves `respond` (call to answer) on 127.0.0.1; `disturb` may name an action for a call."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, respond: Callable[[Call], Answer], disturb: Callable[[Call], Action | None]) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.respond = respond
        self.disturb = disturb
        self.requests: list[Request] = []
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)

    def start(self) -> None:
        """Begin to answer, in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Stop answering and end all connections."""
        self.closing.set()
        self.shutdown()
        self._thread.join()
        self.server_close()
        with self._lock:
            for connection in self._connections:
                _shut(connection)

    def note(self, call: Call) -> Request:
        """Write a request down in the order of arrival."""
        with self._lock:
            order = len(self.requests) + 1
            request = Request(order, time(), call.method, call.path, call.headers, call.body)
            self.requests.append(request)
            return request

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, so that `stop` can end it."""
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget a connection that ends."""
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that hang up; anything else is a fault of ours and is shown."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


class _Handler(BaseHTTPRequestHandler):
    """One connection: the exchanges of `faults.Exchange`, one after the other."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server
    call: Call
    noted: Request

    def handle_one_request(self) -> None:
        """Read a request and answer it; a client that hangs up is no error."""
        try:
            super().handle_one_request()
        except ConnectionError:
            self.close_connection = True

    def _exchange(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.call = Call(self.command, unquote(urlsplit(self.path).path), headers, self.rfile.read(length))
        self.noted = self.server.note(self.call)
        action = self.server.disturb(self.call)
        if action:
            action(self)
        else:
            self.send(self.answer())

    do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = do_OPTIONS = _exchange  # noqa: N815

    def answer(self) -> Answer:
        """Return the true answer, with all its effects."""
        return self.server.respond(self.call)

    def send(self, answer: Answer) -> None:
        """Send a whole answer, but no body to a HEAD."""
        body = b"" if self.command == "HEAD" else answer.body
        self.begin(answer.status, {**answer.headers, "Content-Length": str(len(answer.body))}, body)

    def begin(self, status: int, headers: Mapping[str, str], body: bytes = b"") -> None:
        """Send the head of an answer, and a body in the same packet."""
        self.noted.status = status
        lines = [f"HTTP/1.1 {status} {responses.get(status, 'Unknown')}", f"Date: {self.date_time_string()}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.wfile.write("\r\n".join([*lines, "", ""]).encode("latin-1") + body)

    def write(self, data: bytes) -> None:
        """Send bytes of a body as they are."""
        self.wfile.write(data)

    def hang_up(self, *, reset: bool = False) -> None:
        """End the connection, in order or with a reset."""
        self.close_connection = True
        if reset:
            # Closing with a linger time of zero sends RST instead of FIN.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            os.close(self.connection.detach())

    def pause(self, seconds: float) -> None:
        """Wait, but not longer than the server lives."""
        if self.server.closing.wait(seconds):
            raise ConnectionAbortedError

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep silent: what was asked is in `Server.requests`."""
