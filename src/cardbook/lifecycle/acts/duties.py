"""Chapter 2, duties: an office changes and its cards go along (Art. 5, 20)."""

from cardbook.cards.states import (
    CLOSED_APPLICATIONS,
    CLOSED_CORRECTIONS,
    CorrectionProgress,
    Progress,
    Stage,
    Subject,
    TemporaryStage,
)
from cardbook.custody.places import Place
from cardbook.law.articles import art
from cardbook.law.roles import Role
from cardbook.lifecycle import facts
from cardbook.lifecycle.acts.rows import KEPT, MANAGERS, ON_SHELF, Act, Move, States, states
from cardbook.orgs.reach import Reach

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


def _county_joins(code: str, title: str, subject: Subject, on: States) -> Act:
    """What belongs to a county that goes into another; it stays where it is and as it is."""
    return Act(
        code=f"county.join{code}",
        title=f"{title}随县区合并划转",
        basis=(art(3), art(5)),
        subject=subject,
        who={Role.CITY_MANAGER: Reach.CITY},
        on=on,
        facts=facts.CountyJoined,
        resettles=True,
        batch_only=True,
        assumed="细则没有规定县区撤并；按批文把未完结的卡和事项逐件划归承接县区，完结的留在原县区",
    )


def _but(members: type, *closed: object) -> tuple[object, ...]:
    return tuple(one for one in members if one not in closed)  # type: ignore[attr-defined]


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
    _county_joins("", "社保卡", Subject.CARD, states(stage=_but(Stage, Stage.DESTROYED))),
    _county_joins(
        "_application",
        "制卡申请",
        Subject.APPLICATION,
        states(progress=_but(Progress, *CLOSED_APPLICATIONS)),
    ),
    _county_joins(
        "_temporary",
        "临时卡",
        Subject.TEMPORARY_CARD,
        states(stage=(TemporaryStage.IN_STOCK, TemporaryStage.LENT)),
    ),
    _county_joins(
        "_correction",
        "错卡处理",
        Subject.CORRECTION,
        states(progress=_but(CorrectionProgress, *CLOSED_CORRECTIONS)),
    ),
)
