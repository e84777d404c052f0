"""What is owed to whom, and that no letter can be printed with a person in it (Art. 32)."""

from datetime import UTC, datetime

import pytest

from cardbook.law.articles import ARTICLES
from cardbook.ports.messages import Addressee, Letter, MessageKind, Party


@pytest.mark.parametrize("kind", list(MessageKind))
def test_every_kind_has_a_party_a_title_and_an_article(kind: MessageKind) -> None:
    assert kind.value == f"{kind.party.value}.{kind.operation}"
    assert kind.label
    known = {article.number for article in ARTICLES.values()}
    assert kind.basis and {one.article for one in kind.basis} <= known
    assert kind.basis_text.startswith(kind.basis[0].label)


def test_every_party_is_owed_something() -> None:
    assert {kind.party for kind in MessageKind} == set(Party)


@pytest.mark.article(32)
def test_a_letter_that_is_printed_names_nobody() -> None:
    about = Addressee(name="张秀英", number="999999", number_kind="id_card", phone="139")
    letter = Letter(
        kind=MessageKind.PROVINCE_ORAL_LOSS,
        reference="province.oral_loss/1",
        happened_at=datetime(2026, 3, 2, tzinfo=UTC),
        about=about,
        bank_account="6222",
    )
    printed = f"{letter!r} {about!r}"
    assert "province.oral_loss/1" in printed
    assert not any(secret in printed for secret in ("张秀英", "999999", "139", "6222"))
