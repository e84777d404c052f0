"""Places, who answers for them and holds keys from a day to a day; checks with photo (20, 21)."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cardbook.chapters.safekeeping.models import CheckAnswer, Holding, KeepingCheck, KeepingPlace
from cardbook.chapters.safekeeping.places import check_register, place_register
from cardbook.chapters.safekeeping.places.check_commands import Answer, record_check
from cardbook.chapters.safekeeping.places.check_queries import due_checks
from cardbook.chapters.safekeeping.places.commands import (
    NewPlace,
    close_place,
    end_holding,
    name_holder,
    open_place,
)
from cardbook.chapters.safekeeping.places.queries import people_for, place_sheet
from cardbook.law.measures import MEASURES
from cardbook.law.roles import Role
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.models import Kind, Organization
from cardbook.papers.pictures import KeptImage
from cardbook.people.models import Handler, UnitLetter
from cardbook.registers.pdf import render_pdf
from cardbook.testing import factories as make
from cardbook.testing import pictures
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City
from cardbook.testing.workbooks import cells_of

pytestmark = pytest.mark.article(20)
TODAY = date(2026, 11, 20)
GOOD = {measure.code: Answer(in_order=True) for measure in MEASURES}


@pytest.fixture(autouse=True)
def papers(settings: Any, tmp_path: Path) -> None:
    settings.PAPERS_ROOT = tmp_path


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {refusal.code for refusal in refused.value.refusals}


def photo(content: bytes = b"") -> KeptImage:
    return KeptImage(
        kind="keeping_photo", title="照片", media_type="image/png",
        content=content or pictures.png(),
    )  # fmt: skip


def new_place(office: Organization, **changes: object) -> NewPlace:
    given = {
        "organization_id": office.pk, "kind": "cabinet", "name": "A 柜", "where": "二楼档案室",
        "climate": "背阴", "cabinet": "A", "holds": ("store",),
    }  # fmt: skip
    return NewPlace(**(given | changes))  # type: ignore[arg-type]


def a_place(city: City, **changes: object) -> KeepingPlace:
    return open_place(
        place=new_place(city.here.card_body, **changes), on=TODAY, by=city.here.keeper
    )


def check(city: City, place: KeepingPlace, **changes: object) -> KeepingCheck:
    given = {
        "answers": GOOD, "words": "", "photo": photo(), "by": city.here.keeper, "at": NOON,
        "key": make.key(),
    }  # fmt: skip
    return record_check(place_id=place.pk, **(given | changes))  # type: ignore[arg-type]


class TestPlaces:
    def test_is_entered_once_under_its_name(self, city: City) -> None:
        assert a_place(city).pk == a_place(city).pk
        assert a_place(city, name="保险柜", kind="safe").pk != a_place(city).pk

    def test_an_office_enters_its_own_and_no_other(self, city: City) -> None:
        drawer = new_place(city.here.window, name="抽屉", kind="drawer", cabinet="")
        open_place(place=drawer, on=TODAY, by=city.here.clerk)
        with pytest.raises(Organization.DoesNotExist):
            open_place(place=new_place(city.here.card_body), on=TODAY, by=city.here.clerk)
        with pytest.raises(Organization.DoesNotExist):
            open_place(place=new_place(city.here.card_body), on=TODAY, by=city.neighbour.keeper)
        with pytest.raises(Refused) as refused:
            open_place(place=drawer, on=TODAY, by=city.here.auditor)
        assert codes(refused) == {"ROLE_MAY_NOT"}

    def test_a_closed_place_gives_its_keys_back(self, city: City) -> None:
        place = a_place(city)
        who = f"user:{city.here.keeper.user_id}"
        name_holder(place_id=place.pk, function="key", who=who, since=TODAY, by=city.here.keeper)
        close_place(place_id=place.pk, on=TODAY, by=city.here.keeper)
        assert Holding.objects.get().until == TODAY
        assert a_place(city).pk != place.pk

    def test_is_not_closed_over_cards_that_lie_nowhere_else(self, city: City) -> None:
        place = a_place(city)
        make.received_cards(city, city.here, count=2)
        with pytest.raises(Refused) as refused:
            close_place(place_id=place.pk, on=TODAY, by=city.here.keeper)
        assert codes(refused) == {"PLACE_HOLDS_CARDS"}
        assert "还有 2 张卡" in refused.value.refusals[0].sentence
        a_place(city, name="保险柜", kind="safe", cabinet="")
        close_place(place_id=place.pk, on=TODAY, by=city.here.keeper)
        place.refresh_from_db()
        assert place.closed_on == TODAY

    def test_an_outlet_looks_after_its_own(self, city: City) -> None:
        outlet = make.organization("示范银行甲县支行", Kind.BRANCH, parent=city.bank)
        teller = make.worker("柜员", Role.BANK_TELLER, outlet)
        safe = new_place(outlet, name="网点保险柜", kind="safe", cabinet="", holds=("store",))
        place = open_place(place=safe, on=TODAY, by=teller)
        assert check(city, place, by=teller).place_id == place.pk
        with pytest.raises(KeepingPlace.DoesNotExist):
            check(city, a_place(city), by=teller)


class TestHolders:
    def test_nobody_is_his_own_deputy(self, city: City) -> None:
        place = a_place(city)
        keeper, other = (f"user:{who.user_id}" for who in (city.here.keeper, city.here.reviewer))
        self.name(city, place, "keeper", keeper, 0)
        with pytest.raises(Refused) as refused:
            self.name(city, place, "deputy", keeper, 0)
        assert codes(refused) == {"KEEPER_IS_DEPUTY"}
        assert "卡管员已经是“A 柜”的保管人" in refused.value.refusals[0].sentence
        self.name(city, place, "deputy", other, 0)
        self.name(city, place, "key", keeper, 0)
        with pytest.raises(Refused) as refused:
            self.name(city, place, "keeper", other, 3)
        assert codes(refused) == {"KEEPER_IS_DEPUTY"}
        assert Holding.objects.count() == 3

    def name(self, city: City, place: KeepingPlace, function: str, who: str, day: int) -> Holding:
        return name_holder(
            place_id=place.pk, function=function, who=who, since=TODAY + timedelta(days=day),
            by=city.here.keeper,
        )  # fmt: skip

    def test_a_new_keeper_follows_the_one_before(self, city: City) -> None:
        place = a_place(city)
        first, second = (f"user:{who.user_id}" for who in (city.here.keeper, city.here.reviewer))
        self.name(city, place, "keeper", first, 0)
        self.name(city, place, "keeper", second, 5)
        assert list(Holding.objects.order_by("since").values_list("since", "until")) == [
            (TODAY, TODAY + timedelta(days=5)),
            (TODAY + timedelta(days=5), None),
        ]
        sheet = place_sheet(place_id=place.pk, by=city.here.keeper, on=TODAY)
        assert sheet.keeper == "卡管员"
        later = place_sheet(place_id=place.pk, by=city.here.keeper, on=TODAY + timedelta(days=5))
        assert later.keeper == "复核员"

    def test_keys_are_held_by_several_and_given_back(self, city: City) -> None:
        place = a_place(city)
        for who in (city.here.keeper, city.here.reviewer):
            self.name(city, place, "key", f"user:{who.user_id}", 0)
        again = self.name(city, place, "key", f"user:{city.here.keeper.user_id}", 1)
        assert Holding.objects.count() == 2
        end_holding(holding_id=again.pk, until=TODAY, by=city.here.keeper)
        with pytest.raises(Holding.DoesNotExist):
            end_holding(holding_id=again.pk, until=TODAY, by=city.here.keeper)
        sheet = place_sheet(place_id=place.pk, by=city.here.keeper, on=TODAY)
        assert sheet.keys == "复核员"

    def test_of_a_unit_it_is_a_person_its_letter_names(self, city: City) -> None:
        unit = make.organization("红星厂", Kind.UNIT, parent=city.here.county)
        person = make.person(name="赵经办")
        letter = UnitLetter.objects.create(
            organization=unit, number="1", since=TODAY, until=TODAY + timedelta(days=90)
        )
        Handler.objects.create(letter=letter, person=person, since=TODAY)
        place = open_place(
            place=new_place(unit, name="厂办保险柜", kind="unit", cabinet="", holds=("unit",)),
            on=TODAY, by=city.here.keeper,
        )  # fmt: skip
        sheet = place_sheet(place_id=place.pk, by=city.here.keeper, on=TODAY)
        assert people_for(sheet, on=TODAY) == [(f"person:{person.pk}", "赵经办（经办人备案）")]
        self.name(city, place, "keeper", f"person:{person.pk}", 0)
        sheet = place_sheet(place_id=place.pk, by=city.here.keeper, on=TODAY)
        assert (sheet.keeper, sheet.complete) == ("赵经办", False)

    def test_nobody_of_another_office(self, city: City) -> None:
        place = a_place(city)
        for who in (f"user:{city.neighbour.keeper.user_id}", "user:0", "x"):
            with pytest.raises(Refused) as refused:
                self.name(city, place, "keeper", who, 0)
            assert codes(refused) == {"KEEPER_OF_ANOTHER"}

    def test_the_neighbour_names_nobody(self, city: City) -> None:
        place = a_place(city)
        with pytest.raises(KeepingPlace.DoesNotExist):
            name_holder(
                place_id=place.pk, function="key", who="user:1", since=TODAY,
                by=city.neighbour.keeper,
            )  # fmt: skip


class TestChecks:
    @pytest.mark.article(21)
    def test_answers_the_six_protections_and_the_four_rules(self, city: City) -> None:
        made = check(city, a_place(city))
        assert [one.title for one in MEASURES[:6]] == [
            "防火", "防水", "防损", "防磁", "防盗", "防挤压",
        ]  # fmt: skip
        assert [one.basis.label for one in MEASURES[6:]] == [
            f"第二十一条第{number}项" for number in "一二三四"
        ]
        assert CheckAnswer.objects.filter(visit=made, in_order=True).count() == 10

    def test_what_is_not_in_order_says_what_is_done(self, city: City) -> None:
        place = a_place(city)
        bad = GOOD | {"water": Answer(in_order=False)}
        with pytest.raises(Refused) as refused:
            check(city, place, answers=bad)
        assert codes(refused) == {"MEASURE_UNANSWERED"}
        assert "防水" in str(refused.value)
        check(city, place, answers=GOOD | {"water": Answer(in_order=False, remedy="换防潮箱")})
        assert CheckAnswer.objects.get(in_order=False).remedy == "换防潮箱"

    def test_every_unanswered_measure_and_the_missing_photo_are_named(self, city: City) -> None:
        with pytest.raises(Refused) as refused:
            check(city, a_place(city), answers={}, photo=None)
        assert len(refused.value.refusals) == 11
        assert codes(refused) == {"MEASURE_UNANSWERED", "IMAGE_MISSING"}

    def test_the_same_form_twice_is_one_check(self, city: City) -> None:
        place = a_place(city)
        first = check(city, place, key="once")
        assert check(city, place, key="once").pk == first.pk
        assert KeepingCheck.objects.count() == 1

    def test_is_refused_to_others(self, city: City) -> None:
        place = a_place(city)
        with pytest.raises(KeepingPlace.DoesNotExist):
            check(city, place, by=city.neighbour.keeper)
        with pytest.raises(KeepingPlace.DoesNotExist):
            check(city, place, by=city.here.clerk)
        with pytest.raises(Refused):
            check(city, place, by=city.here.reviewer)

    def test_an_overdue_place_is_listed_until_it_is_checked(self, city: City) -> None:
        place = a_place(city)
        late = NOON + timedelta(days=8)
        (due,) = due_checks(city.here.keeper, at=late)
        assert (due.place_id, due.checked_at) == (place.pk, None)
        assert due_checks(city.neighbour.keeper, at=late) == []
        check(city, place, at=late)
        assert due_checks(city.here.keeper, at=late) == []
        assert len(due_checks(city.here.keeper, at=late + timedelta(days=8))) == 1


class TestPages:
    def form(self, **changes: object) -> dict[str, object]:
        answers = {f"m_{measure.code}": "ok" for measure in MEASURES}
        upload = SimpleUploadedFile("柜.png", pictures.png(), content_type="image/png")
        return {"key": make.key(), "photo": upload, "words": ""} | answers | changes

    def test_a_place_is_entered_staffed_and_checked(self, city: City) -> None:
        client = signed_in(city.here.keeper)
        given = {
            "office": city.here.card_body.pk, "kind": "cabinet", "name": "A 柜", "where": "二楼",
            "climate": "", "cabinet": "A", "holds": ["store"],
        }  # fmt: skip
        assert (
            "请指定保管人"
            in client.post(reverse("place.new"), given, follow=True).content.decode()
        )
        place = KeepingPlace.objects.get()
        who = {"function": "keeper", "who": f"user:{city.here.keeper.user_id}",
               "since": f"{timezone.localdate()}"}  # fmt: skip
        address = reverse("place.show", args=[place.pk])
        assert "卡管员" in client.post(address, who, follow=True).content.decode()
        page = client.post(reverse("check.new", args=[place.pk]), self.form(), follow=True)
        assert "全部合格" in page.content.decode()
        shown = client.get(
            reverse("check.show", args=[KeepingCheck.objects.get().pk]), {"photo": 1}
        )
        assert shown["Content-Type"] == "image/png"

    def test_all_that_a_check_lacks_is_said_at_once(self, city: City) -> None:
        place = a_place(city)
        lacking = self.form(m_fire="bad", m_water="", photo="")
        address = reverse("check.new", args=[place.pk])
        page = signed_in(city.here.keeper).post(address, lacking)
        assert page.status_code == 422
        for said in (
            "防火的整改：不合格的，请写明怎样整改。", "防水：请选“合格”或“不合格”。",
            "保管检查照片：请拍照上传。",
        ):  # fmt: skip
            assert said in page.content.decode()
        assert not KeepingCheck.objects.exists()

    @pytest.mark.parametrize("side", [30_000])
    def test_a_picture_of_thirty_thousand_pixels_a_side_is_refused(
        self, city: City, side: int
    ) -> None:
        place = a_place(city)
        content = pictures.png(width=side, height=side)
        huge = SimpleUploadedFile("大.png", content, content_type="image/png")
        answer = signed_in(city.here.keeper).post(
            reverse("check.new", args=[place.pk]), self.form(photo=huge)
        )
        assert answer.status_code == 422
        assert "边长超过 10000 像素，请降低分辨率" in answer.content.decode()
        assert not KeepingCheck.objects.exists()

    @pytest.mark.article(5)
    def test_the_neighbour_finds_nothing(self, city: City) -> None:
        made = check(city, a_place(city))
        client = signed_in(city.neighbour.keeper)
        for name, id_ in (
            ("place.show", made.place_id), ("check.new", made.place_id), ("check.show", made.pk),
        ):  # fmt: skip
            assert client.get(reverse(name, args=[id_])).status_code == 404, name
        for name in ("place.list", "check.list"):
            assert "A 柜" not in client.get(reverse(name)).content.decode()

    def test_readers_look_and_others_do_not(self, city: City) -> None:
        made = check(city, a_place(city))
        reviewer = signed_in(city.here.reviewer)
        assert reviewer.get(reverse("place.show", args=[made.place_id])).status_code == 200
        assert reviewer.get(reverse("check.new", args=[made.place_id])).status_code == 403
        hotline = make.worker("话务员", Role.HOTLINE_OPERATOR, city.here.county)
        assert signed_in(hotline).get(reverse("place.list")).status_code == 403

    def test_a_unit_looks_after_its_own_place_and_sees_no_other(self, city: City) -> None:
        a_place(city)
        village = make.organization("东关村", Kind.VILLAGE, parent=city.here.town)
        helper = make.worker("协办员", Role.VILLAGE_HELPER, village)
        place = open_place(
            place=new_place(village, name="村委会铁柜", kind="unit", cabinet="", holds=("unit",)),
            on=TODAY, by=helper,
        )  # fmt: skip
        client = signed_in(helper)
        assert "A 柜" not in client.get(reverse("place.list")).content.decode()
        page = client.post(reverse("check.new", args=[place.pk]), self.form(), follow=True)
        text = page.content.decode()
        assert "全部合格" in text and reverse("register.keeping_check") not in text
        assert client.get(reverse("register.keeping_check")).status_code == 403
        keeper = signed_in(city.here.keeper).get(reverse("place.list")).content.decode()
        assert "村委会铁柜" in keeper

    def test_a_window_prints_the_checklist_of_its_own_places_alone(self, city: City) -> None:
        place = a_place(city)
        form = check_register.CheckChoice({"place": place.pk}, by=city.here.clerk, today=TODAY)
        assert not form.is_valid()

    @time_machine.travel(NOON, tick=False)
    def test_lists_ask_few_questions(
        self, city: City, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        for number in range(8):
            check(city, a_place(city, name=f"{number} 号柜"))
        client = signed_in(city.here.keeper)
        client.get(reverse("place.list"))
        for name, most in (("place.list", 8), ("check.list", 8)):
            with django_assert_max_num_queries(most):
                assert "3 号柜" in client.get(reverse(name)).content.decode()

    def test_places_are_found_ordered_and_taken_along(self, city: City) -> None:
        client, address = signed_in(city.here.keeper), reverse("place.list")
        first, second = a_place(city, name="乙柜"), a_place(city, name="甲柜")
        shown = client.get(address, {"sort": "name", "q": "柜"}).context["rows"]
        assert [place.name for place, _ in shown] == sorted([first.name, second.name])
        assert client.get(address, {"q": "没有这一处"}).context["rows"] == []
        seen = cells_of(client.get(address, {"export": "xlsx"}).content)
        assert {first.name, second.name, "未指定"} <= {*seen}
        one = cells_of(client.get(address, {"export": "xlsx", "pick": first.pk}).content)
        assert first.name in one and second.name not in one

    def test_a_new_keeper_takes_several_places_over_each_with_its_result(self, city: City) -> None:
        keeper, address = city.here.keeper, reverse("place.list")
        own = [a_place(city, name=name) for name in ("甲柜", "乙柜")]
        others = open_place(
            place=new_place(city.here.window, name="窗口抽屉"), on=TODAY, by=keeper
        )
        foreign = open_place(
            place=new_place(city.neighbour.card_body), on=TODAY, by=city.neighbour.keeper
        )
        given = {
            "function": "keeper", "who": f"user:{keeper.user_id}", "since": TODAY,
            "pick": [place.pk for place in (*own, others, foreign)],
        }  # fmt: skip
        client = signed_in(keeper)
        page = client.post(address, given)
        said = dict(page.context["results"])
        assert {*said} == {"甲柜", "乙柜", "窗口抽屉"}
        assert "已登记保管人" in said["甲柜"] and "没有登记：这个人不在" in said["窗口抽屉"]
        assert Holding.objects.filter(until=None).count() == 2
        client.post(address, given)
        assert Holding.objects.count() == 2
        nothing = client.post(address, {**given, "pick": []}).content.decode()
        assert "没有登记：请先勾选存放处" in nothing
        assert signed_in(city.here.reviewer).post(address, given).status_code == 403
        ticked = client.post(address, {"export": "xlsx", "pick": own[0].pk})
        assert "甲柜" in cells_of(ticked.content) and "乙柜" not in cells_of(ticked.content)

    @time_machine.travel(NOON, tick=False)
    def test_checks_and_overdue_places_are_taken_along(self, city: City) -> None:
        client, address = signed_in(city.here.keeper), reverse("check.list")
        made = check(city, a_place(city, name="甲柜"))
        late = a_place(city, name="乙柜")
        KeepingPlace.objects.filter(pk=late.pk).update(opened_on=date(2026, 1, 5))
        seen = {"q": "甲柜", "sort": "at", "export": "xlsx", "pick": made.pk}
        assert "甲柜" in cells_of(client.get(address, seen).content)
        due = cells_of(client.get(address, {"due": "1", "export": "xlsx"}).content)
        assert "乙柜" in due and "没有检查过" in due and "甲柜" not in due
        theirs = signed_in(city.neighbour.keeper).get(address, {"export": "xlsx"})
        assert "甲柜" not in cells_of(theirs.content)


class TestRegisters:
    def test_the_places_with_their_people(self, city: City) -> None:
        place = a_place(city)
        name_holder(
            place_id=place.pk, function="keeper", who=f"user:{city.here.keeper.user_id}",
            since=TODAY, by=city.here.keeper,
        )  # fmt: skip
        form = place_register.OfficeForm(None, by=city.here.keeper, today=TODAY)
        assert form.is_valid(), form.errors
        sheet = place_register.place_register(
            chosen=form.cleaned_data, masked=False, printed_by="甲", printed_at=NOON, limit=9
        )
        assert sheet.rows[0][2:5] == ("柜", "A 柜", "二楼档案室")
        assert sheet.rows[0][7:10] == ("卡管员", "未指定", "未登记")
        assert render_pdf(sheet, number="").startswith(b"%PDF")

    def test_the_checklist_blank_and_filled(self, city: City) -> None:
        place = a_place(city)
        made = check(
            city, place, answers=GOOD | {"fire": Answer(in_order=False, remedy="换灭火器")}
        )
        for visit, result in (("", "□合格 □不合格"), (str(made.pk), "不合格")):
            form = check_register.CheckChoice(
                {"place": place.pk, "visit": visit}, by=city.here.keeper, today=TODAY
            )
            assert form.is_valid(), form.errors
            sheet = check_register.check_sheet(
                chosen=form.cleaned_data, masked=False, printed_by="甲", printed_at=NOON,
                limit=None,
            )  # fmt: skip
            assert sheet.rows[0][4] == result
            assert len(sheet.rows) == 10
