"""A manifest too long for a request: a worker has it, the page shows how far (Art. 6; I3, B8)."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from cardbook.cards.models import Card
from cardbook.chapters.intake.receive import manifest_job
from cardbook.chapters.intake.receive.tests.manifests import cards_of, staged, written
from cardbook.demo.manifests import plant_errors
from cardbook.imports import runs
from cardbook.imports.models import ImportFile, Run, Stage, State, Work
from cardbook.jobs import queue, worker
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


def uploaded(keeper: Client, path: Path, city: City) -> ImportFile:
    given = SimpleUploadedFile(path.name, path.read_bytes())
    address = reverse("import.upload")
    keeper.post(address, {"file": given, "receiver": city.here.card_body.pk})
    return ImportFile.objects.get()


def shown(keeper: Client, file: ImportFile) -> str:
    return keeper.get(reverse("import.show", args=[file.pk])).content.decode()


def asked_for(file: ImportFile, work: Work) -> Run:
    return Run.objects.get(file=file, work=work)


class TestOnThePage:
    @pytest.mark.trust("I3")
    def test_a_long_file_waits_for_a_worker_and_then_for_its_clerk(
        self, keeper: Client, city: City, tmp_path: Path
    ) -> None:
        file = uploaded(keeper, written(tmp_path, cards_of(ROWS))[0], city)
        page = shown(keeper, file)
        assert file.stage == Stage.STAGED and "排队等候" in page
        assert "hx-get" in page and f'href="{reverse("import.show", args=[file.pk])}">刷新' in page
        assert "入账</button>" not in page and "作废这份文件" not in page
        worker.work(once=True)
        page = shown(keeper, file)
        assert f"{ROWS} 行全部正确" in page and "入账</button>" in page
        keeper.post(reverse("import.post", args=[file.pk]))
        assert not Card.objects.exists() and "排队等候" in shown(keeper, file)
        worker.work(once=True)
        assert Card.objects.count() == ROWS and "已入账" in shown(keeper, file)
        assert set(Run.objects.values_list("state", flat=True)) == {State.DONE}

    def test_a_short_file_is_checked_at_once(
        self, keeper: Client, city: City, tmp_path: Path
    ) -> None:
        file = uploaded(keeper, written(tmp_path, cards_of(5))[0], city)
        assert file.stage == Stage.CHECKED and not Run.objects.exists()

    def test_says_that_nobody_serves_the_queue(
        self, keeper: Client, city: City, tmp_path: Path
    ) -> None:
        file = uploaded(keeper, written(tmp_path, cards_of(ROWS))[0], city)
        assert not queue.is_served() and "后台程序没有运行" in shown(keeper, file)

    def test_the_bar_asks_for_the_whole_page_once_the_work_is_over(
        self, keeper: Client, city: City, tmp_path: Path
    ) -> None:
        file = uploaded(keeper, written(tmp_path, cards_of(ROWS))[0], city)
        address = reverse("import.progress", args=[file.pk])
        assert "HX-Refresh" not in keeper.get(address).headers
        worker.work(once=True)
        assert keeper.get(address).headers["HX-Refresh"] == "true"

    def test_wrong_rows_come_back_as_with_a_short_file(
        self, keeper: Client, city: City, tmp_path: Path
    ) -> None:
        cards, _ = plant_errors(cards_of(ROWS), seed=3, kinds=["wrong_check_digit"])
        file = uploaded(keeper, written(tmp_path, list(cards))[0], city)
        worker.work(once=True)
        page = shown(keeper, file)
        assert "1 行有错误" in page and "校验码不对" in page and "入账</button>" not in page

    def test_a_file_that_needs_a_decision_says_which(
        self, keeper: Client, city: City, tmp_path: Path
    ) -> None:
        path = tmp_path / "自编.csv"
        path.write_text("姓名,社会保障号码,编号\n" + "甲,1,2\n" * ROWS, encoding="utf-8")
        file = uploaded(keeper, path, city)
        worker.work(once=True)
        page = shown(keeper, file)
        assert "没有找到列：社保卡号" in page and "改列对应" in page

    def test_the_neighbour_county_sees_and_stops_nothing(
        self, keeper: Client, city: City, tmp_path: Path
    ) -> None:
        file = uploaded(keeper, written(tmp_path, cards_of(ROWS))[0], city)
        stranger = signed_in(city.neighbour.keeper)
        assert stranger.get(reverse("import.progress", args=[file.pk])).status_code == 404
        for name in ("import.cancel", "import.resume"):
            assert stranger.post(reverse(name, args=[file.pk])).status_code == 404
        assert not Run.objects.get().cancel_asked


class TestCancel:
    def test_a_waiting_file_is_let_go_at_once(
        self, keeper: Client, city: City, tmp_path: Path
    ) -> None:
        file = uploaded(keeper, written(tmp_path, cards_of(ROWS))[0], city)
        keeper.post(reverse("import.cancel", args=[file.pk]))
        assert Run.objects.get().state == State.CANCELLED
        worker.work(once=True)
        file.refresh_from_db()
        assert file.stage == Stage.STAGED and "作废这份文件" in shown(keeper, file)

    def test_a_file_in_a_workers_hands_cannot_be_given_up(
        self, keeper: Client, city: City, tmp_path: Path
    ) -> None:
        file = uploaded(keeper, written(tmp_path, cards_of(ROWS))[0], city)
        page = keeper.post(reverse("import.drop", args=[file.pk]), follow=True).content.decode()
        file.refresh_from_db()
        assert file.stage == Stage.STAGED and "正在检查或入账" in page


class TestSilence:
    def test_a_run_whose_worker_is_silent_is_not_shown_as_running(
        self, keeper: Client, city: City, tmp_path: Path
    ) -> None:
        file = uploaded(keeper, written(tmp_path, cards_of(ROWS))[0], city)
        assert runs.begin(asked_for(file, Work.CHECK).pk) is not None
        assert "中断" not in shown(keeper, file)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE imports_run SET beat_at = now() - '1 min'::interval")
        assert "中断，等待自动续办" in shown(keeper, file)

    def test_a_run_that_broke_too_often_is_taken_up_by_its_clerk(
        self, keeper: Client, city: City, tmp_path: Path
    ) -> None:
        file = uploaded(keeper, written(tmp_path, cards_of(ROWS))[0], city)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE imports_run SET state = 'broken', attempts = %s, beat_at = NULL",
                [queue.MOST_ATTEMPTS],
            )
            cursor.execute("DELETE FROM procrastinate_jobs")
        assert "中断，可续办" in shown(keeper, file)
        keeper.post(reverse("import.resume", args=[file.pk]))
        worker.work(once=True)
        file.refresh_from_db()
        assert file.stage == Stage.CHECKED
        assert list(Run.objects.order_by("id").values_list("state", flat=True)) == [
            State.REFUSED, State.DONE,
        ]  # fmt: skip


class TestAsk:
    def test_asking_twice_gives_one_run_and_one_job(self, city: City, tmp_path: Path) -> None:
        file = staged(written(tmp_path, cards_of(ROWS))[0], city.here)
        for _ in range(2):
            manifest_job.MANIFESTS.hand_over(
                file=file, work=Work.POST, by=city.here.keeper, at=NOON
            )
        assert Run.objects.count() == 1
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM procrastinate_jobs")
            assert cursor.fetchone() == (1,)

    def test_a_job_that_comes_twice_does_its_work_once(self, city: City, tmp_path: Path) -> None:
        file = staged(written(tmp_path, cards_of(ROWS))[0], city.here)
        manifest_job.MANIFESTS.hand_over(file=file, work=Work.POST, by=city.here.keeper, at=NOON)
        run = Run.objects.get()
        manifest_job.work_on(run.pk)
        manifest_job.work_on(run.pk)
        run.refresh_from_db()
        assert Card.objects.count() == ROWS and (run.state, run.attempts) == (State.DONE, 1)
