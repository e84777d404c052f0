"""Scanning a return and sending it, what is under way, counting it in (Art. 17)."""

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cardbook.chapters.screens import say_refused, status_of
from cardbook.chapters.stranded import arrivals
from cardbook.chapters.stranded.arrival_pages import answer_scan, arriving, say_counted
from cardbook.chapters.stranded.send_back import commands, lists, queries
from cardbook.chapters.stranded.send_back.forms import ProofForm, ScanForm, SubmitForm
from cardbook.chapters.stranded.send_back.listing import lines_as_xlsx, returns_as_xlsx
from cardbook.chapters.stranded.shipped_pages import cards_of
from cardbook.law.parameters import parameter
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day
from cardbook.lib.ids import id_of, ids_of
from cardbook.lib.plain import InputError
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import Stranding
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import (
    CARD_NUMBER_UNKNOWN,
    STRANDED_WRONG_INFORMATION,
    Refusal,
    Refused,
)
from cardbook.registers.answers import file_answer, kept_picture
from cardbook.registers.lists import (
    is_export,
    order_of,
    text_of,
    ticked,
    titles,
)

ROWS = 50
# Not to be sealed and reported as a card nobody knows (Art. 20): the county knows it.
_KEPT_ELSEWHERE = (
    "卡 {number} 台账上不在本单位，不能由本单位退回。请单独存放，"
    "报县区社保卡综合管理机构核对卡从哪里来（第二十条）。"
)
_SCANS = "stranded.receive_back.scan"
_SEND, _RECEIVE = act("stranded.send_back"), act("stranded.receive_back")
READERS = frozenset({*_SEND.who, *_RECEIVE.who, Role.COUNTY_MANAGER, Role.REVIEWER, Role.AUDITOR})


@require_http_methods(["GET", "POST"])
@page("stranded.send_back")
def send_back(request: ActorRequest) -> HttpResponse:
    """Scan a card, strike its reason; Enter prints the form and sends all."""
    listed = queries.open_list(by=request.actor, on=timezone.localdate())
    receivers = listed.receivers if listed else ()
    given = request.POST if request.method == "POST" else None
    form = SubmitForm(
        given,
        receivers=receivers,
        initial={"key": new_key(), "returned": listed.id if listed else 0},
    )
    if given is None and is_export(request) and listed:
        return _lines_exported(request, listed)
    refusals: tuple[Refusal, ...] = ()
    if given is not None:
        answer = _send(request, given)
        if isinstance(answer, HttpResponse):
            return answer
        refusals = answer
    context = _scanned(request, listed)
    context |= {"form": form, "refusals": refusals, "done": _done(request)}
    bad = status_of(refusals=refusals)
    return render(request, "send_back/return.html", context, status=bad)


def _send(request: ActorRequest, given: object) -> HttpResponse | tuple[Refusal, ...]:
    numbers = [request.POST.get(name, "") for name in ("returned", "receiver")]
    list_id, receiver_id = (id_of(text) or 0 for text in numbers)
    try:
        done = commands.send_back(
            list_id=list_id, receiver_id=receiver_id, by=request.actor, at=timezone.now(),
            key=request.POST.get("key", "")[:64],
        )  # fmt: skip
    except ObjectDoesNotExist:
        messages.error(request, "没有可提交的退回名单，请先扫卡。")
        return redirect("stranded.send_back")
    except Refused as refused:
        return refused.refusals
    shipment = queries.shipment_of(done.batch)
    messages.success(
        request, f"{len(done.subject_ids)} 张卡已退回，交接单 {shipment}，统计表已出具。"
    )
    return redirect(f"{request.path}?done={shipment.pk}")


def _done(request: ActorRequest) -> queries.ReturnRow | None:
    text = request.GET.get("done", "")
    found = queries.returns_of(request.actor).filter(pk=id_of(text) or 0)
    return next(iter(queries.return_rows(list(found), by=request.actor, at=timezone.now())), None)


