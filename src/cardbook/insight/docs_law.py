"""Generated pages about the regulation: articles, refusals, numbers, papers, notices, pages."""

from collections.abc import Iterator
from datetime import date

from cardbook.insight.addresses import Address
from cardbook.insight.articles import Served
from cardbook.insight.markdown import anchor, bullets, link, page, table
from cardbook.insight.parameters_used import NOT_USED, unused_parameters
from cardbook.insight.words import (
    act_link,
    basis_links,
    number_words,
    reasons_of,
    with_dots,
)
from cardbook.law.articles import EDITION
from cardbook.law.fees import TARIFF
from cardbook.law.notices import NOTICES, Notice
from cardbook.law.papers import KINDS, PaperKind
from cardbook.law.parameters import Parameter, all_parameters, parameter
from cardbook.law.replacing import RULES, ReasonRule
from cardbook.law.roles import Role
from cardbook.lifecycle.acts import ROWS
from cardbook.lifecycle.facts import ApplyReason
from cardbook.lifecycle.refusals import CATALOGUE

UNCONFIRMED = "**待确认**"


# ---------------------------------------------------------------------------- articles.md


def articles_page(*, found: tuple[Served, ...]) -> str:
    """This function will write the index of all articles: what serves each, or why not."""
    return page(
        f"条款索引（{EDITION}）",
        "每一条由什么落实、由哪些测试守住。概述是我们自己的话，以细则原文为准；"
        "“测试”数的是测试文件，逐项见 `cardbook article 8`。",
        table(
            ("条", "概要", "业务", "页面", "登记表", "参数", "告知", "测试", "现状"),
            (_article_row(item) for item in found),
        ),
        *(_article(item) for item in found),
    )


def _article_row(item: Served) -> tuple[str, ...]:
    number = item.article.number
    counts = (
        item.acts, item.pages, item.registers, item.parameters, item.notices, item.test_files,
    )  # fmt: skip
    return (
        link(item.article.label, f"#a{number}"),
        item.article.title,
        *(str(len(part) or "") for part in counts),
        _state(item),
    )


def _state(item: Served) -> str:
    """What is there, not how good it is: that nothing is missing only a reader can say."""
    if not item.article.needs_software:
        return "不需要软件"
    if item.gaps or not all(item.paragraphs_served.values()):
        return "尚不齐全"
    return "有业务" if item.article.software == "acts" else "有页面和登记"


def _article(item: Served) -> str:
    article = item.article
    why = (
        f"不需要软件：{article.software}。"
        if not article.needs_software
        else f"现状：{_state(item)}。"
    )
    return "\n\n".join(
        (
            anchor(f"a{article.number}", f"{article.label} {article.title}"),
            f"{article.chapter_label}。{why}",
            bullets(article.sentences),
            table(("类别", "内容"), _article_lines(item)),
        )
    )


def _article_lines(item: Served) -> Iterator[tuple[str, str]]:
    parts = {
        "业务": [act_link(row) for row in item.acts],
        "页面": [f"`{page.name}`" for page in item.pages],
        "登记表": [form.form.title for form in item.registers],
        "参数": [link(one.title, f"parameters.md#{one.key}") for one in item.parameters],
        "告知": [link(one.title, f"papers_and_notices.md#{one.code}") for one in item.notices],
        "凭据": [one.title for one in item.papers],
        "人群": [f"{one.title}：{one.who}" for one in item.groups],
        "用语": [f"{one.official}（`{one.identifier}`）" for one in item.terms],
        "不办的理由": [link(one.code, f"refusals.md#{one.code}") for one in item.refusals],
        "测试": [f"`{file}`" for file in item.test_files],
    }
    yield from ((title, "、".join(words)) for title, words in parts.items() if words)


# ---------------------------------------------------------------------------- refusals.md


def refusals_page() -> str:
    """This function will write every reason to say no, its way out and its article."""
    return page(
        "不予办理的理由",
        "每个理由说明哪里不对、怎么办、依据哪一条；“…”处在办理时填入具体内容。",
        table(
            ("代码", "哪里不对", "怎么办", "依据", "哪些业务自己核对"),
            (
                (
                    f'<a id="{reason.code}"></a>`{reason.code}`',
                    with_dots(reason.sentence),
                    with_dots(reason.way_out),
                    basis_links([reason.basis]),
                    "、".join(act_link(row) for row in ROWS if reason in reasons_of(row)),
                )
                for reason in CATALOGUE.values()
            ),
        ),
    )


# -------------------------------------------------------------------------- parameters.md


def parameters_page() -> str:
    """This function will write every number the regulation leaves open, the unconfirmed on top."""
    found = all_parameters()
    open_ones = [one for one in found if not one.confirmed]
    return page(
        "参数",
        "细则没有写明的天数、金额和上限，按生效日期取值；金额以分计。"
        f"标“{NOT_USED}”的还没有代码读取，改了也不起作用。",
        f"## 待市局确认（{len(open_ones)} 项，第三十三条）",
        _parameters(open_ones),
        f"## 已确认（{len(found) - len(open_ones)} 项）",
        _parameters([one for one in found if one.confirmed]),
    )


