"""`--log-json`: what happens, one JSON object a line on stderr for those who ship logs, and nothing secret."""

import fcntl
import json
import re
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest
from desk import Desk, account, invoice, statement, statements
from support import Home, Row
from test_cli_secrets import files, secrets

from codasync.sandbox import Dossier, faults

MAIN = account(1)
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


@pytest.fixture
def desk(home: Home) -> Desk:
    return Desk(home)


@pytest.fixture
def dossier(desk: Desk) -> Dossier:
    return desk.dossier("0042", MAIN)


def events(done: subprocess.CompletedProcess[str]) -> list[Row]:
    """Read what a command wrote to stderr, which has to be events and nothing else."""
    found = [json.loads(line) for line in done.stderr.splitlines()]
    for event in found:
        assert list(event)[:3] == ["time", "level", "event"]
        assert re.fullmatch(TIME, event["time"])
        assert event["message"]
    return found


def of(kind: str, found: list[Row]) -> list[Row]:
    return [event for event in found if event["event"] == kind]


def facts(event: Row, *names: str) -> tuple[object, ...]:
    return tuple(event[name] for name in names)


# --- a pass


def test_what_is_fetched_when_a_journal_is_enabled_is_told_as_in_a_pass(desk: Desk, dossier: Dossier) -> None:
    desk.home.call("disable-journal", "0042", MAIN.number)
    indices = [desk.deliver_coda(dossier, one) for one in statements(MAIN, 2)]
    desk.sync()
    desk.box.fault(f"/download/{indices[1]}/", faults.refuse(404))
    found = events(desk.home.call("--log-json", "enable-journal", "0042", MAIN.number, "--since", "2026-03-01"))
    documents = [facts(one, "dossier", "feed", "feed_kind", "feed_index", "state") for one in of("document", found)]
    feed = ("0042", str(dossier.feed_id), "normal")
    assert documents == [(*feed, indices[0], "stored"), (*feed, indices[1], "skipped")]
    assert all(one["milliseconds"] >= 0 for one in of("document", found))


def test_a_pass_for_a_dossier_that_nobody_knows_is_told_to_its_end(desk: Desk, dossier: Dossier) -> None:
    found = events(desk.home.call("--log-json", "sync", "--dossier", "nobody", code=2))
    assert [facts(one, "exit_code") for one in of("pass_ended", found)] == [(2,)]
    assert found[-1]["event"] == "error"


def test_a_pass_tells_each_request_document_and_acknowledgement(desk: Desk, dossier: Dossier) -> None:
    stored = desk.deliver_coda(dossier, statement(MAIN))
    again = desk.deliver_coda(dossier, statement(MAIN), newline="\n")
    unreadable = desk.deliver(dossier, "coda", {"cod": b"no CODA"}, {"iban": MAIN.number})
    desk.box.requests.clear()
    done = desk.home.run("--log-json", "sync", code=3)
    assert done.stdout == ""
    found = events(done)
    assert (found[0]["event"], found[-1]["event"]) == ("pass_started", "pass_ended")
    told = Counter(facts(one, "method", "path", "status") for one in of("request", found))
    assert told == Counter((one.method, one.path.removeprefix("/v2"), one.status) for one in desk.box.requests)
    assert all(one["milliseconds"] >= 0 and one["error"] == "" for one in of("request", found))
    documents = [facts(one, "dossier", "feed_index", "format", "state") for one in of("document", found)]
    assert documents == [
        ("0042", stored, "cod", "stored"),
        ("0042", again, "cod", "duplicate"),
        ("0042", unreadable, "cod", "unreadable"),
    ]
    for one in of("document", found):
        row = desk.document(one["feed_index"])
        assert facts(one, "document", "bytes", "model") == (row["id"], row["size"], row["model"])
        assert one["reason"] == (row["reason"] if row["state"] == "unreadable" else "")
    [acknowledged] = of("acknowledged", found)
    assert facts(acknowledged, "dossier", "feed", "feed_kind", "feed_index") == (
        *("0042", str(dossier.feed_id), "normal"),
        unreadable,
    )
    ended = found[-1]
    assert facts(ended, "exit_code", "feeds_polled", "feeds_failed", "run") == (3, 2, 0, 1)
    assert ended["documents"] == {"stored": 1, "duplicate": 1, "unreadable": 1}


def test_a_download_says_whose_and_which_document_it_is(desk: Desk, dossier: Dossier) -> None:
    index = desk.deliver_coda(dossier, statement(MAIN))
    found = events(desk.home.call("--log-json", "sync"))
    [request] = [one for one in of("request", found) if "/download/" in one["path"]]
    assert facts(request, "dossier", "feed_index", "format") == ("0042", index, "cod")


