"""Files of one card each, as races post them."""

from datetime import date, timedelta

from cardbook.chapters.intake.opening import importer as balances
from cardbook.chapters.intake.receive import importer as manifests
from cardbook.imports.models import ImportFile
from cardbook.lib.citizen_number import check_digit
from cardbook.lib.clock import local_day
from cardbook.lib.identifiers import luhn_digit
from cardbook.orgs.actors import Actor
from cardbook.testing.factories import NOON, County


def citizen(place: int) -> str:
    """The number of a person nobody else's file has: of each day one, then the next."""
    turn, day = divmod(place, 20_000)
    first = f"999999{date(1930, 1, 1) + timedelta(days=day):%Y%m%d}{turn + 1:03d}"
    return first + check_digit(first)


def account_number(place: int) -> str:
    """A bank's number for each place."""
    digits = f"629999{place:012d}"
    return digits + luhn_digit(digits)


def manifest(place: int, prefix: str, *, remark: str = "", account: str = "") -> bytes:
    """A manifest of one card; `remark` makes other bytes of the same card."""
    return (
        "姓名,社会保障号码,社保卡号,批次号,通讯地址,银行账号\n"
        f"王小明,{citizen(place)},{prefix}{place:08d},P-{prefix},{remark},{account}\n"
    ).encode("gb18030")


def ledger(place: int, prefix: str) -> bytes:
    """An old ledger of one card that its holder has."""
    return (
        "社保卡号,社会保障号码,姓名,状态,存放地点\n"
        f"{prefix}{place:08d},{citizen(place)},王小明,已发放,持卡人\n"
    ).encode("gb18030")


def checked(content: bytes, county: County, *, by: Actor) -> ImportFile:
    """A manifest that may be posted."""
    file = manifests.upload(
        name="明细.csv", content=content, receiver=county.card_body, by=by, at=NOON
    )
    return manifests.check(file=file, at=NOON)


def checked_ledger(content: bytes, county: County, *, by: Actor, source: str) -> ImportFile:
    """An old ledger that may be posted."""
    file = balances.upload(
        name="台账.csv", content=content, source=source, as_of=local_day(NOON),
        card_body=county.card_body, by=by, at=NOON,
    )  # fmt: skip
    return balances.check(file=file, at=NOON)
