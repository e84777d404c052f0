"""Writes one lot of the mass into the book: registered, counted, sorted, handed over (Art. 6, 8).

One transaction through the one door; COPY and sets instead of one statement a card. People, cards,
requests, events, movements and postings are those that commands would have left behind.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any

from django.db import connection

from cardbook.chapters.intake.models import Count, Delivery, DeliveryBox, ScanResult
from cardbook.custody.models import Account
from cardbook.custody.places import Place
from cardbook.custody.postings import Destination
from cardbook.demo.mass_births import MassBirths, note_of
from cardbook.demo.mass_lots import BOX, SLOTS, Fate, MassLot
from cardbook.demo.mass_offices import Offices
from cardbook.demo.mass_people import MassPerson
from cardbook.demo.mass_steps import Asked, Doing, do_step, keep_requests
from cardbook.demo.windows import WINDOW_PAPERS
from cardbook.imports.models import ImportFile, Stage
from cardbook.lib.canonical import canonical_json, digest
from cardbook.lib.sm import sm3
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import (
    CardIssued,
    CardSorted,
    DeliveryReceived,
    DeliveryRegistered,
    IdentityReading,
    ShortageRecorded,
    Signing,
)
from cardbook.lifecycle.perform import Done, Step, batch_of, perform, request_content
from cardbook.orgs.actors import Actor
from cardbook.papers.storage import add_paper
from cardbook.people.bulk import BulkVault

DEVICE = "演示"


def load_lot(
    lot: MassLot, *, people: Sequence[MassPerson], offices: Offices, sealing: BulkVault, seed: int
) -> int:
    """This function will write a lot and all that happened to it; returns how many cards.

    A lot that is in the book already is left alone and counts none.

    :raises cardbook.lifecycle.refusals.Refused: when the book refuses the lot.
    """
    manifest = sm3(note_of(lot)).hex()
    if Delivery.objects.filter(file__digest=manifest, organization=offices.receiver_id).exists():
        return 0
    births = MassBirths(lot, people, offices, sealing)
    step = Step(
        act=act("delivery.register"),
        facts=DeliveryRegistered(manifest=manifest, receiver=offices.receiver_id),
        births=births,
    )
    fates = lot.fates(people, Random(f"{seed}:fate:{lot.place}"))  # noqa: S311 - repeatable

    def live(done: Done) -> None:
        births.keep_accounts(done.subject_ids)
        _Life(lot, offices, done.subject_ids, fates).live()

    key = f"manifest:{manifest}:{offices.receiver_id}"
    perform(step, by=offices.keeper, at=lot.at(0, 0), key=key, also=live)
    return lot.count


@dataclass
class _Life:
    """What happened to a lot after it was registered, in the same transaction."""

    lot: MassLot
    offices: Offices
    ids: Sequence[int]
    fates: Sequence[Fate]

    def live(self) -> None:
        """Counted, sorted, handed over."""
        with connection.cursor() as cursor:
            self._deliver(cursor)
            self._receive(cursor)
            self._sort(cursor)
            self._issue(cursor)

    @cached_property
    def boxes(self) -> list[Sequence[int]]:
        """The places of the lot's cards, box by box."""
        return [
            range(first, min(first + BOX, self.lot.count))
            for first in range(0, self.lot.count, BOX)
        ]

    def _with_fate(self, fate: Fate) -> list[int]:
        return [place for place, found in enumerate(self.fates) if found is fate]

    # ------------------------------------------------------------------------------- the delivery

    def _deliver(self, cursor: Any) -> None:
        """What the importer keeps for itself: file, delivery, boxes and lines."""
        lot, keeper = self.lot, self.offices.keeper
        content, at = note_of(lot), lot.at(0, 0)
        code = f"DH-{lot.county.code}-{lot.arrived_on:%Y%m%d}-01"
        paper = add_paper(
            kind="manifest", content=content, media_type="text/plain", title=lot.batch, by=keeper
        )
        file = ImportFile.objects.create(
            layout="manifest", name=f"{lot.batch}.txt", digest=paper.digest,
            organization_id=self.offices.receiver_id, uploaded_by_id=keeper.user_id,
            stage=Stage.POSTED, rows=lot.count, posted_at=at,
            result={"cards": lot.count, "known": 0, "code": code},
        )  # fmt: skip
        self.delivery = Delivery.objects.create(
            code=code, file=file, organization_id=self.offices.receiver_id,
            registered_by_id=keeper.user_id, expected=lot.count,
        )  # fmt: skip
        self.rows = DeliveryBox.objects.bulk_create(
            DeliveryBox(
                delivery=self.delivery,
                code=f"{lot.batch}-{box // 5 + 1}-{box % 5 + 1}",
                expected=len(places),
            )
            for box, places in enumerate(self.boxes)
        )
        with cursor.copy(
            "COPY intake_deliveryline (box_id, card_id) FROM STDIN (FORMAT BINARY)"
        ) as copy:
            copy.set_types(("int8", "int8"))
            for row, places in zip(self.rows, self.boxes, strict=True):
                for place in places:
                    copy.write_row((row.pk, self.ids[place]))

    # ----------------------------------------------------------------------------- the blind count

    def _receive(self, cursor: Any) -> None:
        """Every box counted blind by two people; the short ones stay in transit."""
        counts = self._counts()
        received: list[Doing] = []
        short: list[Doing] = []
        asked: list[Asked] = []
        store, transit = self.offices.account(Place.STORE), self.offices.account(Place.TRANSIT)
        by, second = self.offices.keeper, self.offices.second
        for count, row, places in zip(counts, self.rows, self.boxes, strict=True):
            at, key = count.closed_at or self.lot.at(1, 0), f"demo-count-{count.pk}"
            batch = batch_of(key)
            steps = self._count_steps(count, row, places, store_id=store)
            for step in steps:
                facts = canonical_json(step.facts)
                doings = received if step.destination else short
                doings += [
                    Doing(
                        card_id=id_, seq=2, batch=batch, at=at, by=by, second=second, facts=facts,
                        source_id=transit, target_id=store,
                    )
                    for id_ in step.subject_ids
                ]  # fmt: skip
            ids = [id_ for step in steps for id_ in step.subject_ids]
            content = digest(request_content(*steps, by=by))
            asked.append(
                Asked(
                    key=key,
                    digest=content,
                    act=steps[0].act.code,
                    by=by,
                    batch=batch,
                    card_ids=ids,
                )
            )
        keep_requests(cursor, asked)
        do_step(cursor, act=act("delivery.receive"), doings=received, device=DEVICE)
        do_step(cursor, act=act("delivery.note_shortage"), doings=short, device=DEVICE)
        self._keep_scans(cursor, counts)

    def _counts(self) -> list[Count]:
        by, second = self.offices.keeper, self.offices.second
        made = []
        for place, (row, places) in enumerate(zip(self.rows, self.boxes, strict=True)):
            short = sum(self.fates[one] is Fate.SHORT for one in places)
            made.append(
                Count(
                    box=row,
                    counted_by_id=by.user_id,
                    witness_id=second.user_id,
                    seal_number=f"FQ{self.delivery.pk:05d}{place + 1:03d}",
                    started_at=self.lot.at(1, place),
                    closed_at=self.lot.at(1, place + 3),
                    expected=len(places),
                    found=len(places) - short,
                    short=short,
                )
            )
        return Count.objects.bulk_create(made)

    def _count_steps(
        self, count: Count, row: DeliveryBox, places: Sequence[int], *, store_id: int
    ) -> list[Step]:
        found = [self.ids[one] for one in places if self.fates[one] is not Fate.SHORT]
        short = [self.ids[one] for one in places if self.fates[one] is Fate.SHORT]
        steps = (
            Step(
                act=act("delivery.receive"),
                facts=DeliveryReceived(
                    delivery=self.delivery.pk, count=count.pk, box=row.code, seal_intact=True
                ),
                subject_ids=found,
                destination=Destination(store_id),
            ),
            Step(
                act=act("delivery.note_shortage"),
                facts=ShortageRecorded(delivery=self.delivery.pk, count=count.pk, box=row.code),
                subject_ids=short,
            ),
        )
        return [step for step in steps if step.subject_ids]

    def _keep_scans(self, cursor: Any, counts: Sequence[Count]) -> None:
        with cursor.copy(
            "COPY intake_countscan (count_id, number, result) FROM STDIN (FORMAT BINARY)"
        ) as copy:
            copy.set_types(("int8", "varchar", "varchar"))
            for count, places in zip(counts, self.boxes, strict=True):
                for place in places:
                    if self.fates[place] is not Fate.SHORT:
                        number = self.lot.card_number(place)
                        copy.write_row((count.pk, number, str(ScanResult.EXPECTED)))

    # ------------------------------------------------------------------------------------- shelves

    def _sort(self, cursor: Any) -> None:
        """Cards nobody fetched yet, and those of children, into boxes with slots."""
        by, row = self.offices.keeper, act("card.sort")
        waiting = self._with_fate(Fate.SORTED)
        doings, asked = [], []
        for part, first in enumerate(range(0, len(waiting), SLOTS)):
            places = waiting[first : first + SLOTS]
            box = self._open_box(part)
            key = f"demo-sort-{box.pk}"
            facts, ids = CardSorted(order="town", box=box.code), [self.ids[one] for one in places]
            step = Step(act=row, facts=facts, subject_ids=ids, destination=Destination(box.pk))
            content, batch = digest(request_content(step, by=by)), batch_of(key)
            asked.append(
                Asked(key=key, digest=content, act=row.code, by=by, batch=batch, card_ids=ids)
            )
            doings += [
                Doing(
                    card_id=id_, seq=3, batch=batch, at=self.lot.at(2, part * 20), by=by,
                    facts=canonical_json(facts), source_id=self.offices.account(Place.STORE),
                    target_id=box.pk, slot=slot,
                )
                for slot, id_ in enumerate(ids, start=1)
            ]  # fmt: skip
        keep_requests(cursor, asked)
        do_step(cursor, act=row, doings=doings, device=DEVICE)

    def _open_box(self, part: int) -> Account:
        cabinet, shelf, box = (
            f"S{self.lot.place + 1:03d}",
            str(part // 4 + 1),
            f"{part % 4 + 1:02d}",
        )
        return Account.objects.create(
            kind=Place.BOX, organization_id=self.offices.receiver_id, cabinet=cabinet,
            shelf=shelf, box=box, code=f"{cabinet}-{shelf}-{box}", capacity=SLOTS, label="按镇街",
        )  # fmt: skip

    # ------------------------------------------------------------------------------------- windows

    def _issue(self, cursor: Any) -> None:
        """Weeks at the windows: each hand-over a request, an event and a movement of its own."""
        asked = list(self._hand_overs())
        keep_requests(cursor, (one for one, _ in asked))
        do_step(
            cursor, act=act("card.issue"), doings=(doing for _, doing in asked),
            papers=WINDOW_PAPERS, device=DEVICE,
        )  # fmt: skip

    def _hand_overs(self) -> Iterator[tuple[Asked, Doing]]:
        windows = self.offices.windows
        said = {clerk.user_id: _Said(clerk) for clerk in windows}
        store, holder = self.offices.account(Place.STORE), self.offices.account(Place.HOLDER)
        busy: dict[int, int] = defaultdict(int)
        for turn, place in enumerate(self._with_fate(Fate.ISSUED)):
            clerk, id_ = windows[turn % len(windows)], self.ids[place]
            minutes = busy[clerk.user_id] = busy[clerk.user_id] + 3
            facts, content = said[clerk.user_id](id_, self.lot.card_number(place))
            key = f"demo-issue-{id_}"
            batch = batch_of(key)
            at = self.lot.at(3 + minutes // 480, minutes % 480)
            yield (
                Asked(
                    key=key, digest=content, act="card.issue", by=clerk, batch=batch,
                    card_ids=[id_],
                ),
                Doing(
                    card_id=id_, seq=3, batch=batch, at=at, by=clerk, facts=facts,
                    source_id=store, target_id=holder,
                ),
            )  # fmt: skip


class _Said:
    """What one clerk says of every card alike, written once: only number and id differ."""

    _NUMBER, _ID = "000000000", 0

    def __init__(self, clerk: Actor) -> None:
        facts = CardIssued(
            way="window", identity=IdentityReading.READER, original_seen=True, face_matches=True,
            reads=True, scanned=self._NUMBER, signing=Signing.PAPER, copy_kept="paper",
        )  # fmt: skip
        row = act("card.issue")
        step = Step(
            act=row, facts=facts, subject_ids=[self._ID], papers=WINDOW_PAPERS,
            told=[notice.code for notice in row.notices],
        )  # fmt: skip
        self._facts = canonical_json(facts)
        self._content = canonical_json(request_content(step, by=clerk))

    def __call__(self, card_id: int, number: str) -> tuple[str, bytes]:
        """The facts of one hand-over, and the digest of its request."""
        content = self._content.replace(self._NUMBER, number)
        content = content.replace(f'"subjects":[{self._ID}]', f'"subjects":[{card_id}]')
        return self._facts.replace(self._NUMBER, number), sm3(content.encode())
