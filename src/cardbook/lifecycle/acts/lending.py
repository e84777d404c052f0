"""Chapter 8, temporary cards: lent while a card is being made (Art. 27)."""

from cardbook.cards.states import Subject, TemporaryStage
from cardbook.law import papers
from cardbook.law.articles import art
from cardbook.law.notices import TEMPORARY
from cardbook.law.roles import Role
from cardbook.lifecycle import facts, guards
from cardbook.lifecycle.acts.rows import COUNTY_SECOND, KEEPERS, Act, states
from cardbook.orgs.reach import Reach

_LENDERS = {Role.WINDOW_CLERK: Reach.COUNTY, **KEEPERS}

ROWS: tuple[Act, ...] = (
    Act(
        code="temporary.stock_in",
        title="临时卡入库",
        basis=(art(27),),
        subject=Subject.TEMPORARY_CARD,
        who=KEEPERS,
        on=None,
        becomes={"stage": TemporaryStage.IN_STOCK},
        facts=facts.TemporaryCardsStocked,
        batch_only=True,
        assumed="细则要求按临时卡制卡规范制作；制作在制卡设备上完成，本系统从入库起登记每一张",
    ),
    Act(
        code="temporary.lend",
        title="发放临时卡",
        basis=(art(27), art(10), art(11)),
        subject=Subject.TEMPORARY_CARD,
        who=_LENDERS,
        on=states(stage=TemporaryStage.IN_STOCK),
        becomes={"stage": TemporaryStage.LENT},
        carries=("person_id", "valid_until"),
        facts=facts.TemporaryCardLent,
        papers=papers.TEMPORARY_LENT,
        papers_when=papers.TEMPORARY_WHEN,
        notices=(TEMPORARY,),
        checks=(guards.borrower_signed, guards.agent_is_charged),
        registers=("temporary_register",),
        assumed="细则未规定临时卡由谁代领；代领、监护人代领按领卡的规定（第十条、第十一条）",
    ),
    Act(
        code="temporary.extend",
        title="临时卡延期",
        basis=(art(27),),
        subject=Subject.TEMPORARY_CARD,
        who=_LENDERS,
        on=states(stage=TemporaryStage.LENT),
        carries=("valid_until",),
        facts=facts.TemporaryCardExtended,
        checks=(guards.reason_is_given,),
        registers=("temporary_register",),
    ),
    Act(
        code="temporary.take_back",
        title="收回临时卡",
        basis=(art(27),),
        subject=Subject.TEMPORARY_CARD,
        who=_LENDERS,
        on=states(stage=TemporaryStage.LENT),
        becomes={"stage": TemporaryStage.RETURNED},
        facts=facts.TemporaryCardTakenBack,
        registers=("temporary_register",),
    ),
    Act(
        code="temporary.dun",
        title="登记催还",
        basis=(art(27),),
        subject=Subject.TEMPORARY_CARD,
        who=_LENDERS,
        on=states(stage=TemporaryStage.LENT),
        facts=facts.BorrowerDunned,
        registers=("temporary_register",),
        assumed="细则未规定逾期怎样催还；逐次登记时间、方式、结果、经办人",
    ),
    Act(
        code="temporary.lose",
        title="临时卡遗失注销",
        basis=(art(27),),
        subject=Subject.TEMPORARY_CARD,
        who={**_LENDERS, Role.HOTLINE_OPERATOR: Reach.CITY},
        on=states(stage=TemporaryStage.LENT),
        becomes={"stage": TemporaryStage.LOST},
        facts=facts.TemporaryCardLost,
        checks=(guards.reason_is_given,),
        registers=("temporary_register",),
    ),
    Act(
        code="temporary.excuse",
        title="免予先还临时卡",
        basis=(art(27),),
        subject=Subject.TEMPORARY_CARD,
        who=_LENDERS,
        on=states(stage=TemporaryStage.LENT),
        carries=("excused",),
        facts=facts.TemporaryCardExcused,
        guards=(guards.is_not_excused,),
        checks=(guards.reason_is_given,),
        second=COUNTY_SECOND,
        registers=("temporary_register",),
        assumed="细则未规定例外；确有困难的，两人写明理由后先领新卡",
    ),
    Act(
        code="temporary.void",
        title="作废损坏的临时卡",
        basis=(art(27),),
        subject=Subject.TEMPORARY_CARD,
        who=_LENDERS,
        on=states(stage=(TemporaryStage.IN_STOCK, TemporaryStage.RETURNED)),
        becomes={"stage": TemporaryStage.VOID},
        facts=facts.TemporaryCardVoided,
        checks=(guards.reason_is_given,),
    ),
)
