"""The golden cases of the CODA reader: a name, a sentence that says what it shows, the bytes.

Each is a file `tests/coda/<name>.cod`, with what the reader makes of it in `<name>.json`.
"""

from collections.abc import Iterator

from coda_builder import (
    BELGIAN_IBAN,
    IBAN_ZONE,
    NUMBER_ZONE,
    as_bytes,
    content,
    header,
    information,
    message,
    movement,
    new_balance,
    old_balance,
    overwrite,
    record,
    statement,
    trailer,
    trailer_of,
)

Case = tuple[str, str, bytes]
Records = list[list[str]]
FOREIGN_ZONE = f"{'1234567890':34}USD"
GERMAN_ZONE = f"{'DE89370400440532013000':34}EUR"
COUNTERPARTY = f"{'NL91ABNA0417164300':34}EUR"


def cases() -> Iterator[Case]:
    """Yield every case."""
    for part in (accounts, movements, totals, communications, bytes_and_lines, files, traps, refused):
        yield from part()
    for kind, (shows, text) in MOVEMENT_TYPES.items():
        yield f"type_{kind}", f"structured type {kind}: {shows}", as_bytes(statement([one(structured=text)]))
    for kind, (shows, text) in INFORMATION_TYPES.items():
        moved = [one(informed=True), information(1, 1, structured=text)]
        yield f"type_{kind}", f"information type {kind}: {shows}", as_bytes(statement(moved))


def one(milli: int = 125_500, **fields: object) -> list[str]:
    """Return the records of movement 1."""
    return movement(1, milli, **fields)  # type: ignore[arg-type]


def of(records: Records, **fields: object) -> bytes:
    return as_bytes(statement(records, **fields))  # type: ignore[arg-type]


def accounts() -> Iterator[Case]:
    """Yield the account structures and what can stand in their zones."""
    yield (
        "structure_0_belgian_number",
        "A Belgian number becomes its IBAN; qualification code, country and extension zone are not part of it.",
        of([one()], structure="0", account=f"539007547034 EUR0BE   {'SUB ACCOUNT 7':15}"),
    )
    yield "structure_1_foreign_number", "A foreign number stays as given.", of([], structure="1", account=FOREIGN_ZONE)
    yield (
        "structure_2_belgian_iban",
        "A Belgian IBAN with an extension zone at 37-39 and the currency after it.",
        of([], structure="2", account=f"{BELGIAN_IBAN:31}007USD"),
    )
    yield "structure_3_foreign_iban", "A foreign IBAN.", of([], structure="3", account=GERMAN_ZONE)
    yield (
        "structure_blank_iban",
        "A blank structure digit (bpost) before a valid Belgian IBAN is structure 2.",
        of([], structure=" ", account=IBAN_ZONE),
    )
    yield (
        "structure_blank_number",
        "A blank structure digit before anything else is structure 0.",
        of([], structure=" ", account=NUMBER_ZONE),
    )
    yield (
        "own_iban_wrong",
        "The own account's check digits do not hold: read, no IBAN, a warning.",
        of([], account=f"{'BE00000000000000':34}EUR"),
    )
    yield (
        "own_number_wrong",
        "A Belgian number whose last two digits do not check the others has no IBAN.",
        of([], structure="0", account=f"539007547035 EUR{'':21}"),
    )
    yield (
        "counterparty_accounts",
        "Record 2.3 has no structure digit: 12 digits and a blank are a Belgian number; no IBAN without check digits.",
        of(
            [
                movement(1, 1000, account=COUNTERPARTY, name="DUTCH BV", bic="ABNANL2A"),
                movement(2, 2000, account="539007547034 EUR", name="BELGIAN NUMBER"),
                movement(3, 3000, account="666000000484", name="INTERNAL NUMBER"),
                movement(4, 4000, account="000000000000", name="ZEROS"),
                movement(5, 5000, account="NL91ABNA0417164301", name="WRONG CHECK DIGITS"),
                movement(6, 6000, account="0000000000000278004000106589380301", name="FOREIGN BBAN"),
                movement(7, 7000, account="BE685390075470341", name="TOO LONG"),
                movement(8, 8000, name="NO ACCOUNT"),
                movement(9, 9000, account=f"{'03056891':34}GBP"),
            ]
        ),
    )


