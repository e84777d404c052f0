"""The insurance relation moves, the card with it or not; a misused card is stopped."""

import pytest

from cardbook.cards.models import Card
from cardbook.chapters.usage.tests.sending import refused_with, send
from cardbook.custody.models import Position
from cardbook.custody.places import Place
from cardbook.insight.check import recount
from cardbook.ledger.models import Event
from cardbook.orgs.models import User
from cardbook.testing import factories as make
from cardbook.testing.factories import PASSWORD, City

MOVED = {"reason": "transfer", "to_place": "示范省示范市", "plastic": "none"}


def active(city: City) -> Card:
    card = make.issued_card(city, city.here)
    assert send("social.activate", card, by=city.here.clerk, asked_by="holder").status_code == 302
    card.refresh_from_db()
    return card


def signed_by(city: City) -> dict[str, str]:
    name = User.objects.get(pk=city.here.reviewer.user_id).get_username()
    return {"second_name": name, "second_password": PASSWORD}


@pytest.mark.django_db
@pytest.mark.article(30)
class TestRelation:
    def test_moved_away_ends_the_social_function(self, city: City) -> None:
        card = active(city)
        assert send("relation.end", card, by=city.here.clerk, **MOVED).status_code == 302
        card.refresh_from_db()
        assert (card.stage, card.social) == ("issued", "cancelled")
        assert Event.objects.get(act="relation.end").told == ["transfer/1"]

    def test_moved_away_with_the_card_on_the_desk_takes_it_in(self, city: City) -> None:
        card = active(city)
        brought = MOVED | {"plastic": "good", "box": "旧-08"}
        send("relation.end", card, by=city.here.clerk, **brought)
        assert '"box":"旧-08"' in Event.objects.get(act="old_card.hand_in").facts
        assert Position.objects.get(card=card).account.kind == Place.SCRAP
        assert [one for one in recount().findings if not one.holds] == []

    def test_without_proof_nothing_ends(self, city: City) -> None:
        card = active(city)
        bare = send("relation.end", card, by=city.here.clerk, paper_transfer_proof=None, **MOVED)
        card.refresh_from_db()
        assert refused_with(bare) == {"PAPER_MISSING"} and card.social == "active"

    def test_who_moves_goes_somewhere_and_a_relation_that_ends_goes_nowhere(
        self, city: City
    ) -> None:
        card = active(city)
        nowhere = send("relation.end", card, by=city.here.clerk, **MOVED | {"to_place": ""})
        assert nowhere.status_code == 422 and "请照转移凭据填写" in nowhere.content.decode()
        ended = MOVED | {"reason": "termination", "to_place": ""}
        assert send("relation.end", card, by=city.here.clerk, **ended).status_code == 302
        assert '"to_place":"解除"' in Event.objects.get(act="relation.end").facts

    def test_kept_changes_nothing_and_is_on_record(self, city: City) -> None:
        card = active(city)
        kept = {"to_place": "示范市示范县", "words": "省内转移，卡通用"}
        assert send("relation.keep", card, by=city.here.clerk, **kept).status_code == 302
        card.refresh_from_db()
        assert card.social == "active" and Event.objects.filter(act="relation.keep").count() == 1

    def test_a_neighbour_and_another_role_do_not_end_it(self, city: City) -> None:
        card = active(city)
        assert send("relation.end", card, by=city.neighbour.clerk, **MOVED).status_code == 404
        assert send("relation.end", card, by=city.here.auditor, **MOVED).status_code == 403


@pytest.mark.django_db
@pytest.mark.article(31)
class TestMisuse:
    def test_two_stop_a_card_and_two_release_it(self, city: City) -> None:
        card = active(city)
        frozen = send(
            "card.freeze", card, by=city.here.keeper, words="药店反映他人持卡", **signed_by(city)
        )
        card.refresh_from_db()
        assert frozen.status_code == 302 and card.social == "locked"
        send("card.unfreeze", card, by=city.here.keeper, words="查实为家属代购", **signed_by(city))
        card.refresh_from_db()
        assert card.social == "active"

    def test_nobody_stops_a_card_alone(self, city: City) -> None:
        card = active(city)
        alone = signed_by(city) | {
            "second_name": User.objects.get(pk=city.here.keeper.user_id).get_username()
        }
        answer = send("card.freeze", card, by=city.here.keeper, words="药店反映", **alone)
        card.refresh_from_db()
        assert refused_with(answer) == {"SECOND_PERSON_SAME"} and card.social == "active"
