"""What the province had to hear of in the demo: some entered by hand, the rest owed (Art. 8).

The demo has no interface of its own; `cardbook sandbox --configure` gives it one.
"""

from cardbook.chapters.exchange.messages.commands import settle
from cardbook.demo.story import Story
from cardbook.outbox.models import Message
from cardbook.outbox.states import State
from cardbook.ports.messages import MessageKind

COUNTY = "611002"
_ENTERED = 24


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
