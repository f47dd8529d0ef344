"""The records of CODA as the Febelfin standard 2.6, annex I, lays them out, and how to fill one.

Written down for writing alone: the reader of these files has tables of its own, so that a mistake in one shows.
"""

RECORD_LENGTH = 128

Layout = dict[str, tuple[int, int]]
"""Fields of a record by name: first position (from 1) and length."""

HEADER: Layout = {
    "zeros": (2, 4),
    "created": (6, 6),
    "bank": (12, 3),
    "application": (15, 2),
    "duplicate": (17, 1),
    "file_reference": (25, 10),
    "addressee": (35, 26),
    "bic": (61, 11),
    "company": (72, 11),
    "separate_application": (84, 5),
    "version": (128, 1),
}
OLD_BALANCE: Layout = {
    "structure": (2, 1),
    "paper_number": (3, 3),
    "account": (6, 37),
    "sign": (43, 1),
    "amount": (44, 15),
    "date": (59, 6),
    "holder": (65, 26),
    "description": (91, 35),
    "coda_number": (126, 3),
}
MOVEMENT_1: Layout = {
    "numbers": (3, 8),
    "bank_reference": (11, 21),
    "sign": (32, 1),
    "amount": (33, 15),
    "value_date": (48, 6),
    "code": (54, 8),
    "flag": (62, 1),
    "communication": (63, 53),
    "entry_date": (116, 6),
    "paper_number": (122, 3),
    "globalisation": (125, 1),
    "next": (126, 1),
    "link": (128, 1),
}
MOVEMENT_2: Layout = {
    "numbers": (3, 8),
    "communication": (11, 53),
    "customer_reference": (64, 35),
    "bic": (99, 11),
    "r_type": (113, 1),
    "r_reason": (114, 4),
    "category_purpose": (118, 4),
    "purpose": (122, 4),
    "next": (126, 1),
    "link": (128, 1),
}
MOVEMENT_3: Layout = {
    "numbers": (3, 8),
    "account": (11, 37),
    "name": (48, 35),
    "communication": (83, 43),
    "next": (126, 1),
    "link": (128, 1),
}
INFORMATION_1: Layout = {
    "numbers": (3, 8),
    "bank_reference": (11, 21),
    "code": (32, 8),
    "flag": (40, 1),
    "communication": (41, 73),
    "next": (126, 1),
    "link": (128, 1),
}
INFORMATION_2: Layout = {"numbers": (3, 8), "communication": (11, 105), "next": (126, 1), "link": (128, 1)}
INFORMATION_3: Layout = {"numbers": (3, 8), "communication": (11, 90), "next": (126, 1), "link": (128, 1)}
MESSAGE: Layout = {"numbers": (3, 8), "text": (33, 80), "link": (128, 1)}
NEW_BALANCE: Layout = {
    "paper_number": (2, 3),
    "account": (5, 37),
    "sign": (42, 1),
    "amount": (43, 15),
    "date": (58, 6),
    "link": (128, 1),
}
TRAILER: Layout = {"records": (17, 6), "debit": (23, 15), "credit": (38, 15), "more": (128, 1)}


def record(identification: str, layout: Layout, **values: str) -> str:
    """Return a record of 128 characters: blanks, then each value at its place."""
    line = list(identification.ljust(RECORD_LENGTH))
    for name, value in values.items():
        first, length = layout[name]
        if len(value) > length:
            raise ValueError(f"{name} has {len(value)} characters, its field {length}: {value!r}")
        line[first - 1 : first - 1 + len(value)] = value
    return "".join(line)
