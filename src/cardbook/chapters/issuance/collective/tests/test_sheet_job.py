"""A long sheet is set by a worker: the hand-out stays one act, the bytes are kept (Art. 8 ¶3)."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from cardbook.chapters.issuance.collective import sheet_job
from cardbook.chapters.issuance.collective.tests.bundles import (
    add_pages,
    file,
    hand_out,
    prepared,
    tick,
)
from cardbook.chapters.issuance.models import Bundle
from cardbook.custody.models import Position
from cardbook.custody.places import Place
from cardbook.jobs import worker
from cardbook.ledger.models import Event
from cardbook.lifecycle.refusals import Refused
from cardbook.papers.models import Paper
from cardbook.registers.models import TakenFile
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City

pytestmark = pytest.mark.article(8, 3)
ROWS = 6


@pytest.fixture
def city(fresh_database: str, settings: Settings, tmp_path: Path) -> City:
    """A city whose requests set four rows at most."""
    settings.SHEET_ROWS_IN_REQUEST = 4
    settings.PAPERS_ROOT = tmp_path
    return make.city()


@pytest.fixture
def clerk(city: City) -> Client:
    return signed_in(city.here.clerk)


@pytest.fixture
def out(city: City) -> Bundle:
    """A long sheet handed out a moment ago, its PDF not set yet."""
    bundle = prepared(city, make.received_cards(city, city.here, count=ROWS))
    hand_out(bundle, by=city.here.clerk, at=timezone.now(), pages=0)
    bundle.refresh_from_db()
    return bundle


def shown(clerk: Client, bundle: Bundle) -> str:
    return clerk.get(reverse("bundle.show", args=[bundle.pk])).content.decode()


class TestOnThePage:
    def test_the_cards_are_out_at_once_and_the_sheet_follows(
        self, clerk: Client, out: Bundle
    ) -> None:
        assert Position.objects.filter(account__kind=Place.UNIT).count() == ROWS
        page = shown(clerk, out)
        assert "排队等候排版" in page and "hx-get" in page
        worker.work(once=True)
        page = shown(clerk, out)
        assert "排队等候排版" not in page and reverse("bundle.sheet", args=[out.pk]) in page
        sheet = clerk.post(reverse("bundle.sheet", args=[out.pk]))
        assert sheet.content.startswith(b"%PDF")

    def test_the_hand_out_of_a_long_bundle_goes_through_its_page(
        self, city: City, clerk: Client
    ) -> None:
        bundle = prepared(city, make.received_cards(city, city.here, count=ROWS))
        given = {"key": make.key(), "signing": "paper"}
        for name in ("agent_id", "unit_letter", "keeping_plan"):
            given |= {f"paper_{name}": "on", name: "on"}
        page = clerk.get(reverse("bundle.show", args=[bundle.pk])).context["form"]
        ticks = {name: "on" for name in page.fields if name not in {"key", "signing", "signature"}}
        answer = clerk.post(reverse("bundle.go", args=[bundle.pk]), ticks | given, follow=True)
        assert "已交付" in answer.content.decode()
        bundle.refresh_from_db()
        assert bundle.is_being_set and bundle.batch is not None

    def test_a_short_sheet_needs_no_worker(self, city: City, clerk: Client) -> None:
        bundle = prepared(city, make.received_cards(city, city.here, count=2))
        hand_out(bundle, by=city.here.clerk, at=timezone.now(), pages=1)
        bundle.refresh_from_db()
        assert not bundle.is_being_set and "排版" not in shown(clerk, bundle)

    def test_the_bar_asks_for_the_whole_page_once_the_sheet_is_set(
        self, clerk: Client, out: Bundle
    ) -> None:
        address = reverse("bundle.setting", args=[out.pk])
        assert "HX-Refresh" not in clerk.get(address).headers
        worker.work(once=True)
        assert clerk.get(address).headers["HX-Refresh"] == "true"

    def test_says_that_nobody_serves_and_prints_nothing_meanwhile(
        self, clerk: Client, out: Bundle
    ) -> None:
        assert "后台程序没有运行" in shown(clerk, out)
        answer = clerk.get(reverse("bundle.sheet", args=[out.pk]), follow=True)
        assert "在后台排版" in answer.content.decode()

    def test_others_do_not_ask_for_it_again(self, city: City, out: Bundle) -> None:
        address = reverse("bundle.setting", args=[out.pk])
        assert signed_in(city.here.reviewer).post(address).status_code == 403
        assert signed_in(city.neighbour.clerk).post(address).status_code == 404


class TestTheJob:
    def test_the_same_bytes_are_given_whenever_it_is_printed(
        self, clerk: Client, out: Bundle
    ) -> None:
        worker.work(once=True)
        address = reverse("bundle.sheet", args=[out.pk])
        first = clerk.post(address).content
        out.unit.name = "改了名的单位"
        out.unit.save()
        assert clerk.post(address).content == first
        assert clerk.get(address).content != first

    @pytest.mark.article(32)
    def test_whole_numbers_are_printed_by_whoever_files_it_and_on_record(
        self, city: City, clerk: Client, out: Bundle
    ) -> None:
        worker.work(once=True)
        address = reverse("bundle.sheet", args=[out.pk])
        clerk.get(address)
        assert signed_in(city.here.reviewer).get(address).content.startswith(b"%PDF")
        assert signed_in(city.here.reviewer).post(address).status_code == 403
        assert not TakenFile.objects.exists()
        clerk.post(address)
        taken = TakenFile.objects.get()
        assert (taken.matter, taken.rows, taken.name) == ("sign_off", ROWS, f"{out.number}.pdf")
        assert taken.taken_by_id == city.here.clerk.user_id

    def test_comes_twice_and_keeps_one_sheet(self, city: City, out: Bundle) -> None:
        for _ in range(2):
            sheet_job.set_sheet(out.pk, city.here.clerk.post_id)
        assert Paper.objects.filter(kind="travelling_sheet").count() == 2
        assert Event.objects.filter(act="bundle.hand_out").count() == ROWS

    def test_a_worker_that_dies_in_the_middle_leaves_nothing_half_done(
        self, city: City, out: Bundle, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        keep: Any = sheet_job.add_paper
        calls: list[str] = []

        def dies(**given: Any) -> object:
            calls.append(given["title"])
            if len(calls) == 2:
                raise OSError("killed")
            return keep(**given)

        monkeypatch.setattr(sheet_job, "add_paper", dies)
        with pytest.raises(OSError, match="killed"):
            sheet_job.set_sheet(out.pk, city.here.clerk.post_id)
        out.refresh_from_db()
        assert out.is_being_set and not Paper.objects.filter(kind="travelling_sheet").exists()
        worker.work(once=True)
        out.refresh_from_db()
        assert out.pages >= 1 and out.sheet_digest and out.copy_digest

    def test_a_hand_out_that_is_refused_asks_for_no_sheet(self, city: City) -> None:
        bundle = prepared(
            city, make.received_cards(city, city.here, count=ROWS),
            unit=make.ready_unit(city.here, plan=False),
        )  # fmt: skip
        with pytest.raises(Refused):
            hand_out(bundle, by=city.here.clerk, pages=0)
        worker.work(once=True)
        assert not Paper.objects.filter(kind="travelling_sheet").exists()


class TestFiling:
    def test_waits_for_the_sheet_whose_pages_it_needs(self, city: City, out: Bundle) -> None:
        today = timezone.localdate()
        tick(out, f"1-{ROWS}", by=city.here.clerk, on=today)
        for work in (
            lambda: add_pages(out, by=city.here.clerk),
            lambda: file(out, by=city.here.clerk, at=timezone.now()),
        ):
            with pytest.raises(Refused) as refused:
                work()
            assert [one.reason.code for one in refused.value.refusals] == ["SHEET_BEING_SET"]
        worker.work(once=True)
        out.refresh_from_db()
        add_pages(out, by=city.here.clerk, pages=out.pages)
        file(out, by=city.here.clerk, at=timezone.now())
        assert Event.objects.filter(act="card.issue_collective").count() == ROWS
