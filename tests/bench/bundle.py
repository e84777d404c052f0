"""A bundle of 2,000 cards: handed out, its sheet printed, read back, filed (Art. 8 para. 3).

Everything happens in one transaction that is taken back, so the book stays as it is.
"""

import json
from collections.abc import Iterator
from datetime import timedelta

import typst
from django.db import connection, transaction

from cardbook.chapters.issuance.collective.commands import file_sheet, hand_out_bundle
from cardbook.chapters.issuance.collective.drafts import (
    add_cards,
    keep_pages,
    start_bundle,
    tick_rows,
)
from cardbook.chapters.issuance.collective.queries import bundle_of
from cardbook.chapters.issuance.collective.register import sign_off_sheet
from cardbook.chapters.issuance.collective.ticks import read_ticks
from cardbook.custody.places import Place
from cardbook.custody.postings import Destination, account_of
from cardbook.law import notices, papers
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import DeliveryReceived, DeliveryRegistered, Signing
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.perform import Step, perform
from cardbook.orgs.models import Kind, Organization
from cardbook.papers.pictures import KeptImage
from cardbook.people.models import Handler, KeepingPlan, Person, UnitLetter
from cardbook.registers.forms import Sheet
from cardbook.registers.pdf import render_pdf
from cardbook.registers.typesetting import FONTS
from cardbook.testing.pictures import png
from tests.bench.actors import TODAY, keeper, reviewer, window_clerk
from tests.bench.data import twins
from tests.bench.manifest_file import COUNTY
from tests.bench.measure import Line, against, timed
from tests.bench.one_act import AT, Births, TakenBack
from tests.bench.sheets import BARE, both

CARDS = 2000
_ROWS = {
    "ledger_event": "SELECT * FROM ledger_event WHERE subject_kind = 'card' "
    "AND subject_id = ANY(%s) AND seq > 2",
    "custody_posting": "SELECT p.* FROM custody_posting p JOIN custody_movement m "
    "ON m.id = p.movement_id WHERE m.act IN ('bundle.hand_out', 'card.issue_collective', "
    "'bundle.give_back') AND p.card_id = ANY(%s)",
}


def two_thousand() -> Iterator[Line]:
    """Handed out, read back and filed in sets; the sheet set as PDF."""
    measured: dict[str, float] = {}
    sheets: list[Sheet] = []
    outer = transaction.atomic()
    # `perform` wants to be the outermost transaction; as in tests, an outer one takes it all back.
    outer._from_testcase = True
    try:
        with twins(_ROWS), outer:
            sheets.append(_live(measured))
            raise TakenBack
    except TakenBack:
        pass
    yield against(
        f"一份明细表 {CARDS:,} 张：交付、读回、备案", "同样的台账和分录 INSERT 到无触发器的同构表",
        measured["floor"], measured["ours"], rows=CARDS, most=None,
        also=[("≤ 10 秒", measured["ours"] <= 10)],
    )  # fmt: skip
    yield _printed(sheets[0])


def _live(measured: dict[str, float]) -> Sheet:
    by = window_clerk(COUNTY.code)
    ids = _cards()
    unit, collector = _ready_unit()
    bundle_id = start_bundle(unit_id=unit.pk, by=by, at=AT, collector_id=collector).pk
    rule = act("bundle.hand_out").papers
    shown = [Presented(kind=kind.code) for kind in (rule.usual if rule else ())]

    def ours() -> None:
        add_cards(bundle_id=bundle_id, card_ids=ids, by=by, at=AT)
        hand_out_bundle(
            bundle_id=bundle_id, signing=Signing.PAPER, papers=shown, pages=1, by=by, at=AT,
            key="bench-bundle-out",
        )  # fmt: skip
        ticks = read_ticks("!7,12;7=1;12=2t", last=CARDS, undecided=set(range(1, CARDS + 1)))
        tick_rows(bundle_id=bundle_id, ticks=ticks, on=TODAY, by=by)
        image = KeptImage(
            kind=papers.SIGNED_SHEET_IMAGE.code, title="", media_type="image/png", content=png()
        )
        keep_pages(bundle_id=bundle_id, images=[(1, image)], by=by, at=AT)
        file_sheet(
            bundle_id=bundle_id, told=(notices.PICK_UP.code,), by=by, at=AT,
            key="bench-bundle-filed",
        )  # fmt: skip

    measured["ours"] = timed(ours)
    with connection.cursor() as cursor:
        for name, query in _ROWS.items():
            cursor.execute(f"CREATE TEMPORARY TABLE rows_{name} AS {query}", [ids])

        def insert() -> None:
            for name in _ROWS:
                cursor.execute(f"INSERT INTO twin_{name} SELECT * FROM rows_{name}")

        measured["floor"] = timed(insert)
    return sign_off_sheet(
        bundle=bundle_of(bundle_id, by=by), masked=False, blank=True, printed_by="测试",
        printed_at=AT,
    )  # fmt: skip


def _cards() -> list[int]:
    """So many cards in the county's store, born and received within this transaction."""
    by = keeper(COUNTY.code)
    home = Organization.objects.get(code=COUNTY.code)
    maker = Organization.objects.get(kind=Kind.MAKER)
    transit = Destination(account_of(organization_id=by.org_id, kind=Place.TRANSIT).pk)
    outside = Destination(account_of(organization_id=maker.pk, kind=Place.OUTSIDE).pk)
    born = perform(
        Step(
            act=act("delivery.register"),
            facts=DeliveryRegistered(manifest="bench", receiver=by.org_id),
            births=Births(CARDS, home.pk, outside, transit, adults=True),
        ),
        by=by, at=AT, key="bench-bundle-born",
    )  # fmt: skip
    received = Step(
        act=act("delivery.receive"),
        facts=DeliveryReceived(delivery=1, count=1, box="1", seal_intact=True),
        subject_ids=born.subject_ids,
    )
    perform(received, by=by, second=reviewer(COUNTY.code), at=AT, key="bench-bundle-received")
    return list(born.subject_ids)


def _ready_unit() -> tuple[Organization, int]:
    """A unit with a letter, two handlers and a plan of its own."""
    unit = Organization.objects.filter(county__code=COUNTY.code, kind=Kind.UNIT).order_by("id")[0]
    since = TODAY - timedelta(days=30)
    letter = UnitLetter.objects.create(
        organization=unit, number="介〔2026〕测", since=since, until=TODAY + timedelta(days=300)
    )
    handlers = list(Person.objects.order_by("id").values_list("pk", flat=True)[:2])
    for person_id in handlers:
        Handler.objects.create(letter=letter, person_id=person_id, since=since)
    KeepingPlan.objects.create(organization=unit, words="专柜上锁", since=since)
    return unit, handlers[0]


def _printed(sheet: Sheet) -> Line:
    data = json.dumps([list(row) for row in sheet.rows], ensure_ascii=False)

    def bare() -> None:
        fonts = typst.Fonts(
            include_system_fonts=True, include_embedded_fonts=False, font_paths=[str(FONTS)]
        )
        typst.compile(BARE.encode(), font_paths=fonts, ignore_system_fonts=True,
                      sys_inputs={"data": data}, format="pdf", pdf_standards=["a-2u"],
                      pdf_tags=False)  # fmt: skip

    floor, seconds, memory, size = both(bare, lambda: render_pdf(sheet, number="QZMX00000001"))
    return against(
        f"签字明细表 {len(sheet.rows):,} 行 PDF", "只用 typst 排同样文字的表", floor, seconds,
        rows=len(sheet.rows), size=size, most=3, memory=memory,
        also=[("≤ 500 MB", memory <= 500_000_000)],
    )  # fmt: skip
