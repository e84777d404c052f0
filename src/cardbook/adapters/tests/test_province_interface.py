"""Operations and fields: what the research lists, what we say, what the sandbox answers (9.2a)."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest

from cardbook.adapters.gbk_xml import opened, parse, read_parameters
from cardbook.adapters.province_web import OPERATIONS, ProvinceWeb
from cardbook.adapters.sandbox.province import Province
from cardbook.adapters.tests.letters import GUARDIAN, NUMBER, letter
from cardbook.ports.messages import MadeCard, MessageKind, Outcome
from cardbook.ports.province import Span

LISTED = tomllib.loads(
    (Path(__file__).parent / "province_interface.toml").read_text(encoding="utf-8")
)
BY_NAME: Mapping[str, Mapping[str, Any]] = {one["name"]: one for one in LISTED["operation"]}
NAME = "王小明"


class Overheard(Province):
    """A sandbox that notes the names of what it is asked and what it answers."""

    def __init__(self) -> None:
        super().__init__(licence="L")
        self.requests: dict[str, set[str]] = {}
        self.answers: dict[str, set[str]] = {}

    def handle(self, body: bytes) -> bytes:
        asked = opened(body, wanted=["operationName", "xmlPara"])
        name = asked["operationName"]
        said = super().handle(body)
        root = parse(opened(said, wanted=["serviceProxyReturn"])["serviceProxyReturn"])
        self.requests.setdefault(name, set()).update(read_parameters(asked["xmlPara"]))
        self.answers.setdefault(name, set()).update(_names(root))
        return said


def _names(root: Element) -> Iterator[str]:
    for node in (*root.iter("s"), *root.iter("r")):
        yield from node.attrib


@pytest.fixture(scope="module")
def heard() -> Overheard:
    """Everything we can say and ask, said and asked once, and every answer a good one."""
    other = Overheard()
    other.register(NUMBER, NAME, photo=b"\xff\xd8", xb="1", mz="01")
    with other.server() as server:
        web = ProvinceWeb(url=server.url, licence="L")
        made = MadeCard(number="S00000001", account="6217", chip_code="611000", reset="0081")
        letters = [
            letter(MessageKind.PROVINCE_PRODUCTION, card="", name=NAME, guardian=GUARDIAN),
            letter(MessageKind.PROVINCE_NUMBER, card="", name=NAME),
        ]
        told = list(web.tell(letters))
        span = Span(since=date(2026, 11, 1), until=date(2026, 11, 30), office="611002")
        web.applications_of(number=NUMBER, span=span)
        rest = [
            letter(kind, order=place, name=NAME, made=made)
            for place, kind in enumerate(
                (
                    MessageKind.PROVINCE_COMPLETED, MessageKind.PROVINCE_ACTIVATE,
                    MessageKind.PROVINCE_FINANCIAL, MessageKind.PROVINCE_ORAL_LOSS,
                    MessageKind.PROVINCE_RELEASE_LOSS, MessageKind.PROVINCE_FORMAL_LOSS,
                )
            )
        ]  # fmt: skip
        rest.append(
            letter(
                MessageKind.PROVINCE_PRODUCTION,
                name=NAME,
                facts={"reason": "data_changed"},
                guardian=GUARDIAN,
            )
        )
        rest.append(letter(MessageKind.PROVINCE_REPLACE, name=NAME, facts={"plastic": "broken"}))
        told += list(web.tell(rest))
        web.cards_of(name=NAME, number=NUMBER)
        web.person_of(name=NAME, number=NUMBER)
        web.photo_of(name=NAME, number=NUMBER)
    assert [one.answer.outcome for one in told] == [Outcome.DONE] * len(told)
    assert {one.kind for one in (*letters, *rest)} == set(OPERATIONS)
    return other


def test_every_operation_is_listed_spoken_and_answered(heard: Overheard) -> None:
    assert set(heard.requests) == set(BY_NAME) == set(heard.operations)


@pytest.mark.parametrize("name", list(BY_NAME))
def test_asks_with_the_fields_of_the_list_and_no_other(heard: Overheard, name: str) -> None:
    listed = BY_NAME[name]
    besides, unsent = listed.get("besides", {}), listed.get("unsent", {})
    assert heard.requests[name] == {*listed["request"], *besides} - set(unsent)
    assert not set(besides) & set(listed["request"]) and set(unsent) <= set(listed["request"])


@pytest.mark.parametrize("name", list(BY_NAME))
def test_is_answered_with_the_fields_of_the_list_and_no_other(heard: Overheard, name: str) -> None:
    listed = BY_NAME[name]
    assert heard.answers[name] - set(LISTED["envelope"]) == set(listed["answer"])
    source = (Path(__file__).parents[1] / "province_web.py").read_text(encoding="utf-8")
    operations = (Path(__file__).parents[1] / "province_operations.py").read_text(encoding="utf-8")
    for field in set(listed["answer"]) - set(listed.get("unread", {})):
        assert f'"{field}"' in source + operations, f"{name}: {field} is never read"


def test_gives_a_reason_for_whatever_differs_from_the_table() -> None:
    for one in LISTED["operation"]:
        assert one["says"]
        for part in ("besides", "unsent", "unread"):
            assert all(len(why) >= 10 for why in one.get(part, {}).values()), one["name"]
