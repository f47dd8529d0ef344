"""Files in `tests/coda`, and beside each what the reader makes of it.

`CODASYNC_REGENERATE=1 pytest tests/test_coda_golden.py` writes the files anew from `coda_cases` and the
expectations from what the reader says now. Look at the difference before committing it.
"""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from coda_cases import cases

from codasync import coda
from codasync.errors import CodaError

FOLDER = Path(__file__).parent / "coda"
CASES = {name: (shows, data) for name, shows, data in cases()}
MOVEMENT = (
    "sequence_number",
    "detail_number",
    "amount_milli",
    "entry_date",
    "value_date",
    "transaction_code",
    "communication",
    "structured_communication",
    "structured",
    "counterparty_name",
    "counterparty_account",
    "counterparty_iban",
    "counterparty_currency",
    "customer_reference",
    "counterparty_bic",
    "r_transaction",
    "r_reason",
    "category_purpose",
    "purpose",
    "unknown_codes",
    "bank_reference",
    "globalisation_code",
    "paper_number",
    "details",
    "information",
    "line",
)
REGENERATE = bool(os.environ.get("CODASYNC_REGENERATE"))


def plain(value: object) -> Any:
    """Return a value of the reader as JSON would have it, without what is empty."""
    if isinstance(value, coda.Structured):
        return value.as_json()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, coda.Movement):
        return {**said(value, MOVEMENT), "meaning": str(value.meaning)}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(part) for part in value]
    if hasattr(value, "__dataclass_fields__"):
        return said(value, [field.name for field in fields(value)])  # type: ignore[arg-type]
    return value


def said(value: object, names: Iterable[str]) -> dict[str, Any]:
    pairs = {name: plain(getattr(value, name)) for name in names}
    return {
        name: part for name, part in pairs.items() if part is not None and part is not False and part not in ("", [])
    }


def read(data: bytes) -> dict[str, Any]:
    try:
        return {"statements": [plain(statement) for statement in coda.read(data)]}
    except CodaError as error:
        return {"refused": [str(finding) for finding in error.findings]}


@pytest.mark.parametrize("name", CASES)
def test_the_file_is_read_as_written_beside_it(name: str) -> None:
    shows, data = CASES[name]
    path, file = FOLDER / f"{name}.json", FOLDER / f"{name}.cod"
    if REGENERATE:
        file.write_bytes(data)
        found = {"shows": shows, **read(data)}
        path.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    assert file.read_bytes() == data, "the file is not what its case says"
    expected = json.loads(path.read_text(encoding="utf-8"))
    assert {"shows": shows, **read(file.read_bytes())} == expected, shows


def test_every_file_has_its_case() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(CASES)
