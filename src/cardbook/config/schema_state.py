"""Tells whether a database stands between two versions, where no upgrade can start from.

Each app begins with one migration that stands for older ones; a database that has only a part of
those was never made by a version whole. `database.py` asks before it migrates, `doctor` reports.
"""

from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.exceptions import InconsistentMigrationHistory, NodeNotFoundError
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

REMEDY = (
    "请先装升级前的那一版，运行它的 cardbook migrate 做完全部升级，再装本版；"
    "那一版找不到的，用升级前的备份恢复。不要手工改 django_migrations，也不要删表。"
)
_MOST_NAMED = 3


class SchemaBetweenVersions(Exception):
    """The database cannot be upgraded by this version; the sentence says why and what to do."""


def refuse_between_versions(connection: BaseDatabaseWrapper) -> None:
    """This function will make sure that the upgrades done so far are those of a whole version.

    :raises SchemaBetweenVersions: when some are missing that can no longer be done.
    """
    said = what_is_amiss(connection)
    if said:
        raise SchemaBetweenVersions(f"{said}。数据库没有改变。{REMEDY}")


def what_is_amiss(connection: BaseDatabaseWrapper) -> str:
    """This function will say what is missing, in words without an end; empty when all is well."""
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    applied = set(MigrationRecorder(connection).applied_migrations())
    missing = list(_half_replaced(loader, applied))
    if missing:
        more = f"等 {len(missing)} 个部分" if len(missing) > _MOST_NAMED else ""
        return f"数据库停在两个版本之间：{'；'.join(missing[:_MOST_NAMED])}{more}"
    try:
        loader.build_graph()
        loader.connection = connection
        loader.check_consistent_history(connection)
    except (InconsistentMigrationHistory, NodeNotFoundError) as problem:
        return f"数据库的升级记录前后不一致（{problem}）"
    return ""


def _half_replaced(loader: MigrationLoader, applied: set[tuple[str, str]]) -> Iterator[str]:
    """Apps of which only a part was done: by name, what was done and what misses."""
    for (app, name), migration in sorted(loader.disk_migrations.items()):
        lacking = [one for _, one in migration.replaces if (app, one) not in applied]
        # The first of the older ones may have the name of the one that stands for all of them.
        done = len({*migration.replaces, (app, name)} & applied)
        if lacking and done:
            yield f"{app} 已做 {done} 步，还缺 {'、'.join(lacking[:_MOST_NAMED])}"