def _parameters(parameters: list[Parameter]) -> str:
    unused = unused_parameters()
    return table(
        ("参数", "代码", "取值", "来源", "依据"),
        (
            (
                f'<a id="{one.key}"></a>{one.title}{f"（{one.note}）" if one.note else ""}'
                f"{f' **{NOT_USED}**' if one.key in unused else ''}",
                f"`{one.key}`",
                "\n".join(
                    f"{value.since.isoformat()} 起 {number_words(one, value.value)}"
                    f"{'' if value.confirmed else f' {UNCONFIRMED}'}"
                    for value in one.values
                ),
                "\n".join(
                    f"{value.source}{f'〔{value.document}〕' if value.document else ''}"
                    for value in one.values
                ),
                basis_links(one.basis),
            )
            for one in parameters
        ),
    )


# ------------------------------------------------------------------------- replacing.md


def replacing_page() -> str:
    """This function will write what each reason for another card decides (Art. 9, 15, 25, 26)."""
    return page(
        "补换卡的原因",
        "为什么补换，决定由谁申请、哪个窗口受理、先要具备什么、带什么材料、旧卡怎样、收不收费。"
        "金额见收费标准，不能更改。",
        table(
            ("原因", "谁可申请", "哪里受理", "前提", "材料", "旧卡", "工本费", "依据"),
            (
                (
                    f"{ApplyReason(rule.reason).label}（`{rule.reason}`）",
                    rule.applicants,
                    _window(rule),
                    rule.condition.label,
                    rule.papers,
                    rule.old_card,
                    _tariff_links(rule),
                    basis_links(rule.basis),
                )
                for rule in RULES.values()
            ),
        ),
    )


def _window(rule: ReasonRule) -> str:
    """Where it is taken; what the articles leave open, with the parameter that says it."""
    where = rule.window_on(date.max)
    if rule.assumed and not rule.by_parameter:
        return f"{where}（推定：{rule.assumed}）"
    if not rule.by_parameter:
        return where
    named = link(parameter(rule.by_parameter).title, f"parameters.md#{rule.by_parameter}")
    return f"{where}（推定：{rule.assumed}；见{named}）"


def _tariff_links(rule: ReasonRule) -> str:
    keys = [TARIFF[rate] for rate in rule.rates or (rule.reason,)]
    return "、".join(link(parameter(key).title, f"parameters.md#{key}") for key in keys)


# ------------------------------------------------------------------------------- pages.md


def pages_page(*, pages: tuple[Address, ...]) -> str:
    """This function will write every address with who may open it and what it serves."""
    titles = {row.code: act_link(row) for row in ROWS}
    return page(
        "页面",
        "每个地址由谁打开、办什么、依据哪一条；登录和账户页面不在此列。",
        table(
            ("名称", "地址", "依据", "业务", "岗位"),
            (
                (
                    f"`{one.name}`",
                    f"`{one.path}`",
                    one.basis or "—",
                    "、".join(titles[code] for code in one.acts) or "查看",
                    _roles(one),
                )
                for one in pages
            ),
        ),
    )


def _roles(one: Address) -> str:
    if len(one.roles) == len(Role):
        return "所有岗位"
    return "、".join(role.label for role in Role if role in one.roles)


# ----------------------------------------------------------------- papers_and_notices.md


def papers_and_notices_page() -> str:
    """This function will write the kinds of proof and the texts to be told."""
    return page(
        "凭据与告知",
        "要看什么、留什么；要说什么。告知文本只增新版，不改旧版。",
        "## 凭据",
        table(
            ("凭据", "代码", "依据", "留影像", "哪些业务要", "说明"),
            (_paper(kind) for kind in KINDS.values()),
        ),
        *(_notice(notice) for notice in NOTICES),
    )


def _paper(kind: PaperKind) -> tuple[str, ...]:
    return (
        kind.title,
        f"`{kind.code}`",
        basis_links([kind.basis]),
        "是" if kind.is_image else "",
        "、".join(act_link(row) for row in ROWS if row.papers and kind in row.papers.kinds),
        kind.assumed,
    )


def _notice(notice: Notice) -> str:
    acts = "、".join(act_link(row) for row in ROWS if notice in row.notices) or "尚无业务"
    return "\n\n".join(
        (
            anchor(notice.code, f"{notice.title}（`{notice.text_id}`）"),
            f"{notice.moment}告知。依据{basis_links(notice.basis)}；业务：{acts}。"
            f"自 {notice.effective_from.isoformat()} 起使用。",
            bullets(with_dots(line) for line in notice.lines),
        )
    )
