"""Breaks every promise for real, past triggers and grants, and sees `check` name the offender."""

import time
from uuid import uuid4

import pytest
from django.db import connection, connections

from cardbook.cards.models import Card
from cardbook.cards.states import Subject
from cardbook.chapters.issuance.defect.commands import record_defect
from cardbook.chapters.issuance.proxy.tests.cases import to_proxy
from cardbook.custody.models import Movement
from cardbook.insight.check import RULES, Finding, Recount, recount
from cardbook.insight.table_sql import stage_places
from cardbook.ledger.models import Event
from cardbook.ledger.tests.tampering import tamper
from cardbook.lifecycle.facts import Defect, DefectRecorded
from cardbook.people.models import PickUp
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City
from cardbook.testing.sealing import seal_everything


@pytest.fixture
def city(fresh_database: str) -> City:
    """Cards in every place: in transit, in store, with their holder, among the defective."""
    place = make.city()
    make.issued_card(place, place.here)
    make.received_cards(place, place.here, count=2)
    make.cards_in_transit(place, place.neighbour)
    (defective,) = make.received_cards(place, place.here)
    record_defect(
        card_id=defective.pk,
        facts=DefectRecorded(defect=Defect.SOILED, reader_tried=True),
        told=("defect",),
        by=place.here.clerk,
        at=NOON,
        key=make.key(),
    )
    seal_everything()
    return place


def card(stage: str) -> int:
    """The first card of a stage."""
    return int(Card.objects.filter(stage=stage).order_by("pk").values_list("pk", flat=True)[0])


def broken(found: Recount) -> dict[str, str]:
    """Rule and offender of every promise that is not kept."""
    return {
        finding.rule.name: finding.first.sentence
        for finding in found.findings
        if finding.first is not None
    }


def without_index(name: str) -> None:
    """Take a unique index away, as an owner could."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"DROP INDEX {name}")


def event_of(card_id: int, act: str) -> int:
    """The event by which an act was done to a card."""
    return int(Event.objects.get(subject_kind="card", subject_id=card_id, act=act).pk)


def others_reading() -> int:
    """How many more connections of this program are in a transaction on this database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND usename = current_user AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
        )
        return int(cursor.fetchone()[0])


class TestRecount:
    def test_finds_nothing_in_a_city_that_lived_by_its_acts(self, city: City) -> None:
        found = recount()
        assert broken(found) == {}
        assert found.holds
        assert found.cards == Card.objects.count() == 5
        assert {str(place): count for place, count in found.places.items()} == {
            "transit": 1,
            "store": 2,
            "defect": 1,
            "holder": 1,
        }

    def test_asks_every_question_of_the_folder(self) -> None:
        from cardbook.insight.check import _SQL

        assert {rule.name for rule in RULES} == {path.stem for path in _SQL.glob("*.sql")}

    def test_reports_each_finding_while_it_goes(self, city: City) -> None:
        heard: list[str] = []
        recount(progress=lambda finding: heard.append(finding.rule.code))
        assert heard == [rule.code for rule in RULES]

    def test_sees_the_book_as_of_one_moment_while_business_goes_on(self, city: City) -> None:
        def lose_what_is_asked_last(finding: Finding) -> None:
            if finding.rule is RULES[0]:
                tamper("DELETE FROM ledger_checkpoint", "DELETE FROM custody_position")

        found = recount(progress=lose_what_is_asked_last)
        assert (broken(found), found.cards) == ({}, 5)
        assert "n6_seals_are_dense" in broken(recount())

    def test_whoever_waits_for_the_longest_question_is_not_sent_away(
        self, city: City, fresh_database: str
    ) -> None:
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                f"ALTER DATABASE {fresh_database} SET idle_in_transaction_session_timeout = '50ms'"
            )
        connection.close()
        assert recount(progress=lambda _: time.sleep(0.01)).holds

    def test_broken_off_it_leaves_no_connection_behind(self, city: City) -> None:
        def give_up(_: Finding) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            recount(progress=give_up)
        # A server ends what was closed a moment later.
        until = time.monotonic() + 60
        while others_reading() and time.monotonic() < until:
            time.sleep(0.05)
        assert others_reading() == 0
        assert recount().holds

    def test_counts_offenders_and_names_the_first(self, city: City) -> None:
        tamper("UPDATE cards_card SET stage = 'missing'")
        findings = {finding.rule.title: finding for finding in recount().findings}
        finding = findings["社保卡状态等于台账重演"]
        assert finding.count == 5
        assert finding.first is not None
        assert finding.first.id == Card.objects.order_by("pk")[0].pk


