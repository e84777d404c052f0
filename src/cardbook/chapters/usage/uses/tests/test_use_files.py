"""Files of uses come in like every file: each wrong row named, all or nothing, once (Art. 23)."""

from datetime import datetime, timedelta

import pytest
from django.conf import settings as house
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from cardbook.cards.models import Card
from cardbook.chapters.staged_files import RowsWrong
from cardbook.chapters.usage.models import CardUse, CardUsed, UseRow
from cardbook.chapters.usage.uses.use_files import CODE, FILES, LONG, work_on
from cardbook.imports.models import ImportFile, Run, Stage, State, Work
from cardbook.jobs import worker
from cardbook.law.roles import Role
from cardbook.lib.clock import LOCAL, local_day
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City
from cardbook.testing.races import together

pytestmark = pytest.mark.article(23)
HEAD = "社保卡号,机构,事项,用卡时间"


@pytest.fixture
def clinic(city: City) -> CardUse:
    return a_use(city)


def a_use(city: City) -> CardUse:
    manager = make.worker("市局", Role.CITY_MANAGER, city.city)
    return CardUse.objects.create(
        agency=city.here.card_body, code="clinic", name="就医结算", field="medical",
        carrier="both", basis="第二十三条第二款",
        since=local_day(NOON) - timedelta(days=60), decided_by_id=manager.user_id, decided_at=NOON,
    )  # fmt: skip


def row(card: Card | str, use: CardUse, when: str = "2026-11-10 09:30", **other: str) -> str:
    number = card if isinstance(card, str) else card.number
    return f"{number},{other.get('agency', use.agency.name)},{other.get('said', use.name)},{when}"


def brought(*rows: str, by: Actor, at: datetime = NOON, name: str = "uses.csv") -> ImportFile:
    content = "\n".join((HEAD, *rows)).encode()
    file = FILES.upload(name=name, content=content, by=by, at=at)
    return FILES.check(file=file, at=at)


def problems(file: ImportFile) -> set[tuple[int, str, str]]:
    return set(file.problems.values_list("row", "field", "code"))


