"""The web server as an office runs it: parallel posts, lost answers, a busy and a full server."""

import os
import re
import socket
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.utils.html import escape

from cardbook.cards.models import Card
from cardbook.chapters.issuance.individual.tests.windows import filled_in
from cardbook.imports.models import ImportFile
from cardbook.imports.runs import has_open
from cardbook.ledger.models import Event
from cardbook.papers.models import Paper
from cardbook.testing import factories as make
from cardbook.testing.factories import City
from tests.fire.disks import MANY_ROWS, filled_up, small_disk
from tests.fire.recounts import all_promises_hold
from tests.fire.servers import Answer, Visitor, web

PATIENCE_SECONDS = 60
# How often all connections are lost; a page may wait seconds for a new one.
LOSSES = 1 if os.environ.get("CARDBOOK_SOAK_FACTOR", "1") == "1" else 10


@pytest.fixture(scope="module")
def city(shared_database: str) -> City:
    return make.city()


@pytest.fixture(scope="module")
def site(city: City) -> Iterator[str]:
    with web() as url:
        yield url


def issued(card: Card) -> int:
    """How often a card was handed over."""
    return Event.objects.filter(act="card.issue", subject_kind="card", subject_id=card.pk).count()


def at_the_desk(site: str, city: City) -> Visitor:
    """A clerk, once every process of the server has connections (a test may have cut them)."""
    visitor = Visitor(site, city.here.clerk)
    wait_until(lambda: all(visitor.get("/desk/").status == 200 for _ in range(12)))
    return visitor


