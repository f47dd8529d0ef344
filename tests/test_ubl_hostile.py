"""No document, however hostile, does harm: it is refused or read right, within bounds, and nothing else is touched."""

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import ubl_builder as build
import ubl_hostile
from hypothesis import given, settings
from hypothesis import strategies as st

from codasync import ubl, ubl_ids
from codasync.errors import UblError

GOLDEN = Path(__file__).parent / "ubl"
CANARY = "canary-4711"
# None takes a second of CPU where nothing else runs; a busy machine gets the rest.
SECONDS = 4


@pytest.fixture
def trap(tmp_path: Path) -> Iterator[tuple[Path, socket.socket]]:
    """Yield a file that must not be read and a listening socket that must not be connected to."""
    canary = tmp_path / "canary.txt"
    canary.write_text(CANARY)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield canary, listener


@pytest.mark.parametrize("group", ["bombs", "shapes", "values", "texts"])
def test_every_hostile_document_is_refused_or_read_within_its_limits(
    group: str, trap: tuple[Path, socket.socket]
) -> None:
    canary, listener = trap
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/x.dtd"
    command = [sys.executable, ubl_hostile.__file__, group, str(canary), url]
    done = subprocess.run(command, capture_output=True, check=True, timeout=240)

    found = json.loads(done.stdout)

    assert found
    assert {name: each["outcome"] for name, each in found.items()} == {
        name: each["expected"] for name, each in found.items()
    }
    assert [name for name, each in found.items() if each["seconds"] > SECONDS] == []
    assert CANARY not in done.stdout.decode()
    with pytest.raises(BlockingIOError):
        listener.accept()


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_doctype_is_refused_before_the_parser_sees_it(codec: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object, **__: object) -> None:
        pytest.fail("the parser was reached")

    monkeypatch.setattr("codasync.ubl_xml.etree.XMLParser", unreachable)
    monkeypatch.setattr("codasync.ubl_xml.etree.fromstring", unreachable)
    attack = "<!-- <a> -->\n<?pi ?><!DOCTYPE Invoice>" + build.document()
    with pytest.raises(UblError) as refused:
        ubl.read(attack.encode(codec))
    assert (refused.value.kind, refused.value.line) == ("doctype", 2)


@pytest.mark.parametrize("text", ["<!-- <!DOCTYPE a> -->", "<?pi <!DOCTYPE a> ?>"])
def test_a_doctype_within_a_comment_is_none(text: str) -> None:
    assert ubl.read((text + build.document()).encode()).number == "2026-0001"


@pytest.mark.parametrize("case", ["all_terms", "dialect_e_fff", "field_many_attachments"])
def test_an_invoice_cut_off_anywhere_is_refused_not_read_in_part(case: str) -> None:
    whole = (GOLDEN / f"{case}.xml").read_bytes().rstrip()
    for end in range(0, len(whole), 100):
        with pytest.raises(UblError) as refused:
            ubl.read(whole[:end])
        assert refused.value.kind == "not_xml", end


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_nothing_but_a_refusal_escapes_for_any_bytes(data: bytes) -> None:
    with pytest.raises(UblError):
        ubl.read(data)


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_nothing_but_a_refusal_escapes_when_bytes_of_an_invoice_change(data: st.DataObject) -> None:
    document = bytearray((GOLDEN / "all_terms.xml").read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(document) - 1))
        document[place] = data.draw(st.sampled_from(b"<>&\"'/ 0.-\x00\xff!") | st.integers(0, 255))
    assert outcome(bytes(document))


@settings(deadline=None)
@given(st.from_regex(r"([A-Z]{2})?[ .]?[0-9A-Z +/*.-]{0,45}", fullmatch=True) | st.text(max_size=60))
def test_no_number_with_check_digits_makes_a_check_fail_otherwise_than_by_its_answer(text: str) -> None:
    assert ubl_ids.has_right_vat_check(ubl_ids.vat_number(text, "")) in {True, False, None}
    assert ubl_ids.iban(text) in {"", re.sub(r"[^0-9A-Z]", "", text.upper()).removeprefix("IBAN")}
    assert len(ubl_ids.enterprise_number(text)) in {0, 10}
    assert len(ubl_ids.structured_communication(text)) in {0, 20}