def test_an_unavailable_document_is_a_trouble_until_it_comes(desk: Desk, dossier: Dossier) -> None:
    index = desk.deliver_coda(dossier, statement(MAIN))
    away = desk.box.fault(f"/download/{index}/", faults.refuse(404), times=None)
    found = events(desk.home.call("--log-json", "sync", code=3))
    number = desk.document(index)["id"]
    [document] = of("document", found)
    assert facts(document, "document", "state", "level") == (number, "unavailable", "warning")
    assert "404" in document["reason"]
    [trouble] = of("trouble", found)
    assert facts(trouble, "dossier", "document", "exit_code", "name") == ("0042", number, 3, f"document {number}")
    desk.box.heal([away])
    [over] = of("trouble_over", events(desk.home.call("--log-json", "sync")))
    assert over["name"] == f"document {number}"


def test_requests_that_fail_are_told_each_with_what_came_of_it(desk: Desk, dossier: Dossier) -> None:
    desk.home.write_config(time_budget=5)
    desk.box.fault("/pod-client/", faults.refuse(503, "Busy."))
    desk.box.fault("/delivery/feed/", faults.cut())
    desk.box.fault("/redownload-feed/", faults.reset, times=None)
    desk.home.write_config(time_budget=3)
    found = events(desk.home.call("--log-json", "sync", code=3))
    pod = [facts(one, "status", "error") for one in of("request", found) if one["path"] == "/delivery/pod-client/"]
    assert pod == [(503, "the list of feeds: CodaBox answered 503 Busy."), (200, "")]
    feed = [facts(one, "status", "error") for one in of("request", found) if "/delivery/feed/" in one["path"]]
    assert feed[0][0] == 200
    assert "cut short" in str(feed[0][1])
    assert feed[1] == (200, "")
    lost = [one for one in of("request", found) if "/redownload-feed/" in one["path"]]
    assert {one["status"] for one in lost} == {None}
    assert all(one["error"] for one in lost)
    assert [one["dossier"] for one in of("trouble", found)] == ["0042"]


def test_quiet_leaves_what_goes_wrong(desk: Desk, dossier: Dossier) -> None:
    desk.deliver_coda(dossier, statement(MAIN))
    assert desk.home.call("--log-json", "-q", "sync").stderr == ""
    desk.deliver(dossier, "purchase_invoice", {"xml": b"<no/>"})
    found = events(desk.home.call("--log-json", "-q", "sync", code=3))
    assert [facts(one, "event", "state") for one in found] == [("document", "unreadable")]


# --- other commands, and how a run ends


def test_earlier_statements_are_told_as_documents_too(desk: Desk) -> None:
    desk.dossier("0042", MAIN, enabled=False)
    index = desk.box.deliver_coda("0042", statement(MAIN))
    desk.sync()
    done = desk.home.call("--log-json", "enable-journal", "0042", MAIN.number, "--since", "2026-01-01")
    [document] = of("document", events(done))
    assert facts(document, "dossier", "feed_index", "format", "state") == ("0042", index, "cod", "stored")


def test_what_is_exported_is_told_and_what_is_in_the_way(desk: Desk, dossier: Dossier) -> None:
    for one in statements(MAIN, 2):
        desk.deliver_coda(dossier, one)
    desk.deliver(desk.dossier("0043"), "purchase_invoice", {"xml": invoice()})
    desk.sync()
    out = desk.home.folder / "out"
    out.mkdir()
    (out / "0043").symlink_to("/")
    found = events(desk.home.call("--log-json", "export", out, code=3))
    exported = of("exported", found)
    assert [one["dossier"] for one in exported] == ["0042", "0042"]
    assert all((out / one["path"]).is_file() for one in exported)
    [trouble] = of("trouble", found)
    assert facts(trouble, "path", "documents") == (str(out / "0043"), 1)
    assert facts(found[-1], "event", "documents", "files") == ("export_ended", 2, 2)


@pytest.mark.parametrize("command", [("status",), ("dossiers", "--refresh"), ("journals", "--format", "json")])
def test_stdout_holds_what_it_holds_without_it(desk: Desk, dossier: Dossier, command: tuple[str, ...]) -> None:
    desk.sync()
    plain = desk.home.call(*command)
    logged = desk.home.call("--log-json", *command)
    assert logged.stdout == plain.stdout
    events(logged)


def test_what_a_command_says_is_a_message(desk: Desk, dossier: Dossier) -> None:
    done = desk.home.call("--log-json", "disable-journal", "0042", MAIN.number)
    [message] = of("message", events(done))
    assert "is disabled; what was received stays" in message["message"]


@pytest.mark.parametrize(
    ("arguments", "code", "kind"),
    [
        (("sync", "--nonsense"), 2, "NoSuchOption"),
        (("show", "4711"), 2, "UnknownDocument"),
        (("--config", "nowhere.toml", "sync"), 10, "ConfigMissing"),
        (("--db", "/nowhere/codasync.db", "status"), 14, "DatabaseTrouble"),
    ],
)
def test_an_error_tells_its_exit_code(desk: Desk, arguments: tuple[str, ...], code: int, kind: str) -> None:
    desk.sync()
    [error] = events(desk.home.call("--log-json", *arguments, code=code))
    assert facts(error, "event", "level", "exit_code", "error_kind") == ("error", "error", code, kind)


