"""Groups of people the regulation sorts cards by, and who hands out to each (Art. 7, 8 s. 1).

Data, because offices are renamed: the kind of organisation is named here, the office in `orgs`.
"""

from dataclasses import dataclass

from cardbook.law.articles import Basis, art


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One group. `code` is stored with every card; `answers` is an organisation kind of `orgs`."""

    code: str
    title: str
    short: str
    answers: str
    who: str
    basis: Basis
    assumed: str = ""
    other_names: tuple[str, ...] = ()


GROUPS: tuple[Group, ...] = (
    Group(
        code="employee",
        title="城镇职工参保人员",
        short="职工",
        answers="agency",
        who="各级社会保障事业管理局、市养老保险经办处，按参保单位和分工发放",
        basis=art(8, 1),
        other_names=(
            "城镇职工",
            "企业职工",
            "机关事业单位",
            "机关事业",
            "职工医保",
            "职工养老",
            "灵活就业",
        ),
    ),
    Group(
        code="resident",
        title="城乡居民参保人员",
        short="居民",
        answers="agency",
        who="市养老保险处指导协调，县区城乡居民社会养老保险办公室发放",
        basis=art(8, 1),
        other_names=("城乡居民", "城镇居民", "居民医保", "居民养老", "新农保", "新农合"),
    ),
    Group(
        code="student",
        title="在校学生",
        short="学生",
        answers="unit",
        who="由学校集中领取，组织本人或监护人签字",
        basis=art(7),
        assumed="第七条允许按不同群体灵活发放；学生按学校集中发放是通行做法",
        other_names=("学生", "大学生", "中小学生", "学龄儿童"),
    ),
    Group(
        code="other",
        title="其他人员",
        short="其他",
        answers="card_body",
        who="由县区社保卡综合管理机构安排",
        basis=art(4),
        assumed="享受人社领域补贴但未参保的人员，由卡管机构安排发放",
        other_names=("补贴人员", "被征地农民", "未参保", "不详"),
    ),
)

_BY_CODE = {group.code: group for group in GROUPS}
_BY_NAME = {
    name: group
    for group in GROUPS
    for name in (group.code, group.title, group.short, *group.other_names)
}


def group(code: str) -> Group:
    """This function will return a group.

    :raises KeyError: when there is no such group.
    """
    return _BY_CODE[code]


def group_label(code: str) -> str:
    """This function will return the official words of a group code.

    A code this edition does not know (older data) is shown as it is stored.
    """
    known = _BY_CODE.get(code)
    return known.title if known else code


def group_named(words: str) -> Group | None:
    """This function will find the group a file's own words mean, or None when they are unknown."""
    return _BY_NAME.get(words.strip().removesuffix("参保人员")) or _BY_NAME.get(words.strip())
