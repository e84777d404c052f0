"""A number that was typed is checked a second time, one that was read is not (Art. 8 para. 4)."""

import json

import pytest

from cardbook.cards.models import Card
from cardbook.chapters.issuance.individual.commands import issue_card
from cardbook.chapters.issuance.individual.register import FORM, pick_up_sheet
from cardbook.chapters.issuance.individual.tests.windows import filled_in
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lifecycle.facts import IdentityReading
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import User
from cardbook.people.holders import holder_of
from cardbook.registers.choosing import PeriodForm
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City
from cardbook.testing.parameters import decide

pytestmark = [pytest.mark.django_db, pytest.mark.article(8, 4)]
RULE = "typed_number_check"
HIDDEN = slice(10, 14)


@pytest.fixture
def card(city: City) -> Card:
    return make.received_cards(city, city.here)[0]


def typed(card: Card, again: str, *, by: Actor, second: Actor | None = None) -> None:
    """The clerk typed the number; `again` is what was typed the second time."""
    issue_card(
        card_id=card.pk, facts=make.issue_facts(card, identity=IdentityReading.TYPED),
        papers=make.ISSUE_PAPERS, told=("pick_up",), again=again, by=by, second=second, at=NOON,
        key=make.key(),
    )  # fmt: skip


def refused(card: Card, again: str, *, by: Actor, second: Actor | None = None) -> set[str]:
    with pytest.raises(Refused) as refused:
        typed(card, again, by=by, second=second)
    card.refresh_from_db()
    assert card.stage == "in_custody"
    return {refusal.code for refusal in refused.value.refusals}


def said() -> dict[str, object]:
    found: dict[str, object] = json.loads(Event.objects.get(act="card.issue").facts)
    return found


class TestTypedAgain:
    def test_the_four_digits_the_screen_hides_will_do(self, city: City, card: Card) -> None:
        number = holder_of(card.person).number
        typed(card, number[HIDDEN], by=city.here.clerk)
        assert (said()["identity"], said()["recheck"]) == ("typed", "again")

    @pytest.mark.parametrize("written", [" {} ", "{}"])
    def test_so_will_the_whole_number(self, city: City, card: Card, written: str) -> None:
        typed(card, written.format(holder_of(card.person).number), by=city.here.clerk)
        assert said()["recheck"] == "again"

    def test_full_width_digits_are_digits(self, city: City, card: Card) -> None:
        wide = "".join(chr(ord(one) + 0xFEE0) for one in holder_of(card.person).number[HIDDEN])
        typed(card, wide, by=city.here.clerk)
        assert said()["recheck"] == "again"

    def test_once_is_not_enough(self, city: City, card: Card) -> None:
        assert refused(card, "", by=city.here.clerk) == {"NUMBER_NOT_RECHECKED"}

    def test_what_differs_is_another_person(self, city: City, card: Card) -> None:
        shown = holder_of(card.person).number[-4:]
        for other in ("0000", shown):
            assert refused(card, other, by=city.here.clerk) == {"NUMBER_TYPED_DIFFERENTLY"}

    def test_the_other_reasons_are_said_as_well(self, city: City, card: Card) -> None:
        codes = refused(card, "", by=city.neighbour.clerk)
        assert codes == {"OUT_OF_REACH", "NUMBER_NOT_RECHECKED"}
        assert "ROLE_MAY_NOT" in refused(card, "", by=city.here.reviewer)

    def test_what_was_read_is_not_asked_again(self, city: City, card: Card) -> None:
        issue_card(
            card_id=card.pk, facts=make.issue_facts(card), papers=make.ISSUE_PAPERS,
            told=("pick_up",), by=city.here.clerk, at=NOON, key=make.key(),
        )  # fmt: skip
        assert said()["recheck"] is None


