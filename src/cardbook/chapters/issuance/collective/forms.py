"""Reads what the screens of collective pick-up send (Art. 8 para. 3, 20)."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django import forms

from cardbook.chapters.approving import ApprovalForm
from cardbook.chapters.asked import AskedForm, PictureField
from cardbook.chapters.issuance.collective.naming import (
    NOBODY,
    OTHERS,
    PROOF_CHOICES,
    Named,
    read_number,
    refuse_other_papers,
)
from cardbook.chapters.issuance.collective.signing_days import signing_day
from cardbook.chapters.issuance.models import Bundle, Result
from cardbook.chapters.signatures import NameField, SignatureField
from cardbook.law import papers
from cardbook.law.parameters import Value
from cardbook.lib.masking import mask_in
from cardbook.lib.plain import InputError
from cardbook.lifecycle.facts import Relation, Signer, Signing, Unclaimed
from cardbook.lifecycle.judge import Presented
from cardbook.papers.pictures import ImageRefused, KeptImage, kept_image
from cardbook.registers.choosing import DayField

_SIGNED = frozenset({papers.SIGNATURE_SCREEN, papers.SIGNATURE_PAPER, papers.SIGNATURE_THUMB})
_QUIET = {"autocomplete": "off", "spellcheck": "false"}


class HandOutForm(AskedForm):
    """What was seen and how the handler signed; papers of the row come from `AskedForm`."""

    act_code = "bundle.hand_out"
    own_papers = _SIGNED

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    signing = forms.ChoiceField(
        label="领卡人在领卡登记表上签字",
        choices=[(str(Signing.PAPER), "纸上签字"), (str(Signing.THUMB), "按手印"),
                 (str(Signing.SCREEN), "屏幕签字")],
        required=False, widget=forms.RadioSelect,
    )  # fmt: skip
    signature = SignatureField()
    photo = PictureField(
        papers.COLLECTOR_PHOTO, label="领卡人照片",
        help_text="拍人或他的证件；JPG 或 PNG，5 MB 以内，加密保存",
    )  # fmt: skip

    def __init__(
        self, *args: Any, bundle: Bundle, plan_on_file: bool, photo_rule: Value, **more: Any
    ) -> None:
        """Tick what was scanned or is on file already; `photo_rule` says if a picture is asked."""
        super().__init__(*args, **more)
        if photo_rule.value is True:
            photo = self.fields["photo"]
            assert isinstance(photo, PictureField)
            photo.is_asked = True
            photo.help_text = f"必须留照片{photo_rule.doubt}。{photo.help_text}"
        seen = {
            papers.AGENT_ID: bundle.id_seen,
            papers.UNIT_LETTER: bundle.letter_seen,
            papers.KEEPING_PLAN: plan_on_file,
        }
        own_words = {
            papers.AGENT_ID: "已查验：领卡人有效身份证件（第八条第三款）",
            papers.UNIT_LETTER: "已查验：单位介绍信、授权书（第八条第三款）",
            papers.KEEPING_PLAN: "已登记：安全保管措施（第二十条）",
        }
        for asked in self.asked.papers:
            if asked.is_tick and asked.name in self.fields:
                field = self.fields[asked.name]
                field.initial = seen.get(asked.kinds[0], False)
                field.label = own_words.get(asked.kinds[0], field.label)

    @property
    def signed(self) -> Signing:
        """How the handler signed, from a valid form."""
        return Signing(self.cleaned_data["signing"] or Signing.NONE)

    def given(self) -> tuple[tuple[Presented, ...], tuple[KeptImage, ...]]:
        """This function will list papers shown and pictures to keep, from a valid form."""
        answered = self.answered()
        image = self.cleaned_data["signature"] if self.signed is Signing.SCREEN else None
        photo = self.cleaned_data["photo"]
        own = []
        if self.signed is not Signing.NONE:
            digest = image.digest if image else ""
            own.append(Presented(kind=f"signature_{self.signed}", digest=digest))
        if photo is not None:
            own.append(Presented(kind=photo.kind, digest=photo.digest))
        images = (one for one in (image, photo) if one is not None)
        return (*answered.papers, *own), (*answered.images, *images)


class FileForm(ApprovalForm):
    """The filing of a sheet; its pages are there already, notices come from the row.

    The county's manager approves where a proxy's year is full: `asks_approval` shows his fields.
    """

    act_code = "card.issue_collective"
    own_papers = frozenset({papers.SIGNED_SHEET_IMAGE, papers.SIGNED_SHEET})

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, asks_approval: bool = False, **more: Any) -> None:
        """Nobody is asked for an approval that is not needed."""
        super().__init__(*args, **more)
        if not asks_approval:
            del self.fields["approver_name"], self.fields["approver_password"]


class AgentForm(forms.Form):
    """Who signed for holders: typed once, for one row or for all a line marks (Art. 10, 11)."""

    agent_name = NameField(label="代签人姓名", required=False)
    agent_number = forms.CharField(
        label="证件号码", max_length=30, required=False, widget=forms.TextInput(attrs=_QUIET)
    )
    agent_relation = forms.ChoiceField(
        label="是持卡人的", required=False,
        choices=[("", "—"), *((str(one), one.label) for one in Relation)],
    )  # fmt: skip
    agent_proof = forms.ChoiceField(
        label="证明材料", required=False, choices=[("", "—"), *PROOF_CHOICES]
    )

    def __init__(self, *args: Any, today: date, known: Named = NOBODY, **more: Any) -> None:
        """Numbers are checked on a day; `known` is whom the row names already."""
        super().__init__(*args, **more)
        self.today, self.known = today, known

    @property
    def agent_fields(self) -> list[forms.BoundField]:
        """The fields that name him, for the line above the rows."""
        return [self[name] for name in AgentForm.base_fields]

    def clean_agent_number(self) -> str:
        """The number, checked; as it was shown, it stays."""
        try:
            text = self.cleaned_data["agent_number"]
            return read_number(text, today=self.today, known=self.known)
        except InputError as problem:
            raise forms.ValidationError(f"{problem.sentence}。") from problem

    def agent(self, signers: Collection[str]) -> Named:
        """This function will say who was typed, from a valid form.

        :raises InputError: when nobody signed for others, or his paper is none for who did.
        """
        given = self.cleaned_data
        named = Named(
            name=given["agent_name"], number=given["agent_number"],
            relation=given["agent_relation"], proof=given["agent_proof"],
        )  # fmt: skip
        others = [one for one in OTHERS if one in signers]
        if named != NOBODY and not others:
            raise InputError("agent", "填了代签人，行号后面要写 =d（代领人）或 =j（监护人）")
        for signer in others:
            refuse_other_papers(signer, named.proof)
        return named


def _signing_day(on: date, *, since: date, today: date) -> date:
    try:
        return signing_day(on, since=since, today=today)
    except InputError as problem:
        raise forms.ValidationError(f"{problem.sentence}。") from problem


class TickForm(AgentForm):
    """One line of ticks, or chosen rows with one mark for all."""

    text = forms.CharField(max_length=2000, required=False)
    on = DayField(error_messages={"required": "请填领取日期。"})
    mark = forms.CharField(max_length=3, required=False)
    row = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, *args: Any, last: int, since: date, **more: Any) -> None:
        """Any row of the sheet may be chosen; nobody signed before it was handed over."""
        super().__init__(*args, **more)
        self.since = since
        choices = [(row, str(row)) for row in range(1, last + 1)]
        self.fields["row"].choices = choices  # type: ignore[attr-defined]

    def clean_on(self) -> date:
        """A day somebody could have signed on."""
        return _signing_day(self.cleaned_data["on"], since=self.since, today=self.today)

    def clean(self) -> dict[str, Any]:
        """The line as typed, or made of the chosen rows.

        :raises forms.ValidationError: when neither was given.
        """
        given = super().clean() or {}
        if not given.get("text") and given.get("row"):
            rows = ",".join(str(row) for row in given["row"])
            given["text"] = f"{rows}={given.get('mark') or 'b'}"
        if not given.get("text"):
            raise forms.ValidationError("请输入行号，例如 1-30,35，或在表里勾选。")
        return given


class RowForm(AgentForm):
    """One row in full: what became of it, who signed for the holder, in which words."""

    field_order = (
        "result", "signer", "signed_on", "agent_name", "agent_number", "agent_relation",
        "agent_proof", "self_supporting", "reason", "words",
    )  # fmt: skip

    result = forms.ChoiceField(label="结果", choices=Result.choices)
    signer = forms.ChoiceField(
        label="签收人", choices=[("", "—"), *((str(s), s.label) for s in Signer)], required=False
    )
    signed_on = DayField(
        label="领取日期",
        required=False,
        help_text="签收的行必填",
    )
    self_supporting = forms.BooleanField(
        label="已满 16 周岁，以自己的劳动收入为主要生活来源，本人签收有效（第十一条）",
        required=False,
    )
    reason = forms.ChoiceField(
        label="未领原因", choices=[("", "—"), *((str(u), u.label) for u in Unclaimed)],
        required=False,
    )  # fmt: skip
    words = forms.CharField(
        label="备注", max_length=200, required=False, widget=forms.TextInput(attrs=_QUIET),
        help_text="选“其他”的写明；不要写证件号码",
    )  # fmt: skip

    def __init__(self, *args: Any, since: date, **more: Any) -> None:
        """Nobody signed before the sheet was handed over."""
        super().__init__(*args, **more)
        self.since = since

    def clean_signed_on(self) -> date | None:
        """A day somebody could have signed on, where there is one."""
        on = self.cleaned_data["signed_on"]
        return _signing_day(on, since=self.since, today=self.today) if on else None

    def clean(self) -> dict[str, Any]:
        """A signed row has a signer and a day."""
        given = super().clean() or {}
        if given.get("result") == Result.SIGNED:
            for name in ("signer", "signed_on"):
                if not given.get(name):
                    self.add_error(name, "签收的行要填这一项。")
        if not self.errors:
            signed = given.get("result") == Result.SIGNED
            try:
                self.named = self.agent({given["signer"]} if signed else ())
            except InputError as problem:
                field = "agent_proof" if problem.code == "proof" else "signer"
                self.add_error(field, f"{problem.sentence}。")
        return given

    def entry(self) -> dict[str, object]:
        """This function will make the fields of the row, from a valid form."""
        given = self.cleaned_data
        signed = given["result"] == Result.SIGNED
        fields: dict[str, object] = {
            "result": given["result"],
            "signer": given["signer"] if signed else "",
            "signed_on": given["signed_on"] if signed else None,
            "self_supporting": signed and given["self_supporting"],
            "reason": "" if signed else given["reason"],
            "words": mask_in(given["words"]),
            **self.named.columns(),
        }
        return fields


class ManyFiles(forms.ClearableFileInput):
    """A field for several files at once."""

    allow_multiple_selected = True


class PagesForm(forms.Form):
    """Pictures of pages in their order, from a page on; or the page whose QR was scanned."""

    code = forms.CharField(max_length=80, required=False)
    page = forms.IntegerField(min_value=1, max_value=2000, required=False)
    images = forms.Field(required=False, widget=ManyFiles)


def read_page_images(files: list[Any]) -> list[KeptImage]:
    """This function will check uploaded pictures of pages, one after the other.

    :raises InputError: `image`, naming the file, when one is no picture we keep.
    """
    found = []
    for file in files:
        try:
            found.append(kept_image(file.read(), papers.SIGNED_SHEET_IMAGE))
        except ImageRefused as refused:
            raise InputError("image", f"{file.name}：{refused}") from refused
    return found


class UndoForm(AskedForm):
    """Why a filed row is taken back, and who else signs for it."""

    act_code = "bundle.undo"

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    event = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    words = forms.CharField(
        label="更正原因", max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "请写明更正原因，供日后核查。"},
        help_text="一句话写明怎么登错的，供日后核查",
    )  # fmt: skip
