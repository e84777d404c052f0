"""Opens every sealed value once a night, and leaves for the doctor what it found (P7)."""

import json
import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from cardbook.config.doctor.findings import Check, Finding
from cardbook.config.switchboard import database_clock
from cardbook.config.vault.walking import PAPERS, Walked, walk_rows
from cardbook.jobs.queue import periodic_job
from cardbook.lib.clock import to_the_minute

EVERY_NIGHT = "7 4 * * *"
_MARK = "last-vault-check"
_OLD = timedelta(hours=50)
_SHOWN = 3
_log = logging.getLogger(__name__)


@periodic_job("vault.check", cron=EVERY_NIGHT)
def look_through_the_vault() -> None:
    """The turn of the night; papers are looked through by `cardbook vault check` and the drill."""
    at = database_clock()
    leave_word(walk_rows(reseal=False, say=lambda sentence: None), at=at, papers=False)


def leave_word(walked: Walked, *, at: datetime, papers: bool) -> None:
    """This function will write down what a walk found; one without `papers` says nothing of them.

    A paper that did not open stays named until a walk through all papers opens it.
    """
    for place in walked.damaged:
        _log.error("does not open: %s", place)
    rows = [f"{place}" for place in walked.damaged if place.table != PAPERS]
    kept = [f"{place}" for place in walked.damaged if place.table == PAPERS]
    if not papers:
        kept = _told().get("papers", [])
    told = {
        "at": at.isoformat(), "opened": walked.opened, "damaged": len(rows) + len(kept),
        "first": [*rows, *kept][:_SHOWN], "papers": kept,
    }  # fmt: skip
    draft = _mark().with_name(f".{_MARK}.part")
    draft.write_text(json.dumps(told), encoding="utf-8")
    draft.replace(_mark())


def last_look(*, now: datetime) -> Finding:
    """This function will tell the doctor what the last walk found, and whether there was one."""
    check = Check("vault", "密文逐行核对")
    if not (told := _told()):
        return check.note(
            "还没有核对过", "后台程序每天凌晨核对；现在就看，运行 cardbook vault check"
        )
    at = told["at"]
    said = f"{to_the_minute(at)}，{told['opened']} 项打得开"
    if told["damaged"]:
        return check.wrong(
            f"{said}，{told['damaged']} 项打不开：{'；'.join(told['first'])}",
            "运行 cardbook vault check 看全部，再用 cardbook vault repair 从备份取回",
        )
    if now - at > _OLD:
        return check.note(f"{said}，已超过两天没有核对", "请看后台程序是否在工作")
    return check.well(said)


def _told() -> dict[str, Any]:
    """What the last walk left; nothing where there was none, or its word was torn."""
    try:
        told: dict[str, Any] = json.loads(_mark().read_text(encoding="utf-8"))
        return told | {"at": datetime.fromisoformat(told["at"])}
    except (OSError, ValueError, KeyError):
        return {}


def _mark() -> Path:
    return Path(settings.ENVIRONMENT.data) / _MARK
