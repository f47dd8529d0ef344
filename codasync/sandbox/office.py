"""The accounting office as CodaBox knows it: its dossiers, their bank accounts and mandates, and their JSON.

These values belong to a running server and may be changed while it runs: `account.state = "archived"` is
seen by the next request. The shapes are those of the API's published examples; every other spelling of a
state than "active" is a guess, because none is public.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from codasync.sandbox.numbers import enterprise_number, identifier

ALLOWED_FORMATS = {
    "expense": ["pdf", "xml"],
    "soda": ["pdf", "xml"],
    "purchase_invoice": ["pdf", "xml"],
    "sales_invoice": ["pdf", "xml"],
    "coda": ["cod", "pdf", "xml"],
}
MODIFIED_AT = "2025-11-17T09:12:44.081659"

Json = dict[str, Any]


@dataclass(slots=True)
class Mandate:
    """The permission that a client gave for the accounts at one bank."""

    id: str
    bic: str
    ibans: list[str]
    state: str = "active"
    reason: str = ""
    valid_from: str = "2025-01-01"
    modified_at: str = MODIFIED_AT


@dataclass(slots=True)
class BankAccount:
    """One IBAN of a client with its sub-accounts: pairs of currency and extension zone (three characters or None)."""

    iban: str
    bic: str
    subaccounts: list[tuple[str, str | None]]
    mandate_ids: list[str]
    type: str = "current"
    state: str = "active"
    modified_at: str = MODIFIED_AT


@dataclass(slots=True)
class Dossier:
    """A client of the office. `name` is what its feed is called, `legal_name` what the register of companies says."""

    code: str
    name: str
    feed_id: int
    client_id: str
    enterprise_number: str
    legal_name: str
    language: str = "fr"
    street: str = "Rue de l'Exemple 1"
    zip: str = "1000"
    city: str = "Bruxelles"
    contact: str = ""
    accounts: list[BankAccount] = field(default_factory=list)
    mandates: list[Mandate] = field(default_factory=list)
    purchases: bool = True
    social_office: str = ""

    @property
    def email(self) -> str:
        """The contact's address, in a domain that does not exist."""
        return f"{self.code.lower()}@client.example"


@dataclass(slots=True)
class Office:
    """An accounting office and its dossiers; `Office()` has none yet."""

    name: str = "Fiduciaire Exemple SRL"
    id: str = field(default_factory=lambda: identifier("fiduciary"))
    dossiers: list[Dossier] = field(default_factory=list)

    def add_dossier(self, code: str, name: str, **facts: Any) -> Dossier:
        """Add a client and return it; `facts` are other fields of `Dossier`, each with a sensible default."""
        serial = len(self.dossiers)
        taken = {dossier.feed_id for dossier in self.dossiers}
        defaults: dict[str, Any] = {
            "feed_id": max(taken, default=276) + 1,
            "client_id": identifier("client", code, serial),
            "enterprise_number": enterprise_number(700 + 13 * serial),
            "legal_name": name,
        }
        dossier = Dossier(code=code, name=name, **(defaults | facts))
        self.dossiers.append(dossier)
        return dossier

    def find(self, client: "Dossier | str | int") -> Dossier:
        """Return the dossier with this code, client id or feed id; raises KeyError."""
        for dossier in self.dossiers:
            if client is dossier or client in (dossier.code, dossier.client_id, dossier.feed_id):
                return dossier
        raise KeyError(client)


def add_account(
    dossier: Dossier,
    iban: str,
    bic: str,
    *,
    currency: str = "EUR",
    extension: str | None = None,
    type: str = "current",  # noqa: A002
    state: str = "active",
    mandate_state: str | None = "active",
) -> BankAccount:
    """Add a bank account (or a sub-account, when the IBAN is known) to a client and return it.

    Accounts at one bank share a mandate while its state is the same; `mandate_state=None` adds none.
    """
    known = next((account for account in dossier.accounts if account.iban == iban), None)
    if known:
        known.subaccounts.append((currency, extension))
        return known
    mandate_ids = [] if mandate_state is None else [_mandate(dossier, iban, bic, mandate_state).id]
    account = BankAccount(iban, bic, [(currency, extension)], mandate_ids, type, state)
    dossier.accounts.append(account)
    return account


def _mandate(dossier: Dossier, iban: str, bic: str, state: str) -> Mandate:
    for mandate in dossier.mandates:
        if (mandate.bic, mandate.state) == (bic, state):
            mandate.ibans.append(iban)
            return mandate
    mandate = Mandate(identifier("mandate", dossier.client_id, bic, state), bic, [iban], state)
    dossier.mandates.append(mandate)
    return mandate


