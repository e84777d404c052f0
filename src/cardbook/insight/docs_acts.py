"""Generated pages about what is done: acts.md, roles.md, states.md (architecture, section 4)."""

from collections.abc import Iterable, Iterator
from dataclasses import fields

from cardbook.cards.states import REGION_TITLES, REGIONS, Subject
from cardbook.insight.addresses import Address
from cardbook.insight.markdown import anchor, bullets, link, page, table
from cardbook.insight.words import (
    act_link,
    basis_links,
    from_states,
    movement,
    paper_rule,
    reasons_of,
    to_states,
)
from cardbook.law.roles import Role
from cardbook.lifecycle.acts import ROWS, Act
from cardbook.registers.registry import Register

_REACH = {
    "own": "本机构",
    "subtree": "本机构及下级",
    "county": "本县区",
    "answered": "本县区，含网点",
    "city": "全市",
    "bank": "本行",
}


# -------------------------------------------------------------------------------- acts.md


def acts_page(*, forms: tuple[Register, ...]) -> str:
    """This function will write one section for each act."""
    titles = {form.slug: form.form.title for form in forms}
    titles |= {form.form.code: form.form.title for form in forms}
    index = table(
        ("业务", "代码", "对象", "依据", "谁办"),
        (
            (
                act_link(row),
                f"`{row.code}`",
                row.subject.label,
                basis_links(row.basis),
                row.roles_text,
            )
            for row in ROWS
        ),
    )
    return page(
        "业务总表",
        "每项业务一节：谁办、从什么状态到什么状态、要什么凭据、告知什么、登在哪张表、依据哪一条。",
        index,
        "## 超出细则文字的做法",
        bullets(
            (f"{act_link(row)}：{row.assumed}" for row in ROWS if row.assumed), empty="没有。"
        ),
        *(
            f"{anchor(row.code, row.title)}\n\n{table(('项', '内容'), _lines(row, titles))}"
            for row in ROWS
        ),
    )


def _lines(row: Act, titles: dict[str, str]) -> Iterator[tuple[str, str]]:
    yield "代码", f"`{row.code}`，第 {row.version} 版"
    yield "对象", row.subject.label
    yield "依据", basis_links(row.basis)
    yield "谁办", "；".join(f"{role.label}（{reach.label}）" for role, reach in row.who.items())
    if row.by_another:
        yield "不能办", "开始这件事的人自己"
    side = "（交接的对方机构）" if row.second_elsewhere else ""
    seconds = "、".join(role.label for role in Role if role in row.second)
    yield "复核", f"{seconds}{side}" if seconds else "不需要"
    if row.witness:
        roles = "、".join(role.label for role in Role if role in row.witness)
        yield "监销", f"另一机构的{roles}"
    yield "从", from_states(row)
    yield "到", to_states(row)
    if row.subject is Subject.CARD:
        yield "保管", movement(row)
    yield "凭据", paper_rule(row.papers)
    for when in row.papers_when:
        yield f"凭据（{when.words}时另须）", paper_rule(when.rule)
    yield "告知", "、".join(
        link(notice.title, f"papers_and_notices.md#{notice.code}") for notice in row.notices
    ) or "不要求"  # fmt: skip
    yield "不办的情形", "、".join(
        link(reason.code, f"refusals.md#{reason.code}") for reason in reasons_of(row)
    ) or "只看状态和位置"  # fmt: skip
    yield "登记表", "、".join(titles.get(code, f"`{code}`") for code in row.registers) or "无"
    yield "所记事实", "、".join(f"`{one.name}`" for one in fields(row.facts))
    if row.batch_only:
        yield "方式", "成批办理或随其他业务办理，没有单独的页面"
    if row.assumed:
        yield "说明", row.assumed


# ------------------------------------------------------------------------------- roles.md


