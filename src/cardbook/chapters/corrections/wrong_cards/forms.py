"""Turns what is entered of a wrong card into facts and values (Art. 13 to 15).

Which fields differ is picked; a value left empty is the registered one, or what the number tells.
"""

from datetime import date, timedelta
from typing import Any

from django import forms

from cardbook.chapters.asked import AskedForm
from cardbook.chapters.corrections.wrong_cards.commands import TOLD, Compared, Telling
from cardbook.chapters.corrections.wrong_cards.fees import told_lines
from cardbook.chapters.corrections.wrong_cards.queries import ORDERS, PROOFS, STATES, WAYS
from cardbook.chapters.corrections.wrong_cards.values import (
    Values,
    open_reading,
    right_by_number,
    tidy,
)
from cardbook.law import notices
from cardbook.law.parameters import whole_number
from cardbook.lib.plain import InputError
from cardbook.lifecycle.facts import (
    ErrorExplained,
    ErrorRechecked,
    ErrorRecorded,
    Fault,
    FoundAt,
    ProvinceAnswered,
    WrongField,
)
from cardbook.registers.choosing import DayField

_LONGEST = 100
_WHOM = (("holder", "持卡人本人"), ("agent", "代理人"))


def _line(label: str, *, help_text: str = "", required: bool = False, most: int = 200) -> Any:
    return forms.CharField(
        label=label,
        required=required,
        max_length=most,
        help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class StartForm(forms.Form):
    """The document and the card, scanned one after the other."""

    found = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20)
    number = _line("身份证号", help_text="扫描或输入；没有带证件的可以不填", most=40)
    card = _line("社保卡卡号", help_text="扫描卡片或输入卡面左下角的卡号", required=True, most=40)
    card.error_messages["required"] = "请扫描卡片，或输入卡面左下角的卡号。"


class ComparedForm(AskedForm):
    """Seven fields: picked or not, what the face says, what is right."""

    own_notices = frozenset({notices.WRONG_CARD.code})

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    reading = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)
    fault = forms.ChoiceField(
        label="责任归属", choices=[(str(one), one.label) for one in Fault], initial=Fault.CAPTURE
    )
    proof = forms.ChoiceField(label="对照的证件", choices=list(PROOFS.items()), initial="id_card")
    words = _line("补充说明", help_text="选“其他”时必须写明；不写姓名和号码")

    def __init__(
        self, *args: Any, face: Values, today: date, right: Values | None = None, **kwargs: Any
    ) -> None:
        """Add the fields of the comparison; `face` and `right` are what is known already."""
        self.known_face, self.known_right, self.today = face, right or {}, today
        super().__init__(*args, **kwargs)
        for field in WrongField:
            self.fields[f"pick_{field}"] = forms.BooleanField(label=field.label, required=False)
            self.fields[f"face_{field}"] = _line(f"卡面{field.label}", most=_LONGEST)
            self.fields[f"right_{field}"] = _line(f"正确{field.label}", most=_LONGEST)

    def clean(self) -> dict[str, Any]:
        """Every value in the one spelling in which it is compared."""
        given = super().clean() or {}
        for field in WrongField:
            for side in ("face", "right"):
                name = f"{side}_{field}"
                try:
                    given[name] = tidy(field, given.get(name) or "", today=self.today)
                except InputError as problem:
                    self.add_error(name, problem.sentence)
        return given

    @property
    def picked(self) -> tuple[WrongField, ...]:
        """What is wrong, from a valid form."""
        return tuple(one for one in WrongField if self.cleaned_data.get(f"pick_{one}"))

    def compared(self) -> Compared:
        """The values of the picked fields, from a valid form."""
        given = self.cleaned_data
        number = given["right_number"] or open_reading(given["reading"])
        told_by_number = right_by_number(number, today=self.today)
        return Compared(
            face=self._side("face", self.known_face),
            right=self._side("right", {**self.known_right, **told_by_number}),
            fault=Fault(given["fault"]),
            proof=given["proof"],
        )

    def _side(self, side: str, known: Values) -> Values:
        values = {
            one: self.cleaned_data[f"{side}_{one}"] or known.get(one, "") for one in self.picked
        }
        return {field: value for field, value in values.items() if value}


def usual_police_day(fault: Fault, *, today: date) -> date | None:
    """This function will say by when the police mends its data, where nobody knows better."""
    if not fault.needs_police:
        return None
    return today + timedelta(days=whole_number("police_correction_days", on=today))


class TellingFields(forms.Form):
    """To whom, by which way, in what words; shared by the desk's form and the later one."""

    told = forms.ChoiceField(label="向谁说明", choices=_WHOM, initial="holder")
    agent = _line("代理人姓名", help_text="向代理人说明时填写", most=50)
    way = forms.ChoiceField(label="说明方式", choices=list(WAYS.items()), initial="face")
    expected_on = DayField(
        label="公安更正预计日",
        required=False,
        help_text="需要公安更正的填：持卡人说哪天能办好，不清楚的照所示常规日期",
    )
    more = _line("另外说明的话", help_text="除告知内容以外还说了什么")

    def telling(self, lines: tuple[str, ...]) -> Telling:
        """What was said, in the words of the notice and the clerk's own."""
        given = self.cleaned_data
        said = [*lines, *([given["more"]] if given["more"].strip() else [])]
        facts = ErrorExplained(
            told=given["told"], way=given["way"], words="".join(said),
            expected_on=given["expected_on"],
        )  # fmt: skip
        return Telling(facts=facts, agent=given["agent"] if given["told"] == "agent" else "")

    def clean(self) -> dict[str, Any]:
        """A proxy has a name."""
        given = super().clean() or {}
        if given.get("told") == "agent" and not (given.get("agent") or "").strip():
            self.add_error("agent", "向代理人说明的，请写明代理人姓名。")
        return given


