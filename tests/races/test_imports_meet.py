"""A file confirmed by four at once is one delivery, a card in four files is one card (D1, D5, R6).

Art. 6. Every round is one file, card or box that all four want at one moment.
"""

from collections.abc import Callable, Sequence
from types import ModuleType

import pytest

from cardbook.cards.models import Card
from cardbook.chapters.intake.card_accounts import CardAccount
from cardbook.chapters.intake.models import Count, Delivery, OpeningClaim, OpeningSource
from cardbook.chapters.intake.opening import importer as balances
from cardbook.chapters.intake.receive import importer as manifests
from cardbook.chapters.intake.receive.commands import close_count, scan_card, start_count
from cardbook.chapters.intake.receive.tests.deliveries import arrive
from cardbook.chapters.staged_files import RowsWrong
from cardbook.custody.models import Position
from cardbook.custody.places import Place
from cardbook.imports.models import ImportFile
from cardbook.law.roles import Role
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City
from tests.fire.processes import in_rounds
from tests.races.files import account_number, checked, checked_ledger, ledger, manifest

pytestmark = [pytest.mark.races, pytest.mark.article(6)]
Play = Callable[[int], str]
KNOWN = {"known", "CARD_NUMBER_TAKEN", "FILE_NOT_CHECKED"}


def keepers(city: City) -> list[Actor]:
    """Four of one card body; the first two are one person in two tabs."""
    here = city.here
    others = [make.worker("卡管员", Role.CARD_KEEPER, here.card_body) for _ in range(2)]
    return [here.keeper, here.keeper, *others]


def posting(slice_: ModuleType, files: Sequence[ImportFile], *, by: Actor) -> Play:
    def play(round_: int) -> str:
        file = ImportFile.objects.select_related("organization").get(pk=files[round_].pk)
        try:
            posted = slice_.post(file=file, by=by, at=NOON)
        except Refused as refused:
            return refused.refusals[0].code
        except RowsWrong as wrong:
            return "、".join(wrong.file.problems.values_list("code", flat=True))
        return "known" if posted.repeated else f"posted {posted.cards}"

    return play


@pytest.mark.trust("D1")
@pytest.mark.rounds(10)
def test_a_file_confirmed_four_times_at_once_is_one_delivery(city: City, rounds: int) -> None:
    files = [
        checked(manifest(place, "F"), city.here, by=city.here.keeper) for place in range(rounds)
    ]
    works = [posting(manifests, files, by=by) for by in keepers(city)]
    for answers in in_rounds(works, rounds=rounds):
        assert answers.count("posted 1") == 1
        assert set(answers) - {"posted 1"} <= KNOWN
    assert Delivery.objects.count() == Card.objects.count() == rounds


@pytest.mark.trust("D5")
@pytest.mark.rounds(10)
def test_a_card_that_comes_in_four_files_at_once_is_one_card(city: City, rounds: int) -> None:
    works = []
    for nth, by in enumerate(keepers(city)):
        files = [
            checked(manifest(place, "S", remark=f"第{nth}份"), city.here, by=by)
            for place in range(rounds)
        ]
        works.append(posting(manifests, files, by=by))
    for answers in in_rounds(works, rounds=rounds):
        assert answers.count("posted 1") == 1
        assert set(answers) - {"posted 1"} <= KNOWN
    assert Card.objects.count() == rounds


@pytest.mark.article(2)
@pytest.mark.rounds(10)
def test_an_account_that_two_counties_enter_at_once_is_on_one_card(
    city: City, rounds: int
) -> None:
    """Two people, two cards, two counties, one account: the second is told which card has it."""
    works = []
    for nth, county in enumerate((city.here, city.neighbour)):
        files = [
            checked(
                manifest(nth * rounds + place, "AB"[nth], account=account_number(place)),
                county, by=county.keeper,
            )
            for place in range(rounds)
        ]  # fmt: skip
        works.append(posting(manifests, files, by=county.keeper))
    for answers in in_rounds(works, rounds=rounds):
        assert sorted(answers) == ["account_taken", "posted 1"]
    assert Card.objects.count() == CardAccount.objects.count() == rounds


@pytest.mark.trust("D1")
@pytest.mark.rounds(10)
def test_an_old_ledger_confirmed_four_times_at_once_is_one_source(city: City, rounds: int) -> None:
    files = [
        checked_ledger(ledger(place, "L"), city.here, by=city.here.keeper, source="旧台账")
        for place in range(rounds)
    ]
    works = [posting(balances, files, by=by) for by in keepers(city)]
    for answers in in_rounds(works, rounds=rounds):
        assert answers.count("posted 1") == 1
        assert set(answers) - {"posted 1"} <= KNOWN
    assert OpeningSource.objects.count() == Card.objects.count() == rounds
    assert OpeningClaim.objects.count() == rounds


@pytest.mark.trust("R6")
@pytest.mark.rounds(10)
def test_a_scan_that_races_the_close_of_a_count_is_counted_or_refused(
    city: City, rounds: int
) -> None:
    """Two scan the last card of a box while two others close it: it lies here, or on its way."""
    here = city.here
    arrived = arrive(city, here, {f"1-{place}": 2 for place in range(rounds)})
    counts = [
        start_count(box_id=box.pk, by=here.keeper, at=NOON) for box in arrived.boxes.values()
    ]
    cards = list(arrived.cards.values())
    for count, (first, _) in zip(counts, cards, strict=True):
        scan_card(count_id=count.pk, text=first.number, by=here.keeper)

    def scan(by: Actor) -> Play:
        def play(round_: int) -> str:
            number = cards[round_][1].number
            try:
                scan_card(count_id=counts[round_].pk, text=number, by=by)
            except Refused as refused:
                return refused.refusals[0].code
            return "scanned"

        return play

    def close(by: Actor) -> Play:
        def play(round_: int) -> str:
            count = counts[round_]
            try:
                close_count(
                    count_id=count.pk, by=by, second=here.reviewer, at=NOON,
                    key=f"{by.user_id}-{count.pk}",
                )  # fmt: skip
            except Refused as refused:
                return refused.refusals[0].code
            return "closed"

        return play

    one, other = keepers(city)[2:]
    works = [scan(here.keeper), scan(one), close(here.keeper), close(other)]
    for count, (_, last), answers in zip(
        counts, cards, in_rounds(works, rounds=rounds), strict=True
    ):
        assert sorted(answers[2:]) == ["ALREADY_COUNTED", "closed"]
        found = Count.objects.get(pk=count.pk).found
        place = Position.objects.get(card=last).account.kind
        assert (found, place) in {(2, Place.STORE), (1, Place.TRANSIT)}
        assert ("scanned" in answers[:2]) == (found == 2), answers
