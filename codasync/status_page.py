"""What the accountant sees of `codasync status`.

On a terminal: how the office stands, then each journal that needs somebody with what is wrong and what to do, then the
others in brief. In a pipe: a line for each journal. Rows come from `status_report`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TextIO

from codasync import reception, redelivery, report

if TYPE_CHECKING:
    import datetime as dt

    from codasync.config import OfficeConfig
    from codasync.status_report import Report

Row = Mapping[str, Any]
PIPE = {
    "dossier_code": "dossier",
    "dossier_name": "name",
    "journal_code": "journal",
    "iban": "account",
    "currency": "",
    "extension": "",
    "state": "state",
    "since": "since",
    "reason": "reason",
    "next_step": "next step",
}
BRIEF = {
    "dossier": "dossier",
    "account": "journal",
    "state": "state",
    "last_statement_date": "last",
    "bar": "12 months",
    "statements_received": "statements",
    "transactions_received": "transactions",
}
# the first of these is left out first where a terminal is narrow
SPARE = ("transactions_received", "statements_received", "bar")
FEW = 50  # journals in order that are listed on a terminal
STYLES = {"failing": "bold red", "inactive": "bold yellow", "late": "bold yellow"}
REMARK = "; "  # what a reason says besides the usual comes behind it
BARS, PLAIN_BARS = "·▁▂▃▄▅▆▇█", "._-~=+*%#"
NAME, TROUBLE = 100, 200  # characters that are shown of a dossier's name, and of what went wrong in the last pass


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person asked for: only journals that need somebody, every one of the others, from which day on."""

    problems: bool
    every: bool
    since: "dt.date | None"


def write(found: "Report", office: str, choice: Choice, out: TextIO) -> None:
    """Write the report for people; `office` is the office's name, or empty."""
    if out.isatty():
        _write_page(found, office, choice, out)
        return
    rows = found.needing if choice.problems else found.rows
    report.write_lines([sentence(office, found)], out)
    report.write_rows([_on_one_line(row) for row in rows], list(PIPE), out, form="table", table_columns=PIPE)
    report.write_lines([totals(found.rows, choice.since), *found.elsewhere], out)


def _write_page(found: "Report", office: str, choice: Choice, out: TextIO) -> None:
    report.write_paragraphs([report.Paragraph(sentence(office, found))], out)
    for alike in _alike(found.needing):
        report.write_paragraphs(_block(alike, STYLES.get(alike[0]["state"], "bold red")), out)
    if found.elsewhere:
        elsewhere = [report.Paragraph(line, 4) for line in found.elsewhere]
        report.write_paragraphs([report.Paragraph("\nDocuments that belong to no journal:"), *elsewhere], out)
    if not choice.problems:
        _write_others([row for row in found.rows if row["state"] not in reception.NEEDS_SOMEBODY], choice, out)
        report.write_paragraphs([report.Paragraph("\n" + totals(found.rows, choice.since))], out)


def _alike(rows: Sequence[Row]) -> Iterable[Sequence[Row]]:
    """Put together the journals of which the same is to be said."""
    found: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row["state"], row["reason"], row["next_step"]), []).append(row)
    return found.values()


def _block(rows: Sequence[Row], style: str) -> Iterator[report.Paragraph]:
    """Say all about journals of which the same is to be said."""
    yield report.Paragraph("")
    for row in rows:
        since = f"  since {row['since']}" if row["since"] else ""
        yield report.Paragraph(f"  {_dossier(row)}  {_account(row)}{since}", 0, row["state"], style)
    yield report.Paragraph(rows[0]["reason"], 4)
    yield from _next_step(rows[0])


def _next_step(row: Row) -> Iterator[report.Paragraph]:
    """Say what to do; a text to send, on lines of its own, stands out from it."""
    first, _, text = row["next_step"].partition("\n")
    if first:
        yield report.Paragraph(first, 4, "Next: ", "bold")
    if text:
        yield report.Paragraph(text, 8)


