"""`codasync register`: a token is spent by its first use, so nothing may go wrong around it."""

import json
import os
import pty
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from files import identity
from support import Home

from codasync.sandbox import Sandbox, faults


@pytest.fixture
def newcomer(tmp_path: Path, box: Sandbox) -> Home:
    """An office with a config that is not registered yet."""
    return Home(tmp_path, box)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def files(home: Home) -> set[str]:
    return {path.name for path in home.folder.iterdir()}


@pytest.mark.parametrize("from_stdin", [False, True])
def test_the_credentials_land_in_a_file_that_nobody_else_can_read(newcomer: Home, *, from_stdin: bool) -> None:
    token = newcomer.box.issue_token()
    done = newcomer.run("register", "-" if from_stdin else token, given=f"{token}\n")
    assert done.stdout == ""
    assert done.stderr == f"registered: the credentials are in {newcomer.credentials}\n"
    assert mode(newcomer.credentials) == 0o600
    answer = json.loads(newcomer.credentials.read_text(encoding="utf-8"))
    assert answer == {"username": newcomer.box.username, "password": newcomer.box.password}
    assert files(newcomer) == {"config.toml", "credentials.json"}
    newcomer.call("dossiers", "--refresh")


def test_without_a_token_it_is_asked_for_and_not_shown(newcomer: Home) -> None:
    token = newcomer.box.issue_token()
    person, terminal = pty.openpty()
    process = subprocess.Popen(
        newcomer.command("register"),
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env=newcomer.environ(),
        start_new_session=True,
    )
    os.close(terminal)
    seen = os.read(person, 1000)
    while b"Token: " not in seen:
        seen += os.read(person, 1000)
    os.write(person, f"{token}\n".encode())
    assert process.wait(timeout=60) == 0
    seen += os.read(person, 1000)
    os.close(person)
    assert token not in seen.decode()
    assert b"registered" in seen
    assert newcomer.credentials.exists()


# --- nothing that can fail here may spend the token


def have_credentials(home: Home) -> None:
    home.credentials.write_text("of long ago", encoding="utf-8")


def name_a_missing_folder(home: Home) -> None:
    name_credentials(home, "missing/credentials.json")


def name_a_folder_as_file(home: Home) -> None:
    (home.folder / "place").mkdir()
    name_credentials(home, "place")


def name_a_file_as_folder(home: Home) -> None:
    name_credentials(home, "config.toml/credentials.json")


def break_the_config(home: Home) -> None:
    home.write_config("worker = 4\n")


def name_credentials(home: Home, path: str) -> None:
    text = home.config.read_text(encoding="utf-8")
    home.config.write_text(text.replace("[codabox]", f'[codabox]\ncredentials_file = "{path}"'), encoding="utf-8")


@pytest.mark.parametrize(
    ("obstruct", "words"),
    [
        (have_credentials, "already holds credentials; the token was not used - add --replace"),
        (name_a_missing_folder, "No such file or directory"),
        (name_a_folder_as_file, "it is a folder"),
        (name_a_file_as_folder, "Not a directory"),
        (break_the_config, "unknown key sync.worker (did you mean workers?)"),
    ],
)
def test_what_is_wrong_here_is_told_before_the_token_is_spent(
    newcomer: Home, obstruct: Callable[[Home], None], words: str
) -> None:
    token = newcomer.box.issue_token()
    obstruct(newcomer)
    before = files(newcomer)
    done = newcomer.run("register", token, code=10)
    assert words in done.stderr
    assert newcomer.box.requests == []
    assert files(newcomer) == before
    newcomer.write_config()
    newcomer.call("register", token, "--replace")


def test_a_disk_without_room_is_noticed_before_the_token_is_spent(newcomer: Home) -> None:
    token = newcomer.box.issue_token()
    done = subprocess.run(
        ["sh", "-c", 'ulimit -f 0; exec "$@"', "sh", *newcomer.command("register", token)],
        capture_output=True,
        text=True,
        check=False,
        env=newcomer.environ(PYTHONDONTWRITEBYTECODE="1"),
    )
    assert (done.returncode, done.stdout) == (10, "")
    assert "make room on this disk" in done.stderr
    assert newcomer.box.requests == []
    assert files(newcomer) == {"config.toml"}
    newcomer.call("register", token)


