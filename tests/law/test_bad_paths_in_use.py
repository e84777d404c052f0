"""What must never pass with a card in use, and what is said instead (Art. 2, 4, 22 to 31).

One promise for each bad path: the words of the refusal, its article and its way out, nothing
changed by it, the book recounted afterwards. Two days without the province have a file of their
own, `test_two_days_alone.py`.
"""

import html
import re
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponseBase
from django.urls import reverse

from cardbook.cards.models import Application, Card, TemporaryCard
from cardbook.chapters.issuance.collective.tests import bundles
from cardbook.chapters.usage.activation.tests import test_bank_reports as reports
from cardbook.chapters.usage.death.tests.test_death import DIED, SUCCESSOR, note
from cardbook.chapters.usage.loss.tests import lost
from cardbook.chapters.usage.loss.tests.test_commands import lift, order_replacement
from cardbook.chapters.usage.models import FeeReceipt, OutsideCall
from cardbook.chapters.usage.production import commands as production
from cardbook.chapters.usage.production.tests.test_commands import captured, first_card
from cardbook.chapters.usage.replacement import fee_commands as fees
from cardbook.chapters.usage.replacement.tests import windows as at_the
from cardbook.chapters.usage.replacement.tests.windows import taken, windows
from cardbook.chapters.usage.temporary.tests.lending import act_on, lend, lent, stock
from cardbook.chapters.usage.tests.sending import refused_with, send
from cardbook.chapters.usage.uses.tests.test_states import an_agency, asked
from cardbook.chapters.usage.uses.tests.test_use_lists import a_use, found, used
from cardbook.ledger.models import Event
from cardbook.lifecycle.facts import ApplyReason
from cardbook.lifecycle.perform import perform
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind
from cardbook.outbox.models import Message
from cardbook.people.holders import holder_of
from cardbook.ports.standings import Standing
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City
from cardbook.testing.races import together
from tests.fire.recounts import all_promises_hold
from tests.law.words import (
    everything,
    in_words,
    nothing_changed,
    refused_in_words,
    said_on,
    the_loser,
)

A_MOMENT = timedelta(seconds=1)


def hand_over(card: Card, city: City, **when: object) -> object:
    """A clerk gives a card to its holder."""
    at = when.get("at", NOON)
    return perform(make.issue_step(card), by=city.here.clerk, at=at, key=make.key())  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------- loss (28)
@pytest.mark.article(28)
def test_a_pick_up_that_meets_a_loss_is_told_of_it_and_never_comes_after(
    fresh_database: str,
) -> None:
    city = make.city()
    operator = lost.hotline(city)
    for card in make.received_cards(city, city.here, count=8):
        answers = together(partial(lost.lose, card, by=operator), partial(hand_over, card, city))
        acts = list(
            Event.objects.filter(subject_kind="card", subject_id=card.pk).order_by("seq")
            .values_list("act", flat=True)
        )  # fmt: skip
        assert "loss.report" in acts
        assert "card.issue" not in acts or acts.index("card.issue") < acts.index("loss.report")
        for one in answers:
            if isinstance(one, Refused):
                in_words(one.refusals, "CARD_ON_LOSS", "口头挂失")
    (card,) = make.received_cards(city, city.here)
    lost.lose(card, by=operator)
    with refused_in_words("CARD_ON_LOSS", "口头挂失", "解挂"):
        hand_over(card, city)


@pytest.mark.article(28)
def test_a_card_is_not_taken_off_loss_while_another_is_ordered(fresh_database: str) -> None:
    city = make.city()
    operator = lost.hotline(city)
    for _ in range(4):
        card = make.issued_card(city, city.here)
        lost.lose(card, by=operator)
        answers = together(
            partial(lift, card, by=operator, at=lost.days(1)),
            partial(order_replacement, card, by=city.here.keeper),
        )
        for one in answers:
            if isinstance(one, Refused):
                in_words(one.refusals, "REPLACEMENT_UNDER_WAY", "补换", "撤回补换申请")
        assert Application.objects.filter(old_card=card).count() == 1
    all_promises_hold()
    card = make.issued_card(city, city.here)
    lost.lose(card, by=operator)
    order_replacement(card, by=city.here.keeper)
    with refused_in_words("REPLACEMENT_UNDER_WAY", "撤回补换申请"):
        lift(card, by=operator, at=lost.days(1))


