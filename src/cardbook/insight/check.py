"""Recounts every promise from raw rows with plain SQL and names the first offender (N1-N6).

The questions are `sql/*.sql`, one pass each; `table_sql.py` fills in what the table of acts says.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from string import Template
from typing import Any

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from cardbook.cards.states import Subject
from cardbook.custody.places import Place
from cardbook.insight.table_sql import pieces, replay_pieces
from cardbook.ledger.proof import Lag, sealing_lag

_SQL = Path(__file__).parent / "sql"

# Millions of groups are counted in memory instead of in files; compiling never pays for one query;
# whoever waits for the others holds the snapshot for minutes.
_ROOM = (
    "SET LOCAL work_mem = '192MB'; SET LOCAL jit = off; "
    "SET LOCAL idle_in_transaction_session_timeout = 0"
)
_ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_AT_ONCE = min(os.cpu_count() or 1, 4)

KIND_TITLES: Mapping[str, str] = {
    **{str(subject): subject.label for subject in Subject},
    "person": "持卡人",
    "movement": "交接",
    "account": "账户",
    "batch": "批次",
    "county": "县区",
    "city": "全市",
    "box": "到货箱",
    "delivery": "到货",
    "shipment": "交接单",
    "seal": "封存",
    "post": "任职",
    "document": "已出具的表",
    "taken_file": "完整号码文件",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One promise: its letter in the list of invariants, its name, what it says."""

    code: str
    name: str
    title: str
    subject: Subject | None = None

    def query(self, lists: Mapping[str, str]) -> str:
        """The SQL that lists whoever breaks it: kind, id, what is wrong.

        `lists` is what the table of acts says now (`table_sql.pieces`).
        """
        text = Template((_SQL / f"{self.name}.sql").read_text(encoding="utf-8"))
        return text.substitute(replay_pieces(self.subject) if self.subject else lists)


