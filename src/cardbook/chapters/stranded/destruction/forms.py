"""Turns what is chosen and signed on the pages of destruction into arguments (Art. 19)."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from django import forms

from cardbook.chapters.asked import AskedForm, PictureField
from cardbook.law.papers import DESTRUCTION_PHOTO
from cardbook.law.roles import roles_named
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.pages import ActorRequest, witness_actor
from cardbook.orgs.actors import Actor
from cardbook.papers.pictures import KeptImage
from cardbook.registers.signing import second_name, second_password

# What is photographed first; more are of the place.
_PHOTOS = ("销毁前的全部卡片", "销毁后的残片")


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
    """How many, how, where, pictures of it; two who destroy and one who watches, each signing."""

    act_code = "destruction.carry_out"

    key = _key()
    counted = forms.IntegerField(
        label="实际清点张数", min_value=0,
        error_messages={"required": "请当面清点后填写张数。", "invalid": "请填写整数。"},
        widget=forms.NumberInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    method = _text("销毁方式", "请写明销毁方式。", initial="芯片打孔后整卡粉碎")
    place = _text("销毁地点", "请写明销毁地点。")

    own_papers = frozenset({DESTRUCTION_PHOTO})

    def __init__(self, *args: Any, photos: int, **kwargs: Any) -> None:
        """Add so many pictures as are asked for, and the witness, whom the row asks for."""
        super().__init__(*args, **kwargs)
        roles = roles_named(self.row.witness)
        self.photo_names = [f"photo_{place}" for place in range(1, max(photos, 2) + 1)]
        for name, title in zip_longest(self.photo_names, _PHOTOS, fillvalue="现场"):
            # What is missing is refused by the act, which says how many there must be.
            asked = name in self.photo_names[:photos]
            self.fields[name] = PictureField(
                DESTRUCTION_PHOTO, label=f"上传照片：{title}", is_asked=asked
            )
        self.fields["second_name"].label = "第二销毁人用户名"
        self.fields["second_name"].help_text = "本行另一名柜员，由其本人输入"
        self.fields["second_password"].label = "第二销毁人密码"
        self.fields["witness_name"] = second_name(
            label="监销人用户名", help_text=f"另一机构的{roles}，由其本人输入",
            missing="请由监销人本人输入用户名。",
        )  # fmt: skip
        self.fields["witness_password"] = second_password(
            label="监销人密码", missing="请由监销人本人输入密码。"
        )

    def photos(self) -> list[KeptImage]:
        """This function will list the pictures that were uploaded."""
        return [image for name in self.photo_names if (image := self.cleaned_data[name])]

    def witness(self, request: ActorRequest, second: Actor | None) -> Actor:
        """This function will make the witness's actor.

        :raises Refused: when name and password do not fit.
        """
        with no.signing_as("监销人"):
            return witness_actor(
                self.row,
                username=self.cleaned_data["witness_name"],
                password=self.cleaned_data["witness_password"],
                second=second,
                request=request,
            )