@pytest.mark.parametrize(
    ("arguments", "given", "words"),
    [((), "", "no TOKEN given; write - to read it from stdin"), (("-",), "\n", "the token is empty")],
)
def test_without_a_token_and_without_a_terminal_nothing_happens(
    newcomer: Home, arguments: tuple[str, ...], given: str, words: str
) -> None:
    done = newcomer.run("register", *arguments, given=given, code=2)
    assert done.stderr == f"codasync: {words}\n"
    assert newcomer.box.requests == []
    assert files(newcomer) == {"config.toml"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8:surrogateescape"])
def test_a_token_that_is_no_text_is_a_wrong_command_line(newcomer: Home, encoding: str) -> None:
    for arguments in (["-"], [b"\xe9\xff"]):
        done = subprocess.run(
            [*newcomer.command("register"), *arguments],
            input=b"\xe9\xff\n",
            capture_output=True,
            check=False,
            env=newcomer.environ(PYTHONIOENCODING=encoding),
        )
        assert (done.returncode, done.stderr) == (2, b"codasync: the token is not text in UTF-8\n")
    assert newcomer.box.requests == []


# --- what stands beside the credentials

BEGUN = ".credentials.json.codasync-x1y2z3_4.part"
ANSWER = json.dumps({"username": "of another", "password": "of another"})


def write(path: Path, text: str = ANSWER, permissions: int = 0o600) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(permissions)


def back_up(folder: Path) -> None:
    for name in (".credentials.json.old", ".credentials.json.bak", ".credentials.json.x1y2z3_4", f"{BEGUN}~"):
        write(folder / name)


def plant_readable(folder: Path) -> None:
    write(folder / BEGUN, permissions=0o644)


def plant_second_name(folder: Path) -> None:
    write(folder / "mine")
    (folder / BEGUN).hardlink_to(folder / "mine")


def plant_link(folder: Path) -> None:
    write(folder / "mine")
    (folder / BEGUN).symlink_to(folder / "mine")


def plant_dangling_link(folder: Path) -> None:
    (folder / BEGUN).symlink_to(folder / "nowhere")


def plant_pipe(folder: Path) -> None:
    os.mkfifo(folder / BEGUN, 0o600)


def plant_empty_backup(folder: Path) -> None:
    write(folder / ".credentials.json.old", "")


def plant_as_nobody(folder: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file to another user")
    write(folder / BEGUN)
    os.chown(folder / BEGUN, 65534, 65534)


def plant_half(folder: Path) -> None:
    write(folder / BEGUN, ANSWER[:-5])


PLANTS = [
    back_up,
    plant_readable,
    plant_second_name,
    plant_link,
    plant_dangling_link,
    plant_pipe,
    plant_empty_backup,
    plant_as_nobody,
    plant_half,
]


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
@pytest.mark.parametrize("replace", [False, True])
def test_what_no_registration_of_this_user_left_is_not_taken_for_credentials_and_left_alone(
    newcomer: Home, plant: Callable[[Path], None], *, replace: bool
) -> None:
    if replace:
        newcomer.write_credentials()
    plant(newcomer.folder)
    before = {path.name: identity(path) for path in newcomer.folder.iterdir() if path != newcomer.credentials}
    done = newcomer.call("register", newcomer.box.issue_token(), *["--replace"] * replace)
    assert done.stderr == f"registered: the credentials are in {newcomer.credentials}\n"
    assert json.loads(newcomer.credentials.read_text())["password"] == newcomer.box.password
    after = {path.name: identity(path) for path in newcomer.folder.iterdir() if path != newcomer.credentials}
    assert after == before


# --- what CodaBox may answer


def test_a_refused_token_leaves_nothing_behind(newcomer: Home) -> None:
    older = newcomer.box.issue_token()
    newcomer.box.issue_token()
    for token, words in (("invented", "does not exist"), (older, "was replaced by a newer one")):
        done = newcomer.call("register", token, code=12)
        assert words in done.stderr
        assert "ask api@codabox.com for a new one" in done.stderr
    assert files(newcomer) == {"config.toml"}


def test_credentials_are_replaced_only_when_new_ones_have_come(home: Home) -> None:
    kept = home.credentials.read_bytes()
    home.call("register", "invented", "--replace", code=12)
    assert home.credentials.read_bytes() == kept
    home.box.password = "another"
    home.call("register", home.box.issue_token(), "--replace")
    assert json.loads(home.credentials.read_bytes())["password"] == "another"
    assert mode(home.credentials) == 0o600


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>Welcome</html>",
        b'{"username": "AB-1234"}',
        b'{"user": "AB-1234", "pass": "geheim"}',
        b'{"username": 5, "password": "geheim"}',
        b'{"username": "\\ud800", "password": "geheim"}',
        b"\xff\xfe",
    ],
)
def test_an_answer_that_is_not_understood_is_kept_on_disk(newcomer: Home, answer: bytes) -> None:
    newcomer.box.fault("/get-credentials/", faults.respond(200, answer))
    done = newcomer.call("register", newcomer.box.issue_token(), code=1)
    [left] = files(newcomer) - {"config.toml"}
    kept = newcomer.folder / left
    assert str(kept) in done.stderr
    assert kept.read_bytes() == answer
    assert mode(kept) == 0o600
    assert "geheim" not in done.stderr


@pytest.mark.parametrize(
    "trouble", [faults.lose_answer, faults.cut(), faults.refuse(502)], ids=["lost", "cut", "gateway"]
)
def test_a_lost_answer_is_told_as_such_and_the_call_is_not_repeated(newcomer: Home, trouble: faults.Action) -> None:
    newcomer.write_config(time_budget=60)
    newcomer.box.fault("/get-credentials/", trouble)
    done = newcomer.call("register", newcomer.box.issue_token(), code=13)
    assert "try the same token once more; if CodaBox refuses it, ask api@codabox.com for a new one" in done.stderr
    assert len(newcomer.box.requests) == 1
    assert files(newcomer) == {"config.toml"}


def test_a_codabox_that_is_not_reached_has_not_spent_the_token(newcomer: Home) -> None:
    newcomer.box.stop()
    done = newcomer.call("register", "0a1b2c3d", code=13)
    assert "Connection refused - the token was not used" in done.stderr
    assert "0a1b2c3d" not in done.stderr
    assert files(newcomer) == {"config.toml"}


def test_a_folder_that_vanishes_during_the_call_does_not_cost_the_credentials(newcomer: Home) -> None:
    place = newcomer.folder / "place"
    place.mkdir()
    name_credentials(newcomer, "place/credentials.json")

    def remove_first(exchange: faults.Exchange) -> None:
        shutil.move(place, newcomer.folder / "moved")
        exchange.send(exchange.answer())

    newcomer.box.fault("/get-credentials/", remove_first)
    done = newcomer.call("register", newcomer.box.issue_token(), code=10)
    assert "the credentials are safe in" in done.stderr
    [kept] = (newcomer.folder / "moved").iterdir()
    assert json.loads(kept.read_bytes())["password"] == newcomer.box.password
