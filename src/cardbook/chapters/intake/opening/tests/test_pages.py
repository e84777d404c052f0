"""The pages of the opening balance: take a source in, look at the lists, settle (Art. 6, 20)."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cardbook.cards.models import Card
from cardbook.chapters.intake.models import OpeningSource
from cardbook.chapters.intake.opening import queries
from cardbook.chapters.intake.opening.tests.ledgers import row, sheet, taken_over
from cardbook.imports.models import ImportFile
from cardbook.ledger.models import Event
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization, User
from cardbook.registers.models import TakenFile
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City
from cardbook.testing.workbooks import cells_of

pytestmark = [pytest.mark.django_db, pytest.mark.article(6)]


def upload(client: Client, city: City, rows: list[dict[str, str]], **changes: str) -> str:
    """The page a person lands on after uploading a ledger."""
    given = {
        "source": "纸质台账", "as_of": "2026-10-31", "card_body": str(city.here.card_body.pk),
        "file": SimpleUploadedFile("期初.csv", sheet(rows)),
    }  # fmt: skip
    answer = client.post(reverse("opening.upload"), {**given, **changes}, follow=True)
    return answer.content.decode()


def two_signed(second: Actor, **given: str) -> dict[str, str]:
    name = User.objects.get(pk=second.user_id).username
    return {"second_name": name, "second_password": make.PASSWORD, **given}


class TestTakeOver:
    def test_a_keeper_uploads_sees_what_was_checked_and_posts(self, city: City) -> None:
        client = signed_in(city.here.keeper)
        page = upload(client, city, [row("Q00000001"), row("Q00000002", 状态="不明", 存放地点="")])
        assert "2 行可以入账" in page and "列入“查无下落”" in page
        file = ImportFile.objects.get()
        page = client.post(reverse("opening.post", args=[file.pk]), follow=True).content.decode()
        assert "登记 2 张" in page and Card.objects.count() == 2
        overview = client.get(reverse("opening.list")).content.decode()
        assert "纸质台账" in overview and "2026-10-31" in overview

    def test_wrong_rows_are_shown_and_come_back_in_the_own_sheet(self, city: City) -> None:
        client = signed_in(city.here.keeper)
        page = upload(client, city, [row("Q00000001", 状态="丢了"), row("Q00000002")])
        assert "1 行有错误" in page and "请改为：封存" in page
        file = ImportFile.objects.get()
        back = client.post(reverse("opening.errors", args=[file.pk])).content.decode("gb18030")
        assert "丢了" in back and "错误信息" in back
        assert TakenFile.objects.get().matter == "error_sheet"
        page = client.post(reverse("opening.post", args=[file.pk]), follow=True).content.decode()
        assert "没有入账" in page and not Card.objects.exists()

    def test_a_header_nobody_knows_is_mapped_once_and_remembered(self, city: City) -> None:
        client = signed_in(city.here.keeper)
        strange = [{"编码": "Q00000001", **{k: v for k, v in row("x").items() if k != "社保卡号"}}]
        content = (
            sheet(strange).replace("社保卡号,".encode("gb18030"), b"").replace(b"\r\n,", b"\r\n")
        )
        page = client.post(
            reverse("opening.upload"),
            {
                "source": "纸", "as_of": "2026-10-31", "card_body": city.here.card_body.pk,
                "file": SimpleUploadedFile("x.csv", content),
            },
            follow=True,
        )  # fmt: skip
        assert "没有找到列：社保卡号" in page.content.decode()
        file = ImportFile.objects.get()
        look = client.get(reverse("opening.mapping", args=[file.pk]))
        form = look.context["form"]
        chosen = {name: field.initial for name, field in form.fields.items()}
        titles = list(look.context["look"].header.titles)
        chosen["card_number"] = str(titles.index("编码"))
        page = client.post(reverse("opening.mapping", args=[file.pk]), chosen, follow=True)
        assert "1 行可以入账" in page.content.decode()

    def test_the_same_file_again_is_told_and_changes_nothing(self, city: City) -> None:
        rows = [row("Q00000001")]
        taken_over(city, rows)
        page = upload(signed_in(city.here.keeper), city, rows)
        assert "同一份文件已于" in page and "没有任何改变" in page
        assert OpeningSource.objects.count() == 1

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"source": ""}, "请写明来源"),
            ({"as_of": "昨天"}, "请填写日期"),
            ({"as_of": "2999-01-01"}, "还没有到"),
        ],
    )
    def test_what_is_missing_is_said(
        self, city: City, changes: dict[str, str], words: str
    ) -> None:
        page = upload(signed_in(city.here.keeper), city, [row("Q00000001")], **changes)
        assert words in page and not ImportFile.objects.exists()

    @pytest.mark.article(7)
    def test_after_the_first_day_the_page_asks_for_a_second_person(self, city: City) -> None:
        Organization.objects.filter(pk=city.here.county.pk).update(live_on=date(2026, 11, 1))
        client = signed_in(city.here.keeper)
        page = upload(client, city, [row("Q00000001")])
        assert "期初补登须两人签名" in page
        url = reverse("opening.post", args=[ImportFile.objects.get().pk])
        assert "须由两人办理" in client.post(url, follow=True).content.decode()
        client.post(url, two_signed(city.here.reviewer))
        event = Event.objects.get(act="opening.issue")
        assert event.second_id == city.here.reviewer.user_id

    def test_other_posts_and_other_counties_stay_outside(self, city: City) -> None:
        taken_over(city, [row("Q00000001")], source="甲县老账")
        file = ImportFile.objects.get()
        assert signed_in(city.here.clerk).get(reverse("opening.list")).status_code == 403
        neighbour = signed_in(city.neighbour.keeper)
        assert neighbour.get(reverse("opening.file", args=[file.pk])).status_code == 404
        assert "甲县老账" not in neighbour.get(reverse("opening.list")).content.decode()
        auditor = signed_in(city.here.auditor)
        page = auditor.get(reverse("opening.list")).content.decode()
        assert "甲县老账" in page and "上传并检查" not in page

    def test_an_old_ledger_is_no_manifest(self, city: City) -> None:
        upload(signed_in(city.here.keeper), city, [row("Q00000001")])
        file = ImportFile.objects.get()
        client = signed_in(city.here.keeper)
        assert client.get(reverse("import.show", args=[file.pk])).status_code == 404
        assert "期初.csv" not in client.get(reverse("import.list")).content.decode()


class TestLists:
    def test_a_list_shows_every_saying_masked_and_is_exported(self, city: City) -> None:
        who = make.citizen_number()
        taken_over(city, [row("Q00000001", who=who)])
        taken_over(city, [row("Q00000001", who=who, 状态="注销")], source="省平台导出")
        client = signed_in(city.here.keeper)
        page = client.get(reverse("opening.listed", args=["differences"])).content.decode()
        assert "省平台导出" in page and "台账现登记" in page and who not in page
        back = cells_of(client.get(reverse("opening.export", args=["differences"])).content)
        assert "Q00000001" in back and who not in back
        assert client.get(reverse("opening.listed", args=["nothing"])).status_code == 404

    def test_a_list_is_sought_put_into_order_and_taken_along_ticked(self, city: City) -> None:
        people = [make.citizen_number() for _ in range(2)]
        taken_over(
            city,
            [
                row("Q00000001", who=people[0], 状态="封存", 存放地点="", 姓名="沈示范"),
                row("Q00000002", who=people[1], 状态="封存", 存放地点=""),
            ],
            source="甲镇纸质台账",
        )
        client, url = signed_in(city.here.auditor), reverse("opening.listed", args=["missing"])

        def seen(**asked: str) -> list[str]:
            return [card.card_number for card in client.get(url, asked).context["found"]]

        for sort in queries.LIST_SORTS:
            assert sorted(seen(sort=sort)) == ["Q00000001", "Q00000002"], sort
        assert seen(q="Q00000002") == ["Q00000002"] == seen(q=people[1])
        assert seen(q="沈示范") == ["Q00000001"]
        assert seen(q="甲镇纸质") == ["Q00000001", "Q00000002"]
        assert seen(q="Q00000009") == []
        assert "没有符合条件的卡" in client.get(url, {"q": "乙镇"}).content.decode()
        first = Card.objects.get(number="Q00000001")
        back = client.post(reverse("opening.export", args=["missing"]), {"card": [first.pk]})
        assert "Q00000001" in (some := cells_of(back.content)) and "Q00000002" not in some
        sought = cells_of(client.get(url, {"q": "Q00000002", "export": "xlsx"}).content)
        assert "Q00000002" in sought and "Q00000001" not in sought

    def test_a_number_two_people_claim_is_taken_along_though_no_card_has_it(
        self, city: City
    ) -> None:
        taken_over(city, [row("Q00000001"), row("Q00000001"), row("Q00000002"), row("Q00000002")])
        client = signed_in(city.here.keeper)
        page = client.get(reverse("opening.listed", args=["two-people"]))
        (one, other) = page.context["found"]
        assert one.card_id is None
        export = reverse("opening.export", args=["two-people"])
        back = cells_of(client.post(export, {"number": [one.card_number]}).content)
        assert one.card_number in back and other.card_number not in back

    def test_what_was_answered_meanwhile_is_told_and_the_others_are_done(self, city: City) -> None:
        taken_over(
            city,
            [row(f"Q0000000{place}", 状态="封存", 存放地点="") for place in (1, 2)],
        )
        first, second = Card.objects.order_by("number")
        client = signed_in(city.here.keeper)
        url = reverse("opening.settle", args=["missing"]) + "?q=Q0"
        given = two_signed(city.here.reviewer, action="kept", words="开柜查到", key="k1")
        assert client.post(url, {**given, "card": [first.pk]}).url.endswith("missing/?q=Q0")
        both = {**given, "key": "k2", "card": [first.pk, second.pk]}
        page = client.post(url, both)
        assert page.status_code == 409
        ((number, said),) = page.context["results"]
        assert number == first.number and said.startswith("没有办理：")
        assert "已办理 1 张" in page.content.decode()
        second.refresh_from_db()
        assert second.stage == "in_custody"

    def test_what_was_found_out_is_done_by_two(self, city: City) -> None:
        taken_over(city, [row("Q00000001", 状态="封存", 存放地点="")])
        card = Card.objects.get()
        client = signed_in(city.here.keeper)
        url = reverse("opening.settle", args=["missing"])
        given = two_signed(
            city.here.reviewer, action="kept", words="开柜查到", key="k1", card=str(card.pk)
        )
        page = client.post(url, given, follow=True).content.decode()
        assert "已办理 1 张" in page and "没有待查明的卡" in page
        card.refresh_from_db()
        assert card.stage == "in_custody"

    @pytest.mark.article(18)
    @pytest.mark.article(20)
    def test_a_card_in_use_that_turned_up_in_a_cupboard_is_led_to_its_cancelling(
        self, city: City
    ) -> None:
        taken_over(city, [row("Q00000001", 状态="正常", 存放地点="不明")])
        card, client = Card.objects.get(), signed_in(city.here.keeper)
        given = two_signed(city.here.reviewer, words="库房角落找到", key="k1")
        ticked = {**given, "action": "kept", "card": [card.pk]}
        page = client.post(reverse("opening.settle", args=["missing"]), ticked)
        assert "按“停用的短缺卡找到”登记为已退回" in page.content.decode()
        found = reverse("stock.find_stopped", args=[card.pk])
        shown = client.get(reverse("card.show", args=[card.pk])).content.decode()
        assert f'href="{found}"' in shown
        assert "已登记找到" in client.post(found, given, follow=True).content.decode()
        card.refresh_from_db()
        assert (card.stage, card.social) == ("returned", "active")
        assert card.number in client.get(reverse("stranded.returned")).content.decode()

    @pytest.mark.parametrize(
        ("changes", "words", "status"),
        [
            ({"card": ""}, "请先勾选", 422),
            ({"words": ""}, "请写明怎样查明的", 422),
            ({"action": ""}, "请选择查明结果", 422),
            ({"second_password": "x"}, "用户名或密码不对", 409),
            ({"action": "confirm"}, "查明结果", 422),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_is_lost(
        self, city: City, changes: dict[str, str], words: str, status: int
    ) -> None:
        taken_over(city, [row("Q00000001", 状态="封存", 存放地点="")])
        card = Card.objects.get()
        given = two_signed(
            city.here.reviewer, action="kept", words="开柜查到", key="k1", card=str(card.pk)
        )
        url = reverse("opening.settle", args=["missing"])
        answer = signed_in(city.here.keeper).post(url, {**given, **changes})
        page = answer.content.decode()
        assert answer.status_code == status and words in page
        if changes.get("words") is None:
            assert "开柜查到" in page
        card.refresh_from_db()
        assert card.stage == "missing"

    def test_who_only_reads_sees_no_form(self, city: City) -> None:
        taken_over(city, [row("Q00000001", 状态="封存", 存放地点="")])
        page = signed_in(city.here.auditor).get(reverse("opening.listed", args=["missing"]))
        assert "Q00000001" in page.content.decode() and page.context["form"] is None
