"""The few shapes a generated page is made of; text goes in as it is, tables escape their cells."""

from collections.abc import Iterable, Sequence

_HEAD = "<!-- 由 cardbook docs 从业务总表和法规数据生成，请勿手工修改。 -->"


def page(title: str, lead: str, *parts: str) -> str:
    """This function will join a page: title, one leading sentence, parts, one line's end."""
    return "\n\n".join((_HEAD, f"# {title}", lead, *(part for part in parts if part))) + "\n"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """This function will write a table; a table without rows says so."""
    lines = [_row(row) for row in rows]
    if not lines:
        return "（无）"
    return "\n".join((_row(heads), _row(["---"] * len(heads)), *lines))


def bullets(items: Iterable[str], *, empty: str = "无。") -> str:
    """This function will write a list, or the sentence for an empty one."""
    return "\n".join(f"- {item}" for item in items) or empty


def link(text: str, target: str) -> str:
    """This function will write a link."""
    return f"[{text}]({target})"


def anchor(name: str, heading: str) -> str:
    """This function will write a heading that others can link to by a name of its own."""
    return f'<a id="{name}"></a>\n\n## {heading}'


def _row(cells: Sequence[str]) -> str:
    escaped = (cell.replace("|", "\\|").replace("\n", "<br>") for cell in cells)
    return f"| {' | '.join(escaped)} |"
