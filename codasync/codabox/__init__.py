"""The wire: a typed client of CodaBox's API version 2.

`wire` makes one request dependable (whole answers, retries, one time budget, secrets), `discretion` says what of an
answer may be told, `content` whether it is a whole document, `answers` gives the JSON its shape, `client` offers the
calls. Other rooms import from here.
"""

from codasync.codabox.answers import BankAccount, Client, Entry, Feed, Mandate, Pod
from codasync.codabox.client import NORMAL, REDELIVERY, CodaBox
from codasync.codabox.wire import Patience, Wire

__all__ = [
    "NORMAL",
    "REDELIVERY",
    "BankAccount",
    "Client",
    "CodaBox",
    "Entry",
    "Feed",
    "Mandate",
    "Patience",
    "Pod",
    "Wire",
]
