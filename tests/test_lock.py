"""What is installed for an office is pinned, each file by its hash: `requirements.lock` follows `pyproject.toml`."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

HOME = Path(__file__).parent.parent
LOCK = (HOME / "requirements.lock").read_text(encoding="utf-8")
PINS = dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", LOCK, re.MULTILINE))


def test_every_dependency_is_pinned_within_the_bounds_that_codasync_states() -> None:
    project = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [Requirement(line) for line in project["dependencies"]]
    assert len(wanted) > 6
    for one in wanted:
        assert PINS[one.name] in one.specifier, one.name


def test_what_builds_codasync_is_pinned_too_so_that_nothing_is_fetched_unchecked() -> None:
    project = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [Requirement(line) for line in project["build-system"]["requires"]]
    assert wanted
    for one in wanted:
        assert PINS[one.name] in one.specifier, one.name


def test_whatever_is_pinned_has_the_hashes_of_its_files_and_comes_from_no_named_place() -> None:
    blocks = re.split(r"^(?=[a-z0-9.-]+==)", LOCK, flags=re.MULTILINE)[1:]
    assert len(blocks) == len(PINS)
    assert [block.splitlines()[0] for block in blocks if not re.search(r"--hash=sha256:[0-9a-f]{64}\b", block)] == []
    assert re.findall(r"(?i)https?://|--\w*index|file:|@ ", LOCK) == []
