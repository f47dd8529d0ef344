"""Invoices in all their shapes: with, without and beside a PDF; wanted of all dossiers, of some, of none."""

import sqlite3
from contextlib import closing

import pytest
import ubl_builder as build
from desk import Desk, account, acknowledged, asked, downloads, invoice, statement
from support import Home

from codasync.sandbox import Dossier, faults, pdf

MAIN = account(1)
PDF = pdf.write(["Facture F1"])
EMBEDDING, BARE = invoice(), invoice(pages=None)
BAD = EMBEDDING.replace(b"JVBERi", b"JVBER*")  # no base64


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


# --- an invoice whose XML cannot be read


def inbox(desk: Desk) -> list[tuple[str, str, str]]:
    """Return format, number and flags of what stands in the inboxes, oldest first."""
    sql = "SELECT d.format, i.number, i.flags FROM invoices i JOIN documents d ON d.id = i.document_id ORDER BY i.id"
    return [tuple(row.values()) for row in desk.query(sql)]


def heal(desk: Desk, readable: bytes = EMBEDDING) -> None:
    """Let what could not be read be readable, as by a later version of the reader."""
    with closing(sqlite3.connect(desk.home.database)) as connection, connection:
        connection.execute(
            "UPDATE content SET bytes = ? WHERE id IN (SELECT content FROM document WHERE state = 'unreadable')",
            [readable],
        )


BY_PDF = ("pdf", "", '["pdf_only"]')
HOSTILE = b"<!DOCTYPE Invoice>" + EMBEDDING


@pytest.mark.parametrize("policy", ["missing", "always"])
@pytest.mark.parametrize("xml", [BAD, HOSTILE, b"<Invoice/>"], ids=["bad-base64", "hostile", "no-invoice"])
def test_an_invoice_whose_xml_cannot_be_read_stands_in_the_inbox_by_its_pdf(
    desk: Desk, dossier: Dossier, policy: str, xml: bytes
) -> None:
    desk.home.write_config(f'[formats]\npdf = "{policy}"\n')
    index = desk.deliver(dossier, "purchase_invoice", {"xml": xml, "pdf": PDF})
    assert desk.sync().exit_code == 3
    assert formats(desk, index) == ["xml", "xml", "pdf"]
    assert states(desk, index) == {"xml": "unreadable", "pdf": "stored"}
    assert desk.document(index, "xml")["reason"]
    assert inbox(desk) == [BY_PDF]
    assert acknowledged(desk.box, dossier) == [index]
    assert desk.sync().exit_code == 0


def test_where_pdfs_are_not_wanted_an_invoice_that_cannot_be_read_is_in_no_inbox(desk: Desk, dossier: Dossier) -> None:
    desk.home.write_config('[formats]\npdf = "never"\n')
    index = desk.deliver(dossier, "purchase_invoice", {"xml": BAD, "pdf": PDF})
    assert desk.sync().exit_code == 3
    assert (states(desk, index), inbox(desk)) == ({"xml": "unreadable"}, [])
    assert acknowledged(desk.box, dossier) == [index]


def test_nothing_is_acknowledged_before_the_pdf_of_what_cannot_be_read_is_here(desk: Desk, dossier: Dossier) -> None:
    index = desk.deliver(dossier, "purchase_invoice", {"xml": BAD, "pdf": PDF})
    desk.box.fault("/pdf/", faults.refuse(500))
    desk.sync()
    assert states(desk, index) == {"xml": "unreadable", "pdf": "unavailable"}
    assert (inbox(desk), desk.waiting(dossier)) == ([], [index])
    desk.sync()
    assert formats(desk, index) == ["xml", "xml", "pdf", "pdf"]
    assert (inbox(desk), acknowledged(desk.box, dossier)) == ([BY_PDF], [index])


