"""Bytes to lines: the character set, the line ends, and what editors and old systems leave around a file.

The character set is decided for the whole file before any position is counted (CODA 2.6 says ASCII; banks write
accents in a single-byte set, files that went through an editor are UTF-8). Text is produced a piece at a time,
so that a large file is never held a second time as text.
"""

import re
from collections.abc import Iterator
from io import IncrementalNewlineDecoder

RECORD_LENGTH = 128
LINE_LENGTH = RECORD_LENGTH + 1
_PIECE = RECORD_LENGTH << 11
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_CTRL_Z_AND_LINE_ENDS = b"\x1a\r\n"


def pieces(data: bytes) -> Iterator[str]:
    """Yield the text of a file in pieces of whole lines, each line ended by a line feed.

    LF, CR LF and CR end a line. A file without any line end is cut into lines of 128 positions. A byte order mark
    and a Ctrl-Z are dropped, trailing line ends make no lines.
    """
    data = data.removeprefix(_BYTE_ORDER_MARK)
    end = _end(data)
    charset = detect_charset(data)
    separator = b"\n" if data.find(b"\n", 0, end) >= 0 else b"\r"
    if data.find(separator, 0, end) < 0:
        yield from _blocks(data[:end].decode(charset))
        return
    line_ends = IncrementalNewlineDecoder(None, translate=True)
    start = 0
    while start < end:
        stop = data.find(separator, start + _PIECE, end) + 1 or end
        text = line_ends.decode(data[start:stop].decode(charset), final=True)
        yield text if stop < end else f"{text}\n"
        start = stop


def _blocks(text: str) -> Iterator[str]:
    """Cut a text without line ends into lines of 128 positions, and yield them in pieces."""
    for first in range(0, len(text), _PIECE):
        piece = text[first : first + _PIECE]
        yield "".join(f"{piece[start : start + RECORD_LENGTH]}\n" for start in range(0, len(piece), RECORD_LENGTH))


def _end(data: bytes) -> int:
    """Return where the line ends at the end begin; stripping them would copy a large file."""
    end = len(data)
    while end:
        tail = data[max(end - _PIECE, 0) : end]
        kept = len(tail.rstrip(_CTRL_Z_AND_LINE_ENDS))
        end -= len(tail) - kept
        if kept:
            break
    return end


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
