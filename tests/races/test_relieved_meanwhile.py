"""Three files are being posted while their author is relieved: before it, or not at all (R10).

Art. 5, 6. `test_imports_survive.py` stops a running import the same way; here the two meet at
every possible moment, a file and a relief being one round.
"""

from collections.abc import Callable

import pytest
from django.utils import timezone

from cardbook.cards.models import Card
from cardbook.chapters.intake.receive import importer
from cardbook.imports.models import Stage
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import relieve
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City
from tests.fire.processes import in_rounds
from tests.fire.recounts import all_promises_hold
from tests.races.files import checked, manifest

pytestmark = pytest.mark.races
IMPORTERS = 3


@pytest.mark.trust("R10")
@pytest.mark.rounds(10)
@pytest.mark.article(5)
@pytest.mark.article(6)
def test_a_file_is_posted_before_its_author_is_relieved_or_not_at_all(
    city: City, rounds: int
) -> None:
    meetings = -(-rounds // IMPORTERS)
    keepers = [
        make.worker("卡管员", Role.CARD_KEEPER, city.here.card_body) for _ in range(meetings)
    ]
    files = [
        [
            checked(manifest(place * IMPORTERS + nth, "R"), city.here, by=keeper)
            for nth in range(IMPORTERS)
        ]
        for place, keeper in enumerate(keepers)
    ]
    elsewhere = [
        checked(manifest(20_000 + place, "E"), city.neighbour, by=city.neighbour.keeper)
        for place in range(meetings)
    ]

    def post(nth: int) -> Callable[[int], str]:
        def play(meeting: int) -> str:
            try:
                importer.post(file=files[meeting][nth], by=keepers[meeting], at=NOON)
            except Refused as refused:
                return refused.refusals[0].code
            return "posted"

        return play

    def end_post(meeting: int) -> str:
        # In turn at once, and after a work that takes as long: so it comes at every moment.
        if meeting % 2:
            importer.post(file=elsewhere[meeting], by=city.neighbour.keeper, at=NOON)
        relieve(
            post_id=keepers[meeting].post_id, until=timezone.localdate(), at=NOON,
            by=city.here.auditor,
        )  # fmt: skip
        return "relieved"

    works = [*(post(nth) for nth in range(IMPORTERS)), end_post]
    seen: list[str] = []
    for keeper, own, answers in zip(
        keepers, files, in_rounds(works, rounds=meetings), strict=True
    ):
        seen += answers[:IMPORTERS]
        ended = Event.objects.get(act="post.relieve", subject_id=keeper.post_id)
        for file, answer in zip(own, answers[:IMPORTERS], strict=True):
            file.refresh_from_db()
            registered = Event.objects.filter(
                act="delivery.register", subject_kind="card", actor_id=keeper.user_id
            )
            assert answer in {"posted", "POST_ENDED"}
            assert (file.stage == Stage.POSTED) == (answer == "posted")
            assert not registered.filter(pk__gt=ended.pk).exists(), "nothing after the relief"
    assert set(seen) == {"posted", "POST_ENDED"}, "neither always wins"
    assert Card.objects.filter(number__startswith="R").count() == seen.count("posted")
    all_promises_hold()
