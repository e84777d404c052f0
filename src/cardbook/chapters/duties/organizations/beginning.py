"""How an empty book begins: the tree of offices from a sheet, and the first account (Art. 5).

Nobody holds a post yet, so the first administrator is appointed by nobody; what follows has an
actor.
"""

import os
import pwd
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from allauth.mfa.models import Authenticator
from django.db import connection, transaction

from cardbook.imports.columns import Column, Layout, RowProblem, RowReader
from cardbook.imports.headers import Body, find_header
from cardbook.imports.reading import FileRefused
from cardbook.imports.readings import short
from cardbook.imports.which_sheet import open_meant
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day
from cardbook.orgs.actors import Actor, actor_in, appoint
from cardbook.orgs.changes import Decree, record_change
from cardbook.orgs.models import Kind, Organization, Post, User


def _column(
    field: str, title: str, longest: int, *aliases: str, required: bool = False,
    numeric: bool = False,
) -> Column:  # fmt: skip
    return Column(
        field=field, title=title, aliases=aliases, required=required, numeric=numeric,
        parse=short(longest, title),
    )  # fmt: skip


LAYOUT = Layout(
    code="offices",
    title="机构表",
    columns=(
        _column("code", "编号", 40, "机构编号", required=True, numeric=True),
        _column("name", "名称", 100, "机构名称", required=True),
        _column("kind", "类别", 40, "机构类别", required=True),
        _column("parent", "上级编号", 40, "上级机构编号", numeric=True),
        _column("region", "行政区划", 12, "行政区划代码", numeric=True),
        _column("address", "地址", 200),
        _column("phone", "电话", 40, "联系电话", numeric=True),
        _column("hours", "办公时间", 100),
    ),
)
COLUMNS = tuple(column.title for column in LAYOUT.columns)
_NO_HEAD = "没有找到表头：须有“编号”“名称”“类别”三列。"
_KINDS = {kind.label: kind for kind in Kind}
_WORDS = "系统启用"
# What another does to an account, as events of the office (Art. 32 item 4).
RENEWED, FACTOR_RESET = "account.password", "account.second_factor"
_ACCOUNTS_UNDER = "第三十二条第四项"
_COUNTY = Kind.COUNTY
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Office:
    """One row of the sheet."""

    row: int
    code: str = ""
    name: str = ""
    kind: str = ""
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
    table = open_meant(path, layout=LAYOUT)
    try:
        header = find_header(table, [LAYOUT])
    except FileRefused as refused:
        if refused.code != "no_header":
            raise
        raise NotBegun([_NO_HEAD]) from None
    if header.missing:
        raise NotBegun([_NO_HEAD])
    if header.unclear:
        raise NotBegun([f"有两列都叫“{'”“'.join(header.unclear)}”，请删去或改名多余的一列。"])
    body = Body(table, header)
    read = RowReader(LAYOUT, header.mapping, width=body.width)
    offices, problems = [], []
    for row in body.rows():
        values, found = read(row)
        problems += [_said(problem) for problem in found if problem.is_error]
        offices.append(Office(row.number, **{field: f"{text}" for field, text in values.items()}))
    problems += [*map(_said, body.miscounted(len(offices))), *_problems(offices)]
    if problems:
        raise NotBegun(list(dict.fromkeys(problems)))
    return offices


def _said(problem: RowProblem) -> str:
    return f"第 {problem.row} 行：{problem.sentence}，{problem.remedy}。"


def _problems(offices: Sequence[Office]) -> Iterator[str]:
    codes: dict[str, int] = {}
    names: dict[tuple[str, str], int] = {}
    if not offices:
        yield "表里没有机构。"
    for office in offices:
        where = f"第 {office.row} 行"
        if not (office.code and office.name and office.kind):
            continue  # said above
        if office.code in codes:
            first = codes[office.code]
            yield f"{where}：编号 {office.code} 与第 {first} 行重复，请改成不同的编号。"
        if (first := names.setdefault((office.parent, office.name), office.row)) != office.row:
            yield f"{where}：“{office.name}”与第 {first} 行同名同上级，请改名或删去一行。"
        if office.region and not (office.region.isascii() and office.region.isdigit()):
            yield f"{where}：行政区划“{office.region}”不是数字，请写 6 位代码。"
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

    Its password is one that somebody else knows: the person changes it before anything else.

    :raises django.db.IntegrityError: when the user name is taken.
    """
    user = User.objects.create_user(username=username, password=password)
    User.objects.filter(pk=user.pk).update(name=name, password_is_given=True)
    user.name, user.password_is_given = name, True
    return user


@transaction.atomic
def renew_password(username: str, *, by: Actor, at: datetime) -> str:
    """This function will give somebody a one-time password and end his sessions; returns it.

    :raises cardbook.orgs.models.User.DoesNotExist: when nobody has that user name.
    """
    user, password = User.objects.select_for_update().get(username=username), one_time_password()
    user.set_password(password)
    user.password_is_given = True
    user.save(update_fields=["password", "password_is_given"])
    _record(RENEWED, user, "换成一次性密码", by=by, at=at)
    return password


@transaction.atomic
def reset_second_factor(username: str, *, by: Actor, second: Actor, at: datetime) -> bool:
    """This function will take somebody's second factor away, so that he sets up a new one.

    Two administrators answer for it, neither of them for his own; False when he has none.

    :raises cardbook.orgs.models.User.DoesNotExist: when nobody has that user name.
    """
    user = User.objects.select_for_update().get(username=username)
    gone, _ = Authenticator.objects.filter(user=user).delete()
    if gone:
        words = f"重设两步验证，另一人 {second.name}"
        _record(FACTOR_RESET, user, words, by=by, at=at, second=second.user_id)
    return bool(gone)


def _record(act: str, user: User, words: str, *, by: Actor, at: datetime, **facts: int) -> None:
    """Who did it for whom, and as which user of the machine, where the person works."""
    post = Post.objects.filter(user=user).order_by("until", "id").last()
    office_id = post.organization_id if post else by.org_id
    office = Organization.objects.select_for_update().get(pk=office_id)
    said = f"{user.username}（{user.get_full_name()}）{words}，机器用户 {machine_user()}"
    decree = Decree(by=by, at=at, on=local_day(at), words=said, basis=_ACCOUNTS_UNDER)
    record_change(act, office, decree, user=user.pk, machine_user=machine_user(), **facts)


def machine_user() -> str:
    """This function will name the machine's user who runs the program, whatever is claimed."""
    uid = os.getuid()
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"


def one_time_password() -> str:
    """Sixteen letters and digits in fours, none of which is mistaken for another aloud."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
