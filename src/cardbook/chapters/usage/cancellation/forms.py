"""What is asked when a card is cancelled on request, by people or by an office (Art. 26, 29)."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, ClassVar

from django import forms

from cardbook.chapters.asked import second_fields
from cardbook.chapters.folding import when
from cardbook.chapters.old_boxes import OldBoxField
from cardbook.chapters.usage.cancellation.applicant import (
    FOR_ANOTHER,
    OF_APPLICANT,
    ApplicantFields,
)
from cardbook.chapters.usage.ending_form import EndingForm, Matter, Only
from cardbook.chapters.usage.plastic import came_back, only_what_is_there, plastic_field
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import (
    Asker,
    CancelledOnRequest,
    DeathNoted,
    DeathSource,
    EndReason,
    Found,
    Informant,
    OldCardHandedIn,
    OpenItem,
    OpenMatter,
    Plastic,
)
from cardbook.lifecycle.pages import ActorRequest
from cardbook.orgs.actors import Actor
from cardbook.registers.choosing import DayField

DEATH = "holder.note_death"
# What only others know; the rest the book answers itself (Art. 29; domain.md R29.4).
ASKED = (OpenMatter.BENEFITS, OpenMatter.DEPOSIT, OpenMatter.SUBSIDY)
_TELLERS = tuple(one for one in Informant if one is not Informant.BOOK)
_PLAIN = {"autocomplete": "off"}


def said_name(matter: OpenMatter) -> str:
    """This function will name the field that says whose word it is."""
    return f"{matter}_said_by"


def _reason_field(*reasons: EndReason) -> forms.ChoiceField:
    return forms.ChoiceField(
        label="注销原因", choices=[(str(one), one.label) for one in reasons],
        widget=forms.RadioSelect, error_messages={"required": "请选择注销原因。"},
    )  # fmt: skip


class _EndForm(EndingForm):
    """What every cancellation asks: since when dead, which other card, what still runs."""

    died_on = DayField(
        label="死亡日期", required=False,
        help_text="只在因死亡注销、台账还没有登记死亡时填写：照证明填，与注销一并登记",
    )  # fmt: skip
    other_card = forms.CharField(
        label="另一张卡的卡号", max_length=20, required=False,
        widget=forms.TextInput(attrs=_PLAIN),
        help_text="只在一人多卡、台账查不到第二张、省系统又没有应答时填写：照省系统页面抄录",
    )  # fmt: skip
    plastic = plastic_field()
    box = OldBoxField()
    words = forms.CharField(
        label="说明", max_length=200, required=False, widget=forms.TextInput(attrs=_PLAIN),
        help_text="选“其他”的请写明",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask after each matter that only others know, and who said so."""
        super().__init__(*args, **kwargs)
        asked: list[str] = []
        for matter in ASKED:
            self.fields[str(matter)] = forms.ChoiceField(
                label=matter.label, choices=[(str(one), one.label) for one in Found],
                widget=forms.RadioSelect,
                error_messages={"required": f"请问明“{matter.label}”后选择。"},
            )  # fmt: skip
            self.fields[said_name(matter)] = forms.ChoiceField(
                label=f"{matter.label}：谁说的",
                choices=[(str(one), one.label) for one in _TELLERS],
            )
            asked += [str(matter), said_name(matter)]
        self.order_fields(
            [
                "key",
                "asker",
                *OF_APPLICANT,
                "reason",
                "died_on",
                "other_card",
                "plastic",
                "box",
                *asked,
                "words",
            ]
        )

    @cached_property
    def matters(self) -> Sequence[Matter]:
        """A row for each matter that only others know."""
        return [
            Matter(title=matter.label, found=self[str(matter)], said_by=self[said_name(matter)])
            for matter in ASKED
        ]

    def clean(self) -> dict[str, object]:
        """ "Other" is said in words; a death is for a card that dies of it."""
        given = super().clean() or {}
        if given.get("reason") == EndReason.OTHER and not given.get("words", "").strip():
            self.add_error("words", "选了“其他”，请写明原因。")
        if given.get("died_on") and given.get("reason") not in (None, EndReason.DEATH):
            self.add_error("died_on", "只有因死亡注销才填死亡日期；请核对注销原因。")
        return given

    def facts(self) -> CancelledOnRequest:
        """Who asked and why, an office where no form asks; the command adds what others know."""
        given = self.cleaned_data
        return CancelledOnRequest(
            asker=Asker(given.get("asker", Asker.OFFICE)),
            reason=EndReason(given["reason"]),
            plastic=Plastic(given["plastic"]),
            open_items=tuple(
                OpenItem(
                    item=matter, state=Found(given[matter]),
                    said_by=Informant(given[said_name(matter)]),
                )
                for matter in ASKED
            ),
            died_on=given["died_on"],
            other_card=given["other_card"].strip().upper(),
            words=given["words"].strip(),
        )  # fmt: skip

    def handed_in(self) -> OldCardHandedIn | None:
        """The card that was brought along, taken in as well; nothing without one."""
        return came_back(self.cleaned_data)

    def death(self) -> DeathNoted | None:
        """The death that is recorded along with it, if one is."""
        day = self.cleaned_data["died_on"]
        if day is None:
            return None
        return DeathNoted(died_on=day, source=DeathSource.CERTIFICATE, words="随注销登记")


