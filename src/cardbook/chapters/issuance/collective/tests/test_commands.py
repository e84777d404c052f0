"""A unit takes cards, its people sign, the sheet is filed (Art. 8 para. 3, 20)."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cardbook.cards.models import Card
from cardbook.chapters.duties.organizations import commands as organizations
from cardbook.chapters.issuance.collective.commands import undo_row
from cardbook.chapters.issuance.collective.drafts import add_cards, remove_rows, start_bundle
from cardbook.chapters.issuance.collective.hand_over_queries import photo_of
from cardbook.chapters.issuance.collective.queries import overdue_of
from cardbook.chapters.issuance.collective.tests.bundles import (
    TODAY,
    Out,
    add_pages,
    file,
    hand_out,
    out,
    photo_of_collector,
    photo_required,
    prepared,
    somebody,
    tick,
)
from cardbook.chapters.issuance.models import Bundle, BundleFiling, BundlePage, BundleRow
from cardbook.chapters.usage.production.commands import Answer, AnswerKind, answer_applications
from cardbook.chapters.usage.replacement.tests.windows import (
    lost_or_worn,
    taken,
    the_application,
    windows,
)
from cardbook.custody.models import Position
from cardbook.custody.places import Place
from cardbook.insight.check import recount
from cardbook.law import parameters
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import ApplyReason, ErrorRecorded, FoundAt, WrongField
from cardbook.lifecycle.perform import Step, perform
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization
from cardbook.papers.storage import read_paper
from cardbook.people.models import Handler, Person
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(8, 3)]


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: object) -> None:
    settings.PAPERS_ROOT = tmp_path  # type: ignore[attr-defined]


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {refusal.code for refusal in refused.value.refusals}


def places(cards: list[Card]) -> list[str]:
    found = Position.objects.filter(card__in=cards).select_related("account").order_by("card_id")
    return [position.account.kind for position in found]


def clean() -> None:
    assert [finding for finding in recount().findings if not finding.holds] == []


class TestHandOut:
    def test_the_cards_are_with_the_unit_and_not_issued(self, city: City) -> None:
        given = out(city, count=3)
        assert places(given.cards) == [Place.UNIT] * 3
        assert {card.stage for card in Card.objects.all()} == {"in_custody"}
        events = Event.objects.filter(act="bundle.hand_out")
        assert events.count() == 3
        assert given.bundle.handed_at == NOON and given.bundle.cards == 3
        clean()

    def test_the_sheet_is_due_after_fifteen_working_days(self, city: City) -> None:
        assert out(city, count=1).bundle.due_on == date(2026, 12, 11)

    def test_the_same_key_again_changes_nothing(self, city: City) -> None:
        cards = make.received_cards(city, city.here, count=2)
        bundle, key = prepared(city, cards), make.key()
        first = hand_out(bundle, by=city.here.clerk, key=key)
        again = hand_out(bundle, by=city.here.clerk, key=key)
        assert again.repeated and again.subject_ids == first.subject_ids
        assert Event.objects.filter(act="bundle.hand_out").count() == 2

    def test_what_is_out_is_not_handed_out_again(self, city: City) -> None:
        given = out(city)
        with pytest.raises(Refused) as refused:
            hand_out(given.bundle, by=city.here.clerk)
        assert "SHEET_NOT_OUT" in codes(refused)

    def test_nothing_is_handed_out_in_an_empty_bundle(self, city: City) -> None:
        with pytest.raises(Refused) as refused:
            hand_out(prepared(city, []), by=city.here.clerk)
        assert codes(refused) == {"NOTHING_CHOSEN"}

    def refused(self, city: City, unit: Organization, **more: object) -> set[str]:
        cards = make.received_cards(city, city.here)
        with pytest.raises(Refused) as refused:
            hand_out(prepared(city, cards, unit=unit, **more), by=city.here.clerk)  # type: ignore[arg-type]
        assert places(cards) == [Place.STORE]
        return codes(refused)

    def test_a_unit_without_a_letter_gets_nothing(self, city: City) -> None:
        assert "LETTER_NOT_VALID" in self.refused(city, make.unit(city.here))

    def test_one_handler_is_one_too_few(self, city: City) -> None:
        assert self.refused(city, make.ready_unit(city.here, handlers=1)) == {"HANDLERS_TOO_FEW"}

    @pytest.mark.article(20)
    def test_a_unit_without_a_plan_gets_nothing(self, city: City) -> None:
        unit = make.ready_unit(city.here, plan=False)
        assert self.refused(city, unit) == {"KEEPING_PLAN_MISSING"}

    def test_a_letter_that_ended_yesterday_is_none(self, city: City) -> None:
        unit = make.ready_unit(city.here, until=TODAY - timedelta(days=1))
        assert "LETTER_NOT_VALID" in self.refused(city, unit)

    def test_a_revoked_letter_is_none(self, city: City) -> None:
        unit = make.ready_unit(city.here, revoked_on=TODAY)
        assert "LETTER_NOT_VALID" in self.refused(city, unit)

    def test_somebody_who_is_not_on_the_letter_takes_nothing(self, city: City) -> None:
        unit = make.ready_unit(city.here)
        assert self.refused(city, unit, collector=make.person()) == {"COLLECTOR_UNKNOWN"}

    def test_a_handler_of_an_older_letter_takes_nothing(self, city: City) -> None:
        unit = make.ready_unit(city.here)
        handler = Handler.objects.filter(letter__organization=unit).order_by("id")[0]
        Handler.objects.filter(pk=handler.pk).update(until=TODAY - timedelta(days=1))
        assert self.refused(city, unit) == {"HANDLERS_TOO_FEW", "COLLECTOR_UNKNOWN"}

    @pytest.mark.article(17)
    def test_a_card_whose_holder_died_meanwhile_stays_here(self, city: City) -> None:
        cards = make.received_cards(city, city.here, count=2)
        bundle = prepared(city, cards)
        Person.objects.filter(pk=cards[0].person_id).update(died_on=date(2026, 11, 1))
        with pytest.raises(Refused) as refused:
            hand_out(bundle, by=city.here.clerk)
        assert codes(refused) == {"HOLDER_DEAD"}
        assert places(cards) == [Place.STORE] * 2

    def test_a_card_issued_at_the_window_meanwhile_names_itself(self, city: City) -> None:
        cards = make.received_cards(city, city.here, count=2)
        bundle = prepared(city, cards)
        perform(make.issue_step(cards[0]), by=city.here.clerk, at=NOON, key=make.key())
        with pytest.raises(Refused) as refused:
            hand_out(bundle, by=city.here.clerk)
        assert codes(refused) == {"ALREADY_ISSUED"}
        assert remove_rows(bundle_id=bundle.pk, rows=[1], by=city.here.clerk) == 1
        assert list(bundle.rows.values_list("row", "card_id")) == [(1, cards[1].pk)]
        hand_out(bundle, by=city.here.clerk)

    def test_a_neighbour_county_neither_sees_nor_moves_it(self, city: City) -> None:
        bundle = prepared(city, make.received_cards(city, city.here))
        with pytest.raises(Bundle.DoesNotExist):
            hand_out(bundle, by=city.neighbour.clerk)
        with pytest.raises(Organization.DoesNotExist):
            start_bundle(unit_id=bundle.unit_id, by=city.neighbour.clerk, at=NOON)

    def test_a_reviewer_does_not_hand_out(self, city: City) -> None:
        bundle = prepared(city, make.received_cards(city, city.here))
        with pytest.raises(Refused) as refused:
            hand_out(bundle, by=city.here.reviewer)
        assert codes(refused) == {"ROLE_MAY_NOT"}

    def test_cards_of_the_neighbour_are_not_taken_into_a_bundle(self, city: City) -> None:
        (foreign,) = make.received_cards(city, city.neighbour)
        bundle = prepared(city, make.received_cards(city, city.here))
        added = add_cards(bundle_id=bundle.pk, card_ids=[foreign.pk], by=city.here.clerk, at=NOON)
        assert added.count == 0 and foreign.number in added.left_out[0]

    def test_a_unit_with_overdue_sheets_is_blocked_when_the_city_says_so(
        self, city: City, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        late = out(city, count=1)
        later = NOON + timedelta(days=40)
        cards = make.received_cards(city, city.here)
        bundle = prepared(city, cards, unit=late.bundle.unit)
        from cardbook.chapters.issuance.collective import commands

        monkeypatch.setattr(commands, "overdue_blocks", lambda **_: True)
        with pytest.raises(Refused) as refused:
            hand_out(bundle, by=city.here.clerk, at=later)
        assert codes(refused) == {"SHEETS_OVERDUE"}
        monkeypatch.undo()
        assert parameters.value("overdue_sheets_block", on=TODAY) == "warn"
        hand_out(bundle, by=city.here.clerk, at=later)


class TestPictureOfTheCollector:
    """The one who comes for a unit's cards may be photographed; the city may ask for it (8 ¶3)."""

    def test_is_kept_sealed_with_the_hand_out(self, city: City, tmp_path: Path) -> None:
        cards = make.received_cards(city, city.here, count=2)
        bundle, photo = prepared(city, cards), photo_of_collector()
        hand_out(bundle, by=city.here.clerk, photo=photo)
        event = Event.objects.filter(act="bundle.hand_out").order_by("id")[0]
        assert f"collector_photo:{photo.digest}" in event.papers
        assert photo_of(Bundle.objects.get()) == photo.digest
        assert read_paper(photo.digest) == photo.content
        (kept,) = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert photo.content not in kept.read_bytes()

    def test_may_be_left_out_as_long_as_nobody_asks_for_it(self, city: City) -> None:
        assert photo_of(out(city, count=1).bundle) == ""

    def test_is_asked_for_where_the_city_says_so(
        self, city: City, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        photo_required(monkeypatch)
        cards = make.received_cards(city, city.here)
        bundle = prepared(city, cards)
        with pytest.raises(Refused) as refused:
            hand_out(bundle, by=city.here.clerk)
        assert codes(refused) == {"COLLECTOR_PHOTO_MISSING"}
        assert bundle.unit.name in refused.value.refusals[0].sentence
        assert places(cards) == [Place.STORE]
        hand_out(bundle, by=city.here.clerk, photo=photo_of_collector())
        assert places(cards) == [Place.UNIT]

    def test_was_not_asked_for_before_that_day(
        self, city: City, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        photo_required(monkeypatch)
        bundle = prepared(city, make.received_cards(city, city.here))
        hand_out(bundle, by=city.here.clerk, at=NOON - timedelta(days=30))

    def test_refused_nothing_is_kept(self, city: City, tmp_path: Path) -> None:
        bundle = prepared(city, make.received_cards(city, city.here))
        with pytest.raises(Refused):
            hand_out(bundle, by=city.here.reviewer, photo=photo_of_collector())
        assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def balanced(given: Out, by: Actor, text: str = "1-2;3=1;4=5t") -> None:
    tick(given.bundle, text, by=by)
    add_pages(given.bundle, by=by)


class TestFile:
    def test_signed_rows_are_issued_and_the_others_are_not(self, city: City) -> None:
        given, clerk = out(city), city.here.clerk
        balanced(given, clerk)
        file(given.bundle, by=clerk)
        assert places(given.cards) == [Place.HOLDER, Place.HOLDER, Place.UNIT, Place.STORE]
        stages = Card.objects.order_by("pk").values_list("stage", flat=True)
        assert list(stages) == ["issued", "issued", "in_custody", "in_custody"]
        event = Event.objects.get(act="card.issue_collective", subject_id=given.cards[0].pk)
        assert event.papers[0].startswith("signed_sheet_image:") and event.told == ["pick_up/1"]
        filing = BundleFiling.objects.get()
        assert (filing.due, filing.signed, filing.open, filing.returned) == (4, 2, 1, 1)
        assert BundlePage.objects.get().filing == 1
        clean()

    def test_the_same_sheet_is_not_filed_twice(self, city: City) -> None:
        given, clerk = out(city), city.here.clerk
        balanced(given, clerk)
        file(given.bundle, by=clerk)
        with pytest.raises(Refused) as refused:
            file(given.bundle, by=city.here.other_clerk)
        assert codes(refused) == {"SHEET_FILED"}
        assert "窗口甲" in refused.value.refusals[0].sentence
        assert BundleFiling.objects.count() == 1

    def test_the_same_key_again_is_the_same_filing(self, city: City) -> None:
        given, clerk, key = out(city), city.here.clerk, make.key()
        balanced(given, clerk)
        file(given.bundle, by=clerk, key=key)
        assert file(given.bundle, by=clerk, key=key).repeated

    def refused(self, city: City, given: Out) -> set[str]:
        before = Event.objects.count()
        with pytest.raises(Refused) as refused:
            file(given.bundle, by=city.here.clerk)
        assert Event.objects.count() == before
        return codes(refused)

    def test_a_tick_that_came_between_reading_and_filing_stops_it(
        self, city: City, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from cardbook.chapters.issuance.collective import commands

        given, index = out(city), commands._page_index
        balanced(given, city.here.clerk)

        def meanwhile(bundle: Bundle, plan: commands.Plan) -> object:
            tick(bundle, "1=2", by=city.here.other_clerk)
            return index(bundle, plan)

        monkeypatch.setattr(commands, "_page_index", meanwhile)
        assert self.refused(city, given) == {"SHEET_CHANGED"}

    def test_a_long_sheet_is_cited_by_the_list_of_its_pages(self, city: City) -> None:
        given, clerk = out(city, count=2, pages=9), city.here.clerk
        tick(given.bundle, "1-2", by=clerk)
        add_pages(given.bundle, by=clerk, pages=9)
        file(given.bundle, by=clerk)
        event = Event.objects.filter(act="card.issue_collective")[0]
        (paper,) = event.papers
        listed = read_paper(paper.partition(":")[2]).decode()
        digests = BundlePage.objects.values_list("digest", flat=True)
        assert len(digests) == 9 and all(digest in listed for digest in digests)
        clean()

    def test_a_row_without_result_does_not_balance(self, city: City) -> None:
        given = out(city)
        balanced(given, city.here.clerk, "1-3")
        assert self.refused(city, given) == {"SHEET_UNBALANCED", "ROW_REASON_MISSING"}

    def test_other_reasons_are_said_in_words(self, city: City) -> None:
        given = out(city)
        balanced(given, city.here.clerk, "1-3;4=7")
        assert self.refused(city, given) == {"ROW_REASON_MISSING"}

    def test_a_page_that_is_missing_names_itself(self, city: City) -> None:
        given, clerk = out(city, pages=3), city.here.clerk
        tick(given.bundle, "1-4", by=clerk)
        add_pages(given.bundle, by=clerk, pages=2)
        with pytest.raises(Refused) as refused:
            file(given.bundle, by=clerk)
        assert codes(refused) == {"SHEET_PAGES_MISSING"}
        assert "缺第 3 页" in refused.value.refusals[0].sentence

    @pytest.mark.parametrize("on", [date(2026, 11, 19), date(2026, 11, 21)])
    def test_nobody_signed_before_the_hand_over_or_tomorrow(self, city: City, on: date) -> None:
        given = out(city, count=1)
        tick(given.bundle, "1", by=city.here.clerk, on=on)
        add_pages(given.bundle, by=city.here.clerk)
        assert self.refused(city, given) == {"SIGNED_AFTER_TODAY"}

    @pytest.mark.article(17)
    def test_nobody_signs_after_the_holders_death(self, city: City) -> None:
        given = out(city, count=2)
        Person.objects.filter(pk=given.cards[0].person_id).update(died_on=TODAY)
        balanced(given, city.here.clerk, "1-2")
        assert self.refused(city, given) == {"HOLDER_DEAD_AT_SIGNING"}
        tick(given.bundle, "1=3t", by=city.here.clerk)
        file(given.bundle, by=city.here.clerk)

    @pytest.mark.article(11)
    def test_a_minor_does_not_sign_alone(self, city: City) -> None:
        given = out(city, people=[make.person(born_on=date(2016, 1, 1))])
        balanced(given, city.here.clerk, "1=j")
        given.bundle.rows.update(signer="holder")
        assert self.refused(city, given) == {"HOLDER_IS_MINOR"}
        tick(given.bundle, "1=j", by=city.here.clerk, agent=somebody())
        file(given.bundle, by=city.here.clerk)
        event = Event.objects.get(act="card.issue_collective")
        assert '"guardian"' in event.facts

    @pytest.mark.article(11)
    def test_from_16_on_who_lives_on_his_own_work_signs_himself(self, city: City) -> None:
        people = [make.person(born_on=born) for born in (date(2009, 1, 1), date(2012, 1, 1))]
        given, clerk = out(city, people=people), city.here.clerk
        balanced(given, clerk, "1=s;2=j")
        given.bundle.rows.update(signer="holder", self_supporting=True)
        with pytest.raises(Refused) as refused:
            file(given.bundle, by=clerk)
        (told,) = refused.value.refusals
        assert told.subject_id == given.cards[1].pk and told.sentence.startswith("第 2 行：")
        tick(given.bundle, "2=j", by=clerk, agent=somebody())
        file(given.bundle, by=clerk)
        event = Event.objects.get(act="card.issue_collective", subject_id=given.cards[0].pk)
        assert '"self_supporting":true' in event.facts and '"signer":"holder"' in event.facts
        clean()

    def record_error(self, city: City, card: Card) -> None:
        facts = ErrorRecorded(
            found=FoundAt.ISSUING, fields=(WrongField.NAME,), reported="", words="姓名错",
        )  # fmt: skip
        step = Step(act=act("error.record"), facts=facts, subject_ids=[card.pk])
        perform(step, by=city.here.clerk, at=NOON, key=make.key())

    def test_a_row_counts_as_wrong_when_its_card_was_recorded_so(self, city: City) -> None:
        given, clerk = out(city), city.here.clerk
        balanced(given, clerk, "1-3;4=c")
        assert self.refused(city, given) == {"ROW_NOT_WRONG"}
        self.record_error(city, given.cards[3])
        file(given.bundle, by=clerk)
        assert BundleFiling.objects.get().wrong == 1
        assert places(given.cards)[3] == Place.ERROR
        clean()

    def test_a_card_recorded_wrong_at_the_unit_cannot_be_signed(self, city: City) -> None:
        given = out(city)
        balanced(given, city.here.clerk, "1-4")
        self.record_error(city, given.cards[0])
        assert self.refused(city, given) == {"ROW_CARD_GONE"}

    @pytest.mark.article(5)
    def test_a_sheet_comes_home_after_its_unit_went_into_another_twice(self, city: City) -> None:
        given, clerk = out(city), city.here.clerk
        for name in ("并入的单位", "再并入的单位"):
            heir = make.organization(name, Kind.UNIT, parent=city.here.county)
            order = organizations.Order(
                by=make.worker(f"{name}批复人", Role.CITY_MANAGER, city.city), at=NOON,
                on=local_day(NOON), words="商政函〔2026〕12号", key=make.key(),
            )  # fmt: skip
            holder = Position.objects.get(card=given.cards[0]).account.organization_id
            organizations.merge(organization_ids=[holder], successor_id=heir.pk, order=order)
        assert overdue_of(heir.pk, on=date.max) == 1
        balanced(given, clerk, "1-2;3=2;4=2t")
        file(given.bundle, by=clerk)
        assert overdue_of(heir.pk, on=date.max) == 0
        assert places(given.cards) == [Place.HOLDER, Place.HOLDER, Place.UNIT, Place.STORE]
        last = Position.objects.get(card=given.cards[2]).account.organization
        assert last.name == "再并入的单位"
        clean()

    def test_a_card_that_left_the_unit_counts_as_returned_only(self, city: City) -> None:
        given, clerk = out(city), city.here.clerk
        balanced(given, clerk, "1-3;4=2")
        from cardbook.lifecycle.facts import BundleRowReturned, Unclaimed

        facts = BundleRowReturned(sheet=0, row=4, reason=Unclaimed.UNREACHED)
        step = Step(act=act("bundle.give_back"), facts=facts, subject_ids=[given.cards[3].pk])
        perform(step, by=clerk, at=NOON, key=make.key())
        assert self.refused(city, given) == {"ROW_CARD_GONE"}
        tick(given.bundle, "4=2t", by=clerk)
        file(given.bundle, by=clerk)
        assert BundleFiling.objects.get().returned == 1

    def test_a_neighbour_does_not_file_it_and_an_auditor_neither(self, city: City) -> None:
        given = out(city)
        balanced(given, city.here.clerk)
        with pytest.raises(Bundle.DoesNotExist):
            file(given.bundle, by=city.neighbour.clerk)
        with pytest.raises(Refused) as refused:
            file(given.bundle, by=city.here.auditor)
        assert codes(refused) == {"ROLE_MAY_NOT"}

    def test_queries_do_not_grow_with_the_rows(self, city: City) -> None:
        counts = []
        for count in (3, 30):
            given = out(city, count=count)
            tick(given.bundle, f"1-{count - 2};{count - 1}=1;{count}=2t", by=city.here.clerk)
            add_pages(given.bundle, by=city.here.clerk)
            with CaptureQueriesContext(connection) as queries:
                file(given.bundle, by=city.here.clerk)
            counts.append(len(queries))
        # The first one opens the places cards go to.
        assert counts[1] <= counts[0] <= 50


class TestDrafts:
    def test_cards_and_ticks_are_written_in_sets(self, city: City) -> None:
        counts = []
        for count in (3, 30):
            cards = make.received_cards(city, city.here, count=count)
            bundle = prepared(city, [])
            with CaptureQueriesContext(connection) as adding:
                add_cards(
                    bundle_id=bundle.pk, card_ids=[card.pk for card in cards],
                    by=city.here.clerk, at=NOON,
                )  # fmt: skip
            hand_out(bundle, by=city.here.clerk)
            bundle.refresh_from_db()
            with CaptureQueriesContext(connection) as ticking:
                tick(bundle, f"1-{count}", by=city.here.clerk)
            counts.append((len(adding), len(ticking)))
        assert counts[0] == counts[1]

    def test_an_auditor_ticks_nothing(self, city: City) -> None:
        given = out(city)
        with pytest.raises(Refused) as refused:
            tick(given.bundle, "1", by=city.here.auditor)
        assert codes(refused) == {"ROLE_MAY_NOT"}


class TestLateRows:
    def test_a_late_signature_is_filed_in_a_supplement(self, city: City) -> None:
        given, clerk = out(city), city.here.clerk
        balanced(given, clerk)
        file(given.bundle, by=clerk)
        tick(given.bundle, "3", by=clerk)
        with pytest.raises(Refused) as refused:
            file(given.bundle, by=clerk)
        assert codes(refused) == {"PAPER_MISSING"}
        add_pages(given.bundle, by=clerk, width=5)
        file(given.bundle, by=clerk)
        assert places(given.cards)[2] == Place.HOLDER
        second = BundleFiling.objects.get(number=2)
        assert (second.signed, second.open) == (3, 0)
        clean()

    def test_a_filed_row_is_not_ticked_again(self, city: City) -> None:
        given, clerk = out(city), city.here.clerk
        balanced(given, clerk)
        file(given.bundle, by=clerk)
        assert tick(given.bundle, "1=1", by=clerk) == 0
        assert BundleRow.objects.get(bundle=given.bundle, row=1).result == "signed"


class TestUndo:
    def undo(self, city: City, given: Out, **changes: object) -> None:
        event = Event.objects.get(act="card.issue_collective", subject_id=given.cards[0].pk)
        values: dict[str, object] = {
            "bundle_id": given.bundle.pk, "row": 1, "event_id": event.pk, "words": "勾错一行",
            "by": city.here.clerk, "second": city.here.reviewer, "at": NOON, "key": make.key(),
        }  # fmt: skip
        undo_row(**(values | changes))  # type: ignore[arg-type]

    @pytest.fixture
    def filed(self, city: City) -> Out:
        given = out(city)
        balanced(given, city.here.clerk)
        file(given.bundle, by=city.here.clerk)
        return given

    def test_the_card_is_with_the_unit_again_and_the_row_open(
        self, city: City, filed: Out
    ) -> None:
        self.undo(city, filed)
        assert places(filed.cards)[0] == Place.UNIT
        assert Card.objects.get(pk=filed.cards[0].pk).stage == "in_custody"
        tick(filed.bundle, "1=2", by=city.here.clerk)
        add_pages(filed.bundle, by=city.here.clerk, width=7)
        file(filed.bundle, by=city.here.clerk)
        assert BundleFiling.objects.get(number=2).open == 2
        clean()

    @pytest.mark.article(25)
    def test_what_the_card_was_asked_for_by_waits_again(self, city: City) -> None:
        there = windows(city)
        old = lost_or_worn(there)
        application = the_application(taken(there, old, ApplyReason.LOST))
        made = Answer(application_id=application.pk, kind=AnswerKind.MADE)
        answer_applications(
            [made], source="柜员登记", answered_on=local_day(NOON), by=there.teller, at=NOON,
            key=make.key(),
        )  # fmt: skip
        given = out(city, people=[old.person, *(make.person() for _ in range(3))])
        balanced(given, city.here.clerk)
        file(given.bundle, by=city.here.clerk)
        application.refresh_from_db()
        assert application.progress == "collected"
        self.undo(city, given)
        application.refresh_from_db()
        assert application.progress == "produced"

    def test_two_people_sign_with_a_reason(self, city: City, filed: Out) -> None:
        for changes, code in (
            ({"second": None}, "SECOND_PERSON_MISSING"),
            ({"second": city.here.clerk}, "SECOND_PERSON_SAME"),
            ({"words": " "}, "REASON_MISSING"),
            ({"event_id": 1}, "NOT_THE_NEWEST"),
        ):
            with pytest.raises(Refused) as refused:
                self.undo(city, filed, **changes)
            assert codes(refused) == {code}

    def test_an_open_row_has_nothing_to_undo(self, city: City, filed: Out) -> None:
        with pytest.raises(Refused):
            self.undo(city, filed, row=3)
