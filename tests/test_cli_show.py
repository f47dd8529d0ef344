"""`show`: one document, its facts, its bytes, its PDF."""

import json
import subprocess
from pathlib import Path

import pytest
from desk import account, invoice, statement
from support import Home
from terminal import on_terminal

from codasync.sandbox import coda_writer, pdf

BANK = account(1)


@pytest.fixture
def shelf(home: Home) -> Home:
    """An office with a statement (document 1), an invoice with its PDF inside (2) and one with it beside (3 and 4)."""
    home.box.add_dossier("0042", "Boulangerie Hélène")
    home.box.add_account("0042", BANK.number, BANK.bic)
    home.call("enable-journal", "0042", BANK.number)
    home.box.deliver_coda("0042", statement(BANK, 1))
    home.box.deliver("0042", "purchase_invoice", {"xml": invoice("F1", pages=["inside"])})
    home.box.deliver("0042", "sales_invoice", {"xml": invoice("V1", pages=None), "pdf": pdf.write(["beside"])})
    home.call("sync")
    return home


def bytes_of(home: Home, *arguments: object) -> bytes:
    """Return the bytes that `show` writes into a file."""
    file = home.folder / "shown"
    home.call("show", *arguments, "-o", file)
    data = file.read_bytes()
    file.unlink()
    return data


def test_a_document_is_named_by_its_id_or_its_feed_index(shelf: Home) -> None:
    shown = shelf.call("show", 1).stdout
    assert shown.startswith("document 1\n  dossier: 0042 Boulangerie Hélène\n  model: coda\n  format: cod\n")
    index = shelf.query("SELECT feed_index FROM documents WHERE id = 1")[0]["feed_index"]
    assert shelf.call("show", index).stdout == shown


def test_the_facts_of_a_document_are_followed_by_what_it_holds(shelf: Home) -> None:
    assert f"\nstatement 1 (CODA 1) of {BANK.number} EUR\n" in shelf.call("show", 1).stdout
    assert "  bank              BNP Paribas Fortis, GEBABEBB\n" in shelf.call("show", 1).stdout
    assert "\ninvoice F1\n" in shelf.call("show", 2).stdout
    assert shelf.call("show", 4).stdout.splitlines()[-1].startswith("  sha256: "), "a PDF beside an invoice"


def test_show_as_json_has_the_columns_of_the_view(shelf: Home) -> None:
    [row] = shelf.query("SELECT * FROM documents WHERE id = 2")
    assert json.loads(shelf.call("show", 2, "--format", "json").stdout) == row


def test_raw_bytes_are_those_that_were_delivered(shelf: Home) -> None:
    assert bytes_of(shelf, 1, "--raw") == coda_writer.write(statement(BANK, 1))
    assert bytes_of(shelf, 2, "--raw") == invoice("F1", pages=["inside"])


def test_the_pdf_of_an_invoice_is_the_one_inside_or_the_one_beside(shelf: Home) -> None:
    assert bytes_of(shelf, 2, "--pdf") == pdf.write(["inside"])
    assert "  PDF               F1.pdf, inside it\n" in shelf.call("show", 2).stdout
    assert bytes_of(shelf, 3, "--pdf") == bytes_of(shelf, 4, "--pdf") == pdf.write(["beside"])
    assert "  PDF               document 4, beside it\n" in shelf.call("show", 3).stdout
    done = shelf.call("show", 1, "--pdf", code=2)
    assert "document 1 has no PDF" in done.stderr


def test_an_invoice_that_exists_as_pdf_alone_has_its_pdf(shelf: Home) -> None:
    shelf.box.deliver("0042", "purchase_invoice", {"pdf": pdf.write(["scanned"])})
    shelf.call("sync")
    [number] = [row["document_id"] for row in shelf.rows("inbox", "0042") if row["flags"] == ["pdf_only"]]
    assert bytes_of(shelf, number, "--pdf") == bytes_of(shelf, number, "--raw") == pdf.write(["scanned"])
    shown = shelf.call("show", number).stdout
    for line in ("invoice that stands by its PDF alone", "  inbox             purchases, new"):
        assert f"\n{line}\n" in shown
    assert "look at           PDF only, nothing is read (pdf_only)\n" in shown
    assert f"PDF               document {number}\n" in shown


@pytest.mark.parametrize("first", [None, ["inside the first"]], ids=["first without", "first with"])
def test_the_pdf_that_another_delivery_of_the_invoice_brings_is_its_pdf_where_it_has_none(
    shelf: Home, first: list[str] | None
) -> None:
    for pages in (first, ["inside the second"], None):
        shelf.box.deliver("0042", "purchase_invoice", {"xml": invoice("G1", pages=pages)})
    shelf.call("sync")
    rows = shelf.query("SELECT id, state FROM documents WHERE id > 4 AND format = 'xml' ORDER BY id")
    assert [row["state"] for row in rows] == ["stored", "duplicate", "duplicate"]
    expected = [first or ["inside the second"], ["inside the second"], first or ["inside the second"]]
    assert [bytes_of(shelf, row["id"], "--pdf") for row in rows] == [pdf.write(pages) for pages in expected]
    where = "G1.pdf, inside it" if first else f"G1.pdf, inside document {rows[1]['id']}, the same invoice"
    assert f"PDF               {where}\n" in shelf.call("show", rows[0]["id"]).stdout
    assert f"copy of           document {rows[0]['id']}\n" in shelf.call("show", rows[2]["id"]).stdout


