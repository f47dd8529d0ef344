"""The files of bank lines that accounting exports: read right, or refused with the line that is wrong."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest

from codasync.errors import LedgerError
from codasync.ledger import Account, LedgerLine, Profile, read

KBC, ING, DOLLARS = "BE68539007547034", "BE75363144977351", "BE62363292554161"
ACCOUNTS = [
    Account(KBC, "EUR", "B01"),
    Account(ING, "EUR", "B02"),
    Account(DOLLARS, "EUR", "B03"),
    Account(DOLLARS, "USD", "B03"),
]
HEADING = "iban;date;amount"


def lines(*rows: str, heading: str = HEADING, profile: Profile | None = None, end: str = "\n") -> list[LedgerLine]:
    """Read a file of these rows; a row that begins with `;` is about the account at KBC."""
    whole = [f"{KBC}{row}" if row.startswith(";") else row for row in rows]
    return read(end.join([heading, *whole, ""]).encode(), profile or Profile(), ACCOUNTS)


def refusal(*rows: str, **how: Any) -> str:
    """Return what is said about a file that is refused, its wrong lines first."""
    with pytest.raises(LedgerError) as caught:
        lines(*rows, **how)
    return told(caught.value)


def refused(data: bytes, profile: Profile | None = None) -> str:
    with pytest.raises(LedgerError) as caught:
        read(data, profile or Profile(), ACCOUNTS)
    return told(caught.value)


def told(error: LedgerError) -> str:
    return "; ".join([*map(str, error.lines), str(error)])


# --- whole files


def test_a_line_says_everything_that_its_columns_say() -> None:
    heading = "IBAN;Date;Amount;statement_number;counterparty_name;counterparty_iban;communication;matched;balance"
    row = ";02/03/2026;-1.234,56;012;Moulins du Sud;BE73 4503 2706 5060;+++090/9337/55493+++;oui;10.000,00"
    assert lines(row, heading=heading) == [
        LedgerLine(
            iban=KBC,
            currency="EUR",
            year=2026,
            number=12,
            date=dt.date(2026, 3, 2),
            amount_milli=-1_234_560,
            balance_milli=10_000_000,
            counterparty_name="Moulins du Sud",
            counterparty_account="BE73450327065060",
            counterparty_iban="BE73450327065060",
            communication="+++090/9337/55493+++",
            matched=True,
        )
    ]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_file_may_be_written_in_any_of_the_usual_ways(delimiter: str, encoding: str, end: str) -> None:
    rows = [["iban", "date", "amount", "communication"], [KBC, "2026-03-02", "12.5", "Café élan"]]
    data = end.join([delimiter.join(row) for row in rows] + [""]).encode(encoding)
    [line] = read(data, Profile(), ACCOUNTS)
    assert (line.amount_milli, line.communication) == (12_500, "Café élan")


def test_quoted_texts_may_hold_delimiters_quotes_and_line_breaks_and_lines_are_counted_as_in_the_file() -> None:
    heading = HEADING + ";communication"
    [one, _] = lines(';2026-03-02;1;"a;b\n""c"""', "", ";2026-03-02;2;x", heading=heading)
    assert one.communication == 'a;b\n"c"'
    assert "line 5: amount 'x'" in refusal(';2026-03-02;1;"a\nb"', "", ";2026-03-02;x;", heading=heading)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\r\n \n", "is empty"),
        (HEADING.encode(), "a heading and no lines"),
        (b"PK\x03\x04\x14\x00\x06\x00", "Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "Excel workbook of the old kind"),
        (b"%PDF-1.7", "is a PDF"),
        ("iban;date".encode("utf-16"), "UTF-16"),
        (b"iban;date;amount\n\0\0\0", "not a text file"),
        (b"iban;date;amount\n\x81;1;2", "line 2: byte 0x81 is not UTF-8 or cp1252"),
        (b"iban;date\n", "has no column amount; it has iban, date"),
        (b"date;amount\n", "neither a column iban nor a column journal"),
        (b"iban;date;amount;Amount\n", "has the column amount 2 times"),
        (b'iban;date;amount\n"BE', "line 2: a quoted text begins in this row and does not end"),
        (b'iban;date;amount\n"a"b;c;d', "line 2: the quotes are not as CSV has them"),
        (b'iban;date;amount\n"' + b"x" * 200_000, "line 2: a quoted text begins in this row"),
    ],
)
def test_a_file_that_is_no_such_file_is_refused_in_a_line(data: bytes, reason: str) -> None:
    assert reason in refused(data)


