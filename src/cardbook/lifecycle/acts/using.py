"""Chapter 8, daily use: applications and temporary cards (Art. 25, 27)."""

from cardbook.cards.states import Progress, Subject, TemporaryStage
from cardbook.law.articles import art
from cardbook.law.roles import Role
from cardbook.lifecycle import facts, guards
from cardbook.lifecycle.acts.rows import KEEPERS, WINDOWS, Act, states
from cardbook.orgs.reach import Reach

ROWS: tuple[Act, ...] = (
    Act(
        code="application.withdraw",
        title="撤回制卡申请",
        basis=(art(25),),
        subject=Subject.APPLICATION,
        who=WINDOWS,
        on=states(progress=(Progress.CAPTURED, Progress.CONFIRMED, Progress.REFUSED)),
        becomes={"progress": Progress.WITHDRAWN},
        facts=facts.ApplicationWithdrawn,
        checks=(guards.reason_is_given,),
    ),
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
    ),
    Act(
        code="temporary.void",
        title="作废损坏的临时卡",
        basis=(art(27),),
        subject=Subject.TEMPORARY_CARD,
        who={Role.WINDOW_CLERK: Reach.COUNTY, **KEEPERS},
        on=states(stage=TemporaryStage.IN_STOCK),
        becomes={"stage": TemporaryStage.VOID},
        facts=facts.TemporaryCardVoided,
        checks=(guards.reason_is_given,),
        batch_only=True,
    ),
)