def movements() -> Iterator[Case]:
    """Yield the records of a movement, its dates and codes."""
    yield (
        "every_field",
        "Every field of the records 2.1, 2.2 and 2.3 of one movement.",
        of(
            [
                one(
                    -1_234_567,
                    reference="REF 1 OF THE BANK 001",
                    value="311224",
                    code="00501000",
                    text="FREE TEXT",
                    entry="020125",
                    paper="123",
                    customer_reference="E2E-2025-0001",
                    bic="ABNANL2AXXX",
                    r_transaction="2",
                    reason="MD06",
                    category="SUPP",
                    purpose="GDDS",
                    account=COUNTERPARTY,
                    name="COUNTERPARTY BV",
                )
            ]
        ),
    )
    yield "value_date_unknown", "Value date 000000 is none, and no fault.", of([one(value="000000")])
    yield "old_balance_date_unknown", "Old balance date 000000.", of([one()], before=old_balance(date="000000"))
    yield (
        "third_decimal",
        "The third decimal counts and is not rounded; debit is negative, an overdrawn balance too.",
        of([movement(1, -767_823), movement(2, 1)], old=-23_154_685),
    )
    yield (
        "two_one_then_two_three",
        "A 2.3 may follow its 2.1 without a 2.2.",
        of([one(account=COUNTERPARTY, name="NO RECORD 2.2 HERE", text="SHORT")]),
    )
    yield (
        "not_provided",
        "NOTPROVIDED and NOT PROVIDED fill the customer reference and are none.",
        of([movement(1, 1000, customer_reference="NOTPROVIDED"), movement(2, 1, customer_reference="NOT PROVIDED")]),
    )
    yield (
        "transaction_code_zeros",
        "Transaction code 00000000 (Argenta) and codes that no table knows stop nothing.",
        of([movement(1, 1000, code="00000000"), movement(2, 1000, code="49977999"), movement(3, 1, code="00142700")]),
    )
    yield (
        "leap_day",
        "29 February of a leap year, years from 80 on of the twentieth century.",
        of([one(value="290224", entry="290224"), movement(2, 1, value="010180", entry="010180")]),
    )


def totals() -> Iterator[Case]:
    """Yield totals with details: what counts, what explains, where it belongs."""
    yield (
        "total_by_customer",
        "Type 1 with details of type 5: only the total is a movement of the account, information joins its detail.",
        of(
            [
                movement(1, -300_000, code="10105000", globalisation="1"),
                movement(1, -100_000, detail=1, code="50105000", name="FIRST", account=COUNTERPARTY, informed=True),
                information(1, 2, structured=content("001", (1, "FIRST"), (71, "STREET 1")), code="50105000"),
                movement(1, -200_000, detail=3, code="50105000", globalisation="1", name="SECOND"),
                movement(2, 50_000),
            ]
        ),
    )
    yield (
        "total_by_bank_two_levels",
        "Type 2 with a simple detail (6), a detail with details (7) and those (9) under it.",
        of(
            [
                movement(1, 600_000, code="20450000", globalisation="1"),
                movement(1, 100_000, detail=1, code="60450000"),
                movement(1, 500_000, detail=2, code="70450000", globalisation="2"),
                movement(1, 510_000, detail=3, code="90450100"),
                movement(1, -10_000, detail=4, code="90450006", globalisation="2"),
                movement(1, 0, detail=5, code="60450000", globalisation="1"),
            ]
        ),
    )
    yield (
        "charges",
        "Type 3 with details of type 8: gross amount, fee, VAT.",
        of(
            [
                movement(1, -12_100, code="30137000", globalisation="1"),
                movement(1, -10_000, detail=1, code="80137006"),
                movement(1, -2_100, detail=2, code="80137011", globalisation="1"),
            ]
        ),
    )
    yield (
        "total_without_details",
        "A total with globalisation code 1 and no detail (salaries of ACERTA) is a movement like any other.",
        of([movement(1, -300_000, code="10105000", globalisation="1"), movement(2, 1000)]),
    )
    yield (
        "details_of_type_0",
        "Details with type 0 under a type 1 total (BNPPF): the detail number decides, not the type.",
        of(
            [
                movement(1, -300_000, code="10107000", globalisation="1"),
                movement(1, -100_000, detail=1, code="00107000"),
                movement(1, -200_000, detail=2, code="00107000"),
            ]
        ),
    )
    yield (
        "details_that_do_not_add_up",
        "Details that do not add up: the total counts, a warning says both sums.",
        of([movement(1, -300_000, code="10105000"), movement(1, -100_000, detail=1, code="50105000")]),
    )
    yield (
        "detail_numbers_repeated",
        "Information that repeats the detail number of its 2.1 (BNPPF) is no oddity.",
        of(
            [
                movement(1, -1000, code="10105000", informed=True),
                information(1, 0, text="ABOUT THE TOTAL"),
                movement(1, -1000, detail=1, code="50105000", informed=True),
                information(1, 1, text="ABOUT THE DETAIL"),
            ]
        ),
    )


