"""Temporary cards come into stock by the box (Art. 27)."""

import pytest

from cardbook.cards.models import TemporaryCard
from cardbook.chapters.usage.temporary.tests.lending import (
    stock,
)
from cardbook.chapters.usage.tests.sending import refused_with
from cardbook.testing.factories import City

pytestmark = pytest.mark.article(27)


@pytest.mark.django_db
class TestStock:
    def test_comes_in_by_box_and_a_known_number_stops_the_whole_box(self, city: City) -> None:
        assert stock("L0001", "L0002", by=city.here.keeper).status_code == 302
        again = stock("L0003", "L0002", by=city.here.keeper)
        assert refused_with(again) == {"TEMPORARY_NUMBER_TAKEN"}
        assert set(TemporaryCard.objects.values_list("number", flat=True)) == {"L0001", "L0002"}

    def test_a_row_that_is_no_number_is_named(self, city: City) -> None:
        answer = stock("L0001", "临时", by=city.here.keeper)
        assert "第 2 行“临时”不是临时卡号" in answer.content.decode()
        assert "重复扫描：L0001" in stock("L0001", "l0001", by=city.here.keeper).content.decode()
