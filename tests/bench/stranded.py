"""The radar of stranded cards and every work queue of the home page, over the whole book."""

from collections.abc import Callable, Iterator
from datetime import datetime, time

from cardbook.chapters.blind import blind_for
from cardbook.chapters.corrections.wrong_cards.scope import open_corrections
from cardbook.chapters.intake.receive.delivery_queries import awaited
from cardbook.chapters.issuance.defect.returns import batch_rates
from cardbook.chapters.stranded.destruction import queries as destruction
from cardbook.chapters.stranded.send_back import queries as send_back
from cardbook.chapters.stranded.tracing import queries as tracing
from cardbook.custody.models import Position
from cardbook.lib.clock import LOCAL
from cardbook.orgs.actors import Actor
from cardbook.web import queries as web
from cardbook.web.waiting import waiting_for
from tests.bench.actors import TODAY, city_manager, keeper
from tests.bench.manifest_file import COUNTY
from tests.bench.measure import Line, peak_memory, percentile, seconds_text, twice_timed

ROUNDS, AIM_SECONDS = 60, 0.2
AT = datetime.combine(TODAY, time(10), tzinfo=LOCAL)
Work = Callable[[int], object]


def queues() -> Iterator[Line]:
    """What a keeper and the city open in the morning, against one row by its primary key."""
    total = Position.objects.count()
    for who, by in (("县区", keeper(COUNTY.code)), ("市局", city_manager())):
        for name, work in _works(by).items():
            yield _measured(f"{name}（{who}，p95）", work, total)


def _works(by: Actor) -> dict[str, Work]:
    bands = tracing.bands(on=TODAY)

    def rows(turn: int) -> object:
        band = turn % (len(bands.days) + 1)
        ids = tracing.waiting_ids(by=by, under=None, alone=False, band=band, at=AT)
        return tracing.waiting_rows(ids, at=AT)

    def deep(turn: int) -> object:
        ids = tracing.waiting_ids(
            by=by, under=None, alone=False, band=None, at=AT, offset=50 * (turn % 20)
        )
        return tracing.waiting_rows(ids, at=AT)

    def returned(_: int) -> object:
        places = list(send_back.returned_cards(by)[:50])
        return send_back.returned_rows(places, at=AT)

    def to_destroy(_: int) -> object:
        places = list(destruction.waiting_for_destruction(by)[:50])
        return destruction.eligible_rows(places, at=AT, late_days=30)

    def late(_: int) -> object:
        before = destruction.late_before(at=AT, days=30)
        waiting = destruction.waiting_for_destruction(by)
        return destruction.narrowed(waiting, source="", bank="", before=before).count()

    return {
        "滞留汇总": lambda _: tracing.radar(by=by, under=None, at=AT),
        "滞留明细：一档的第一页": rows,
        "滞留明细：前二十页": deep,
        "退回的卡": returned,
        "待销毁的卡": to_destroy,
        "注销后超期未销毁": late,
        "退回交接": lambda _: send_back.return_rows(
            list(send_back.returns_of(by)[:50]), by=by, at=AT
        ),
        **_home(by),
    }


def _home(by: Actor) -> dict[str, Work]:
    """What the home page counts, and the rates of defects by batch."""
    figures, blind = web.county_figures(by), blind_for(by)
    return {
        "首页：各处张数": lambda _: web.county_figures(by),
        "首页：等办的全部各项": lambda _: waiting_for(by, figures=figures, blind=blind, at=AT),
        "首页：未收完的到货、短少待说明": lambda _: awaited(by),
        "首页：补换申请": lambda _: web.application_counts(by, today=TODAY),
        "首页：错卡处理": lambda _: open_corrections(by=by),
        "批次质量问题率": lambda _: batch_rates(by=by, today=TODAY),
    }


def _measured(name: str, work: Work, total: int) -> Line:
    work(0)
    last = Position.objects.order_by("-card_id").values_list("card_id", flat=True)[0]
    ours, floors = twice_timed(
        [work, lambda turn: Position.objects.filter(pk=last - turn).first()], rounds=ROUNDS
    )
    clock, used = (percentile(column, 0.95) for column in zip(*ours, strict=True))
    floor = percentile([seconds for _, seconds in floors], 0.95)
    return Line(
        name=name, rows=total, size=0, floor="按主键读一行（处理器时间，p95）",
        floor_value=seconds_text(floor),
        value=f"{seconds_text(used)}（用时 {seconds_text(clock)}）", ratio=used / floor,
        aim="≤ 200 毫秒处理器时间", met=used <= AIM_SECONDS, memory=peak_memory(),
    )  # fmt: skip