def communications() -> Iterator[Case]:
    """Yield free texts and how they join."""
    words = "".join(f"{number:04}-" for number in range(30))[:149]
    yield (
        "free_text_over_three_records",
        "Free text runs over 53, 53 and 43 positions without a separator; only its end is trimmed.",
        of([one(text=words), movement(2, 1, text=f"{'CUT AT 53, ENDS IN A BLANK':52} {'NEXT':52}  END")]),
    )
    long = "".join(f"{number:04}." for number in range(60))[:268]
    yield (
        "free_information",
        "Free information runs over 73, 105 and 90 positions.",
        of([one(informed=True), information(1, 1, text=long)]),
    )
    yield (
        "free_information_continued",
        "Several free 3.1 in a row are one text (ING); a structured one between ends it.",
        of(
            [
                one(informed=True),
                information(1, 1, text="A" * 70 + "CUT", more=True),
                information(1, 2, text=" HERE", more=True),
                information(1, 3, structured=content("008", (1, "WHO")), more=True),
                information(1, 4, text="ANOTHER TEXT"),
            ]
        ),
    )
    yield (
        "types_the_other_way_round",
        "A movement with a type 00x, information with a type 1xx, and an unknown type are read all the same.",
        of(
            [
                one(structured=content("002", (1, f"{'FIRST LINE':35}SECOND LINE")), informed=True),
                information(1, 1, structured=content("103", (1, "123456789012")), more=True),
                information(1, 2, structured=content("199", (1, "WHAT IS THIS"))),
            ]
        ),
    )
    yield (
        "references_that_do_not_check",
        "Belgian and ISO 11649 references whose check digits do not hold are kept, with warnings.",
        of(
            [
                movement(1, 1000, structured="101123456789012"),
                movement(2, 1000, structured="100RF19539007547034"),
                movement(3, 1000, structured="101NOT DIGITS"),
            ]
        ),
    )
    yield (
        "references_in_information",
        "References in information are shown and checked as those of movements are.",
        of(
            [
                one(informed=True),
                information(1, 1, structured="101090933755493", more=True),
                information(1, 2, structured="102090933755494", more=True),
                information(1, 3, structured="100RF18539007547034"),
            ]
        ),
    )
    yield (
        "fields_that_do_not_fit",
        "A field of a structured communication that is no number or no day is none; the raw text has it.",
        of([one(structured=content("113", (1, "X" * 16), (30, "999925"), (67, "ABC"), (82, "1234")))]),
    )
    yield (
        "free_messages",
        "Records 4 join by their sequence number.",
        of(
            [one()],
            messages=[
                message(1, 0, "OUR OFFICES ARE CLOSED ON 1 MAY. ".ljust(80), more=True),
                message(1, 1, "FERME LE 1ER MAI.", more=True),
                message(2, 0, "A SECOND MESSAGE"),
            ],
        ),
    )
    yield (
        "message_after_link_code_0",
        "A record 4 after a record 8 whose link code says none (seen in bank files).",
        as_bytes(
            [
                *(lines := [header(), old_balance(), *one(0), new_balance(0), message(1, 0, "TEXT")]),
                trailer_of(lines),
            ]
        ),
    )


