"""Appointing, ending, and handing a post on with its balance: both count, both sign (Art. 5, 20).

`pages.py` beside it shows the office; a POST here calls one command.
"""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from cardbook.chapters.duties.organizations import post_commands, queries
from cardbook.chapters.duties.organizations.commands import Order
from cardbook.chapters.duties.organizations.forms import AppointForm, HandOverForm, OrderForm
from cardbook.chapters.duties.organizations.pages import (
    CHANGING,
    MANAGERS,
    Given,
    obey,
    order_of,
    organization_of,
)
from cardbook.chapters.duties.organizations.register import freeze
from cardbook.chapters.screens import status_of
from cardbook.law.roles import Role
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.pages import ActorRequest, new_key, page, signer
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.registers.typesetting import FontsMissing


@require_POST
@CHANGING
def appoint(request: ActorRequest, organization_id: int) -> HttpResponse:
    """Give somebody a post at this office."""
    organization = organization_of(request, organization_id)

    def do(given: Given) -> str:
        user, role = queries.user_named(given["username"]), Role.of(given["role"])
        order = order_of(request, given)
        if user is not None:
            post_commands.appoint(
                user=user, organization_id=organization_id, role=role, order=order
            )
            return f"已任命{user.get_full_name()}自 {given['on']} 任{role.label}。"
        if not given["name"]:
            raise Refused([Refusal(no.ACCOUNT_UNKNOWN, {"username": given["username"]})])
        password = post_commands.appoint_newcomer(
            username=given["username"], name=given["name"], organization_id=organization_id,
            role=role, order=order,
        )  # fmt: skip
        return (
            f"已为{given['name']}开立账号 {given['username']}，任{role.label}。"
            f"一次性密码（只显示这一次）：{password}，请当面交给本人；用它登录后，先换成自己的密码，才能办业务、签名。"
        )

    form = AppointForm(request.POST, roles=queries.roles_at(organization))
    return obey(request, organization_id, name="post.appoint", form=form, do=do)


def _post(request: ActorRequest, post_id: int) -> queries.HeldPost:
    found = queries.held_post(by=request.actor, post_id=post_id)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
@page(roles=MANAGERS, basis="第五条、第二十条")
def end(request: ActorRequest, post_id: int) -> HttpResponse:
    """End a post that keeps nothing, or hand it on with its balance."""
    post = _post(request, post_id)
    if post.keeps and post.stock:
        return _hand_over(request, post)
    form = OrderForm(request.POST or None, initial={"key": new_key(), "on": timezone.localdate()})
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            post_commands.end_post(post_id=post_id, order=order_of(request, form.cleaned_data))
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, f"{post.name}的岗位自 {form.cleaned_data['on']} 解除。")
            return redirect("organization.show", post.organization_id)
    return _page(request, post, form, refusals)


@require_POST
@page(roles=MANAGERS, basis="第五条")
def keep(request: ActorRequest, post_id: int) -> HttpResponse:
    """Take back that a post ends on a day to come."""
    found = queries.ending_post(by=request.actor, post_id=post_id, on=timezone.localdate())
    if found is None:
        raise Http404
    order = Order(
        by=request.actor, at=timezone.now(), on=timezone.localdate(), words="收回解除",
        key=new_key(),
    )  # fmt: skip
    post_commands.keep_post(post_id=post_id, order=order)
    messages.success(request, f"已收回：{found.user.get_full_name()}继续任职。")
    return redirect("organization.show", found.organization_id)


def _page(
    request: ActorRequest,
    post: queries.HeldPost,
    form: OrderForm,
    refusals: tuple[Refusal, ...],
) -> HttpResponse:
    return render(
        request, "organizations/post.html",
        {
            "post": post,
            "form": form,
            "refusals": refusals,
            "total": sum(line.cards for line in post.stock),
        },
        status=status_of(refusals=refusals, mistakes=form.errors),
    )  # fmt: skip


def _hand_over(request: ActorRequest, post: queries.HeldPost) -> HttpResponse:
    form = HandOverForm(
        request.POST or None, stock=post.stock,
        initial={"key": new_key(), "on": timezone.localdate()},
    )  # fmt: skip
    if request.method != "POST" or not form.is_valid():
        return _page(request, post, form, ())
    given = form.cleaned_data
    try:
        with no.signing_as("移交人"):
            outgoing = signer(
                username=post.username, password=given["outgoing_password"], request=request
            )
        with no.signing_as("接收人"):
            incoming = signer(
                username=given["incoming"], password=given["incoming_password"], request=request
            )
        signed = post_commands.Signatures(outgoing=outgoing, incoming=incoming)
        made = post_commands.hand_over(
            post_id=post.id, counted=form.counted(), signed=signed,
            order=order_of(request, given),
        )  # fmt: skip
    except Refused as refused:
        return _page(request, post, form, refused.refusals)
    messages.success(request, f"已交接 {sum(form.counted().values())} 张卡。")
    return _sheet_of(request, made)


def _sheet_of(request: ActorRequest, made: Any) -> HttpResponse:
    """Freeze the sheet at once; where it cannot be printed now, it waits in the register."""
    try:
        document = freeze(made, by=request.actor, at=timezone.now())
    except FontsMissing as problem:
        messages.warning(request, f"交接单没有出具：{problem}")
        return redirect(f"{reverse('register.post_hand_over')}?hand_over={made.pk}")
    messages.success(request, f"已出具 {document.number}，请打印后三方签字存档。")
    return redirect("document.show", document.pk)
