"""A card's life in words: no raw key, papers and notices by title (Art. 7, 12, 20)."""

import dataclasses
import enum
import inspect

import pytest
from django.utils import timezone

from cardbook.chapters.intake.sort.queries import ORDERS
from cardbook.chapters.usage.loss.commands import (
    Comer,
    Heard,
    Shown,
    make_loss_formal,
    report_loss,
)
from cardbook.lifecycle import facts
from cardbook.lifecycle.facts import RequestChannel, Signer
from cardbook.lifecycle.judge import Presented
from cardbook.testing import factories as make
from cardbook.web.fact_labels import FACT_LABELS, VALUE_LABELS
from cardbook.web.history import history_of

pytestmark = pytest.mark.article(7, 1)
MADE = [made for _, made in inspect.getmembers(facts, inspect.isclass)]
CLASSES = [made for made in MADE if dataclasses.is_dataclass(made)]
# In which field each enumeration is written down.
ENUMS = {
    facts.IdentityReading: "identity",
    facts.Recheck: "recheck",
    facts.AskedVia: "via",
    facts.Signing: "signing",
    facts.Defect: "defect",
    facts.Reading: "reading",
    facts.Verdict: "verdict",
    facts.ProxyReason: "reason",
    facts.VisitReason: "reason",
    facts.Unclaimed: "reason",
    facts.Stranding: "reason",
    facts.RequestChannel: "channel",
    facts.Relation: "relation",
    facts.Signer: "signer",
    facts.FoundAt: "found",
    facts.WrongField: "fields",
    facts.Fault: "fault",
    facts.Channel: "channel",
    facts.ContactResult: "result",
    facts.DunResult: "result",
    facts.ApplyKind: "kind",
    facts.ChipRead: "chip",
    facts.ApplyReason: "reason",
    facts.EntryPoint: "entry",
    facts.PayWay: "way",
    facts.Plastic: "plastic",
    facts.Asker: "asker",
    facts.DeathSource: "source",
    facts.EndReason: "reason",
    facts.OpenMatter: "item",
    facts.Found: "state",
    facts.Informant: "said_by",
}


class TestLabels:
    @pytest.mark.parametrize("made", CLASSES, ids=lambda made: made.__name__)
    def test_every_field_of_every_fact_has_a_chinese_name(self, made):
        nameless = {field.name for field in dataclasses.fields(made)} - FACT_LABELS.keys()
        assert not nameless, "name it in src/cardbook/web/history.py: FACT_LABELS"

    def test_no_name_is_kept_for_a_field_that_is_gone(self):
        fields = {field.name for made in CLASSES for field in dataclasses.fields(made)}
        gone = FACT_LABELS.keys() - fields
        assert not gone, "take it out of src/cardbook/web/history.py: FACT_LABELS"

    @pytest.mark.parametrize(
        "made",
        [made for made in MADE if issubclass(made, enum.StrEnum) and made is not enum.StrEnum],
        ids=lambda made: made.__name__,
    )
    def test_every_value_of_every_enumeration_is_in_words(self, made):
        assert made in ENUMS, f"say in ENUMS of {__name__} which field has it"
        wordless = {str(value) for value in made} - VALUE_LABELS.get(ENUMS[made], {}).keys()
        assert not wordless, "put it into words in src/cardbook/web/history.py: VALUE_LABELS"

    def test_every_order_of_sorting_is_in_words(self):
        assert VALUE_LABELS["order"].keys() == ORDERS.keys()


class TestHistoryOf:
    def test_tells_the_newest_first_with_both_people(self, place, card):
        told = history_of(card.pk)
        assert [line.title for line in told] == ["发放给持卡人本人", "清点接收", "登记到货明细"]
        assert (told[1].actor, told[1].second) == ("卡管员", "复核员")
        assert told[0].office == "甲县一号窗口"

    @pytest.mark.article(12, 1)
    def test_tells_facts_papers_and_notices_in_chinese(self, place, card):
        issued, received, _ = history_of(card.pk)
        assert dict(issued.facts) == {
            "发放方式": "窗口当面发放",
            "读取证件": "读卡器",
            "查验证件原件": "是",
            "证件留存": "复印件",
            "扫描卡号": card.number,
            "人、证、卡面一致": "是",
            "卡片读写正常": "是",
            "领卡签字": "纸质签字",
        }
        assert issued.papers == ("本人有效身份证件原件", "身份证件复印件", "纸质登记表签字")
        assert issued.told == ("领卡告知（第 1 版）",)
        assert dict(received.facts)["封签完好"] == "是"

    @pytest.mark.article(28)
    @pytest.mark.article(32)
    def test_names_whoever_came_for_the_holder_half_hidden(self, db):
        city = make.city()
        lost = make.issued_card(city, city.here)
        make_loss_formal(
            card_id=lost.pk, heard=Heard(channel=RequestChannel.WINDOW, caller=Signer.PROXY),
            shown=Shown(papers=(Presented(kind="id_card_original"), Presented(kind="agent_id"))),
            comer=Comer(name="李小红", number=make.citizen_number()), by=city.here.clerk,
            at=timezone.now(), key=make.key(),
        )  # fmt: skip
        told = dict(history_of(lost.pk)[0].facts)
        assert told["代理人"] == "李*红"
        assert "代理人" not in dict(history_of(lost.pk)[1].facts)

    @pytest.mark.article(28)
    def test_says_nothing_of_a_list_that_is_empty(self, db):
        city = make.city()
        lost = make.issued_card(city, city.here)
        report_loss(
            card_id=lost.pk, heard=Heard(channel=RequestChannel.WINDOW, document_seen=True),
            by=city.here.clerk, at=timezone.now(), key=make.key(),
        )  # fmt: skip
        assert "答对的核验问题" not in dict(history_of(lost.pk)[0].facts)

    def test_marks_what_was_written_down_late(self, place, card):
        assert all(line.is_late for line in history_of(card.pk))

    def test_a_card_nobody_knows_has_no_history(self, db):
        assert history_of(987_654_321) == []

    def test_asks_two_questions_for_any_length(self, place, card, django_assert_num_queries):
        with django_assert_num_queries(2):
            history_of(card.pk)
