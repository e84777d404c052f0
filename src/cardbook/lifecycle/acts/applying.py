"""Chapter 8, applications for a card and their fee (Art. 4, 25, 26)."""

from cardbook.cards.states import CLOSED_APPLICATIONS, Fee, Progress, Subject
from cardbook.law import papers
from cardbook.law.articles import art
from cardbook.law.notices import REPLACEMENT
from cardbook.law.roles import Role
from cardbook.lifecycle import facts, guards
from cardbook.lifecycle.acts.rows import (
    COUNTY_SECOND,
    KEEPERS,
    MANAGERS,
    WINDOWS,
    Act,
    States,
    states,
)
from cardbook.orgs.reach import Reach
from cardbook.ports.messages import MessageKind

# Both entry points make one case: the office's window and the bank's (Art. 25, 26).
_BANK = {Role.BANK_TELLER: Reach.BANK}
_TAKERS = {**WINDOWS, **_BANK}
# The bank answers itself, or an office enters what it wrote (Art. 25).
_ANSWERS = {**_BANK, **KEEPERS}
_APPROVERS = frozenset({Role.COUNTY_MANAGER, Role.CITY_MANAGER, Role.REVIEWER})
_OPEN = tuple(one for one in Progress if one not in CLOSED_APPLICATIONS)
_MENDABLE = (Progress.CAPTURED, Progress.CONFIRMED, Progress.REFUSED)
_AT_THE_BANK = (
    Progress.SUBMITTED,
    Progress.ACCEPTED,
    Progress.IN_PRODUCTION,
    Progress.PRODUCED,
)


def _answer(code: str, title: str, on: States, becomes: Progress, **more: object) -> Act:
    return Act(
        code=code,
        title=title,
        basis=(art(25),),
        subject=Subject.APPLICATION,
        who=_ANSWERS,
        on=on,
        becomes={"progress": becomes},
        facts=facts.BankAnswered,
        # Whatever the bank says of an order, it has it: nobody sends or asks again.
        settles=(MessageKind.BANK_PRODUCTION_ORDER,),
        batch_only=True,
        **more,  # type: ignore[arg-type] # columns of the row
    )


