"""The clock of a machine may be wrong and be set right: nothing is lost, doubled, or silent for the years between."""

import datetime as dt

from desk import Desk, account, asked, statements
from support import Home

from codasync.sandbox import faults

MAIN = account(1)
WRONG = dt.datetime(2031, 5, 5, 12, tzinfo=dt.UTC)


def test_after_the_clock_is_set_back_passes_go_on_as_before(home: Home) -> None:
    desk = Desk(home)
    dossier = desk.dossier("0042", MAIN)
    one, two, three = statements(MAIN, 3)
    desk.deliver_coda(dossier, one)
    desk.sync()
    desk.deliver_coda(dossier, two)
    desk.box.fault("/redownload-feed/", faults.refuse(403), times=None)
    assert len(desk.sync(clock=lambda: WRONG).news) == 1
    desk.deliver_coda(dossier, three)
    desk.box.requests.clear()
    result = desk.sync()
    assert len(result.news) == 1, "a trouble told in a future that never was is told again"
    assert len(asked(desk.box, "/clients/")) == 1, "mandates asked for in a future that never was are asked for again"
    assert desk.count("bank_statements") == 3
    assert desk.waiting(dossier) == []
    assert desk.sync().news == []
