"""The new card handed over: the old one comes back or is lost, the application ends (25, 26)."""

from dataclasses import asdict, replace
from datetime import timedelta
from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone

from cardbook.cards.models import Application, Card
from cardbook.cards.states import Hold, Progress, Social, Stage
from cardbook.chapters.collecting import OldCardBack, OldCardFate, old_card_out
from cardbook.chapters.issuance.defect.returns import DefectsWanted, defect_rows
from cardbook.chapters.issuance.defect.tests.test_defect import record
from cardbook.chapters.issuance.individual.commands import issue_card, undo_issue
from cardbook.chapters.issuance.proxy.commands import HandOver, issue_to_proxy
from cardbook.chapters.issuance.proxy.tests.cases import PROXY_PAPERS, charge, comer
from cardbook.chapters.issuance.visiting.commands import issue_home, take_out
from cardbook.chapters.issuance.visiting.queries import on_visits, with_returns
from cardbook.chapters.stranded.destruction.commands import send_to_bank
from cardbook.chapters.stranded.destruction.queries import lot_lines, lots_of
from cardbook.chapters.usage.loss.commands import Comer as AtWindow
from cardbook.chapters.usage.loss.commands import Heard, Shown, make_loss_formal
from cardbook.chapters.usage.production.commands import Answer, AnswerKind, answer_applications
from cardbook.chapters.usage.replacement.register import OLD_CARDS
from cardbook.chapters.usage.replacement.tests import windows as at_the
from cardbook.chapters.usage.replacement.tests.windows import Windows, taken, windows
from cardbook.chapters.usage.tests.sending import send
from cardbook.custody.models import Position
from cardbook.custody.places import Place
from cardbook.law import notices
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lifecycle.facts import (
    ApplyReason,
    CardIssuedAtHome,
    RequestChannel,
    Signer,
    Verdict,
    VisitReason,
)
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.perform import Done
from cardbook.lifecycle.refusals import Refused
from cardbook.outbox.models import Message
from cardbook.people.holders import holder_of
from cardbook.ports.messages import MessageKind
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.article(26)]
LATER = make.NOON + timedelta(days=7)


@pytest.fixture
def there() -> Windows:
    return windows()


def made_anew(
    there: Windows, reason: ApplyReason, **changes: object
) -> tuple[Card, Card, Application]:
    """The old card, the new one lying in the county's store, and what it was asked for by."""
    old = at_the.lost_or_worn(there)
    application = at_the.the_application(taken(there, old, reason, **changes))
    answer_applications(
        [Answer(application_id=application.pk, kind=AnswerKind.MADE)], source="柜员登记",
        answered_on=local_day(make.NOON), by=there.teller, at=make.NOON, key=make.key(),
    )  # fmt: skip
    (new,) = make.received_cards(there.city, there.city.here, people=[old.person])
    return old, new, application


def hand_over(there: Windows, new: Card, back: OldCardBack | None, *, key: str = "") -> Done:
    return issue_card(
        card_id=new.pk, facts=make.issue_facts(new), papers=make.ISSUE_PAPERS,
        told=(notices.PICK_UP.code,), old_card=back, by=there.clerk, at=LATER,
        key=key or make.key(),
    )  # fmt: skip


def told_of(card: Card) -> list[str]:
    """What is owed about a card that died."""
    kinds = [
        MessageKind.PROVINCE_REPLACE, MessageKind.PROVINCE_CANCEL, MessageKind.BANK_CANCEL_NOTICE,
    ]  # fmt: skip
    found = Message.objects.filter(card_id=card.pk, kind__in=kinds)
    return sorted(found.values_list("kind", flat=True))


