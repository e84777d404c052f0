"""Files with known truth: rows as offices write them, errors of forty kinds planted among them.

Seeded: the same seed gives the same file and the same truth, whatever the number of rows.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from cardbook.lib.citizen_number import check_digit
from cardbook.lib.identifiers import luhn_digit

NUMBER, CARD, NAME, BANK, PHONE = "社会保障号码", "社保卡号", "姓名", "银行卡号", "手机号码"
HEAD = (
    NAME, NUMBER, CARD, "批次号", "装箱位置", "所属银行", BANK, PHONE, "通讯地址", "单位名称",
    "经办机构",
)  # fmt: skip
_SURNAMES, _GIVEN = (
    "王李张刘陈杨赵黄周吴欧阳司马",
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚䶮㛃𬭎",
)
_RLO, _BELL = "\u202e", "\x07"
_RADICAL, _UNSEEN, _KANA, _OWN = "\u2fbc", "\ufe0f", "\u30a8", "\ue863"
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to be wrong: in which column, how a good row becomes so, whether it may go in."""

    name: str
    column: str
    spoil: Callable[[Row], str]
    is_error: bool = True
    is_noted: bool = False


@dataclass(frozen=True, slots=True)
class Truth:
    """Which rows (as a spreadsheet counts them) are wrong in which column, by which kind.

    `noted` are those that may go in and must be pointed out.
    """

    errors: dict[tuple[int, str], str]
    noted: dict[tuple[int, str], str]


def _numbered(row: Row, born: str) -> str:
    first = f"999999{born}{row[NUMBER][14:17]}"
    return first + check_digit(first)


def _shift(text: str, base: int) -> str:
    return "".join(chr(base + int(char)) if char.isdecimal() else char for char in text)


def _other_digit(text: str) -> str:
    return text[:-1] + ("1" if text[-1] != "1" else "2")


KINDS: tuple[Kind, ...] = (
    Kind("check digit", NUMBER, lambda r: _other_digit(r[NUMBER])),
    Kind("month 13", NUMBER, lambda r: f"{r[NUMBER][:10]}1332{r[NUMBER][14:]}"),
    Kind("30 February", NUMBER, lambda r: _numbered(r, "19800230")),
    Kind("born tomorrow", NUMBER, lambda r: _numbered(r, "20991231")),
    Kind("16 digits", NUMBER, lambda r: r[NUMBER][:16]),
    Kind("19 digits", NUMBER, lambda r: r[NUMBER] + "0"),
    Kind("no number", NUMBER, lambda r: ""),
    Kind("scientific", NUMBER, lambda r: f"{float(r[NUMBER][:17] + '0'):.5E}"),
    Kind("decimal point", NUMBER, lambda r: f"{r[NUMBER]}.0"),
    Kind("a letter inside", NUMBER, lambda r: f"{r[NUMBER][:9]}O{r[NUMBER][10:]}"),
    Kind("turned around", NUMBER, lambda r: f"{r[NUMBER][:8]}{_RLO}{r[NUMBER][8:]}"),
    Kind("arabic digits", NUMBER, lambda r: _shift(r[NUMBER][:17], 0x660) + r[NUMBER][17]),
    Kind("cyrillic end", NUMBER, lambda r: f"{r[NUMBER][:17]}\u0425"),
    Kind("two numbers", NUMBER, lambda r: f"{r[NUMBER]}/{r[NUMBER]}"),
    Kind("a date", NUMBER, lambda r: f"{r[NUMBER][6:10]}-{r[NUMBER][10:12]}-{r[NUMBER][12:14]}"),
    Kind("only zeros", NUMBER, lambda r: "0" * 18),
    Kind("short card", CARD, lambda r: r[CARD][:8]),
    Kind("long card", CARD, lambda r: r[CARD] + "00"),
    Kind("no card", CARD, lambda r: ""),
    Kind("cyrillic card", CARD, lambda r: "\u0412" + r[CARD][1:]),
    Kind("turned card", CARD, lambda r: r[CARD][:4] + _RLO + r[CARD][4:]),
    Kind("formula card", CARD, lambda r: "=A1+12345"),
    Kind("card is a name", CARD, lambda r: r[NAME]),
    Kind("mathematical digits", CARD, lambda r: r[CARD][:1] + _shift(r[CARD][1:], 0x1D7CE)),
    Kind("no name", NAME, lambda r: ""),
    Kind("mojibake", NAME, lambda r: "锟斤拷锟斤拷"),
    Kind("lost characters", NAME, lambda r: "王\ufffd\ufffd"),
    Kind("bell in a name", NAME, lambda r: f"王{_BELL}明"),
    Kind("turned name", NAME, lambda r: f"王{_RLO}明"),
    Kind("endless name", NAME, lambda r: "王" * 120),
    Kind("bank digit", BANK, lambda r: r[BANK][:-1] + str((int(r[BANK][-1]) + 1) % 10)),
    Kind("short bank", BANK, lambda r: r[BANK][:9]),
    Kind("scientific bank", BANK, lambda r: "6.29999E+18"),
    Kind("letters in bank", BANK, lambda r: "ABC" + r[BANK][3:]),
    Kind("short phone", PHONE, lambda r: r[PHONE][:9]),
    Kind("long phone", PHONE, lambda r: r[PHONE] + "12"),
    Kind("scientific phone", PHONE, lambda r: "1.39E+10"),
    Kind("letters in phone", PHONE, lambda r: "l3800000000"),
    Kind("endless batch", "批次号", lambda r: "P" * 60),
    Kind("endless unit", "单位名称", lambda r: "单" * 150),
    Kind("truth value", NAME, lambda r: "TRUE"),
    Kind("name is a day", NAME, lambda r: "2024-03-05"),
    Kind("name is a number", NAME, lambda r: f"{r[NUMBER][:17]}X"),
    Kind("radical in a name", NAME, lambda r: f"王{_RADICAL}"),
    Kind("unseen accent", NAME, lambda r: f"王{_UNSEEN}明"),
    Kind("error for a batch", "批次号", lambda r: "#N/A"),
    Kind("no room for a unit", "单位名称", lambda r: "########"),
    Kind("two people in a name", NAME, lambda r: "张三、李四"),
    Kind("two people and a space", NAME, lambda r: "李秀英 张三丰"),
    Kind("a name that lost its dot", NAME, lambda r: "古丽娜尔 艾合买提"),
    Kind("kana in a name", NAME, lambda r: f"王{_KANA}"),
    Kind("hidden in the middle", NAME, lambda r: "李X英"),
    Kind("a word for nobody", NAME, lambda r: "无"),
    Kind("two phones", PHONE, lambda r: f"{r[PHONE]}/{r[PHONE]}"),
    Kind("a letter of one's own", NAME, lambda r: f"王{_OWN}"),
    Kind("longer than a chip", NAME, lambda r: "ABDULLAH " * 6 + "ALI", False, True),
    Kind("single sign", NAME, lambda r: "王", False, True),
    Kind("courtesy", NAME, lambda r: "王小明同志", False, True),
    Kind("letters like digits", CARD, lambda r: f"GO{r[CARD][2:]}", False, True),
    Kind("nobody's phone", PHONE, lambda r: "11111111111", False, True),
    Kind("space after two signs", NAME, lambda r: "欧阳 娜娜", False),
    Kind("15 digits", NUMBER, lambda r: r[NUMBER][:6] + r[NUMBER][8:17], False, True),
    Kind("question marks", NAME, lambda r: "王??"),
    Kind("digits in a name", NAME, lambda r: "王123"),
    Kind("full width", NUMBER, lambda r: _shift(r[NUMBER][:17], 0xFF10) + r[NUMBER][17], False),
    Kind("spaces", NUMBER, lambda r: f" {r[NUMBER][:6]} {r[NUMBER][6:]} ", False),
    Kind("small x", NUMBER, lambda r: r[NUMBER].lower(), False),
    Kind("spaced card", CARD, lambda r: f" {r[CARD]} ", False),
    Kind("loose box", "装箱位置", lambda r: "桌上", False),
    Kind("no phone", PHONE, lambda r: "", False),
    Kind("formula address", "通讯地址", lambda r: "=HYPERLINK(\"x\")", False),
)  # fmt: skip


