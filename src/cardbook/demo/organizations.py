"""The demo city's offices: city, 7 counties, 98 townships, windows, banks, units (Art. 5, 8).

Set-up data, not an act: rows are written at once with their paths. People come in `staff.py`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from cardbook.demo.words import BANKS, MAKER, units_of, villages_of
from cardbook.law.divisions import CITY_CODE, CITY_NAME, COUNTIES, County
from cardbook.orgs.models import Kind, Organization

FOUNDED = date(2024, 1, 1)
CITY, PROVINCE, MAKER_CODE = CITY_CODE, "610000-FK", "ZK01"
INFO_CENTRE, PENSION_OFFICE = f"{CITY_CODE}-XXZX", f"{CITY_CODE}-YLBX"
_HOURS = "周一至周五 8:30–12:00、14:00–17:30"
_WINDOW_HOURS = "周一至周五 8:00–17:30（中午不休息）"
_NUMERALS = "一二三四五"
_WINDOWS: Mapping[str, int] = {"611002": 3, "611021": 2, "611024": 2}
_TOWNS_WITH_VILLAGES, _VILLAGES_BUILT = 3, 2
# Local numbers never begin with 1, so nobody is ever called by accident.
_PHONE = "0914-100{place:04d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """One row of the tree before it has an id; `parent` is another row's code."""

    code: str
    name: str
    kind: Kind
    parent: str = ""
    region: str = ""
    address: str = ""
    hours: str = _HOURS


def card_body_code(county: str) -> str:
    """The code of a county's 社保卡综合管理机构."""
    return f"{county}-KG"


def window_code(county: str, place: int = 1) -> str:
    """The code of a county's window, counted from 1."""
    return f"{county}-CK{place}"


def agency_code(county: str, place: int = 1) -> str:
    """The code of an agency: 1 社会保障事业管理局, 2 城乡居民社会养老保险办公室."""
    return f"{county}-JB{place}"


def bank_code(place: int) -> str:
    """The code of a bank, counted from 0 as in `words.BANKS`."""
    return f"YH{place + 1:02d}"


def branch_code(place: int, county: str) -> str:
    """The code of a bank's outlet in a county."""
    return f"{bank_code(place)}-{county}"


def windows_of(county: str) -> int:
    """This function will say how many windows a county has; the seat of the city has most."""
    return _WINDOWS.get(county, 1)


def offices() -> tuple[Office, ...]:
    """This function will list the whole tree, parents before children."""
    return (*_city(), *(office for county in COUNTIES for office in _county(county)), *_banks())


def _city() -> Iterator[Office]:
    hall = f"{CITY_NAME}示范大道1号"
    yield Office(code=PROVINCE, name="省级社保卡发卡机构（演示）", kind=Kind.PROVINCE)
    yield Office(code=MAKER_CODE, name=MAKER, kind=Kind.MAKER)
    yield Office(
        code=CITY, name=f"{CITY_NAME}人力资源和社会保障局", kind=Kind.CITY, region=CITY_CODE,
        address=hall,
    )  # fmt: skip
    yield Office(
        code=INFO_CENTRE, name="市局信息中心", kind=Kind.INFO_CENTRE, parent=CITY,
        region=CITY_CODE, address=f"{hall}三楼",
    )  # fmt: skip
    yield Office(
        code=PENSION_OFFICE, name="市养老保险经办处", kind=Kind.AGENCY, parent=CITY,
        region=CITY_CODE, address=f"{hall}二楼",
    )  # fmt: skip


