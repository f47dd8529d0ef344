"""A short stretch of `soak.py`, which says what is shown; the whole of it is run by hand."""

from pathlib import Path

import pytest
from soak import soak


@pytest.mark.parametrize("seed", [18])
def test_whatever_happens_to_its_passes_an_office_ends_with_the_database_of_an_undisturbed_one(
    tmp_path: Path, seed: int
) -> None:
    happened = soak(tmp_path, days=6, dossiers=4, passes=8, kills=0.05, seed=seed)
    assert happened["exit code 3"] > 5
    assert happened["rows compared"] > 100


def test_an_office_whose_every_pass_is_ended_by_a_signal_loses_and_doubles_nothing(tmp_path: Path) -> None:
    happened = soak(tmp_path, days=3, dossiers=6, passes=5, kills=1, seed=3)
    assert happened["SIGKILL while it worked"] > 1
