"""Registers and documents on the screen: who sees what, masked or whole, frozen (Art. 8)."""

import io
import json
from collections.abc import Mapping
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from cardbook.cards.models import Card
from cardbook.chapters.intake.receive.tests.deliveries import arrive, counted
from cardbook.config.wiring import REGISTERS
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lib.masking import mask_number
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization, User
from cardbook.people.holders import holder_of
from cardbook.registers import pages, releasing
from cardbook.registers.codes import scan_code
from cardbook.registers.forms import Office, Sheet
from cardbook.registers.models import IssuedDocument
from cardbook.registers.typesetting import FontsMissing
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City

PICK_UP = "/registers/pick-up/"
COUNT = "/registers/count/"

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def card(city: City) -> Card:
    """A card its holder took home in 甲县."""
    return make.issued_card(city, city.here)


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: object) -> Path:
    """A store of papers of the test's own."""
    settings.PAPERS_ROOT = tmp_path  # type: ignore[attr-defined]
    return tmp_path


def today(actor: Actor, **changes: str) -> Mapping[str, str]:
    """A choice of today at the actor's own office."""
    day = timezone.localdate().isoformat()
    return {"office": _code(actor), "start": day, "end": day} | changes


def _code(actor: Actor) -> str:
    return Organization.objects.get(pk=actor.org_id).code


class _Key(HTMLParser):
    value = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("name") == "key":
            self.value = given["value"] or ""


def key_on(response: HttpResponse) -> str:
    """The key in the page's form."""
    parser = _Key()
    parser.feed(response.content.decode())
    return parser.value


def query(chosen: Mapping[str, str]) -> str:
    """The choice as the address carries it."""
    return "&".join(f"{name}={value}" for name, value in chosen.items())


def issue(client: Client, actor: Actor, **more: str) -> HttpResponse:
    """Look at today's sheet and issue it, as the page does."""
    chosen = today(actor, **more)
    shown = client.get(PICK_UP, chosen)
    return client.post(f"{PICK_UP}?{query(chosen)}", {"key": key_on(shown)})