@pytest.mark.trust("N1")
class TestN1:
    def test_a_card_without_a_place_is_named(self, city: City) -> None:
        victim = card("in_custody")
        tamper(f"DELETE FROM custody_position WHERE card_id = {victim}")
        assert broken(recount())["n1_card_has_one_position"] == f"社保卡 {victim}：没有保管位置"

    def test_a_position_nobody_posted_is_named(self, city: City) -> None:
        victim = card("in_custody")
        tamper(
            "UPDATE custody_position SET account_id = (SELECT min(id) FROM custody_account "
            f"WHERE kind = 'holder') WHERE card_id = {victim}"
        )
        found = broken(recount())
        assert found["n1_position_is_what_was_posted"].startswith(f"社保卡 {victim}：登记在账户")
        assert found["n1_stage_fits_place"].startswith(f"社保卡 {victim}：状态为“in_custody”")

    def test_a_card_posted_into_two_places_is_named(self, city: City) -> None:
        victim = card("issued")
        tamper(
            "INSERT INTO custody_posting (movement_id, account_id, card_id, amount) "
            "SELECT movement_id, (SELECT min(id) FROM custody_account WHERE kind = 'store'), "
            f"card_id, 1 FROM custody_posting WHERE card_id = {victim} AND amount = 1 LIMIT 1"
        )
        found = broken(recount())
        assert found["n1_position_is_what_was_posted"] == f"社保卡 {victim}：分录累计后同时在 2 处"
        assert "n5_postings_balance" in found

    def test_a_slot_nobody_posted_is_named(self, city: City) -> None:
        victim = card("issued")
        tamper(f"UPDATE custody_position SET slot = 7 WHERE card_id = {victim}")
        assert "第 7 位" in broken(recount())["n1_position_is_what_was_posted"]

    def test_a_first_receipt_nobody_posted_is_named(self, city: City) -> None:
        victim = card("issued")
        tamper(
            "UPDATE custody_position SET received_at = received_at + interval '1 day' "
            f"WHERE card_id = {victim}"
        )
        said = broken(recount())["n1_position_is_what_was_posted"]
        assert said.startswith(f"社保卡 {victim}：登记第一次接收于 ")

    def test_a_sum_that_is_not_what_lies_there_is_named(self, city: City) -> None:
        tamper(
            "UPDATE custody_tally SET cards = cards + 1 "
            "WHERE id = (SELECT min(id) FROM custody_tally)"
        )
        said = broken(recount())["n1_tally_is_what_lies_there"]
        assert said.startswith("账户 ") and "合计表为" in said

    def test_places_of_a_stage_follow_from_the_table(self) -> None:
        assert ("issued", "holder") in stage_places()
        assert ("in_custody", "transit") in stage_places()
        assert ("issued", "store") not in stage_places()
        assert ("missing", "missing") in stage_places()


@pytest.mark.trust("N2")
class TestN2:
    def test_a_card_that_came_from_nowhere_is_named(self, city: City) -> None:
        victim = card("in_custody")
        tamper(
            "DELETE FROM custody_posting p USING custody_account a "
            f"WHERE a.id = p.account_id AND a.kind = 'outside' AND p.card_id = {victim}"
        )
        batch = Card.objects.get(pk=victim).batch_id
        assert broken(recount())["n2_cards_add_up"] == (
            f"批次 {batch}：登记 5 张，分录进入 4 张，各处合计 5 张"
            "（在途 1、在库 2、在单位、邮寄或上门 0、停用 1、已发放 1、下落不明 0、已销毁 0）"
        )

    def test_a_delivery_that_expects_more_than_it_lists_is_named(self, city: City) -> None:
        office, clerk = city.here.card_body.pk, city.here.keeper.user_id
        with connections["owner"].cursor() as cursor:
            cursor.execute("ALTER TABLE intake_delivery ALTER file_id DROP NOT NULL")
            cursor.execute(
                "INSERT INTO intake_delivery (code, organization_id, registered_by_id, expected) "
                "VALUES ('D1', %s, %s, 9) RETURNING id",
                [office, clerk],
            )
            (delivery,) = cursor.fetchone()
        found = broken(recount())["n2_delivery_adds_up"]
        assert found == f"到货 {delivery}：应到 9 张，各箱合计 0 张"