class TestHandOver:
    def test_takes_the_old_card_and_ends_the_application(self, there: Windows) -> None:
        old, new, application = made_anew(there, ApplyReason.DAMAGED)
        found = old_card_out(new.pk)
        assert found is not None
        assert (found.number, found.on_loss) == (old.number, False)
        key, back = make.key(), OldCardBack(card_id=old.pk, fate=OldCardFate.BROKEN)
        hand_over(there, new, back, key=key)
        old.refresh_from_db()
        new.refresh_from_db()
        application.refresh_from_db()
        assert (old.stage, old.social) == (Stage.CANCELLED, Social.CANCELLED)
        assert Position.objects.get(card=old).account.kind == Place.SCRAP
        assert (new.stage, application.progress) == (Stage.ISSUED, Progress.COLLECTED)
        assert hand_over(there, new, back, key=key).repeated
        assert Event.objects.filter(act="application.collect").count() == 1

    @pytest.mark.article(7)
    def test_at_the_holders_home_takes_and_ends_the_same(self, there: Windows) -> None:
        old, new, application = made_anew(there, ApplyReason.DAMAGED)
        colleague = there.city.here.reviewer
        take_out(
            card_ids=[new.pk], reason=VisitReason.HEALTH, planned_on=local_day(LATER),
            by=there.clerk, second=colleague, at=LATER, key=make.key(),
        )  # fmt: skip
        (row,) = with_returns(on_visits(by=there.clerk, today=local_day(LATER)))
        assert row.to_take == f"旧卡 {old.number}"
        at_home = {"way": "home", "handed_on": local_day(LATER)}
        facts = CardIssuedAtHome(**(asdict(make.issue_facts(new)) | at_home))
        give = partial(
            issue_home, card_id=new.pk, facts=facts, papers=make.ISSUE_PAPERS,
            told=(notices.PICK_UP.code,), by=there.clerk, second=colleague, at=LATER,
        )  # fmt: skip
        with pytest.raises(Refused) as refused:
            give(key=make.key())
        assert [one.code for one in refused.value.refusals] == ["OLD_CARD_OUT"]
        give(key=make.key(), old_card=OldCardBack(card_id=old.pk, fate=OldCardFate.GOOD))
        old.refresh_from_db()
        application.refresh_from_db()
        assert (old.stage, application.progress) == (Stage.CANCELLED, Progress.COLLECTED)

    def test_lets_province_and_bank_hear_that_the_old_card_died(self, there: Windows) -> None:
        old, new, _ = made_anew(there, ApplyReason.DAMAGED)
        hand_over(there, new, OldCardBack(card_id=old.pk, fate=OldCardFate.BROKEN))
        assert told_of(old) == [MessageKind.BANK_CANCEL_NOTICE, MessageKind.PROVINCE_REPLACE]

    def test_nobody_hears_twice_of_a_card_that_was_dead_before(self, there: Windows) -> None:
        old = at_the.lost_or_worn(there)
        wish = {"asker": "holder", "reason": "wish", "plastic": "none"}
        send("card.cancel", old, by=there.clerk, **wish)
        assert send("old_card.hand_in", old, by=there.clerk, plastic="good").status_code == 302
        old.refresh_from_db()
        assert old.stage == Stage.CANCELLED
        assert told_of(old) == [MessageKind.BANK_CANCEL_NOTICE, MessageKind.PROVINCE_CANCEL]

    def test_without_the_old_card_is_refused(self, there: Windows) -> None:
        _, new, application = made_anew(there, ApplyReason.DAMAGED)
        with pytest.raises(Refused) as refused:
            hand_over(there, new, None)
        assert [one.code for one in refused.value.refusals] == ["OLD_CARD_OUT"]
        application.refresh_from_db()
        assert application.progress == Progress.PRODUCED

    @pytest.mark.article(28)
    def test_an_old_card_lost_meanwhile_dies_in_the_same_request(self, there: Windows) -> None:
        old, new, _ = made_anew(there, ApplyReason.DAMAGED)
        hand_over(there, new, OldCardBack(card_id=old.pk, fate=OldCardFate.LOST))
        old.refresh_from_db()
        assert (old.stage, old.social) == (Stage.ISSUED, Social.CANCELLED)

    @pytest.mark.article(10)
    @pytest.mark.article(28)
    def test_who_fetches_for_the_holder_writes_the_loss_down_first(self, there: Windows) -> None:
        old, new, _ = made_anew(there, ApplyReason.DAMAGED)
        give = partial(
            issue_to_proxy,
            comer=comer(), charge=charge(), by=there.clerk, at=LATER,
        )  # fmt: skip
        handed = HandOver(
            card_id=new.pk, given=make.issue_facts(new), papers=PROXY_PAPERS,
            told=(notices.PICK_UP.code,),
            old_card=OldCardBack(card_id=old.pk, fate=OldCardFate.LOST),
        )  # fmt: skip
        with pytest.raises(Refused) as refused:
            give(hand_over=handed, key=make.key())
        assert {one.code for one in refused.value.refusals} == {"PAPER_MISSING", "AGENT_UNKNOWN"}
        papers = (Presented(kind="id_card_original"), Presented(kind="agent_id"))
        make_loss_formal(
            card_id=old.pk, shown=Shown(papers=papers), by=there.clerk, at=LATER, key=make.key(),
            heard=Heard(channel=RequestChannel.WINDOW, caller=Signer.PROXY),
            comer=AtWindow(name="李代领", number=make.citizen_number()),
        )  # fmt: skip
        back = OldCardBack(card_id=old.pk, fate=OldCardFate.ON_LOSS)
        give(hand_over=replace(handed, old_card=back), key=make.key())
        old.refresh_from_db()
        new.refresh_from_db()
        assert (old.social, new.stage) == (Social.CANCELLED, Stage.ISSUED)

    def test_of_a_lost_card_nothing_is_asked(self, there: Windows) -> None:
        _, new, application = made_anew(there, ApplyReason.LOST)
        assert old_card_out(new.pk) is None
        hand_over(there, new, None)
        application.refresh_from_db()
        assert application.progress == Progress.COLLECTED