def _lines_exported(request: ActorRequest, listed: queries.OpenList) -> HttpResponse:
    found = lists.lines_found(
        listed.lines, text=text_of(request), sort=order_of(request, lists.LINE_SORTS)
    )
    now = timezone.now()
    content = lines_as_xlsx(found, by=request.actor, at=now)
    return file_answer(content, name=f"待退回的卡_{local_day(now):%Y%m%d}.xlsx")


def _scanned(request: ActorRequest, listed: queries.OpenList | None) -> dict[str, object]:
    """The list as it is asked for; after a scan all of it, the new card first."""
    text, sort = text_of(request), order_of(request, lists.LINE_SORTS)
    return {
        "listed": listed,
        "found": lists.lines_found(listed.lines, text=text, sort=sort) if listed else [],
        "digits": list(queries.DIGITS.items()),
        "text": text,
        "sort": sort,
        "sorts": titles(lists.LINE_SORTS),
        "list_url": reverse("stranded.send_back"),
    }


@require_POST
@page("stranded.send_back")
def scan(request: ActorRequest) -> HttpResponse:
    """One scanned card with its reason, or a change to one; answers with the list."""
    wrong: int | None = None
    if "remove" in request.POST or "remove_ticked" in request.POST:
        gone = lists.remove_lines(
            line_ids=ids_of(request.POST.getlist("remove")), by=request.actor
        )
        said, kind = (f"已移出 {gone} 张", "good") if gone else ("没有勾选要移出的卡", "bad")
    elif "remove_hindered" in request.POST:
        said, kind = _remove_hindered(request)
    elif (line_id := id_of(request.POST.get("line", ""))) is not None:
        said, kind = _prove(request, line_id)
    else:
        said, kind, wrong = _scan(request)
    if "HX-Request" not in request.headers:
        (messages.success if kind == "good" else messages.error)(request, said)
        return redirect("stranded.send_back")
    listed = queries.open_list(by=request.actor, on=timezone.localdate())
    form = SubmitForm(
        receivers=listed.receivers if listed else (),
        initial={"key": new_key(), "returned": listed.id if listed else 0},
    )
    context = _scanned(request, listed)
    context |= {"said": said, "kind": kind, "form": form, "wrong_card": wrong}
    return render(request, "send_back/_list.html", context, status=200 if kind == "good" else 409)


def _remove_hindered(request: ActorRequest) -> tuple[str, str]:
    """Take off what cannot go back as it is; the cards are named, they lie on the desk."""
    listed = queries.open_list(by=request.actor, on=timezone.localdate())
    hindered = [line for line in listed.lines if line.problem] if listed else []
    lists.remove_lines(line_ids=[line.id for line in hindered], by=request.actor)
    numbers = "、".join(line.number for line in hindered)
    return f"已移出 {len(hindered)} 张，请放回原处：{numbers}", "good"


def _prove(request: ActorRequest, line_id: int) -> tuple[str, str]:
    """Keep what was given of a proof; what is wrong is told, what is missing stands in the row."""
    form = ProofForm(request.POST, request.FILES, today=timezone.localdate())
    form.is_valid()
    given = form.cleaned_data
    line = lists.prove_line(
        line_id=line_id, kind=given.get("kind", ""), number=given.get("number", ""),
        on=given.get("on"), image=given.get("picture"), by=request.actor,
    )  # fmt: skip
    if line is None:
        return "名单上没有这一行，请刷新页面。", "bad"
    if form.errors:
        return f"{line.card.number}：{form.mistakes}其余已存。", "bad"
    return f"{line.card.number}：证明已存", "good"


def _scan(request: ActorRequest) -> tuple[str, str, int | None]:
    """What was said, good or bad, and the card when it has to go the way of wrong cards."""
    form = ScanForm(request.POST)
    if not form.is_valid():
        return "没有读到卡号，或原因不在表中，请重扫。", "bad", None
    given = form.cleaned_data
    try:
        line = lists.scan_stranded(
            text=given["number"],
            reason=Stranding(given["reason"]) if given["reason"] else None,
            by=request.actor, at=timezone.now(),
        )  # fmt: skip
    except InputError as problem:
        return problem.sentence, "bad", None
    except Refused as refused:
        first = refused.refusals[0]
        unknown = first.reason is CARD_NUMBER_UNKNOWN
        if unknown and lists.is_of_county(given["number"], by=request.actor):
            return _KEPT_ELSEWHERE.format(number=given["number"]), "bad", None
        is_wrong = first.reason is STRANDED_WRONG_INFORMATION
        may = is_wrong and request.actor.role in act("error.record").who
        said = f"{given['number']}：{first.sentence}{first.way_out}"
        return said, "bad", first.subject_id if may else None
    return f"{line.card.number}：{Stranding(line.reason).label}", "good", None


