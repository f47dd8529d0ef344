"""The judgement on reception as it is kept for other programs: table `judgement`, shown by view `reception`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from codasync.store_rows import Row

if TYPE_CHECKING:
    from codasync.store import Store


def keep_judgements(store: "Store", client_id: str | None, rows: Sequence[Row]) -> None:
    """Put rows of table `judgement` in place of those of a dossier, or of all; call it inside a transaction."""
    store.execute("DELETE FROM judgement WHERE :client IS NULL OR client_id = :client", {"client": client_id})
    store.insert_many("judgement", rows)
