"""A sandbox in a folder is stopped, started again and moved on by another process, and forgets nothing."""

import json
import os
import signal
import subprocess
import sys
import threading
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import requests

from codasync.errors import CodasyncError
from codasync.sandbox import Sandbox, advance, create, exists, issue_token, open_folder
from codasync.sandbox.folder import STATE_FILE

START = date(2026, 3, 2)


def get(box: Sandbox, path: str) -> requests.Response:
    headers = {"X-Software-Company": box.software_company}
    return requests.get(f"{box.url}/{path}", headers=headers, auth=(box.username, box.password), timeout=5)


def listed(box: Sandbox, code: str = "DUPONT") -> list[str]:
    feed = get(box, f"delivery/feed/{box.office.find(code).feed_id}/").json()
    return [entry["feed_index"] for entry in feed["feed_entries"]]


def acknowledge(box: Sandbox, index: str, code: str = "DUPONT") -> None:
    headers = {"X-Software-Company": box.software_company}
    url = f"{box.url}/delivery/feed/{box.office.find(code).feed_id}/"
    auth = (box.username, box.password)
    requests.put(url, json={"feed_offset": index}, headers=headers, auth=auth, timeout=5).raise_for_status()


def test_port_password_acknowledgements_and_tokens_survive_a_restart(tmp_path: Path) -> None:
    token = ""
    with create(tmp_path, seed=3, start=START) as first:
        entries = listed(first)
        acknowledge(first, entries[4])
        token = issue_token(tmp_path)
        assert get(first, f"get-credentials/{token}/").status_code == 200
        known = first.url, first.software_company, first.username, first.password, first.today
    with open_folder(tmp_path) as second:
        assert (second.url, second.software_company, second.username, second.password, second.today) == known
        assert listed(second) == entries[5:]
        assert get(second, f"get-credentials/{token}/").status_code == 403


def test_the_day_moves_on_while_the_server_runs_and_while_it_does_not(tmp_path: Path) -> None:
    box = create(tmp_path, start=START)
    with box:
        before = listed(box)
        assert advance(tmp_path) == date(2026, 4, 14)
        during = listed(box)
        assert len(during) > len(before)
    assert advance(tmp_path, 2) == date(2026, 4, 16)
    with open_folder(tmp_path) as again:
        assert listed(again)[: len(during)] == during
        assert len(listed(again)) > len(during)


def test_a_second_process_moves_the_day_and_makes_a_token(tmp_path: Path) -> None:
    code = "from sys import argv; from codasync.sandbox import *; advance(argv[1]); print(issue_token(argv[1]))"
    with create(tmp_path, start=START) as box:
        shown = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True)
        assert box.today == date(2026, 4, 14)
        assert get(box, f"get-credentials/{shown.stdout.strip()}/").status_code == 200


def test_changes_from_several_threads_and_openings_are_not_lost(tmp_path: Path) -> None:
    create(tmp_path, start=START)
    boxes = [open_folder(tmp_path) for _ in range(4)]
    threads = [threading.Thread(target=lambda box=box: [box.issue_token() for _ in range(10)]) for box in boxes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    fates = list(boxes[0].memory.read().tokens.values())
    assert sorted(fates) == ["live"] + ["replaced"] * 39


def test_without_a_start_the_documents_lead_up_to_today(tmp_path: Path) -> None:
    today = datetime.now().astimezone().date()
    box = create(tmp_path)
    assert today - timedelta(days=5) <= box.today <= today
    assert box.memory.read().start == today - timedelta(weeks=6)


def test_the_state_is_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    create(tmp_path / "deep" / "folder", seed=9, start=START)
    path = tmp_path / "deep" / "folder" / STATE_FILE
    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text())["seed"] == 9
    assert {found.name for found in path.parent.iterdir()} == {STATE_FILE}


def test_a_folder_without_a_sandbox_with_one_or_with_a_damaged_one_is_refused_in_words(tmp_path: Path) -> None:
    assert not exists(tmp_path)
    with pytest.raises(CodasyncError, match="holds no sandbox"):
        open_folder(tmp_path)
    create(tmp_path)
    assert exists(tmp_path)
    with pytest.raises(CodasyncError, match="holds a sandbox already") as caught:
        create(tmp_path)
    assert caught.value.advice
    for damage in ("{", "[]", '{"seed": 1}', '{"start": "x", "day": "y"}'):
        (tmp_path / STATE_FILE).write_text(damage)
        with pytest.raises(CodasyncError, match="is not the state of a sandbox"):
            open_folder(tmp_path)


def test_a_taken_port_is_refused_in_words_and_can_be_changed(tmp_path: Path) -> None:
    with create(tmp_path, start=START) as box:
        with pytest.raises(CodasyncError, match="is taken") as caught, open_folder(tmp_path):
            pass
        assert caught.value.advice
        with open_folder(tmp_path, port=0) as second:
            assert second.url != box.url
            assert get(second, "clients/").status_code == 200


def test_serving_lasts_until_it_is_interrupted(tmp_path: Path) -> None:
    box = create(tmp_path, start=START)
    code = (
        "from sys import argv; from codasync.sandbox import *; serve(argv[1], lambda box: print(box.url, flush=True))"
    )
    with subprocess.Popen([sys.executable, "-c", code, tmp_path], stdout=-1, stderr=-1, text=True) as process:
        assert process.stdout
        assert process.stdout.readline().strip() == box.url
        assert get(box, "clients/").status_code == 200
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=10)
    assert errors.endswith("KeyboardInterrupt\n")
    with pytest.raises(requests.ConnectionError):
        get(box, "clients/")


def test_days_do_not_go_back(tmp_path: Path) -> None:
    create(tmp_path, start=START)
    with pytest.raises(ValueError, match="back"):
        advance(tmp_path, -1)


def test_a_full_disk_leaves_the_old_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create(tmp_path, start=START)

    def fail(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        advance(tmp_path)
    assert open_folder(tmp_path).today == date(2026, 4, 13)
