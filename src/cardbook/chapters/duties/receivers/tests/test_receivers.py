"""What is on file of a unit or village before it takes cards (Art. 8 para. 3, 20)."""

import io
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from cardbook.chapters.duties.receivers import commands, queries
from cardbook.chapters.duties.receivers.commands import Named
from cardbook.chapters.duties.receivers.register import LETTERS
from cardbook.chapters.receivers import objections_to_receiver
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lib.plain import InputError
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.models import Kind, Organization
from cardbook.people.models import Handler, KeepingPlan, UnitLetter
from cardbook.registers.pdf import render_pdf
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(8, 3), pytest.mark.article(20)]
TODAY = date(2026, 11, 20)


def unit(city: City, name: str = "示范公司") -> Organization:
    return make.organization(name, Kind.UNIT, parent=city.here.county)


def named(name: str) -> Named:
    return Named(number=make.citizen_number(), name=name, phone="13800000000")


def letter(city: City, office: Organization, **changes: object) -> UnitLetter:
    given: dict[str, object] = {
        "unit_id": office.pk, "number": "示函〔2026〕1号", "since": TODAY,
        "until": TODAY + timedelta(days=90), "handlers": [named("甲一"), named("乙二")],
        "by": city.here.keeper, "at": NOON,
    }  # fmt: skip
    return commands.file_letter(**(given | changes))  # type: ignore[arg-type]


def plan(city: City, office: Organization, **changes: object) -> KeepingPlan:
    given: dict[str, object] = {
        "unit_id": office.pk, "words": "保险柜；防火；防水", "since": TODAY, "until": None,
        "by": city.here.keeper, "at": NOON,
    }  # fmt: skip
    return commands.file_plan(**(given | changes))  # type: ignore[arg-type]


def lacks(office: Organization, *, on: date = TODAY) -> list[str]:
    return [one.code for one in objections_to_receiver(office, on=on, lock=False)]


class TestFiling:
    def test_letter_handlers_and_plan_make_a_unit_ready(self, city: City) -> None:
        office = unit(city)
        assert lacks(office) == ["LETTER_NOT_VALID", "KEEPING_PLAN_MISSING"]
        letter(city, office, handlers=[named("甲一")])
        assert lacks(office) == ["HANDLERS_TOO_FEW", "KEEPING_PLAN_MISSING"]
        plan(city, office)
        only = UnitLetter.objects.get()
        commands.add_handler(
            letter_id=only.pk, named=named("乙二"), since=TODAY, by=city.here.keeper, at=NOON
        )
        assert lacks(office) == []
        acts = Event.objects.filter(subject_kind="organization", subject_id=office.pk)
        assert list(acts.order_by("seq").values_list("act", flat=True)) == [
            "unit.file_letter", "unit.add_handler", "unit.file_plan", "unit.add_handler",
        ]  # fmt: skip

    def test_the_same_letter_twice_is_one(self, city: City) -> None:
        office, people = unit(city), [named("甲一"), named("乙二")]
        assert letter(city, office, handlers=people) == letter(city, office, handlers=people)
        assert Handler.objects.count() == 2
        assert plan(city, office) == plan(city, office)
        assert Event.objects.filter(act="unit.file_letter").count() == 1

    def test_a_letter_that_ended_or_was_revoked_does_not_hold(self, city: City) -> None:
        office = unit(city)
        plan(city, office)
        one = letter(city, office)
        assert lacks(office, on=TODAY + timedelta(days=91)) == ["LETTER_NOT_VALID"]
        revoke = {"letter_id": one.pk, "by": city.here.keeper, "at": NOON}
        commands.revoke_letter(on=TODAY, words="经办人离职", **revoke)
        assert lacks(office) == ["LETTER_NOT_VALID"]
        with pytest.raises(Refused) as refused:
            commands.revoke_letter(on=TODAY + timedelta(days=1), words="再撤", **revoke)
        assert refused.value.refusals[0].code == "LETTER_NOT_VALID"
        with pytest.raises(Refused, match="已撤销"):
            commands.add_handler(
                letter_id=one.pk, named=named("丙三"), since=TODAY, by=city.here.keeper, at=NOON
            )

    def test_a_handler_who_left_no_longer_counts(self, city: City) -> None:
        office = unit(city)
        plan(city, office)
        letter(city, office)
        left = Handler.objects.order_by("pk")[0]
        commands.end_handler(
            handler_id=left.pk, until=TODAY - timedelta(days=1), words="调离",
            by=city.here.keeper, at=NOON,
        )  # fmt: skip
        assert lacks(office) == ["HANDLERS_TOO_FEW"]

    @pytest.mark.article(5)
    def test_the_neighbour_and_other_posts_file_nothing(self, city: City) -> None:
        office = unit(city)
        for by in (city.neighbour.keeper, city.here.clerk, city.here.auditor):
            with pytest.raises(Refused) as refused:
                letter(city, office, by=by)
            assert refused.value.refusals[0].code == "ORG_NOT_YOURS"
        assert not UnitLetter.objects.exists()

    def test_a_number_that_is_nobodys_files_nothing(self, city: City) -> None:
        office = unit(city)
        with pytest.raises(InputError):
            letter(city, office, handlers=[Named(number="123", name="甲一")])
        assert not UnitLetter.objects.exists()

    def test_without_words_nothing_is_filed(self, city: City) -> None:
        with pytest.raises(Refused) as refused:
            plan(city, unit(city), words=" ")
        assert refused.value.refusals[0].code == "REASON_MISSING"