def test_what_cannot_be_read_and_has_no_pdf_is_kept_and_blocks_nothing(desk: Desk, dossier: Dossier) -> None:
    index = desk.deliver(dossier, "purchase_invoice", {"xml": BAD})
    assert desk.sync().exit_code == 3
    assert states(desk, index) == {"xml": "unreadable", "pdf": "skipped"}
    assert (inbox(desk), acknowledged(desk.box, dossier)) == ([], [index])


def test_a_pdf_that_came_before_the_xml_that_cannot_be_read_is_not_fetched_again(desk: Desk, dossier: Dossier) -> None:
    desk.home.write_config('[formats]\npdf = "always"\n')
    index = desk.deliver(dossier, "purchase_invoice", {"xml": BAD, "pdf": PDF})
    desk.box.fault("/xml/", faults.refuse(500))
    desk.sync()
    assert (states(desk, index), inbox(desk)) == ({"xml": "unavailable", "pdf": "stored"}, [])
    desk.sync()
    assert formats(desk, index) == ["xml", "pdf", "xml", "xml"]
    assert (states(desk, index), inbox(desk)) == ({"xml": "unreadable", "pdf": "stored"}, [BY_PDF])
    assert acknowledged(desk.box, dossier) == [index]


def test_a_pdf_that_came_before_codabox_said_that_there_is_no_xml_is_not_fetched_again(
    desk: Desk, dossier: Dossier
) -> None:
    desk.home.write_config('[formats]\npdf = "always"\n')
    index = desk.deliver(dossier, "purchase_invoice", {"pdf": PDF})
    desk.box.fault("/xml/", faults.refuse(500))
    desk.sync()
    assert desk.sync().exit_code == 0
    assert formats(desk, index) == ["xml", "pdf", "xml"]
    assert (states(desk, index), inbox(desk)) == ({"xml": "skipped", "pdf": "stored"}, [BY_PDF])
    assert acknowledged(desk.box, dossier) == [index]


def test_the_same_unreadable_xml_again_stands_in_the_inbox_once_whatever_its_pdf(desk: Desk, dossier: Dossier) -> None:
    desk.deliver(dossier, "purchase_invoice", {"xml": BAD, "pdf": PDF})
    again = desk.deliver(dossier, "purchase_invoice", {"xml": BAD, "pdf": pdf.write(["another picture"])}, {"n": 2})
    desk.sync()
    assert inbox(desk) == [BY_PDF]
    assert states(desk, again) == {"xml": "unreadable"}
    desk.home.write_config('[formats]\npdf = "always"\n')
    third = desk.deliver(dossier, "purchase_invoice", {"xml": BAD, "pdf": pdf.write(["a third one"])}, {"n": 3})
    desk.sync()
    assert (inbox(desk), states(desk, third)) == ([BY_PDF], {"xml": "unreadable", "pdf": "duplicate"})
    heal(desk)
    desk.home.call("reparse")
    assert inbox(desk) == [("xml", "F1", '["other_party"]')]


def test_once_it_can_be_read_the_invoice_takes_the_place_of_its_pdf_and_stays_approved(
    desk: Desk, dossier: Dossier
) -> None:
    index = desk.deliver(dossier, "purchase_invoice", {"xml": BAD, "pdf": PDF})
    desk.sync()
    desk.home.call("approve", "0042", "--document", desk.document(index, "pdf")["id"], LOGNAME="els")
    approved = desk.one("SELECT id, approved_at, approved_by FROM invoices")
    heal(desk)
    [row] = desk.home.rows("reparse")
    assert row["change"] == "was unreadable, is stored now"
    assert inbox(desk) == [("xml", "F1", '["other_party"]')]
    assert desk.one("SELECT id, approved_at, approved_by FROM invoices") == approved
    assert (desk.count("invoice_lines"), states(desk, index)) == (1, {"xml": "stored", "pdf": "stored"})
    assert desk.home.rows("reparse") == []