def bytes_and_lines() -> Iterator[Case]:
    """Yield character sets, line ends and what surrounds a file."""
    accents = statement([one(name="CAFÉ À L'ÉTÉ", account=COUNTERPARTY, text="payé à temps")])
    yield "charset_latin_1", "Accents in a single-byte set.", as_bytes(accents)
    yield (
        "charset_cp1252",
        "A euro sign and curly quotes as cp1252 has them.",
        as_bytes(statement([one(text="12 € — “merci”")]), charset="cp1252"),
    )
    yield (
        "charset_single_byte_that_is_utf_8",
        "Lines of 128 bytes that could be UTF-8 (Ã followed by ©) are single-byte: nothing may shift.",
        as_bytes(statement([one(text="cafÃ©")])),
    )
    yield "charset_utf_8", "The same as UTF-8: 128 characters, more bytes.", as_bytes(accents, charset="utf-8")
    yield (
        "charset_replaced",
        "U+FFFD in place of accents, as some web tools leave them.",
        as_bytes(statement([one(name="CAF\ufffd")]), charset="utf-8"),
    )
    yield (
        "byte_order_mark_and_ctrl_z",
        "A byte order mark before and a Ctrl-Z after.",
        b"\xef\xbb\xbf" + as_bytes(accents, charset="utf-8") + b"\x1a",
    )
    plain = statement([one()])
    yield "lines_cr_lf", "Lines ended by CR LF.", as_bytes(plain, end="\r\n")
    yield "lines_cr", "Lines ended by CR alone.", as_bytes(plain, end="\r")
    yield "lines_none", "No line ends at all: blocks of 128.", as_bytes(plain, end="")
    yield "lines_last_unended", "The last line without its end.", as_bytes(plain)[:-1]
    yield "lines_blank_at_the_end", "Two empty lines and one of blanks at the end.", as_bytes([*plain, "", "", "   "])
    yield (
        "trailer_trimmed",
        "A trailer whose trailing blanks, code included, were stripped.",
        as_bytes([*plain[:-1], plain[-1][:52]]),
    )
    yield (
        "trailer_code_blank",
        "A multiple file code that is blank, or lies, means nothing.",
        as_bytes([*plain[:-1], plain[-1][:127] + " "]),
    )


def files() -> Iterator[Case]:
    """Yield statements as wholes."""
    yield (
        "empty_statement",
        "A day without movements has no record 8: the new balance is the old one.",
        as_bytes([*(lines := [header(), old_balance(1_000_000)]), trailer_of(lines)]),
    )
    yield (
        "empty_statement_with_message",
        "An empty statement with a free message.",
        as_bytes([*(lines := [header(), old_balance(5), message(1, 0, "HAPPY NEW YEAR")]), trailer_of(lines)]),
    )
    yield "no_movements_with_record_8", "No movements, but a record 8.", of([], old=1_000)
    dollars = f"{BELGIAN_IBAN:<31}   USD"
    yield (
        "several_statements",
        "Three statements in one file, of two currencies and two accounts, with a blank line between.",
        as_bytes(
            [
                *statement([one()]),
                *statement([one(-5)], account=dollars, old=10),
                "",
                *statement([one(7)], structure="3", account=GERMAN_ZONE),
            ]
        ),
    )
    yield (
        "duplicate",
        "A copy of a statement sent before, flagged D, with another reference: the fingerprint is the same.",
        as_bytes([*statement([one()]), *statement([one()], first=header(duplicate="D", reference="OTHER"))]),
    )
    separate = [header(separate="00001"), old_balance(0), *one(50_000, code="60450000"), new_balance(0, paper="000")]
    yield (
        "separate_application",
        "A separate application details totals of the main file: its balances prove nothing.",
        as_bytes([*separate, trailer_of(separate)]),
    )
    alone = [header(separate="00001"), old_balance(0), *one(50_000, detail=1, code="90450000"), new_balance(0)]
    yield (
        "separate_application_details_alone",
        "Details stand alone in a separate application.",
        as_bytes([*alone, trailer_of(alone)]),
    )
    zeros = record((1, "00000"), (6, "030125"), (12, "000"), (15, "00"), (72, "0" * 11), (84, "00000"), (128, "2"))
    yield "header_of_zeros", "An anonymised header: application code 00, no names.", of([one()], first=zeros)
    yield (
        "header_references",
        "An account abroad has references of its MT940 in the header.",
        of([one()], first=overwrite([header()], 1, 89, f"{'TRANSACTION REF1':16}{'RELATED REF 2':16}")[0]),
    )
    yield (
        "paper_number_julian",
        "The paper number is a day of the year, another one in record 8 and in the movement; the CODA number is 000.",
        as_bytes(
            [
                *(
                    lines := [
                        header(),
                        old_balance(paper="002", number="000"),
                        *one(paper="365"),
                        new_balance(125_500, paper="003"),
                    ]
                ),
                trailer_of(lines),
            ]
        ),
    )


