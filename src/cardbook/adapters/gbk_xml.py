"""The province's XML: GBK, `<p><s field="value"/>…</p>` in, the same with `ds` out (domain.md 9).

What GBK does not have travels as a numeric reference, so a rare name arrives whole. XML of
strangers is read by defusedxml: no entities, no addresses followed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape, quoteattr

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

ENCODING = "gbk"
DECLARATION = f'<?xml version="1.0" encoding="{ENCODING.upper()}"?>'
_DECLARED = re.compile(r"^\s*<\?xml[^>]*\?>")


class NotUnderstood(Exception):
    """What came is not the XML that was agreed on."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply: whether it was refused, its code and words, other values, and rows."""

    refused: bool
    code: str
    words: str
    values: Mapping[str, str]
    rows: tuple[Mapping[str, str], ...]


def parameters(values: Mapping[str, str]) -> str:
    """This function will write the one argument of an operation."""
    fields = "".join(f"<s {name}={quoteattr(value)}/>" for name, value in values.items())
    return f"{DECLARATION}<p>{fields}</p>"


def read_parameters(text: str) -> dict[str, str]:
    """This function will read the argument of an operation.

    :raises NotUnderstood: when it is no such XML.
    """
    return {name: value for s in parse(text).iter("s") for name, value in s.attrib.items()}


def call(*, licence: str, service: str, operation: str, values: Mapping[str, str]) -> bytes:
    """This function will write the SOAP body of `serviceProxy` with its four arguments."""
    arguments = {
        "licenseKey": licence,
        "serviceName": service,
        "operationName": operation,
        "xmlPara": parameters(values),
    }
    return envelope("serviceProxy", arguments)


def envelope(name: str, arguments: Mapping[str, str]) -> bytes:
    """This function will wrap named texts the way SOAP 1.1 does."""
    inner = "".join(f"<{key}>{escape(text)}</{key}>" for key, text in arguments.items())
    text = (
        f'{DECLARATION}<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">'
        f"<soapenv:Body><{name}>{inner}</{name}></soapenv:Body></soapenv:Envelope>"
    )
    return text.encode(ENCODING, "xmlcharrefreplace")


def opened(content: bytes, *, wanted: Iterable[str]) -> dict[str, str]:
    """This function will take the named texts out of an envelope.

    :raises NotUnderstood: when it is no GBK, no XML or one of them is missing.
    """
    try:
        root = parse(content.decode(ENCODING))
    except UnicodeDecodeError:
        raise NotUnderstood("不是 GBK 编码") from None
    found = {node.tag.rpartition("}")[2]: node.text or "" for node in root.iter()}
    missing = [name for name in wanted if name not in found]
    if missing:
        raise NotUnderstood(f"缺少 {'、'.join(missing)}")
    return {name: found[name] for name in wanted}


def parse(text: str) -> Element:
    """This function will read XML that was decoded already.

    :raises NotUnderstood: when it is none, or wants entities.
    """
    try:
        root: Element = ElementTree.fromstring(_DECLARED.sub("", text))
    except (ElementTree.ParseError, DefusedXmlException, ValueError):
        raise NotUnderstood("不是完整的 XML") from None
    return root


def reply(
    *,
    refused: bool = False,
    code: str = "",
    words: str = "",
    values: Mapping[str, str] | None = None,
    rows: Sequence[Mapping[str, str]] = (),
) -> str:
    """This function will write a reply, as the province does."""
    head = {"errflag": "1" if refused else "0", "errtext": words, "errcode": code}
    fields = "".join(f"<s {k}={quoteattr(v)}/>" for k, v in {**head, **(values or {})}.items())
    listed = "".join(
        "<r " + " ".join(f"{k}={quoteattr(v)}" for k, v in row.items()) + "/>" for row in rows
    )
    return f"{DECLARATION}<p>{fields}<ds>{listed}</ds></p>"


def read_reply(text: str) -> Reply:
    """This function will read a reply.

    :raises NotUnderstood: when it is none, or does not say whether it was refused.
    """
    root = parse(text)
    values = {name: value for s in root.iter("s") for name, value in s.attrib.items()}
    if values.get("errflag") not in ("0", "1"):
        raise NotUnderstood("回复没有 errflag")
    return Reply(
        refused=values["errflag"] == "1",
        code=values.get("errcode", ""),
        words=values.get("errtext", ""),
        values=values,
        rows=tuple(dict(row.attrib) for row in root.iter("r")),
    )