def test_where_the_invoice_stands_there_already_its_pdf_gives_way_and_the_approval_goes_along(
    desk: Desk, dossier: Dossier
) -> None:
    desk.deliver(dossier, "purchase_invoice", {"xml": invoice(pages=["by another network"])})
    index = desk.deliver(dossier, "purchase_invoice", {"xml": BAD, "pdf": PDF})
    desk.sync()
    desk.home.call("approve", "0042", "--document", desk.document(index, "pdf")["id"], LOGNAME="els")
    heal(desk)
    [row] = desk.home.rows("reparse")
    assert row["change"] == "was unreadable, is duplicate now"
    assert inbox(desk) == [("xml", "F1", '["other_party"]')]
    assert desk.one("SELECT approved_by FROM invoices")["approved_by"] == "els"


def heal_entry(desk: Desk, index: str, xml: bytes) -> None:
    """Let the unreadable XML of one entry alone be readable."""
    with closing(sqlite3.connect(desk.home.database)) as connection, connection:
        number = desk.document(index, "xml")["id"]
        connection.execute(
            "UPDATE content SET bytes = ? WHERE id = (SELECT content FROM document WHERE id = ?)", [xml, number]
        )


@pytest.mark.parametrize("stood", [None, invoice(pages=["by another network"])], ids=["new", "known"])
@pytest.mark.parametrize("first", [{"pdf": PDF}, {"xml": BAD, "pdf": PDF}], ids=["pdf-only", "unreadable"])
def test_once_it_can_be_read_the_invoice_takes_the_place_of_the_same_pdf_of_another_delivery(
    desk: Desk, dossier: Dossier, first: dict[str, bytes], stood: bytes | None
) -> None:
    earlier = desk.deliver(dossier, "purchase_invoice", first)
    desk.sync()
    desk.home.call("approve", "0042", "--document", desk.document(earlier, "pdf")["id"], LOGNAME="els")
    later = desk.deliver(dossier, "purchase_invoice", {"xml": HOSTILE, "pdf": PDF}, {"n": 2})
    if stood:
        desk.deliver(dossier, "purchase_invoice", {"xml": stood})
    desk.sync()
    heal_entry(desk, later, EMBEDDING)
    for _ in range(2):
        desk.sync()
        desk.home.call("reparse", code=3 if "xml" in first else 0)
        assert inbox(desk) == [("xml", "F1", '["other_party"]')]
        assert desk.one("SELECT approved_by FROM invoices")["approved_by"] == "els"
        assert states(desk, earlier)["pdf"] == states(desk, later)["pdf"] == "duplicate"


@pytest.mark.parametrize("copies", [1, 2])
def test_an_invoice_that_comes_with_the_pdf_by_which_it_stands_takes_its_place_and_stays_approved(
    desk: Desk, dossier: Dossier, copies: int
) -> None:
    desk.home.write_config('[formats]\npdf = "always"\n')
    index = desk.deliver(dossier, "purchase_invoice", {"pdf": PDF})
    desk.sync()
    desk.home.call("approve", "0042", "--document", desk.document(index, "pdf")["id"], LOGNAME="els")
    for number in range(copies):
        desk.deliver(dossier, "purchase_invoice", {"xml": EMBEDDING, "pdf": PDF}, {"n": number})
    desk.sync()
    assert inbox(desk) == [("xml", "F1", '["other_party"]')]
    assert desk.one("SELECT approved_by FROM invoices")["approved_by"] == "els"
    assert desk.document(index, "pdf")["state"] == "duplicate"


@pytest.mark.parametrize("pages", ["Facture F1", "Facture F2"])
def test_a_pdf_that_came_beside_an_invoice_is_that_invoice_when_it_comes_alone(
    desk: Desk, dossier: Dossier, pages: str
) -> None:
    desk.home.write_config('[formats]\npdf = "always"\n')
    desk.deliver(dossier, "purchase_invoice", {"xml": EMBEDDING, "pdf": PDF})
    desk.sync()
    index = desk.deliver(dossier, "purchase_invoice", {"pdf": pdf.write([pages])})
    desk.sync()
    known = pages == "Facture F1"
    assert desk.document(index, "pdf")["state"] == ("duplicate" if known else "stored")
    assert desk.count("invoices") == (1 if known else 2)


