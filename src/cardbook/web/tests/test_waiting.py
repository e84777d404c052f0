"""What the home page says waits is what its list shows, for every post (Art. 5, 8, 20)."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from cardbook.chapters.issuance.collective.own_sheets import report_sheet
from cardbook.chapters.issuance.collective.tests.bundles import add_pages, out, tick
from cardbook.chapters.safekeeping.models import KeepingPlace
from cardbook.chapters.safekeeping.stocktaking.tests.counts import begin, boxed, ended
from cardbook.chapters.usage.replacement.tests.windows import taken, windows
from cardbook.chapters.usage.tests.sending import send
from cardbook.law.roles import Role
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City
from cardbook.web.waiting import Waiting

pytestmark = [pytest.mark.django_db, pytest.mark.article(5)]


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: object) -> None:
    settings.PAPERS_ROOT = tmp_path  # type: ignore[attr-defined]


def waiting(by: Actor, sentence: str) -> Waiting | None:
    """The line of the home page that says so, if any."""
    lines = signed_in(by).get(reverse("home")).context["waiting"]
    return next((one for one in lines if sentence in one.sentence), None)


def rows_listed(by: Actor, line: Waiting, name: str = "found") -> int:
    """How many rows the list has that the line opens."""
    context = signed_in(by).get(line.url).context
    found = context[name]
    return len(found) if isinstance(found, list) else found.paginator.count


class TestSheets:
    @pytest.mark.article(8, 3)
    def test_an_overdue_sheet_waits_for_the_office_and_for_its_unit(self, city: City) -> None:
        given = out(city, count=2, at=timezone.now() - timedelta(days=60))
        handler = make.worker("经办人", Role.UNIT_HANDLER, given.bundle.unit)
        for by in (city.here.clerk, handler):
            line = waiting(by, "逾期未备案")
            assert line is not None and line.count == rows_listed(by, line) == 1
        assert waiting(city.neighbour.clerk, "逾期未备案") is None

    @pytest.mark.article(8, 3)
    def test_a_reported_sheet_waits_for_the_office_alone(self, city: City) -> None:
        given = out(city, count=2, at=timezone.now())
        handler = make.worker("经办人", Role.UNIT_HANDLER, given.bundle.unit)
        line = waiting(handler, "等待登记、报送")
        assert line is not None and line.count == rows_listed(handler, line) == 1
        tick(given.bundle, "1-2", by=handler, on=timezone.localdate())
        add_pages(given.bundle, by=handler)
        report_sheet(bundle_id=given.bundle.pk, by=handler, at=timezone.now())
        assert waiting(handler, "等待登记、报送") is None
        line = waiting(city.here.clerk, "单位已报送")
        assert line is not None and line.count == rows_listed(city.here.clerk, line) == 1

    @pytest.mark.article(8, 3)
    def test_a_sheet_due_soon_is_named_before_it_is_overdue(self, city: City) -> None:
        given = out(city, count=2, at=timezone.now())
        given.bundle.due_on = timezone.localdate() + timedelta(days=2)
        given.bundle.save(update_fields=["due_on"])
        line = waiting(city.here.clerk, "三天内到期")
        assert line is not None and line.count == rows_listed(city.here.clerk, line) == 1


class TestKeeping:
    @pytest.mark.article(20)
    def test_an_ended_count_waits_until_it_is_closed(self, city: City) -> None:
        box, cards = boxed(city, city.here, 2)
        take = begin(city.here, box)
        assert waiting(city.here.keeper, "次盘点") is None
        ended(take, city.here)
        line = waiting(city.here.keeper, "次盘点")
        assert line is not None and line.count == rows_listed(city.here.keeper, line) == 1
        assert len(cards) == 2

    @pytest.mark.article(20)
    def test_places_not_checked_in_time_are_counted_and_listed_alone(self, city: City) -> None:
        for name in ("东库", "西库"):
            KeepingPlace.objects.create(
                organization=city.here.card_body, name=name, where="一楼",
                opened_on=timezone.localdate() - timedelta(days=400),
            )  # fmt: skip
        line = waiting(city.here.keeper, "保管检查逾期")
        assert line is not None and line.count == 2
        assert rows_listed(city.here.keeper, line, "due") == 2
        shown = signed_in(city.here.keeper).get(line.url).content.decode()
        assert "还没有检查记录" not in shown and "东库" in shown


class TestBank:
    @pytest.mark.article(22)
    def test_who_was_sent_there_waits_at_that_bank_alone(self, city: City) -> None:
        outlet = make.organization("示范银行甲县支行", Kind.BRANCH, parent=city.bank)
        other = make.organization("另一银行", Kind.BANK, parent=city.city)
        card = make.issued_card(city, city.here)
        send("social.activate", card, by=city.here.clerk, asked_by="holder")
        send("bank.direct", card, by=city.here.clerk, outlet=outlet.pk)
        teller = make.worker("柜员", Role.BANK_TELLER, outlet)
        line = waiting(teller, "等待启用金融功能")
        assert line is not None and line.count == rows_listed(teller, line, "page") == 1
        stranger = make.worker("他行柜员", Role.BANK_TELLER, other)
        assert waiting(stranger, "等待启用金融功能") is None

    @pytest.mark.article(25)
    def test_an_application_waits_at_its_bank_too(self, city: City) -> None:
        there = windows(city)
        taken(there, make.issued_card(city, city.here))
        for by in (there.clerk, there.teller):
            line = waiting(by, "申请办理中")
            assert line is not None and line.count == rows_listed(by, line) == 1
        assert waiting(there.other_teller, "申请办理中") is None
