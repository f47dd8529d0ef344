"""Documents in `tests/ubl`, and beside each what the reader makes of it.

`CODASYNC_REGENERATE=1 pytest tests/test_ubl_golden.py` writes the expectations anew from what the reader says now; the
sentence in `shows`, which says what the document is there for, is kept. Look at the difference before committing it.
"""

import json
import os
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from codasync import ubl
from codasync.errors import UblError

FOLDER = Path(__file__).parent / "ubl"
CASES = sorted(path.stem for path in FOLDER.glob("*.xml"))
REGENERATE = bool(os.environ.get("CODASYNC_REGENERATE"))


def is_empty(value: object) -> bool:
    """Tell what is left out: nothing, empty text, no parts, False; an amount of 0 is something."""
    return value is None or value is False or value in ("", ())


def plain(value: object) -> Any:
    """Return a value of the reader as JSON would have it, without what is empty and without the bytes of files."""
    if is_dataclass(value):
        pairs = {field.name: getattr(value, field.name) for field in fields(value) if field.name != "data"}
        return {name: plain(part) for name, part in pairs.items() if not is_empty(part)}
    if isinstance(value, tuple):
        return [plain(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value


def read(case: str) -> dict[str, Any]:
    try:
        return {"invoice": plain(ubl.read((FOLDER / f"{case}.xml").read_bytes()))}
    except UblError as error:
        return {"refused": {"kind": error.kind, "path": error.path, "line": error.line, "text": str(error)}}


@pytest.mark.parametrize("case", CASES)
def test_the_document_is_read_as_written_beside_it(case: str) -> None:
    path = FOLDER / f"{case}.json"
    expected = json.loads(path.read_text(encoding="utf-8"))
    found = {"shows": expected["shows"], **read(case)}
    if REGENERATE:
        path.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    else:
        assert found == expected, expected["shows"]


def test_everything_that_the_reader_says_is_explained_in_its_documentation() -> None:
    explained = (FOLDER.parents[1] / "docs" / "ubl-reader.md").read_text(encoding="utf-8")
    found = [json.loads((FOLDER / f"{case}.json").read_text(encoding="utf-8")) for case in CASES]
    said = {warning["code"] for each in found for warning in each.get("invoice", {}).get("warnings", [])}
    said |= {each["refused"]["kind"] for each in found if "refused" in each}
    assert not {code for code in said if f"`{code}`" not in explained and not code.startswith("BR-DEC-")}


def test_every_expectation_has_its_document() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.json")) == CASES


def test_the_invoice_that_keeps_every_rule_has_no_warnings() -> None:
    assert "warnings" not in read("all_terms")["invoice"]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("rule_*_broken.xml")), ids=lambda path: path.stem)
def test_each_broken_rule_is_named_in_a_warning(path: Path) -> None:
    rule = path.stem.removeprefix("rule_").removesuffix("_broken")
    codes = {warning["code"] for warning in read(path.stem)["invoice"]["warnings"]}
    assert any(code == rule or code.startswith(f"{rule}-1") for code in codes)
