"""An application is asked about in the province: refused, listed, or open while it is silent."""

import io
from datetime import timedelta

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from cardbook.cards.models import Application
from cardbook.chapters.issuance.defect.tests.test_defect import record
from cardbook.chapters.usage import province_asking
from cardbook.chapters.usage.applying import Wanted
from cardbook.chapters.usage.captured import open_captured
from cardbook.chapters.usage.models import ProvinceCheck
from cardbook.chapters.usage.production.commands import (
    correct_application,
    withdraw_application,
)
from cardbook.chapters.usage.production.tests.test_commands import (
    TODAY,
    captured,
    codes,
    first_card,
    submitted,
)
from cardbook.chapters.usage.production.tests.test_to_the_province import carried, province
from cardbook.chapters.usage.province_checks import ask_what_is_open, open_checks
from cardbook.chapters.usage.replacement.tests import windows as at_the
from cardbook.chapters.usage.replacement.tests.windows import Windows, taken, windows
from cardbook.chapters.usage.tests.desks import desk
from cardbook.lib.clock import local_day
from cardbook.lifecycle.facts import ApplyReason
from cardbook.lifecycle.refusals import Refused
from cardbook.outbox.models import Line
from cardbook.people import vault
from cardbook.people.holders import holder_of
from cardbook.ports.messages import Party
from cardbook.ports.province import ProvinceApplication, ProvinceCard, ProvincePerson
from cardbook.ports.standings import Standing
from cardbook.ports.tests.desk import DeskInMemory
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.article(4), pytest.mark.article(25)]
__all__ = ["desk", "province"]
ELSEWHERE = ProvinceCard(number="E00000001", standing=Standing.NORMAL)


@pytest.fixture
def there() -> Windows:
    return windows()


def number_of(wanted: Wanted) -> str:
    return wanted.captured.number


def outcome(application: Application) -> tuple[str, str]:
    check = ProvinceCheck.objects.get(pk=application.pk)
    return check.outcome, check.words


class TestAFirstCard:
    def test_of_whom_the_province_knows_nothing_else_is_clear(
        self, there: Windows, desk: DeskInMemory
    ) -> None:
        wanted = first_card(there)
        desk.people[number_of(wanted)] = ProvincePerson(name="李新生")
        desk.photos[number_of(wanted)] = b"jpeg"
        assert outcome(captured(there, wanted)) == ("clear", "没有另外的社保卡和在办申请")
        assert not open_checks(by=there.clerk, today=TODAY)

    @pytest.mark.article(30)
    def test_without_a_photo_anywhere_asks_for_one_before_the_bank_has_it(
        self, there: Windows, desk: DeskInMemory
    ) -> None:
        without, known = first_card(there), first_card(there)
        for wanted in (without, known):
            desk.people[number_of(wanted)] = ProvincePerson(name="李新生")
        desk.photos[number_of(known)] = b"jpeg"
        client, said = signed_in(there.clerk), "制卡时会缺"
        for wanted, asks in ((without, True), (known, False)):
            application = captured(there, wanted)
            page = client.get(reverse("application.show", args=[application.pk]))
            assert (said in page.content.decode()) is asks

    def test_is_refused_to_whoever_has_one_elsewhere_and_led_to_a_transfer(
        self, there: Windows, desk: DeskInMemory
    ) -> None:
        wanted = first_card(there)
        desk.cards[number_of(wanted)] = [ELSEWHERE]
        with pytest.raises(Refused) as refused:
            captured(there, wanted)
        assert codes(refused) == ["PROVINCE_HAS_CARD"]
        (why,) = refused.value.refusals
        assert (
            "E00000001" in why.sentence and "正常" in why.sentence and "2026-11-20" in why.sentence
        )
        assert "社保关系转入" in why.way_out and not Application.objects.exists()
        moved = first_card(there, number=number_of(wanted), reason=ApplyReason.TRANSFER_IN)
        application = captured(there, moved)
        assert outcome(application)[0] == "found" and "E00000001" in outcome(application)[1]
        assert [one.pk for one in open_checks(by=there.clerk, today=TODAY)] == [application.pk]

    @pytest.mark.parametrize("state", [Standing.VOID, Standing.CANCELLED])
    def test_is_not_refused_for_a_card_that_is_dead(
        self, there: Windows, desk: DeskInMemory, state: Standing
    ) -> None:
        wanted = first_card(there)
        desk.cards[number_of(wanted)] = [ProvinceCard(number="E00000001", standing=state)]
        assert outcome(captured(there, wanted))[0] == "clear"

    def test_is_refused_while_another_application_is_in_hand(
        self, there: Windows, desk: DeskInMemory
    ) -> None:
        wanted = first_card(there)
        desk.applications[number_of(wanted)] = [ProvinceApplication(replacement=False)]
        with pytest.raises(Refused) as refused:
            captured(there, wanted)
        assert codes(refused) == ["PROVINCE_HAS_APPLICATION"]

    def test_sent_again_asks_nothing_and_is_done_once(
        self, there: Windows, desk: DeskInMemory
    ) -> None:
        wanted, key = first_card(there), make.key()
        first = captured(there, wanted, key=key)
        desk.cards[number_of(wanted)] = [ELSEWHERE]
        asked = len(desk.asked)
        assert captured(there, wanted, key=key).pk == first.pk
        assert len(desk.asked) == asked and ProvinceCheck.objects.count() == 1


