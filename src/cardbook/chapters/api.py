"""What all addresses of the API share: errors as problems, who asks, the policy of an address.

A slice's `api.py` beside its `pages.py` declares its addresses here; `config/api.py` mounts them.
Errors follow RFC 9457: a stable code, a Chinese sentence, the way out, the article behind it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import APIKeyCookie, APIKeyHeader
from pydantic import ConfigDict, Field

from cardbook.law.roles import Role, roles_named
from cardbook.lib.canonical import canonical_json
from cardbook.lifecycle.pages import Policy
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor

PROBLEM_TYPE = "application/problem+json"


class Mistake(Schema):
    """One thing that is wrong: a field of what was sent, or a reason of the table of acts."""

    code: str = Field(description="稳定的代码，供程序判断")
    detail: str = Field(description="哪里不对")
    way_out: str = Field(description="怎样处理")
    article: str = Field(default="", description="依据的条款")
    field: str = Field(default="", description="字段名；与字段无关的为空")


class Problem(Schema):
    """Why nothing was done."""

    type: str = Field(description="about:blank；以 code 区分")
    title: str = Field(description="HTTP 状态的名称")
    status: int = Field(description="HTTP 状态")
    code: str = Field(description="稳定的代码；多条原因时为第一条的代码")
    detail: str = Field(description="一句话说明")
    way_out: str = Field(description="怎样处理")
    errors: list[Mistake] = Field(description="全部原因，一条一项")


class Trouble(Exception):
    """Nothing was done; the answer is a problem."""

    def __init__(
        self, status: int, mistakes: Sequence[Mistake], headers: dict[str, str] | None = None
    ) -> None:
        """Take the HTTP status and everything that is wrong, the first of it first."""
        self.status = status
        self.mistakes = tuple(mistakes)
        self.headers = headers or {}
        super().__init__(mistakes[0].code)


def trouble(status: int, code: str, detail: str, way_out: str, **headers: str) -> Trouble:
    """This function will make the trouble of one mistake."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Trouble(status, [Mistake(code=code, detail=detail, way_out=way_out)], named)


def refuse_other_roles(who: Iterable[Role], *, by: Actor, doing: str) -> None:
    """This function will let nobody pass whose post is none of these.

    :raises Trouble: 403, naming who does it.
    """
    roles = frozenset(who)
    if by.role not in roles:
        named = roles_named(roles)
        said = f"您的岗位“{by.role.label}”不{doing}。"
        raise trouble(403, "ROLE_NOT_ALLOWED", said, f"请由{named}办理。")


class StaffSession(APIKeyCookie):
    """Somebody signed in, in the post he chose; what is sent must carry the CSRF token."""

    param_name = "sessionid"
    openapi_description = "登录后的会话；POST 须带 X-CSRFToken"

    def _get_key(self, request: HttpRequest) -> str | None:
        """A visitor is told to sign in before anybody asks for his token."""
        return super()._get_key(request) if getattr(request, "actor", None) else None

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        """The actor the middleware found, or None for a visitor."""
        return getattr(request, "actor", None)


class AgencyKey(APIKeyHeader):
    """The key of an agency; whether it is good the command's one read says."""

    param_name = "X-API-Key"

    def authenticate(self, request: HttpRequest, key: str | None) -> str | None:
        """The key as sent, or None without one."""
        return key or None


# ------------------------------------------------------------------------------ errors
_INPUT_WORDS = {
    "missing": "缺少必填项。",
    "extra_forbidden": "没有这个字段。",
    "string_too_long": "超过规定长度，至多 {max_length} 个字。",
    "string_too_short": "不能为空或过短，至少 {min_length} 个字。",
    "literal_error": "不在可选的值内，只能是 {expected}。",
    "string_type": "应为文字。",
    "bool_parsing": "应为 true 或 false。",
    "int_parsing": "应为整数。",
    "list_type": "应为一个列表。",
    "date_from_datetime_parsing": "日期应写作 2026-11-20。",
    "string_pattern_mismatch": "格式不对，应合于 {pattern}。",
    "model_attributes_type": "应为一个对象。",
}
_WAY_OUT = "请照 /api/v1/openapi.json 的说明修改后重新提交。"


def _answer(found: Trouble) -> HttpResponse:
    first = found.mistakes[0]
    problem = Problem(
        type="about:blank", title=HTTPStatus(found.status).phrase, status=found.status,
        code=first.code, detail=first.detail, way_out=first.way_out, errors=list(found.mistakes),
    )  # fmt: skip
    return HttpResponse(
        canonical_json(problem.model_dump()), status=found.status, content_type=PROBLEM_TYPE,
        headers=found.headers,
    )  # fmt: skip


