"""A document that may be another than CodaBox listed is fetched once more: what is wrong once does no harm."""

from itertools import count
from pathlib import Path

import pytest
from desk import Desk, acknowledged, downloads, invoice, statements
from support import Home
from undisturbed import MAIN, OTHER, undisturbed

from codasync.sandbox import Dossier, coda_writer, faults, pdf
from codasync.sandbox.faults import Action

ONE, TWO, THREE, FOUR = statements(MAIN, 4)
WRONG = {
    "a known statement": faults.swap(coda_writer.write(ONE)),
    "a statement to come": faults.swap(coda_writer.write(FOUR)),
    "of another account": faults.swap(coda_writer.write(next(statements(OTHER, 1)))),
    "the first of two statements": faults.swap(coda_writer.write(TWO)),
    "damaged": faults.edit(lambda body: body.replace(b"FACTURE", b"FACTURE FACTURE")),
    "an invoice": faults.swap(invoice("F1")),
}


@pytest.fixture
def desk(home: Home) -> Desk:
    return Desk(home)


@pytest.fixture
def dossier(desk: Desk) -> Dossier:
    return desk.dossier("0042", MAIN, OTHER)


def views_without_trouble(desk: Desk, folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return the views of an office whose pass went well."""
    calm = undisturbed(desk, folder, OTHER)
    assert calm.one("SELECT outcome FROM sync_runs")["outcome"] == "ok"
    return calm.views()


@pytest.mark.parametrize("action", WRONG.values(), ids=WRONG)
def test_a_statement_that_comes_wrong_once_is_fetched_again_and_booked(
    desk: Desk, dossier: Dossier, tmp_path: Path, action: Action
) -> None:
    desk.deliver_coda(dossier, ONE)
    wrong = desk.deliver_coda(dossier, TWO, THREE)
    desk.deliver_coda(dossier, FOUR)
    expected = views_without_trouble(desk, tmp_path / "undisturbed")
    desk.box.fault(f"/{wrong}/", action, times=1)
    assert desk.sync().exit_code == 0
    assert desk.views() == expected
    assert desk.waiting(dossier) == []


@pytest.mark.parametrize("body", [invoice("F1"), b"<Invoice/>"], ids=["a known one", "damaged"])
def test_an_invoice_that_comes_wrong_once_is_fetched_again_and_booked(
    desk: Desk, dossier: Dossier, tmp_path: Path, body: bytes
) -> None:
    indices = [desk.deliver(dossier, "purchase_invoice", {"xml": invoice(number)}) for number in ("F1", "F2")]
    expected = views_without_trouble(desk, tmp_path / "undisturbed")
    desk.box.fault(f"/{indices[1]}/", faults.swap(body), times=1)
    assert desk.sync().exit_code == 0
    assert desk.views() == expected
    assert desk.waiting(dossier) == []


def test_what_comes_for_a_pdf_and_is_none_is_fetched_again(desk: Desk, dossier: Dossier, tmp_path: Path) -> None:
    replica = pdf.write(["Facture F1"])
    index = desk.deliver(dossier, "purchase_invoice", {"xml": invoice(pages=None), "pdf": replica})
    expected = views_without_trouble(desk, tmp_path / "undisturbed")
    desk.box.fault(f"/{index}/pdf/", faults.swap(coda_writer.write(ONE)), times=1)
    assert desk.sync().exit_code == 0
    assert desk.views() == expected


def test_what_comes_twice_alike_is_what_codabox_has(desk: Desk, dossier: Dossier) -> None:
    desk.deliver_coda(dossier, ONE)
    index = desk.deliver_coda(dossier, TWO)
    desk.box.fault(f"/{index}/", faults.swap(coda_writer.write(THREE)), times=None)
    result = desk.sync()
    assert [name for name in downloads(desk.box) if index in name] == [f"{index}/cod"] * 2
    assert result.exit_code == 3
    [said] = result.refused
    assert "CodaBox announced first_statement_number 2, last_statement_number 2, new_balance_date 2026-03-04" in said
    numbers = desk.query("SELECT coda_number FROM bank_statements ORDER BY date")
    assert [row["coda_number"] for row in numbers] == [1, 3]
    assert desk.waiting(dossier) == []
    assert desk.sync().exit_code == 0


def test_a_file_of_which_nothing_is_announced_is_fetched_again_when_its_trailer_tells_of_another(
    desk: Desk, dossier: Dossier
) -> None:
    both, first, third = coda_writer.write(ONE, TWO), *(coda_writer.write(one)[:-3] + b"1\r\n" for one in (ONE, THREE))
    index = desk.deliver(dossier, "coda", {"cod": both}, None)
    desk.box.fault(f"/{index}/", faults.cut(len(first) / len(both), "close"))
    assert both.startswith(first)
    assert desk.sync().exit_code == 0
    assert desk.count("bank_statements") == 2
    alone = desk.deliver(dossier, "coda", {"cod": third}, None)
    assert desk.sync().exit_code == 0
    assert desk.document(alone)["state"] == "stored"
    assert downloads(desk.box) == [f"{index}/cod"] * 2 + [f"{alone}/cod"] * 2


def test_what_is_as_announced_is_fetched_once_also_when_it_is_known(desk: Desk, dossier: Dossier) -> None:
    first, again = desk.deliver_coda(dossier, ONE), desk.deliver_coda(dossier, ONE, redelivery=True)
    desk.sync()
    assert downloads(desk.box) == [f"{first}/cod", f"{again}/cod"]
    assert desk.document(again)["state"] == "duplicate"


def test_what_is_another_each_time_is_left_to_the_next_pass(desk: Desk, dossier: Dossier) -> None:
    index = desk.deliver_coda(dossier, ONE)

    lengths = count(9)
    garble = faults.edit(lambda body: body.replace(b"FACTURE", b"F" * next(lengths)))
    desk.box.fault(f"/{index}/", garble, times=None)
    assert desk.sync().exit_code == 3
    assert "other bytes each time" in desk.document(index)["reason"]
    assert acknowledged(desk.box, dossier) == []
    desk.box.heal()
    assert desk.sync().exit_code == 0
    assert desk.count("bank_statements") == 1