class TestUndo:
    """A hand-over registered by mistake: what it ended is open again (Art. 7, 25)."""

    def undo(self, there: Windows, new: Card, *, key: str = "") -> Done:
        given = Event.objects.filter(subject_id=new.pk, act="card.issue").latest("seq")
        return undo_issue(
            card_id=new.pk, event_id=given.pk, words="点错了人", by=there.clerk,
            second=there.city.here.reviewer, at=LATER, key=key or make.key(),
        )  # fmt: skip

    @pytest.mark.article(25)
    def test_opens_the_application_and_the_next_hand_over_ends_it(self, there: Windows) -> None:
        old, new, application = made_anew(there, ApplyReason.DAMAGED)
        hand_over(there, new, OldCardBack(card_id=old.pk, fate=OldCardFate.GOOD))
        key = make.key()
        self.undo(there, new, key=key)
        application.refresh_from_db()
        new.refresh_from_db()
        assert (new.stage, application.progress) == (Stage.IN_CUSTODY, Progress.PRODUCED)
        assert self.undo(there, new, key=key).repeated
        assert Event.objects.filter(act="application.collect_undo").count() == 1
        hand_over(there, new, None)
        application.refresh_from_db()
        new.refresh_from_db()
        assert (new.stage, application.progress) == (Stage.ISSUED, Progress.COLLECTED)

    @pytest.mark.article(25)
    def test_is_refused_while_something_else_was_asked_for_since(self, there: Windows) -> None:
        _, new, application = made_anew(there, ApplyReason.LOST)
        hand_over(there, new, None)
        taken(there, new, ApplyReason.DAMAGED)
        with pytest.raises(Refused) as refused:
            self.undo(there, new)
        assert [one.code for one in refused.value.refusals] == ["APPLICATION_OPEN"]
        new.refresh_from_db()
        application.refresh_from_db()
        assert (new.stage, application.progress) == (Stage.ISSUED, Progress.COLLECTED)


