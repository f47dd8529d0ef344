"""Which dossier a person means: by its code, its enterprise or VAT number, or its CodaBox client id. Pure."""

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from codasync.errors import AmbiguousDossier, UnknownDossier


def find(dossiers: Sequence[Mapping[str, Any]], name: str) -> Mapping[str, Any]:
    """Return the one row of view `dossiers` that a name means.

    Raises UnknownDossier with the nearest ones, AmbiguousDossier with all that it can mean.
    """
    wanted = name.strip().casefold()
    found = [row for row in dossiers if wanted in _names(row) or (number(name) and number(name) in _names(row))]
    if not found:
        raise UnknownDossier(name=name, nearest=_nearest(dossiers, wanted))
    if len(found) > 1:
        raise AmbiguousDossier(name=name, candidates="; ".join(f"{label(row)} ({row['client_id']})" for row in found))
    return found[0]


def number(name: str) -> str:
    """Reduce an enterprise or VAT number as people write it (`BE 0428.759.497`) to its ten digits, else empty."""
    compact = name.upper().replace("BTW", "").replace("TVA", "").translate(str.maketrans("", "", " .-/"))
    digits = compact.removeprefix("BE")
    return digits.zfill(10) if digits.isascii() and digits.isdigit() and len(digits) in {9, 10} else ""


def label(row: Mapping[str, Any]) -> str:
    """Name a dossier for people: its code and its name."""
    return f"{row['dossier_code']} {row['name']}".strip()


def _names(row: Mapping[str, Any]) -> set[str]:
    names = {str(row[column]).casefold() for column in ("dossier_code", "client_id", "enterprise_number")}
    return names - {""}


def _nearest(dossiers: Sequence[Mapping[str, Any]], wanted: str) -> str:
    if not dossiers:
        return "no dossier is known yet"
    keys = {key.casefold(): row for row in dossiers for key in (row["dossier_code"], row["name"], *row["name"].split())}
    close = difflib.get_close_matches(wanted, list(keys), n=5, cutoff=0.5)
    labels = dict.fromkeys(label(keys[key]) for key in close)
    return f"nearest: {'; '.join(labels)}" if labels else f"none of the {len(dossiers)} dossiers resembles it"