class TestOtherRules:
    def test_where_the_city_asks_for_nothing_nothing_is_asked(
        self, city: City, card: Card, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        decide(monkeypatch, RULE, "none")
        typed(card, "", by=city.here.clerk)
        assert said()["recheck"] is None

    def test_another_clerk_looks_at_the_document_and_signs(
        self, city: City, card: Card, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        decide(monkeypatch, RULE, "second")
        here = city.here
        assert refused(card, "", by=here.clerk) == {"NUMBER_SEEN_BY_ONE"}
        assert refused(card, "", by=here.clerk, second=here.clerk) == {"SECOND_PERSON_SAME"}
        foreign = city.neighbour.clerk
        assert refused(card, "", by=here.clerk, second=foreign) == {"SECOND_PERSON_MAY_NOT"}
        auditor = here.auditor
        assert refused(card, "", by=here.clerk, second=auditor) == {"SECOND_PERSON_MAY_NOT"}
        typed(card, "", by=here.clerk, second=here.other_clerk)
        event = Event.objects.get(act="card.issue")
        assert event.second_id == here.other_clerk.user_id and said()["recheck"] == "second"


class TestDesk:
    def test_asks_only_for_what_was_typed(self, city: City, card: Card) -> None:
        number, client = holder_of(card.person).number, signed_in(city.here.clerk)
        page = client.post("/desk/", {"q": number, "identity": "typed"}).content.decode()
        assert 'name="number_again"' in page and "第八条第四款（待确认）" in page
        assert number[HIDDEN] not in page
        page = client.post("/desk/", {"q": number, "identity": "reader"}).content.decode()
        assert 'name="number_again"' not in page

    def test_names_what_is_missing_beside_the_field(self, city: City, card: Card) -> None:
        client = signed_in(city.here.clerk)
        page = client.post("/desk/", filled_in(card, identity="typed", number_again="99"))
        text = page.content.decode()
        assert page.status_code == 409 and 'value="99"' in text
        assert 'id="again-note" data-refusal="NUMBER_TYPED_DIFFERENTLY"' in text
        right = filled_in(
            card, identity="typed", number_again=holder_of(card.person).number[HIDDEN]
        )
        assert client.post("/desk/", right).status_code == 302

    def test_a_second_clerk_signs_on_the_same_page(
        self, city: City, card: Card, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        decide(monkeypatch, RULE, "second")
        client = signed_in(city.here.clerk)
        other = User.objects.get(pk=city.here.other_clerk.user_id)
        page = client.post("/desk/", filled_in(card, identity="typed")).content.decode()
        assert 'id="second-note" data-refusal="NUMBER_SEEN_BY_ONE"' in page
        assert Role.WINDOW_CLERK.label in page
        signed = {"second_name": other.username, "second_password": "wrong"}
        wrong = client.post("/desk/", filled_in(card, identity="typed", **signed))
        assert 'data-refusal="SECOND_PERSON_UNKNOWN"' in wrong.content.decode()
        signed["second_password"] = make.PASSWORD
        done = client.post("/desk/", filled_in(card, identity="typed", **signed))
        assert done.status_code == 302
        assert Event.objects.get(act="card.issue").second_id == other.pk


def test_the_register_says_how_the_number_came(city: City, card: Card) -> None:
    (read,) = make.received_cards(city, city.here)
    typed(card, holder_of(card.person).number, by=city.here.clerk)
    issue_card(
        card_id=read.pk, facts=make.issue_facts(read), papers=make.ISSUE_PAPERS,
        told=("pick_up",), by=city.here.clerk, at=NOON, key=make.key(),
    )  # fmt: skip
    day = local_day(NOON)
    form = PeriodForm(
        {"office": city.here.window.code, "start": day, "end": day}, by=None, today=day
    )
    assert form.is_valid()
    rows = pick_up_sheet(
        chosen=form.cleaned_data, masked=True, printed_by="甲", printed_at=NOON, limit=None
    ).rows
    remarks = [column.key for column in FORM.columns].index("remarks")
    assert [row[remarks] for row in rows] == ["查验方式：手工录入，已复核", ""]
