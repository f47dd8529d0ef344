"""Invoices in all their shapes: with, without and beside a PDF; wanted of all dossiers, of some, of none."""

import pytest
from desk import Desk, account, acknowledged, asked, downloads, invoice, statement
from support import Home

from codasync.sandbox import Dossier, faults, pdf

MAIN = account(1)
PDF = pdf.write(["Facture F1"])
EMBEDDING, BARE = invoice(), invoice(pages=None)


@pytest.fixture
def desk(home: Home) -> Desk:
    return Desk(home)


@pytest.fixture
def dossier(desk: Desk) -> Dossier:
    return desk.dossier("0042")


def formats(desk: Desk, index: str) -> list[str]:
    """Return the formats that were asked for of one document, in order."""
    return [name.split("/")[1] for name in downloads(desk.box) if name.startswith(index)]


def states(desk: Desk, index: str) -> dict[str, str]:
    rows = desk.query("SELECT format, state FROM documents WHERE feed_index = ?", index)
    return {row["format"]: row["state"] for row in rows}


@pytest.mark.parametrize(
    ("policy", "xml", "asked_for"),
    [
        ("missing", EMBEDDING, ["xml"]),
        ("missing", BARE, ["xml", "pdf"]),
        ("always", EMBEDDING, ["xml", "pdf"]),
        ("always", BARE, ["xml", "pdf"]),
        ("never", EMBEDDING, ["xml"]),
        ("never", BARE, ["xml"]),
    ],
    ids=["missing-embedded", "missing-bare", "always-embedded", "always-bare", "never-embedded", "never-bare"],
)
def test_the_pdf_is_fetched_as_the_config_says(
    desk: Desk, dossier: Dossier, policy: str, xml: bytes, asked_for: list[str]
) -> None:
    desk.home.write_config(f'[formats]\npdf = "{policy}"\n')
    index = desk.deliver(dossier, "purchase_invoice", {"xml": xml, "pdf": PDF})
    assert desk.sync().exit_code == 0
    assert formats(desk, index) == asked_for
    assert states(desk, index) == dict.fromkeys(asked_for, "stored")
    assert desk.count("invoices") == 1
    assert acknowledged(desk.box, dossier) == [index]


@pytest.mark.parametrize(
    "config", ["", '[formats]\npurchase_invoice = ["pdf", "xml"]\n', '[formats]\npdf = "always"\n']
)
def test_an_invoice_that_exists_as_pdf_alone_is_in_the_inbox(desk: Desk, dossier: Dossier, config: str) -> None:
    if config:
        desk.home.write_config(config)
    index = desk.deliver(dossier, "purchase_invoice", {"pdf": PDF})
    assert desk.sync().exit_code == 0
    assert states(desk, index) == {"xml": "skipped", "pdf": "stored"}
    row = desk.one("SELECT i.*, d.format FROM invoices i JOIN documents d ON d.id = i.document_id")
    assert (row["inbox"], row["format"], row["number"], row["gross_milli"]) == ("purchases", "pdf", "", None)
    assert row["flags"] == '["pdf_only"]'
    assert acknowledged(desk.box, dossier) == [index]


def test_pdf_is_fetched_where_codabox_offers_nothing_else(desk: Desk, dossier: Dossier) -> None:
    offer = b'"purchase_invoice": ["pdf"], "x": ["xml"]'
    desk.box.fault(
        "/pod-client/",
        faults.edit(lambda body: body.replace(b'"purchase_invoice": ["pdf", "xml"]', offer)),
        times=None,
    )
    index = desk.deliver(dossier, "purchase_invoice", {"pdf": PDF})
    assert desk.sync().exit_code == 0
    assert formats(desk, index) == ["pdf"]
    assert desk.count("invoices") == 1


def test_without_xml_and_with_pdf_forbidden_the_invoice_is_unavailable(desk: Desk, dossier: Dossier) -> None:
    desk.home.write_config('[formats]\npdf = "never"\n')
    index = desk.deliver(dossier, "purchase_invoice", {"pdf": PDF})
    assert desk.sync().exit_code == 3
    assert states(desk, index) == {"xml": "unavailable"}
    assert desk.waiting(dossier) == [index]


