"""What the application's role may not do, and how few statements a large act takes (section 4)."""

import re

import pytest
from django.db import IntegrityError, ProgrammingError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from cardbook.cards.models import Card
from cardbook.config.doctor.database import deletable_tables
from cardbook.custody.models import Account
from cardbook.custody.places import Place
from cardbook.custody.postings import Destination
from cardbook.ledger.models import Event
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import CardSorted, DeliveryReceived
from cardbook.lifecycle.perform import Step, perform
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City

pytestmark = pytest.mark.django_db
# Written once and never again; positions are kept by a trigger alone.
FOR_EVER = (
    "ledger_event", "custody_movement", "custody_posting", "papers_paper",
    "registers_issueddocument",
)  # fmt: skip
# The owner may clear these when their time is over; nobody else.
KEPT = ("usage_statusasked", "usage_cardused", "liability_look", "liability_lookalarm")
NEVER_DELETED = (
    "cards_card", "cards_application", "cards_temporarycard", "ledger_request", "outbox_message",
    "usage_statustoooften",
)  # fmt: skip


def refused(statement: str, *, alias: str = "default") -> str:
    """The database's own words against a statement."""
    link = connections[alias]
    with (
        pytest.raises((ProgrammingError, IntegrityError)) as problem,
        transaction.atomic(using=alias),
        link.cursor() as cursor,
    ):
        cursor.execute(statement)
    return str(problem.value)


@pytest.mark.trust("A9")
class TestTheApplicationsRole:
    def test_is_not_the_owner_nor_a_superuser(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_user, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls "
                "FROM pg_roles WHERE rolname = current_user"
            )
            name, *rights = cursor.fetchone()
            cursor.execute(
                "SELECT count(*) FROM pg_tables WHERE tableowner = current_user "
                "AND schemaname = current_schema()"
            )
            assert cursor.fetchone() == (0,)
        assert name == connection.settings_dict["USER"] and rights == [False] * 4

    @pytest.mark.parametrize("table", (*FOR_EVER, *KEPT))
    @pytest.mark.parametrize(
        "statement",
        ["UPDATE {} SET {} = NULL", "DELETE FROM {}", "TRUNCATE {} CASCADE"],
        ids=["update", "delete", "truncate"],
    )
    def test_cannot_rewrite_what_was_written(self, table: str, statement: str) -> None:
        column = connection.introspection.get_primary_key_columns(connection.cursor(), table)[0]
        assert "permission denied" in refused(statement.format(table, column))

    @pytest.mark.parametrize("table", NEVER_DELETED)
    @pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {} CASCADE"])
    def test_cannot_make_a_subject_vanish(self, table: str, statement: str) -> None:
        assert "permission denied" in refused(statement.format(table))

    @pytest.mark.parametrize(
        "statement",
        [
            "INSERT INTO custody_position (card_id) VALUES (1)",
            "UPDATE custody_position SET slot = 1",
            "DELETE FROM custody_position",
            "INSERT INTO custody_tally (account_id, since_on, cards) VALUES (1, now(), 1)",
            "UPDATE custody_tally SET cards = 0",
            "DELETE FROM custody_tally",
            "INSERT INTO cards_searchkey (county_id, key, person_id) VALUES (1, 1, 1)",
            "DELETE FROM cards_searchkey",
        ],
    )
    def test_cannot_put_a_card_anywhere_without_a_posting(self, statement: str) -> None:
        assert "permission denied" in refused(statement)

    @pytest.mark.parametrize(
        "statement",
        [
            "ALTER TABLE ledger_event ADD COLUMN note text",
            "ALTER TABLE ledger_event DISABLE TRIGGER event_refuses_change",
            "DROP TRIGGER event_refuses_change ON ledger_event",
            "DROP TABLE ledger_event CASCADE",
            "CREATE TABLE mine (n int)",
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql "
            "AS 'BEGIN RETURN NULL; END'",
            "SET session_replication_role = replica",
        ],
    )
    def test_cannot_change_the_schema_or_switch_a_guard_off(self, statement: str) -> None:
        words = refused(statement)
        assert "permission denied" in words or "must be owner" in words

    def test_cannot_change_a_card_by_an_event_of_a_temporary_book(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here, count=1)
        with connection.cursor() as cursor:
            cursor.execute(
                "DISCARD PLANS; CREATE TEMP TABLE ledger_event AS SELECT 'card' AS subject_kind, "
                "id AS subject_id, version + 1 AS seq, "
                "pg_current_xact_id()::text::bigint AS transaction FROM cards_card"
            )
        change = f"UPDATE cards_card SET version = version + 1 WHERE id = {card.pk}"
        assert "没有对应的台账记录" in refused(change)

    def test_cannot_move_a_card_from_where_a_temporary_table_says(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here, count=1)
        with connection.cursor() as cursor:
            cursor.execute(
                "DISCARD PLANS; CREATE TEMP TABLE custody_position AS "
                "SELECT g.account_id, p.card_id, p.slot, p.movement_id, p.since, p.received_at "
                "FROM custody_position p JOIN custody_posting g ON g.card_id = p.card_id "
                f"AND g.amount = -1 AND g.movement_id = p.movement_id WHERE p.card_id = {card.pk};"
                "CREATE UNIQUE INDEX ON pg_temp.custody_position (card_id); "
                "GRANT ALL ON pg_temp.custody_position TO PUBLIC"
            )
        again = (
            "INSERT INTO custody_posting (movement_id, card_id, account_id, amount) "
            f"SELECT movement_id, card_id, account_id, amount FROM custody_posting g "
            f"WHERE card_id = {card.pk} AND movement_id = (SELECT movement_id "
            f"FROM public.custody_position WHERE card_id = {card.pk})"
        )
        assert "不在移出的位置" in refused(again)

    def test_cannot_borrow_the_owners_rights_by_a_trigger_of_its_own(self, city: City) -> None:
        """What runs inside a function of the owner runs as the owner, a temporary trigger too."""
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMP TABLE custody_tally (account_id bigint, since_on date, cards int); "
                "INSERT INTO pg_temp.custody_tally VALUES (1, now(), 1), (1, now(), 1); "
                "GRANT ALL ON pg_temp.custody_tally TO PUBLIC; "
                "CREATE FUNCTION pg_temp.seize() RETURNS trigger LANGUAGE plpgsql AS "
                "'BEGIN RAISE EXCEPTION ''seized by %'', current_user; END'; "
                "CREATE TRIGGER seize BEFORE DELETE ON pg_temp.custody_tally "
                "FOR EACH STATEMENT EXECUTE FUNCTION pg_temp.seize(); SELECT merge_tally()"
            )
            cursor.execute("SELECT count(*) FROM pg_temp.custody_tally")
            assert cursor.fetchone() == (2,)


