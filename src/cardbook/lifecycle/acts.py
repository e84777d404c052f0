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
    """One row. `on` None means the act brings its subject into being."""

    code: str
    title: str
    basis: tuple[Basis, ...]
    subject: Subject
    who: Mapping[Role, Reach]
    on: States | None
    becomes: Mapping[str, str] = field(default_factory=dict)
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
_WINDOWS = {Role.WINDOW_CLERK: Reach.COUNTY, Role.AGENCY_CLERK: Reach.COUNTY}
_COUNTY_SECOND = frozenset(
    {Role.CARD_KEEPER, Role.COUNTY_MANAGER, Role.REVIEWER, Role.CITY_MANAGER}
)
_ON_SHELF = frozenset({Place.STORE, Place.BOX, Place.DRAWER})
_KEPT = states(stage=Stage.IN_CUSTODY)

ROWS: tuple[Act, ...] = (
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
        who=_WINDOWS | _KEEPERS,
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
        who=_WINDOWS | _KEEPERS,
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