@pytest.mark.article(28)
@pytest.mark.trust("T1")
def test_an_oral_loss_ends_by_the_clock_with_every_worker_dead(city: City) -> None:
    (card,) = make.received_cards(city, city.here)
    lost.lose(card, by=lost.hotline(city))
    with refused_in_words("CARD_ON_LOSS", "口头挂失"):
        hand_over(card, city, at=lost.days(7) - A_MOMENT)
    hand_over(card, city, at=lost.days(7))
    card.refresh_from_db()
    assert card.stage == "issued"
    all_promises_hold()


@pytest.mark.article(28)
@pytest.mark.trust("T1")
def test_two_days_without_a_worker_across_the_limit_change_no_answer(city: City) -> None:
    """Nothing runs from a day before the limit to a day after it; the row stays as it was."""
    there, day = windows(city), timedelta(days=1)
    for at in (lost.days(7), lost.days(7) + day):
        card = make.issued_card(city, city.here)
        lost.lose(card, by=lost.hotline(city))
        for before in (lost.days(7) - day, lost.days(7) - A_MOMENT):
            with refused_in_words("NO_CARD_TO_REPLACE", "口头挂失"):
                taken(there, card, at=before)
        card.refresh_from_db()
        assert card.hold == "oral_loss"
        assert taken(there, card, at=at).submitted
    all_promises_hold()


# ------------------------------------------------------------------------ replacement, fee (4, 26)
@pytest.mark.article(26)
def test_of_two_replacements_at_two_banks_one_is_told_of_the_other(fresh_database: str) -> None:
    there = windows()
    card = at_the.lost_or_worn(there)
    refused = the_loser(
        together(
            partial(taken, there, card, by=there.teller),
            partial(taken, there, card, by=there.clerk, bank_id=there.other_bank.pk),
        )
    )
    first = Application.objects.get()
    in_words(refused.refusals, "APPLICATION_OPEN", f"（申请 {first.pk}，", "先撤回")
    assert Application.objects.count() == FeeReceipt.objects.count() == 1
    all_promises_hold()


@pytest.mark.article(4)
@pytest.mark.django_db
def test_no_fee_is_taken_for_a_free_card_and_who_asked_is_on_record() -> None:
    there = windows()
    card = at_the.lost_or_worn(there)
    free = at_the.the_application(taken(there, card, ApplyReason.DEFECT, payment=None))
    attempt = {"cards_application", "ledger_event", "ledger_request", "usage_refusedcharge"}
    with refused_in_words("CARD_IS_FREE", "不收费", "拒绝收费", on_record=frozenset(attempt)):
        fees.take_fee(
            application_id=free.pk, payment=at_the.CASH, by=there.clerk, at=NOON, key=make.key()
        )
    fees.refuse_charge(
        application_id=free.pk, asked_fen=2000, words="网点柜员要求先交 20 元", by=there.clerk,
        at=NOON, key=make.key(),
    )  # fmt: skip
    tried, told = Event.objects.filter(act="fee.refuse").order_by("id")
    assert "被拒绝" in tried.facts and "网点柜员要求先交 20 元" in told.facts
    all_promises_hold()


# ------------------------------------------------------------------------ production, banks (25)
@pytest.mark.article(25)
@pytest.mark.django_db
def test_a_name_gbk_cannot_write_is_named_with_its_character() -> None:
    there = windows()
    rare = captured(there, first_card(there, name="王𠮷"))
    before = everything()
    outcome = production.submit_applications([rare.pk], by=there.clerk, at=NOON, key="k")
    in_words(list(outcome.refused.values()), "NAME_NOT_ENCODABLE", "姓名", "𠮷", "GBK")
    nothing_changed(before)