@pytest.mark.trust("N3")
class TestN3:
    def test_two_active_cards_of_one_person_are_named(self, city: City) -> None:
        holder = make.person()
        make.received_cards(city, city.here, people=[holder, holder])
        without_index("card_one_active_per_person")
        tamper(
            "UPDATE cards_card SET stage = 'issued', social = 'active' "
            f"WHERE person_id = {holder.pk}"
        )
        assert broken(recount())["n3_one_active_card"].startswith(
            f"持卡人 {holder.pk}：有 2 张启用的卡"
        )

    def test_two_open_applications_of_one_person_are_named(self, city: City) -> None:
        without_index("application_one_open_per_person")
        tamper(
            "INSERT INTO cards_application "
            "(person_id, county_id, kind, reason, fee_fen, fee, progress, version) "
            "SELECT person_id, county_id, kind, reason, fee_fen, fee, progress, 1 "
            "FROM cards_application"
        )
        assert "有 2 件办理中的申请" in broken(recount())["n3_one_open_application"]

    def test_two_temporary_cards_of_one_person_are_named(self, city: City) -> None:
        without_index("temporary_one_live_per_person")
        holder, county = make.person().pk, city.here.county.pk
        tamper(
            "INSERT INTO cards_temporarycard (number, county_id, person_id, stage, version) "
            f"VALUES ('L1', {county}, {holder}, 'lent', 1), ('L2', {county}, {holder}, 'lent', 1)"
        )
        assert broken(recount())["n3_one_temporary_card"].startswith(f"持卡人 {holder}：有 2 张")


@pytest.mark.trust("N4")
@pytest.mark.article(8, 4)
class TestN4:
    def test_an_issue_without_a_signature_is_named(self, city: City) -> None:
        event = event_of(card("issued"), "card.issue")
        tamper(f"UPDATE ledger_event SET papers = papers[1:2] WHERE id = {event}")
        assert broken(recount())["n4_papers_were_shown"] == (
            f"社保卡 {card('issued')}：台账记录 {event}（发放给持卡人本人）缺少："
            "纸质登记表签字或屏幕签字或按手印（见证人签字）"
        )

    @pytest.mark.article(10)
    def test_a_paper_that_is_asked_in_this_case_only_is_named(self, city: City) -> None:
        (here,) = make.received_cards(city, city.here)
        to_proxy(here, by=city.here.clerk)
        event = event_of(here.pk, "card.issue_proxy")
        assert "n4_papers_were_shown" not in broken(recount())
        tamper(
            "UPDATE ledger_event SET facts = "
            """replace(facts, '"relation":"child"', '"relation":"unit"') """
            f"WHERE id = {event}"
        )
        assert broken(recount())["n4_papers_were_shown"].endswith("缺少：原单位出具的证明")

    def test_a_signature_on_the_screen_without_its_image_is_named(self, city: City) -> None:
        event = event_of(card("issued"), "card.issue")
        tamper(
            "UPDATE ledger_event SET papers = papers[1:2] || ARRAY['signature_screen:'] "
            f"WHERE id = {event}"
        )
        assert f"台账记录 {event}" in broken(recount())["n4_papers_were_shown"]

    @pytest.mark.parametrize(
        ("said", "instead"),
        [
            ('"original_seen":true', '"original_seen":false'),
            ('"signing":"paper"', '"signing":"none"'),
        ],
    )
    def test_an_issue_to_an_unidentified_person_is_named(
        self, city: City, said: str, instead: str
    ) -> None:
        event = event_of(card("issued"), "card.issue")
        tamper(
            f"UPDATE ledger_event SET facts = replace(facts, '{said}', '{instead}') "
            f"WHERE id = {event}"
        )
        found = broken(recount())
        assert found == {
            "n4_receiver_is_known": (
                f"社保卡 {card('issued')}：台账记录 {event}：没有查验证件原件，或没有签字"
            )
        }

    def test_an_image_that_was_not_kept_is_named(self, city: City) -> None:
        event = event_of(card("issued"), "card.issue")
        tamper(
            "UPDATE ledger_event SET papers = papers || ARRAY['id_card_image:ab'] "
            f"WHERE id = {event}"
        )
        assert "“id_card_image”的影像不在册" in broken(recount())["n4_images_are_kept"]

    @pytest.mark.article(12)
    def test_a_holder_who_was_not_told_is_named(self, city: City) -> None:
        event = event_of(card("issued"), "card.issue")
        tamper(f"UPDATE ledger_event SET told = '{{}}' WHERE id = {event}")
        assert "没有告知：领卡告知" in broken(recount())["n4_holder_was_told"]

    @pytest.mark.article(6)
    def test_a_count_by_one_person_is_named(self, city: City) -> None:
        event = event_of(card("issued"), "delivery.receive")
        tamper(f"UPDATE ledger_event SET second_id = actor_id WHERE id = {event}")
        assert f"台账记录 {event} 须两人办理" in broken(recount())["n4_two_people_signed"]