@pytest.mark.article(26)
class TestAReplacement:
    def test_is_not_confused_by_the_card_it_replaces_nor_by_what_we_sent(
        self, there: Windows, desk: DeskInMemory
    ) -> None:
        old = at_the.lost_or_worn(there)
        number = vault.open_text(old.person.number_sealed, context=vault.NUMBER)
        desk.cards[number] = [ProvinceCard(number=old.number, standing=Standing.NORMAL), ELSEWHERE]
        application = taken(there, old, ApplyReason.DAMAGED)
        check = ProvinceCheck.objects.get(pk=application.application_id)
        assert check.outcome == "found"
        assert "E00000001" in check.words and old.number not in check.words


class TestSilence:
    def test_forbids_nothing_and_stays_open(self, there: Windows, desk: DeskInMemory) -> None:
        desk.silent = True
        application = captured(there)
        assert outcome(application) == ("unasked", "省系统没有答复（连接不上），未查")
        assert desk.asked == ["cards"]
        assert [one.pk for one in open_checks(by=there.clerk, today=TODAY)] == [application.pk]

    def test_of_a_line_that_is_known_to_be_silent_is_not_waited_for(
        self, there: Windows, desk: DeskInMemory
    ) -> None:
        Line.objects.create(
            party=Party.PROVINCE, recipient=there.city.here.county, carries=[],
            silent_since=make.NOON, failures=3,
        )  # fmt: skip
        assert outcome(captured(there))[1].startswith("省系统 11-20 12:00 起没有应答")
        assert desk.asked == []

    def test_without_an_interface_is_said_so(self, there: Windows) -> None:
        assert outcome(captured(there)) == ("unasked", "省系统没有接口，未查")

    def test_ends_when_the_worker_is_answered(self, there: Windows, desk: DeskInMemory) -> None:
        desk.silent = True
        application = captured(there)
        desk.silent = False
        assert ask_what_is_open(at=make.NOON) == 0
        assert ask_what_is_open(at=make.NOON + timedelta(minutes=10)) == 1
        assert outcome(application)[0] == "clear"

    def test_is_forgotten_with_the_application(self, there: Windows, desk: DeskInMemory) -> None:
        desk.silent = True
        application = captured(there)
        withdraw_application(
            application_id=application.pk, words="不办了", by=there.clerk, at=make.NOON,
            key=make.key(),
        )  # fmt: skip
        assert not open_checks(by=there.clerk, today=TODAY)
        assert ask_what_is_open(at=make.NOON + timedelta(days=1)) == 0


@pytest.mark.article(9)
def test_an_application_opened_elsewhere_is_checked_by_the_worker(
    there: Windows, desk: DeskInMemory
) -> None:
    card = make.issued_card(there.city, there.city.here)
    record(card, by=there.clerk)
    application = Application.objects.get(old_card=card)
    correct_application(
        application_id=application.pk, wanted=at_the.wanted(card, ApplyReason.DEFECT),
        fields=["照片"], by=there.clerk, at=make.NOON, key=make.key(),
    )  # fmt: skip
    assert outcome(application) == ("unasked", "在别处开出的申请，未查")
    assert ask_what_is_open(at=make.NOON + timedelta(hours=1)) == 1
    assert outcome(application)[0] == "clear"


