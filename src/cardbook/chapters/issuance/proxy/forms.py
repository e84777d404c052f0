"""Turns what the screen of a proxy or guardian sends into facts (Art. 10, 11, 12).

Papers come from the row of the act; `mandate_forms.py` beside it has the paper itself.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from django import forms

from cardbook.chapters.approving import ApprovalForm
from cardbook.chapters.asked import PictureField
from cardbook.chapters.collecting import OldCardFate, read_old_card
from cardbook.chapters.issuance.proxy.commands import Charge, Comer, HandOver
from cardbook.chapters.issuance.proxy.scanning import opened
from cardbook.chapters.mandates import SCOPES, Matter
from cardbook.chapters.old_boxes import OldBoxField
from cardbook.chapters.representatives import MandateTerms
from cardbook.chapters.signatures import NameField, SignatureField, card_number_in
from cardbook.chapters.typed_numbers import SecondLook
from cardbook.law import papers
from cardbook.lifecycle.facts import (
    CardIssued,
    IdentityReading,
    ProxyReason,
    Relation,
    Signing,
)
from cardbook.lifecycle.guards.issuing import GUARDIANS_OF_ADULTS, GUARDIANS_OF_MINORS
from cardbook.lifecycle.judge import Presented
from cardbook.papers.pictures import KeptImage
from cardbook.registers.choosing import DayField

HOLDER_SIGNINGS = ((str(Signing.PAPER), "签名"), (str(Signing.THUMB), "按手印"))
SCOPE = SCOPES[Matter.PICK_UP]
_SIGNATURES = frozenset({papers.SIGNATURE_SCREEN, papers.SIGNATURE_PAPER, papers.SIGNATURE_THUMB})
PROXY_RELATIONS = (
    Relation.SPOUSE, Relation.PARENT, Relation.CHILD, Relation.GRANDPARENT, Relation.GRANDCHILD,
    Relation.SIBLING, Relation.UNIT, Relation.COMMITTEE, Relation.OTHER,
)  # fmt: skip
GUARDIAN_RELATIONS = tuple(one for one in PROXY_RELATIONS if one is not Relation.UNIT)


def refuse_unwitnessed(form: forms.Form, given: Mapping[str, Any]) -> None:
    """This function will ask for the name of who saw a thumb print made."""
    thumb = given.get("holder_signing") == Signing.THUMB
    if thumb and not given.get("witness") and "witness" not in form.errors:
        form.add_error("witness", "按手印的委托书，请照委托书填写见证人姓名。")


class ComeForm(SecondLook):
    """What is the same for proxies and guardians: who came, the card, the signature."""

    own_papers = _SIGNATURES

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    card = forms.IntegerField(min_value=1, max_value=2**62, widget=forms.HiddenInput)
    agent = forms.CharField(max_length=2000, widget=forms.HiddenInput)
    # How the scan being sent was read; of who came it is sealed with his number.
    identity = forms.ChoiceField(
        choices=[(str(r), r.label) for r in IdentityReading],
        required=False,
        widget=forms.HiddenInput,
    )
    name = NameField(label="姓名", error_messages={"required": "请照证件填写姓名。"})
    phone = forms.RegexField(
        r"^1\d{10}$", label="联系电话", required=False,
        error_messages={"invalid": "请填写 11 位手机号码，没有的留空。"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )  # fmt: skip
    scanned = forms.CharField(required=False, max_length=40)
    number_again = forms.CharField(required=False, max_length=40)
    original_seen = forms.BooleanField(
        label="已查验来人身份证件原件", required=False, initial=True
    )
    face_person = forms.BooleanField(
        label="人证相符：来人与证件照片一致", required=False, initial=True
    )
    face_card = forms.BooleanField(label="卡面信息与持卡人证件一致", required=False, initial=True)
    reads = forms.BooleanField(label="卡片完好，能读写", required=False, initial=True)
    signing = forms.ChoiceField(choices=[(str(s), s.label) for s in Signing], required=False)
    signature = SignatureField()
    words = forms.CharField(
        label="说明", max_length=200, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    old_card = forms.ChoiceField(
        label="旧卡", required=False, widget=forms.RadioSelect,
        choices=[*((str(f), f.label) for f in OldCardFate), ("", "没有收回")],
    )  # fmt: skip
    old_card_id = forms.IntegerField(
        required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput
    )
    old_card_box = OldBoxField()

    STATEMENTS = ("original_seen", "face_person", "face_card", "reads")

    def clean_agent(self) -> Comer:
        """Who came, as sealed when his document was read."""
        comer = opened(self.cleaned_data["agent"])
        if comer is None:
            raise forms.ValidationError("请重新扫描来人的身份证。")
        return comer

    def comer(self) -> Comer:
        """Who came, from a valid form."""
        given = self.cleaned_data
        seen: Comer = given["agent"]
        return replace(seen, name=given["name"], phone=given["phone"])

    def signed(self) -> Signing:
        """How he signed."""
        return Signing(self.cleaned_data["signing"] or Signing.NONE)

    def hand_over(self) -> HandOver:
        """Card, statements, papers and pictures, from a valid form."""
        given, signing = self.cleaned_data, self.signed()
        signature: KeptImage | None = given["signature"] if signing is Signing.SCREEN else None
        answered = self.answered()
        shown = [*answered.papers, *self.more_papers()]
        if signing is not Signing.NONE:
            digest = signature.digest if signature else ""
            shown.append(Presented(kind=f"signature_{signing}", digest=digest))
        kinds = {paper.kind for paper in shown}
        copies = {papers.ID_CARD_IMAGE.code: "image", papers.ID_CARD_COPY.code: "paper"}
        return HandOver(
            card_id=given["card"],
            given=CardIssued(
                way="window",
                identity=given["agent"].identity,
                original_seen=given["original_seen"],
                face_matches=given["face_person"] and given["face_card"],
                reads=given["reads"],
                scanned=card_number_in(given["scanned"]),
                signing=signing,
                signature=signature.digest if signature else "",
                copy_kept=next((word for kind, word in copies.items() if kind in kinds), ""),
                self_supporting=bool(given.get("self_supporting")),
            ),
            papers=tuple(shown),
            told=answered.told,
            images=(*answered.images, *((signature,) if signature else ()), *self.more_images()),
            old_card=read_old_card(given),
            again=given["number_again"],
        )

    def more_papers(self) -> tuple[Presented, ...]:
        """Papers a form has fields of its own for."""
        return ()

    def more_images(self) -> tuple[KeptImage, ...]:
        """Pictures a form has fields of its own for."""
        return ()


class ProxyForm(ApprovalForm, ComeForm):
    """A proxy: why the holder does not come, what he is to him, the mandate (Art. 10)."""

    act_code = "card.issue_proxy"
    own_papers = _SIGNATURES | {papers.MANDATE}

    reason = forms.ChoiceField(
        label="本人不来的原因", choices=[(str(r), r.label) for r in ProxyReason],
        widget=forms.RadioSelect, initial=str(ProxyReason.AWAY),
        error_messages={"required": "请选择本人不能来的原因。"},
    )  # fmt: skip
    relation = forms.ChoiceField(
        label="代领人是持卡人的", choices=[(str(r), r.label) for r in PROXY_RELATIONS],
        widget=forms.RadioSelect, error_messages={"required": "请选择代领人与持卡人的关系。"},
    )  # fmt: skip
    mandate = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    mandate_seen = forms.BooleanField(
        label="已查验委托书原件，有持卡人签名或手印", required=False, initial=True
    )
    mandate_image = PictureField(papers.MANDATE, label="委托书影像（选传）")
    since = DayField(label="委托期限自", required=False)
    until = DayField(label="至", required=False)
    signed_on = DayField(label="签署日期", required=False)
    holder_signing = forms.ChoiceField(
        label="委托人", choices=HOLDER_SIGNINGS, required=False, widget=forms.RadioSelect,
        initial=str(Signing.PAPER),
    )  # fmt: skip
    witness = NameField(label="见证人姓名", required=False)
    self_supporting = forms.BooleanField(
        label="持卡人已满十六周岁，以自己的劳动收入为主要生活来源", required=False
    )

    def clean(self) -> dict[str, Any]:
        """A mandate on file, or its three dates as the paper has them."""
        given = super().clean() or {}
        if given.get("mandate"):
            return given
        for name, what in (("since", "起始日"), ("until", "截止日"), ("signed_on", "签署日")):
            if name not in self.errors and not given.get(name):
                self.add_error(name, f"请照委托书填写{what}，或扫委托书上的二维码。")
        if given.get("since") and given.get("until") and given["until"] < given["since"]:
            self.add_error("until", "截止日早于起始日，请照委托书填写。")
        refuse_unwitnessed(self, given)
        return given

    def charge(self) -> Charge:
        """Why and how the holder sent him, from a valid form."""
        given = self.cleaned_data
        image: KeptImage | None = given["mandate_image"]
        terms = None
        if not given["mandate"]:
            terms = MandateTerms(
                since=given["since"], until=given["until"], signed_on=given["signed_on"],
                reason=given["reason"], relation=given["relation"], scope=SCOPE,
                paper_digest=image.digest if image else "",
                signing=Signing(given["holder_signing"] or Signing.PAPER),
                witness=given["witness"],
            )  # fmt: skip
        return Charge(
            mandate=terms or given["mandate"], reason=ProxyReason(given["reason"]),
            relation=Relation(given["relation"]), words=given["words"],
        )  # fmt: skip

    def more_papers(self) -> tuple[Presented, ...]:
        """The mandate itself, with its picture where one was taken."""
        image: KeptImage | None = self.cleaned_data["mandate_image"]
        if not (self.cleaned_data["mandate_seen"] or image):
            return ()
        return (Presented(kind=papers.MANDATE.code, digest=image.digest if image else ""),)

    def more_images(self) -> tuple[KeptImage, ...]:
        """The picture of the mandate."""
        image = self.cleaned_data["mandate_image"]
        return (image,) if image else ()


class _Relations(forms.RadioSelect):
    """The relations, each at its digit; who can be nobody's guardian here cannot be chosen."""

    unfit: Mapping[str, str] = MappingProxyType({})

    def create_option(self, *args: Any, **more: Any) -> dict[str, Any]:
        """The option, greyed with its reason where it does not fit."""
        option: dict[str, Any] = super().create_option(*args, **more)
        if why := self.unfit.get(str(option["value"])):
            option["attrs"] |= {"disabled": True, "title": why}
        return option


