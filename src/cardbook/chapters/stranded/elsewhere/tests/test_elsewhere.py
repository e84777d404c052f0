"""A holder wants to fetch his card at another office: noted, sent on, or declined (Art. 16)."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.urls import reverse

from cardbook.cards.models import Card
from cardbook.chapters.intake.distribution import commands as handing
from cardbook.chapters.intake.distribution.tests import sending
from cardbook.chapters.row_by_row import Outcome
from cardbook.chapters.stranded.elsewhere.commands import ask_outlet, decline_outlets
from cardbook.chapters.stranded.elsewhere.queries import Wish, open_count, wishes
from cardbook.chapters.stranded.elsewhere.register import WISHES
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lifecycle.facts import AskedVia, Signer
from cardbook.lifecycle.perform import Done, perform
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization
from cardbook.people.holders import holder_of
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(16)]
LIST = "/elsewhere/"


@pytest.fixture
def card(city: City) -> Card:
    """A card in the store of the county's card body."""
    return make.received_cards(city, city.here)[0]


def wish(
    card: Card, *, to: Organization, by: Actor, via: AskedVia = AskedVia.WINDOW, key: str = ""
) -> Done:
    return ask_outlet(
        card_id=card.pk, outlet_id=to.pk, asked_by=Signer.HOLDER, via=via, words="周末方便",
        by=by, at=NOON, key=key or make.key(),
    )  # fmt: skip


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {refusal.code for refusal in refused.value.refusals}


def only(by: Actor, **asked: object) -> Wish:
    (found,) = wishes(by, **asked)  # type: ignore[arg-type]
    return found


def hotline(city: City) -> Actor:
    return make.worker("话务员", Role.HOTLINE_OPERATOR, city.city)


class TestAsk:
    def test_is_an_event_of_the_card_and_waits_with_the_office_that_has_it(
        self, city: City, card: Card
    ) -> None:
        wish(card, to=city.here.window, by=hotline(city), via=AskedVia.HOTLINE)
        event = Event.objects.get(act="card.ask_outlet")
        assert event.subject_id == card.pk and city.here.window.name in event.facts
        found = only(city.here.keeper, state="open", own=True)
        assert (found.wished, found.via, found.asked_by) == (
            city.here.window.name, "12333 电话", "本人",
        )  # fmt: skip
        assert found.may_go and open_count(city.here.keeper) == 1
        card.refresh_from_db()
        assert card.stage == "in_custody"

    def test_a_newer_wish_takes_the_place_of_the_older(self, city: City, card: Card) -> None:
        wish(card, to=city.here.window, by=city.here.clerk)
        wish(card, to=city.here.other_window, by=city.here.clerk)
        assert only(city.here.keeper).wished == city.here.other_window.name
        assert open_count(city.here.keeper) == 1

    def test_the_same_request_twice_is_one_wish(self, city: City, card: Card) -> None:
        key = make.key()
        wish(card, to=city.here.window, by=city.here.clerk, key=key)
        assert wish(card, to=city.here.window, by=city.here.clerk, key=key).repeated
        assert Event.objects.filter(act="card.ask_outlet").count() == 1

    def refused(self, card: Card, *, to: Organization, by: Actor) -> set[str]:
        with pytest.raises(Refused) as refused:
            wish(card, to=to, by=by)
        assert not Event.objects.filter(act="card.ask_outlet").exists()
        return codes(refused)

    def test_where_the_card_lies_it_may_be_fetched_anyway(self, city: City, card: Card) -> None:
        assert self.refused(card, to=city.here.card_body, by=city.here.clerk) == {"CARD_IS_THERE"}

    def test_another_county_a_unit_or_a_strange_bank_does_not_hand_it_out(
        self, city: City, card: Card
    ) -> None:
        strange = make.organization("别家银行", Kind.BANK, parent=city.city)
        branch = make.organization("别家银行甲县支行", Kind.BRANCH, parent=strange)
        for office in (city.neighbour.window, make.unit(city.here), branch, city.bank):
            assert self.refused(card, to=office, by=city.here.clerk) == {"OUTLET_UNFIT"}

    def test_an_outlet_of_its_own_bank_hands_it_out(
        self, city: City, card: Card, outlet: Organization
    ) -> None:
        region = Organization.objects.get(pk=city.here.county.pk).region
        Organization.objects.filter(pk=outlet.pk).update(region=f"{region}001")
        wish(card, to=outlet, by=city.here.clerk)
        assert only(city.here.keeper).wished == outlet.name

    def test_a_card_that_was_handed_over_is_not_kept_any_more(self, city: City) -> None:
        issued = make.issued_card(city, city.here)
        assert self.refused(issued, to=city.here.other_window, by=city.here.clerk) == {
            "ALREADY_ISSUED"
        }

    def test_a_neighbours_window_and_who_only_watches_write_nothing_down(
        self, city: City, card: Card
    ) -> None:
        foreign = city.neighbour.clerk
        assert self.refused(card, to=city.here.window, by=foreign) == {"OUT_OF_REACH"}
        for watcher in (city.here.auditor, city.here.reviewer):
            assert self.refused(card, to=city.here.window, by=watcher) == {"ROLE_MAY_NOT"}