def traps() -> Iterator[Case]:
    """Yield what files in the wild do against expectation, and is read with or without a warning."""
    junk = movement(1, 1000, customer_reference="NB2206092900135", account=COUNTERPARTY)
    yield (
        "old_reference_in_2_2",
        "Old KBC files fill 110-125 of record 2.2 with a reference: no R-transaction, no ISO codes, a warning.",
        of([overwrite(junk, 2, 110, "00843246306A1648")]),
    )
    yield (
        "codes_that_are_none",
        "R-transaction and ISO codes of another shape are dropped and named in a warning.",
        of([one(r_transaction="9", reason="ab12", category="SALA", purpose="12 4")]),
    )
    yield (
        "codes_on_no_list",
        "An ISO code that no list has yet is kept, and named in a warning.",
        of([one(r_transaction="2", reason="XY99", category="SUPP", purpose="NEW1"), movement(2, 1, purpose="NEW1")]),
    )
    yield (
        "blanks_stripped",
        "Records 1, 2.1, 4, 8 and 9 whose last field is blank, and whose trailing blanks were stripped.",
        as_bytes(
            [
                line if line[0] == "0" else line[: 125 if line[0] == "1" else 127].rstrip()
                for line in statement([one(text="PAID")], messages=[message(1, 0, "A MESSAGE")])
            ]
        ),
    )
    yield (
        "messages_missing",
        "Free messages whose numbers jump, as a record 4 is missing: a warning.",
        of([one()], messages=[message(1, 0, "BEGINNING", more=True), message(1, 2, "END"), message(4, 0, "NEXT")]),
    )
    yield (
        "application_code",
        "Another application code than that of statements: read, with a warning.",
        of([one()], first=overwrite([header()], 1, 15, "07")[0]),
    )
    yield (
        "next_codes_that_lie",
        "A next code of 1 without a continuation, and of 0 with one: warnings.",
        of([overwrite(one(), 1, 126, "1"), overwrite(movement(2, 1, name="X", account="Y"), 1, 126, "0")]),
    )
    yield (
        "link_codes_that_lie",
        "Link codes are not looked at, as long as they are 0 or 1.",
        of([overwrite(one(), 1, 128, "1"), movement(2, 1, informed=True)]),
    )
    yield (
        "fillers_not_blank",
        "Fillers that hold something: one warning for each filler, with a count.",
        of([overwrite(one(), 1, 127, "X"), overwrite(movement(2, 1), 1, 127, "Y")]),
    )
    yield (
        "sequence_jumps",
        "Sequence numbers that jump (0001, 0002, 0009): a warning.",
        of([movement(1, 1), movement(2, 2), movement(9, 3)]),
    )
    yield (
        "sequence_zeros",
        "An aggregator's file with sequence number 0000 throughout: movements all the same.",
        of([movement(0, 1, text="A"), movement(0, 2, text="B"), movement(0, 3, text="C")]),
    )
    yield (
        "detail_numbers_jump",
        "Detail numbers that jump: a warning.",
        of([movement(1, 3, code="10105000"), movement(1, 1, detail=1), movement(1, 2, detail=5)]),
    )
    yield (
        "dates_out_of_order",
        "A movement booked after the new balance, a new balance before the old one: warnings.",
        of([one(entry="030125")], before=old_balance(date="050125")),
    )
    yield (
        "bank_references_shared",
        "Information belongs to the record before it, whatever its bank reference says.",
        of(
            [
                movement(1, 1, reference="SAME", informed=True),
                information(1, 1, text="ABOUT THE FIRST", reference=""),
                movement(2, 2, reference="SAME", informed=True),
                information(2, 1, text="ABOUT THE SECOND", reference="SAME"),
            ]
        ),
    )
    yield (
        "argenta_card",
        "Card data as free text under transaction code 00000000.",
        of([one(-45_000, code="00000000", text="BANCONTACT 01-01-2025 12:34 CARD 1234 SHOP ANTWERPEN")]),
    )
    yield (
        "foreign_account_from_mt940",
        "An account abroad, made from MT940: no bank reference, no 2.3, text with TRANS and INFO.",
        of(
            [one(reference="", code="00000000", text="TRANS : NTRF / INFO : INVOICE 7")],
            structure="1",
            account=FOREIGN_ZONE,
        ),
    )
    yield "no_currency", "An account without a currency is read, with a warning.", of([], account=f"{BELGIAN_IBAN:37}")


