"""A bank's word about its own half, by file: entered row by row by whoever brings it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cardbook.adapters.files import reports
from cardbook.adapters.sandbox.cli import write_settings
from cardbook.cards.models import Card
from cardbook.chapters.usage.activation.bank_reports import Entered, take_report
from cardbook.chapters.usage.activation.tests.test_activation import outlet_of
from cardbook.chapters.usage.models import BankVisit
from cardbook.chapters.usage.reaching import Bank
from cardbook.chapters.usage.tests.sending import send
from cardbook.config.delivering import carry
from cardbook.config.environment import Environment
from cardbook.config.switchboard import Switchboard
from cardbook.imports.models import ImportFile
from cardbook.imports.reading import FileRefused
from cardbook.insight.check import recount
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind
from cardbook.ports.messages import Party
from cardbook.ports.standings import Standing
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City
from cardbook.testing.races import together

pytestmark = pytest.mark.article(22)
Said = tuple[str, Standing]


def report(*said: Said, at: datetime = NOON) -> bytes:
    """A report as the bank writes it."""
    return reports.encode(
        [(card, standing, at, "支行", f"BK{place}") for place, (card, standing) in enumerate(said)]
    )


def take(
    city: City, content: bytes, *, by: Actor, at: datetime = NOON + timedelta(hours=1)
) -> Entered:
    bank = Bank(id=city.bank.pk, name=city.bank.name, path=city.bank.path)
    return take_report(name="ZT_1120.txt", content=content, bank=bank, by=by, at=at)


def teller(city: City) -> Actor:
    return make.worker("柜员", Role.BANK_TELLER, city.bank)


def halves(*cards: Card) -> list[str]:
    found = Card.objects.in_bulk([card.pk for card in cards])
    return [found[card.pk].bank for card in cards]


def problems(entered: Entered) -> list[tuple[int, str]]:
    return list(entered.file.problems.order_by("row").values_list("row", "code"))


@pytest.mark.django_db
class TestAReport:
    def test_of_a_card_nobody_was_handed_is_entered_and_named(self, city: City) -> None:
        issued = make.issued_card(city, city.here)
        (kept,) = make.received_cards(city, city.here)
        said = report((issued.number, Standing.NORMAL), (kept.number, Standing.NORMAL))
        entered = take(city, said, by=teller(city))
        assert (entered.entered, entered.refused, entered.early) == (2, 0, 1)
        assert problems(entered) == [(2, "enabled_unissued")]
        assert halves(issued, kept) == ["active", "active"]
        page = signed_in(city.here.keeper).get(
            reverse("bank.report_sheet", args=[entered.file.pk])
        )
        assert "还没有发放，银行报已启用" in page.content.decode()

    def test_of_a_kept_card_the_bank_has_not_enabled_asks_nothing(self, city: City) -> None:
        (kept,) = make.received_cards(city, city.here)
        entered = take(city, report((kept.number, Standing.MADE)), by=teller(city))
        assert (entered.entered, problems(entered)) == (1, [])

    def test_is_entered_card_by_card_in_the_name_of_whoever_brings_it(self, city: City) -> None:
        enabled, stopped, closed = (make.issued_card(city, city.here) for _ in range(3))
        by = teller(city)
        entered = take(
            city,
            report(
                (enabled.number, Standing.NORMAL), (stopped.number, Standing.FORMAL_LOSS),
                (closed.number, Standing.CANCELLED),
            ),
            by=by,
        )  # fmt: skip
        assert (entered.entered, entered.refused) == (3, 0)
        assert halves(enabled, stopped, closed) == ["active", "loss_reported", "closed"]
        enabled.refresh_from_db()
        # Our half is ours: nothing about it follows from what the bank says.
        assert (enabled.social, enabled.bank_as_of) == ("sealed", NOON)
        assert enabled.bank_source == "示范银行状态回报文件"
        events = Event.objects.filter(act="bank.report")
        assert set(events.values_list("actor_id", flat=True)) == {by.user_id}
        assert [one for one in recount().findings if not one.holds] == []

    def test_closes_the_way_of_whoever_was_sent_to_the_outlet(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        outlet, _ = outlet_of(city)
        send("bank.direct", card, by=city.here.clerk, outlet=outlet.pk)
        take(city, report((card.number, Standing.NORMAL)), by=teller(city))
        visit = BankVisit.objects.get(card=card)
        assert (visit.result, visit.words) == ("active", "银行回报文件")

    def test_the_same_file_again_changes_nothing(self, city: City) -> None:
        card, by = make.issued_card(city, city.here), teller(city)
        content = report((card.number, Standing.NORMAL))
        first, again = (take(city, content, by=by) for _ in range(2))
        assert (again.repeated, again.file.pk) == (True, first.file.pk)
        assert Event.objects.filter(act="bank.report").count() == 1

    def test_names_every_row_it_cannot_enter_and_enters_the_rest(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        other = make.organization("另一银行", Kind.BANK, parent=city.city)
        strange = make.issued_card(replace(city, bank=other), city.here)
        lines = [
            f"{card.number}|1|20261120120000|支行|B1", f"{strange.number}|1|20261120120000||",
            "X00000000|1|20261120120000||", f"{card.number}|1|20261120120001||",
            f"{strange.number}|5|20261120120000||", f"{strange.number}|4|20261120120000||",
            f"{strange.number}|1|2026年11月||",
        ]  # fmt: skip
        content = f"ZT|{len(lines)}|\n".encode() + "".join(f"{x}\n" for x in lines).encode("gbk")
        entered = take(city, content, by=teller(city))
        assert (entered.entered, entered.refused) == (1, 6)
        assert problems(entered) == [
            (2, "other_bank"), (3, "other_bank"), (4, "twice"), (5, "unreadable"), (6, "no_half"),
            (7, "unreadable"),
        ]  # fmt: skip
        assert halves(card, strange) == ["active", "unknown"]

    def test_an_older_word_does_not_turn_back_a_newer_one(self, city: City) -> None:
        card, by = make.issued_card(city, city.here), teller(city)
        take(city, report((card.number, Standing.CANCELLED)), by=by)
        late = report((card.number, Standing.NORMAL), at=NOON - timedelta(hours=1))
        assert problems(take(city, late, by=by)) == [(1, "older")]
        assert halves(card) == ["closed"]

    def test_a_day_ahead_is_refused_by_its_row(self, city: City) -> None:
        card, other = (make.issued_card(city, city.here) for _ in range(2))
        content = report((card.number, Standing.NORMAL), at=NOON + timedelta(days=1))
        entered = take(city, content, by=teller(city))
        assert problems(entered) == [(1, "BANK_NOT_NAMED")]
        assert entered.file.stage == "staged" and halves(other) == ["unknown"]

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda content: content[: len(content) // 2],
            lambda content: content.replace(b"ZT|2|", b"ZT|3|"),
            lambda content: content.decode("gbk").encode("utf-16"),
            lambda content: b"ZT|0|\n",
            lambda content: b"HZ|0|\n",
        ],
        ids=["cut", "miscounted", "encoding", "empty", "another kind"],
    )
    def test_a_file_that_is_not_whole_is_refused_as_a_whole(
        self, city: City, spoil: Callable[[bytes], bytes]
    ) -> None:
        first, second = (make.issued_card(city, city.here) for _ in range(2))
        content = report((first.number, Standing.NORMAL), (second.number, Standing.NORMAL))
        with pytest.raises(FileRefused):
            take(city, spoil(content), by=teller(city))
        assert halves(first, second) == ["unknown", "unknown"]
        assert not ImportFile.objects.exists()

    def test_is_not_for_every_post_nor_for_another_countys_cards(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        content = report((card.number, Standing.NORMAL))
        with pytest.raises(Refused) as refused:
            take(city, content, by=city.here.auditor)
        assert [one.code for one in refused.value.refusals] == ["ROLE_MAY_NOT"]
        entered = take(city, content, by=city.neighbour.clerk)
        assert problems(entered) == [(1, "OUT_OF_REACH")]
        # It was not entered, so whoever may enter it still can.
        assert take(city, content, by=city.here.clerk).entered == 1

    def test_another_countys_office_enters_what_this_one_could_not(self, city: City) -> None:
        own, theirs = make.issued_card(city, city.here), make.issued_card(city, city.neighbour)
        content = report((own.number, Standing.NORMAL), (theirs.number, Standing.NORMAL))
        first = take(city, content, by=city.here.clerk)
        assert (first.entered, problems(first), first.others_left) == (
            1, [(2, "OUT_OF_REACH")], True,
        )  # fmt: skip
        second = take(city, content, by=city.neighbour.clerk)
        assert (second.entered, second.refused, second.file.known) == (1, 0, 1)
        assert halves(own, theirs) == ["active", "active"]
        third = take(city, content, by=teller(city))
        assert third.repeated and Event.objects.filter(act="bank.report").count() == 2


def test_two_tellers_with_one_file_enter_it_once(fresh_database: None) -> None:
    city = make.city()
    card, first, second = make.issued_card(city, city.here), teller(city), teller(city)
    content = report((card.number, Standing.NORMAL))
    together(lambda: take(city, content, by=first).entered, lambda: take(city, content, by=second))
    assert Event.objects.filter(act="bank.report").count() == 1
    assert halves(card) == ["active"]


@pytest.mark.django_db
class TestPage:
    def test_enters_what_is_uploaded_and_shows_each_row(self, city: City) -> None:
        card, by = make.issued_card(city, city.here), teller(city)
        now = datetime.now(tz=NOON.tzinfo) - timedelta(days=1)
        content = report((card.number, Standing.NORMAL), ("X00000000", Standing.NORMAL), at=now)
        client = signed_in(by)
        sent = {"bank": city.bank.pk, "file": SimpleUploadedFile("ZT_1.txt", content)}
        page = client.post(reverse("bank.reports"), sent, follow=True).content.decode()
        assert "登记 1 张，1 行没有登记" in page and "不是示范银行的社保卡" in page
        again = client.get(reverse("bank.reports")).content.decode()
        assert "ZT_1.txt" in again
        file = ImportFile.objects.get()
        address = reverse("bank.report_sheet", args=[file.pk])
        other = make.organization("另一银行", Kind.BANK, parent=city.city)
        stranger = make.worker("他行柜员", Role.BANK_TELLER, other)
        assert signed_in(stranger).get(address).status_code == 404

    def test_asks_for_bank_and_file_and_says_what_is_wrong(self, city: City) -> None:
        client = signed_in(teller(city))
        empty = client.post(reverse("bank.reports"), {"bank": ""})
        assert empty.status_code == 422 and "请选择文件。" in empty.content.decode()
        sent = {"bank": city.bank.pk, "file": SimpleUploadedFile("x.txt", b"ZT|2|\nA|1\n")}
        cut = client.post(reverse("bank.reports"), sent)
        assert cut.status_code == 422 and "整份未读入" in cut.content.decode()

    def test_offers_what_the_bank_left_and_puts_it_away_once_entered(
        self, city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        environment = Environment(data=tmp_path, demo=False, debug=False, hosts=())
        monkeypatch.setattr(settings, "ENVIRONMENT", environment)
        write_settings(tmp_path, province_port=1, sms_port=2)
        folder = tmp_path / "exchange" / "banks" / city.bank.code / "in"
        folder.mkdir(parents=True)
        card = make.issued_card(city, city.here)
        (folder / "ZT_1.txt").write_bytes(report((card.number, Standing.NORMAL)))
        (folder / "ZT_2.txt").write_bytes(b"ZT|2|\nA|1\n")
        carry(Party.BANK, Switchboard())
        assert halves(card) == ["unknown"]
        assert (folder / "refused" / "ZT_2.txt.why.txt").exists()
        client = signed_in(teller(city))
        key = f"{city.bank.pk}/ZT_1.txt"
        assert key in client.get(reverse("bank.reports")).content.decode()
        assert client.post(reverse("bank.reports"), {"arrived": key}).status_code == 302
        assert halves(card) == ["active"]
        assert (folder / "done" / "ZT_1.txt").exists()
        gone = client.post(reverse("bank.reports"), {"arrived": key})
        assert gone.status_code == 422 and "已经不在" in gone.content.decode()
        # The bank sends it once more: known by its bytes, put away.
        (folder / "ZT_3.txt").write_bytes(report((card.number, Standing.NORMAL)))
        carry(Party.BANK, Switchboard())
        assert key not in client.get(reverse("bank.reports")).content.decode()