class TestRegister:
    def row(self, city: City, office: Organization) -> list[dict[str, str]]:
        day = local_day(NOON)
        sheet = WISHES.sheet(
            chosen={
                "office": office, "start": day, "end": day,
                "since": NOON - timedelta(hours=12), "until": NOON + timedelta(hours=12),
            },
            masked=True, printed_by="甲", printed_at=NOON, limit=9,
        )  # fmt: skip
        keys = [column.key for column in sheet.form.columns]
        return [dict(zip(keys, row, strict=True)) for row in sheet.rows]

    def test_has_a_row_for_each_wish_with_what_became_of_it(self, city: City, card: Card) -> None:
        wish(card, to=city.here.window, by=hotline(city), via=AskedVia.HOTLINE)
        wish(card, to=city.here.other_window, by=city.here.clerk)
        decline(card, by=city.here.keeper, words="窗口停办")
        first, second = self.row(city, city.here.county)
        assert (first["asked"], first["state"]) == ("本人，12333 电话", "另有新的要求")
        assert second["state"] == "不能办理：窗口停办"
        assert second["wished"] == city.here.other_window.name
        assert holder_of(card.person).number not in second["citizen"]

    def test_is_of_whoever_took_it_or_has_the_card(self, city: City, card: Card) -> None:
        wish(card, to=city.here.window, by=city.here.clerk)
        for office, rows in (
            (city.here.window, 1), (city.here.card_body, 1), (city.here.county, 1),
            (city.here.other_window, 0), (city.neighbour.county, 0),
        ):  # fmt: skip
            assert len(self.row(city, office)) == rows, office.name

    def test_is_opened_from_the_list_by_those_who_keep_or_watch(
        self, city: City, card: Card
    ) -> None:
        wish(card, to=city.here.window, by=city.here.clerk)
        address = reverse("register.outlet_wishes")
        keeper = signed_in(city.here.keeper)
        assert address in keeper.get(LIST).content.decode()
        asked = {"start": "2026-11-20", "end": "2026-11-20", "office": city.here.card_body.code}
        assert card.number in keeper.get(address, asked).content.decode()
        assert signed_in(city.here.auditor).get(address).status_code == 200
        assert signed_in(hotline(city)).get(address).status_code == 403


class TestMet:
    def test_by_the_hand_over_itself(self, city: City, card: Card) -> None:
        wish(card, to=city.here.window, by=city.here.clerk)
        sending.sent(city.here.keeper, city.here.window, [card])
        assert only(city.here.keeper).state == "there"
        assert open_count(city.here.keeper) == 0

    def test_and_open_again_when_the_hand_over_is_called_back(
        self, city: City, card: Card
    ) -> None:
        wish(card, to=city.here.window, by=city.here.clerk)
        shipment = sending.sent(city.here.keeper, city.here.window, [card])
        handing.recall_cards(
            shipment_id=shipment.pk, card_ids=[card.pk], words="装错了", by=city.here.keeper,
            at=NOON, key=make.key(),
        )  # fmt: skip
        assert open_count(city.here.keeper) == 1

    def test_a_hand_over_to_somebody_else_leaves_it_with_him(self, city: City, card: Card) -> None:
        wish(card, to=city.here.window, by=city.here.clerk)
        shipment = sending.sent(city.here.keeper, city.here.other_window, [card])
        sending.received(shipment, city.here.other_clerk, card.number)
        assert open_count(city.here.keeper) == 0 and open_count(city.here.other_clerk) == 1

    def test_a_card_its_holder_fetched_waits_for_nobody(self, city: City, card: Card) -> None:
        wish(card, to=city.here.window, by=city.here.clerk)
        perform(make.issue_step(card), by=city.here.clerk, at=NOON, key=make.key())
        assert only(city.here.keeper).state == "ended"


