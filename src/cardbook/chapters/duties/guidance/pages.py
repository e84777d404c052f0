"""Guidance: what is to be read, who has signed, giving and withdrawing it (Art. 5 para. 1)."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cardbook.chapters.duties.guidance import commands, queries
from cardbook.chapters.duties.guidance.forms import GuidanceForm, WithdrawForm
from cardbook.chapters.screens import say_refused, status_of
from cardbook.law.roles import Role
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.registers.answers import file_answer
from cardbook.registers.listing import table_as_xlsx
from cardbook.registers.lists import only_ticked, order_of, text_of

ROWS = 50
MOST_EXPORTED = 5000
BASIS = "第五条第一款"
READING = page(roles=queries.GUIDED | {Role.AUDITOR}, basis=BASIS)
SIGNING = page(roles=queries.GUIDED, basis=BASIS)
GUIDING = page(roles=commands.GUIDES, basis=BASIS)


@require_GET
@READING
def listed(request: ActorRequest) -> HttpResponse:
    """What is to be read and what was, with how many have signed."""
    by, today, text = request.actor, timezone.localdate(), text_of(request)
    usual = "todo" if by.role in queries.GUIDED - commands.GUIDES else "all"
    state = request.GET.get("state", usual)
    sort = order_of(request, queries.SORTS)
    found = queries.listed(by, state=state, text=text, sort=sort)
    if "export" in request.GET:
        seen = only_ticked(request, found)
        return _exported(queries.rows(seen[:MOST_EXPORTED], by=by, on=today))
    shown = Paginator(found, ROWS).get_page(request.GET.get("page"))
    context = {
        "found": shown,
        "rows": queries.rows(found[shown.start_index() - 1 : shown.end_index()], by=by, on=today)
        if shown
        else [],
        "states": queries.STATES.items(),
        "state": state,
        "text": text,
        "sorts": [(code, title) for code, (title, _) in queries.SORTS.items()],
        "sort": sort,
        "may": by.role in commands.GUIDES,
    }
    return render(request, "guidance/list.html", context)


def _exported(rows: list[queries.Row]) -> HttpResponse:
    heads = ("标题", "文号", "发布机构", "发布日期", "签阅期限", "应签阅", "已签阅", "情况")
    cells = (
        (
            row.title, row.document, row.issuer, f"{localtime(row.published_at):%Y-%m-%d}",
            f"{row.read_by}", row.guided, row.read,
            "已撤回" if row.withdrawn_on else "逾期未签阅完" if row.is_late else "",
        )
        for row in rows
    )  # fmt: skip
    return file_answer(table_as_xlsx("业务指导", heads, cells), name="业务指导.xlsx")


def _row(request: ActorRequest, guidance_id: int) -> queries.Row:
    found = queries.visible(request.actor).filter(pk=guidance_id)
    for row in queries.rows(found, by=request.actor, on=timezone.localdate()):
        return row
    raise Http404


@require_GET
@READING
def show(request: ActorRequest, guidance_id: int) -> HttpResponse:
    """One letter of guidance, and who of the county has signed it."""
    row = _row(request, guidance_id)
    if "export" not in request.GET:
        return _shown(request, row)
    heads = ("姓名", "机构", "岗位", "签阅时间")
    cells = (
        (
            one.name, one.office, one.role,
            f"{localtime(one.read_at):%Y-%m-%d %H:%M}" if one.read_at else "未签阅",
        )
        for one in queries.guided(row.id, by=request.actor, on=timezone.localdate())
    )  # fmt: skip
    return file_answer(table_as_xlsx("签阅情况", heads, cells), name="签阅情况.xlsx")


def _shown(
    request: ActorRequest,
    row: queries.Row,
    form: WithdrawForm | None = None,
    refusals: tuple[Refusal, ...] = (),
) -> HttpResponse:
    by = request.actor
    people = queries.guided(row.id, by=by, on=timezone.localdate())
    context = {
        "row": row,
        "found": Paginator(people, ROWS).get_page(request.GET.get("page")),
        "may_sign": row.is_mine and row.my_read_at is None,
        "may_withdraw": by.role in commands.GUIDES and row.issuer_id == by.org_id
        and row.withdrawn_on is None,
        "form": form or WithdrawForm(),
        "refusals": refusals,
    }  # fmt: skip
    status = status_of(refusals=refusals, mistakes=form.errors if form else None)
    return render(request, "guidance/show.html", context, status=status)


@require_POST
@SIGNING
def sign(request: ActorRequest, guidance_id: int) -> HttpResponse:
    """Sign that it was read."""
    row = _row(request, guidance_id)
    try:
        commands.sign_read(guidance_id=row.id, by=request.actor, at=timezone.now())
    except Refused as refused:
        say_refused(request, refused)
        return redirect("guidance.show", row.id)
    messages.success(request, f"已签阅“{row.title}”。")
    return redirect("guidance.list")


@require_http_methods(["GET", "POST"])
@GUIDING
def publish(request: ActorRequest) -> HttpResponse:
    """Write guidance for all offices within reach."""
    today = timezone.localdate()
    form = GuidanceForm(request.POST or None, today=today, initial={"key": new_key()})
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            made = commands.publish(
                letter=form.letter(), by=request.actor, at=timezone.now(),
                key=form.cleaned_data["key"],
            )  # fmt: skip
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, f"已发布“{made.title}”，收件人首页会提示签阅。")
            return redirect("guidance.show", made.pk)
    status = status_of(refusals=refusals, mistakes=form.errors)
    context = {"form": form, "refusals": refusals}
    return render(request, "guidance/publish.html", context, status=status)


@require_POST
@GUIDING
def withdraw(request: ActorRequest, guidance_id: int) -> HttpResponse:
    """End guidance that no longer holds."""
    row = _row(request, guidance_id)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return _shown(request, row, form)
    try:
        commands.withdraw(
            guidance_id=row.id, words=form.cleaned_data["words"], by=request.actor,
            at=timezone.now(),
        )  # fmt: skip
    except Refused as refused:
        return _shown(request, row, form, refused.refusals)
    messages.success(request, f"“{row.title}”已撤回，签阅情况保留备查。")
    return redirect("guidance.show", row.id)
