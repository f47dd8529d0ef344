import pytest
from coda_mutations import Damage, damages, passes


@pytest.fixture(scope="module")
def tried() -> list[Damage]:
    return list(damages())


def test_no_damage_to_a_field_that_can_be_checked_is_accepted(tried: list[Damage]) -> None:
    assert len(tried) > 20_000
    assert [damage for damage in tried if not passes(damage)] == []


def test_a_damaged_record_is_named_by_its_line_or_by_one_after_it_that_it_no_longer_agrees_with(
    tried: list[Damage],
) -> None:
    assert [damage for damage in tried if not damage.right_line] == []
