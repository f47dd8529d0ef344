"""What must hold for a movement, and for a statement once its trailer is read: balances, totals, counts, days."""

from codasync.coda_account import Account, looks_like_iban
from codasync.coda_faults import Findings, Notes, money, shown
from codasync.coda_fields import day, sure_day
from codasync.coda_layout import MOVEMENT
from codasync.coda_movement import Movement
from codasync.coda_open import Open

_ENTRY_DATE = MOVEMENT.place("entry date")


def judge_movement(movement: Movement, notes: Notes) -> None:
    """Note codes, an account and references that cannot be right."""
    line = movement.line
    if movement.unknown_codes:
        held = ", ".join(shown(code) for code in movement.unknown_codes)
        text = f"positions 113-125 of record 2.2 hold {held}, which no list of ISO 20022 codes has"
        notes.add_once("unknown_code", line, text, held)
    account = movement.counterparty_account
    if looks_like_iban(account) and not movement.counterparty_iban:
        notes.add("counterparty_iban", line, f"the check digits of counterparty account {account} do not hold")
    structured = [(movement.structured, line), *((each.structured, each.line) for each in movement.information)]
    for each, line in structured:
        if each and not each.reference_holds:
            text = f"the check digits of {shown(each.raw[3:])} (type {each.type}) do not hold"
            notes.add("structured_communication", line, text)


def judge_details(line: int, total: int, details: int, notes: Notes) -> None:
    """Note details whose amounts do not add up to their total."""
    if details != total:
        text = f"the details add up to {money(details)}, their total is {money(total)}; the total counts"
        notes.add("details_sum", line, text)


def judge_balance(statement: Open, findings: Findings) -> None:
    """Compare old balance + movements with the new balance; a separate application's balances prove nothing."""
    if not (statement.old and statement.new and statement.sums_known) or statement.separate_application:
        return
    old, moved = statement.old_milli, statement.moved.credit - statement.moved.debit
    if old + moved != statement.new_milli:
        expected = f"{money(old + moved)} (old balance {money(old)}, movements {money(moved)})"
        findings.add(statement.new_line, 42, "new balance of record 8", money(statement.new_milli), expected)


def judge_trailer(statement: Open, values: tuple[str, ...], line: int, findings: Findings) -> None:
    """Compare the trailer's count and totals with the records: 1, 2 and 3 and 8 count, detail 0000 adds up.

    What a bank adds up in a separate application is not known, so there the totals are taken as they are. How it
    counts a detail whose number ran over from 9999 to 0000 is not known either: both ways are taken.
    """
    given, debit, credit = (int(value) for value in values)
    if given != statement.records and statement.count_known:
        findings.add(line, 17, "number of records of record 9", str(given), str(statement.records))
    if not statement.sums_known or statement.separate_application:
        return
    moved, wrapped = statement.moved, statement.wrapped
    totals = (moved.debit, moved.credit)
    with_wrapped = (moved.debit + wrapped.debit, moved.credit + wrapped.credit)
    if (debit, credit) in {totals, with_wrapped}:
        return
    if debit != moved.debit:
        findings.add(line, 23, "debit total of record 9", money(debit), money(moved.debit))
    if credit != moved.credit:
        findings.add(line, 38, "credit total of record 9", money(credit), money(moved.credit))


def judge_days(statement: Open) -> None:
    """Note days that are out of order: new balance before old, a movement booked after the new balance."""
    if not (statement.old and statement.new):
        return
    old, new = day(statement.old.date), sure_day(statement.new.date)
    if old and new < old:
        text = f"the new balance is of {new}, before the old balance of {old}"
        statement.notes.add("dates", statement.new_line, text)
    days = {records[_ENTRY_DATE] for _, records, _ in statement.movements}
    late = {text: sure_day(text) for text in days if sure_day(text) > new}
    for line, records, _ in statement.movements if late else ():
        if booked := late.get(records[_ENTRY_DATE]):
            text = f"a movement is booked on {booked}, after the new balance of {new}"
            statement.notes.add_once("dates", line, text, "entry")


def judge_application(statement: Open, line: int) -> None:
    """Note another application than 05, that of statements of account; zeros stand in files made anonymous."""
    code = statement.header.application if statement.header else ""
    if code.strip("0 ") not in {"", "5"}:
        statement.notes.add("application", line, f"the application code is {code}, expected 05")


def judge_account(statement: Open, line: int) -> None:
    """Note an own account number whose check digits do not hold, and a currency that is none."""
    account = statement.account
    if account is None:
        return
    if not account.iban and statement.old and statement.old.structure != "1":
        text = f"the check digits of account {account.number or '(blank)'} do not hold"
        statement.notes.add("own_account", line, text)
    if not (len(account.currency) == 3 and account.currency.isalpha()):
        statement.notes.add("currency", line, f"the account's currency is {account.currency or '(blank)'}")


def judge_new_account(statement: Open, findings: Findings) -> None:
    """Compare the account that record 8 names with the one of record 1."""
    old, new = statement.old, statement.new
    if old and new and statement.account and not _same(statement.account, statement.account_of(new.account)):
        expected = f"{shown(old.account.rstrip())} as in record 1"
        findings.add(statement.new_line, 5, "account of record 8", shown(new.account.rstrip()), expected)


def _same(old: Account, new: Account) -> bool:
    """Compare two accounts; an extension zone that one of them leaves blank says nothing."""
    if not (old.extension and new.extension):
        new = new._replace(extension=old.extension)
    return old == new
