"""The chain of an account's statements: what is missing between them, judged by balances first, then by numbers. Pure."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Missing:
    """A hole between two statements, or between accounting and the first statement.

    What is missing is numbered `from_number` to `to_number` (None: the numbering does not tell) and lies between the
    balance of `from_date`, the last one known before the hole, and that of `to_date`, the first one known after it;
    the second balance is the first one plus `difference_milli`.
    """

    from_number: int | None
    to_number: int | None
    from_date: dt.date | None
    to_date: dt.date | None
    difference_milli: int
