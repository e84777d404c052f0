"""A balance too long for a request: a worker has it, the page shows how far (Art. 6; I3, B8)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from cardbook.cards.models import Card
from cardbook.chapters.intake.models import OpeningRow, OpeningSource
from cardbook.chapters.intake.opening import opening_job
from cardbook.chapters.intake.opening.tests.ledgers import row, sheet, staged
from cardbook.imports.models import ImportFile, Run, Stage, State, Work
from cardbook.jobs import queue, worker
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day
from cardbook.orgs.actors import Actor, relieve
from cardbook.orgs.models import Organization, User
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City

pytestmark = pytest.mark.article(6)
ROWS = 30


@pytest.fixture
def city(fresh_database: str, settings: Settings) -> City:
    """A city whose requests take ten rows at most."""
    settings.IMPORT_ROWS_IN_REQUEST = 10
    return make.city()


@pytest.fixture
def keeper(city: City) -> Client:
    return signed_in(city.here.keeper)


def rows(count: int = ROWS, **changes: str) -> list[dict[str, str]]:
    return [row(f"Q{place:08d}", **changes) for place in range(count)]


def uploaded(keeper: Client, city: City, listed: list[dict[str, str]]) -> ImportFile:
    given = {
        "source": "纸质台账", "as_of": "2026-10-31", "card_body": city.here.card_body.pk,
        "file": SimpleUploadedFile("期初.csv", sheet(listed)),
    }  # fmt: skip
    keeper.post(reverse("opening.upload"), given)
    return ImportFile.objects.get()


def shown(client: Client, file: ImportFile) -> str:
    return client.get(reverse("opening.file", args=[file.pk])).content.decode()


def signed_by(second: Actor) -> dict[str, str]:
    name = User.objects.get(pk=second.user_id).username
    return {"second_name": name, "second_password": make.PASSWORD}


def live(city: City) -> None:
    """From now on two sign (`importer.refuse_alone`)."""
    Organization.objects.filter(pk=city.here.county.pk).update(live_on="2026-11-01")


class TestOnThePage:
    @pytest.mark.trust("I3")
    def test_a_long_balance_waits_for_a_worker_and_then_for_its_clerk(
        self, keeper: Client, city: City
    ) -> None:
        file = uploaded(keeper, city, rows())
        page = shown(keeper, file)
        assert file.stage == Stage.STAGED and "排队等候" in page and "后台程序没有运行" in page
        assert f'hx-get="{reverse("opening.progress", args=[file.pk])}"' in page
        assert "入账</button>" not in page and "作废这份文件" not in page
        worker.work(once=True)
        page = shown(keeper, file)
        assert f"{ROWS} 行可以入账" in page and "入账</button>" in page
        keeper.post(reverse("opening.post", args=[file.pk]))
        assert not Card.objects.exists() and "排队等候" in shown(keeper, file)
        worker.work(once=True)
        assert Card.objects.count() == ROWS and "已于" in shown(keeper, file)
        assert set(Run.objects.values_list("state", flat=True)) == {State.DONE}

    def test_a_short_one_is_checked_and_posted_at_once(self, keeper: Client, city: City) -> None:
        file = uploaded(keeper, city, rows(5))
        assert file.stage == Stage.CHECKED
        keeper.post(reverse("opening.post", args=[file.pk]))
        assert Card.objects.count() == 5 and not Run.objects.exists()

    def test_the_bar_asks_for_the_whole_page_once_the_work_is_over(
        self, keeper: Client, city: City
    ) -> None:
        file = uploaded(keeper, city, rows())
        address = reverse("opening.progress", args=[file.pk])
        assert "HX-Refresh" not in keeper.get(address).headers
        worker.work(once=True)
        assert keeper.get(address).headers["HX-Refresh"] == "true"

    def test_wrong_rows_come_back_as_with_a_short_one(self, keeper: Client, city: City) -> None:
        file = uploaded(keeper, city, [*rows(), row("Q99999999", 状态="丢了")])
        worker.work(once=True)
        page = shown(keeper, file)
        assert "1 行有错误" in page and "请改为：封存" in page and "入账</button>" not in page

    def test_a_header_nobody_knows_says_what_to_decide(self, keeper: Client, city: City) -> None:
        listed = [{"编码" if k == "社保卡号" else k: v for k, v in one.items()} for one in rows()]
        content = sheet(listed).decode("gb18030").replace("社保卡号,", "")
        given = SimpleUploadedFile("x.csv", content.replace("\r\n,", "\r\n").encode())
        keeper.post(
            reverse("opening.upload"),
            {"source": "纸", "as_of": "2026-10-31", "card_body": city.here.card_body.pk,
             "file": given},
        )  # fmt: skip
        worker.work(once=True)
        assert "没有找到列：社保卡号" in shown(keeper, ImportFile.objects.get())

    def test_readers_see_how_far_it_is_and_have_no_buttons(
        self, keeper: Client, city: City
    ) -> None:
        file = uploaded(keeper, city, rows())
        page = shown(signed_in(city.here.auditor), file)
        assert "排队等候" in page and "取消</button>" not in page
        assert "取消</button>" in shown(keeper, file)

    @pytest.mark.parametrize("name", ["opening.cancel", "opening.resume"])
    def test_neighbours_and_readers_stop_nothing(
        self, keeper: Client, city: City, name: str
    ) -> None:
        file = uploaded(keeper, city, rows())
        address = reverse(name, args=[file.pk])
        assert signed_in(city.neighbour.keeper).post(address).status_code == 404
        assert signed_in(city.here.auditor).post(address).status_code == 403
        progress = reverse("opening.progress", args=[file.pk])
        assert signed_in(city.neighbour.keeper).get(progress).status_code == 404
        assert not Run.objects.get().cancel_asked


class TestCancel:
    def test_a_waiting_balance_is_let_go_and_can_be_given_up(
        self, keeper: Client, city: City
    ) -> None:
        file = uploaded(keeper, city, rows())
        page = keeper.post(reverse("opening.drop", args=[file.pk]), follow=True).content.decode()
        assert "正在检查或入账" in page, "not while a worker has it"
        keeper.post(reverse("opening.cancel", args=[file.pk]))
        assert Run.objects.get().state == State.CANCELLED
        worker.work(once=True)
        file.refresh_from_db()
        assert file.stage == Stage.STAGED and not OpeningRow.objects.exists()
        keeper.post(reverse("opening.drop", args=[file.pk]))
        file.refresh_from_db()
        assert file.stage == Stage.DROPPED


class TestTwoSign:
    def test_a_worker_posts_with_both_signatures(self, keeper: Client, city: City) -> None:
        live(city)
        file = staged(city, rows())
        address = reverse("opening.post", args=[file.pk])
        alone = keeper.post(address, follow=True).content.decode()
        assert "复核" in alone and not Run.objects.exists(), "asked while both are here"
        keeper.post(address, signed_by(city.here.reviewer))
        assert Run.objects.get().second_id == city.here.reviewer.post_id
        worker.work(once=True)
        assert Card.objects.count() == ROWS
        assert OpeningSource.objects.get().second_id == city.here.reviewer.user_id

    @pytest.mark.trust("R10")
    def test_a_second_person_relieved_meanwhile_has_not_signed(
        self, keeper: Client, city: City
    ) -> None:
        live(city)
        other = make.worker("复核乙", Role.REVIEWER, city.here.card_body)
        file = staged(city, rows())
        keeper.post(reverse("opening.post", args=[file.pk]), signed_by(other))
        relieve(post_id=other.post_id, until=local_day(NOON), at=NOON, by=city.here.auditor)
        worker.work(once=True)
        assert Run.objects.get().state == State.REFUSED and not Card.objects.exists()

    def test_what_broke_for_good_is_signed_anew(self, keeper: Client, city: City) -> None:
        live(city)
        file = staged(city, rows())
        address = reverse("opening.post", args=[file.pk])
        keeper.post(address, signed_by(city.here.reviewer))
        broke_too_often()
        assert "中断，可续办" in shown(keeper, file)
        page = keeper.post(reverse("opening.resume", args=[file.pk]), follow=True)
        assert "请两人重新签名" in page.content.decode()
        keeper.post(address, signed_by(city.here.reviewer))
        worker.work(once=True)
        assert Card.objects.count() == ROWS


def broke_too_often() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE imports_run SET state = 'broken', attempts = %s, beat_at = NULL",
            [queue.MOST_ATTEMPTS],
        )
        cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.mark.trust("B8")
def test_a_run_that_broke_too_often_is_taken_up_by_its_clerk(keeper: Client, city: City) -> None:
    file = uploaded(keeper, city, rows())
    broke_too_often()
    assert "中断，可续办" in shown(keeper, file)
    keeper.post(reverse("opening.resume", args=[file.pk]))
    worker.work(once=True)
    file.refresh_from_db()
    assert file.stage == Stage.CHECKED


def test_a_job_that_comes_twice_does_its_work_once(city: City) -> None:
    file = staged(city, rows())
    opening_job.BALANCES.hand_over(file=file, work=Work.POST, by=city.here.keeper, at=NOON)
    run = Run.objects.get()
    for _ in range(2):
        opening_job.work_on(run.pk)
    run.refresh_from_db()
    assert Card.objects.count() == ROWS and (run.state, run.attempts) == (State.DONE, 1)