def test_every_wrong_line_is_named_the_first_twenty_by_their_numbers() -> None:
    rows = [";2026-03-02;1" if number % 2 else ";2026-03-02;one" for number in range(100)]
    with pytest.raises(LedgerError) as caught:
        lines(*rows)
    assert [line.line for line in caught.value.lines] == list(range(2, 42, 2))
    assert (caught.value.count, caught.value.exit_code) == (50, 2)
    assert "50 lines that are wrong; nothing was imported" in str(caught.value)


@pytest.mark.parametrize(("row", "columns"), [(";2026-03-02", 2), (";2026-03-02;1;extra", 4)])
def test_a_line_with_columns_missing_or_left_over_is_refused(row: str, columns: int) -> None:
    assert f"line 2: it has {columns} columns, the heading 3" in refusal(row)


# --- amounts


@pytest.mark.parametrize(
    ("text", "milli"),
    [
        ("1.234,56", 1_234_560),
        ("1234.56", 1_234_560),
        ("1,234.56", 1_234_560),
        ("1 234,56", 1_234_560),
        ("1\u00a0234,56", 1_234_560),
        ("1\u202f234\u202f567,8", 1_234_567_800),
        ("-12", -12_000),
        ("12,5-", -12_500),
        ("+3", 3_000),
        ("-0,005", -5),
        ("1.234.567", 1_234_567_000),
        ("0.500", 500),
        ("1234.567", 1_234_567),
        ("999999999999,999", 999_999_999_999_999),
    ],
)
def test_an_amount_with_one_meaning_is_read(text: str, milli: int) -> None:
    assert [line.amount_milli for line in lines(f";2026-03-02;{text}")] == [milli]


@pytest.mark.parametrize(
    "text",
    [
        *("", "-", "+-3", "-3-", "1e5", "NaN", "٣", "1.2345", "12,", ",5", "1,23,456.7", "12.34.56", "1 23", "1'234"),
        *("EUR 5", "1.234 567", "0.123.456", "9999999999999", "(12)", "--1", "0x1", "1_000", "½", "inf"),
    ],
)
def test_what_is_not_surely_an_amount_is_refused(text: str) -> None:
    assert f"line 2: amount {text!r} is not an amount" in refusal(f";2026-03-02;{text}")


@pytest.mark.parametrize(
    ("text", "other", "milli"),
    [("1.234", "12,50", 1_234_000), ("1.234", "12.50", 1_234), ("1,234", "12.50", 1_234_000), ("1,234", "7,5", 1_234)],
)
def test_the_other_amounts_of_the_file_decide_what_a_mark_means(text: str, other: str, milli: int) -> None:
    assert lines(f";2026-03-02;{text}", f";2026-03-02;{other}")[0].amount_milli == milli
    by_balance = lines(f";2026-03-02;{text};{other}", heading=HEADING + ";balance")
    assert by_balance[0].amount_milli == milli


@pytest.mark.parametrize("others", [[], ["12"], ["12,50", "12.50"]])
def test_what_a_mark_means_is_never_guessed(others: list[str]) -> None:
    said = refusal(";2026-03-02;-1.234", *(f";2026-03-02;{other}" for other in others))
    assert "line 2: amount '-1.234' can mean -1234 or -1.234: say decimal_mark in a profile" in said


