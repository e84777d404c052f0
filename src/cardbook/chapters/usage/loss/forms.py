"""Reads what the operator ticks and writes while he listens (Art. 28)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms

from cardbook.chapters.asked import AskedForm
from cardbook.chapters.usage.errand_forms import OF_AGENT, OF_NAME, AgentFields, AgentName
from cardbook.chapters.usage.loss.commands import Charge, Comer, Heard, Shown
from cardbook.chapters.usage.loss.list_queries import ORDERS
from cardbook.chapters.usage.loss.list_rows import STATES
from cardbook.chapters.usage.loss.outside import LOST, MATTERS
from cardbook.chapters.usage.loss.outside_commands import OutsideCard
from cardbook.chapters.usage.loss.questions import CALLERS, Question
from cardbook.law.notices import LOSS, Notice
from cardbook.law.papers import AGENT_ID
from cardbook.law.roles import Role
from cardbook.lifecycle.facts import RequestChannel, Signer
from cardbook.orgs.actors import Actor

_BARE = {"autocomplete": "off", "spellcheck": "false"}
_CHANNELS = {
    Role.HOTLINE_OPERATOR: RequestChannel.HOTLINE,
    Role.BANK_TELLER: RequestChannel.BANK,
}
_HEARD = frozenset({"caller", "questions", "document_seen", "call", "words"})


def channel_of(by: Actor) -> RequestChannel:
    """This function will say by which way a request came: by whoever answers it."""
    return _CHANNELS.get(by.role, RequestChannel.WINDOW)


class FindForm(forms.Form):
    """Whom the caller says he is, by one number."""

    q = forms.CharField(max_length=80)
    by_phone = forms.BooleanField(required=False)


class _HeardFields(forms.Form):
    """What every act on a loss asks of whoever speaks; `heard` turns it into facts."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    seed = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    by_phone = forms.BooleanField(
        label="对方在电话里，按提问核验", widget=forms.HiddenInput, required=False
    )
    caller = forms.ChoiceField(
        label="来电（来人）是",
        choices=list(CALLERS.items()),
        initial=str(Signer.HOLDER),
        widget=forms.RadioSelect,
    )
    questions = forms.MultipleChoiceField(label="答对的问题", required=False)
    document_seen = forms.BooleanField(label="已当面查验证件原件", required=False)
    call = forms.CharField(
        label="通话编号", max_length=40, required=False, widget=forms.TextInput(attrs=_BARE)
    )
    words = forms.CharField(
        label="备注", max_length=200, required=False, widget=forms.TextInput(attrs=_BARE)
    )

    def __init__(
        self, *args: Any, by: Actor, questions: Sequence[Question] = (),
        today: date = date.max, **more: Any,
    ) -> None:  # fmt: skip
        """Only what the book can judge may be ticked as answered."""
        self.by, self.today = by, today
        super().__init__(*args, **more)
        field = self.fields["questions"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(one.code, one.words) for one in questions]

    @property
    def extra(self) -> list[forms.BoundField]:
        """What the act asks besides: the card seen, papers, what was told."""
        aside = _HEARD | self.agents
        return [field for field in self.visible_fields() if field.name not in aside]

    @property
    def agents(self) -> frozenset[str]:
        """Names of what only somebody is asked who comes for the holder; none where nobody may."""
        return frozenset()

    @property
    def of_agent(self) -> list[forms.BoundField]:
        """The same as fields, at a window: on the telephone nobody shows a paper."""
        if self.by.role is Role.HOTLINE_OPERATOR:
            return []
        return [one for one in self.visible_fields() if one.name in self.agents]

    def heard(self) -> Heard:
        """What was heard, from a valid form."""
        given = self.cleaned_data
        return Heard(
            channel=channel_of(self.by),
            caller=Signer(given["caller"]),
            questions=tuple(sorted(given["questions"])),
            # Over the telephone nobody shows a document.
            document_seen=given["document_seen"] and self.by.role is not Role.HOTLINE_OPERATOR,
            call=given["call"].strip(),
            words=given["words"].strip(),
        )


class ReportForm(_HeardFields, AskedForm):
    """A loss reported: which card, what the caller answered rightly; the notice is owed."""

    act_code = "loss.report"
    own_notices = frozenset({LOSS.code})

    card = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**62)


class RenewForm(ReportForm):
    """An oral loss that begins anew, asked for like the first."""

    act_code = "loss.renew"


class LiftForm(AgentFields, _HeardFields, AskedForm):
    """An oral loss taken off: the caller verified again, told to go to the bank as well."""

    act_code = "loss.lift"

    card_seen = forms.BooleanField(label="卡已找到（来电人说，或当面查验）", required=False)

    def clean(self) -> dict[str, Any]:
        """Whoever comes to a window for the holder says who he is and until when he is charged."""
        given: dict[str, Any] = super().clean() or {}
        if self.brings_mandate(given):
            self.clean_agent(given, today=self.today)
        return given

    def brings_mandate(self, given: Mapping[str, Any]) -> bool:
        """Whether somebody came to a window for the holder: a paper is shown nowhere else."""
        at_window = given.get("document_seen") and self.by.role is not Role.HOTLINE_OPERATOR
        return given.get("caller") == Signer.PROXY and bool(at_window)

    @property
    def agents(self) -> frozenset[str]:
        """Who he is, what his paper says, and that both were seen."""
        return frozenset(OF_AGENT).union(*(one.fields() for one in self.asked.papers))

    def charge(self) -> Charge:
        """Who came for the holder and what was shown of it, from a valid form."""
        charged = self.brings_mandate(self.cleaned_data)
        return Charge(said=self.said() if charged else None, papers=self.answered().papers)


