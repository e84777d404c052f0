"""`cardbook begin`, `account`: first offices and accounts (Art. 5); `merge-county` for large ones.

`begin`, `account` and `password` print a password once; whoever signs in with it changes it first.
Exit codes: 0 done, 2 not.
"""

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import click
from django.db import IntegrityError, transaction
from django.utils import timezone

from cardbook.chapters.duties.organizations.beginning import (
    COLUMNS,
    NotBegun,
    one_time_password,
    open_account,
    read_offices,
    renew_password,
    reset_second_factor,
)
from cardbook.chapters.duties.organizations.beginning import begin as begin_book
from cardbook.chapters.duties.organizations.commands import Order
from cardbook.chapters.duties.organizations.county_commands import merge_counties
from cardbook.chapters.duties.organizations.queries import roles_at
from cardbook.chapters.import_commands import signer_at_terminal
from cardbook.imports.reading import FileRefused
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import (
    Actor,
    NoPost,
    OrganizationClosed,
    actor_for,
    actors_of,
    appoint,
)
from cardbook.orgs.models import Organization, User

_ROLES = {role.label: role for role in Role}
# Who resets a second factor; the first of them orders it.
_RESETTERS = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)


@click.command()
@click.argument(
    "path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--admin", "username", required=True, help="第一位系统管理员的用户名")
@click.option("--name", required=True, help="他的姓名")
def begin(path: Path, username: str, name: str) -> None:
    """启用：从机构表（CSV、XLSX）建立机构，开立第一位系统管理员的账号。"""
    password = one_time_password()
    try:
        begun = begin_book(
            offices=read_offices(path),
            username=username,
            name=name,
            password=password,
            at=timezone.now(),
        )
    except NotBegun as problem:
        _stop(*problem.problems, f"表头可用的列：{'、'.join(COLUMNS)}。")
    except FileRefused as refused:
        _stop(f"{refused.sentence}{refused.remedy}")
    click.echo(f"已建立 {Organization.objects.count()} 个机构。")
    _say_account(username, begun.org_name, Role.SYSTEM_ADMIN, password)


@click.command()
@click.argument("username")
@click.option("--name", default="", help="姓名；账号已有时不用写")
@click.option("--office", "code", required=True, help="机构编号")
@click.option("--role", "label", required=True, type=click.Choice(list(_ROLES)), help="岗位名称")
@click.option("--by", "administrator", required=True, help="办理的系统管理员的用户名")
def account(username: str, name: str, code: str, label: str, administrator: str) -> None:
    """开立账号并任命岗位；已有账号的，只增加岗位。"""
    now, password = timezone.now(), ""
    today = local_day(now)
    try:
        by = actor_for(User.objects.get(username=administrator), on=today)
        if by.role is not Role.SYSTEM_ADMIN or username == administrator:
            _stop("账号由系统管理员开立，不能给自己任命岗位。")
        office = Organization.objects.get(code=code)
        with transaction.atomic():
            user = User.objects.filter(username=username).first()
            if user is None:
                if not name.strip():
                    _stop(f"没有账号 {username}；要新开，请用 --name 写明姓名。")
                password = one_time_password()
                user = open_account(username=username, name=name.strip(), password=password)
            role = _ROLES[label]
            if role not in roles_at(office):
                _stop(f"{label}的岗位设在市局、市局信息中心，“{office.name}”不设。")
            appoint(user=user, organization=office, role=role, since=today, at=now, by=by)
    except User.DoesNotExist:
        _stop(f"没有账号 {administrator}，请核对 --by。")
    except NoPost:
        _stop(f"{administrator} 今天没有岗位，不能任命别人。")
    except Organization.DoesNotExist:
        _stop(f"没有编号为 {code} 的机构，请核对 --office。")
    except OrganizationClosed as closed:
        _stop(f"“{closed}”已经撤销，不能任命人员。")
    except IntegrityError:
        _stop(f"{username} 已在“{office.name}”任该岗位。")
    _say_account(username, office.name, _ROLES[label], password)


