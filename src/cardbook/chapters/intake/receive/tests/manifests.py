"""Real manifests for tests, written by the demo's own writer; people live in region 999999."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from cardbook.chapters.intake.receive import importer
from cardbook.demo.manifests import Family, Lot, ManifestCard, pack, write_manifest
from cardbook.demo.people import Population
from cardbook.imports.models import ImportFile
from cardbook.law.divisions import COUNTIES
from cardbook.testing.factories import NOON, City, County

TODAY = date(2026, 11, 20)


def cards_of(count: int, *, seed: int = 1, prefix: str = "M") -> list[ManifestCard]:
    """Packed cards for 甲县 of the test city, thirty to a box."""
    people = Population(seed=seed, today=TODAY).people_of(COUNTIES[0], count=count)
    lot = Lot(
        batch=f"P2026{prefix}",
        bank="示范银行",
        county="甲县",
        office="甲县卡管中心",
        card_prefix=prefix,
        cards_per_box=30,
    )
    return [replace(card, town="甲县城关镇") for card in pack(people, lot=lot)]


def written(
    folder: Path,
    cards: list[ManifestCard],
    *,
    family: Family = Family.F1,
    encoding: str = "gb18030",
    title: str = "",
    name: str = "明细",
) -> tuple[Path, tuple[int, ...]]:
    """The file, and in which row each card stands."""
    path = folder / f"{name}{family.suffix}"
    return path, write_manifest(path, family=family, cards=cards, encoding=encoding, title=title)


def staged(path: Path, county: County) -> ImportFile:
    """The file uploaded by the county's keeper and checked."""
    file = importer.upload(
        name=path.name,
        content=path.read_bytes(),
        receiver=county.card_body,
        by=county.keeper,
        at=NOON,
    )
    return importer.check(file=file, at=NOON)


def imported(path: Path, city: City) -> importer.Posted:
    """The file taken all the way into the book of 甲县."""
    return importer.import_manifest(path, by=city.here.keeper, at=NOON)
