"""What a person chooses before a sheet is filled: an office and days, within his reach (Art. 5).

Slices bring forms of their own where other things are chosen (`receive/register.py`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet

from cardbook.law.roles import Role
from cardbook.lib.clock import LOCAL
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization
from cardbook.registers.forms import Office
from cardbook.registers.kept_search import for_address
from cardbook.registers.names_then import Moment, as_it_was, name_then

LONGEST_DAYS = 366
_KEEPERS = (Kind.CITY, Kind.COUNTY, Kind.CARD_BODY, Kind.WINDOW, Kind.AGENCY, Kind.BRANCH)


class DayField(forms.DateField):
    """A day, picked from the browser's calendar; every form that asks for one uses it."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")  # noqa: TID251 - here alone
    default_error_messages: ClassVar = {
        "required": "请填写日期。", "invalid": "请填写日期，写成 2026-11-20 这样。",
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """A period with a name: the query that chooses it, and whether it is chosen now."""

    label: str
    query: str
    chosen: bool


class ChooseForm(forms.Form):
    """Asks what a sheet is to cover. `by` None means the machine's own command line: the city."""

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, by: Actor | None, today: date
    ) -> None:
        """Narrow the choices to the actor's county; without data take the usual choice."""
        self.by = by
        self.today = today
        super().__init__(data, auto_id="choose_%s")
        self.narrow()
        if data is None:
            self.data = self.usual()
            # Where there is nothing to choose from, the page says so; nobody made a mistake.
            self.is_bound = all(self.data.values())

    def narrow(self) -> None:
        """Forms restrict their choices to `self.by` here."""

    def usual(self) -> dict[str, Any]:
        """What is chosen when nobody chose yet."""
        return {}

    @property
    def county_path(self) -> str:
        """How far the choices reach."""
        return self.by.county_path if self.by else ""

    @property
    def spans(self) -> list[Span]:
        """Periods to choose with one click; none where no period is chosen."""
        return []


def usual_spans(today: date) -> Iterator[tuple[str, date, date]]:
    """This function will name the periods people look back on: first and last day included."""
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    yield "今天", today, today
    yield "本周", today - timedelta(days=today.weekday()), today
    yield "本月", month, today
    yield "上月", before.replace(day=1), before
    yield "今年", today.replace(month=1, day=1), today


def offices(county_path: str) -> QuerySet[Organization]:
    """This function will list the offices that keep or hand out cards, by code."""
    found = Organization.objects.filter(path__startswith=county_path, kind__in=_KEEPERS)
    return found.order_by("code")


def office_of(organization: Organization, *, at: Moment = None) -> Office:
    """This function will make the value a sheet keeps of an office, as it was called `at`."""
    return Office(
        id=organization.pk,
        code=organization.code,
        name=name_then(organization, at) if at else organization.name,
        path=organization.path,
    )


def reader_of(office: Organization) -> Actor:
    """The command line has no post: it sees what lies under the office it names."""
    return Actor(
        user_id=0, name="", post_id=0, role=Role.AUDITOR, org_id=office.pk, org_name=office.name,
        org_path=office.path, county_id=office.county_id, county_path=office.path,
    )  # fmt: skip


class PeriodForm(ChooseForm):
    """An office, with all below it, from a day to a day, both included."""

    office = forms.ModelChoiceField(
        label="机构（含下级）", queryset=Organization.objects.none(), to_field_name="code",
        empty_label=None,
        error_messages={"invalid_choice": "没有这个机构，或不在您的管辖范围内，请重新选择。"},
    )  # fmt: skip
    start = DayField(label="从")
    end = DayField(label="到")

    def narrow(self) -> None:
        """Offices of the actor's county only."""
        self.fields["office"].queryset = offices(self.county_path)  # type: ignore[attr-defined]

    def usual(self) -> dict[str, Any]:
        """Today, at the actor's own office, or at the first he reaches."""
        choices = offices(self.county_path)
        own = choices.filter(pk=self.by.org_id).first() if self.by else None
        office = own or choices.first()
        return {"office": office.code if office else "", "start": self.today, "end": self.today}

    def clean(self) -> dict[str, Any]:
        """Days in order, and not more than a year.

        The cleaned data carry `since` and `until`, the span as moments, end excluded.
        """
        given = super().clean() or {}
        start, end = given.get("start"), given.get("end")
        if start is None or end is None:
            return given
        if end < start:
            self.add_error("end", "结束日期早于开始日期，请改正。")
        elif (end - start).days >= LONGEST_DAYS:
            self.add_error("end", f"一次最多 {LONGEST_DAYS} 天，请缩短时间段。")
        if end < self.today and "office" in given:
            given["office"] = as_it_was(given["office"], end)
        given["since"] = datetime.combine(start, time.min, tzinfo=LOCAL)
        given["until"] = datetime.combine(end + timedelta(days=1), time.min, tzinfo=LOCAL)
        return given

    @property
    def spans(self) -> list[Span]:
        """Today, this week, this and the last month, this year; what else was chosen stays."""
        now = for_address(self.data, *self.fields)
        found = []
        for label, start, end in usual_spans(self.today):
            asked = now | {"start": start.isoformat(), "end": end.isoformat()}
            same = all(now.get(name) == asked[name] for name in ("start", "end"))
            found.append(Span(label, urlencode(asked), same))
        return found
