"""A short stretch of `soak.py`, which says what is shown; the whole of it is run by hand."""

from pathlib import Path

from soak import KINDS, soak


def test_whatever_happens_to_its_passes_an_office_ends_with_the_database_of_an_undisturbed_one(tmp_path: Path) -> None:
    happened = soak(tmp_path, days=6, dossiers=5, passes=7, kills=0, seed=20)
    assert happened["exit code 3"] > 5
    assert happened["rows compared"] > 200
    assert [what for what in (*KINDS, "disk full", "clock wrong") if not happened[what]] == []


def test_an_office_whose_every_pass_is_ended_by_a_signal_loses_and_doubles_nothing(tmp_path: Path) -> None:
    happened = soak(tmp_path, days=2, dossiers=5, passes=4, kills=1, seed=3)
    assert happened["SIGKILL while it worked"] > 2
