"""The same manifest by django-import-export, as a project without our intake would do it (Art. 6).

It is given every advantage: cells are read, checked and sealed by our own readers before it sees
them, holders are looked up once for all, and it writes people and cards only - into twins without
triggers - while ours also writes events, movements, postings, positions, lines and boxes.
"""

import csv
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tablib
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from import_export import fields, resources, widgets
from import_export.instance_loaders import CachedInstanceLoader

from cardbook.chapters.intake.receive.importer import import_manifest
from cardbook.chapters.intake.receive.layouts import manifest_layout
from cardbook.imports.columns import RowReader
from cardbook.imports.reading import Row
from cardbook.lifecycle.acts import act
from cardbook.people.bulk import ADDRESS, NAME, NUMBER, PHONE, BulkVault
from tests.bench.actors import TODAY, keeper
from tests.bench.data import own_connection, twins
from tests.bench.intake import AT
from tests.bench.manifest_file import COUNTY, HEAD, write_csv
from tests.bench.measure import Line, Together, timed

_OURS, _BULK, _SINGLE, _AIM = 10_000, 5_000, 1_000, 50


class TwinPerson(models.Model):
    """What the book keeps of a holder."""

    number_kind = models.CharField(max_length=20)
    number_sealed = models.BinaryField()
    number_index = models.BinaryField(max_length=32)
    name_sealed = models.BinaryField()
    phone_sealed = models.BinaryField(null=True)
    phone_index = models.BinaryField(max_length=32, null=True)
    address_sealed = models.BinaryField(null=True)
    search_keys = ArrayField(models.BigIntegerField())
    sex = models.CharField(max_length=1)
    born_on = models.DateField()
    photo_digest = models.CharField(max_length=64, default="")

    class Meta:
        app_label = "insight"
        managed = False
        db_table = "twin_people_person"


class TwinCard(models.Model):
    """What the book keeps of a card."""

    number = models.CharField(max_length=9)
    person_id = models.BigIntegerField()
    county_id = models.BigIntegerField()
    batch_id = models.BigIntegerField()
    group = models.CharField(max_length=20)
    unit_code = models.CharField(max_length=40)
    unit_name = models.CharField(max_length=100)
    packing = models.CharField(max_length=40)
    stage = models.CharField(max_length=20)
    social = models.CharField(max_length=20)
    version = models.IntegerField()

    class Meta:
        app_label = "insight"
        managed = False
        db_table = "twin_cards_card"


class _Bulk:
    """As its manual advises for large files: no comparing, rows of a thousand, one look-up."""

    use_bulk = True
    batch_size = 1000
    skip_diff = True
    skip_html_diff = True
    instance_loader_class = CachedInstanceLoader


_PEOPLE = [field.name for field in TwinPerson._meta.fields if field.name != "id"]
_CARDS = [field.name for field in TwinCard._meta.fields if field.name != "id"]


class _Sealed(widgets.Widget):
    """Bytes, as text where the library shows what changed."""

    def render(self, value: bytes | None, obj: object = None, **_: object) -> str:
        return bytes(value or b"").hex()


class People(resources.ModelResource):
    """Holders, one by one."""

    @classmethod
    def widget_from_django_field(cls, f: Any, default: Any = widgets.Widget) -> Any:
        """What the library has no widget for."""
        is_sealed = isinstance(f, models.BinaryField)
        return _Sealed if is_sealed else super().widget_from_django_field(f, default)

    search_keys = fields.Field("search_keys", "search_keys", widget=widgets.Widget())

    class Meta:
        model = TwinPerson
        fields = _PEOPLE
        import_id_fields = ("number_index",)


class Cards(resources.ModelResource):
    """Cards, one by one."""

    class Meta:
        model = TwinCard
        fields = _CARDS
        import_id_fields = ("number",)


class PeopleInBulk(People):
    """Holders, a thousand at once."""

    class Meta(_Bulk, People.Meta):
        pass


class CardsInBulk(Cards):
    """Cards, a thousand at once."""

    class Meta(_Bulk, Cards.Meta):
        pass


def both_ways() -> Iterator[Line]:
    """Ours per row, beside the library in bulk mode and as it comes."""
    with tempfile.TemporaryDirectory() as folder, twins(["people_person", "cards_card"]):
        with own_connection() as link:  # the library sets sequences anew after each file
            for table in ("twin_people_person", "twin_cards_card"):
                link.execute(f"GRANT USAGE, SELECT, UPDATE ON {table}_id_seq TO cardbook_app")
        files = [
            write_csv(Path(folder) / f"{count}.csv", first=first, count=count)
            for first, count in ((0, _OURS), (20_000, _BULK), (30_000, _SINGLE))
        ]
        with Together() as held:
            ours = timed(lambda: import_manifest(files[0], by=keeper(COUNTY.code), at=AT)) / _OURS
        bulk = timed(lambda: _import(files[1], PeopleInBulk, CardsInBulk, preview=False)) / _BULK
        yield _line(f"批量模式，{_BULK:,} 行", bulk, ours, held.peak, aim=_AIM)
        single = timed(lambda: _import(files[2], People, Cards, preview=True)) / _SINGLE
        yield _line(f"默认方式、先预览再确认，{_SINGLE:,} 行", single, ours, held.peak, aim=None)


