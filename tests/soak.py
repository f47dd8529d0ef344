"""Weeks of a busy office with everything going wrong: at the end its database is that of an undisturbed office.

Two offices receive the same documents from CodaBoxes of their own. One makes a pass a day and nothing happens to it.
The other makes a pass an hour, and in most of them something does, drawn by chance from a seed: its connections are
cut, answers lost, refused, garbled or shown in another order, its process killed or told to stop. After each pass,
nothing that was acknowledged may be missing from the database; after each day no `gap` or `broken` may be reported,
for no statement is missing; at the end the documented views of both are equal, row for row. Where the same bytes were
delivered twice, chance decides which delivery is the `stored` one and which the `duplicate`: one of them has to be.

    python tests/soak.py --days 50 --dossiers 40 --passes 24 --seed 1      # the whole of it
    python tests/soak.py --days 8 --passes 40 --kills 1 --seed 2           # nothing but processes killed
"""

import argparse
import datetime as dt
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desk import Desk, account, acknowledged, invoice
from support import Home, Row
from views import BYTES, Views, in_order

from codasync.sandbox import Office, Sandbox, coda_writer, faults, pdf
from codasync.sandbox.days import banking_days
from codasync.sandbox.faults import Action
from codasync.sandbox.feeds import File

START = dt.date(2026, 3, 2)
LISTS = "/(redownload-)?feed/"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A document on its way to a dossier."""

    code: str
    model: str
    files: dict[str, File]
    metadata: dict[str, Any] | None = None
    redelivery: bool = False


@dataclass(slots=True)
class Book:
    """An account at its bank: what the next statement begins with."""

    code: str
    account: coda_writer.Account
    balance: int = 1_000_000
    number: int = 0
    day: dt.date = START - dt.timedelta(days=3)
    written: list[tuple[coda_writer.Statement, ...]] = field(default_factory=list)

    def post(self, day: dt.date, chance: random.Random) -> tuple[coda_writer.Statement, ...]:
        """Write what the bank sends about a day: mostly one statement, now and then two, or none for a quiet day."""
        found = tuple(self._statement(day, chance) for _ in range(chance.choice([0, 1, 1, 1, 2])))
        if found:
            self.written.append(found)
        return found

    def _statement(self, day: dt.date, chance: random.Random) -> coda_writer.Statement:
        amounts = [chance.randrange(-90_000, 99_000) * 10 or 10 for _ in range(chance.randrange(1, 5))]
        lines = tuple(coda_writer.Movement(one, communication=f"LINE {one}") for one in amounts)
        self.number += 1
        written = coda_writer.Statement(
            self.account, self.balance, self.day, day, lines, paper_number=self.number, coda_number=self.number
        )
        self.balance, self.day = written.new_balance_milli, day
        return written


class Trade:
    """What happens to the clients of the office, the same for one seed."""

    def __init__(self, dossiers: int, seed: int) -> None:
        self._chance = random.Random(f"trade {seed}")
        self.codes = [f"D{number:03d}" for number in range(dossiers)]
        self.books = [Book(code, account(number + 1)) for number, code in enumerate(self.codes)]
        self.others = [Book(code, account(number + 5001)) for number, code in enumerate(self.codes)]
        self._invoices = 0

    def live(self, day: dt.date) -> list[Delivery]:
        """Return what is delivered after a day: for each dossier in the order in which it comes."""
        return [one for book, other in zip(self.books, self.others, strict=True) for one in self._of(book, other, day)]

    def _of(self, book: Book, other: Book, day: dt.date) -> Iterator[Delivery]:
        chance = self._chance
        yield from self._coda(book, book.post(day, chance))
        if chance.random() < 0.3:
            yield self._invoice(book.code)
        if chance.random() < 0.1:
            yield from self._coda(other, other.post(day, chance))  # nobody enabled it
        if chance.random() < 0.05:
            yield Delivery(book.code, "soda", {"xml": b"<a/>"})
        if book.written and chance.random() < 0.1:
            yield from self._coda(book, chance.choice(book.written), redelivery=chance.random() < 0.5)

    def _coda(
        self, book: Book, written: Sequence[coda_writer.Statement], *, redelivery: bool = False
    ) -> Iterator[Delivery]:
        if written:
            metadata = {
                "first_statement_number": written[0].coda_number,
                "last_statement_number": written[-1].coda_number,
                "new_balance_date": written[-1].new_balance_date.isoformat(),
                "iban": book.account.number,
                "currency": book.account.currency,
            }
            yield Delivery(book.code, "coda", {"cod": coda_writer.write(*written)}, metadata, redelivery)

    def _invoice(self, code: str) -> Delivery:
        self._invoices += 1
        number, replica = f"F{self._invoices}", pdf.write([f"F{self._invoices}"])
        model = self._chance.choice(["purchase_invoice", "sales_invoice"])
        kind = self._chance.random()
        if kind < 0.2:
            return Delivery(code, model, {"pdf": replica})
        return Delivery(code, model, {"xml": invoice(number, pages=None if kind < 0.6 else ("F",)), "pdf": replica})


class Side:
    """One of the two offices."""

    def __init__(self, folder: Path, box: Sandbox, trade: Trade) -> None:
        folder.mkdir()
        home = Home(folder, box, timeout=1)
        home.write_credentials()
        self.desk, self.box = Desk(home), box
        self.dossiers = [self.desk.dossier(book.code, book.account) for book in trade.books]
        self._seen: dict[tuple[int, str], int] = {}

    def deliver(self, deliveries: Sequence[Delivery]) -> None:
        """Let documents arrive at this office's CodaBox."""
        for one in deliveries:
            self.box.deliver(one.code, one.model, one.files, one.metadata, redelivery=one.redelivery)

    def lost(self) -> list[str]:
        """Return what was acknowledged since the last look and is not safe in the database."""
        found = []
        self.desk.store().close()  # a process that was killed in a commit leaves it to the next writer to take it back
        for dossier in self.dossiers:
            for kind, feed in (("download", "normal"), ("redownload", "redelivery")):
                indices = acknowledged(self.box, dossier, kind)
                first = self._seen.get((dossier.feed_id, kind), 0)
                self._seen[dossier.feed_id, kind] = len(indices)
                found += [index for index in indices[first:] if not self._is_safe(index, feed)]
        return found

    def _is_safe(self, index: str, feed: str) -> bool:
        sql = "SELECT state FROM documents WHERE feed_index = ? AND feed_kind = ?"
        states = {row["state"] for row in self.desk.query(sql, index, feed)}
        return bool(states) and "unavailable" not in states

    def views(self) -> dict[str, list[tuple[object, ...]]]:
        """Return what the documented views show; of documents with equal bytes, chance decides which one counts."""
        shown = Views(self.desk.query, BYTES).shown()
        documents = [dict(row) for row in shown["documents"]]
        times = Counter(_bytes(row) for row in documents)
        shared = [row for row in documents if row["sha256"] and times[_bytes(row)] > 1]
        shown["what became of equal bytes"] = [
            {"document": _bytes(row), "state": row.pop("state"), "reason": row.pop("reason")} for row in shared
        ]
        return in_order({**shown, "documents": documents})

    def gaps(self) -> list[str]:
        """Return the journals that are said to have a gap."""
        rows = self.desk.home.rows("status")
        return [f"{row['dossier_code']} {row['reason']}" for row in rows if row["state"] in {"gap", "broken"}]


