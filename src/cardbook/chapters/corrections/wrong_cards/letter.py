"""《信息更正告知书》: what is wrong, what to bring to the police, what happens next (Art. 13, 15).

Large print and plain words, A4; the holder takes it to the police station and back.
"""

from datetime import date, datetime
from pathlib import Path

from cardbook.chapters.corrections.wrong_cards.fees import charge_of, fee_words
from cardbook.chapters.corrections.wrong_cards.queries import CorrectionRow
from cardbook.lib.clock import LOCAL, local_day
from cardbook.lib.masking import mask_number
from cardbook.lifecycle.facts import WrongField
from cardbook.orgs.actors import Actor
from cardbook.registers.codes import SLIP, qr_svg, scan_code
from cardbook.registers.typesetting import typeset

TITLE = "信息更正告知书"
_LAYOUT = Path(__file__).parent / "layouts" / "letter.typ"
_BRING_POLICE = (
    "本人居民身份证",
    "户口簿",
    "本告知书",
    "能证明正确信息的其他材料（出生证明、结婚证等，有的带上）",
)
_BRING_BACK = ("更正后的居民身份证（或户口簿）", "本告知书")


def letter_pdf(*, row: CorrectionRow, by: Actor, at: datetime) -> bytes:
    """This function will set the letter to the holder; `at` is when it is printed."""
    on = local_day(at)
    police = row.fault.needs_police
    number = f"GZ{row.recorded_at.astimezone(LOCAL):%Y%m%d}-{row.id:06d}"
    data = {
        "title": TITLE,
        "name": row.name,
        "number": number,
        "facts": [
            ["社会保障号码", row.masked_number],
            ["社保卡卡号", row.card_number],
            ["所属银行", row.bank or "未登记"],
            ["收回日期", f"{row.recorded_at.astimezone(LOCAL):%Y年%m月%d日}"],
        ],
        "wrong": [_line(row, WrongField(field)) for field in row.fields],
        "steps": _steps(police=police, by_when=row.expected_on, fee=fee_words(row.fault, on=on)),
        "police": list(_BRING_POLICE) if police else [],
        "back": list(_BRING_BACK if police else ("本人居民身份证", "本告知书")),
        "unconfirmed": "" if charge_of(row.fault, on=on).confirmed else "金额待市局确认",
        "office": by.org_name,
        "actor": by.name,
        "basis": "《商洛市社会保障卡发放应用管理实施细则》第十三条、第十五条",
        "code": qr_svg(scan_code(SLIP, row.card_number, str(row.id))),
        "printed": f"{at.astimezone(LOCAL):%Y年%m月%d日}",
    }
    return typeset(layout=_LAYOUT, data=data, at=at)


def _line(row: CorrectionRow, field: WrongField) -> list[str]:
    if field is WrongField.PHOTO:
        return [field.label, row.face.get(field) or "不是本人照片", "重新照相"]
    face, right = row.face.get(field, ""), row.right.get(field, "")
    if field is WrongField.NUMBER:
        # The holder's own number: he must see which digit is wrong, others need not read it all.
        face, right = _number(face, right), _number(right, face)
    return [field.label, face or "（见卡面）", right or "（以身份证、户口簿为准）"]


def _number(own: str, other: str) -> str:
    if not own or len(own) != len(other):
        return mask_number(own) if own else ""
    pairs = zip(own, other, mask_number(own), strict=True)
    return "".join(mine if mine != theirs else hidden for mine, theirs, hidden in pairs)


def _in_time(day: date | None) -> str:
    return f"，请在{day:%Y年%m月%d日}前办好" if day else ""


def _steps(*, police: bool, by_when: date | None, fee: str) -> list[str]:
    first = (
        f"先到户籍所在地派出所的户籍窗口，核对、更正您的信息{_in_time(by_when)}。"
        if police
        else "不用去派出所。请核对一下户口簿，和身份证不一样的，再到派出所更正。"
    )
    return [
        "这张卡的卡面信息不对，我们已经收回，您不用保管，也不能再用。",
        first,
        "带上下面写的材料回到这个窗口，重新办卡。",
        f"费用：{fee}。",
        "新卡做好前要看病、办事的，可以问窗口借临时卡。",
    ]