def refused() -> Iterator[Case]:
    """Yield files that are no CODA, or damaged beyond one position."""
    plain = statement([one(), movement(2, -500)])
    yield "refused_empty", "Nothing in the file.", b""
    yield "refused_blank_lines", "Only blank lines.", b"\r\n   \r\n\r\n"
    yield "refused_html", "A web page.", b"<!DOCTYPE html>\n<html><body>502 Bad Gateway</body></html>\n"
    yield "refused_json", "JSON.", b'{"error": "not found"}'
    yield "refused_binary", "The beginning of a ZIP archive.", b"PK\x03\x04\x14\x00\x00\x00\x08\x00\xff\xfe\x81\x8d"
    yield "refused_utf_16", "CODA as UTF-16.", as_bytes(plain, charset="utf-16")
    yield "refused_version_1", "CODA version 1 is refused by name.", as_bytes(overwrite(plain, 1, 128, "1"))
    yield "refused_cut", "A file that ends before its trailer.", as_bytes(plain[:-1])
    yield "refused_cut_in_a_line", "A file that ends within a line.", as_bytes(plain)[:500]
    yield (
        "refused_no_record_8",
        "Movements without a record 8.",
        as_bytes([*plain[:-2], trailer_of([*plain[:-2]])]),
    )
    yield (
        "refused_sums",
        "A balance and totals that do not follow.",
        as_bytes([*plain[:2], *one(1), *plain[3:-1], trailer(5, 1, 2)]),
    )
    yield (
        "refused_several",
        "Several faults, all named.",
        as_bytes(overwrite(overwrite(overwrite(plain, 1, 6, "320125"), 3, 40, "X"), 4, 32, "7")),
    )
    yield (
        "refused_twenty",
        "Of many faults the first twenty.",
        as_bytes(statement([overwrite(movement(number, 1), 1, 48, "999999") for number in range(1, 31)])),
    )


