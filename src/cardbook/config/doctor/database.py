"""Looks at the server: version, safety settings, clock, connections, schema, rights, triggers."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from cardbook.config.doctor.asking import row_of, rows_of
from cardbook.config.doctor.findings import Check, Finding
from cardbook.config.schema_state import why_not
from cardbook.lib.clock import to_the_minute

_OLDEST = 15
_MOST_DRIFT = timedelta(seconds=2)
_CROWDED = 0.8
_LONGEST_IDLE_MS = 30_000
_SHORTEST_STATEMENT_MS = 600_000
# A web process holds eight at most, the worker, the sealer and a command line one each.
_FEWEST_CONNECTIONS = 12
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
    "liability_look",
    "liability_lookalarm",
)
_MIGRATE = "请运行 cardbook migrate"
_GRANT = "请以所有者身份运行 cardbook migrate（systemctl start cardbook-migrate），它会重新授权"
# The rights `grants.sql` takes away again, and the tables it lets be deleted from.
_REVOKED = re.compile(r"REVOKE ([A-Z, ]+) ON ([\w,\s]+) FROM :app")
_OURS = (
    "relnamespace = current_schema()::regnamespace AND relowner = "
    "(SELECT relowner FROM pg_class WHERE oid = to_regclass('django_migrations'))"
)
_DELETABLE = re.compile(r"GRANT DELETE ON\s+([\w,\s]+?)\s+TO :app")


def server_version() -> Finding:
    """This function will compare the server with the oldest one that will do."""
    check = Check("postgresql", "PostgreSQL")
    number, encoding = row_of(
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
    off = [name for name in names if row_of("SELECT current_setting(%s)", (name,))[0] == "off"]
    if off:
        return check.wrong(
            f"{'、'.join(off)} 已关闭，断电会丢失已应答的业务",
            "请在 postgresql.conf 中打开后重启数据库",
        )
    idle = row_of(
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
    theirs = row_of("SELECT clock_timestamp()")[0]
    after = now()
    drift = max(before - theirs, theirs - after, timedelta(0))
    last = _newest_record()
    if last is not None and last - theirs > _MOST_DRIFT:
        return check.wrong(
            f"数据库时钟现在是 {to_the_minute(theirs)}，"
            f"台账最后一条却登记于 {to_the_minute(last)}："
            "时钟走慢了，或那时走快过",
            "请先停止服务，用 chrony 对准数据库服务器的时间再开；"
            "确是那时走快的，等到那一刻以后再办业务，已登记的时间不能改，请书面记下",
        )
    if drift > _MOST_DRIFT:
        return check.wrong(
            f"本机与数据库相差 {drift.total_seconds():.0f} 秒",
            "请在两台机器上启用网络对时（chrony）；台账以数据库时钟为准，未受影响",
        )
    return check.well(f"与数据库相差不到 {_MOST_DRIFT.seconds} 秒")


def _newest_record() -> datetime | None:
    """When the last line of the ledger was written; None before there is any, or none to read."""
    if row_of("SELECT has_table_privilege(to_regclass('ledger_event'), 'SELECT')")[0] is not True:
        return None
    found = row_of("SELECT recorded_at FROM ledger_event ORDER BY id DESC LIMIT 1")
    return found[0] if found else None


def writable() -> Finding:
    """This function will tell whether anything can be registered at all, and long work ends."""
    check = Check("writable", "能否登记")
    recovering, read_only, longest = row_of(
        "SELECT pg_is_in_recovery(), current_setting('default_transaction_read_only'), "
        "(SELECT setting::int FROM pg_settings WHERE name = 'statement_timeout')"
    )
    if recovering:
        return check.wrong(
            "数据库在恢复中或是备库，只能看，不能登记",
            "恢复还没有完的请等；停在恢复里的，确认后由数据库管理员运行 SELECT pg_promote()",
        )
    if read_only == "on":
        return check.wrong(
            "数据库设成了只读（default_transaction_read_only），不能登记",
            "请由数据库管理员去掉：ALTER DATABASE / ALTER ROLE … RESET "
            "default_transaction_read_only，再查 postgresql.conf",
        )
    if 0 < longest < _SHORTEST_STATEMENT_MS:
        return check.wrong(
            f"语句超过 {longest / 1000:g} 秒就被中断（statement_timeout），长文件会半途失败",
            "请去掉：ALTER DATABASE / ALTER ROLE … RESET statement_timeout，再查 postgresql.conf",
        )
    return check.well("能")


def entry() -> Finding:
    """This function will tell whether the program's role may look into the schema at all."""
    check, role = Check("entry", "进入数据库"), connection.settings_dict["USER"]
    schema, known, readable = row_of(
        "SELECT current_schema(), to_regclass('django_migrations') IS NOT NULL, "
        "has_table_privilege(to_regclass('django_migrations'), 'SELECT')"
    )
    if schema is None:
        return check.wrong(f"身份 {role} 没有进入模式（schema）的权限", _GRANT)
    if not known:
        return check.wrong(
            f"库 {connection.settings_dict['NAME']} 里还没有卡簿的表",
            f"首次安装的，{_MIGRATE}；不是首次安装的，多半连到了别的库，"
            "请核对 CARDBOOK_DATABASE_URL",
        )
    if not readable:
        return check.wrong(f"身份 {role} 没有读取卡簿各表的权限", _GRANT)
    return check.well(f"身份 {role}，模式 {schema}")