@pytest.mark.parametrize("pdf_first", [True, False])
def test_a_pdf_that_an_invoice_embeds_is_that_invoice_when_it_comes_alone(
    desk: Desk, dossier: Dossier, *, pdf_first: bool
) -> None:
    embedded = pdf.write(["facture"])
    deliveries = [{"pdf": embedded}, {"xml": invoice(pages=["facture"])}]
    for files in deliveries if pdf_first else reversed(deliveries):
        desk.deliver(dossier, "purchase_invoice", files)
        desk.sync()
        if pdf_first and "pdf" in files:
            desk.home.call("approve", "0042", "--document", desk.one("SELECT document_id AS id FROM invoices")["id"])
    row = desk.one("SELECT i.number, i.state, d.format FROM invoices AS i JOIN documents AS d ON d.id = document_id")
    assert (row["number"], row["format"], row["state"]) == ("F1", "xml", "approved" if pdf_first else "new")
    assert {one["state"] for one in desk.query("SELECT state FROM documents WHERE format = 'pdf'")} == {"duplicate"}


@pytest.mark.parametrize("redelivery", [True, False])
def test_a_pdf_that_was_given_up_is_received_when_its_invoice_comes_again(
    desk: Desk, dossier: Dossier, *, redelivery: bool
) -> None:
    first = desk.deliver(dossier, "purchase_invoice", {"xml": BARE, "pdf": PDF})
    desk.box.fault("/pdf/", faults.refuse(500), times=None)
    desk.sync()
    desk.home.call("skip", desk.document(first, "pdf")["id"])
    desk.box.heal()
    again = desk.deliver(dossier, "purchase_invoice", {"xml": BARE, "pdf": PDF}, redelivery=redelivery)
    desk.deliver(dossier, "purchase_invoice", {"xml": BARE, "pdf": PDF}, redelivery=redelivery)
    assert desk.sync().exit_code == 0
    assert states(desk, again) == {"xml": "duplicate", "pdf": "stored"}
    assert len([name for name in downloads(desk.box) if name == f"{again}/pdf"]) == 1
    assert desk.count("invoices") == 1
    shown = desk.home.run("show", desk.document(first, "xml")["id"], "--pdf", "-o", desk.home.folder / "out.pdf")
    assert (desk.home.folder / "out.pdf").read_bytes() == PDF, shown.stderr


def test_what_still_cannot_be_read_stands_by_a_pdf_that_was_never_looked_at(desk: Desk, dossier: Dossier) -> None:
    index = desk.deliver(dossier, "purchase_invoice", {"xml": BAD, "pdf": PDF})
    desk.sync()
    with closing(sqlite3.connect(desk.home.database)) as connection, connection:
        connection.execute("DELETE FROM invoice")  # as a version left it that did not know of this
    assert desk.home.rows("reparse", code=3)[0]["change"].startswith("still unreadable")
    assert (inbox(desk), states(desk, index)) == ([BY_PDF], {"xml": "unreadable", "pdf": "stored"})


@pytest.mark.parametrize(
    "attachment",
    [
        build.attachment(b"<html>%PDF-1.4 %%EOF</html>", mime="text/html"),
        build.attachment(b"<html>%PDF-1.4 %%EOF</html>"),
        build.attachment(build.PDF[:-7]),
    ],
    ids=["page", "page-called-pdf", "cut-off"],
)
def test_where_the_embedded_pdf_is_none_codaboxs_own_is_fetched(desk: Desk, dossier: Dossier, attachment: str) -> None:
    index = desk.deliver(dossier, "purchase_invoice", {"xml": build.invoice(attachments=attachment), "pdf": PDF})
    desk.sync()
    assert formats(desk, index) == ["xml", "pdf"]
    target = desk.home.folder / "shown.pdf"
    desk.home.call("show", desk.document(index, "xml")["id"], "--pdf", "-o", target)
    assert target.read_bytes() == PDF
