"""What the province had to hear of in the demo, and what a bank said by file (Art. 8, 22).

The demo has no interface of its own; `cardbook sandbox --configure` gives it one. A second report
lies among the files to practise with.
"""

from collections.abc import Iterable

from cardbook.adapters.files import reports
from cardbook.chapters.exchange.messages.commands import settle
from cardbook.chapters.usage.activation.bank_reports import reports_entered, take_report
from cardbook.chapters.usage.activation.queries import waiting_at
from cardbook.chapters.usage.reaching import banks_for
from cardbook.demo.story import Story
from cardbook.outbox.models import Message
from cardbook.outbox.states import State
from cardbook.ports.messages import MessageKind
from cardbook.ports.standings import Standing

COUNTY = "611002"
_ENTERED = 24
_REPORTED, _TO_PRACTISE = 2, 2
_NOBODYS = "X00000000"


def live_exchange(story: Story) -> None:
    """This function will let a keeper enter the first hand-overs in the province's system."""
    keeper = story.actor(COUNTY, "kaguan")
    issued = Message.objects.filter(
        kind=MessageKind.PROVINCE_ISSUED, county__path=keeper.county_path
    )
    if issued.filter(state=State.BY_HAND).exists():
        return
    owed = issued.filter(state=State.OWED).order_by("pk").values_list("pk", flat=True)[:_ENTERED]
    for place, message_id in enumerate(owed, start=1):
        settle(
            message_ids=[message_id], reference=f"SX{story.today:%Y%m%d}{place:04d}", words="",
            by=keeper, at=story.now,
        )  # fmt: skip
    story.say(f"省系统：{COUNTY} 手工登记领卡 {len(owed)} 张，其余待办")


def live_bank_report(story: Story) -> None:
    """This function will let a bank report whose financial function works; one row is nobody's.

    :raises cardbook.lifecycle.refusals.Refused: when the teller may not enter it.
    """
    teller = story.actor(COUNTY, "yinhang")
    if reports_entered(teller).exists():
        return
    (bank,) = banks_for(teller)
    waiting = [one.number for one in waiting_at(by=teller, at=story.now)]
    entered = take_report(
        name=f"ZT_{story.today:%Y%m%d}.txt",
        content=_report(story, [*waiting[:_REPORTED], _NOBODYS]), bank=bank, by=teller,
        at=story.now,
    )  # fmt: skip
    more = waiting[_REPORTED : _REPORTED + _TO_PRACTISE]
    (story.folder / "银行状态回报_练习.txt").write_bytes(_report(story, more))
    story.say(f"{bank.name}：按文件回报启用 {entered.entered} 张，{entered.refused} 行没有登记")


def _report(story: Story, numbers: Iterable[str]) -> bytes:
    at = story.at(12, 11)
    return reports.encode(
        [
            (number, Standing.NORMAL, at, "城区支行", f"BK{place:04d}")
            for place, number in enumerate(numbers, start=1)
        ]
    )
