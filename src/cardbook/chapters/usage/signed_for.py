"""Whom letters are about: as he signed for it, as a list or a call named him (Art. 25, 28, 30)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from cardbook.chapters.usage.captured import Captured, open_captured
from cardbook.chapters.usage.models import ApplicationDetail, OutsideCall, TransferIn
from cardbook.chapters.usage.origins import origins_of
from cardbook.people import vault


def signed_for(ids: Sequence[int]) -> Mapping[int, Mapping[str, str]]:
    """This function will open what was captured for applications; what is empty is left out.

    :raises cardbook.lib.sm.Damaged: when it was altered.
    """
    found = ApplicationDetail.objects.filter(pk__in=ids).values_list("pk", "captured_sealed")
    known = origins_of(ids)
    return {id_: {**known.get(id_, {}), **_told(open_captured(sealed))} for id_, sealed in found}


def _told(captured: Captured) -> Mapping[str, str]:
    fields = (
        "name", "number", "sex", "phone", "address", "bank_name", "guardian_name",
        "guardian_number", "guardian_relation", "nation",
    )  # fmt: skip
    return {name: text for name in fields if (text := getattr(captured, name))}


def caller_of(ids: Sequence[int]) -> Mapping[int, Mapping[str, str]]:
    """This function will open whose card of another city calls are about (Art. 28).

    :raises cardbook.lib.sm.Damaged: when it was altered.
    """
    return _noted(OutsideCall.objects.filter(pk__in=ids))


def newcomer_of(ids: Sequence[int]) -> Mapping[int, Mapping[str, str]]:
    """This function will open whose relation comes here by a list (Art. 30).

    :raises cardbook.lib.sm.Damaged: when it was altered.
    """
    return _noted(TransferIn.objects.filter(pk__in=ids))


def _noted(found: QuerySet[Any]) -> Mapping[int, Mapping[str, str]]:
    return {
        id_: {
            "number": vault.open_text(number, context=vault.NUMBER),
            "name": vault.open_text(name, context=vault.NAME),
        }
        for id_, number, name in found.values_list("pk", "number_sealed", "name_sealed")
        if name is not None
    }
