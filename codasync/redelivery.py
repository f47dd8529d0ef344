"""What to ask CodaBox for: the text of a request for redelivery, ready to paste. Pure."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from codasync.continuity import Missing

LANGUAGES = ("en", "nl", "fr")

Facts = Mapping[str, Any]


def request(facts: Facts, missing: Sequence[Missing], language: str, *, today: dt.date) -> str:
    """Return the request for one journal, a few lines; an empty text when nothing is missing.

    `facts` is a row of `store_reports.journal_facts`; `missing` its holes; `language` one of LANGUAGES. What lies too
    long before `today` for CodaBox to redeliver is said to be so.
    """
    return ""


def office(rows: Iterable[Facts], office_name: str, language: str, *, today: dt.date) -> str:
    """Return one request for the whole office; an empty text when nothing is missing.

    `rows` are as for `request`, each with its holes (values of Missing) as `missing`; journals without are left out.
    """
    return ""
