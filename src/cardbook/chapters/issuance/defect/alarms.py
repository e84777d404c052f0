"""Batches with too many defective cards, and who has told their maker (Art. 9).

The answer is an event of the county, or of the city, that watches over the batch; it holds until
more defects are found. Nothing about a card changes by it.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from cardbook.chapters.issuance.defect.returns import (
    BatchRate,
    batch_rates,
    defects_by_batch,
    sql_of,
)
from cardbook.chapters.posts import refuse_posts
from cardbook.chapters.reminding import refuse_silence
from cardbook.law.parameters import whole_number
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lib.masking import mask_in
from cardbook.lib.rows import array_of
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts.rows import KEEPERS
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.changes import SUBJECT, Decree, record_change
from cardbook.orgs.models import Organization, User

ANSWERED = "defect.answer"
# Who keeps the cards and who answers for the county tell the maker, or have the city tell him.
ANSWERERS = frozenset({*KEEPERS, Role.COUNTY_MANAGER})
_IN_ALARM = sql_of("batches_in_alarm.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was done about a batch: when, by whom, at how many defective cards."""

    at: datetime
    by: str
    words: str
    defects: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A batch in alarm, and the newest answer; `open` when none is as new as the last defect."""

    rate: BatchRate
    answer: Answer | None

    @property
    def open(self) -> bool:
        """Whether nobody has seen to it, or more defects were found since."""
        return self.answer is None or self.answer.defects < self.rate.defects


def alarms(by: Actor, *, today: date) -> list[Alarm]:
    """This function will list the batches in alarm, the worst first, with what was done."""
    answers = answers_of(by)
    rated = batch_rates(by=by, today=today)
    return [Alarm(rate=one, answer=answers.get(one.id)) for one in rated if one.alarm]


def open_alarms(by: Actor, *, today: date) -> int:
    """This function will count the batches in alarm that nobody has seen to.

    The home page asks it: only what is not answered is counted, and no batch to its end.
    """
    permille = whole_number("defect_alarm_permille", on=today)
    by_batch = defects_by_batch(by.county_path)
    answers = answers_of(by) if by_batch else {}
    found = {
        batch: defects
        for batch, defects in by_batch.items()
        if batch not in answers or answers[batch].defects < defects
    }
    if not found or not permille:
        return len(found)
    bearable = [-(-defects * 1000 // permille) for defects in found.values()]
    with connection.cursor() as cursor:
        asked = {"batches": array_of(found), "bearable": array_of(bearable)}
        cursor.execute(_IN_ALARM, asked | {"office": f"{by.county_path}%"})
        return len(cursor.fetchall())


def answers_of(by: Actor) -> dict[int, Answer]:
    """This function will read the newest answer to each batch, in two queries."""
    told = Event.objects.filter(
        subject_kind=SUBJECT, subject_id=_watching(by), act=ANSWERED
    ).order_by("id")
    found = [(event, json.loads(event.facts)) for event in told]
    users = User.objects.filter(pk__in={event.actor_id for event, _ in found})
    names = dict(users.values_list("pk", "name")) if found else {}
    return {
        facts["batch"]: Answer(
            at=event.happened_at, by=names.get(event.actor_id, ""), words=facts["words"],
            defects=facts["defects"],
        )
        for event, facts in found
    }  # fmt: skip


def _watching(by: Actor) -> int:
    """The county, or the city above all of them: the last office of the path he looks from."""
    return int(by.county_path.rstrip(".").rpartition(".")[2])


@transaction.atomic
def answer_alarm(*, batch_id: int, words: str, by: Actor, at: datetime) -> Answer:
    """This function will write down what was done about a batch in alarm.

    :raises Refused: when the post does not do this, it is not said what, the batch is not in
        alarm, or somebody has answered for as many defects already.
    """
    refuse_posts(by, other_than=ANSWERERS, doing="登记批次质量报警的处理")
    refuse_silence(words)
    office = Organization.objects.select_for_update(no_key=True).get(pk=_watching(by))
    on = local_day(at)
    alarm = next((one for one in alarms(by, today=on) if one.rate.id == batch_id), None)
    if alarm is None:
        raise Refused([Refusal(no.BATCH_NOT_IN_ALARM)])
    if not alarm.open and alarm.answer is not None:
        values = {"batch": alarm.rate.code, "name": alarm.answer.by}
        raise Refused([Refusal(no.ALARM_ANSWERED, values)])
    said = mask_in(words.strip())
    decree = Decree(by=by, at=at, on=on, words=said, basis="第九条")
    defects = alarm.rate.defects
    record_change(
        ANSWERED, office, decree, batch=batch_id, defects=defects, cards=alarm.rate.cards
    )
    return Answer(at=at, by=by.name, words=said, defects=defects)
