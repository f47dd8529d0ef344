"""Every flag that an invoice can have is told in words."""

import re
from pathlib import Path

import pytest

from codasync import flags
from codasync.present_codes import FLAGS, flag
from codasync.ubl_codes import NOTES

READER = (Path(__file__).parent.parent / "docs" / "ubl-reader.md").read_text(encoding="utf-8")


def codes() -> set[str]:
    """Return the codes of the reader's warnings that need somebody, and of the flags that are codasync's own."""
    table = READER[READER.index("## What it warns of") : READER.index("Nothing is ever recomputed")]
    rows = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    own = {value for name, value in vars(flags).items() if name.isupper() and isinstance(value, str)}
    return ({code for row in rows for code in re.findall(r"`([^`]+)`", row)} - NOTES) | own


def test_this_test_sees_the_flags() -> None:
    assert {"other_party", "same_number", "pdf_only", "BR-CO-15", "iban_check"} <= codes()


@pytest.mark.parametrize("code", sorted(codes()))
def test_a_flag_has_words_that_fit_in_a_table(code: str) -> None:
    assert flag(code) != code
    assert len(flag(code)) <= 50


def test_no_words_are_kept_for_what_is_no_flag() -> None:
    assert FLAGS.keys() <= codes()


def test_an_unknown_flag_is_shown_as_it_is() -> None:
    assert flag("news") == "news"