def pod_json(office: Office, fetch_delay: int) -> Json:
    """Return the answer of `delivery/pod-client/`: the connection and one feed for each client."""
    feeds = [
        {
            "id": dossier.feed_id,
            "client_id": dossier.client_id,
            "client_name": dossier.name,
            "client_code": dossier.code,
            "fiduciary_id": office.id,
            "target_root_state": "default",
            "delivery_config": None,
        }
        for dossier in office.dossiers
    ]
    return {"id": 66, "fetch_delay": fetch_delay, "allowed_formats": ALLOWED_FORMATS, "feed_clients": feeds}


def client_json(office: Office, dossier: Dossier) -> Json:
    """Return one client as `clients/` shows it, with its accounts and mandates."""
    return {
        "id": dossier.client_id,
        "fiduciary_id": office.id,
        "legal_entity": _legal_entity(dossier),
        "client_code": dossier.code,
        "contact_name": dossier.contact,
        "contact_email": dossier.email,
        "language": dossier.language,
        "exact_email": None,
        "coda_mandates": [_mandate_json(office, dossier, mandate) for mandate in dossier.mandates],
        "bank_accounts": [_account_json(dossier, account) for account in dossier.accounts],
        "social_mandates": list(_social_mandates(office, dossier)),
        "purchase_invoice_mandates": [],
        "purchase_invoice_transmission_mandates": [],
        "current_purchase_invoice_mandate_state": "active" if dossier.purchases else None,
        "state": "active",
        "delivery_mode": "email",
        "doccle_link_connect": None,
        "mycodabox_url": "https://my.codabox.invalid/",
        "state_modified_at": MODIFIED_AT,
        "services": _services(dossier),
        "zoomit_ibans": [],
        "mycodabox_access_state": "not-invited",
    }


def fiduciary_json(office: Office) -> Json:
    """Return the office itself as `fiduciaries/` shows it."""
    services = [
        {"id": identifier("service", kind), "type": kind, "fiduciary_id": office.id, "state": "subscribed"}
        for kind in ("soda-delivery", "purchase-invoice-delivery")
    ]
    return {
        "id": office.id,
        "name": office.name,
        "legal_entity": {
            "name": office.name,
            "enterprise_num": "BE" + enterprise_number(42),
            "is_enterprise_num_validated": True,
            "representative_name": "Camille Exemple",
            "representative_function": "gérante",
            "address": "Avenue du Modèle 7",
            "address2": "",
            "zip": "1050",
            "city": "Ixelles",
        },
        "contact_name": "Camille Exemple",
        "contact_email": "camille@fiduciaire.example",
        "language": "fr",
        "website_url": "https://fiduciaire.example/",
        "allows_social_mandates": True,
        "allows_doccle_delivery": False,
        "allows_client_delivery": True,
        "services": services,
        "delegates_mandate_delivery": False,
        "software": {"name": "codasync sandbox", "slug": "codasync-sandbox", "supported_services": ["coda", "soda"]},
    }


def _legal_entity(dossier: Dossier) -> Json:
    return {
        "name": dossier.legal_name,
        "enterprise_num": "BE" + dossier.enterprise_number,
        "is_enterprise_num_validated": True,
        "representative_name": dossier.contact,
        "representative_function": "",
        "address": dossier.street,
        "address2": "",
        "zip": dossier.zip,
        "city": dossier.city,
    }


def _mandate_json(office: Office, dossier: Dossier, mandate: Mandate) -> Json:
    return {
        "id": mandate.id,
        "client_id": dossier.client_id,
        "fiduciary_id": office.id,
        "bank_id": mandate.bic,
        "ibans": mandate.ibans,
        "validity_start": mandate.valid_from,
        "state": mandate.state,
        "reason": mandate.reason,
        "reason_code": "R-0",
        "twikey_url": None,
        "state_modified_at": mandate.modified_at,
    }


def _account_json(dossier: Dossier, account: BankAccount) -> Json:
    return {
        "iban": account.iban,
        "subaccounts": [{"currency": currency, "extension": zone} for currency, zone in account.subaccounts],
        "type": account.type,
        "coda_mandate_ids": account.mandate_ids,
        "bank_id": account.bic,
        "client_id": dossier.client_id,
        "state": account.state,
        "state_modified_at": account.modified_at,
    }


def _social_mandates(office: Office, dossier: Dossier) -> Iterator[Json]:
    if dossier.social_office:
        yield {
            "id": identifier("social", dossier.client_id),
            "client_id": dossier.client_id,
            "fiduciary_id": office.id,
            "social_welfare_id": dossier.social_office,
            "validity_start": "2025-01-01",
            "state": "active",
            "state_modified_at": MODIFIED_AT,
        }


def _services(dossier: Dossier) -> list[Json]:
    if not dossier.purchases:
        return []
    service = identifier("service", dossier.client_id)
    return [{"id": service, "type": "purchase-invoice-delivery", "state": "subscribed"}]
