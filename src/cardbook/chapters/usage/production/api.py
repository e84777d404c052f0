"""Applications by API: taken, mended, signed, sent, answered, taken back (Art. 4, 25)."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.http import Http404
from django.utils import timezone
from ninja import Schema
from pydantic import Field

from cardbook.cards.models import Application
from cardbook.chapters.api import named, problems, trouble
from cardbook.chapters.asked import AskedForm
from cardbook.chapters.usage.act_api import Call, Number, Target, acts_on
from cardbook.chapters.usage.apply_forms import line
from cardbook.chapters.usage.asking import Request
from cardbook.chapters.usage.production import commands
from cardbook.chapters.usage.production.commands import Answer, AnswerKind
from cardbook.chapters.usage.production.forms import (
    CaptureForm,
    ConfirmForm,
    CorrectForm,
    WithdrawForm,
)
from cardbook.chapters.usage.production.list_pages import BASIS, READERS
from cardbook.chapters.usage.production.queries import (
    application_of,
    detail_or_none,
    known_captured,
    row_of,
)
from cardbook.chapters.usage.reaching import application_numbered, banks_for
from cardbook.chapters.usage.stages import clocks
from cardbook.lib.clock import local_day
from cardbook.lifecycle.facts import ApplyReason
from cardbook.lifecycle.pages import ActorRequest, Policy
from cardbook.lifecycle.perform import Done
from cardbook.orgs.actors import Actor
from cardbook.registers.choosing import DayField

_BLANK = {"banks": (), "today": date.max}


class SubmitForm(AskedForm):
    """Nothing is asked: what was confirmed goes to its bank."""

    act_code = "application.submit"

    key = forms.CharField(max_length=64)


class _AnswerForm(AskedForm):
    """What the bank said of one application, when, and how we know."""

    key = forms.CharField(max_length=64)
    words = line("原因", most=200, help_text="退回修改的必须写明")
    reference = line("银行回执号", most=60)
    source = forms.CharField(label="答复来源", max_length=60)
    answered_on = DayField(label="答复日期")


class AcceptForm(_AnswerForm):
    """The bank took it."""

    act_code = "application.accept"


class ProduceForm(_AnswerForm):
    """The maker works on it."""

    act_code = "application.produce"


class MadeForm(_AnswerForm):
    """The card is made."""

    act_code = "application.made"


class RefuseForm(_AnswerForm):
    """The bank sent it back."""

    act_code = "application.refuse"


def _today() -> date:
    return local_day(timezone.now())


def _capturing(subject: None, by: Actor) -> dict[str, Any]:
    return {"banks": banks_for(by), "today": _today()}


def _correcting(application: Application, by: Actor) -> dict[str, Any]:
    detail = detail_or_none(application)
    return {
        "banks": banks_for(by),
        "today": _today(),
        "photo_digest": detail.photo if detail else application.person.photo_digest,
        "initial": {"bank": application.bank_id},
    }


def _confirming(application: Application, by: Actor) -> dict[str, Any]:
    return {"banks": (), "today": _today()}


def _capture(asked: Request[Any], at: datetime) -> Done:
    form = asked.form
    return commands.capture_application(
        wanted=form.wanted(), signed=form.signed(), by=asked.by, at=at, key=asked.key
    )


def _correct(asked: Request[Any], at: datetime) -> Done:
    application = application_of(application_id=asked.subject_id, by=asked.by)
    assert application is not None
    known, reason = known_captured(application), ApplyReason(application.reason)
    return commands.correct_application(
        application_id=asked.subject_id, wanted=asked.form.wanted(known, reason=reason),
        fields=asked.form.changed(), by=asked.by, at=at, key=asked.key,
    )  # fmt: skip


def _confirm(asked: Request[Any], at: datetime) -> Done:
    return commands.confirm_application(
        application_id=asked.subject_id, signed=asked.form.signed(), by=asked.by, at=at,
        key=asked.key,
    )  # fmt: skip


def _submit(asked: Request[Any], at: datetime) -> Done:
    return commands.submit_application(asked.subject_id, by=asked.by, at=at, key=asked.key)


def _answer(asked: Request[Any], at: datetime) -> Done:
    given = asked.form.cleaned_data
    answer = Answer(
        application_id=asked.subject_id, words=given["words"], reference=given["reference"],
        kind=AnswerKind(asked.form.act_code.partition(".")[2]),
    )  # fmt: skip
    return commands.answer_applications(
        [answer], source=given["source"], answered_on=given["answered_on"], by=asked.by, at=at,
        key=asked.key,
    )  # fmt: skip


def _withdraw(asked: Request[Any], at: datetime) -> Done:
    return commands.withdraw_application(
        application_id=asked.subject_id, words=asked.form.cleaned_data["words"], by=asked.by,
        at=at, key=asked.key,
    )  # fmt: skip


def _opened(done: Done) -> str:
    return str(done.subject_ids[0])


CAPTURING = acts_on(
    Target(path="/applications", tag="制卡申请"),
    Call(
        form=CaptureForm, do=_capture, code="application.capture", arguments=_capturing,
        blank=_BLANK, born=_opened,
    ),
)  # fmt: skip
ROUTER = acts_on(
    Target(
        path="/applications/{number}", tag="制卡申请", find=application_numbered,
        names=lambda application: str(application.pk),
    ),
    Call(form=CorrectForm, do=_correct, arguments=_correcting, blank=_BLANK),
    Call(form=ConfirmForm, do=_confirm, arguments=_confirming, blank=_BLANK),
    Call(form=SubmitForm, do=_submit),
    Call(form=AcceptForm, do=_answer),
    Call(form=ProduceForm, do=_answer),
    Call(form=MadeForm, do=_answer),
    Call(form=RefuseForm, do=_answer),
    Call(form=WithdrawForm, do=_withdraw),
)  # fmt: skip


# ------------------------------------------------------------------------------ where it stands
class PartyTime(Schema):
    """What one party has used of its time."""

    party: str = Field(description="哪一方")
    days: int = Field(description="已用工作日")
    limit: int = Field(description="时限，工作日")
    now: bool = Field(description="现在轮到这一方")
    late: bool = Field(description="超过时限")


class ApplicationState(Schema):
    """Where an application stands; nothing about its holder but a masked number."""

    number: str = Field(description="申请号")
    kind: str = Field(description="首次申领或补换")
    reason: str = Field(description="原因")
    progress: str = Field(description="进度代码")
    progress_words: str = Field(description="进度")
    fee: str = Field(description="工本费状态代码")
    fee_yuan: str = Field(description="按收费标准的工本费，元；收没收、是否减免或退还看 fee")
    masked_number: str = Field(description="证件号，遮盖")
    old_card: str = Field(description="旧卡号；首次申领为空")
    bank: str = Field(description="制卡银行")
    bank_words: str = Field(description="银行最近的答复，原话")
    promised_on: date | None = Field(description="承诺日期，按工作日计算")
    is_late: bool = Field(description="超过承诺日期")
    parties: list[PartyTime] = Field(description="各方用时")


@ROUTER.get(
    "/applications/{number}",
    response={200: ApplicationState, **problems(401, 403, 404, 422)},
    summary="制卡申请办到哪一步",
    description=f"依据：{BASIS}。本县区的申请；银行只看本行的。",
    operation_id="application_state",
    url_name=named("api.application_state", Policy(READERS, BASIS)),
)
def state(request: ActorRequest, number: Number) -> ApplicationState:
    """One application with the clock of each party."""
    by, today = request.actor, _today()
    if by.role not in READERS:
        raise trouble(
            403, "ROLE_NOT_ALLOWED", f"您的岗位“{by.role.label}”不查看制卡申请。",
            "请由窗口或银行柜员查询。",
        )  # fmt: skip
    application = application_numbered(number, by)
    if application is None:
        raise Http404
    clock = clocks([application.pk], on=today).get(application.pk)
    row = row_of(application, clock, today=today)
    return ApplicationState(
        number=str(row.id), kind=row.kind, reason=row.reason, progress=application.progress,
        progress_words=row.progress, fee=application.fee, fee_yuan=row.fee,
        masked_number=row.masked_number, old_card=row.old_number, bank=row.bank,
        bank_words=row.answer, promised_on=row.promised_on, is_late=row.is_late,
        parties=[
            PartyTime(
                party=one.party.label, days=one.days, limit=one.limit, now=one.now, late=one.late
            )
            for one in (clock.parties if clock else ())
        ],
    )  # fmt: skip
