"""The table of acts against pages, articles, tests and lists of codes that may not disappear."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from cardbook.insight.articles import served_articles
from cardbook.insight.docs_law import articles_page
from cardbook.insight.marks import marked_tests
from cardbook.law.articles import ARTICLES
from cardbook.law.notices import ALL_VERSIONS
from cardbook.law.papers import KINDS, RULES
from cardbook.law.roles import Role
from cardbook.lifecycle.acts import ACTS
from cardbook.lifecycle.refusals import CATALOGUE
from cardbook.ports.messages import MessageKind

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
# Pages that have no policy of ours, and why.
WITHOUT_POLICY = {
    "account_": "allauth: signing in and out happens before anybody has a post",
    "mfa_": "allauth: a second factor belongs to the person, not to a post",
}


def routes(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from routes(entry)
        else:
            yield entry


def named_codes(name: str) -> set[str]:
    return set((HERE / f"{name}.txt").read_text(encoding="utf-8").split())


CODES = {
    "acts": set(ACTS),
    "refusals": set(CATALOGUE),
    "roles": {str(role) for role in Role},
    "papers": set(KINDS),
    "messages": {str(kind) for kind in MessageKind},
    "notices": {notice.text_id for versions in ALL_VERSIONS.values() for notice in versions},
}


@pytest.mark.parametrize("name", list(CODES))
def test_codes_are_stored_so_none_disappears(name: str) -> None:
    assert CODES[name] == named_codes(name), f"update tests/architecture/{name}.txt on purpose"


def test_every_rule_of_papers_is_asked_by_an_act() -> None:
    asked = {row.papers for row in ACTS.values()}
    assert [name for name, rule in RULES.items() if rule not in asked] == []


def test_a_message_carries_an_article_of_every_act_that_owes_it() -> None:
    """What is told or taken back is told by the article the act follows, not by another's."""
    for row in ACTS.values():
        own = {one.article for one in row.basis}
        for kind in (*row.tells, *row.takes_back.values()):
            assert own & {one.article for one in kind.basis}, (row.code, kind)
    stopped = {one.article for one in ACTS["application.stop"].basis}
    undone = {one.article for one in MessageKind.PROVINCE_PRODUCTION_UNDONE.basis}
    assert stopped | {25} == undone


def test_every_page_has_a_policy() -> None:
    without = [
        str(route.name)
        for route in routes()
        if not hasattr(route.callback, "policy")
        and not str(route.name).startswith(tuple(WITHOUT_POLICY))
    ]
    assert not without


def test_every_act_has_an_address_of_its_name_or_is_done_with_others() -> None:
    names = {route.name for route in routes()}
    without = [code for code, row in ACTS.items() if not row.batch_only and code not in names]
    assert without == [], "name an address after it, and mount its urls.py in config/urls.py"


def acts_named(function: ast.FunctionDef, by_name: dict[str, ast.FunctionDef]) -> Iterator[str]:
    """The acts a function of a module names, itself or through others of the module."""
    for call in ast.walk(function):
        if not isinstance(call, ast.Call):
            continue
        name = ast.unparse(call.func)
        if name == "act" and isinstance(call.args[0], ast.Constant):
            yield str(call.args[0].value)
        elif name in by_name and by_name[name] is not function:
            yield from acts_named(by_name[name], by_name)


