"""What is asked when temporary cards come in, go out and come back (Art. 27)."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from django import forms

from cardbook.chapters.approving import ApprovalForm
from cardbook.chapters.folding import FoldingForm, Only, when
from cardbook.chapters.usage.asking import CardForm, unreadable, words_field
from cardbook.chapters.usage.errands import Said
from cardbook.lib.masking import mask_in
from cardbook.lifecycle.facts import (
    BorrowerDunned,
    Channel,
    DunResult,
    ProxyReason,
    Relation,
    Signer,
    Signing,
    TemporaryCardExcused,
    TemporaryCardExtended,
    TemporaryCardLost,
    TemporaryCardTakenBack,
    TemporaryCardVoided,
)
from cardbook.lifecycle.pages import ActorRequest
from cardbook.orgs.actors import Actor
from cardbook.registers.choosing import DayField

MOST_AT_ONCE = 500
_PLAIN = {"autocomplete": "off"}
# A notice on a wall names somebody who owes a card; that is not how one asks for it (Art. 32).
_ASKED_BY = (Channel.CALL, Channel.SMS, Channel.WECHAT, Channel.VISIT)
_OF_COMER = ("comer_name", "comer_number", "relation")
_OF_MANDATE = ("mandate_reason", "mandate_signed_on", "mandate_until")


class StockForm(forms.Form):
    """Numbers as they are scanned, one on each line, and the box they lie in."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    box = forms.CharField(
        label="盒号", max_length=20, widget=forms.TextInput(attrs=_PLAIN),
        error_messages={"required": "请填写盒号。"},
    )  # fmt: skip
    numbers = forms.CharField(
        label="临时卡号", widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        help_text=f"逐张扫描，一行一个；一次最多 {MOST_AT_ONCE} 张",
        error_messages={"required": "请扫描临时卡号。"},
    )  # fmt: skip

    def clean_numbers(self) -> list[str]:
        """Each number once, in the order of scanning; what cannot be a number is named."""
        lines = [line.strip().upper() for line in self.cleaned_data["numbers"].splitlines()]
        numbers = [line for line in lines if line]
        for row, number in enumerate(numbers, start=1):
            if not number.isalnum() or not number.isascii() or len(number) > 20:
                raise forms.ValidationError(
                    f"第 {row} 行“{number[:30]}”不是临时卡号，请重新扫描。"
                )
        twice = sorted({one for one in numbers if numbers.count(one) > 1})
        if twice:
            raise forms.ValidationError(f"重复扫描：{'、'.join(twice[:10])}，请删去多余的行。")
        if len(numbers) > MOST_AT_ONCE:
            raise forms.ValidationError(
                f"共 {len(numbers)} 张，一次最多 {MOST_AT_ONCE} 张，请分次入库。"
            )
        return numbers


class LendForm(ApprovalForm, FoldingForm, CardForm):
    """Which card goes out, and that its borrower signed; beyond a proxy's year who approves."""

    act_code = "temporary.lend"
    only_with: ClassVar[Mapping[str, Only]] = {
        "self_supporting": when("received_by", Signer.HOLDER),
        **dict.fromkeys(
            ("comer_name", "comer_number", "relation", "words"),
            when("received_by", Signer.PROXY, Signer.GUARDIAN),
        ),
        "incapacitated": when("received_by", Signer.GUARDIAN),
        "image_signature_screen": when(
            "paper_signature_paper_signature_screen_signature_thumb", "signature_screen"
        ),
        **dict.fromkeys(
            ("approver_name", "approver_password", *_OF_MANDATE), when("received_by", Signer.PROXY)
        ),
    }

    number = forms.CharField(
        label="扫描临时卡号", max_length=20,
        widget=forms.TextInput(attrs={**_PLAIN, "autofocus": "autofocus"}),
        error_messages={"required": "请扫描要发出的临时卡。"},
    )  # fmt: skip
    received_by = forms.ChoiceField(
        label="领取人", choices=[(str(one), one.label) for one in Signer],
        widget=forms.RadioSelect, initial=str(Signer.HOLDER),
    )  # fmt: skip

    self_supporting = forms.BooleanField(
        label="持卡人已满十六周岁，以自己的劳动收入为主要生活来源（已查验）", required=False
    )
    comer_name = forms.CharField(
        label="代领人或监护人姓名", max_length=50, required=False,
        widget=forms.TextInput(attrs=_PLAIN),
    )  # fmt: skip
    comer_number = forms.CharField(
        label="代领人或监护人证件号码", max_length=30, required=False,
        widget=forms.TextInput(attrs=_PLAIN),
    )  # fmt: skip
    relation = forms.ChoiceField(
        label="与持卡人关系", choices=[("", "请选择"), *((str(r), r.label) for r in Relation)],
        required=False,
    )  # fmt: skip
    mandate_reason = forms.ChoiceField(
        label="不能亲自办理的原因", required=False,
        choices=[("", "请选择"), *((str(one), one.label) for one in ProxyReason)],
        help_text="委托书已经登记的，这三项可以不填",
    )  # fmt: skip
    mandate_signed_on = DayField(label="委托书签署日期", required=False)
    mandate_until = DayField(label="委托期限至", required=False)
    incapacitated = forms.BooleanField(
        label="持卡人是无（限制）民事行为能力的成年人", required=False
    )
    words = forms.CharField(
        label="说明", max_length=200, required=False, widget=forms.TextInput(attrs=_PLAIN),
        help_text="后顺位的监护人来领的，写明为何不由前一顺位监护",
    )  # fmt: skip

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        """Ask last for what only somebody else's coming needs: the usual keys stay the usual."""
        super().__init__(*args, **kwargs)
        self.today = today
        for name in (
            "self_supporting", "comer_name", "comer_number", "relation", *_OF_MANDATE,
            "incapacitated", "words", "approver_name", "approver_password",
        ):  # fmt: skip
            self.fields[name] = self.fields.pop(name)
        for name in _OF_COMER:
            self.fields[name].is_asked = True  # type: ignore[attr-defined] # read by field.html

    def clean(self) -> dict[str, Any]:
        """Whoever comes for somebody else says who he is."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("received_by") == Signer.HOLDER:
            return given
        for name in _OF_COMER:
            if not given.get(name) and name not in self.errors:
                self.add_error(name, f"由他人领取的，请填写{self.fields[name].label}。")
        if number := given.get("comer_number"):
            name = given.get("comer_name") or "无名"
            if why := unreadable(number=number, name=name, today=self.today):
                self.add_error("comer_number", why)
        if given.get("received_by") == Signer.PROXY:
            self._clean_mandate(given)
        return given

    def _clean_mandate(self, given: dict[str, Any]) -> None:
        """A paper shown now is told whole; one on file need not be told again."""
        told = [name for name in _OF_MANDATE if given.get(name)]
        for name in _OF_MANDATE if told else ():
            if not given.get(name) and name not in self.errors:
                self.add_error(name, f"照委托书填写{self.fields[name].label}。")
        if len(told) == len(_OF_MANDATE) and given["mandate_until"] < given["mandate_signed_on"]:
            self.add_error("mandate_until", "委托期限早于签署日期，请照委托书填写。")

    def said(self) -> Said | None:
        """What the paper of whoever comes says; None when none was told, or none is needed."""
        given = self.cleaned_data
        if given["received_by"] != Signer.PROXY or not given["mandate_until"]:
            return None
        return Said(
            number=given["comer_number"], name=given["comer_name"], relation=given["relation"],
            reason=given["mandate_reason"], signed_on=given["mandate_signed_on"],
            until=given["mandate_until"],
        )  # fmt: skip

    def second(self, request: ActorRequest) -> Actor | None:
        """The county's manager, where he signed for a proxy whose year is full (Art. 10)."""
        if self.cleaned_data["received_by"] != Signer.PROXY:
            return None
        return self.approver(request)

    def signing(self) -> Signing:
        """How the register was signed: by what paper was shown for it."""
        kinds = {one.kind for one in self.answered().papers}
        if "signature_screen" in kinds:
            return Signing.SCREEN
        if "signature_thumb" in kinds:
            return Signing.THUMB
        return Signing.PAPER if "signature_paper" in kinds else Signing.NONE

    def signature(self) -> str:
        """The digest of the picture of a signature on the screen."""
        found = (one.digest for one in self.answered().papers if one.kind == "signature_screen")
        return next(found, "")


