"""The screens of proxies and guardians: scan, scan, a digit, sign, Enter (Art. 10, 11).

Everything is on one page; a scan asks for it again with one thing more. `mandate_pages.py` beside
it has the mandates, `agent_pages.py` who fetches for whom.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeAlias

from django.forms import BoundField
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cardbook.chapters.asked import AskedPaper
from cardbook.chapters.bank_outlets import outlets_told
from cardbook.chapters.collecting import told_if_lost
from cardbook.chapters.issuance.proxy import queries
from cardbook.chapters.issuance.proxy.commands import (
    Comer,
    issue_to_guardian,
    issue_to_proxy,
)
from cardbook.chapters.issuance.proxy.forms import GuardianForm, ProxyForm
from cardbook.chapters.issuance.proxy.scanning import opened, read_scan, sealed
from cardbook.chapters.looking import How, Whom, looked_at
from cardbook.chapters.printed_mandates import PrintedMandate
from cardbook.chapters.scanned_mandates import WAYS, scanned_for
from cardbook.chapters.screens import status_of
from cardbook.chapters.typed_numbers import recheck_of, seconds_of
from cardbook.law.papers import PapersWhen
from cardbook.law.parameters import parameter
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import IdentityReading
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused

_RECEIPT = "come_receipt"
AnyForm: TypeAlias = ProxyForm | GuardianForm


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One of the two screens."""

    code: str
    title: str
    who: str
    form: type[ProxyForm] | type[GuardianForm]

    @property
    def is_proxy(self) -> bool:
        """Whether a mandate is asked for."""
        return self.code == "card.issue_proxy"

    @property
    def papers_when(self) -> tuple[PapersWhen, ...]:
        """What is asked besides, in which case."""
        return act(self.code).papers_when


PROXY = Kind(code="card.issue_proxy", title="代领", who="代领人", form=ProxyForm)
GUARDIAN = Kind(code="card.issue_guardian", title="监护人代领", who="监护人", form=GuardianForm)


@dataclass(slots=True, kw_only=True)
class Desk:
    """What the screen knows so far."""

    kind: Kind
    at: datetime
    comer: Comer | None = None
    card_id: int = 0
    problem: str = ""
    values: dict[str, Any]


@require_http_methods(["GET", "POST"])
@page("card.issue_proxy")
def proxy(request: ActorRequest, card_id: int = 0) -> HttpResponse:
    """Hand a card to whom its holder charged with it."""
    return _come(request, PROXY, card_id)


@require_http_methods(["GET", "POST"])
@page("card.issue_guardian")
def guardian(request: ActorRequest, card_id: int = 0) -> HttpResponse:
    """Hand the card of a minor, or of an adult without capacity, to the guardian."""
    return _come(request, GUARDIAN, card_id)


def _come(request: ActorRequest, kind: Kind, card_id: int) -> HttpResponse:
    desk = Desk(kind=kind, at=timezone.now(), card_id=card_id, values={})
    if request.method == "GET":
        receipt = request.session.pop(_RECEIPT, None)
        if card_id and _holder(request, desk) is None:
            raise Http404
        paper = scanned_for(request.session, code=kind.code, subject_id=card_id)
        if paper is not None:
            _take_mandate(request, desk, paper)
        return _answer(request, desk, receipt=receipt)
    given = request.POST
    desk.comer = opened(given["agent"]) if given.get("agent") else None
    if given.get("card", "").isdecimal() and len(given["card"]) < 19:
        desk.card_id = int(given["card"])
    if given.get("q", "").strip() or "filled" not in given:
        desk.values = _kept(request)
        _take(request, desk)
        return _answer(request, desk)
    return _hand_over(request, desk)


def _kept(request: ActorRequest) -> dict[str, Any]:
    """What was filled in before this scan; nothing when the form was not on the screen yet."""
    if "filled" not in request.POST:
        return {}
    # How a scan was read is said anew with each.
    ticks = {"mandate_seen", "self_supporting", "incapacitated", *ProxyForm.STATEMENTS}
    kept: dict[str, Any] = dict.fromkeys(ticks, False)
    return kept | {
        name: value for name, value in request.POST.items() if name not in ("q", "identity")
    }


def _take(request: ActorRequest, desk: Desk) -> None:
    """Take in what was scanned: whose document it is depends on who is still missing."""
    found = read_scan(request.POST.get("q", ""), today=timezone.localdate(desk.at))
    if found.problem:
        desk.problem = found.problem
    elif found.mandate is not None:
        _take_mandate(request, desk, found.mandate)
    elif found.card_number:
        desk.values["scanned"] = found.card_number
        if not desk.card_id:
            first = "持卡人" if desk.comer else desk.kind.who
            desk.problem = f"这是卡号。请先扫描{first}的身份证，再扫描卡。"
    elif found.comer is not None:
        _take_document(request, desk, replace(found.comer, identity=_reading(request)))