def _bytes(row: Row) -> tuple[object, ...]:
    return tuple(row[name] for name in BYTES)


def disturbances(chance: random.Random) -> list[tuple[str, Action]]:
    """Return what may happen to a call: which calls, and what happens."""
    share = chance.random()
    framing: Any = chance.choice(["length", "close", "chunked", "gzip"])
    return [
        ("/v2/", faults.reset),
        ("/v2/", faults.cut(share, "length", reset=chance.random() < 0.5)),
        ("/download/", faults.cut(share, framing)),
        ("/v2/", faults.refuse(chance.choice([400, 403, 500, 502, 503]))),
        ("/feed/", faults.refuse(404)),
        ("/v2/", faults.throttle(chance.choice([None, "1", "soon", "Wed, 21 Oct 2026 07:28:00 GMT"]))),
        ("/v2/", faults.html_page()),
        ("/v2/", faults.respond(200, "{")),
        ("/v2/", faults.respond(200, '{"another": "shape"}')),
        ("/v2/", faults.respond(200, b"")),
        ("/v2/", faults.redirect("http://127.0.0.1:9/v2/")),
        ("/v2/", faults.refuse(401)),
        ("/feed/", faults.lose_answer),
        (LISTS, faults.page(chance.randrange(1, 4))),
        (LISTS, faults.repeat_entries()),
        (LISTS, faults.shuffle(chance.randrange(99))),
        ("/feed/", faults.edit(lambda body: b"\xef\xbb\xbf" + body)),
    ]


