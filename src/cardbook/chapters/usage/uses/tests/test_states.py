"""An agency is told whether a card may be used, and nothing about whose it is (Art. 2, 23)."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cardbook.cards.models import Application, Card, TemporaryCard
from cardbook.chapters.usage.models import CardUse, StatusAsked, StatusKey, StatusTooOften
from cardbook.chapters.usage.production.commands import withdraw_application
from cardbook.chapters.usage.temporary.tests.lending import lent as lent_to_somebody
from cardbook.chapters.usage.tests.sending import send
from cardbook.chapters.usage.uses import states
from cardbook.chapters.usage.uses.commands import NotKept, end_use, make_key, revoke_key
from cardbook.chapters.usage.uses.queries import key_list
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day
from cardbook.orgs.models import Kind
from cardbook.people import vault
from cardbook.testing import factories as make
from cardbook.testing.factories import City
from cardbook.testing.races import together

pytestmark = [pytest.mark.article(2), pytest.mark.article(23)]
NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def an_agency(city: City, *, per_minute: int = 60) -> SimpleNamespace:
    """An agency with one use and a key for it."""
    office = make.organization("示范医院", Kind.AGENCY, parent=city.city)
    admin = make.worker("系统管理员", Role.SYSTEM_ADMIN, city.city)
    second = make.worker("安全管理员", Role.SECURITY_ADMIN, city.city)
    CardUse.objects.create(
        agency=office, code="clinic", name="就医结算", field="medical", carrier="both",
        basis="第二十三条第二款",
        since=date(2026, 1, 1), decided_by_id=admin.user_id, decided_at=timezone.now(),
    )  # fmt: skip
    key = make_key(
        agency_id=office.pk, title="门诊收费", purposes=["clinic"], valid_from=date(2026, 1, 1),
        valid_to=date(2199, 1, 1), per_minute=per_minute, by=admin, second_id=second.user_id,
        at=timezone.now(),
    )  # fmt: skip
    return SimpleNamespace(office=office, admin=admin, second=second, key=key)


def asked(number: str, key: str, purpose: str = "clinic"):
    address = f"/api/v1/cards/{number}/state"
    return Client().get(address, {"purpose": purpose}, headers={"X-API-Key": key})


def known(**changes: object) -> states.Known:
    usual = {
        "stage": "issued", "social": "active", "hold": "none", "hold_until": None, "died_on": None,
    }  # fmt: skip
    return states.Known(**(usual | changes))


@pytest.mark.parametrize(
    ("card", "answer"),
    [
        (None, states.UNKNOWN),
        (known(), states.VALID),
        (known(social="sealed"), states.NOT_ACTIVATED),
        (known(stage="in_custody", social="sealed"), states.NOT_ACTIVATED),
        (known(social="unknown"), states.UNCERTAIN),
        (known(social="locked"), states.STOPPED),
        (known(social="cancelled"), states.CANCELLED),
        (known(stage="destroyed", social="cancelled"), states.CANCELLED),
        (known(hold="formal_loss"), states.LOST),
        (known(hold="oral_loss", hold_until=NOW + timedelta(seconds=1)), states.LOST),
        (known(hold="oral_loss", hold_until=NOW), states.VALID),
        (known(hold="oral_loss", hold_until=NOW, social="sealed"), states.NOT_ACTIVATED),
        (known(hold="error"), states.STOPPED),
        (known(stage="recalled", hold="defect"), states.STOPPED),
        (known(stage="missing"), states.STOPPED),
        (known(stage="returned", social="sealed"), states.STOPPED),
        (known(died_on=date(2026, 11, 1)), states.STOPPED),
        (known(said_dead=True), states.UNCERTAIN),
        (known(said_dead=True, hold="formal_loss"), states.LOST),
    ],
)
def test_what_is_answered_of_each_state(card: states.Known | None, answer: states.Answer) -> None:
    assert states.state_of(card, at=NOW) == answer


@pytest.mark.django_db
class TestByNumber:
    def test_a_card_in_use_is_valid_and_nobody_is_named(
        self, city: City, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        agency, card = an_agency(city), make.issued_card(city, city.here)
        send("social.activate", card, by=city.here.clerk, asked_by="holder")
        with django_assert_num_queries(2):
            answer = asked(card.number, agency.key)
        told = answer.json()
        assert (answer.status_code, told["state"], told["ending"]) == (
            200, "valid", card.number[-4:],
        )  # fmt: skip
        assert told["bank"] == "银行一侧以银行为准" and "+08:00" in told["as_of"]
        number = vault.open_text(card.person.number_sealed, context=vault.NUMBER)
        text = answer.content.decode()
        assert not any(one in text for one in (number, card.number, "王小明"))
        kept = StatusAsked.objects.get(pk=told["reference"])
        assert (kept.card_id, kept.purpose, kept.answer) == (card.pk, "clinic", "valid")

    def test_of_whoever_is_said_to_be_dead_nobody_says_it_is_good(self, city: City) -> None:
        agency, card = an_agency(city), make.issued_card(city, city.here)
        send("social.activate", card, by=city.here.clerk, asked_by="holder")
        holders = type(card.person).objects.filter(pk=card.person_id)
        holders.update(said_dead_by="省平台导出第 7 行")
        assert asked(card.number, agency.key).json()["state"] == "unknown"
        holders.update(said_dead_by="")
        assert asked(card.number, agency.key).json()["state"] == "valid"

    def test_an_unknown_number_is_answered_and_kept(self, city: City) -> None:
        agency = an_agency(city)
        told = asked("ZZ9999999", agency.key).json()
        assert (told["state"], told["ending"]) == ("unknown", "")
        assert StatusAsked.objects.get().card_id is None

    @pytest.mark.parametrize(
        ("number", "key", "purpose", "status", "code"),
        [
            ("T00000001", "", "clinic", 401, "NOT_SIGNED_IN"),
            ("T00000001", "ckb_wrong", "clinic", 401, "KEY_UNKNOWN"),
            ("T00000001", None, "pension", 403, "PURPOSE_NOT_GRANTED"),
            ("T00000001", None, "", 422, "INPUT_WRONG"),
            ("T1", None, "clinic", 422, "INPUT_WRONG"),
        ],
    )
    def test_what_is_refused_says_why_and_what_to_do(
        self, city: City, number: str, key: str | None, purpose: str, status: int, code: str
    ) -> None:
        agency = an_agency(city)
        answer = asked(number, agency.key if key is None else key, purpose)
        problem = answer.json()
        assert answer["Content-Type"] == "application/problem+json"
        assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code)
        assert problem["detail"] and problem["way_out"]

    def test_a_key_ends_with_its_days_its_use_and_at_once(self, city: City) -> None:
        agency = an_agency(city)
        today = timezone.localdate()
        keys, uses = StatusKey.objects.all(), CardUse.objects.get()
        keys.update(valid_to=today)
        assert asked("T00000001", agency.key).json()["code"] == "KEY_OUT_OF_DATE"
        keys.update(valid_to=today + timedelta(days=1))
        assert end_use(use_id=uses.pk, until=today, by=agency.admin)
        assert asked("T00000001", agency.key).json()["code"] == "PURPOSE_NOT_GRANTED"
        assert StatusAsked.objects.get().answer == "refused"
        assert revoke_key(key_id=keys.get().pk, by=agency.admin, at=timezone.now())
        assert not revoke_key(key_id=keys.get().pk, by=agency.admin, at=timezone.now())
        assert asked("T00000001", agency.key).json()["code"] == "KEY_UNKNOWN"

    def test_more_than_a_minute_allows_is_told_when_to_come_back(self, city: City) -> None:
        agency = an_agency(city, per_minute=2)
        assert [asked("T00000001", agency.key).status_code for _ in range(3)] == [200, 200, 429]
        late = asked("T00000001", agency.key)
        assert 1 <= int(late["Retry-After"]) <= 60
        assert StatusAsked.objects.count() == 2

    def test_what_is_asked_too_often_is_counted_in_one_row_of_the_minute(
        self, city: City, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        agency = an_agency(city, per_minute=1)
        with time_machine.travel(NOW, tick=False):
            asked("T00000001", agency.key)
            with django_assert_num_queries(2):
                assert asked("T00000001", agency.key).status_code == 429
            for number in ("T00000002", "T00000003"):
                assert asked(number, agency.key).status_code == 429
            for purpose in ("pension", "no.such", "made.up"):
                assert asked("T00000001", agency.key, purpose).status_code == 429
        kept = StatusTooOften.objects.order_by("purpose").values_list("minute", "purpose", "times")
        assert list(kept) == [(NOW, "", 3), (NOW, "clinic", 3)]
        assert [one.answer for one in StatusAsked.objects.all()] == ["unknown"]

    def test_the_next_minute_answers_and_counts_anew(self, city: City) -> None:
        agency = an_agency(city, per_minute=1)
        for minute in (0, 2):
            with time_machine.travel(NOW + timedelta(minutes=minute), tick=False):
                assert asked("T00000001", agency.key).status_code == 200
                assert asked("T00000001", agency.key).status_code == 429
        assert [one.times for one in StatusTooOften.objects.all()] == [1, 1]
        (key,) = key_list(today=local_day(NOW))
        assert (key.times, key.refused_times) == (2, 2)
        assert key.refused_last == NOW + timedelta(minutes=2)


def lent(**changes: object) -> states.KnownTemporary:
    usual = {"stage": "lent", "valid_until": local_day(NOW), "died_on": None, "waits": True}
    return states.KnownTemporary(**(usual | changes))


@pytest.mark.article(27)
@pytest.mark.parametrize(
    ("card", "answer"),
    [
        (None, states.TEMPORARY_UNKNOWN),
        (lent(), states.TEMPORARY_VALID),
        (lent(valid_until=local_day(NOW) - timedelta(days=1)), states.TEMPORARY_LATE),
        (lent(died_on=date(2026, 11, 1)), states.STOPPED),
        (lent(waits=False), states.TEMPORARY_OVER),
        (lent(stage="in_stock", valid_until=None), states.TEMPORARY_IN_STOCK),
        (lent(stage="returned"), states.TEMPORARY_ENDED),
        (lent(stage="void"), states.TEMPORARY_ENDED),
        (lent(stage="lost"), states.TEMPORARY_LOST),
    ],
)
def test_what_is_answered_of_each_temporary_card(
    card: states.KnownTemporary | None, answer: states.Answer
) -> None:
    assert states.state_of_temporary(card, today=local_day(NOW)) == answer


@pytest.mark.article(27)
@pytest.mark.django_db
class TestTemporaryCard:
    def ask(self, number: str, key: str, purpose: str = "clinic"):
        address = f"/api/v1/temporary-cards/{number}/state"
        return Client().get(address, {"purpose": purpose}, headers={"X-API-Key": key})

    def test_is_answered_with_one_read_and_kept(
        self, city: City, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        agency = an_agency(city)
        lent_to_somebody(city, "L0001")
        card = TemporaryCard.objects.get()
        with django_assert_num_queries(2):
            told = self.ask("l0001", agency.key).json()
        assert (told["state"], told["ending"]) == ("valid", "0001")
        kept = StatusAsked.objects.get(pk=told["reference"])
        assert (kept.temporary_card_id, kept.card_id, kept.answer) == (card.pk, None, "valid")
        assert "王小明" not in str(told)

    def test_is_good_no_longer_than_its_holder_waits_for_a_card(self, city: City) -> None:
        """Cancelled, moved away or collected: the temporary card ends with the wait (27, 29)."""
        agency, holder = an_agency(city), make.person()
        card = make.issued_card(city, city.here, holder=holder)
        lent_to_somebody(city, "L0001", holder=holder)
        assert self.ask("L0001", agency.key).json()["state"] == "valid"
        wish = {"asker": "holder", "reason": "wish", "plastic": "none"}
        assert send("card.cancel", card, by=city.here.clerk, **wish).status_code == 302
        still = Application.objects.get(person=holder)
        assert still.progress == "captured"
        assert self.ask("L0001", agency.key).json()["state"] == "valid"
        withdraw_application(
            application_id=still.pk, words="不办了", by=city.here.clerk, at=timezone.now(),
            key=make.key(),
        )  # fmt: skip
        told = self.ask("L0001", agency.key).json()
        assert (told["state"], told["reason"]) == ("stopped", "other") and "交回" in told["words"]

    def test_an_unknown_one_is_answered_and_never_mistaken_for_a_card(self, city: City) -> None:
        agency, card = an_agency(city), make.issued_card(city, city.here)
        told = self.ask(card.number, agency.key).json()
        assert (told["state"], told["ending"]) == ("unknown", "")
        assert "临时卡" in told["words"]

    def test_key_purpose_and_limit_hold_as_for_cards(self, city: City) -> None:
        agency = an_agency(city, per_minute=1)
        assert self.ask("L0001", "ckb_wrong").json()["code"] == "KEY_UNKNOWN"
        assert self.ask("L%20", agency.key).status_code == 422
        assert self.ask("L0001", agency.key, "pension").status_code == 403
        assert self.ask("L0001", agency.key).status_code == 429

    def test_is_found_by_its_index(self, city: City) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("EXPLAIN SELECT * FROM cards_temporarycard WHERE number = 'L0001'")
            plan = " ".join(row[0] for row in cursor.fetchall())
        assert "Index" in plan


@pytest.mark.django_db
class TestByHolder:
    def ask(self, number: str, key: str):
        return Client().post(
            "/api/v1/cards/state", {"citizen_number": number, "purpose": "clinic"},
            content_type="application/json", headers={"X-API-Key": key},
        )  # fmt: skip

    def test_of_two_cards_the_one_in_use_answers(
        self, city: City, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        agency, holder = an_agency(city), make.person()
        used = make.issued_card(city, city.here, holder=holder)
        send("social.activate", used, by=city.here.clerk, asked_by="holder")
        make.issued_card(city, city.here, holder=holder)
        number = vault.open_text(holder.number_sealed, context=vault.NUMBER)
        with django_assert_num_queries(2):
            told = self.ask(number, agency.key).json()
        assert (told["state"], told["ending"]) == ("valid", used.number[-4:])

    def test_a_number_nobody_can_have_is_refused_without_repeating_it(self, city: City) -> None:
        agency, number = an_agency(city), make.citizen_number()
        broken = number[:-1] + ("1" if number[-1] != "1" else "2")
        answer = self.ask(broken, agency.key)
        assert answer.status_code == 422 and broken not in answer.content.decode()
        assert answer.json()["errors"][0]["field"] == "citizen_number"


@pytest.mark.django_db
class TestKeys:
    def test_only_a_digest_is_kept(self, city: City) -> None:
        agency = an_agency(city)
        row = StatusKey.objects.values().get()
        assert agency.key not in str(row) and len(bytes(row["digest"])) == 32

    def test_a_purpose_must_be_a_use_of_the_agency(self, city: City) -> None:
        agency = an_agency(city)
        other = make.organization("另一机构", Kind.AGENCY, parent=city.city)
        with pytest.raises(NotKept, match="clinic"):
            make_key(
                agency_id=other.pk, title="", purposes=["clinic"], valid_from=date(2026, 1, 1),
                valid_to=date(2027, 1, 1), per_minute=1, by=agency.admin,
                second_id=agency.second.user_id, at=timezone.now(),
            )  # fmt: skip

    def test_who_asked_is_never_changed(self, city: City) -> None:
        agency = an_agency(city)
        asked("ZZ9999999", agency.key)
        with pytest.raises(ProgrammingError), transaction.atomic():
            StatusAsked.objects.update(answer="valid")
        with pytest.raises(ProgrammingError), transaction.atomic():
            StatusAsked.objects.all().delete()


@pytest.mark.races
def test_two_desks_ask_at_once_and_both_are_kept(fresh_database: str) -> None:
    city = make.city()
    agency, card = an_agency(city), make.issued_card(city, city.here)
    answers = together(*[lambda: asked(card.number, agency.key)] * 2)
    assert [one.status_code for one in answers] == [200, 200]
    assert Card.objects.get(pk=card.pk).social == "sealed"
    assert StatusAsked.objects.filter(card=card).count() == 2