def _in_words(kind: str, context: Mapping[str, Any]) -> str:
    """What is wrong with one value, with the limit or the values it should have kept to."""
    said = dict(context)
    if "expected" in said:
        said["expected"] = str(said["expected"]).replace("'", "").replace(" or ", ", ")
    return _INPUT_WORDS.get(kind, "格式不对。").format_map(said)


def _wrong_input(problem: ValidationError) -> Trouble:
    return Trouble(
        422,
        [
            Mistake(
                code="INPUT_WRONG", detail=_in_words(one["type"], one.get("ctx", {})),
                way_out=_WAY_OUT, field=".".join(str(part) for part in one["loc"][1:]),
            )
            for one in problem.errors
        ],
    )  # fmt: skip


def _refused(problem: Refused) -> Trouble:
    return Trouble(
        409,
        [
            Mistake(code=one.code, detail=one.sentence, way_out=one.way_out, article=one.article)
            for one in problem.refusals
        ],
    )


def _plain(problem: HttpError) -> Trouble:
    if problem.status_code == 403:
        return trouble(403, "CSRF_MISSING", "没有带 CSRF 令牌。", "请带 X-CSRFToken 头重新提交。")
    return trouble(
        problem.status_code, "BODY_UNREADABLE", "提交的内容不是 UTF-8 的 JSON。", _WAY_OUT
    )


_NOBODY = trouble(401, "NOT_SIGNED_IN", "没有登录或没有密钥。", "请登录，或带上 X-API-Key 头。")
_NOT_HERE = trouble(404, "NOT_FOUND", "没有找到，或不在您的范围内。", "请核对号码和所在机构。")
_NOT_ALLOWED = trouble(403, "NOT_ALLOWED", "不允许办理。", "请从本单位的网络登录后办理。")


def _handler(made: Callable[[Any], Trouble]) -> Callable[[HttpRequest, Any], HttpResponse]:
    return lambda request, problem: _answer(made(problem))


def in_words(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """This function will let an address say as a problem, too, that a method does not fit it."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer = view(request, *args, **kwargs)
        if not isinstance(answer, HttpResponseNotAllowed):
            return answer
        allowed = answer["Allow"]
        said = f"这个地址不接受 {request.method}。"
        return _answer(trouble(405, "METHOD_NOT_FIT", said, f"请用 {allowed}。", Allow=allowed))

    return answered


class CardbookAPI(NinjaAPI):
    """The API of the house: every error is a problem, in the document as on the wire."""

    def get_openapi_schema(self, **more: Any) -> Any:
        """The document; errors carry their own media type."""
        schema = super().get_openapi_schema(**more)
        for path in schema["paths"].values():
            for operation in path.values():
                for status, answer in operation["responses"].items():
                    answer["description"] = MEANINGS[int(status)]
                    if int(status) >= 400:
                        answer["content"] = {PROBLEM_TYPE: answer["content"]["application/json"]}
        return schema

    def set_default_exception_handlers(self) -> None:
        """Say every error in the same words and shape."""
        super().set_default_exception_handlers()
        handlers: dict[type[Exception], Callable[[Any], Trouble]] = {
            Trouble: lambda problem: problem,
            Refused: _refused,
            ValidationError: _wrong_input,
            HttpError: _plain,
            AuthenticationError: lambda problem: _NOBODY,
            Http404: lambda problem: _NOT_HERE,
            PermissionDenied: lambda problem: _NOT_ALLOWED,
        }
        for kind, made in handlers.items():
            self.add_exception_handler(kind, _handler(made))


MEANINGS = {
    200: "已答复，或已办理",
    400: "内容不是 JSON",
    401: "没有登录，或密钥不对、不在有效期内",
    403: "岗位、用途不符，或没有 CSRF 令牌",
    404: "没有找到，或不在范围内",
    409: "按业务总表不能办理；errors 列出全部原因",
    422: "内容不符合说明；errors 逐个字段说明",
    429: "超过每分钟上限；Retry-After 写明几秒后再问",
}


def forbid_more(made: type[Schema]) -> type[Schema]:
    """This function will let a made body take no field it does not name."""
    made.model_config = ConfigDict(**{**made.model_config, "extra": "forbid"})
    made.model_rebuild(force=True)
    return made


def problems(*statuses: int) -> dict[int, type[Problem]]:
    """This function will document the errors of an address."""
    return dict.fromkeys(statuses, Problem)


# ---------------------------------------------------------------------------- policies
# Name of an address -> its policy; tests ask every address of the house for one.
POLICIES: dict[str, Policy] = {}


def named(name: str, policy: Policy) -> str:
    """This function will keep the policy of an address, and return its name for the router.

    :raises ValueError: when the name is taken.
    """
    if name in POLICIES:
        raise ValueError(f"two addresses of the API named {name}")
    POLICIES[name] = policy
    return name