def _write_others(rows: Sequence[Row], choice: Choice, out: TextIO) -> None:
    """Write the journals that need nobody: a line for each, or how many there are."""
    if len(rows) > FEW and not choice.every:
        states = _counted(rows)
        report.write_paragraphs([report.Paragraph(f"\nIn order: {states}. With --all they are listed.")], out)
    elif rows:
        report.write_paragraphs([report.Paragraph("")], out)
        letters = BARS if report.can_show(BARS, out) else PLAIN_BARS
        brief = [
            {**row, "dossier": _dossier(row), "account": _account(row), "bar": bar(row["months"], letters)}
            for row in rows
        ]
        report.write_rows(brief, list(BRIEF), out, form="table", table_columns=BRIEF, spare=SPARE)
    remarked = [row for row in rows if REMARK in row["reason"]]
    if len(remarked) > FEW and not choice.every:
        report.write_paragraphs([report.Paragraph(f"There is more to say of {len(remarked)} of them.")], out)
        return
    for alike in _alike(remarked):
        report.write_paragraphs(_block(alike, "bold"), out)


def _dossier(row: Row) -> str:
    return report.shortened(f"{row['dossier_code']} {row['dossier_name']}".strip(), NAME)


def _account(row: Row) -> str:
    """Name a journal: its code in accounting, then the account."""
    parts = (row["journal_code"], row["iban"], row["currency"], row["extension"])
    return " ".join(part for part in parts if part)


def _on_one_line(row: Row) -> Row:
    return {**row, "next_step": " ".join(row["next_step"].split("\n"))}


def bar(months: Sequence[Row], letters: str) -> str:
    """Draw how many statements came in each month, by letters of rising height.

    The first letter stands for none; months before the first statement stay blank.
    """
    counts = [month["statements"] for month in months]
    height = len(letters) - 1
    drawn = "".join(letters[-(-count * height // max(counts))] if count else letters[0] for count in counts)
    before = next((number for number, count in enumerate(counts) if count), len(counts))
    return " " * before + drawn[before:]


def sentence(office: str, found: "Report") -> str:
    """Say in one sentence how the office stands; `office` is its name, or empty."""
    enabled = sum(row["state"] != "off" for row in found.rows)
    needing = len(found.needing)
    need = f"{needing} need{'s' if needing == 1 else ''} somebody" if needing else "none needs somebody"
    name = f"{office}: " if office else ""
    return f"{name}{_count(enabled, 'journal')} enabled, {need}; {_last_pass(found.last_run)}."


def _last_pass(run: Row | None) -> str:
    if not run:
        return "no pass was made yet"
    ended = run["outcome"] if run["finished_at"] else "has not ended, or was cut off"
    error = report.shortened(run["error"], TROUBLE)
    return f"last pass {run['started_at']}: {ended}{f' ({error})' if error else ''}"


def totals(rows: Sequence[Row], since: "dt.date | None") -> str:
    """Count journals by state, statements and transactions, in one line."""
    states = _counted(rows)
    statements = _count(sum(row["statements_received"] for row in rows), "statement")
    transactions = _count(sum(row["transactions_received"] for row in rows), "transaction")
    received = f"{statements} and {transactions} received{f' since {since}' if since else ''}"
    return f"{_count(len(rows), 'journal')}{f' ({states})' if states else ''}; {received}"


def _counted(rows: Sequence[Row]) -> str:
    """Count the rows by state, worst first."""
    states = Counter(row["state"] for row in rows)
    return ", ".join(f"{states[state]} {state}" for state in reception.WORST_FIRST if states[state])


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def letter(found: "Report", office: "OfficeConfig", today: "dt.date") -> list[str]:
    """Return the lines of one request for all that is missing, in the office's language."""
    rows = [{**row, "missing": row["holes"]} for row in found.rows if row["holes"]]
    text = redelivery.office(rows, office.name, office.language, today=today)
    if not text:
        return ["Nothing is missing: there is nothing to ask for."]
    return [*text.splitlines(), *(["", office.contact] if office.contact else [])]
