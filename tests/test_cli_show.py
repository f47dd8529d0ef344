"""`show`: one document, its facts, its bytes, its PDF."""

import json
import subprocess

import pytest
from desk import account, invoice, statement
from support import Home

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
    done = subprocess.run(home.command("show", *arguments), capture_output=True, check=True, env=home.environ())
    assert done.stderr == b""
    return done.stdout


def test_show_gives_the_facts_and_the_content_of_a_statement(shelf: Home) -> None:
    shown = shelf.call("show", 1).stdout
    for words in (
        "document 1\n",
        "dossier code: 0042",
        "state: stored",
        f"statement 1 (CODA 1) of {BANK.number} EUR",
        "2026-03-02  old balance            1,000.00",
        "MEUNIER",
        "FACTURE 1",
        "2026-03-03  new balance           1,087.661",
    ):
        assert words in shown
    index = shelf.query("SELECT feed_index FROM documents WHERE id = 1")[0]["feed_index"]
    assert shelf.call("show", index).stdout == shown


def test_show_gives_the_facts_and_the_content_of_an_invoice(shelf: Home) -> None:
    shown = shelf.call("show", 2).stdout
    for words in (
        "invoice F1  2026-03-02",
        "supplier: Moulins du Sud BE",
        "Farine",
        "net 100.00  VAT 21.00  gross 121.00",
    ):
        assert words in shown


def test_show_as_json_has_the_columns_of_the_view(shelf: Home) -> None:
    [row] = shelf.query("SELECT * FROM documents WHERE id = 2")
    assert json.loads(shelf.call("show", 2, "--format", "json").stdout) == row


def test_raw_bytes_are_those_that_were_delivered(shelf: Home) -> None:
    assert bytes_of(shelf, 1, "--raw") == coda_writer.write(statement(BANK, 1))
    assert bytes_of(shelf, 2, "--raw") == invoice("F1", pages=["inside"])


def test_the_pdf_of_an_invoice_is_the_one_inside_or_the_one_beside(shelf: Home) -> None:
    assert bytes_of(shelf, 2, "--pdf") == pdf.write(["inside"])
    assert bytes_of(shelf, 3, "--pdf") == bytes_of(shelf, 4, "--pdf") == pdf.write(["beside"])
    done = shelf.call("show", 1, "--pdf", code=2)
    assert "document 1 has no PDF" in done.stderr


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


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((99,), "no document 99"),
        (("nonsense",), "no document nonsense"),
        ((1, "--pdf"), "codasync: document 1 has no PDF\n"),
        ((1, "--raw", "--pdf"), "--raw and --pdf give different bytes: say which of them"),
        ((1, "-o", "file"), "-o goes with --raw or --pdf"),
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
