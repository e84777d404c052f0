"""Chapter 2, duties: an office changes and its cards go along (Art. 5, 20)."""

from cardbook.cards.states import Stage, Subject
from cardbook.custody.places import Place
from cardbook.law.articles import art
from cardbook.lifecycle import facts
from cardbook.lifecycle.acts.rows import KEPT, MANAGERS, ON_SHELF, Act, Move, states

_CHANGE = "细则没有规定机构撤并时卡如何移交；按批文随机构移交，逐张记入台账"


def _as_it_lies(code: str, title: str, place: Place, *, stages: tuple[Stage, ...]) -> Act:
    """Cards that are not for the shelf go from one kind of place to the same at the successor."""
    return Act(
        code=f"stock.hand_on_{code}",
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
    _as_it_lies("unit", "集中领取的卡", Place.UNIT, stages=(Stage.IN_CUSTODY,)),
    _as_it_lies(
        "defects",
        "停用卡",
        Place.DEFECT,
        stages=(Stage.RECALLED, Stage.RETURNED, Stage.CANCELLED),
    ),
    _as_it_lies("errors", "错卡", Place.ERROR, stages=(Stage.RECALLED,)),
    _as_it_lies("returned", "退回的卡", Place.RETURNED, stages=(Stage.RETURNED,)),
    _as_it_lies("scrap", "待销毁的卡", Place.SCRAP, stages=(Stage.RECALLED, Stage.CANCELLED)),
)
