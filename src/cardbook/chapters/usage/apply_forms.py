"""What both windows ask for every application: bank, photo, contact, who signs (Art. 4, 25, 26).

What the book knows is not asked again: an empty field keeps it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django import forms

from cardbook.chapters.asked import AskedForm
from cardbook.chapters.signatures import SignatureField
from cardbook.chapters.usage.applying import Photo, Signed
from cardbook.chapters.usage.captured import Captured
from cardbook.chapters.usage.photos import PhotoField, photo_remarks, photo_rule
from cardbook.chapters.usage.reaching import Bank
from cardbook.chapters.usage.values import Delivery, PhotoSource
from cardbook.law import papers
from cardbook.lib.citizen_number import parse
from cardbook.lib.names import parse_name
from cardbook.lib.nations import NATIONS
from cardbook.lib.plain import InputError
from cardbook.lifecycle.facts import IdentityReading, Relation, Signer, Signing
from cardbook.lifecycle.judge import Presented
from cardbook.papers.pictures import KeptImage

_SIGNATURES = frozenset({papers.SIGNATURE_SCREEN, papers.SIGNATURE_PAPER, papers.SIGNATURE_THUMB})
SIGNERS = (Signer.HOLDER, Signer.GUARDIAN)
# What a guardian can be to a holder (Civil Code art. 27, 28): whatever a proxy can but his unit.
GUARDIANS = [(str(one), one.label) for one in Relation if one is not Relation.UNIT]
_OF_GUARDIAN = ("guardian_name", "guardian_number", "guardian_relation")


def line(label: str, *, most: int = 100, help_text: str = "", numeric: bool = False) -> Any:
    """This function will make a field for one line of text that may stay empty."""
    attributes = {"autocomplete": "off", "spellcheck": "false"}
    if numeric:
        attributes["inputmode"] = "numeric"
    return forms.CharField(
        label=label, required=False, max_length=most, help_text=help_text,
        widget=forms.TextInput(attrs=attributes),
    )  # fmt: skip


def _name(text: str) -> str:
    try:
        return parse_name(text).name if text else ""
    except InputError as problem:
        raise forms.ValidationError(f"{problem.sentence}。") from problem


class ApplyForm(AskedForm):
    """The part of the screens that is the same for a first card and for another one."""

    act_code = "application.confirm"
    own_papers = _SIGNATURES | {papers.ID_CARD_ORIGINAL, papers.GUARDIAN_ID}

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    identity = forms.ChoiceField(
        label="证件怎样读取", choices=[(str(r), r.label) for r in IdentityReading], required=False,
        widget=forms.HiddenInput,
    )  # fmt: skip
    bank = forms.TypedChoiceField(
        label="制卡银行", coerce=int,
        error_messages={
            "required": "请选择制卡银行。",
            "invalid_choice": "没有这家银行，请重选。",
        },
    )  # fmt: skip
    phone = forms.RegexField(
        r"^1\d{10}$", label="手机号码", required=False,
        error_messages={"invalid": "请填写 11 位手机号码，不变的留空。"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )  # fmt: skip
    name = line("姓名", most=50)
    bank_name = line("银行写法", most=30, help_text="生僻字按银行约定的替代写法")
    nation = forms.ChoiceField(
        label="民族", choices=[("", "不填"), *NATIONS.items()], required=False
    )
    address = line("联系地址")
    delivery = forms.ChoiceField(label="领卡方式", choices=Delivery.choices, initial="window")
    post_address = line("邮寄地址")
    photo_ok = forms.BooleanField(label="照片", required=False)
    photo = PhotoField(label="新照片")
    photo_compared = forms.BooleanField(
        label="新照片已按框线比对：头部大小合适，白底，正面免冠", required=False
    )
    id_seen = forms.BooleanField(
        label="已查验身份证件原件，人证相符", required=False, initial=True
    )
    signer = forms.ChoiceField(
        label="由谁确认签字", choices=[(str(one), one.label) for one in SIGNERS],
        initial=str(Signer.HOLDER), widget=forms.RadioSelect,
    )  # fmt: skip
    self_supporting = forms.BooleanField(
        label="已满十六周岁，以自己的劳动收入为主要生活来源", required=False
    )
    guardian_name = line("监护人姓名", most=50)
    guardian_number = line("监护人身份证号", most=40)
    guardian_relation = forms.ChoiceField(
        label="监护人与持卡人关系", choices=[("", "请选择"), *GUARDIANS], required=False
    )
    signing = forms.ChoiceField(
        label="签字方式", choices=[(str(s), s.label) for s in Signing], required=False
    )
    signature = SignatureField(label="屏幕签字（PNG 的 data URL）")
    words = line("说明", most=200)

    def __init__(
        self, *args: Any, banks: Sequence[Bank], today: date, photo_digest: str = "",
        **kwargs: Any,
    ) -> None:  # fmt: skip
        """`photo_digest` is the registered photo's; without one the police's is taken."""
        super().__init__(*args, **kwargs)
        self.today, self.photo_digest = today, photo_digest
        self.fields["bank"].choices = [(bank.id, bank.name) for bank in banks]  # type: ignore[attr-defined]
        photo = self.fields["photo"]
        assert isinstance(photo, PhotoField)
        photo.judged_on = today
        self.photo_rule = photo_rule(today)
        photo.help_text = self.photo_rule.words

    def clean_guardian_number(self) -> str:
        """A number as numbers are written."""
        text: str = self.cleaned_data["guardian_number"]
        try:
            return parse(text, today=self.today).number if text else ""
        except InputError as problem:
            raise forms.ValidationError(problem.sentence) from problem

    def clean_guardian_name(self) -> str:
        """A name as names are written."""
        return _name(self.cleaned_data["guardian_name"])

    def clean_name(self) -> str:
        """A name as names are written."""
        return _name(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        """What belongs together: the guardian's three, the parcel's address, a photo confirmed."""
        given = super().clean() or {}
        if given.get("signer") == Signer.GUARDIAN:
            for name in _OF_GUARDIAN:
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, "由监护人确认的，请照监护人的证件填写，并选择关系。")
        if given.get("delivery") == Delivery.POST and not given.get("post_address"):
            self.add_error("post_address", "邮寄的，请填写邮寄地址。")
        if not given.get("photo_ok") and not given.get("photo") and "photo" not in self.errors:
            self.add_error("photo_ok", "请与持卡人核对照片后勾选（按 P），或上传新照片。")
        if given.get("photo") and not given.get("photo_compared"):
            self.add_error("photo_compared", "请对照框线看头部大小、白底、正面免冠，合适的勾选。")
        return given

    def remarks(self) -> tuple[str, ...]:
        """What about a new photo wants a second look, from a valid form; it hinders nothing."""
        image: KeptImage | None = self.cleaned_data.get("photo")
        return photo_remarks(image.content, on=self.today) if image is not None else ()

    def the_photo(self) -> Photo:
        """The photo for the card, from a valid form."""
        image: KeptImage | None = self.cleaned_data["photo"]
        if image is not None:
            return Photo(
                source=PhotoSource.BROUGHT, digest=image.digest, image=image,
                compared=self.cleaned_data["photo_compared"],
            )  # fmt: skip
        if self.photo_digest:
            return Photo(source=PhotoSource.KEPT, digest=self.photo_digest)
        return Photo(source=PhotoSource.POLICE)

    def completed(self, known: Captured) -> Captured:
        """What the book knows with what was entered, from a valid form."""
        given = self.cleaned_data
        return replace(
            known,
            name=given["name"] or known.name,
            bank_name=given["bank_name"] or known.bank_name,
            phone=given["phone"] or known.phone,
            address=given["address"] or known.address,
            nation=given["nation"] or known.nation,
            post_address=given["post_address"] or known.post_address,
            guardian_name=given["guardian_name"] or known.guardian_name,
            guardian_number=given["guardian_number"] or known.guardian_number,
            guardian_relation=given["guardian_relation"] or known.guardian_relation,
        )

    def signed(self) -> Signed:
        """Who confirmed it and how, from a valid form."""
        given, answered = self.cleaned_data, self.answered()
        signer, signing = Signer(given["signer"]), Signing(given["signing"] or Signing.NONE)
        signature: KeptImage | None = given["signature"] if signing is Signing.SCREEN else None
        shown = [*answered.papers]
        if given["id_seen"]:
            of_guardian = signer is Signer.GUARDIAN
            seen = papers.GUARDIAN_ID if of_guardian else papers.ID_CARD_ORIGINAL
            shown.append(Presented(kind=seen.code))
        if signing is not Signing.NONE:
            digest = signature.digest if signature else ""
            shown.append(Presented(kind=f"signature_{signing}", digest=digest))
        return Signed(
            signer=signer, signing=signing, papers=tuple(shown), signature=signature,
            self_supporting=given["self_supporting"], images=answered.images,
        )  # fmt: skip