def _line(how: str, theirs: float, ours: float, memory: int, *, aim: int | None) -> Line:
    times = theirs / ours
    return Line(
        name=f"每行导入比 django-import-export 快几倍（{how}）", rows=_OURS, size=0,
        floor="django-import-export 只写持卡人和卡，不记台账", floor_value=_each(theirs),
        value=_each(ours), ratio=times, aim=f"≥ {aim} 倍" if aim else "",
        met=times >= aim if aim else None, memory=memory,
    )  # fmt: skip


def _each(seconds: float) -> str:
    return f"每行 {seconds * 1_000_000:,.0f} 微秒"


def _import(path: Path, people: type, cards: type, *, preview: bool) -> None:
    holders, book = _prepared(path)
    for dry_run in (True, False) if preview else (False,):
        result = people().import_data(holders, dry_run=dry_run, raise_errors=True)
        assert not result.has_errors()
        # A first issue of the file's people: one question for all, not one a row.
        known = dict(TwinPerson.objects.values_list("number_index", "id"))
        if not dry_run or not known:
            book = _with_holders(book, holders, known)
        result = cards().import_data(book, dry_run=dry_run, raise_errors=True)
        assert not result.has_errors()


def _with_holders(
    book: tablib.Dataset, holders: tablib.Dataset, known: dict[bytes, int]
) -> tablib.Dataset:
    place = _CARDS.index("person_id")
    index = _PEOPLE.index("number_index")
    rows = [
        (*row[:place], known.get(bytes(holder[index]), 0), *row[place + 1 :])
        for row, holder in zip(book, holders, strict=True)
    ]
    return tablib.Dataset(*rows, headers=_CARDS)


def _prepared(path: Path) -> tuple[tablib.Dataset, tablib.Dataset]:
    """The file's rows, read and checked by the readers of our intake, personal parts sealed."""
    layout = manifest_layout(today=TODAY)
    names = {name: column.field for column in layout.columns
             for name in (column.title, *column.aliases)}  # fmt: skip
    mapping = {names[title]: place for place, title in enumerate(HEAD) if title in names}
    read = RowReader(layout, mapping)
    vault = BulkVault(keys=settings.VAULT_KEYS, index_key=settings.INDEX_KEY)
    with own_connection() as link:
        row = link.execute(
            "SELECT county_id, 1 FROM orgs_organization WHERE county_id IS NOT NULL"
        )
        county = row.fetchone()
    assert county is not None
    fixed = {"county_id": county[0], "batch_id": 1, "person_id": 0, "version": 1}
    fixed |= {name: str(act("delivery.register").becomes[name]) for name in ("stage", "social")}
    people, cards = [], []
    with path.open(encoding="gbk", newline="") as file:
        lines = csv.reader(file)
        next(lines)
        for number, cells in enumerate(lines, start=2):
            values, problems = read(Row(number, tuple(cells), False))
            assert not any(problem.is_error for problem in problems)
            people.append(_person(values, vault))
            card = fixed | {name: values.get(name) or "" for name in _CARDS if name not in fixed}
            card |= {
                "number": values["card_number"],
                "packing": str(cells[5]),
                "group": "resident",
            }
            cards.append(tuple(card[name] for name in _CARDS))
    return tablib.Dataset(*people, headers=_PEOPLE), tablib.Dataset(*cards, headers=_CARDS)


def _person(values: dict[str, Any], vault: BulkVault) -> tuple[object, ...]:
    parsed, name = values["number"], values["name"]
    phone, address = values["phone"], values["address"]
    person = {
        "number_kind": str(parsed.kind),
        "number_sealed": vault.seal(parsed.number, context=NUMBER),
        "number_index": vault.number_index(parsed.number),
        "name_sealed": vault.seal(name, context=NAME),
        "phone_sealed": vault.seal(phone, context=PHONE) if phone else None,
        "phone_index": vault.phone_index(phone) if phone else None,
        "address_sealed": vault.seal(address, context=ADDRESS) if address else None,
        "search_keys": vault.search_keys(name=name, number=parsed.number),
        "sex": str(parsed.sex),
        "born_on": parsed.born_on,
        "photo_digest": "",
    }
    return tuple(person[name] for name in _PEOPLE)