def _reading(request: ActorRequest) -> IdentityReading:
    """Whether a scanner was at work, or a hand."""
    read = request.POST.get("identity") == IdentityReading.READER
    return IdentityReading.READER if read else IdentityReading.TYPED


def _take_document(request: ActorRequest, desk: Desk, scanned: Comer) -> None:
    holders = bool(desk.card_id) and queries.is_holders(
        card_id=desk.card_id, number=scanned.number, by=request.actor
    )
    is_comer = desk.comer is not None and scanned.number == desk.comer.number
    if is_comer and desk.comer is not None and scanned.identity is IdentityReading.READER:
        desk.comer = replace(desk.comer, identity=scanned.identity)
    if desk.comer is None and holders:
        desk.problem = f"这是持卡人的证件。请先扫描{desk.kind.who}的身份证。"
    elif desk.comer is None:
        desk.comer = scanned
    elif not desk.card_id:
        _take_holder(request, desk, scanned)
    elif not holders and not is_comer:
        desk.problem = "这不是这位持卡人的证件，也不是代领人的。换人请按 Esc 重新开始。"
    elif not holders and scanned.name and scanned.name != desk.values.get("name"):
        desk.problem = f"证件上的姓名是“{scanned.name}”，与委托书上写的不一致。请核对来人。"


def _take_holder(request: ActorRequest, desk: Desk, scanned: Comer) -> None:
    if desk.comer is not None and scanned.number == desk.comer.number:
        desk.problem = f"这是{desk.kind.who}自己的证件。请扫描持卡人的身份证（复印件）。"
        return
    found = queries.card_of(
        number=scanned.number, act=act(desk.kind.code), by=request.actor, at=desk.at
    )
    if found is None:
        desk.problem = (
            "本县区没有这个号码的社保卡。请核对号码；两张证件扫反了的，按 Esc 重新开始；"
            "卡在其他县区的，请到该县区办理（第五条）。"
        )
        return
    desk.card_id = found
    looked_at(request, Whom.CARD, [found], how=How.NUMBER)


def _take_mandate(request: ActorRequest, desk: Desk, mandate: PrintedMandate) -> None:
    """What the paper says; scanned first, it says whose card it is and who comes as well."""
    if desk.comer is None and not desk.card_id:
        found = queries.card_to_fetch(
            holder_id=mandate.holder_id, act=act(desk.kind.code), by=request.actor, at=desk.at
        )
        if found is None:
            desk.problem = WAYS[mandate.matter].nothing
            return
        desk.card_id = found
        looked_at(request, Whom.CARD, [found], how=How.MANDATE)
    if desk.comer is not None and mandate.number != desk.comer.number:
        desk.problem = "委托书上写的受托人不是这位代领人。请核对证件和委托书。"
    else:
        # The code of a printed mandate is read by a scanner; nobody types it.
        desk.comer = Comer(
            number=mandate.number, name=mandate.name, identity=IdentityReading.READER
        )
        desk.values |= {
            "name": mandate.name, "reason": str(mandate.reason),
            "relation": str(mandate.relation), "since": mandate.since, "until": mandate.until,
            "signed_on": mandate.since, "printed_for": mandate.holder_id,
        }  # fmt: skip


def _holder(request: ActorRequest, desk: Desk) -> queries.HolderShown | None:
    return queries.shown_holder(
        card_id=desk.card_id, act=act(desk.kind.code), by=request.actor, at=desk.at,
        today=timezone.localdate(desk.at),
    )  # fmt: skip


def _seen(
    request: ActorRequest, desk: Desk
) -> tuple[queries.HolderShown | None, queries.AgentShown | None, queries.MandateShown | None]:
    """The holder, who came, and a mandate on file between the two, as far as they are known."""
    today = timezone.localdate(desk.at)
    holder = _holder(request, desk) if desk.card_id else None
    if desk.comer is None:
        return holder, None, None
    agent = queries.shown_agent(
        comer=desk.comer, as_guardian=not desk.kind.is_proxy, by=request.actor, today=today
    )
    if holder is None or not desk.kind.is_proxy:
        return holder, agent, None
    if desk.values.get("printed_for", holder.person_id) != holder.person_id:
        desk.problem = "委托书上写的委托人不是这位持卡人。请核对委托书。"
    mandate = queries.mandate_between(holder_id=holder.person_id, comer=desk.comer, today=today)
    return holder, agent, mandate


