"""Tells whether a database is one this version can upgrade: not between two versions, not newer.

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
REMEDY_OF_NEWER = (
    "请安装与数据库相配的程序版本；确要退回旧版的，用升级前的备份恢复，升级后做的业务不在其中。"
)
_MOST_NAMED = 3


class SchemaOfAnotherVersion(Exception):
    """The database cannot be upgraded by this version; the sentence says why and what to do."""


def refuse_another_version(connection: BaseDatabaseWrapper) -> None:
    """This function will make sure that this version can go on from what was done.

    :raises SchemaOfAnotherVersion: when some are missing that can no longer be done, or some are
        done that this version does not know.
    """
    for said, remedy in why_not(connection):
        raise SchemaOfAnotherVersion(f"{said}。数据库没有改变。{remedy}")


def why_not(connection: BaseDatabaseWrapper) -> Iterator[tuple[str, str]]:
    """This function will say what speaks against the database, and what to do about it."""
    for ask, remedy in ((what_is_amiss, REMEDY), (what_is_newer, REMEDY_OF_NEWER)):
        if said := ask(connection):
            yield said, remedy


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


def what_is_newer(connection: BaseDatabaseWrapper) -> str:
    """This function will say which upgrades a later version did, in words without an end."""
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    known = set(loader.disk_migrations)
    for (app, _), migration in loader.disk_migrations.items():
        known.update((app, one) for _, one in migration.replaces)
    unknown = sorted(set(MigrationRecorder(connection).applied_migrations()) - known)
    if not unknown:
        return ""
    named = "、".join(f"{app}.{name}" for app, name in unknown[:_MOST_NAMED])
    return f"数据库比程序新：有 {len(unknown)} 步升级本版不认识（{named}）"


def _half_replaced(loader: MigrationLoader, applied: set[tuple[str, str]]) -> Iterator[str]:
    """Apps of which only a part was done: by name, what was done and what misses."""
    for (app, name), migration in sorted(loader.disk_migrations.items()):
        lacking = [one for _, one in migration.replaces if (app, one) not in applied]
        # The first of the older ones may have the name of the one that stands for all of them.
        done = len({*migration.replaces, (app, name)} & applied)
        if lacking and done:
            yield f"{app} 已做 {done} 步，还缺 {'、'.join(lacking[:_MOST_NAMED])}"