class TestFile:
    def test_is_posted_with_nothing_but_the_card(self, city: City, clinic: CardUse) -> None:
        card = make.issued_card(city, city.here)
        file = brought(row(card, clinic), row(card, clinic, "2026/11/9"), by=city.here.keeper)
        assert (file.stage, file.rows, file.errors, file.known) == ("checked", 2, 0, 0)
        assert CardUsed.objects.count() == 0
        posted = FILES.post(file=file, by=city.here.keeper, at=NOON)
        assert (posted.rows, posted.added, posted.repeated) == (2, 2, False)
        kept = CardUsed.objects.order_by("used_at").values_list(
            "card", "use", "day_only", "used_at"
        )
        day, moment = (
            datetime(2026, 11, 9, tzinfo=LOCAL),
            datetime(2026, 11, 10, 9, 30, tzinfo=LOCAL),
        )
        assert list(kept) == [(card.pk, clinic.pk, True, day), (card.pk, clinic.pk, False, moment)]
        assert not UseRow.objects.exists()

    def test_names_row_field_and_remedy_and_keeps_nothing(
        self, city: City, clinic: CardUse
    ) -> None:
        card, elsewhere = (
            make.issued_card(city, city.here), make.issued_card(city, city.neighbour),
        )  # fmt: skip
        file = brought(
            row(card, clinic),
            row("ZZ9999999", clinic),
            row(elsewhere, clinic),
            row(card, clinic, agency="没有的医院"),
            row(card, clinic, said="没有的事项"),
            row(card, clinic, "2026-02-30"),
            row(card, clinic, "2026-12-01"),
            row(card, clinic, "2026-01-01"),
            row("ZZ9999998", clinic, "2026-13-01", said="没有的事项"),
            by=city.here.keeper,
        )
        assert problems(file) == {
            (3, "社保卡号", "card_unknown"), (4, "社保卡号", "card_elsewhere"),
            (5, "机构", "agency_unknown"), (6, "事项", "use_unknown"), (7, "用卡时间", "when"),
            (8, "用卡时间", "when_ahead"), (9, "用卡时间", "use_not_in_force"),
            (10, "社保卡号", "card_unknown"), (10, "事项", "use_unknown"),
            (10, "用卡时间", "when"),
        }  # fmt: skip
        assert file.errors == 8 and all(file.problems.values_list("remedy", flat=True))
        with pytest.raises(RowsWrong):
            FILES.post(file=file, by=city.here.keeper, at=NOON)
        assert CardUsed.objects.count() == 0

    @pytest.mark.parametrize(
        "when", ["20261110093000", "2026 年 11 月 10 日 9时30分", "２０２６－１１－１０ 09:30"]
    )
    def test_a_moment_may_be_written_as_programs_and_people_do(
        self, city: City, clinic: CardUse, when: str
    ) -> None:
        file = brought(row(make.issued_card(city, city.here), clinic, when), by=city.here.keeper)
        assert UseRow.objects.get(file=file).used_at == datetime(2026, 11, 10, 9, 30, tzinfo=LOCAL)

    def test_what_a_program_writes_for_nothing_is_nothing(
        self, city: City, clinic: CardUse
    ) -> None:
        card = make.issued_card(city, city.here)
        rows = row(card, clinic, agency="NULL"), row(card, clinic, said="NULL")
        assert problems(brought(*rows, by=city.here.keeper)) == {
            (2, "机构", "missing"), (3, "事项", "missing"),
        }  # fmt: skip

    @pytest.mark.trust("D6")
    def test_a_total_below_is_held_against_the_rows(self, city: City, clinic: CardUse) -> None:
        line = row(make.issued_card(city, city.here), clinic)
        assert problems(brought(line, "合计,2 笔", by=city.here.keeper)) == {
            (3, "合计", "declared_count")
        }
        assert not problems(brought(line, "合计,1 笔", by=city.here.keeper))

    def test_a_row_written_twice_or_kept_already_counts_once(
        self, city: City, clinic: CardUse
    ) -> None:
        card = make.issued_card(city, city.here)
        first = brought(row(card, clinic), row(card, clinic), by=city.here.keeper)
        assert problems(first) == {(3, "用卡时间", "twice")}
        assert FILES.post(file=first, by=city.here.keeper, at=NOON).added == 1
        again = brought(
            row(card, clinic, said="clinic", agency=clinic.agency.code), by=city.here.keeper
        )
        assert (again.known, problems(again)) == (1, {(2, "整行", "known")})
        assert FILES.post(file=again, by=city.here.keeper, at=NOON).repeated
        assert CardUsed.objects.count() == 1

    def test_the_city_brings_uses_of_every_county(self, city: City, clinic: CardUse) -> None:
        manager = make.worker("市局二", Role.CITY_MANAGER, city.city)
        cards = [make.issued_card(city, county) for county in (city.here, city.neighbour)]
        file = brought(*(row(card, clinic) for card in cards), by=manager)
        assert FILES.post(file=file, by=manager, at=NOON).added == 2

    def test_is_refused_to_other_posts_and_to_a_neighbour(
        self, city: City, clinic: CardUse
    ) -> None:
        file = brought(row(make.issued_card(city, city.here), clinic), by=city.here.keeper)
        for by, code in (
            (city.here.clerk, "ROLE_MAY_NOT"),
            (city.neighbour.keeper, "DESTINATION_OUT_OF_REACH"),
        ):
            with pytest.raises(Refused) as refused:
                FILES.post(file=file, by=by, at=NOON)
            assert [one.code for one in refused.value.refusals] == [code]
        FILES.drop(file=file, by=city.here.keeper)
        assert not UseRow.objects.exists()
        with pytest.raises(Refused):
            FILES.post(file=file, by=city.here.keeper, at=NOON)

    def test_staged_rows_a_crash_took_are_read_again(self, city: City, clinic: CardUse) -> None:
        file = brought(row(make.issued_card(city, city.here), clinic), by=city.here.keeper)
        UseRow.objects.all().delete()
        assert FILES.post(file=file, by=city.here.keeper, at=NOON).added == 1

    def test_a_long_file_is_a_workers_business(self, city: City, clinic: CardUse) -> None:
        keeper = city.here.keeper
        file = brought(row(make.issued_card(city, city.here), clinic), by=keeper)
        assert work_on.__module__ in house.PROCRASTINATE_IMPORT_PATHS
        LONG.hand_over(file=file, work=Work.POST, by=keeper, at=NOON)
        run = Run.objects.get(file=file)
        work_on(run.pk)
        work_on(run.pk)
        run.refresh_from_db()
        assert (run.state, CardUsed.objects.count()) == (State.DONE, 1)


