"""Who may import whom: arrows point down, none is drawn twice round, and none leads nowhere.

Imports are read from the source, those inside functions and for type checking as well.
"""

import ast
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# Each package, and which packages its modules may import.
ARROWS: dict[str, set[str]] = {
    "policy": {"policy"},
    "nlu": {"nlu", "policy"},
    "dialogue": {"dialogue", "policy"},
    "actions": {"actions", "dialogue"},
    "channels": {"channels", "dialogue"},
    "desk": {"desk", "channels", "dialogue", "policy"},
    "server": {"server", "channels", "actions", "desk", "dialogue", "nlu", "policy"},
    "benchmarks": {"benchmarks", "server", "dialogue", "nlu", "policy"},
}
# What is known and what is said stand apart from the framework.
FRAMEWORK = {"rasa", "rasa_sdk", "sanic"}
WITHOUT_FRAMEWORK = ("policy", "dialogue")

YAML_READER = "reads a settings file of its own; belongs in a small package at the bottom"
SETTING_ERROR = "the error for a wrong setting; belongs in a small package at the bottom"
GAZETTEER = "names the gazetteer's type; search and surfaces are parts of it"
DESK = "gathers the pages late; what they share of it belongs in a module of its own"
# Arrows that point up or aside, or close a circle: who imports whom, and why it is so for now.
KNOWN: dict[tuple[str, str], str] = {
    ("channels.errors", "policy.yamlfile"): YAML_READER,
    ("channels.settingsfile", "policy.yamlfile"): YAML_READER,
    ("channels.wechat.menu", "policy.yamlfile"): YAML_READER,
    ("channels.wechat.words", "policy.yamlfile"): YAML_READER,
    ("channels.metrics", "policy.topics"): "counts answers by topic; nothing else lists topics",
    ("channels.wechat.menu", "policy.topics"): "the menu is the topics; nothing else lists them",
    ("channels.gate", "nlu.surface"): "gate and reader must see the same characters of a message",
    ("channels.digits", "nlu.surface"): "masking must see the same characters as gate and reader",
    ("channels.settingsfile", "policy.regions"): "home_region must be a place that there is",
    ("channels.wechat.menu", "server.settings"): SETTING_ERROR,
    ("channels.wechat.settings", "server.settings"): SETTING_ERROR,
    ("channels.wechat.trial", "server.settings"): SETTING_ERROR,
    ("channels.retention", "server.settings"): "by hand it opens the store that the server uses",
    ("channels.retention", "server.launch"): "by hand it opens the store that the server uses",
    ("policy.region_search", "policy.regions"): GAZETTEER,
    ("policy.region_surfaces", "policy.regions"): GAZETTEER,
    ("desk.channel", "desk.pages"): DESK,
    ("desk.channel", "desk.sentences"): DESK,
    ("desk.channel", "desk.why"): DESK,
    ("desk.channel", "desk.facts"): DESK,
    ("desk.channel", "desk.mending"): DESK,
    ("benchmarks.parts", "benchmarks.thresholds"): "names the type of what was validated",
    (
        "benchmarks.diet",
        "benchmarks.experiments",
    ): "measures on its sets, as one of its contestants",
}


def module_of(file: Path) -> str:
    """The dotted name of a source file; of a package for its ``__init__.py``."""
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def sources() -> dict[str, Path]:
    """The modules of all packages."""
    return {module_of(file): file for package in ARROWS for file in (ROOT / package).rglob("*.py")}


def named(tree: ast.AST, module: str, is_package: bool) -> Iterator[tuple[str, str | None]]:
    """What a module imports: a dotted name, and the name taken from it if it is one of ``from``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = module.split(".")
                above = parts[: len(parts) - node.level + is_package]
                base = ".".join([*above, base] if base else above)
            yield from ((base, alias.name) for alias in node.names)


def imports(module: str, file: Path, known: dict[str, Path]) -> set[str]:
    """The modules that a module imports, ours by the file that is meant."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found = set()
    for base, taken in named(tree, module, file.name == "__init__.py"):
        inside = f"{base}.{taken}"
        found.add(inside if taken and inside in known else base)
    return found


@pytest.fixture(scope="module")
def graph() -> dict[str, set[str]]:
    """Every module of ours and all that it imports."""
    known = sources()
    return {module: imports(module, file, known) for module, file in known.items()}


def package_of(module: str) -> str:
    return module.partition(".")[0]


