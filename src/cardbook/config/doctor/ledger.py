"""Looks at the book itself: do the keys open it, is it sealed, are jobs done, is it saved."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings

from cardbook.config.doctor.asking import row_of
from cardbook.config.doctor.findings import Check, Finding, Level
from cardbook.jobs.queue import is_served
from cardbook.ledger.checkpoints import BadCheckpoint, read_note, signing_key
from cardbook.ledger.models import Checkpoint
from cardbook.ledger.proof import sealing_lag
from cardbook.lib.clock import LOCAL, to_the_minute
from cardbook.lib.sm import Damaged
from cardbook.people import vault
from cardbook.people.models import Person

LATE = timedelta(minutes=3)
_OLD_BACKUP = timedelta(hours=26)
_LATE_JOB = timedelta(minutes=10)
# Touched by whatever saves the data, after it succeeded (docs/install.md).
BACKUP_MARK = "last-backup"
_SAMPLE = 20


_FIT = Check("keys.fit", "密钥与数据相符")


def keys_open_the_people() -> Finding:
    """This function will open the newest people with our keys, and find them by their numbers."""
    try:
        for person in Person.objects.order_by("-pk")[:_SAMPLE]:
            number = vault.open_text(person.number_sealed, context=vault.NUMBER)
            if person.number_kind == "citizen" and vault.number_index(number) != bytes(
                person.number_index
            ):
                return _FIT.wrong(
                    "索引密钥 index.key 与数据不符，按号码查不到人", "请从备份恢复原密钥"
                )
    except (Damaged, ValueError):  # another key, or one that was cut short
        return _FIT.wrong(
            "保险库密钥 vault.*.key 打不开已有的持卡人资料",
            "请立即停止服务，从备份恢复原密钥；在此之前不要登记新业务",
        )
    return _FIT.well("能打开持卡人资料")


def keys_open_the_book() -> Finding:
    """This function will open the newest people and the newest checkpoint with our keys."""
    people = keys_open_the_people()
    if people.level is Level.WRONG:
        return people
    try:
        last = Checkpoint.objects.order_by("-size").first()
        if last is not None:
            read_note(last.note, key=signing_key().public_key())
    except (BadCheckpoint, ValueError) as problem:
        return _FIT.wrong(
            f"封存密钥 ledger.key 与检查点不符（{problem}）",
            "请从备份恢复原密钥；若密钥确已更换，请按台账换钥手续办理",
        )
    return _FIT.well("能打开持卡人资料和检查点")


def sealing(*, now: Callable[[], datetime]) -> Finding:
    """This function will tell how long the oldest unsealed event waits (L11: over 3 minutes)."""
    check, lag = Check("sealing", "台账封存"), sealing_lag()
    if lag.oldest is None:
        return check.well("全部已封存")
    waited = now() - lag.oldest
    said = f"{lag.events} 条未封存，最早的已等 {max(0, round(waited.total_seconds() / 60))} 分钟"
    if waited > LATE:
        return check.wrong(
            said,
            "封存程序没有在工作：请运行 systemctl restart cardbook-sealer"
            "（没有装成服务的，重新启动 cardbook serve）；"
            "还是不动的，运行 cardbook ledger seal 看它为什么拒绝",
        )
    return check.well(said)


def worker() -> Finding:
    """This function will tell whether anybody is there to do background work, before it waits."""
    check = Check("worker", "后台程序")
    if not _exists("procrastinate_workers"):
        return check.well("未启用后台作业")
    if not is_served():
        return check.note(
            "没有在工作，行数多的文件会一直等待",
            "请运行 systemctl start cardbook-worker；没有装成服务的，"
            "cardbook serve 会自己启动一个，或运行 cardbook worker",
        )
    return check.well("在工作")


def jobs(*, now: Callable[[], datetime]) -> Finding:
    """This function will tell whether background work waits for a worker that is not there."""
    check = Check("jobs", "后台作业")
    if not _exists("procrastinate_jobs"):
        return check.well("未启用后台作业")
    waiting, failed = row_of(
        "SELECT count(*) FILTER (WHERE status = 'todo' AND coalesce(scheduled_at, now()) "
        "<= now()), count(*) FILTER (WHERE status = 'failed') FROM procrastinate_jobs"
    )
    (oldest,) = row_of(
        "SELECT min(e.at) FROM procrastinate_events e "
        "JOIN procrastinate_jobs j ON j.id = e.job_id "
        "WHERE j.status = 'todo' AND coalesce(j.scheduled_at, now()) <= now()"
    )
    if oldest is not None and now() - oldest > _LATE_JOB:
        minutes = round((now() - oldest).total_seconds() / 60)
        return check.wrong(
            f"{waiting} 项等待办理，最早的已等 {minutes} 分钟",
            "后台程序没有在工作：请运行 systemctl restart cardbook-worker"
            "（没有装成服务的，重新启动 cardbook serve）",
        )
    if failed:
        return check.note(f"{waiting} 项等待，{failed} 项失败", "请在导入页面查看失败的原因后重试")
    return check.well(f"{waiting} 项等待")


def backup(*, now: Callable[[], datetime]) -> Finding:
    """This function will tell when the data was last saved, as far as anybody left a trace."""
    check = Check("backup", "备份")
    archived = row_of("SELECT last_archived_time, last_failed_time FROM pg_stat_archiver")
    mark = settings.ENVIRONMENT.data / BACKUP_MARK
    times = [time for time in (archived[0],) if time is not None]
    if mark.exists():
        times.append(datetime.fromtimestamp(mark.stat().st_mtime, tz=LOCAL))
    if archived[1] is not None and (archived[0] is None or archived[1] > archived[0]):
        return check.wrong("数据库日志归档正在失败", "请查看数据库日志和归档目录的空间")
    if not times:
        return check.note(
            "没有备份记录",
            "请启用 cardbook-backup.timer，或运行 cardbook backup；用别的工具备份的，成功后"
            f"更新 {mark}（见 docs/operate/backup.md）。密钥另行保管",
        )
    last = max(times)
    said = f"最近一次 {to_the_minute(last)}"
    if now() - last > _OLD_BACKUP:
        return check.wrong(f"{said}，已超过一天", "请检查备份任务")
    return check.well(said)


def _exists(table: str) -> bool:
    return row_of("SELECT to_regclass(%s) IS NOT NULL", (table,))[0] is True
