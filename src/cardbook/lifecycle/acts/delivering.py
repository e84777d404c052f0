"""Chapter 4, delivering: a card is posted to its holder or taken to his home (Art. 7, 20)."""

from cardbook.cards.states import Stage, Subject
from cardbook.custody.places import Place
from cardbook.law import notices, papers
from cardbook.law.articles import art
from cardbook.law.roles import Role
from cardbook.lifecycle import facts, guards
from cardbook.lifecycle.acts.issuing import SEEN_AND_SIGNED
from cardbook.lifecycle.acts.rows import (
    COUNTY_SECOND,
    FOR_ISSUE,
    KEPT,
    ON_SHELF,
    WINDOWS,
    Act,
    Move,
)
from cardbook.ports.messages import MessageKind

# Two go, and both sign: whoever works where cards are handed out, or watches over it (Art. 20).
COMPANIONS = COUNTY_SECOND | {Role.WINDOW_CLERK, Role.AGENCY_CLERK}
_ON_VISIT = frozenset({Place.VISIT})

ROWS: tuple[Act, ...] = (
    # By post (Art. 7: flexible by group)
    Act(
        code="card.post",
        title="邮寄交出",
        basis=(art(7),),
        subject=Subject.CARD,
        who=WINDOWS,
        on=FOR_ISSUE,
        facts=facts.CardPosted,
        move=Move(ON_SHELF, Place.POST),
        papers=papers.POST_ASKED_FOR,
        guards=(
            guards.holder_is_alive,
            guards.temporary_card_is_back,
            guards.old_card_is_settled,
        ),
        checks=(guards.parcel_is_named,),
        assumed="细则未规定邮寄；凭本人申请寄出，邮政回执签收后才算发放",
    ),
    Act(
        code="card.issue_posted",
        title="邮寄签收",
        basis=(art(7), art(11), art(12)),
        subject=Subject.CARD,
        who=WINDOWS,
        on=FOR_ISSUE,
        becomes={"stage": Stage.ISSUED},
        facts=facts.PostedCardReceived,
        move=Move(frozenset({Place.POST}), Place.HOLDER),
        papers=papers.POST_RECEIPT_SIGNED,
        papers_when=papers.POST_WHEN,
        notices=(notices.PICK_UP,),
        checks=(guards.posted_card_reached_its_holder, guards.holder_lived_when_signed),
        tells=(MessageKind.PROVINCE_ISSUED,),
        registers=("pick_up_register",),
    ),
    Act(
        code="card.post_back",
        title="邮件退回",
        basis=(art(7), art(20)),
        subject=Subject.CARD,
        who=WINDOWS,
        on=KEPT,
        facts=facts.PostedCardBack,
        move=Move(frozenset({Place.POST}), Place.STORE),
        checks=(guards.reason_is_given,),
    ),
    # To his home (Art. 7), for whom the way to the window is too far: two carry the card
    Act(
        code="card.take_out",
        title="上门带出",
        basis=(art(7), art(20)),
        subject=Subject.CARD,
        who=WINDOWS,
        on=FOR_ISSUE,
        facts=facts.CardTakenOut,
        move=Move(ON_SHELF, Place.VISIT),
        guards=(guards.holder_is_alive, guards.child_is_not_visited),
        checks=(guards.visit_is_explained, guards.visit_is_still_to_come),
        second=COMPANIONS,
        assumed="细则未规定上门；卡由两名工作人员带出，先登记、两人签名，带不出手的当天带回",
    ),
    Act(
        code="card.issue_home",
        title="上门发放",
        basis=(art(7), art(8, 4), art(12)),
        subject=Subject.CARD,
        who=WINDOWS,
        on=FOR_ISSUE,
        becomes={"stage": Stage.ISSUED},
        facts=facts.CardIssuedAtHome,
        move=Move(_ON_VISIT, Place.HOLDER),
        papers=papers.OWN_PICK_UP,
        notices=(notices.PICK_UP,),
        guards=(guards.temporary_card_is_back, guards.old_card_is_settled),
        checks=(
            *SEEN_AND_SIGNED,
            guards.visited_holder_was_of_age,
            guards.holder_lived_when_signed,
        ),
        second=COMPANIONS,
        tells=(MessageKind.PROVINCE_ISSUED,),
        registers=("pick_up_register",),
        assumed="细则未规定上门；手续同本人领取，上门的两人都签名",
    ),
    Act(
        code="card.bring_back",
        title="上门带回",
        basis=(art(7), art(20)),
        subject=Subject.CARD,
        who=WINDOWS,
        on=KEPT,
        facts=facts.CardBroughtBack,
        move=Move(_ON_VISIT, Place.DRAWER),
        checks=(guards.reason_is_given,),
    ),
)
