"""Fills in the form of an act as a careful clerk does, for the command behind its page.

Keys are made of act and number, so that a second run skips what is done.
"""

from collections.abc import Callable
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.utils.datastructures import MultiValueDict

from cardbook.chapters.asked import asked_of, notice_name
from cardbook.chapters.usage.asking import CardForm, Request
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.perform import Done
from cardbook.orgs.actors import Actor


def send(
    form: type[CardForm],
    subject_id: int,
    do: Callable[..., Done],
    *,
    key: str,
    by: Actor,
    at: datetime,
    second: Actor | None = None,
    prepare: Callable[[Any], None] = lambda filled: None,
    arguments: Any = MappingProxyType({}),
    **given: object,
) -> None:
    """This function will do an act on one card as its page does: papers shown, notices read out.

    `key` tells the subject apart from others of the act; `prepare` offers what depends on it,
    `arguments` is what the form is built with.

    :raises ValueError: when the form does not take what it is given.
    :raises cardbook.lifecycle.refusals.Refused: when the book refuses.
    """
    code = form.act_code
    asked = asked_of(act(code))
    answers: dict[str, Any] = {
        "key": f"demo-{code}-{key}",
        **{one.name: one.kinds[0].code for one in asked.papers},
        **{notice_name(one): "on" for one in asked.notices},
        "second_name": "demo", "second_password": "demo",
        **given,
    }  # fmt: skip
    filled = form(MultiValueDict({name: [value] for name, value in answers.items()}), **arguments)
    prepare(filled)
    if not filled.is_valid():
        raise ValueError(f"{code}: {filled.errors.as_text()}")
    _show_his_own(filled)
    asked_for = Request(
        subject_id=subject_id, form=filled, answered=filled.answered(), by=by,
        second=second if asked.second_roles else None, key=str(answers["key"]),
    )  # fmt: skip
    do(asked_for, at)


def _show_his_own(filled: CardForm) -> None:
    """Take back the papers the row asks of others than whoever comes here."""
    row, given = filled.row, filled.cleaned_data
    for paper in filled.asked.papers:
        cases = [one for one in row.papers_when if paper.kinds in one.rule.groups]
        usual = row.papers is not None and paper.kinds in row.papers.groups
        of_this = (one.field not in given or str(given[one.field]) in one.values for one in cases)
        if cases and not usual and not any(of_this):
            given[paper.name] = ""
