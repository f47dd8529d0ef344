"""Documents whose length HTTP does not state: a whole one is taken whatever its writer put into it, a part never."""

from collections.abc import Iterator

import pytest
from desk import account, invoice, statements

from codasync.codabox import NORMAL, CodaBox, Patience, Wire
from codasync.credentials import Credentials
from codasync.errors import NotServed
from codasync.sandbox import Sandbox, coda_writer, faults

DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>'
INVOICE = invoice(pages=None).rstrip()
ROOT = INVOICE[INVOICE.index(b"?>") + 2 :]


@pytest.fixture
def client(box: Sandbox) -> Iterator[CodaBox]:
    wire = Wire(box.url, box.software_company, Credentials(box.username, box.password), timeout=5, patience=Patience(0))
    yield CodaBox(wire, max_document_size=1_000_000)
    wire.close()


def deliver(box: Sandbox, body: bytes, format_: str, share: float = 1.0) -> str:
    """Put a document into a feed, of which so much comes, on a connection that simply ends; return its index."""
    box.add_dossier("0042", "Boulangerie")
    box.fault("/download/", faults.cut(share, "close"), times=None)
    return box.deliver("0042", "coda", {format_: body})


def wide(text: bytes, encoding: str) -> bytes:
    return text.replace(b"UTF-8", b"UTF-16").decode().encode(encoding)


@pytest.mark.parametrize(
    "body",
    [
        INVOICE + b"<!---->" * 1000 + b"<?x?>",
        INVOICE + b"\n<?x a < b ?>\n",
        INVOICE + b"<!-- not </Invoice> -->" + b" " * 5000,
        DECLARATION + b"<!-- made by <b>ERP</b> v1 -->" + ROOT,
        DECLARATION + b"<?style <css?>\n" + ROOT,
        b"\xef\xbb\xbf" + INVOICE,
        wide(INVOICE, "utf-16"),
        wide(INVOICE, "utf-16-be"),
        b'<Invoice a="1" />\n',
        b'<!DOCTYPE Invoice [<!ENTITY a "b">]>' + ROOT,
        b"%PDF-1.4 <? no XML at all <!--",
    ],
    ids=[
        "comments behind",
        "instruction behind",
        "end in a comment",
        "tag in a comment before",
        "instruction before",
        "byte order mark",
        "UTF-16",
        "UTF-16 without mark",
        "root without content",
        "DOCTYPE",
        "no XML",
    ],
)
def test_xml_is_whole_whatever_stands_around_its_root(box: Sandbox, client: CodaBox, body: bytes) -> None:
    index = deliver(box, body, "xml")
    assert client.download(NORMAL, index, "xml") == body


@pytest.mark.parametrize(
    ("body", "end"),
    [
        (DECLARATION + b"<!-- <cbc:ID> -->" + ROOT, b"</cbc:ID>"),
        (DECLARATION + b"<!-- <b> -->" + ROOT, b"<b"),
        (DECLARATION + b"<!-- <b> -->" + ROOT, b"-->"),
        (ROOT.replace(b"</Invoice>", b"<!-- </Invoice> --></Invoice>"), b"<!-- </Invoice>"),
        (ROOT.replace(b"</Invoice>", b"<![CDATA[</Invoice>]]></Invoice>"), b"<![CDATA[</Invoice>"),
        (INVOICE + b"<!-- end -->", b"<!-- en"),
        (wide(INVOICE, "utf-16"), "</cbc:ID>".encode("utf-16-le")),
    ],
    ids=["after a tag", "in a comment", "before the root", "in a late comment", "in CDATA", "behind", "UTF-16"],
)
def test_xml_that_ends_before_its_root_does_is_cut_short(
    box: Sandbox, client: CodaBox, body: bytes, end: bytes
) -> None:
    size = body.index(end) + len(end)
    index = deliver(box, body, "xml", (size + 0.5) / len(body))
    with pytest.raises(NotServed, match="cut short"):
        client.download(NORMAL, index, "xml")


def test_a_coda_file_whose_trailer_announces_another_one_may_be_whole(box: Sandbox, client: CodaBox) -> None:
    body = coda_writer.write(*statements(account(1), 1))[:-3] + b"1\r\n"
    index = deliver(box, body, "cod", 1.0)
    assert client.download(NORMAL, index, "cod") == body  # as half of the banks write it


@pytest.mark.parametrize(
    ("content_type", "body", "words"),
    [
        ("application/xml", '{"customer": "Mr Private Person"}', "it looks like JSON and is sent as application/xml"),
        ("text/html", "Dear Mr Private Person", "it looks like text and is sent as text/html"),
        ("", "<html>Private Person", "it looks like HTML and is sent as nothing in particular"),
    ],
)
def test_of_a_page_its_kind_is_told_and_not_a_word_of_it(
    box: Sandbox, client: CodaBox, content_type: str, body: str, words: str
) -> None:
    index = deliver(box, INVOICE, "xml")
    box.heal()
    box.fault("/download/", faults.respond(200, body, {"Content-Type": content_type} if content_type else {}))
    with pytest.raises(NotServed) as caught:
        client.download(NORMAL, index, "xml")
    assert str(caught.value) == f"document {index} (xml): a page came instead: {words}"


def test_utf_16_may_come_as_plain_text(box: Sandbox, client: CodaBox) -> None:
    index, body = deliver(box, INVOICE, "xml"), wide(INVOICE, "utf-16")
    box.heal()
    box.fault("/download/", faults.respond(200, body, {"Content-Type": "text/plain"}))
    assert client.download(NORMAL, index, "xml") == body
