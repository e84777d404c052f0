"""Builds the demo city once: offices, people at work, then a fortnight of their life.

Serves no article by itself. Done steps are skipped, so a build that was cut off goes on.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from cardbook.demo import organizations, staff
from cardbook.demo.life import live
from cardbook.orgs.models import Organization, User

READY = "ready"


class NotADemo(Exception):
    """The database holds an office that the demo did not make; nothing was written."""


def build_city(*, now: datetime, folder: Path, say: Callable[[str], None]) -> bool:
    """This function will build the city, or say False when it stands already.

    `folder` receives the files the offices import and two to practise with.

    :raises NotADemo: when the database belongs to somebody.
    """
    if (folder / READY).exists() and organizations.exists():
        return False
    if not organizations.exists():
        say("建立机构：1 市、7 县区、98 镇街、窗口、银行、单位、村")
        organizations.make_organizations()
    elif not Organization.objects.filter(code=organizations.MAKER_CODE).exists():
        raise NotADemo("数据库中已有正式机构，不能建立演示城市；请换一个 CARDBOOK_DATA 或数据库。")
    if not User.objects.exists():
        made = staff.make_staff({office.code: office for office in Organization.objects.all()})
        say(f"任命 {made} 名工作人员")
    live(now=now, folder=folder, say=say)
    (folder / READY).touch()
    return True