@pytest.mark.article(25)
def test_a_year_without_holidays_warns_wherever_days_are_counted(city: City) -> None:
    there = windows(city)
    year_end = NOON.replace(month=12, day=28)
    sheet = bundles.out(city, count=1, at=year_end)
    with time_machine.travel(year_end, tick=False):
        client = signed_in(there.clerk)
        card = make.issued_card(city, city.here)
        taken_now = production.capture_application(
            wanted=first_card(there), signed=at_the.signed(), by=there.clerk, at=year_end,
            key=make.key(),
        )  # fmt: skip
        pages = [
            client.get(reverse("application.capture")),
            client.get(reverse("application.show", args=[taken_now.subject_ids[0]])),
            client.post(reverse("replacement.capture"), {"q": holder_of(card.person).number}),
            client.get(reverse("bundle.show", args=[sheet.bundle.pk])),
        ]
    for page in pages:
        text = page.content.decode()
        assert "2027 年的节假日安排尚未录入，日期只按周末推算" in text
        assert "以当年放假通知为准" in text and "依据：第" in text
    all_promises_hold()


@pytest.mark.article(22)
def test_a_banks_file_that_is_cut_or_strange_is_refused_whole(city: City) -> None:
    cards = [make.issued_card(city, city.here) for _ in range(2)]
    content = reports.report(*((card.number, Standing.NORMAL) for card in cards))
    client = signed_in(reports.teller(city))
    before = everything()
    for sent in (content[:-7], content.decode("gbk").encode("utf-16"), b"HZ|0|\n"):
        page = uploaded(client, city, sent)
        assert page.status_code == 422
        text = plain(page)
        assert "整份未读入" in text or "这不是银行的金融功能状态回报" in text
        assert "请" in text and "依据：第二十二条" in text
    nothing_changed(before)


@pytest.mark.article(22)
def test_a_banks_file_twice_or_in_another_order_has_one_effect(city: City) -> None:
    cards = [make.issued_card(city, city.here) for _ in range(3)]
    said = [(card.number, Standing.NORMAL) for card in cards]
    client = signed_in(reports.teller(city))
    assert "登记 3 张" in plain(uploaded(client, city, reports.report(*said)))
    before = everything()
    assert "没有重复登记" in plain(uploaded(client, city, reports.report(*said)))
    nothing_changed(before)
    reordered = reports.report(*reversed(said))
    assert "依据：第二十二条" in plain(uploaded(client, city, reordered))
    assert Event.objects.filter(act="bank.report").count() == 3
    assert reports.halves(*cards) == ["active"] * 3
    all_promises_hold()


@pytest.mark.article(22)
def test_another_banks_card_in_a_file_is_named_with_its_row(city: City) -> None:
    own = make.issued_card(city, city.here)
    other = make.organization("另一银行", Kind.BANK, parent=city.city)
    strange = make.issued_card(replace(city, bank=other), city.here)
    content = reports.report((strange.number, Standing.NORMAL), (own.number, Standing.NORMAL))
    page = uploaded(signed_in(reports.teller(city)), city, content)
    assert "登记 1 张，1 行没有登记" in plain(page)
    row = plain(page)[plain(page).index("不是示范银行的社保卡") :]
    assert "请" in row and reports.halves(own, strange) == ["active", "unknown"]
    all_promises_hold()


def uploaded(client: object, city: City, content: bytes) -> HttpResponseBase:
    """A teller brings the file of his bank."""
    sent = {"bank": city.bank.pk, "file": SimpleUploadedFile("ZT_1.txt", content)}
    return client.post(reverse("bank.reports"), sent, follow=True)  # type: ignore[attr-defined, no-any-return]


def plain(page: HttpResponseBase) -> str:
    """What a page says, without its tags."""
    return html.unescape(re.sub(r"<[^>]+>", "", page.content.decode()))  # type: ignore[attr-defined]


# ----------------------------------------------------------------------- temporary cards (27)
@pytest.mark.article(27)
def test_a_temporary_card_that_is_out_holds_the_new_one_until_it_is_lost_or_back(
    city: City,
) -> None:
    application = lent(city)
    (new,) = make.received_cards(city, city.here, people=[application.person])
    with refused_in_words("TEMPORARY_CARD_OUT", "L0001", "先收回临时卡"):
        hand_over(new, city)
    act_on("temporary.lose", "L0001", by=city.here.clerk, words="挂号时遗失")
    before = everything()
    again = act_on("temporary.take_back", "L0001", by=city.here.clerk, sound="on")
    said_on(again, "TEMPORARY_LOST", "遗失")
    nothing_changed(before)
    stock("L0002", by=city.here.keeper)
    assert lend(application, "L0002", by=city.here.clerk).status_code == 302
    assert set(TemporaryCard.objects.values_list("number", "stage")) == {
        ("L0001", "lost"), ("L0002", "lent"),
    }  # fmt: skip
    all_promises_hold()


