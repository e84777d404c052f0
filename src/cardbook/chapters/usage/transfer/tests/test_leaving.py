"""Lists of those who leave: each opens the act, none is ended by itself (Art. 30)."""

import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from cardbook.cards.models import Card
from cardbook.chapters.usage.models import LeavingRow, TransferOut
from cardbook.chapters.usage.tests.sending import send
from cardbook.chapters.usage.transfer.leaving_queries import SORTS, Leaving, leaving
from cardbook.chapters.usage.transfer.move_files import LEAVERS
from cardbook.chapters.usage.transfer.tests.test_move_files import number_of
from cardbook.imports.models import ImportFile
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.orgs.actors import Actor
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City
from cardbook.testing.workbooks import cells_of

pytestmark = [pytest.mark.django_db, pytest.mark.article(30)]
HEAD = "社会保障号码,姓名,转往地,转出日期,名单号"
PLACE = "示范省示范市社保中心"
NOW = timezone.now()
TODAY = local_day(NOW)


def line(number: str, name: str = "王小明") -> str:
    return f"{number},{name},{PLACE},2026-11-10,ZC-07"


def brought(*lines: str, by: Actor) -> ImportFile:
    content = "\n".join((HEAD, *lines)).encode()
    file = LEAVERS.upload(name="转出.csv", content=content, by=by, at=NOW)
    return LEAVERS.check(file=file, at=NOW)


def posted(*lines: str, by: Actor) -> None:
    LEAVERS.post(file=brought(*lines, by=by), by=by, at=timezone.now())


def listed(by: Actor, **more: object) -> list[Leaving]:
    return leaving(within=by.county_path, today=TODAY, **more)  # type: ignore[arg-type]


@pytest.fixture
def card(city: City) -> Card:
    """A card whose holder is on a list of those who leave."""
    found = make.issued_card(city, city.here)
    posted(line(number_of(found.person)), by=city.here.clerk)
    return found


class TestFile:
    def test_names_row_field_and_remedy_and_keeps_nothing(self, city: City) -> None:
        mine, stranger = make.issued_card(city, city.here), make.citizen_number()
        file = brought(
            line(number_of(mine.person), name="别的名字"), line(stranger), line(stranger),
            line("123"), by=city.here.clerk,
        )  # fmt: skip
        found = set(file.problems.filter(is_error=True).values_list("row", "field", "code"))
        assert {(2, "姓名", "name_differs"), (4, "社会保障号码", "person_twice")} <= found
        assert (3, "no_card") in set(file.problems.values_list("row", "code"))
        assert all(file.problems.values_list("remedy", flat=True))
        assert not TransferOut.objects.exists()

    def test_is_sealed_ends_no_card_and_changes_nothing_again(self, city: City) -> None:
        here = make.issued_card(city, city.here)
        number = number_of(here.person)
        posted(line(number), by=city.here.clerk)
        assert not LeavingRow.objects.exists()
        row = TransferOut.objects.get()
        assert number.encode() not in bytes(row.number_sealed) + bytes(row.name_sealed)
        here.refresh_from_db()
        assert here.social == "sealed"
        again = brought(line(number), by=city.here.clerk)
        assert again.known == 1
        LEAVERS.post(file=again, by=city.here.clerk, at=NOW)
        assert TransferOut.objects.count() == 1


