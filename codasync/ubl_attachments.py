"""The files that an invoice carries, decoded, under names that are safe to write, and which one is its own PDF.

Sources: EN 16931 BG-24; e-FFF (PDF marked by DocumentType) and UBL.BE (by DocumentDescription).
"""

import binascii
import hashlib
import re
import unicodedata
from dataclasses import replace
from typing import Final

from lxml.etree import _Element as Element

from codasync.errors import UblError
from codasync.ubl_codes import CAC, CBC, EXTENSION_OF_TYPE, INVOICE_PDF_MARKS
from codasync.ubl_tree import Branch, Reading, attribute_of, too_much
from codasync.ubl_types import Attachment
from codasync.ubl_xml import element_path, line_of

ATTACHMENT: Final = f"{CAC}Attachment"
ADDITIONAL: Final = f"{CAC}AdditionalDocumentReference"
EMBEDDED: Final = f"{CBC}EmbeddedDocumentBinaryObject"
LINK: Final = "cac:Attachment/cac:ExternalReference/cbc:URI"
MARKS: Final = ("cbc:DocumentType", "cbc:DocumentDescription")
PDF: Final = "application/pdf"
# Types that say PDF, and those that say nothing.
PDF_TYPES: Final = frozenset({PDF, "application/x-pdf", "text/pdf", "pdf"})
UNSPECIFIC_TYPES: Final = frozenset({"", "application/octet-stream", "binary/octet-stream"})
# How a PDF begins, and ends: viewers look for the end in the last 1024 bytes (ISO 32000-1, implementation note 18).
PDF_BEGINS: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,64}%PDF-")
PDF_ENDS: Final = b"%%EOF"
PDF_TAIL: Final = 1024
# What some programs fill a file up with.
PADDING: Final = b"\0 \t\r\n"
PADDED_TAIL: Final = 65_536
MOST_ATTACHMENTS: Final = 1_000
# Not allowed in the names of files on one system or another.
FORBIDDEN: Final = re.compile(r'[<>:"|?*]')
# Letters first, so that the last part of a number such as 2026.001 is no extension.
ENDING: Final = re.compile(r"(?<=.)\.[A-Za-z][A-Za-z0-9]{1,4}$")
LONGEST_NAME: Final = 120
# Of a longer name the beginning and the end are looked at.
MOST_OF_NAME: Final = 1_000
WHITE_SPACE: Final = b" \t\r\n"


def read_attachments(root: Element, reading: Reading) -> tuple[Attachment, ...]:
    """Return the attachments of all document references, in the document's order; at most one is the invoice's PDF.

    Raises UblError `base64` when an embedded file cannot be decoded whole, `limit` when there are too many.
    """
    found: list[Attachment] = []
    marked: list[int] = []
    additional: list[int] = []
    extended = {holder for extension in _extensions(root) for holder in extension.iter(ATTACHMENT)}
    branch: Branch | None = None
    last: Element | None = None
    for holder in root.iter(ATTACHMENT):
        reference = holder.getparent()
        if reference is None or holder in extended or not _is_reference(reference):
            continue
        if len(found) == MOST_ATTACHMENTS:
            raise too_much(holder, f"there are more than {MOST_ATTACHMENTS:,} attachments")
        if branch is None or reference is not last:  # unfolded anew for each, very many in one would take for ever
            branch, last = Branch(reference, reading), reference
        attachment = _attachment(branch, holder, len(found) + 1)
        if attachment is None:
            reading.warn("empty_attachment", "a reference to a document has neither a file nor a link", branch.line)
            continue
        if any("".join(branch.text(mark).lower().split()) in INVOICE_PDF_MARKS for mark in MARKS):
            marked.append(len(found))
        elif reference.tag == ADDITIONAL and reference.getparent() is root:
            additional.append(len(found))
        found.append(attachment)
    return _with_invoice_pdf(found, [*marked, *additional])


