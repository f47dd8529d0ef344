"""Whose trouble it is when a call fails: by the kind of error, which the database keeps by its name.

The errors themselves own their words; this is what an accountant needs besides, long after they were raised.
"""

from typing import NamedTuple

from codasync import errors


class Blame(NamedTuple):
    """Whose trouble an error is, and what to do; `passing` tells that the next pass can go well by itself."""

    whose: str
    next_step: str
    passing: bool = False


CODABOX = "the trouble is CodaBox's"
OURS = "the trouble is on our side"
ASK = "ask CodaBox whether the office may still receive for this dossier, and what is wrong with it"
ADMINISTRATOR = "tell the system administrator"
UNKNOWN = Blame(
    "whose trouble it is cannot be told", "the next pass tries again; tell the system administrator if it lasts"
)

BY_ERROR: dict[type[errors.CodasyncError], Blame] = {
    errors.NoConnection: Blame(
        "no connection from here to CodaBox", f"{ADMINISTRATOR}: network, proxy or name service", passing=True
    ),
    errors.TlsRefused: Blame(
        OURS, f"{ADMINISTRATOR}: the clock, the certificates or codabox.ca_bundle of this machine"
    ),
    errors.Unreachable: Blame(CODABOX, "the next pass tries again; tell CodaBox if it lasts", passing=True),
    errors.ApiChanged: Blame(CODABOX, f"{ADMINISTRATOR}: codasync does not know this answer of CodaBox"),
    errors.Forbidden: Blame(CODABOX, ASK),
    errors.NotServed: Blame(CODABOX, ASK),
    errors.FeedStuck: Blame(CODABOX, "nothing is lost; report it to CodaBox if it lasts"),
    errors.CredentialsRefused: Blame(
        OURS,
        f"{ADMINISTRATOR}: CodaBox refuses the office's credentials, `codasync register --replace` with a new token",
    ),
    errors.NotRegistered: Blame(OURS, f"{ADMINISTRATOR}: `codasync register` with a token of CodaBox"),
    errors.DatabaseTrouble: Blame(OURS, f"{ADMINISTRATOR}: the disk or the database of this machine"),
}
_BY_NAME = {error.__name__: blame for error, blame in BY_ERROR.items()}


def blame(kind: str) -> Blame:
    """Return whose trouble an error is, by the name of its class."""
    return _BY_NAME.get(kind, UNKNOWN)
