"""Which tests keep which article true: found by reading the test files, not by running them.

A test is marked `@pytest.mark.article(number, paragraph)`, on itself, its class or its module.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True, order=True)
class MarkedTest:
    """One test and one mark on it; `paragraph` is None when the whole article is meant."""

    article: int
    paragraph: int | None
    file: str
    name: str


def marked_tests(*, root: Path = ROOT) -> tuple[MarkedTest, ...]:
    """This function will list every marked test below `src` and `tests`, by file and name.

    Away from a checkout (an installed package without tests) there are none.
    """
    files = sorted(
        path
        for folder in (root / "src", root / "tests")
        for path in folder.rglob("test_*.py")
        if "tests" in path.parts
    )
    found = (mark for path in files for mark in _marks_in(path, path.relative_to(root).as_posix()))
    return tuple(
        sorted(
            set(found), key=lambda mark: (mark.file, mark.name, mark.article, mark.paragraph or 0)
        )
    )


def _marks_in(path: Path, file: str) -> Iterator[MarkedTest]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    of_module = [
        mark
        for node in tree.body
        if isinstance(node, ast.Assign)
        and any(isinstance(name, ast.Name) and name.id == "pytestmark" for name in node.targets)
        for value in (
            node.value.elts if isinstance(node.value, ast.List | ast.Tuple) else [node.value]
        )
        for mark in _article(value)
    ]
    yield from _marks_below(tree, file, inherited=of_module, within="")


def _marks_below(
    parent: ast.AST, file: str, *, inherited: list[tuple[int, int | None]], within: str
) -> Iterator[MarkedTest]:
    for node in ast.iter_child_nodes(parent):
        if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        marks = [*inherited, *(mark for item in node.decorator_list for mark in _article(item))]
        name = f"{within}{node.name}"
        if isinstance(node, ast.ClassDef):
            yield from _marks_below(node, file, inherited=marks, within=f"{name}.")
        elif node.name.startswith("test_"):
            for article, paragraph in marks:
                yield MarkedTest(article, paragraph, file, name)


def _article(node: ast.expr) -> Iterator[tuple[int, int | None]]:
    """The numbers of a `pytest.mark.article(…)`; anything else yields nothing."""
    if not (isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.article"):
        return
    numbers = [item.value for item in node.args if isinstance(item, ast.Constant)]
    if numbers and all(isinstance(number, int) for number in numbers):
        article, paragraph = (*numbers, None)[:2]
        assert isinstance(article, int)
        yield article, paragraph if isinstance(paragraph, int) else None
