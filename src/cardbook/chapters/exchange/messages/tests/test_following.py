"""An answer of the other side leads to the act that waited for it, and does not do it itself."""

from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from cardbook.adapters.sandbox.cli import write_settings
from cardbook.cards.models import Application
from cardbook.cards.states import Progress
from cardbook.chapters.corrections.wrong_cards.tests import wrong
from cardbook.chapters.exchange.messages.following import next_steps
from cardbook.chapters.exchange.messages.queries import FOLLOW, messages
from cardbook.chapters.usage.activation.tests.test_bank_reports import report
from cardbook.chapters.usage.production.tests.test_bank_files import (
    progress,
    returned,
    take,
)
from cardbook.chapters.usage.production.tests.test_commands import submitted
from cardbook.chapters.usage.replacement.tests.windows import Windows, windows
from cardbook.config.environment import Environment
from cardbook.orgs.actors import Actor
from cardbook.outbox.models import Message
from cardbook.ports.messages import MessageKind
from cardbook.ports.standings import Standing
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in

pytestmark = pytest.mark.django_db
URL = "/messages/"
ORDER = MessageKind.BANK_PRODUCTION_ORDER


@pytest.fixture
def there() -> Windows:
    return windows()


def following(by: Actor) -> list[str]:
    found = messages(by=by, steps=next_steps(by=by), view=FOLLOW)
    return [one.kind for one in found]


@pytest.mark.article(25)
class TestAnOrder:
    def answered(self, there: Windows, state: str, code: str) -> Application:
        application = submitted(there)
        Message.objects.filter(kind=ORDER).update(
            state=state, answer_code=code, answered_at=make.NOON
        )
        return application

    @pytest.mark.parametrize(("state", "code"), [("done", "1"), ("refused", "0")])
    def test_that_was_answered_is_listed_until_it_is_entered(
        self, there: Windows, state: str, code: str
    ) -> None:
        application = self.answered(there, state, code)
        keeper = there.city.here.keeper
        assert following(keeper) == [str(ORDER)]
        page = signed_in(keeper).get(URL, {"view": FOLLOW}).content.decode()
        assert reverse("application.answers") in page and "照银行回盘登记" in page
        assert progress(application) == [Progress.SUBMITTED]
        assert take(there, returned(application)).entered
        assert following(keeper) == []

    def test_that_could_not_be_written_is_no_answer(self, there: Windows) -> None:
        self.answered(there, "refused", "file")
        assert following(there.city.here.keeper) == []

    def test_of_another_county_is_not_seen(self, there: Windows) -> None:
        self.answered(there, "done", "1")
        assert following(there.city.neighbour.keeper) == []


@pytest.mark.article(14)
class TestAWrongCard:
    def test_leads_to_the_entry_of_the_number_the_province_gave(self, there: Windows) -> None:
        here = there.city.here
        correction = wrong.recorded(make.issued_card(there.city, here), here)
        wrong.recheck(correction, by=here.reviewer)
        message = Message.objects.get(kind=MessageKind.PROVINCE_ERROR_REGISTERED)
        assert following(here.keeper) == []
        client = signed_in(here.keeper)
        client.post(URL, {"message": [message.pk], "settle": "1", "reference": "SX-77"})
        page = client.get(URL, {"view": FOLLOW}).content.decode()
        address = reverse("error.enter_province", args=[correction.pk])
        assert f"{address}?reference=SX-77" in page
        assert 'value="SX-77"' in client.get(address, {"reference": "SX-77"}).content.decode()
        # Settling the message was no entry: the correction still waits for it.
        wrong.enter(correction, by=here.keeper, facts=wrong.answer("SX-77"))
        assert following(here.keeper) == []


@pytest.mark.article(22)
class TestFilesThatCame:
    def test_are_listed_with_what_became_of_them(
        self, there: Windows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        environment = Environment(data=tmp_path, demo=False, debug=False, hosts=())
        monkeypatch.setattr(settings, "ENVIRONMENT", environment)
        write_settings(tmp_path, province_port=1, sms_port=2)
        client = signed_in(there.city.here.keeper)
        assert "银行来件" not in client.get(URL).content.decode()
        folder = tmp_path / "exchange" / "banks" / there.city.bank.code / "in"
        card = make.issued_card(there.city, there.city.here)
        for name, content in (
            ("people/ZT_1.txt", report((card.number, Standing.NORMAL))),
            ("refused/ZT_2.txt.why.txt", "文件不完整".encode()),
        ):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        assert take(there, returned(submitted(there)), name="F4_3.txt").entered
        page = client.get(URL).content.decode()
        assert "待登记 1 份，退回 1 份，最近登记 1 份" in page
        assert "ZT_1.txt" in page and "文件不完整" in page and "F4_3.txt" in page
        # A few are shown at once; many would push the list of messages out of sight.
        assert '<details class="mb-3" open>' in page
        for place in range(4, 8):
            (folder / f"refused/ZT_{place}.txt.why.txt").write_text("文件不完整", "utf-8")
        page = client.get(URL).content.decode()
        assert '<details class="mb-3">' in page and "退回 5 份" in page