def connections_left() -> Finding:
    """This function will count the connections in use against those the server gives."""
    check = Check("connections", "数据库连接")
    used, most, allowed = row_of(
        "SELECT sum(numbackends)::int, current_setting('max_connections')::int, "
        "(SELECT least(nullif(rolconnlimit, -1), nullif(datconnlimit, -1)) "
        "FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database())"
        " FROM pg_stat_database"
    )
    if allowed is not None and allowed < _FEWEST_CONNECTIONS:
        return check.wrong(
            f"程序身份至多 {allowed} 个连接，网页会提示“系统繁忙”",
            "请由数据库管理员运行 ALTER ROLE（或 ALTER DATABASE）… CONNECTION LIMIT -1",
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
    role, is_super = row_of(
        "SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user"
    )
    if is_super:
        return check.wrong(
            f"程序以超级用户 {role} 连接，台账没有授权保护",
            "请设 CARDBOOK_APP_DATABASE_URL 为另建的普通角色，再运行 cardbook migrate",
        )
    owned = rows_of(
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() "
        "AND tableowner = current_user AND tablename = ANY(%s)",
        (list(WRITTEN_ONCE),),
    )
    if owned:
        return check.wrong(
            f"程序身份 {role} 是表的所有者，台账只剩触发器保护",
            "请设 CARDBOOK_APP_DATABASE_URL 为另建的普通角色，再运行 cardbook migrate",
        )
    if excess := _excess():
        named = "、".join(row[0] for row in excess[:3])
        return check.wrong(f"{role} 多出权限：{named} 等 {len(excess)} 项", _MIGRATE)
    if loose := _functions_that_look_elsewhere():
        named = "、".join(loose[:3])
        return check.wrong(f"函数 {named} 会先看临时表，台账守则可以被绕过", _MIGRATE)
    if lacking := _lacking():
        named = "、".join(lacking[:3])
        return check.wrong(f"{role} 缺少权限：{named} 等 {len(lacking)} 项，业务会失败", _GRANT)
    return check.well(f"{role} 能办业务，不能改、删台账")


def _excess() -> list[tuple[str]]:
    """The rights the role has and `grants.sql` does not give."""
    return rows_of(
        "SELECT name || ' ' || privilege FROM unnest(%s::text[]) AS name, "
        "unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) AS privilege "
        "WHERE to_regclass(name) IS NOT NULL AND has_table_privilege(name, privilege) ORDER BY 1",
        (list(WRITTEN_ONCE),),
    ) or rows_of(
        "SELECT relname || ' DELETE' FROM pg_class WHERE relkind = 'r' "  # noqa: S608 # own text
        f"AND {_OURS} AND has_table_privilege(oid, 'DELETE') AND relname <> ALL(%s) ORDER BY 1",
        (list(deletable_tables()),),
    )


def deletable_tables() -> frozenset[str]:
    """This function will name the tables the program takes rows out of again, as granted."""
    (tables,) = _DELETABLE.findall((_SQL / "grants.sql").read_text(encoding="utf-8"))
    return frozenset(table.strip() for table in tables.split(","))


def _lacking() -> list[str]:
    """The rights that `grants.sql` gives and the role does not have, on our own tables."""
    text = (_SQL / "grants.sql").read_text(encoding="utf-8")
    revoked = {
        (table.strip(), right.strip())
        for rights, tables in _REVOKED.findall(text)
        for right in rights.split(",")
        for table in tables.split(",")
    }
    deletable = deletable_tables()
    of_tables = rows_of(
        "SELECT relname, privilege FROM pg_class, "  # noqa: S608 # no value in it
        "unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS privilege "
        f"WHERE relkind = 'r' AND {_OURS} AND NOT has_table_privilege(oid, privilege) "
        "ORDER BY 1, 2"
    )
    of_sequences = rows_of(
        f"SELECT relname, 'USAGE' FROM pg_class WHERE {_OURS} "  # noqa: S608
        "AND CASE relkind WHEN 'S' THEN NOT has_sequence_privilege(oid, 'USAGE') END ORDER BY 1"
    )
    missing = {
        (table, right) for table, right in of_tables if right != "DELETE" or table in deletable
    } - revoked
    return [f"{name} {right}" for name, right in sorted(missing) + of_sequences]


def _functions_that_look_elsewhere() -> list[str]:
    """Temporary tables come before ours where a function does not say otherwise."""
    rows = rows_of(
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
        for name, table, state in rows_of(
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
