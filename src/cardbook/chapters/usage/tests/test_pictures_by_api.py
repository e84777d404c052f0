"""Pictures of every kind by API: photo, signature on the screen, a paper's picture (25 to 27)."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from cardbook.cards.models import Application, TemporaryCard
from cardbook.chapters.usage.replacement.tests import windows as at_the
from cardbook.chapters.usage.replacement.tests.windows import Windows, windows
from cardbook.chapters.usage.temporary.tests.lending import stock, waiting
from cardbook.chapters.usage.tests.calling import call, codes
from cardbook.ledger.models import Event
from cardbook.lib.sm import sm3
from cardbook.papers.models import Paper
from cardbook.testing import factories as make
from cardbook.testing.pictures import data_url, head_and_shoulders, png

pytestmark = [pytest.mark.django_db, pytest.mark.article(25)]
# Not pictures, or not whole ones; each is what some program has sent.
SPOILT = {
    "nothing": b"", "a document": b"%PDF-1.7", "half": png()[:40], "text": "图".encode(),
}  # fmt: skip


@pytest.fixture
def there() -> Windows:
    return windows()


def base64_of(content: bytes) -> str:
    return base64.b64encode(content).decode()


def applied(there: Windows, **changes: object) -> dict[str, object]:
    usual: dict[str, object] = {
        "number": make.citizen_number(), "name": "李新生", "reason": "first", "ground": "medical",
        "ground_source": "参保证明", "bank": there.city.bank.pk, "delivery": "window",
        "photo_ok": True, "id_seen": True, "signer": "holder", "signing": "paper",
    }  # fmt: skip
    return usual | changes


def capture(there: Windows, **changes: object) -> Any:
    body = applied(there, **changes)
    return call("applications/application.capture", body, by=there.clerk)


def replace_card(there: Windows, **changes: object) -> Any:
    body: dict[str, object] = {
        "reason": "damaged", "bank": there.city.bank.pk, "delivery": "window", "photo_ok": True,
        "id_seen": True, "signer": "holder", "signing": "paper", "pay": "cash",
    }  # fmt: skip
    card = at_the.lost_or_worn(there)
    path = f"cards/{card.number}/replacement.capture"
    return call(path, body | changes, by=there.clerk)


BOTH = pytest.mark.parametrize("act", [capture, replace_card], ids=["first", "another"])
Act = Callable[..., Any]


class TestAPhoto:
    @BOTH
    def test_is_kept_with_the_application_once_it_was_compared(
        self, there: Windows, act: Act
    ) -> None:
        photo = head_and_shoulders()
        given = {"photo": base64_of(photo), "photo_ok": False}
        assert act(there, **given).status_code == 422
        answer = act(there, **given, photo_compared=True)
        assert answer.status_code == 200, answer.json()
        application = Application.objects.get(pk=int(answer.json()["number"]))
        assert Paper.objects.filter(digest=application.detail.photo).exists()

    @BOTH
    @pytest.mark.parametrize("spoilt", [*SPOILT.values(), head_and_shoulders(width=200)])
    def test_that_is_none_is_named_and_leaves_nothing(
        self, there: Windows, act: Act, spoilt: bytes
    ) -> None:
        before = Paper.objects.count(), Application.objects.count()
        answer = act(there, photo=base64_of(spoilt), photo_ok=False, photo_compared=True)
        assert answer.status_code == 422, answer.json()
        assert {one["field"] for one in answer.json()["errors"]} == {"photo"}
        assert (Paper.objects.count(), Application.objects.count()) == before

    def test_that_is_no_base64_is_named(self, there: Windows) -> None:
        answer = capture(there, photo="不是", photo_ok=False)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "photo"


class TestASignatureOnTheScreen:
    @BOTH
    def test_is_kept_and_named_by_the_event(self, there: Windows, act: Act) -> None:
        answer = act(there, signing="screen", signature=data_url(png()))
        assert answer.status_code == 200, answer.json()
        (kept,) = Paper.objects.filter(kind="signature_screen")
        assert kept.digest == sm3(png()).hex()
        signed = Event.objects.filter(facts__contains=kept.digest)
        assert signed.exists()

    @BOTH
    @pytest.mark.parametrize("spoilt", [content for content in SPOILT.values() if content])
    def test_that_did_not_arrive_whole_is_named(
        self, there: Windows, act: Act, spoilt: bytes
    ) -> None:
        answer = act(there, signing="screen", signature=data_url(spoilt))
        assert answer.status_code == 422, answer.json()
        assert {one["field"] for one in answer.json()["errors"]} == {"signature"}
        assert not Paper.objects.exists()

    @BOTH
    def test_that_was_promised_and_not_sent_is_asked_for(self, there: Windows, act: Act) -> None:
        answer = act(there, signing="screen")
        assert answer.status_code == 409 and "SIGNATURE_MISSING" in codes(answer)


@pytest.mark.article(27)
class TestAPapersPicture:
    def lend(self, there: Windows, **changes: object) -> Any:
        application = waiting(there.city)
        stock("L0001", by=there.city.here.keeper)
        body: dict[str, object] = {
            "number": "L0001", "papers": ["id_card_original"], "told": ["temporary"],
            "received_by": "holder",
        }  # fmt: skip
        path = f"applications/{application.pk}/temporary.lend"
        return call(path, body | changes, by=there.clerk)

    def test_is_kept_and_counts_as_shown(self, there: Windows) -> None:
        answer = self.lend(there, pictures={"signature_screen": base64_of(png())})
        assert answer.status_code == 200, answer.json()
        assert Paper.objects.get().digest == sm3(png()).hex()
        assert (
            f"signature_screen:{sm3(png()).hex()}"
            in Event.objects.get(act="temporary.lend").papers
        )
        assert TemporaryCard.objects.get().stage == "lent"

    @pytest.mark.parametrize("spoilt", [content for content in SPOILT.values() if content])
    def test_that_is_none_is_named_and_lends_nothing(self, there: Windows, spoilt: bytes) -> None:
        answer = self.lend(there, pictures={"signature_screen": base64_of(spoilt)})
        assert answer.status_code == 422, answer.json()
        (field,) = {one["field"] for one in answer.json()["errors"]}
        assert field == "pictures.signature_screen"
        assert TemporaryCard.objects.get().stage == "in_stock" and not Paper.objects.exists()

    def test_of_a_kind_nobody_asks_for_is_refused(self, there: Windows) -> None:
        answer = self.lend(there, pictures={"photo_holding_card": base64_of(png())})
        assert answer.status_code == 422 and not Paper.objects.exists()
