"""CodaBox's JSON answers as values: known fields typed, unknown ones ignored, numbers and texts both taken as text.

`shape` functions raise TypeError, KeyError or ValueError on JSON of another shape; the client turns that into
ApiChanged.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Feed:
    """One dossier's feed, as the pod lists it."""

    feed_id: str
    client_id: str
    client_code: str
    client_name: str


@dataclass(frozen=True, slots=True)
class Pod:
    """The office's delivery point: its feeds, and which formats CodaBox offers of each model.

    `fetch_delay` is in seconds, None when CodaBox gives none; `not_understood` counts feeds of another shape.
    """

    pod_id: str
    fetch_delay: int | None
    allowed_formats: Mapping[str, tuple[str, ...]]
    feeds: tuple[Feed, ...]
    not_understood: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """One document that a feed lists; `metadata` is canonical JSON text of what CodaBox says about it."""

    feed_index: str
    model: str
    metadata: str

    def facts(self) -> Mapping[str, Any]:
        """Return the metadata as a mapping, empty when CodaBox gives something else."""
        loaded = json.loads(self.metadata)
        return loaded if isinstance(loaded, dict) else {}


@dataclass(frozen=True, slots=True)
class Mandate:
    """A CODA mandate of a client and the IBANs it covers (none listed: all)."""

    mandate_id: str
    ibans: tuple[str, ...]
    state: str
    reason: str
    state_modified_at: str


@dataclass(frozen=True, slots=True)
class BankAccount:
    """A bank account of a client with its sub-accounts as (currency, extension zone) pairs."""

    iban: str
    state: str
    state_modified_at: str
    bank_id: str
    mandate_ids: tuple[str, ...]
    subaccounts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Client:
    """A client of the office with the state of its mandates and bank accounts."""

    client_id: str
    client_code: str
    name: str
    enterprise_number: str
    mandates: tuple[Mandate, ...]
    accounts: tuple[BankAccount, ...]


def text(value: Any) -> str:
    """Take text or a number as text; None is an empty text."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise TypeError(f"expected text, got {type(value).__name__}")
    return str(value).strip()


def identity(value: Any) -> str:
    """Take text that must not be empty."""
    if not (found := text(value)):
        raise ValueError("an identifier is empty")
    return found


def rows(value: Any) -> list[Any]:
    """Take a list; None is an empty one."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise TypeError(f"expected a list, got {type(value).__name__}")
    return value


def pod(answer: Any) -> Pod:
    """Shape the answer of /delivery/pod-client/."""
    delay = answer.get("fetch_delay")
    listed = [*answer["feed_clients"]]
    feeds = [feed for feed in map(_feed, listed) if feed]
    if listed and not feeds:
        raise ValueError("no feed has the known shape")
    return Pod(
        pod_id=text(answer.get("id")),
        fetch_delay=delay if isinstance(delay, int) and not isinstance(delay, bool) else None,
        allowed_formats={
            text(model): tuple(text(name) for name in rows(formats))
            for model, formats in (answer.get("allowed_formats") or {}).items()
        },
        feeds=tuple(feeds),
        not_understood=len(listed) - len(feeds),
    )


def _feed(item: Any) -> Feed | None:
    """Shape one feed; None for one of another shape, which must not cost the others."""
    try:
        return Feed(
            feed_id=identity(item["id"]),
            client_id=identity(item["client_id"]),
            client_code=text(item.get("client_code")),
            client_name=text(item.get("client_name")),
        )
    except (TypeError, KeyError, ValueError, AttributeError):
        return None


def entries(answer: Any) -> tuple[Entry, ...]:
    """Shape the answer of /delivery/feed/{id}/, in CodaBox's order."""
    return tuple(
        Entry(
            feed_index=identity(item["feed_index"]),
            model=text(item.get("document_model")),
            metadata=canonical(item.get("metadata")),
        )
        for item in answer["feed_entries"]
    )


def canonical(value: Any) -> str:
    """Write JSON so that equal values give equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def client(item: Any) -> Client:
    """Shape one client of /clients/."""
    entity = item.get("legal_entity") or {}
    return Client(
        client_id=identity(item["id"]),
        client_code=text(item.get("client_code")),
        name=text(entity.get("name")),
        enterprise_number=digits(text(entity.get("enterprise_num"))),
        mandates=tuple(_mandate(mandate) for mandate in rows(item.get("coda_mandates"))),
        accounts=tuple(_account(account) for account in rows(item.get("bank_accounts"))),
    )


def digits(number: str) -> str:
    """Reduce an enterprise or VAT number to its ten digits (nine get their leading zero), else return it as it is."""
    found = "".join(character for character in number if character in "0123456789")
    return found.zfill(10) if len(found) in {9, 10} else number


def compact_iban(value: Any) -> str:
    """Take an account number without blanks, in capitals."""
    return "".join(text(value).split()).upper()


def _mandate(item: Any) -> Mandate:
    return Mandate(
        mandate_id=text(item.get("id")),
        ibans=tuple(compact_iban(iban) for iban in rows(item.get("ibans"))),
        state=text(item.get("state")),
        reason=text(item.get("reason")),
        state_modified_at=text(item.get("state_modified_at")),
    )


def _account(item: Any) -> BankAccount:
    return BankAccount(
        iban=compact_iban(item["iban"]),
        state=text(item.get("state")),
        state_modified_at=text(item.get("state_modified_at")),
        bank_id=text(item.get("bank_id")),
        mandate_ids=tuple(text(name) for name in rows(item.get("coda_mandate_ids"))),
        subaccounts=tuple(_subaccounts(rows(item.get("subaccounts")))),
    )


def _subaccounts(items: Iterable[Any]) -> Iterable[tuple[str, str]]:
    return ((text(item.get("currency")).upper(), text(item.get("extension"))) for item in items)
