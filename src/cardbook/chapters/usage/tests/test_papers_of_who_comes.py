"""Whoever asks is shown and asked for his own papers, never another's (Art. 22, 29)."""

from collections import Counter
from datetime import date

import pytest
from django.urls import reverse

from cardbook.chapters.folding import FoldingForm
from cardbook.chapters.usage.activation.forms import ActivateForm
from cardbook.chapters.usage.cancellation.forms import CancelForm, UnissuedForm
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import Asker, Signer
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City

pytestmark = [pytest.mark.article(22), pytest.mark.article(29)]

DAY = date(2026, 11, 27)
RELATION = "paper_household_book_community_certificate_relation_proof"
_ENDS = {
    "holder": {"paper_id_card_original"},
    "guardian": {"paper_guardian_id", RELATION},
    "successor": {"paper_successor_proof"},
}  # fmt: skip
OWN: dict[type[FoldingForm], tuple[str, dict[str, set[str]]]] = {
    ActivateForm: (
        "asked_by",
        {
            "holder": {"paper_id_card_original"},
            "guardian": {"paper_guardian_id", RELATION},
            "proxy": {"paper_agent_id", "paper_activation_mandate"},
        },
    ),
    CancelForm: ("asker", _ENDS),
    UnissuedForm: ("asker", _ENDS),
}
CASES = [(form, who) for form, (_, own) in OWN.items() for who in own]


@pytest.mark.parametrize(("form_class", "who"), CASES)
def test_the_page_shows_the_papers_of_nobody_else(form_class: type[FoldingForm], who: str) -> None:
    field, own = OWN[form_class]
    form = form_class(today=DAY)
    shown = {
        one.field.name for one in (*form.before, *form.after)
        if one.field.name.startswith("paper_") and one.only and one.only.field == field
        and who in one.only.values
    }  # fmt: skip
    assert shown == own[who]


@pytest.mark.parametrize("form_class", list(OWN))
def test_no_two_groups_bear_the_same_label(form_class: type[FoldingForm]) -> None:
    form = form_class(today=DAY)
    labels = Counter(str(form.fields[paper.name].label) for paper in form.asked.papers)
    assert len(labels) == len(form.asked.papers)


@pytest.mark.parametrize(
    ("code", "field", "everybody"),
    [
        ("social.activate", "asked_by", set(Signer)),
        ("card.cancel", "asker", set(Asker) - {Asker.OFFICE}),
        ("card.cancel_unissued", "asker", set(Asker) - {Asker.OFFICE}),
    ],
)
def test_there_is_nobody_who_need_show_no_document(
    code: str, field: str, everybody: set[str]
) -> None:
    row = act(code)
    asked = {value for one in row.papers_when if one.field == field for value in one.values}
    assert asked == {str(one) for one in everybody}


@pytest.mark.django_db
class TestThePages:
    @pytest.mark.parametrize(
        ("code", "form_class"), [("social.activate", ActivateForm), ("card.cancel", CancelForm)]
    )
    def test_say_where_a_script_reads_it_whose_each_paper_is(
        self, city: City, code: str, form_class: type[FoldingForm]
    ) -> None:
        card = make.issued_card(city, city.here)
        text = signed_in(city.here.clerk).get(reverse(code, args=[card.pk])).content.decode()
        for who, names in OWN[form_class][1].items():
            for name in names:
                before = text[: text.index(f'name="{name}"')]
                tag = before[before.rindex('<div class="en-wide"') :]
                assert f'data-only-values="{who}"' in tag, name
