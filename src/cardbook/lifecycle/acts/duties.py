"""Chapter 2, duties: an office changes and its cards go along (Art. 5, 20)."""

from cardbook.cards.states import Stage, Subject
from cardbook.custody.places import Place
from cardbook.law.articles import art
from cardbook.lifecycle import facts
from cardbook.lifecycle.acts.rows import KEPT, MANAGERS, ON_SHELF, Act, Move, states

_CHANGE = "细则没有规定机构撤并时卡如何移交；按批文随机构移交，逐张记入台账"

ROWS: tuple[Act, ...] = (
    Act(
        code="stock.hand_on",
        title="在管卡随机构变更移交",
        basis=(art(5), art(20)),
        subject=Subject.CARD,
        who=MANAGERS,
        on=KEPT,
        facts=facts.StockHandedOn,
        move=Move(ON_SHELF, Place.STORE),
        batch_only=True,
        assumed=_CHANGE,
    ),
    Act(
        code="stock.hand_on_defects",
        title="停用卡随机构变更移交",
        basis=(art(5), art(20)),
        subject=Subject.CARD,
        who=MANAGERS,
        on=states(stage=(Stage.RECALLED, Stage.RETURNED, Stage.CANCELLED)),
        facts=facts.StockHandedOn,
        move=Move(frozenset({Place.DEFECT}), Place.DEFECT),
        batch_only=True,
        assumed=_CHANGE,
    ),
)