def astray(graph: dict[str, set[str]]) -> set[tuple[str, str]]:
    """Imports of ours that no arrow allows."""
    return {
        (module, imported)
        for module, others in graph.items()
        for imported in others
        if package_of(imported) in ARROWS and package_of(imported) not in ARROWS[package_of(module)]
    }


def without(graph: dict[str, set[str]], known: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """The graph without some of its imports."""
    left = {module: set(others) for module, others in graph.items()}
    for module, imported in known:
        left.get(module, set()).discard(imported)
    return left


def leads_back(graph: dict[str, set[str]], module: str, imported: str) -> bool:
    """Whether an import closes a circle."""
    reached, ahead = set(), [imported]
    while ahead:
        step = ahead.pop()
        if step not in reached:
            reached.add(step)
            ahead += graph.get(step, ())
    return imported in graph.get(module, ()) and module in reached


def circle(graph: dict[str, set[str]]) -> list[str]:
    """The modules of one circle, each importing the next; empty if there is none."""
    ours = {module: others & graph.keys() - {module} for module, others in graph.items()}
    try:
        TopologicalSorter(ours).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return []


def test_every_package_of_the_project_has_its_arrows() -> None:
    packages = {file.parent.name for file in ROOT.glob("*/__init__.py")} - {"tests"}
    assert packages <= ARROWS.keys()


def test_arrows_point_down(graph: dict[str, set[str]]) -> None:
    new = astray(graph) - KNOWN.keys()
    assert not new, "\n".join(f"{module} imports {imported}" for module, imported in sorted(new))


def test_known_exceptions_are_still_there(graph: dict[str, set[str]]) -> None:
    gone = KNOWN.keys() - astray(graph)
    gone = {arrow for arrow in gone if not leads_back(graph, *arrow)}
    assert not gone, f"mended: strike from KNOWN {sorted(gone)}"


def test_no_module_imports_itself_by_a_detour(graph: dict[str, set[str]]) -> None:
    assert circle(without(graph, KNOWN)) == []


def test_what_is_imported_exists(graph: dict[str, set[str]]) -> None:
    """mypy passes over modules that are not there, since libraries without types are so many."""
    missing = {
        f"{module} imports {imported}"
        for module, others in graph.items()
        for imported in others
        if package_of(imported) in ARROWS
        and imported not in graph
        # A folder of modules without an __init__.py of its own.
        and not (ROOT / imported.replace(".", "/")).is_dir()
    }
    assert missing == set()


def test_what_is_known_and_said_knows_no_framework(graph: dict[str, set[str]]) -> None:
    found = {
        (module, imported)
        for module, others in graph.items()
        for imported in others
        if package_of(module) in WITHOUT_FRAMEWORK and package_of(imported) in FRAMEWORK
    }
    assert found == set()


# —— the reading itself ——


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("import nlu.surface", "nlu.surface"),
        ("from nlu import surface", "nlu.surface"),
        ("from nlu.surface import printed", "nlu.surface"),
        ("from .surface import printed", "nlu.surface"),
        ("from . import surface", "nlu.surface"),
        ("def late():\n    from nlu.surface import printed", "nlu.surface"),
        ("if TYPE_CHECKING:\n    import nlu.surface", "nlu.surface"),
        ("import rasa.core.agent as agent", "rasa.core.agent"),
    ],
)
def test_an_import_is_found_however_it_is_written(line: str, expected: str, tmp_path: Path) -> None:
    file = tmp_path / "some.py"
    file.write_text(line, encoding="utf-8")
    assert imports("nlu.some", file, {"nlu.surface": Path()}) == {expected}


def test_an_arrow_up_and_a_circle_are_found() -> None:
    found = astray({"policy.a": {"nlu.b", "policy.c", "json"}, "nlu.b": {"policy.a"}})
    assert found == {("policy.a", "nlu.b")}
    way = circle({"a": {"b"}, "b": {"c", "d"}, "c": {"a"}, "d": set()})
    assert set(way) == {"a", "b", "c"}
    assert set(pairwise(way)) == {("a", "b"), ("b", "c"), ("c", "a")}
    assert circle({"a": {"b"}, "b": set()}) == []
    known = {"a": {"b"}, "b": {"a"}}
    assert circle(without(known, [("b", "a")])) == []
    assert circle(known), "the graph itself is left as it was"
    assert leads_back(known, "b", "a")
    assert not leads_back({"a": {"b"}, "b": set()}, "a", "b")
