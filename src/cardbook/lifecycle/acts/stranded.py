"""Chapter 6, stranded cards: looked for, sent back, cancelled, destroyed (Art. 16 to 19)."""

from cardbook.cards.states import Hold, Social, Stage, Subject
from cardbook.custody.places import Place
from cardbook.law import papers
from cardbook.law.articles import art
from cardbook.law.roles import Role
from cardbook.lifecycle import facts, guards
from cardbook.lifecycle.acts.rows import (
    COUNTY_SECOND,
    HOLDERS_OF_STOCK,
    KEEPERS,
    KEPT,
    ON_SHELF,
    WINDOWS,
    Act,
    Move,
    states,
)
from cardbook.orgs.reach import Reach
from cardbook.ports.messages import MessageKind

_BANK = {Role.BANK_TELLER: Reach.SUBTREE}
# An outlet hands out as well: what nobody fetched there it sends home to the county (Art. 5, 17).
_TRACERS = {**HOLDERS_OF_STOCK, **WINDOWS, **_BANK}
# Whoever gives cards to another office (`collecting.py`); that a window answers for its own cards
# alone says the slice.
_SENDERS = {
    **KEEPERS,
    **WINDOWS,
    Role.BANK_TELLER: Reach.OWN,
    Role.VILLAGE_HELPER: Reach.OWN,
}
_RETURNED = states(stage=Stage.RETURNED)
_TO_DESTROY = states(stage=(Stage.RECALLED, Stage.CANCELLED))
_CHECKERS = frozenset({Role.COUNTY_MANAGER, Role.REVIEWER, Role.CITY_MANAGER})

