"""Chapter 7, safe-keeping: stock missed, found, damaged (Art. 20, 21)."""

from cardbook.cards.states import Hold, Social, Stage, Subject
from cardbook.custody.places import Place
from cardbook.law.articles import art
from cardbook.law.roles import Role
from cardbook.lifecycle import facts, guards
from cardbook.lifecycle.acts.rows import (
    COUNTY_SECOND,
    KEEPERS,
    KEPT,
    ON_SHELF,
    Act,
    Move,
    states,
)
from cardbook.orgs.reach import Reach

# Who hands out keeps what he hands out; what befalls it he says at once and alone (Art. 20).
_HAVE_CARDS = {
    Role.WINDOW_CLERK: Reach.OWN,
    Role.AGENCY_CLERK: Reach.OWN,
    Role.BANK_TELLER: Reach.OWN,
    Role.VILLAGE_HELPER: Reach.OWN,
    Role.UNIT_HANDLER: Reach.OWN,
}
# What an outlet of a bank took to hand out its own county's keeper looks into: the bank helps, the
# card body answers (Art. 5, 6, 20), and whoever had the cards does not settle what befell them.
_LOOK_INTO = {Role.CARD_KEEPER: Reach.ANSWERED, Role.CITY_MANAGER: Reach.CITY}
_REPORTED = states(stage=(Stage.IN_CUSTODY, Stage.RECALLED, Stage.RETURNED, Stage.CANCELLED))
_SET_ASIDE = frozenset({Place.DEFECT, Place.ERROR, Place.RETURNED, Place.SCRAP})

ROWS: tuple[Act, ...] = (
    Act(
        code="harm.report",
        title="报告在管卡受损、丢失",
        basis=(art(20), art(21)),
        subject=Subject.CARD,
        who=_HAVE_CARDS,
        on=_REPORTED,
        facts=facts.HarmReported,
        checks=(guards.reason_is_given,),
        assumed="细则未规定由谁报告；保管卡的人当场一人报告，卡管员查实后由两人登记事故",
    ),
    Act(
        code="harm.name",
        title="清点，点明受损、丢失的卡",
        basis=(art(20), art(21)),
        subject=Subject.CARD,
        who=_LOOK_INTO,
        on=_REPORTED,
        facts=facts.HarmReported,
        checks=(guards.reason_is_given,),
        assumed="细则未规定卡面读不出时怎样报告；先报告存放处和张数，卡管员清点后点明卡号",
    ),
    Act(
        code="stock.miss",
        title="登记在管卡短缺",
        basis=(art(20),),
        subject=Subject.CARD,
        who=_LOOK_INTO,
        on=KEPT,
        becomes={"stage": Stage.MISSING},
        facts=facts.StockMissed,
        move=Move(ON_SHELF | {Place.UNIT, Place.POST, Place.VISIT, Place.TRANSIT}, Place.MISSING),
        guards=(guards.came_from_an_office,),
        checks=(guards.reason_is_given,),
        second=COUNTY_SECOND,
        registers=("stocktake_sheet",),
        batch_only=True,
    ),
    Act(
        code="stock.miss_set_aside",
        title="登记停用卡短缺",
        basis=(art(20),),
        subject=Subject.CARD,
        who=_LOOK_INTO,
        on=states(stage=(Stage.RECALLED, Stage.RETURNED, Stage.CANCELLED)),
        becomes={"stage": Stage.MISSING},
        facts=facts.StockMissed,
        move=Move(_SET_ASIDE | {Place.TRANSIT}, Place.MISSING),
        guards=(guards.is_on_no_list_of_the_bank,),
        checks=(guards.reason_is_given,),
        second=COUNTY_SECOND,
        registers=("stocktake_sheet",),
        batch_only=True,
    ),
    Act(
        code="stock.find",
        title="短缺卡找到",
        basis=(art(20),),
        subject=Subject.CARD,
        who=KEEPERS,
        on=states(stage=Stage.MISSING, social=Social.SEALED, hold=Hold.NONE),
        becomes={"stage": Stage.IN_CUSTODY},
        facts=facts.StockFound,
        move=Move(frozenset({Place.MISSING}), Place.STORE),
        guards=(guards.was_not_set_aside,),
        checks=(guards.reason_is_given,),
        second=COUNTY_SECOND,
        registers=("stocktake_sheet",),
    ),
    Act(
        code="stock.find_stopped",
        title="停用的短缺卡找到",
        basis=(art(18), art(20)),
        subject=Subject.CARD,
        who=KEEPERS,
        on=states(stage=Stage.MISSING),
        becomes={"stage": Stage.RETURNED},
        facts=facts.StockFound,
        move=Move(frozenset({Place.MISSING}), Place.RETURNED),
        checks=(guards.reason_is_given,),
        second=COUNTY_SECOND,
        registers=("stocktake_sheet",),
        assumed="细则未规定已补发或停用的卡找到后如何办理；按退回卡注销",
    ),
    Act(
        code="stock.damage",
        title="登记在库损坏",
        basis=(art(20), art(21), art(9)),
        subject=Subject.CARD,
        who=_LOOK_INTO,
        on=KEPT,
        becomes={"stage": Stage.RECALLED, "hold": Hold.DEFECT},
        facts=facts.StockDamaged,
        move=Move(ON_SHELF | {Place.UNIT, Place.VISIT}, Place.DEFECT),
        checks=(guards.reason_is_given,),
        second=COUNTY_SECOND,
        registers=("incident_report",),
        batch_only=True,
    ),
)
