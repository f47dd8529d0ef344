"""Where a document stands in an export: names that every system takes, made from facts that were checked. Pure.

`CODE/YEAR/Invoices-IN-01`, `Invoices-OUT-01` are CodaBox's own, from its delivery to servers (faq.codabox.com, article
75000022794); `CODA/ACCOUNT` is ours. Nothing in a name is what a stranger wrote into a document: it holds the dossier's
code, account, currency, dates, a statement's number, and the beginning of the content's SHA-256.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

FOLDERS = {"purchases": "Invoices-IN-01", "sales": "Invoices-OUT-01"}
CODA_FOLDER = "CODA"
LONGEST = 40
OF_SHA256 = 16
# names that Windows keeps for devices, with any ending
RESERVED = frozenset(
    {"CON", "PRN", "AUX", "NUL", *(f"{port}{digit}" for port in ("COM", "LPT") for digit in range(10))}
)
NAMELESS = "unnamed"

Row = Mapping[str, Any]


def safe(text: str) -> str:
    """Reduce a text to letters, digits, `.`, `_` and `-` that are a file name on every system; never empty."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    name = re.sub(r"[^A-Za-z0-9._-]+", "_", plain).strip("._-")[:LONGEST].rstrip("._-")
    first, dot, rest = name.partition(".")
    return f"{first}_{dot}{rest}" if first.upper() in RESERVED else name or NAMELESS


def folders(dossiers: Iterable[Row]) -> dict[str, str]:
    """Name a folder for each dossier, by client id: its code, or, where another has that name, a name of its own.

    `dossiers` hold client_id and code; the first of several with one name, whatever the case of its letters, has it.
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for dossier in dossiers:
        identity = hashlib.sha256(dossier["client_id"].encode()).hexdigest()
        code = safe(dossier["code"])
        name = next(one for one in (code, f"{code}-{identity[:8]}", identity) if one.casefold() not in taken)
        taken.add(name.casefold())
        names[dossier["client_id"]] = name
    return names


def place(row: Row, names: Mapping[str, str]) -> tuple[str, ...]:
    """Return the folders and the name, without ending, of a document, a row of `store_export.pending`."""
    day = row["day"] or row["received_at"][:10]
    head = (names[row["client_id"]], day[:4])
    stem = row["sha256"][:OF_SHA256]
    if row["inbox"]:
        return (*head, FOLDERS[row["inbox"]], f"{day}_{stem}")
    return (*head, CODA_FOLDER, _account(row), f"{day}_{row['number']:03d}_{stem}")


def _account(row: Row) -> str:
    """Name a bank account: IBAN, currency, and the extension zone where there is one."""
    facts: Sequence[str] = [row["iban"], row["currency"], row["extension"]]
    return "-".join(safe(fact) for fact in facts if fact.strip()) or NAMELESS
