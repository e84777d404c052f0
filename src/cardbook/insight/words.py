"""How generated pages and `cardbook article` put rows of the tables into Chinese words."""

import re
from collections.abc import Iterable, Iterator
from types import FunctionType

from cardbook.cards.states import REGION_TITLES, REGIONS, Subject
from cardbook.custody.places import Place
from cardbook.insight.markdown import link
from cardbook.law.articles import Basis
from cardbook.law.papers import PaperRule
from cardbook.law.parameters import Number, Parameter
from cardbook.lifecycle.acts import Act
from cardbook.lifecycle.refusals import CATALOGUE, Reason

_GUARDS = "cardbook.lifecycle.guards"
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
    """The refusals an act's own guards and checks can answer with, read from their code.

    Who may not be the other person is a matter of the row, and is read from it.
    """
    codes = dict.fromkeys(
        name
        for guard in (*row.guards, *row.checks)
        if isinstance(guard, FunctionType)
        for name in _named_in(guard)
    )
    if row.by_another:
        codes["SAME_PERSON_AGAIN"] = None
    if row.witness:
        codes |= dict.fromkeys(("WITNESS_MISSING", "WITNESS_MAY_NOT"))
    return tuple(CATALOGUE[code] for code in codes if code in CATALOGUE)


def _named_in(guard: FunctionType) -> Iterator[str]:
    """What a guard names, and what the helpers of its own folder name for it."""
    for name in guard.__code__.co_names:
        helper = guard.__globals__.get(name)
        if isinstance(helper, FunctionType) and helper.__module__.startswith(_GUARDS):
            yield from _named_in(helper)
        yield name


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
    sources = "、".join(place.label for place in Place if place in row.move.sources)
    beyond = "（可交给上级机构或合作银行）" if row.move.beyond else ""
    home = "（回到卡所属的县区）" if row.move.home else ""
    return f"{sources} → {target}{beyond}{home}"


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
