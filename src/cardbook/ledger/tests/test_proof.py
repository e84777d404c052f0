"""The sealer: order, one root for one size, crashes, clocks, and what it refuses to sign."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connections, transaction

from cardbook.ledger import proof
from cardbook.ledger.checkpoints import (
    BadCheckpoint,
    public_pem,
    read_note,
    read_public_pem,
    signing_key,
)
from cardbook.ledger.lines import KEYS, event_line
from cardbook.ledger.models import Checkpoint, Event, Seal
from cardbook.ledger.proof import AnotherSealer, SealingRefused, seal_events, sealing_lag
from cardbook.ledger.tests.tampering import database, tamper
from cardbook.ledger.verify import verify_database
from cardbook.lib.canonical import canonical_json
from cardbook.lib.merkle import root_of
from cardbook.testing import factories as make
from cardbook.testing.factories import City
from cardbook.testing.sealing import seal_everything

# For as long as another test's transaction may hold the sealer up.
PATIENCE_SECONDS = 120


def order() -> list[tuple[int, int]]:
    """Place and event of every seal."""
    return list(Seal.objects.order_by("place").values_list("place", "event_id"))


class TestSealEvents:
    def test_gives_every_event_a_dense_place_in_the_order_of_transactions(
        self, sealed_city: City
    ) -> None:
        wanted = Event.objects.order_by("transaction", "id").values_list("pk", flat=True)
        assert order() == list(enumerate(wanted))
        assert len(order()) > 20

    def test_signs_the_root_of_all_leaves_so_far(self, sealed_city: City) -> None:
        leaves = [
            bytes(leaf) for leaf in Seal.objects.order_by("place").values_list("leaf", flat=True)
        ]
        checkpoints = list(Checkpoint.objects.order_by("size"))
        assert [c.size for c in checkpoints][:3] == [3, 6, 9]
        for checkpoint in checkpoints:
            said = read_note(checkpoint.note, key=signing_key().public_key())
            assert said.root == bytes(checkpoint.root) == root_of(leaves[: said.size])
            assert (said.size, said.sealed_at) == (checkpoint.size, checkpoint.sealed_at)

    def test_changes_nothing_when_nothing_is_new(self, sealed_city: City) -> None:
        before = Checkpoint.objects.count()
        assert seal_events().events == 0
        assert Checkpoint.objects.count() == before

    def test_goes_on_where_it_stopped(self, sealed_city: City) -> None:
        before = order()
        make.received_cards(sealed_city, sealed_city.neighbour, count=2)
        seal_everything()
        assert order()[: len(before)] == before
        assert len(order()) == len(before) + 4
        assert verify_database().events == len(before) + 4

    def test_waits_for_a_transaction_that_began_earlier(self, sealed_city: City) -> None:
        count = len(order())
        with psycopg.connect(settings.DATABASE_URLS.owner_url, dbname=database()) as early:
            early.execute("SELECT pg_current_xact_id()")
            make.received_cards(sealed_city, sealed_city.here)
            assert seal_events().events == 0
            assert sealing_lag().events == 2
            early.commit()
        seal_everything()
        assert len(order()) == count + 2

    def test_leaves_no_gap_for_an_act_that_was_rolled_back(self, sealed_city: City) -> None:
        with pytest.raises(RuntimeError), transaction.atomic():
            make.organization("未成", make.Kind.TOWN, parent=sealed_city.here.county)
            make.worker("未成", make.Role.AUDITOR, sealed_city.city)
            raise RuntimeError
        make.received_cards(sealed_city, sealed_city.here)
        seal_everything()
        assert [place for place, _ in order()] == list(range(Event.objects.count()))
        verify_database()

    def test_what_waited_too_long_goes_under_one_checkpoint(
        self, sealed_city: City, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # As after a night without a sealer: whatever waits, waits too long.
        monkeypatch.setattr(proof, "LONGEST_WAIT", timedelta(hours=-1))
        make.received_cards(sealed_city, sealed_city.here, count=4)
        while sealing_lag().events:  # until no other test's transaction holds it up
            sealed = seal_events(chunk=2)
            assert sealed.checkpoints == (sealed.events > 0)
        assert verify_database().events == Event.objects.count()

    def test_lets_only_one_sealer_work(self, city: City) -> None:
        with psycopg.connect(settings.DATABASE_URLS.owner_url, dbname=database()) as other:
            other.execute("SELECT pg_advisory_lock(%s)", [proof._ONE_SEALER])
            with pytest.raises(AnotherSealer):
                seal_events()
        assert not Checkpoint.objects.exists()

    @pytest.mark.races
    def test_two_sealers_at_once_make_one_chain(self, city: City) -> None:
        def work() -> None:
            for _ in range(20):
                try:
                    seal_events(chunk=2)
                except AnotherSealer:
                    continue
            connections.close_all()

        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seal_everything(chunk=2)
        assert verify_database().events == Event.objects.count()


@pytest.mark.trust("T3")
class TestClock:
    def test_refuses_to_sign_when_the_clock_went_back(self, sealed_city: City) -> None:
        make.received_cards(sealed_city, sealed_city.here)
        newest = Checkpoint.objects.order_by("-size").first()
        assert newest is not None
        tamper("UPDATE ledger_checkpoint SET sealed_at = sealed_at + interval '10 minutes'")
        with pytest.raises(SealingRefused, match="时钟被拨回"):
            seal_events()
        assert Checkpoint.objects.order_by("-size").first() == newest

    def test_refuses_to_sign_an_event_from_the_future(self, sealed_city: City) -> None:
        (card,) = make.received_cards(sealed_city, sealed_city.here)
        tamper(
            "UPDATE ledger_event SET recorded_at = clock_timestamp() + interval '1 day' "
            f"WHERE subject_kind = 'card' AND subject_id = {card.pk} AND seq = 2"
        )
        patient_until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < patient_until:
            try:
                seal_events()
            except SealingRefused as problem:
                assert "晚于现在" in str(problem)
                break
        else:
            pytest.fail("an event of tomorrow was sealed")
        # What came before it may have been sealed: others' transactions let it wait or not.
        tomorrows = Event.objects.get(subject_kind="card", subject_id=card.pk, seq=2)
        assert not Seal.objects.filter(event=tomorrows).exists()


_KILLED = """
import os, signal, sys
import django
django.setup()
from django.conf import settings
from django.db import connections
connections["default"].settings_dict["NAME"] = sys.argv[1]
connections["default"].settings_dict["OPTIONS"] = {}
from cardbook.ledger import proof
calls = 0
original = getattr(proof, sys.argv[2])
def dies(*arguments, **named):
    global calls
    calls += 1
    if calls == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    made = original(*arguments, **named)
    return made
