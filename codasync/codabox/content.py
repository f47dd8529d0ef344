"""Is an answer a whole document? A proxy's page, a half answer or an empty one must never pass for one."""

import re

from codasync.codabox.wire import Reply
from codasync.errors import Unreachable

_PAGE = re.compile(rb"\s*(<\?xml[^>]*>\s*)?(<!doctype html|<html|[{\[])", re.IGNORECASE)
_BEGINS = {"cod": re.compile(rb"0"), "xml": re.compile(rb"\s*<"), "pdf": re.compile(rb"\s*%PDF")}
_ENDS = {"cod": re.compile(rb"(^|[\r\n])9[^\r\n]{127,}[\s\x1a]*\Z"), "pdf": re.compile(rb"%%EOF\s*\Z")}
_ROOT = re.compile(rb"<([A-Za-z_][^\s/>]*)")
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
    if _is_page(reply, format_):
        begins = body[:60].decode("ascii", "replace")
        raise NotADocument(what=what, reason=f"a page came instead: {begins!r}")
    if not reply.measured and not _ends_well(body, format_):
        raise NotADocument(what=what, reason="the answer was cut short")
    return body


def _is_page(reply: Reply, format_: str) -> bool:
    """Tell a page by its type or its first words; plain text is a document only where it begins like one."""
    head = reply.body[:_HEAD].removeprefix(b"\xef\xbb\xbf")
    begins = _BEGINS.get(format_)
    wrong_text = reply.content_type == "text/plain" and begins is not None and not begins.match(head)
    return (
        "html" in reply.content_type
        or reply.content_type == "application/json"
        or wrong_text
        or bool(_PAGE.match(head))
    )


def _ends_well(body: bytes, format_: str) -> bool:
    """Tell whether a body whose length HTTP did not state ends as its format ends."""
    if format_ == "xml":
        root = _ROOT.search(body)
        return root is None or bool(
            re.search(rb"</%s\s*>\s*(<!--.*-->\s*)*\Z" % re.escape(root[1]), body[-_TAIL:], re.DOTALL)
        )
    return format_ not in _ENDS or bool(_ENDS[format_].search(body[-_TAIL:]))