class TestHandIn:
    def test_an_old_card_comes_back_on_its_own_page(self, there: Windows) -> None:
        old, _, _ = made_anew(there, ApplyReason.DAMAGED)
        client, address = signed_in(there.clerk), reverse("old_card.hand_in", args=[old.pk])
        unsaid = client.post(address, {"key": make.key()})
        assert unsaid.status_code == 422
        assert client.post(address, {"key": make.key(), "plastic": "good"}).status_code == 302
        old.refresh_from_db()
        assert old.stage == Stage.CANCELLED
        stranger = signed_in(there.city.neighbour.clerk)
        assert stranger.get(address).status_code == 404

    @pytest.mark.article(20)
    @pytest.mark.parametrize(
        ("laid", "named"),
        [
            (" XH-03 ", "XH-03"),
            ("XH-03/12", "XH-03 第12位"),
            ("XH-03 ／ 7", "XH-03 第7位"),
            ("", ""),
        ],
    )
    def test_the_register_names_the_box_and_slot_it_was_laid_into(
        self, there: Windows, laid: str, named: str
    ) -> None:
        old, _, _ = made_anew(there, ApplyReason.DAMAGED)
        address = reverse("old_card.hand_in", args=[old.pk])
        given = {"key": make.key(), "plastic": "good", "box": laid}
        assert signed_in(there.clerk).post(address, given).status_code == 302
        today = local_day(timezone.now())
        form = OLD_CARDS.choose(
            {"office": there.city.here.county.code, "start": today, "end": today},
            by=there.clerk, today=today,
        )  # fmt: skip
        assert form.is_valid()
        sheet = OLD_CARDS.sheet(
            chosen=form.cleaned_data, masked=True, printed_by="", printed_at=make.NOON, limit=9
        )
        titles = [column.title for column in sheet.form.columns]
        # The order of domain.md 3.4, with the holder's number beside his name.
        assert titles[:10] == [
            "流水", "盒号", "姓名", "社会保障号码", "卡号", "回收网点", "经办人", "回收时间",
            "卡况", "去向（重新发放/退回/销毁）",
        ]  # fmt: skip
        (row,) = (dict(zip(titles, one, strict=True)) for one in sheet.rows)
        assert (row["盒号"], row["卡号"]) == (named, old.number)

    @pytest.mark.article(20)
    def test_a_slot_no_box_has_is_said_and_nothing_taken(self, there: Windows) -> None:
        old, _, _ = made_anew(there, ApplyReason.DAMAGED)
        given = {"key": make.key(), "plastic": "good", "box": "XH-03/0"}
        page = signed_in(there.clerk).post(reverse("old_card.hand_in", args=[old.pk]), given)
        assert page.status_code == 422 and "位号要在 1 到 999 之间" in page.content.decode()
        assert not Event.objects.filter(act="old_card.hand_in").exists()

    def test_a_card_that_still_serves_is_not_taken(self, there: Windows) -> None:
        card = at_the.lost_or_worn(there)
        address = reverse("old_card.hand_in", args=[card.pk])
        page = signed_in(there.clerk).post(address, {"key": make.key(), "plastic": "good"})
        assert "OLD_CARD_STILL_SERVES" in page.content.decode()


class TestDesk:
    def test_asks_for_the_old_card_and_takes_it(self, there: Windows) -> None:
        old, new, _ = made_anew(there, ApplyReason.DAMAGED)
        client = signed_in(there.clerk)
        number = holder_of(old.person).number
        shown = client.post(reverse("card.issue"), {"q": number}).content.decode()
        assert f"请收回旧卡 {old.number}" in shown
        assert "旧卡已丢失" in shown
        given = {
            "key": make.key(), "card": new.pk, "identity": "reader", "scanned": new.number,
            "face_person": "1", "face_card": "1", "reads": "1", "original_seen": "1",
            "copy_kept": "paper", "told": "1", "signing": "paper", "old_card": "",
            "old_card_id": old.pk,
        }  # fmt: skip
        refused = client.post(reverse("card.issue"), given)
        assert refused.status_code == 409
        assert 'data-refusal="OLD_CARD_OUT"' in refused.content.decode()
        back = {"old_card": "good", "old_card_box": "旧-07/12"}
        assert client.post(reverse("card.issue"), given | back).status_code == 302
        facts = Event.objects.get(act="old_card.hand_in").facts
        assert '"box":"旧-07"' in facts and '"slot":12' in facts
        assert (
            "旧-07 盒第 12 位" in client.get(reverse("card.show", args=[old.pk])).content.decode()
        )
        old.refresh_from_db()
        assert old.stage == Stage.CANCELLED

    def test_another_mans_card_is_not_taken_in_passing(self, there: Windows) -> None:
        _, new, _ = made_anew(there, ApplyReason.LOST)
        strange = at_the.lost_or_worn(there)
        taken(there, strange)
        with pytest.raises(Refused) as refused:
            hand_over(there, new, OldCardBack(card_id=strange.pk, fate=OldCardFate.GOOD))
        assert [one.code for one in refused.value.refusals] == ["OLD_CARD_IS_ANOTHERS"]