class TestDecline:
    def test_says_why_and_ends_it(self, city: City, card: Card) -> None:
        wish(card, to=city.here.window, by=city.here.clerk)
        decline(card, by=city.here.keeper)
        found = only(city.here.keeper)
        assert (found.state, found.why) == ("declined", "那里本月停办")
        assert open_count(city.here.keeper) == 0

    def test_a_newer_wish_is_open_again(self, city: City, card: Card) -> None:
        wish(card, to=city.here.window, by=city.here.clerk)
        decline(card, by=city.here.keeper)
        wish(card, to=city.here.other_window, by=city.here.clerk)
        assert open_count(city.here.keeper) == 1

    def test_nothing_is_declined_twice_or_unasked_or_without_a_reason(
        self, city: City, card: Card
    ) -> None:
        assert refused_to_decline(card, by=city.here.keeper) == "NO_WISH_OPEN"
        wish(card, to=city.here.window, by=city.here.clerk)
        assert refused_to_decline(card, by=city.here.keeper, words=" ") == "REASON_MISSING"
        decline(card, by=city.here.keeper)
        assert refused_to_decline(card, by=city.here.keeper) == "NO_WISH_OPEN"

    def test_only_whoever_has_the_card_answers(self, city: City, card: Card) -> None:
        wish(card, to=city.here.window, by=city.here.clerk)
        for by, code in (
            (city.here.clerk, "OUT_OF_REACH"),
            (city.neighbour.keeper, "OUT_OF_REACH"),
            (city.neighbour.clerk, "OUT_OF_REACH"),
            (hotline(city), "ROLE_MAY_NOT"),
        ):
            assert refused_to_decline(card, by=by) == code
        assert open_count(city.here.keeper) == 1

    def test_some_at_once_and_the_others_are_told_why(self, city: City) -> None:
        first, second, unasked = make.received_cards(city, city.here, count=3)
        for one in (first, second):
            wish(one, to=city.here.window, by=city.here.clerk)
        given = [first.pk, unasked.pk, second.pk]
        key = make.key()
        for _ in range(2):
            outcome = decline_outlets(
                card_ids=given, words="那里停办", by=city.here.keeper, at=NOON, key=key
            )
            assert set(outcome.done) == {first.pk, second.pk}
            assert {id_: one.code for id_, one in outcome.refused.items()} == {
                unasked.pk: "NO_WISH_OPEN"
            }
        assert Event.objects.filter(act="card.decline_outlet").count() == 2

    def test_nothing_chosen_is_said(self, city: City) -> None:
        with pytest.raises(Refused) as refused:
            decline_outlets(
                card_ids=[], words="停办", by=city.here.keeper, at=NOON, key=make.key()
            )
        assert codes(refused) == {"NOTHING_CHOSEN"}


def decline(card: Card, *, by: Actor, words: str = "那里本月停办") -> Outcome:
    return decline_outlets(card_ids=[card.pk], words=words, by=by, at=NOON, key=make.key())


def refused_to_decline(card: Card, *, by: Actor, words: str = "那里本月停办") -> str:
    """The one reason against it, of the row or of the whole request."""
    try:
        outcome = decline(card, by=by, words=words)
    except Refused as problem:
        (found,) = problem.refusals
        return found.code
    assert not outcome.done
    return outcome.refused[card.pk].code