setattr(proof, sys.argv[2], dies)
proof.seal_events(chunk=3)
"""


@pytest.mark.trust("B3")
class TestKilledSealer:
    @pytest.mark.parametrize("moment", ["_unsealed", "_write_places", "_write_checkpoint"])
    def test_leaves_whole_checkpoints_and_the_next_run_goes_on(
        self, city: City, moment: str
    ) -> None:
        ended = subprocess.run(
            [sys.executable, "-c", _KILLED, database(), moment],
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "cardbook.config.settings"},
            cwd=Path(proof.__file__).parents[2],
            check=False,
            capture_output=True,
            timeout=60,
        )
        assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
        assert Checkpoint.objects.count() == 1
        first = Checkpoint.objects.get()
        assert len(order()) == first.size == 3
        seal_everything(chunk=5)
        assert Checkpoint.objects.get(size=3).note == first.note
        assert verify_database().events == Event.objects.count()


class TestCopiedDatabase:
    def test_goes_on_when_transactions_are_counted_from_the_start_again(
        self, sealed_city: City
    ) -> None:
        """After a logical restore on a new server old numbers lie far above the running ones."""
        unsealed = make.received_cards(sealed_city, sealed_city.here)
        tamper("UPDATE ledger_event SET transaction = transaction + 1000000000000")
        make.received_cards(sealed_city, sealed_city.neighbour)
        seal_everything()
        make.received_cards(sealed_city, sealed_city.neighbour)
        seal_everything()
        places = [place for place, _ in order()]
        assert places == list(range(Event.objects.count()))
        assert Seal.objects.filter(event__subject_id=unsealed[0].pk).exists()


class TestLine:
    def test_is_canonical_json(self) -> None:
        assert list(KEYS) == sorted(KEYS)
        row = [f"{number}卡" for number in range(len(KEYS))]
        assert event_line(row).decode() == canonical_json(dict(zip(KEYS, row, strict=True)))


class TestNote:
    def test_a_changed_character_is_noticed(self, sealed_city: City) -> None:
        checkpoint = Checkpoint.objects.order_by("size").first()
        assert checkpoint is not None
        key = signing_key().public_key()
        note = checkpoint.note
        assert read_note(note, key=key).size == 3
        for at, character in enumerate(note):
            changed = note[:at] + ("0" if character != "0" else "1") + note[at + 1 :]
            with pytest.raises(BadCheckpoint):
                read_note(changed, key=key)

    def test_the_public_key_survives_its_file(self) -> None:
        key = signing_key().public_key()
        assert public_pem(read_public_pem(public_pem(key))) == public_pem(key)
        with pytest.raises(BadCheckpoint, match=r"pubkey\.pem"):
            read_public_pem(b"-----BEGIN PUBLIC KEY-----\n")
