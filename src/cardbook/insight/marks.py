"""Which tests keep which article or row of trust true: read from the test files, not by running.

A test is marked `@pytest.mark.article(number, paragraph)` or `@pytest.mark.trust("R1", …)`, on
itself, its class, its module or one of its parameter sets; a race says by `rounds(number)` how
many it plays.
"""

import ast
import importlib.util
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
_ARTICLE, _TRUST, _ROUNDS = "pytest.mark.article", "pytest.mark.trust", "pytest.mark.rounds"
_READ = frozenset({_ARTICLE, _TRUST, _ROUNDS})
# `make soak` plays so many times the rounds of every run (CARDBOOK_SOAK_FACTOR in the Makefile).
SOAK_FACTOR = 100
# A mark as it is written: its name and its constant arguments.
_Mark = tuple[str, tuple[object, ...]]


@dataclass(frozen=True, slots=True, order=True)
class MarkedTest:
    """One test and one mark on it; `paragraph` is None when the whole article is meant."""

    article: int
    paragraph: int | None
    file: str
    name: str


@dataclass(frozen=True, slots=True, order=True)
class TrustTest:
    """One test and one row of the list of trust that it proves.

    `rounds` is how many a race plays in every run, 0 for what is no race.
    """

    row: str
    file: str
    name: str
    rounds: int = 0


def marked_tests(*, root: Path = ROOT) -> tuple[MarkedTest, ...]:
    """This function will list every test marked with an article, by file and name.

    Away from a checkout (an installed package without tests) there are none.
    """
    found = {
        MarkedTest(article, paragraph if isinstance(paragraph, int) else None, file, name)
        for file, name, (mark, numbers) in _marks(root)
        if mark == _ARTICLE and numbers and all(isinstance(number, int) for number in numbers)
        for article, paragraph in [(*numbers, None)[:2]]
        if isinstance(article, int)
    }
    return tuple(
        sorted(found, key=lambda mark: (mark.file, mark.name, mark.article, mark.paragraph or 0))
    )


def trust_tests(*, root: Path = ROOT) -> tuple[TrustTest, ...]:
    """This function will list every test that claims a row of the list of trust, by row."""
    marks = list(_marks(root))
    rounds = {
        (file, name): number
        for file, name, (mark, numbers) in marks
        if mark == _ROUNDS
        for number in numbers
        if isinstance(number, int)
    }
    return tuple(
        sorted(
            {
                TrustTest(str(row), file, name, rounds.get((file, name), 0))
                for file, name, (mark, rows) in marks
                if mark == _TRUST
                for row in rows
            }
        )
    )


def _marks(root: Path) -> Iterator[tuple[str, str, _Mark]]:
    """File, name and mark of every marked test below `src` and `tests`."""
    files = sorted(
        path
        for folder in (root / "src", root / "tests")
        for path in folder.rglob("test_*.py")
        if "tests" in path.parts
    )
    for path in files:
        file, written = path.relative_to(root).as_posix(), path.stat()
        found = _marks_in(path, root, (written.st_mtime_ns, written.st_size))
        yield from ((file, name, mark) for name, mark in found)


@cache
def _marks_in(path: Path, root: Path, _written: tuple[int, int]) -> tuple[tuple[str, _Mark], ...]:
    """The marks of one file; it is read once, and again when it was written anew."""
    text = path.read_text(encoding="utf-8")
    if _ARTICLE not in text and _TRUST not in text:
        return ()
    tree = ast.parse(text)
    found = list(_marks_below(tree, inherited=list(_of_module(tree)), within=""))
    if _has_marks_of_values(tree):
        found += _marks_of_values(path, root)
    return tuple(found)


def _has_marks_of_values(tree: ast.Module) -> bool:
    """Whether a parameter set carries a mark whose article only running code knows."""
    return any(
        isinstance(node, ast.Call)
        and ast.unparse(node.func) == _ARTICLE
        and not all(isinstance(item, ast.Constant) for item in node.args)
        for node in ast.walk(tree)
    )


def _marks_of_values(path: Path, root: Path) -> Iterator[tuple[str, _Mark]]:
    """The marks of `pytest.param(…, marks=…)`, from the module itself; none without pytest."""
    if importlib.util.find_spec("pytest") is None:
        return
    if str(root) not in sys.path:
        sys.path.append(str(root))
    name = ".".join(path.relative_to(root).with_suffix("").parts)
    for test in vars(importlib.import_module(name)).values():
        if not callable(test) or not getattr(test, "__name__", "").startswith("test_"):
            continue
        for parametrized in getattr(test, "pytestmark", []):
            for values in parametrized.args[1] if parametrized.name == "parametrize" else ():
                for mark in getattr(values, "marks", ()):
                    yield test.__name__, (f"pytest.mark.{mark.name}", mark.args)


def _of_module(tree: ast.Module) -> Iterator[_Mark]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(
            isinstance(name, ast.Name) and name.id == "pytestmark" for name in node.targets
        ):
            values = (
                node.value.elts if isinstance(node.value, ast.List | ast.Tuple) else [node.value]
            )
            for value in values:
                yield from _mark(value)


def _marks_below(
    parent: ast.AST, *, inherited: list[_Mark], within: str
) -> Iterator[tuple[str, _Mark]]:
    for node in ast.iter_child_nodes(parent):
        if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        marks = [*inherited, *(mark for item in node.decorator_list for mark in _mark(item))]
        name = f"{within}{node.name}"
        if isinstance(node, ast.ClassDef):
            yield from _marks_below(node, inherited=marks, within=f"{name}.")
        elif node.name.startswith("test_"):
            yield from ((name, mark) for mark in marks)


def _mark(node: ast.expr) -> Iterator[_Mark]:
    """One of the marks that are read here; anything else yields nothing."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) in _READ:
        given = tuple(item.value for item in node.args if isinstance(item, ast.Constant))
        yield ast.unparse(node.func), given
