"""What a row of the table of acts says, and who does what for several rows alike."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cardbook.cards.states import Hold, Social, Stage, Subject
from cardbook.custody.places import Place
from cardbook.law.articles import Basis
from cardbook.law.notices import Notice
from cardbook.law.papers import PaperRule, PapersWhen
from cardbook.law.roles import Role
from cardbook.lifecycle.guards import FactCheck, StandingGuard
from cardbook.orgs.reach import Reach
from cardbook.ports.messages import MessageKind

States = Mapping[str, frozenset[str]]


def states(**regions: object) -> States:
    """Region values an act needs, e.g. `states(stage=Stage.IN_CUSTODY, hold=(…))`."""
    return {
        region: frozenset(values if isinstance(values, tuple) else (str(values),))
        for region, values in regions.items()
    }


@dataclass(frozen=True, slots=True)
class Move:
    """What an act does to custody: from which kinds of place to which kind.

    `beyond` lets cards leave the county: to an office above it or to a bank, never to a neighbour.
    `home` lets cards that left come back: each into its own county and no other.
    """

    sources: frozenset[Place]
    target: Place
    beyond: bool = False
    home: bool = False

    @property
    def stays(self) -> bool:
        """Whether the card only has to be there and is not moved."""
        return self.sources == {self.target}


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One row. `on` None means the act brings its subject into being.

    `papers` are asked of everybody, `papers_when` besides, as the facts of the case say.

    `second` signs with the actor; `witness`, of another office, saw it; `by_another` means that
    whoever brought the subject into being may not do it. `second_elsewhere` means that the second
    person stands on the other side of a hand-over; the slice says which. `claims` lists regions
    whose value is not decided here but claimed by a source, and which values may be claimed; each
    event's facts carry them under the region's name. `carries` names facts that stand in the
    subject's own row as well; `resettles` makes the subject the county's that the facts name as
    `successor`. With `told_later` the notices are owed and never delay the act.

    `tells` are the messages the act leaves owed to the other side, one of each kind for every
    subject (`outbox/`) that was not `told_before`: its regions say that it heard. `settles` are
    those its facts answer by hand: somebody did it on the other side's own screen and wrote down
    its `reference`; `takes_back` names, for what was told before, the message that undoes it where
    it left at all.
    """

    code: str
    title: str
    basis: tuple[Basis, ...]
    subject: Subject
    who: Mapping[Role, Reach]
    on: States | None
    becomes: Mapping[str, str] = field(default_factory=dict)
    claims: States = field(default_factory=dict)
    carries: tuple[str, ...] = ()
    facts: type
    move: Move | None = None
    papers: PaperRule | None = None
    papers_when: tuple[PapersWhen, ...] = ()
    notices: tuple[Notice, ...] = ()
    told_later: bool = False
    guards: tuple[StandingGuard, ...] = ()
    checks: tuple[FactCheck, ...] = ()
    second: frozenset[Role] = frozenset()
    second_elsewhere: bool = False
    witness: frozenset[Role] = frozenset()
    by_another: bool = False
    resettles: bool = False
    tells: tuple[MessageKind, ...] = ()
    told_before: Mapping[str, str] = field(default_factory=dict)
    settles: tuple[MessageKind, ...] = ()
    takes_back: Mapping[MessageKind, MessageKind] = field(default_factory=dict)
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


KEEPERS = {Role.CARD_KEEPER: Reach.COUNTY, Role.CITY_MANAGER: Reach.CITY}
MANAGERS = {Role.COUNTY_MANAGER: Reach.COUNTY, Role.CITY_MANAGER: Reach.CITY}
WINDOWS = {Role.WINDOW_CLERK: Reach.COUNTY, Role.AGENCY_CLERK: Reach.COUNTY}
COUNTY_SECOND = frozenset(
    {Role.CARD_KEEPER, Role.COUNTY_MANAGER, Role.REVIEWER, Role.CITY_MANAGER}
)
ON_SHELF = frozenset({Place.STORE, Place.BOX, Place.DRAWER})
# An outlet that hands out sees to what it finds wrong or broken there (Art. 9, 13): its own stock,
# and what that brings into being for its own bank's customers.
OUTLETS = {Role.BANK_TELLER: Reach.OWN}
BANKS = {Role.BANK_TELLER: Reach.BANK}
KEPT = states(stage=Stage.IN_CUSTODY)
# Whoever keeps cards that were handed down: each his own.
HOLDERS_OF_STOCK = {
    **KEEPERS,
    Role.AGENCY_CLERK: Reach.OWN,
    Role.WINDOW_CLERK: Reach.OWN,
    Role.VILLAGE_HELPER: Reach.OWN,
    Role.UNIT_HANDLER: Reach.OWN,
}
# A finding of a defect stands for good: no way back to the holder starts from one (Art. 9).
SOUND = tuple(hold for hold in Hold if hold is not Hold.DEFECT)
FOR_ISSUE = states(stage=Stage.IN_CUSTODY, social=Social.SEALED, hold=Hold.NONE)
