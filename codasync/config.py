"""The config file: TOML into frozen dataclasses, with every mistake reported at once.

`load` raises ConfigMissing or ConfigWrong. Relative paths are relative to the config file; `~` and `$VARIABLES` in
paths are expanded. `config.example.toml` explains every key to its reader.
"""

import difflib
import ipaddress
import json
import os
import re
import ssl
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import tomli

from codasync import places
from codasync.errors import ConfigMissing, ConfigWrong
from codasync.ledger_profile import AUTO, COLUMNS, DATE_PARTS, DECIMAL_MARKS, DELIMITERS, ENCODINGS, Profile
from codasync.reception import Thresholds
from codasync.redelivery import LANGUAGES

UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
FORMATS = {"coda": ("cod", "pdf", "xml"), "purchase_invoice": ("xml", "pdf"), "sales_invoice": ("xml", "pdf")}


@dataclass(frozen=True, slots=True)
class CodaBoxConfig:
    """Where CodaBox is and who asks."""

    base_url: str
    software_company: str
    credentials_file: Path
    credentials_command: tuple[str, ...]
    ca_bundle: Path | None


@dataclass(frozen=True, slots=True)
class SyncConfig:
    """How a pass works: threads, seconds for one network operation, seconds for retries, bytes."""

    workers: int
    timeout: int
    time_budget: int
    max_document_size: int


@dataclass(frozen=True, slots=True)
class FormatsConfig:
    """Which formats are fetched of which kind of document; `pdf` is missing, always or never, for invoices."""

    models: Mapping[str, tuple[str, ...]]
    pdf: str


@dataclass(frozen=True, slots=True)
class OfficeConfig:
    """Who the office is to those whom it writes to: its name, the language of its letters, and how to reach it."""

    name: str
    language: str
    contact: str


@dataclass(frozen=True, slots=True)
class Config:
    """The whole config; `invoices` is `all`, `enabled`, or the dossiers whose invoices are wanted."""

    path: Path
    codabox: CodaBoxConfig
    database: Path
    sync: SyncConfig
    formats: FormatsConfig
    invoices: str | tuple[str, ...]
    reception: Thresholds
    office: OfficeConfig
    ledgers: Mapping[str, Profile]


def search_places(environ: Mapping[str, str]) -> list[Path]:
    """List where a config file is looked for when the command line names none."""
    if named := environ.get("CODASYNC_CONFIG"):
        return [Path(named)]
    home = _expand_home(environ.get("XDG_CONFIG_HOME") or "~/.config")
    return [Path(folder, "codasync/config.toml") for folder in (home, "/etc") if not folder.startswith("~")]


def load(named: Path | None, environ: Mapping[str, str], *, database: Path | None = None) -> Config:
    """Read the config file that is named, or the first one found.

    `database` overrides the config's. Raises ConfigMissing with the places tried, ConfigWrong with every mistake.
    """
    tried = [named] if named else search_places(environ)
    path = next((place for place in tried if places.is_file(place)), None)
    if path is None:
        raise ConfigMissing(places=", ".join(map(str, tried)))
    path = path.absolute()
    reader = _Reader(path, _parse(path))
    reader.problems += _who_else_writes(path)
    config = reader.config()
    if reader.problems:
        raise ConfigWrong(path, reader.problems)
    return replace(config, database=Path(_expand_home(str(database))).absolute()) if database else config


def _who_else_writes(path: Path) -> list[str]:
    """Say who else can change the config, which says where the office's password is sent."""
    found = path.stat()
    problems = []
    if found.st_mode & stat.S_IWOTH:
        problems.append(f"anybody may write it: run `chmod o-w {path}`")
    if found.st_uid not in {0, os.geteuid()}:
        problems.append(f"it belongs to user {found.st_uid}: look at it, then run `chown root {path}`")
    return problems + [
        f"anybody may put another in its place: run `chmod o-w {folder}`" for folder in places.open_to_anybody(path)
    ]


