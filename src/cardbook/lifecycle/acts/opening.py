"""Before this book began: the opening balance (Art. 6, 20)."""

from collections.abc import Mapping

from cardbook.cards.states import Bank, Hold, Social, Stage, Subject
from cardbook.custody.places import Place
from cardbook.law.articles import art
from cardbook.lifecycle import facts, guards
from cardbook.lifecycle.acts.rows import COUNTY_SECOND, KEEPERS, SOUND, Act, Move, States, states

# What a source may say of a card it lists (opening balance). What it does not say stays unknown.
_ANY_SOCIAL, _ANY_HOLD, _ANY_BANK = tuple(Social), tuple(Hold), tuple(Bank)
_DIED = {"social": Social.CANCELLED, "hold": Hold.NONE}
_OPENING = (
    "细则没有规定系统启用前已有的卡如何登记；按原台账所称登记，注明来源和日期，不明的登记为不明"
)


def _opening(
    code: str, title: str, *, becomes: Mapping[str, str], place: Place, claims: States
) -> Act:
    """One stage of the opening balance: how the card stood before this book began."""
    return Act(
        code=code,
        title=f"期初登记：{title}",
        basis=(art(6), art(20)),
        subject=Subject.CARD,
        who=KEEPERS,
        on=None,
        becomes=becomes,
        claims=claims,
        facts=facts.OpeningClaimed,
        move=Move(frozenset({Place.OUTSIDE}), place),
        batch_only=True,
        assumed=_OPENING,
    )


_LIVING = (Stage.IN_CUSTODY, Stage.ISSUED, Stage.RECALLED, Stage.RETURNED, Stage.MISSING)


ROWS: tuple[Act, ...] = (
    _opening(
        "opening.keep",
        "在管",
        place=Place.STORE,
        becomes={"stage": Stage.IN_CUSTODY, "social": Social.SEALED},
        claims=states(hold=SOUND, bank=_ANY_BANK),
    ),
    _opening(
        "opening.issue",
        "已发放",
        place=Place.HOLDER,
        becomes={"stage": Stage.ISSUED},
        claims=states(social=_ANY_SOCIAL, hold=SOUND, bank=_ANY_BANK),
    ),
    _opening(
        "opening.recall",
        "已收回",
        place=Place.DEFECT,
        becomes={"stage": Stage.RECALLED},
        claims=states(social=_ANY_SOCIAL, hold=_ANY_HOLD, bank=_ANY_BANK),
    ),
    _opening(
        "opening.return",
        "已退回",
        place=Place.RETURNED,
        becomes={"stage": Stage.RETURNED},
        claims=states(social=_ANY_SOCIAL, hold=_ANY_HOLD, bank=_ANY_BANK),
    ),
    _opening(
        "opening.miss",
        "下落不明",
        place=Place.MISSING,
        becomes={"stage": Stage.MISSING},
        claims=states(social=_ANY_SOCIAL, hold=_ANY_HOLD, bank=_ANY_BANK),
    ),
    _opening(
        "opening.cancel",
        "已注销待销毁",
        place=Place.DEFECT,
        becomes={"stage": Stage.CANCELLED, **_DIED},
        claims=states(bank=_ANY_BANK),
    ),
    _opening(
        "opening.destroy",
        "已销毁",
        place=Place.DESTROYED,
        becomes={"stage": Stage.DESTROYED, **_DIED},
        claims=states(bank=_ANY_BANK),
    ),
    Act(
        code="opening.find_kept",
        title="查明下落：在库",
        basis=(art(6), art(20)),
        subject=Subject.CARD,
        who=KEEPERS,
        on=states(stage=Stage.MISSING, social=(Social.SEALED, Social.UNKNOWN), hold=SOUND),
        becomes={"stage": Stage.IN_CUSTODY},
        facts=facts.OpeningSettled,
        move=Move(frozenset({Place.MISSING}), Place.STORE),
        guards=(guards.was_not_set_aside,),
        checks=(guards.reason_is_given,),
        second=COUNTY_SECOND,
        batch_only=True,
        assumed=_OPENING,
    ),
    Act(
        code="opening.find_held",
        title="查明下落：在持卡人手中",
        basis=(art(20),),
        subject=Subject.CARD,
        who=KEEPERS,
        on=states(stage=Stage.MISSING, hold=SOUND),
        becomes={"stage": Stage.ISSUED},
        facts=facts.OpeningSettled,
        move=Move(frozenset({Place.MISSING}), Place.HOLDER),
        checks=(guards.reason_is_given,),
        second=COUNTY_SECOND,
        batch_only=True,
        assumed=_OPENING,
    ),
    Act(
        code="opening.find_function",
        title="查明社保功能",
        basis=(art(22),),
        subject=Subject.CARD,
        who=KEEPERS,
        on=states(stage=_LIVING, social=Social.UNKNOWN),
        claims=states(social=(Social.SEALED, Social.ACTIVE, Social.LOCKED, Social.CANCELLED)),
        facts=facts.FunctionFound,
        checks=(guards.reason_is_given,),
        second=COUNTY_SECOND,
        batch_only=True,
        assumed=_OPENING,
    ),
    Act(
        code="opening.confirm",
        title="来源差异：维持现登记",
        basis=(art(6), art(20)),
        subject=Subject.CARD,
        who=KEEPERS,
        on={},
        facts=facts.OpeningSettled,
        checks=(guards.reason_is_given,),
        second=COUNTY_SECOND,
        batch_only=True,
        assumed=_OPENING,
    ),
)