@pytest.mark.trust("N5")
class TestN5:
    @pytest.mark.article(10)
    def test_a_fetched_card_that_is_not_counted_or_not_so_is_named(self, city: City) -> None:
        here = Card.objects.filter(stage="in_custody").order_by("pk")[0]
        to_proxy(here, by=city.here.clerk)
        seal_everything()
        counted = PickUp.objects.get()
        assert recount().holds
        rule, who = "n5_fetched_is_counted", f"持卡人 {counted.agent_id}"
        tamper(f'UPDATE people_pickup SET "on" = "on" - 1 WHERE id = {counted.pk}')
        assert broken(recount())[rule].startswith(f"{who}：代领计数 {counted.pk}（")
        tamper("DELETE FROM people_pickup")
        assert broken(recount())[rule].endswith("由他代领，没有计数")
        counted.save(force_insert=True)
        assert recount().holds
        again = PickUp.objects.get()
        again.pk, again.batch = None, uuid4()
        again.save()
        assert broken(recount())[rule] == f"{who}：代领计数 {again.pk} 没有对应的台账记录"

    def test_a_state_changed_by_hand_is_named(self, city: City) -> None:
        victim = card("issued")
        tamper(f"UPDATE cards_card SET social = 'active' WHERE id = {victim}")
        assert broken(recount()) == {
            "n5_state_is_replayed": (
                f"社保卡 {victim}：现为 issued / active / none / unknown，"
                "按台账重演应为 issued / sealed / none / unknown"
            )
        }

    def test_an_application_changed_by_hand_is_named(self, city: City) -> None:
        tamper("UPDATE cards_application SET progress = 'collected'")
        assert "按台账重演应为 captured" in broken(recount())["n5_state_is_replayed"]

    @pytest.mark.parametrize("subject", list(Subject))
    def test_every_kind_of_subject_is_replayed(self, city: City, subject: Subject) -> None:
        assert subject in {rule.subject for rule in RULES}

    def test_a_version_changed_by_hand_is_named(self, city: City) -> None:
        victim = card("issued")
        tamper(f"UPDATE cards_card SET version = 9 WHERE id = {victim}")
        assert broken(recount())["n5_ledger_has_no_gap"] == (
            f"社保卡 {victim}：登记为第 9 版，台账最后为第 3 条"
        )

    def test_a_missing_event_is_named(self, city: City) -> None:
        victim = card("issued")
        event = event_of(victim, "delivery.receive")
        tamper(
            f"DELETE FROM ledger_seal WHERE event_id = {event}",
            f"DELETE FROM ledger_event WHERE id = {event}",
        )
        found = broken(recount())
        assert found["n5_ledger_has_no_gap"] == f"社保卡 {victim}：台账最后为第 3 条，只有 2 条"
        assert "没有对应的台账记录" in found["n5_movement_was_ordered"]
        assert "n6_seals_are_dense" in found

    def test_a_card_without_any_event_is_named(self, city: City) -> None:
        victim = card("issued")
        tamper(
            "DELETE FROM ledger_seal s USING ledger_event e "
            f"WHERE e.id = s.event_id AND e.subject_kind = 'card' AND e.subject_id = {victim}",
            f"DELETE FROM ledger_event WHERE subject_kind = 'card' AND subject_id = {victim}",
        )
        assert broken(recount())["n5_ledger_has_no_gap"] == f"社保卡 {victim}：没有任何台账记录"

    def test_an_event_of_an_unknown_act_is_named(self, city: City) -> None:
        event = event_of(card("issued"), "card.issue")
        tamper(f"UPDATE ledger_event SET act = 'card.give' WHERE id = {event}")
        assert "card.give" in broken(recount())["n5_acts_are_known"]

    def test_an_event_nobody_asked_for_is_named(self, city: City) -> None:
        victim = card("issued")
        event = event_of(victim, "card.issue")
        tamper(
            "DELETE FROM ledger_request "
            f"WHERE batch = (SELECT batch FROM ledger_event WHERE id = {event})"
        )
        assert broken(recount()) == {
            "n5_event_was_asked_for": f"社保卡 {victim}：台账记录 {event} 没有对应的办理请求"
        }

    def test_a_movement_that_does_not_balance_is_named(self, city: City) -> None:
        movement = Movement.objects.order_by("pk")[0].pk
        tamper(f"DELETE FROM custody_posting WHERE movement_id = {movement} AND amount = -1")
        assert broken(recount())["n5_postings_balance"].startswith(f"交接 {movement}：卡")

    def test_an_empty_movement_is_named(self, city: City) -> None:
        tamper(
            "INSERT INTO custody_movement (act, batch, happened_at) "
            "VALUES ('card.sort', gen_random_uuid(), now())"
        )
        newest = Movement.objects.order_by("-pk")[0].pk
        assert broken(recount()) == {"n5_postings_balance": f"交接 {newest}：没有任何分录"}

    def test_a_movement_nobody_ordered_is_named(self, city: City) -> None:
        victim = card("issued")
        tamper(
            "UPDATE custody_movement SET act = 'card.sort' WHERE act = 'card.issue'",
        )
        found = broken(recount())["n5_movement_was_ordered"]
        assert found.startswith(f"社保卡 {victim}：")

    def test_an_act_that_left_its_card_lying_is_named(self, city: City) -> None:
        victim = card("issued")
        event = event_of(victim, "card.issue")
        tamper(
            "DELETE FROM custody_posting WHERE movement_id IN "
            "(SELECT id FROM custody_movement WHERE act = 'card.issue')"
        )
        assert broken(recount())["n5_movement_was_ordered"] == (
            f"社保卡 {victim}：台账记录 {event}（card.issue）没有对应的交接分录"
        )