def rows(count: int, *, random: Random) -> Iterator[Row]:
    """This function will yield good rows, each another person with another card."""
    for place in range(count):
        # 65,000 days of birth would not be enough for a city; a thousand share each of them.
        born = date(1940, 1, 1) + timedelta(days=place // 999)
        first = f"999999{born:%Y%m%d}{place % 999 + 1:03d}"
        yield {
            NAME: random.choice(_SURNAMES) + "".join(random.choices(_GIVEN, k=2)),
            NUMBER: first + check_digit(first),
            CARD: f"G{place:08d}",
            "批次号": f"P{place // 1000:04d}",
            "装箱位置": f"P{place // 1000:04d}-1-{place // 50 % 20 + 1}-{place % 50 + 1}",
            "所属银行": "示范银行",
            BANK: _account(place),
            PHONE: f"139{random.randrange(10**8):08d}",
            "通讯地址": "甲县城关镇东街社区1号",
            "单位名称": "甲县某单位",
            "经办机构": "甲县卡管中心",
        }


def _account(place: int) -> str:
    bank = f"629999{place:012d}"
    return bank + luhn_digit(bank)


def planted(count: int, *, seed: int, each: int = 1) -> tuple[str, Truth]:
    """This function will write a CSV of `count` rows and say what is wrong where.

    Every kind is planted `each` times; three more rows repeat the card, the person and the
    bank account of others.
    """
    random = Random(seed)
    table = list(rows(count, random=random))
    chosen = random.sample(range(count), len(KINDS) * each + 3)
    truth = Truth({}, {})
    for turn, place in enumerate(chosen[:-3]):
        kind = KINDS[turn % len(KINDS)]
        row = table[place]
        row[kind.column] = kind.spoil(row)
        if kind.is_error or kind.is_noted:
            known = truth.errors if kind.is_error else truth.noted
            known[(place + 2, kind.column)] = kind.name
    for place, column, name in zip(
        chosen[-3:],
        (CARD, NUMBER, BANK),
        ("card twice", "person twice", "account twice"),
        strict=True,
    ):
        stranger = next(iter(rows(1, random=random))) | {
            NUMBER: _of_region(count, name), CARD: f"H{place:08d}", BANK: _account(len(table)),
        }  # fmt: skip
        table.append(
            stranger | {column: table[place][column]} | _same_person(column, table[place])
        )
        if column == NUMBER:  # of two rows of one person nobody can say which is right
            truth.errors[(place + 2, column)] = name
        truth.errors[(len(table) + 1, column)] = name
    return _text(table), truth


def _of_region(count: int, name: str) -> str:
    first = f"99999920010101{(count + len(name)) % 999 + 1:03d}"
    return first + check_digit(first)


def _same_person(column: str, row: Row) -> Row:
    return {NAME: row[NAME]} if column == NUMBER else {}


def _text(table: Sequence[Row]) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, HEAD)
    writer.writeheader()
    writer.writerows(table)
    return out.getvalue()