def test_the_profile_says_what_a_mark_means_and_then_nothing_else_is_read() -> None:
    comma = Profile(decimal_mark=",")
    assert lines(";2026-03-02;1.234", profile=comma)[0].amount_milli == 1_234_000
    assert "line 2: amount '12.5' is not an amount with the decimal mark ," in refusal(
        ";2026-03-02;12.5", profile=comma
    )


# --- dates


@pytest.mark.parametrize("text", ["2026-03-04", "04/03/2026", "04-03-2026", "04.03.2026", "20260304"])
def test_a_date_is_read_in_the_usual_notations(text: str) -> None:
    assert lines(f";{text};1")[0].date == dt.date(2026, 3, 4)


@pytest.mark.parametrize(
    "text", ["", "31/02/2026", "04/13/2026", "2026-13-04", "4/3/2026", "04/03/26", "2026/03/04", "٠٤/٠٣/٢٠٢٦", "45000"]
)
def test_a_date_that_does_not_exist_or_may_be_american_is_refused(text: str) -> None:
    assert f"line 2: date {text!r} is " in refusal(f";{text};1")


def test_the_profile_can_have_dates_written_otherwise() -> None:
    american = Profile(date_format="MM/DD/YYYY")
    assert lines(";03/04/2026;1", profile=american)[0].date == dt.date(2026, 3, 4)
    assert "expected MM/DD/YYYY" in refusal(";2026-03-04;1", profile=american)


# --- which account, which statement, matched or not


@pytest.mark.parametrize(
    ("row", "account"),
    [
        (f"{KBC};;", (KBC, "EUR")),
        ("be68 5390 0754 7034;;", (KBC, "EUR")),
        (";B02;", (ING, "EUR")),
        (f"{ING};b02;EUR", (ING, "EUR")),
        (f"{DOLLARS};;usd", (DOLLARS, "USD")),
    ],
)
def test_an_account_is_found_by_iban_or_by_journal(row: str, account: tuple[str, str]) -> None:
    [line] = read(f"iban;journal;currency;date;amount\n{row};2026-03-02;1".encode(), Profile(), ACCOUNTS)
    assert (line.iban, line.currency) == account


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (";;", "it names neither an account nor a journal"),
        ("BE68539007547035;;", "BE68539007547035 is not an IBAN: its check digits or its length are wrong"),
        ("BE73450327065060;;", f"BE73450327065060 is no account of this dossier; it has {KBC}, {ING}, {DOLLARS}"),
        (";B2;", "no journal B2 in this dossier; nearest: B02"),
        (f"{KBC};B02;", f"journal B02 is account {ING}, not {KBC}"),
        ("BE68539007547035;B02;", "BE68539007547035 is not an IBAN"),
        (f"{DOLLARS};;", f"{DOLLARS} has sub-accounts in EUR, USD: a column currency has to say which"),
        (f"{KBC};;USD", f"{KBC} has no sub-account in USD, but in EUR"),
        (f"{KBC};;dollar", "currency 'dollar' is not a currency"),
    ],
)
def test_an_account_that_the_dossier_does_not_have_is_refused(row: str, reason: str) -> None:
    said = refused(f"iban;journal;currency;date;amount\n{row};2026-03-02;1".encode())
    assert f"line 2: {reason}" in said


def test_a_journal_code_of_two_accounts_and_codes_that_nobody_gave_are_told() -> None:
    data = b"journal;date;amount\nB01;2026-03-02;1"
    for accounts, reason in (
        ([Account(KBC, "EUR", "B01"), Account(ING, "EUR", "B01")], f"journal B01 can mean {KBC} or {ING}"),
        ([Account(KBC, "EUR", "")], "none is known: `codasync enable-journal`"),
    ):
        with pytest.raises(LedgerError) as caught:
            read(data, Profile(), accounts)
        assert reason in told(caught.value)


