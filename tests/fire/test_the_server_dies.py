"""The database is shot, filled up or lost while windows hand cards over (B1, B4 to B6, B9).

A server of the test's own, with fsync as in an office; the suite's server is not touched.
"""

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import Error, connection
from django.test import Client
from django.utils import timezone

from cardbook.cards.models import Card
from cardbook.chapters.issuance.individual.tests.windows import filled_in
from cardbook.config import embedded
from cardbook.config.doctor.findings import Finding, Level
from cardbook.config.doctor.ledger import backup
from cardbook.imports.models import ImportFile
from cardbook.ledger.models import Event
from cardbook.ledger.proof import seal_events
from cardbook.ledger.verify import verify_database
from cardbook.lifecycle.perform import perform
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.papers.models import Paper
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City
from tests.fire.disks import MANY_ROWS, filled_up
from tests.fire.processes import LONGEST_SECONDS, together
from tests.fire.recounts import all_promises_hold
from tests.fire.servers import OwnServer, own_server, pointed_at

pytestmark = pytest.mark.soak
SHOTS = int(os.environ.get("CARDBOOK_SOAK_SHOTS", "10"))
CARDS_BETWEEN_SHOTS = 25
# A restart takes seconds, on a crowded machine many.
PATIENCE_SECONDS = LONGEST_SECONDS + 30 * SHOTS
WINDOWS = 4


@pytest.fixture(scope="module")
def server(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[OwnServer]:
    with django_db_blocker.unblock(), own_server() as made:  # type: ignore[attr-defined]
        yield made


@pytest.fixture(scope="module")
def city(server: OwnServer) -> City:
    return make.city()


def lines(path: Path) -> list[list[int]]:
    """What windows noted: place of the window, card."""
    text = path.read_text()
    return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]


def window(
    place: int, by: Actor, cards: list[Card], *, server: OwnServer, notes: Path
) -> Callable[[], int]:
    """Hands its cards over; after a break it sends the same request until it is answered."""

    def work() -> int:
        breaks = 0
        with notes.open("a") as file:
            for card in cards:
                while True:
                    try:
                        perform(make.issue_step(card), by=by, at=NOON, key=f"{place}-{card.pk}")
                    except Refused:
                        break
                    except Error:
                        breaks += 1
                        connection.close()
                        time.sleep(0.05)
                        continue
                    file.write(f"{json.dumps([place, card.pk])}\n")
                    file.flush()
                    break
        return breaks

    return work


def shooter(server: OwnServer, notes: Path) -> Callable[[], list[float]]:
    """Shoots the server each time so many more hand-overs were answered; gives the restarts."""

    def work() -> list[float]:
        seconds = []
        for shot in range(1, SHOTS + 1):
            while len(lines(notes)) < shot * CARDS_BETWEEN_SHOTS:
                time.sleep(0.01)
            server.shoot()
            began = time.monotonic()
            server.start()
            seconds.append(time.monotonic() - began)
        return seconds

    return work


