"""What is asked for a use of the card at an agency, and for an agency's key (Art. 2, 23)."""

import re
from datetime import date

from django import forms

from cardbook.chapters.usage.uses.queries import agencies
from cardbook.chapters.usage.values import Carrier, UseField
from cardbook.registers.choosing import DayField
from cardbook.registers.signing import second_name, second_password

MOST_PER_MINUTE = 6000
_PLAIN = {"autocomplete": "off", "spellcheck": "false"}
_CODE = re.compile(r"[a-z0-9_.]{1,30}")


def _line(label: str, most: int, missing: str, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, help_text=help_text, widget=forms.TextInput(attrs=_PLAIN),
        error_messages={"required": missing},
    )  # fmt: skip


def _choice(label: str, choices: list[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=[("", "请选择"), *choices],
        error_messages={"required": f"请选择{label}。", "invalid_choice": f"请重新选择{label}。"},
    )  # fmt: skip


def _agency() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label="机构", coerce=int,
        error_messages={
            "required": "请选择机构。", "invalid_choice": "没有这个机构，请重新选择。"
        },
    )  # fmt: skip


class _OfAgency(forms.Form):
    """A form that offers the agencies of the day."""

    agency = _agency()

    def offer(self, today: date) -> None:
        """This function will offer the agencies there are on a day."""
        found = [("", "请选择"), *agencies(today=today)]
        self.fields["agency"].choices = found  # type: ignore[attr-defined]


class UseForm(_OfAgency):
    """One use: where, what, in which field, with which card, on which basis, since when."""

    code = _line("事项编码", 30, "请填写编码。", "小写字母、数字、下划线；机构查询时用它写明用途")
    name = _line("事项", 100, "请填写事项名称。", "例如：就医结算")
    field = _choice("领域", UseField.choices)
    carrier = _choice("载体", Carrier.choices)
    basis = _line("依据", 100, "请写明依据的条款或文号。")
    since = DayField(label="启用日")

    def clean_code(self) -> str:
        """Codes travel in addresses: plain letters only."""
        code: str = self.cleaned_data["code"].strip()
        if not _CODE.fullmatch(code):
            raise forms.ValidationError("编码只能用小写字母、数字、下划线和点。")
        return code


class EndForm(forms.Form):
    """From which day a use is over."""

    use = forms.IntegerField(widget=forms.HiddenInput)
    until = DayField(label="停用日")


class KeyForm(_OfAgency):
    """Who gets a key, for what, how long, how often; the security officer signs with his own."""

    title = _line("用于", 100, "请写明用在哪个系统。", "例如：门诊收费系统")
    purposes = _line(
        "事项编码", 300, "请填写至少一个事项编码。", "多个用空格分开；须是该机构在用的事项"
    )
    valid_from = DayField(label="启用日")
    valid_to = DayField(label="失效日", help_text="这一天起不能再用；最长一年")
    per_minute = forms.IntegerField(
        label="每分钟上限", min_value=1, max_value=MOST_PER_MINUTE, initial=60,
        error_messages={"required": "请填写每分钟最多查询几次。"},
    )  # fmt: skip
    second_name = second_name(label="安全管理员用户名", help_text="由安全管理员本人输入")
    second_password = second_password(label="安全管理员密码")

    def clean_purposes(self) -> list[str]:
        """Codes, each once."""
        return list(dict.fromkeys(self.cleaned_data["purposes"].split()))

    def clean(self) -> dict[str, object]:
        """The days in their order, at most a year."""
        given = super().clean() or {}
        since, until = given.get("valid_from"), given.get("valid_to")
        if isinstance(since, date) and isinstance(until, date):
            if until <= since:
                self.add_error("valid_to", "失效日要晚于启用日。")
            elif (until - since).days > 366:
                self.add_error("valid_to", "密钥最长一年，到期换发。")
        return given


class RevokeForm(forms.Form):
    """Which key ends."""

    key_id = forms.IntegerField(widget=forms.HiddenInput)
