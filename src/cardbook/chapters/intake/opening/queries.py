"""Reads the opening balance: its sources, its figures, and the lists that wait to be settled.

Nothing here writes; everything is limited to the actor's county (Art. 5, 6, 20).
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection

from cardbook.cards.states import Hold, Social, Stage
from cardbook.chapters.intake.models import OpeningSource
from cardbook.chapters.searching import people_meant
from cardbook.custody.places import Place
from cardbook.imports.models import ImportFile
from cardbook.lib.identifiers import parse_card_number
from cardbook.lib.masking import mask_number
from cardbook.lib.plain import InputError
from cardbook.lib.rows import named_rows
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization
from cardbook.people import vault

_SQL = Path(__file__).parent / "sql"
DIFFERS: Mapping[str, str] = {
    "holder": "持卡人",
    "name": "姓名",
    "county": "所属县区",
    "stage": "卡片状态",
    "social": "社保功能",
    "hold": "挂失/停用",
    "place": "存放地点",
    "valid": "有效标志",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListKind:
    """One list: its name in addresses, what it holds, and how its rows are settled."""

    slug: str
    title: str
    says: str
    settles: str
    acts: tuple[str, ...] = ()


LISTS: Mapping[str, ListKind] = {
    one.slug: one
    for one in (
        ListKind(
            slug="differences",
            title="来源差异",
            says="同一张卡，不同来源的说法不一样。先入账的不算数，后入账的也不覆盖：查明以前照原登记，说法都留着。",
            settles="查明后：社保功能不明的用“查明社保功能”，下落不明的用“查明下落”，来源有误的用“维持现登记”。"
            "其他状态（如已注销、已挂失）按相应业务办理，办理后再“维持现登记”。",
            acts=("confirm", "function", "kept", "held"),
        ),
        ListKind(
            slug="two-cards",
            title="一人多卡",
            says="同一人名下有两张以上未注销的卡（细则：一人一张）。",
            settles="社保功能不明的，先向省平台查明再登记；多出的卡：在持卡人手中的到卡页“注销”（第二十九条），"
            "在库的按滞留卡退回、注销（第十七条、第十八条）。办完以前请勿发放。",
            acts=("function",),
        ),
        ListKind(
            slug="two-people",
            title="一卡多人",
            says="同一卡号，不同来源（或同一来源的不同行）说是不同的人。没有登记过的，查明以前不登记。",
            settles="先看卡面。来源有误的用“维持现登记”；卡面姓名号码与登记的人不符的，按第十三条收回、"
            "重新制卡：在卡页“登记错卡”。尚未登记的，请改正来源后只导入正确的一行。",
            acts=("confirm",),
        ),
        ListKind(
            slug="dead",
            title="已故持卡人",
            says="来源或台账说持卡人已经去世，卡还没有注销。",
            settles="查明以前系统不允许发放、激活、补换。确已去世的在卡页“登记死亡”，"
            "以后在持卡人手中的由权益继承人申请注销（第二十九条），还没有发出的按第十七条退回、"
            "第十八条注销，并填《滞留原因统计表》；健在的用“查明健在”。",
            acts=("living",),
        ),
        ListKind(
            slug="missing",
            title="查无下落",
            says="没有任何来源说得出卡在哪里，或者来源说找不到。",
            settles="逐张查找：在柜里找到的用“查明下落：在库”，持卡人确认已领的用“查明下落：在持卡人手中”。"
            "确实找不到的保持原样，按第三十二条追责。",
            acts=("kept", "held"),
        ),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one source, or the book itself, says of a card; words ready for the screen."""

    who: str
    holder: str
    number: str
    stage: str
    social: str
    hold: str
    place: str
    on: date | None
    is_book: bool = False
    row: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One card of a list, with what the book and every source say of it."""

    card_id: int | None
    card_number: str
    why: str
    said: tuple[Said, ...]


def counts(by: Actor) -> dict[str, int]:
    """This function will count the rows of every list of the actor's county."""
    with connection.cursor() as cursor:
        cursor.execute(_text("list_counts"), {"within": f"{by.county_path}%"})
        (row,) = named_rows(cursor)
    return {slug: row[slug.replace("-", "_")] for slug in LISTS}


