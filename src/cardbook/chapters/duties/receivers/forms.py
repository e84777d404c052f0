"""Turns a unit's letter, handlers and plan into commands' arguments (Art. 8 para. 3, 20)."""

from datetime import date
from typing import Any

from django import forms

from cardbook.chapters.asked import PictureField
from cardbook.chapters.duties.receivers.commands import Named
from cardbook.chapters.duties.receivers.queries import SORTS, STATES
from cardbook.law.papers import KEEPING_PLAN, UNIT_LETTER
from cardbook.lib.citizen_number import parse
from cardbook.lib.names import parse_name
from cardbook.lib.plain import InputError
from cardbook.registers.choosing import DayField

KINDS = (("", "全部"), ("unit", "参保单位"), ("village", "村（社区）"), ("town", "镇（街道）"))
# The six protections of Art. 20, each answered in the plan.
PROTECTIONS = (
    ("fire", "防火"), ("water", "防水"), ("damage", "防损"), ("magnet", "防磁"),
    ("theft", "防盗"), ("crush", "防挤压"),
)  # fmt: skip
_HANDLERS = 2
_TWICE = "与前面经办人的证件号码相同。请对照各人的证件，填写各自的号码。"


class ListForm(forms.Form):
    """Which units are shown."""

    q = forms.CharField(max_length=60, required=False)
    kind = forms.ChoiceField(choices=KINDS, required=False)
    state = forms.ChoiceField(choices=list(STATES.items()), required=False)
    sort = forms.ChoiceField(
        choices=[(code, title) for code, (title, _) in SORTS.items()], required=False
    )


class RemindForm(forms.Form):
    """How chosen units were told what their files lack."""

    words = forms.CharField(
        label="怎样通知的", max_length=200, error_messages={"required": "请写明怎样通知的。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="如“电话通知经办人，月底前补齐”；所缺各项自动写入",
    )  # fmt: skip


def _person_fields(place: int, *, required: bool) -> dict[str, forms.Field]:
    who = f"经办人{'一二三四'[place - 1]}"
    need = {"required": f"请填写{who}。"}
    plain = {"autocomplete": "off", "spellcheck": "false"}
    return {
        f"name{place}": forms.CharField(
            label=f"{who}姓名", max_length=60, required=required, error_messages=need,
            widget=forms.TextInput(attrs=plain),
        ),
        f"number{place}": forms.CharField(
            label=f"{who}证件号码", max_length=30, required=required, error_messages=need,
            widget=forms.TextInput(attrs=plain),
        ),
        f"phone{place}": forms.CharField(
            label=f"{who}电话", max_length=20, required=False,
            widget=forms.TextInput(attrs=plain),
        ),
    }  # fmt: skip


class _Named(forms.Form):
    """Fields for some handlers; number and name must be somebody's."""

    people: int = 1
    today: date

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        """Add the fields of each handler."""
        super().__init__(*args, **kwargs)
        self.today = today
        for place in range(1, self.people + 1):
            self.fields.update(_person_fields(place, required=place == 1))

    def clean(self) -> dict[str, Any]:
        """Each handler complete, with a number and a name somebody can have; nobody twice."""
        given = super().clean() or {}
        seen: set[str] = set()
        for place in range(1, self.people + 1):
            name, number = given.get(f"name{place}", ""), given.get(f"number{place}", "")
            if not name and not number:
                continue
            self._check(f"name{place}", name, parse_name)
            self._check(f"number{place}", number, lambda text: parse(text, today=self.today))
            if number and number.upper() in seen:
                self.add_error(f"number{place}", _TWICE)
            seen.add(number.upper())
        return given

    def _check(self, field: str, text: str, read: Any) -> None:
        if field in self.errors:
            return
        try:
            read(text)
        except InputError as problem:
            self.add_error(field, f"{problem.sentence}。")

    def named(self) -> list[Named]:
        """This function will list the handlers, from a valid form."""
        given = self.cleaned_data
        return [
            Named(
                number=given[f"number{place}"], name=given[f"name{place}"],
                phone=given[f"phone{place}"],
            )
            for place in range(1, self.people + 1)
            if given[f"number{place}"]
        ]  # fmt: skip


class LetterForm(_Named):
    """A new letter of authority, with the two handlers it names."""

    people = _HANDLERS
    number = forms.CharField(
        label="授权书（介绍信）文号", max_length=60, error_messages={"required": "请填写文号。"}
    )
    since = DayField(label="自")
    until = DayField(label="至")
    image = PictureField(UNIT_LETTER)

    def clean(self) -> dict[str, Any]:
        """The last day does not come before the first."""
        given = super().clean()
        if given.get("since") and given.get("until") and given["until"] < given["since"]:
            self.add_error("until", "截止日不能早于起始日。")
        return given


class HandlerForm(_Named):
    """One more handler on a letter."""

    since = DayField(label="自")


class EndForm(forms.Form):
    """The end of a letter or of a handler, and why."""

    on = DayField(label="日期")
    words = forms.CharField(
        label="原因", max_length=200, error_messages={"required": "请写明原因。"}
    )


class PlanForm(forms.Form):
    """How the unit keeps cards: the six protections each in words."""

    place = forms.CharField(
        label="存放地点和保管人", max_length=120,
        error_messages={"required": "请写明地点和保管人。"},
        help_text="如“村委会二楼保险柜，保管人某某”",
    )  # fmt: skip
    since = DayField(label="自")
    until = DayField(label="至", help_text="没有期限的可以不填", required=False)
    image = PictureField(KEEPING_PLAN)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Add a field for each protection."""
        super().__init__(*args, **kwargs)
        for code, title in PROTECTIONS:
            self.fields[code] = forms.CharField(
                label=title, max_length=60,
                error_messages={"required": f"请写明怎样{title}。"},
            )  # fmt: skip
        self.order_fields(["place", *(code for code, _ in PROTECTIONS), "since", "until"])

    def clean(self) -> dict[str, Any]:
        """The last day does not come before the first."""
        given = super().clean() or {}
        if given.get("since") and given.get("until") and given["until"] < given["since"]:
            self.add_error("until", "截止日不能早于起始日。")
        return given

    def words(self) -> str:
        """This function will write the plan as one text, from a valid form."""
        given = self.cleaned_data
        parts = [f"{title}：{given[code]}" for code, title in PROTECTIONS]
        return "；".join([given["place"], *parts])[:500]
