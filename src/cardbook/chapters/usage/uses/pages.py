"""The screens of uses and keys: the list everybody reads, and who keeps it (Art. 2, 23)."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cardbook.chapters.screens import status_of
from cardbook.chapters.usage.uses.commands import (
    NotKept,
    add_use,
    end_use,
    make_key,
    revoke_key,
)
from cardbook.chapters.usage.uses.forms import EndForm, KeyForm, RevokeForm, UseForm
from cardbook.chapters.usage.uses.queries import (
    KEY_SORTS,
    SORTS,
    FoundUse,
    in_force,
    key_list,
    uses,
)
from cardbook.chapters.usage.uses.register import keys_xlsx, uses_xlsx
from cardbook.chapters.usage.values import UseField
from cardbook.law.roles import Role
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.pages import ActorRequest, page, signer
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import actors_of
from cardbook.registers.answers import file_answer
from cardbook.registers.lists import is_export, order_of, rows_ticked, titles

ROWS = 50
_BASIS = "第二条、第二十三条"
_KEEPERS = frozenset({Role.CITY_MANAGER})
_KEYS = frozenset({Role.SYSTEM_ADMIN})
_SEE_KEYS = frozenset({*_KEYS, Role.SECURITY_ADMIN, Role.AUDITOR})


@require_GET
@page(basis=_BASIS)
def listed(request: ActorRequest) -> HttpResponse:
    """What the card can be used for today, for everybody to read."""
    context = {
        "page": Paginator(_listed(request), ROWS).get_page(request.GET.get("page")),
        "q": request.GET.get("q", "").strip(), "may": request.actor.role in _KEEPERS,
        "all": _sees_all(request), "query": request.GET.urlencode(),
        "today": timezone.localdate(), "field": request.GET.get("field", ""),
        "fields": UseField.choices, "sorts": titles(SORTS), "sort": order_of(request, SORTS),
    }  # fmt: skip
    return render(request, "usage/uses.html", context)


def _sees_all(request: ActorRequest) -> bool:
    """Whether uses that ended or have not begun are asked for, by whoever keeps them."""
    return request.actor.role in _KEEPERS and bool(request.GET.get("all"))


def _listed(request: ActorRequest) -> list[FoundUse]:
    return uses(
        today=None if _sees_all(request) else timezone.localdate(),
        text=request.GET.get("q", "").strip(), field=request.GET.get("field", ""),
        sort=order_of(request, SORTS),
    )  # fmt: skip


@require_GET
@page(basis=_BASIS)
def export(request: ActorRequest) -> HttpResponse:
    """The uses that are seen, as a workbook."""
    now, today = timezone.now(), timezone.localdate()
    rows = rows_ticked(request, _listed(request), of=lambda row: row.pk)
    content = uses_xlsx(rows, by=request.actor, at=now)
    return file_answer(content, name=f"社保卡应用事项_{today:%Y%m%d}.xlsx")


@require_http_methods(["GET", "POST"])
@page(roles=_KEEPERS, basis=_BASIS)
def add(request: ActorRequest) -> HttpResponse:
    """Enter a use."""
    now, today = timezone.now(), timezone.localdate()
    form = UseForm(request.POST or None, initial={"since": today})
    form.offer(today)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        try:
            add_use(agency_id=given.pop("agency"), **given, by=request.actor, at=now)
        except NotKept as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, f"已登记事项“{given['name']}”。")
            return redirect("use.list")
    return render(
        request, "usage/use_add.html", {"form": form}, status=status_of(mistakes=form.errors)
    )


@require_POST
@page(roles=_KEEPERS, basis=_BASIS)
def end(request: ActorRequest) -> HttpResponse:
    """End a use from a day."""
    form = EndForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请选择停用日。")
    elif end_use(
        use_id=form.cleaned_data["use"], until=form.cleaned_data["until"], by=request.actor
    ):
        messages.success(request, "已登记停用日；到这一天查询也随之停止。")
    else:
        messages.error(request, "没有停用：事项已有停用日，或停用日早于启用日。请刷新页面。")
    return redirect("use.list")


@require_GET
@page(roles=_SEE_KEYS, basis=_BASIS)
def keys(request: ActorRequest) -> HttpResponse:
    """Which agencies may ask, for what, until when, and how often they did."""
    today, text = timezone.localdate(), request.GET.get("q", "").strip()
    sort = order_of(request, KEY_SORTS)
    found = key_list(today=today, text=text, sort=sort)
    if is_export(request):
        chosen = rows_ticked(request, found, of=lambda key: key.pk)
        return file_answer(keys_xlsx(chosen, today=today), name=f"核验密钥_{today:%Y%m%d}.xlsx")
    rows = [(key, in_force(key, today)) for key in found]
    context = {
        "sort": sort, "sorts": titles(KEY_SORTS),
        "page": Paginator(rows, ROWS).get_page(request.GET.get("page")), "q": text,
        "may": request.actor.role in _KEYS,
    }  # fmt: skip
    return render(request, "usage/keys.html", context)


@require_http_methods(["GET", "POST"])
@page(roles=_KEYS, basis=_BASIS)
def key_new(request: ActorRequest) -> HttpResponse:
    """Make a key and show it, this once."""
    now, today = timezone.now(), timezone.localdate()
    form = KeyForm(request.POST or None, initial={"valid_from": today})
    form.offer(today)
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        name, password = given.pop("second_name"), given.pop("second_password")
        try:
            second = _security_officer(request, name, password)
            if second is None:
                raise NotKept("第二人须是在岗的安全管理员，且不能是您自己。")
            key = make_key(
                agency_id=given.pop("agency"), **given, by=request.actor, second_id=second, at=now
            )
        except NotKept as problem:
            form.add_error(None, str(problem))
        except Refused as problem:
            refused = problem
        else:
            return render(request, "usage/key_shown.html", {"key": key, "title": given["title"]})
    refusals = refused.refusals if refused else ()
    return render(
        request, "usage/key_new.html", {"form": form, "refusals": refusals},
        status=status_of(refusals=refusals, mistakes=form.errors),
    )  # fmt: skip


def _security_officer(request: ActorRequest, name: str, password: str) -> int | None:
    """The security officer who signs with his own password, or None when it is not one."""
    with no.signing_as("安全管理员"):
        user = signer(username=name, password=password, request=request)
    posts = actors_of(user, on=timezone.localdate())
    fit = any(one.role is Role.SECURITY_ADMIN for one in posts)
    return user.pk if fit and user.pk != request.actor.user_id else None


@require_POST
@page(roles=_SEE_KEYS - {Role.AUDITOR}, basis=_BASIS)
def key_revoke(request: ActorRequest) -> HttpResponse:
    """End a key at once."""
    form = RevokeForm(request.POST)
    if form.is_valid() and revoke_key(
        key_id=form.cleaned_data["key_id"], by=request.actor, at=timezone.now()
    ):
        messages.success(request, "密钥已撤销，立即失效。")
    else:
        messages.error(request, "没有撤销：密钥已经撤销。请刷新页面。")
    return redirect("status_key.list")