ROWS: tuple[Act, ...] = (
    Act(
        code="card.contact",
        title="登记催领通知",
        basis=(art(16),),
        subject=Subject.CARD,
        who=_TRACERS,
        on=KEPT,
        facts=facts.HolderContacted,
        registers=("contact_register",),
        batch_only=True,
    ),
    # A holder may fetch his card elsewhere: who hears it writes it down, who has the card sends it
    Act(
        code="card.ask_outlet",
        title="登记换地点领取的要求",
        basis=(art(16),),
        subject=Subject.CARD,
        who={**_TRACERS, **WINDOWS, Role.HOTLINE_OPERATOR: Reach.CITY},
        on=KEPT,
        facts=facts.OutletWished,
        registers=("outlet_wishes",),
        assumed="细则只说通知到持有人领取；要求改到别处领取的，登记后由保管机构分拨",
    ),
    Act(
        code="card.decline_outlet",
        title="不能换地点领取",
        basis=(art(16),),
        subject=Subject.CARD,
        who=_SENDERS,
        on=KEPT,
        facts=facts.OutletDeclined,
        checks=(guards.reason_is_given,),
        batch_only=True,
        registers=("outlet_wishes",),
        assumed="细则只说通知到持有人领取；不能改到别处的，写明原因并告知",
    ),
    Act(
        code="stranded.send_back",
        title="滞留卡退回",
        basis=(art(17), art(16)),
        subject=Subject.CARD,
        who=_TRACERS,
        on=KEPT,
        becomes={"stage": Stage.RETURNED},
        facts=facts.SentBack,
        move=Move(ON_SHELF | {Place.UNIT}, Place.TRANSIT, beyond=True, home=True),
        papers=papers.STRANDED_RETURN,
        checks=(guards.stranding_is_proved, guards.information_is_right),
        registers=("stranded_form",),
        batch_only=True,
        assumed="细则未列证明的种类；死亡、失踪、出国定居、注销户籍须证明的种类、编号、日期和影像",
    ),
    Act(
        code="stranded.receive_back",
        title="点收退回的卡",
        basis=(art(17), art(20)),
        subject=Subject.CARD,
        who=HOLDERS_OF_STOCK,
        on=_RETURNED,
        facts=facts.ReturnAcknowledged,
        move=Move(frozenset({Place.TRANSIT}), Place.RETURNED),
        registers=("stranded_form",),
        batch_only=True,
    ),
    Act(
        code="stranded.pass_on",
        title="退回的卡再上交",
        basis=(art(17), art(20)),
        subject=Subject.CARD,
        who=HOLDERS_OF_STOCK,
        on=_RETURNED,
        facts=facts.PassedOn,
        move=Move(frozenset({Place.RETURNED}), Place.TRANSIT, beyond=True),
        registers=("stranded_form",),
        batch_only=True,
    ),
    Act(
        code="stranded.put_back",
        title="退回的卡恢复待发",
        basis=(art(16),),
        subject=Subject.CARD,
        who=KEEPERS,
        on=states(stage=Stage.RETURNED, social=Social.SEALED, hold=Hold.NONE),
        becomes={"stage": Stage.IN_CUSTODY},
        facts=facts.PutBackForIssue,
        move=Move(frozenset({Place.RETURNED}), Place.STORE),
        guards=(guards.holder_is_alive, guards.was_not_set_aside),
        checks=(guards.reason_is_given,),
        second=COUNTY_SECOND,
        assumed="细则未规定退回后持卡人出现如何办理；未注销的恢复待发，须两人",
    ),
    Act(
        code="card.cancel_returned",
        title="注销退回的卡",
        basis=(art(18),),
        subject=Subject.CARD,
        who=KEEPERS,
        on=_RETURNED,
        # What stopped the card still does: a bad one stays known as bad until it is destroyed.
        becomes={"stage": Stage.CANCELLED, "social": Social.CANCELLED},
        facts=facts.ReturnedCancelled,
        move=Move(frozenset({Place.RETURNED}), Place.SCRAP),
        checks=(guards.reason_is_given,),
        second=_CHECKERS,
        tells=(MessageKind.PROVINCE_CANCEL, MessageKind.BANK_CANCEL_NOTICE),
        registers=("cancel_register",),
    ),
    # Destroyed by the bank that produced them, under witness (Art. 19)
    Act(
        code="destruction.send",
        title="移交银行销毁",
        basis=(art(19), art(20)),
        subject=Subject.CARD,
        who=KEEPERS,
        on=_TO_DESTROY,
        facts=facts.GivenUpForDestruction,
        move=Move(frozenset({Place.DEFECT, Place.ERROR, Place.SCRAP}), Place.TRANSIT, beyond=True),
        second=COUNTY_SECOND,
        registers=("destruction_list",),
        batch_only=True,
    ),
    Act(
        code="destruction.receive",
        title="银行点收待销毁的卡",
        basis=(art(19),),
        subject=Subject.CARD,
        who=_BANK,
        on=_TO_DESTROY,
        facts=facts.DestructionAcknowledged,
        move=Move(frozenset({Place.TRANSIT}), Place.SCRAP),
        registers=("destruction_list",),
        batch_only=True,
    ),
    Act(
        code="destruction.take_back",
        title="待销毁的卡退回",
        basis=(art(19), art(20)),
        subject=Subject.CARD,
        who={**_BANK, Role.CITY_MANAGER: Reach.CITY},
        on=_TO_DESTROY,
        facts=facts.DestructionTakenBack,
        move=Move(frozenset({Place.TRANSIT, Place.SCRAP}), Place.SCRAP, home=True),
        checks=(guards.reason_is_given,),
        second=COUNTY_SECOND,
        second_elsewhere=True,
        registers=("destruction_list",),
        batch_only=True,
    ),
    Act(
        code="destruction.carry_out",
        title="销毁",
        basis=(art(19),),
        subject=Subject.CARD,
        who=_BANK,
        on=_TO_DESTROY,
        becomes={"stage": Stage.DESTROYED, "social": Social.CANCELLED, "hold": Hold.NONE},
        facts=facts.CardDestroyed,
        move=Move(frozenset({Place.SCRAP}), Place.DESTROYED),
        papers=papers.DESTRUCTION,
        second=frozenset({Role.BANK_TELLER}),
        witness=COUNTY_SECOND | {Role.AUDITOR},
        registers=("destruction_list", "destruction_certificate"),
        batch_only=True,
        assumed="细则未规定监销和照片；两名销毁人和另一机构的一名监销人签名，现场拍照",
    ),
)
