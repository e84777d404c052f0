"""What a holder signed for is what the bank and the province are told of him (Art. 25)."""

from collections.abc import Mapping, Sequence

from cardbook.chapters.usage.captured import Captured, open_captured
from cardbook.chapters.usage.models import ApplicationDetail


def signed_for(ids: Sequence[int]) -> Mapping[int, Mapping[str, str]]:
    """This function will open what was captured for applications; what is empty is left out.

    :raises cardbook.lib.sm.Damaged: when it was altered.
    """
    found = ApplicationDetail.objects.filter(pk__in=ids).values_list("pk", "captured_sealed")
    return {id_: _told(open_captured(sealed)) for id_, sealed in found}


def _told(captured: Captured) -> Mapping[str, str]:
    fields = (
        "name", "number", "sex", "phone", "address", "bank_name", "guardian_name",
        "guardian_number",
    )  # fmt: skip
    return {name: text for name in fields if (text := getattr(captured, name))}