class _WrittenForm(_HeardFields, AskedForm):
    """What is done in writing at a window, with a document shown."""

    def shown(self) -> Shown:
        """What was shown and told, from a valid form."""
        answered = self.answered()
        return Shown(papers=answered.papers, images=answered.images, told=answered.told)


class FormalForm(AgentName, _WrittenForm):
    """A loss in writing; what it brings along is said afterwards, as always (Art. 28)."""

    act_code = "loss.formal"
    own_notices = frozenset({LOSS.code})

    def clean(self) -> dict[str, Any]:
        """Whoever comes for the holder says who he is; nobody else is asked."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("caller") == Signer.PROXY:
            self.clean_name(given, today=self.today)
        return given

    @property
    def agents(self) -> frozenset[str]:
        """Who he is, and the document by which he shows it."""
        papers = (one for one in self.asked.papers if one.kinds == (AGENT_ID,))
        return frozenset(OF_NAME).union(*(one.fields() for one in papers))

    def comer(self) -> Comer | None:
        """Who came for the holder, from a valid form; None when he came himself."""
        given = self.cleaned_data
        if given["caller"] != Signer.PROXY:
            return None
        return Comer(name=given["agent_name"], number=given["agent_number"])


class LiftFormalForm(_WrittenForm):
    """A written loss taken off, where the city's rule allows it."""

    act_code = "loss.lift_formal"

    def __init__(self, *args: Any, **more: Any) -> None:
        """Nobody takes it off for another: it is not offered."""
        super().__init__(*args, **more)
        callers = self.fields["caller"]
        assert isinstance(callers, forms.ChoiceField)
        callers.choices = [one for one in CALLERS.items() if one[0] != Signer.PROXY]

    card_seen = forms.BooleanField(label="已查验找回的社保卡原件", required=False)


class ListForm(forms.Form):
    """What a list of losses shows."""

    state = forms.ChoiceField(choices=list(STATES.items()), required=False)
    order = forms.ChoiceField(
        choices=[(key, title) for key, (title, _) in ORDERS.items()], required=False
    )
    q = forms.CharField(max_length=80, required=False)


class TellForm(forms.Form):
    """Each line of the notice ticked as read out; half a notice is no notice."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    call = forms.CharField(
        label="通话编号", max_length=40, required=False, widget=forms.TextInput(attrs=_BARE)
    )
    lines = forms.MultipleChoiceField(required=False)

    def __init__(self, *args: Any, notice: Notice, **more: Any) -> None:
        """One tick for each line of the notice."""
        super().__init__(*args, **more)
        self.notice = notice
        field = self.fields["lines"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(str(place), "") for place in range(1, len(notice.lines) + 1)]

    def clean_lines(self) -> list[str]:
        """All of them.

        :raises django.forms.ValidationError: naming the first that was left out.
        """
        ticked: list[str] = self.cleaned_data["lines"]
        left = [
            place for place in range(1, len(self.notice.lines) + 1) if str(place) not in ticked
        ]
        if left:
            raise forms.ValidationError(
                f"还有 {len(left)} 句没有告知（第 {left[0]} 句起）。请读给来电人，逐句勾选。"
            )
        return ticked


class OutsideForm(forms.Form):
    """A card of another place: what the caller wants, of whom, and where he was sent."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    number = forms.CharField(widget=forms.HiddenInput, max_length=400)
    matter = forms.ChoiceField(
        label="事项", choices=MATTERS, initial=LOST,
        help_text="除查询、临时挂失外，选了会写明到哪里办",
    )  # fmt: skip
    name = forms.CharField(
        label="持卡人姓名", max_length=50, help_text="省系统凭姓名和号码找到卡",
        error_messages={"required": "请问持卡人姓名，填在“持卡人姓名”。"},
        widget=forms.TextInput(attrs=_BARE),
    )  # fmt: skip
    place = forms.CharField(
        label="发卡地", max_length=60, help_text="卡面上的城市，例如：西安市",
        error_messages={"required": "请问卡是哪个城市发的，填在“发卡地”。"},
        widget=forms.TextInput(attrs=_BARE),
    )  # fmt: skip
    hotline = forms.CharField(
        label="已告知的发卡地电话", max_length=40, help_text="区号加 12333，例如：029-12333",
        error_messages={"required": "请把发卡地的挂失电话告诉来电人，并填在这里。"},
        widget=forms.TextInput(attrs=_BARE),
    )  # fmt: skip
    reference = forms.CharField(
        label="发卡地受理号", max_length=40, required=False,
        help_text="三方通话办成临时挂失的，填发卡地给的号", widget=forms.TextInput(attrs=_BARE),
    )  # fmt: skip
    call = forms.CharField(
        label="通话编号", max_length=40, required=False, widget=forms.TextInput(attrs=_BARE)
    )
    words = forms.CharField(
        label="来电内容", max_length=200, required=False, widget=forms.TextInput(attrs=_BARE)
    )

    def said(self, number: str) -> OutsideCard:
        """What was said, from a valid form."""
        given = self.cleaned_data
        return OutsideCard(
            matter=given["matter"],
            number=number,
            **{
                name: given[name].strip()
                for name in ("name", "place", "hotline", "reference", "call", "words")
            },
        )
