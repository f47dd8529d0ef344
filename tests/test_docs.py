"""The README and the example config say what there is: every command, option, exit code, view, state and key."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from codasync import config, errors, reception
from codasync.cli import commands
from codasync.store_views import VIEWS

HOME = Path(__file__).parent.parent
README = (HOME / "README.md").read_text(encoding="utf-8")
EXAMPLE = (HOME / "config.example.toml").read_text(encoding="utf-8")


def options() -> Iterator[tuple[str, str]]:
    for name, command in commands.commands.items():
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                yield name, max(parameter.opts, key=len)


def subclasses(of: type[errors.CodasyncError]) -> Iterator[type[errors.CodasyncError]]:
    for one in of.__subclasses__():
        yield one
        yield from subclasses(one)


@pytest.mark.parametrize("name", commands.commands)
def test_every_command_has_help_and_stands_in_the_readme(name: str) -> None:
    assert commands.commands[name].help
    assert re.search(rf"^\| `{name}[ `]", README, re.MULTILINE)


@pytest.mark.parametrize(("command", "option"), list(options()))
def test_every_option_is_explained(command: str, option: str) -> None:
    found = [one for one in commands.commands[command].params if option in one.opts]
    assert isinstance(found[0], click.Option)
    assert found[0].help


def test_every_exit_code_stands_in_the_readme() -> None:
    codes = {one.exit_code for one in subclasses(errors.CodasyncError)} | {0, 1}
    table = README[README.index("### Exit codes") : README.index("## Reception")]
    rows = {int(code) for row in re.findall(r"^\| ([\d, ]+) \|", table, re.MULTILINE) for code in row.split(",")}
    assert codes <= rows


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_stands_in_the_readme(view: str) -> None:
    assert f"`{view}`" in README


@pytest.mark.parametrize("state", ["ok", "off", "waiting", *sorted(reception.NEEDS_SOMEBODY)])
def test_every_state_of_a_journal_stands_in_the_readme(state: str) -> None:
    assert f"| `{state}` |" in README


def test_the_example_config_explains_every_key_and_shows_the_default_of_what_is_commented_out(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    everything = re.sub(r"^#(?=[a-z_]+ = )", "", EXAMPLE, flags=re.MULTILINE)
    certificates = re.sub(r"^(ca_bundle|credentials_command|name|contact) = .*$", "", everything, flags=re.MULTILINE)
    path.write_text(EXAMPLE, encoding="utf-8")
    as_it_is = config.load(path, {})
    path.write_text(certificates, encoding="utf-8")
    assert config.load(path, {}) == as_it_is
    for key in ("ca_bundle", "credentials_command", "name", "contact"):
        assert re.search(rf"^#?{key} = ", EXAMPLE, re.MULTILINE)


def test_every_test_that_the_page_on_reliability_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", (HOME / "docs" / "reliability.md").read_text(encoding="utf-8")))
    files = "\n".join(path.read_text(encoding="utf-8") for path in (HOME / "tests").glob("test_*.py"))
    assert len(named) > 50
    assert named - set(re.findall(r"^def (test_\w+)", files, re.MULTILINE)) == set()
