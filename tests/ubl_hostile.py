"""A generator of hostile documents for the UBL reader, each with what has to become of it.

Run as a program it reads one group of them (`bombs CANARY URL`, for example), each in a process of its own with 300 MB
of memory beyond what the interpreter has already, and prints what it found as JSON.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import ubl_builder as build

from codasync import ubl
from codasync.errors import UblError

MEGABYTE = 1 << 20
ROOM = 300 * MEGABYTE
# What a reader may make of a document: a refusal of this kind, or a reading.
READ = "read"


def bombs(canary: str, url: str) -> Iterator[tuple[str, bytes, str]]:
    """Yield documents with a document type: name, bytes, what becomes of them."""
    number = build.tag("cbc:ID", "&n;")
    laughs = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 10))
    entities = {
        "billion_laughs": f'<!ENTITY e0 "ha">{laughs}<!ENTITY n "&e9;">',
        "quadratic": f'<!ENTITY n "{"x" * 100_000}">',
        "file": f'<!ENTITY n SYSTEM "file://{canary}">',
        "network": f'<!ENTITY n SYSTEM "{url}">',
        "external_parameters": f'<!ENTITY % p SYSTEM "{url}"> %p;',
    }
    for name, declared in entities.items():
        yield f"entity_{name}", f"<!DOCTYPE Invoice [{declared}]>{build.document(number=number)}".encode(), "doctype"
    in_attribute = build.document(attributes=' x="&e9;"')
    attack = f'<!DOCTYPE Invoice [<!ENTITY e0 "ha">{laughs}]>{in_attribute}'
    yield "entity_in_attribute", attack.encode(), "doctype"
    for codec in ("utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        yield f"entity_{codec}", attack.encode(codec), "doctype"
    declared = '<?xml version="1.0" encoding="UTF-16"?>' + attack
    yield "entity_utf_16_declared", declared.encode("utf-16"), "doctype"
    yield "external_dtd", f'<!DOCTYPE Invoice SYSTEM "{url}">{build.document()}'.encode(), "doctype"
    padding = "<!-- > <!DOCTYPE -->" * 50_000 + "<?pi <!-- ?>" + " " * 100_000
    yield "doctype_after_a_megabyte", f'<?xml version="1.0"?>{padding}{attack}'.encode(), "doctype"
    hidden = build.document().replace("<", "+ADw-")
    yield "utf_7", f'<?xml version="1.0" encoding="UTF-7"?>{hidden}'.encode(), "encoding"
    yield "ebcdic", f'<?xml version="1.0" encoding="IBM037"?>{attack}'.encode("cp037"), "not_xml"


def shapes() -> Iterator[tuple[str, bytes, str]]:
    """Yield documents of an unusual size or shape."""
    yield "depth_1_000", build.invoice(note=nested(1_000)), READ
    yield "depth_5_000", build.invoice(note=nested(5_000)), "not_xml"
    yield "depth_300_000", build.invoice(note=nested(300_000)), "limit"
    yield "depth_of_references", build.invoice(note=nested(1_500, "cac:AdditionalDocumentReference")), READ
    yield "text_of_11_mb", build.invoice(note=build.tag("cbc:Note", "x" * 11 * MEGABYTE)), "limit"
    yield "file_of_11_mb", build.invoice(attachments=build.attachment(b"%PDF-" + bytes(11 * MEGABYTE))), READ
    yield "name_of_11_mb", build.invoice(attachments=build.attachment(name="x/" * 11 * (MEGABYTE // 2))), "limit"
    yield "attribute_of_11_mb", build.invoice(note=build.tag("cbc:Note", "x", languageID="x" * 11 * MEGABYTE)), READ
    yield "lines_40_000", build.invoice(lines=build.line() * 40_000), "limit"
    lines = "\n".join(build.line(number) for number in range(15_000))
    yield "lines_15_000", build.invoice(lines=lines), READ
    fewer = "\n".join(build.line(number) for number in range(4_000))
    yield "lines_4_000_in_another_currency", build.invoice(lines=fewer.replace("EUR", "USD")), READ
    yield "lines_4_000_not_exact", build.invoice(lines=fewer.replace("100.00", "100.00001")), READ
    allowance = build.tag("cbc:ChargeIndicator", "false") + build.money("cbc:Amount", "1.00")
    allowances = build.tag("cac:AllowanceCharge", allowance) * 60_000
    yield "allowances_60_000", build.invoice(allowance_charges=allowances), READ
    yield "allowances_60_000_in_a_line", build.invoice(lines=build.line(extra=allowances)), READ
    yield "references_20_000", build.invoice(references="<cac:AdditionalDocumentReference/>" * 20_000), READ
    yield "totals_20_000", build.invoice(tax=build.tax_total() * 20_000), READ
    attributes = [f'a{number}=""' for number in range(300_000)]
    yield "attributes_100_000", build.invoice(references=f"<a {' '.join(attributes[:100_000])}/>"), READ
    yield "attributes_300_000", build.invoice(references=f"<a {' '.join(attributes)}/>"), "limit"
    yield "names_50_000", build.invoice(references="".join(f"<cbc:x{i}/>" for i in range(50_000))), READ
    yield "elements_300_000", build.invoice(references="<a/>" * 300_000), "limit"
    yield from payments()


def payments() -> Iterator[tuple[str, bytes, str]]:
    """Yield documents with more, or longer, ways to pay and numbers to check than anybody has."""
    for name, text in {
        "digits": "1",
        "communications": "+++123/4567/89012+++",
        "slashes": "12/",
        "groups": "RF18 ",
    }.items():
        for size in (10 * MEGABYTE, 9_000):
            means = build.payment_means(reference=text * (size // len(text)))
            yield f"payment_id_of_{size}_{name}", build.invoice(payment_means=means), READ if size == 9_000 else "limit"
    many = build.payment_means(reference="", extra=build.tag("cbc:InstructionID", "+++123/4567/89012+++" * 400) * 2_000)
    yield "payment_ids_2_000_of_8_000", build.invoice(payment_means=many), READ
    terms = build.tag("cac:PaymentTerms", build.tag("cbc:Note", "***123/4567/89012***\n" * 4_000) * 100)
    yield "terms_100_of_80_000", build.invoice(payment_means="", payment_terms=terms), READ
    yield "payment_means_10_000", build.invoice(payment_means=build.payment_means() * 10_000), "limit"
    yield "attachments_10_000", build.invoice(attachments=build.attachment() * 10_000), "limit"
    numbers = build.tag("cac:PartyIdentification", build.tag("cbc:ID", "BE0428759497")) * 10_000
    party = build.party("Alfa", "0428759497", extra=numbers)
    yield "identifications_10_000", build.invoice(supplier=build.tag("cac:AccountingSupplierParty", party)), "limit"


def nested(depth: int, name: str = "cac:Party") -> str:
    return f"<{name}>" * depth + f"</{name}>" * depth


def values() -> Iterator[tuple[str, bytes, str]]:
    """Yield documents with values that other readers take for amounts, files or text."""
    amounts = {
        "nan": "NaN",
        "infinity": "Infinity",
        "exponent": "1e400",
        "underscore": "1_000",
        "comma": "1.000,00",
        "space": "1 000.00",
        "arabic_digits": "\u0661\u0662\u0661",
        "full_width_digits": "\uff11\uff12\uff11",
        "sixteen_digits": "1234567890123456",
        "five_thousand_digits": "1" * 5_000,
        "two_points": "1.2.3",
        "point": ".",
        "sign": "-",
        "hexadecimal": "0x10",
    }
    for name, text in amounts.items():
        yield f"amount_{name}", build.invoice(totals=build.totals(payable=text)), "amount"
        yield f"quantity_{name}", build.invoice(lines=build.line(quantity=text)), "amount"
    sums = build.tag("cac:TaxTotal", build.money("cbc:TaxAmount", "9" * 15) + "<cac:TaxSubtotal/>") * 2
    yield "sum_beyond_64_bits", build.invoice(tax=sums), "amount"
    files = {"star": "JVBE*Ri0=", "length": "JVBER", "late_padding": "JV==BERi0", "umlaut": "\u00c4VBE"}
    for name, text in files.items():
        yield f"base64_{name}", build.invoice(attachments=build.attachment(text)), "base64"
    elements = build.attachment("JVBE<b/>Ri0=")
    yield "base64_with_elements", build.invoice(attachments=elements), "base64"


def texts() -> Iterator[tuple[str, bytes, str]]:
    """Yield what is no UTF-8 document, or no invoice at all."""
    plain = build.document(number=build.tag("cbc:ID", "F\u00e9"))
    yield "latin_1_as_utf_8", ('<?xml version="1.0" encoding="UTF-8"?>' + plain).encode("latin-1"), "not_xml"
    yield "unknown_encoding", f'<?xml version="1.0" encoding="klingon"?>{plain}'.encode(), "encoding"
    yield "wrong_encoding", b'<?xml version="1.0" encoding="us-ascii"?>' + plain.encode(), "encoding"
    yield "odd_utf_16", plain.encode("utf-16")[:-1], "encoding"
    yield "nul", build.invoice(number=build.tag("cbc:ID", "20\x0026")), "not_xml"
    yield "nul_reference", build.invoice(number=build.tag("cbc:ID", "20&#0;26")), "not_xml"
    yield "undefined_entity", build.invoice(number=build.tag("cbc:ID", "&n;")), "not_xml"
    yield "empty", b"", "not_xml"
    yield "white_space", b" \n", "not_xml"
    yield "pdf", build.PDF, "not_xml"
    yield "zip", b"PK\x03\x04" + bytes(100), "not_xml"
    yield "json", b'{"error": "not found"}', "not_xml"
    yield "random", bytes(range(256)), "not_xml"
    yield "web_page", b"<!DOCTYPE html>\n<html><body>Sign in</body></html>", "not_an_invoice"
    yield "xhtml", b'<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>', "not_an_invoice"
    yield "no_namespace", b"<Invoice><ID>1</ID></Invoice>", "not_an_invoice"
    yield "ubl_1", build.document().replace("schema:xsd:Invoice-2", "schema:xsd:Invoice-1.0").encode(), "not_an_invoice"
    yield "order", build.document(root="Order").encode(), "not_an_invoice"
    yield "answer", build.document(root="ApplicationResponse").encode(), "not_an_invoice"
    bank = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"
    yield "bank_statement", f'<Document xmlns="{bank}"/>'.encode(), "not_an_invoice"
    envelope = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
    yield "empty_envelope", f'<StandardBusinessDocument xmlns="{envelope}"/>'.encode(), "envelope"
    inner = f'<StandardBusinessDocument xmlns="{envelope}">{build.document()}</StandardBusinessDocument>'
    nested_envelope = f'<StandardBusinessDocument xmlns="{envelope}">{inner}</StandardBusinessDocument>'
    yield "envelope_in_envelope", nested_envelope.encode(), "envelope"


def group(name: str, canary: str, url: str) -> Iterator[tuple[str, bytes, str]]:
    """Return one group of hostile documents: name, bytes, and `read` or the kind of the refusal."""
    groups = {"shapes": shapes, "values": values, "texts": texts}
    return groups[name]() if name in groups else bombs(canary, url)


def measure(data: bytes) -> dict[str, object]:
    """Read `data` in a process of its own and tell what came of it, how long it took, and everything it read."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        with os.fdopen(writer, "w") as out:
            json.dump(_attempt(data), out)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as found:
        text = found.read()
    _, status = os.waitpid(child, 0)
    return dict(json.loads(text)) if text else {"outcome": f"died with status {status}", "seconds": 0, "text": ""}


def _attempt(data: bytes) -> dict[str, object]:
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + ROOM, used + ROOM))
    resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
    start = time.process_time()
    try:
        invoice = ubl.read(data)
        outcome, text = READ, invoice.number + " ".join(invoice.notes)[:1000]
    except UblError as error:
        outcome, text = error.kind, str(error)
    except BaseException as error:  # noqa: BLE001 - whatever else escapes is the finding
        outcome, text = f"escaped: {type(error).__name__}", str(error)
    return {"outcome": outcome, "seconds": time.process_time() - start, "text": text}


if __name__ == "__main__":
    found = {name: {"expected": kind, **measure(data)} for name, data, kind in group(*sys.argv[1:])}
    json.dump(found, sys.stdout)
