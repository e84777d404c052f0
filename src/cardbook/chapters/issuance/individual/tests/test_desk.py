"""The window's screen below the browser: who may, what is shown, what a repeat gives (Art. 8)."""

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cardbook.cards.models import Card
from cardbook.chapters.issuance.individual.tests.windows import filled_in
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.orgs.models import User
from cardbook.papers.models import Paper
from cardbook.people.holders import holder_of
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City

pytestmark = [pytest.mark.django_db, pytest.mark.article(8, 4)]
PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "YPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


class TestLookUp:
    def test_shows_who_which_card_and_where_it_lies(self, city: City) -> None:
        holder = make.person(name="欧阳㛃")
        (card,) = make.received_cards(city, city.here, people=[holder])
        number = holder_of(holder).number
        page = signed_in(city.here.clerk).post("/desk/", {"q": number})
        text = page.content.decode()
        assert page.status_code == 200 and "欧阳㛃" in text and card.number in text
        assert number not in text and f"{number[:6]}********{number[-4:]}" in text

    @pytest.mark.parametrize("text", ["999999199001010000", "12345", "王小明", "９９９"])
    def test_a_number_that_cannot_be_gives_a_sentence_and_nobody(
        self, city: City, text: str
    ) -> None:
        page = signed_in(city.here.clerk).post("/desk/", {"q": text})
        assert page.status_code == 200 and 'id="person"' not in page.content.decode()

    def test_of_a_card_in_another_county_only_the_county_is_named(self, city: City) -> None:
        (card,) = make.received_cards(city, city.neighbour)
        number = holder_of(card.person).number
        text = signed_in(city.here.clerk).post("/desk/", {"q": number}).content.decode()
        assert card.number not in text and "王小明" not in text and "乙县" in text

    @pytest.mark.parametrize("who", ["keeper", "reviewer", "auditor"])
    def test_is_the_windows_screen_alone(self, city: City, who: str) -> None:
        assert signed_in(getattr(city.here, who)).get("/desk/").status_code == 403

    def test_a_visitor_is_sent_to_sign_in(self, city: City) -> None:
        page = Client().get("/desk/")
        assert page.status_code == 302 and page.headers["Location"].startswith("/account/login/")

    def test_asks_few_questions(
        self, city: City, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        (card,) = make.received_cards(city, city.here)
        number = holder_of(card.person).number
        client = signed_in(city.here.clerk)
        client.get("/desk/")
        with django_assert_max_num_queries(12):
            client.post("/desk/", {"q": number})

    def test_offers_what_else_is_open_on_the_card_and_has_a_page(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        client = signed_in(city.here.clerk)
        page = client.post("/desk/", {"q": holder_of(card.person).number})
        offered = [one.address for one in page.context["desk"].card.others]
        assert offered == [
            f"/desk/{card.pk}/undo/",
            f"/cards/{card.pk}/defect/",
            f"/cards/{card.pk}/wrong/?from=desk",
            f"/activation/{card.pk}/",
            f"/activation/{card.pk}/bank/",
            f"/activation/{card.pk}/report/",
            f"/loss/{card.pk}/",
            f"/loss/{card.pk}/formal/",
            f"/deaths/{card.pk}/note/",
            f"/cancellation/{card.pk}/",
            f"/cancellation/{card.pk}/office/",
            f"/relations/{card.pk}/end/",
            f"/relations/{card.pk}/keep/",
        ]
        assert {client.get(address).status_code for address in offered} == {200}

    def test_the_screen_says_once_what_it_has_a_form_for(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        number = holder_of(card.person).number
        page = signed_in(city.here.clerk).post("/desk/", {"q": number})
        offered = [one.address for one in page.context["desk"].card.others]
        others = (f"/proxy/{card.pk}/", f"/guardian/{card.pk}/", f"/posting/{card.pk}/post/")
        assert set(others) <= set(offered)
        assert "/desk/" not in offered and f"/cards/{card.pk}/defect/" not in offered
        assert 'id="defect-form"' in page.content.decode()


class TestHandOver:
    def test_registers_and_clears_the_screen(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        client = signed_in(city.here.clerk)
        page = client.post("/desk/", filled_in(card), follow=True)
        assert "已发放" in page.content.decode() and "王小明" not in page.content.decode()
        card.refresh_from_db()
        assert card.stage == "issued"

    def test_the_same_form_sent_twice_is_one_hand_over(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        client, given = signed_in(city.here.clerk), filled_in(card)
        client.post("/desk/", given, follow=True)
        again = client.post("/desk/", given, follow=True)
        assert again.status_code == 200
        assert Event.objects.filter(act="card.issue").count() == 1

    def test_the_slower_window_reads_who_was_faster(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        signed_in(city.here.clerk).post("/desk/", filled_in(card))
        page = signed_in(city.here.other_clerk).post("/desk/", filled_in(card))
        assert page.status_code == 409
        assert "甲县一号窗口" in page.content.decode() and "发放" in page.content.decode()

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"original_seen": ""}, "没有查验本人有效身份证件原件"),
            ({"face_person": ""}, "没有确认人、证、卡面一致"),
            ({"reads": ""}, "不能读写"),
            ({"scanned": ""}, "没有扫描要发放的卡"),
            ({"scanned": "Z00000001"}, "不是这位持卡人的卡"),
            ({"signing": ""}, "还没有签字"),
            ({"copy_kept": ""}, "缺少材料"),
            ({"told": ""}, "还没有告知"),
        ],
    )
    def test_says_what_is_missing_and_changes_nothing(
        self, city: City, change: dict[str, str], sentence: str
    ) -> None:
        (card,) = make.received_cards(city, city.here)
        page = signed_in(city.here.clerk).post("/desk/", filled_in(card, **change))
        assert page.status_code == 409 and sentence in page.content.decode()
        card.refresh_from_db()
        assert (card.stage, card.version) == ("in_custody", 2)

    def test_a_signature_survives_a_refusal_and_is_not_kept_by_it(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        given = filled_in(card, signing="screen", signature=PIXEL, told="")
        page = signed_in(city.here.clerk).post("/desk/", given)
        assert page.status_code == 409 and PIXEL in page.content.decode()
        assert not Paper.objects.exists()

    def test_an_image_that_was_not_uploaded_is_no_copy(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        page = signed_in(city.here.clerk).post("/desk/", filled_in(card, copy_kept="image"))
        assert page.status_code in {409, 422}
        card.refresh_from_db()
        assert card.stage == "in_custody"

    def test_the_neighbour_county_cannot_hand_it_over(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        page = signed_in(city.neighbour.clerk).post("/desk/", filled_in(card))
        assert page.status_code in {404, 409}
        card.refresh_from_db()
        assert card.stage == "in_custody"


class TestUndo:
    def given(self, city: City, card: Card, *, password: str) -> dict[str, str]:
        event = Event.objects.get(subject_kind="card", subject_id=card.pk, act="card.issue")
        reviewer = User.objects.get(pk=city.here.reviewer.user_id)
        return {
            "key": make.key(),
            "event": str(event.pk),
            "words": "点错了人",
            "second_name": reviewer.username,
            "second_password": password,
        }

    def test_two_people_take_a_slip_back(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        given = self.given(city, card, password=make.PASSWORD)
        page = signed_in(city.here.clerk).post(f"/desk/{card.pk}/undo/", given)
        assert page.status_code == 302
        card.refresh_from_db()
        assert card.stage == "in_custody"

    def test_a_colleagues_password_cannot_be_tried_without_end(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        client = signed_in(city.here.clerk)
        for _ in range(5):
            client.post(f"/desk/{card.pk}/undo/", self.given(city, card, password="guess"))
        right = self.given(city, card, password=make.PASSWORD)
        page = client.post(f"/desk/{card.pk}/undo/", right)
        assert page.status_code == 409 and "复核人的密码连续输错" in page.content.decode()
        card.refresh_from_db()
        assert card.stage == "issued"

    def test_of_several_posts_the_second_person_signs_in_the_fitting_one(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        given = self.given(city, card, password=make.PASSWORD)
        auditing, keeping = make.person_in_posts(
            "一人两岗", (Role.AUDITOR, city.city), (Role.CARD_KEEPER, city.here.card_body)
        )
        given["second_name"] = User.objects.get(pk=auditing.user_id).username
        page = signed_in(city.here.clerk).post(f"/desk/{card.pk}/undo/", given)
        assert page.status_code == 302
        event = Event.objects.get(subject_id=card.pk, act="issue.undo")
        assert event.second_id == keeping.user_id

    def test_a_wrong_password_of_the_second_person_changes_nothing(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        given = self.given(city, card, password="x")
        page = signed_in(city.here.clerk).post(f"/desk/{card.pk}/undo/", given)
        assert page.status_code == 409 and "复核人的用户名或密码不对" in page.content.decode()
        card.refresh_from_db()
        assert card.stage == "issued"


@pytest.mark.article(9)
class TestDefect:
    def given(self, **changes: str) -> dict[str, str]:
        return {"key": make.key(), "defect": "soiled", "told_defect": "on"} | changes

    def test_takes_the_card_back_and_opens_a_replacement_for_nothing(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        client = signed_in(city.here.clerk)
        assert client.post(f"/cards/{card.pk}/defect/", self.given()).status_code == 302
        card.refresh_from_db()
        assert card.stage == "recalled"
        application = card.replacements.get()
        assert (application.fee_fen, application.reason) == (0, "defect")

    def test_another_problem_must_be_described(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        page = signed_in(city.here.clerk).post(
            f"/cards/{card.pk}/defect/", self.given(defect="other")
        )
        assert page.status_code in {409, 422}
        card.refresh_from_db()
        assert card.stage == "in_custody"

    def test_the_neighbour_county_does_not_see_the_card(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        client = signed_in(city.neighbour.clerk)
        assert client.get(f"/cards/{card.pk}/defect/").status_code == 404

    @pytest.mark.article(25)
    def test_an_application_can_be_withdrawn_with_a_reason(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        client = signed_in(city.here.clerk)
        client.post(f"/cards/{card.pk}/defect/", self.given())
        application = card.replacements.get()
        address = f"/applications/{application.pk}/withdraw/"
        assert client.post(address, {"key": make.key(), "words": ""}).status_code in {409, 422}
        assert client.post(address, {"key": make.key(), "words": "误登"}).status_code == 302
        application.refresh_from_db()
        assert application.progress == "withdrawn"
        assert "没有办理中的制卡申请" in client.get("/applications/").content.decode()


@pytest.mark.article(11)
class TestOwnWork:
    """From sixteen to eighteen the clerk asks what the holder lives on (Civil Code art. 18)."""

    def young(self, city: City, years: int) -> Card:
        today = timezone.localdate()
        born_on = today.replace(year=today.year - years, month=1, day=1)
        (card,) = make.received_cards(city, city.here, people=[make.person(born_on=born_on)])
        return card

    def test_the_tick_is_there_for_sixteen_and_seventeen_and_not_set(self, city: City) -> None:
        client = signed_in(city.here.clerk)
        for years, there in ((15, False), (16, True), (17, True), (19, False)):
            number = holder_of(self.young(city, years).person).number
            checks = client.post("/desk/", {"q": number}).context["form"].checks
            found = [check for check in checks if check.name == "self_supporting"]
            assert bool(found) is there and not any(check.ticked for check in found)

    def test_unasked_it_is_refused_beside_the_tick_and_asked_it_is_done(self, city: City) -> None:
        card, client = self.young(city, 17), signed_in(city.here.clerk)
        page = client.post("/desk/", filled_in(card))
        (check,) = [c for c in page.context["form"].checks if c.name == "self_supporting"]
        assert page.status_code == 409 and check.note is not None
        assert check.note.code == "HOLDER_IS_MINOR"
        assert client.post("/desk/", filled_in(card, self_supporting="1")).status_code == 302
        assert '"self_supporting":true' in Event.objects.get(act="card.issue").facts
