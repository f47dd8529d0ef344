from pathlib import Path

from coda_mutations import CONTRADICTED, NOT_HELD, RECORD, damages

MANUAL = Path(__file__).parent.parent / "docs" / "coda-reader.md"


def test_each_damage_to_each_position_is_taken_as_it_must_be_at_the_line_where_it_shows() -> None:
    tried = list(damages())
    assert [damage for damage in tried if not damage.right] == []
    checked = [damage for damage in tried if damage.kind in {NOT_HELD, CONTRADICTED, RECORD}]
    assert all(damage.outcome == "refused" for damage in checked)
    manual = MANUAL.read_text()
    for number in (len(tried), len(checked)):
        assert f"{number:,}" in manual, "the manual says what the script prints"
