"""A charge nobody owed is refused, on record, and cleared up once (Art. 4, 9, 26, 32 item 2)."""

import io

import openpyxl
import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cardbook.cards.models import Application
from cardbook.chapters.usage.models import FeeReceipt, RefusedCharge
from cardbook.chapters.usage.replacement import fee_commands as fees
from cardbook.chapters.usage.replacement import refused_charges as refused
from cardbook.chapters.usage.replacement.receipts import Payment
from cardbook.chapters.usage.replacement.tests import windows as at_the
from cardbook.chapters.usage.replacement.tests.windows import CASH, Windows, taken, windows
from cardbook.chapters.usage.values import ChargeEnd
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lifecycle.facts import ApplyReason, PayWay
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.people.holders import holder_of
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in

pytestmark = [pytest.mark.article(32), pytest.mark.django_db]
PAPER = Payment(way=PayWay.CASH, receipt="a-7")


@pytest.fixture
def there() -> Windows:
    return windows()


@pytest.fixture
def head(there: Windows) -> Actor:
    return make.worker("县负责人", Role.COUNTY_MANAGER, there.city.here.county)


def free_one(there: Windows) -> Application:
    done = taken(there, at_the.lost_or_worn(there), ApplyReason.DEFECT, payment=None)
    return at_the.the_application(done)


def charged(
    there: Windows, one: Application, *, by: Actor | None = None, key: str = ""
) -> list[str]:
    with pytest.raises(Refused) as caught:
        fees.take_fee(
            application_id=one.pk, payment=PAPER, by=by or there.clerk, at=make.NOON,
            key=key or make.key(),
        )  # fmt: skip
    return [one.code for one in caught.value.refusals]


class TestAnAttempt:
    @pytest.mark.article(9)
    def test_to_take_money_for_what_is_free_is_refused_and_stays_on_record(
        self, there: Windows
    ) -> None:
        one = free_one(there)
        assert charged(there, one, by=there.teller) == ["CARD_IS_FREE"]
        row, event = RefusedCharge.objects.get(), Event.objects.get(act="fee.refuse")
        assert (row.application_id, row.batch) == (one.pk, event.batch)
        assert (row.attempted, row.office_id) == (True, there.teller.org_id)
        assert "现金，票据 A-7" in row.words and row.words in event.facts
        one.refresh_from_db()
        assert (one.fee, one.fee_fen) == ("free", 0)
        assert not FeeReceipt.objects.exists()

    def test_to_take_the_fee_twice_is_on_record_as_well(self, there: Windows) -> None:
        one = at_the.the_application(taken(there, at_the.lost_or_worn(there), payment=CASH))
        assert charged(there, one) == ["FEE_PAID_ALREADY"]
        assert "工本费已收" in RefusedCharge.objects.get().words
        assert FeeReceipt.objects.count() == 1

    def test_sent_again_is_one_attempt(self, there: Windows) -> None:
        one, key = free_one(there), make.key()
        for _ in range(2):
            assert charged(there, one, key=key) == ["CARD_IS_FREE"]
        assert RefusedCharge.objects.count() == 1

    def test_of_what_is_owed_leaves_no_charge_behind(self, there: Windows) -> None:
        taken(there, at_the.lost_or_worn(there), payment=PAPER)
        second = at_the.the_application(taken(there, at_the.lost_or_worn(there), payment=None))
        assert charged(there, second) == ["RECEIPT_TAKEN"]
        assert not RefusedCharge.objects.exists()

    def test_by_a_stranger_is_none_of_this_window(self, there: Windows) -> None:
        one = free_one(there)
        assert charged(there, one, by=there.city.here.auditor) == ["ROLE_MAY_NOT"]
        assert charged(there, one, by=there.city.neighbour.clerk) == ["OUT_OF_REACH"]
        assert not RefusedCharge.objects.exists()

    def test_with_the_application_is_said_at_once(self, there: Windows) -> None:
        taken(there, at_the.lost_or_worn(there), ApplyReason.DEFECT, payment=PAPER)
        row = RefusedCharge.objects.get()
        assert row.attempted and "不收费（质量问题）" in row.words


