"""Is an answer a whole document? A proxy's page, a half answer or an empty one must never pass for one."""

import re

from codasync.codabox.wire import Reply
from codasync.errors import Unreachable

_PAGES = {
    "HTML": re.compile(rb"\s*(<\?xml[^>]*>\s*)?(<!doctype html|<html)", re.IGNORECASE),
    "JSON": re.compile(rb"\s*[{\[]"),
}
_BEGINS = {"cod": re.compile(rb"0"), "xml": re.compile(rb"\s*<"), "pdf": re.compile(rb"\s*%PDF")}
_ENDS = {"cod": re.compile(rb"(^|[\r\n])9[^\r\n]{127,}[\s\x1a]*\Z"), "pdf": re.compile(rb"%%EOF\s*\Z")}
# what may stand between the tags of XML, and may hold anything that looks like one
_ASIDES = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}
_ASIDE = re.compile(b"|".join(map(re.escape, _ASIDES)))
_ROOT = re.compile(rb"\s*<([^\s<>/!]+)")
_WIDE = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
_HEAD = 1024
_TAIL = 4096


class NotADocument(Unreachable):
    """A page, a part, or nothing, where a document should be: it is tried again, and holds up one document alone."""


def whole_document(reply: Reply, format_: str, what: str) -> bytes:
    """Return the body if it can be a document of this format, whole. Raises NotADocument."""
    body = reply.body
    if reply.status != 200:
        raise NotADocument(what=what, reason=f"CodaBox answered {reply.status}: it is not, or not all, there")
    if not body.strip():
        raise NotADocument(what=what, reason="an empty answer came")
    if page := _page(reply, format_):
        # not a word of it is repeated: it may hold what belongs to a client
        sent_as = reply.content_type or "nothing in particular"
        raise NotADocument(what=what, reason=f"a page came instead: it looks like {page} and is sent as {sent_as}")
    if not reply.measured and not _ends_well(body, format_):
        raise NotADocument(what=what, reason="the answer was cut short")
    return body


def _page(reply: Reply, format_: str) -> str:
    """Say what a page looks like, known by its type or its first words; empty for a document.

    Plain text is a document only where it begins like one.
    """
    head = _narrow(reply.body[:_HEAD])
    begins = _BEGINS.get(format_)
    wrong_text = reply.content_type == "text/plain" and begins is not None and not begins.match(head)
    looks = next((name for name, first_words in _PAGES.items() if first_words.match(head)), "")
    is_page = "html" in reply.content_type or reply.content_type == "application/json" or wrong_text
    return looks or ("text" if is_page else "")


def _ends_well(body: bytes, format_: str) -> bool:
    """Tell whether a body whose length HTTP did not state ends as its format ends."""
    if format_ == "xml":
        return _xml_ends_well(_narrow(body))
    return format_ not in _ENDS or bool(_ENDS[format_].search(body[-_TAIL:]))


def _xml_ends_well(body: bytes) -> bool:
    """Tell whether XML ends with the end of its root; what is no XML, or has a DOCTYPE, is for the reader to judge."""
    if not body.lstrip().startswith(b"<"):
        return True
    tags = _without_asides(body)
    if tags is None or b"<!--".startswith(tags.strip()):
        return False
    root = _ROOT.match(tags)
    if root is None:
        return True
    last = tags.rfind(b"<")
    closed_itself = last == root.start(1) - 1 and tags.rstrip().endswith(b"/>")
    return closed_itself or bool(re.match(rb"</%s\s*>" % re.escape(root[1]), tags[last:]))


def _without_asides(body: bytes) -> bytes | None:
    """Leave out comments, processing instructions and CDATA; None when one of them does not end."""
    kept, place = [], 0
    while opening := _ASIDE.search(body, place):
        kept.append(body[place : opening.start()])
        closing = _ASIDES[opening[0]]
        end = body.find(closing, opening.end())
        if end < 0:
            return None
        place = end + len(closing)
    return b"".join([*kept, body[place:]])


def _narrow(body: bytes) -> bytes:
    """Give text of whatever width as bytes of which ASCII takes one each, without a byte order mark."""
    encoding = _WIDE.get(body[:2])
    narrow = body.decode(encoding, "ignore").encode() if encoding else body
    return narrow.removeprefix(b"\xef\xbb\xbf")
