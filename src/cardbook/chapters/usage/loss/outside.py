"""Cards of another city: what is kept of a call, and what the province said of it (Art. 28).

Asked about and reported lost is all that is done for them here; the rest is refused in words.
"""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from cardbook.chapters.usage.models import OutsideCall
from cardbook.lib.clock import LOCAL
from cardbook.lib.masking import mask_number
from cardbook.lib.sm import Damaged
from cardbook.orgs.actors import Actor
from cardbook.outbox.models import Message
from cardbook.outbox.states import State
from cardbook.people import vault
from cardbook.ports.messages import Party

# What messages about a call are about.
SUBJECT = "outside_call"
LOST, ASKED = str(OutsideCall.Matter.LOST), str(OutsideCall.Matter.ASKED)
# What a caller may want besides, in vain: it is the other city's to do.
ELSEWHERE = {
    "formal": "正式挂失", "lift": "解除挂失", "replace": "补卡、换卡", "activate": "激活社保功能",
    "cancel": "注销、关系转移", "pin": "密码重置",
}  # fmt: skip
MATTERS = (*OutsideCall.Matter.choices, *ELSEWHERE.items())
_OUTSIDE = b"loss-outside"
_REPORTED = "临时挂失："


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideRow:
    """One call about a card of another place; `answer` is the province's, with its time."""

    id: int
    matter: str
    masked_number: str
    place: str
    hotline: str
    reference: str
    call: str
    words: str
    office: str
    handled_by: str
    handled_at: datetime
    answer: str

    @property
    def sentence(self) -> str:
        """What the operator tells the caller."""
        if self.answer.startswith(_REPORTED):
            return (
                f"外地卡来电已登记（{self.id} 号），临时挂失报省系统办理，结果在本页查看；"
                "金融功能请持卡人打银行客服电话。"
            )
        return f"外地卡来电已登记（{self.id} 号）。{self.answer}。"


def seal_number(number: str) -> str:
    """This function will seal a number for one form, as text."""
    return base64.b64encode(vault.seal_text(number, context=_OUTSIDE)).decode()


def open_number(text: str) -> str:
    """This function will open what the form brings back; "" when it is none of ours."""
    try:
        return vault.open_text(base64.b64decode(text, validate=True), context=_OUTSIDE)
    except (binascii.Error, Damaged, UnicodeDecodeError):
        return ""


def outside_call(call_id: int) -> OutsideRow:
    """This function will return a call just kept.

    :raises OutsideCall.DoesNotExist: when there is none.
    """
    call = OutsideCall.objects.select_related("office", "handled_by").get(pk=call_id)
    (row,) = outside_rows([call])
    return row


def calls_about(number: str) -> tuple[OutsideRow, ...]:
    """This function will list earlier calls about a number, newest first, at most ten."""
    found = OutsideCall.objects.filter(number_index=vault.number_index(number))
    newest = found.select_related("office", "handled_by").order_by("-id")[:10]
    return tuple(outside_rows(newest))


SORTS = {
    "new": ("新的在前", ("-handled_at", "-id")),
    "old": ("旧的在前", ("handled_at", "id")),
    "place": ("发卡地", ("place", "-handled_at", "-id")),
}


def outside_calls(*, by: Actor, text: str = "", sort: str = "new") -> QuerySet[OutsideCall]:
    """This function will find calls the actor's own reach took, newest first.

    `text` is a number of a document, or a part of the place or of a reference.
    """
    found = OutsideCall.objects.filter(office__path__startswith=by.county_path)
    if text:
        known = Q(place__contains=text) | Q(reference=text) | Q(call=text)
        found = found.filter(known | Q(number_index=vault.number_index(text.upper())))
    return found.select_related("office", "handled_by").order_by(*SORTS[sort][1])


def outside_rows(calls: Iterable[OutsideCall]) -> list[OutsideRow]:
    """This function will put calls into words, with what the province said; two queries."""
    listed = list(calls)
    told = {
        one.subject_id: one
        for one in Message.objects.filter(
            party=Party.PROVINCE, thread__in=[f"{SUBJECT}:{call.pk}" for call in listed]
        )
    }
    return [
        OutsideRow(
            id=call.pk,
            matter=call.get_matter_display(),
            masked_number=mask_number(vault.open_text(call.number_sealed, context=vault.NUMBER)),
            place=call.place,
            hotline=call.hotline,
            reference=call.reference,
            call=call.call,
            words=call.words,
            office=call.office.name,
            handled_by=call.handled_by.get_full_name(),
            handled_at=call.handled_at,
            answer=_told_words(told[call.pk]) if call.pk in told else call.answer,
        )
        for call in listed
    ]


def _told_words(message: Message) -> str:
    """How the message about a loss stands: the province's own words, number and time."""
    parts = [
        f"{_REPORTED}{State(message.state).label}",  # type: ignore[call-arg] # looks it up
        f"{message.answered_at.astimezone(LOCAL):%m-%d %H:%M}" if message.answered_at else "",
        message.answer_words,
        f"流水号 {message.external_reference}" if message.external_reference else "",
    ]
    return "，".join(part for part in parts if part)