class TestTheList:
    def test_shows_and_exports_what_the_head_and_the_auditor_look_for(
        self, there: Windows, head: Actor
    ) -> None:
        one, other = free_one(there), free_one(there)
        charged(there, one)
        fees.refuse_charge(
            application_id=other.pk, asked_fen=2000, words="网点先要二十元", by=there.clerk,
            at=make.NOON, key=make.key(),
        )  # fmt: skip
        address = reverse("fee.refused_list")
        for reader in (head, there.city.here.auditor):
            html = signed_in(reader).get(address).content.decode()
            assert "共 2 件" in html and "20.00" in html
            number = holder_of(one.person).number
            assert "共 1 件" in signed_in(reader).get(address, {"q": number}).content.decode()
        answer = signed_in(head).get(reverse("fee.refused_export"), {"q": "二十元"})
        sheet = openpyxl.load_workbook(io.BytesIO(answer.getvalue())).active
        cells = [str(cell.value) for row in sheet for cell in row if cell.value is not None]
        assert f"SQ{other.pk}" in cells and f"SQ{one.pk}" not in cells
        assert "20.00" in cells

    def test_waits_on_the_home_page_of_the_head_alone(self, there: Windows, head: Actor) -> None:
        charged(there, free_one(there))
        said = "<strong>1</strong> 件不该收的费被拒绝"
        assert said in " ".join(signed_in(head).get("/").content.decode().split())
        auditor = signed_in(there.city.here.auditor).get("/").content.decode()
        assert "不该收的费被拒绝" not in auditor

    def test_is_closed_to_windows_and_to_the_neighbour(self, there: Windows) -> None:
        charged(there, free_one(there))
        row = RefusedCharge.objects.get()
        neighbour = make.worker("邻县负责人", Role.COUNTY_MANAGER, there.city.neighbour.county)
        for stranger in (there.clerk, there.teller):
            assert signed_in(stranger).get(reverse("fee.refused_list")).status_code == 403
        page = signed_in(neighbour).get(reverse("fee.refused_list")).content.decode()
        assert "没有拒绝收费" in page
        shown = signed_in(neighbour).get(reverse("fee.refused_show", args=[row.pk]))
        assert shown.status_code == 404

    def test_asks_as_much_for_many_as_for_one(
        self, there: Windows, head: Actor, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        for _ in range(3):
            charged(there, free_one(there))
        with django_assert_num_queries(1):
            found = list(refused.charges(by=head, today=local_day(make.NOON)))
            assert [row.entered_by.name and holder_of(row.application.person) for row in found]
        assert len(found) == 3


class TestSettling:
    def settled(self, by: Actor, **given: object) -> int:
        row = RefusedCharge.objects.get()
        usual = {"outcome": "not_taken", "words": "已核实", "returned": "", "receipt": ""}
        address = reverse("fee.refused_settle", args=[row.pk])
        return signed_in(by).post(address, usual | given).status_code

    def test_money_that_was_taken_goes_back_with_amount_and_paper(
        self, there: Windows, head: Actor
    ) -> None:
        charged(there, free_one(there))
        assert self.settled(head, outcome="returned") == 422
        assert self.settled(head, returned="20") == 422
        assert self.settled(there.city.here.auditor) == 403
        assert self.settled(head, outcome="returned", returned="20", receipt="tf-1") == 302
        row = RefusedCharge.objects.get()
        assert (row.outcome, row.returned_fen, row.returned_receipt) == (
            ChargeEnd.RETURNED, 2000, "TF-1",
        )  # fmt: skip
        assert (row.settled_by_id, row.outcome_words) == (head.user_id, "已核实")

    def test_is_done_once(self, there: Windows, head: Actor) -> None:
        charged(there, free_one(there))
        assert self.settled(head) == 302
        self.settled(head, outcome="passed_on", words="再来一次")
        assert RefusedCharge.objects.get().outcome == ChargeEnd.NOT_TAKEN
        html = signed_in(head).get(reverse("fee.refused_list"), {"state": "open"})
        assert "没有拒绝收费" in html.content.decode()
