"""From bytes to the root element of one invoice, or a refusal: what keeps a hostile document from doing harm.

libxml2 always sees UTF-8 that this module has looked at first: a document type declaration is refused before parsing,
because entities are how a document reads files, grows to gigabytes, or loses its values without a sound. There is no
network, no external file, a limit on elements and attributes, counted before parsing, and one on depth (libxml2's
2048); texts may be long, because attachments are.
"""

import codecs
import re
from itertools import islice
from typing import Final, cast

from lxml import etree
from lxml.etree import _Element as Element

from codasync.errors import UblError
from codasync.ubl_codes import CAC, CBC, ENVELOPE, OTHER_DOCUMENTS, ROOTS

# What an encoding declaration may say. Others (UTF-7, EBCDIC) could hide a DOCTYPE from the look before parsing.
ENCODINGS: Final = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "iso-8859-1": "latin-1",
    "latin1": "latin-1",
    "iso-8859-15": "iso-8859-15",
    "windows-1252": "cp1252",
    "cp1252": "cp1252",
    "utf-16": "utf-16",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
}
# The first bytes of a document in an encoding that is not a superset of ASCII.
SIGNATURES: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
DECLARATION: Final = re.compile(rb"""<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
# Everything that may stand before a DOCTYPE. Possessive, so that a million comments cost no memory.
PROLOG: Final = re.compile(rb"(?:[ \t\r\n]++|<\?(?s:.*?)\?>|<!--(?s:.*?)-->)*+")
PREFIXES: Final = {CBC: "cbc:", CAC: "cac:"}
FORMATS: Final = (
    (b"%PDF", "a PDF file"),
    (b"PK\x03\x04", "a ZIP file"),
    (b"\x1f\x8b", "a gzip file"),
    (b"{", "JSON"),
)
# Ten thousand lines of twenty-five elements each; beyond it time and memory would go to whoever sent the document.
MOST_TAGS: Final = 250_000
SHORTEST_TAG: Final = len("<a/>")
# What is counted before parsing: a byte that each of them has, and how it begins.
COUNTED: Final = {"elements": (b"<", re.compile(rb"<(?!/)")), "attributes": (b"=", re.compile(rb"="))}
HTML: Final = re.compile(rb"<(?:!doctype\s+html|html)\b", re.IGNORECASE)


def parse(data: bytes) -> tuple[Element, bool]:
    """Return the root element of the invoice in `data`, and whether it came in a transport envelope.

    Raises UblError: `not_xml`, `encoding`, `doctype`, `limit`, `not_an_invoice`, `envelope`.
    """
    source = _as_utf8(data)
    _refuse_doctype(source)
    _refuse_too_many(source)
    root = _parse_utf8(source)
    if root.tag == ENVELOPE:
        return _unwrap(root), True
    if root.tag not in ROOTS:
        raise UblError(kind="not_an_invoice", text=_describe(root), path=_name(root), line=line_of(root))
    return root, False


def term_path(element: Element) -> str:
    """Return the path of `element` from the invoice, as the standard writes it: `Invoice/cac:InvoiceLine/cbc:ID`."""
    return "/".join(_name(node) for node in _from_root(element))


def element_path(element: Element) -> str:
    """Return the path of this very `element`, as in `Invoice/cac:InvoiceLine[2]/cbc:ID`.

    Takes time for each element before it: for a refusal, not for every line.
    """
    return "/".join(_name(node) + _position(node) for node in _from_root(element))


def line_of(element: Element) -> int:
    """Return the line of the file where `element` begins, 0 if it is not known."""
    return cast("int | None", element.sourceline) or 0


def _as_utf8(data: bytes) -> bytes:
    """Return `data` in UTF-8 without a byte order mark; the declaration inside it no longer counts."""
    encoding = _encoding(data)
    if encoding == "utf-8":
        return data
    if encoding == "utf-8-sig":
        return data[len(codecs.BOM_UTF8) :]
    try:
        return data.decode(encoding).removeprefix("\ufeff").encode()
    except UnicodeDecodeError as error:
        line = data[: error.start].decode(encoding, "ignore").count("\n") + 1
        raise UblError(kind="encoding", text=f"the text is not {encoding}: {error.reason}", line=line) from error


def _encoding(data: bytes) -> str:
    for signature, encoding in SIGNATURES:
        if data.startswith(signature):
            return encoding
    declared = DECLARATION.match(data)
    if declared is None:
        return "utf-8"
    name = declared[1].decode().lower()
    if name not in ENCODINGS:
        raise UblError(kind="encoding", text=f"the encoding {name} is not accepted", line=1)
    # Bytes that begin in plain ASCII cannot be UTF-16, whatever they declare.
    return "utf-8" if ENCODINGS[name].startswith("utf-16") else ENCODINGS[name]


def _refuse_doctype(source: bytes) -> None:
    prolog = PROLOG.match(source)
    start = prolog.end() if prolog else 0
    if HTML.match(source, start):
        raise UblError(kind="not_an_invoice", text="this is a web page, not an invoice")
    if source.startswith(b"<!", start):
        text = "the document declares a type of its own (DOCTYPE), which an invoice has no use for"
        raise UblError(kind="doctype", text=text, line=source.count(b"\n", 0, start) + 1)


def _refuse_too_many(source: bytes) -> None:
    if len(source) < MOST_TAGS * SHORTEST_TAG:
        return
    for what, (mark, pattern) in COUNTED.items():
        if source.count(mark) <= MOST_TAGS:
            continue
        first_too_many = next(islice(pattern.finditer(source), MOST_TAGS, None), None)
        if first_too_many:
            line = source.count(b"\n", 0, first_too_many.start()) + 1
            raise UblError(kind="limit", text=f"the document has more than {MOST_TAGS:,} {what}", line=line)


def _parse_utf8(source: bytes) -> Element:
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    try:
        return etree.fromstring(source, parser)
    except etree.XMLSyntaxError as error:
        raise UblError(kind="not_xml", text=_complaint(source, error), line=error.lineno or 0) from error


def _complaint(source: bytes, error: etree.XMLSyntaxError) -> str:
    if not source.strip():
        return "the document is empty"
    for start, name in FORMATS:
        if source.startswith(start):
            return f"this is {name}, not XML"
    words = (error.msg or "cannot be parsed").split(", line ")[0].replace("\n", " ")
    return f"not well-formed XML: {words.strip()}"


def _unwrap(envelope: Element) -> Element:
    invoices = [child for child in envelope if child.tag in ROOTS]
    if len(invoices) == 1:
        return invoices[0]
    others = ", ".join(_name(child) for child in list(envelope)[:5]) or "nothing"
    text = f"the envelope must hold exactly one invoice, and holds {len(invoices)}: {others}"
    raise UblError(kind="envelope", text=text, path="StandardBusinessDocument", line=line_of(envelope))


def _describe(root: Element) -> str:
    name = etree.QName(root)
    what = OTHER_DOCUMENTS.get(name.localname, "not an invoice")
    place = f"in namespace {name.namespace[:80]}" if name.namespace else "without a namespace"
    return f"this is {what}: the root element is {name.localname[:80]} {place}"


def _from_root(element: Element) -> list[Element]:
    nodes = [node for node in (element, *element.iterancestors()) if node.tag != ENVELOPE]
    return nodes[::-1]


def _name(element: Element) -> str:
    namespace, brace, name = str(element.tag).rpartition("}")
    return PREFIXES.get(namespace + brace, "") + name


def _position(element: Element) -> str:
    before = sum(1 for _ in element.itersiblings(element.tag, preceding=True))
    alone = before == 0 and next(element.itersiblings(element.tag), None) is None
    return "" if alone else f"[{before + 1}]"
