"""A manifest from file to book: all in one transaction, the same cards only once (Art. 6)."""

import tempfile
from pathlib import Path

import pytest
from django.db import connection

from cardbook.cards.models import Card
from cardbook.chapters.intake.models import Delivery, DeliveryLine, ManifestRow
from cardbook.chapters.intake.receive import importer
from cardbook.chapters.intake.receive.births import sql_of
from cardbook.chapters.intake.receive.tests.manifests import cards_of, imported, staged, written
from cardbook.custody.models import Position, Posting
from cardbook.custody.places import Place
from cardbook.demo.manifests import Family
from cardbook.imports.models import ImportFile, Stage
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.people.holders import find_by_number, holder_of
from cardbook.people.models import Person
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(6)]


class TestPostManifest:
    @pytest.mark.parametrize("family", list(Family))
    def test_registers_every_card_on_its_way_to_the_county(
        self, city: City, tmp_path: Path, family: Family
    ) -> None:
        cards = cards_of(70)
        path, _ = written(tmp_path, cards, family=family)
        posted = imported(path, city)
        assert (posted.cards, posted.known, posted.repeated) == (70, 0, False)
        book = Card.objects.filter(county=city.here.county)
        assert set(book.values_list("number", flat=True)) == {c.card_number for c in cards}
        places = Position.objects.filter(card__in=book).values_list(
            "account__kind", "account__organization"
        )
        assert set(places) == {(Place.TRANSIT, city.here.card_body.pk)}
        events = Event.objects.filter(subject_kind="card", act="delivery.register")
        assert events.count() == 70 and set(events.values_list("seq", flat=True)) == {1}
        assert Posting.objects.filter(card__in=book).count() == 140

    @pytest.mark.trust("I13")
    def test_a_check_asks_only_rows_that_were_counted_for_this_file(self) -> None:
        """What was counted of many small files before misleads: seconds become minutes."""
        assert "intake_manifestrow" not in sql_of("check_manifest")

    def test_lists_each_card_in_the_box_it_was_packed_in(self, city: City, tmp_path: Path) -> None:
        cards = cards_of(70)
        posted = imported(written(tmp_path, cards)[0], city)
        delivery = Delivery.objects.get(pk=posted.delivery_id)
        assert list(delivery.boxes.order_by("code").values_list("code", "expected")) == [
            ("1-1", 30), ("1-2", 30), ("1-3", 10),
        ]  # fmt: skip
        lines = DeliveryLine.objects.filter(box__delivery=delivery)
        assert dict(lines.values_list("card__number", "box__code")) == {
            card.card_number: f"{card.carton}-{card.box}" for card in cards
        }

    @pytest.mark.parametrize("family", list(Family))
    def test_keeps_rare_names_whole(self, city: City, tmp_path: Path, family: Family) -> None:
        cards = cards_of(12)
        imported(written(tmp_path, cards, family=family)[0], city)
        for card in cards:
            person = find_by_number(str(card.number))
            assert person is not None and holder_of(person).name == card.name
        assert {"䶮", "㛃", "𬭎", "𠮷"} <= set("".join(card.name for card in cards))

    @pytest.mark.trust("P5")
    def test_leaves_no_clear_text_of_a_person_in_any_table(
        self, city: City, tmp_path: Path
    ) -> None:
        cards = cards_of(12)
        staged(written(tmp_path, cards)[0], city.here)
        with connection.cursor() as cursor:
            cursor.execute("SELECT row_to_json(t)::text FROM intake_manifestrow t")
            clear = "".join(row[0] for row in cursor.fetchall())
        for card in cards:
            assert str(card.number) not in clear and card.name not in clear
            assert card.phone not in clear

    @pytest.mark.trust("P4")
    @pytest.mark.article(32)
    def test_leaves_nothing_in_the_temporary_folder(
        self, city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        empty = tmp_path / "temporary"
        empty.mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(empty))
        for family in Family:
            cards = cards_of(12)
            imported(written(tmp_path, cards, family=family)[0], city)
        assert Card.objects.count() > 0 and list(empty.rglob("*")) == []

    def test_staged_rows_are_gone_once_they_are_cards(self, city: City, tmp_path: Path) -> None:
        imported(written(tmp_path, cards_of(12))[0], city)
        assert not ManifestRow.objects.exists()
        assert ImportFile.objects.get().stage == Stage.POSTED

    def test_notes_where_people_live_from_the_address(self, city: City, tmp_path: Path) -> None:
        cards = cards_of(12)
        imported(written(tmp_path, cards, family=Family.F2)[0], city)
        card = Card.objects.get(number=cards[0].card_number)
        assert card.town_id == city.here.town.pk and card.village == cards[0].village


