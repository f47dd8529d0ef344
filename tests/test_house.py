"""The house keeps its rooms apart: who may import whom, read from the source of every module."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import codasync

HOUSE = Path(codasync.__file__).parent


@dataclass(frozen=True, slots=True)
class Import:
    """One import: who imports what, on which line; `late` inside a function, `typing` for a type checker alone."""

    by: str
    of: str
    line: int
    late: bool
    typing: bool

    def __str__(self) -> str:
        return f"{self.by.replace('.', '/')} line {self.line} imports {self.of}"


def modules() -> dict[str, Path]:
    """Return every module of the package by its name without `codasync.`; the package itself has none."""
    found = {}
    for path in sorted(HOUSE.rglob("*.py")):
        parts = path.relative_to(HOUSE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def imports_of(module: str) -> Iterator[Import]:
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    yield from _walk(tree, module, late=False, typing=False)


def _walk(node: ast.AST, module: str, *, late: bool, typing: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.Import, ast.ImportFrom)):
            for name in _names(child, module):
                yield Import(module, name, child.lineno, late, typing)
        elif isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            for part in child.body:
                yield from _walk(ast.Module([part], []), module, late=late, typing=True)
            for part in child.orelse:
                yield from _walk(ast.Module([part], []), module, late=late, typing=typing)
        else:
            inside = isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
            yield from _walk(child, module, late=late or inside, typing=typing)


def _names(node: ast.Import | ast.ImportFrom, module: str) -> Iterator[str]:
    """Name what is imported: our modules without `codasync.`, others by their first word."""
    if isinstance(node, ast.Import):
        origins = [alias.name for alias in node.names]
    else:
        start = node.module or ""
        if node.level:
            package = ["codasync", *module.split(".")] if module else ["codasync"]
            if MODULES[module].name != "__init__.py":
                package.pop()
            base = package[: len(package) - node.level + 1]
            start = ".".join([*base, start] if start else base)
        origins = [f"{start}.{alias.name}" for alias in node.names]
    for origin in origins:
        first, _, rest = origin.partition(".")
        if first != "codasync":
            yield first
        elif rest in MODULES:
            yield rest
        else:  # a name in a module, or in the package itself
            yield rest.rpartition(".")[0]


IMPORTS = [one for module in MODULES for one in imports_of(module)]


def room(module: str) -> str:
    """Return the room of a module: `coda_layout` belongs to coda, `codabox.wire` to codabox."""
    first = module.split(".", maxsplit=1)[0]
    for name in ("cli", "coda", "ledger", "store", "ubl"):
        if first.startswith(f"{name}_"):
            return name
    return first


# a library and the rooms that may know it
LIBRARIES = {
    "click": {"cli", "report"},
    "rich": {"cli", "report"},
    "requests": {"codabox"},
    "urllib3": {"codabox"},
    "lxml": {"ubl"},
    "sqlite3": {"store"},
    "sqlite_utils": {"store"},
    "tomli": {"config"},
}
# a room and the only other rooms that it may know; the package itself ("") has nothing but the version
NEIGHBOURS = {
    "errors": set(),
    "plan": set(),
    "coda": {"errors"},
    "ubl": {"errors"},
    "ledger": {"errors"},
    "reception": {"errors", "blame", "booked", "continuity", "gaps", "plan", "redelivery", "rhythm", "stages"},
    "blame": {"errors"},
    "gaps": {"continuity", "redelivery"},
    "booked": {"chains", "continuity", "numbering"},
    "continuity": {"chains", "numbering"},
    "numbering": {"chains"},
    "chains": set(),
    "redelivery": {"continuity", "redelivery_words", "stages"},
    "redelivery_words": set(),
    "rhythm": set(),
    "stages": set(),
    "report": {"errors"},
    "dossiers": {"errors"},
    "config": {"errors", "ledger", "places", "reception", "redelivery"},
    "credentials": {"errors", "places"},
    "places": set(),
    "store": {"errors", "continuity", "places", "ledger", "plan", "coda", "retelling", "ubl"},
    "retelling": {"chains"},
    "codabox": {"errors", "config", "credentials", "events"},
    "events": set(),
    "export_names": set(),
    "export_tree": {"errors"},
    "sandbox": {"errors"},
}
SANDBOX_IS_KNOWN_BY = {"sandbox", "cli", "demo"}
# what `--help` must not wait for
HEAVY = {"requests", "urllib3", "lxml", "rich", "sqlite_utils"}


def test_every_module_is_looked_at() -> None:
    assert {"cli", "codabox.wire", "sandbox", "sandbox.faults", "coda_layout", ""} <= MODULES.keys()
    assert [one for one in IMPORTS if one.by == "codabox.wire" and one.of == "requests"]
    assert [one for one in IMPORTS if room(one.by) == "cli" and one.of == "sync" and one.late]
    assert [one for one in IMPORTS if one.by == "follow" and one.of == "store" and one.typing]


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_library_is_known_by_its_rooms_alone(library: str) -> None:
    using = [one for one in IMPORTS if one.of == library]
    assert using, f"nobody imports {library} any more: take it out of this test"
    wrong = [str(one) for one in using if room(one.by) not in LIBRARIES[library]]
    assert not wrong, f"{library} belongs to {', '.join(sorted(LIBRARIES[library]))}: {'; '.join(wrong)}"


@pytest.mark.parametrize("name", [name for name in NEIGHBOURS if name in {room(module) for module in MODULES}])
def test_a_room_knows_its_neighbours_alone(name: str) -> None:
    allowed = {name, "", *NEIGHBOURS[name]}
    ours = {room(module) for module in MODULES}
    wrong = [str(one) for one in IMPORTS if room(one.by) == name and room(one.of) in ours - allowed]
    assert not wrong, f"{name} may know only {', '.join(sorted(NEIGHBOURS[name])) or 'nobody'}: {'; '.join(wrong)}"


def test_the_sandbox_is_known_by_the_command_line_and_the_demo_alone() -> None:
    wrong = [str(one) for one in IMPORTS if room(one.of) == "sandbox" and room(one.by) not in SANDBOX_IS_KNOWN_BY]
    assert not wrong, f"what runs in an office must not lean on its imitation: {'; '.join(wrong)}"


def test_nobody_but_the_command_line_prints_or_exits() -> None:
    wrong = []
    for module, path in MODULES.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if called in {"print", "sys.exit", "exit", "click.echo"} and room(module) not in {"cli", "__main__"}:
                wrong.append(f"{path.relative_to(HOUSE)} line {getattr(node, 'lineno', 0)} calls {called}")
    assert not wrong, f"only cli prints and exits: {'; '.join(wrong)}"


def test_no_import_goes_round_in_a_circle() -> None:
    """Imports inside functions count: they only hide a circle; those for a type checker alone do not."""
    graph: dict[str, set[str]] = {module: set() for module in MODULES}
    for one in IMPORTS:
        if not one.typing and one.of in MODULES and one.of not in {one.by, ""}:
            graph[one.by].add(one.of)
    seen: set[str] = set()
    for module in graph:
        circle = _circle(graph, module, [], seen)
        assert not circle, f"a circle of imports: {' -> '.join(circle)}"


def _circle(graph: dict[str, set[str]], module: str, way: list[str], seen: set[str]) -> list[str]:
    if module in way:
        return [*way[way.index(module) :], module]
    if module in seen:
        return []
    for neighbour in sorted(graph[module]):
        if circle := _circle(graph, neighbour, [*way, module], seen):
            return circle
    seen.add(module)
    return []


def test_asking_for_help_imports_nothing_heavy() -> None:
    graph: dict[str, set[str]] = {module: set() for module in MODULES}
    for one in IMPORTS:
        if not one.late and not one.typing:
            graph[one.by].add(one.of)
    reached, waiting = set[str](), ["__main__", "cli"]
    while waiting:
        if (module := waiting.pop()) not in reached:
            reached.add(module)
            waiting += graph.get(module, ())
    assert "click" in reached
    assert not reached & HEAVY, f"`codasync --help` would wait for {', '.join(reached & HEAVY)}"
