"""The offices of a day as a list to search, order and take along (Art. 5)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from cardbook.chapters.duties.organizations.queries import Node
from cardbook.registers.listing import table_as_xlsx
from cardbook.registers.lists import ordered

TREE = "tree"
SORTS: Mapping[str, tuple[str, Callable[[Node], Any] | None]] = {
    TREE: ("按隶属", None),
    "name": ("按名称", lambda node: node.name),
    "code": ("按编号", lambda node: node.code),
    "kind": ("按类别", lambda node: (node.kind, node.code)),
}


def listed(nodes: Iterable[Node], *, text: str, sort: str) -> list[Node]:
    """This function will list the offices whose name, number, kind or parent has the text."""
    found = [
        node
        for node in nodes
        if any(
            text in said for said in (node.name, node.now_named, node.code, node.kind, node.parent)
        )
    ]
    return ordered(found, SORTS, sort)


def as_xlsx(nodes: Sequence[Node], *, on: date) -> bytes:
    """This function will write what is seen as a workbook."""
    heads = ("名称", "上级", "类别", "编号", f"{on:%Y-%m-%d}以后")
    rows = ((n.name, n.parent, n.kind, n.code, n.later) for n in nodes)
    return table_as_xlsx("机构", heads, rows)
