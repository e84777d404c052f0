"""Until when a loss in writing may be lifted: each value of the city's rule, walked to its end.

`formal_loss_releasable_until` (Art. 28): the holder ordered a new card, then lost the old one and
put it in writing; at every step of the new card he comes back with the old one in his hand.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from cardbook.cards.models import Application, Card
from cardbook.chapters.collecting import OldCardBack, OldCardFate
from cardbook.chapters.issuance.individual.commands import issue_card
from cardbook.chapters.usage.loss.tests.lost import write_down
from cardbook.chapters.usage.loss.tests.test_steps import send
from cardbook.chapters.usage.production.commands import (
    Answer,
    AnswerKind,
    answer_applications,
    submit_applications,
    withdraw_application,
)
from cardbook.chapters.usage.replacement import fee_commands as fees
from cardbook.chapters.usage.replacement.tests import windows as at_the
from cardbook.chapters.usage.replacement.tests.windows import Windows, taken, windows
from cardbook.insight.check import recount
from cardbook.law import parameters
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lifecycle.facts import ApplyReason
from cardbook.outbox.models import Message
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.article(28), pytest.mark.article(33)]
KEY = "formal_loss_releasable_until"
BEFORE_ACCEPTED = ("none", "confirmed", "refused", "withdrawn")
AFTER_ACCEPTED = ("submitted", "accepted", "in_production", "produced")
# Which steps of the new card leave the way back open, by the words of the rule.
OPEN = {
    "never": (),
    "replacement_accepted": BEFORE_ACCEPTED,
    "replacement_completed": BEFORE_ACCEPTED + AFTER_ACCEPTED,
}
WORDS = {
    "never": "一经办理不可撤销",
    "replacement_accepted": "在受理补卡之后",
    "replacement_completed": "在补卡完成之后",
}
SHOWN = {"paper_id_card_original_guardian_id": "id_card_original"}
STATE = ("stage", "social", "hold", "bank")


class Case:
    """A holder, his card lost in writing, and the card ordered in its place; days go by."""

    def __init__(self) -> None:
        """Nothing is ordered or lost yet."""
        self.there: Windows = windows()
        self.card: Card = at_the.lost_or_worn(self.there)
        self.at: datetime = NOON

    @property
    def application(self) -> int:
        """The application of the new card."""
        return Application.objects.filter(old_card=self.card).latest("pk").pk

    def reach(self, step: str) -> None:
        """The new card goes one step further."""
        self.at += timedelta(days=1)
        at, by, key = self.at, self.there.clerk, make.key()
        if step == "confirmed":
            taken(self.there, self.card, ApplyReason.DAMAGED, payment=None, at=at)
        elif step == "submitted":
            given = {"application_id": self.application, "by": by, "at": at}
            fees.take_fee(payment=at_the.CASH, key=make.key(), **given)  # type: ignore[arg-type]
            assert submit_applications([self.application], by=by, at=at, key=key).done
        elif step == "withdrawn":
            withdraw_application(
                application_id=self.application, words="旧卡找到了", by=by, at=at, key=key
            )
        elif step != "none":
            self.answered(step)
        found = Application.objects.filter(old_card=self.card)
        assert [one.progress for one in found] == ([] if step == "none" else [step])

    def answered(self, step: str) -> None:
        """The bank says how far it is."""
        kinds = {
            "refused": AnswerKind.REFUSE, "accepted": AnswerKind.ACCEPT,
            "in_production": AnswerKind.PRODUCE, "produced": AnswerKind.MADE,
        }  # fmt: skip
        answer = Answer(application_id=self.application, kind=kinds[step], words="照片不合格")
        answer_applications(
            [answer], source="柜员登记", answered_on=local_day(self.at), by=self.there.teller,
            at=self.at, key=make.key(),
        )  # fmt: skip

    def lose(self) -> None:
        """He comes and puts the loss in writing."""
        write_down(self.card, by=self.there.clerk, at=self.at)

    def come_back(self) -> str:
        """He found the card and asks for it at the window; what the page says."""
        with time_machine.travel(self.at, tick=False):
            page = send(
                signed_in(self.there.clerk), f"/loss/{self.card.pk}/lift-formal/", questions=[],
                card_seen="on", told_found="on", **SHOWN,
            )  # fmt: skip
        return page.content.decode()  # type: ignore[attr-defined, no-any-return]

    def state(self) -> dict[str, str]:
        """How the card stands."""
        return Card.objects.filter(pk=self.card.pk).values(*STATE).get()


@pytest.fixture
def ruled(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """The city decides, from a day on."""

    def decide(rule: str, *, later: str = "", since: date | None = None) -> None:
        found = parameters.parameter(KEY)
        values = [replace(found.values[0], value=rule)]
        if since is not None:
            values.append(replace(found.values[0], value=later, since=since))
        monkeypatch.setitem(parameters._PARAMETERS, KEY, replace(found, values=tuple(values)))

    return decide


@pytest.mark.parametrize(
    "way",
    [("none",), ("confirmed", *AFTER_ACCEPTED), ("confirmed", "withdrawn"),
     ("confirmed", "submitted", "refused")],
    ids=["not ordered", "made", "withdrawn", "refused"],
)  # fmt: skip
@pytest.mark.parametrize("rule", list(OPEN))
def test_at_each_step_of_the_new_card_the_rule_is_kept(
    ruled: Callable[..., None], rule: str, way: tuple[str, ...]
) -> None:
    ruled(rule)
    case = Case()
    before = case.state()
    for step in way:
        case.reach(step)
        if case.state()["hold"] == "none":
            case.lose()
        said = case.come_back()
        if step in OPEN[rule]:
            assert "已解挂，恢复为挂失前的状态" in said and "以银行答复为准" in said, step
            assert case.state() == before
        else:
            assert f"正式挂失{WORDS[rule]}，不能解挂" in said and "请按补卡办理" in said, step
            assert "依据：第二十八条" in said
            assert case.state() == before | {"hold": "formal_loss"}
    lifted = sum(step in OPEN[rule] for step in way)
    assert Event.objects.filter(act="loss.lift_formal").count() == lifted
    # Province and bank hear of a lifting, and of nothing that was refused.
    told = set(Message.objects.values_list("kind", flat=True))
    assert ({"province.release_loss", "bank.release_notice"} <= told) is bool(lifted)
    assert [one for one in recount().findings if not one.holds] == []


@pytest.mark.parametrize("rule", list(OPEN))
def test_once_the_new_card_is_handed_over_no_rule_brings_the_old_one_back(
    ruled: Callable[..., None], rule: str
) -> None:
    ruled(rule)
    case = Case()
    for step in ("confirmed", *AFTER_ACCEPTED):
        case.reach(step)
    case.lose()
    (new,) = make.received_cards(case.there.city, case.there.city.here, people=[case.card.person])
    issue_card(
        card_id=new.pk, facts=make.issue_facts(new), papers=make.ISSUE_PAPERS, told=("pick_up",),
        old_card=OldCardBack(card_id=case.card.pk, fate=OldCardFate.ON_LOSS),
        by=case.there.clerk, at=case.at, key=make.key(),
    )  # fmt: skip
    dead = case.state()
    assert dead["social"] == "cancelled"
    said = case.come_back()
    assert "不能办理“解除正式挂失”" in said and "注销" in said
    assert case.state() == dead
    assert not Event.objects.filter(act="loss.lift_formal").exists()
    assert [one for one in recount().findings if not one.holds] == []


def test_a_loss_in_writing_lapses_under_no_rule_by_time(ruled: Callable[..., None]) -> None:
    for rule in OPEN:
        ruled(rule)
        case = Case()
        case.lose()
        case.at += timedelta(days=4000)
        with time_machine.travel(case.at, tick=False):
            page = signed_in(case.there.clerk).get(reverse("card.show", args=[case.card.pk]))
        assert 'cb-badge-bad">正式挂失' in page.content.decode()
        assert case.state()["hold"] == "formal_loss"


def test_another_rule_counts_from_its_own_day(ruled: Callable[..., None]) -> None:
    ruled("never", later="replacement_completed", since=local_day(NOON) + timedelta(days=3))
    case = Case()
    case.lose()
    case.at += timedelta(days=2)
    assert "一经办理不可撤销" in case.come_back()
    case.at += timedelta(days=1)
    assert "已解挂" in case.come_back()
