"""The stages of a CODA mandate and of a bank account on the way to delivery, as CodaBox shows them, and who has to act.

Only "active" is sure to be what CodaBox's API calls a stage; the others are the words of MyCodaBox, compared without
regard to capitals, blanks and punctuation. A stage that is not listed is shown as CodaBox gives it.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

ACTIVE = "active"
ORDER = "order a CODA mandate in MyCodaBox"
SIGN = "ask the client to sign the mandate"


class Stage(NamedTuple):
    """What a stage means and what to do; `done` tells that all is done and only a first movement has to come."""

    reason: str
    next_step: str
    done: bool = False


MANDATE = {
    "registered": Stage("the mandate is registered, not prepared yet", "wait; ask CodaBox to prepare it if it lasts"),
    "in-preparation": Stage(
        "the mandate is in preparation", "check in MyCodaBox that the client's e-mail address is filled in"
    ),
    "awaiting-signature": Stage("the mandate waits for the client's signature", SIGN),
    "sent-to-client": Stage("the mandate waits for the client's signature", SIGN),
    "available-online": Stage("the mandate waits online for the client's signature", SIGN),
    "signed": Stage("the mandate is signed, not yet with the bank", "wait for CodaBox to send it to the bank"),
    "bank-procedure": Stage(
        "the bank is handling the mandate", "wait: a bank takes from days to a month; then ask CodaBox"
    ),
    "problem": Stage(
        "CodaBox reports a problem with the mandate", "look up the mandate in MyCodaBox and resolve the problem"
    ),
    "archived": Stage("the mandate is archived", "order a new CODA mandate in MyCodaBox"),
}
ACCOUNT = {
    "pending-signed-mandate": Stage("the account waits for a signed mandate", SIGN),
    "pending-signed-mandate-bank-activation-already-completed": Stage(
        "the bank has activated the account, the mandate is not signed yet", SIGN
    ),
    "bank-mandate-stopped-by-client": Stage(
        "the client has stopped the bank mandate", "ask the client why; order a new mandate in MyCodaBox if needed"
    ),
    "bank-mandate-stopped-by-bank": Stage(
        "the bank has stopped the bank mandate", "ask the bank why; order a new mandate in MyCodaBox if needed"
    ),
    "pending-activation-by-client": Stage(
        "the account waits for the client to link CodaBox",
        "ask the client to link CodaBox in the bank's app (KBC, CBC); CodaBox shows it after two days",
    ),
    "pending-activation-by-bank": Stage(
        "the account waits for the bank to activate it", "wait: it can last until there is a first movement"
    ),
    "bank-activation-completed-pending-first-coda-file": Stage(
        "the bank has activated the account, its first CODA has not come yet", "wait for the first movement", done=True
    ),
    "coda-available-pending-delivery": Stage(
        "CODA is there, but CodaBox has no way of delivery for this client", "set the way of delivery in MyCodaBox"
    ),
    "coda-is-provided": Stage("CODA is provided", "", done=True),
    "no-transactions-for-18-months": Stage(
        "CodaBox has archived the account: no transactions for 18 months",
        "disable the journal if the account is closed; else order a new mandate in MyCodaBox",
    ),
    "archived": Stage(
        "the account is archived", "disable the journal if it is closed; else order a new mandate in MyCodaBox"
    ),
}
# shorter words for the same stage
ALSO = {
    "pending-signature": "awaiting-signature",
    "bank-activation-completed": "bank-activation-completed-pending-first-coda-file",
    "pending-first-coda-file": "bank-activation-completed-pending-first-coda-file",
    "pending-first-coda": "bank-activation-completed-pending-first-coda-file",
    "pending-delivery": "coda-available-pending-delivery",
    "coda-available": "coda-available-pending-delivery",
    "coda-provided": "coda-is-provided",
    "stopped-by-client": "bank-mandate-stopped-by-client",
    "stopped-by-bank": "bank-mandate-stopped-by-bank",
    "no-transactions": "no-transactions-for-18-months",
}


def is_active(state: str) -> bool:
    """Tell whether CodaBox calls a state active."""
    return state.strip().lower() == ACTIVE


def named(stages: Mapping[str, Stage], state: str) -> Stage | None:
    """Return the stage that CodaBox means by a state; None when its word is not known."""
    word = re.sub("[^a-z0-9]+", "-", state.lower()).strip("-")
    return stages.get(ALSO.get(word, word))
