"""What a caller is asked to show that he is the holder: picked from what the book knows (Art. 28).

What he has said already, or what stands in the number he gave, is no question.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cardbook.cards.models import Card
from cardbook.cards.states import Stage, Subject
from cardbook.ledger.models import Event
from cardbook.lib.canonical import digest
from cardbook.lib.clock import LOCAL
from cardbook.lifecycle.acts import ACTS
from cardbook.lifecycle.facts import Signer
from cardbook.orgs.models import Organization
from cardbook.people.holders import Holder

# By these a card came to its holder; an opening balance does not know when or where.
_HAND_OVERS = tuple(
    code
    for code, row in ACTS.items()
    if "pick_up_register" in row.registers and row.becomes.get("stage") == Stage.ISSUED
)
_TAIL = 4


class Said(StrEnum):
    """By what a caller was found: so much he has said already."""

    NUMBER = "number"
    PHONE = "phone"
    NOTHING = ""


# Who speaks, in the words of a loss; a `Signer` fetches no card here.
CALLERS: Mapping[str, str] = {
    str(Signer.HOLDER): "本人",
    str(Signer.GUARDIAN): "监护人",
    str(Signer.PROXY): "代办人",
}


class Topic(StrEnum):
    """What a question is about; the code is kept in the ledger, never the answer."""

    TAIL = "tail"
    BIRTHDAY = "birthday"
    PHONE = "phone"
    TOWN = "town"
    UNIT = "unit"
    BANK = "bank"
    BANK_TAIL = "bank_tail"
    PICKED_UP = "picked_up"
    PICK_UP_OFFICE = "pick_up_office"

    @property
    def label(self) -> str:
        """The question as it is spoken."""
        return {
            "tail": "身份证号码最后四位是什么？",
            "birthday": "生日是哪月哪日？",
            "phone": "登记的手机号最后四位是什么？",
            "town": "登记的是哪个镇（街道）、哪个村（社区）？",
            "unit": "登记的工作单位或学校是哪里？",
            "bank": "这张卡是哪家银行的？",
            "bank_tail": "卡上银行卡号最后四位是什么？",
            "picked_up": "哪一年哪一月领的卡？",
            "pick_up_office": "在哪里领的卡？",
        }[self]

    @property
    def short(self) -> str:
        """What it is about, as the register says it."""
        return {
            "tail": "号码后四位",
            "birthday": "生日",
            "phone": "手机号后四位",
            "town": "镇街、村",
            "unit": "单位",
            "bank": "银行",
            "bank_tail": "银行卡尾号",
            "picked_up": "领卡年月",
            "pick_up_office": "领卡地点",
        }[self]


_CONTAINED = {
    Said.NUMBER: frozenset({Topic.TAIL, Topic.BIRTHDAY}),
    Said.PHONE: frozenset({Topic.PHONE}),
    Said.NOTHING: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Question:
    """One question with the answer the book has, for the operator's ear alone."""

    topic: Topic
    answer: str

    @property
    def code(self) -> str:
        """As it is ticked and kept."""
        return str(self.topic)

    @property
    def words(self) -> str:
        """As it is spoken."""
        return self.topic.label


def questions_of(card: Card, *, holder: Holder, said: Said, seed: str) -> tuple[Question, ...]:
    """This function will list every question the book can judge, in an order drawn by `seed`.

    The first of them are asked; the others wait for whoever cannot remember. The same seed gives
    the same order again, so that a form that comes back asks the same.
    """
    known = (Question(topic, answer) for topic, answer in _answers(card, holder) if answer)
    asked = (one for one in known if one.topic not in _CONTAINED[said])
    return tuple(sorted(asked, key=lambda one: digest([seed, one.code])))


def _answers(card: Card, holder: Holder) -> tuple[tuple[Topic, str], ...]:
    picked_up, office = _hand_over(card)
    return (
        (Topic.TAIL, holder.number[-_TAIL:]),
        (Topic.BIRTHDAY, f"{holder.born_on.month} 月 {holder.born_on.day} 日"),
        (Topic.PHONE, holder.phone[-_TAIL:]),
        (Topic.TOWN, "".join((card.town.name if card.town else "", card.village))),
        (Topic.UNIT, card.unit_name),
        (Topic.BANK, card.bank_org.name if card.bank_org else ""),
        (Topic.BANK_TAIL, card.bank_last4),
        (Topic.PICKED_UP, f"{picked_up.astimezone(LOCAL):%Y 年 %-m 月}" if picked_up else ""),
        (Topic.PICK_UP_OFFICE, office),
    )


def _hand_over(card: Card) -> tuple[datetime | None, str]:
    """When and where the card was handed over, while its holder has it."""
    if card.stage != Stage.ISSUED:
        return None, ""
    event = (
        Event.objects.filter(subject_kind=Subject.CARD, subject_id=card.pk, act__in=_HAND_OVERS)
        .order_by("-seq")
        .first()
    )
    if event is None:
        return None, ""
    return event.happened_at, Organization.objects.get(pk=event.org_id).name