# ---------------------------------------------------------------------- the holder's death (29)
@pytest.mark.article(29)
def test_a_successor_without_proof_is_told_which(city: City) -> None:
    card = make.issued_card(city, city.here)
    shown = [name for name in SUCCESSOR if name.startswith("paper")] + ["paper_death_proof"]
    before = everything()
    early = send("card.cancel", card, by=city.here.clerk, **SUCCESSOR)
    said_on(early, "SUCCESSOR_TOO_EARLY", "照证明填写死亡日期")
    nothing_changed(before)
    bury(card, city)
    before = everything()
    bare = send("card.cancel", card, by=city.here.clerk, **(SUCCESSOR | dict.fromkeys(shown)))
    said_on(bare, "PAPER_MISSING", "继承", "依据：第二十九条")
    nothing_changed(before)


def bury(card: Card, city: City) -> None:
    """Two people record the holder's death."""
    answer = note(card, by=city.here.keeper, second=city.here.reviewer)
    assert answer.status_code == 302, refused_with(answer)


@pytest.mark.article(29)
@pytest.mark.article(31)
def test_a_dead_holders_card_is_stopped_at_the_counter_and_its_use_is_listed(city: City) -> None:
    card, clinic, agency = make.issued_card(city, city.here), a_use(city), an_agency(city)
    send("social.activate", card, by=city.here.clerk, asked_by="holder")
    assert asked(card.number, agency.key).json()["state"] == "valid"
    bury(card, city)
    told = asked(card.number, agency.key).json()
    assert (told["state"], "已停用，不能使用。请持卡人到" in told["words"]) == ("stopped", True)
    used(city, card, clinic, NOON + timedelta(days=4))
    assert found(city.here.keeper) == [(card.pk, "dead")]
    page = plain(signed_in(city.here.keeper).get(reverse("use.suspicious")))
    assert "持卡人去世之后" in page and "暂停使用" in page and "第三十一条" in page
    operator = lost.hotline(city)
    lost.lose(card, by=operator, at=NOON + timedelta(days=3))
    with refused_in_words("HOLDER_DEAD", DIED["died_on"]):
        lift(card, by=operator, at=NOON + timedelta(days=4))


# ----------------------------------------------------------------------- another city's card (3)
@pytest.mark.article(28)
@pytest.mark.article(3)
def test_another_citys_card_is_asked_about_and_sent_on_and_nothing_else(city: City) -> None:
    number = make.citizen_number()
    operator: Actor = lost.hotline(city)
    client = signed_in(operator)
    before = everything()
    page = client.post("/loss/", {"q": number})
    text = plain(page)
    assert "本市台账没有号码" in text and "只能查询和代报临时挂失" in text
    assert "其他业务请到发卡地办理（第二十八条）" in text and number not in text
    assert 'id="stop"' not in page.content.decode()
    nothing_changed(before, besides=frozenset({"liability_look"}))
    form = page.context["outside_form"]
    given = {
        "key": form["key"].value(), "number": form["number"].value(), "matter": "lost",
        "name": "杜外地", "place": "西安市", "hotline": "029-12333", "call": "T9",
    }  # fmt: skip
    refused = client.post("/loss/outside/", given | {"matter": "lift"})
    assert "CARD_OF_ANOTHER_CITY" in refused_with(refused)
    said = plain(refused)
    assert "不能办理解除挂失" in said and "发卡地的社保卡综合服务窗口" in said
    nothing_changed(before, besides=frozenset({"liability_look"}))
    kept = plain(client.post("/loss/outside/", given, follow=True))
    assert "报省系统办理" in kept and number not in kept
    assert OutsideCall.objects.count() == 1 and not Card.objects.exists()
    owed = Message.objects.get()
    assert (owed.kind, owed.state, owed.urgent) == ("province.oral_loss", "owed", True)
    all_promises_hold()