def _text(name: str) -> str:
    text = (_SQL / f"{name}.sql").read_text(encoding="utf-8")
    return text.replace("{listed}", (_SQL / "listed.sql").read_text(encoding="utf-8"))


LIST_SORTS: Mapping[str, tuple[str, str]] = {
    "number": ("按卡号", "l.card_number"),
    "county": ("按县区", "n.path NULLS FIRST"),
    "stage": ("按卡片状态", "c.stage NULLS FIRST"),
    "place": ("按存放地点", "o.path NULLS FIRST, a.code"),
}
# A card, its holder, whoever a source says holds it, or a source by its name.
_SOUGHT = """(%(text)s = '' OR l.card_number = %(number)s OR c.person_id = ANY(%(people)s)
    OR EXISTS (
    SELECT FROM intake_openingclaim s JOIN intake_openingsource f ON f.id = s.source_id
    WHERE s.card_number = l.card_number
      AND (s.person_id = ANY(%(people)s) OR strpos(f.name, %(text)s) > 0)))"""


def _sought(name: str, *, slug: str, text: str, by: Actor, on: date) -> tuple[str, dict[str, Any]]:
    """One of the queries of a list with what is looked for: a number, a name, or a source."""
    number, people = "", list[int]()
    if text:
        try:
            number = parse_card_number(text).value
        except InputError:
            people = people_meant(text, by=by, today=on)
    values = {
        "within": f"{by.county_path}%", "list": LISTS[slug].slug, "text": text,
        "number": number, "people": people,
    }  # fmt: skip
    return _text(name).replace("{sought}", _SOUGHT), values


def count_listed(*, slug: str, by: Actor, text: str, on: date) -> int:
    """This function will count the rows of a list that somebody looks for."""
    with connection.cursor() as cursor:
        cursor.execute(*_sought("list_sought", slug=slug, text=text, by=by, on=on))
        return int(cursor.fetchone()[0])


def listed(
    *, slug: str, by: Actor, on: date, text: str = "", sort: str = "number", start: int = 0,
    limit: int | None = None,
) -> list[Listed]:  # fmt: skip
    """This function will list cards to be settled in one of `LIST_SORTS`, from `start`.

    :raises KeyError: when there is no such list or order.
    """
    query, values = _sought("list_cards", slug=slug, text=text, by=by, on=on)
    query = query.replace("{order}", LIST_SORTS[sort][1])
    with connection.cursor() as cursor:
        cursor.execute(query, values | {"start": start, "limit": limit})
        heads = named_rows(cursor)
        cursor.execute(_text("list_claims"), {"numbers": [head["card_number"] for head in heads]})
        claims: dict[str, list[dict[str, Any]]] = {}
        for claim in named_rows(cursor):
            claims.setdefault(claim["card_number"], []).append(claim)
    return [
        Listed(
            card_id=head["card_id"],
            card_number=head["card_number"],
            why=_why(slug, head),
            said=tuple(_said(head, claims.get(head["card_number"], ()))),
        )
        for head in heads
    ]


def _why(slug: str, head: Mapping[str, Any]) -> str:
    if slug == "differences":
        return "、".join(words for name, words in DIFFERS.items() if name in head["differs"])
    if slug == "two-cards":
        return "另有 " + "、".join(head["others"])
    if slug == "dead":
        return f"{head['died_on']} 去世" if head["died_on"] else "来源称已故，没有日期"
    if slug == "two-people":
        return "已登记" if head["card_id"] else "未登记"
    return ""


def _said(head: Mapping[str, Any], claims: Sequence[Mapping[str, Any]]) -> Iterator[Said]:
    if head["card_id"]:
        yield _line(head, who="台账现登记", is_book=True)
    for claim in claims:
        yield _line(claim, who=claim["source"])


def _line(row: Mapping[str, Any], *, who: str, is_book: bool = False) -> Said:
    number = vault.open_text(row["number_sealed"], context=vault.NUMBER)
    return Said(
        who=who,
        holder=vault.open_text(row["name_sealed"], context=vault.NAME),
        number=mask_number(number),
        stage=Stage.of(row["stage"]).label if row["stage"] else "未写",
        social=_function(row),
        hold=Hold.of(row["hold"]).label if row["hold"] else "未写",
        place=row["place_text"] or (Place(row["place"]).label if row["place"] else "未写"),
        on=row["said_on"],
        is_book=is_book,
        row=row.get("row") or 0,
    )


