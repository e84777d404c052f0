"""Looks at the server: version, safety settings, clock, connections, schema, rights, triggers."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from cardbook.config.doctor.findings import Check, Finding
from cardbook.config.schema_state import why_not

_OLDEST = 15
_MOST_DRIFT = timedelta(seconds=2)
_CROWDED = 0.8
_LONGEST_IDLE_MS = 30_000
_SQL = Path(__file__).resolve().parents[2] / "lifecycle" / "sql"
_TRIGGER = re.compile(r"CREATE (?:OR REPLACE )?(?:CONSTRAINT )?TRIGGER (\w+)\s.*? ON (\w+)")
_DROPPED = re.compile(r"DROP TRIGGER (\w+) ON (\w+)")
# What nobody may change once it is written (lifecycle/sql/grants.sql).
WRITTEN_ONCE = (
    "ledger_event",
    "ledger_seal",
    "ledger_checkpoint",
    "custody_movement",
    "custody_posting",
    "papers_paper",
    "registers_issueddocument",
    "usage_statusasked",
    "usage_cardused",
)
_MIGRATE = "请运行 cardbook migrate"


def _row(question: str, values: Sequence[str | list[str]] = ()) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return cursor.fetchone()


def _rows(question: str, values: Sequence[str | list[str]] = ()) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        found: list[Any] = cursor.fetchall()
        return found


def server_version() -> Finding:
    """This function will compare the server with the oldest one that will do."""
    check = Check("postgresql", "PostgreSQL")
    number, encoding = _row(
        "SELECT current_setting('server_version_num')::int, current_setting('server_encoding')"
    )
    said = f"{number // 10_000}.{number % 10_000}"
    if number // 10_000 < _OLDEST:
        return check.wrong(f"{said}，需要 {_OLDEST} 或更新", "请升级数据库服务器")
    if encoding != "UTF8":
        return check.wrong(f"{said}，编码 {encoding}", "请用 UTF8 编码重建数据库")
    return check.well(said)


def durability() -> Finding:
    """This function will tell whether an answered act survives a power cut on this server."""
    check = Check("durability", "断电保护")
    names = ("fsync", "synchronous_commit", "full_page_writes")
    off = [name for name in names if _row("SELECT current_setting(%s)", (name,))[0] == "off"]
    if off:
        return check.wrong(
            f"{'、'.join(off)} 已关闭，断电会丢失已应答的业务",
            "请在 postgresql.conf 中打开后重启数据库",
        )
    idle = _row(
        "SELECT setting::int FROM pg_settings WHERE name = 'idle_in_transaction_session_timeout'"
    )[0]
    if not 0 < idle <= _LONGEST_IDLE_MS:
        return check.note(
            "没有限制事务空闲时间，一个停住的程序会让封存一直等待",
            "请设 idle_in_transaction_session_timeout = 30s",
        )
    return check.well("已应答的业务断电不丢")


def clock(*, now: Callable[[], datetime]) -> Finding:
    """This function will compare this computer's clock with the database's (T2)."""
    check, before = Check("clock", "时钟"), now()
    theirs = _row("SELECT clock_timestamp()")[0]
    after = now()
    drift = max(before - theirs, theirs - after, timedelta(0))
    if drift > _MOST_DRIFT:
        return check.wrong(
            f"本机与数据库相差 {drift.total_seconds():.0f} 秒",
            "请在两台机器上启用网络对时（chrony）；台账以数据库时钟为准，未受影响",
        )
    return check.well(f"与数据库相差不到 {_MOST_DRIFT.seconds} 秒")


def connections_left() -> Finding:
    """This function will count the connections in use against those the server gives."""
    check = Check("connections", "数据库连接")
    used, most = _row(
        "SELECT sum(numbackends)::int, current_setting('max_connections')::int "
        "FROM pg_stat_database"
    )
    said = f"已用 {used} 个，上限 {most} 个"
    if used > most * _CROWDED:
        return check.wrong(
            f"{said}，即将用尽，页面会提示“系统繁忙”",
            "请减少网页进程数，或调大 max_connections 后重启数据库",
        )
    return check.well(said)


def migrations() -> Finding:
    """This function will tell whether the schema is the one this program expects."""
    check = Check("migrations", "数据库结构")
    for said, remedy in why_not(connection):
        return check.wrong(said, remedy)
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        named = "、".join(f"{one.app_label}.{one.name}" for one, _ in waiting[:3])
        return check.wrong(f"有 {len(waiting)} 步升级未做（{named}）", _MIGRATE)
    return check.well("已是最新")


def rights() -> Finding:
    """This function will tell whether the application's role could alter the ledger."""
    check = Check("rights", "程序身份的权限")
    role, is_super = _row(
        "SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user"
    )
    if is_super:
        return check.wrong(
            f"程序以超级用户 {role} 连接，台账没有授权保护",
            "请设 CARDBOOK_APP_DATABASE_URL 为另建的普通角色，再运行 cardbook migrate",
        )
    owned = _rows(
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() "
        "AND tableowner = current_user AND tablename = ANY(%s)",
        (list(WRITTEN_ONCE),),
    )
    if owned:
        return check.wrong(
            f"程序身份 {role} 是表的所有者，台账只剩触发器保护",
            "请设 CARDBOOK_APP_DATABASE_URL 为另建的普通角色，再运行 cardbook migrate",
        )
    excess = _rows(
        "SELECT name || ' ' || privilege FROM unnest(%s::text[]) AS name, "
        "unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) AS privilege "
        "WHERE to_regclass(name) IS NOT NULL AND has_table_privilege(name, privilege) ORDER BY 1",
        (list(WRITTEN_ONCE),),
    )
    if excess:
        named = "、".join(row[0] for row in excess[:3])
        return check.wrong(f"{role} 多出权限：{named} 等 {len(excess)} 项", _MIGRATE)
    open_to_others = _functions_that_look_elsewhere()
    if open_to_others:
        named = "、".join(open_to_others[:3])
        return check.wrong(f"函数 {named} 会先看临时表，台账守则可以被绕过", _MIGRATE)
    return check.well(f"{role} 不能改、删台账")