def test_an_xml_that_is_late_is_waited_for_although_a_pdf_is_there(desk: Desk, dossier: Dossier) -> None:
    desk.home.write_config('[formats]\npdf = "always"\n')
    index = desk.deliver(dossier, "purchase_invoice", {"xml": EMBEDDING, "pdf": PDF})
    desk.box.fault("/xml/", faults.refuse(500))
    desk.sync()
    assert states(desk, index) == {"xml": "unavailable", "pdf": "stored"}
    assert (desk.count("invoices"), desk.waiting(dossier)) == (0, [index])
    desk.sync()
    assert states(desk, index) == {"xml": "stored", "pdf": "stored"}
    assert desk.one("SELECT number FROM invoices")["number"] == "F1"
    assert formats(desk, index) == ["xml", "pdf", "xml"]


def test_an_xml_that_turns_out_not_to_exist_leaves_the_pdf_in_the_inbox(desk: Desk, dossier: Dossier) -> None:
    desk.home.write_config('[formats]\npdf = "always"\n')
    index = desk.deliver(dossier, "purchase_invoice", {"pdf": PDF})
    desk.box.fault("/xml/", faults.refuse(500))
    desk.sync()
    assert desk.count("invoices") == 0
    assert desk.sync().exit_code == 0
    assert states(desk, index) == {"xml": "skipped", "pdf": "stored"}
    assert (desk.count("invoices"), acknowledged(desk.box, dossier)) == (1, [index])


def test_a_pdf_that_is_missing_is_asked_for_again_without_the_xml(desk: Desk, dossier: Dossier) -> None:
    index = desk.deliver(dossier, "purchase_invoice", {"xml": BARE, "pdf": PDF})
    desk.box.fault("/pdf/", faults.refuse(500))
    desk.sync()
    assert states(desk, index) == {"xml": "stored", "pdf": "unavailable"}
    assert desk.waiting(dossier) == [index]
    desk.sync()
    assert formats(desk, index) == ["xml", "pdf", "pdf"]
    assert states(desk, index) == {"xml": "stored", "pdf": "stored"}
    assert desk.count("invoices") == 1


def test_an_invoice_whose_pdf_codabox_does_not_have_is_complete(desk: Desk, dossier: Dossier) -> None:
    index = desk.deliver(dossier, "purchase_invoice", {"xml": BARE})
    assert desk.sync().exit_code == 0
    assert states(desk, index) == {"xml": "stored", "pdf": "skipped"}
    assert acknowledged(desk.box, dossier) == [index]


def test_the_same_invoice_with_another_pdf_inside_is_a_duplicate(desk: Desk, dossier: Dossier) -> None:
    desk.deliver(dossier, "purchase_invoice", {"xml": EMBEDDING})
    index = desk.deliver(dossier, "purchase_invoice", {"xml": invoice(pages=["une autre page"])})
    assert desk.sync().exit_code == 0
    assert states(desk, index) == {"xml": "duplicate"}
    assert (desk.count("invoices"), len(desk.query("SELECT 1 FROM content"))) == (1, 2)


@pytest.mark.parametrize(
    ("setting", "received"),
    [
        ('"all"', ["0042", "0043", "0044"]),
        ('"enabled"', ["0044"]),
        ('["0043"]', ["0043"]),
        ("[]", []),
    ],
)
def test_invoices_are_wanted_of_the_dossiers_that_the_config_names(
    desk: Desk, dossier: Dossier, setting: str, received: list[str]
) -> None:
    desk.home.write_config(f"[invoices]\ndossiers = {setting}\n")
    dossiers = [dossier, desk.dossier("0043"), desk.dossier("0044", MAIN)]
    for one in dossiers:
        desk.deliver(one, "purchase_invoice", {"xml": EMBEDDING})
    desk.deliver_coda(dossiers[2], statement(MAIN))
    desk.sync()
    rows = desk.query("SELECT dossier_code FROM invoices ORDER BY dossier_code")
    assert [row["dossier_code"] for row in rows] == received
    assert desk.count("bank_statements") == 1
    polled = {one.path.rstrip("/").split("/")[-1] for one in asked(desk.box, "/delivery/feed/")}
    assert polled == {str(one.feed_id) for one in dossiers if one.code in {*received, "0044"}}


def test_where_no_invoices_are_configured_only_dossiers_with_a_journal_are_polled(desk: Desk, dossier: Dossier) -> None:
    desk.home.write_config('[formats]\ncoda = ["cod"]\n')
    other = desk.dossier("0044", MAIN)
    assert desk.sync().feeds_polled == 2
    assert {one.path for one in asked(desk.box, "/delivery/feed/")} == {f"/v2/delivery/feed/{other.feed_id}/"}