@pytest.mark.parametrize(
    ("word", "matched"),
    [
        *((word, True) for word in ("yes", "Oui", "JA", "true", "1")),
        *((word, False) for word in ("no", "non", "Nee", "False", "0", "")),
    ],
)
def test_matched_may_be_said_in_the_languages_of_the_country(word: str, matched: bool) -> None:
    assert lines(f";2026-03-02;1;{word}", heading=HEADING + ";matched")[0].matched is matched
    assert "line 2: matched 'x' is neither yes nor no" in refusal(";2026-03-02;1;x", heading=HEADING + ";matched")


@pytest.mark.parametrize(
    ("text", "year", "number"),
    [
        *((text, 2026, 12) for text in ("12", "012", "2026/12", "12-2026")),
        *(("2025/250", 2025, 250), ("", 2026, None), ("000", 2026, None)),
    ],
)
def test_a_statement_has_a_number_and_a_year(text: str, year: int, number: int | None) -> None:
    [line] = lines(f";2026-01-02;1;{text}", heading=HEADING + ";statement_number")
    assert (line.year, line.number) == (year, number)


@pytest.mark.parametrize("text", ["12,0", "B01-12", "2016/12", "1234567", "-3"])
def test_what_is_no_number_of_a_statement_is_refused(text: str) -> None:
    assert "line 2: statement_number " in refusal(f";2026-01-02;1;{text}", heading=HEADING + ";statement_number")


@pytest.mark.parametrize(
    ("rows", "years"),
    [
        # the statement goes over New Year; the one of a year before has the same number
        (["2025-01-02;1", "2025-12-31;1", "2026-01-02;1"], [2025, 2026, 2026]),
        # a number that stays the same for months numbers no statement
        (["2025-11-03;7", "2025-12-01;7", "2025-12-29;7", "2026-01-05;7"], [2025, 2025, 2025, 2026]),
        (["2025-12-31;250", "2026-01-02;1"], [2025, 2026]),
    ],
)
def test_a_statement_that_goes_over_new_year_belongs_to_the_year_in_which_it_ends(
    rows: list[str], years: list[int]
) -> None:
    heading = "iban;date;statement_number;amount"
    assert [line.year for line in lines(*(f";{row};1" for row in rows), heading=heading)] == years


def test_lines_come_oldest_first_however_the_file_has_them() -> None:
    newest_first = lines(";2026-03-03;1", ";2026-03-02;2", ";2026-03-02;3")
    assert [line.amount_milli for line in newest_first] == [3_000, 2_000, 1_000]
    one_day = [";2026-03-02;5;115", ";2026-03-02;10;110"]
    for rows in (one_day, one_day[::-1]):
        assert [line.balance_milli for line in lines(*rows, heading=HEADING + ";balance")] == [110_000, 115_000]


# --- profiles


GERMAN: Mapping[str, str] = {"iban": "Konto", "date": "Buchung", "amount": "Betrag", "matched": "Abgeglichen"}


def test_a_profile_names_the_columns_and_how_they_are_written() -> None:
    profile = Profile(delimiter="tab", encoding="cp1252", decimal_mark=",", date_format="DD.MM.YYYY", columns=GERMAN)
    data = f"KONTO\tBuchung\tBetrag\tAbgeglichen\tsonstiges\n{KBC}\t02.03.2026\t1.000\tja\tü".encode("cp1252")
    [line] = read(data, profile, ACCOUNTS)
    assert (line.date, line.amount_milli, line.matched) == (dt.date(2026, 3, 2), 1_000_000, True)


def test_a_column_that_the_profile_names_has_to_be_there() -> None:
    data = f"Konto;Buchung;Betrag\n{KBC};2026-03-02;1".encode()
    assert "has no column Abgeglichen" in refused(data, Profile(columns=GERMAN))


def test_a_profile_with_another_encoding_than_the_file_is_told() -> None:
    data = f"{HEADING};communication\n{KBC};2026-03-02;1;é".encode("cp1252")
    assert "line 2: byte 0xe9 is not utf-8" in refused(data, Profile(encoding="utf-8"))
