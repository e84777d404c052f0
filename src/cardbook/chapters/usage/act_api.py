"""Acts by API: the form of the page, its command, in other dress (Art. 4, 22 to 31).

The body is read off the form, so that a field added to the page is in the document as well. Papers
and notices are lists of codes; the header `Idempotency-Key` is the key of `perform`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.utils import timezone
from ninja import Header, Path, Router, Schema
from pydantic import Base64Bytes, Field, create_model

from cardbook.chapters.api import (
    Mistake,
    StaffSession,
    Trouble,
    forbid_more,
    named,
    problems,
    refuse_other_roles,
)
from cardbook.chapters.asked import AskedForm, notice_name, picture_name
from cardbook.chapters.card_heads import CardHead, card_head_of
from cardbook.chapters.usage.asking import Request
from cardbook.law.roles import roles_named
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.pages import ActorRequest, Policy
from cardbook.orgs.actors import Actor

Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key", pattern=r"^[0-9A-Za-z_-]{8,64}$",
        description="一次业务一个键；同键同内容再次提交，得到第一次的结果",
    ),
]  # fmt: skip
Number = Annotated[str, Path(pattern=r"^[0-9A-Za-z]{1,20}$", description="卡面号码")]


class Did(Schema):
    """What was done."""

    act: str = Field(description="业务编码")
    number: str = Field(description="卡号、临时卡号或申请号；新开的申请，为它的申请号")
    batch: UUID = Field(description="台账批次；同一个键总是同一批次")
    repeated: bool = Field(description="这个键已经办过，返回第一次的结果")
    remarks: list[str] = Field(default=[], description="提示：不拦办理，请核对")


def _of_county(number: str, by: Actor) -> CardHead | None:
    return card_head_of(number=number.upper(), by=by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is acted on: its address, how an actor's own is found by the number in it.

    `names` says the number again, for the answer.
    """

    path: str = "/cards/{number}"
    tag: str = "社保卡"
    find: Callable[[str, Actor], Any] = _of_county
    names: Callable[[Any], str] = field(default=lambda subject: str(subject.number))


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A form and the command it is given to; `code` is the act where the form names another.

    `prepare` offers what depends on the subject, `arguments` makes what its form is built with and
    `blank` the same for a form nobody fills, off which the body is read. Fields in `said` follow
    from the address and are in no body. `born` says the number of what was opened, if anything.
    """

    form: type[Any]
    do: Callable[[Request[Any], datetime], Any]
    code: str = ""
    prepare: Callable[[Any, Any, Actor], None] = field(default=lambda form, subject, by: None)
    arguments: Callable[[Any, Actor], dict[str, Any]] = field(default=lambda subject, by: {})
    blank: Mapping[str, Any] = field(default_factory=dict)
    said: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    born: Callable[[Any], str] | None = None

    @property
    def act_code(self) -> str:
        """The act."""
        return self.code or str(self.form.act_code)


def acts_on(target: Target, *calls: Call) -> Router:
    """This function will make the addresses of acts: one POST for each, named by its code."""
    router = Router(tags=[target.tag], auth=StaffSession())
    for call in calls:
        row = act(call.act_code)
        policy = Policy(frozenset(row.who), row.basis_text, (row.code,))
        router.post(
            f"{target.path}/{row.code}",
            response={200: Did, **problems(400, 401, 403, 404, 409, 422)},
            summary=row.title,
            description=f"依据：{row.basis_text}。岗位：{roles_named(row.who)}。",
            operation_id=row.code.replace(".", "_"),
            url_name=named(f"api.{row.code}", policy),
        )(_view(target, call))
    return router


def _view(target: Target, call: Call) -> Callable[..., Did]:
    body_model = body_of(call.form, code=call.act_code, blank=call.blank, said=call.said)

    def view(
        request: ActorRequest,
        number: Number,
        body: body_model,  # type: ignore[valid-type] # made from the form
        idempotency_key: Key,
    ) -> Did:
        refuse_other_posts(call.act_code, request.actor)
        subject = target.find(number, request.actor)
        if subject is None:
            raise Http404
        return answered(target, call, subject, body, key=idempotency_key, request=request)

    def view_without_number(
        request: ActorRequest,
        body: body_model,  # type: ignore[valid-type] # made from the form
        idempotency_key: Key,
    ) -> Did:
        refuse_other_posts(call.act_code, request.actor)
        return answered(target, call, None, body, key=idempotency_key, request=request)

    return view if "{number}" in target.path else view_without_number


def refuse_other_posts(code: str, by: Actor) -> None:
    """This function will let nobody pass whose post does not do the act.

    :raises Trouble: 403, naming who does it.
    """
    refuse_other_roles(act(code).who, by=by, doing="办理此项业务")


def answered(
    target: Target, call: Call, subject: Any, body: Schema, *, key: str, request: ActorRequest
) -> Did:
    """This function will fill the form, give it to its command, and say what was done.

    :raises Trouble: 422, naming every field the form does not take.
    :raises Refused: with every reason of the table.
    """
    by = request.actor
    said = {name: say(subject) for name, say in call.said.items()}
    form = filled(
        call.form, body, key=key, said=said,
        arguments=call.arguments(subject, by),
    )  # fmt: skip
    call.prepare(form, subject, by)
    if not form.is_valid():
        raise Trouble(422, mistakes_of(form))
    asked = Request(
        subject_id=subject.id if subject else 0, form=form, answered=form.answered(), by=by,
        second=form.second(request), key=key,
    )  # fmt: skip
    done = call.do(asked, timezone.now())
    number = call.born(done) if call.born else target.names(subject)
    return Did(
        act=call.act_code, number=number, batch=done.batch, repeated=done.repeated,
        remarks=list(form.remarks()),
    )  # fmt: skip


def mistakes_of(form: forms.Form) -> list[Mistake]:
    """This function will say what is wrong in a form, field by field, by the body's names."""
    pictures = {
        picture_name(kind): f"pictures.{kind.code}"
        for group in (form.asked.papers if isinstance(form, AskedForm) else ())
        for kind in group.pictures
    }
    return [
        Mistake(
            code="INPUT_WRONG", detail=str(text), way_out="请改正后重新提交。",
            field="" if name == "__all__" else pictures.get(name, name),
        )
        for name, texts in form.errors.items()
        for text in texts
    ]  # fmt: skip


