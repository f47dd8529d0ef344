"""What an answer says may be repeated, but not our secrets, which it may hold: in a refusal, a redirect, on a page."""

import base64
import html
import json
import re

from codasync.credentials import Credentials

HIDDEN = "***"
BACKSLASHES = r"(?:\\|%5c){0,16}+"  # whoever quotes a quotation adds some; their number says nothing
BEGINNING = 12  # characters by which a secret is known that somebody has cut off
SHORTEST_USER_NAME = 6  # a shorter one is in many a word


class Discretion:
    """Repeats texts of strangers without the office's login, or more secrets, in whatever spelling they are there."""

    def __init__(self, credentials: Credentials | None, *more: str) -> None:
        secrets = {one.replace("\\", "") for one in (*more, *(_login(credentials) if credentials else ()))} - {""}
        # the longest first: a password may be a part of another secret
        patterns = map(_pattern, sorted(secrets, key=len, reverse=True))
        self._secret = re.compile("|".join(patterns) or r"(?!)", re.IGNORECASE)

    def repeat(self, text: str, longest: int = 200) -> str:
        """Return a text as it may be told and stored: without secrets, in one line, not longer than this."""
        # secrets go before anything is cut off, for half of one is too much; UTF-16 taken for UTF-8 has zeros in it
        bare = storable(text).replace("\0", "")
        return " ".join(self._secret.sub(HIDDEN, bare).split())[:longest]


def storable(text: str) -> str:
    """Replace lone surrogates, which JSON can hold and a database cannot."""
    return text.encode("utf-8", "replace").decode()


def _login(credentials: Credentials) -> list[str]:
    """List what would betray a login: also as it stands in the header of every request."""
    username, password = credentials.username, credentials.password
    basic = f"{username}:{password}".encode()
    encoded = [encode(basic).decode() for encode in (base64.b64encode, base64.urlsafe_b64encode)]
    unpadded = [one.rstrip("=") for one in encoded]
    return [password, *encoded, *unpadded, *([username] if len(username) >= SHORTEST_USER_NAME else [])]


def _pattern(secret: str) -> str:
    """Return a pattern for a secret, whole or cut off at its end."""
    begin, rest = ("".join(map(_spellings, part)) for part in (secret[:BEGINNING], secret[BEGINNING:]))
    return rf"{begin}(?:{rest}|[^\s\"'<>]*)" if rest else begin


def _spellings(character: str) -> str:
    """Return a pattern for a character as it is, in an address, in JSON, in HTML, and read in another encoding."""
    ways = [
        character,
        "".join(f"%{byte:02x}" for byte in character.encode()),
        json.dumps(character)[1:-1].lstrip("\\"),
        html.escape(character),
        f"&#{ord(character)};",
        f"&#x{ord(character):x};",
    ]
    ways += ["+"] if character == " " else []
    ways += [] if character.isascii() else ["\ufffd", "?", character.encode().decode("latin-1")]
    return rf"{BACKSLASHES}(?:{'|'.join(map(re.escape, dict.fromkeys(ways)))})"