class ExtendForm(CardForm):
    """Until when, and why longer."""

    act_code = "temporary.extend"

    valid_until = DayField(label="延期到")
    words = words_field("原因", missing="请写明新卡为何没有按期做好。")

    def facts(self) -> TemporaryCardExtended:
        """The new last day."""
        given = self.cleaned_data
        until: date = given["valid_until"]
        return TemporaryCardExtended(valid_until=until, words=given["words"].strip())


class TakeBackForm(CardForm):
    """In what condition it came back."""

    act_code = "temporary.take_back"

    sound = forms.BooleanField(label="卡片完好", required=False, initial=True)

    def facts(self) -> TemporaryCardTakenBack:
        """Back, sound or not."""
        return TemporaryCardTakenBack(sound=self.cleaned_data["sound"])


class DunForm(CardForm):
    """By which way its borrower was asked, with what result, when to ask again."""

    act_code = "temporary.dun"

    channel = forms.ChoiceField(label="催还方式", choices=[(str(o), o.label) for o in _ASKED_BY])
    result = forms.ChoiceField(label="结果", choices=[(str(o), o.label) for o in DunResult])
    words = words_field("说明")
    again_on = DayField(label="再次催还日", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Nothing is said that names somebody: it stays in the book for good (Art. 32)."""
        super().__init__(*args, **kwargs)
        self.fields["words"].help_text = "不写姓名、号码"

    def clean_words(self) -> str:
        """A number typed here is hidden."""
        return mask_in(self.cleaned_data["words"]).strip()

    def facts(self) -> BorrowerDunned:
        """One attempt."""
        given = self.cleaned_data
        return BorrowerDunned(
            channel=Channel(given["channel"]), result=DunResult(given["result"]),
            words=given["words"], again_on=given["again_on"],
        )  # fmt: skip


class LoseForm(CardForm):
    """How it was lost."""

    act_code = "temporary.lose"

    words = words_field("遗失经过", missing="请写明何时、怎样遗失。")

    def facts(self) -> TemporaryCardLost:
        """Lost and stopped."""
        return TemporaryCardLost(words=self.cleaned_data["words"].strip())


class ExcuseForm(CardForm):
    """Why the new card is handed over first."""

    act_code = "temporary.excuse"

    words = words_field("理由", missing="请写明为何不能先还临时卡。")

    def facts(self) -> TemporaryCardExcused:
        """Two people say why."""
        return TemporaryCardExcused(words=self.cleaned_data["words"].strip())


class VoidForm(CardForm):
    """What is wrong with it."""

    act_code = "temporary.void"

    words = words_field("损坏情形", missing="请写明损坏的情形。")

    def facts(self) -> TemporaryCardVoided:
        """Out of stock for good."""
        return TemporaryCardVoided(words=self.cleaned_data["words"].strip())
