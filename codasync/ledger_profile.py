"""How a file of bank lines is written: what the config can say of it, and what is found out otherwise. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

AUTO = "auto"
DELIMITERS = {";": ";", ",": ",", "tab": "\t"}
ENCODINGS = ("utf-8", "cp1252")
DECIMAL_MARKS = (",", ".")
# the columns, by the names that they have unless a profile gives others
COLUMNS = (
    *("iban", "journal", "currency", "date", "amount", "balance", "statement_number"),
    *("counterparty_name", "counterparty_iban", "communication", "matched"),
)
# how a profile writes the parts of a date, each once
DATE_PARTS = {"YYYY": r"(?P<year>[0-9]{4})", "MM": r"(?P<month>[0-9]{2})", "DD": r"(?P<day>[0-9]{2})"}


@dataclass(frozen=True, slots=True)
class Profile:
    """How a file is written: `auto` finds out; `columns` are the headings of columns that have another name.

    `delimiter` is a key of DELIMITERS, `date_format` a notation such as `DD/MM/YYYY`.
    """

    delimiter: str = AUTO
    encoding: str = AUTO
    decimal_mark: str = AUTO
    date_format: str = AUTO
    columns: Mapping[str, str] = field(default_factory=dict)
