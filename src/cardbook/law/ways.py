"""How cards reach people: the ways there are, each with its own formalities (Art. 7).

Article 7 lets offices issue flexibly by group and forbids to skip a formality: the acts named here
ask for them. Which ways a group has is decided by city or county and stands in the book
(`chapters.duties.ways`); what is written here holds where nobody decided: all of them, the usual
one first.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from cardbook.law.articles import Basis, art


@dataclass(frozen=True, slots=True, kw_only=True)
class Formality:
    """One thing that must be there before a card counts as issued."""

    title: str
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way of issuing. `acts` enforce it in their order; `assumed` is not in the text."""

    code: str
    title: str
    where: str
    basis: Basis
    acts: tuple[str, ...]
    formalities: tuple[Formality, ...]
    assumed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupWay:
    """Which ways a group has where nobody decided, the usual one first; on what grounds."""

    group: str
    ways: tuple[str, ...]
    source: str


_ID = Formality(title="核对本人有效身份证件原件，留存复印件（图像）", basis=art(8, 4))
_REGISTER = Formality(title="在《领卡登记表》上签字确认", basis=art(8, 4))
_CHECKED = Formality(title="当面检查卡面和读写", basis=art(9))
_TOLD = Formality(title="告知妥善保管、正确使用", basis=art(12))
_HANDLER = Formality(title="核对经办人身份，有效的授权书（介绍信）", basis=art(8, 3))
_FILLED = Formality(title="填写《领卡登记表》", basis=art(8, 3))
_SIGNED = Formality(title="持卡人本人在《发放签字明细表》上签字", basis=art(8, 3))
_BACK = Formality(title="明细表按期报发放机构备案，逐行有结果、合计相等", basis=art(8, 3))
_PLAN = Formality(title="安全保管措施已备案", basis=art(20))
_COLLECTIVE = (_HANDLER, _PLAN, _FILLED, _SIGNED, _BACK, _TOLD)
_TOGETHER = ("bundle.hand_out", "card.issue_collective")

WAYS: tuple[Way, ...] = (
    Way(
        code="window", title="窗口领取", where="综合服务窗口", basis=art(8, 4),
        acts=("card.issue",),
        formalities=(_ID, _CHECKED, _REGISTER, _TOLD),
    ),
    Way(
        code="unit", title="单位集中领取", where="参保单位", basis=art(8, 3),
        acts=_TOGETHER, formalities=_COLLECTIVE,
    ),
    Way(
        code="village", title="村（社区）集中领取", where="村（社区）", basis=art(8, 3),
        acts=_TOGETHER, formalities=_COLLECTIVE,
    ),
    Way(
        code="school", title="学校集中领取", where="学校", basis=art(7),
        acts=_TOGETHER,
        formalities=(
            *_COLLECTIVE,
            Formality(title="未成年人由监护人签字，注明关系", basis=art(11)),
        ),
        assumed="细则没有单列学校；按集中领取办理，未成年人另守第十一条",
    ),
    Way(
        code="home", title="上门发放", where="持卡人住处", basis=art(7),
        acts=("card.take_out", "card.issue_home", "card.bring_back"),
        formalities=(
            Formality(title="两名工作人员上门，带出的卡先登记、两人签名", basis=art(20)),
            _ID, _CHECKED, _REGISTER, _TOLD,
            Formality(title="没有交到的按期带回登记，写明原因", basis=art(20)),
        ),
        assumed="细则没有写上门；手续同本人领取，卡由两人带出，交到本人手中、两人签名登记后才算发放",
    ),
    Way(
        code="outlet", title="银行网点领取", where="合作银行网点", basis=art(5, 3),
        acts=("handover.send", "handover.receive", "card.issue"),
        formalities=(
            Formality(title="卡凭交接单交到网点，双方签名", basis=art(20)),
            _ID, _CHECKED, _REGISTER, _TOLD,
        ),
        assumed="合作银行配合日常发放；柜员只发本网点已点收的本行卡，代领、监护人代领到服务窗口办",
    ),
    Way(
        code="post", title="邮寄", where="邮政", basis=art(7),
        acts=("card.post", "card.issue_posted", "card.post_back"),
        formalities=(
            Formality(title="持卡人本人申请，写明地址和电话", basis=art(7)),
            Formality(title="登记邮件号码", basis=art(7)),
            Formality(title="邮政回执由本人或代收人签收后才算发放", basis=art(8, 4)),
            Formality(title="退回的邮件登记后重新通知", basis=art(16)),
        ),
        assumed="细则没有写邮寄；凭本人申请寄出，回执签收后才算发放",
    ),
)  # fmt: skip

_WHY = "第七条“可按不同群体灵活发放”；没有登记限制，各种方式都可用"
GROUP_WAYS: tuple[GroupWay, ...] = tuple(
    GroupWay(
        group=group,
        ways=(*usual, *(one.code for one in WAYS if one.code not in usual)),
        source=_WHY,
    )
    for group, usual in (
        ("employee", ("unit", "window", "outlet", "post")),
        ("resident", ("village", "window", "home", "outlet", "post")),
        ("student", ("school", "window")),
        ("other", ("window", "home", "post")),
    )
)

_BY_CODE = {way.code: way for way in WAYS}
_BY_GROUP = {one.group: one for one in GROUP_WAYS}
ALL = tuple(_BY_CODE)


def way(code: str) -> Way:
    """This function will return a way of issuing.

    :raises KeyError: when there is no such way.
    """
    return _BY_CODE[code]


def ways_label(codes: Iterable[str]) -> str:
    """This function will name ways as a clerk does; a code this edition lacks stays as it is."""
    return "、".join(_BY_CODE[code].title if code in _BY_CODE else code for code in codes)


def usual_ways(group: str) -> GroupWay:
    """This function will say which ways a group has where nobody decided: all there are."""
    return _BY_GROUP.get(group) or GroupWay(group=group, ways=ALL, source=_WHY)
