"""Writes CODA 2 for the tests: records as text placed at positions, counted from 1 as the standard counts.

It is written from the standard's description and shares nothing with the reader: a mistake in a table of the reader
does not repeat itself here.
"""

from collections.abc import Iterable, Sequence

BELGIAN_IBAN = "BE68539007547034"
IBAN_ZONE = f"{BELGIAN_IBAN:<31}   EUR"
NUMBER_ZONE = f"539007547034 EUR0BE   {'':15}"


def record(*placed: tuple[int, str]) -> str:
    """Return 128 positions with texts at their places; texts may neither overlap nor pass the end."""
    line = [""] * 128
    for first, text in placed:
        for offset, character in enumerate(text):
            assert not line[first - 1 + offset], f"position {first + offset} is written twice"
            line[first - 1 + offset] = character
    return "".join(character or " " for character in line)


def amount(milli: int) -> str:
    """Return sign and fifteen digits: 0 for money in, 1 for money out."""
    return f"{'1' if milli < 0 else '0'}{abs(milli):015}"


def header(
    *,
    created: str = "030125",
    duplicate: str = " ",
    reference: str = "FILE000001",
    addressee: str = "ACME NV",
    bic: str = "KREDBEBB",
    enterprise: str = "00403019261",
    separate: str = "00000",
    version: str = "2",
    bank: str = "725",
    application: str = "05",
    references: str = "",
) -> str:
    return record(
        (1, "00000"),
        (6, created),
        (12, bank),
        (15, application),
        (17, duplicate),
        (25, reference),
        (35, addressee),
        (61, bic),
        (72, enterprise),
        (84, separate),
        (89, references),
        (128, version),
    )


def old_balance(
    milli: int = 0,
    *,
    structure: str = "2",
    paper: str = "001",
    account: str = IBAN_ZONE,
    date: str = "311224",
    holder: str = "ACME NV",
    description: str = "ZICHTREKENING",
    number: str = "001",
) -> str:
    return record(
        (1, "1"),
        (2, structure),
        (3, paper),
        (6, account),
        (43, amount(milli)),
        (59, date),
        (65, holder),
        (91, description),
        (126, number),
    )


def movement(
    sequence: int,
    milli: int,
    *,
    detail: int = 0,
    reference: str = "BANKREF",
    value: str = "020125",
    code: str = "00150000",
    text: str = "",
    structured: str = "",
    entry: str = "020125",
    paper: str = "001",
    globalisation: str = "0",
    customer_reference: str = "",
    bic: str = "",
    r_transaction: str = "",
    reason: str = "",
    category: str = "",
    purpose: str = "",
    account: str = "",
    name: str = "",
    informed: bool = False,
    parts: str = "",
) -> list[str]:
    """Return the records 2.1, 2.2 and 2.3 that are needed for what is given; `structured` begins with its type.

    `parts` names the records to write instead, as 1, 12, 13 or 123: the communication runs over those alone.
    """
    content = (structured or text).ljust(149)
    assert len(content) == 149
    numbers = f"{sequence % 10000:04}{detail % 10000:04}"
    second = any([content[53:106].strip(), customer_reference, bic, r_transaction, reason, category, purpose])
    third = any([content[106:].strip(), account, name])
    if parts:
        second, third = "2" in parts, "3" in parts
        if not second:
            content = content[:53] + " " * 53 + content[53:96]
    last = 3 if third else 2 if second else 1

    def end(place: int, *, more: bool) -> tuple[tuple[int, str], tuple[int, str]]:
        return (126, "1" if more else "0"), (128, "1" if informed and place == last else "0")

    made = [
        record(
            (1, "21"),
            (3, numbers),
            (11, reference),
            (32, amount(milli)),
            (48, value),
            (54, code),
            (62, "1" if structured else "0"),
            (63, content[:53]),
            (116, entry),
            (122, paper),
            (125, globalisation),
            *end(1, more=second or third),
        )
    ]
    if second:
        codes = (113, r_transaction), (114, reason), (118, category), (122, purpose)
        begin = (1, "22"), (3, numbers), (11, content[53:106]), (64, customer_reference), (99, bic)
        made.append(record(*begin, *codes, *end(2, more=third)))
    if third:
        begin = (1, "23"), (3, numbers), (11, account), (48, name), (83, content[106:])
        made.append(record(*begin, *end(3, more=False)))
    return made


