"""The tree as of any date, one office with its history, and the orders that change it (Art. 5).

`post_pages.py` beside it appoints and hands over; a POST here calls one command.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from cardbook.chapters.duties.organizations import (
    commands,
    county_commands,
    directory,
    plan_commands,
    queries,
)
from cardbook.chapters.duties.organizations.forms import (
    AppointForm,
    DateForm,
    FoundForm,
    JoinForm,
    MergeForm,
    MoveForm,
    OrderForm,
    RenameForm,
    StartForm,
)
from cardbook.chapters.screens import status_of
from cardbook.law.roles import Role
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.registers import lists
from cardbook.registers.answers import file_answer

READERS = frozenset(
    {
        Role.CITY_MANAGER, Role.COUNTY_MANAGER, Role.CARD_KEEPER, Role.REVIEWER, Role.AUDITOR,
        Role.SYSTEM_ADMIN,
    }
)  # fmt: skip
MANAGERS = frozenset({Role.CITY_MANAGER, Role.COUNTY_MANAGER})
BASIS = "第五条"
ROWS = 100
CHANGING = page(roles=MANAGERS, basis="第五条、第二十条")
Given = dict[str, Any]


@require_GET
@page(roles=READERS, basis=BASIS)
def tree(request: ActorRequest) -> HttpResponse:
    """Which offices there were on a day, under the names they had then; found and exported."""
    form = DateForm(request.GET or None)
    on = (form.cleaned_data["on"] if form.is_valid() else None) or timezone.localdate()
    text, sort = lists.text_of(request), lists.order_of(request, directory.SORTS)
    nodes = directory.listed(queries.tree(by=request.actor, on=on), text=text, sort=sort)
    if lists.is_export(request):
        seen = lists.rows_ticked(request, nodes, of=lambda node: node.id)
        return file_answer(directory.as_xlsx(seen, on=on), name=f"机构_{on:%Y%m%d}.xlsx")
    context = {
        "found": Paginator(nodes, ROWS).get_page(request.GET.get("page")),
        "text": text,
        "sort": sort,
        "sorts": lists.titles(directory.SORTS),
        "is_tree": sort == directory.TREE and not text,
        "on": on,
        "form": DateForm(initial={"on": on}),
        "is_today": on == timezone.localdate(),
        "plans": queries.plans(by=request.actor),
        "may": request.actor.role in MANAGERS,
    }
    return render(request, "organizations/tree.html", context)


def organization_of(request: ActorRequest, organization_id: int) -> Any:
    """This function will return the office, or say that there is none for this actor."""
    found = queries.organization_for(by=request.actor, organization_id=organization_id)
    if found is None:
        raise Http404
    return found


@require_GET
@page(roles=READERS, basis="第五条、第二十条")
def show(request: ActorRequest, organization_id: int) -> HttpResponse:
    """One office: names, parents, successors, posts, stock, and what may be ordered."""
    return shown(request, organization_id)


def shown(
    request: ActorRequest,
    organization_id: int,
    *,
    bound: dict[str, forms.Form] | None = None,
    refusals: tuple[Refusal, ...] = (),
) -> HttpResponse:
    """This function will show an office; `bound` is the form that was sent and not accepted."""
    organization = organization_of(request, organization_id)
    office = queries.office(organization)
    may = request.actor.role in MANAGERS and (
        organization.in_force or organization.valid_to is None or office.cards > 0
    )
    given = bound or {}
    return render(
        request, "organizations/office.html",
        {
            "office": office,
            "changes": queries.changes_of(organization_id),
            "plans": queries.plans(by=request.actor, organization_id=organization_id),
            "today": timezone.localdate(),
            "may": may,
            "orders": [
                (name, title, button, given.get(name) or form, name in given)
                for name, title, button, form in _orders(request, organization, office)
            ]
            if may
            else [],
            "refusals": refusals,
        },
        status=status_of(refusals=refusals, mistakes=bound),
    )  # fmt: skip


def _orders(
    request: ActorRequest, organization: Any, office: queries.Office
) -> list[tuple[str, str, str, forms.Form]]:
    """Address, heading, button and form of everything that can be ordered here."""
    start = {"key": new_key(), "on": timezone.localdate()}
    merge = (
        "organization.merge", "合并、拆分", "办理移交",
        MergeForm(initial=start, choices=queries.siblings(organization), stock=office.stock),
    )  # fmt: skip
    if organization.valid_to is not None and not organization.in_force:
        return [merge]
    posts = AppointForm(initial=start, roles=queries.roles_at(organization))
    found: list[tuple[str, str, str, forms.Form]] = [
        ("post.appoint", "任命", "任命", posts),
        ("organization.found", "设立下级机构", "设立", FoundForm(initial=start)),
    ]
    if not office.is_county and organization.path != request.actor.county_path:
        found += [
            ("organization.rename", "更名", "更名", RenameForm(initial=start)),
            ("organization.move", "调整隶属", "调整",
             MoveForm(initial=start, choices=queries.parents(organization))),
            merge,
            ("organization.close", "撤销", "撤销", OrderForm(initial=start)),
        ]  # fmt: skip
    if office.is_county and request.actor.role is Role.CITY_MANAGER:
        found += [
            ("organization.start", "启用日", "确定启用日", StartForm(initial=start)),
            ("organization.join", "县区合并", "并入该县区",
             JoinForm(initial=start, choices=queries.other_counties(organization))),
        ]  # fmt: skip
    return found


def order_of(request: ActorRequest, given: Given) -> commands.Order:
    """This function will make the order of a valid form."""
    return commands.Order(
        by=request.actor, at=timezone.now(), on=given["on"], words=given["words"],
        key=given["key"],
    )  # fmt: skip


def obey(
    request: ActorRequest,
    organization_id: int,
    *,
    name: str,
    form: forms.Form,
    do: Callable[[Given], str],
) -> HttpResponse:
    """This function will do an order and say what came of it, or show why it was not done."""
    if not form.is_valid():
        return shown(request, organization_id, bound={name: form})
    try:
        said = do(form.cleaned_data)
    except Refused as refused:
        return shown(request, organization_id, bound={name: form}, refusals=refused.refusals)
    messages.success(request, said)
    return redirect("organization.show", organization_id)


@require_POST
@CHANGING
def rename(request: ActorRequest, organization_id: int) -> HttpResponse:
    """Give an office another name from a day."""
    organization_of(request, organization_id)

    def do(given: Given) -> str:
        commands.rename(
            organization_id=organization_id, name=given["name"], order=order_of(request, given)
        )
        return f"自 {given['on']} 更名为“{given['name']}”；此前的记录仍显示原名称。"

    form = RenameForm(request.POST)
    return obey(request, organization_id, name="organization.rename", form=form, do=do)


@require_POST
@CHANGING
def move(request: ActorRequest, organization_id: int) -> HttpResponse:
    """Put an office under another parent."""
    organization = organization_of(request, organization_id)

    def do(given: Given) -> str:
        commands.move(
            organization_id=organization_id, parent_id=int(given["other"]),
            order=order_of(request, given),
        )  # fmt: skip
        return f"自 {given['on']} 调整隶属，下级机构随同。"

    form = MoveForm(request.POST, choices=queries.parents(organization))
    return obey(request, organization_id, name="organization.move", form=form, do=do)


@require_POST
@CHANGING
def merge(request: ActorRequest, organization_id: int) -> HttpResponse:
    """Let another office carry on, wholly or for some places."""
    organization = organization_of(request, organization_id)

    def do(given: Given) -> str:
        order, other = order_of(request, given), int(given["other"])
        chosen = [int(one) for one in given.get("places", ())]
        if chosen:
            done = commands.split(
                organization_id=organization_id, successor_id=other, account_ids=chosen,
                order=order,
            )  # fmt: skip
            return f"已拆分，移交 {len(done.subject_ids)} 张卡。"
        done = commands.merge(organization_ids=[organization_id], successor_id=other, order=order)
        return f"已合并：{len(done.subject_ids)} 张卡、全部岗位和下级机构随同移交，本机构已撤销。"

    form = MergeForm(
        request.POST, choices=queries.siblings(organization),
        stock=queries.stock_of(organization_id),
    )  # fmt: skip
    return obey(request, organization_id, name="organization.merge", form=form, do=do)


@require_POST
@CHANGING
def close(request: ActorRequest, organization_id: int) -> HttpResponse:
    """Close an office that keeps nothing."""
    organization_of(request, organization_id)

    def do(given: Given) -> str:
        commands.close(organization_id=organization_id, order=order_of(request, given))
        return f"自 {given['on']} 撤销；从那天起不能再接收卡，也不能再任命人员。"

    form = OrderForm(request.POST)
    return obey(request, organization_id, name="organization.close", form=form, do=do)


@require_POST
@CHANGING
def found(request: ActorRequest, organization_id: int) -> HttpResponse:
    """Found an office under this one."""
    organization_of(request, organization_id)

    def do(given: Given) -> str:
        made = commands.found(
            code=given["code"], name=given["name"], kind=given["kind"],
            parent_id=organization_id, order=order_of(request, given),
        )  # fmt: skip
        return f"自 {given['on']} 设立“{made.name}”（{made.code}）。"

    form = FoundForm(request.POST)
    return obey(request, organization_id, name="organization.found", form=form, do=do)


@require_POST
@page(roles=frozenset({Role.CITY_MANAGER}), basis="第五条第一款")
def start(request: ActorRequest, organization_id: int) -> HttpResponse:
    """Set the day from which a county works with this book."""
    organization_of(request, organization_id)

    def do(given: Given) -> str:
        commands.set_first_day(
            county_id=organization_id, day=given["day"], order=order_of(request, given)
        )
        return f"启用日为 {given['day']}。"

    form = StartForm(request.POST)
    return obey(request, organization_id, name="organization.start", form=form, do=do)


@require_POST
@page(roles=frozenset({Role.CITY_MANAGER}), basis="第三条、第五条")
def join(request: ActorRequest, organization_id: int) -> HttpResponse:
    """Let a county go into another with everything that is not finished."""
    organization = organization_of(request, organization_id)

    def do(given: Given) -> str:
        county_commands.refuse_too_many(
            county_id=organization_id,
            successor_id=int(given["other"]),
            manager=request.user.get_username(),
        )
        county_commands.merge_counties(
            county_id=organization_id, successor_id=int(given["other"]),
            order=order_of(request, given),
        )  # fmt: skip
        return "县区已合并：机构、岗位、未完结的卡和事项全部划归承接县区，原名称留在历史中。"

    form = JoinForm(request.POST, choices=queries.other_counties(organization))
    return obey(request, organization_id, name="organization.join", form=form, do=do)


@require_POST
@CHANGING
def take_back(request: ActorRequest, plan_id: int) -> HttpResponse:
    """Take back what was ordered for a day to come."""
    plan = next((one for one in queries.plans(by=request.actor) if one.id == plan_id), None)
    if plan is None:
        raise Http404
    order = commands.Order(
        by=request.actor, at=timezone.now(), on=timezone.localdate(),
        words=f"收回“{plan.title}”", key=new_key(),
    )  # fmt: skip
    try:
        plan_commands.take_back(plan_id=plan_id, order=order)
    except Refused as refused:
        return shown(request, plan.organization_id, refusals=refused.refusals)
    messages.success(request, f"已收回：{plan.office}自 {plan.on} {plan.title}。")
    return redirect("organization.list")