@click.command()
@click.argument("username")
@click.option("--by", "administrator", required=True, help="办理的系统管理员的用户名")
def password(username: str, administrator: str) -> None:
    """忘记密码的，换成一次性密码；本人登录后先改成自己的，才能办业务、签名。"""
    try:
        now = timezone.now()
        by = actor_for(User.objects.get(username=administrator), on=local_day(now))
        if by.role is not Role.SYSTEM_ADMIN or username == administrator:
            _stop("密码由系统管理员重设，不能重设自己的：自己的请登录后在“修改密码”改。")
        given = renew_password(username, by=by, at=now)
    except User.DoesNotExist:
        _stop(f"没有账号 {username} 或 {administrator}，请核对。")
    except NoPost:
        _stop(f"{administrator} 今天没有岗位，不能重设密码。")
    click.echo(f"{username} 的一次性密码（只显示这一次）：{given}")
    click.echo("请当面交给本人。他已登录的页面都已退出；用它登录后要先换成自己的密码。")
    click.echo(
        "谁、何时、为哪个账号、以机器的哪个用户重设，已记入台账，本人在“修改密码”页看得到。"
    )


@click.command("second-factor")
@click.argument("username")
@click.option("--by", "administrator", required=True, help="办理的系统管理员的用户名")
@click.option("--with", "other", required=True, help="另一名系统管理员或安全管理员的用户名")
def second_factor(username: str, administrator: str, other: str) -> None:
    """丢了动态口令设备、恢复码也没有的：两名管理员当面输入各自的密码，取消他的两步验证。"""
    now = timezone.now()
    if len({username, administrator, other}) < len((username, administrator, other)):
        _stop("须两名管理员办理，都不能是本人。")
    try:
        by = _administrator(administrator, _RESETTERS[:1], now)
        second = _administrator(other, _RESETTERS, now)
        done = reset_second_factor(username, by=by, second=second, at=now)
    except User.DoesNotExist:
        _stop(f"没有账号 {username}、{administrator} 或 {other}，请核对。")
    except NoPost as nobody:
        _stop(f"{nobody} 今天没有系统管理员（或安全管理员）的岗位，不能办理。")
    if not done:
        _stop(f"{username} 没有启用两步验证，不用重设。")
    click.echo(f"已取消 {username} 的两步验证，已记入台账；本人下次登录时看到，请他重新启用。")


def _administrator(username: str, roles: Sequence[Role], at: datetime) -> Actor:
    """Who signs on the machine's console with his own password, in one of these posts."""
    user = User.objects.get(username=username)
    for one in actors_of(user, on=local_day(at)):
        if one.role in roles:
            try:
                signer_at_terminal(username, asked=f"{username} 的密码")
            except Refused as refused:
                found = (Refusal(one.reason, {"who": username}) for one in refused.refusals)
                _stop(*(f"{one.sentence}{one.way_out}" for one in found), "没有办理。")
            return one
    raise NoPost(username)


@click.command("merge-county")
@click.argument("code", metavar="COUNTY")
@click.option("--into", "into", required=True, help="承接县区的编号")
@click.option("--words", required=True, help="依据的批文")
@click.option("--by", "manager", required=True, help="办理的市局信息中心管理员的用户名")
@click.option("--on", "on", type=click.DateTime(["%Y-%m-%d"]), help="自哪天起，默认今天")
def merge_county(code: str, into: str, words: str, manager: str, on: datetime | None) -> None:
    """县区合并：未完结的卡和事项全部划归承接县区，一次办完或全部不动。"""
    now = timezone.now()
    today = local_day(now)
    try:
        by = actor_for(User.objects.get(username=manager), on=today)
        county, successor = (Organization.objects.get(code=one) for one in (code, into))
        order = Order(
            by=by, at=now, on=on.date() if on else today, words=words,
            key=f"merge-county:{code}:{into}",
        )  # fmt: skip
        done = merge_counties(county_id=county.pk, successor_id=successor.pk, order=order)
    except User.DoesNotExist:
        _stop(f"没有账号 {manager}，请核对 --by。")
    except NoPost:
        _stop(f"{manager} 今天没有岗位，不能办理。")
    except Organization.DoesNotExist:
        _stop(f"没有编号为 {code} 或 {into} 的机构，请核对。")
    except Refused as refused:
        _stop(*(f"{one.sentence}{one.way_out}" for one in refused.refusals))
    click.echo(f"{county.name}已并入{successor.name}：{len(done.subject_ids)} 张卡和事项已划转。")


def _say_account(username: str, office: str, role: Role, password: str) -> None:
    click.echo(f"{username}：{office}，{role.label}。")
    if password:
        click.echo(
            f"一次性密码：{password}\n请当面交给本人；用它登录后，先换成自己的密码，才能办业务、签名。"
        )


def _stop(*sentences: str) -> NoReturn:
    for sentence in sentences:
        click.echo(sentence, err=True)
    sys.exit(2)
