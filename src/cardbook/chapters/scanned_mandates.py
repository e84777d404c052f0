"""A printed mandate is scanned once and fills in the page of its matter (Art. 10, 22, 27, 28).

The code names a person by number: between the scan and the page it waits sealed in the session,
never in an address. One scan is good for one page.
"""

import base64
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from cardbook.cards.models import Application, Card
from cardbook.cards.states import CLOSED_APPLICATIONS, Hold, Progress, Social, Stage
from cardbook.chapters.card_heads import cards_in_county
from cardbook.chapters.mandates import Matter
from cardbook.chapters.printed_mandates import PrintedMandate, read_mandate
from cardbook.law.roles import Role
from cardbook.lib.sm import Damaged
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import Signer
from cardbook.orgs.actors import Actor
from cardbook.people import vault

_KEPT = "scanned_mandate"
_CONTEXT = b"mandate on its way to a page"
_OTHERS = "委托书上写的委托人不是这位持卡人。请核对委托书和卡。"
# Longer than any code that a mandate bears.
MOST_LETTERS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What a matter is done by, what of the holder's it is done to, what to say without one."""

    code: str
    of_holder: Callable[[int, Actor], QuerySet[Any]]
    nothing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Led:
    """Where a scan leads: the act, whose page has the act's name, and what it is done to."""

    code: str
    subject_id: int


def _cards(**state: object) -> Callable[[int, Actor], QuerySet[Any]]:
    return lambda holder_id, by: cards_in_county(by=by).filter(person=holder_id, **state)


def _waiting(holder_id: int, by: Actor) -> QuerySet[Any]:
    mine = Application.objects.filter(person=holder_id, county__path__startswith=by.county_path)
    return mine.exclude(progress__in=(*CLOSED_APPLICATIONS, Progress.PRODUCED))


_ELSEWHERE = "卡在其他县区的，请到该县区办理（第五条）。"
WAYS: Mapping[Matter, Way] = {
    Matter.PICK_UP: Way(
        code="card.issue_proxy", of_holder=_cards(stage=Stage.IN_CUSTODY),
        nothing=f"本县区没有这位持卡人还没有领的卡。请核对委托书；{_ELSEWHERE}",
    ),
    Matter.ACTIVATE: Way(
        code="social.activate", of_holder=_cards(stage=Stage.ISSUED, social=Social.SEALED),
        nothing="本县区没有这位持卡人已领取、还没有激活的卡。请核对委托书；"
        f"还没有领卡的，先办代领；{_ELSEWHERE}",
    ),
    Matter.BORROW: Way(
        code="temporary.lend", of_holder=_waiting,
        nothing="本县区没有这位持卡人正在等新卡的申请，不需要临时卡。请核对委托书；"
        "新卡已做好的，办代领（第二十七条）。",
    ),
    Matter.LIFT: Way(
        code="loss.lift", of_holder=_cards(hold=Hold.ORAL_LOSS),
        nothing="本县区没有这位持卡人口头挂失的卡，不需要解挂。请核对委托书；"
        "已书面挂失的，请本人办理（第二十八条）。",
    ),
}  # fmt: skip
# Who may do any of it; on the telephone nobody shows a paper.
SCANNERS = frozenset(role for way in WAYS.values() for role in act(way.code).who) - {
    Role.HOTLINE_OPERATOR
}
BASIS = "第十条、第二十二条、第二十七条、第二十八条"


def led_by(text: str, *, by: Actor, code: str = "", subject_id: int | None = None) -> Led | str:
    """This function will say where a scanned mandate leads, or in a sentence why nowhere.

    With `code` and `subject_id` a page was open when the paper was scanned: it has to be that
    holder's, though its matter may be done on another page.
    """
    found = read_mandate(text)
    if isinstance(found, str):
        return found
    way = WAYS[found.matter]
    if by.role not in act(way.code).who:
        return (
            f"这份委托书委托的是“{found.matter.label}”，本岗位不办理。"
            f"请由{act(way.code).roles_text}办理（{act(way.code).basis_text}）。"
        )
    if subject_id is not None and _holder_of(code, subject_id, by=by) != found.holder_id:
        return _OTHERS
    his = way.of_holder(found.holder_id, by)
    # On the page of the matter itself it is the page's own card, whatever became of it.
    if way.code == code and subject_id is not None:
        return Led(code=code, subject_id=subject_id)
    first = his.order_by("-pk").values_list("pk", flat=True).first()
    return way.nothing if first is None else Led(code=way.code, subject_id=first)


def _holder_of(code: str, subject_id: int, *, by: Actor) -> int | None:
    """Whose card or application it is, as far as its page may be open to the actor."""
    found: QuerySet[Any] = cards_in_county(by=by)
    if code == WAYS[Matter.BORROW].code:
        found = Application.objects.filter(county__path__startswith=by.county_path)
    elif code == WAYS[Matter.LIFT].code:
        found = Card.objects.all()  # of any county, once looked up; its page asks again
    return found.filter(pk=subject_id).values_list("person_id", flat=True).first()


def keep(session: MutableMapping[str, Any], *, led: Led, text: str) -> None:
    """This function will let the code wait for the page it leads to."""
    sealed = base64.b64encode(vault.seal_text(text, context=_CONTEXT)).decode()
    session[_KEPT] = {"act": led.code, "of": led.subject_id, "code": sealed}


def scanned_for(
    session: MutableMapping[str, Any], *, code: str, subject_id: int
) -> PrintedMandate | None:
    """This function will take the mandate that waits for a page, or None."""
    kept = session.pop(_KEPT, None)
    if kept is None or (kept.get("act"), kept.get("of")) != (code, subject_id):
        return None
    try:
        text = vault.open_text(base64.b64decode(kept["code"]), context=_CONTEXT)
    except (Damaged, ValueError):
        return None
    found = read_mandate(text)
    return None if isinstance(found, str) else found


def errand_begun(
    request: HttpRequest, *, code: str, subject_id: int, who: str
) -> dict[str, object]:
    """This function will say what the form of an errand begins with, nothing without a scan.

    `who` is the field that says the holder sent somebody. The paper was signed on its first day
    unless somebody says otherwise.
    """
    if request.method == "POST":
        return {}
    mandate = scanned_for(request.session, code=code, subject_id=subject_id)
    if mandate is None:
        return {}
    return {
        who: str(Signer.PROXY), "agent_name": mandate.name, "agent_number": mandate.number,
        "agent_relation": str(mandate.relation), "mandate_reason": str(mandate.reason),
        "mandate_signed_on": mandate.since, "mandate_until": mandate.until,
    }  # fmt: skip