def clean_name(name: str, mime_type: str, number: int) -> str:
    """Return a safe name for the file `name`: no path, no control characters, the extension of its type, never empty.

    Some programs write the full path on their own disk, or the name of the XML file for the PDF.
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    if len(last) > MOST_OF_NAME:
        last = last[: MOST_OF_NAME // 2] + last[-MOST_OF_NAME // 2 :]
    visible = "".join(character for character in last if unicodedata.category(character)[0] != "C")
    plain = FORBIDDEN.sub("_", " ".join(visible.split())).strip(" .") or f"attachment-{number}"
    wanted = EXTENSION_OF_TYPE.get(mime_type, "")
    stem, extension = plain, ""
    if ending := ENDING.search(plain):
        stem, extension = plain[: ending.start()], ending[0]
    if mime_type == PDF and extension.lower() == ".xml":
        extension = wanted
    elif wanted and (not extension or (mime_type == PDF and extension.lower() != wanted)):
        stem, extension = plain, wanted
    return _shorten(stem, extension)


def _shorten(stem: str, extension: str) -> str:
    """Keep the name within what file systems take, which count bytes."""
    room = LONGEST_NAME - len(extension.encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(" .") + extension


def _extensions(root: Element) -> list[Element]:
    """Return what holds extensions and signatures: references in there are not the invoice's."""
    return [child for child in root.iterchildren() if "UBLExtension" in str(child.tag)]


def _is_reference(element: Element) -> bool:
    tag = str(element.tag)
    return tag.startswith(CAC) and tag.endswith("DocumentReference")


def _attachment(reference: Branch, holder: Element, number: int) -> Attachment | None:
    embedded = holder.find(EMBEDDED)
    data = _decode(embedded, reference.reading) if embedded is not None else b""
    uri = reference.text(LINK)
    if not data and not uri:
        return None
    mime_type, name = "", ""
    if embedded is not None:
        mime_type, name = attribute_of(embedded, "mimeCode").lower(), attribute_of(embedded, "filename")
    is_pdf = _is_pdf(mime_type, data)
    if data and mime_type in PDF_TYPES and not is_pdf:
        reference.reading.warn("not_a_pdf", "an attachment says it is a PDF, and is none", reference.line)
    return Attachment(
        file_name=clean_name(name or reference.text("cbc:ID"), PDF if is_pdf else mime_type, number),
        mime_type=mime_type,
        description=reference.text("cbc:DocumentDescription", "cbc:DocumentType"),
        data=data,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest() if data else "",
        uri=uri,
    )


def _decode(embedded: Element, reading: Reading) -> bytes:
    """Return the bytes of an embedded file; white space is legal within base64, anything else is not."""
    if len(embedded):
        raise _refusal(embedded, "other elements stand within the base64 text")
    try:
        text = (embedded.text or "").encode("ascii").translate(None, WHITE_SPACE)
        missing = -len(text) % 4
        data = binascii.a2b_base64(text + b"=" * missing, strict_mode=True)
    except ValueError as error:
        raise _refusal(embedded, f"the embedded file is not valid base64 ({error})") from error
    if missing:
        # Nothing is lost: the padding says only what the length says already.
        reading.warn("base64_padding", "the base64 text of an embedded file lacks its padding", line_of(embedded))
    return data


def _refusal(element: Element, text: str) -> UblError:
    return UblError(kind="base64", text=text, path=element_path(element), line=line_of(element))


def _is_pdf(mime_type: str, data: bytes) -> bool:
    """Tell whether a file is a PDF by its content, and its stated type does not say that it is something else."""
    if mime_type.partition(";")[0].strip() not in PDF_TYPES | UNSPECIFIC_TYPES or not PDF_BEGINS.match(data):
        return False
    return PDF_ENDS in data[-PADDED_TAIL:].rstrip(PADDING)[-PDF_TAIL:]


def _with_invoice_pdf(found: list[Attachment], candidates: list[int]) -> tuple[Attachment, ...]:
    """Mark the invoice's own PDF: the first of the candidates that is one. A contract's or a line's is not its own."""
    own = next((index for index in candidates if _is_pdf(found[index].mime_type, found[index].data)), None)
    return tuple(replace(each, is_invoice_pdf=index == own) for index, each in enumerate(found))
