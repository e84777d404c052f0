"""Chapter 2, duties: an office changes and its cards go along (Art. 5, 20)."""

from cardbook.cards.states import Stage, Subject
from cardbook.custody.places import Place
from cardbook.law.articles import art
from cardbook.lifecycle import facts
from cardbook.lifecycle.acts.rows import KEPT, MANAGERS, ON_SHELF, Act, Move, states

_CHANGE = "细则没有规定机构撤并时卡如何移交；按批文随机构移交，逐张记入台账"

# What is set aside stays so, each kind in the successor's own place for it.
_SET_ASIDE = (
    (
        "defects",
        "停用卡",
        (Stage.RECALLED, Stage.RETURNED, Stage.CANCELLED),
        Place.DEFECT,
    ),
    ("errors", "错卡", (Stage.RECALLED,), Place.ERROR),
    ("returned", "退回卡", (Stage.RETURNED,), Place.RETURNED),
    ("scrap", "待销毁卡", (Stage.RECALLED, Stage.CANCELLED), Place.SCRAP),
)

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
    *(
        Act(
            code=f"stock.hand_on_{what}",
            title=f"{title}随机构变更移交",
            basis=(art(5), art(20)),
            subject=Subject.CARD,
            who=MANAGERS,
            on=states(stage=stages),
            facts=facts.StockHandedOn,
            move=Move(frozenset({place}), place),
            batch_only=True,
            assumed=_CHANGE,
        )
        for what, title, stages, place in _SET_ASIDE
    ),
)
