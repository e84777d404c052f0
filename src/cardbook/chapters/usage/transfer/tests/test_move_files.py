"""Lists of those who come: taken in like every file, two cards listed and never guessed (30)."""

from datetime import datetime, timedelta
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cardbook.chapters.staged_files import RowsWrong
from cardbook.chapters.usage.models import TransferIn, TransferRow
from cardbook.chapters.usage.tests.sending import send
from cardbook.chapters.usage.transfer.commands import reopen_incoming, settle_incoming
from cardbook.chapters.usage.transfer.move_files import FILES, LONG, work_on
from cardbook.chapters.usage.transfer.queries import Incoming, incoming
from cardbook.chapters.usage.values import Decision
from cardbook.imports.models import ImportFile, Run, State, Work
from cardbook.lib.clock import local_day
from cardbook.orgs.actors import Actor
from cardbook.outbox.letters import letters_of
from cardbook.outbox.models import Message
from cardbook.people import vault
from cardbook.people.models import Person
from cardbook.registers.models import IssuedDocument
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City

pytestmark = pytest.mark.article(30)
HEAD = "社会保障号码,姓名,转出地,转入日期,原卡号,名单号"
TODAY = local_day(NOON)


def number_of(person: Person) -> str:
    return vault.open_text(person.number_sealed, context=vault.NUMBER)


def line(number: str, name: str = "王小明", card: str = "", place: str = "示范省示范市") -> str:
    return f"{number},{name},{place},2026-11-10,{card},ZY-01"


def brought(*lines: str, by: Actor) -> ImportFile:
    content = "\n".join((HEAD, *lines)).encode()
    file = FILES.upload(name="转入.csv", content=content, by=by, at=NOON)
    return FILES.check(file=file, at=NOON)


def listed(by: Actor, **more: object) -> list[Incoming]:
    return incoming(within=by.county_path, today=TODAY, **more)  # type: ignore[arg-type]


def settled(
    one: Incoming, *, by: Actor, decision: Decision = Decision.KEEP, at: datetime = NOON
) -> bool:
    return settle_incoming(
        incoming=one.id, decision=decision, words="核对过", by=by, at=at
    )  # fmt: skip


def told() -> list[tuple[str, str]]:
    """What the province is owed of those who come."""
    found = Message.objects.filter(kind__startswith="province.transfer_").order_by("id")
    return list(found.values_list("kind", "state"))


def verdicts(by: Actor) -> set[tuple[str, str]]:
    return {(one.citizen, one.verdict) for one in listed(by)}