@pytest.mark.article(8, 4)
@pytest.mark.trust("B1", "D3")
def test_b1_shot_ten_times_the_database_loses_nothing_it_answered(
    server: OwnServer, city: City, tmp_path: Path
) -> None:
    """Every pair of windows hands the same cards over, so that races and repeats come in too."""
    many = (SHOTS + 3) * CARDS_BETWEEN_SHOTS
    cards = make.received_cards(city, city.here, count=many)
    notes = tmp_path / "answered"
    notes.touch()
    clerks = [city.here.clerk, city.here.other_clerk] * (WINDOWS // 2)
    piles = [cards[: many // 2], cards[many // 2 :]] * (WINDOWS // 2)
    windows = [
        window(place, by, pile, server=server, notes=notes)
        for place, (by, pile) in enumerate(zip(clerks, sorted(piles, key=id), strict=True))
    ]
    *breaks, restarts = together(
        [*windows, shooter(server, notes)], patience_seconds=PATIENCE_SECONDS
    )
    assert sum(breaks) >= SHOTS and len(restarts) == SHOTS
    # How long a restart takes is the machine's business; it is shown, and the row names the aim.
    print(f"restarts took {', '.join(f'{one:.1f}' for one in restarts)} s")
    answered = lines(notes)
    events = dict(
        Event.objects.filter(
            act="card.issue", subject_id__in=[card.pk for card in cards]
        ).values_list("subject_id", "actor_id")
    )
    for place, card_id in answered:
        assert events[card_id] == clerks[place].user_id
    assert len({card_id for _, card_id in answered}) == len(answered), "answered to two windows"
    assert set(events) == {card.pk for card in cards}
    all_promises_hold()


@pytest.mark.trust("B1", "B3")
def test_b3_the_sealer_goes_on_after_the_database_was_shot(server: OwnServer, city: City) -> None:
    """In one process, as the sealer runs: the first run may fail, the next one seals."""
    make.received_cards(city, city.here, count=3)
    seal_events()
    make.received_cards(city, city.here, count=3)
    server.shoot()
    server.start()
    failed = 0
    while True:
        try:
            sealed = seal_events()
            break
        except Error:
            failed += 1
            assert failed < 3, "a broken connection was kept for ever"
    assert sealed.events > 0 and sealed.size == Event.objects.count()
    verify_database()


@pytest.mark.trust("B9")
def test_b9_an_image_taken_while_windows_work_recovers_and_verifies(
    server: OwnServer, city: City
) -> None:
    """The folder is copied while the server is stopped in the middle of its work, as by a cut."""
    cards = make.received_cards(city, city.here, count=60)
    perform(make.issue_step(cards[0]), by=city.here.clerk, at=NOON, key="before the cut")
    seal_events()
    copied = Path(tempfile.mkdtemp(prefix="cb-"))
    copied.chmod(0o755)

    def hand_over() -> None:
        for card in cards[1:]:
            perform(make.issue_step(card), by=city.here.clerk, at=NOON, key=f"cut-{card.pk}")

    def cut() -> None:
        while Event.objects.filter(act="card.issue", subject_id__gt=cards[0].pk).count() < 10:
            time.sleep(0.01)
        home = (server.data / "postgres").resolve()
        first = int((home / "cluster" / "postmaster.pid").read_text().splitlines()[0])
        listed = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(first)], capture_output=True, text=True, check=True
        ).stdout.split()
        pids = [str(first), *listed]
        # Everything stands still at one moment: what the disk holds now is the image.
        subprocess.run(["kill", "-STOP", *pids], check=False)
        try:
            subprocess.run(
                ["cp", "-a", str(server.data / "keys"), str(copied / "keys")], check=True
            )
            subprocess.run(["cp", "-a", str(home), str(copied / "postgres")], check=True)
        finally:
            subprocess.run(["kill", "-CONT", *pids], check=False)

    together([hand_over, cut])
    # After a cut no process of that number lives; here the old server still does.
    (copied / "postgres" / "cluster" / "postmaster.pid").unlink()
    for socket in (copied / "postgres").glob(".s.PGSQL*"):
        socket.unlink()
    try:
        with pointed_at(embedded.ensure_running(copied)):
            assert Event.objects.filter(act="card.issue", subject_id=cards[0].pk).exists()
            assert (
                10
                <= Event.objects.filter(act="card.issue", subject_id__gt=cards[0].pk).count()
                <= len(cards)
            )
            all_promises_hold()
            verify_database()
    finally:
        embedded.stop(copied)
        shutil.rmtree(copied, ignore_errors=True)


@pytest.mark.article(8, 4)
@pytest.mark.trust("B4")
def test_b4_on_a_full_disk_nothing_is_saved_reading_works_and_room_brings_it_back(
    server: OwnServer, small_disk: Path
) -> None:
    place = embedded._place(server.data)
    store = small_disk / "store"
    store.mkdir(mode=0o700)
    if place.account:
        shutil.chown(store, place.account)
    server.as_superuser(
        f"CREATE TABLESPACE small LOCATION '{store}'",
        "CREATE DATABASE small TEMPLATE cardbook TABLESPACE small",
    )
    try:
        with pointed_at(server.start(), name="small"):
            _a_full_disk(small_disk)
    finally:
        server.as_superuser("DROP DATABASE IF EXISTS small WITH (FORCE)", "DROP TABLESPACE small")


def _a_full_disk(small_disk: Path) -> None:
    city = make.city()
    cards = make.received_cards(city, city.here, count=400)
    client: Client = signed_in(city.here.clerk)
    client.raise_request_exception = False
    filler = filled_up(small_disk)
    before, handed_over, refused = Event.objects.filter(act="card.issue").count(), 0, None
    for card in cards:
        # A few pages still have room in them; then there is none.
        answer = client.post("/desk/", filled_in(card, key=f"full-{card.pk}"))
        if answer.status_code >= 500:
            refused = (card, answer)
            break
        handed_over += 1
    assert refused is not None, "the disk never ran full"
    card, answer = refused
    assert answer.status_code == 507 and "磁盘空间不足，业务未保存" in answer.content.decode()
    assert Event.objects.filter(act="card.issue").count() == before + handed_over
    assert card.number in client.get(f"/cards/{card.pk}/").content.decode()
    all_promises_hold()
    filler.unlink()
    again = client.post("/desk/", filled_in(card, key=f"full-{card.pk}"))
    assert again.status_code in {200, 302}
    assert Event.objects.filter(act="card.issue").count() == before + handed_over + 1
    all_promises_hold()


@pytest.mark.article(8, 4)
@pytest.mark.trust("B5")
def test_b5_an_archive_without_room_is_an_alarm_business_goes_on_and_room_ends_it(
    server: OwnServer, small_disk: Path
) -> None:
    place = embedded._place(server.data)
    archive = small_disk / "archive"
    archive.mkdir(mode=0o700)
    if place.account:
        shutil.chown(archive, place.account)
    filler = filled_up(small_disk)
    server.as_superuser(
        "ALTER SYSTEM SET archive_mode = on",
        f"ALTER SYSTEM SET archive_command = 'cp %p {archive}/%f'",
    )
    embedded.stop(server.data)
    try:
        with pointed_at(server.start()):
            city = make.city()
            (card,) = make.received_cards(city, city.here)
            server.as_superuser("SELECT pg_switch_wal()")
            alarm = _doctor_says(Level.WRONG)
            assert "归档正在失败" in alarm.said and "归档目录的空间" in alarm.remedy
            perform(make.issue_step(card), by=city.here.clerk, at=NOON, key=make.key())
            all_promises_hold()
            filler.unlink()
            server.as_superuser("SELECT pg_switch_wal()")
            assert "最近一次" in _doctor_says(Level.WELL).said
            assert any(archive.iterdir())
    finally:
        server.as_superuser(
            "ALTER SYSTEM RESET archive_mode", "ALTER SYSTEM RESET archive_command"
        )
        embedded.stop(server.data)
        server.start()


def _doctor_says(level: Level) -> Finding:
    """What he says of the backup as soon as he says it so seriously; five minutes at most."""
    until = time.monotonic() + 300
    while (found := backup(now=timezone.now)).level is not level:
        assert time.monotonic() < until, found
        time.sleep(0.5)
    return found


@pytest.mark.article(6)
@pytest.mark.trust("B6")
def test_b6_without_room_for_a_file_it_is_refused_and_no_half_of_it_is_kept(
    city: City, small_disk: Path, settings: object
) -> None:
    settings.PAPERS_ROOT = small_disk / "papers"  # type: ignore[attr-defined]
    (small_disk / "papers").mkdir()
    client: Client = signed_in(city.here.keeper)
    client.raise_request_exception = False
    filled_up(small_disk)
    answer = client.post(
        "/imports/upload/",
        {
            "file": SimpleUploadedFile("明细.csv", MANY_ROWS.encode()),
            "receiver": city.here.card_body.pk,
        },
    )
    assert answer.status_code == 507 and "业务未保存" in answer.content.decode()
    assert not ImportFile.objects.exists() and not Paper.objects.filter(kind="manifest").exists()
    assert [path for path in (small_disk / "papers").rglob("*") if path.is_file()] == []