def test_troubles_of_the_whole_pass_tell_their_exit_codes(desk: Desk, dossier: Dossier) -> None:
    with desk.home.database.with_name("codasync.db.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        [error] = events(desk.home.call("--log-json", "sync", code=11))
        assert facts(error, "event", "exit_code") == ("error", 11)
    desk.box.fault("/pod-client/", faults.refuse(503))
    found = events(desk.home.call("--log-json", "sync", code=13))
    assert [one["exit_code"] for one in of("trouble", found)] == [13]
    desk.box.password = "another"
    found = events(desk.home.call("--log-json", "sync", code=12))
    assert [one["exit_code"] for one in (*of("trouble", found), *of("pass_ended", found))] == [12, 12]


def test_a_signal_is_an_error_after_a_pass_that_was_interrupted(desk: Desk, dossier: Dossier) -> None:
    desk.deliver_coda(dossier, statement(MAIN))
    fault = desk.box.fault("/download/", faults.delay(0.5))
    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        process = subprocess.Popen(
            desk.home.command("--log-json", "sync"), env=desk.home.environ(), stderr=subprocess.PIPE, text=True
        )
    finally:
        signal.signal(signal.SIGTERM, before)
    with process:
        while not fault.played:
            time.sleep(0.005)
        process.terminate()
        _, err = process.communicate(timeout=30)
    found = events(subprocess.CompletedProcess([], process.returncode, "", err))
    assert [facts(one, "event", "exit_code") for one in found[-2:]] == [("pass_ended", None), ("error", 143)]
    assert found[-2]["interrupted"] is True


BUG = "from codasync import cli, store_reports; store_reports.dossiers = lambda _: 1 // 0; cli.main()"


@pytest.mark.parametrize("verbose", [(), ("-v",)])
def test_a_bug_is_an_error_whose_traceback_is_told_when_asked_for(desk: Desk, verbose: tuple[str, ...]) -> None:
    desk.sync()
    command = [sys.executable, "-c", BUG, *desk.home.command("--log-json", *verbose, "dossiers")[3:]]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=desk.home.environ())
    error = events(done)[-1]
    assert facts(error, "event", "exit_code", "error_kind") == ("error", 1, "ZeroDivisionError")
    assert ("traceback" in error) == bool(verbose)
    assert "Traceback" not in re.sub(r'"traceback": .*', "", done.stderr)


# --- what must not be in it


def test_nothing_secret_is_in_the_log(home: Home) -> None:
    home.credentials.unlink()
    home.box.add_dossier("0042", "Boulangerie Hélène")
    home.box.add_account("0042", MAIN.number, MAIN.bic)
    home.box.deliver_coda("0042", statement(MAIN))
    token, lost = home.box.issue_token(), "lost-token-4711"
    written = [
        home.run("--log-json", "-vv", "register", token),
        home.run("--log-json", "-vv", "enable-journal", "0042", MAIN.number),
        home.run("--log-json", "-vv", "sync"),
        home.run("--log-json", "-vv", "register", token, "--replace", code=12),
    ]
    home.box.fault("/get-credentials/", faults.lose_answer)
    written.append(home.run("--log-json", "-vv", "register", lost, "--replace", code=13))
    text = "\n".join(done.stdout + done.stderr for done in written)
    paths = [one["path"] for done in written for one in of("request", events(done))]
    assert paths.count("/get-credentials/***/") == 3
    for secret in [*secrets(home, token, lost), home.box.software_company]:
        assert secret not in text
    for secret in secrets(home, token, lost):
        assert not any(secret in content for content in files(home))


def test_names_of_strangers_do_nothing_to_a_terminal_and_break_no_line(home: Home) -> None:
    name = 'Evil\x1b[2J\x9b31m\u202e\n{"event": "forged"}\u2028"'
    home.box.add_dossier("0042\x1b]0;x\x07", name)
    home.box.add_account("0042\x1b]0;x\x07", MAIN.number, MAIN.bic)
    home.box.deliver("0042\x1b]0;x\x07", "coda", {"cod": b"\x1b[31m"}, {"iban": MAIN.number})
    home.call("dossiers", "--refresh")
    client = home.query("SELECT client_id FROM dossiers")[0]["client_id"]
    written = [
        home.run("--log-json", "enable-journal", client, MAIN.number),
        home.run("--log-json", "sync", code=3),
    ]
    for done in written:
        assert set(done.stderr) <= {"\n", *map(chr, range(32, 127))}
        assert not of("forged", events(done))
    assert any(name in one["message"] for one in of("message", events(written[0])))
