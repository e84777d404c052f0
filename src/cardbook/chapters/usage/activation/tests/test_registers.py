"""《激活登记》 and 《密码重置登记》: how the holder was verified, at which terminal (Art. 22)."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from cardbook.chapters.usage.activation.register import ACTIVATIONS, PIN_RESETS
from cardbook.chapters.usage.tests.sending import send
from cardbook.lib.clock import local_day
from cardbook.registers.registry import Register
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City

pytestmark = [pytest.mark.django_db, pytest.mark.article(22)]


def rows(register: Register, city: City, *, office: Any = None) -> list[dict[str, str]]:
    now = timezone.now()
    made = register.sheet(
        chosen={
            "office": office or city.here.window, "start": local_day(now), "end": local_day(now),
            "since": now - timedelta(days=1), "until": now + timedelta(days=1),
        },
        masked=True, printed_by="x", printed_at=now, limit=10,
    )  # fmt: skip
    keys = [column.key for column in register.form.columns]
    return [dict(zip(keys, row, strict=True)) for row in made.rows]


def test_a_password_set_anew_has_its_own_sheet_with_the_terminal_and_the_result(
    city: City,
) -> None:
    card = make.issued_card(city, city.here)
    send("social.activate", card, by=city.here.clerk, asked_by="holder")
    for result in ("failed", "done"):
        send("pin.reset", card, by=city.here.clerk, terminal="MM-01", result=result)
    failed, done = rows(PIN_RESETS, city)
    assert (failed["result"], done["result"]) == ("未成功", "持卡人本人已输入新密码")
    assert (done["number"], done["terminal"]) == (card.number, "MM-01")
    assert "身份证" in done["papers"] and done["signed"] == ""
    assert rows(PIN_RESETS, city, office=city.neighbour.window) == []
    (activated,) = rows(ACTIVATIONS, city)
    assert activated["what"] == "激活社保功能" and "身份证" in activated["papers"]
    assert activated["device"] == "127.0.0.1"


def test_both_are_opened_from_the_menu(city: City) -> None:
    client = signed_in(city.here.clerk)
    for register in (ACTIVATIONS, PIN_RESETS):
        assert client.get(reverse(f"register.{register.slug}")).status_code == 200
    assert "密码重置登记" in client.get("/").content.decode()