@pytest.mark.article(9)
class TestMadeBadly:
    """An old card that was made badly lies with the other defects, for its maker (Art. 9, 19)."""

    def stock(self, there: Windows) -> list[str]:
        """What waits in the county's stock of defects to go back."""
        found = defect_rows(
            DefectsWanted(in_stock=True), office_path=there.city.here.county.path,
            today=local_day(LATER),
        )  # fmt: skip
        return [one.card_number for one in found]

    def test_is_set_aside_with_the_defects_and_stays_known_as_bad(self, there: Windows) -> None:
        old, new, application = made_anew(there, ApplyReason.DEFECT)
        found = old_card_out(new.pk)
        assert found is not None and found.lies_in == Place.DEFECT.label
        key, back = make.key(), OldCardBack(card_id=old.pk, fate=OldCardFate.BROKEN)
        hand_over(there, new, back, key=key)
        old.refresh_from_db()
        application.refresh_from_db()
        assert (old.stage, old.social, old.hold) == (
            Stage.CANCELLED, Social.CANCELLED, Hold.DEFECT,
        )  # fmt: skip
        assert Position.objects.get(card=old).account.kind == Place.DEFECT
        assert application.progress == Progress.COLLECTED
        assert self.stock(there) == [old.number]
        assert told_of(old) == [MessageKind.BANK_CANCEL_NOTICE, MessageKind.PROVINCE_REPLACE]
        assert hand_over(there, new, back, key=key).repeated

    @pytest.mark.article(19)
    def test_goes_back_with_the_others_on_one_list_the_bank_signs_for(
        self, there: Windows
    ) -> None:
        old, new, _ = made_anew(there, ApplyReason.DEFECT)
        hand_over(there, new, OldCardBack(card_id=old.pk, fate=OldCardFate.BROKEN))
        (other,) = make.received_cards(there.city, there.city.here)
        record(other, by=there.clerk)
        here = there.city.here
        send_to_bank(
            card_ids=[old.pk, other.pk], bank_id=there.city.bank.pk, by=here.keeper,
            second=here.reviewer, at=LATER, key=make.key(),
        )  # fmt: skip
        (lot,) = lots_of(here.keeper)
        assert {line.number for line in lot_lines(lot)} == {old.number, other.number}
        assert self.stock(there) == []

    def test_damage_of_ours_is_no_matter_of_the_makers(self, there: Windows) -> None:
        tested = replace(at_the.TESTED, verdict=Verdict.KEPT)
        old, new, _ = made_anew(there, ApplyReason.DEFECT, tested=tested)
        hand_over(there, new, OldCardBack(card_id=old.pk, fate=OldCardFate.BROKEN))
        old.refresh_from_db()
        assert Position.objects.get(card=old).account.kind == Place.SCRAP
        assert old.hold == Hold.NONE and self.stock(there) == []

    def test_on_its_own_page_the_clerk_reads_where_to_lay_it(self, there: Windows) -> None:
        old, _, _ = made_anew(there, ApplyReason.DEFECT)
        client, address = signed_in(there.clerk), reverse("old_card.hand_in", args=[old.pk])
        assert Place.DEFECT.label in client.get(address).content.decode()
        given = {"key": make.key(), "plastic": "broken", "box": "次-02"}
        page = client.post(address, given, follow=True).content.decode()
        assert f"请放入{Place.DEFECT.label}" in page and "次-02 盒" in page
        assert Event.objects.get(subject_id=old.pk, act="old_card.hand_in_defective")
        assert client.post(address, given).status_code == 302
        assert signed_in(there.city.neighbour.clerk).get(address).status_code == 404