class TestThePages:
    def test_of_checks_ask_again_or_take_a_result(
        self, there: Windows, desk: DeskInMemory
    ) -> None:
        desk.silent = True
        first, second = captured(there), captured(there)
        client, address = signed_in(there.clerk), reverse("application.checks")
        text = client.get(address).content.decode()
        assert "共 2 件" in text and "未查" in text
        desk.silent = False
        said = client.post(address, {"pick": first.pk, "again": "1"}).content.decode()
        assert f"<strong>申请 {first.pk}</strong>　没有另外的社保卡" in said
        assert outcome(first)[0] == "clear"
        assert client.post(address, {"pick": second.pk, "words": ""}).status_code == 422
        assert ProvinceCheck.objects.get(pk=second.pk).settled_at is None
        client.post(address, {"pick": second.pk, "words": "电话问过省中心，没有"})
        assert ProvinceCheck.objects.get(pk=second.pk).settled_by_id == there.clerk.user_id
        assert "都已查清" in client.get(address).content.decode()

    def test_of_checks_are_searched_sorted_and_exported(
        self, there: Windows, desk: DeskInMemory
    ) -> None:
        desk.silent = True
        first, second = captured(there), captured(there)
        client, address = signed_in(there.clerk), reverse("application.checks")

        def shown(**asked: object) -> list[int]:
            return [row.check.pk for row in client.get(address, asked).context["rows"]]

        assert shown(sort="new") == [second.pk, first.pk]
        assert shown(q=f"SQ{first.pk}") == [first.pk] and shown(q="1" * 14) == []
        assert shown(q=holder_of(second.person).number) == [second.pk]
        sheet = client.post(address, {"pick": second.pk, "export": "xlsx"})
        rows = list(load_workbook(io.BytesIO(sheet.content)).active.values)
        assert [row[0] for row in rows[1:]] == [second.pk] and "*" in str(rows[1][2])

    def test_show_nothing_of_a_neighbour_and_take_nothing_from_him(
        self, there: Windows, desk: DeskInMemory
    ) -> None:
        desk.silent = True
        application = captured(there)
        client, address = signed_in(there.city.neighbour.clerk), reverse("application.checks")
        assert "都已查清" in client.get(address).content.decode()
        said = client.post(address, {"pick": application.pk, "words": "查过"}).content.decode()
        assert "不在本机构" in said
        assert ProvinceCheck.objects.get(pk=application.pk).settled_at is None

    def test_of_the_application_says_source_and_time(
        self, there: Windows, desk: DeskInMemory
    ) -> None:
        application = captured(there)
        page = signed_in(there.clerk).get(reverse("application.show", args=[application.pk]))
        text = page.content.decode()
        assert 'data-check="clear"' in text and "来源：省社会保障卡管理信息系统" in text

    def test_of_a_first_card_fill_in_what_the_clerk_left_empty(
        self, there: Windows, desk: DeskInMemory
    ) -> None:
        number = make.citizen_number()
        desk.people[number] = ProvincePerson(
            name="李新生", phone="13911112222", address="示范路1号"
        )
        client, address = signed_in(there.clerk), reverse("application.person")
        given = {"number": number, "name": "李新生", "address": "", "phone": "13900000000"}
        text = client.post(address, given).content.decode()
        assert 'data-province="answered"' in text and "没有照片" in text
        assert "示范路1号" in text and "13911112222" not in text
        assert "请先照身份证填写姓名" in client.post(address, {"number": number}).content.decode()
        desk.silent = True
        assert 'data-province="silent"' in client.post(address, given).content.decode()

    def test_are_not_a_strangers(self, there: Windows) -> None:
        stranger = signed_in(there.city.here.auditor)
        assert stranger.post(reverse("application.person"), {}).status_code in (403, 404)


def test_a_real_line_answers_at_once(there: Windows, province: object) -> None:
    """Through settings, adapter and sandbox: the second county sees what the first one sent."""
    application = submitted(there)
    carried()
    known = open_captured(application.detail.captured_sealed)
    said = province_asking.ask_province(
        name=known.name, number=known.number, county_id=there.city.here.county.pk, at=make.NOON
    )
    assert (said.silence, said.is_clear) == ("", True)
    other = province_asking.desk_of(there.city.neighbour.county.pk)
    assert other is not None
    span = province_asking.Span(
        since=local_day(make.NOON),
        until=local_day(make.NOON),
        office=there.city.neighbour.county.code,
    )
    assert len(other.applications_of(number=known.number, span=span)) == 1
