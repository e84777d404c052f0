"""The parts every page is made of: fields with errors, refusals, notices, pages of a list."""

from datetime import UTC, datetime

from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory

from cardbook.law import notices
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.refusals import Refusal


class Example(forms.Form):
    """One field of each dress."""

    key = forms.CharField(widget=forms.HiddenInput)
    words = forms.CharField(label="说明", help_text="一句话")
    kind = forms.ChoiceField(label="类别", choices=[("a", "甲"), ("b", "乙")])
    which = forms.ChoiceField(label="哪种", choices=[("a", "甲")], widget=forms.RadioSelect)
    told = forms.BooleanField(label="已告知", required=False)


def render(name, context, **parameters):
    request = RequestFactory().get("/", parameters)
    return render_to_string(f"components/{name}.html", context, request=request)


class TestFields:
    def test_labels_stand_above_controls_in_the_dress_of_the_house(self):
        text = render("fields", {"form": Example(initial={"key": "k"})})
        assert '<label for="id_words">说明</label>' in text
        assert 'class="form-control"' in text
        assert 'class="form-select"' in text
        assert 'class="form-check-input"' in text
        assert "<legend>哪种</legend>" in text
        assert 'type="hidden" name="key"' in text
        assert 'role="alert"' not in text

    def test_what_is_optional_says_so(self):
        class Optional(forms.Form):
            remark = forms.CharField(label="备注", required=False)

        assert "备注<small>选填</small>" in render("fields", {"form": Optional()})

    def test_errors_stand_in_the_summary_and_at_the_field(self):
        text = render("fields", {"form": Example({"key": "k"})})
        assert 'href="#id_words"' in text
        assert 'id="id_words_error"' in text
        assert 'aria-invalid="true"' in text
        assert 'aria-describedby="id_words_helptext id_words_error"' in text

    def test_what_was_typed_is_kept_and_escaped(self):
        text = render("fields", {"form": Example({"words": "<b>原话</b>"})})
        assert "&lt;b&gt;原话&lt;/b&gt;" in text

    def test_a_lost_key_asks_to_reload(self):
        assert "页面已失效" in render("fields", {"form": Example({"words": "x"})})


class TestRefusals:
    def test_each_says_what_is_wrong_what_to_do_and_why(self):
        given = [Refusal(no.ID_NOT_SEEN), Refusal(no.SIGNATURE_MISSING)]
        text = render("refusals", {"refusals": given})
        for refusal in given:
            for part in (refusal.sentence, refusal.way_out, refusal.article, refusal.code):
                assert part in text

    def test_none_is_nothing(self):
        assert render("refusals", {"refusals": ()}).strip() == ""


class TestNotice:
    def test_shows_every_line_and_the_version(self):
        text = render("notice", {"notice": notices.PICK_UP})
        for line in notices.PICK_UP.lines:
            assert line in text
        assert notices.PICK_UP.text_id in text


class TestPagination:
    def test_keeps_the_rest_of_the_address(self):
        page = Paginator(range(30), 10).page(2)
        text = render("pagination", {"page": page}, place="box", page="2")
        assert "place=box&amp;page=3" in text
        assert "第 2 / 3 页，共 30 条" in text

    def test_one_page_needs_none(self):
        assert render("pagination", {"page": Paginator(range(3), 10).page(1)}).strip() == ""


class TestEmptyState:
    def test_offers_a_way_on_only_when_there_is_one(self):
        assert (
            "href" not in render("empty_state", {"title": "空", "text": "无"}).split("</svg>")[1]
        )
        text = render("empty_state", {"title": "空", "text": "无", "url": "/x/", "action": "去"})
        assert '<a class="btn btn-outline-primary" href="/x/">去</a>' in text


def test_a_moment_in_a_row_reads_as_everywhere_else():
    both = Template('{% load cardbook %}{{ at|moment }}={{ at|date:"Y-m-d H:i" }}')
    for at in (datetime(2026, 1, 2, 3, 4, 59, tzinfo=UTC), datetime(2026, 12, 31, 16, tzinfo=UTC)):
        fast, slow = both.render(Context({"at": at})).split("=")
        assert fast == slow