class Misfortune:
    """Passes to which something happens, drawn by chance."""

    def __init__(self, side: Side, seed: int, kills: float) -> None:
        self._side, self._chance, self._kills = side, random.Random(f"misfortune {seed}"), kills
        self._whole = 0.0
        self.happened: dict[str, int] = {}

    def make_pass(self) -> None:
        """Make a pass; a share of them, `kills`, end by a signal at any instant."""
        chance = self._chance
        if chance.random() < self._kills:
            self._end_by_signal()
            return
        for _ in range(chance.randrange(4)):
            path, action = chance.choice(disturbances(chance))
            times = chance.choice([1, 1, 2, 5, None])
            method = "GET" if path == LISTS else None
            self._side.box.fault(
                path, action, method=method, times=times, skip=chance.randrange(3 * len(self._side.dossiers))
            )
        result = self._side.desk.sync()
        self._side.box.heal()
        self._count(f"exit code {result.exit_code}")

    def _end_by_signal(self) -> None:
        home = self._side.desk.home
        self._side.box.fault("/v2/", faults.delay(0.01), times=None)  # there is something to interrupt
        number = self._chance.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM])
        begun = time.monotonic()
        with subprocess.Popen(home.command("sync"), env=home.environ(), stderr=subprocess.DEVNULL) as process:
            if self._whole:
                time.sleep(self._chance.uniform(0.2, 1) * self._whole)
                process.send_signal(number)
        self._whole = self._whole or time.monotonic() - begun  # the first one shows how long they take here
        self._side.box.heal()
        self._count(f"{number.name} {'while it worked' if process.returncode else 'too late'}")

    def _count(self, what: str) -> None:
        self.happened[what] = self.happened.get(what, 0) + 1


@contextmanager
def offices(folder: Path, trade: Trade) -> Iterator[tuple[Side, Side]]:
    """Give two offices with the same clients, each with a CodaBox of its own."""
    with ExitStack() as stack:
        first, second = (stack.enter_context(Sandbox(Office())) for _ in range(2))
        yield Side(folder / "undisturbed", first, trade), Side(folder / "disturbed", second, trade)


def soak(folder: Path, *, days: int, dossiers: int, passes: int, kills: float, seed: int) -> dict[str, int]:
    """Live through all of it; return how often what happened. Raises AssertionError naming the seed and the day."""
    trade = Trade(dossiers, seed)
    with offices(folder, trade) as (calm, busy):
        misfortune = Misfortune(busy, seed, kills)
        for number, day in zip(range(days), banking_days(START), strict=False):
            deliveries = trade.live(day)
            calm.deliver(deliveries)
            calm.desk.sync()
            # what is delivered comes in during the day
            size = -(-len(deliveries) // passes) or 1
            for hour in range(passes):
                busy.deliver(deliveries[hour * size : (hour + 1) * size])
                misfortune.make_pass()
                assert busy.lost() == [], f"seed {seed}, day {number}, hour {hour}: acknowledged and not stored"
            assert busy.gaps() == [], f"seed {seed}, day {number}"
            sys.stderr.write(f"day {number + 1} of {days}: nothing lost, no false gap\n")
        result = busy.desk.sync()
        assert result.exit_code == 0, f"seed {seed}: {[one.text for one in result.troubles][:5]} {result.refused[:5]}"
        expected, found = calm.views(), busy.views()
        for view, rows in expected.items():
            difference = [one for one in [*rows, *found[view]] if (one in rows) != (one in found[view])]
            assert not difference, f"seed {seed}: {view}: {difference[:4]}"
            assert len(found[view]) == len(rows), f"seed {seed}: {view}"
        assert [busy.desk.waiting(one) for one in busy.dossiers] == [[]] * dossiers, f"seed {seed}: left in the feed"
        return {**misfortune.happened, "rows compared": sum(map(len, expected.values()))}


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("days", 50), ("dossiers", 40), ("passes", 24), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--kills", type=float, default=0.05, help="share of the passes that a signal ends")
    options = vars(parser.parse_args())
    with tempfile.TemporaryDirectory() as folder:
        happened = soak(Path(folder), **options)
    sys.stdout.writelines(f"{count:8d}  {what}\n" for what, count in sorted(happened.items()))


if __name__ == "__main__":
    main()
