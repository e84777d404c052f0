"""What waits for a post, as the home page says it: a number and the page that lists just as many.

Each queue is asked for only when its page is open to the actor (Art. 5, 6, 8, 9, 13, 20).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from cardbook.chapters.blind import Blind
from cardbook.chapters.corrections.wrong_cards.queries import open_corrections
from cardbook.chapters.issuance.collective.list_queries import owed
from cardbook.chapters.safekeeping.places.check_queries import due_count
from cardbook.chapters.safekeeping.stocktaking.queries import open_count
from cardbook.chapters.usage.activation.queries import waiting_count
from cardbook.chapters.usage.loss.list_queries import counts_by_state as loss_counts
from cardbook.chapters.usage.reaching import is_bank
from cardbook.custody.places import Place
from cardbook.lib.clock import local_day
from cardbook.lifecycle.acts import act
from cardbook.orgs.actors import Actor
from cardbook.web import queries
from cardbook.web.navigation import door


@dataclass(frozen=True, slots=True)
class Waiting:
    """Work that waits for this post, with the page where it is done."""

    sentence: str
    count: int | None
    url: str


def waiting_for(
    by: Actor, *, figures: Mapping[str, int], blind: Blind, at: datetime
) -> tuple[Waiting, ...]:
    """This function will list what waits for the actor, without what is empty."""
    found = (
        *_cards(by, figures, blind), *_sheets(by, at=at), *_keeping(by, at=at),
        *_losses(by, at=at),
    )  # fmt: skip
    return tuple(one for one in found if one.count != 0)


def _cards(by: Actor, figures: Mapping[str, int], blind: Blind) -> Iterator[Waiting]:
    if url := door("delivery.list", by):
        yield Waiting("张卡在途，等待清点", figures.get(Place.TRANSIT, 0), url)
    if url := door("delivery.differences", by):
        yield Waiting("张卡清点短少，等待说明", queries.short_count(by), url)
    if url := door("card.sort", by):
        waiting = None if Place.STORE in blind.kinds else figures.get(Place.STORE, 0)
        yield Waiting("张卡已接收，等待分类入柜", waiting, url)
    if url := door("application.list", by):
        yield Waiting("件制卡、补换卡申请办理中", queries.application_count(by), url)
    if is_bank(by) and (url := door("bank.queue", by)):
        yield Waiting("位持卡人等待启用金融功能", waiting_count(by=by), url)
    if url := door("error.list", by):
        yield Waiting("件错卡处理办理中", open_corrections(by=by), f"{url}?state=open")


def _sheets(by: Actor, *, at: datetime) -> Iterator[Waiting]:
    """Sheets at the office that files them, or in the hands of the unit that reports them."""
    own = door("sheet.mine", by)
    url = own or door("bundle.list", by)
    if not url:
        return
    waits = owed(by=by, on=local_day(at))
    yield Waiting("份签字明细表逾期未备案", waits.overdue, f"{url}?state=overdue")
    if own:
        yield Waiting("份签字明细表等待登记、报送", waits.todo, f"{url}?state=todo")
        return
    yield Waiting("份签字明细表单位已报送，等待备案", waits.sent, f"{url}?state=sent")
    yield Waiting("份签字明细表三天内到期", waits.soon, f"{url}?state=soon")


def _keeping(by: Actor, *, at: datetime) -> Iterator[Waiting]:
    if url := door("stocktake.list", by):
        yield Waiting("次盘点等待说明差异、办结", open_count(by), f"{url}?state=open")
    if url := door("check.list", by):
        yield Waiting("处存放处的保管检查逾期", due_count(by, at=at), f"{url}?due=1")


def _losses(by: Actor, *, at: datetime) -> Iterator[Waiting]:
    """What is owed to those who lost a card, for whoever may say or renew it (Art. 28)."""
    if by.role not in act("loss.tell").who:
        return
    counts, url = loss_counts(by=by, at=at), door("loss.list", by)
    yield Waiting("笔挂失还没告知", counts["untold"], f"{url}?state=untold")
    if by.role in act("loss.renew").who:
        yield Waiting("笔口头挂失快到期", counts["due"], f"{url}?state=due")
