"""A complaint about a bank's promise is taken down, answered by the bank, and closed (Art. 24)."""

import io

import openpyxl
import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cardbook.chapters.usage.bank_offers import complaints as said
from cardbook.chapters.usage.bank_offers.tests.test_offers import confirm_all, sent, teller_of
from cardbook.chapters.usage.models import BankComplaint, BankOffer
from cardbook.law.roles import Role
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City

pytestmark = [pytest.mark.article(24), pytest.mark.django_db]
WORDS = "柜台仍收小额账户管理费"


def taken(city: City, by: Actor, **changes: object) -> BankComplaint:
    given = {"bank": city.bank.pk, "offer": "", "outlet": "", "words": WORDS} | changes
    answer = signed_in(by).post(reverse("complaint.take"), given)
    assert answer.status_code == 302, answer.content.decode()
    return BankComplaint.objects.latest("pk")


def answered(row: BankComplaint, by: Actor, words: str = "已退还，已整改"):
    return signed_in(by).post(reverse("complaint.answer", args=[row.pk]), {"answer": words})


def closed(row: BankComplaint, by: Actor, outcome: str = "settled"):
    return signed_in(by).post(reverse("complaint.close", args=[row.pk]), {"outcome": outcome})


class TestTake:
    def test_keeps_who_took_it_about_which_promise_and_outlet(self, city: City) -> None:
        teller = teller_of(city)
        signed_in(teller).post(reverse("offer.new"), sent(city))
        confirm_all(city)
        offer = BankOffer.objects.get()
        row = taken(city, city.here.clerk, offer=offer.pk, outlet=teller.org_id)
        assert (row.offer_id, row.outlet_id, row.words) == (offer.pk, teller.org_id, WORDS)
        assert (row.received_by_id, row.office_id) == (
            city.here.clerk.user_id, city.here.clerk.org_id,
        )  # fmt: skip
        begun = signed_in(city.here.clerk).get(reverse("complaint.take"), {"offer": offer.pk})
        assert begun.context["form"].initial == {"bank": city.bank.pk, "offer": offer.pk}

    def test_sent_twice_it_stands_once(self, city: City) -> None:
        taken(city, city.here.clerk)
        given = {"bank": city.bank.pk, "words": WORDS}
        again = signed_in(city.here.clerk).post(reverse("complaint.take"), given)
        assert again.status_code == 422 and "还没有办结" in again.content.decode()
        assert BankComplaint.objects.count() == 1

    def test_a_promise_or_outlet_of_another_bank_is_refused(self, city: City) -> None:
        signed_in(teller_of(city)).post(reverse("offer.new"), sent(city))
        confirm_all(city)
        other = make.organization("另一银行", Kind.BANK, parent=city.city)
        outlet = BankOffer.objects.get().entered_by.posts.get().organization
        for about, words in (
            ({"offer": BankOffer.objects.get().pk}, "承诺不是这家银行的"),
            ({"outlet": outlet.pk}, "网点不是这家银行的"),
        ):
            given = {"bank": other.pk, "words": WORDS, **about}
            answer = signed_in(city.here.clerk).post(reverse("complaint.take"), given)
            assert words in answer.content.decode() and answer.status_code == 422
        assert not BankComplaint.objects.exists()

    def test_without_words_nothing_is_kept(self, city: City) -> None:
        given = {"bank": city.bank.pk, "words": " "}
        answer = signed_in(city.here.clerk).post(reverse("complaint.take"), given)
        assert "请填写投诉内容" in answer.content.decode() and answer.status_code == 422

    def test_a_bank_takes_none(self, city: City) -> None:
        assert signed_in(teller_of(city)).get(reverse("complaint.take")).status_code == 403


