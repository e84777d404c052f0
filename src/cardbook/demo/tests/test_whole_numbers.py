"""No page and no file that is merely asked for has whole numbers of people (Art. 32).

Everything a role can open in the demo city is opened, with every file it offers. Whole numbers
leave only by a POST, which is on record: an issued document (`registers/releasing.py`) or a file
for a matter of the law (`registers/taking.py`).
"""

import re
from collections import Counter, deque
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from _pytest.mark import ParameterSet
from django.conf import settings
from django.test import Client
from django.utils import timezone

from cardbook.config.environment import Environment
from cardbook.demo.city import build_city
from cardbook.demo.city_data import Size, build_mass
from cardbook.insight.check import recount
from cardbook.orgs.models import User
from cardbook.people.holders import holder_of
from cardbook.people.models import Person
from cardbook.testing.files import text_of

_NUMBER = re.compile(r"(?<!\d)999999\d{11}[\dX](?!\d)")
_PHONE = re.compile(r"(?<!\d)1\d{10}(?!\d)")
_LINK = re.compile(r'href="([^"#]+)"')
_BUTTON = re.compile(r'name="(export|format)" value="([^"]*)"')
_ASKS = ("export=xlsx", "export=1", "format=xlsx", "format=csv")
_NO_PAGES = ("/static", "/account", "/demo", "/api")
# A page about one person may be filled with his number; more than one is a list.
_ONE = 1


def soak(user: str) -> ParameterSet:
    """One role's pages are enough for every day."""
    return pytest.param(user, marks=pytest.mark.soak)


@pytest.fixture(scope="module")
def city(shared_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The smallest demo city."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        environment = Environment(data=folder, demo=True, debug=False, hosts=())
        patch.setattr(settings, "ENVIRONMENT", environment)
        patch.setattr(settings, "PAPERS_ROOT", folder / "papers")
        build_city(now=timezone.now(), folder=folder, say=lambda _: None, size=Size.TINY)
        yield


@pytest.mark.article(32)
@pytest.mark.parametrize(
    "user", ["sz_kaguan", *map(soak, ("sz_chuangkou1", "sl_guanli", "sl_shenji"))]
)
def test_whole_numbers_leave_by_no_address_that_is_opened(city: None, user: str) -> None:
    phones = {holder_of(person).phone for person in Person.objects.all()} - {""}
    client = Client()
    client.force_login(User.objects.get(username=user))
    opened: Counter[str] = Counter()
    leaks = []
    for address, kind, text in everything(client):
        opened[kind] += 1
        found = {*_NUMBER.findall(text)} | (phones & {*_PHONE.findall(text)})
        if len(found) > _ONE:
            leaks.append((address, len(found)))
    assert leaks == []
    assert opened["text/html"] > 50 and opened.total() - opened["text/html"] > 10


@pytest.mark.article(5)
@pytest.mark.parametrize(
    ("user", "work"),
    [
        ("sz_kaguan", ("退回交接等您点收", "等待分类入柜", "滞留", "换地点领取", "等待注销")),
        ("sz_chuangkou1", ("等待备案", "临时卡逾期", "口头挂失快到期", "转入", "滞留")),
        ("sz_fuhe", ("清点短少", "盘点等待", "错卡处理")),
        ("sz_fuzeren", ("质量问题率", "部署过了期限", "业务指导等您签阅")),
        ("sz_jingban1", ("交接清单等您点收", "转入")),
        ("sz_yinhang", ("交接清单等您点收", "等待启用")),
        ("sz_danwei", ("签字明细表等待登记",)),
        ("sl_12333", ("挂失还没告知", "口头挂失快到期")),
        ("sl_guanli", ("银行承诺", "事故还没有上报")),
        ("zs_chuangkou1", ("上门带出",)),
    ],
)
def test_everybody_finds_something_to_do_in_the_smallest_city(
    city: None, user: str, work: tuple[str, ...]
) -> None:
    client = Client()
    client.force_login(User.objects.get(username=user))
    page = client.get("/").content.decode()
    assert [words for words in work if words not in page] == []


@pytest.mark.article(6)
def test_the_mass_of_a_large_city_joins_the_smallest(city: None) -> None:
    cards = 600
    assert build_mass(cards=cards, say=lambda _: None, workers=1) == cards
    assert [found.first for found in recount().findings if not found.holds] == []


def everything(client: Client) -> Iterator[tuple[str, str, str]]:
    """Each kind of address once, from the first page on: it, its media type and its words."""
    waiting, known = deque(["/"]), {_kind_of("/")}
    while waiting:
        address = waiting.popleft()
        answer = client.get(address)
        assert answer.status_code < 500, address
        kind = answer.headers.get("Content-Type", "").partition(";")[0]
        if answer.status_code != 200 or kind.startswith("image/"):
            continue
        text = text_of(answer.content)
        yield address, kind, text
        for link in _links(address, text) if kind == "text/html" else ():
            if _kind_of(link) not in known:
                known.add(_kind_of(link))
                waiting.append(link)


def _links(address: str, page: str) -> Iterator[str]:
    path = urlsplit(address).path
    for link in map(unescape, _LINK.findall(page)):
        where = f"{path}{link}" if link.startswith("?") else link
        if where.startswith("/") and not where.startswith(_NO_PAGES):
            yield where
    yield from (f"{path}?{name}={value}" for name, value in _BUTTON.findall(page))
    yield from (f"{path}?{asked}" for asked in _ASKS if path == address)


def _kind_of(address: str) -> str:
    """Addresses that differ only in whose they are, or in the page of a list, are of one kind."""
    parts = urlsplit(address)
    asked = parse_qsl(parts.query, keep_blank_values=True)
    named = (f"{key}={value}" if key in {"export", "format"} else key for key, value in asked)
    return f"{re.sub(r'[0-9a-f]{32,}|[0-9]+', 'N', parts.path)}?{'&'.join(sorted(named))}"
