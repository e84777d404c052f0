"""Manifests for the benches: GBK CSV of the F1 family, people who are not in the book yet."""

import csv
import itertools
from collections.abc import Iterator
from pathlib import Path

from cardbook.demo.mass_people import Mass, MassPerson
from cardbook.demo.words import BANKS, MASS
from cardbook.law.divisions import COUNTIES
from cardbook.lib.identifiers import luhn_digit

COUNTY = COUNTIES[0]
LARGEST = 1_500_000
HEAD = (
    "序号", "社保卡号", "身份证号", "姓名", "批次号", "装箱位置", "单位编号", "单位名称",
    "联系电话", "联系手机", "通讯地址", "所属城市", "所属银行", "经办机构", "有效标志",
    "银行账号",
)  # fmt: skip
_CHUNK, _BOX = 10_000, 500


def newcomers(*, first: int, count: int) -> Iterator[MassPerson]:
    """This function will make people whose serials the mass of the city does not use."""
    mass = Mass(seed=5, size=LARGEST, today=MASS["as_of"], upper=True)
    for start in range(first, first + count, _CHUNK):
        yield from itertools.islice(
            mass.people(COUNTY, first=start, count=min(_CHUNK, first + count - start)), _CHUNK
        )


def rows(*, first: int, count: int, batch: str) -> Iterator[tuple[str, ...]]:
    """This function will write people as rows of the province's CSV."""
    for place, person in enumerate(newcomers(first=first, count=count)):
        box, slot = divmod(place, _BOX)
        yield (
            str(place + 1), f"T{first + place:08d}", person.number, _in_gbk(person.name), batch,
            f"{batch}-{box // 10 + 1}-{box % 10 + 1}-{slot + 1}",
            person.unit.code if person.unit else "", person.unit.name if person.unit else "",
            "", person.phone, person.address, COUNTY.name, BANKS[0],
            f"{COUNTY.name}社保卡综合管理机构", "1", _account(first + place),
        )  # fmt: skip


def _account(place: int) -> str:
    """An account the book does not have: its own begin with 629998."""
    digits = f"629997{place:012d}"
    return digits + luhn_digit(digits)


def _in_gbk(name: str) -> str:
    """GBK lacks the rarest characters; offices that write GBK lose them, we take another name."""
    try:
        name.encode("gbk")
    except UnicodeEncodeError:
        return "李伟"
    return name


def write_csv(path: Path, *, first: int, count: int) -> Path:
    """This function will write a manifest of `count` newcomers."""
    with path.open("w", encoding="gbk", newline="") as file:
        out = csv.writer(file)
        out.writerow(HEAD)
        out.writerows(rows(first=first, count=count, batch=f"T{first}"))
    return path