def _function(row: Mapping[str, Any]) -> str:
    """The social function as said, and the mark of validity where the source has one."""
    said = Social.of(row["social"]).label if row["social"] else "未写"
    valid = row.get("valid")
    return said if valid is None else f"{said}（有效标志：{'有效' if valid else '无效'}）"


# ----------------------------------------------------------------------------------- the overview
@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """A posted source as the overview shows it."""

    id: int
    file_id: int
    name: str
    file_name: str
    as_of: date
    posted_at: datetime
    posted_by: str
    second: str
    county: str
    rows: int
    registered: int
    differing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CountyRow:
    """A county's balance: its first day with this book, and its cards before it, by stage."""

    name: str
    code: str
    live_on: date | None
    opening: int
    since: int
    stages: tuple[tuple[str, int], ...]


SORTS: Mapping[str, tuple[str, Callable[[SourceRow], Any] | None]] = {
    "new": ("新入账的在前", None),
    "old": ("早入账的在前", lambda row: row.id),
    "county": ("按县区", lambda row: (row.county, -row.id)),
    "differing": ("差异未清多的在前", lambda row: (-row.differing, -row.id)),
}


def sources(by: Actor) -> list[SourceRow]:
    """This function will list the posted sources of the actor's county, newest first."""
    found = (
        OpeningSource.objects.filter(county__path__startswith=by.county_path)
        .select_related("file", "posted_by", "second", "county")
        .order_by("-id")
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT source_id, count(*) FROM intake_openingclaim "
            "WHERE differs <> '{}' AND settled_at IS NULL GROUP BY source_id"
        )
        open_claims = dict(cursor.fetchall())
    return [
        SourceRow(
            id=one.pk, file_id=one.file_id, name=one.name, file_name=one.file.name,
            as_of=one.as_of, posted_at=one.posted_at, posted_by=one.posted_by.get_full_name(),
            second=one.second.get_full_name() if one.second else "", county=one.county.name,
            rows=one.rows, registered=one.registered, differing=open_claims.get(one.pk, 0),
        )
        for one in found
    ]  # fmt: skip


def balances(by: Actor) -> list[CountyRow]:
    """This function will tell each county's opening balance, and what came in since."""
    with connection.cursor() as cursor:
        cursor.execute(_text("balances"), {"within": f"{by.county_path}%"})
        rows = named_rows(cursor)
    return [_balance(row, json.loads(row["stages"])) for row in rows]


def _balance(row: Mapping[str, Any], stages: Mapping[str, int]) -> CountyRow:
    return CountyRow(
        name=row["name"], code=row["code"], live_on=row["live_on"], opening=row["opening"],
        since=row["since"],
        stages=tuple((member.label, stages.get(str(member), 0)) for member in Stage),
    )  # fmt: skip


def open_files(by: Actor) -> list[ImportFile]:
    """This function will list files that wait to be posted, newest first."""
    return list(
        ImportFile.objects.filter(
            layout="opening",
            organization__path__startswith=by.county_path,
            stage__in=("staged", "checked"),
        )
        .select_related("organization", "uploaded_by")
        .order_by("-uploaded_at", "-id")[:50]
    )


def card_bodies(by: Actor) -> list[tuple[str, str]]:
    """This function will list the card bodies the actor may take over for, for a menu."""
    found = Organization.objects.filter(
        kind=Kind.CARD_BODY, path__startswith=by.county_path, in_force=True
    ).order_by("path")
    return [(str(id_), name) for id_, name in found.values_list("id", "name")]


File = ImportFile


def file_of(*, by: Actor, file_id: int) -> ImportFile | None:
    """This function will return an uploaded ledger of the actor's county, or None."""
    return (
        ImportFile.objects.filter(
            layout="opening", organization__path__startswith=by.county_path, pk=file_id
        )
        .select_related("organization", "uploaded_by")
        .first()
    )


def source_of(file_id: int) -> OpeningSource | None:
    """This function will return what a file was posted as, or None."""
    return OpeningSource.objects.filter(file=file_id).first()


def card_body(organization_id: int) -> Organization:
    """This function will return the card body chosen from the menu."""
    return Organization.objects.select_related("county").get(pk=organization_id)
