"""The mass of a city in the book: every promise kept, sealed, verified, and built only once."""

import pytest

from cardbook.cards.models import Card
from cardbook.chapters.intake.account_keys import account_key
from cardbook.chapters.intake.card_accounts import CardAccount
from cardbook.custody.models import Position
from cardbook.demo import organizations, staff
from cardbook.demo.city_data import build_mass
from cardbook.insight.check import recount
from cardbook.ledger.models import Event, Request
from cardbook.ledger.proof import seal_events
from cardbook.ledger.verify import verify_database
from cardbook.lifecycle.perform import batch_of
from cardbook.orgs.models import Organization
from cardbook.people import vault
from cardbook.testing.sealing import settle

CARDS = 1_200


def silent(_: str) -> None:
    """Nobody listens."""


@pytest.fixture(scope="module")
def built(shared_database: str) -> int:
    """How many cards the mass of a city has that two workers built."""
    organizations.make_organizations()
    staff.make_staff({office.code: office for office in Organization.objects.all()})
    return build_mass(cards=CARDS, say=silent, workers=2)


@pytest.mark.article(6)
@pytest.mark.article(8)
class TestBuildMass:
    def test_every_promise_of_the_book_is_kept(self, built: int) -> None:
        assert built == CARDS
        found = recount()
        assert [finding.first for finding in found.findings if not finding.holds] == []
        assert found.cards == CARDS

    def test_the_account_of_every_card_is_known_again(self, built: int) -> None:
        listed = dict(CardAccount.objects.values_list("card_id", "account_key"))
        assert len(listed) == len(set(listed.values())) == built
        card = Card.objects.order_by("id")[7]
        assert card.bank_account_sealed is not None
        account = vault.open_text(card.bank_account_sealed, context=vault.BANK)
        assert listed[card.pk] == account_key(account, index=vault.number_index)

    def test_the_ledger_can_be_sealed_and_verified(self, built: int) -> None:
        settle()
        sealed = seal_events(chunk=1_000)
        assert sealed.events == Event.objects.count()
        assert verify_database(progress=lambda _: None).events == sealed.events

    def test_a_second_run_adds_nothing(self, built: int) -> None:
        events = Event.objects.count()
        assert build_mass(cards=CARDS, say=silent, workers=1) == 0
        assert Event.objects.count() == events

    def test_a_hand_over_leads_back_to_its_request(self, built: int) -> None:
        event = Event.objects.filter(act="card.issue").order_by("id")[7]
        asked = Request.objects.get(batch=event.batch)
        assert asked.subject_ids == [event.subject_id]
        assert batch_of(asked.key) == event.batch

    def test_children_wait_on_the_shelf_for_a_guardian(self, built: int) -> None:
        issued = Card.objects.filter(stage="issued").select_related("person")
        events = dict(
            Event.objects.filter(act="card.issue").values_list("subject_id", "happened_at")
        )
        ages = {events[card.pk].year - card.person.born_on.year for card in issued}
        assert min(ages) >= 18
        assert Position.objects.filter(account__kind="box", slot__isnull=False).exists()
