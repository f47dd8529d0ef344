"""What CodaBox says of dossiers, mandates and accounts, brought into the store."""

from typing import TYPE_CHECKING

from codasync.codabox import NORMAL, REDELIVERY, BankAccount, Client, Mandate, Pod
from codasync.store_reports import MANDATES_REFRESHED
from codasync.store_rows import Row, as_json

if TYPE_CHECKING:
    from codasync.store import Store


def note_pod(store: "Store", pod: Pod) -> tuple[list[str], list[str]]:
    """Note the office's dossiers and feeds; return the names of those that are new and of those that vanished."""
    with store.transaction():
        store.note_fact("pod_id", pod.pod_id)
        store.note_fact("fetch_delay", "" if pod.fetch_delay is None else str(pod.fetch_delay))
        store.note_fact("allowed_formats", as_json(pod.allowed_formats))
        new = [
            f"{feed.client_code} {feed.client_name}".strip()
            for feed in pod.feeds
            if store.note_dossier(feed.client_id, feed.client_code, feed.client_name)
        ]
        store.note_feeds((feed.feed_id, kind, feed.client_id) for feed in pod.feeds for kind in (NORMAL, REDELIVERY))
        gone = store.note_vanished(feed.client_id for feed in pod.feeds)
    return new, [f"{row['code']} {row['name']}".strip() for row in gone]


def note_clients(store: "Store", clients: tuple[Client, ...], *, all_of_them: bool) -> None:
    """Note the state of mandates and accounts; `all_of_them` tells that nobody needs to be asked for a day."""
    with store.transaction():
        known = store.client_ids()
        for client in clients:
            if client.client_id not in known:  # CodaBox may list clients that it delivers nothing for
                continue
            store.note_client(client.client_id, client.enterprise_number, account_rows(client))
            for account in client.accounts:
                for currency, extension in account.subaccounts:
                    store.note_subaccount(client.client_id, account.iban, currency, extension)
        if all_of_them:
            store.note_fact(MANDATES_REFRESHED, store.now())


def account_rows(client: Client) -> list[Row]:
    """Return a row for each bank account of a client, and for each account that only a mandate names."""
    rows = {account.iban: _row(account, client.mandates) for account in client.accounts}
    for mandate in client.mandates:
        for iban in mandate.ibans:
            unlisted = BankAccount(iban, "", "", "", (mandate.mandate_id,), ())
            rows.setdefault(iban, _row(unlisted, client.mandates))
    return list(rows.values())


def _row(account: BankAccount, mandates: tuple[Mandate, ...]) -> Row:
    mandate = _mandate_of(account, mandates)
    return {
        "iban": account.iban,
        "state": account.state,
        "state_modified_at": account.state_modified_at,
        "mandate_state": mandate.state if mandate else "",
        "mandate_reason": mandate.reason if mandate else "",
        "mandate_modified_at": mandate.state_modified_at if mandate else "",
    }


def _mandate_of(account: BankAccount, mandates: tuple[Mandate, ...]) -> Mandate | None:
    """Choose the mandate that counts for an account: an active one, else the one that changed last."""
    candidates = [
        mandate for mandate in mandates if mandate.mandate_id in account.mandate_ids or account.iban in mandate.ibans
    ]
    return max(candidates, key=lambda one: (one.state == "active", one.state_modified_at), default=None)
