"""What becomes of differences, by two people, and the close of a stock-take (Art. 20)."""

import pytest
from django.db import connection

from cardbook.cards.models import Card
from cardbook.cards.states import Subject
from cardbook.chapters.safekeeping.models import Finding, Stocktake
from cardbook.chapters.safekeeping.stocktaking.closing import (
    close_findings,
    close_stocktake,
    find_card,
)
from cardbook.chapters.safekeeping.stocktaking.tests.counts import (
    a_box,
    begin,
    boxed,
    ended,
    put,
    scan,
    verdict,
)
from cardbook.custody.models import Account, Position
from cardbook.custody.places import Place
from cardbook.insight.check import recount
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import Defect, DefectRecorded
from cardbook.lifecycle.judge import refusals_of_case
from cardbook.lifecycle.load import load_cases
from cardbook.lifecycle.perform import Step, perform
from cardbook.lifecycle.refusals import Refused
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City

pytestmark = pytest.mark.article(20)


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {refusal.code for refusal in refused.value.refusals}


def one_missing(city: City) -> tuple[Stocktake, Finding, Card]:
    """A count of a box that lacks a card."""
    box, (there, gone) = boxed(city, city.here, 2)
    take = begin(city.here, box)
    scan(take, city.here, box, there.number)
    ended(take, city.here)
    return take, Finding.objects.get(stocktake=take), gone


def _soil(city: City, card: Card) -> None:
    """The window takes the card aside for a soiled face."""
    row = act("defect.record")
    step = Step(
        act=row,
        facts=DefectRecorded(defect=Defect.SOILED, reader_tried=True),
        subject_ids=[card.pk],
        told=tuple(notice.code for notice in row.notices),
    )
    perform(step, by=city.here.clerk, at=NOON, key=make.key())


def where(card: Card) -> str:
    return Position.objects.get(card=card).account.kind