class TestFile:
    def test_is_posted_sealed_and_says_which_cards_everybody_has(self, city: City) -> None:
        here, there = make.issued_card(city, city.here), make.issued_card(city, city.neighbour)
        kept, twice = number_of(here.person), number_of(there.person)
        stranger, bearer = make.citizen_number(), make.citizen_number()
        file = brought(
            line(kept), line(twice, card="SX1234567"), line(stranger),
            line(bearer, card="SX1234568"), by=city.here.clerk,
        )  # fmt: skip
        assert (file.errors, file.warnings) == (0, 2)
        assert set(file.problems.values_list("row", "code")) == {(2, "has_card"), (3, "has_card")}
        assert FILES.post(file=file, by=city.here.clerk, at=NOON).added == 4
        assert verdicts(city.here.clerk) == {
            (kept, "card_here"), (twice, "two_cards"), (stranger, "none"), (bearer, "card_there"),
        }  # fmt: skip
        assert not TransferRow.objects.exists()
        (two,) = listed(city.here.clerk, verdict="two_cards")
        assert [card.number for card in two.cards] == [there.number]
        clear = [
            bytes(one.number_sealed) + bytes(one.name_sealed) for one in TransferIn.objects.all()
        ]
        assert not any(twice.encode() in text or "王小明".encode() in text for text in clear)

    def test_names_row_field_and_remedy_and_keeps_nothing(self, city: City) -> None:
        mine, others = make.issued_card(city, city.here), make.issued_card(city, city.here)
        number, again = number_of(mine.person), make.citizen_number()
        file = brought(
            line(number, name="别的名字"), line(again), line(again),
            line(make.citizen_number(), card=others.number), line("123"),
            by=city.here.clerk,
        )  # fmt: skip
        found = set(file.problems.filter(is_error=True).values_list("row", "field", "code"))
        assert {(2, "姓名", "name_differs"), (4, "社会保障号码", "person_twice"),
                (5, "原卡号", "card_of_another")} <= found  # fmt: skip
        assert {row for row, _, _ in found} == {2, 4, 5, 6}
        assert all(file.problems.values_list("remedy", flat=True))
        with pytest.raises(RowsWrong):
            FILES.post(file=file, by=city.here.clerk, at=NOON)
        assert not TransferIn.objects.exists()

    @pytest.mark.parametrize("nothing", ["无", "-", "NULL", "不详"])
    def test_a_word_for_nothing_is_no_place(self, city: City, nothing: str) -> None:
        file = brought(line(make.citizen_number(), place=nothing), by=city.here.keeper)
        assert list(file.problems.values_list("row", "code")) == [(2, "missing")]
        assert "等于没有填写" in file.problems.get().sentence

    def test_the_same_list_again_changes_nothing(self, city: City) -> None:
        lines = [line(make.citizen_number()) for _ in range(2)]
        FILES.post(file=brought(*lines, by=city.here.clerk), by=city.here.clerk, at=NOON)
        again = brought(*lines, line(make.citizen_number()), by=city.here.clerk)
        assert again.known == 2
        assert FILES.post(file=again, by=city.here.clerk, at=NOON).added == 1
        assert TransferIn.objects.count() == 3

    def test_a_long_list_is_a_workers_business(self, city: City) -> None:
        assert work_on.__module__ in settings.PROCRASTINATE_IMPORT_PATHS
        clerk = city.here.clerk
        file = brought(line(make.citizen_number()), by=clerk)
        LONG.hand_over(file=file, work=Work.POST, by=clerk, at=NOON)
        work_on(Run.objects.get(file=file).pk)
        assert (Run.objects.get(file=file).state, TransferIn.objects.count()) == (State.DONE, 1)

    def test_pages_take_it_and_say_when_it_is_the_same_file(self, city: City) -> None:
        client = signed_in(city.here.clerk)
        content = f"{HEAD}\n{line(make.citizen_number())}".encode("gbk")
        pages = []
        for _ in range(2):
            given = {"file": SimpleUploadedFile("转入.csv", content)}
            page = client.post(reverse("move_file.upload"), given, follow=True)
            pages.append(page.content.decode())
            (file,) = ImportFile.objects.all()
            client.post(reverse("move_file.post", args=[file.pk]))
        assert "1 行全部正确" in pages[0] and "没有任何改变" in pages[1]


