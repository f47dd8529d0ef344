"""What a pass does with an entry of a feed: fetch it in certain formats, or skip it and why. Pure.

`sync --dry-run` prints these decisions; `sync` carries them out.
"""

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

CODA = "coda"
# how the reason begins for what was passed over and cannot be fetched any more
NOT_SERVED = "passed over, and CodaBox serves it no more"
# the reason of what was passed over, is wanted after all, and was not asked for yet
WANTED_AFTER_ALL = "passed over once, not fetched yet"
INVOICES = {"purchase_invoice": "purchases", "sales_invoice": "sales"}


@dataclass(frozen=True, slots=True)
class Selection:
    """What the office chose for an account: `currency` is empty for all its sub-accounts; `since` may be None."""

    iban: str
    currency: str
    enabled: bool
    since: dt.date | None


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the office wants of one dossier.

    `models` maps a kind of document to the formats wanted, `allowed` to the formats that CodaBox offers; `pdf` is
    missing, always or never; `invoices` tells whether this dossier's invoices are wanted.
    """

    models: Mapping[str, tuple[str, ...]]
    allowed: Mapping[str, tuple[str, ...]]
    pdf: str
    invoices: bool
    selections: tuple[Selection, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """Fetch these formats; or, where there are none, skip for this reason."""

    formats: tuple[str, ...]
    reason: str = ""


def decide(model: str, facts: Mapping[str, Any], wishes: Wishes) -> Decision:
    """Decide on an entry by its model and CodaBox's metadata."""
    if model != CODA and model not in INVOICES:
        return Decision((), f"codasync does not read documents of kind {model or 'unknown'}")
    if model not in wishes.models:
        return Decision((), "this kind is left out in the config")
    if model in INVOICES and not wishes.invoices:
        return Decision((), "the config leaves out this dossier's invoices")
    if model == CODA and (reason := _unwanted_by_metadata(facts, wishes.selections)):
        return Decision((), reason)
    formats = _formats(model, wishes)
    offered = ", ".join(wishes.allowed.get(model, ()))
    return Decision(formats) if formats else Decision((), f"CodaBox offers only {offered or 'nothing'}")


def _unwanted_by_metadata(facts: Mapping[str, Any], selections: Iterable[Selection]) -> str:
    iban = compact(facts.get("iban"))
    if not iban:
        return ""  # the content will say which account it is
    return unwanted(selections, iban, compact(facts.get("currency")), date(facts.get("new_balance_date")))


def unwanted(selections: Iterable[Selection], iban: str, currency: str, day: dt.date | None) -> str:
    """Say why a statement of this account and date is not wanted; an empty text when it is.

    An empty `currency` is one that is not known yet: any selection of the account lets it through.
    """
    of_account = [one for one in selections if one.iban == iban]
    chosen = [one for one in of_account if one.currency == currency] if currency else []
    candidates = chosen or [one for one in of_account if not one.currency or not currency]
    enabled = [one for one in candidates if one.enabled]
    if not enabled:
        return f"journal {iban} is not enabled"
    starts = [one.since for one in enabled]
    if day and all(start and day < start for start in starts):
        return f"dated before {min(start for start in starts if start)}, the start of journal {iban}"
    return ""


def _formats(model: str, wishes: Wishes) -> tuple[str, ...]:
    wanted = pdf_last(wishes.models[model])
    if model in INVOICES and wishes.pdf == "always" and "pdf" not in wanted:
        wanted = (*wanted, "pdf")
    if not wishes.allowed.get(model):
        return wanted
    formats = tuple(name for name in wanted if name in wishes.allowed[model])
    if not formats and model in INVOICES and offers_pdf(model, wishes):
        return ("pdf",)
    return formats


def pdf_last(formats: Iterable[str]) -> tuple[str, ...]:
    """Put the formats into the order of fetching: what a PDF is good for depends on whether the others exist."""
    return tuple(sorted(formats, key=lambda name: name == "pdf"))


def offers_pdf(model: str, wishes: Wishes) -> bool:
    """Tell whether an invoice without a PDF of its own should be completed by CodaBox's."""
    return wishes.pdf != "never" and "pdf" in wishes.allowed.get(model, ("pdf",))


def stated(metadata: str) -> dict[str, Any]:
    """Read what CodaBox says about a document, JSON text; empty when it is no object."""
    found = json.loads(metadata)
    return found if isinstance(found, dict) else {}


def compact(value: object) -> str:
    """Write an account number or currency without blanks, in capitals; anything but text is empty."""
    return "".join(value.split()).upper() if isinstance(value, str) else ""


def date(value: object) -> dt.date | None:
    """Read an ISO date; None for anything else."""
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
