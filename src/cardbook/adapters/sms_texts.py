"""The words of text messages: short, with the article, never a name or a number (Art. 13 to 28).

A text has to fit one message of 70 characters, the office's name included. One that asks somebody
to come says where to, and may be as long as three messages in a row.
"""

from collections.abc import Mapping
from functools import partial

from cardbook.ports.messages import Letter, LiesAt, MessageKind

# `{tail}`: the card's last four; `{until}`: the day the act or the reminder names; `{place}`:
# where the card lies as the text leaves.
TEXTS: Mapping[MessageKind, str] = {
    MessageKind.SMS_WRONG_CARD: (
        "您尾号{tail}的社保卡卡面信息有误，已收回，请持身份证、户口簿到发卡窗口核对。（第十三条）"
    ),
    MessageKind.SMS_WRONG_CARD_DROPPED: (
        "您尾号{tail}的社保卡经核查无误，先前的错卡通知作废。（第十三条）"
    ),
    MessageKind.SMS_READY_FOR_PICK_UP: (
        "您尾号{tail}的社保卡已到{place}，请持身份证领取。（第十六条）"
    ),
    MessageKind.SMS_STRANDED: (
        "您尾号{tail}的社保卡还未领取，请持身份证尽快到{place}领取。（第十六条）"
    ),
    MessageKind.SMS_NOT_ACTIVATED: (
        "您尾号{tail}的社保卡社保功能还未激活，需要时请持卡和身份证到窗口。（第二十二条）"
    ),
    MessageKind.SMS_BANK_NOT_ACTIVATED: (
        "您尾号{tail}的社保卡金融功能还未启用，请持卡和身份证到银行网点。（第二十二条）"
    ),
    MessageKind.SMS_APPLICATION_SUBMITTED: (
        "您的社保卡申请已提交制卡银行，银行答复后另行通知您。（第二十五条）"
    ),
    MessageKind.SMS_APPLICATION_ACCEPTED: (
        "您的社保卡申请银行已受理，正在安排制卡，制成后另行通知您。（第二十五条）"
    ),
    MessageKind.SMS_APPLICATION_REFUSED: (
        "您的社保卡申请银行退回补正，请带身份证到受理的窗口修改后重新提交。（第二十五条）"
    ),
    MessageKind.SMS_APPLICATION_STOPPED: (
        "您的社保卡申请省社保卡系统没有受理，请带身份证到受理的窗口核对。（第二十五条）"
    ),
    MessageKind.SMS_CARD_MADE: ("您申请的社保卡银行已制成，送到后另行通知您领取。（第二十五条）"),
    MessageKind.SMS_TEMPORARY_DUE: "您借用的临时卡{until}到期，请按期交还。（第二十七条）",
    MessageKind.SMS_LOSS_RECORDED: (
        "您尾号{tail}的社保卡社保功能已挂失，电子社保卡由省系统随卡停用，金融功能请另向银行挂失。（第二十八条）"
    ),
    MessageKind.SMS_LOSS_LAPSING: (
        "您尾号{tail}的社保卡口头挂失{until}失效，需要时请办正式挂失。（第二十八条）"
    ),
}
MOST_CHARACTERS = 70
# Three in a row carry 67 each.
MOST_WITH_PLACE = 201
_SOMEWHERE = {
    MessageKind.SMS_READY_FOR_PICK_UP: "",
    MessageKind.SMS_STRANDED: "社保卡综合服务窗口",
}


def text_of(letter: Letter) -> str:
    """This function will write the text of a letter, signed by its office."""
    until = str(letter.facts.get("until", ""))[:10]
    year, _, day = until.partition("-")
    spoken = f"{int(day[:2])}月{int(day[3:])}日" if year and day else ""
    place, most = _SOMEWHERE.get(letter.kind, ""), MOST_CHARACTERS
    words = partial(TEXTS[letter.kind].format, tail=letter.card_number[-4:], until=spoken)
    if letter.kind in _SOMEWHERE and letter.lies_at is not None:
        most = MOST_WITH_PLACE
        room = most - len(words(place="")) - len(letter.office_name) - 2
        place = _said(letter.lies_at, room=room)
    body = words(place=place)
    return f"【{letter.office_name[: most - len(body) - 2]}】{body}"


def _said(place: LiesAt, *, room: int) -> str:
    """Name, address, telephone, hours; what does not fit as a whole is left out."""
    more = (("地址：", place.address), ("电话：", place.phone), ("时间：", place.hours))
    said = ""
    for label, value in more:
        longer = f"{said}，{label}{value}" if said else f"{label}{value}"
        if value and len(place.name) + len(longer) + 2 <= room:
            said = longer
    return f"{place.name}（{said}）" if said else place.name