class TestList:
    def put(self, city: City, *lines: str) -> None:
        FILES.post(file=brought(*lines, by=city.here.clerk), by=city.here.clerk, at=NOON)

    def test_one_says_what_was_done_and_nobody_says_it_twice(self, city: City) -> None:
        self.put(city, line(make.citizen_number()))
        (one,) = listed(city.here.clerk)
        given = {"incoming": one.id, "decision": "apply", "words": "已受理首次申领"}
        client = signed_in(city.here.clerk)
        assert signed_in(city.here.auditor).post(reverse("move.settle"), given).status_code == 403
        stranger = city.neighbour.clerk
        assert not settled(one, by=stranger)
        client.post(reverse("move.settle"), {"incoming": one.id})
        assert TransferIn.objects.get().settled_at is None
        client.post(reverse("move.settle"), given)
        assert not settled(one, by=city.here.clerk)
        assert TransferIn.objects.get().words == "已受理首次申领"
        assert listed(city.here.clerk, only_open=True) == []

    @pytest.mark.article(4)
    def test_who_has_no_card_is_led_to_a_first_application_with_what_is_known(
        self, city: City
    ) -> None:
        number = make.citizen_number()
        self.put(city, line(number, name="李新来"))
        (one,) = listed(city.here.clerk)
        client = signed_in(city.here.clerk)
        way = f"{reverse('application.capture')}?from={one.id}"
        assert way in client.get(reverse("move.in_list")).content.decode()
        begun = client.get(way).context["form"].initial
        assert (begun["number"], begun["name"], begun["reason"]) == (
            number, "李新来", "transfer_in",
        )  # fmt: skip
        assert begun["ground_source"] == "转入名单 示范省示范市 ZY-01"
        strange = signed_in(city.neighbour.clerk).get(way)
        assert "number" not in strange.context["form"].initial
        assert client.get(reverse("application.capture"), {"from": "x"}).status_code == 200

    def test_waits_on_the_home_page_until_it_is_settled(self, city: City) -> None:
        self.put(city, line(make.citizen_number()), line(make.citizen_number()))

        def waits(by: Actor) -> list[int | None]:
            lines = signed_in(by).get(reverse("home")).context["waiting"]
            return [one.count for one in lines if "人转入" in one.sentence]

        assert (waits(city.here.clerk), waits(city.neighbour.clerk)) == ([2], [])
        for one in listed(city.here.clerk):
            settled(one, by=city.here.clerk, decision=Decision.NONE)
        assert waits(city.here.clerk) == []

    def test_who_has_a_card_is_not(self, city: City) -> None:
        self.put(city, line(number_of(make.issued_card(city, city.here).person)))
        page = signed_in(city.here.clerk).get(reverse("move.in_list")).content.decode()
        assert "开首次申领" not in page

    def test_is_found_by_number_and_name_within_the_county(self, city: City) -> None:
        number = make.citizen_number()
        self.put(city, line(number), line(make.citizen_number(), name="李四"))
        for text, count in ((number, 1), ("李四", 1), ("没有的人", 0), ("", 2)):
            assert len(listed(city.here.clerk, text=text)) == count
        assert listed(city.neighbour.clerk) == []
        page = signed_in(city.here.clerk).get(reverse("move.in_list"), {"q": "李四"})
        assert "李四" in page.content.decode() and number not in page.content.decode()

    def test_asks_once_however_long_it_is(
        self, city: City, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        self.put(city, *(line(make.citizen_number()) for _ in range(3)))
        with django_assert_num_queries(1):
            assert len(listed(city.here.clerk)) == 3


class TestTheProvince:
    def one(self, city: City, *, card: str = "SX1234567") -> Incoming:
        file = brought(line(make.citizen_number(), card=card), by=city.here.clerk)
        FILES.post(file=file, by=city.here.clerk, at=NOON)
        return listed(city.here.clerk)[-1]

    @pytest.mark.parametrize("decision", [Decision.KEEP, Decision.HERE])
    def test_hears_of_whoever_comes_with_a_card_he_keeps(
        self, city: City, decision: Decision
    ) -> None:
        one = self.one(city)
        assert settled(one, by=city.here.clerk, decision=decision)
        assert told() == [("province.transfer_in", "owed")]
        message = Message.objects.get()
        assert message.county_id == city.here.county.pk
        (letter,) = letters_of([message.pk])
        assert (letter.about.number, letter.about.name) == (one.citizen, "王小明")
        assert letter.facts["old_card"] == "SX1234567" and one.citizen not in message.payload
        assert listed(city.here.clerk)[0].told_label == "待送"

    @pytest.mark.parametrize("decision", [Decision.APPLY, Decision.NONE])
    def test_hears_of_a_new_card_with_its_application_and_of_nobody_who_stays(
        self, city: City, decision: Decision
    ) -> None:
        settled(self.one(city), by=city.here.clerk, decision=decision)
        assert told() == []

    def test_is_not_told_what_was_taken_back_before_it_left(self, city: City) -> None:
        one = self.one(city)
        settled(one, by=city.here.clerk)
        given = {"row": one.id, "words": "看错了人"}
        address = reverse("move.reopen")
        assert signed_in(city.here.auditor).post(address, given).status_code == 403
        signed_in(city.here.clerk).post(address, {"row": one.id, "words": ""})
        assert told() == [("province.transfer_in", "owed")]
        signed_in(city.here.clerk).post(address, given)
        assert told() == [("province.transfer_in", "withdrawn")]
        (again,) = listed(city.here.clerk)
        assert (again.settled_at, again.undone_words) == (None, "看错了人")
        assert settled(one, by=city.here.clerk, at=NOON + timedelta(hours=1))
        assert told()[1:] == [("province.transfer_in", "owed")]

    def test_hears_the_opposite_once_it_heard(self, city: City) -> None:
        one = self.one(city)
        settled(one, by=city.here.clerk)
        Message.objects.update(
            state="by_hand", external_reference="SX-1", settled_by=city.here.clerk.user_id
        )
        by, later = city.here.clerk, NOON + timedelta(hours=1)
        assert not reopen_incoming(row=one.id, words="别县", by=city.neighbour.clerk, at=later)
        assert reopen_incoming(row=one.id, words="转回", by=by, at=later)
        assert not reopen_incoming(row=one.id, words="再来", by=by, at=later)
        assert told() == [
            ("province.transfer_in", "by_hand"), ("province.transfer_undone", "owed"),
        ]  # fmt: skip


class TestForTheOtherPlace:
    def test_whose_relation_ended_without_going_anywhere_is_on_no_list(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        ended = {"reason": "termination", "to_place": "解除", "plastic": "none"}
        assert send("relation.end", card, by=city.here.clerk, **ended).status_code == 302
        today = f"{timezone.localdate()}"
        days = {"office": city.here.window.code, "start": "2026-11-01", "end": today}
        page = signed_in(city.here.clerk).get(reverse("register.transfer_out"), days)
        assert card.number not in page.content.decode()

    def test_both_lists_are_issued_in_clear_and_on_record(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        moved = {"reason": "transfer", "to_place": "示范省示范市", "plastic": "none"}
        assert send("relation.end", card, by=city.here.clerk, **moved).status_code == 302
        number = make.citizen_number()
        FILES.post(file=brought(line(number), by=city.here.clerk), by=city.here.clerk, at=NOON)
        client, today = signed_in(city.here.clerk), f"{timezone.localdate()}"
        days = {"office": city.here.window.code, "start": "2026-11-01", "end": today}
        for slug in ("transfer_out", "transfer_in"):
            other = client.get(reverse(f"register.{slug}"), days | {"place": "另一个市"})
            assert "示范省示范市" not in other.content.decode()
        for slug, said in (("transfer_out", number_of(card.person)), ("transfer_in", number)):
            chosen = days | {"place": "示范市"}
            address = f"{reverse(f'register.{slug}')}"
            shown = client.get(address, chosen).content.decode()
            assert said not in shown and said[-4:] in shown
            seen = client.get(address, chosen | {"format": "csv"})
            assert seen["Content-Type"] == "text/csv; charset=utf-8"
            row = seen.content.decode("utf-8-sig").splitlines()[1]
            assert said not in row and said[-4:] in row
            query = "&".join(f"{name}={value}" for name, value in chosen.items())
            answer = client.post(f"{address}?{query}", {"key": make.key()})
            assert answer.status_code == 302
        assert {one.form for one in IssuedDocument.objects.all()} == {
            "transfer_out_list", "transfer_in_list",
        }  # fmt: skip
        assert set(IssuedDocument.objects.values_list("rows", flat=True)) == {1}
        with_csv = client.post(f"{address}?{query}", {"key": make.key(), "as": "csv"})
        made = IssuedDocument.objects.latest("id")
        assert with_csv["Content-Type"] == "text/csv; charset=utf-8"
        heads, row = with_csv.content.decode("utf-8-sig").splitlines()
        assert heads.startswith("序号,姓名,社会保障号码") and number in row
        assert made.number in unquote(with_csv["Content-Disposition"])
