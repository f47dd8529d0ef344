"""Which bank account of the dossier a line is about: by its IBAN, or by the code of its journal in accounting. Pure."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from codasync.ledger_fields import compact, is_iban

USUAL_CURRENCY = "EUR"


@dataclass(frozen=True, slots=True)
class Account:
    """A bank account of the dossier (in one currency, empty when that is not known), and its code in accounting."""

    iban: str
    currency: str
    journal_code: str


@dataclass
class Accounts:
    """The bank accounts of a dossier; what is asked once is remembered."""

    known: Sequence[Account]
    _found: dict[tuple[str, str, str], tuple[str, str]] = field(default_factory=dict)

    def find(self, iban: str, journal: str, currency: str) -> tuple[str, str]:
        """Return the IBAN and the currency of the account that a line names. Raises ValueError with the reason."""
        asked = compact(iban), journal.casefold(), currency
        if asked not in self._found:
            self._found[asked] = self._find(*asked)
        return self._found[asked]

    def _find(self, iban: str, journal: str, currency: str) -> tuple[str, str]:
        if not iban and not journal:
            raise ValueError("it names neither an account nor a journal")
        found = self._by_journal(journal) if journal else self._by_iban(iban)
        account = found[0].iban
        if iban and iban != account:
            self._by_iban(iban)
            raise ValueError(f"journal {found[0].journal_code} is account {account}, not {iban}")
        return account, _currency(account, {one.currency for one in found} - {""}, currency)

    def _by_iban(self, iban: str) -> list[Account]:
        if found := [one for one in self.known if one.iban == iban]:
            return found
        if not is_iban(iban):
            raise ValueError(f"{iban} is not an IBAN: its check digits or its length are wrong")
        raise ValueError(f"{iban} is no account of this dossier; {_nearest(iban, (one.iban for one in self.known))}")

    def _by_journal(self, journal: str) -> list[Account]:
        found = [one for one in self.known if one.journal_code.casefold() == journal]
        if not found:
            codes = (one.journal_code for one in self.known if one.journal_code)
            raise ValueError(f"no journal {journal.upper()} in this dossier; {_nearest(journal.upper(), codes)}")
        ibans = {one.iban for one in found}
        if len(ibans) > 1:
            raise ValueError(f"journal {journal.upper()} can mean {' or '.join(sorted(ibans))}: give the IBAN")
        return found


def _currency(account: str, known: set[str], given: str) -> str:
    if given and known and given not in known:
        raise ValueError(f"{account} has no sub-account in {given}, but in {', '.join(sorted(known))}")
    if not given and len(known) > 1:
        raise ValueError(
            f"{account} has sub-accounts in {', '.join(sorted(known))}: a column currency has to say which"
        )
    return given or next(iter(known), USUAL_CURRENCY)


def _nearest(wanted: str, known: Iterable[str]) -> str:
    names = list(dict.fromkeys(known))
    if not names:
        return "none is known: `codasync enable-journal` makes it known, with --journal for its code"
    close = difflib.get_close_matches(wanted, names, n=2)
    return f"nearest: {', '.join(close)}" if close else f"it has {', '.join(names[:5])}"