def test_two_posting_the_same_file_keep_its_rows_once(fresh_database: str) -> None:
    city = make.city()
    use, keeper = a_use(city), city.here.keeper
    file = brought(row(make.issued_card(city, city.here), use), by=keeper)
    copies = [ImportFile.objects.get(pk=file.pk) for _ in range(2)]
    answers = together(
        *[lambda one=one: FILES.post(file=one, by=keeper, at=NOON) for one in copies]
    )
    assert sum(isinstance(answer, Refused) for answer in answers) == 1
    assert CardUsed.objects.count() == 1


def test_a_long_file_waits_for_a_worker_which_checks_and_posts_it(
    fresh_database: str, settings: Settings
) -> None:
    settings.IMPORT_ROWS_IN_REQUEST = 10
    city = make.city()
    use, card = a_use(city), make.issued_card(city, city.here)
    days = [f"{timezone.localdate() - timedelta(days=days)}" for days in range(1, 13)]
    content = "\n".join((HEAD, *(row(card, use, day) for day in days))).encode()
    client = signed_in(city.here.keeper)
    client.post(reverse("use_file.upload"), {"file": SimpleUploadedFile("长.csv", content)})
    file = ImportFile.objects.get()
    show = reverse("use_file.show", args=[file.pk])
    assert "排队等候" in client.get(show).content.decode()
    worker.work(once=True)
    assert "12 行全部正确" in client.get(show).content.decode()
    client.post(reverse("use_file.post", args=[file.pk]))
    assert CardUsed.objects.count() == 0
    worker.work(once=True)
    assert CardUsed.objects.count() == 12
    assert "新增 12 行" in client.get(show).content.decode()


class TestPages:
    def sent(self, client: Client, *rows: str) -> str:
        content = "\n".join((HEAD, *rows)).encode("gb18030")
        given = {"file": SimpleUploadedFile("十一月.csv", content)}
        return client.post(reverse("use_file.upload"), given, follow=True).content.decode()

    def test_a_file_goes_all_the_way_and_a_second_time_changes_nothing(
        self, city: City, clinic: CardUse
    ) -> None:
        card, client = make.issued_card(city, city.here), signed_in(city.here.keeper)
        day = f"{timezone.localdate() - timedelta(days=1)}"
        assert "1 行全部正确" in self.sent(client, row(card, clinic, day))
        file = ImportFile.objects.get(stage=Stage.CHECKED)
        page = client.post(reverse("use_file.post", args=[file.pk]), follow=True).content.decode()
        assert "已入账：新增 1 行" in page
        assert "没有任何改变" in self.sent(client, row(card, clinic, day))
        assert ImportFile.objects.count() == CardUsed.objects.count() == 1
        assert "十一月.csv" in client.get(reverse("use_file.list")).content.decode()

    def test_an_upload_without_a_file_is_told_at_its_field(self, city: City) -> None:
        answer = signed_in(city.here.keeper).post(reverse("use_file.upload"))
        page = answer.content.decode()
        assert answer.status_code == 422 and "请选择文件。" in page
        assert f'name="to" value="{reverse("use_file.list")}"' in page

    def test_the_pages_of_the_list_below_are_pages_of_the_list(self, city: City) -> None:
        ImportFile.objects.bulk_create(
            ImportFile(
                layout=CODE, name=f"{number}.csv", digest=f"{number:064d}",
                organization_id=city.here.card_body.pk, uploaded_by_id=city.here.keeper.user_id,
            )
            for number in range(60)
        )  # fmt: skip
        page = signed_in(city.here.keeper).post(reverse("use_file.upload")).content.decode()
        assert f'href="{reverse("use_file.list")}?page=2"' in page

    def test_the_own_sheet_comes_back_with_what_is_wrong(
        self, city: City, clinic: CardUse
    ) -> None:
        client = signed_in(city.here.keeper)
        assert "1 行有错误" in self.sent(client, row("ZZ9999999", clinic))
        file = ImportFile.objects.get()
        sheet = client.post(reverse("use_file.errors", args=[file.pk]))
        assert "台账没有这个卡号" in sheet.content.decode("gb18030")
        client.post(reverse("use_file.drop", args=[file.pk]))
        file.refresh_from_db()
        assert file.stage == Stage.DROPPED

    def test_strangers_and_neighbours_see_no_file(self, city: City, clinic: CardUse) -> None:
        file = brought(row(make.issued_card(city, city.here), clinic), by=city.here.keeper)
        address = reverse("use_file.show", args=[file.pk])
        assert signed_in(city.neighbour.keeper).get(address).status_code == 404
        assert signed_in(city.here.clerk).get(address).status_code == 403
