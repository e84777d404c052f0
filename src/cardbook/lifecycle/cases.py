"""What a guard may look at: one subject as locked, its holder, its place, its last event.

Frozen values without Django, so that the law of the card can be read and tested alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from cardbook.cards.states import Subject, hold_at
from cardbook.custody.places import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class LastEvent:
    """The newest event of a subject: enough to say who was faster."""

    id: int
    act: str
    happened_at: datetime
    recorded_at: datetime
    org_name: str
    actor_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One subject with all that the table of acts may ask about it.

    `came_by` is the act that put a card where it lies, at `came_at`; `given_by` is the office that
    gave it to its holder; `at` is when the act happens as claimed, None while only its button is
    judged; `begun_by` is the user who brought an application, temporary card or correction into
    being. Of a card, `replacement` is how far an application in its place has come,
    `old_card_out` an old card the holder still has to hand in, `other_card` another card of the
    holder whose social function is in use.
    """

    subject: Subject
    id: int
    version: int
    regions: Mapping[str, str]
    number: str
    county_id: int | None
    person_id: int | None
    born_on: date | None
    died_on: date | None
    custodian_path: str
    custodian_name: str
    custodian_id: int
    custodian_county_id: int | None
    place: Place | None
    account_id: int | None
    place_text: str
    hold_until: datetime | None
    last: LastEvent | None
    temporary_card_out: str = ""
    came_by: str = ""
    came_at: datetime | None = None
    given_by: str = ""
    begun_by: int | None = None
    bank_path: str = ""
    replacement: str = ""
    old_card_out: str = ""
    other_card: str = ""
    fee_fen: int = 0
    excused: bool = False
    said_dead_by: str = ""
    at: datetime | None = None

    def regions_at(self, at: datetime) -> Mapping[str, str]:
        """The regions as of a moment: an oral loss lapses by time alone (Art. 28)."""
        if self.hold_until is None:
            return self.regions
        return {
            **self.regions,
            "hold": hold_at(self.regions["hold"], until=self.hold_until, at=at),
        }
