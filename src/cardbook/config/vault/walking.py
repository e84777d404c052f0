"""Opens every sealed value of every table and every paper; seals what an old key sealed anew.

Rows go by a thousand, one short transaction each: acts, imports and messages go on meanwhile, and
whoever stops the walk loses nothing. Only a value that nobody changed meanwhile is replaced.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.db import connection, connections
from django.db.models import QuerySet

from cardbook.chapters import row_by_row
from cardbook.chapters.corrections.wrong_cards import values
from cardbook.chapters.usage import captured, made
from cardbook.imports.models import ImportFile
from cardbook.lib.sm import Damaged, open_sealed, seal
from cardbook.papers.models import Paper
from cardbook.papers.storage import PaperMissing, reseal_paper, sealed_by, verify_paper
from cardbook.people import vault
from cardbook.web.second_factor import open_secret, seal_secret, sealed_bytes

# Under what each field is sealed, by its name: the same name means the same everywhere.
CONTEXTS: Mapping[str, bytes] = {
    "number_sealed": vault.NUMBER, "agent_number_sealed": vault.NUMBER,
    "name_sealed": vault.NAME, "agent_name_sealed": vault.NAME, "witness_sealed": vault.NAME,
    "phone_sealed": vault.PHONE, "address_sealed": vault.ADDRESS,
    "bank_account_sealed": vault.BANK,
    "captured_sealed": captured.CONTEXT, "made_sealed": made.CONTEXT,
    "face_sealed": values.FACE, "right_sealed": values.RIGHT, "agent_sealed": values.AGENT,
    "reasons_sealed": row_by_row.CONTEXT,
}  # fmt: skip
_ROWS = 1000
PAPERS = "papers"
Say = Callable[[str], None]
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a value lies: the table, the key of its row, its column; of a paper its digest."""

    table: str
    key: tuple[Any, ...]
    column: str = ""

    def __str__(self) -> str:
        """As an administrator reads it."""
        return f"{self.table} {'/'.join(map(str, self.key))} {self.column}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The sealed columns of one table, and the columns of its key."""

    table: str
    key: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Walked:
    """What a walk found: how many values opened, what does not, what was sealed anew."""

    opened: int = 0
    damaged: list[Place] = field(default_factory=list)
    resealed: int = 0


def sealed_columns() -> list[Columns]:
    """This function will list every table that holds sealed values."""
    found = (
        Columns(
            table=model._meta.db_table,
            key=tuple(str(one.column) for one in model._meta.pk_fields),
            names=tuple(
                name for one in model._meta.concrete_fields
                if (name := str(one.column)).endswith("_sealed")
            ),
        )
        for model in apps.get_models()
    )  # fmt: skip
    return [one for one in found if one.names]


def walk_rows(*, reseal: bool, say: Say) -> Walked:
    """This function will open every sealed value; only the owner may replace one."""
    walked, to = Walked(), max(settings.VAULT_KEYS) if reseal else None
    for columns in sealed_columns():
        before = walked.opened
        for rows in _pieces(columns):
            anew = {row: fresh for row in rows if (fresh := _fresh(columns, row, walked, to=to))}
            if anew:
                walked.resealed += _replace(columns, anew)
        if walked.opened > before:
            say(f"{columns.table}：{walked.opened - before} 项打得开")
    walk_second_factors(walked, reseal=reseal)
    return walked


def walk_second_factors(walked: Walked, *, reseal: bool) -> None:
    """This function will open what second factors are made from; what is in clear is sealed."""
    newest = max(settings.VAULT_KEYS)
    for factor in Authenticator.objects.order_by("pk"):
        fresh = dict(factor.data)
        for name, kept in _secrets(factor):
            try:
                secret, sealed = open_secret(kept), sealed_bytes(kept)
            except Damaged:
                place = Place(table=factor._meta.db_table, key=(factor.pk,), column=name)
                walked.damaged.append(place)
                continue
            walked.opened += 1
            if sealed is None or sealed[0] != newest:
                fresh[name] = seal_secret(secret)
        if reseal and fresh != factor.data:
            unchanged = Authenticator.objects.filter(pk=factor.pk, data=factor.data)
            walked.resealed += unchanged.update(data=fresh)


def _secrets(factor: Authenticator) -> Iterator[tuple[str, str]]:
    for name in ("secret", "seed"):
        if kept := factor.data.get(name):
            yield name, kept