class TestList:
    def test_finds_by_state_and_exports(self, city: City) -> None:
        ready, missing = unit(city, "齐全公司"), unit(city, "欠缺公司")
        letter(city, ready)
        plan(city, ready)
        keeper = signed_in(city.here.keeper)

        def found(**query: str) -> str:
            return keeper.get(reverse("unit.list"), query).content.decode()

        # The pages ask for the real day; the letter holds from before until after it.
        UnitLetter.objects.update(since=date(2020, 1, 1), until=date(2099, 1, 1))
        Handler.objects.update(since=date(2020, 1, 1))
        KeepingPlan.objects.update(since=date(2020, 1, 1))
        assert "欠缺公司" not in found(state="ready")
        assert "齐全公司" not in found(state="missing")
        assert "没有有效的授权书" in found(q="欠缺")
        sheet = keeper.get(reverse("unit.list"), {"export": "xlsx", "sort": "name"})
        rows = list(load_workbook(io.BytesIO(sheet.content)).active.values)
        assert {row[1] for row in rows[1:]} >= {ready.name, missing.name}

    def test_many_take_no_more_queries_than_one(
        self, city: City, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        for place in range(5):
            office = unit(city, f"公司{'一二三四五'[place]}")
            letter(city, office)
        keeper = signed_in(city.here.keeper)
        with django_assert_max_num_queries(8):
            keeper.get(reverse("unit.list"))
        with django_assert_max_num_queries(12):
            page = keeper.get(reverse("register.unit_letters")).content.decode()
        assert page.count("示函〔2026〕1号") == 5 * 2  # a row for each handler


class TestPages:
    def post(self, client: Client, name: str, *args: int, **form: object) -> str:
        answer = client.post(reverse(name, args=args), form, follow=True)
        return answer.content.decode()

    def test_the_whole_file_is_made_on_one_page(self, city: City) -> None:
        office, keeper = unit(city), signed_in(city.here.keeper)
        assert (
            "第八条第三款" in keeper.get(reverse("unit.show", args=[office.pk])).content.decode()
        )
        people = {
            "name1": "甲一", "number1": make.citizen_number(), "phone1": "",
            "name2": "乙二", "number2": make.citizen_number(), "phone2": "",
        }  # fmt: skip
        form = {"number": "示函1号", "since": "2020-01-01", "until": "2099-01-01", **people}
        wrong = self.post(keeper, "unit.file_letter", office.pk, **{**form, "number1": "123"})
        assert "请先改正" in wrong
        assert "示函1号 已备案" in self.post(keeper, "unit.file_letter", office.pk, **form)
        six = dict.fromkeys(("fire", "water", "damage", "magnet", "theft", "crush"), "有")
        said = self.post(
            keeper, "unit.file_plan", office.pk, place="保险柜", since="2020-01-01", **six
        )
        assert "备案齐全，可以领卡" in said
        one = UnitLetter.objects.get()
        said = self.post(
            keeper, "unit.revoke_letter", office.pk, one.pk, on="2026-01-01", words="收回"
        )
        assert "现在不能向该单位交付" in said

    def test_two_handlers_with_one_number_are_refused_and_nothing_is_filed(
        self, city: City
    ) -> None:
        office, number = unit(city), make.citizen_number()
        form = {
            "number": "示函1号", "since": "2020-01-01", "until": "2099-01-01",
            "name1": "甲一", "number1": number, "name2": "乙二", "number2": number,
        }  # fmt: skip
        said = self.post(signed_in(city.here.keeper), "unit.file_letter", office.pk, **form)
        assert "与前面经办人的证件号码相同" in said
        assert not UnitLetter.objects.exists()

    @pytest.mark.article(5)
    def test_the_neighbour_finds_nothing(self, city: City) -> None:
        office = unit(city)
        one = letter(city, office)
        neighbour = signed_in(city.neighbour.keeper)
        assert neighbour.get(reverse("unit.show", args=[office.pk])).status_code == 404
        for name, args in (("unit.file_letter", []), ("unit.revoke_letter", [one.pk])):
            answer = neighbour.post(reverse(name, args=[office.pk, *args]), {})
            assert answer.status_code == 404
        admin = signed_in(make.worker("系统", Role.SYSTEM_ADMIN, city.city))
        assert admin.get(reverse("unit.list")).status_code == 403

    def test_a_letter_of_another_unit_is_not_revoked_through_this_one(self, city: City) -> None:
        mine, other = unit(city, "甲公司"), unit(city, "乙公司")
        one = letter(city, other)
        keeper = signed_in(city.here.keeper)
        address = reverse("unit.revoke_letter", args=[mine.pk, one.pk])
        answer = keeper.post(address, {"on": "2026-11-20", "words": "错"})
        assert answer.status_code == 404

    def test_the_register_is_offered_to_those_who_may_open_it(self, city: City) -> None:
        office = unit(city)
        for by, offered in ((city.here.keeper, True), (city.here.clerk, False)):
            page = signed_in(by).get(reverse("unit.show", args=[office.pk])).content.decode()
            assert ("经办人授权备案（打印、导出）" in page) is offered


def test_the_register_lists_each_handler_with_what_changed(city: City) -> None:
    office = unit(city)
    one = letter(city, office)
    commands.revoke_letter(letter_id=one.pk, on=TODAY, words="收回", by=city.here.keeper, at=NOON)
    form = LETTERS.choose({"unit": "", "kind": ""}, by=city.here.keeper, today=TODAY)
    assert form.is_valid(), form.errors
    sheet = LETTERS.sheet(
        chosen=form.cleaned_data, masked=True, printed_by="甲", printed_at=NOON, limit=None
    )
    keys = [column.key for column in sheet.form.columns]
    first = dict(zip(keys, sheet.rows[0], strict=True))
    assert (first["unit"], first["handler"], first["letter"]) == (
        "示范公司", "甲一", "示函〔2026〕1号",
    )  # fmt: skip
    assert "撤销授权书" in first["changes"]
    assert "*" in first["citizen"]
    assert render_pdf(sheet, number="JBSQ-1").startswith(b"%PDF")
    theirs = LETTERS.choose({"unit": ""}, by=city.neighbour.keeper, today=TODAY)
    assert theirs.is_valid()
    assert not queries.units(city.neighbour.keeper, on=TODAY).filter(pk=office.pk).exists()


class TestRemindingChosen:
    def remind(self, by: object, *units: Organization, words: str = "电话通知") -> str:
        data = {"unit": [one.pk for one in units], "words": words}
        return signed_in(by).post(reverse("unit.list"), data).content.decode()  # type: ignore[arg-type]

    def test_each_chosen_unit_has_its_own_result(self, city: City) -> None:
        lacking, complete = unit(city, "缺材料公司"), unit(city, "齐全公司")
        letter(city, complete, until=TODAY + timedelta(days=300))
        plan(city, complete)
        shown = self.remind(city.here.keeper, lacking, complete)
        assert "<strong>缺材料公司</strong>　已登记催办：没有有效的授权书" in shown
        assert "<strong>齐全公司</strong>　齐全公司的备案资料齐全" in shown
        event = Event.objects.get(act="unit.remind")
        assert event.subject_id == lacking.pk and "没有安全保管措施" in event.facts
        (row,) = queries.rows(
            list(queries.units(city.here.keeper, on=TODAY).filter(pk=lacking.pk)), on=TODAY
        )
        assert row.reminded_at is not None

    def test_nothing_is_written_without_words_or_a_choice(self, city: City) -> None:
        office = unit(city)
        assert "没有登记催办" in self.remind(city.here.keeper, office, words="")
        assert "没有登记催办" in self.remind(city.here.keeper)
        assert not Event.objects.filter(act="unit.remind").exists()

    def test_the_neighbour_and_the_window_remind_nobody(self, city: City) -> None:
        office = unit(city)
        for stranger in (city.neighbour.keeper, city.here.clerk):
            self.remind(stranger, office)
        assert not Event.objects.filter(act="unit.remind").exists()