class CancelForm(ApplicantFields, _EndForm):
    """Asked for by the holder, his guardian or successor."""

    act_code = "card.cancel"
    # A death that is recorded along with it is signed by a second person.
    only_with: ClassVar[Mapping[str, Only]] = {
        **_EndForm.only_with,
        **dict.fromkeys(("second_name", "second_password"), _EndForm.only_with["died_on"]),
        **dict.fromkeys(OF_APPLICANT, when("asker", *FOR_ANOTHER)),
    }

    asker = forms.ChoiceField(
        label="申请人",
        choices=[(str(one), one.label) for one in Asker if one is not Asker.OFFICE],
        widget=forms.RadioSelect, initial=str(Asker.HOLDER),
    )  # fmt: skip
    reason = _reason_field(
        EndReason.WISH, EndReason.DEATH, EndReason.EMIGRATION, EndReason.DUPLICATE, EndReason.OTHER
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        """A death that is recorded along with it is signed by a second person."""
        super().__init__(*args, **kwargs)
        self.today = today
        signing = second_fields(act(DEATH))
        for field in signing.values():
            field.required = False
        signing["second_name"].help_text = "只在一并登记死亡时由复核人本人输入"
        self.fields.update(signing)
        for name in OF_APPLICANT:
            self.fields[name].is_asked = True  # type: ignore[attr-defined] # read by field.html

    def clean(self) -> dict[str, object]:
        """Who asks for another says who he is; who records a death signs with somebody."""
        given = super().clean()
        self.clean_applicant(given, today=self.today)
        for name, what in (("second_name", "用户名"), ("second_password", "密码")):
            if given.get("died_on") and not given.get(name):
                self.add_error(name, f"一并登记死亡的，请由复核人本人输入{what}。")
        return given

    def second(self, request: ActorRequest) -> Actor | None:
        """Whoever signs for the death; nobody without one."""
        if self.cleaned_data["died_on"] is None:
            return None
        return self.signed_second(act(DEATH), request)


class UnissuedForm(CancelForm):
    """The same for a card nobody fetched: it is taken from its shelf, the act itself moves it."""

    act_code = "card.cancel_unissued"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The card is there: only its condition is asked, and no box for old cards."""
        super().__init__(*args, **kwargs)
        del self.fields["box"]
        only_what_is_there(self.fields["plastic"])

    def handed_in(self) -> OldCardHandedIn | None:
        """Nothing: nobody brings what he was never given."""
        return None


class OfficeForm(_EndForm):
    """Done by an office on a letter or a list."""

    act_code = "card.cancel_by_office"

    reason = _reason_field(
        EndReason.DEATH, EndReason.EMIGRATION, EndReason.DUPLICATE, EndReason.OTHER
    )
