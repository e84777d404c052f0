"""Two holders of the demo city whose death was learned after their card was handed over (Art. 17).

One hand-over was asked about and settled, the other waits on the list.
"""

from datetime import timedelta

from cardbook.cards.models import Card
from cardbook.cards.states import Hold, Social, Stage
from cardbook.chapters.usage.death.commands import note_death
from cardbook.chapters.usage.death.forms import NoteForm
from cardbook.chapters.usage.death.late_commands import settle_late_hand_overs
from cardbook.chapters.usage.death.late_queries import late_hand_overs
from cardbook.demo.asking import send
from cardbook.demo.story import Story

COUNTY = "611002"
# Long before any window of the story handed a card over.
_DAYS_AGO = 120


def live_deaths(story: Story) -> None:
    """This function will tell two deaths late and settle what is asked about one of them."""
    clerk, manager = story.actor(COUNTY, "chuangkou1"), story.actor(COUNTY, "fuzeren")
    day = story.today - timedelta(days=_DAYS_AGO)
    for place, card in enumerate(_handed_over()):
        if card.person.died_on is None:
            send(
                NoteForm, card.pk, note_death, key=card.number, by=clerk,
                second=story.actor(COUNTY, "fuhe"), at=story.at(12, 15, place),
                died_on=f"{day}", source="certificate", reference=f"死证（演示）{place + 1} 号",
            )  # fmt: skip
    asked = late_hand_overs(within=manager.county_path, sort="day")
    settle_late_hand_overs(
        events=[row.event for row in asked[:1] if row.is_open], outcome="family",
        words="电话问了其女，卡由女儿代收，已约来窗口交回注销", by=manager, at=story.at(12, 16),
    )  # fmt: skip
    left = late_hand_overs(within=manager.county_path, state="open")
    story.say(f"{manager.org_name}：{len(asked)} 张卡领取在死亡之后，{len(left)} 张待核实")


def _handed_over() -> list[Card]:
    """The last two cards still sealed, found again by a second run."""
    found = Card.objects.filter(
        county__code=COUNTY, stage=Stage.ISSUED, hold=Hold.NONE, social=Social.SEALED
    ).select_related("person")
    return list(found.order_by("-number")[:2])