class TestPages:
    def test_the_hotline_writes_it_down_and_the_keeper_finds_it_on_his_home_page(
        self, city: City, card: Card
    ) -> None:
        address = reverse("card.ask_outlet", args=[card.pk])
        operator = signed_in(hotline(city))
        assert operator.get(address).context["form"]["via"].initial == "hotline"
        given = {
            "key": make.key(), "outlet": city.here.window.pk, "asked_by": "holder",
            "via": "hotline", "words": "电话 13900000000",
        }  # fmt: skip
        page = operator.post(address, given, follow=True).content.decode()
        assert "已登记" in page and "等待分拨" in page
        home = signed_in(city.here.keeper).get("/").content.decode()
        assert "张卡的持卡人要求换地点领取" in home and f"{LIST}?state=open&amp;own=1" in home
        page = signed_in(city.here.keeper).get(f"{LIST}?state=open&own=1").content.decode()
        assert card.number in page and "13900000000" not in page

    def test_the_hotline_finds_a_card_by_a_number_and_by_nothing_else(
        self, city: City, card: Card
    ) -> None:
        operator, number = signed_in(hotline(city)), holder_of(card.person).number
        for text in (number, card.number):
            answer = operator.post(f"{LIST}find/", {"number": text})
            assert answer["Location"] == reverse("card.ask_outlet", args=[card.pk])
        name = operator.post(f"{LIST}find/", {"number": holder_of(card.person).name})
        assert name.status_code == 422 and card.number not in name.content.decode()
        foreign = signed_in(city.neighbour.clerk).post(f"{LIST}find/", {"number": number})
        assert foreign.status_code == 422 and "没有等待领取的卡" in foreign.content.decode()
        make.received_cards(city, city.here, people=[card.person])
        both = operator.post(f"{LIST}find/", {"number": number}).content.decode()
        assert "有 2 张等待领取的卡" in both and number not in both

    def test_the_list_leads_to_the_hand_over_filled_in(self, city: City, card: Card) -> None:
        wish(card, to=city.here.window, by=city.here.clerk)
        keeper = signed_in(city.here.keeper)
        page = keeper.get(LIST).content.decode()
        link = page.partition(reverse("handover.send"))[2].partition('"')[0]
        shown = keeper.get(reverse("handover.send") + link.replace("&amp;", "&")).content.decode()
        assert card.number in shown and f'value="{city.here.window.code}"' in shown
        assert card.number not in link

    def test_what_cannot_be_is_refused_beside_the_form(self, city: City, card: Card) -> None:
        address = reverse("card.ask_outlet", args=[card.pk])
        given = {"key": make.key(), "outlet": city.neighbour.window.pk, "asked_by": "holder",
                 "via": "window"}  # fmt: skip
        page = signed_in(city.here.clerk).post(address, given)
        assert page.status_code == 422 and "不能在那里领取" in page.content.decode()
        assert signed_in(city.neighbour.clerk).get(address).status_code == 404
        assert signed_in(city.here.auditor).get(address).status_code == 403

    def test_declining_needs_a_reason_and_a_tick(self, city: City, card: Card) -> None:
        wish(card, to=city.here.window, by=city.here.clerk)
        address, keeper = reverse("card.decline_outlet"), signed_in(city.here.keeper)
        given = {"key": make.key(), "pick": str(card.pk)}
        page = keeper.post(address, given | {"words": ""})
        assert page.status_code == 422 and "请写明不能办理的原因" in page.content.decode()
        assert page.context["picked"] == {card.pk}
        page = keeper.post(address, {"key": make.key(), "words": "那里停办"})
        assert page.status_code == 409 and 'data-refusal="NOTHING_CHOSEN"' in page.content.decode()
        page = keeper.post(f"{address}?state=open", given | {"words": "那里停办"}, follow=True)
        assert "1 张卡不能换地点领取" in page.content.decode()
        assert page.redirect_chain == [(f"{LIST}?state=open", 302)]

    def test_one_reason_for_all_ticked_and_a_result_for_each(self, city: City) -> None:
        first, second, sent = make.received_cards(city, city.here, count=3)
        for one in (first, second, sent):
            wish(one, to=city.here.window, by=city.here.clerk)
        sending.sent(city.here.keeper, city.here.window, [sent])
        given = {
            "key": make.key(), "words": "那里停办",
            "pick": [str(one.pk) for one in (first, sent, second)],
        }  # fmt: skip
        page = signed_in(city.here.keeper).post(reverse("card.decline_outlet"), given)
        html = page.content.decode()
        assert page.status_code == 409
        assert "2 张卡不能换地点领取" in html and "1 张没有登记" in html
        ((id_, number, _),) = page.context["results"]
        assert (id_, number) == (sent.pk, sent.number)

    def test_another_countys_card_is_named_to_nobody(self, city: City, card: Card) -> None:
        wish(card, to=city.here.window, by=city.here.clerk)
        given = {"key": make.key(), "words": "那里停办", "pick": str(card.pk)}
        page = signed_in(city.neighbour.keeper).post(reverse("card.decline_outlet"), given)
        assert page.status_code == 409 and card.number not in page.content.decode()
        assert open_count(city.here.keeper) == 1

    def test_a_county_sees_its_own_and_the_auditor_reads_along(
        self, city: City, card: Card
    ) -> None:
        wish(card, to=city.here.window, by=city.here.clerk)
        for by, sees in (
            (city.here.keeper, True),
            (city.here.auditor, True),
            (city.neighbour.keeper, False),
        ):
            assert (card.number in signed_in(by).get(LIST).content.decode()) is sees
        assert signed_in(hotline(city)).get(LIST).status_code == 403

    def test_what_is_seen_goes_out_as_a_workbook(self, city: City, card: Card) -> None:
        wish(card, to=city.here.window, by=city.here.clerk)
        answer = signed_in(city.here.keeper).post(f"{LIST}?state=open", {"export": "xlsx"})
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
        cells = [cell for row in sheet.iter_rows(values_only=True) for cell in row if cell]
        assert card.number in cells and city.here.window.name in cells

    def test_asks_few_questions_however_long_the_list(
        self, city: City, django_assert_max_num_queries: object
    ) -> None:
        for card in make.received_cards(city, city.here, count=6):
            wish(card, to=city.here.window, by=city.here.clerk)
        keeper = signed_in(city.here.keeper)
        keeper.get(LIST)
        with django_assert_max_num_queries(9):  # type: ignore[operator]
            assert keeper.get(LIST).status_code == 200
