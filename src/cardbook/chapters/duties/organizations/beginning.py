"""How an empty book begins: the tree of offices from a sheet, and the first account (Art. 5).

Nobody holds a post yet, so the first administrator is appointed by nobody; what follows has an
actor.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from cardbook.imports.reading import open_table
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day
from cardbook.orgs.actors import Actor, actor_in, appoint
from cardbook.orgs.changes import Decree, record_change
from cardbook.orgs.models import Kind, Organization, User

COLUMNS: Mapping[str, str] = {
    "编号": "code", "名称": "name", "类别": "kind", "上级编号": "parent", "行政区划": "region",
    "地址": "address", "电话": "phone", "办公时间": "hours",
}  # fmt: skip
_NEEDED = ("编号", "名称", "类别")
_KINDS = {kind.label: kind for kind in Kind}
_WORDS = "系统启用"
_COUNTY = Kind.COUNTY
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Office:
    """One row of the sheet."""

    row: int
    code: str
    name: str
    kind: str
    parent: str = ""
    region: str = ""
    address: str = ""
    phone: str = ""
    hours: str = ""


class NotBegun(Exception):
    """Nothing was written; `problems` name row, column and remedy."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("；".join(self.problems[:5]))


def read_offices(path: Path) -> list[Office]:
    """This function will read the sheet of offices, its head in the first row that has one.

    :raises NotBegun: when a column is missing or a row cannot be an office.
    :raises cardbook.imports.reading.FileRefused: when it is no table at all.
    """
    places: dict[str, int] = {}
    offices = []
    for row in open_table(path).rows():
        cells = [text.strip() for text in row.texts]
        if not places:
            if set(_NEEDED) <= set(cells):
                places = {title: cells.index(title) for title in COLUMNS if title in cells}
            continue
        if row.is_blank:
            continue
        given = {COLUMNS[title]: cells[at] for title, at in places.items() if at < len(cells)}
        offices.append(Office(row.number, **given))
    if not places:
        raise NotBegun([f"没有找到表头：须有“{'”“'.join(_NEEDED)}”三列。"])
    problems = list(_problems(offices))
    if problems:
        raise NotBegun(problems)
    return offices


def _problems(offices: Sequence[Office]) -> Iterator[str]:
    codes: dict[str, int] = {}
    if not offices:
        yield "表里没有机构。"
    for office in offices:
        where = f"第 {office.row} 行"
        if not office.code or not office.name:
            yield f"{where}：编号和名称都要填写。"
        if office.code in codes:
            first = codes[office.code]
            yield f"{where}：编号 {office.code} 与第 {first} 行重复，请改成不同的编号。"
        if office.kind not in _KINDS:
            yield f"{where}：类别“{office.kind}”不认识，请填写：{'、'.join(_KINDS)}。"
        if office.parent and office.parent not in codes:
            yield f"{where}：上级编号 {office.parent} 不在前面的行里，请把上级写在下级之前。"
        if not office.parent and codes:
            yield f"{where}：没有上级编号；只有第一行（市局）没有上级。"
        codes.setdefault(office.code, office.row)


@transaction.atomic
def begin(
    *, offices: Sequence[Office], username: str, name: str, password: str, at: datetime
) -> Actor:
    """This function will write the tree and appoint the first system administrator, at its top.

    :raises NotBegun: when the book has offices already.
    """
    if Organization.objects.exists():
        raise NotBegun(
            ["台账里已经有机构。机构的变动请在“机构”页面办理，账号用 cardbook account。"]
        )
    made = _write(offices, at=at)
    top = made[0]
    user = open_account(username=username, name=name, password=password)
    post = appoint(
        user=user, organization=top, role=Role.SYSTEM_ADMIN, since=top.valid_from, at=at
    )
    decree = Decree(by=actor_in(post), at=at, on=top.valid_from, words=_WORDS)
    for one in made:
        record_change(
            "org.found", one, decree, code=one.code, name=one.name, kind=str(one.kind),
            parent=one.parent_id,
        )  # fmt: skip
    return actor_in(post)


def _write(offices: Sequence[Office], *, at: datetime) -> list[Organization]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('orgs_organization', 'id')) "
            "FROM generate_series(1, %s)",
            [len(offices)],
        )
        ids = [row[0] for row in cursor.fetchall()]
    made: dict[str, Organization] = {}
    for id_, office in zip(ids, offices, strict=True):
        parent = made.get(office.parent)
        one = Organization(
            id=id_, code=office.code, name=office.name, kind=_KINDS[office.kind], parent=parent,
            path=f"{parent.path if parent else ''}{id_}.", region=office.region,
            address=office.address, phone=office.phone, hours=office.hours,
            valid_from=local_day(at),
        )  # fmt: skip
        one.county_id = id_ if one.kind == _COUNTY else parent.county_id if parent else None
        made[office.code] = one
    Organization.objects.bulk_create(made.values())
    return list(made.values())


def open_account(*, username: str, name: str, password: str) -> User:
    """This function will open an account; what the person may do comes from posts.

    :raises django.db.IntegrityError: when the user name is taken.
    """
    user = User.objects.create_user(username=username, password=password)
    User.objects.filter(pk=user.pk).update(name=name)
    user.name = name
    return user


def one_time_password() -> str:
    """Sixteen letters and digits in fours, none of which is mistaken for another aloud."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
