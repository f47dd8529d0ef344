"""What is wrong or odd in a file: findings that refuse it, notes that become warnings, and their wording."""

from operator import attrgetter

from codasync.errors import CodaError, Finding, ReadWarning

MOST_FINDINGS = 20


def shown(text: str) -> str:
    """Return a text for people: in quotes, control characters escaped, cut where it gets long."""
    return repr(text) if len(text) <= 60 else f"{text[:60]!r}..."


def money(milli: int) -> str:
    """Return an amount in thousandths as a signed decimal number."""
    sign = "-" if milli < 0 else ""
    return f"{sign}{abs(milli) // 1000}.{abs(milli) % 1000:03}"


class Findings(list[Finding]):
    """The faults of a file so far; the twentieth ends the reading."""

    def add(self, line: int, position: int, field: str, found: str, expected: str) -> None:
        """Note one fault; raises CodaError when there are enough of them."""
        self.append(Finding(line, position, field, found, expected))
        if len(self) >= MOST_FINDINGS:
            raise CodaError(self)


class Notes:
    """The warnings of one statement."""

    def __init__(self) -> None:
        self._warnings: list[ReadWarning] = []
        self._repeats: dict[str, int] = {}
        self._first: dict[str, int] = {}

    def add(self, code: str, line: int, text: str) -> None:
        """Keep one warning: its stable code, its line, a sentence."""
        self._warnings.append(ReadWarning(code, line, text))

    def add_once(self, code: str, line: int, text: str, key: str) -> None:
        """Keep the first warning of its code and key, and count the others."""
        name = f"{code} {key}"
        if name in self._first:
            self._repeats[name] = self._repeats.get(name, 0) + 1
        else:
            self._first[name] = len(self._warnings)
            self.add(code, line, text)

    def warnings(self) -> tuple[ReadWarning, ...]:
        """Return all of them in the order of their lines; one that stands for several says how many more there are."""
        made = list(self._warnings)
        for name, more in self._repeats.items():
            first = made[self._first[name]]
            made[self._first[name]] = ReadWarning(first.code, first.line, f"{first.text} (and {more} more)")
        return tuple(sorted(made, key=attrgetter("line")))
