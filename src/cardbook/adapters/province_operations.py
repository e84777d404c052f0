"""How the province's web service is spoken to: operations, their fields, where they lead (9.2a).

Names are the published ones of a sister province; `tests/province_interface.toml` lists them and a
test compares both ways. What our book does not know is left out and listed there with the reason.
"""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from cardbook.adapters.persons import country_of
from cardbook.lib.citizen_number import parse
from cardbook.lib.clock import local_day
from cardbook.lib.plain import InputError
from cardbook.lifecycle.facts import ApplyReason, Plastic, Relation
from cardbook.ports.messages import Addressee, Letter, MessageKind
from cardbook.ports.standings import Standing

# Through which door the holder came (xtlb).
CHANNELS = {
    "sms": "01",
    "bank": "02",
    "wechat": "03",
    "app": "04",
    "web": "05",
    "unit": "06",
    "portable": "26",
}
_AT_AN_OFFICE = "06"
_DOCUMENTS = {"citizen": "A", "hmt_resident": "M", "foreign_permanent": "D"}
# 父子、母女: whose sex is whose, in the codes of GB/T 2261.
_PARENTS, _CHILDREN = {"1": "父", "2": "母"}, {"1": "子", "2": "女"}
# A first card or another one, in the list of what is in hand (zklb).
FIRST, AGAIN = "0", "1"
_SPECIFICATION = "3.00"
_MOST_REASON = 300

Fields = Callable[[Letter], dict[str, str]]


@dataclass(frozen=True, slots=True)
class Operation:
    """How a kind is said: its fields, what is said before it, where it leads, what it answers.

    `check` asks whether it may be; `before` has to be so first. `answers` is the field of the
    reply that is kept as their number.
    """

    name: str
    fields: Fields
    check: "Operation | None" = None
    before: "Operation | None" = None
    leads_to: Standing | None = None
    answers: str = "ywlsh"


def person_fields(name: str, number: str) -> dict[str, str]:
    """This function will name a person as every question does; no range of states is all."""
    return {"yxzjhm": number, "xm": name, "kztfw": ""}


def _person(letter: Letter) -> dict[str, str]:
    about = letter.about
    return {
        "yxzjhm": about.number,
        "yxzjlx": _DOCUMENTS.get(about.number_kind, "A"),
        "xm": about.name,
    }


def _card(letter: Letter) -> dict[str, str]:
    return {
        "yxzjhm": letter.about.number,
        "xm": letter.about.name,
        "kh": letter.card_number,
        "xtlb": CHANNELS.get(str(letter.facts.get("channel", "")), _AT_AN_OFFICE),
        "jbr": letter.clerk,
    }


def _at(letter: Letter) -> dict[str, str]:
    return {**_person(letter), "yhbh": letter.bank, "xzqhdm": letter.office}


def _known(letter: Letter) -> dict[str, str]:
    """What the book knows of the person besides his number and name."""
    about = letter.about
    return {
        "sjhm": about.phone,
        "csrq": f"{about.born_on:%Y%m%d}" if about.born_on else "",
        "xb": about.sex,
        "mz": about.nation,
        "txdz": about.address,
    }


def _application(letter: Letter) -> dict[str, str]:
    by_post = "1" if letter.facts.get("by_post") else "0"
    return {
        **_at(letter), **_known(letter), **_guardian(letter), "lkfs": by_post,
        "gj": country_of(letter.about), "zp": _photo(letter),
    }  # fmt: skip


def _photo(letter: Letter) -> str:
    """The photo taken or brought at the window; the police's lies with the province (Art. 25)."""
    content = letter.photo() if letter.photo else None
    return base64.b64encode(content).decode() if content else ""


def _guardian(letter: Letter) -> dict[str, str]:
    """Who confirmed for a minor; nothing where the holder did himself (Art. 11, 25)."""
    about = letter.about
    if not about.guardian_name:
        return {}
    kind = sex = ""
    try:
        read = parse(about.guardian_number, today=local_day(letter.happened_at))
        kind, sex = read.kind, str(read.sex.value)
    except InputError:
        pass
    return {
        "jhrxm": about.guardian_name,
        "jhrzjlx": _DOCUMENTS.get(kind, "A"),
        "jhrzjhm": about.guardian_number,
        "jhrgx": _kinship(about, sex=sex),
    }