def clean() -> bool:
    """`cardbook check` finds nothing wrong with the book."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return recount().holds


class TestCloseFindings:
    def test_a_missing_card_is_missing_from_now_on(self, city: City) -> None:
        take, finding, gone = one_missing(city)
        said = verdict(city.here, "missed", words="柜内柜旁翻找未见")
        assert close_findings(take_id=take.pk, finding_ids=[finding.pk], verdict=said) == 1
        gone.refresh_from_db()
        finding.refresh_from_db()
        assert (gone.stage, where(gone)) == ("missing", Place.MISSING)
        assert (finding.outcome, finding.words) == ("missed", "柜内柜旁翻找未见")
        assert finding.closed_by_id == city.here.keeper.user_id
        assert finding.second_id == city.here.reviewer.user_id
        event = Event.objects.get(act="stock.miss", subject_id=gone.pk)
        assert event.second_id == city.here.reviewer.user_id
        assert f'"stocktake":{take.pk}' in event.facts
        assert clean()

    def test_a_card_out_of_use_is_missed_by_its_own_act(self, city: City) -> None:
        _, (card,) = boxed(city, city.here, 1)
        _soil(city, card)
        aside = Account.objects.get(positions__card=card)
        take = begin(city.here, aside)
        assert ended(take, city.here) == [("missing", card.number)]
        finding = Finding.objects.get()
        close_findings(
            take_id=take.pk, finding_ids=[finding.pk], verdict=verdict(city.here, "missed")
        )
        assert Event.objects.filter(act="stock.miss_set_aside", subject_id=card.pk).exists()
        assert where(card) == Place.MISSING
        assert clean()

    def test_a_missing_card_that_is_scanned_is_found(self, city: City) -> None:
        take, finding, gone = one_missing(city)
        close_findings(
            take_id=take.pk, finding_ids=[finding.pk], verdict=verdict(city.here, "missed")
        )
        box = Account.objects.get(kind=Place.BOX)
        again = begin(city.here, box)
        scan(again, city.here, box, gone.number)
        assert ("extra", gone.number) in ended(again, city.here)
        found = Finding.objects.get(stocktake=again, kind="extra")
        close_findings(
            take_id=again.pk, finding_ids=[found.pk], verdict=verdict(city.here, "found")
        )
        gone.refresh_from_db()
        assert (gone.stage, where(gone)) == ("in_custody", Place.STORE)
        assert Event.objects.filter(act="stock.find", subject_id=gone.pk).exists()
        assert clean()

    def test_the_rest_is_noted_with_what_was_done(self, city: City) -> None:
        first, (card,) = boxed(city, city.here, 1)
        second = a_box(city.here, "02")
        take = begin(city.here)
        scan(take, city.here, second, card.number, "Z00000001")
        ended(take, city.here)
        ids = list(Finding.objects.values_list("pk", flat=True))
        said = verdict(city.here, words="已放回 A-1-01；另一张不是社保卡")
        assert close_findings(take_id=take.pk, finding_ids=ids, verdict=said) == 2
        assert where(card) == Place.BOX
        assert not Finding.objects.filter(closed_at=None).exists()
        assert first.pk == Position.objects.get(card=card).account_id

    def test_a_misplaced_card_may_stay_and_the_book_follows(self, city: City) -> None:
        first, (card, other) = boxed(city, city.here, 2)
        second = a_box(city.here, "02")
        take = begin(city.here)
        scan(take, city.here, first, other.number)
        scan(take, city.here, second, card.number)
        ended(take, city.here)
        finding = Finding.objects.get()
        said = verdict(city.here, "resorted", key="stays")
        for _ in range(2):
            assert close_findings(take_id=take.pk, finding_ids=[finding.pk], verdict=said) == 1
        assert Position.objects.get(card=card).account_id == second.pk
        assert Event.objects.filter(act="card.sort", subject_id=card.pk).count() == 2
        assert clean()

    def test_only_what_lies_in_a_box_is_sorted_anew(self, city: City) -> None:
        take, finding, _ = one_missing(city)
        with pytest.raises(Refused) as refused:
            close_findings(
                take_id=take.pk, finding_ids=[finding.pk], verdict=verdict(city.here, "resorted")
            )
        assert codes(refused) == {"FINDING_OUTCOME_MISFIT"}

    def test_the_same_request_twice_is_one(self, city: City) -> None:
        take, finding, _ = one_missing(city)
        for outcome in ("missed", "missed"):
            said = verdict(city.here, outcome, key="same-key")
            assert close_findings(take_id=take.pk, finding_ids=[finding.pk], verdict=said) == 1
        assert Event.objects.filter(act="stock.miss").count() == 1

    def test_what_was_told_is_not_told_again(self, city: City) -> None:
        take, finding, _ = one_missing(city)
        close_findings(take_id=take.pk, finding_ids=[finding.pk], verdict=verdict(city.here))
        for outcome in ("noted", "missed"):
            with pytest.raises(Refused) as refused:
                close_findings(
                    take_id=take.pk, finding_ids=[finding.pk], verdict=verdict(city.here, outcome)
                )
            assert codes(refused) == {"FINDING_SETTLED"}
        assert not Event.objects.filter(act="stock.miss").exists()

    def test_an_outcome_that_does_not_fit_is_refused(self, city: City) -> None:
        take, finding, _ = one_missing(city)
        with pytest.raises(Refused) as refused:
            close_findings(
                take_id=take.pk, finding_ids=[finding.pk], verdict=verdict(city.here, "found")
            )
        assert codes(refused) == {"FINDING_OUTCOME_MISFIT"}

    def test_a_card_that_was_issued_meanwhile_is_not_registered_missing(self, city: City) -> None:
        take, finding, gone = one_missing(city)
        perform(make.issue_step(gone), by=city.here.clerk, at=NOON, key=make.key())
        with pytest.raises(Refused) as refused:
            close_findings(
                take_id=take.pk, finding_ids=[finding.pk], verdict=verdict(city.here, "missed")
            )
        assert codes(refused) == {"ALREADY_ISSUED"}
        finding.refresh_from_db()
        assert finding.closed_at is None

    def test_asks_for_words(self, city: City) -> None:
        take, finding, _ = one_missing(city)
        with pytest.raises(Refused) as refused:
            close_findings(
                take_id=take.pk, finding_ids=[finding.pk], verdict=verdict(city.here, words=" ")
            )
        assert codes(refused) == {"REASON_MISSING"}

    @pytest.mark.parametrize("outcome", ["noted", "missed"])
    def test_the_same_person_does_not_sign_twice(self, city: City, outcome: str) -> None:
        take, finding, _ = one_missing(city)
        keeper = city.here.keeper
        for second, code in ((keeper, "SECOND_PERSON_SAME"), (None, "SECOND_PERSON_MISSING")):
            with pytest.raises(Refused) as refused:
                close_findings(
                    take_id=take.pk, finding_ids=[finding.pk],
                    verdict=verdict(city.here, outcome, second=second),
                )  # fmt: skip
            assert codes(refused) == {code}

    def test_the_neighbour_signs_nothing_here(self, city: City) -> None:
        take, finding, _ = one_missing(city)
        theirs = verdict(city.neighbour, "missed")
        with pytest.raises(Stocktake.DoesNotExist):
            close_findings(take_id=take.pk, finding_ids=[finding.pk], verdict=theirs)
        with pytest.raises(Refused) as refused:
            close_findings(
                take_id=take.pk, finding_ids=[finding.pk],
                verdict=verdict(city.here, "missed", second=city.neighbour.reviewer),
            )  # fmt: skip
        assert codes(refused) == {"SECOND_PERSON_MAY_NOT"}

    @pytest.mark.parametrize("who", ["clerk", "auditor"])
    def test_other_roles_settle_nothing(self, city: City, who: str) -> None:
        take, finding, _ = one_missing(city)
        with pytest.raises(Refused) as refused:
            close_findings(
                take_id=take.pk, finding_ids=[finding.pk],
                verdict=verdict(city.here, by=getattr(city.here, who)),
            )  # fmt: skip
        assert "ROLE_MAY_NOT" in codes(refused)


class TestCloseStocktake:
    def close(self, take: Stocktake, city: City, **changes: object) -> Stocktake:
        given = {"by": city.here.keeper, "second": city.here.reviewer, "at": NOON}
        return close_stocktake(take_id=take.pk, **(given | changes))  # type: ignore[arg-type]

    def test_waits_for_every_difference(self, city: City) -> None:
        take, finding, _ = one_missing(city)
        with pytest.raises(Refused) as refused:
            self.close(take, city)
        assert codes(refused) == {"FINDINGS_OPEN"}
        assert "1 项差异" in str(refused.value)
        close_findings(take_id=take.pk, finding_ids=[finding.pk], verdict=verdict(city.here))
        assert self.close(take, city).closed_at == NOON

    def test_waits_for_the_end_of_the_scanning(self, city: City) -> None:
        box, _ = boxed(city, city.here, 1)
        with pytest.raises(Refused) as refused:
            self.close(begin(city.here, box), city)
        assert codes(refused) == {"STOCKTAKE_RUNNING"}

    def test_takes_two_people(self, city: City) -> None:
        box, (card,) = boxed(city, city.here, 1)
        take = begin(city.here, box)
        scan(take, city.here, box, card.number)
        ended(take, city.here)
        with pytest.raises(Refused) as refused:
            self.close(take, city, second=city.here.keeper)
        assert codes(refused) == {"SECOND_PERSON_SAME"}
        first = self.close(take, city)
        assert self.close(take, city).closed_at == first.closed_at

    def test_others_learn_that_it_is_closed(self, city: City) -> None:
        box, (card,) = boxed(city, city.here, 1)
        take = begin(city.here, box)
        scan(take, city.here, box, card.number)
        ended(take, city.here)
        self.close(take, city)
        colleague = make.worker("库管员", Role.CARD_KEEPER, city.here.card_body)
        with pytest.raises(Refused) as refused:
            self.close(take, city, by=colleague)
        assert codes(refused) == {"STOCKTAKE_ENDED"}


class TestFindCard:
    def missing(self, city: City) -> Card:
        take, finding, gone = one_missing(city)
        close_findings(
            take_id=take.pk, finding_ids=[finding.pk], verdict=verdict(city.here, "missed")
        )
        return gone

    def find(self, card: Card, city: City, **changes: object) -> object:
        given = {
            "words": "在窗口抽屉后面找到",
            "by": city.here.keeper,
            "second": city.here.reviewer,
            "at": NOON,
            "key": make.key(),
        }
        return find_card(card_id=card.pk, **(given | changes))  # type: ignore[arg-type]

    def test_brings_it_back_to_the_store(self, city: City) -> None:
        card = self.missing(city)
        self.find(card, city, key="found-once")
        self.find(card, city, key="found-once")
        card.refresh_from_db()
        assert (card.stage, where(card)) == ("in_custody", Place.STORE)
        put(city.here, Account.objects.get(kind=Place.BOX), [card])
        assert clean()

    def test_is_refused_of_a_card_that_is_not_missing(self, city: City) -> None:
        _, (card,) = boxed(city, city.here, 1)
        with pytest.raises(Refused):
            self.find(card, city)

    def test_is_refused_to_the_neighbour(self, city: City) -> None:
        card = self.missing(city)
        with pytest.raises(Refused) as refused:
            self.find(card, city, by=city.neighbour.keeper, second=city.neighbour.reviewer)
        assert codes(refused) == {"OUT_OF_REACH"}

    @pytest.mark.article(18)
    def test_a_card_that_was_out_of_use_comes_back_to_be_cancelled(self, city: City) -> None:
        """Recalled for a defect, missed, found: no path brings it back to the shelf for issue."""
        _, (card,) = boxed(city, city.here, 1)
        _soil(city, card)
        take = begin(city.here, Account.objects.get(positions__card=card))
        ended(take, city.here)
        close_findings(
            take_id=take.pk, finding_ids=[Finding.objects.get().pk],
            verdict=verdict(city.here, "missed"),
        )  # fmt: skip
        for code in ("stock.find", "delivery.explain_found", "opening.find_kept"):
            case = load_cases(subject=Subject.CARD, ids=[card.pk], lock=False)[card.pk]
            found = refusals_of_case(act=act(code), case=case, by=city.here.keeper, at=NOON)
            assert {one.code for one in found} == {"CARD_DEFECTIVE"}, code
        self.find(card, city, key="stopped-once")
        self.find(card, city, key="stopped-once")
        card.refresh_from_db()
        assert (card.stage, where(card)) == ("returned", Place.RETURNED)
        assert clean()