@pytest.mark.trust("N6")
class TestN6:
    def test_an_event_younger_than_its_checkpoint_is_named(self, city: City) -> None:
        victim = card("issued")
        event = event_of(victim, "card.issue")
        tamper(
            f"UPDATE ledger_event SET recorded_at = now() + interval '1 hour' WHERE id = {event}"
        )
        found = broken(recount())["n6_recorded_before_sealed"]
        assert found.startswith(f"社保卡 {victim}：台账记录 {event} 的登记时间")
        assert "晚于检查点" in found

    def test_an_unsealed_event_from_the_future_is_named(self, city: City) -> None:
        (future_card,) = make.cards_in_transit(city, city.here)
        tamper(
            "UPDATE ledger_event SET recorded_at = now() + interval '1 hour' "
            f"WHERE subject_kind = 'card' AND subject_id = {future_card.pk}"
        )
        assert broken(recount())["n6_recorded_before_sealed"].endswith("晚于现在")

    def test_a_lost_seal_is_named(self, city: City) -> None:
        tamper("DELETE FROM ledger_seal WHERE place = 3")
        assert "n6_seals_are_dense" in broken(recount())

    def test_a_lost_checkpoint_is_named(self, city: City) -> None:
        tamper("DELETE FROM ledger_checkpoint")
        assert broken(recount())["n6_seals_are_dense"].endswith("检查点记有 0 条")