class GuardianForm(ComeForm):
    """A guardian: what he is to the holder and what proves it; no copies are kept (Art. 11)."""

    act_code = "card.issue_guardian"

    relation = forms.ChoiceField(
        label="监护人是持卡人的", choices=[(str(r), r.label) for r in GUARDIAN_RELATIONS],
        widget=_Relations, error_messages={"required": "请选择监护人与持卡人的关系。"},
    )  # fmt: skip
    incapacitated = forms.BooleanField(
        label="持卡人是无（限制）民事行为能力的成年人", required=False,
        widget=forms.CheckboxInput(attrs={"data-key": "N"}),
    )  # fmt: skip

    def offer_guardians_of(self, *, minor: bool) -> None:
        """This function will let only who may be guardian of such a holder be chosen."""
        order = GUARDIANS_OF_MINORS if minor else GUARDIANS_OF_ADULTS
        fit = {relation for ones in order for relation in ones}
        whose = "未成年人" if minor else "成年人"
        widget = self.fields["relation"].widget
        widget.unfit = {
            str(one): f"{one.label}不能担任{whose}的监护人，请核对关系（第十一条）。"
            for one in GUARDIAN_RELATIONS
            if one not in fit
        }

    def relation_of(self) -> Relation:
        """What he is to the holder, from a valid form."""
        return Relation(self.cleaned_data["relation"])

    def proof(self) -> str:
        """The kind of paper that showed the relation, "" when none did."""
        kinds = {kind.code for kind in papers.GUARDIAN_PICK_UP.groups[1]}
        return next((one.kind for one in self.answered().papers if one.kind in kinds), "")
