"""Commands that are killed by events, not by the clock: the kill strikes where it is meant to."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from support import Home, heard

KILLED = -signal.SIGKILL
Event = Literal["file", "sql", "request"]
Strike = Callable[..., int]
# for each line of stdin, runs a command that dies before its n-th event of a kind, from the first one that is like a
# text on; a request has been sent by then. Says how each ended.
DIE = """
import http.client, json, os, signal, sqlite3, sys
import encodings.idna, encodings.utf_8_sig
from codasync import cli, cli_bank, cli_office, cli_pass, credentials, report, store_file, sync
def watch(kind, like, number):
    seen = [False, number]
    def event(what):
        seen[0] = seen[0] or like in what
        seen[1] -= seen[0]
        if not seen[1]:
            os.kill(os.getpid(), signal.SIGKILL)
    def strike(owner, name):
        deed = getattr(owner, name)
        def before(*given, **options):
            event(f"{name} {given}")
            return deed(*given, **options)
        setattr(owner, name, before)
    if kind == "file":
        for name in ("write", "pwrite", "ftruncate", "fsync", "link", "replace", "rename", "unlink", "close"):
            strike(os, name)
    if kind == "sql":
        connect = sqlite3.connect
        def traced(*given, **options):
            connection = connect(*given, **options)
            connection.set_trace_callback(event)
            return connection
        sqlite3.connect = traced
    if kind == "request":
        ask, hear = http.client.HTTPConnection.putrequest, http.client.HTTPConnection.getresponse
        def asked(self, method, url, *given, **options):
            self.asked = f"{method} {url}"
            return ask(self, method, url, *given, **options)
        def heard(self, *given, **options):
            if like in self.asked:
                event(self.asked)
            return hear(self, *given, **options)
        http.client.HTTPConnection.putrequest, http.client.HTTPConnection.getresponse = asked, heard
def run(kind, like, number, arguments):
    for stream in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
    watch(kind, like, number)
    os._exit(cli.run(arguments))
for line in sys.stdin:
    child = os.fork() or run(*json.loads(line))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@contextmanager
def striking() -> Iterator[Strike]:
    """Give a function that runs a command, kills it before its n-th event, and returns how it ended.

    It takes the kind of event, a text in the first event that counts, n, the config of the office, and the arguments.
    """
    environ = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", DIE], stdin=pipe, stdout=pipe, env=environ) as process:
        assert process.stdin
        assert process.stdout
        write, read = process.stdin, process.stdout

        def strike(kind: Event, like: str, number: int, config: Path, *arguments: object) -> int:
            command = ["--config", str(config), *map(str, arguments)]
            write.write(json.dumps([kind, like, number, command]).encode() + b"\n")
            write.flush()
            return int(read.readline())

        yield strike
        write.close()


def kill_when(home: Home, ready: Callable[[], bool], how: int = signal.SIGKILL) -> int:
    """Start `sync` as a process and send it a signal as soon as `ready`; return how it ended."""
    with heard(how):
        process = subprocess.Popen(
            home.command("sync"), env=home.environ(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    with process:
        while not ready() and process.poll() is None:
            time.sleep(0.005)
        process.send_signal(how)
        return process.wait(30)
