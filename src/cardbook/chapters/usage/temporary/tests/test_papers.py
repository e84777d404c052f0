"""Whoever comes for a temporary card is asked for his own papers, each group by name (Art. 27)."""

from collections import Counter
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from cardbook.chapters.usage.temporary.forms import LendForm
from cardbook.chapters.usage.temporary.tests.lending import (
    comes,
    guardian,
    lend,
    mandated,
    stage,
    stock,
    waiting,
)
from cardbook.chapters.usage.tests.sending import refused_with
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City

pytestmark = pytest.mark.article(27)
OWN = {
    "holder": {"paper_id_card_original"},
    "proxy": {"paper_agent_id", "paper_lending_mandate"},
    "guardian": {
        "paper_guardian_id", "paper_household_book_community_certificate_relation_proof",
    },
}  # fmt: skip


@pytest.mark.article(10)
@pytest.mark.article(11)
class TestThePage:
    def test_no_two_groups_bear_the_same_label(self) -> None:
        form = LendForm(today=timezone.localdate())
        labels = Counter(str(form.fields[paper.name].label) for paper in form.asked.papers)
        assert len(labels) == len(form.asked.papers) and labels.most_common(1)[0][1] == 1

    @pytest.mark.parametrize("comer", list(OWN))
    def test_shows_each_the_papers_of_nobody_else(self, comer: str) -> None:
        form = LendForm(today=timezone.localdate())
        placed = {one.field.name: one.only for one in (*form.before, *form.after)}
        shown = {
            name for name, only in placed.items()
            if name.startswith("paper_") and only and only.field == "received_by"
            and comer in only.values
        }  # fmt: skip
        assert shown == OWN[comer]

    @pytest.mark.django_db
    def test_says_so_where_a_script_reads_it(self, city: City) -> None:
        address = reverse("temporary.lend", args=[waiting(city).pk])
        text = signed_in(city.here.clerk).get(address).content.decode()
        for comer, names in OWN.items():
            for name in names:
                before = text[: text.index(f'name="{name}"')]
                tag = before[before.rindex('<div class="en-wide"') :]
                assert f'data-only-values="{comer}"' in tag, name


@pytest.mark.django_db
class TestHisOwnDocument:
    def test_the_holders_is_not_replaced_by_another(self, city: City) -> None:
        application = waiting(city)
        stock("L0001", by=city.here.keeper)
        answer = lend(application, "L0001", by=city.here.clerk, paper_id_card_original=None)
        assert refused_with(answer) == {"PAPER_MISSING"} and stage("L0001") == "in_stock"

    @pytest.mark.article(10)
    def test_the_proxys_is_not_replaced_by_the_holders(self, city: City) -> None:
        application, number = waiting(city), make.citizen_number()
        stock("L0001", by=city.here.keeper)
        mandated(application, number, by=city.here.clerk)
        given = comes(number)
        answer = lend(application, "L0001", by=city.here.clerk, **given, paper_agent_id=None)
        assert refused_with(answer) == {"PAPER_MISSING"} and stage("L0001") == "in_stock"
        given["paper_id_card_original"] = given["paper_guardian_id"] = None
        assert lend(application, "L0001", by=city.here.clerk, **given).status_code == 302

    @pytest.mark.article(11)
    def test_the_guardians_is_not_replaced_by_the_childs(self, city: City) -> None:
        application = waiting(city, make.person(born_on=date(2015, 1, 1)))
        stock("L0001", by=city.here.keeper)
        given = guardian(make.citizen_number())
        answer = lend(application, "L0001", by=city.here.clerk, **given, paper_guardian_id=None)
        assert refused_with(answer) == {"PAPER_MISSING"} and stage("L0001") == "in_stock"
        given["paper_id_card_original"] = given["paper_agent_id"] = None
        assert lend(application, "L0001", by=city.here.clerk, **given).status_code == 302