# ------------------------------------------------------------------- between body and form
def body_of(
    form_class: type[AskedForm],
    *,
    code: str = "",
    blank: Mapping[str, Any] | None = None,
    said: Iterable[str] = (),
) -> type[Schema]:
    """This function will make the body of an act: the form's own fields, papers, notices."""
    form = form_class(initial={}, **(blank or {}))
    own = [name for name in _own(form) if name not in said]
    fields: dict[str, Any] = {name: _typed(form.fields[name]) for name in own}
    kinds = [kind for group in form.asked.papers for kind in group.kinds]
    if kinds:
        fields["papers"] = _codes("已查验的材料", kinds)
    if form.asked.notices:
        fields["told"] = _codes("已告知持卡人的事项", form.asked.notices)
    pictures: Any = _one_of(kind.code for kind in kinds if kind.is_image)
    if pictures is not None:
        words = "须留存影像的材料：编码到 JPG 或 PNG 的 base64"
        fields["pictures"] = (dict[pictures, Base64Bytes], Field(default={}, description=words))
    row = act(code or form.act_code)
    name = "".join(part.title() for part in row.code.replace("_", ".").split("."))
    made: type[Schema] = create_model(
        f"{name}Body", __base__=Schema, __config__=None, __doc__=row.title, **fields
    )
    return forbid_more(made)


def _one_of(codes: Iterable[str]) -> Any:
    """The type of one of some codes, None without any."""
    found = tuple(dict.fromkeys(codes))
    return Literal[found] if found else None


def _codes(label: str, rows: Sequence[Any]) -> tuple[Any, Any]:
    """A list of codes of papers or notices, and what each of them means."""
    one: Any = _one_of(row.code for row in rows)
    words = "；".join(f"{row.code} {row.title}" for row in rows)
    return list[one], Field(default=[], title=label, description=f"{label}：{words}")


def _own(form: AskedForm) -> list[str]:
    asked = {name for group in form.asked.papers for name in group.fields()}
    asked |= {notice_name(one) for one in form.asked.notices}
    return [name for name in form.fields if name != "key" and name not in asked]


def _typed(given: forms.Field) -> tuple[Any, Any]:
    """The type of one field and how it is described; what is not required may be left out."""
    kind, empty = _kind_of(given)
    said: dict[str, Any] = {"title": str(given.label), "description": _described(given)}
    if isinstance(given, forms.CharField) and kind is str:
        said |= {"max_length": given.max_length, "min_length": int(given.required)}
    return kind, Field(**said) if given.required else Field(default=empty, **said)


def _kind_of(given: forms.Field) -> tuple[Any, Any]:
    """The type, and what stands for nothing. A list that depends on the card is one of ids."""
    codes: Any = _one_of(code for code, _ in _choices(given))
    kinds: tuple[tuple[type[forms.Field], Any, Any], ...] = (
        (forms.MultipleChoiceField, list[codes], []),
        (forms.TypedChoiceField, int, None),
        (forms.ChoiceField, codes, ""),
        (forms.BooleanField, bool, False),
        (forms.DateTimeField, datetime, None),
        (forms.DateField, date, None),
        (forms.DecimalField, MONEY, None),
        (forms.FileField, Base64Bytes | None, None),
        (forms.CharField, str, ""),
    )
    return next((made, empty) for kind, made, empty in kinds if isinstance(given, kind))


# An amount in yuan, as text: a JSON number may lose a fen on its way.
MONEY = Annotated[str, Field(pattern=r"^[0-9]{1,6}(\.[0-9]{1,2})?$")]


def _choices(given: forms.Field) -> list[tuple[str, str]]:
    return [(str(code), str(label)) for code, label in getattr(given, "choices", ())]


def _described(given: forms.Field) -> str:
    words = "；".join(f"{code} {label}" for code, label in _choices(given))
    return "。".join(str(part) for part in (given.label, given.help_text, words) if part)


def filled(
    form_class: type[AskedForm],
    body: Schema,
    *,
    key: str,
    said: Mapping[str, Any] | None = None,
    arguments: Mapping[str, Any] | None = None,
) -> Any:
    """This function will fill the form of the page with what the body says."""
    # Not `model_dump`: it writes bytes as base64 again, whatever its mode.
    given = dict(body)
    papers, told = given.pop("papers", []), given.pop("told", [])
    pictures: dict[str, bytes] = given.pop("pictures", {})
    data: dict[str, Any] = {"key": key, **(said or {})}
    files = {}
    for name, value in given.items():
        if isinstance(value, bytes):
            files[name] = SimpleUploadedFile(name, value)
        else:
            data[name] = value.isoformat() if isinstance(value, date) else value
    asked = form_class.asks()
    for group in asked.papers:
        shown = [kind.code for kind in group.kinds if kind.code in papers]
        data[group.name] = "on" if group.is_tick and shown else next(iter(shown), "")
    data |= {notice_name(one): "on" for one in asked.notices if one.code in told}
    files |= {
        picture_name(kind): SimpleUploadedFile(kind.code, pictures[kind.code])
        for group in asked.papers
        for kind in group.pictures
        if kind.code in pictures
    }
    return form_class(data, files, **(arguments or {}))