class TestWorklist:
    def test_opens_the_act_with_what_the_list_says(self, city: City, card: Card) -> None:
        client, (row,) = signed_in(city.here.clerk), listed(city.here.clerk)
        assert row.verdict == "open" and [one.number for one in row.cards] == [card.number]
        address = f"{reverse('relation.end', args=[card.pk])}?from={row.id}"
        assert address in client.get(reverse("move.out_list")).content.decode()
        form = client.get(address).content.decode()
        assert f'value="{PLACE}"' in form and 'value="ZC-07"' in form

    def test_fills_no_form_from_another_persons_row(self, city: City, card: Card) -> None:
        other, (row,) = make.issued_card(city, city.here), listed(city.here.clerk)
        address = f"{reverse('relation.keep', args=[other.pk])}?from={row.id}"
        assert PLACE not in signed_in(city.here.clerk).get(address).content.decode()

    def test_reads_off_the_ledger_what_was_done(self, city: City, card: Card) -> None:
        asked = {"reason": "transfer", "to_place": PLACE, "plastic": "none"}
        assert send("relation.end", card, by=city.here.clerk, **asked).status_code == 302
        assert listed(city.here.clerk) == []
        (row,) = listed(city.here.clerk, verdict="done")
        assert row.done == "社保关系转出、解除" and row.cards == ()
        assert Event.objects.filter(act="relation.end").count() == 1

    def test_closes_the_ticked_ones_with_words(self, city: City) -> None:
        posted(*(line(make.citizen_number()) for _ in range(2)), by=city.here.clerk)
        one, other = listed(city.here.clerk, verdict="no_card")
        client = signed_in(city.here.keeper)
        client.post(reverse("move.out_list"), {"row": [one.id], "words": " "})
        assert len(listed(city.here.clerk)) == 2
        client.post(reverse("move.out_list"), {"row": [one.id], "words": "从未在本市领卡"})
        assert [row.id for row in listed(city.here.clerk)] == [other.id]
        (closed,) = listed(city.here.clerk, verdict="settled")
        assert (closed.words, closed.settled_by) == ("从未在本市领卡", city.here.keeper.name)

    def test_says_of_each_ticked_row_what_became_of_it(self, city: City) -> None:
        posted(line(make.citizen_number()), by=city.neighbour.clerk)
        posted(*(line(make.citizen_number()) for _ in range(2)), by=city.here.clerk)
        one, other = listed(city.here.clerk, verdict="no_card")
        theirs = TransferOut.objects.get(county=city.neighbour.county)
        client, given = signed_in(city.here.keeper), {"words": "从未在本市领卡"}
        client.post(reverse("move.out_list"), {"row": [one.id], **given})
        answer = client.post(
            reverse("move.out_list"), {"row": [one.id, other.id, theirs.pk], **given}
        )
        said = [words for _, words in answer.context["results"]]
        assert said[0].startswith("没有办结：") and city.here.keeper.name in said[0]
        assert said[1] == "已办结。" and "不在本县区的转出名单上" in said[2]
        assert TransferOut.objects.get(pk=theirs.pk).settled_at is None
        assert answer.context["results"][2][0] == f"第 {theirs.pk} 行"

    def test_opens_again_what_was_closed_in_error_with_words(self, city: City, card: Card) -> None:
        (row,), address = listed(city.here.clerk), reverse("move.out_reopen")
        again = {"row": row.id, "words": "看错了人，他有卡"}
        client = signed_in(city.here.keeper)
        client.post(address, again)
        assert TransferOut.objects.get().undone_at is None
        client.post(reverse("move.out_list"), {"row": [row.id], "words": "误列"})
        shown = client.get(reverse("move.out_list"), {"verdict": "settled"}).content.decode()
        assert f'form="reopen-{row.id}"' in shown and f'id="reopen-{row.id}"' in shown
        client.post(address, again | {"words": " "})
        signed_in(city.neighbour.clerk).post(address, again)
        assert signed_in(city.here.reviewer).post(address, again).status_code == 403
        assert listed(city.here.clerk) == []
        client.post(address, again)
        (opened,) = listed(city.here.clerk)
        assert (opened.is_open, opened.words) == (True, "")
        kept = TransferOut.objects.get()
        assert (kept.undone_words, kept.undone_by_id) == (again["words"], city.here.keeper.user_id)
        assert again["words"] in client.get(reverse("move.out_list")).content.decode()

    def test_is_the_countys_own(self, city: City, card: Card) -> None:
        (row,) = listed(city.here.clerk)
        assert listed(city.neighbour.clerk) == []
        signed_in(city.neighbour.clerk).post(
            reverse("move.out_list"), {"row": [row.id], "words": "不是我的"}
        )
        assert len(listed(city.here.clerk)) == 1
        reader = signed_in(city.here.reviewer)
        assert reader.get(reverse("move.out_list")).status_code == 200
        closing = {"row": [row.id], "words": "不该由我办"}
        assert reader.post(reverse("move.out_list"), closing).status_code == 403

    def test_is_sought_by_name_and_number_and_taken_along(self, city: City, card: Card) -> None:
        posted(line(make.citizen_number(), name="赵六"), by=city.here.clerk)
        assert len(listed(city.here.clerk, text="赵六")) == 1
        assert len(listed(city.here.clerk, text=number_of(card.person))) == 1
        answer = signed_in(city.here.clerk).get(reverse("move.out_export"))
        sheet = load_workbook(io.BytesIO(answer.content)).active
        assert sheet is not None
        text = "\n".join(str(cell.value) for row in sheet for cell in row if cell.value)
        assert card.number in text and "赵六" in text and number_of(card.person) not in text

    def test_is_put_into_any_order(self, city: City, card: Card) -> None:
        later = line(make.citizen_number(), name="赵六").replace("2026-11-10", "2026-11-12")
        posted(later, by=city.here.clerk)
        for sort in SORTS:
            assert len(listed(city.here.clerk, sort=sort)) == 2
        assert listed(city.here.clerk, sort="old")[0].cards
        assert listed(city.here.clerk, sort="new")[0].name == "赵六"

    def test_takes_along_what_is_ticked_open_or_closed(self, city: City, card: Card) -> None:
        posted(line(make.citizen_number(), name="赵六"), by=city.here.clerk)
        left, gone = listed(city.here.clerk, sort="old")
        client, address = signed_in(city.here.clerk), reverse("move.out_list")
        client.post(address, {"row": gone.id, "pick": left.id, "words": "已在外地"})
        assert [one.id for one in listed(city.here.clerk)] == [left.id]
        everybody = reverse("move.out_export") + "?verdict="
        for ticks, names in (
            ({"pick": gone.id}, {gone.name}), ({"row": left.id}, {left.name}),
            ({}, {gone.name, left.name}),
        ):  # fmt: skip
            cells = cells_of(client.post(everybody, ticks).content)
            assert names == {left.name, gone.name} & set(cells)

    def test_is_one_question_however_long(
        self, city: City, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        people = [make.issued_card(city, city.here).person for _ in range(5)]
        posted(*(line(number_of(one)) for one in people), by=city.here.clerk)
        with django_assert_num_queries(1):
            assert len(listed(city.here.clerk)) == 5


def test_a_day_that_has_not_come_is_refused(city: City) -> None:
    later = f"{TODAY + timedelta(days=2)}"
    file = brought(line(make.citizen_number()).replace("2026-11-10", later), by=city.here.clerk)
    assert file.errors == 1
