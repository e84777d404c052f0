"""How generated pages and `cardbook article` put rows of the tables into Chinese words."""

import re
from collections.abc import Iterable

from cardbook.cards.states import REGION_TITLES, REGIONS, Subject
from cardbook.insight.markdown import link
from cardbook.law.articles import Basis
from cardbook.law.papers import PaperRule
from cardbook.law.parameters import Number, Parameter
from cardbook.lifecycle.acts import Act
from cardbook.lifecycle.refusals import CATALOGUE, Reason

_BLANK = re.compile(r"\{[^}]*\}")


def basis_links(items: Iterable[Basis]) -> str:
    """Articles, each linked to its place in the index."""
    return "、".join(link(basis.label, f"articles.md#a{basis.article}") for basis in items)


def act_link(row: Act) -> str:
    """An act's title, linked to its section."""
    return link(row.title, f"acts.md#{row.code}")


def with_dots(sentence: str) -> str:
    """A sentence of the catalogue with its blanks shown as dots."""
    return _BLANK.sub("…", sentence)


def reasons_of(row: Act) -> tuple[Reason, ...]:
    """The refusals an act's own guards and checks can answer with, read from their code."""
    names = dict.fromkeys(
        name for guard in (*row.guards, *row.checks) for name in guard.__code__.co_names
    )
    return tuple(CATALOGUE[name] for name in names if name in CATALOGUE)


def labels(subject: Subject, region: str, values: Iterable[str]) -> str:
    """The Chinese labels of a region's values, in their own order."""
    chosen = set(values)
    members = (member for member in REGIONS[subject][region] if str(member) in chosen)
    return "、".join(member.label for member in members)


def from_states(row: Act) -> str:
    """The states an act starts from."""
    if row.on is None:
        return "新登记"
    if not row.on:
        return "任何状态"
    return "；".join(
        f"{REGION_TITLES[region]}：{labels(row.subject, region, allowed)}"
        for region, allowed in row.on.items()
    )


def to_states(row: Act) -> str:
    """The states an act leads to."""
    return (
        "；".join(
            f"{REGION_TITLES[region]}：{labels(row.subject, region, [str(value)])}"
            for region, value in row.becomes.items()
        )
        or ("" if row.claims else "不变")
    ) + "".join(
        f"；{REGION_TITLES[region]}：按来源所称（{labels(row.subject, region, values)}）"
        for region, values in row.claims.items()
    )


def movement(row: Act) -> str:
    """What an act does to custody."""
    if row.move is None:
        return "不移动"
    target = row.move.target.label
    if row.move.stays:
        return f"留在{target}"
    return f"{'、'.join(sorted(place.label for place in row.move.sources))} → {target}"


def paper_rule(rule: PaperRule | None) -> str:
    """The papers of a rule: groups by semicolon, alternatives by “or”."""
    groups = rule.groups if rule else ()
    return "；".join("或".join(kind.title for kind in group) for group in groups) or "不要求"


def number_words(parameter: Parameter, value: Number) -> str:
    """A parameter's value with its unit, money in yuan as well."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, tuple):
        return f"{'、'.join(str(item) for item in value)} {parameter.unit}"
    if isinstance(value, str):
        return f"`{value}`"
    yuan = f"（{value // 100}.{value % 100:02d} 元）" if parameter.unit == "分" else ""
    return f"{value} {parameter.unit}{yuan}"