def test_an_invoice_of_which_no_delivery_has_a_pdf_has_none(shelf: Home) -> None:
    for dialect in ("<!-- a -->", "<!-- b -->"):
        shelf.box.deliver("0042", "purchase_invoice", {"xml": invoice("H1", pages=None) + dialect.encode()})
    shelf.call("sync")
    number = shelf.query("SELECT min(document_id) AS id FROM invoices WHERE number = 'H1'")[0]["id"]
    assert "  PDF               none\n" in shelf.call("show", number).stdout
    assert f"document {number} has no PDF" in shelf.call("show", number, "--pdf", code=2).stderr


@pytest.mark.parametrize(("option", "output"), [("--raw", ()), ("--pdf", ("-o", "-"))])
def test_bytes_go_to_stdout_also_by_a_dash_which_is_never_a_file(
    shelf: Home, option: str, output: tuple[str, ...]
) -> None:
    done = subprocess.run(
        shelf.command("show", 2, option, *output), capture_output=True, check=True, env=shelf.environ()
    )
    assert (done.stdout, done.stderr) == (bytes_of(shelf, 2, option), b"")
    assert not Path("-").exists()


def test_a_file_can_be_called_dash(shelf: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shelf.call("show", 2, "--raw", "-o", "./-")
    assert Path("-").read_bytes() == bytes_of(shelf, 2, "--raw")


@pytest.mark.parametrize("option", ["--raw", "--pdf"])
def test_output_goes_to_a_new_file_and_never_over_another(shelf: Home, option: str) -> None:
    file = shelf.folder / "invoice"
    done = shelf.call("show", 2, option, "-o", file)
    assert (done.stdout, done.stderr) == ("", "")
    kept = file.read_bytes()
    assert kept == bytes_of(shelf, 2, option)
    done = shelf.call("show", 1, "--raw", "-o", file, code=2)
    assert done.stderr == f"codasync: cannot write {file}: File exists\n"
    assert file.read_bytes() == kept


def test_bytes_that_could_steer_a_terminal_go_there_only_when_they_are_told_to(shelf: Home) -> None:
    told = on_terminal(shelf, "show", 2, "--pdf", code=2)
    assert "would upset the terminal" in told
    assert "%PDF" not in told
    assert "%PDF" in on_terminal(shelf, "show", 2, "--pdf", "-o", "-")
    assert "<cbc:ID>F1</cbc:ID>" in on_terminal(shelf, "show", 2, "--raw", columns=120), "XML is text"
    shelf.box.deliver("0042", "purchase_invoice", {"xml": b"<no\x1b]0;owned\x07/>"})
    shelf.call("sync", code=3)
    [row] = shelf.query("SELECT id FROM documents WHERE state = 'unreadable'")
    assert "\x1b]" not in on_terminal(shelf, "show", row["id"], "--raw", code=2)


def test_what_moves_the_cursor_is_no_end_of_a_line_to_a_terminal(shelf: Home) -> None:
    for character in ("\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\n\r"):
        shelf.box.deliver("0042", "purchase_invoice", {"xml": f"<a>PAY 1{character}PAY 9".encode()})
    shelf.box.deliver("0042", "purchase_invoice", {"xml": b"<a>PAY 1\tnow\r\nPAY 9\n"})
    shelf.call("sync", code=3)
    *harmful, harmless = shelf.query("SELECT id FROM documents WHERE state = 'unreadable' ORDER BY id")
    assert len(harmful) == 10
    for row in harmful:
        told = on_terminal(shelf, "show", row["id"], "--raw", code=2)
        assert "would upset the terminal" in told
        assert "PAY" not in told
    assert "PAY 9" in on_terminal(shelf, "show", harmless["id"], "--raw")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((99,), "no document 99"),
        (("nonsense",), "no document nonsense"),
        ((1, "--pdf"), "codasync: document 1 has no PDF\n"),
        ((1, "--raw", "--pdf"), "--raw and --pdf give different bytes: say which of them"),
        ((1, "-o", "file"), "-o goes with --raw or --pdf"),
        ((1, "-o", "-"), "-o goes with --raw or --pdf"),
        ((1, "--raw", "-o", ""), "-o names no file"),
        ((1, "--raw", "--format", "json"), "--format is for the facts: it does not go with --raw"),
        ((1, "--pdf", "--format", "json"), "--format is for the facts: it does not go with --pdf"),
        ((1, "--raw", "-o", "/nowhere/file"), "cannot write /nowhere/file: No such file or directory"),
    ],
)
def test_what_show_cannot_do_is_a_wrong_command_line(shelf: Home, arguments: tuple[object, ...], words: str) -> None:
    done = shelf.call("show", *arguments, code=2)
    assert done.stdout == ""
    assert words in done.stderr


def test_a_document_that_never_came_has_no_bytes_to_show(home: Home) -> None:
    home.box.add_dossier("0042", "Boulangerie Hélène")
    home.box.deliver_coda("0042", statement(BANK, 1))
    home.call("sync")
    assert "state: skipped" in home.call("show", 1).stdout
    done = home.call("show", 1, "--raw", code=2)
    assert f"document 1 has no bytes: skipped journal {BANK.number} is not enabled" in done.stderr