def _functions_that_look_elsewhere() -> list[str]:
    """Temporary tables come before ours where a function does not say otherwise."""
    rows = _rows(
        "SELECT proname FROM pg_proc WHERE pronamespace = current_schema()::regnamespace "
        "AND proowner = (SELECT relowner FROM pg_class WHERE oid = to_regclass('ledger_event')) "
        "AND prokind = 'f' AND NOT coalesce(proconfig, '{}') "
        "@> ARRAY['search_path=' || quote_ident(current_schema()) || ', pg_temp'] ORDER BY 1"
    )
    return [name for (name,) in rows]


def triggers() -> Finding:
    """This function will look for every trigger that keeps a promise of the schema."""
    check = Check("triggers", "数据库守则（触发器）")
    texts = [
        path.read_text(encoding="utf-8").replace("\n", " ")
        for path in _SQL.glob("*.sql")
        if not path.name.endswith(".reverse.sql")
    ]
    wanted = {tuple(found) for text in texts for found in _TRIGGER.findall(text)}
    wanted -= {tuple(found) for text in texts for found in _DROPPED.findall(text)}
    enabled = {
        (name, table): state in {"O", "A"}
        for name, table, state in _rows(
            "SELECT t.tgname, c.relname, t.tgenabled FROM pg_trigger t "
            "JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = current_schema() AND NOT t.tgisinternal"
        )
    }
    lost = sorted(name for name, table in wanted if (name, table) not in enabled)
    off = sorted(name for name, table in wanted if enabled.get((name, table)) is False)
    if lost or off:
        said = "；".join(
            f"{word} {'、'.join(names[:3])}"
            for word, names in (("缺少", lost), ("被关闭", off))
            if names
        )
        return check.wrong(
            said,
            "数据库可能被直接改过：先运行 cardbook check 和 cardbook ledger verify --database，"
            "再由数据库管理员恢复",
        )
    return check.well(f"{len(wanted)} 条都在并已启用")
