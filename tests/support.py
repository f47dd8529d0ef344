"""An office in a temporary folder, with a sandbox for its CodaBox, whose commands run as a person would run them."""

import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest import mock

from codasync import cli
from codasync.sandbox import Sandbox

Row = dict[str, Any]

CONFIG = """\
[codabox]
base_url = "{url}"
software_company = "{company}"

[database]
path = "codasync.db"

[sync]
timeout = {timeout}
time_budget = {time_budget}
"""


@contextmanager
def heard(number: int) -> Iterator[None]:
    """Let a process that is started now hear a signal, even where these tests run in the background of a shell."""
    if number == signal.SIGKILL:  # it is always heard
        yield
        return
    before = signal.signal(number, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(number, before)


class Home:
    """A folder with a config; `box` is the CodaBox that the config names."""

    def __init__(self, folder: Path, box: Sandbox, *, timeout: int = 5, time_budget: int = 0) -> None:
        self.folder, self.box = folder, box
        self.config = folder / "config.toml"
        self.database = folder / "codasync.db"
        self.credentials = folder / "credentials.json"
        self.write_config(timeout=timeout, time_budget=time_budget)

    def write_config(self, more: str = "", *, timeout: int = 5, time_budget: int = 0) -> None:
        """Write the config; `more` is added at its end."""
        text = CONFIG.format(
            url=self.box.url, company=self.box.software_company, timeout=timeout, time_budget=time_budget
        )
        self.config.write_text(text + more, encoding="utf-8")

    def write_credentials(self) -> None:
        """Put the right credentials where `register` would."""
        answer = {"username": self.box.username, "password": self.box.password}
        self.credentials.write_text(json.dumps(answer), encoding="utf-8")
        self.credentials.chmod(0o600)

    def command(self, *arguments: object) -> list[str]:
        """Return the command line of a codasync command in this folder."""
        return [sys.executable, "-m", "codasync", "--config", str(self.config), *map(str, arguments)]

    def run(
        self, *arguments: object, given: str | None = None, code: int = 0, **environ: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as a process, expect its exit code, and return what it wrote."""
        done = subprocess.run(
            self.command(*arguments),
            input=given if given is not None else "",
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=self.environ(**environ),
        )
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        return done

    def call(self, *arguments: object, code: int | None = 0, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run a command as `run` does, but in this process: for what a process of its own makes no difference to.

        `code` None takes any exit code.
        """
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
        command = self.command(*arguments)
        surroundings = mock.patch.dict(os.environ, self.environ(**environ), clear=True)
        with surroundings, redirect_stdout(out), redirect_stderr(err):
            found = cli.run(command[command.index("--config") :])
        written = [file.buffer.getvalue().decode() for file in (out, err) if isinstance(file.buffer, io.BytesIO)]
        done = subprocess.CompletedProcess(command, found, *written)
        assert code in {None, done.returncode}, (done.returncode, done.stdout, done.stderr)
        return done

    def environ(self, **more: str) -> dict[str, str]:
        """Return an environment without anything of codasync's or of the person who runs the tests."""
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8", **more}

    def rows(self, *arguments: object, code: int = 0) -> list[Row]:
        """Run a report with `--format json` and return its rows."""
        found: list[Row] = json.loads(self.call(*arguments, "--format", "json", code=code).stdout)
        return found

    def query(self, sql: str, *parameters: object) -> list[Row]:
        """Read the database as another program would."""
        with closing(sqlite3.connect(f"{self.database.as_uri()}?mode=ro", uri=True, timeout=10)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(sql, parameters)]

    def states(self) -> dict[str, int]:
        """Count the documents by state."""
        rows = self.query("SELECT state, count(*) AS n FROM documents GROUP BY state")
        return {row["state"]: row["n"] for row in rows}