@pytest.mark.trust("A9")
class TestDeleting:
    """`grants.sql` names the few tables rows are taken out of again; the tests of each slice that
    takes some out run as this role, so that a table left out is noticed there.
    """

    def tables(self) -> set[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
            return {name for (name,) in cursor.fetchall()}

    def test_is_open_on_the_named_tables_and_no_other(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND has_table_privilege(oid, "
                "'DELETE') AND relnamespace = current_schema()::regnamespace"
            )
            assert {name for (name,) in cursor.fetchall()} == deletable_tables()
        assert len(deletable_tables()) < len(self.tables()) / 3

    def test_is_refused_by_the_database_everywhere_else(self) -> None:
        others = sorted(self.tables() - deletable_tables())
        assert {"orgs_user", "orgs_post", "papers_paper", "custody_account"} <= set(others)
        for table in others:
            assert "permission denied" in refused(f'DELETE FROM "{table}" WHERE false'), table


class TestTheOwner:
    """Even he changes nothing by mistake: the triggers hold for everyone."""

    @pytest.mark.django_db(databases=["default", "owner"])
    @pytest.mark.parametrize("table", FOR_EVER)
    @pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {} CASCADE"])
    def test_cannot_rewrite_the_book_either(self, table: str, statement: str) -> None:
        assert "台账只能追加" in refused(statement.format(table), alias="owner")


class TestALargeAct:
    """One act on a thousand cards is as many statements as on one."""

    def receive(self, city: City, cards: list[Card]) -> int:
        step = Step(
            act=act("delivery.receive"),
            facts=DeliveryReceived(delivery=1, count=len(cards), box="1", seal_intact=True),
            subject_ids=[card.pk for card in cards],
        )
        with CaptureQueriesContext(connection) as queries:
            perform(step, by=city.here.keeper, second=city.here.reviewer, at=NOON, key=make.key())
        return len(queries)

    @pytest.mark.article(6)
    def test_receiving_a_thousand_takes_the_statements_of_receiving_one(self, city: City) -> None:
        holder = [make.person()]
        few = make.cards_in_transit(city, city.here, people=holder)
        many = make.cards_in_transit(city, city.here, people=holder * 1000)
        account = self.receive(city, make.cards_in_transit(city, city.here, people=holder))
        assert account <= 15, "the store was opened, too"
        one = self.receive(city, few)
        assert self.receive(city, many) == one <= 12
        assert Event.objects.filter(act="delivery.receive").count() == 1002
        assert set(
            Card.objects.filter(pk__in=[card.pk for card in many]).values_list("stage", "version")
        ) == {("in_custody", 2)}

    @pytest.mark.article(6)
    def test_old_and_new_rows_are_never_joined(self) -> None:
        """A kept plan was made for one row, and joins fifty thousand in a quadratic time."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT DISTINCT p.proname, p.prosrc FROM pg_trigger t JOIN pg_proc p "
                "ON p.oid = t.tgfoid WHERE t.tgoldtable IS NOT NULL AND t.tgnewtable IS NOT NULL"
            )
            found = dict(cursor.fetchall())
        assert {"state_follows_ledger", "search_keys_of_cards", "search_keys_of_people"} <= {
            *found
        }
        joined = re.compile(r"JOIN\s+(added|removed)\b|removed\s+\w*\s*(JOIN|,)")
        assert [name for name, text in found.items() if joined.search(text)] == []

    @pytest.mark.article(20)
    def test_sorting_a_thousand_into_one_box_takes_a_handful(self, city: City) -> None:
        cards = make.received_cards(city, city.here, people=[make.person()] * 1000)
        box = Account.objects.create(
            kind=Place.BOX, organization=city.here.card_body, code="A-1-01", capacity=1000
        )
        step = Step(
            act=act("card.sort"),
            facts=CardSorted(order="town", box="A-1-01"),
            subject_ids=[card.pk for card in cards],
            destination=Destination(box.pk),
        )
        with CaptureQueriesContext(connection) as queries:
            perform(step, by=city.here.keeper, at=NOON, key=make.key())
        assert len(queries) <= 13
        assert set(box.positions.values_list("slot", flat=True)) == set(range(1, 1001))
