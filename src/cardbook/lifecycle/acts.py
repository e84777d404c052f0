"""THE TABLE: every act, in the order of the articles. One row says all there is to say about it.

Permission, buttons and why one is grey, papers asked for, notices, state diagrams, the index of
articles and the refusal catalogue are derived from the rows; nothing is written twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cardbook.cards.states import (
    Bank,
    Hold,
    Progress,
    Social,
    Stage,
    Subject,
    TemporaryStage,
)
from cardbook.custody.places import Place
from cardbook.law import notices, papers
from cardbook.law.articles import Basis, art
from cardbook.law.notices import Notice
from cardbook.law.papers import PaperRule
from cardbook.law.roles import Role
from cardbook.lifecycle import facts, guards
from cardbook.lifecycle.guards import FactCheck, StandingGuard
from cardbook.orgs.reach import Reach

States = Mapping[str, frozenset[str]]


def states(**regions: object) -> States:
    """Region values an act needs, e.g. `states(stage=Stage.IN_CUSTODY, hold=(…))`."""
    return {
        region: frozenset(values if isinstance(values, tuple) else (str(values),))
        for region, values in regions.items()
    }


@dataclass(frozen=True, slots=True)
class Move:
    """What an act does to custody: from which kinds of place to which kind."""

    sources: frozenset[Place]
    target: Place

    @property
    def stays(self) -> bool:
        """Whether the card only has to be there and is not moved."""
        return self.sources == {self.target}


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One row. `on` None means the act brings its subject into being.

    `claims` lists regions whose value is not decided here but claimed by a source, and which
    values may be claimed; each event's facts carry them under the region's name.
    """

    code: str
    title: str
    basis: tuple[Basis, ...]
    subject: Subject
    who: Mapping[Role, Reach]
    on: States | None
    becomes: Mapping[str, str] = field(default_factory=dict)
    claims: States = field(default_factory=dict)
    facts: type
    move: Move | None = None
    papers: PaperRule | None = None
    notices: tuple[Notice, ...] = ()
    guards: tuple[StandingGuard, ...] = ()
    checks: tuple[FactCheck, ...] = ()
    second: frozenset[Role] = frozenset()
    registers: tuple[str, ...] = ()
    batch_only: bool = False
    assumed: str = ""
    version: int = 1

    @property
    def roles_text(self) -> str:
        """Who may, as a clerk says it."""
        return "、".join(role.label for role in self.who)

    @property
    def basis_text(self) -> str:
        """The articles, as printed on screens and forms."""
        return "、".join(basis.label for basis in self.basis)


