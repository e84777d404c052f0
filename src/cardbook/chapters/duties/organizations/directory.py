"""The offices of a day as a list to search, order and take along (Art. 5)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from cardbook.chapters.duties.organizations.queries import Node
from cardbook.registers.listing import table_as_xlsx

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
        if text in node.name
        or text in node.now_named
        or text in node.code
        or text in node.kind
        or text in node.parent
    ]
    _, key = SORTS[sort]
    return sorted(found, key=key) if key else found


def later(node: Node) -> str:
    """This function will say what became of the office after the day."""
    said = f"更名为{node.now_named}" if node.now_named else ""
    closed = f"{node.closed_later:%Y-%m-%d} 撤销" if node.closed_later else ""
    return f"{said} {closed}".strip()


def as_xlsx(nodes: Sequence[Node], *, on: date) -> bytes:
    """This function will write what is seen as a workbook."""
    heads = ("名称", "上级", "类别", "编号", f"{on:%Y-%m-%d}以后")
    rows = ((n.name, n.parent, n.kind, n.code, later(n)) for n in nodes)
    return table_as_xlsx("机构", heads, rows)
