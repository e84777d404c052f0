"""`cardbook article 8`: what serves an article or one of its paragraphs, acts first.

Reads the tables and the source alone; no database is asked. `config/cli.py` mounts it.
"""

from collections import Counter
from collections.abc import Mapping

import click

from cardbook.insight.articles import NoSuchArticle, Served, asked_article, served
from cardbook.insight.marks import MarkedTest
from cardbook.insight.parameters_used import NOT_USED, unused_parameters
from cardbook.insight.words import number_words, with_dots
from cardbook.law.parameters import Parameter
from cardbook.lib.canonical import canonical_json

NOT_DONE = 2


@click.command("article")
@click.argument("number", nargs=-1, required=True)
@click.option("--tests", "all_tests", is_flag=True, help="列出每个测试，而不只是文件和个数")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出，供程序读取")
def article(*, number: tuple[str, ...], all_tests: bool, as_json: bool) -> None:
    """第 N 条（款）由什么落实；可写 8、8 4、第八条第四款、Article 8。"""
    try:
        basis = asked_article(" ".join(number))
    except NoSuchArticle as problem:
        click.echo(str(problem), err=True)
        raise SystemExit(NOT_DONE) from problem
    found = served(basis.article, paragraph=basis.paragraph)
    if as_json:
        click.echo(canonical_json(_answer(found)))
    else:
        click.echo(_text(found, all_tests=all_tests))


def _answer(found: Served) -> Mapping[str, object]:
    unused = unused_parameters()
    return {
        "article": found.article.number,
        "paragraph": found.paragraph,
        "label": found.article.label,
        "chapter": found.article.chapter_label,
        "title": found.article.title,
        "sentences": found.article.sentences,
        "software": found.article.software,
        "acts": [row.code for row in found.acts],
        "paragraphs_served": {
            str(number): names for number, names in found.paragraphs_served.items()
        },
        "pages": [{"name": page.name, "path": page.path} for page in found.pages],
        "registers": [form.slug for form in found.registers],
        "parameters": [one.key for one in found.parameters],
        "unused_parameters": [one.key for one in found.parameters if one.key in unused],
        "notices": [one.text_id for one in found.notices],
        "papers": [one.code for one in found.papers],
        "groups": [one.code for one in found.groups],
        "terms": [one.identifier for one in found.terms],
        "refusals": [one.code for one in found.refusals],
        "tests": [
            {"file": test.file, "name": test.name, "paragraph": test.paragraph}
            for test in found.tests
        ],
    }


def _text(found: Served, *, all_tests: bool) -> str:
    article_ = found.article
    asked = f"第 {found.paragraph} 款，" if found.paragraph else ""
    lines = [f"{article_.label} {article_.title}（{asked}{article_.chapter_label}）"]
    lines += [f"  · {sentence}" for sentence in article_.sentences]
    if not article_.needs_software:
        lines.append(f"  不需要软件：{article_.software}。")
    for title, items in _parts(found, all_tests=all_tests).items():
        if items:
            lines += ["", f"{title}（{_count(found, title, items)}）"]
            lines += [f"  {item}" for item in items]
    return "\n".join(lines)


def _count(found: Served, title: str, items: list[str]) -> int:
    return len(found.tests) if title == "测试" else len(items)


def _parts(found: Served, *, all_tests: bool) -> Mapping[str, list[str]]:
    unused = unused_parameters()
    return {
        "业务": [f"{row.code}  {row.title}（{row.basis_text}）" for row in found.acts],
        "各款现状": [
            f"第 {number} 款  {'、'.join(names) or '尚无'}"
            for number, names in found.paragraphs_served.items()
        ],
        "页面": [f"{page.name}  {page.path}" for page in found.pages],
        "登记表": [f"{form.slug}  {form.form.title}" for form in found.registers],
        "人群和发放机构": [f"{one.code}  {one.title}：{one.who}" for one in found.groups],
        "参数": [_parameter(one, unused=one.key in unused) for one in found.parameters],
        "告知": [f"{one.text_id}  {one.title}：{one.moment}" for one in found.notices],
        "凭据": [f"{one.code}  {one.title}" for one in found.papers],
        "用语": [f"{one.identifier}  {one.official}" for one in found.terms],
        "不办的理由": [f"{one.code}  {with_dots(one.sentence)}" for one in found.refusals],
        "测试": _each(found.tests) if all_tests else _by_file(found.tests),
    }


def _parameter(one: Parameter, *, unused: bool) -> str:
    newest = one.values[-1]
    marks = f"{'' if newest.confirmed else '（待确认）'}{f'（{NOT_USED}）' if unused else ''}"
    return f"{one.key}  {one.title}：{number_words(one, newest.value)}{marks}"


def _by_file(tests: tuple[MarkedTest, ...]) -> list[str]:
    """Files in the order of their names, and how many tests in each."""
    return [f"{file}  {count}" for file, count in Counter(test.file for test in tests).items()]


def _each(tests: tuple[MarkedTest, ...]) -> list[str]:
    """Tests with their file, the marks' paragraphs behind."""
    return [
        f"{test.file}::{test.name.replace('.', '::')}"
        f"{f'（第 {test.paragraph} 款）' if test.paragraph else ''}"
        for test in tests
    ]
