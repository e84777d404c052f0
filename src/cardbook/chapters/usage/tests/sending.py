"""Sends the forms of this chapter as a careful clerk fills them in; tests change one answer."""

from datetime import date

from django.http import HttpResponseBase
from django.urls import reverse

from cardbook.cards.models import Card
from cardbook.chapters.asked import asked_of, notice_name
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.refusals import CATALOGUE
from cardbook.orgs.actors import Actor
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in

# What only others know of a card that is to die, asked and answered.
_ASKED = {
    f"{matter}{end}": answer
    for matter in ("benefits", "deposit", "subsidy")
    for end, answer in (("", "none"), ("_said_by", "asker"))
}
# Who asks for another; said in vain where the holder asks himself.
_APPLICANT = {
    "asker_name": "李小红", "asker_number": make.citizen_number(born_on=date(1986, 3, 8)),
    "asker_relation": "child",
}  # fmt: skip
ALSO_ASKED = {
    "card.cancel": _ASKED | _APPLICANT,
    "card.cancel_unissued": _ASKED | _APPLICANT,
    "card.cancel_by_office": _ASKED,
}


def answers(code: str, **given: object) -> dict[str, object]:
    """Every paper shown and every notice told, as the row of the act asks."""
    asked = asked_of(act(code))
    papers = {one.name: one.kinds[0].code for one in asked.papers}
    told = {notice_name(one): "on" for one in asked.notices}
    return {"key": make.key(), **papers, **told, **ALSO_ASKED.get(code, {}), **given}


def send(
    code: str, card: Card, *, by: Actor, follow: bool = False, **given: object
) -> HttpResponseBase:
    """Send the form of an act on a card; what is None is left out."""
    filled = {name: value for name, value in answers(code, **given).items() if value is not None}
    return signed_in(by).post(reverse(code, args=[card.pk]), filled, follow=follow)


def refused_with(answer: HttpResponseBase) -> set[str]:
    """The codes of the refusals a page shows."""
    text = answer.content.decode()
    return {code for code in CATALOGUE if f'data-refusal="{code}"' in text}