def acts_done_together() -> Iterator[tuple[str, set[str]]]:
    """Commands that name several acts: they are performed in one call, or one is chosen."""
    for path in (PROJECT / "src" / "cardbook" / "chapters").glob("*/*/commands.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        functions = {one.name: one for one in tree.body if isinstance(one, ast.FunctionDef)}
        for name, function in functions.items():
            codes = set(acts_named(function, functions))
            if len(codes) > 1:
                yield f"{path.parent.name}.{name}", codes


@pytest.mark.article(9)
def test_acts_performed_together_admit_the_same_roles() -> None:
    together = dict(acts_done_together())
    assert together["defect.record_defect"] == {"defect.record", "replacement.open_free"}
    for name, codes in together.items():
        # How far each reaches may differ: an outlet acts on its own stock for its own customers.
        first, *others = [set(ACTS[code].who) for code in codes]
        assert all(roles == first for roles in others), f"{name}: the same roles in lifecycle/acts"


def test_every_page_states_its_article() -> None:
    bare = [
        str(route.name)
        for route in routes()
        if hasattr(route.callback, "policy") and not route.callback.policy.basis
    ]
    assert bare == ["post.choose"]


def test_every_reason_to_refuse_is_given_somewhere() -> None:
    said: set[str] = set()
    for path in (PROJECT / "src" / "cardbook").rglob("*.py"):
        if "refusals" not in path.parts:
            said.update(re.findall(r"\w+", path.read_text(encoding="utf-8")))
    unused = [code for code in CATALOGUE if code not in said]
    assert not unused, "name it in a guard, or take it out of lifecycle/refusals"


class TestArticles:
    def test_each_that_acts_stand_on_is_kept_true_by_a_test(self) -> None:
        standing = {basis.article for row in ACTS.values() for basis in row.basis}
        held = {test.article for test in marked_tests()}
        unheld = sorted(standing - held)
        assert unheld == [], "mark the test that keeps it true: @pytest.mark.article(number)"

    def test_each_has_what_serves_it_or_says_why_nothing_need(self) -> None:
        """The index of articles says of all 34 what serves them; there is no gap."""
        for found in served_articles(ARTICLES):
            assert found.gaps == (), found.article.number
            assert all(found.paragraphs_served.values()), found.article.number

    def test_the_index_names_all_that_serves_an_article(self) -> None:
        for found in served_articles(ARTICLES):
            page = articles_page(found=(found,))
            named = [row.code for row in found.acts] + [one.name for one in found.pages]
            named += [one.form.title for one in found.registers]
            named += [one.title for one in (*found.parameters, *found.notices)]
            named += list(found.test_files)
            assert [name for name in named if name not in page] == [], found.article.number
            reason = f"不需要软件：{found.article.software}"
            assert found.article.needs_software or reason in page


# Every field of a model is classed: personal data is sealed, blind or a mere key of the vault.
PERSONAL = {
    "people.Person": {
        "number_sealed", "number_index", "name_sealed", "phone_sealed", "phone_index",
        "address_sealed", "search_keys", "photo_digest", "sex", "born_on", "died_on",
    },
    "cards.Card": {"bank_account_sealed", "bank_last4"},
    "intake.ManifestRow": {
        "number_sealed", "number_index", "name_sealed", "name_key", "phone_sealed", "phone_index",
        "address_sealed", "search_keys", "sex", "born_on", "bank_account_sealed", "bank_last4",
    },
    "usage.OutsideCall": {"number_sealed", "number_index", "name_sealed"},
    "usage.TransferIn": {"number_sealed", "number_index", "name_sealed", "name_key"},
    "usage.TransferRow": {"number_sealed", "number_index", "name_sealed", "name_key"},
    "usage.TransferOut": {"number_sealed", "number_index", "name_sealed", "name_key"},
    "usage.LeavingRow": {"number_sealed", "number_index", "name_sealed", "name_key"},
    "intake.OpeningRow": {
        "number_sealed", "number_index", "name_sealed", "name_key", "phone_sealed", "phone_index",
        "address_sealed", "search_keys", "sex", "born_on", "died_on", "bank_account_sealed",
        "bank_last4",
    },
    "intake.OpeningClaim": {"name_sealed", "name_key", "died_on"},
}  # fmt: skip
# In clear on purpose: too coarse to name anybody, and asked by guards for every card.
IN_CLEAR = {"sex", "born_on", "died_on", "bank_last4", "photo_digest"}


def test_personal_fields_are_sealed_or_blind() -> None:
    for label, fields in PERSONAL.items():
        model = apps.get_model(label)
        for name in fields - IN_CLEAR:
            kind = model._meta.get_field(name).get_internal_type()
            assert kind in {"BinaryField", "ArrayField", "BigIntegerField"}, f"{label}.{name}"


def test_no_field_of_a_model_sounds_personal_without_being_classed() -> None:
    personal = re.compile(r"(number_|name_|phone|address|idcard|citizen)_?(sealed|index|key)?$")
    offices = {"orgs.Organization", "orgs.User"}
    for model in apps.get_models():
        if not model.__module__.startswith("cardbook") or model._meta.label in offices:
            continue
        known = PERSONAL.get(model._meta.label, set())
        stray = [f.name for f in model._meta.get_fields() if personal.fullmatch(f.name)]
        assert set(stray) <= known, f"{model._meta.label}: {stray}"