_KEEPERS = {Role.CARD_KEEPER: Reach.COUNTY, Role.CITY_MANAGER: Reach.CITY}
_MANAGERS = {Role.COUNTY_MANAGER: Reach.COUNTY, Role.CITY_MANAGER: Reach.CITY}
_CHANGE = "细则没有规定机构撤并时卡如何移交；按批文随机构移交，逐张记入台账"
_WINDOWS = {Role.WINDOW_CLERK: Reach.COUNTY, Role.AGENCY_CLERK: Reach.COUNTY}
_COUNTY_SECOND = frozenset(
    {Role.CARD_KEEPER, Role.COUNTY_MANAGER, Role.REVIEWER, Role.CITY_MANAGER}
)
# Whoever takes a defective card back opens its free replacement: two rows, done together (Art. 9).
_FIND_DEFECTS = _WINDOWS | _KEEPERS
_ON_SHELF = frozenset({Place.STORE, Place.BOX, Place.DRAWER})
_KEPT = states(stage=Stage.IN_CUSTODY)

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
        who=_KEEPERS,
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
    # ------------------------------------------ Chapter 2: duties; an office changes (Art. 5, 20)
    Act(
        code="stock.hand_on",
        title="在管卡随机构变更移交",
        basis=(art(5), art(20)),
        subject=Subject.CARD,
        who=_MANAGERS,
        on=_KEPT,
        facts=facts.StockHandedOn,
        move=Move(_ON_SHELF, Place.STORE),
        batch_only=True,
        assumed=_CHANGE,
    ),
    Act(
        code="stock.hand_on_defects",
        title="停用卡随机构变更移交",
        basis=(art(5), art(20)),
        subject=Subject.CARD,
        who=_MANAGERS,
        on=states(stage=(Stage.RECALLED, Stage.RETURNED, Stage.CANCELLED)),
        facts=facts.StockHandedOn,
        move=Move(frozenset({Place.DEFECT}), Place.DEFECT),
        batch_only=True,
        assumed=_CHANGE,
    ),
    # ------------------------------------ Before this book began: the opening balance (Art. 6, 20)
    _opening(
        "opening.keep",
        "在管",
        place=Place.STORE,
        becomes={"stage": Stage.IN_CUSTODY, "social": Social.SEALED},
        claims=states(hold=_ANY_HOLD, bank=_ANY_BANK),
    ),
    _opening(
        "opening.issue",
        "已发放",
        place=Place.HOLDER,
        becomes={"stage": Stage.ISSUED},
        claims=states(social=_ANY_SOCIAL, hold=_ANY_HOLD, bank=_ANY_BANK),
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
        place=Place.DEFECT,
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
        who=_KEEPERS,
        on=states(stage=Stage.MISSING, social=(Social.SEALED, Social.UNKNOWN)),
        becomes={"stage": Stage.IN_CUSTODY},
        facts=facts.OpeningSettled,
        move=Move(frozenset({Place.MISSING}), Place.STORE),
        checks=(guards.reason_is_given,),
        second=_COUNTY_SECOND,
        batch_only=True,
        assumed=_OPENING,
    ),
    Act(
        code="opening.find_held",
        title="查明下落：在持卡人手中",
        basis=(art(20),),
        subject=Subject.CARD,
        who=_KEEPERS,
        on=states(stage=Stage.MISSING),
        becomes={"stage": Stage.ISSUED},
        facts=facts.OpeningSettled,
        move=Move(frozenset({Place.MISSING}), Place.HOLDER),
        checks=(guards.reason_is_given,),
        second=_COUNTY_SECOND,
        batch_only=True,
        assumed=_OPENING,
    ),
    Act(
        code="opening.find_function",
        title="查明社保功能",
        basis=(art(22),),
        subject=Subject.CARD,
        who=_KEEPERS,
        on=states(stage=_LIVING, social=Social.UNKNOWN),
        claims=states(social=(Social.SEALED, Social.ACTIVE, Social.LOCKED, Social.CANCELLED)),
        facts=facts.FunctionFound,
        checks=(guards.reason_is_given,),
        second=_COUNTY_SECOND,
        batch_only=True,
        assumed=_OPENING,
    ),
    Act(
        code="opening.confirm",
        title="来源差异：维持现登记",
        basis=(art(6), art(20)),
        subject=Subject.CARD,
        who=_KEEPERS,
        on={},
        facts=facts.OpeningSettled,
        checks=(guards.reason_is_given,),
        second=_COUNTY_SECOND,
        batch_only=True,
        assumed=_OPENING,
    ),
    # -------------------------------------------------------------- Chapter 3: collecting (Art. 6)
    Act(
        code="delivery.register",
        title="登记到货明细",
        basis=(art(6),),
        subject=Subject.CARD,
        who=_KEEPERS,
        on=None,
        becomes={
            "stage": Stage.IN_CUSTODY,
            "social": Social.SEALED,
            "hold": Hold.NONE,
            "bank": Bank.UNKNOWN,
        },
        facts=facts.DeliveryRegistered,
        move=Move(frozenset({Place.OUTSIDE}), Place.TRANSIT),
        batch_only=True,
    ),
    Act(
        code="delivery.receive",
        title="清点接收",
        basis=(art(6), art(20)),
        subject=Subject.CARD,
        who=_KEEPERS,
        on=_KEPT,
        facts=facts.DeliveryReceived,
        move=Move(frozenset({Place.TRANSIT}), Place.STORE),
        second=_COUNTY_SECOND,
        registers=("count_sheet",),
    ),
    Act(
        code="delivery.note_shortage",
        title="登记短少",
        basis=(art(6),),
        subject=Subject.CARD,
        who=_KEEPERS,
        on=_KEPT,
        facts=facts.ShortageRecorded,
        move=Move(frozenset({Place.TRANSIT}), Place.TRANSIT),
        second=_COUNTY_SECOND,
        registers=("count_sheet",),
        batch_only=True,
    ),
    Act(
        code="delivery.explain_found",
        title="短少卡找到",
        basis=(art(6),),
        subject=Subject.CARD,
        who=_KEEPERS,
        on=states(stage=(Stage.IN_CUSTODY, Stage.MISSING)),
        becomes={"stage": Stage.IN_CUSTODY},
        facts=facts.DifferenceExplained,
        move=Move(frozenset({Place.TRANSIT, Place.MISSING}), Place.STORE),
        checks=(guards.reason_is_given,),
        second=_COUNTY_SECOND,
    ),
    Act(
        code="delivery.explain_missing",
        title="短少卡查无下落",
        basis=(art(6), art(20)),
        subject=Subject.CARD,
        who=_KEEPERS,
        on=_KEPT,
        becomes={"stage": Stage.MISSING},
        facts=facts.DifferenceExplained,
        move=Move(frozenset({Place.TRANSIT}), Place.MISSING),
        checks=(guards.reason_is_given,),
        second=_COUNTY_SECOND,
    ),
    Act(
        code="card.sort",
        title="分类入柜",
        basis=(art(6), art(20)),
        subject=Subject.CARD,
        who=_KEEPERS,
        on=_KEPT,
        facts=facts.CardSorted,
        move=Move(_ON_SHELF, Place.BOX),
        registers=("box_label",),
    ),
    # --------------------------------------------------- Chapter 4: issuing (Art. 7, 8 ¶4, 9, 12)
    Act(
        code="card.issue",
        title="发放给持卡人本人",
        basis=(art(8, 4), art(7), art(12)),
        subject=Subject.CARD,
        who=_WINDOWS,
        on=states(stage=Stage.IN_CUSTODY, social=Social.SEALED, hold=Hold.NONE),
        becomes={"stage": Stage.ISSUED},
        facts=facts.CardIssued,
        move=Move(_ON_SHELF, Place.HOLDER),
        papers=papers.OWN_PICK_UP,
        notices=(notices.PICK_UP,),
        guards=(
            guards.holder_is_alive,
            guards.holder_is_of_age,
            guards.temporary_card_is_back,
        ),
        checks=(
            guards.identity_was_seen,
            guards.right_card_was_scanned,
            guards.card_is_sound,
            guards.face_was_compared,
            guards.receiver_signed,
        ),
        registers=("pick_up_register",),
    ),
    Act(
        code="issue.undo",
        title="撤销误登的发放",
        basis=(art(7), art(20)),
        subject=Subject.CARD,
        who=_WINDOWS,
        on=states(stage=Stage.ISSUED, social=Social.SEALED, hold=Hold.NONE),
        becomes={"stage": Stage.IN_CUSTODY},
        facts=facts.IssueUndone,
        move=Move(frozenset({Place.HOLDER}), Place.DRAWER),
        checks=(guards.undone_is_the_newest, guards.reason_is_given),
        second=_COUNTY_SECOND | {Role.WINDOW_CLERK},
        registers=("pick_up_register",),
        assumed="细则未规定误登如何更正；按“登记不改、另记更正”办理，须两人",
    ),
    Act(
        code="defect.record",
        title="登记质量问题并收回",
        basis=(art(9),),
        subject=Subject.CARD,
        who=_FIND_DEFECTS,
        on=states(stage=(Stage.IN_CUSTODY, Stage.ISSUED), social=Social.SEALED, hold=Hold.NONE),
        becomes={"stage": Stage.RECALLED},
        facts=facts.DefectRecorded,
        move=Move(_ON_SHELF | {Place.HOLDER}, Place.DEFECT),
        notices=(notices.DEFECT,),
        checks=(guards.defect_is_named,),
    ),
    Act(
        code="replacement.open_free",
        title="开具免费补换申请",
        basis=(art(9),),
        subject=Subject.APPLICATION,
        who=_FIND_DEFECTS,
        on=None,
        becomes={"progress": Progress.CAPTURED},
        facts=facts.FreeReplacementOpened,
        batch_only=True,
    ),
    # --------------------------------------- Chapter 8: applications and temporary cards (25, 27)
    Act(
        code="application.withdraw",
        title="撤回制卡申请",
        basis=(art(25),),
        subject=Subject.APPLICATION,
        who=_WINDOWS,
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
        who=_KEEPERS,
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
        who={Role.WINDOW_CLERK: Reach.COUNTY, **_KEEPERS},
        on=states(stage=TemporaryStage.IN_STOCK),
        becomes={"stage": TemporaryStage.VOID},
        facts=facts.TemporaryCardVoided,
        checks=(guards.reason_is_given,),
        batch_only=True,
    ),
)

ACTS: Mapping[str, Act] = {row.code: row for row in ROWS}


def act(code: str) -> Act:
    """This function will return the row of an act.

    :raises KeyError: when there is no such act.
    """
    return ACTS[code]


def acts_on(subject: Subject) -> tuple[Act, ...]:
    """This function will list the acts that apply to an existing subject, in the law's order."""
    return tuple(row for row in ROWS if row.subject is subject and row.on is not None)
