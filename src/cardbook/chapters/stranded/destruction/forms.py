"""Turns what is chosen and signed on the pages of destruction into arguments (Art. 19)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms

from cardbook.chapters.asked import Answered, AskedForm, PictureField
from cardbook.chapters.screens import second_name, second_password
from cardbook.law.papers import DESTRUCTION_PHOTO
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.pages import ActorRequest, witness_actor
from cardbook.orgs.actors import Actor


def _key() -> forms.CharField:
    return forms.CharField(widget=forms.HiddenInput, max_length=64)


def _text(label: str, required: str, *, initial: str = "", length: int = 100) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=length, initial=initial, error_messages={"required": required},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


class SendForm(AskedForm):
    """To which bank, signed by two."""

    act_code = "destruction.send"

    key = _key()
    bank = forms.TypedChoiceField(
        label="交给银行", coerce=int, error_messages={"required": "请选择制卡银行。"}
    )

    def __init__(self, *args: Any, banks: Sequence[tuple[int, str]] = (), **kwargs: Any) -> None:
        """Offer the banks and their outlets here."""
        super().__init__(*args, **kwargs)
        self.fields["bank"].choices = [("", "请选择"), *banks]  # type: ignore[attr-defined]


class TakeBackForm(AskedForm):
    """Why cards go back; the office that sent them signs."""

    act_code = "destruction.take_back"

    key = _key()
    words = _text("退回原因", "请写明原因，例如：清点时没有此卡。", length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say who signs: somebody of the other side."""
        super().__init__(*args, **kwargs)
        self.fields["second_name"].label = "交出机构签收人用户名"
        self.fields["second_name"].help_text = f"交出机构的{self.asked.second_roles}，由其本人输入"
        self.fields["second_password"].label = "交出机构签收人密码"


class CarryOutForm(AskedForm):
    """How many, how, where; two who destroy and one who watches, each with his own password."""

    act_code = "destruction.carry_out"

    key = _key()
    counted = forms.IntegerField(
        label="实际清点张数", min_value=0,
        error_messages={"required": "请当面清点后填写张数。", "invalid": "请填写整数。"},
        widget=forms.NumberInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    method = _text("销毁方式", "请写明销毁方式。", initial="芯片打孔后整卡粉碎")
    place = _text("销毁地点", "请写明销毁地点。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Add the witness, whom the row asks for."""
        super().__init__(*args, **kwargs)
        roles = "、".join(sorted(role.label for role in self.row.witness))
        more = PictureField(DESTRUCTION_PHOTO, label="再上传一张（销毁后的残片）")
        self.fields["more_photo"] = more
        self.fields["second_name"].label = "第二销毁人用户名"
        self.fields["second_name"].help_text = "本行另一名柜员，由其本人输入"
        self.fields["second_password"].label = "第二销毁人密码"
        self.fields["witness_name"] = second_name(
            label="监销人用户名", help_text=f"另一机构的{roles}，由其本人输入"
        )
        self.fields["witness_password"] = second_password(label="监销人密码")
        self.fields["witness_name"].error_messages["required"] = "请由监销人本人输入用户名。"
        self.fields["witness_password"].error_messages["required"] = "请由监销人本人输入密码。"

    def answered(self) -> Answered:
        """This function will add the second picture to what was shown and kept."""
        answered, more = super().answered(), self.cleaned_data.get("more_photo")
        if more is None:
            return answered
        shown = Presented(kind=DESTRUCTION_PHOTO.code, digest=more.digest)
        return replace(answered, papers=(*answered.papers, shown), images=(*answered.images, more))

    def witness(self, request: ActorRequest, second: Actor | None) -> Actor:
        """This function will make the witness's actor.

        :raises Refused: when name and password do not fit.
        """
        return witness_actor(
            self.row,
            username=self.cleaned_data["witness_name"],
            password=self.cleaned_data["witness_password"],
            second=second,
            request=request,
        )
