"""What waits for a post, as the home page says it: a number and the page that lists just as many.

Each queue is asked for only when its page is open to the actor (Art. 5, 6, 8, 9, 13 to 20).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cardbook.chapters.blind import Blind
from cardbook.chapters.corrections.wrong_cards.queries import Wanted, count_corrections
from cardbook.chapters.corrections.wrong_cards.scope import (
    open_corrections,
    reads_under,
    taken_back_by,
)
from cardbook.chapters.duties.campaigns.commands import MANAGERS
from cardbook.chapters.duties.campaigns.queries import past_due
from cardbook.chapters.duties.guidance.queries import GUIDED, unread
from cardbook.chapters.exchange.messages.queries import MAY_ACT, stuck_count
from cardbook.chapters.intake.distribution.queries import to_receive
from cardbook.chapters.intake.receive.delivery_queries import Awaited, awaited
from cardbook.chapters.intake.receive.delivery_queries import (
    reminded_count as deliveries_reminded,
)
from cardbook.chapters.issuance.collective.list_queries import (
    overdue_title,
    owed,
    soon_title,
)
from cardbook.chapters.issuance.defect.alarms import ANSWERERS, open_alarms
from cardbook.chapters.issuance.visiting.queries import LATE, late_count
from cardbook.chapters.liability.access_log.queries import READERS, alarms
from cardbook.chapters.safekeeping.harms import SETTLERS as HARM_SETTLERS
from cardbook.chapters.safekeeping.harms import open_count as open_harms
from cardbook.chapters.safekeeping.places.check_queries import due_count as checks_due
from cardbook.chapters.safekeeping.places.check_queries import reminded_count as checks_reminded
from cardbook.chapters.safekeeping.places.incident_queries import untold_count
from cardbook.chapters.safekeeping.stocktaking.due_queries import due_count as counts_due
from cardbook.chapters.safekeeping.stocktaking.queries import open_count
from cardbook.chapters.stranded.bring_home.queries import SENDERS as HOME_SENDERS
from cardbook.chapters.stranded.bring_home.queries import late_count as late_at_outlets
from cardbook.chapters.stranded.bring_home.queries import to_receive as home_to_receive
from cardbook.chapters.stranded.destruction.queries import late_count as late_to_destroy
from cardbook.chapters.stranded.destruction.queries import lots_in
from cardbook.chapters.stranded.elsewhere.queries import open_count as wanted_elsewhere
from cardbook.chapters.stranded.scope import WAITING
from cardbook.chapters.stranded.send_back.notice_queries import notices_to_send
from cardbook.chapters.stranded.send_back.queries import returns_to_receive
from cardbook.chapters.stranded.tracing.queries import stranded_count
from cardbook.chapters.usage.activation.queries import early_count, waiting_count
from cardbook.chapters.usage.bank_offers.complaints import RECEIVERS, complaints
from cardbook.chapters.usage.bank_offers.queries import (
    CONFIRMERS,
    PROMISERS,
    running_out,
    unconfirmed,
)
from cardbook.chapters.usage.loss.list_queries import counts_by_state as loss_counts
from cardbook.chapters.usage.reaching import is_bank
from cardbook.chapters.usage.replacement.refused_charges import SETTLERS, charges
from cardbook.chapters.usage.temporary.queries import overdue_count as late_temporary
from cardbook.chapters.usage.transfer.left_behind import count_left_behind
from cardbook.chapters.usage.transfer.queries import waiting_count as waiting_movers
from cardbook.custody.places import Place
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day
from cardbook.lifecycle.acts import act
from cardbook.orgs.actors import Actor
from cardbook.web import queries
from cardbook.web.navigation import door

# So long an alarm of looks stands on the home page.
_ALARM_DAYS = 7
# What is owed to those whose cards were taken back (Art. 13, 15).
_OWED_TO_HOLDERS = (
    ("untold", "件错卡还没有向持卡人说明"),
    ("police_late", "件错卡过了预计的公安更正日期，请联系持卡人"),
)


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
    coming = _coming(by, figures)
    found = (
        *_on_the_way(by, figures, coming, at=at), *_cards(by, figures, blind, coming, at=at),
        *_sheets(by, at=at), *_stranded(by, blind, at=at), *_wanted_elsewhere(by),
        *_returned(by, figures, blind),
        *_to_destroy(by, figures, blind, at=at), *_keeping(by, at=at), *_batches(by, at=at),
        *_losses(by, at=at), *_lent(by, at=at), *_other_side(by), *_banks(by, at=at),
        *_movers(by), *_visits(by, figures, at=at),
        *_home(by, at=at), *_charges(by, at=at), *_campaigns(by, at=at), *_guidance(by),
        *_looks(by, at=at),
    )  # fmt: skip
    return tuple(one for one in found if one.count != 0)


def _coming(by: Actor, figures: Mapping[str, int]) -> Awaited:
    """What is on its way from the maker; nothing is asked when nothing is on its way anywhere."""
    listed = door("delivery.list", by) or door("delivery.differences", by)
    on_the_way = not figures or figures.get(Place.TRANSIT)
    return awaited(by) if listed and on_the_way else Awaited()


def _on_the_way(
    by: Actor, figures: Mapping[str, int], coming: Awaited, *, at: datetime
) -> Iterator[Waiting]:
    """What comes from the maker, from the office above, from those below: each its own list."""
    if figures and not figures.get(Place.TRANSIT):
        return  # Nothing is on its way anywhere in the county: there is nothing to ask.
    if url := door("delivery.list", by):
        yield Waiting("批到货还没有收完", coming.deliveries, f"{url}?state=open")
        told = deliveries_reminded(by, at=at, on=local_day(at)) if coming.deliveries else 0
        yield Waiting("批逾期到货被催办，请尽快清点", told, f"{url}?state=overdue")
    if by.role in act("handover.receive").who and (url := door("handover.list", by)):
        waits = to_receive(by, at=at, on=local_day(at))
        yield Waiting("份交接清单等您点收", waits, f"{url}?view=in")
    if by.role in act("stranded.receive_back").who and (url := door("stranded.returns", by)):
        yield Waiting("份退回交接等您点收", returns_to_receive(by), f"{url}?state=mine")
    if by.role in act("recalled.receive_wrong").who and (url := door("recalled.shipments", by)):
        yield Waiting("份送回的错卡、质量问题卡等您点收", home_to_receive(by), f"{url}?state=mine")


def _cards(
    by: Actor, figures: Mapping[str, int], blind: Blind, coming: Awaited, *, at: datetime
) -> Iterator[Waiting]:
    if url := door("delivery.differences", by):
        yield Waiting("张卡清点短少，等待说明", coming.short, url)
    if url := door("card.sort", by):
        waiting = None if Place.STORE in blind.kinds else figures.get(Place.STORE, 0)
        yield Waiting("张卡已接收，等待分类入柜", waiting, url)
    if url := door("application.list", by):
        under_way, late = queries.application_counts(by, today=local_day(at))
        yield Waiting("件制卡、补换卡申请办理中", under_way, url)
        yield Waiting("件制卡申请超过承诺日期", late, f"{url}?state=late")
    if is_bank(by) and (url := door("bank.queue", by)):
        yield Waiting("位持卡人等待启用金融功能", waiting_count(by=by), url)
    if by.role in act("bank.report").who and (url := door("halves.list", by)):
        early = early_count(by=by)
        yield Waiting("张卡没有发放，银行已报启用，等待核实", early, f"{url}?only=bank_early")
    if url := door("error.list", by):
        under_way = open_corrections(by=by)
        yield Waiting("件错卡处理办理中", under_way, f"{url}?state=open")
        if under_way and by.role in act("error.confirm_province").who:
            late = count_corrections(
                Wanted(state="overdue"), within=by.county_path, today=local_day(at)
            )
            yield Waiting("件错卡逾期未在省系统登记、确认", late, f"{url}?state=overdue")
        if under_way and by.role in act("error.explain").who:
            for state, said in _OWED_TO_HOLDERS:
                wanted = Wanted(state=state, outlet=taken_back_by(by))
                owed_count = count_corrections(wanted, within=reads_under(by), today=local_day(at))
                yield Waiting(said, owed_count, f"{url}?state={state}")


def _stranded(by: Actor, blind: Blind, *, at: datetime) -> Iterator[Waiting]:
    """Cards nobody fetched for too long, for whoever has them and tells people (Art. 16)."""
    # The city orders and looks on: its figures say how many wait in each county.
    if by.role not in act("card.contact").who or by.role is Role.CITY_MANAGER:
        return
    if url := door("card.contact", by):
        count, asked = stranded_count(by=by, at=at)
        shown = None if count and blind.kinds & set(WAITING) else count
        yield Waiting("张卡滞留，要通知持卡人来领", shown, url + asked)


def _wanted_elsewhere(by: Actor) -> Iterator[Waiting]:
    """Cards whose holders want to fetch them at another office, for whoever has them (Art. 16)."""
    if by.role in act("card.decline_outlet").who and (url := door("elsewhere.list", by)):
        said = "张卡的持卡人要求换地点领取，等待分拨"
        yield Waiting(said, wanted_elsewhere(by), f"{url}?state=open&own=1")


def _returned(by: Actor, figures: Mapping[str, int], blind: Blind) -> Iterator[Waiting]:
    """What came back and is to be cancelled, and the letters that say so to banks (Art. 18)."""
    if by.role not in act("card.cancel_returned").who:
        return
    if url := door("stranded.returned", by):
        waiting = None if Place.RETURNED in blind.kinds else figures.get(Place.RETURNED, 0)
        yield Waiting("张退回的卡等待注销", waiting, url)
    if url := door("stranded.bank_notices", by):
        yield Waiting("份注销告知函还没有送银行", notices_to_send(by), f"{url}?state=open")


def _to_destroy(
    by: Actor, figures: Mapping[str, int], blind: Blind, *, at: datetime
) -> Iterator[Waiting]:
    """Cancelled cards that should have gone to be destroyed, or be destroyed, by now (Art. 19)."""
    url, destroys = door("destruction.lots", by), by.role in act("destruction.carry_out").who
    if url and destroys:
        waits = lots_in(by, state="open", at=at).count()
        yield Waiting("份销毁清单等本行点收、销毁", waits, f"{url}?state=open")
    if url and (destroys or by.role in act("destruction.send").who):
        held = lots_in(by, state="late", at=at).count()
        yield Waiting("份销毁清单移交银行超期没有销毁", held, f"{url}?state=late")
    if by.role not in act("destruction.send").who or (figures and not figures.get(Place.SCRAP)):
        return
    if url := door("destruction.send", by):
        late = None if Place.SCRAP in blind.kinds else late_to_destroy(by, at=at)
        yield Waiting("张已注销的卡超期没有移交销毁", late, f"{url}?late=1")


def _home(by: Actor, *, at: datetime) -> Iterator[Waiting]:
    """Wrong and defective cards that lie at outlets too long (Art. 9, 13)."""
    if url := door("recalled.list", by):
        where = "在本机构" if by.role in HOME_SENDERS else "在网点、窗口"
        late = late_at_outlets(by, at=at)
        yield Waiting(f"张错卡、质量问题卡{where}逾期没有送回", late, f"{url}?late=1")


def _sheets(by: Actor, *, at: datetime) -> Iterator[Waiting]:
    """Sheets at the office that files them, in the hands of the unit that reports them, or so long
    overdue that the county or the city looks after them.
    """
    own = door("sheet.mine", by)
    url = own or door("bundle.list", by)
    if not url:
        return
    today = local_day(at)
    waits = owed(by=by, on=today)
    if level := {Role.COUNTY_MANAGER: "county", Role.CITY_MANAGER: "city"}.get(by.role):
        said = f"份签字明细表{overdue_title(level, on=today)}，由您督办"
        yield Waiting(said, getattr(waits, level), f"{url}?state={level}")
    yield Waiting("份签字明细表逾期未备案", waits.overdue, f"{url}?state=overdue")
    if own:
        yield Waiting("份签字明细表等待登记、报送", waits.todo, f"{url}?state=todo")
        return
    yield Waiting("份签字明细表单位已报送，等待备案", waits.sent, f"{url}?state=sent")
    yield Waiting(f"份签字明细表 {soon_title(on=today)}", waits.soon, f"{url}?state=soon")


def _keeping(by: Actor, *, at: datetime) -> Iterator[Waiting]:
    if url := door("stocktake.list", by):
        yield Waiting("次盘点等待说明差异、办结", open_count(by), f"{url}?state=open")
        yield Waiting("处存放位置超过盘点周期没有盘点", counts_due(by, at=at), f"{url}?due=1")
    if url := door("check.list", by):
        waits = checks_due(by, at=at)
        yield Waiting("处存放处的保管检查逾期", waits, f"{url}?due=1")
        told = checks_reminded(by, at=at) if waits else 0
        yield Waiting("处存放处被催办检查", told, f"{url}?due=1")
    if by.role in HARM_SETTLERS and (url := door("harm.list", by)):
        yield Waiting("份受损、丢失报告等待处理", open_harms(by), f"{url}?state=open")
    if url := door("incident.list", by):
        yield Waiting("起事故还没有上报", untold_count(by), f"{url}?state=untold")


def _batches(by: Actor, *, at: datetime) -> Iterator[Waiting]:
    """Batches with too many defective cards, for whoever tells their maker (Art. 9)."""
    if by.role in ANSWERERS and (url := door("defect.rates", by)):
        waits = open_alarms(by, today=local_day(at))
        yield Waiting("个批次的质量问题率超过报警比例，还没有登记处理", waits, url)


def _losses(by: Actor, *, at: datetime) -> Iterator[Waiting]:
    """What is owed to those who lost a card, for whoever may say or renew it (Art. 28)."""
    if by.role not in act("loss.tell").who:
        return
    counts, url = loss_counts(by=by, at=at), door("loss.list", by)
    yield Waiting("笔挂失还没告知", counts["untold"], f"{url}?state=untold")
    if by.role in act("loss.renew").who:
        yield Waiting("笔口头挂失快到期", counts["due"], f"{url}?state=due")


def _lent(by: Actor, *, at: datetime) -> Iterator[Waiting]:
    """Temporary cards that should be back, for whoever takes them back (Art. 27)."""
    if by.role in act("temporary.take_back").who and (url := door("temporary.list", by)):
        late = late_temporary(by=by, today=local_day(at))
        yield Waiting("张临时卡逾期未还", late, f"{url}?only=overdue")


def _other_side(by: Actor) -> Iterator[Waiting]:
    """What the other side refused or nobody gets through, for whoever settles it (Art. 14)."""
    if by.role in MAY_ACT and (url := door("message.list", by)):
        yield Waiting("条待办消息被退回、搁置，须处理", stuck_count(by=by), f"{url}?view=stuck")


def _visits(by: Actor, figures: Mapping[str, int], *, at: datetime) -> Iterator[Waiting]:
    """What was taken along to holders and is neither theirs nor back (Art. 7, 20)."""
    if by.role not in act("card.bring_back").who or (figures and not figures.get(Place.VISIT)):
        return
    if url := door("visiting.list", by):
        late = late_count(by=by, today=local_day(at))
        yield Waiting("张卡上门带出，逾期未登记结果", late, f"{url}?only={LATE}")


def _banks(by: Actor, *, at: datetime) -> Iterator[Waiting]:
    """What banks promised: to renew, to confirm; complaints, for whose turn it is (Art. 24)."""
    today = local_day(at)
    if by.role in PROMISERS and (url := door("offer.list", by)):
        soon, lapsed = (
            running_out(by=by, today=today, state=state).count() for state in ("soon", "lapsed")
        )
        yield Waiting("项银行承诺快到期，还没有续", soon, f"{url}?state=soon")
        yield Waiting("项银行承诺已到期，没有续", lapsed, f"{url}?state=lapsed")
    if by.role in CONFIRMERS and (url := door("offer.list", by)):
        waits = unconfirmed(by=by, today=today).count()
        yield Waiting("项银行承诺等待确认公布", waits, f"{url}?state=waiting")
    if is_bank(by):
        url, waits = door("complaint.list", by), complaints(by=by, state="unanswered").count()
        yield Waiting("件投诉等待本行答复", waits, f"{url}?state=unanswered")
    elif by.role in RECEIVERS:
        url, waits = door("complaint.list", by), complaints(by=by, state="answered").count()
        yield Waiting("件投诉银行已答复，等待办结", waits, f"{url}?state=answered")


def _charges(by: Actor, *, at: datetime) -> Iterator[Waiting]:
    """Charges nobody owed that nobody has cleared up (Art. 32 item 2)."""
    if by.role in SETTLERS and (url := door("fee.refused_list", by)):
        waits = charges(by=by, today=local_day(at), state="open").count()
        yield Waiting("件不该收的费被拒绝，等待查实处理", waits, f"{url}?state=open")


def _movers(by: Actor) -> Iterator[Waiting]:
    """Who came from elsewhere and has not been looked after; cards of those who left (Art. 30)."""
    if by.role in act("application.capture").who and (url := door("move.in_list", by)):
        yield Waiting("人转入，等待逐人办理", waiting_movers(within=by.county_path), url)
    if by.role in act("relation.end_unissued").who and (url := door("move.out_list", by)):
        left = count_left_behind(within=by.county_path)
        yield Waiting("张卡的持卡人已转出、注销，还要收回", left, f"{url}#left")


def _campaigns(by: Actor, *, at: datetime) -> Iterator[Waiting]:
    """What was to be handed out by a day that is over, for whoever orders and ends it (Art. 5)."""
    if by.role in MANAGERS and (url := door("campaign.list", by)):
        late = past_due(by, on=local_day(at)).count()
        yield Waiting("项发放部署过了期限，还没有结束", late, f"{url}?view=due")


def _guidance(by: Actor) -> Iterator[Waiting]:
    """What the city or the county told this post and it has not signed yet (Art. 5)."""
    if by.role in GUIDED and (url := door("guidance.list", by)):
        yield Waiting("份业务指导等您签阅", unread(by).count(), f"{url}?state=todo")


def _looks(by: Actor, *, at: datetime) -> Iterator[Waiting]:
    """Who looked at very many in a minute, of the last days (Art. 32)."""
    if by.role in READERS and (url := door("look.list", by)):
        since = at - timedelta(days=_ALARM_DAYS)
        raised = alarms(by=by, since=since).filter(reason="").count()
        yield Waiting(f"次连续查看（近 {_ALARM_DAYS} 天），请看是谁、为什么", raised, url)
