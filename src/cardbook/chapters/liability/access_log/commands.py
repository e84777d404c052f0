"""Keeps who looked at whom, and the reason of whoever looks at very many (Art. 32 item 3).

No acts of the table: nothing of a card changes. The times are the database's own.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import connection
from django.db.models import DateTimeField, Func

from cardbook.chapters.liability.models import LookAlarm
from cardbook.chapters.looking import Look, Whom
from cardbook.law.parameters import whole_number
from cardbook.lib.clock import local_day
from cardbook.orgs.actors import Actor

_SHOWN: Mapping[Whom, str] = {
    Whom.CARD: "SELECT person_id, id AS card_id FROM cards_card",
    Whom.APPLICATION: "SELECT person_id, NULL::bigint AS card_id FROM cards_application",
    Whom.TEMPORARY: "SELECT person_id, NULL::bigint AS card_id FROM cards_temporarycard",
    Whom.CORRECTION: "SELECT person_id, NULL::bigint AS card_id FROM cards_correction",
    Whom.PERSON: "SELECT id AS person_id, NULL::bigint AS card_id FROM people_person",
}
_NOBODY = "SELECT NULL::bigint AS person_id, NULL::bigint AS card_id"
# One statement: whether he may go on, the rows if he may, the alarm if not.
_NOTE = """
WITH asked AS (
    SELECT NOT %(counted)s::boolean OR (
        SELECT count(DISTINCT looked_at) FROM liability_look
        WHERE user_id = %(user)s AND looked_at > statement_timestamp() - interval '1 minute'
            AND counted
    ) < %(most)s OR EXISTS (
        SELECT FROM liability_lookalarm
        WHERE user_id = %(user)s AND reason <> ''
            AND raised_at > statement_timestamp() - make_interval(mins => %(minutes)s)
    ) AS goes_on
), noted AS (
    INSERT INTO liability_look (
        looked_at, user_id, organization_id, device, page, how, counted, person_id, card_id)
    SELECT statement_timestamp(), %(user)s, %(org)s, %(device)s, %(page)s, %(how)s,
        %(counted)s, shown.person_id, shown.card_id
    FROM ({shown}) AS shown, asked WHERE asked.goes_on AND NOT (
        %(part)s::boolean AND EXISTS (
            SELECT FROM liability_look had WHERE had.user_id = %(user)s
                AND had.looked_at > statement_timestamp() - interval '10 minutes'
                AND had.person_id = shown.person_id
        )
    )
), alarmed AS (
    INSERT INTO liability_lookalarm (raised_at, user_id, organization_id, times, reason)
    SELECT statement_timestamp(), %(user)s, %(org)s, %(most)s, ''
    FROM asked WHERE NOT goes_on AND NOT EXISTS (
        SELECT FROM liability_lookalarm
        WHERE user_id = %(user)s AND raised_at > statement_timestamp() - interval '1 minute'
    )
)
SELECT goes_on FROM asked
"""


def note_look(look: Look, *, by: Actor, at: datetime) -> bool:
    """This function will keep whom an answer shows; False when a reason is asked for first.

    Counted looks are those of which a parameter allows so many in a minute; then nothing is
    kept, because nothing is to be shown.
    """
    today = local_day(at)
    shown = _NOBODY
    if look.whom is not Whom.NOBODY:
        shown = f"{_SHOWN[look.whom]} WHERE id = ANY(%(ids)s)"
    with connection.cursor() as cursor:
        cursor.execute(
            _NOTE.format(shown=shown),
            {
                "user": by.user_id, "org": by.org_id, "device": by.device[:60],
                "page": look.page[:60], "how": look.how.value, "counted": look.counted,
                "ids": list(look.ids), "part": look.part,
                "most": whole_number("looks_per_minute", on=today),
                "minutes": whole_number("look_reason_minutes", on=today),
            },
        )  # fmt: skip
        (goes_on,) = cursor.fetchone()
    return bool(goes_on)


def give_reason(reason: str, *, by: Actor, at: datetime) -> None:
    """This function will keep why somebody looks at so many; then he goes on for a while."""
    most = whole_number("looks_per_minute", on=local_day(at))
    LookAlarm.objects.create(
        raised_at=Func(function="statement_timestamp", output_field=DateTimeField()),
        user_id=by.user_id, organization_id=by.org_id, times=most, reason=reason,
    )  # fmt: skip


def forget_looks(*, days: int) -> int:
    """This function will let go what is older than so many days; half a year is always kept."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT forget_looks(%s)", [days])
        (gone,) = cursor.fetchone()
    return int(gone)
