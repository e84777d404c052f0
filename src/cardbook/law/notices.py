"""What the holder must be told, at which act, as versioned texts (Art. 9, 12, 15, 21, 22, 25-30).

Short lines for large print and for reading aloud. A told notice is recorded by code and version;
a text is never edited, a new version is added (domain.md 8.2).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from string import Formatter

from cardbook.law.articles import Basis, art


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One text. `{…}` in a line are filled in when it is shown; `moment` says when to tell."""

    code: str
    version: int
    effective_from: date
    title: str
    moment: str
    lines: tuple[str, ...]
    basis: tuple[Basis, ...]

    @property
    def text_id(self) -> str:
        """The code and version as recorded: pick_up/1."""
        return f"{self.code}/{self.version}"

    @property
    def basis_text(self) -> str:
        """The articles, as printed below the text."""
        return "、".join(basis.label for basis in self.basis)

    @property
    def blanks(self) -> frozenset[str]:
        """Names of what must be filled in before the text is shown."""
        parts = (part for line in self.lines for part in Formatter().parse(line))
        return frozenset(name for _, name, _, _ in parts if name)

    def filled(self, values: Mapping[str, object]) -> tuple[str, ...]:
        """This function will return the lines with every blank filled.

        :raises KeyError: when a blank has no value: a holder is never told half a sentence.
        """
        return tuple(line.format_map(dict(values)) for line in self.lines)


ALL_VERSIONS: dict[str, tuple[Notice, ...]] = {}
_FROM = date(2014, 1, 1)


def _notice(
    code: str, title: str, moment: str, basis: tuple[Basis, ...], *lines: str,
    version: int = 1, effective_from: date = _FROM,
) -> Notice:  # fmt: skip
    earlier = ALL_VERSIONS.get(code, ())
    newest = earlier[-1] if earlier else None
    if version != len(earlier) + 1 or (newest and newest.effective_from >= effective_from):
        raise ValueError(f"notice {code}: versions follow one another in time")
    made = Notice(
        code=code, version=version, effective_from=effective_from, title=title, moment=moment,
        lines=lines, basis=basis,
    )  # fmt: skip
    ALL_VERSIONS[code] = (*earlier, made)
    return made


def notice_given(text_id: str) -> Notice | None:
    """This function will find what a holder was told by what the ledger keeps of it, or None."""
    code, _, version = text_id.partition("/")
    versions = ALL_VERSIONS.get(code, ())
    return next((one for one in versions if str(one.version) == version), None)


def notice(code: str, *, on: date) -> Notice:
    """This function will return the version of a notice in force on a day.

    :raises KeyError: when there is no such notice, or none was in force yet.
    """
    for version in reversed(ALL_VERSIONS[code]):
        if version.effective_from <= on:
            return version
    raise KeyError(f"{code} on {on.isoformat()}")


PICK_UP = _notice(
    "pick_up", "领卡告知", "发卡时，持卡人离开窗口之前", (art(12), art(9), art(21)),
    "请当面看卡：姓名、号码、照片对不对，卡面好不好，机器能不能读。",
    "卡面脏污、残缺、读不出来的，免费换新卡。",
    "社保功能到窗口激活，银行功能带卡和身份证到网点启用，记住两个密码。",
    "卡要自己收好，不借给别人，不抵押，不替别人领卡用卡。",
    "不靠近磁铁、音箱、手机皮套的磁扣。",
    "不弯折，不扭转。",
    "不划、不刮、不弄脏芯片、磁条和卡面。",
    "不放在暖气、炉灶边，不晒太阳。",
    "丢了卡马上打 12333 挂失，再打银行电话挂失。",
)  # fmt: skip
ACTIVATION = _notice(
    "activation", "激活告知", "发卡时，或激活社保功能时", (art(22),),
    "您的社保功能现在：{social_state}；电子社保卡由省系统随卡启用。",
    "银行功能要到银行启用：带上社保卡和身份证，到{outlet}。",
    "银行有社保卡绿色通道，不用等很久。",
    "社保密码和银行密码是两个密码，都要记住，不要告诉别人。",
)  # fmt: skip
WRONG_CARD = _notice(
    "wrong_card", "信息错误告知", "发现卡面信息有误、收回卡时", (art(13), art(15)),
    "您的卡有一项不对：{wrong_field}。",
    "这张卡我们现在收回，您不用保管。",
    "派出所登记错的，请到户籍窗口更正；制卡弄错的，不用去派出所。",
    "更正后带身份证回来，重新办卡。",
    "费用：{fee_words}。",
)  # fmt: skip
DEFECT = _notice(
    "defect", "质量问题告知", "发现卡有质量问题时", (art(9),),
    "这张卡有质量问题，我们收回，给您免费换一张。",
    "换卡不收任何费用。",
    "新卡做好后会通知您来领。",
    "这期间要看病、办事，可以申请临时卡。",
)  # fmt: skip
LOSS = _notice(
    "loss", "挂失告知", "受理挂失时", (art(28),),
    "社保功能已经停用，有效到{until}；电子社保卡由省系统随卡停用。",
    "银行的钱还没有停：请马上打银行电话{bank_phone}挂失。",
    "没有及时挂失造成的损失，由您自己承担。",
    "卡找到了，{release}。",
)  # fmt: skip
FOUND = _notice(
    "found", "解挂告知", "办理解挂时", (art(28),),
    "社保功能已经恢复；电子社保卡由省系统随卡恢复。",
    "银行功能请带卡和身份证到银行解挂。",
    "两边都办了，卡才能全部使用。",
)  # fmt: skip
REPLACEMENT = _notice(
    "replacement", "申领、补换卡告知", "受理申领、补换卡时", (art(25), art(26)),
    "费用：{fee_words}。",
    "新卡预计{promised_on}前做好，做好后通知您。",
    "领新卡时带身份证，旧卡还在的一起带来。",
    "借了临时卡的，先还临时卡，再领新卡。",
    "补换卡的，电子社保卡不用重新申领。",
)  # fmt: skip
TEMPORARY = _notice(
    "temporary", "临时卡告知", "发放临时卡时", (art(27),),
    "临时卡只能办社保的事，不能存取钱。",
    "临时卡用到{until}，到期自动停用。",
    "领新卡时必须交回临时卡。",
    "临时卡丢了，请马上告诉窗口。",
)  # fmt: skip
CANCEL = _notice(
    "cancel", "注销告知", "办理注销时", (art(29),),
    "社保功能已经注销，不能恢复；电子社保卡由省系统随卡注销。",
    "卡里的钱还在银行：请带证件到{bank}办理销户或继承手续。",
)  # fmt: skip
TRANSFER = _notice(
    "transfer", "关系转移告知", "社会保障关系转移或解除时", (art(30),),
    "社保功能已经{done}；电子社保卡由省系统随卡办理。",
    "银行账户不会自动跟着变：请到{bank}咨询办理。",
)  # fmt: skip

NOTICES: tuple[Notice, ...] = tuple(versions[-1] for versions in ALL_VERSIONS.values())
