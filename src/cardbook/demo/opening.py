"""How one county of the demo began: its cards came from two old sources that do not quite agree.

Through the same importer as the pages use (Art. 6, 20); the differences are left for the visitor.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from cardbook.chapters.duties.organizations import commands as offices
from cardbook.chapters.intake.opening import importer
from cardbook.demo.people import SyntheticPerson
from cardbook.imports.engine import digest_of
from cardbook.law.divisions import County
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization, OrganizationState

HEAD = ("社保卡号", "社会保障号码", "姓名", "状态", "存放地点", "镇街", "发放日期", "死亡日期")
Line = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """Who takes over what, and as of which day."""

    county: County
    people: Sequence[SyntheticPerson]
    folder: Path
    keeper: Actor
    manager: Actor
    at: datetime
    as_of: date
    say: Callable[[str], None]


def take_over(beginning: Beginning) -> None:
    """This function will take over the paper ledger, then the province's export, once each."""
    card_body = Organization.objects.select_related("county").get(pk=beginning.keeper.org_id)
    county = card_body.county
    assert county is not None
    for source, lines in (
        ("纸质发放台账", tuple(_paper(beginning))),
        ("省平台导出", tuple(_province(beginning))),
    ):
        path = beginning.folder / f"期初_{beginning.county.name}_{source}.csv"
        if not path.exists():
            path.write_bytes(_as_csv(lines))
        if importer.posted_before(digest=digest_of(path), card_body=card_body):
            continue
        file = importer.upload(
            name=path.name, content=path, source=source, as_of=beginning.as_of,
            card_body=card_body, by=beginning.keeper, at=beginning.at,
        )  # fmt: skip
        file = importer.check(file=file, at=beginning.at)
        posted = importer.post(file=file, by=beginning.keeper, at=beginning.at)
        beginning.say(
            f"{beginning.county.name}：期初“{source}”登记 {posted.cards} 张，"
            f"与台账不同 {posted.differing} 张"
        )
    if county.live_on is None:
        offices.set_first_day(
            county_id=county.pk, day=beginning.as_of,
            order=_order(beginning, "演示：按县区逐个启用", "start"),
        )  # fmt: skip


def rename_outlet(beginning: Beginning, *, code: str, name: str) -> None:
    """This function will let a bank rename an outlet; its old name stays in what is past."""
    outlet = Organization.objects.get(code=code)
    if OrganizationState.objects.filter(organization=outlet).exists():
        return
    offices.rename(
        organization_id=outlet.pk, name=name,
        order=_order(beginning, "演示：合作银行网点更名函", "rename"),
    )  # fmt: skip
    beginning.say(f"{outlet.name} 更名为 {name}")


def _order(beginning: Beginning, words: str, what: str) -> offices.Order:
    return offices.Order(
        by=beginning.manager, at=beginning.at, on=beginning.as_of, words=words,
        key=f"demo-{what}-{beginning.county.code}",
    )  # fmt: skip


def _number(place: int) -> str:
    return f"P{place:08d}"


def _line(place: int, person: SyntheticPerson, state: str, where: str, **more: str) -> Line:
    return (
        _number(place), person.number, person.name, state, where, person.town_name,
        more.get("issued_on", ""), more.get("died_on", ""),
    )  # fmt: skip


def _lived(person: SyntheticPerson, on: date) -> str:
    """The day, for a child born since then the day of birth: nothing happens to him before."""
    return f"{max(on, person.born_on)}"


def _paper(beginning: Beginning) -> Iterator[Line]:
    """Typed from the ledgers on paper: who signed when, what lies in which box, what is lost."""
    for place, person in enumerate(beginning.people, start=1):
        if place % 10 == 0:
            yield _line(place, person, "不明", "")
        elif place % 3 == 0:
            yield _line(place, person, "在库", f"Q-1-{place % 4 + 1:02d}")
        else:
            signed = date(2023, place % 12 + 1, place % 28 + 1)
            yield _line(place, person, "已发放", "持卡人", issued_on=_lived(person, signed))


def _province(beginning: Beginning) -> Iterator[Line]:
    """The province knows the function of a card, rarely its place, and sometimes better."""
    people = list(beginning.people)
    for place, person in enumerate(people, start=1):
        if place == 12:
            yield _line(place, person, "正常", "持卡人")
        elif place == 14:
            yield _line(place, person, "注销", "")
        elif place == 16:
            yield _line(place, people[0], "正常", "")
        elif place == 17:
            died = _lived(person, date(2024, 6, 1))
            yield _line(place, person, "已发放", "持卡人", died_on=died)
        elif place % 3 == 0 or place % 10 == 0:
            yield _line(place, person, "封存", "")
        elif place % 7 == 0:
            yield _line(place, person, "挂失", "")
        else:
            yield _line(place, person, "已发放", "持卡人")
    # The same person once more, with a card only the province knows.
    yield _line(len(people) + 1, people[1], "封存", "不明")


def _as_csv(lines: Sequence[Line]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEAD)
    writer.writerows(lines)
    return out.getvalue().encode("gb18030")
