"""Looks at the upkeep of the tables: swept, counted, indexes whole, nobody stuck behind a lock."""

from collections.abc import Callable
from typing import Any

from cardbook.config.doctor.asking import row_of, rows_of
from cardbook.config.doctor.findings import Check, Finding

# Twice of what makes autovacuum begin: it does not keep up, or is not allowed to.
_MANY_DEAD_ROWS = 100_000
_DEAD_SHARE = 0.4
# Below this a table without statistics is read whole anyway.
_LARGE_BYTES = 64 * 1024**2
_OLD_TRANSACTIONS = 1_000_000_000
_LONG_WAIT_SECONDS = 60


def sweeping() -> Finding:
    """This function will tell whether dead rows are swept away, or tables grow for ever."""
    check = Check("sweeping", "表的清理")
    (age,) = row_of("SELECT age(datfrozenxid) FROM pg_database WHERE datname = current_database()")
    if age > _OLD_TRANSACTIONS:
        return check.wrong(
            f"事务号已用 {age / 100_000_000:.0f} 亿（到 21 亿数据库会停止写入）",
            "请立即由数据库管理员运行 vacuumdb --all --freeze，并查 autovacuum 为什么没有做",
        )
    off, kept_out, bloated = _switched_off(), _kept_out(), _bloated()
    if bloated:
        name, dead, live = bloated[0]
        why = "；自动清理（autovacuum）被关闭" if off or kept_out else ""
        return check.wrong(
            f"{name} 等 {len(bloated)} 张表有大量作废的行没有清理"
            f"（{name}：作废 {dead:,} 行，有效 {live:,} 行），查询会越来越慢{why}",
            _sweep(off, kept_out, [row[0] for row in bloated]),
        )
    if off or kept_out:
        what = "、".join(f"{one} = off" for one in off) or f"{'、'.join(kept_out[:3])} 不许清理"
        return check.note(
            f"自动清理已关闭（{what}），表会越来越大、越来越慢", _sweep(off, kept_out, [])
        )
    return check.well("自动清理开着，没有积压")


def _switched_off() -> list[str]:
    """The server's own switches without which nobody sweeps."""
    return [
        name
        for (name,) in rows_of(
            "SELECT name FROM pg_settings "
            "WHERE name IN ('autovacuum', 'track_counts') AND setting = 'off'"
        )
    ]


def _kept_out() -> list[str]:
    return [
        name
        for (name,) in rows_of(
            "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace "
            "AND 'autovacuum_enabled=false' = ANY(reloptions) ORDER BY 1"
        )
    ]


def _bloated() -> list[Any]:
    return rows_of(
        "SELECT relname, n_dead_tup, n_live_tup FROM pg_stat_user_tables "
        "WHERE schemaname = current_schema() AND n_dead_tup > %s "
        "AND n_dead_tup > %s * n_live_tup ORDER BY n_dead_tup DESC",
        (_MANY_DEAD_ROWS, _DEAD_SHARE),
    )


def _sweep(off: list[str], kept_out: list[str], bloated: list[str]) -> str:
    steps = [f"在 postgresql.conf 中设 {one} = on 后重新加载" for one in off]
    steps += [f"运行 ALTER TABLE {one} RESET (autovacuum_enabled)" for one in kept_out[:3]]
    if bloated:
        steps.append(f"在没人办业务时运行 VACUUM (ANALYZE) {', '.join(bloated[:3])}")
    if not off and not kept_out:
        steps.append("查有没有几小时不结束的事务（pg_stat_activity 的 xact_start）")
    return "请" + "；".join(steps)


def statistics() -> Finding:
    """This function will name large tables the planner knows nothing of, as after a restore."""
    check = Check("statistics", "表的统计")
    blind = [
        name
        for (name,) in rows_of(
            "SELECT c.relname FROM pg_class c "
            "WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' "
            "AND pg_relation_size(c.oid) > %s AND NOT EXISTS (SELECT FROM pg_stats s "
            "WHERE s.schemaname = current_schema() AND s.tablename = c.relname) ORDER BY 1",
            (_LARGE_BYTES,),
        )
    ]
    if blind:
        return check.wrong(
            f"{'、'.join(blind[:3])} 等 {len(blind)} 张大表没有统计过（刚恢复、装入），页面会很慢",
            "请运行 vacuumdb --analyze-only --dbname 库名，几分钟",
        )
    return check.well("大表都统计过")


def indexes() -> Finding:
    """This function will look for indexes that are not used and constraints that are not kept."""
    check = Check("indexes", "索引和约束")
    broken = rows_of(
        "SELECT indexrelid::regclass::text FROM pg_index i "
        "JOIN pg_class c ON c.oid = i.indrelid "
        "WHERE c.relnamespace = current_schema()::regnamespace "
        "AND NOT (i.indisvalid AND i.indisready) ORDER BY 1"
    )
    unproved = rows_of(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint "
        "WHERE connamespace = current_schema()::regnamespace AND NOT convalidated ORDER BY 1, 2"
    )
    if broken:
        named = "、".join(row[0] for row in broken[:3])
        return check.wrong(
            f"{named} 等 {len(broken)} 个索引没有建成，不起作用",
            f"请在没人办业务时运行 REINDEX INDEX {broken[0][0]}；报告重复的，先 cardbook check",
        )
    if unproved:
        table, name = unproved[0]
        return check.wrong(
            f"{name} 等 {len(unproved)} 条约束没有核验过已有的行",
            f"请运行 ALTER TABLE {table} VALIDATE CONSTRAINT {name}；不通过的，先 cardbook check",
        )
    return check.well("都有效")


def locks(*, longest_seconds: int = _LONG_WAIT_SECONDS) -> Finding:
    """This function will tell who waits for whom, when somebody holds what all others need."""
    check = Check("locks", "互相等待")
    waiting = rows_of(
        "SELECT count(*) OVER (), extract(epoch FROM clock_timestamp() - waitstart)::int, "
        "(pg_blocking_pids(pid))[1] FROM pg_locks "
        "WHERE NOT granted AND waitstart < clock_timestamp() - make_interval(secs => %s) "
        "ORDER BY waitstart LIMIT 1",
        (longest_seconds,),
    )
    if waiting:
        count, seconds, by = waiting[0]
        return check.wrong(
            f"{count} 个操作在等一个没有结束的事务，最久的已等 {seconds} 秒（挡住它的进程 {by}）",
            f"请先在 pg_stat_activity 里看进程 {by} 是谁；"
            f"确是忘了结束的，由数据库管理员运行 SELECT pg_terminate_backend({by})",
        )
    return check.well("没有等很久的")


CHECKS: tuple[Callable[[], Finding], ...] = (sweeping, statistics, indexes, locks)