NUMBERS = st.text(st.sampled_from("0123456789.,-+eE_ \u0661\uff11"), max_size=20)


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(["payable", "quantity", "price", "net", "rate"]), NUMBERS)
def test_a_number_is_a_decimal_in_ascii_digits_or_absent_or_refused(place: str, text: str) -> None:
    parts = {
        "payable": {"totals": build.totals(payable=text)},
        "quantity": {"lines": build.line(quantity=text)},
        "price": {"lines": build.line(price=text)},
        "net": {"lines": build.line(net=text)},
        "rate": {"tax": build.tax_total(rate=text)},
    }[place]
    trimmed = text.strip()
    is_number = re.fullmatch(r"[+-]?([0-9]{1,15}(\.[0-9]*)?|\.[0-9]+)", trimmed) is not None
    assert outcome(build.invoice(**parts)) == ("read" if is_number or not trimmed else "amount")


def outcome(data: bytes) -> str:
    """Return `read`, or the kind of the refusal; anything else that is raised is the test's failure."""
    try:
        ubl.read(data)
    except UblError as refusal:
        return refusal.kind
    return "read"


def test_what_is_refused_says_which_element_of_which_line() -> None:
    lines = "\n".join([build.line(1), build.line(2), build.line(3, net="1e3")])
    document = build.invoice(lines=lines)
    with pytest.raises(UblError) as refused:
        ubl.read(document)
    assert refused.value.path == "Invoice/cac:InvoiceLine[3]/cbc:LineExtensionAmount"
    assert refused.value.line == document[: document.index(b"1e3")].count(b"\n") + 1
    assert "'1e3'" in str(refused.value)


@pytest.mark.parametrize(
    ("parts", "path", "words"),
    [
        ({"number": build.tag("cbc:ID", "1" * 10_001)}, "Invoice/cbc:ID", "10,001 characters, more than 10,000"),
        ({"note": build.tag("cbc:Note", "x" * 100_001)}, "Invoice/cbc:Note", "100,001 characters, more than 100,000"),
        (
            {"attachments": build.attachment(name="x" * 10_001)},
            "Invoice/cac:AdditionalDocumentReference/cac:Attachment/cbc:EmbeddedDocumentBinaryObject",
            "its attribute filename has 10,001 characters",
        ),
        ({"payment_means": build.payment_means() * 1_001}, "Invoice/cac:PaymentMeans[1001]", "more than 1,000"),
        ({"references": "<a/>" * 250_000}, "", "more than 250,000 elements"),
        ({"references": "<a x='='/>" * 130_000}, "", "more than 250,000 attributes"),
    ],
)
def test_what_is_more_than_any_invoice_needs_is_refused_where_it_stands(
    parts: dict[str, str], path: str, words: str
) -> None:
    document = build.invoice(**parts)
    with pytest.raises(UblError) as refused:
        ubl.read(document)
    assert (refused.value.kind, refused.value.path) == ("limit", path)
    [part] = parts.values()
    assert refused.value.line == document[: document.index(part.encode())].count(b"\n") + 1
    assert words in str(refused.value)


def test_what_is_just_within_the_limits_is_read() -> None:
    long = {"number": build.tag("cbc:ID", "1" * 10_000), "note": build.tag("cbc:Note", "x" * 100_000)}
    many = {"payment_means": build.payment_means() * 1_000, "attachments": build.attachment() * 1_000}
    invoice = ubl.read(build.invoice(**long, **many))
    assert (len(invoice.number), len(invoice.notes[0]), len(invoice.attachments)) == (10_000, 100_000, 1_000)


def test_a_refusal_of_broken_xml_says_the_line() -> None:
    with pytest.raises(UblError) as refused:
        ubl.read(b"<a>\n<b>\n</a>")
    assert (refused.value.kind, refused.value.line) == ("not_xml", 3)