def _answer(
    request: ActorRequest,
    desk: Desk,
    *,
    form: AnyForm | None = None,
    refusals: tuple[Refusal, ...] = (),
    receipt: dict[str, Any] | None = None,
) -> HttpResponse:
    holder, agent, mandate = _seen(request, desk)
    part = bool(request.headers.get("HX-Request"))
    form_shown = form or _fresh(desk, holder=holder, agent=agent, mandate=mandate)
    if isinstance(form_shown, GuardianForm) and holder is not None:
        form_shown.offer_guardians_of(minor=holder.is_minor)
    context = {
        "kind": desk.kind,
        "holder": holder,
        "agent": agent,
        "mandate": mandate,
        "problem": desk.problem,
        "form": form_shown,
        "papers": _asked_papers(form_shown, holder),
        "refusals": refusals,
        "receipt": receipt,
        "notices": act(desk.kind.code).notices,
        "told": told_if_lost(holder.old_card if holder else None, on=timezone.localdate()),
        "outlets": outlets_told(card_id=holder.card_id, by=request.actor) if holder else None,
        "address": reverse(desk.kind.code),
        **_second_check(desk),
        "needs_approval": bool(
            (agent and agent.needs_approval)
            or any(one.code == "AGENT_APPROVAL_MISSING" for one in refusals)
        ),
        "part": part,
    }
    template = "proxy/_come.html" if part else "proxy/come.html"
    status = status_of(refusals=refusals, mistakes=form.errors if form else None)
    return render(request, template, context, status=status)


def _second_check(desk: Desk) -> dict[str, Any]:
    """How the number of who came is checked once more, when it was typed."""
    on = timezone.localdate(desk.at)
    recheck = recheck_of(desk.comer.identity, on=on) if desk.comer else None
    return {
        "recheck": recheck,
        "recheck_doubt": parameter("typed_number_check").on(on).doubt,
        "second_roles": seconds_of(recheck, of=desk.kind.code),
    }


def _asked_papers(
    form: AnyForm, holder: queries.HolderShown | None
) -> list[tuple[AskedPaper, BoundField]]:
    """The papers with their fields; nobody asks a child for a proof of incapacity."""
    minor = holder is not None and holder.is_minor
    left_out = _of_adults(form) if minor else frozenset()
    return [(one, form[one.name]) for one in form.asked.papers if one.name not in left_out]


def _of_adults(form: AnyForm) -> frozenset[str]:
    """The papers that show an adult's incapacity, by the names of their fields."""
    kinds = {
        kind
        for when in form.row.papers_when
        if when.field == "incapacitated"
        for kind in when.rule.kinds
    }
    return frozenset(one.name for one in form.asked.papers if kinds.issuperset(one.kinds))


def _fresh(
    desk: Desk,
    *,
    holder: queries.HolderShown | None,
    agent: queries.AgentShown | None,
    mandate: queries.MandateShown | None,
) -> AnyForm:
    """The form with what is known; a person who just came finds all statements standing."""
    initial: dict[str, Any] = {"key": new_key()}
    if desk.comer is not None:
        initial["agent"] = sealed(desk.comer)
    if holder is not None:
        initial |= {"card": holder.card_id}
        initial["old_card_id"] = holder.old_card.id if holder.old_card else None
    if mandate is not None:
        initial |= {
            "mandate": mandate.id, "reason": mandate.reason, "relation": mandate.relation,
        }  # fmt: skip
    usual = {
        one.name: (True if one.is_tick else next(kind.code for kind in one.kinds))
        for one in desk.kind.form().asked.papers
    }
    kept = {name: value for name, value in desk.values.items() if value != "" or name in usual}
    if holder is not None and not desk.kind.is_proxy and not holder.is_minor:
        # Nobody of age is without capacity until a ruling or a certificate was really shown.
        usual |= dict.fromkeys(_of_adults(desk.kind.form()), "")
    initial = usual | initial | kept
    if agent is not None and not initial.get("name"):
        initial["name"] = agent.name
    if desk.comer is not None:
        initial["agent"] = sealed(desk.comer)
    return desk.kind.form(initial=initial)


def _hand_over(request: ActorRequest, desk: Desk) -> HttpResponse:
    form = desk.kind.form(request.POST, request.FILES)
    if not form.is_valid():
        return _answer(request, desk, form=form)
    card_id = form.cleaned_data["card"]
    holder = _holder(request, desk)
    if holder is None:
        raise Http404
    try:
        repeated = _do(request, form, desk.at)
    except Refused as refused:
        return _answer(request, desk, form=form, refusals=refused.refusals)
    # No names: both are gone from the screen the moment the card is theirs.
    request.session[_RECEIPT] = {
        "card": card_id, "number": holder.number, "repeated": repeated,
    }  # fmt: skip
    return redirect(desk.kind.code)


def _do(request: ActorRequest, form: AnyForm, at: datetime) -> bool:
    """Call the one command; whether it was done before already."""
    key, by = form.cleaned_data["key"], request.actor
    if isinstance(form, ProxyForm):
        done = issue_to_proxy(
            hand_over=form.hand_over(), comer=form.comer(), charge=form.charge(), by=by,
            approver=form.approver(request), second=form.second(request), at=at, key=key,
        )  # fmt: skip
        return done.repeated
    given = form.cleaned_data
    done = issue_to_guardian(
        hand_over=form.hand_over(), comer=form.comer(), relation=form.relation_of(),
        proof=form.proof(), incapacitated=given["incapacitated"], words=given["words"], by=by,
        second=form.second(request), at=at, key=key,
    )  # fmt: skip
    return done.repeated
