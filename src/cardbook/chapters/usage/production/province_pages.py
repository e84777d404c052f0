"""What the province says beside an application: before it at the window, and open checks (9.2a).

Nothing is stored of what the first page shows; it fills in what the clerk left empty.
"""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from cardbook.chapters.usage.production.forms import CheckForm, PersonForm
from cardbook.chapters.usage.production.list_pages import BASIS, READERS
from cardbook.chapters.usage.province_asking import ask_province
from cardbook.chapters.usage.province_checks import ask_again, open_checks, settle_check
from cardbook.lib.masking import mask_number
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.pages import ActorRequest, page
from cardbook.people.holders import holder_of

ROWS = 50


@require_POST
@page("application.capture")
def person(request: ActorRequest) -> HttpResponse:
    """What the province knows of whoever stands at the window, as a part of the page."""
    form = PersonForm(request.POST, today=timezone.localdate())
    said = None
    if form.is_valid():
        said = ask_province(
            name=form.cleaned_data["name"], number=form.cleaned_data["number"],
            county_id=request.actor.county_id or request.actor.org_id, at=timezone.now(),
        )  # fmt: skip
    known = said.person if said else None
    context = {
        "form": form,
        "said": said,
        # What was typed stays as it was typed.
        "address": known.address if known and not request.POST.get("address") else "",
        "phone": known.phone if known and not request.POST.get("phone") else "",
    }
    return render(request, "production/_province.html", context)


@require_http_methods(["GET", "POST"])
@page(roles=READERS, basis=BASIS)
def checks(request: ActorRequest) -> HttpResponse:
    """The applications whose duplicate check is open: ask again, or say how it was found out."""
    may = request.actor.role in act("application.submit").who
    if request.method == "POST" and may:
        _do(request)
        return redirect("application.checks")
    found = Paginator(open_checks(by=request.actor), ROWS).get_page(request.GET.get("page"))
    rows = [
        {
            "check": one,
            "holder": holder_of(one.application.person),
            "masked": mask_number(holder_of(one.application.person).number),
        }
        for one in found
    ]
    return render(request, "production/checks.html", {"found": found, "rows": rows, "may": may})


def _do(request: ActorRequest) -> None:
    form = CheckForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请写明核查结果。")
        return
    given, now = form.cleaned_data, timezone.now()
    if "again" in request.POST:
        check = ask_again(application_id=given["application"], by=request.actor, at=now)
        if check is None:
            messages.error(request, "这件申请已经处理，或不在本机构。请刷新页面。")
        else:
            messages.info(request, f"申请 {check.pk}：{check.words}。")
    elif settle_check(
        application_id=given["application"], words=given["words"], by=request.actor, at=now
    ):
        messages.success(request, f"申请 {given['application']} 的省系统查重已登记结果。")
    else:
        messages.error(request, "没有登记：已经处理，或不在本机构。请刷新页面。")
