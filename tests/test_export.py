"""`export`: booked documents as files, each once, where accounting software looks for them."""

import datetime as dt
import os
from pathlib import Path

import pytest
from desk import Desk, account, invoice, statement, statements
from files import stem, tree
from hypothesis import given
from hypothesis import strategies as st
from support import Home

from codasync import export_names, exporting
from codasync.sandbox import Dossier, coda_writer, faults, pdf

MAIN = account(1)
OTHER = account(2)
ZONE = account(3, currency="USD", extension="007")
CODA = "0042/2026/CODA/BE80001000000177-EUR"
BOUGHT, SOLD = "0042/2026/Invoices-IN-01", "0042/2026/Invoices-OUT-01"
PAGE = pdf.write(["facture"])


@pytest.fixture
def desk(home: Home) -> Desk:
    return Desk(home)


@pytest.fixture
def dossier(desk: Desk) -> Dossier:
    return desk.dossier("0042", MAIN)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder to export to."""
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def coda(*files: coda_writer.Statement) -> bytes:
    return coda_writer.write(*files)


# --- what, and under which name


def test_statements_stand_by_account_and_invoices_by_inbox(desk: Desk, dossier: Dossier, out: Path) -> None:
    one, two, three = statements(MAIN, 3)
    desk.deliver_coda(dossier, one)
    desk.deliver_coda(dossier, two, three)
    embedding, bare, sold = invoice("A"), invoice("B", pages=None), invoice("C", pages=None)
    desk.deliver(dossier, "purchase_invoice", {"xml": embedding})
    desk.deliver(dossier, "purchase_invoice", {"xml": bare, "pdf": PAGE})
    desk.deliver(dossier, "sales_invoice", {"xml": sold})
    only = pdf.write(["V7"])
    desk.deliver(dossier, "sales_invoice", {"pdf": only})
    desk.sync()
    done = desk.home.run("export", out)
    assert (done.stdout, done.stderr) == ("", f"7 documents exported to {out}\n")
    received = desk.one("SELECT received_at FROM documents WHERE size = ?", len(only))["received_at"][:10]
    assert tree(out) == {
        f"{CODA}/2026-03-03_001_{stem(coda(one))}.cod": coda(one),
        f"{CODA}/2026-03-05_003_{stem(coda(two, three))}.cod": coda(two, three),
        f"{BOUGHT}/2026-03-02_{stem(embedding)}.xml": embedding,
        f"{BOUGHT}/2026-03-02_{stem(embedding)}.pdf": pdf.write(["facture"]),
        f"{BOUGHT}/2026-03-02_{stem(bare)}.xml": bare,
        f"{BOUGHT}/2026-03-02_{stem(bare)}.pdf": PAGE,
        f"{SOLD}/2026-03-02_{stem(sold)}.xml": sold,
        f"0042/{received[:4]}/Invoices-OUT-01/{received}_{stem(only)}.pdf": only,
    }


def test_a_subaccount_has_a_folder_of_its_own(desk: Desk, out: Path) -> None:
    desk.deliver_coda(desk.dossier("0042", ZONE), statement(ZONE))
    desk.sync()
    desk.home.call("export", out)
    [path] = tree(out)
    assert path.startswith("0042/2026/CODA/BE58001000000379-USD-007/2026-03-03_001_")


def test_further_formats_of_a_statement_stand_beside_it(desk: Desk, dossier: Dossier, out: Path) -> None:
    desk.home.write_config('[formats]\ncoda = ["cod", "pdf"]\n')
    data = coda(statement(MAIN))
    desk.deliver(dossier, "coda", {"cod": data, "pdf": PAGE}, {"iban": MAIN.number})
    desk.sync()
    desk.home.call("export", out)
    name = f"{CODA}/2026-03-03_001_{stem(data)}"
    assert tree(out) == {f"{name}.cod": data, f"{name}.pdf": PAGE}


def test_codaboxs_pdf_of_an_invoice_that_embeds_its_own_is_left_out(desk: Desk, dossier: Dossier, out: Path) -> None:
    desk.home.write_config('[formats]\npdf = "always"\n')
    desk.deliver(dossier, "purchase_invoice", {"xml": invoice("A"), "pdf": pdf.write(["a replica"])})
    desk.sync()
    desk.home.call("export", out)
    assert sorted(tree(out).values()) == sorted([invoice("A"), PAGE])


def test_a_pdf_that_comes_later_stands_beside_its_xml(desk: Desk, dossier: Dossier, out: Path) -> None:
    bare = invoice("B", pages=None)
    index = desk.deliver(dossier, "purchase_invoice", {"xml": bare, "pdf": PAGE})
    away = desk.box.fault(f"/download/{index}/pdf/", faults.refuse(500), times=None)
    desk.sync()
    desk.home.call("export", out)
    assert list(tree(out).values()) == [bare]
    desk.box.heal([away])
    desk.sync()
    assert desk.home.call("export", out).stderr == f"1 document exported to {out}\n"
    name = f"{BOUGHT}/2026-03-02_{stem(bare)}"
    assert tree(out) == {f"{name}.xml": bare, f"{name}.pdf": PAGE}


def test_what_is_not_booked_is_not_exported(desk: Desk, out: Path) -> None:
    dossier = desk.dossier("0042", MAIN, OTHER)
    desk.deliver_coda(dossier, statement(MAIN))
    desk.deliver_coda(dossier, statement(MAIN), newline="\n")  # a duplicate, of other bytes
    desk.deliver_coda(dossier, statement(MAIN, old_balance=5, duplicate=True))  # claims to be known, and differs
    desk.deliver_coda(dossier, statement(account(4)))  # of a journal that is not enabled
    desk.deliver(dossier, "coda", {"cod": b"CODA of another kind"}, {"iban": MAIN.number})
    desk.deliver(dossier, "coda", {"cod": coda(statement(OTHER))}, {"iban": MAIN.number})
    desk.deliver_coda(dossier, statement(MAIN, 2, separate_application="00001"))
    desk.deliver(dossier, "purchase_invoice", {"xml": b"<no/>"})
    desk.deliver(dossier, "soda", {"xml": b"<a/>"})
    desk.sync()
    assert desk.home.states() == {"stored": 4, "duplicate": 1, "skipped": 3, "unreadable": 2}
    desk.home.call("export", out)
    assert list(tree(out).values()) == [coda(statement(MAIN))]


def test_an_invoice_that_stands_by_its_pdf_is_exported_as_that(desk: Desk, dossier: Dossier, out: Path) -> None:
    desk.deliver(dossier, "purchase_invoice", {"xml": b"<no/>", "pdf": PAGE})
    desk.sync()
    desk.home.call("export", out)
    assert [(path.split("_")[1], data) for path, data in tree(out).items()] == [(f"{stem(PAGE)}.pdf", PAGE)]


def test_a_document_that_can_be_read_at_last_is_exported_then(desk: Desk, dossier: Dossier, out: Path) -> None:
    desk.deliver(dossier, "purchase_invoice", {"xml": invoice()})
    desk.sync()
    with desk.store() as store, store.transaction():
        for table in ("invoice_line", "invoice_vat_subtotal", "invoice_attachment", "invoice"):
            store.execute(f"DELETE FROM {table}")
        store.execute("UPDATE document SET state = 'unreadable', reason = 'by an older codasync'")
    desk.home.call("export", out)
    assert tree(out) == {}
    desk.home.call("reparse")
    desk.home.call("export", out)
    assert len(tree(out)) == 2


def test_an_invoice_that_stood_by_its_pdf_is_followed_by_its_xml_and_the_pdf_comes_once(
    desk: Desk, dossier: Dossier, out: Path
) -> None:
    whole = invoice(pages=("facture",))
    desk.deliver(dossier, "purchase_invoice", {"xml": b"<Invoice", "pdf": PAGE})
    desk.sync()
    desk.home.call("export", out)
    assert list(tree(out).values()) == [PAGE]
    with desk.store() as store, store.transaction():  # as an older reader left it that could not read this
        store.execute("UPDATE content SET bytes = ? WHERE size = 8", [whole])
    desk.home.call("reparse")
    desk.home.call("export", out)
    assert sorted(tree(out).values(), key=len) == [PAGE, whole]


ALONE, BESIDE, INSIDE = {"pdf": PAGE}, {"xml": invoice(pages=None), "pdf": PAGE}, {"xml": invoice()}


@pytest.mark.parametrize("first", [ALONE, BESIDE, INSIDE], ids=["alone", "beside", "inside"])
@pytest.mark.parametrize("then", [ALONE, BESIDE, INSIDE], ids=["alone", "beside", "inside"])
@pytest.mark.parametrize("between", [True, False], ids=["exported in between", "exported at the end"])
def test_the_same_pdf_of_an_invoice_is_written_once_whichever_deliveries_bring_it(
    desk: Desk, dossier: Dossier, out: Path, first: dict[str, bytes], then: dict[str, bytes], *, between: bool
) -> None:
    for files in (first, then):
        desk.deliver(dossier, "purchase_invoice", files)
        desk.sync()
        if between or files is then:
            desk.home.call("export", out)
    assert [path for path, data in tree(out).items() if data == PAGE] == [
        path for path in tree(out) if path.endswith(".pdf")
    ]
    assert len([path for path in tree(out) if path.endswith(".pdf")]) == 1
    assert desk.home.rows("export", out, "--dry-run") == []


def test_a_pdf_that_two_invoices_share_stands_beside_each_and_in_each_dossier_and_inbox(
    desk: Desk, dossier: Dossier, out: Path
) -> None:
    other = desk.dossier("0043")
    desk.deliver(other, "purchase_invoice", ALONE)
    desk.sync()
    desk.home.call("export", out)
    desk.deliver(dossier, "sales_invoice", INSIDE)
    for number in ("A", "B"):
        desk.deliver(dossier, "purchase_invoice", {"xml": invoice(number)})
        desk.deliver(dossier, "purchase_invoice", {"xml": invoice(f"{number}2", pages=None), "pdf": PAGE})
        desk.sync()
        desk.home.call("export", out)
    found = tree(out)
    for path in [path for path in found if path.endswith(".xml")]:
        assert found[path.replace(".xml", ".pdf")] == PAGE
    assert len(found) == 5 * 2 + 1


def test_an_invoice_that_todays_reader_refuses_is_exported_without_its_pdf(
    desk: Desk, dossier: Dossier, out: Path
) -> None:
    desk.deliver(dossier, "purchase_invoice", {"xml": invoice()})
    desk.sync()
    with desk.store() as store, store.transaction():
        store.execute("UPDATE content SET bytes = x'3C6E6F2F3E'")
    desk.home.call("export", out)
    assert list(tree(out).values()) == [b"<no/>"]


def test_the_same_bytes_stand_once_for_each_dossier(desk: Desk, dossier: Dossier, out: Path) -> None:
    other = desk.dossier("0043")
    bare = invoice(pages=None)
    for one in (dossier, dossier, other):
        desk.deliver(one, "purchase_invoice", {"xml": bare})
    desk.deliver(other, "sales_invoice", {"xml": bare})
    desk.sync()
    desk.home.call("export", out)
    name = f"2026-03-02_{stem(bare)}.xml"
    assert sorted(tree(out)) == [
        f"{BOUGHT}/{name}",
        f"0043/2026/Invoices-IN-01/{name}",
        f"0043/2026/Invoices-OUT-01/{name}",
    ]


# --- once


def test_nothing_is_written_twice_even_where_the_software_took_it_away(desk: Desk, dossier: Dossier, out: Path) -> None:
    one, two = statements(MAIN, 2)
    desk.deliver_coda(dossier, one)
    desk.sync()
    desk.home.call("export", out)
    for path in out.rglob("*.cod"):
        path.unlink()
    done = desk.home.call("export", out)
    assert (done.stdout, done.stderr, tree(out)) == ("", "", {})
    desk.deliver_coda(dossier, two)
    desk.sync()
    assert desk.home.call("export", out).stderr == f"1 document exported to {out}\n"
    assert list(tree(out).values()) == [coda(two)]


def test_another_folder_gets_everything_and_the_same_one_by_another_name_nothing(
    desk: Desk, dossier: Dossier, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.deliver_coda(dossier, statement(MAIN))
    desk.sync()
    desk.home.call("export", out)
    (tmp_path / "link").symlink_to(out)
    monkeypatch.chdir(tmp_path)
    before = tree(out)
    for path in out.rglob("*.cod"):
        path.unlink()
    for name in ("out", "./out/../out/", "link"):
        assert desk.home.call("export", name).stderr == ""
    assert tree(out) == {}
    (tmp_path / "second").mkdir()
    desk.home.call("export", "second")
    assert tree(tmp_path / "second") == before


def test_folders_whose_names_only_look_alike_are_two(desk: Desk, dossier: Dossier, out: Path) -> None:
    desk.deliver(dossier, "purchase_invoice", {"xml": invoice(pages=None)})
    desk.sync()
    folders = [os.path.join(os.fsencode(out), name) for name in (b"\xff", b"\\xff", b"b'\\xff'")]  # noqa: PTH118
    for folder in folders:
        os.mkdir(folder)  # noqa: PTH102
        desk.home.run("export", os.fsdecode(folder))
        assert len(tree(Path(os.fsdecode(folder)))) == 1
        desk.home.run("export", os.fsdecode(folder))
    assert desk.count("exports") == 3
    assert len({row["path"] for row in desk.query("SELECT path FROM export_folder")}) == 3
    assert desk.count("export_folder WHERE path LIKE '/%'") == 2


def test_a_dossier_can_be_exported_alone(desk: Desk, dossier: Dossier, out: Path) -> None:
    other = desk.dossier("0043")
    for one in (dossier, other):
        desk.deliver(one, "purchase_invoice", {"xml": invoice(pages=None)})
    desk.sync()
    desk.home.call("export", out, "--dossier", "0043")
    assert [path[:5] for path in tree(out)] == ["0043/"]
    desk.home.call("export", out)
    assert sorted(path[:5] for path in tree(out)) == ["0042/", "0043/"]
    assert "no dossier '0044'" in desk.home.call("export", out, "--dossier", "0044", code=2).stderr


def test_a_dry_run_lists_what_is_written_then_and_changes_nothing(desk: Desk, dossier: Dossier, out: Path) -> None:
    for one in statements(MAIN, 2):
        desk.deliver_coda(dossier, one)
    desk.deliver(dossier, "purchase_invoice", {"xml": invoice("A")})
    desk.deliver(dossier, "purchase_invoice", {"xml": invoice("B", pages=None), "pdf": PAGE})
    desk.sync()
    before = desk.home.database.read_bytes()
    listed = desk.home.rows("export", out, "--dry-run")
    assert (tree(out), desk.home.database.read_bytes()) == ({}, before)
    assert [row["model"] for row in listed] == ["coda"] * 2 + ["purchase_invoice"] * 4
    desk.home.call("export", out)
    assert {row["path"]: row["size"] for row in listed} == {path: len(data) for path, data in tree(out).items()}
    assert desk.home.rows("export", out, "--dry-run") == []


def test_the_database_says_which_document_stands_where(desk: Desk, dossier: Dossier, out: Path) -> None:
    desk.deliver_coda(dossier, statement(MAIN))
    desk.deliver(dossier, "purchase_invoice", {"xml": invoice()})
    desk.sync()
    desk.home.call("export", out)
    rows = desk.query("SELECT folder, path, sha256 FROM exports JOIN documents AS d ON d.id = document_id")
    assert len(rows) == 2
    for row in rows:
        assert row["folder"] == str(out)
        assert stem(Path(row["folder"], row["path"]).read_bytes()) == row["sha256"][:16]


def test_many_documents_are_exported_page_by_page(
    desk: Desk, dossier: Dossier, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("codasync.store_export.PAGE", 3)
    for one in statements(MAIN, 10):
        desk.deliver_coda(dossier, one)
    desk.sync()
    assert len(desk.home.rows("export", out, "--dry-run")) == 10
    desk.home.call("export", out)
    assert len(tree(out)) == desk.count("exports") == 10


def test_no_folder_and_no_database_is_made_for_a_mistyped_name(desk: Desk, out: Path, tmp_path: Path) -> None:
    desk.sync()
    (tmp_path / "file").write_text("")
    for name in (tmp_path / "typo", tmp_path / "file", tmp_path / "file" / "below"):
        for more in ((), ("--dry-run",)):
            done = desk.home.call("export", name, *more, code=2)
            assert done.stderr == (f"codasync: cannot export to {name}: there is no such folder; make it first\n")
    assert not (tmp_path / "typo").exists()
    desk.home.call("--db", tmp_path / "typo.db", "export", out, code=14)
    assert not (tmp_path / "typo.db").exists()
    assert desk.query("SELECT * FROM export_folder") == []


# --- names

DEVICES = {"CON", "PRN", "AUX", "NUL", *(f"{name}{digit}" for name in ("COM", "LPT") for digit in "0123456789")}


@given(st.text() | st.sampled_from(sorted(DEVICES)).flatmap(lambda name: st.text().map(lambda rest: name + rest)))
def test_any_text_becomes_a_name_that_every_system_takes(text: str) -> None:
    name = export_names.safe(text)
    assert name
    assert set(name) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")
    assert name[0] not in ".-"
    assert name[-1] not in ". "
    assert name.split(".")[0].upper() not in DEVICES
    assert len(name) <= 41


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("0042", "0042"),
        ("DUPONT & Fils", "DUPONT_Fils"),
        ("Hélène", "Helene"),
        ("A/B", "A_B"),
        ("../../etc", "etc"),
        ("/etc/passwd", "etc_passwd"),
        ("..", "unnamed"),
        ("", "unnamed"),
        ("北京", "unnamed"),
        ("con", "con_"),
        ("NUL.txt", "NUL_.txt"),
        ("-rf", "rf"),
        ("a. . ", "a"),
        ("line\nfeed\x00\x1b", "line_feed"),
        ("x" * 300, "x" * 40),
    ],
)
def test_a_code_becomes_a_folder(code: str, name: str) -> None:
    assert export_names.safe(code) == name


@given(st.lists(st.sampled_from(["acme", "ACME", "Acme", "a/b", "a b", "A_B", "", "CON", "con_"]), max_size=12))
def test_no_two_dossiers_share_a_folder_whatever_the_case_of_their_codes(codes: list[str]) -> None:
    dossiers = [{"client_id": f"client {number}", "code": code} for number, code in enumerate(codes)]
    names = export_names.folders(dossiers)
    assert len({name.casefold() for name in names.values()}) == len(codes)
    first = {export_names.safe(code).casefold(): number for number, code in reversed(list(enumerate(codes)))}
    for number in first.values():
        assert names[f"client {number}"] == export_names.safe(codes[number])


def folders_to_come(desk: Desk, out: Path) -> dict[str, str]:
    """Return the folder of each dossier that has something to export, by its name."""
    names = {row["code"]: row["name"] for row in desk.query("SELECT client_id AS code, name FROM dossiers")}
    with desk.store() as store:
        planned = exporting.planned(store, out, None)
        return {names[row["client_id"]]: row["path"].split("/")[0] for row in planned}


def enter(desk: Desk, code: str, name: str) -> Dossier:
    """Let a dossier enter the office a day after the last one, with an invoice."""
    known = [row["first_seen_at"] for row in desk.query("SELECT first_seen_at FROM dossier")]
    day = dt.datetime(2026, 3, 1 + len(known), tzinfo=dt.UTC)
    dossier = desk.box.add_dossier(code, name)
    desk.box.deliver(dossier, "purchase_invoice", {"xml": invoice(pages=None)})
    Desk(desk.home, lambda: day).sync()
    return dossier


def test_a_plain_name_stays_with_the_code_that_had_it_first_also_where_codabox_lists_it_no_more(
    desk: Desk, out: Path
) -> None:
    desk.sync()
    first = enter(desk, "a b", "first")
    enter(desk, "A_B", "second")
    enter(desk, "a/b", "third")
    before = folders_to_come(desk, out)
    assert before["first"] == "a_b"
    assert before["second"].startswith("A_B-")
    assert before["third"].startswith("a_b-")
    desk.box.remove_dossier(first)
    desk.sync()
    assert desk.count("dossiers WHERE vanished_at IS NOT NULL") == 1
    assert folders_to_come(desk, out) == before


def test_of_dossiers_with_one_code_the_plain_name_is_for_the_one_that_codabox_lists(desk: Desk, out: Path) -> None:
    desk.sync()
    old = enter(desk, "acme", "old")
    enter(desk, "acme", "new")
    enter(desk, "ACME", "other")
    assert folders_to_come(desk, out)["old"] == "acme"
    desk.box.remove_dossier(old)
    desk.sync()
    names = folders_to_come(desk, out)
    assert names["new"] == "acme"
    assert len({name.casefold() for name in names.values()}) == 3
