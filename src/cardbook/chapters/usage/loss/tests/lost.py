"""Callers and their cards for the tests of losses; a card is lost because somebody said so."""

from datetime import datetime, timedelta

from cardbook.cards.models import Card
from cardbook.chapters.usage.loss.commands import (
    Heard,
    Shown,
    make_loss_formal,
    renew_loss,
    report_loss,
)
from cardbook.law.roles import Role
from cardbook.lifecycle.facts import RequestChannel
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.perform import Done
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind
from cardbook.people import vault
from cardbook.people.models import Person
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City

PHONE = "10020000001"
ANSWERED = ("bank", "pick_up_office", "picked_up")
BY_PHONE = Heard(channel=RequestChannel.HOTLINE, questions=ANSWERED, call="T001")
AT_WINDOW = Heard(channel=RequestChannel.WINDOW, document_seen=True)
WRITTEN = Shown(papers=(Presented(kind="id_card_original"),))


def hotline(city: City) -> Actor:
    """An operator of 12333, at the information centre of the city."""
    centre = make.organization("市信息中心", Kind.INFO_CENTRE, parent=city.city)
    return make.worker("话务员", Role.HOTLINE_OPERATOR, centre)


def teller(city: City) -> Actor:
    """A teller of the bank of the factories' cards."""
    branch = make.organization("示范银行甲县支行", Kind.BRANCH, parent=city.bank)
    return make.worker("柜员", Role.BANK_TELLER, branch)


def holder_with_phone(name: str = "王小明", *, phone: str = PHONE, **more: object) -> Person:
    """A holder who gave a telephone number."""
    person = make.person(name=name, **more)  # type: ignore[arg-type]
    Person.objects.filter(pk=person.pk).update(
        phone_sealed=vault.seal_text(phone, context=vault.PHONE),
        phone_index=vault.phone_index(phone),
    )
    person.refresh_from_db()
    return person


def lose(card: Card, *, by: Actor, at: datetime = NOON, key: str = "") -> Done:
    """The holder calls; his social function stops."""
    return report_loss(card_id=card.pk, heard=BY_PHONE, by=by, at=at, key=key or make.key())


def renew(card: Card, *, by: Actor, at: datetime) -> Done:
    """The holder calls again before the stop is over."""
    return renew_loss(card_id=card.pk, heard=BY_PHONE, by=by, at=at, key=make.key())


def write_down(card: Card, *, by: Actor, at: datetime = NOON) -> Done:
    """The holder comes and puts his loss in writing."""
    return make_loss_formal(
        card_id=card.pk, heard=AT_WINDOW, shown=WRITTEN, by=by, at=at, key=make.key()
    )


def days(count: float) -> datetime:
    """So many days after noon."""
    return NOON + timedelta(days=count)
