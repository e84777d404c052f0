"""A printed mandate is scanned, and the page of its holder's card is filled in (Art. 22).

The code names a person by number: between the scan and the page it waits sealed in the session,
never in an address.
"""

import base64
from collections.abc import MutableMapping
from typing import Any

from cardbook.cards.models import Card
from cardbook.cards.states import Social, Stage
from cardbook.chapters.card_heads import cards_in_county
from cardbook.chapters.mandates import Matter
from cardbook.chapters.printed_mandates import PrintedMandate, read_mandate
from cardbook.lib.sm import Damaged
from cardbook.lifecycle.facts import Signer
from cardbook.orgs.actors import Actor
from cardbook.people import vault

_KEPT = "scanned_mandate"
_CONTEXT = b"mandate on its way to a page"
_NO_CARD = (
    "本县区没有这位持卡人已领取、还没有激活的卡。请核对委托书；"
    "还没有领卡的，先办代领；卡在其他县区的，请到该县区办理（第五条）。"
)
_OTHERS = "委托书上写的委托人不是这张卡的持卡人。请核对委托书和卡。"


def card_to_activate(text: str, *, card_id: int | None, by: Actor) -> Card | str:
    """This function will find the card a scanned mandate is about, or say why there is none.

    With `card_id` it has to be that one: its page was open when the paper was scanned.
    """
    found = read_mandate(text)
    if isinstance(found, str):
        return found
    if found.matter is not Matter.ACTIVATE:
        return (
            f"这份委托书委托的是“{found.matter.label}”，没有委托激活。"
            "请出示委托事项为激活社保功能的委托书。"
        )
    cards = cards_in_county(by=by).filter(person=found.holder_id)
    if card_id is not None:
        return cards.filter(pk=card_id).first() or _OTHERS
    sealed = cards.filter(stage=Stage.ISSUED, social=Social.SEALED)
    return sealed.order_by("-pk").first() or _NO_CARD


def keep(session: MutableMapping[str, Any], *, card_id: int, text: str) -> None:
    """This function will let the code wait for the page of the card."""
    sealed = base64.b64encode(vault.seal_text(text, context=_CONTEXT)).decode()
    session[_KEPT] = {"card": card_id, "code": sealed}


def filled_in(session: MutableMapping[str, Any], *, card_id: int) -> dict[str, object]:
    """This function will say what the form begins with; the code waits for one page only."""
    kept = session.pop(_KEPT, None)
    if kept is None or kept["card"] != card_id:
        return {}
    try:
        text = vault.open_text(base64.b64decode(kept["code"]), context=_CONTEXT)
    except (Damaged, ValueError):
        return {}
    found = read_mandate(text)
    return {} if isinstance(found, str) else _initial(found)


def _initial(mandate: PrintedMandate) -> dict[str, object]:
    """What stands on the paper; it was signed on the first day unless somebody says otherwise."""
    return {
        "asked_by": str(Signer.PROXY), "agent_name": mandate.name,
        "agent_number": mandate.number, "agent_relation": str(mandate.relation),
        "mandate_reason": str(mandate.reason), "mandate_signed_on": mandate.since,
        "mandate_until": mandate.until,
    }  # fmt: skip