def at_once(visitor: Visitor, bodies: list[dict[str, str]]) -> list[Answer]:
    """The forms, all sent at one moment."""
    answers: list[Answer] = []
    gate = threading.Barrier(len(bodies))

    def send(body: dict[str, str]) -> None:
        gate.wait()
        answers.append(visitor.post("/desk/", body))

    threads = [threading.Thread(target=send, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def same(text: str) -> str:
    """A page without what differs in every answer."""
    return re.sub(r'(name="(csrfmiddlewaretoken|key)" value=")[^"]*', r"\1", text)


@pytest.mark.article(8, 4)
@pytest.mark.trust("D1")
def test_d1_one_form_sent_ten_times_at_once_gives_ten_equal_answers(city: City, site: str) -> None:
    cards = make.received_cards(city, city.here, count=3)
    visitor = at_the_desk(site, city)
    for card in cards:
        answers = at_once(visitor, [filled_in(card, key=f"one-{card.pk}")] * 10)
        assert len({(a.status, a.place, same(a.text)) for a in answers}) == 1, answers
        assert answers[0].status in {200, 302}
    assert [issued(card) for card in cards] == [1, 1, 1]
    all_promises_hold()


@pytest.mark.trust("D2")
def test_d2_the_same_key_with_another_body_is_refused_and_changes_nothing(
    city: City, site: str
) -> None:
    first, other = make.received_cards(city, city.here, count=2)
    visitor = at_the_desk(site, city)
    assert visitor.post("/desk/", filled_in(first, key="one key")).status in {200, 302}
    refused = visitor.post("/desk/", filled_in(other, key="one key"))
    assert refused.status == 409 and "同一办理编号已用于另一笔" in refused.text
    other.refresh_from_db()
    assert other.stage == "in_custody"


@pytest.mark.trust("D3")
def test_d3_whoever_did_not_get_the_answer_sends_again_and_gets_it(city: City, site: str) -> None:
    (card,) = make.received_cards(city, city.here)
    visitor = at_the_desk(site, city)
    deaf_post(visitor, filled_in(card, key="lost"))
    wait_until(lambda: Card.objects.get(pk=card.pk).stage == "issued")
    again = visitor.post("/desk/", filled_in(card, key="lost"))
    assert again.status in {200, 302}
    assert issued(card) == 1


def deaf_post(visitor: Visitor, fields: dict[str, str]) -> None:
    """Send a form and hang up before the answer."""
    host, port = visitor.url.removeprefix("http://").split(":")
    body = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": visitor.token}).encode()
    head = (
        f"POST /desk/ HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: {visitor.cookie}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((host, int(port))) as wire:
        wire.sendall(head.encode() + body)


def wait_until(holds: Callable[[], bool]) -> None:
    """Look again and again until it holds."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


def owner_does(statement: str) -> None:
    with psycopg.connect(settings.DATABASE_URLS.owner_url, autocommit=True) as link:
        link.execute(statement)


@pytest.mark.trust("B7")
def test_b7_without_a_connection_pages_wait_and_then_say_that_it_is_busy(
    city: City, site: str
) -> None:
    (card,) = make.received_cards(city, city.here)
    visitor = at_the_desk(site, city)
    name = connections["default"].settings_dict["NAME"]
    owner_does(f"ALTER DATABASE {name} CONNECTION LIMIT 0")
    drop_connections(name)
    refused = visitor.post("/desk/", filled_in(card, key="busy"))
    assert refused.status == 503 and "系统繁忙" in refused.text
    assert refused.headers["Retry-After"] and "no-store" in refused.headers["Cache-Control"]
    owner_does(f"ALTER DATABASE {name} CONNECTION LIMIT -1")
    wait_until(lambda: visitor.post("/desk/", filled_in(card, key="busy")).status != 503)
    card.refresh_from_db()
    assert card.stage == "issued"
    assert issued(card) == 1
    all_promises_hold()


@pytest.mark.trust("B8")
def test_b8_connections_ended_by_the_server_cost_no_window_an_error_page(
    city: City, site: str
) -> None:
    """All pooled connections are dead, as after a restart: the next page is simply served.

    Only where nobody could connect for the whole time a page may wait (B7) it says it is busy.
    """
    visitor = at_the_desk(site, city)
    name = connections["default"].settings_dict["NAME"]
    for _ in range(LOSSES):
        drop_connections(name)
        for _ in range(8):
            began = time.monotonic()
            status = visitor.get("/desk/").status
            waited = time.monotonic() - began
            assert status == 200 or (status == 503 and waited >= settings.LONGEST_QUEUE_SECONDS)
    wait_until(lambda: all(visitor.get("/desk/").status == 200 for _ in range(8)))


def drop_connections(name: str) -> None:
    """End every connection to the database, as a restart of the server does."""
    here = connections["default"].settings_dict
    with psycopg.connect(
        host=here["HOST"], user=here["USER"], password=here["PASSWORD"], dbname="postgres",
        autocommit=True,
    ) as link:  # fmt: skip
        link.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = %s AND usename = current_user AND pid <> pg_backend_pid()",
            [name],
        )
    connections["default"].close()
    connections["default"].close_pool()  # type: ignore[attr-defined]


@pytest.mark.article(6)
@pytest.mark.trust("B6", "I16")
def test_b6_an_upload_the_temporary_disk_has_no_room_for_leaves_nothing(city: City) -> None:
    with small_disk(megabytes=4) as folder, web(TMPDIR=str(folder)) as url:
        keeper = Visitor(url, city.here.keeper)
        wait_until(lambda: keeper.get("/imports/").status == 200)
        filled_up(folder)
        before = sorted(folder.rglob("*"))
        answer = keeper.upload("/imports/upload/", "明细.csv", MANY_ROWS.encode(), receiver(city))
        assert answer.status == 507 and "磁盘空间不足，业务未保存" in answer.text
        wait_until(lambda: sorted(folder.rglob("*")) == before)
        assert keeper.get("/imports/").status == 200
    assert not ImportFile.objects.exists()


@pytest.mark.article(6)
@pytest.mark.trust("I16")
def test_i16_an_upload_cut_off_at_sixty_per_cent_leaves_no_file_and_can_be_sent_again(
    city: City, site: str
) -> None:
    at_the_desk(site, city)
    keeper = Visitor(site, city.here.keeper)
    keeper.get("/imports/")
    body, kind = keeper.form_of("明细.csv", MANY_ROWS[:60_000].encode(), receiver(city))
    host, port = site.removeprefix("http://").split(":")
    head = (
        f"POST /imports/upload/ HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: {keeper.cookie}\r\n"
        f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((host, int(port))) as wire:
        wire.sendall(head.encode() + body[: len(body) * 6 // 10])
    assert keeper.get("/imports/").status == 200
    assert not ImportFile.objects.exists()
    again = keeper.upload(
        "/imports/upload/", "明细.csv", MANY_ROWS[:60_000].encode(), receiver(city)
    )
    assert again.status == 302 and ImportFile.objects.count() == 1
    file = ImportFile.objects.get()
    wait_until(lambda: not has_open(file))  # the server's own worker reads it
    file.delete()


# What comes as a name, and what is shown of it.
NAMES = {
    "../../x": "x",
    "..\\..\\windows\\x.csv": "x.csv",
    "/etc/passwd": "passwd",
    f"{'长' * 300}.csv": f"{'长' * 196}.csv",
    "明细\u202egpj.csv": "明细gpj.csv",
    "明\x00细.csv": "明细.csv",
    "CON": "CON",
    "aux.csv": "aux.csv",
    "<script>alert(1)</script>.csv": "script>.csv",
    "a;b=c,d'e.csv": "a;b=c,d'e.csv",
}


@pytest.mark.article(6)
@pytest.mark.trust("I17")
def test_i17_whatever_its_name_a_file_is_stored_under_our_own_id_and_shown_safely(
    city: City, site: str
) -> None:
    at_the_desk(site, city)
    keeper = Visitor(site, city.here.keeper)
    keeper.get("/imports/")
    for place, (name, shown) in enumerate(NAMES.items()):
        content = f"社保卡号,社会保障号码,姓名,批次号\n坏{place},1,,P1\n".encode()
        answer = keeper.upload("/imports/upload/", name, content, receiver(city))
        assert answer.status == 302, (name, answer.status)
        file = ImportFile.objects.latest("id")
        assert (file.name, Paper.objects.get(digest=file.digest).title) == (shown, shown)
        page = keeper.get(answer.place)
        assert page.status == 200 and escape(shown) in page.text
        assert not any(sign in page.text for sign in ("\u202e", "\x00", "<script>alert"))
        sheet = keeper.post(f"{answer.place}errors/", {})
        assert sheet.status == 200 and ".." not in sheet.headers["Content-Disposition"]
    ours = re.compile(r"[0-9a-f]{2,}")
    for path in settings.PAPERS_ROOT.rglob("*"):
        assert all(ours.fullmatch(part) for part in path.relative_to(settings.PAPERS_ROOT).parts)
    ImportFile.objects.all().delete()


def receiver(city: City) -> dict[str, str]:
    return {"receiver": str(city.here.card_body.pk)}
