"""Turns what the screens of visits send into facts (Art. 7, 8 para. 4, 12)."""

from typing import Any

from django import forms

from cardbook.chapters.asked import AskedForm
from cardbook.chapters.collecting import OldCardBack, OldCardFate, OldCardOut, read_old_card
from cardbook.chapters.old_boxes import OldBoxField
from cardbook.chapters.signatures import card_number_in
from cardbook.law import papers
from cardbook.law.articles import art
from cardbook.lib.identifiers import parse_card_number
from cardbook.lib.plain import InputError
from cardbook.lifecycle.facts import (
    CardIssuedAtHome,
    IdentityReading,
    Signing,
    VisitReason,
)
from cardbook.lifecycle.judge import Presented
from cardbook.registers.choosing import DayField

MOST_AT_ONCE = 50
_SIGNATURES = frozenset({papers.SIGNATURE_SCREEN, papers.SIGNATURE_PAPER, papers.SIGNATURE_THUMB})
_ROLES_WORDS = "和您一起上门的人：{roles}，由其本人输入"
_PLAIN = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}


def _words(label: str, **more: Any) -> forms.CharField:
    quiet = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, max_length=200, widget=quiet, **more)


class VisitForm(AskedForm):
    """A form of an act that two sign: who acts, and who went along."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The second person is called what he is."""
        super().__init__(*args, **kwargs)
        if not self.asked.second_roles:
            return
        name, password = self.fields["second_name"], self.fields["second_password"]
        name.label, password.label = "同行人用户名", "同行人密码"
        name.help_text = _ROLES_WORDS.format(roles=self.asked.second_roles)
        name.error_messages["required"] = "两人上门、两人签名：请由同行人本人输入用户名。"
        password.error_messages["required"] = "请由同行人本人输入密码。"


class TakeOutForm(VisitForm):
    """The cards of one round, why these holders do not come, and the day."""

    act_code = "card.take_out"

    numbers = forms.CharField(
        label="卡号", help_text=f"逐张扫描或粘贴，一行一张；一次最多 {MOST_AT_ONCE} 张",
        widget=forms.Textarea(attrs={**_PLAIN, "rows": 6}),
        error_messages={"required": "请扫描要带出的卡。"},
    )  # fmt: skip
    reason = forms.ChoiceField(
        label="持卡人不能到窗口的原因", choices=[(str(one), one.label) for one in VisitReason],
        widget=forms.RadioSelect, initial=str(VisitReason.HEALTH),
        error_messages={"required": "请选择不能到窗口的原因。"},
    )  # fmt: skip
    words = _words("说明", required=False, help_text="选“其他原因”的必须写明")
    planned_on = DayField(label="上门日期")

    def clean_numbers(self) -> list[str]:
        """Each number once, in the order of scanning; what cannot be one is named by its line."""
        wrong, found = [], []
        for place, line in enumerate(self.cleaned_data["numbers"].splitlines(), start=1):
            text = line.strip().removeprefix("~")
            if not text:
                continue
            try:
                number = parse_card_number(text).value
            except InputError as problem:
                wrong.append(f"第 {place} 行“{text[:20]}”：{problem.sentence}")
                continue
            if number in found:
                wrong.append(f"第 {place} 行“{number}”重复，请删去这一行")
            found.append(number)
        if len(found) > MOST_AT_ONCE:
            wrong.append(f"共 {len(found)} 张，一次最多 {MOST_AT_ONCE} 张，请分次带出")
        if wrong:
            raise forms.ValidationError(wrong)
        return found

    def unknown(self, numbers: list[str]) -> None:
        """This function will name the lines whose cards the county does not have."""
        given = self.cleaned_data["numbers"]
        for number in numbers:
            place = given.index(number) + 1
            self.add_error("numbers", f"第 {place} 张“{number}”：本县区没有这张卡，请对照卡面核对")