def information(
    sequence: int,
    detail: int,
    *,
    text: str = "",
    structured: str = "",
    reference: str = "BANKREF",
    code: str = "00150000",
    more: bool = False,
    parts: str = "",
) -> list[str]:
    """Return the records 3.1, 3.2 and 3.3 that are needed; `more` says whether another 3.1 follows.

    `parts` names the records to write instead, as 1, 12, 13 or 123: the communication runs over those alone.
    """
    content = (structured or text).ljust(268)
    assert len(content) == 268
    numbers = f"{sequence % 10000:04}{detail % 10000:04}"
    second, third = bool(content[73:178].strip()), bool(content[178:].strip())
    if parts:
        second, third = "2" in parts, "3" in parts
        if not second:
            content = content[:73] + " " * 105 + content[73:163]
    link = "1" if more else "0"
    flag = "1" if structured else "0"
    begin = (1, "31"), (3, numbers), (11, reference), (32, code), (40, flag), (41, content[:73])
    made = [record(*begin, (126, "1" if second or third else "0"), (128, link))]
    if second:
        made.append(record((1, "32"), (3, numbers), (11, content[73:178]), (126, "1" if third else "0"), (128, link)))
    if third:
        made.append(record((1, "33"), (3, numbers), (11, content[178:]), (126, "0"), (128, link)))
    return made


def message(sequence: int, detail: int, text: str, *, more: bool = False) -> str:
    return record((1, "4"), (3, f"{sequence:04}{detail:04}"), (33, text), (128, "1" if more else "0"))


def new_balance(
    milli: int, *, paper: str = "001", account: str = IBAN_ZONE, date: str = "020125", link: str = "0"
) -> str:
    return record((1, "8"), (2, paper), (5, account), (42, amount(milli)), (58, date), (128, link))


def trailer(records: int, debit: int, credit: int, *, multiple: str = "2") -> str:
    return record((1, "9"), (17, f"{records:06}"), (23, f"{debit:015}"), (38, f"{credit:015}"), (128, multiple))


def trailer_of(lines: Iterable[str], *, multiple: str = "2") -> str:
    """Return the trailer that belongs to the records of a statement, counted and added from their text."""
    counted = [line for line in lines if line[0] in "1238"]
    own = [line for line in counted if line.startswith("21") and line[6:10] == "0000"]
    debit = sum(int(line[32:47]) for line in own if line[31] == "1")
    credit = sum(int(line[32:47]) for line in own if line[31] == "0")
    return trailer(len(counted), debit, credit, multiple=multiple)


def statement(
    records: Iterable[Sequence[str]] = (),
    *,
    old: int = 0,
    structure: str = "2",
    account: str = IBAN_ZONE,
    first: str | None = None,
    before: str | None = None,
    paper: str = "001",
    messages: Sequence[str] = (),
) -> list[str]:
    """Return a whole statement around the records of its movements, with the new balance that follows from them."""
    moved = [line for group in records for line in group]
    own = [line for line in moved if line.startswith("21") and line[6:10] == "0000"]
    new = old + sum(int(line[32:47]) * (-1 if line[31] == "1" else 1) for line in own)
    lines = [
        first or header(),
        before or old_balance(old, structure=structure, account=account, paper=paper),
        *moved,
        new_balance(new, account=account, paper=paper, link="1" if messages else "0"),
        *messages,
    ]
    return [*lines, trailer_of(lines)]


def overwrite(lines: Sequence[str], line: int, position: int, text: str) -> list[str]:
    """Return the lines with a text written over one line from a position on, both counted from 1."""
    changed = list(lines)
    old = changed[line - 1]
    changed[line - 1] = old[: position - 1] + text + old[position - 1 + len(text) :]
    assert changed[line - 1] != old, "nothing changed"
    return changed


def as_bytes(lines: Iterable[str], *, end: str = "\n", charset: str = "latin-1") -> bytes:
    return "".join(line + end for line in lines).encode(charset)


def content(kind: str, *placed: tuple[int, str]) -> str:
    """Return a structured communication: its type, then texts at their places counted from 1 after the type."""
    line = [" "] * 265
    for first, text in placed:
        line[first - 1 : first - 1 + len(text)] = text
    return kind + "".join(line).rstrip()