def _kinship(about: Addressee, *, sex: str) -> str:
    """What the guardian is to the holder; the province tells a father from a mother."""
    if about.guardian_relation == Relation.PARENT and sex in _PARENTS and about.sex in _CHILDREN:
        return _PARENTS[sex] + _CHILDREN[about.sex]
    return Relation(about.guardian_relation).label if about.guardian_relation else ""


def _replacement(letter: Letter) -> dict[str, str]:
    return {**_application(letter), "kh": letter.card_number, "bhkyy": _why(letter)}


def _why(letter: Letter) -> str:
    """Why a card takes another one's place: as applied for, or as the old one came back."""
    if reason := str(letter.facts.get("reason", "")):
        return ApplyReason(reason).label
    if plastic := str(letter.facts.get("plastic", "")):
        return f"补换卡，旧卡{Plastic(plastic).label}"[:_MOST_REASON]
    return ApplyReason.LOST.label


def _replaced(letter: Letter) -> dict[str, str]:
    return {**_at(letter), "kh": letter.card_number, "jbr": letter.clerk, "bhkyy": _why(letter)}


def _changed(letter: Letter) -> dict[str, str]:
    office = {"xzqhdm": letter.office, "jbr": letter.clerk}
    return {**_person(letter), **_known(letter), **office, "kztfw": ""}


def _opening(letter: Letter) -> dict[str, str]:
    return {**_at(letter), "jbr": letter.clerk}


def _completed(letter: Letter) -> dict[str, str]:
    made = letter.made
    assert made is not None
    return {
        **_at(letter),
        "jbr": letter.clerk,
        "kh": made.number,
        # A maker returns one account for both.
        "kxpzh": made.account,
        "kctzh": made.account,
        "ksbm": made.chip_code,
        "kfwm": made.reset,
        "kgfbb": _SPECIFICATION,
        "xplx": "",
    }


def _financial(letter: Letter) -> dict[str, str]:
    return {**_at(letter), "jbr": letter.clerk, "kctzh": letter.bank_account}


CHANGE = Operation("modifyPersonInfo", _changed)
_FIRST = Operation("saveCardSqList", _application, check=Operation("chkCanCardSq", _at))
# An application for a card in place of another goes through another door.
REPLACING = Operation("saveCardBhList", _replacement, check=Operation("chkCanCardBh", _at))
# What was wrong with the person is put right before a card is made of it.
_CHANGES = frozenset({ApplyReason.DATA_CHANGED, ApplyReason.ERROR})

OPERATIONS: Mapping[MessageKind, Operation] = {
    MessageKind.PROVINCE_ACTIVATE: Operation("saveCardActive", _card, leads_to=Standing.NORMAL),
    MessageKind.PROVINCE_FINANCIAL: Operation("saveCardJrzhActive", _financial),
    MessageKind.PROVINCE_ORAL_LOSS: Operation("saveCardLsgs", _card, leads_to=Standing.ORAL_LOSS),
    MessageKind.PROVINCE_FORMAL_LOSS: Operation(
        "saveCardGs", _card, leads_to=Standing.FORMAL_LOSS
    ),
    MessageKind.PROVINCE_RELEASE_LOSS: Operation(
        "saveCardLsgsjg", _card, leads_to=Standing.NORMAL
    ),
    MessageKind.PROVINCE_PRODUCTION: _FIRST,
    MessageKind.PROVINCE_NUMBER: Operation("saveCardOpen", _opening, answers="sbkh"),
    MessageKind.PROVINCE_COMPLETED: Operation("saveCardCompleted", _completed),
    MessageKind.PROVINCE_REPLACE: Operation("saveCardBhk", _replaced, leads_to=Standing.VOID),
}


def operation_of(letter: Letter) -> Operation:
    """This function will say how a letter is told.

    :raises KeyError: when the province has no word for it (`carries`).
    """
    if letter.kind is not MessageKind.PROVINCE_PRODUCTION:
        return OPERATIONS[letter.kind]
    operation = REPLACING if letter.card_number else _FIRST
    # What the bank sent back stands with the province as it was: it hears what was corrected.
    changes = letter.told_before or letter.facts.get("reason") in _CHANGES
    return replace(operation, before=CHANGE) if changes else operation
