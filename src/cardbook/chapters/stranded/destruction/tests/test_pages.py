"""The pages of destruction (Art. 19): the card body's, the bank's, three passwords."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cardbook.chapters.stranded.destruction import queries
from cardbook.chapters.stranded.models import DestructionLot
from cardbook.chapters.stranded.tests import line as on
from cardbook.chapters.stranded.tests.line import Line, fresh, line_of
from cardbook.law.roles import Role
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, User
from cardbook.people.holders import holder_of
from cardbook.testing import factories as make
from cardbook.testing import pictures
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, PASSWORD, City
from cardbook.testing.workbooks import cells_of

pytestmark = [pytest.mark.django_db, pytest.mark.article(19)]
HX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def line(city: City) -> Line:
    return line_of(city)


def name_of(actor: Actor) -> str:
    return User.objects.get(pk=actor.user_id).username


def photos() -> dict[str, SimpleUploadedFile]:
    """Two pictures of a destruction as they are uploaded, before and after."""
    return {
        name: SimpleUploadedFile("x.png", pictures.png(width=wide), "image/png")
        for wide, name in ((2, "photo_1"), (3, "photo_2"))
    }


def signing(second: Actor) -> dict[str, str]:
    return {"second_name": name_of(second), "second_password": PASSWORD, "key": make.key()}


class TestSend:
    def test_what_is_ticked_goes_to_the_bank(self, line: Line) -> None:
        cards = on.cancelled(line, 2)
        client, address = signed_in(line.clerk), reverse("destruction.send")
        assert "可以" in client.get(address).content.decode()
        given = signing(line.county.reviewer) | {
            "card": [str(card.pk) for card in cards], "bank": str(line.city.bank.pk),
        }  # fmt: skip
        page = client.post(address, given, follow=True)
        lot = DestructionLot.objects.get()
        assert f"2 张卡已移交，列入 {lot.number}" in page.content.decode()
        assert page.redirect_chain == [(reverse("destruction.lot", args=[lot.pk]), 302)]
        assert lot.lines.count() == 2

    def test_says_why_not(self, line: Line) -> None:
        on.cancelled(line)
        client, address = signed_in(line.clerk), reverse("destruction.send")
        given = signing(line.county.reviewer) | {"bank": str(line.city.bank.pk)}
        page = client.post(address, given)
        assert page.status_code == 409 and "没有选择卡" in page.content.decode()
        assert client.post(address, signing(line.clerk)).status_code == 422

    def test_gives_up_what_may_go_and_says_row_by_row_what_stays(self, line: Line) -> None:
        (good,) = on.cancelled(line)
        client, address = signed_in(line.clerk), reverse("destruction.send")
        waiting = on.waiting(line)[0]
        given = signing(line.county.reviewer) | {
            "card": [str(good.pk), str(waiting.pk)], "bank": str(line.city.bank.pk), "only": "1",
        }  # fmt: skip
        page = client.post(address, given)
        html = page.content.decode()
        assert page.status_code == 409 and "1 张卡已移交" in html and "1 张没有移交" in html
        lot = DestructionLot.objects.get(shipment__isnull=False)
        assert reverse("destruction.lot", args=[lot.pk]) in html and lot.number in html
        ((id_, number, _),) = page.context["results"]
        assert (id_, number) == (waiting.pk, waiting.number)
        assert [one.card_id for one in DestructionLot.objects.get(
            shipment__isnull=False).lines.all()] == [good.pk]  # fmt: skip

    def test_shows_what_was_ticked_in_another_list_and_does_nothing_yet(self, line: Line) -> None:
        chosen, _ = on.cancelled(line, 2)
        page = signed_in(line.clerk).post(
            reverse("destruction.send"), {"card": [str(chosen.pk)], "only": "1"}
        )
        assert page.status_code == 200 and not DestructionLot.objects.exists()
        assert [row.id for row in page.context["rows"]] == [chosen.pk]
        assert page.context["ticked"] == {chosen.pk}

    def test_is_exported_as_seen(self, line: Line) -> None:
        one, other = on.cancelled(line, 2)
        client = signed_in(line.clerk)
        page = client.get(reverse("destruction.send"), {"export": "xlsx", "q": one.number})
        cells = cells_of(page.content)
        assert one.number in cells and other.number not in cells
        assert holder_of(one.person).number not in cells

    @pytest.mark.article(18)
    def test_warns_of_cards_cancelled_long_ago(self, line: Line) -> None:
        on.cancelled(line)
        client = signed_in(line.clerk)
        late = queries.late_before(at=NOON + timedelta(days=31), days=30)
        found = queries.narrowed(
            queries.waiting_for_destruction(line.clerk), source="", bank="", before=late
        )
        assert found.count() == 1
        for query in ({"source": "scrap"}, {"bank": str(line.city.bank.pk)}):
            assert len(client.get(reverse("destruction.send"), query).context["rows"]) == 1
        page = client.get(reverse("destruction.send"), {"source": "error"})
        assert page.context["rows"] == []

    def test_the_neighbour_and_other_posts(self, line: Line) -> None:
        on.cancelled(line)
        page = signed_in(line.city.neighbour.keeper).get(reverse("destruction.send"))
        assert "没有待销毁的卡" in page.content.decode()
        for actor in (line.county.clerk, line.teller):
            assert signed_in(actor).get(reverse("destruction.send")).status_code == 403

    def test_rows_and_lots_are_read_with_the_same_queries(
        self, line: Line, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        cards = on.cancelled(line, 4)
        places = list(queries.waiting_for_destruction(line.clerk))
        with django_assert_num_queries(2):
            queries.eligible_rows(places, at=NOON, late_days=30)
        lots = [on.lot_of(line, cards[:2]), on.lot_of(line, cards[2:])]
        with django_assert_num_queries(2):
            queries.lot_rows(list(queries.lots_of(line.clerk)), at=NOON)
        with django_assert_num_queries(1):
            queries.lot_lines(lots[0], sort="row")


class TestOneLot:
    def test_its_cards_are_found_ordered_and_taken_along(self, line: Line) -> None:
        cards = on.cancelled(line, 3)
        lot = on.lot_of(line, cards)
        client, address = signed_in(line.clerk), reverse("destruction.lot", args=[lot.pk])
        numbers = [card.number for card in cards]
        document = holder_of(cards[1].person).number
        for query, seen in (
            ({}, numbers), ({"sort": "number"}, sorted(numbers)), ({"sort": "state"}, numbers),
            ({"q": numbers[2]}, numbers[2:]), ({"q": document}, numbers[1:2]),
        ):  # fmt: skip
            page = client.get(address, query)
            assert [one.number for one in page.context["lines"]] == seen, query
        assert "清单上没有这样的卡" in client.get(address, {"q": "没有这人"}).content.decode()
        chosen = {"export": "xlsx", "card": [str(cards[0].pk)]}
        cells = cells_of(client.post(address, chosen).content)
        assert numbers[0] in cells and numbers[1] not in cells
        assert holder_of(cards[0].person).number not in cells
        assert "在途，银行未点收" in cells


class TestTheBank:
    def test_counts_gives_back_and_destroys(self, line: Line) -> None:
        cards = on.cancelled(line, 3)
        lot = on.lot_of(line, cards)
        teller = signed_in(line.teller)
        assert "扫卡点收" in teller.get(reverse("destruction.lot", args=[lot.pk])).content.decode()
        receive = reverse("destruction.receive", args=[lot.pk])
        assert teller.get(receive).status_code == 200
        scan = reverse("destruction.receive.scan", args=[lot.shipment_id])
        for card in cards[:2]:
            assert teller.post(scan, {"number": card.number}, **HX).status_code == 200
        assert teller.post(scan, {"number": "Z00000000"}, **HX).status_code == 409
        page = teller.post(receive, {"key": make.key()}, follow=True)
        assert "已点收 2 张" in page.content.decode()

        back = reverse("destruction.take_back", args=[lot.pk])
        given = signing(line.clerk) | {"card": str(cards[2].pk), "words": "清点时没有"}
        assert teller.post(back, given | {"words": ""}).status_code == 422
        wrong = signing(line.other_teller) | {"card": str(cards[2].pk), "words": "清点时没有"}
        assert teller.post(back, wrong).status_code == 409
        assert teller.post(back, given).status_code == 302
        assert teller.get(back).status_code == 302

        carry = reverse("destruction.carry_out", args=[lot.pk])
        assert teller.get(carry).status_code == 200
        given = signing(line.other_teller) | {
            "counted": "3", "method": "粉碎", "place": "金库",
            "witness_name": name_of(line.county.reviewer), "witness_password": PASSWORD,
        }  # fmt: skip
        page = teller.post(carry, given | photos())
        assert page.status_code == 409
        assert 'data-refusal="LOT_COUNT_DIFFERS"' in page.content.decode()
        given |= {"counted": "2"}
        page = teller.post(carry, given | {"photo_1": photos()["photo_1"]})
        assert 'data-refusal="PHOTOS_TOO_FEW"' in page.content.decode()
        page = teller.post(carry, given | photos(), follow=True)
        assert "2 张卡已登记销毁" in page.content.decode()
        assert teller.get(carry).headers["Location"] == reverse("destruction.lot", args=[lot.pk])
        page = teller.post(carry, given | photos() | {"key": make.key()})
        assert page.status_code == 409
        assert 'data-refusal="LOT_DESTROYED"' in page.content.decode()
        assert "CARD_DESTROYED" not in page.content.decode()
        assert [card.stage for card in fresh(cards)] == ["destroyed", "destroyed", "cancelled"]
        picture = teller.get(reverse("destruction.photo", args=[lot.pk, 1]))
        assert picture.content.startswith(b"\x89PNG")
        assert teller.get(reverse("destruction.photo", args=[lot.pk, 3])).status_code == 404

        for name in ("register.destruction_list", "register.destruction_certificate"):
            page = teller.get(reverse(name))
            assert page.status_code == 200 and lot.number in page.content.decode(), name
        made = teller.post(
            f"{reverse('register.destruction_certificate')}?lot={lot.pk}", {"key": make.key()},
            follow=True,
        )  # fmt: skip
        assert "核验通过" in made.content.decode()

    def test_another_bank_finds_nothing(self, line: Line) -> None:
        lot, _ = on.lot_at_bank(line)
        other = make.organization("另一银行", Kind.BANK, parent=line.city.city)
        client = signed_in(make.worker("他行柜员", Role.BANK_TELLER, other))
        for name in ("destruction.lot", "destruction.receive", "destruction.carry_out"):
            assert client.get(reverse(name, args=[lot.pk])).status_code == 404
        scan = reverse("destruction.receive.scan", args=[lot.shipment_id])
        assert client.post(scan, {"number": "Z00000000"}).status_code == 404
        back = reverse("destruction.take_back", args=[lot.pk])
        assert client.post(back, {}).status_code == 404
        assert client.get(reverse("destruction.lots")).context["rows"] == []

    def test_the_list_filters(self, line: Line) -> None:
        lot, _ = on.destroyed(line)
        client, address = signed_in(line.clerk), reverse("destruction.lots")
        assert client.get(address, {"state": "open"}).context["rows"] == []
        assert len(client.get(address, {"state": "done"}).context["rows"]) == 1
        for text in (lot.number, lot.office.name, lot.bank.name):
            assert len(client.get(address, {"q": text}).context["rows"]) == 1, text
        none = client.get(address, {"q": "没有的银行"})
        assert "没有符合条件的清单" in none.content.decode()

    def test_the_list_is_ordered_and_exported_as_seen(self, line: Line) -> None:
        cards = on.cancelled(line, 2)
        first, second = on.lot_of(line, cards[:1]), on.lot_of(line, cards[1:])
        client, address = signed_in(line.clerk), reverse("destruction.lots")
        for sort in queries.LOT_SORTS:
            rows = client.get(address, {"sort": sort}).context["rows"]
            order = [first.pk, second.pk] if sort == "old" else [second.pk, first.pk]
            assert [row.id for row in rows] == order, sort
        seen = cells_of(client.get(address, {"export": "xlsx"}).content)
        assert first.number in seen and second.number in seen
        chosen = {"export": "xlsx", "pick": [str(first.pk)]}
        seen = cells_of(client.get(address, chosen).content)
        assert first.number in seen and second.number not in seen
        foreign = signed_in(line.city.neighbour.keeper).get(address, {"export": "xlsx"})
        assert first.number not in cells_of(foreign.content)

    def test_waiting_cards_are_found_by_name_in_any_order(self, line: Line) -> None:
        one, other = on.cancelled(line, 2)
        client, address = signed_in(line.clerk), reverse("destruction.send")
        by_number = client.get(address, {"q": holder_of(one.person).number}).context["rows"]
        assert [row.id for row in by_number] == [one.pk]
        for sort in queries.WAITING_SORTS:
            rows = client.get(address, {"sort": sort}).context["rows"]
            assert {row.id for row in rows} == {one.pk, other.pk}, sort
        assert client.get(address, {"q": "查无此人"}).context["rows"] == []