class RecordForm(ComparedForm):
    """The whole entry: what is wrong, where it was found, who was told."""

    act_code = "error.record"

    found = forms.ChoiceField(
        label="发现环节", choices=[(str(one), one.label) for one in FoundAt], initial="issuing"
    )
    reported = forms.ChoiceField(
        label="谁发现的",
        choices=[("holder", "持卡人"), ("agent", "代理人"), ("staff", "经办人")],
        initial="staff",
    )
    is_told = forms.BooleanField(label="已当面说明", required=False)
    agent = _line("代理人姓名", most=50)

    def facts(self) -> ErrorRecorded:
        """What the act records, from a valid form."""
        given = self.cleaned_data
        return ErrorRecorded(
            found=FoundAt(given["found"]),
            fields=self.picked,
            reported=given["reported"],
            words=given["words"],
        )

    def telling(self) -> Telling | None:
        """The explanation, when the holder stood there."""
        given = self.cleaned_data
        if not given["is_told"]:
            return None
        fault = Fault(given["fault"])
        lines = told_lines(self.picked, fault, on=self.today)
        told = "agent" if given["reported"] == "agent" else "holder"
        expected = usual_police_day(fault, today=self.today)
        facts = ErrorExplained(told=told, way="face", words="".join(lines), expected_on=expected)
        return Telling(facts=facts, agent=given["agent"] if told == "agent" else "")

    def clean(self) -> dict[str, Any]:
        """A proxy who was told has a name."""
        given = super().clean()
        by_agent = given.get("is_told") and given.get("reported") == "agent"
        if by_agent and not (given.get("agent") or "").strip():
            self.add_error("agent", "向代理人说明的，请写明代理人姓名。")
        return given


class ExplainForm(AskedForm, TellingFields):
    """The explanation given later: by telephone, in writing, at the next visit."""

    act_code = "error.explain"
    own_notices = frozenset({notices.WRONG_CARD.code})

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    was_told = forms.BooleanField(label="已按告知内容逐条说明", required=False, initial=True)

    def told_codes(self) -> tuple[str, ...]:
        """The notice, when it was given."""
        return TOLD if self.cleaned_data["was_told"] else ()


class RecheckForm(ComparedForm):
    """Every field once more, by another person."""

    act_code = "error.recheck"

    complete = forms.BooleanField(
        label="已逐项对照证件，各项信息完整准确（第十三条）", required=False
    )

    def facts(self) -> ErrorRechecked:
        """What the act records, from a valid form."""
        given = self.cleaned_data
        return ErrorRechecked(complete=given["complete"], fields=self.picked, words=given["words"])


class ProvinceForm(forms.Form):
    """The province's number and day, copied from its screen."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    reference = _line("省系统登记号", help_text="照省系统画面抄录", required=True, most=60)
    answered_on = DayField(label="省系统日期", help_text="省系统画面上的日期，不能晚于今天")

    def facts(self) -> ProvinceAnswered:
        """What the act records, from a valid form."""
        given = self.cleaned_data
        return ProvinceAnswered(
            reference=given["reference"].strip(), answered_on=given["answered_on"]
        )


class BulkForm(forms.Form):
    """Many numbers at once, pasted from the province's list."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    step = forms.ChoiceField(
        label="办哪一步",
        choices=[("enter", "登记"), ("confirm", "确认")],
        initial="enter",
        widget=forms.RadioSelect,
    )
    rows = forms.CharField(
        label="卡号、登记号、日期",
        max_length=100_000,
        help_text="每行一张卡：卡号、登记号、日期，用制表符隔开。可从表格整块复制粘贴。",
        widget=forms.Textarea(
            attrs={
                "rows": 12,
                "spellcheck": "false",
                "autocomplete": "off",
                "placeholder": "A00000005\tCK2026110001\t2026-11-20",
            }
        ),
        error_messages={"required": "请粘贴要登记的卡号、登记号、日期。"},
    )


class ResumeForm(forms.Form):
    """When the police mended its data, if it had to."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    corrected_on = DayField(
        label="公安更正日期", required=False, help_text="采集、制卡差错不需要公安更正，可以不填"
    )
    words = _line("说明")


class DropForm(AskedForm):
    """Why the entry was a mistake, and who else signs."""

    act_code = "error.drop"

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    words = _line("误登原因", help_text="一句话写明怎么登错的，供日后核查", required=True)


class ListForm(forms.Form):
    """Which handlings a list shows, in which order, and what is searched for."""

    state = forms.ChoiceField(choices=[("", "全部"), *STATES.items()], required=False)
    order = forms.ChoiceField(
        choices=[(key, title) for key, (title, _) in ORDERS.items()], required=False
    )
    q = forms.CharField(required=False, max_length=80)