def _expand_home(text: str) -> str:
    """Expand a `~` at the beginning; it stays where there is no such home (`Path.expanduser` raises RuntimeError)."""
    return os.path.expanduser(text)  # noqa: PTH111


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomli.loads(path.read_text(encoding="utf-8-sig"))
    except (tomli.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigWrong(path, [f"not TOML: {error}"]) from None
    except OSError as error:
        raise ConfigWrong(path, [f"cannot be read: {error.strerror}"]) from None


class _BadValueError(ValueError):
    """A value is wrong; the text says what it has to be."""


class _Reader:
    """Takes values out of the parsed file, notes each mistake, and knows which keys were asked for."""

    def __init__(self, path: Path, tree: dict[str, Any]) -> None:
        self.path = path
        self.problems: list[str] = []
        self._tree = tree
        self._known: dict[str, set[str]] = {}

    def config(self) -> Config:
        """Read every section, then complain about what nobody asked for."""
        config = Config(
            path=self.path,
            codabox=self._codabox(),
            database=self.take("database", "path", self.place, "codasync.db"),
            sync=self._sync(),
            formats=self._formats(),
            invoices=self.take("invoices", "dossiers", _dossiers, "all"),
            reception=self._reception(),
            office=self._office(),
            ledgers=self._ledgers(),
        )
        self._complain_of_unknown_keys()
        return config

    def _codabox(self) -> CodaBoxConfig:
        return CodaBoxConfig(
            base_url=self.take("codabox", "base_url", _url, "https://api.codabox.com/v2"),
            software_company=self.take("codabox", "software_company", _uuid, None),
            credentials_file=self.take("codabox", "credentials_file", self.place, "credentials.json"),
            credentials_command=self.take("codabox", "credentials_command", _command, []),
            ca_bundle=self.take("codabox", "ca_bundle", self.certificates, ""),
        )

    def _sync(self) -> SyncConfig:
        return SyncConfig(
            workers=self.take("sync", "workers", _between(1, 32), 4),
            timeout=self.take("sync", "timeout", _between(1, 600), 60),
            time_budget=self.take("sync", "time_budget", _between(0, 3600), 120),
            max_document_size=self.take("sync", "max_document_size", _between(1, 2_000_000_000), 100_000_000),
        )

    def _formats(self) -> FormatsConfig:
        section = self._tree.get("formats")
        everything = not isinstance(section, dict) or not section.keys() & FORMATS.keys()
        models = {
            model: self.take("formats", model, _subset(formats), [formats[0]] if everything else [])
            for model, formats in FORMATS.items()
        }
        pdf = self.take("formats", "pdf", _one_of("missing", "always", "never"), "missing")
        return FormatsConfig({model: formats for model, formats in models.items() if formats}, pdf)

    def _reception(self) -> Thresholds:
        usual = Thresholds()
        return Thresholds(
            late_days=self.take("reception", "late_days", _between(1, 100), usual.late_days),
            late_factor=self.take("reception", "late_factor", _factor(1, 20), usual.late_factor),
            late_history=self.take("reception", "late_history", _between(1, 1000), usual.late_history),
            stale_days=self.take("reception", "stale_days", _between(1, 100), usual.stale_days),
        )

    def _office(self) -> OfficeConfig:
        return OfficeConfig(
            name=self.take("office", "name", _text, ""),
            language=self.take("office", "language", _one_of(*LANGUAGES), LANGUAGES[0]),
            contact=self.take("office", "contact", _text, ""),
        )

    def _ledgers(self) -> dict[str, Profile]:
        """Read the profiles [ledger.NAME]; the generic one is always there."""
        tables = self._tree.pop("ledger", {})
        if not isinstance(tables, dict):
            self.problems.append("ledger has to be sections: [ledger.NAME]")
            return {}
        self._tree |= {f"ledger.{name}": table for name, table in tables.items()}
        return {name: self._profile(f"ledger.{name}") for name in {"generic": None, **tables}}

    def _profile(self, section: str) -> Profile:
        headings = {name: self.take(section, name, _heading, name) for name in COLUMNS}
        return Profile(
            delimiter=self.take(section, "delimiter", _one_of(AUTO, *DELIMITERS), AUTO),
            encoding=self.take(section, "encoding", _one_of(AUTO, *ENCODINGS), AUTO),
            decimal_mark=self.take(section, "decimal_mark", _one_of(AUTO, *DECIMAL_MARKS), AUTO),
            date_format=self.take(section, "date_format", _date_format, AUTO),
            columns={name: heading for name, heading in headings.items() if heading != name},
        )

    def take(self, section: str, key: str, read: Callable[[Any], Any], default: Any) -> Any:
        """Return one value, read and checked; a default of None means that the key must be there."""
        self._known.setdefault(section, set()).add(key)
        table = self._tree.get(section, {})
        if not isinstance(table, dict):
            return read(default) if default is not None else None
        if key not in table and default is None:
            self.problems.append(f"{section}.{key} is missing")
            return None
        try:
            return read(table.get(key, default))
        except _BadValueError as bad:
            self.problems.append(f"{section}.{key}: {bad}")
            return None

    def place(self, value: Any) -> Path:
        """Read a path, relative to the config file."""
        expanded = os.path.expandvars(_text(value))
        if not expanded:
            raise _BadValueError("must name a file")
        if "$" in expanded:
            raise _BadValueError(f"{expanded} names a variable that is not set")
        path = _expand_home(expanded)
        if path.startswith("~"):
            raise _BadValueError(f"{path} begins with a home folder that is not known")
        return self.path.parent / path

    def certificates(self, value: Any) -> Path | None:
        """Read the path of a file with certificates, or an empty string for none."""
        if not _text(value):
            return None
        path = self.place(value)
        if not places.is_file(path):
            raise _BadValueError(f"there is no file {path}")
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
        except OSError as error:
            raise _BadValueError(f"{path} cannot be read as certificates in PEM ({error.strerror})") from None
        return path

    def _complain_of_unknown_keys(self) -> None:
        for section, table in self._tree.items():
            if section not in self._known:
                self.problems.append(f"unknown section [{section}]{_did_you_mean(section, self._known)}")
            elif not isinstance(table, dict):
                self.problems.append(f"{section} has to be a section: [{section}]")
            else:
                for key in table.keys() - self._known[section]:
                    guess = _did_you_mean(key, self._known[section])
                    self.problems.append(f"unknown key {section}.{key}{guess}")
        self.problems.sort()


def _did_you_mean(name: str, known: Any) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f" (did you mean {close[0]}?)" if close else ""


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _BadValueError("must be a text in quotes")
    if "\0" in value:
        raise _BadValueError("must not hold a NUL character")
    return value


def _heading(value: Any) -> str:
    heading = _text(value).strip()
    if not heading:
        raise _BadValueError("must be the heading of a column")
    return heading


def _date_format(value: Any) -> str:
    text = _text(value)
    rest = text
    for part in DATE_PARTS:
        rest = rest.replace(part, "", 1)
    if text != AUTO and (len(text) - len(rest) != 8 or any(character.isalnum() for character in rest)):
        raise _BadValueError('must hold YYYY, MM and DD once, such as "DD/MM/YYYY", or be "auto"')
    return text


def _uuid(value: Any) -> str:
    text = _text(value)
    if not UUID.fullmatch(text):
        raise _BadValueError("must be the UUID that CodaBox gave for this software")
    return text


def _url(value: Any) -> str:
    text = _text(value).rstrip("/")
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.query or parts.fragment or parts.username or parts.password:
        raise _BadValueError("must be an address such as https://api.codabox.com/v2")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        raise _BadValueError("must begin with https:// (http:// only to this machine itself)")
    return text


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this machine itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _command(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise _BadValueError('must be a list of words, such as ["pass", "codabox"]')
    return tuple(map(_text, value))


def _between(low: int, high: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise _BadValueError(f"must be a whole number from {low} to {high}")
        return value

    return read


def _factor(low: int, high: int) -> Callable[[Any], float]:
    def read(value: Any) -> float:
        if not isinstance(value, (int, float)) or isinstance(value, bool) or not low <= value <= high:
            raise _BadValueError(f"must be a number from {low} to {high}")
        return float(value)

    return read


def _one_of(*choices: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in choices:
            raise _BadValueError(f"must be one of {', '.join(map(json.dumps, choices))}")
        return str(value)

    return read


def _subset(choices: tuple[str, ...]) -> Callable[[Any], tuple[str, ...]]:
    def read(value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(item in choices for item in value):
            raise _BadValueError(f"must be a list of {', '.join(choices)}")
        return tuple(dict.fromkeys(value))

    return read


def _dossiers(value: Any) -> str | tuple[str, ...]:
    if value in ("all", "enabled"):
        return str(value)
    if isinstance(value, list) and all(isinstance(code, str) for code in value):
        return tuple(value)
    raise _BadValueError('must be "all", "enabled", or a list of dossiers')
