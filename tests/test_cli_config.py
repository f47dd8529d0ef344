"""Where the config and the secrets are looked for, and what is said of mistakes in them."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import certifi
import pytest
from support import Home

from codasync import config

ROOT = Path(__file__).parent.parent


def edit(home: Home, old: str, new: str) -> None:
    text = home.config.read_text(encoding="utf-8")
    assert old in text
    home.config.write_text(text.replace(old, new), encoding="utf-8")


def asked_as(home: Home, *, code: int = 0, **environ: str) -> str:
    """Refresh the dossiers; return what was told."""
    home.box.requests.clear()
    return home.call("dossiers", "--refresh", code=code, **environ).stderr


# --- which file


def dossiers(home: Home, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a command that needs a config, named by these arguments or by the environment only."""
    command = [sys.executable, "-m", "codasync", *arguments, "dossiers"]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=home.environ(**environ))


def test_the_config_is_looked_for_in_the_documented_order(home: Home) -> None:
    option, variable, xdg = (home.folder / path for path in ("a.toml", "b.toml", "xdg/codasync/config.toml"))
    xdg.parent.mkdir(parents=True)
    for place in (option, variable, xdg):
        place.write_text("", encoding="utf-8")
    environ = {"XDG_CONFIG_HOME": str(home.folder / "xdg")}
    mistake = "codabox.software_company is missing"
    assert f"{xdg}: {mistake}" in dossiers(home, **environ).stderr
    environ["CODASYNC_CONFIG"] = str(variable)
    assert f"{variable}: {mistake}" in dossiers(home, **environ).stderr
    assert f"{option}: {mistake}" in dossiers(home, "--config", str(option), **environ).stderr


def test_a_config_in_the_home_folder_is_found(home: Home) -> None:
    home.call("dossiers", "--refresh")
    folder = home.folder / ".config" / "codasync"
    folder.mkdir(parents=True)
    home.config.rename(folder / "config.toml")
    home.database.rename(folder / "codasync.db")
    assert dossiers(home).returncode == 0


def test_without_a_config_the_places_that_were_tried_are_listed(home: Home) -> None:
    assert "looked for /nowhere/x.toml - " in dossiers(home, CODASYNC_CONFIG="/nowhere/x.toml").stderr
    if Path("/etc/codasync/config.toml").exists():
        pytest.skip("this machine has a config")
    done = dossiers(home, XDG_CONFIG_HOME="/nowhere")
    assert done.returncode == 10
    assert done.stderr == (
        "codasync: no config file found; looked for /nowhere/codasync/config.toml, /etc/codasync/config.toml"
        " - copy config.example.toml to one of these places, or name one with --config\n"
    )


def test_a_user_without_a_home_has_no_home_to_look_into(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000_000)
    assert config.search_places({}) == [Path("/etc/codasync/config.toml")]


# --- which paths


