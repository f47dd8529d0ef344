"""Weeks of a busy office with everything going wrong: at the end its database is that of an undisturbed office.

Two offices receive the same documents from CodaBoxes of their own. One makes a pass a day and nothing happens to it.
The other makes a pass an hour, and in most of them something does, drawn by chance from a seed: its connections are
cut, answers lost, refused, garbled or shown in another order, its process killed or told to stop, its disk full, its
database held by others, its clock wrong. After each pass, nothing that was acknowledged may be missing from the
database; after each day, and a pass to which nothing happens, no statement is said to be missing, for none is; at the
end the documented views of both are equal, row for row. Where the same bytes were delivered twice, chance decides
which delivery is the `stored` one and which the `duplicate`: one of them has to be. What happened, and how often, is
told at the end: a fault that was drawn and met no call did not happen.

    python tests/soak.py --days 50 --dossiers 40 --passes 24 --seed 1      # the whole of it
    python tests/soak.py --days 8 --passes 40 --kills 1 --seed 2           # nothing but processes killed
"""

import argparse
import datetime as dt
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desk import Desk, account, acknowledged, invoice
from support import Home, heard
from views import by_bytes

from codasync.sandbox import Office, Sandbox, coda_writer, faults, pdf
from codasync.sandbox.days import banking_days
from codasync.sandbox.faults import Action, Exchange, Fault, Framing
from codasync.sandbox.feeds import File
from codasync.store import utc_now

START = dt.date(2026, 3, 2)
ANY, LISTS, DOWNLOADS = "/v2/", "/(redownload-)?feed/", "/(re)?download/"
# whole, and of another account and client: in the place of any document it is the wrong one
SWAPPED = coda_writer.write(coda_writer.Statement(account(9999), 0, START, START, paper_number=1, coda_number=1))


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
        return by_bytes(self.desk.query)

    def gaps(self) -> list[str]:
        """Return the journals of which statements are said to be missing."""
        rows = self.desk.query("SELECT * FROM reception WHERE state IN ('gap', 'broken') OR missing <> '[]'")
        return [f"{row['dossier_code']} {row['state']}: {row['reason']}" for row in rows]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault: which calls it may meet, and what happens to them; `once` where more would take long."""

    calls: str
    action: Callable[[random.Random], Action]
    method: str | None = None
    once: bool = False

    def skip(self, dossiers: int) -> int:
        """Return among how many calls the first one to be disturbed is drawn; some calls are rare."""
        return {ANY: 3 * dossiers, LISTS: dossiers}.get(self.calls, 1) if self.method != "PUT" else 1


def cut_download(framing: Framing) -> Kind:
    """Return the kind of fault that ends a download before its end."""
    return Kind(DOWNLOADS, lambda chance: faults.cut(chance.random(), framing))


def cut_after_a_statement(exchange: Exchange) -> None:
    """Send, without its length, what comes before the second statement of a file."""
    answer = exchange.answer()
    exchange.begin(answer.status, {**answer.headers, "Connection": "close"})
    exchange.write(re.split(rb"(?m)(?<=\n)(?=^0)", answer.body)[0])
    exchange.hang_up()


RETRY_AFTER = [None, "1", "soon", "Wed, 21 Oct 2026 07:28:00 GMT"]
KINDS = {
    "connection reset": Kind(ANY, lambda _: faults.reset),
    "answer cut": Kind(ANY, lambda chance: faults.cut(chance.random(), "length", reset=chance.random() < 0.5)),
    "download cut, length": cut_download("length"),
    "download cut, close": cut_download("close"),
    "download cut, chunked": cut_download("chunked"),
    "download cut, gzip": cut_download("gzip"),
    "download cut after a statement": Kind(DOWNLOADS, lambda _: cut_after_a_statement, once=True),
    "another document's body": Kind(DOWNLOADS, lambda _: faults.swap(SWAPPED), once=True),
    "download dripping": Kind(DOWNLOADS, lambda _: faults.drip(1, 0.3), once=True),
    "400 or 403": Kind(ANY, lambda chance: faults.refuse(chance.choice([400, 403]))),
    "401": Kind(ANY, lambda _: faults.refuse(401)),
    "404 for a feed": Kind("/feed/", lambda _: faults.refuse(404)),
    "429": Kind(ANY, lambda chance: faults.throttle(chance.choice(RETRY_AFTER))),
    "5xx": Kind(ANY, lambda chance: faults.refuse(chance.choice([500, 502, 503]))),
    "HTML": Kind(ANY, lambda _: faults.html_page()),
    "broken JSON": Kind(ANY, lambda _: faults.respond(200, "{")),
    "another shape": Kind(ANY, lambda _: faults.respond(200, '{"another": "shape"}')),
    "nothing": Kind(ANY, lambda _: faults.respond(200, b"")),
    "redirect": Kind(ANY, lambda _: faults.redirect("http://127.0.0.1:9/v2/")),
    "byte order mark": Kind(LISTS, lambda _: faults.edit(lambda body: b"\xef\xbb\xbf" + body)),
    "acknowledgement lost": Kind("feed/", lambda _: faults.lose_answer, "PUT"),
    "acknowledgement refused": Kind("feed/", lambda chance: faults.refuse(chance.choice([400, 500])), "PUT"),
    "acknowledgement without effect": Kind("feed/", lambda _: faults.pretend, "PUT"),
    "list in pages": Kind(LISTS, lambda chance: faults.page(chance.randrange(1, 4)), "GET"),
    "list repeated": Kind(LISTS, lambda _: faults.repeat_entries(), "GET"),
    "list shuffled": Kind(LISTS, lambda chance: faults.shuffle(chance.randrange(99)), "GET"),
}
QUIET = subprocess.DEVNULL
CLOCK = [dt.timedelta(0)] * 4 + [dt.timedelta(days=-3), dt.timedelta(hours=-1), dt.timedelta(days=1)]
# holds the write lock of a database for a moment
HOLD = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=60)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
time.sleep(0.2)
"""