RULES: tuple[Rule, ...] = (
    Rule("N1", "n1_card_has_one_position", "每张卡有且只有一个保管位置"),
    Rule("N1", "n1_position_is_what_was_posted", "保管位置等于全部交接分录累计的结果"),
    Rule("N1", "n1_tally_is_what_lies_there", "各处张数的合计等于逐张数出的结果"),
    Rule("N1", "n1_stage_fits_place", "卡片状态与所在位置相符"),
    Rule("N2", "n2_cards_add_up", "登记数 = 进入数 = 各处合计（分批次、县区、全市）"),
    Rule("N2", "n2_delivery_adds_up", "到货应到数等于明细行数（分箱、合计）"),
    Rule("N2", "n2_shipment_adds_up", "交接清单的行等于交出的卡"),
    Rule("N3", "n3_one_active_card", "一人至多一张启用的卡"),
    Rule("N3", "n3_one_open_application", "一人至多一件办理中的制卡申请"),
    Rule("N3", "n3_one_temporary_card", "一人至多一张未收回的临时卡"),
    Rule("N3", "n3_one_open_correction", "一张卡至多一件办理中的错卡处理"),
    Rule("N4", "n4_receiver_is_known", "每次发放都查验了证件原件并有签字"),
    Rule("N4", "n4_papers_were_shown", "每笔业务的凭据齐全"),
    Rule("N4", "n4_images_are_kept", "所附影像都在册"),
    Rule("N4", "n4_holder_was_told", "应当告知的都已告知"),
    Rule("N4", "n4_two_people_signed", "须两人办理的都有两人"),
    Rule("N4", "n4_another_person_acted", "须由他人核查的都由他人核查"),
    Rule("N4", "n4_witness_saw_it", "销毁都有另一机构的人监销"),
    Rule("N4", "n4_holder_lived", "没有在持卡人去世之后发放的卡"),
    Rule("N4", "n4_not_issued_on_loss", "没有在挂失有效期内发放的卡"),
    Rule("N4", "n4_fee_has_receipt", "每笔工本费都有票据，金额相符"),
    Rule("N5", "n5_ledger_has_no_gap", "台账序号连续，版本等于最后一条"),
    Rule("N5", "n5_acts_are_known", "台账业务都在业务总表中"),
    Rule("N5", "n5_state_is_replayed", "社保卡状态等于台账重演", Subject.CARD),
    Rule("N5", "n5_state_is_replayed", "制卡申请状态等于台账重演", Subject.APPLICATION),
    Rule("N5", "n5_state_is_replayed", "临时卡状态等于台账重演", Subject.TEMPORARY_CARD),
    Rule("N5", "n5_state_is_replayed", "错卡处理状态等于台账重演", Subject.CORRECTION),
    Rule("N5", "n5_state_is_replayed", "委托状态等于台账重演", Subject.MANDATE),
    Rule("N5", "n5_death_is_replayed", "死亡日期等于台账最后的登记或更正"),
    Rule("N5", "n5_fetched_is_counted", "代领计数等于台账"),
    Rule("N5", "n5_event_was_asked_for", "每条台账记录都有办理请求"),
    Rule("N5", "n5_postings_balance", "每次交接借贷相平"),
    Rule("N5", "n5_movement_was_ordered", "每次交接都有台账记录，反之亦然"),
    Rule("N5", "n5_destroyed_stays_destroyed", "已销毁的卡不再有业务"),
    Rule("N6", "n6_recorded_before_sealed", "登记时间不晚于检查点"),
    Rule("N6", "n6_seals_are_dense", "封存次序连续，都在检查点之下"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offender:
    """The first row that breaks a promise, by kind and id."""

    kind: str
    id: int
    said: str

    @property
    def sentence(self) -> str:
        """Who and what, as one sentence."""
        name = KIND_TITLES.get(self.kind, self.kind)
        return f"{name}：{self.said}" if self.kind == "city" else f"{name} {self.id}：{self.said}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a recount of one promise found."""

    rule: Rule
    count: int
    first: Offender | None
    milliseconds: int

    @property
    def holds(self) -> bool:
        """Whether the promise is kept."""
        return self.first is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recount:
    """All findings, where all cards are, and how many events wait for a seal."""

    findings: tuple[Finding, ...]
    places: Mapping[Place, int]
    events: int
    waiting: Lag

    @property
    def holds(self) -> bool:
        """Whether every promise is kept."""
        return all(finding.holds for finding in self.findings)

    @property
    def cards(self) -> int:
        """How many cards the book knows."""
        return sum(self.places.values())


def recount(*, progress: Callable[[Finding], None] | None = None) -> Recount:
    """This function will recount every promise as of one moment, while business goes on.

    Nothing is written. `progress` hears of each finding in the order of `RULES`.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        findings = []
        # Inside somebody's transaction, what it wrote is part of the book, and only it can see it.
        for finding in _one_by_one(cursor) if connection.savepoint_ids else _side_by_side(cursor):
            findings.append(finding)
            if progress is not None:
                progress(finding)
        return Recount(
            findings=tuple(findings),
            places=_places(cursor),
            events=_count_events(cursor),
            waiting=sealing_lag(),
        )


def _one_by_one(cursor: Any) -> Iterator[Finding]:
    lists = pieces()
    return (_asked(cursor, rule, lists) for rule in RULES)


def _side_by_side(cursor: Any) -> Iterator[Finding]:
    """Several connections share one snapshot: a hand-over between two questions is no offence."""
    cursor.execute(_ONE_MOMENT)
    cursor.execute(_ROOM)
    cursor.execute("SELECT pg_export_snapshot()")
    lists, idle = pieces(), SimpleQueue[BaseDatabaseWrapper]()

    def ask(rule: Rule) -> Finding:
        own = idle.get()
        try:
            with own.cursor() as asking:
                return _asked(asking, rule, lists)
        finally:
            idle.put(own)

    with ExitStack() as opened:
        (snapshot,) = cursor.fetchone()
        askers = [opened.enter_context(_seeing(snapshot)) for _ in range(_AT_ONCE)]
        for own in askers:
            idle.put(own)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            try:
                yield from pool.map(ask, RULES)
            except BaseException:
                for own in askers:
                    own.connection.cancel_safe()  # nobody waits for what is being counted
                raise


@contextmanager
def _seeing(snapshot: str) -> Iterator[BaseDatabaseWrapper]:
    """One more connection, in a transaction of its own that sees what the first one sees."""
    own = connection.copy()
    own.inc_thread_sharing()
    try:
        own.set_autocommit(False)
        with own.cursor() as cursor:
            cursor.execute(_ONE_MOMENT)
            cursor.execute("SET TRANSACTION SNAPSHOT %s", [snapshot])
            cursor.execute(_ROOM)
        yield own
        own.rollback()  # it only read; the pool takes no open transaction back in silence
    finally:
        own.close()


def _asked(cursor: Any, rule: Rule, lists: Mapping[str, str]) -> Finding:
    began = time.monotonic()
    cursor.execute(
        "SELECT kind, id, said, count(*) OVER () "  # noqa: S608 - our own files
        f"FROM ({rule.query(lists)}) AS offender ORDER BY kind, id LIMIT 1"
    )
    row = cursor.fetchone()
    return Finding(
        rule=rule,
        count=row[3] if row else 0,
        first=Offender(kind=row[0], id=row[1], said=row[2]) if row else None,
        milliseconds=round((time.monotonic() - began) * 1000),
    )


def _places(cursor: Any) -> dict[Place, int]:
    cursor.execute(
        "SELECT a.kind, count(*) FROM custody_position p "
        "JOIN custody_account a ON a.id = p.account_id GROUP BY a.kind"
    )
    found = dict(cursor.fetchall())
    return {place: found[place] for place in Place if place in found}


def _count_events(cursor: Any) -> int:
    cursor.execute("SELECT count(*) FROM ledger_event")
    return int(cursor.fetchone()[0])
