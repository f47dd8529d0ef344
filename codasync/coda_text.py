"""Bytes to lines: the character set, the line ends, and what editors and old systems leave around a file.

The character set is decided for the whole file before any position is counted (CODA 2.6 says ASCII; banks write
accents in a single-byte set, files that went through an editor are UTF-8). Text is produced a piece at a time,
so that a large file is never held a second time as text.
"""

import re
from collections.abc import Iterator

RECORD_LENGTH = 128
LINE_LENGTH = RECORD_LENGTH + 1
_PIECE = 1 << 18
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_CTRL_Z_AND_LINE_ENDS = b"\x1a\r\n"


def pieces(data: bytes) -> Iterator[str]:
    """Yield the text of a file in pieces of whole lines, each line ended by a line feed.

    LF, CR LF and CR end a line. A file without any line end is cut into lines of 128 positions. A byte order mark
    and a Ctrl-Z are dropped, trailing line ends make no lines.
    """
    data = data.removeprefix(_BYTE_ORDER_MARK)
    end = len(data)
    while end and data[end - 1] in _CTRL_Z_AND_LINE_ENDS:
        end -= 1  # rstrip would copy a large file
    charset = detect_charset(data)
    separator = b"\n" if data.find(b"\n", 0, end) >= 0 else b"\r"
    if data.find(separator, 0, end) < 0:
        text = data[:end].decode(charset)
        yield from (f"{text[start : start + RECORD_LENGTH]}\n" for start in range(0, len(text), RECORD_LENGTH))
        return
    for piece in _pieces(data, end, separator):
        text = piece.decode(charset)
        if "\r" in text:
            # Splitting and joining takes half the time of replacing.
            # A piece ends where a line feed was cut off, and so its carriage return belongs to that.
            text = "\n".join((text.removesuffix("\r") if separator == b"\n" else text).split("\r\n")).replace(
                "\r", "\n"
            )
        yield f"{text}\n"


def detect_charset(data: bytes) -> str:
    """Return `ascii`, `utf-8`, `cp1252` or `latin-1` for the bytes of a CODA file.

    A record has 128 characters. So a file whose accented lines are 128 bytes long is single-byte, and one that is
    UTF-8 throughout and whose accented lines are longer than that in bytes is UTF-8.
    """
    if data.isascii():
        return "ascii"
    if _is_utf8(data):
        return "utf-8"
    if not re.search(rb"[\x80-\x9f]", data):
        return "latin-1"
    # Five bytes have no meaning in cp1252; a file that uses them is read so that at least nothing shifts.
    return "latin-1" if re.search(rb"[\x81\x8d\x8f\x90\x9d]", data) else "cp1252"


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    accented = [len(line) for line in data.splitlines() if not line.isascii()]
    return accented.count(RECORD_LENGTH) * 2 < len(accented)


def _pieces(data: bytes, end: int, separator: bytes) -> Iterator[bytes]:
    """Cut the data, as far as its end, at line ends into pieces of about a quarter of a megabyte."""
    start = 0
    while start < end:
        stop = data.find(separator, start + _PIECE, end)
        stop = end if stop < 0 else stop
        yield data[start:stop]
        start = stop + 1
