"""The whole main job against the sandbox, typed out: register, enable journals, make a pass, report.

`play` leaves a folder with config, credentials, database and the sandbox's state, which can be explored and gone on
with: the sandbox can be started again and moved on by a day.
"""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from codasync import sandbox
from codasync.errors import CodasyncError, WrongArgument

if TYPE_CHECKING:
    from codasync.store_rows import Row

MARK = "# Made by `codasync demo`: a config for the sandbox in this folder."
CONFIG = f"""\
{MARK} For CodaBox itself, copy config.example.toml.
[codabox]
base_url = "{{url}}"
software_company = "{{software_company}}"
credentials_file = "credentials.json"

[database]
path = "codasync.db"

[office]
name = "Demo office"
"""
LEDGER = "ledger.csv"
NOT_BOOKED = 2  # statements, the last ones
MADE = {
    *("config.toml", "credentials.json", "codasync.db", "codasync.db-journal", "codasync.db.lock", "sandbox"),
    LEDGER,
    "codasync.db.export.lock",
    *(f"sandbox/{name}" for name in sandbox.FILES),
}
LEFT_OFF = 3


def prepare(folder: Path) -> sandbox.Sandbox:
    """Make a sandbox and a config in the folder, in place of those of an earlier demo.

    Raises WrongArgument when the folder holds anything that no demo made.
    """
    try:
        _clear(folder)
        box = sandbox.create(folder / "sandbox")
        config = CONFIG.format(url=box.url, software_company=box.software_company)
        (folder / "config.toml").write_text(config, encoding="utf-8")
    except OSError as error:
        raise WrongArgument(text=f"cannot make {folder}: {error.strerror}") from None
    return box


def _clear(folder: Path) -> None:
    """Delete what an earlier demo made, once it is certain that nothing else is there."""
    found = [*folder.glob("*"), *folder.glob("sandbox/*")]
    if not found:
        return
    config = folder / "config.toml"
    ours = config.is_file() and config.read_bytes().startswith(MARK.encode())
    strange = [path for path in found if str(path.relative_to(folder)) not in MADE or path.is_symlink()]
    if strange or not ours:
        what = strange[0] if strange else found[0]
        raise WrongArgument(text=f"{what} was made by no demo; name a folder that is empty or not there")
    for path in found:
        if path.is_file():
            path.unlink()


def play(
    box: sandbox.Sandbox,
    folder: Path,
    run: Callable[[list[str]], int],
    accounts: Callable[[], "list[Row]"],
    movements: Callable[[str, str], "list[Row]"],
    say: Callable[[str], None],
) -> str:
    """Run the commands of the main job, each told before it runs; write a sample of what accounting would export.

    `accounts` returns the rows of view `journals` once the dossiers are known, `movements` those of `bank_transactions`
    for a client id and an IBAN, newest first. Returns the code of the dossier that the sample is of. Raises
    CodasyncError when a command fails.
    """

    def step(*arguments: str, shown: str = "") -> None:
        say(f"$ codasync --config {folder}/config.toml {shown or ' '.join(arguments)}")
        if code := run(["--config", str(folder / "config.toml"), *arguments]):
            raise CodasyncError(text=f"the demo stopped: `{arguments[0]}` ended with exit code {code}")

    with box:
        step("register", box.issue_token(), shown="register TOKEN")
        step("dossiers", "--refresh")
        known = accounts()
        for number, account in enumerate(_chosen(known), start=1):
            step("enable-journal", account["dossier_code"], account["iban"], "--journal", f"B{number:02d}")
        step("sync")
        step("status")
    booked = known[0]
    with (folder / LEDGER).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(_ledger(movements(booked["client_id"], booked["iban"])))
    return str(booked["dossier_code"])


def _ledger(movements: "list[Row]") -> Iterator[tuple[str, ...]]:
    """Write movements, newest first, as the bank lines that accounting might export, all but the last statements."""
    statements = list(dict.fromkeys(row["statement_id"] for row in movements))
    yield "journal", "date", "amount", "statement_number", "counterparty_name", "communication", "matched"
    for row in reversed(movements):
        if row["statement_id"] in statements[NOT_BOOKED:]:
            year, month, day = row["entry_date"].split("-")
            amount = f"{row['amount']:.2f}".replace(".", ",")
            numbers = (row["journal_code"], f"{day}/{month}/{year}", amount, str(row["statement_number"]))
            matched = "yes" if row["structured_communication"] else "no"
            yield *numbers, row["counterparty_name"], row["communication"], matched


def _chosen(accounts: "list[Row]") -> "list[Row]":
    """Choose all accounts but a few, once each, so that the report shows journals that are off as well."""
    once = list({(row["client_id"], row["iban"]): row for row in accounts}.values())
    return [row for number, row in enumerate(once, start=1) if number % LEFT_OFF]


def farewell(folder: Path, code: str) -> list[str]:
    """Say how to go on; `code` is that of the dossier of which there is a sample of accounting's bank lines."""
    return [
        "",
        f"Explore {folder}:",
        f"  codasync --config {folder}/config.toml status",
        f"  codasync --config {folder}/config.toml inbox DUPONT     # then: show ID, with an id of this list",
        f"  sqlite3 {folder}/codasync.db 'SELECT * FROM bank_transactions LIMIT 10'",  # noqa: S608 - for a person
        "What accounting has booked, and what is new since:",
        f"  codasync --config {folder}/config.toml import-ledger {code} {folder}/{LEDGER}",
        f"  codasync --config {folder}/config.toml transactions {code}",
        "The next day's documents:",
        f"  codasync sandbox {folder}/sandbox --advance 1; codasync sandbox {folder}/sandbox &",
        f"  codasync --config {folder}/config.toml sync",
    ]