def test_relative_paths_are_relative_to_the_config_not_to_where_one_stands(
    home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.chdir(elsewhere)
    home.call("sync")
    assert home.database.exists()
    assert list(elsewhere.iterdir()) == []


def test_the_database_can_be_named_on_the_command_line_and_in_the_environment(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home.folder)
    home.call("sync", CODASYNC_DB="one.db")
    home.call("--db", "two.db", "sync", CODASYNC_DB="three.db")
    assert sorted(path.name for path in home.folder.glob("*.db")) == ["one.db", "two.db"]


def test_tilde_and_variables_in_paths_are_expanded(home: Home) -> None:
    edit(home, 'path = "codasync.db"', 'path = "~/$KIND.db"')
    home.call("sync", KIND="mine")
    assert (home.folder / "mine.db").exists()
    assert "database.path: ~/$KIND.db names a variable that is not set" in home.call("sync", code=10).stderr


# --- which mistakes


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('path = "codasync.db"', "path = 5", "database.path: must be a text in quotes"),
        ('path = "codasync.db"', 'path = ""', "database.path: must name a file"),
        ("timeout = 5", "timeout = 0", "sync.timeout: must be a whole number from 1 to 600"),
        ("timeout = 5", "timeout = true", "sync.timeout: must be a whole number from 1 to 600"),
        ("timeout = 5", 'timeout = "5"', "sync.timeout: must be a whole number from 1 to 600"),
        ("timeout = 5", "wrokers = 5", "unknown key sync.wrokers (did you mean workers?)"),
        ("timeout = 5", "zzz = 5", "unknown key sync.zzz - "),
        ("[sync]", "[snyc]", "unknown section [snyc] (did you mean sync?)"),
        ("[database]", "invoices = 3\n[database]", "unknown key codabox.invoices"),
        ("[codabox]", "invoices = 3\n[codabox]", "invoices has to be a section: [invoices]"),
        ("software_company = ", "#", "codabox.software_company is missing"),
        ("software_company = ", 'software_company = "me"\n#', "codabox.software_company: must be the UUID"),
        ("base_url = ", 'base_url = "http://api.codabox.com"\n#', "codabox.base_url: must begin with https://"),
        ("base_url = ", 'base_url = "api.codabox.com"\n#', "codabox.base_url: must be an address"),
        ("base_url = ", 'base_url = "https://me:pw@api.codabox.com"\n#', "codabox.base_url: must be an address"),
        ("[codabox]", '[codabox]\nca_bundle = "no.pem"', "codabox.ca_bundle: there is no file "),
        ("base_url = ", 'base_url = "https://[::1"\n#', "codabox.base_url: must be an address"),
        ("base_url = ", 'base_url = "https://api.codabox.com:port"\n#', "codabox.base_url: must be an address"),
        ("[codabox]", '[codabox]\nca_bundle = "config.toml"', "config.toml cannot be read as certificates in PEM ("),
        (
            "[codabox]",
            '[codabox]\ncredentials_file = "~nosuchuser/x"',
            "codabox.credentials_file: ~nosuchuser/x begins",
        ),
        ("[codabox]", '[codabox]\ncredentials_file = "a\\u0000b"', "codabox.credentials_file: must not hold a NUL"),
        ("[codabox]", '[codabox]\ncredentials_command = ["a\\u0000b"]', "codabox.credentials_command: must not hold"),
        ('path = "codasync.db"', 'path = "~nosuchuser/x"', "database.path: ~nosuchuser/x begins with a home folder"),
        ("[codabox]", '[codabox]\ncredentials_command = "pass x"', "codabox.credentials_command: must be a list"),
        ("[sync]", '[formats]\ncoda = ["docx"]\n[sync]', "formats.coda: must be a list of cod, pdf, xml"),
        ("[sync]", '[formats]\npdf = "sometimes"\n[sync]', 'formats.pdf: must be one of "missing", "always", "never"'),
        ("[sync]", '[invoices]\ndossiers = "some"\n[sync]', 'invoices.dossiers: must be "all", "enabled", or a list'),
        ("[sync]", "[reception]\nlate_days = 0\n[sync]", "reception.late_days: must be a whole number from 1 to 100"),
        ("[sync]", "[reception]\nlate_factor = nan\n[sync]", "reception.late_factor: must be a number from 1 to 20"),
        ("[sync]", '[reception]\nlate_factor = "2"\n[sync]', "reception.late_factor: must be a number from 1 to 20"),
        ("[sync]", "[reception]\nlate = 5\n[sync]", "unknown key reception.late (did you mean late_"),
        ("[sync]", '[office]\nlanguage = "de"\n[sync]', 'office.language: must be one of "en", "nl", "fr"'),
        ("[sync]", "[office]\ncontact = 5\n[sync]", "office.contact: must be a text in quotes"),
        ("[sync]", "[sync", "not TOML: "),
        ("[sync]", "[sync]\ntimeout = 3", "not TOML: "),
    ],
)
def test_each_mistake_in_the_config_is_named_with_its_key(home: Home, old: str, new: str, words: str) -> None:
    edit(home, old, new)
    done = home.call("sync", code=10)
    assert done.stderr.startswith(f"codasync: {home.config}: ")
    assert done.stderr.count("\n") == 1
    assert words in done.stderr
    assert home.box.requests == []


