"""Temporary cards as a careful clerk stocks, lends, takes back; tests change one answer."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import uuid4

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from cardbook.cards.models import Application, TemporaryCard
from cardbook.chapters.mandates import mandate_step
from cardbook.chapters.representatives import MandateTerms, remembered
from cardbook.chapters.usage.tests.sending import answers
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.births import GivenRows
from cardbook.lifecycle.facts import Defect, FreeReplacementOpened
from cardbook.lifecycle.perform import Step, perform
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import User
from cardbook.people.models import Mandate, Person, PickUp
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, PASSWORD, City

PAPERS = {
    "paper_signature_paper_signature_screen_signature_thumb": "signature_paper",
}


def waiting(city: City, holder: Person | None = None) -> Application:
    (card,) = make.received_cards(city, city.here, people=[holder] if holder else None)
    columns = ("person_id", "county_id", "kind", "reason", "old_card_id", "fee_fen")
    row = (card.person_id, card.county_id, "replacement", "defect", card.pk, 0)
    step = Step(
        act=act("replacement.open_free"),
        facts=FreeReplacementOpened(old_card=card.pk, defect=Defect.SOILED),
        births=GivenRows(columns, (row,)),
    )
    perform(step, by=city.here.clerk, at=NOON, key=make.key())
    return Application.objects.get(old_card=card)


def stock(*numbers: str, by: Actor, box: str = "L01") -> HttpResponseBase:
    form = {"key": make.key(), "box": box, "numbers": "\n".join(numbers)}
    return signed_in(by).post(reverse("temporary.stock_in"), form)


def lend(application: Application, number: str, *, by: Actor, **given: object) -> HttpResponseBase:
    form = answers("temporary.lend", number=number, received_by="holder", **PAPERS) | given
    sent = {name: value for name, value in form.items() if value is not None}
    return signed_in(by).post(reverse("temporary.lend", args=[application.pk]), sent)


def act_on(code: str, number: str, *, by: Actor, **given: object) -> HttpResponseBase:
    card = TemporaryCard.objects.get(number=number)
    return signed_in(by).post(reverse(code, args=[card.pk]), answers(code, **given))


def lent(city: City, number: str = "L0001", *, holder: Person | None = None) -> Application:
    application = waiting(city, holder)
    stock(number, by=city.here.keeper)
    assert lend(application, number, by=city.here.clerk).status_code == 302
    return application


def stage(number: str) -> str:
    return TemporaryCard.objects.get(number=number).stage


INCAPACITY = "paper_incapacity_ruling_disability_card"
KINSHIP = "paper_household_book_community_certificate_relation_proof"


def comes(number: str, *, name: str = "李小红", **more: object) -> dict[str, object]:
    """Somebody with a mandate comes for the holder; `more` is what a test makes different."""
    return {
        "received_by": "proxy", "comer_number": number, "comer_name": name, "relation": "child",
    } | more  # fmt: skip


PAPER = {
    "mandate_reason": "health", "mandate_signed_on": f"{timezone.localdate()}",
    "mandate_until": f"{timezone.localdate() + timedelta(days=30)}",
}  # fmt: skip


def signs(actor: Actor | None) -> dict[str, object]:
    """Somebody gives his name and password where an approval is asked for."""
    if actor is None:
        return {}
    name = User.objects.get(pk=actor.user_id).get_username()
    return {"approver_name": name, "approver_password": PASSWORD}


def guardian(number: str, **more: object) -> dict[str, object]:
    """A parent comes for a child."""
    given = {"received_by": "guardian", "relation": "parent", KINSHIP: "household_book"}
    return comes(number) | given | more


def by_committee(number: str, paper: str) -> dict[str, object]:
    """The village's committee comes for a child nobody of his family looks after."""
    given = guardian(number, relation="committee", words="父母双亡，无其他近亲属")
    return given | {KINSHIP: paper}


def mandated(
    application: Application, number: str, *, by: Actor, since: int = 0, until: int = 30,
    signed: int = 0, matter: Mandate.Matter = Mandate.Matter.BORROW,
) -> Mandate:  # fmt: skip
    """A mandate on file between the holder and somebody; its days are counted from today."""
    today = timezone.localdate()
    terms = MandateTerms(
        since=today + timedelta(days=since), until=today + timedelta(days=until),
        signed_on=today + timedelta(days=signed), reason="health", relation="child",
        matter=matter,
    )  # fmt: skip
    agent = remembered(number=number, name="李小红", today=today)
    _, step = mandate_step(
        principal_id=application.person_id, agent_id=agent.pk, terms=terms, by=by
    )
    perform(step, by=by, at=timezone.now(), key=make.key())
    return Mandate.objects.get(principal=application.person_id, agent=agent)


def came_before(city: City, agent: Person, *, days: Sequence[date]) -> None:
    """Somebody fetched a card for another person on each of these days."""
    PickUp.objects.bulk_create(
        PickUp(
            agent=agent, holder=make.person(), county=city.here.county, relation="child", on=day,
            batch=uuid4(),
        )
        for day in days
    )  # fmt: skip