class Misfortune:
    """Passes to which something happens, drawn by chance; `happened` counts what."""

    def __init__(self, side: Side, seed: int, kills: float) -> None:
        self._side, self._chance, self._kills = side, random.Random(f"misfortune {seed}"), kills
        self.happened: Counter[str] = Counter()

    def make_pass(self) -> None:
        """Make a pass; a share of them, `kills`, end by a signal at any instant."""
        chance = self._chance.random()
        if chance < self._kills:
            self._end_by_signal()
        elif chance < self._kills + 0.08:
            self._fill_disk()
        else:
            self._disturb()

    def _disturb(self) -> None:
        side, off = self._side, self._chance.choice(CLOCK)
        drawn = {name: self._fault(KINDS[name]) for name in self._draw()}
        side.desk.clock = lambda: utc_now() + off
        with self._held() if self._chance.random() < 0.08 else nullcontext():
            result = side.desk.sync()
        side.desk.clock = utc_now
        side.box.heal()
        self.happened[f"exit code {result.exit_code}"] += 1
        self.happened["clock wrong"] += bool(off)
        for name, fault in drawn.items():
            self.happened[name] += fault.played

    def _draw(self) -> list[str]:
        """Draw up to three kinds of fault, of those that happened least so far."""
        rare = sorted(KINDS, key=lambda name: self.happened[name])[: len(KINDS) // 4]
        return self._chance.sample(rare, self._chance.randrange(4))

    def _fault(self, kind: Kind) -> Fault:
        chance = self._chance
        return self._side.box.fault(
            kind.calls,
            kind.action(chance),
            method=kind.method,
            times=1 if kind.once else chance.choice([1, 1, 2, 5, None]),
            skip=chance.randrange(kind.skip(len(self._side.dossiers))),
        )

    @contextmanager
    def _held(self) -> Iterator[None]:
        """Let another process hold the database when a pass begins."""
        command = [sys.executable, "-c", HOLD, str(self._side.desk.home.database)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout
            assert process.stdout.readline() == b"held\n"
            yield
        self.happened["database held by another"] += 1

    def _fill_disk(self) -> None:
        home = self._side.desk.home
        blocks = int(home.database.stat().st_size // 512 * self._chance.uniform(0.3, 1.1))
        command = ["sh", "-c", f'ulimit -f {blocks}; exec "$@"', "sh", *home.command("sync")]
        done = subprocess.run(command, env=home.environ(), stderr=QUIET, check=False)
        self.happened["disk full" if done.returncode == 14 else "disk large enough"] += 1

    def _end_by_signal(self) -> None:
        """Send a signal soon after a pass has made some of its requests."""
        home, box, chance = self._side.desk.home, self._side.box, self._chance
        box.fault("/v2/", faults.delay(0.01), times=None)  # there is something to interrupt
        number = chance.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM])
        box.requests.clear()
        after, moment = chance.randrange(1, 3 * len(self._side.dossiers)), chance.uniform(0, 0.03)
        with (
            heard(number),
            subprocess.Popen(home.command("sync"), env=home.environ(), stderr=subprocess.DEVNULL) as one,
        ):
            while len(box.requests) < after and one.poll() is None:
                time.sleep(0.002)
            time.sleep(moment)
            one.send_signal(number)
        box.heal()
        worked = one.returncode in {-number, 128 + number} and bool(box.requests)
        self.happened[f"{number.name} {'while it worked' if worked else 'too late'}"] += 1


@contextmanager
def offices(folder: Path, trade: Trade) -> Iterator[tuple[Side, Side]]:
    """Give two offices with the same clients, each with a CodaBox of its own."""
    with ExitStack() as stack:
        first, second = (stack.enter_context(Sandbox(Office())) for _ in range(2))
        yield Side(folder / "undisturbed", first, trade), Side(folder / "disturbed", second, trade)


def soak(folder: Path, *, days: int, dossiers: int, passes: int, kills: float, seed: int) -> Counter[str]:
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
            busy.desk.sync()
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
        return misfortune.happened + Counter({"rows compared": sum(map(len, expected.values()))})


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
