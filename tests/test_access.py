"""Who may read and write what: no file is trusted that anybody can change, and no secret is readable by others."""

import stat
import subprocess

import pytest
from desk import account, statement
from support import Home

MAIN = account(1)


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