def _county(county: County) -> Iterator[Office]:
    code, hall = county.code, f"{CITY_NAME}{county.name}演示路8号"
    yield Office(
        code=code, name=f"{county.name}人力资源和社会保障局", kind=Kind.COUNTY, parent=CITY,
        region=code, address=hall,
    )  # fmt: skip
    yield Office(
        code=card_body_code(code), name=f"{county.name}社保卡综合管理机构", kind=Kind.CARD_BODY,
        parent=code, region=code, address=f"{hall}四楼",
    )  # fmt: skip
    for place in range(1, windows_of(code) + 1):
        yield Office(
            code=window_code(code, place), kind=Kind.WINDOW, parent=card_body_code(code),
            name=f"{county.name}社保卡综合服务{_NUMERALS[place - 1]}号窗口", region=code,
            address=f"{hall}政务大厅{place}号", hours=_WINDOW_HOURS,
        )  # fmt: skip
    agencies = ("社会保障事业管理局", "城乡居民社会养老保险办公室")
    for place, name in enumerate(agencies, start=1):
        yield Office(
            code=agency_code(code, place), name=county.name + name, kind=Kind.AGENCY,
            parent=code, region=code, address=f"{hall}{_NUMERALS[place]}楼",
        )  # fmt: skip
    yield from _towns(county)
    for unit in units_of(county):
        yield Office(
            code=unit.code, name=unit.name, kind=Kind.UNIT, parent=code, region=code,
            address=f"{CITY_NAME}{county.name}示范二路{unit.code[-2:]}号",
        )  # fmt: skip


def _towns(county: County) -> Iterator[Office]:
    for place, town in enumerate(county.towns):
        seat = f"{CITY_NAME}{county.name}{town.name}"
        yield Office(
            code=town.code, name=town.name, kind=Kind.TOWN, parent=county.code,
            region=town.code, address=f"{seat}便民服务中心",
        )  # fmt: skip
        if place >= _TOWNS_WITH_VILLAGES:
            continue
        for number, village in enumerate(villages_of(town)[:_VILLAGES_BUILT], start=901):
            yield Office(
                code=f"{town.code}{number}", name=village, kind=Kind.VILLAGE, parent=town.code,
                region=town.code, address=f"{seat}{village}服务站",
            )  # fmt: skip


def _banks() -> Iterator[Office]:
    for place, name in enumerate(BANKS):
        yield Office(
            code=bank_code(place), name=name, kind=Kind.BANK, parent=CITY, region=CITY_CODE,
            address=f"{CITY_NAME}示范大道{place + 10}号",
        )  # fmt: skip
        for county in COUNTIES:
            yield Office(
                code=branch_code(place, county.code), name=f"{name}{county.name}支行",
                kind=Kind.BRANCH, parent=bank_code(place), region=county.code,
                address=f"{CITY_NAME}{county.name}示范一路{place + 1}号", hours=_WINDOW_HOURS,
            )  # fmt: skip


def exists() -> bool:
    """This function will say whether the tree has been made: there is at least one office."""
    return Organization.objects.exists()


@transaction.atomic
def make_organizations() -> dict[str, Organization]:
    """This function will write the tree in one statement and return the offices by code.

    :raises django.db.IntegrityError: when a code is taken already; nothing is written.
    """
    listed = offices()
    made: dict[str, Organization] = {}
    for id_, place, office in zip(_new_ids(len(listed)), range(len(listed)), listed, strict=True):
        parent = made.get(office.parent)
        row = Organization(
            id=id_,
            code=office.code,
            name=office.name,
            kind=office.kind,
            parent=parent,
            path=f"{parent.path if parent else ''}{id_}.",
            region=office.region,
            address=office.address,
            phone=_PHONE.format(place=place),
            hours=office.hours,
            valid_from=FOUNDED,
        )
        row.county = row if office.kind is Kind.COUNTY else parent.county if parent else None
        made[office.code] = row
    Organization.objects.bulk_create(made.values())
    return made


def _new_ids(count: int) -> list[int]:
    """Ids taken in advance: a path holds its own row's id, and paths are unique from the start."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('orgs_organization', 'id')) "
            "FROM generate_series(1, %s)",
            [count],
        )
        return [row[0] for row in cursor.fetchall()]