def roles_page(*, pages: tuple[Address, ...]) -> str:
    """This function will write who may do what, as a matrix and role by role."""
    busy = [role for role in Role if any(_cell(row, role) for row in ROWS)]
    idle = [role for role in Role if role not in busy]
    return page(
        "岗位与权限",
        "格内是办理范围；“复”表示可以作为第二人复核，“监”表示可以作为另一机构的人监销，"
        "“另”表示开始这件事的人自己不能办。空格表示不能办理。权限只来自业务总表。",
        table(
            ("业务", *(role.label for role in busy)),
            ((act_link(row), *(_cell(row, role) for role in busy)) for row in ROWS),
        ),
        f"不办理任何业务的岗位：{'、'.join(role.label for role in idle) or '无'}。",
        *(_role(role, pages) for role in Role),
    )


def _cell(row: Act, role: Role) -> str:
    words = [_REACH[row.who[role]], *(["另"] if row.by_another else [])] if role in row.who else []
    signs = (("复", row.second), ("监", row.witness))
    return "，".join([*words, *(word for word, roles in signs if role in roles)])


def _role(role: Role, pages: tuple[Address, ...]) -> str:
    own = [page for page in pages if role in page.roles and len(page.roles) < len(Role)]
    return "\n\n".join(
        (
            anchor(role.value, role.label),
            f"{role.description}（{role.basis}）。",
            table(
                ("可以", "内容"),
                (
                    ("办理", _titles(row for row in ROWS if role in row.who)),
                    ("复核", _titles(row for row in ROWS if role in row.second)),
                    ("监销", _titles(row for row in ROWS if role in row.witness)),
                    ("打开的页面", "、".join(f"`{page.name}`" for page in own) or "只有公共页面"),
                ),
            ),
        )
    )


def _titles(rows: Iterable[Act]) -> str:
    return "、".join(act_link(row) for row in rows) or "无"


# ------------------------------------------------------------------------------ states.md


def states_page() -> str:
    """This function will draw each region of state of each subject, from the rows alone."""
    return page(
        "状态图",
        "四种对象，各自的状态分区；箭头是业务，图由业务总表逐行画出。",
        *(_region(subject, region) for subject in Subject for region in REGIONS[subject]),
    )


def _region(subject: Subject, region: str) -> str:
    arrows = _arrows(subject, region)
    members = {str(member): member.label for member in REGIONS[subject][region]}
    drawn = [value for value in members if any(value in pair for pair in arrows)]
    diagram = "\n".join(
        (
            "```mermaid",
            "stateDiagram-v2",
            *(f'    state "{members[value]}" as {value}' for value in drawn),
            *(f"    {old} --> {new}: {'、'.join(arrows[old, new])}" for old, new in arrows),
            "```",
        )
    )
    open_here = table(
        ("状态", "代码", "须在此状态才能办"),
        ((members[value], f"`{value}`", _open_in(subject, region, value)) for value in drawn),
    )
    reached = {new for _, new in arrows}
    rest = [label for value, label in members.items() if value not in reached]
    parts = [f"## {subject.label} · {REGION_TITLES[region]}", diagram, open_here]
    if rest:
        parts.append(f"尚没有业务到达的状态：{'、'.join(rest)}。")
    return "\n\n".join(parts)


def _arrows(subject: Subject, region: str) -> dict[tuple[str, str], list[str]]:
    """From and to with the titles of the acts between; `[*]` is where a subject comes from."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in ROWS:
        if row.subject is not subject or region not in {**row.becomes, **row.claims}:
            continue
        everywhere = frozenset(str(member) for member in REGIONS[subject][region])
        starts = {"[*]"} if row.on is None else row.on.get(region, everywhere)
        ordered = ["[*]", *(str(member) for member in REGIONS[subject][region])]
        for old in sorted(starts, key=ordered.index):
            claimed = sorted(row.claims.get(region, ()), key=ordered.index)
            for new in claimed or (str(row.becomes[region]),):
                found.setdefault((old, new), []).append(row.title)
    return found


def _open_in(subject: Subject, region: str, value: str) -> str:
    rows = (
        row
        for row in ROWS
        if row.subject is subject
        and row.on is not None
        and value in row.on.get(region, frozenset())
    )
    return _titles(rows)
