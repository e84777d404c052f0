"""A card dies because somebody with the right to it asks, with its plastic or without."""

from datetime import date
from functools import partial

import pytest

from cardbook.cards.models import Card
from cardbook.chapters.usage.temporary.tests.lending import lent
from cardbook.chapters.usage.tests.sending import answers, refused_with, send
from cardbook.custody.models import Position
from cardbook.custody.places import Place
from cardbook.insight.check import recount
from cardbook.ledger.models import Event
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City
from cardbook.testing.races import together

pytestmark = pytest.mark.article(29)
WISH = {"asker": "holder", "reason": "wish", "plastic": "none"}


def place(card: Card) -> str:
    return Position.objects.get(card=card).account.kind


def is_clean() -> bool:
    return [one for one in recount().findings if not one.holds] == []


@pytest.mark.django_db
class TestCancel:
    def test_ends_the_social_function_and_leaves_the_card_with_its_holder(
        self, city: City
    ) -> None:
        card = make.issued_card(city, city.here)
        answer = send("card.cancel", card, by=city.here.clerk, **WISH)
        card.refresh_from_db()
        assert answer.status_code == 302
        assert (card.stage, card.social, place(card)) == ("issued", "cancelled", Place.HOLDER)
        assert Event.objects.get(act="card.cancel").told == ["cancel/1"] and is_clean()

    def test_takes_in_a_card_that_was_brought_in_the_same_breath(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        brought = WISH | {"plastic": "broken", "box": " 旧-07 "}
        send("card.cancel", card, by=city.here.clerk, **brought)
        card.refresh_from_db()
        assert (card.stage, card.social, place(card)) == ("cancelled", "cancelled", Place.SCRAP)
        assert '"box":"旧-07"' in Event.objects.get(act="old_card.hand_in").facts
        keeper = signed_in(city.here.keeper)
        assert "待销毁卡存放处 旧-07 盒" in keeper.get(f"/cards/{card.pk}/").content.decode()
        (waits,) = keeper.get("/destruction/").context["rows"]
        assert (waits.number, waits.box) == (card.number, "旧-07 盒")
        assert is_clean()

    def test_a_successor_comes_with_two_proofs_and_only_for_the_dead(self, city: City) -> None:
        alive = make.issued_card(city, city.here)
        asked = WISH | {"asker": "successor", "reason": "death", "paper_successor_proof": "on"}
        early = send("card.cancel", alive, by=city.here.clerk, **asked)
        assert refused_with(early) == {"SUCCESSOR_TOO_EARLY"}
        dead = make.issued_card(city, city.here)
        type(dead.person).objects.filter(pk=dead.person_id).update(died_on=date(2026, 11, 22))
        bare = send("card.cancel", dead, by=city.here.clerk, paper_death_proof=None, **asked)
        assert refused_with(bare) == {"PAPER_MISSING"}
        assert send("card.cancel", dead, by=city.here.clerk, **asked).status_code == 302

    def test_whoever_asks_shows_his_own_document(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        for asker, own in (
            ("holder", "paper_id_card_original"),
            ("guardian", "paper_guardian_id"),
        ):
            asked = WISH | {"asker": asker, own: None}
            sent = send("card.cancel", card, by=city.here.clerk, **asked)
            assert refused_with(sent) == {"PAPER_MISSING"}

    def test_a_child_does_not_cancel_alone(self, city: City) -> None:
        child = make.issued_card(city, city.here)
        type(child.person).objects.filter(pk=child.person_id).update(born_on=date(2015, 5, 1))
        assert refused_with(send("card.cancel", child, by=city.here.clerk, **WISH)) == {
            "HOLDER_IS_MINOR"
        }
        guarded = WISH | {
            "asker": "guardian",
            "paper_guardian_id": "on",
            "paper_household_book_community_certificate_relation_proof": "household_book",
        }
        assert send("card.cancel", child, by=city.here.clerk, **guarded).status_code == 302

    def test_nobody_asks_in_the_name_of_the_dead(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        type(card.person).objects.filter(pk=card.person_id).update(died_on=date(2026, 11, 22))
        assert refused_with(send("card.cancel", card, by=city.here.clerk, **WISH)) == {
            "HOLDER_CANNOT_ASK"
        }

    def test_is_refused_while_nobody_was_told_of_the_bank(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        untold = send("card.cancel", card, by=city.here.clerk, told_cancel=None, **WISH)
        assert refused_with(untold) == {"NOTICE_NOT_GIVEN"} and untold.status_code == 409

    def test_a_neighbour_finds_no_card_and_a_keeper_no_page(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        assert send("card.cancel", card, by=city.neighbour.clerk, **WISH).status_code == 404
        assert send("card.cancel", card, by=city.here.keeper, **WISH).status_code == 403

    def test_for_each_reason_only_he_asks_who_may(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        mine = send("card.cancel", card, by=city.here.clerk, **(WISH | {"reason": "death"}))
        assert refused_with(mine) == {"REASON_IS_NOT_HIS", "DEATH_NOT_RECORDED"}
        heir = WISH | {"asker": "successor", "reason": "emigration"}
        assert "SUCCESSOR_TOO_EARLY" in refused_with(
            send("card.cancel", card, by=city.here.clerk, **heir)
        )

    def test_emigration_is_shown_by_a_paper(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        gone = WISH | {"reason": "emigration"}
        bare = send("card.cancel", card, by=city.here.clerk, paper_emigration_proof=None, **gone)
        assert refused_with(bare) == {"PAPER_MISSING"}
        assert send("card.cancel", card, by=city.here.clerk, **gone).status_code == 302

    def test_other_is_said_in_words(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        vague = send("card.cancel", card, by=city.here.clerk, **(WISH | {"reason": "other"}))
        assert vague.status_code == 422 and "请写明原因" in vague.content.decode()

    def test_the_page_reads_out_what_to_do_at_the_bank(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        shown = signed_in(city.here.clerk).get(f"/cancellation/{card.pk}/").content.decode()
        assert f"请带证件到{city.bank.name}办理销户或继承手续" in shown

    def test_the_page_knows_of_a_temporary_card_that_is_out(self, city: City) -> None:
        holder = make.person()
        card = make.issued_card(city, city.here, holder=holder)
        lent(city, holder=holder)
        client = signed_in(city.here.clerk)
        shown = client.get(f"/cancellation/{card.pk}/").content.decode()
        assert "未还的临时卡：" in shown

    def test_the_same_form_twice_is_one_cancellation(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        form = answers("card.cancel", **WISH)
        client = signed_in(city.here.clerk)
        for _ in range(2):
            assert client.post(f"/cancellation/{card.pk}/", form).status_code == 302
        assert Event.objects.filter(act="card.cancel").count() == 1


@pytest.mark.races
def test_of_two_windows_one_cancels(fresh_database: str) -> None:
    city = make.city()
    card = make.issued_card(city, city.here)
    sent = [
        partial(send, "card.cancel", card, by=by, **WISH)
        for by in (city.here.clerk, city.here.other_clerk)
    ]
    results = together(*sent)
    assert sorted(one.status_code for one in results) == [302, 409] and is_clean()