DEBIT = content(
    "127",
    (1, "020125"),
    (7, "1"),
    (8, "2"),
    (9, "3"),
    (10, "BE69ZZZ050D000000008"),
    (45, "MANDATE-2025-1"),
    (80, "ELECTRICITY JANUARY"),
    (142, "2"),
    (143, "MD06"),
)
MOVEMENT_TYPES: dict[str, tuple[str, str]] = {
    "100": ("ISO 11649 reference, checked modulo 97.", "100RF18539007547034"),
    "101": ("Belgian structured communication, checked and written as people know it.", "101090933755493"),
    "102": ("the same, rebuilt by the bank; a remainder of 0 is written 97.", "102000000009797"),
    "103": ("a number.", "103123456789012"),
    "104": ("known by name only: kept as given.", "104000000000012500"),
    "105": (
        "original amount, rate and the communication of the principal; amounts follow the movement's sign.",
        content(
            "105",
            (1, "000000000125500"),
            (16, "000000000137950"),
            (31, "000109920319"),
            (43, "USD"),
            (46, "090933755493"),
            (58, "US"),
            (60, "000000000125500"),
        ),
    ),
    "106": (
        "charges: equivalent, base, percentage, minimum.",
        content(
            "106",
            (1, "000000000002100"),
            (16, "000000000010000"),
            (31, "002100000000"),
            (43, "2"),
            (44, "000000000002100"),
        ),
    ),
    "107": (
        "the old direct debit.",
        content(
            "107",
            (1, "740316202802"),
            (13, "311024"),
            (19, "INVOICE 436769"),
            (49, "D"),
            (50, "00202239951"),
        ),
    ),
    "108": (
        "closing: basis, interest rate, period.",
        content(
            "108",
            (1, "000000000000120"),
            (16, "000000012000000"),
            (31, "000102500000"),
            (43, "011024"),
            (49, "311224"),
        ),
    ),
    "111": (
        "terminal takings, total.",
        content(
            "111",
            (1, "1"),
            (2, "064947"),
            (8, "927"),
            (11, "002183"),
            (17, "311224"),
            (23, "002186"),
            (29, "010125"),
            (35, "7"),
            (36, "TIME SQUARE"),
            (52, "MONS"),
        ),
    ),
    "112": ("known by name only: kept as given.", "1127291975120230119"),
    "113": (
        "card payment for fuel; volume has 2 decimals, the unit price 3: 30.00 l at 1.224 are 36.720.",
        content(
            "113",
            (1, "67034XXXXXXX0119"),
            (17, "1"),
            (18, "027789"),
            (24, "004567"),
            (30, "020125"),
            (36, "1218"),
            (40, "9"),
            (41, "PETROL"),
            (57, "HASSELT"),
            (67, "000000000036720"),
            (82, "000100000000"),
            (94, "EUR"),
            (97, "03000"),
            (102, "06"),
            (104, "01224"),
        ),
    ),
    "114": (
        "terminal takings, single.",
        content(
            "114",
            (1, "2"),
            (2, "017041"),
            (8, "132"),
            (11, "002874"),
            (17, "020125"),
            (23, "1718"),
            (27, "8"),
            (28, "VIATOR"),
            (44, "LESSINES"),
            (54, "260583"),
        ),
    ),
    "115": (
        "cash paid in at a machine.",
        content(
            "115",
            (1, "7294582459985245"),
            (17, "3"),
            (18, "000589"),
            (24, "018947"),
            (30, "020125"),
            (36, "1348"),
            (40, "030125"),
            (46, "586492"),
            (52, "000000000810000"),
            (67, "1"),
            (68, "BANK TIELT"),
            (84, "TIELT"),
            (94, "SHOP MONDAY"),
        ),
    ),
    "120": ("known by name only: kept as given.", "120CORRECTION"),
    "121": (
        "bill.",
        content(
            "121",
            (1, "000000001000000"),
            (16, "310325"),
            (22, "150425"),
            (28, "010125"),
            (34, "00403019261"),
            (45, "EUR"),
            (51, "BILL000000001"),
            (64, "000350000000"),
        ),
    ),
    "122": (
        "interest on bills.",
        content(
            "122",
            (1, "0090"),
            (5, "000350000000"),
            (17, "000000001000000"),
            (32, "1"),
            (33, "BILL000000001"),
            (46, "310325"),
        ),
    ),
    "123": (
        "fees of a guarantee without a fixed term (999999).",
        content(
            "123",
            (1, "010125"),
            (7, "999999"),
            (13, "000000005000000"),
            (28, "000012500000"),
            (40, "0365"),
            (44, "0"),
            (45, "GUARANTEE0001"),
        ),
    ),
    "124": (
        "credit card settlement.",
        content(
            "124",
            (1, "5526XXXXXXXX1201"),
            (21, "1"),
            (22, "000000000420"),
            (34, "CARDHOLDER 1"),
            (49, "020125"),
        ),
    ),
    "125": (
        "loan.",
        content(
            "125",
            (1, "539007547034"),
            (13, "EXTENSION"),
            (28, "000000100000000"),
            (43, "000000099000000"),
            (58, "000000001000000"),
            (73, "EUR"),
            (76, "010125"),
            (82, "310125"),
            (88, "000412500000"),
            (100, "LOAN000000001"),
        ),
    ),
    "126": (
        "term deposit.",
        content(
            "126",
            (1, "DEPOSIT00000001"),
            (16, "000000010000000"),
            (31, "000000010000000"),
            (46, "010125"),
            (52, "010425"),
            (58, "000225000000"),
            (70, "000000000056250"),
            (85, "EUR"),
            (88, "000100000000"),
        ),
    ),
    "127": ("SEPA direct debit: creditor, mandate, scheme, R-transaction, ISO reason, all 146 positions.", DEBIT),
}
INFORMATION_TYPES: dict[str, tuple[str, str]] = {
    "001": (
        "name, street, town and identification of the counterparty, over 3.1 and 3.2.",
        content("001", (1, "COUNTERPARTY NV"), (71, "WETSTRAAT 16"), (106, "1000 BRUSSEL"), (141, "BE0403019261")),
    ),
    "002": ("text of the bank, in lines of 35.", content("002", (1, "FIRST LINE"), (36, "SECOND LINE"))),
    "003": ("known by name only: kept as given.", "003RBP"),
    "004": ("the counterparty's bank, in lines of 35.", content("004", (1, "GARANTIBANK"), (36, "AMSTERDAM"))),
    "005": ("correspondent, in lines of 35.", content("005", (1, "CITIBANK"), (36, "NEW YORK"))),
    "006": (
        "a detail's amount, whose sign is at 49.",
        content("006", (1, "COMMISSION"), (31, "EUR"), (34, "000000000012500"), (49, "1"), (50, "013")),
    ),
    "007": ("cash by denomination.", content("007", (1, "0000012"), (8, "050000"), (14, "000000000600000"))),
    "008": ("ultimate beneficiary.", content("008", (1, "FINAL BENEFICIARY"), (71, "ID-8"))),
    "009": ("ultimate ordering party.", content("009", (1, "FIRST DEBTOR"), (71, "ID-9"))),
    "010": (
        "securities deal, over three records.",
        content(
            "010",
            (1, "EO767357"),
            (14, "727973443458"),
            (29, "CUSTOMER7"),
            (42, "02"),
            (44, "XS0271580481"),
            (59, "N"),
            (60, "000002500000"),
            (72, "EUR"),
            (75, "0001"),
            (79, "EUR"),
            (82, "000001000500"),
            (94, "000100000000"),
            (106, "SQ CDO CL F 06 VAR 070117"),
            (146, "1795"),
            (159, "00000001"),
            (167, "01022025"),
            (175, "EURONEXT BRUSSELS"),
            (205, "02012025"),
            (213, "SUBSCRIPTION"),
            (237, "000002500000000"),
        ),
    ),
    "011": (
        "coupon, over three records; the coupon amount has 6 decimals.",
        content(
            "011",
            (14, "000018067684729"),
            (29, "165843038"),
            (42, "02"),
            (44, "US92343V1044"),
            (59, "000008500000"),
            (71, "VERIZON COMMUNICATIONS"),
            (111, "USD"),
            (114, "00000000405000"),
            (128, "1"),
            (129, "000000000080850"),
            (144, "COUPON"),
            (168, "01"),
            (174, "011124"),
            (180, "000078284800"),
            (192, "EUR"),
            (195, "000000000000000"),
        ),
    ),
}