@require_GET
@page(roles=READERS, basis=_SEND.basis_text)
def proof(request: ActorRequest, line_id: int) -> HttpResponse:
    """The picture of the paper that shows why a card is stranded."""
    return kept_picture(queries.proof_of(line_id, by=request.actor))


@require_GET
@page(roles=READERS, basis=_SEND.basis_text)
def returns(request: ActorRequest) -> HttpResponse:
    """Returns on their way up, and what has arrived."""
    now, today = timezone.now(), timezone.localdate()
    alert = parameter("in_transit_alert_days").on(today)
    state, late = request.GET.get("state", ""), int(str(alert.value))
    found = list(queries.returns_found(request.actor, text=text_of(request)))
    sort = order_of(request, queries.RETURN_SORTS)
    rows = [
        row
        for row in queries.returns_sorted(
            queries.return_rows(found, by=request.actor, at=now), sort=sort
        )
        if row.is_in(state, late_days=late)
    ]
    if "export" in request.GET:
        chosen = ticked(request)
        seen = [row for row in rows if not chosen or row.id in chosen]
        content = returns_as_xlsx(seen, by=request.actor, at=now)
        return file_answer(content, name=f"退回交接_{today:%Y%m%d}.xlsx")
    listed = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    context = {
        "found": listed,
        "rows": list(listed),
        "states": queries.STATES.items(),
        "state": state,
        "text": text_of(request),
        "sorts": queries.RETURN_SORTS.items(),
        "sort": sort,
        "alert": alert,
        "may_send": request.actor.role in _SEND.who,
        "may_receive": request.actor.role in _RECEIVE.who,
    }
    return render(request, "send_back/returns.html", context)


@require_GET
@page(roles=READERS, basis=_SEND.basis_text)
def return_cards(request: ActorRequest, shipment_id: int) -> HttpResponse:
    """The cards of one return, why each is stranded and where it is now."""
    shipment = _shipment(request, shipment_id)
    by = request.actor
    may = by.role in _RECEIVE.who and shipment.receiver.path.startswith(by.county_path)
    return cards_of(
        request, shipment, all_name="stranded.returns",
        paper=f"{reverse('register.stranded_form')}?shipment={shipment.pk}",
        receive_name="stranded.receive_back" if may else "",
    )  # fmt: skip


def _shipment(request: ActorRequest, shipment_id: int) -> arrivals.Sent:
    found = arrivals.return_for(shipment_id=shipment_id, by=request.actor)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
@page("stranded.receive_back")
def receive_back(request: ActorRequest, shipment_id: int) -> HttpResponse:
    """Count a return in by scan; what was not scanned stays under way."""
    shipment = _shipment(request, shipment_id)
    if request.method == "POST":
        try:
            done = commands.receive_back(
                shipment_id=shipment.pk, by=request.actor, at=timezone.now(),
                key=request.POST.get("key", "")[:64],
            )  # fmt: skip
        except Refused as refused:
            say_refused(request, refused)
        else:
            say_counted(request, done, shipment=shipment)
        return redirect(request.path)
    return render(request, "send_back/receive.html", arriving(shipment, scans=_SCANS))


@require_POST
@page("stranded.receive_back")
def scan_arrival(request: ActorRequest, shipment_id: int) -> HttpResponse:
    """One number of a return, or one taken back; answers with what was scanned."""
    shipment = _shipment(request, shipment_id)
    back = ("stranded.receive_back", shipment.pk)
    return answer_scan(request, shipment, scans=_SCANS, back=back)
