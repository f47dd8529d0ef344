"""Which troubles of a pass or an export are worth a line of cron mail: beginning, end, and once a day in between."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codasync import events

if TYPE_CHECKING:
    from codasync.store import Store

REMIND_AFTER = dt.timedelta(hours=23, minutes=30)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that failed: a lasting name, whose it is, words, exit code.

    It is a dossier's (its client id), the office's (empty) or an export folder's (`export FOLDER`).
    """

    name: str
    whose: str
    text: str
    exit_code: int


def tell(store: "Store", troubles: Sequence[Trouble], looked_at: Collection[str]) -> list[str]:
    """Return the lines to tell, and remember what was told.

    `looked_at` holds whose troubles the pass or export has seen to: those of others cannot have ended.
    """
    before = {row["name"]: row for row in store.troubles()}
    now = store.now()
    lines = []
    with store.transaction():
        for trouble in troubles:
            known = before.pop(trouble.name, None)
            silent = known is not None and not _old(known["told_at"], now)
            since = known["since"] if known else now
            told_at = known["told_at"] if known and silent else now
            store.note_trouble(trouble.name, trouble.whose, trouble.text, since, told_at)
            if not silent:
                lines.append(f"{trouble.text} (since {since})" if known else trouble.text)
        for row in before.values():
            if row["whose"] in looked_at:
                store.forget_trouble(row["name"])
                lines.append(f"{row['ended'] or 'over now'}: {row['text']}")
                events.note("trouble_over", lines[-1], name=row["name"])
    return lines


def _old(told_at: str, now: str) -> bool:
    # a clock that was ahead and was set right must not silence a trouble until it is there again
    return abs(dt.datetime.fromisoformat(now) - dt.datetime.fromisoformat(told_at)) >= REMIND_AFTER