class HomeForm(VisitForm):
    """What was seen and signed at the holder's home; the office knows the rest."""

    act_code = "card.issue_home"
    own_papers = _SIGNATURES | {papers.ID_CARD_ORIGINAL}

    handed_on = DayField(label="交卡日期")
    scanned = forms.CharField(
        label="交出的卡号", max_length=40,
        error_messages={"required": "请照持卡人签字的《领卡登记表》扫描或填写卡号。"},
        help_text="照持卡人签字的《领卡登记表》扫描或填写，与系统登记的核对",
        widget=forms.TextInput(attrs={**_PLAIN, "autofocus": "autofocus"}),
    )  # fmt: skip
    original_seen = forms.BooleanField(
        label=f"已查验本人有效身份证件原件（{art(8, 4).label}）", required=False, initial=True
    )
    face_person = forms.BooleanField(
        label="人证相符：本人与证件照片一致", required=False, initial=True
    )
    face_card = forms.BooleanField(
        label=f"卡面信息与证件一致（{art(13).label}）", required=False, initial=True
    )
    reads = forms.BooleanField(
        label=f"卡片完好，当面查过（{art(9).label}）", required=False, initial=True
    )
    self_supporting = forms.BooleanField(
        label=f"已问明：以自己的劳动收入为主要生活来源（{art(11).label}）", required=False
    )
    old_card = forms.ChoiceField(
        label="旧卡", required=False, widget=forms.RadioSelect,
        choices=[*((str(fate), fate.label) for fate in OldCardFate), ("", "没有收回")],
    )  # fmt: skip
    old_card_id = forms.IntegerField(
        required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput
    )
    old_card_box = OldBoxField()
    signing = forms.ChoiceField(
        label="领卡人签字", widget=forms.RadioSelect, initial=str(Signing.PAPER),
        choices=[
            (str(one), one.label) for one in (Signing.PAPER, Signing.THUMB, Signing.NONE)
        ],
    )  # fmt: skip

    def __init__(
        self, *args: Any, was_minor: bool, old_card: OldCardOut | None, **kwargs: Any
    ) -> None:
        """Ask only what concerns this holder; what was sent once is read again as it was."""
        super().__init__(*args, **kwargs)
        for paper in self.asked.papers:
            self.initial.setdefault(paper.name, True if paper.is_tick else paper.kinds[0].code)
        if not was_minor and not self.data.get("self_supporting"):
            del self.fields["self_supporting"]
        if old_card is not None:
            self.fields["old_card"].label = f"旧卡 {old_card.number}，放入{old_card.lies_in}"
            self.initial["old_card_id"] = old_card.id
        elif not self.data.get("old_card_id"):
            for name in ("old_card", "old_card_id", "old_card_box"):
                del self.fields[name]

    def facts(self) -> CardIssuedAtHome:
        """What is recorded, from a valid form."""
        given = self.cleaned_data
        shown = {paper.kind for paper in self.answered().papers}
        copies = {papers.ID_CARD_IMAGE.code: "image", papers.ID_CARD_COPY.code: "paper"}
        return CardIssuedAtHome(
            way="home", identity=IdentityReading.TYPED, original_seen=given["original_seen"],
            face_matches=given["face_person"] and given["face_card"], reads=given["reads"],
            scanned=card_number_in(given["scanned"]), signing=Signing(given["signing"]),
            copy_kept=next((word for kind, word in copies.items() if kind in shown), ""),
            self_supporting=given.get("self_supporting", False), handed_on=given["handed_on"],
        )  # fmt: skip

    def papers(self) -> tuple[Presented, ...]:
        """The papers seen and signed, with whatever else the row asks."""
        given = self.cleaned_data
        own = [Presented(kind=papers.ID_CARD_ORIGINAL.code)] if given["original_seen"] else []
        if (signing := Signing(given["signing"])) is not Signing.NONE:
            own.append(Presented(kind=f"signature_{signing}"))
        return (*own, *self.answered().papers)

    def old_card_back(self) -> OldCardBack | None:
        """What became of the old card; nothing said leaves it out there."""
        return read_old_card(self.cleaned_data)


class BackForm(AskedForm):
    """Why a card was not handed over."""

    act_code = "card.bring_back"

    key = forms.CharField(widget=forms.HiddenInput, max_length=50)
    words = _words(
        "带回原因", help_text="写明没有交到的情况，供日后再次通知",
        error_messages={"required": "请写明没有交到的原因（例如：家中无人、已外出）。"},
    )  # fmt: skip
