"""Before whole numbers of many people leave: what for, and of very many who else agrees (Art. 32).

Below the first number of rows nobody is asked anything. What is masked, as on the screen, and
registers without people pass; the numbers are the city's (`law/parameters.toml`).
"""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest

from cardbook.law.parameters import quoted, whole_number
from cardbook.law.roles import Role, roles_named
from cardbook.lib.clock import full_years
from cardbook.orgs.actors import Actor, actors_of
from cardbook.orgs.models import User
from cardbook.registers.forms import Sheet
from cardbook.registers.registry import Register
from cardbook.registers.signing import second_name, second_password

# The day of birth in a whole document number.
_BORN = re.compile(r"(?<!\d)[1-9]\d{5}(\d{4})(\d{2})(\d{2})\d{3}[\dX](?!\d)")
# Who agrees to a long sheet; never whoever takes it out.
APPROVERS = frozenset({Role.CITY_MANAGER, Role.COUNTY_MANAGER, Role.REVIEWER})
# Tells who a name and a password belong to; `config/wiring.py` brings the one of the house.
Signer = Callable[[HttpRequest, str, str], User]


class NotApproved(Exception):
    """Nobody who may agree has signed; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What a sheet leaves for, and who agreed besides; both empty for a short one."""

    purpose: str = ""
    second: Actor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What has to be said before a sheet leaves: the purpose where there is a warning."""

    warning: str = ""
    second: bool = False


def needs_of(sheet: Sheet, register: Register, *, on: date) -> Needs:
    """This function will say what a sheet with whole numbers needs before it leaves.

    Of children somebody else agrees sooner: theirs are sensitive data whatever is written of them.
    """
    rows = len(sheet.rows) if register.hides_numbers else 0
    children = _children(sheet, on=on) if rows else 0
    if children > whole_number("export_child_approve_rows", on=on):
        said = f"有 {children} 行是不满 {quoted('sensitive_age', on=on)}的未成年人"
        over = quoted("export_child_approve_rows", on=on)
        return Needs(warning=_warning(said, over, second=True), second=True)
    if rows <= whole_number("export_warn_rows", on=on):
        return Needs()
    second = rows > whole_number("export_approve_rows", on=on)
    over = quoted("export_approve_rows" if second else "export_warn_rows", on=on)
    return Needs(warning=_warning(f"{rows} 行", over, second=second), second=second)


def _warning(said: str, over: str, *, second: bool) -> str:
    more = "请写明用途，并由另一人核实同意" if second else "请写明用途"
    return f"本表 {said}，写有个人的完整号码，超过 {over}：{more}，记入台账。"


def _children(sheet: Sheet, *, on: date) -> int:
    """How many rows have a whole number of somebody whose data are sensitive for his age."""
    age = whole_number("sensitive_age", on=on)
    return sum(any(_is_younger(cell, age, on=on) for cell in row) for row in sheet.rows)


def _is_younger(cell: str, age: int, *, on: date) -> bool:
    for year, month, day in _BORN.findall(cell):
        with suppress(ValueError):
            if full_years(date(int(year), int(month), int(day)), on=on) < age:
                return True
    return False


class ReleaseForm(forms.Form):
    """What for, and the name and password of whoever agrees: only what is needed is asked."""

    purpose = forms.CharField(
        label="用途", max_length=100,
        help_text="例如：送XX社区签字盖章存档。不要写证件号码",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "请写明用途。"},
    )  # fmt: skip
    approver_name = second_name(
        label="同意人用户名", help_text=roles_named(APPROVERS),
        missing="请由同意的人输入用户名。",
    )  # fmt: skip
    approver_password = second_password(label="同意人密码", missing="请由同意的人输入密码。")

    def __init__(self, data: Any = None, *, needs: Needs) -> None:
        """Ask for no more than the sheet needs."""
        super().__init__(data)
        self.warning = needs.warning
        if not needs.warning:
            del self.fields["purpose"]
        if not needs.second:
            del self.fields["approver_name"], self.fields["approver_password"]

    def release(self, request: HttpRequest, *, by: Actor, on: date, signer: Signer) -> Release:
        """This function will make what is recorded, of a valid form.

        :raises NotApproved: when whoever signed may not agree.
        """
        given = self.cleaned_data
        second = None
        if "approver_name" in given:
            user = signer(request, given["approver_name"], given["approver_password"])
            second = _approver(user, by=by, on=on)
        return Release(purpose=given.get("purpose", ""), second=second)


def _approver(user: User, *, by: Actor, on: date) -> Actor:
    """The post in which a person agrees: of the county, or of the city.

    :raises NotApproved: when he is the one who takes it out, or has no such post.
    """
    if user.pk == by.user_id:
        raise NotApproved("经办人和同意人是同一个人，请由另一人输入用户名和密码。")
    for one in actors_of(user, on=on):
        reaches = one.role is Role.CITY_MANAGER or by.county_path.startswith(one.county_path)
        if one.role in APPROVERS and reaches:
            return one
    roles = roles_named(APPROVERS)
    raise NotApproved(f"{user.get_full_name()}不能同意此表，请由本县区或市局的{roles}输入。")
