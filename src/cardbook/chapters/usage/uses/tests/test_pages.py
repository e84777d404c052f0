"""Everybody reads what cards are used for; two people make a key that is shown once (Art. 23)."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cardbook.chapters.usage.models import CardUse, StatusKey
from cardbook.chapters.usage.uses.queries import SORTS, key_list, uses
from cardbook.chapters.usage.uses.tests.test_states import an_agency, asked
from cardbook.law.roles import Role
from cardbook.orgs.models import User
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City
from cardbook.testing.workbooks import cells_of

pytestmark = [pytest.mark.article(23), pytest.mark.django_db]


class TestUses:
    def test_the_city_enters_one_and_every_post_reads_it_until_it_ends(self, city: City) -> None:
        manager = make.worker("市局", Role.CITY_MANAGER, city.city)
        sent = {
            "agency": city.here.county.pk, "code": "pension", "name": "养老待遇领取",
            "basis": "第二十三条第二款", "since": f"{timezone.localdate()}",
            "field": "pension", "carrier": "both",
        }  # fmt: skip
        client = signed_in(manager)
        assert client.post(reverse("use.add"), sent).status_code == 302
        assert client.post(reverse("use.add"), sent).status_code == 422
        reader = signed_in(city.neighbour.clerk)
        assert "养老待遇领取" in reader.get(reverse("use.list")).content.decode()
        assert reader.get(reverse("use.export")).content[:2] == b"PK"
        given = {"use": CardUse.objects.get().pk, "until": f"{timezone.localdate()}"}
        for _ in range(2):
            client.post(reverse("use.end"), given)
        assert CardUse.objects.get().ended_by_id == manager.user_id
        assert "养老待遇领取" not in reader.get(reverse("use.list")).content.decode()

    def test_the_ticked_are_taken_along_in_any_order(self, city: City) -> None:
        client = signed_in(make.worker("市局", Role.CITY_MANAGER, city.city))
        for code, name, field in (("a", "甲事项", "pension"), ("b", "乙事项", "medical")):
            sent = {
                "agency": city.here.county.pk, "code": code, "name": name, "basis": "第二十三条",
                "since": f"{timezone.localdate()}", "field": field, "carrier": "both",
            }  # fmt: skip
            client.post(reverse("use.add"), sent)
        first = CardUse.objects.get(name="甲事项")
        for sort in SORTS:
            assert len(uses(sort=sort)) == 2
        cells = cells_of(client.get(reverse("use.export"), {"pick": first.pk}).content)
        assert "甲事项" in cells and "乙事项" not in cells

    def test_a_clerk_of_a_county_enters_none(self, city: City) -> None:
        assert signed_in(city.here.clerk).get(reverse("use.add")).status_code == 403

    def test_a_code_that_cannot_stand_in_an_address_is_refused(self, city: City) -> None:
        manager = make.worker("市局", Role.CITY_MANAGER, city.city)
        answer = signed_in(manager).post(reverse("use.add"), {"code": "就医"})
        assert "编码只能用小写字母" in answer.content.decode()


class TestKeys:
    def sent(self, agency, **changes: object) -> dict[str, object]:
        today = timezone.localdate()
        username = User.objects.get(pk=agency.second.user_id).username
        usual = {
            "agency": agency.office.pk, "title": "挂号机", "purposes": "clinic",
            "valid_from": f"{today}", "valid_to": f"{today + timedelta(days=365)}",
            "per_minute": 30, "second_name": username, "second_password": make.PASSWORD,
        }  # fmt: skip
        return usual | changes

    def test_two_make_one_and_it_is_shown_this_once_and_opens(self, city: City) -> None:
        agency = an_agency(city)
        client = signed_in(agency.admin)
        shown = client.post(reverse("status_key.new"), self.sent(agency)).content.decode()
        (key,) = re.findall(r"ckb_[\w-]{43}", shown)
        assert asked("ZZ9999999", key).json()["state"] == "unknown"
        assert "ckb_" not in client.get(reverse("status_key.list")).content.decode()
        kept = StatusKey.objects.get(title="挂号机")
        assert (kept.made_by_id, kept.second_by_id) == (
            agency.admin.user_id, agency.second.user_id,
        )  # fmt: skip
        client.post(reverse("status_key.revoke"), {"key_id": kept.pk})
        assert asked("ZZ9999999", key).status_code == 401

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"second_password": "wrong-password"}, "安全管理员的用户名或密码不对"),
            ({"purposes": "pension"}, "没有在用的事项 pension"),
            ({"valid_to": "2199-01-01"}, "密钥最长一年"),
        ],
    )
    def test_what_is_wrong_is_said_and_no_key_is_made(
        self, city: City, changes: dict[str, object], words: str
    ) -> None:
        agency = an_agency(city)
        answer = signed_in(agency.admin).post(
            reverse("status_key.new"), self.sent(agency, **changes)
        )
        assert words in answer.content.decode() and answer.status_code in {409, 422}
        assert StatusKey.objects.count() == 1

    def test_the_second_is_the_security_officer_and_nobody_else(self, city: City) -> None:
        agency = an_agency(city)
        clerk = User.objects.get(pk=city.here.clerk.user_id).username
        sent = self.sent(agency, second_name=clerk)
        answer = signed_in(agency.admin).post(reverse("status_key.new"), sent)
        assert "第二人须是在岗的安全管理员" in answer.content.decode()

    def test_other_posts_neither_see_nor_make_keys(self, city: City) -> None:
        client = signed_in(city.here.clerk)
        for name in ("status_key.list", "status_key.new"):
            assert client.get(reverse(name)).status_code == 403


def test_lists_ask_once_however_long_they_are(
    city: City, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    an_agency(city)
    with django_assert_num_queries(2):
        (key,), (use,) = key_list(today=timezone.localdate()), uses()
    assert (key.agency.name, key.times, use.decided_by.name) == ("示范医院", 0, "系统管理员")
