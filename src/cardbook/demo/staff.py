"""The people at work in the demo city: at least one for every kind of post (Art. 5, 8, 28, 32).

Names are invented; everybody has the same password, which the login page of the demo shows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import NamedTuple

from django.contrib.auth.hashers import make_password

from cardbook.demo import organizations as tree
from cardbook.demo.words import units_of
from cardbook.law.divisions import COUNTIES, County
from cardbook.law.roles import Role
from cardbook.lib.clock import LOCAL
from cardbook.orgs.actors import Actor, actor_for, actor_in, appoint
from cardbook.orgs.models import Organization, User

DEMO_PASSWORD = "kabu-yanshi-2026"  # noqa: S105 - printed on the demo's login page
_SETTING_UP = datetime.combine(tree.FOUNDED, time(9), tzinfo=LOCAL)
PREFIXES: Mapping[str, str] = {
    "611002": "sz", "611021": "ln", "611022": "df", "611023": "sn", "611024": "sy",
    "611025": "za", "611026": "zs",
}  # fmt: skip
FULLY_STAFFED = ("611002", "611022")


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """One account of the demo: who, in which post, at which office (by its code)."""

    username: str
    name: str
    role: Role
    office: str


class DemoUser(NamedTuple):
    """One line of the demo's login page."""

    role: str
    office: str
    name: str
    username: str


_CITY_WORKERS: tuple[tuple[str, str, Role, str], ...] = (
    ("sl_xitong", "贺志远", Role.SYSTEM_ADMIN, tree.INFO_CENTRE),
    ("sl_anquan", "邵静怡", Role.SECURITY_ADMIN, tree.INFO_CENTRE),
    ("sl_guanli", "秦建平", Role.CITY_MANAGER, tree.INFO_CENTRE),
    ("sl_12333", "韩晓燕", Role.HOTLINE_OPERATOR, tree.INFO_CENTRE),
    ("sl_shenji", "魏国庆", Role.AUDITOR, tree.CITY),
    ("sl_yanglao", "高雪梅", Role.AGENCY_CLERK, tree.PENSION_OFFICE),
)
# One name for each post of a county; the counties that are not fully staffed use the first few.
_NAMES: Mapping[str, str] = {
    "sz": "李卫东 陈丽娜 杨文博 王芳 张伟 刘海燕 赵军 周敏 屈红梅 党建国 孙浩 何小红 夏春梅 "
    "史明远",
    "ln": "吴新民 马春燕 薛宏伟 郑婷 曹鹏",
    "df": "雷永强 董晓霞 寇志鹏 罗静 任涛 侯玉梅 段斌 田艳 石桂兰 白长安 鲁建军 童玉兰",
    "sn": "余海涛 汪颖 程明",
    "sy": "丁建华 闫萍 孟凯 叶琳",
    "za": "金山 冯彩霞 苏瑞",
    "zs": "卢永平 江雪 蔡晨",
}


def _county_posts(county: County) -> Iterator[tuple[str, Role, str]]:
    """User name's tail, role and office: the posts every county has, then all the others."""
    code = county.code
    body = tree.card_body_code(code)
    yield "kaguan", Role.CARD_KEEPER, body
    for place in range(1, tree.windows_of(code) + 1):
        yield f"chuangkou{place}", Role.WINDOW_CLERK, tree.window_code(code, place)
    yield "fuhe", Role.REVIEWER, body
    if code not in FULLY_STAFFED:
        return
    yield "fuzeren", Role.COUNTY_MANAGER, code
    yield "jingban1", Role.AGENCY_CLERK, tree.agency_code(code, 1)
    yield "jingban2", Role.AGENCY_CLERK, tree.agency_code(code, 2)
    yield "yinhang", Role.BANK_TELLER, tree.branch_code(0, code)
    yield "xieban", Role.VILLAGE_HELPER, f"{county.towns[0].code}901"
    yield "danwei", Role.UNIT_HANDLER, units_of(county)[0].code
    yield "kuguan", Role.CARD_KEEPER, body
    yield "yinhang2", Role.BANK_TELLER, tree.branch_code(0, code)
    yield "zhenxie", Role.VILLAGE_HELPER, county.towns[0].code


def workers() -> tuple[Worker, ...]:
    """This function will list every account of the demo, the city's first."""
    found = [
        Worker(username=username, name=name, role=role, office=office)
        for username, name, role, office in _CITY_WORKERS
    ]
    for county in COUNTIES:
        prefix = PREFIXES[county.code]
        names = _NAMES[prefix].split()
        for name, (tail, role, office) in zip(names, _county_posts(county), strict=False):
            found.append(Worker(username=f"{prefix}_{tail}", name=name, role=role, office=office))
    return tuple(found)


def demo_users() -> list[DemoUser]:
    """This function will list the demo's accounts for its login page, without asking the book."""
    names = {office.code: office.name for office in tree.offices()}
    return [
        DemoUser(worker.role.label, names[worker.office], worker.name, worker.username)
        for worker in workers()
    ]


def make_staff(offices: Mapping[str, Organization]) -> int:
    """This function will open the accounts and appoint everybody; returns how many.

    The system administrator is the first, appointed by nobody; he appoints the others (Art. 5).

    :raises django.db.IntegrityError: when a user name is taken.
    """
    listed = workers()
    # One hash for all: the password is public, and a hash each would take a second each.
    password = make_password(DEMO_PASSWORD)
    users = {
        user.username: user
        for user in User.objects.bulk_create(
            User(username=worker.username, name=worker.name, password=password)
            for worker in listed
        )
    }
    first: Actor | None = None
    for worker in listed:
        post = appoint(
            user=users[worker.username],
            organization=offices[worker.office],
            role=worker.role,
            since=tree.FOUNDED,
            at=_SETTING_UP,
            by=first,
        )
        first = first or actor_in(post)
    return len(listed)


def actor_named(username: str, *, on: date) -> Actor:
    """This function will make the actor of a demo account in its post of a day.

    :raises User.DoesNotExist: when there is no such account.
    :raises cardbook.orgs.actors.NoPost: when it holds no post on that day.
    """
    return actor_for(User.objects.get(username=username), on=on, device="演示")
