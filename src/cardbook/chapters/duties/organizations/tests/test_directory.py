"""The offices of a day, searched, ordered and taken along (Art. 5)."""

import io

import openpyxl
import pytest
from django.http import HttpResponse

from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City

pytestmark = pytest.mark.article(5)
TREE = "/organizations/"


def seen(actor: Actor, **asked: str | int) -> HttpResponse:
    """The page as the actor sees it."""
    return signed_in(actor).get(TREE, asked)


def names(answer: HttpResponse) -> list[str]:
    """The offices on it."""
    return [node.name for node in answer.context["found"]]


def test_an_office_is_found_by_name_number_kind_and_parent(city: City) -> None:
    window = city.here.window
    above = Organization.objects.get(pk=window.parent_id)
    for text in (window.name, window.code, above.name, "窗口"):
        found = seen(city.here.keeper, q=text)
        assert window.name in names(found), text
        assert 'title="' not in text and above.name in found.content.decode()
    assert "没有找到机构" in seen(city.here.keeper, q="无此机构").content.decode()


def test_each_order_is_kept_and_the_tree_comes_first(city: City) -> None:
    nodes = seen(city.here.keeper).context["found"].object_list
    assert nodes[0].depth == min(node.depth for node in nodes)
    codes = [node.code for node in seen(city.here.keeper, sort="code").context["found"]]
    assert codes == sorted(codes) and len(codes) == len(nodes)


def test_only_the_ticked_offices_are_taken_along_and_no_neighbours(city: City) -> None:
    window = city.here.window
    for asked, rows in (({"pick": window.pk}, 1), ({"q": city.neighbour.county.name}, 0)):
        answer = seen(city.here.keeper, export="xlsx", **asked)
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        lines = list(book.active.values)[1:]
        assert [line[0] for line in lines] == [window.name] * rows
