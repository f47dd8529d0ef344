"""`codasync sandbox`: an imitation of CodaBox that a person starts, moves on by a day and stops."""

import io
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path

import pytest
from support import heard

from codasync import cli, demo, sandbox


def codasync(*arguments: object, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a command in this process."""
    out, err = io.StringIO(), io.StringIO()
    command = list(map(str, arguments))
    with redirect_stdout(out), redirect_stderr(err):
        found = cli.run(command)
    done = subprocess.CompletedProcess(command, found, out.getvalue(), err.getvalue())
    assert done.returncode == code, (done.stdout, done.stderr)
    return done


@contextmanager
def serving(folder: Path, *options: object) -> Iterator[str]:
    """Serve a sandbox and give what it says to write into a config; end it as a person does."""
    command = [sys.executable, "-m", "codasync", "sandbox", str(folder), *map(str, options)]
    with heard(signal.SIGINT):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with process:
        assert process.stderr
        try:
            yield "".join(process.stderr.readline() for _ in range(3))
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)
    assert process.returncode == 130


def test_a_person_tries_everything_out_against_a_sandbox_that_lasts(tmp_path: Path) -> None:
    folder, config = tmp_path / "sandbox", tmp_path / "config.toml"
    sandbox.create(folder, weeks=1)
    with serving(folder) as first:
        config.write_text(f'{first}[sync]\ntime_budget = 0\n[invoices]\ndossiers = "enabled"\n', encoding="utf-8")
        token = codasync("sandbox", folder, "--token").stdout.strip()
        codasync("--config", config, "register", token)
        codasync("--config", config, "dossiers", "--refresh")
        rows = json.loads(codasync("--config", config, "journals", "--format", "json").stdout)
        [account, *_] = (row for row in rows if row["account_state"] == row["mandate_state"] == "active")
        codasync("--config", config, "enable-journal", account["dossier_code"], account["iban"])
        assert "documents received" in codasync("--config", config, "sync").stderr
        assert "it is 20" in codasync("sandbox", folder, "--advance", 7).stderr
        assert "received" in codasync("--config", config, "sync").stderr
    codasync("--config", config, "sync", code=13)
    with serving(folder) as second:
        assert second == first
        assert codasync("--config", config, "sync").stderr.startswith("codasync: over now: ")


@pytest.mark.parametrize("option", ["--token", "--advance=1"])
def test_a_folder_without_a_sandbox_has_no_tokens_and_no_days(tmp_path: Path, option: str) -> None:
    done = codasync("sandbox", tmp_path / "nowhere", option, code=10)
    assert done.stderr == (
        f"codasync: {tmp_path / 'nowhere'} holds no sandbox - make one with: codasync sandbox {tmp_path / 'nowhere'}\n"
    )
    assert not (tmp_path / "nowhere").exists()


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with serving(tmp_path / "one") as said:
        port = said.split('"')[1].split(":")[2].split("/")[0]
        done = codasync("sandbox", tmp_path / "two", "--port", port, code=10)
    assert f"port {port} on 127.0.0.1 is taken" in done.stderr


def test_a_damaged_sandbox_is_told(tmp_path: Path) -> None:
    (tmp_path / "sandbox.json").write_text("{}", encoding="utf-8")
    assert "is not the state of a sandbox" in codasync("sandbox", tmp_path, "--token", code=10).stderr


def test_a_folder_that_cannot_be_made_is_a_wrong_command_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = codasync("sandbox", tmp_path / "file" / "sandbox", code=2)
    assert done.stderr == f"codasync: cannot make {tmp_path / 'file' / 'sandbox'}: Not a directory\n"


# --- the demo


def test_a_demo_is_played_where_one_stands_and_can_be_played_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sandbox, "create", partial(sandbox.create, weeks=1))
    told = codasync("demo", ".").stdout
    assert "codasync --config ./config.toml status" in told
    for line in (line for line in told.splitlines() if "ledger" in line or "transactions 0" in line):
        shown = codasync(*line.split()[1:]).stdout.splitlines()
    assert {line.split()[0] for line in shown[2:]} >= {"unprocessed", "matched", "unmatched"}
    made = {path.name for path in tmp_path.iterdir()}
    assert made == {"config.toml", "credentials.json", "codasync.db", "codasync.db.lock", "ledger.csv", "sandbox"}
    demo.prepare(Path())
    assert {path.name for path in tmp_path.iterdir()} == {"config.toml", "sandbox"}


@pytest.mark.parametrize("strange", ["precious.xlsx", ".hidden", "sandbox/precious.xlsx", "export/1.xml"])
def test_a_demo_replaces_nothing_where_anything_else_is(tmp_path: Path, strange: str) -> None:
    demo.prepare(tmp_path)
    (tmp_path / strange).parent.mkdir(exist_ok=True)
    (tmp_path / strange).touch()
    before = sorted(tmp_path.rglob("*"))
    assert "was made by no demo; name a folder that is empty" in codasync("demo", tmp_path, code=2).stderr
    assert sorted(tmp_path.rglob("*")) == before


def test_a_demo_replaces_neither_an_office_nor_a_sandbox_nor_what_a_link_leads_to(tmp_path: Path) -> None:
    office, box, linked = (tmp_path / name for name in ("office", "box", "linked"))
    office.mkdir()
    (office / "config.toml").write_text("[codabox]\n", encoding="utf-8")
    (office / "credentials.json").touch()
    sandbox.create(box / "sandbox")
    demo.prepare(linked)
    (linked / "sandbox").rename(tmp_path / "elsewhere")
    (linked / "sandbox").symlink_to(tmp_path / "elsewhere")
    before = sorted(tmp_path.rglob("*"))
    for folder in (office, box, linked):
        assert "was made by no demo" in codasync("demo", folder, code=2).stderr
    assert sorted(tmp_path.rglob("*")) == before


def test_a_demo_in_a_file_is_a_wrong_command_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "Not a directory" in codasync("demo", tmp_path / "file" / "demo", code=2).stderr