@pytest.mark.trust("D5")
class TestSameFileTwice:
    def test_the_same_bytes_change_nothing_and_name_the_delivery(
        self, city: City, tmp_path: Path
    ) -> None:
        path, _ = written(tmp_path, cards_of(12))
        first = imported(path, city)
        again = imported(path, city)
        assert again.repeated and again.code == first.code and again.cards == 0
        assert Event.objects.filter(act="delivery.register").count() == 12

    def test_the_same_cards_in_another_file_change_nothing(
        self, city: City, tmp_path: Path
    ) -> None:
        cards = cards_of(12)
        imported(written(tmp_path, cards)[0], city)
        again = imported(written(tmp_path, cards, family=Family.F2, name="再来")[0], city)
        assert again.repeated and again.delivery_id is None and again.known == 12
        assert Card.objects.count() == 12 and Delivery.objects.count() == 1

    def test_only_the_new_cards_of_a_longer_file_are_added(
        self, city: City, tmp_path: Path
    ) -> None:
        cards = cards_of(20)
        imported(written(tmp_path, cards[:12])[0], city)
        posted = imported(written(tmp_path, cards, name="全部")[0], city)
        assert (posted.cards, posted.known) == (8, 12)
        assert Card.objects.count() == 20 and Person.objects.count() == 20


class TestWhoMay:
    def test_the_neighbour_county_cannot_upload_for_this_one(
        self, city: City, tmp_path: Path
    ) -> None:
        path, _ = written(tmp_path, cards_of(12))
        with pytest.raises(Refused) as refused:
            importer.upload(
                name="x", content=path.read_bytes(), receiver=city.here.card_body,
                by=city.neighbour.keeper, at=NOON,
            )  # fmt: skip
        assert refused.value.refusals[0].code == "DESTINATION_OUT_OF_REACH"
        assert not ImportFile.objects.exists()

    def test_a_window_clerk_cannot_post(self, city: City, tmp_path: Path) -> None:
        file = staged(written(tmp_path, cards_of(12))[0], city.here)
        with pytest.raises(Refused) as refused:
            importer.post(file=file, by=city.here.clerk, at=NOON)
        assert refused.value.refusals[0].code == "ROLE_MAY_NOT"
        assert not Card.objects.exists()

    def test_the_city_may_post_for_a_county(self, city: City, tmp_path: Path) -> None:
        manager: Actor = make.worker("市管理员", Role.CITY_MANAGER, city.city)
        file = staged(written(tmp_path, cards_of(12))[0], city.here)
        assert importer.post(file=file, by=manager, at=NOON).cards == 12

    def test_a_dropped_file_cannot_be_posted(self, city: City, tmp_path: Path) -> None:
        file = staged(written(tmp_path, cards_of(12))[0], city.here)
        importer.drop(file=file, by=city.here.keeper)
        file.refresh_from_db()
        with pytest.raises(Refused) as refused:
            importer.post(file=file, by=city.here.keeper, at=NOON)
        assert refused.value.refusals[0].code == "FILE_NOT_CHECKED"
        assert not ManifestRow.objects.exists()