def test_the_example_config_works_as_it_is_and_with_every_explained_key_switched_on(home: Home) -> None:
    example = (ROOT / "config.example.toml").read_text(encoding="utf-8")
    certificates = certifi.where()
    everything = re.sub(r"(?m)^#(\w+ = )", r"\1", example).replace("/etc/ssl/certs/my-authority.pem", certificates)
    assert everything.count("\n#") < example.count("\n#")
    for text in (example, everything):
        home.config.write_text(text, encoding="utf-8")
        assert "there is no such file" in home.call("status", code=14).stderr


# --- which credentials


def test_the_environment_goes_before_the_command_and_the_command_before_the_file(home: Home) -> None:
    right = home.credentials.read_text(encoding="utf-8")
    wrong = json.dumps({"username": "XX-1", "password": "wrong"})
    home.credentials.write_text(wrong, encoding="utf-8")
    assert "refuses the office's credentials" in asked_as(home, code=12)
    answer = home.folder / "answer.json"
    answer.write_text(right, encoding="utf-8")
    edit(home, "[codabox]", f'[codabox]\ncredentials_command = ["cat", "{answer}"]')
    assert asked_as(home) == ""
    answer.write_text(wrong, encoding="utf-8")
    asked_as(home, code=12)
    assert asked_as(home, CODASYNC_USERNAME=home.box.username, CODASYNC_PASSWORD=home.box.password) == ""


@pytest.mark.parametrize("name", ["CODASYNC_USERNAME", "CODASYNC_PASSWORD"])
def test_half_a_login_in_the_environment_is_an_error_and_not_a_reason_to_look_further(home: Home, name: str) -> None:
    told = asked_as(home, code=10, **{name: "AB-1234"})
    assert f"the office is not registered: {name} is set, but its companion is not" in told
    assert home.box.requests == []


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ('["false"]', "credentials_command false ended with status 1"),
        ('["/no/such/program"]', "credentials_command /no/such/program failed"),
        ('["true"]', "true does not give JSON with username and password"),
    ],
)
def test_a_command_that_gives_no_credentials_is_an_error(home: Home, command: str, words: str) -> None:
    edit(home, "[codabox]", f"[codabox]\ncredentials_command = {command}")
    assert words in asked_as(home, code=10)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b'{"username": "AB"}', b'{"username": "AB", "password": ""}', b"\xff", b"AB:geheim"]
)
def test_a_credentials_file_that_says_something_else_is_an_error_without_its_words(home: Home, content: bytes) -> None:
    home.credentials.write_bytes(content)
    told = asked_as(home, code=10)
    assert f"{home.credentials} does not give JSON with username and password" in told
    assert "run `codasync register`" in told
    assert "geheim" not in told


def test_an_office_that_is_not_registered_is_told_what_to_do(home: Home) -> None:
    home.credentials.unlink()
    assert asked_as(home, code=10) == (
        f"codasync: the office is not registered: there is no {home.credentials}"
        " - run `codasync register` with the one-time token that CodaBox mailed\n"
    )


@pytest.mark.parametrize("command", [["sync"], ["dossiers", "--refresh"]])
def test_a_pipe_in_the_place_of_the_credentials_is_told_and_not_waited_for(home: Home, command: list[str]) -> None:
    home.credentials.unlink()
    os.mkfifo(home.credentials, 0o600)
    done = home.run(*command, code=10)
    assert done.stderr == (
        f"codasync: the office is not registered: {home.credentials} is a pipe or the like where a file belongs"
        " - run `codasync register` with the one-time token that CodaBox mailed\n"
    )
    assert home.box.requests == []


def test_systemd_may_hand_the_credentials_over_whatever_their_mode_looks_like(home: Home) -> None:
    handed = home.folder / "run"
    handed.mkdir()
    home.credentials.rename(handed / "codabox")
    (handed / "codabox").chmod(0o440)
    edit(home, "[codabox]", '[codabox]\ncredentials_file = "$CREDENTIALS_DIRECTORY/codabox"')
    assert asked_as(home, CREDENTIALS_DIRECTORY=str(handed)) == ""
    edit(home, "$CREDENTIALS_DIRECTORY", str(handed))
    assert "can be read by others (mode 0440)" in asked_as(home, code=10, CREDENTIALS_DIRECTORY="/run/another")
