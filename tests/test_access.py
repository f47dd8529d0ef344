"""Who may read and write what: no file is trusted that anybody can change, and no secret is readable by others."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from desk import account, statement
from support import Home

MAIN = account(1)
HERE = Path(__file__).parent.parent


def test_a_config_that_anybody_may_write_is_not_followed(home: Home) -> None:
    home.config.chmod(0o646)
    done = home.run("sync", code=10)
    assert "anybody may write it" in done.stderr
    assert home.box.requests == []


@pytest.mark.parametrize("command", ["sync", "status"])
def test_a_database_that_anybody_may_write_is_not_trusted(home: Home, command: str) -> None:
    home.call("sync")
    home.database.chmod(0o666)
    home.box.requests.clear()
    done = home.run(command, code=14)
    assert f"chmod o-w {home.database}" in done.stderr
    assert home.box.requests == []
    home.database.chmod(0o644)
    home.call(command)


@pytest.fixture
def kept_apart(home: Home) -> Home:
    """An office with config, database and credentials in a folder each, `config`, `database`, `credentials`."""
    home.call("sync")
    for kind, path in (("config", home.config), ("database", home.database), ("credentials", home.credentials)):
        (home.folder / kind).mkdir()
        path.rename(home.folder / kind / path.name)
    home.config = home.folder / "config" / "config.toml"
    text = home.config.read_text().replace("codasync.db", "../database/codasync.db")
    places = '[codabox]\ncredentials_file = "../credentials/credentials.json"'
    home.config.write_text(text.replace("[codabox]", places))
    home.call("sync")
    home.box.requests.clear()
    return home


PLACES = [("config", 10), ("database", 14), ("credentials", 10)]


@pytest.mark.parametrize(("kind", "code"), PLACES)
def test_a_file_in_a_folder_in_which_anybody_may_put_another_in_its_place_is_not_trusted(
    kept_apart: Home, kind: str, code: int
) -> None:
    folder = kept_apart.folder / kind
    folder.chmod(0o777)
    done = kept_apart.run("sync", code=code)
    assert "anybody may put another" in done.stderr
    assert f"`chmod o-w {folder}`" in done.stderr
    assert done.stderr.count("\n") == 1
    assert kept_apart.box.requests == []
    for trusted in (0o1777, 0o775):
        folder.chmod(trusted)
        kept_apart.call("sync")


def test_no_database_is_made_where_anybody_may_put_another_in_its_place(kept_apart: Home) -> None:
    folder = kept_apart.folder / "database"
    for path in folder.iterdir():
        path.unlink()
    folder.chmod(0o777)
    assert f"`chmod o-w {folder}`" in kept_apart.run("sync", code=14).stderr
    assert [path.name for path in folder.iterdir() if path.suffix != ".lock"] == []


@pytest.mark.parametrize(("kind", "code"), PLACES)
def test_a_link_is_trusted_as_little_as_the_folder_that_it_leads_to(kept_apart: Home, kind: str, code: int) -> None:
    (elsewhere := kept_apart.folder / "elsewhere").mkdir()
    [link] = [path for path in (kept_apart.folder / kind).iterdir() if path.suffix != ".lock"]
    link.rename(elsewhere / link.name)
    link.symlink_to(elsewhere / link.name)
    kept_apart.call("sync")
    elsewhere.chmod(0o777)
    assert f"`chmod o-w {elsewhere}`" in kept_apart.run("sync", code=code).stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")
@pytest.mark.parametrize("kind", ["config", "credentials"])
def test_a_file_of_another_user_says_neither_where_to_send_the_password_nor_which_one(
    kept_apart: Home, kind: str
) -> None:
    [file] = (kept_apart.folder / kind).iterdir()
    os.chown(file, 65534, 0)
    done = kept_apart.run("sync", code=10)
    assert f"{kind}/{file.name}" in done.stderr
    assert "belongs to user 65534" in done.stderr
    assert done.stderr.count("\n") == 1
    assert kept_apart.box.requests == []


@pytest.mark.parametrize("umask", [0, 0o077])
def test_what_a_pass_makes_is_for_its_owner_and_his_group_whatever_the_umask(home: Home, umask: int) -> None:
    home.box.add_dossier("0042", "Boulangerie")
    home.box.add_account("0042", MAIN.number, MAIN.bic)
    home.box.deliver_coda("0042", statement(MAIN))
    shell = f'umask {umask:o}; exec "$@"'
    for arguments in (["enable-journal", "0042", MAIN.number], ["sync"]):
        subprocess.run(["sh", "-c", shell, "sh", *home.command(*arguments)], env=home.environ(), check=True)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in home.folder.iterdir() if path != home.config}
    assert modes == {"codasync.db": 0o640 & ~umask, "codasync.db.lock": 0o600, "credentials.json": 0o600}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_config_folder_of_somebody_else_is_passed_over(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    script = (
        "import os, sys\nfrom pathlib import Path\nfrom codasync import config, errors\n"
        "os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "try: config.load(None, {'XDG_CONFIG_HOME': sys.argv[1]})\n"
        "except errors.ConfigMissing as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True, cwd=HERE
    )
    assert "/etc/codasync/config.toml" in done.stdout