@pytest.mark.article(8, 4)
class TestRegisterPage:
    def test_opens_on_today_at_the_own_office(self, city: City, card: Card) -> None:
        found = signed_in(city.here.clerk).get(PICK_UP)
        text = found.content.decode()
        assert found.status_code == 200
        assert "陕西省商洛市社会保障卡领卡登记表" in text
        assert "第八条第四款" in text
        assert card.number in text
        assert "出具正式表（编号、冻结）" in text

    def test_shows_numbers_with_their_middle_hidden(self, city: City, card: Card) -> None:
        text = signed_in(city.here.clerk).get(PICK_UP).content.decode()
        number = holder_of(card.person).number
        assert mask_number(number) in text
        assert number not in text

    def test_shows_every_column(self, city: City, card: Card) -> None:
        text = signed_in(city.here.clerk).get(PICK_UP).content.decode()
        (register,) = [each for each in REGISTERS if each.slug == "pick_up"]
        for column in register.form.columns:
            assert f"<span>{column.title}</span>" in text, column.title

    def test_days_without_a_hand_over_say_so(self, city: City, card: Card) -> None:
        chosen = today(city.here.clerk, start="2020-01-01", end="2020-01-31")
        text = signed_in(city.here.clerk).get(PICK_UP, chosen).content.decode()
        assert "没有登记" in text
        assert "出具正式表" not in text

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"start": "2026-11-20", "end": "2026-11-19"}, "结束日期早于开始日期"),
            ({"start": "2020-01-01", "end": "2026-11-19"}, "一次最多 366 天"),
            ({"start": "昨天"}, "从"),
            ({"office": "没有这个编号"}, "没有这个机构"),
        ],
    )
    def test_a_wrong_choice_is_named(self, city: City, wrong: dict[str, str], words: str) -> None:
        found = signed_in(city.here.clerk).get(PICK_UP, today(city.here.clerk, **wrong))
        text = found.content.decode()
        assert found.status_code == 200
        assert "请先改正以下内容" in text
        assert words in text

    def test_a_neighbour_countys_office_cannot_be_chosen(self, city: City, card: Card) -> None:
        clerk = city.neighbour.clerk
        chosen = today(clerk, office=city.here.window.code)
        text = signed_in(clerk).get(PICK_UP, chosen).content.decode()
        assert "不在您的管辖范围内" in text
        assert card.number not in text
        assert city.here.window.code not in signed_in(clerk).get(PICK_UP).content.decode()

    def test_the_city_reads_every_county(self, city: City, card: Card) -> None:
        auditor = city.here.auditor
        chosen = today(auditor)
        assert card.number in signed_in(auditor).get(PICK_UP, chosen).content.decode()

    def test_whoever_runs_the_machines_reads_nothing(self, city: City, card: Card) -> None:
        admin = make.worker("系统管理员", Role.SYSTEM_ADMIN, city.city)
        assert signed_in(admin).get(PICK_UP).status_code == 403
        assert signed_in(admin).get("/documents/").status_code == 403

    def test_a_visitor_is_asked_to_sign_in(self, db: None) -> None:
        found = Client().get(PICK_UP)
        assert (found.status_code, "/account/login/" in found.headers["Location"]) == (302, True)

    def test_too_many_rows_ask_for_a_shorter_span(
        self, city: City, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for _ in range(2):
            make.issued_card(city, city.here)
        monkeypatch.setattr(pages, "MOST_ROWS", 1)
        text = signed_in(city.here.clerk).get(PICK_UP).content.decode()
        assert "请缩短时间段" in text
        assert "出具正式表" not in text

    def test_many_rows_come_in_pages_and_keep_the_totals(
        self, city: City, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cards = [make.issued_card(city, city.here) for _ in range(3)]
        monkeypatch.setattr(pages, "ROWS", 2)
        chosen = today(city.here.clerk, page="2")
        text = signed_in(city.here.clerk).get(PICK_UP, chosen).content.decode()
        assert [card.number in text for card in cards] == [False, False, True]
        assert "3 笔" in text

    def test_the_quick_export_is_masked_and_no_document(self, city: City, card: Card) -> None:
        found = signed_in(city.here.clerk).get(PICK_UP, today(city.here.clerk, format="xlsx"))
        assert found.headers["Content-Disposition"].startswith("attachment")
        page = openpyxl.load_workbook(io.BytesIO(found.content)).active
        words = [str(cell.value) for line in page.iter_rows() for cell in line if cell.value]
        number = holder_of(card.person).number
        assert mask_number(number) in words
        assert not any(number in word for word in words)
        assert any("未编号" in word for word in words)
        assert not IssuedDocument.objects.exists()

    def test_a_page_asks_few_questions(
        self, city: City, card: Card, django_assert_max_num_queries: object
    ) -> None:
        client = signed_in(city.here.clerk)
        with django_assert_max_num_queries(12):  # type: ignore[operator]
            client.get(PICK_UP)


@pytest.mark.article(8, 4)
class TestIssuing:
    def test_leads_to_a_numbered_document(self, city: City, card: Card) -> None:
        clerk = city.here.clerk
        client = signed_in(clerk)
        answer = issue(client, clerk)
        made = IssuedDocument.objects.get()
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/documents/{made.pk}/")
        assert made.number == f"LKDJ-{_code(clerk)}-{timezone.localdate().year}-0001"
        text = client.get(f"/documents/{made.pk}/").content.decode()
        for words in (made.number, made.digest, made.pdf_digest, clerk.name, "核验通过"):
            assert words in text, words

    def test_both_files_hold_the_whole_number_and_never_change(
        self, city: City, card: Card
    ) -> None:
        client = signed_in(city.here.clerk)
        issue(client, city.here.clerk)
        made = IssuedDocument.objects.get()
        make.issued_card(city, city.here)
        first, again = (client.get(f"/documents/{made.pk}/pdf/") for _ in range(2))
        assert first.content == again.content
        assert first.headers["Content-Type"] == "application/pdf"
        assert "no-store" in first.headers["Cache-Control"]
        workbook = client.get(f"/documents/{made.pk}/xlsx/").content
        page = openpyxl.load_workbook(io.BytesIO(workbook)).active
        assert page.cell(5, 5).value == holder_of(card.person).number
        assert page.cell(5, 5).data_type == "s"

    def test_a_double_click_gives_one(self, city: City, card: Card) -> None:
        clerk = city.here.clerk
        client = signed_in(clerk)
        chosen = today(clerk)
        key = key_on(client.get(PICK_UP, chosen))
        answers = [client.post(f"{PICK_UP}?{query(chosen)}", {"key": key}) for _ in range(2)]
        assert answers[0].headers["Location"] == answers[1].headers["Location"]
        assert IssuedDocument.objects.count() == 1

    def test_an_old_page_with_other_days_is_asked_to_look_again(
        self, city: City, card: Card
    ) -> None:
        clerk = city.here.clerk
        client = signed_in(clerk)
        chosen = today(clerk)
        key = key_on(client.get(PICK_UP, chosen))
        client.post(f"{PICK_UP}?{query(chosen)}", {"key": key})
        other = dict(chosen) | {"start": "2026-01-01"}
        if other["start"] > other["end"]:
            other["start"] = other["end"]
        answer = client.post(
            f"{PICK_UP}?{query(other | {'office': city.here.card_body.code})}", {"key": key},
            follow=True,
        )  # fmt: skip
        assert "页面已用过" in answer.content.decode()
        assert IssuedDocument.objects.count() == 1

    def test_without_a_key_nothing_is_issued(self, city: City, card: Card) -> None:
        client = signed_in(city.here.clerk)
        answer = client.post(f"{PICK_UP}?{query(today(city.here.clerk))}")
        assert answer.status_code == 422
        assert not IssuedDocument.objects.exists()

    def test_an_auditor_sees_a_grey_button_and_its_reason(self, city: City, card: Card) -> None:
        auditor = city.here.auditor
        client = signed_in(auditor)
        text = client.get(PICK_UP, today(auditor)).content.decode()
        assert "disabled" in text and "综合服务窗口经办人" in text
        answer = client.post(f"{PICK_UP}?{query(today(auditor))}", {"key": "k"})
        assert answer.status_code == 403
        assert not IssuedDocument.objects.exists()

    def test_a_neighbour_county_never_sees_the_document(self, city: City, card: Card) -> None:
        issue(signed_in(city.here.clerk), city.here.clerk)
        made = IssuedDocument.objects.get()
        stranger = signed_in(city.neighbour.clerk)
        for end in ("", "pdf/", "xlsx/"):
            assert stranger.get(f"/documents/{made.pk}/{end}").status_code == 404
        assert made.number not in stranger.get("/documents/").content.decode()

    def test_a_damaged_file_is_told_and_not_handed_out(
        self, city: City, card: Card, store: Path
    ) -> None:
        client = signed_in(city.here.clerk)
        issue(client, city.here.clerk)
        made = IssuedDocument.objects.get()
        (store / made.pdf_digest[:2] / made.pdf_digest).write_bytes(b"\x01" * 200)
        text = client.get(f"/documents/{made.pk}/").content.decode()
        assert "核验未通过" in text and "备份" in text
        assert client.get(f"/documents/{made.pk}/pdf/").status_code == 404


class TestDocumentList:
    def test_is_found_by_form_number_and_scanned_sheet(self, city: City, card: Card) -> None:
        client = signed_in(city.here.clerk)
        issue(client, city.here.clerk)
        made = IssuedDocument.objects.get()
        code = scan_code("DOC", made.number, "1", made.digest[:8])
        office = made.organization.name
        found: tuple[dict[str, str], ...] = (
            {}, {"q": made.number[-9:]}, {"q": code}, {"q": office}, {"form": made.form},
            {"sort": "rows"},
        )  # fmt: skip
        for asked in found:
            assert made.number in client.get("/documents/", asked).content.decode(), asked
        for asked in ({"q": "LKDJ-X"}, {"form": "count_sheet"}):
            text = client.get("/documents/", asked).content.decode()
            assert "没有找到" in text and f"/documents/{made.pk}/" not in text, asked

    def test_what_is_seen_or_ticked_is_taken_along(self, city: City, card: Card) -> None:
        client = signed_in(city.here.clerk)
        issue(client, city.here.clerk)
        made = IssuedDocument.objects.get()
        for asked, lines in (({"pick": made.pk}, 1), ({"q": "LKDJ-X"}, 0)):
            answer = client.get("/documents/", {"export": "xlsx"} | asked)
            book = openpyxl.load_workbook(io.BytesIO(answer.content))
            cells = {cell for row in book.active.values for cell in row}
            assert (made.number in cells) is bool(lines)

    def test_a_window_clerk_does_not_read_count_sheets(self, city: City) -> None:
        keeper = signed_in(city.here.keeper)
        arrived = arrive(city, city.here, {"1-1": 1})
        counted(city.here, arrived.box_of("1-1"), arrived.numbers("1-1"))
        address = f"{COUNT}?delivery={arrived.delivery.code}"
        keeper.post(address, {"key": key_on(keeper.get(address))})
        made = IssuedDocument.objects.get()
        assert made.number.startswith(f"RKQD-{city.here.card_body.code}-")
        assert keeper.get(f"/documents/{made.pk}/").status_code == 200
        clerk = signed_in(city.here.clerk)
        assert clerk.get(f"/documents/{made.pk}/").status_code == 404
        assert clerk.get(address).status_code == 403


@pytest.mark.article(6, 1)
class TestCountPage:
    def test_shows_a_counted_delivery_with_its_arithmetic(self, city: City) -> None:
        arrived = arrive(city, city.here, {"1-1": 2})
        counted(city.here, arrived.box_of("1-1"), arrived.numbers("1-1")[:1])
        text = signed_in(city.here.keeper).get(COUNT).content.decode()
        for words in (
            "入库清点单",
            arrived.delivery.code,
            "2 ＝ 1 ＋ 1",
            "在途待查 1 张",
            "第六条",
        ):
            assert words in text, words

    def test_a_delivery_nobody_counted_says_so(self, city: City) -> None:
        arrive(city, city.here, {"1-1": 2})
        text = signed_in(city.here.keeper).get(COUNT).content.decode()
        assert "还没有清点完" in text

    def test_without_deliveries_there_is_a_sentence(self, city: City) -> None:
        found = signed_in(city.here.keeper).get(COUNT)
        text = found.content.decode()
        assert "没有可选的内容" in text
        assert "请先改正" not in text


@pytest.mark.article(32)
def test_what_is_not_issued_is_shown_masked(
    city: City, card: Card, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unprintable(**given: object) -> IssuedDocument:
        raise FontsMissing("缺少打印字体")

    clerk = city.here.clerk
    client, number = signed_in(clerk), holder_of(card.person).number
    without_key = client.post(f"{PICK_UP}?{query(today(clerk))}")
    monkeypatch.setattr(pages, "issue_document", unprintable)
    without_fonts = issue(client, clerk)
    for answer, status in ((without_key, 422), (without_fonts, 503)):
        text = answer.content.decode()
        assert answer.status_code == status
        assert mask_number(number) in text and number not in text
    assert "缺少打印字体" in without_fonts.content.decode()


@pytest.fixture
def low(monkeypatch: pytest.MonkeyPatch) -> None:
    """One row asks for a purpose, two ask for a second person."""
    limits = {
        "export_warn_rows": 0, "export_approve_rows": 1, "export_child_approve_rows": 9,
        "sensitive_age": 14,
    }  # fmt: skip
    monkeypatch.setattr(releasing, "whole_number", lambda key, *, on: limits[key])


def release(client: Client, actor: Actor, **given: str) -> HttpResponse:
    """Issue today's sheet with what is said of its way."""
    chosen = today(actor)
    key = key_on(client.get(PICK_UP, chosen))
    return client.post(f"{PICK_UP}?{query(chosen)}", {"key": key, **given})


def agreed_by(actor: Actor) -> dict[str, str]:
    """The name and the password somebody gives at another's page."""
    user = User.objects.get(pk=actor.user_id)
    user.set_password("kabu-yanshi-2026")
    user.save()
    return {"approver_name": user.username, "approver_password": "kabu-yanshi-2026"}


@pytest.mark.article(32)
@pytest.mark.usefixtures("low")
class TestReleasing:
    def test_above_the_first_number_it_asks_what_for(self, city: City, card: Card) -> None:
        clerk = city.here.clerk
        client = signed_in(clerk)
        assert "请写明用途" in client.get(PICK_UP, today(clerk)).content.decode()
        answer = release(client, clerk)
        text = answer.content.decode()
        assert (answer.status_code, IssuedDocument.objects.count()) == (422, 0)
        assert "请写明用途" in text and "同意人密码" not in text
        assert holder_of(card.person).number not in text

    def test_the_purpose_stands_with_the_document_and_in_the_ledger(
        self, city: City, card: Card
    ) -> None:
        client = signed_in(city.here.clerk)
        release(client, city.here.clerk, purpose="送社区签字存档")
        made = IssuedDocument.objects.get()
        event = Event.objects.get(subject_kind="document", subject_id=made.pk)
        assert json.loads(event.facts)["purpose"] == made.purpose == "送社区签字存档"
        assert event.second_id is None
        assert "送社区签字存档" in client.get(f"/documents/{made.pk}/").content.decode()

    @pytest.mark.trust("P10")
    def test_above_the_second_number_somebody_else_agrees(self, city: City, card: Card) -> None:
        make.issued_card(city, city.here)
        clerk, reviewer = city.here.clerk, city.here.reviewer
        client = signed_in(clerk)
        alone = release(client, clerk, purpose="存档")
        assert (alone.status_code, IssuedDocument.objects.count()) == (422, 0)
        assert "请由同意的人输入密码" in alone.content.decode()
        assert release(client, clerk, purpose="存档", **agreed_by(reviewer)).status_code == 302
        made = IssuedDocument.objects.get()
        event = Event.objects.get(subject_kind="document", subject_id=made.pk)
        assert made.approved_by_id == event.second_id == reviewer.user_id
        assert reviewer.name in client.get(f"/documents/{made.pk}/").content.decode()

    @pytest.mark.trust("P10")
    def test_neither_oneself_nor_a_neighbour_nor_a_clerk_agrees(
        self, city: City, card: Card
    ) -> None:
        make.issued_card(city, city.here)
        clerk = city.here.clerk
        other = make.worker("另一经办人", Role.WINDOW_CLERK, city.here.window)
        wrong = {"approver_name": "nobody", "approver_password": "x"}
        for given, words in (
            (agreed_by(clerk), "同一个人"),
            (agreed_by(city.neighbour.reviewer), "不能同意此表"),
            (agreed_by(other), "不能同意此表"),
            (wrong, "同意人的用户名或密码不对"),
        ):
            answer = release(signed_in(clerk), clerk, purpose="存档", **given)
            assert (answer.status_code, IssuedDocument.objects.count()) == (422, 0), words
            assert words in answer.content.decode()

    def test_a_register_without_people_passes(self, city: City) -> None:
        keeper = signed_in(city.here.keeper)
        arrived = arrive(city, city.here, {"1-1": 2})
        counted(city.here, arrived.box_of("1-1"), arrived.numbers("1-1"))
        address = f"{COUNT}?delivery={arrived.delivery.code}"
        shown = keeper.get(address)
        assert "请写明用途" not in shown.content.decode()
        assert keeper.post(address, {"key": key_on(shown)}).status_code == 302

    def test_what_is_masked_is_one_click(self, city: City, card: Card) -> None:
        clerk = city.here.clerk
        found = signed_in(clerk).get(PICK_UP, today(clerk, format="xlsx"))
        assert (found.status_code, IssuedDocument.objects.count()) == (200, 0)


@pytest.mark.article(11)
@pytest.mark.article(32)
class TestReleasingChildren:
    def test_somebody_else_agrees_though_the_sheet_is_short(
        self, city: City, card: Card, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        limits = {
            "export_warn_rows": 99, "export_approve_rows": 99, "export_child_approve_rows": 0,
            "sensitive_age": 100,
        }  # fmt: skip
        monkeypatch.setattr(releasing, "whole_number", lambda key, *, on: limits[key])
        clerk, client = city.here.clerk, signed_in(city.here.clerk)
        alone = release(client, clerk, purpose="存档")
        assert (alone.status_code, IssuedDocument.objects.count()) == (422, 0)
        said = alone.content.decode()
        assert "有 1 行是不满" in said and "请由同意的人输入密码" in said
        agreed = agreed_by(city.here.reviewer)
        assert release(client, clerk, purpose="存档", **agreed).status_code == 302

    @pytest.mark.parametrize(
        ("rows", "second"),
        [
            ([["张三 999999201211280019"]] * 26, True),
            ([["999999201211280019"]] * 25, False),
            ([["999999201211270016"]] * 26, False),
            ([["999999********0019", "20121128"]] * 26, False),
        ],
    )
    def test_counts_rows_of_those_under_fourteen(
        self, rows: list[list[str]], second: bool
    ) -> None:
        (register,) = [each for each in REGISTERS if each.slug == "pick_up"]
        width = len(register.form.columns)
        sheet = Sheet(
            form=register.form, office=Office(id=1, code="JX", name="甲县", path="1."), covers="",
            rows=tuple((*row, *("",) * (width - len(row))) for row in rows),
            printed_by="甲", printed_at=NOON,
        )  # fmt: skip
        assert releasing.needs_of(sheet, register, on=date(2026, 11, 27)).second is second


@pytest.mark.article(8)
def test_a_period_is_one_click_and_the_office_stays(city: City) -> None:
    client, office = signed_in(city.here.keeper), _code(city.here.keeper)
    page = client.get(PICK_UP)
    spans = {span.label: span for span in page.context["form"].spans}
    assert list(spans) == ["今天", "本周", "本月", "上月", "今年"]
    assert [label for label, span in spans.items() if span.chosen] == ["今天"]
    year = client.get(f"{PICK_UP}?{spans['今年'].query}")
    day = timezone.localdate()
    chosen = year.context["form"].cleaned_data
    assert (chosen["office"].code, chosen["start"]) == (office, day.replace(month=1, day=1))
    assert (chosen["end"], year.context["form"].spans[-1].chosen) == (day, True)
