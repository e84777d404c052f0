"""Builds the demo city once: offices, people at work, then a fortnight of their life.

Serves no article by itself. Done steps are skipped, so a build that was cut off goes on.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from cardbook.demo import organizations, staff
from cardbook.demo.city_data import Size, build_mass, refresh_statistics
from cardbook.demo.life import SHIPMENTS, TINY_SHIPMENTS, live
from cardbook.orgs.models import Organization, User

READY = "ready"


class NotADemo(Exception):
    """The database holds an office that the demo did not make; nothing was written."""


def build_city(
    *, now: datetime, folder: Path, say: Callable[[str], None], size: Size = Size.TOWN
) -> bool:
    """This function will build the city, or say False when it stands already.

    `folder` receives the files the offices import and two to practise with. A town grows into a
    city when it is asked for as one; a city stays one.

    :raises NotADemo: when the database belongs to somebody.
    """
    lived, grown = folder / READY, folder / f"{READY}-{size}"
    if organizations.exists() and lived.exists() and (grown.exists() or not size.mass):
        return False
    if not lived.exists() or not organizations.exists():
        _live(now=now, folder=folder, say=say, size=size)
        lived.touch()
    if size.mass:
        say(f"成批建立 {size.mass} 张卡：人员加密、台账、分录，每批一个事务，随时可以中断再来")
        build_mass(cards=size.mass, say=say)
        say("整理数据库统计信息")
        refresh_statistics(tidy=True)
        grown.touch()
    return True


def _live(*, now: datetime, folder: Path, say: Callable[[str], None], size: Size) -> None:
    """Offices, people at work, and a fortnight of their life."""
    if not organizations.exists():
        say("建立机构：1 市、7 县区、98 镇街、窗口、银行、单位、村")
        organizations.make_organizations()
    elif not Organization.objects.filter(code=organizations.MAKER_CODE).exists():
        raise NotADemo("数据库中已有正式机构，不能建立演示城市；请换一个 CARDBOOK_DATA 或数据库。")
    if not User.objects.exists():
        made = staff.make_staff({office.code: office for office in Organization.objects.all()})
        say(f"任命 {made} 名工作人员")
    shipments = TINY_SHIPMENTS if size is Size.TINY else SHIPMENTS
    live(now=now, folder=folder, say=say, shipments=shipments)
