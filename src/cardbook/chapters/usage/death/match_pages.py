"""Lists of deaths: matched with holders; and the cards of the dead that still live (Art. 17)."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cardbook.chapters.asked import AskedForm
from cardbook.chapters.usage.death import living_queries
from cardbook.chapters.usage.death.living_register import living_xlsx
from cardbook.chapters.usage.death.matching import MOST_ROWS, MatchRow, Noting, match_deaths
from cardbook.law.roles import Role
from cardbook.lib.plain import InputError
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import DeathSource
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.registers.answers import file_answer
from cardbook.registers.lists import is_export, order_of, rows_ticked, text_of

ROWS = 50
_NOTE = act("holder.note_death")
READERS = frozenset({*_NOTE.who, Role.COUNTY_MANAGER, Role.REVIEWER, Role.AUDITOR})
_OFFICES = (DeathSource.CIVIL_AFFAIRS, DeathSource.POLICE, DeathSource.HOUSEHOLD)


class MatchForm(AskedForm):
    """The rows, and whose list they are; each row makes its own facts (`matching.py`)."""

    act_code = "holder.note_death"

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    rows = forms.CharField(
        label="名单", strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
        help_text="一行一人：证件号码、姓名、死亡日期，用空格、逗号或 Tab 分开；"
        f"一次最多 {MOST_ROWS} 行",
        error_messages={"required": "请粘贴名单。"},
    )  # fmt: skip
    source = forms.ChoiceField(
        label="名单从哪里来", choices=[(str(one), one.label) for one in _OFFICES],
        widget=forms.RadioSelect, error_messages={"required": "请选择名单从哪里来。"},
    )  # fmt: skip
    reference = forms.CharField(
        label="函号、名单编号", max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "请填写函号或名单编号，以后查得到依据。"},
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@page(roles=frozenset(_NOTE.who), basis=_NOTE.basis_text)
def match(request: ActorRequest) -> HttpResponse:
    """Rows pasted: looked up alone, or recorded with a second person; a result beside each."""
    noting = request.method == "POST" and "check" not in request.POST
    form = MatchForm(request.POST if noting else None, initial=_given(request))
    rows: list[MatchRow] = []
    problem = ""
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and (not noting or form.is_valid()):
        try:
            rows = match_deaths(
                text=request.POST.get("rows", ""), by=request.actor, at=timezone.now(),
                noting=_noting(form, request) if noting else None,
            )  # fmt: skip
        except InputError as wrong:
            problem = wrong.sentence
        except Refused as refused:
            refusals = refused.refusals
    context = {
        "form": form,
        "rows": rows,
        "noting": noting,
        "done": sum(row.done for row in rows),
        "fitting": sum(row.fits and not row.done for row in rows),
        "problem": problem,
        "refusals": refusals,
    }
    bad = 409 if refusals else 422 if problem or (noting and form.errors) else 200
    return render(request, "usage/death_match.html", context, status=bad)


def _given(request: ActorRequest) -> dict[str, Any]:
    kept = {name: request.POST.get(name, "") for name in ("rows", "source", "reference")}
    return {**kept, "key": new_key()}


def _noting(form: MatchForm, request: ActorRequest) -> Noting:
    given = form.cleaned_data
    return Noting(
        source=DeathSource(given["source"]), reference=given["reference"].strip(),
        answered=form.answered(), second=form.second(request), key=given["key"],
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@page(roles=READERS, basis=_NOTE.basis_text)
def living(request: ActorRequest) -> HttpResponse:
    """Cards of holders who died that nobody has cancelled, and what is to be done with each."""
    now, by = timezone.now(), request.actor
    stage, sort = request.GET.get("stage", ""), order_of(request, living_queries.SORTS)
    found = living_queries.living_cards(
        by=by, stage=stage, text=text_of(request), sort=sort, today=timezone.localdate(now)
    )
    if is_export(request):
        seen = living_queries.living_rows(list(found), by=by)
        rows = rows_ticked(request, seen, "pick", of=lambda row: row.id)
        content = living_xlsx(rows, by=by, at=now)
        return file_answer(content, name=f"已故持卡人的卡_{timezone.localdate(now):%Y%m%d}.xlsx")
    listed = Paginator(found, ROWS).get_page(request.GET.get("page"))
    context = {
        "found": listed,
        "rows": living_queries.living_rows(list(listed), by=by),
        "stages": living_queries.STAGES.items(),
        "stage": stage,
        "text": text_of(request),
        "sorts": [(code, title) for code, (title, _) in living_queries.SORTS.items()],
        "sort": sort,
        "may_match": by.role in _NOTE.who,
    }
    return render(request, "usage/dead_living.html", context)
