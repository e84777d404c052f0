"""Looks at what others are owed: can the settings be used, does anybody answer, what is stuck."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Min

from cardbook.adapters.lines import BadExchange, read_exchange
from cardbook.config.doctor.findings import Check, Finding
from cardbook.config.switchboard import Switchboard
from cardbook.lib.clock import to_the_minute
from cardbook.outbox.models import Line, Message
from cardbook.outbox.states import OPEN, STUCK
from cardbook.ports.messages import Party

_LATE = timedelta(hours=1)
_UNENTERED = timedelta(hours=24)
_PAGE = "请在网页“对方系统·待办消息”中处理"


def lines() -> Finding:
    """This function will tell how each party is served, or why the settings cannot be used."""
    check = Check("exchange", "对方系统接口")
    try:
        exchange = read_exchange(settings.ENVIRONMENT.data)
    except BadExchange as problem:
        return check.wrong(
            f"{problem}；消息都没有送出", "请改正 exchange.toml（docs/operate/exchange.md）"
        )
    said = "，".join(f"{party.label}：{exchange.line(party, '').mode.label}" for party in Party)
    special = f"；另有 {len(exchange.special)} 家单独设置" if exchange.special else ""
    return check.well(said + special)


def messages(*, now: Callable[[], datetime]) -> Finding:
    """This function will count what is owed and say since when nobody answers."""
    check = Check("outbox", "待办消息")
    owed = Message.objects.filter(state__in=OPEN)
    found = owed.aggregate(count=Count("pk"), oldest=Min("owed_at"))
    stuck = owed.filter(state__in=STUCK).count()
    silent = Line.objects.filter(silent_since__lt=now() - _LATE).order_by("silent_since").first()
    said = f"{found['count']} 条未办结"
    if silent is not None and silent.silent_since is not None:
        hours = int((now() - silent.silent_since).total_seconds() // 3600)
        who = Party(silent.party).label  # type: ignore[call-arg] # looks it up
        return check.wrong(
            f"{said}；{who}（{silent.recipient.name}）已 {hours} 小时没有应答",
            "请联系对方；期间可在对方系统手工登记后填写流水号，恢复后自动补送其余的",
        )
    if stuck:
        return check.note(f"{said}，其中 {stuck} 条对方不受理或搁置", _PAGE)
    if found["oldest"] is not None:
        return check.well(f"{said}，最早的 {(now() - found['oldest']).days} 天前")
    return check.well(said)


def bank_files(*, now: Callable[[], datetime]) -> Finding:
    """This function will say which bank's file waits for a person longer than a day.

    What a bank says out of its order (made before ordered) waits there for its turn.
    """
    check = Check("bank_files", "银行来件")
    try:
        folders = Switchboard().banks()
    except BadExchange:
        return check.well("接口设置不能使用，见上")
    waiting = [file for folder in folders for file in folder.arrived()]
    if not waiting:
        return check.well("没有等登记的来件")
    oldest = min(waiting, key=lambda file: file.at)
    said = f"{len(waiting)} 份等登记，最早的是 {oldest.name}（{to_the_minute(oldest.at)}）"
    if now() - oldest.at <= _UNENTERED:
        return check.well(said)
    return check.wrong(
        f"{said}，超过 24 小时",
        "请在“银行答复”“银行状态回报”登记；次序不对的先办前一步，确是错的请银行更正",
    )