def walk_papers(walked: Walked, *, reseal: bool, say: Say) -> None:
    """This function will open every kept file, but for originals that were cleared in time."""
    newest, before = max(settings.VAULT_KEYS), walked.opened
    for digest in _digests():
        try:
            if reseal and sealed_by(digest) != newest:
                reseal_paper(digest)
                walked.resealed += 1
            else:
                verify_paper(digest)
            walked.opened += 1
        except (Damaged, PaperMissing):
            walked.damaged.append(Place(table=PAPERS, key=(digest,)))
    say(f"凭据文件：{walked.opened - before} 份打得开")


def versions() -> Counter[int]:
    """This function will count what each version of the key sealed now; 0 lies in clear."""
    found: Counter[int] = Counter()
    for columns in sealed_columns():
        for name in columns.names:
            with connection.cursor() as cursor:
                cursor.execute(
                    f"SELECT get_byte({name}, 0), count(*) FROM {columns.table} "  # noqa: S608
                    f"WHERE length({name}) > 0 GROUP BY 1"
                )
                found.update(dict(cursor.fetchall()))
    for factor in Authenticator.objects.all():
        for _, secret in _secrets(factor):
            with suppress(Damaged):
                sealed = sealed_bytes(secret)
                found[sealed[0] if sealed else 0] += 1
    for digest in _digests():
        with suppress(PaperMissing):
            found[sealed_by(digest)] += 1
    return found


def kept_papers() -> QuerySet[Paper]:
    """This function will find the papers whose files are kept: all but cleared originals."""
    purged = ImportFile.objects.filter(original_purged_on__isnull=False).values("digest")
    return Paper.objects.exclude(digest__in=purged)


def _digests() -> Iterator[str]:
    """Of the kept papers, each once."""
    return kept_papers().values_list("digest", flat=True).distinct().iterator(chunk_size=_ROWS)


def _pieces(columns: Columns) -> Iterator[list[Row]]:
    """The rows of a table by their keys, a thousand at a time, nothing held between."""
    key, wide = ", ".join(columns.key), len(columns.key)
    after, last = "", list[Any]()
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {key}, {', '.join(columns.names)} FROM {columns.table} {after} "  # noqa: S608 - our own names
                f"ORDER BY {key} LIMIT {_ROWS}",
                last,
            )
            rows: list[Row] = cursor.fetchall()
        if not rows:
            return
        yield rows
        after = f"WHERE ({key}) > ({', '.join(['%s'] * wide)})"
        last = list(rows[-1][:wide])


def _fresh(
    columns: Columns, row: Row, walked: Walked, *, to: int | None
) -> list[bytes | None] | None:
    """A row's values under the key `to`; None when nothing changes, or one does not open."""
    key, sealed = row[: len(columns.key)], row[len(columns.key) :]
    fresh: list[bytes | None] = []
    for name, value in zip(columns.names, sealed, strict=True):
        try:
            fresh.append(None if value is None else _under(to, bytes(value), CONTEXTS[name]))
        except Damaged:
            walked.damaged.append(Place(table=columns.table, key=key, column=name))
        else:
            walked.opened += value is not None
    whole = len(fresh) == len(sealed)
    return fresh if whole and tuple(fresh) != sealed else None


def _under(to: int | None, sealed: bytes, context: bytes) -> bytes:
    """A value that opens, sealed anew only where another key than `to` sealed it."""
    clear = open_sealed(settings.VAULT_KEYS, sealed, context=context)
    if to is None or to == sealed[0]:
        return sealed
    return seal(settings.VAULT_KEYS[to], clear, context=context, version=to)


def _replace(columns: Columns, anew: Mapping[Row, list[bytes | None]]) -> int:
    """Write rows anew that still are what was read; returns of how many."""
    keys = [f"key{place}" for place, _ in enumerate(columns.key)]
    olds = [f"old{place}" for place, _ in enumerate(columns.names)]
    news = [f"new{place}" for place, _ in enumerate(columns.names)]
    sets = ", ".join(f"{name} = {new}" for name, new in zip(columns.names, news, strict=True))
    found = ", ".join(f"t.{name}" for name in columns.key)
    before = ", ".join(f"t.{name}" for name in columns.names)
    marks = ", ".join([*["%s"] * len(keys), *["%s::bytea[]"] * (len(olds) + len(news))])
    given = [(*row, *fresh) for row, fresh in anew.items()]
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            f"UPDATE {columns.table} t SET {sets} FROM unnest({marks}) "  # noqa: S608 - as above
            f"AS given({', '.join((*keys, *olds, *news))}) "
            f"WHERE ({found}) = ({', '.join(keys)}) "
            f"AND ROW({before}) IS NOT DISTINCT FROM ROW({', '.join(olds)})",
            [list(column) for column in zip(*given, strict=True)],
        )
        return int(cursor.rowcount)