ROWS: tuple[Act, ...] = (
    Act(
        code="application.capture",
        title="受理首次申领、零星制卡",
        basis=(art(25), art(4)),
        subject=Subject.APPLICATION,
        who=WINDOWS,
        on=None,
        becomes={"progress": Progress.CAPTURED, "fee": Fee.FREE},
        facts=facts.ApplicationCaptured,
        notices=(REPLACEMENT,),
        registers=("application_form",),
    ),
    Act(
        code="replacement.capture",
        title="受理补换卡（收费）",
        basis=(art(26), art(25)),
        subject=Subject.APPLICATION,
        who=_TAKERS,
        on=None,
        becomes={"progress": Progress.CAPTURED, "fee": Fee.DUE},
        facts=facts.ApplicationCaptured,
        notices=(REPLACEMENT,),
        registers=("replacement_form",),
    ),
    Act(
        code="replacement.capture_free",
        title="受理补换卡（不收费）",
        basis=(art(26), art(25), art(9)),
        subject=Subject.APPLICATION,
        who=_TAKERS,
        on=None,
        becomes={"progress": Progress.CAPTURED, "fee": Fee.FREE},
        facts=facts.ApplicationCaptured,
        notices=(REPLACEMENT,),
        registers=("replacement_form",),
        batch_only=True,
    ),
    Act(
        code="application.correct",
        title="修改采集信息",
        basis=(art(25),),
        subject=Subject.APPLICATION,
        who=_TAKERS,
        on=states(progress=_MENDABLE),
        becomes={"progress": Progress.CAPTURED},
        carries=("bank_id",),
        facts=facts.ApplicationCorrected,
    ),
    Act(
        code="application.confirm",
        title="持卡人确认",
        basis=(art(25),),
        subject=Subject.APPLICATION,
        who=_TAKERS,
        on=states(progress=Progress.CAPTURED),
        becomes={"progress": Progress.CONFIRMED},
        facts=facts.ApplicationConfirmed,
        papers=papers.APPLICANT_SIGNED,
        guards=(guards.applicant_is_alive,),
        checks=(guards.applicant_signed, guards.applicant_may_sign),
        registers=("replacement_form",),
    ),
    Act(
        code="application.submit",
        title="提交制卡银行",
        basis=(art(25),),
        subject=Subject.APPLICATION,
        who={**_TAKERS, **KEEPERS},
        on=states(progress=Progress.CONFIRMED),
        becomes={"progress": Progress.SUBMITTED},
        facts=facts.ApplicationSubmitted,
        guards=(guards.applicant_is_alive, guards.fee_is_settled),
        tells=(
            MessageKind.PROVINCE_TRANSFER_IN,
            MessageKind.PROVINCE_PRODUCTION,
            MessageKind.BANK_PRODUCTION_ORDER,
        ),
    ),
    _answer(
        "application.refuse",
        "银行退回修改",
        states(progress=(Progress.SUBMITTED, Progress.ACCEPTED)),
        Progress.REFUSED,
        checks=(guards.bank_answer_has_source, guards.reason_is_given),
        tells=(MessageKind.SMS_APPLICATION_REFUSED,),
    ),
    _answer(
        "application.accept",
        "银行受理",
        states(progress=Progress.SUBMITTED),
        Progress.ACCEPTED,
        checks=(guards.bank_answer_has_source,),
        tells=(MessageKind.PROVINCE_NUMBER,),
    ),
    _answer(
        "application.produce",
        "银行开始制卡",
        states(progress=(Progress.SUBMITTED, Progress.ACCEPTED)),
        Progress.IN_PRODUCTION,
        checks=(guards.bank_answer_has_source,),
    ),
    _answer(
        "application.made",
        "银行制成",
        states(progress=(Progress.SUBMITTED, Progress.ACCEPTED, Progress.IN_PRODUCTION)),
        Progress.PRODUCED,
        checks=(guards.bank_answer_has_source,),
        tells=(MessageKind.PROVINCE_COMPLETED, MessageKind.SMS_CARD_MADE),
    ),
    Act(
        code="application.collect",
        title="新卡已领取",
        basis=(art(25), art(26)),
        subject=Subject.APPLICATION,
        who={**WINDOWS, **KEEPERS, **_BANK},
        on=states(progress=_AT_THE_BANK),
        becomes={"progress": Progress.COLLECTED},
        facts=facts.ApplicationCollected,
        batch_only=True,
    ),
    Act(
        code="application.collect_undo",
        title="撤销误登的领取",
        basis=(art(25), art(7)),
        subject=Subject.APPLICATION,
        who={**WINDOWS, **KEEPERS},
        on=states(progress=Progress.COLLECTED),
        becomes={"progress": Progress.PRODUCED},
        facts=facts.CollectingUndone,
        checks=(guards.reason_is_given,),
        second=COUNTY_SECOND | {Role.WINDOW_CLERK, Role.AGENCY_CLERK},
        batch_only=True,
        assumed="细则未规定误登如何更正；随发放登记一起撤销，新卡仍等持卡人来领",
    ),
    Act(
        code="application.withdraw",
        title="撤回制卡申请",
        basis=(art(25),),
        subject=Subject.APPLICATION,
        who=_TAKERS,
        on=states(progress=_MENDABLE),
        becomes={"progress": Progress.WITHDRAWN},
        facts=facts.ApplicationWithdrawn,
        checks=(guards.reason_is_given,),
        # The bank sent it back, but to the province it is in hand until it hears otherwise.
        takes_back={
            MessageKind.PROVINCE_TRANSFER_IN: MessageKind.PROVINCE_TRANSFER_UNDONE,
            MessageKind.PROVINCE_PRODUCTION: MessageKind.PROVINCE_PRODUCTION_UNDONE,
        },
    ),
    Act(
        code="application.stop",
        title="停止制卡（注销、转出、死亡）",
        basis=(art(29), art(30), art(17)),
        subject=Subject.APPLICATION,
        # The card that ends decides who may; its new one may have been asked for anywhere.
        who=dict.fromkeys((*WINDOWS, *KEEPERS), Reach.CITY),
        on=states(progress=_OPEN),
        becomes={"progress": Progress.WITHDRAWN},
        facts=facts.ApplicationStopped,
        takes_back={
            MessageKind.PROVINCE_TRANSFER_IN: MessageKind.PROVINCE_TRANSFER_UNDONE,
            MessageKind.PROVINCE_PRODUCTION: MessageKind.PROVINCE_PRODUCTION_UNDONE,
            MessageKind.BANK_PRODUCTION_ORDER: MessageKind.BANK_PRODUCTION_STOP,
        },
        batch_only=True,
        assumed="细则要求及时注销、迅速转出，没有说在办的新卡；随同停止并告知银行，不再制发",
    ),
    Act(
        code="fee.take",
        title="收取工本费",
        basis=(art(26),),
        subject=Subject.APPLICATION,
        who=_TAKERS,
        on=states(progress=_OPEN, fee=Fee.DUE),
        becomes={"fee": Fee.PAID},
        facts=facts.FeeTaken,
        papers=papers.FEE_PAID,
        checks=(guards.fee_is_the_one_due,),
        registers=("fee_register",),
    ),
    Act(
        code="fee.waive",
        title="减免工本费",
        basis=(art(26), art(32)),
        subject=Subject.APPLICATION,
        who=_TAKERS,
        on=states(progress=_OPEN, fee=Fee.DUE),
        becomes={"fee": Fee.WAIVED},
        facts=facts.FeeWaived,
        checks=(guards.fee_is_the_one_due, guards.reason_is_given),
        second=_APPROVERS,
        registers=("fee_register",),
        assumed="细则未规定减免；由第二人批准并写明理由",
    ),
    Act(
        code="fee.refund",
        title="退还工本费",
        basis=(art(26), art(32)),
        subject=Subject.APPLICATION,
        who={**_TAKERS, **MANAGERS},
        on=states(fee=Fee.PAID),
        becomes={"fee": Fee.REFUNDED},
        facts=facts.FeeRefunded,
        checks=(guards.fee_is_the_one_due, guards.reason_is_given),
        second=_APPROVERS,
        registers=("fee_register",),
        assumed="细则未规定退费；撤回、误收的凭票据退还，须两人",
    ),
    Act(
        code="fee.refuse",
        title="登记拒绝收费",
        basis=(art(32), art(4), art(9)),
        subject=Subject.APPLICATION,
        who={**_TAKERS, **KEEPERS, Role.REVIEWER: Reach.COUNTY},
        on=states(fee=(Fee.FREE, Fee.PAID, Fee.WAIVED, Fee.REFUNDED)),
        facts=facts.ChargeRefused,
        checks=(guards.reason_is_given,),
        registers=("fee_register",),
    ),
)