class TestAnswerAndClose:
    def test_the_bank_answers_and_the_office_closes(self, city: City) -> None:
        row, teller = taken(city, city.here.clerk), teller_of(city)
        assert answered(row, teller).status_code == 302
        assert closed(row, city.here.clerk).status_code == 302
        row.refresh_from_db()
        assert (row.answer, row.answered_by_id) == ("已退还，已整改", teller.user_id)
        assert (row.outcome, row.closed_by_id) == ("settled", city.here.clerk.user_id)

    def test_what_was_written_is_not_written_over(self, city: City) -> None:
        row, teller = taken(city, city.here.clerk), teller_of(city)
        for words in ("第一次", "第二次"):
            answered(row, teller, words)
        for outcome in ("settled", "unfounded"):
            closed(row, city.here.clerk, outcome)
        row.refresh_from_db()
        assert (row.answer, row.outcome) == ("第一次", "settled")

    def test_none_is_closed_before_the_bank_has_answered(self, city: City) -> None:
        row = taken(city, city.here.clerk)
        closed(row, city.here.clerk)
        row.refresh_from_db()
        assert row.closed_at is None

    def test_only_its_bank_answers_and_only_its_county_closes(self, city: City) -> None:
        row = taken(city, city.here.clerk)
        other = make.organization("另一银行", Kind.BANK, parent=city.city)
        stranger = make.worker("他行柜员", Role.BANK_TELLER, other)
        assert answered(row, stranger).status_code == 404
        assert answered(row, city.here.clerk).status_code == 403
        answered(row, teller_of(city))
        assert closed(row, city.neighbour.clerk).status_code == 404
        assert closed(row, stranger).status_code == 403

    def test_an_empty_answer_is_shown_with_what_is_missing(self, city: City) -> None:
        shown = answered(taken(city, city.here.clerk), teller_of(city), " ")
        assert shown.status_code == 422 and "请填写银行答复" in shown.content.decode()


class TestList:
    def test_each_reads_his_own_and_finds_by_words(self, city: City) -> None:
        row, teller = taken(city, city.here.clerk), teller_of(city)
        auditor = make.worker("审计", Role.AUDITOR, city.city)
        for by in (city.here.clerk, teller, auditor):
            client = signed_in(by)
            shown = client.get(reverse("complaint.list"), {"q": "管理费", "state": "unanswered"})
            assert [one.pk for one in shown.context["page"]] == [row.pk]
            assert client.get(reverse("complaint.show", args=[row.pk])).status_code == 200
        neighbour = signed_in(city.neighbour.clerk)
        assert neighbour.get(reverse("complaint.list")).context["page"].paginator.count == 0
        assert neighbour.get(reverse("complaint.show", args=[row.pk])).status_code == 404

    def test_goes_out_as_a_workbook(self, city: City) -> None:
        answered(taken(city, city.here.clerk), teller_of(city))
        answer = signed_in(city.here.clerk).get(reverse("complaint.export"))
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        cells = {cell for line in book.active.iter_rows(values_only=True) for cell in line}
        assert {WORDS, "已退还，已整改", "示范银行"} <= cells

    def test_waits_on_the_home_page_of_whose_turn_it_is(self, city: City) -> None:
        row, teller = taken(city, city.here.clerk), teller_of(city)

        def waits(by: Actor) -> list[int | None]:
            lines = signed_in(by).get(reverse("home")).context["waiting"]
            return [one.count for one in lines if "投诉" in one.sentence]

        assert (waits(teller), waits(city.here.clerk)) == ([1], [])
        answered(row, teller)
        assert (waits(teller), waits(city.here.clerk)) == ([], [1])
        closed(row, city.here.clerk)
        assert (waits(teller), waits(city.here.clerk)) == ([], [])

    def test_asks_once(
        self, city: City, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        row = taken(city, city.here.clerk)
        answered(row, teller_of(city))
        with django_assert_num_queries(1):
            (found,) = said.complaints(by=city.here.clerk)
            names = (found.bank.name, found.office.name, found.received_by.name)
        assert names[0] == "示范银行"
