"""What a refusal owes: its code, a Chinese sentence with what is the case, its article, a way out.

And of the book: that nothing changed by it, row by row, and that every promise still holds.
"""

import html
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from django.db import connection
from django.http import HttpResponseBase

from cardbook.lifecycle.refusals import CATALOGUE, Refusal, Refused
from tests.fire.recounts import all_promises_hold

_CHINESE = re.compile(r"[\u4e00-\u9fff]{2}")
_ONE = "第[一二三四五六七八九十]+条(?:第[一二三四五六七八九十]+[款项])*"
_ARTICLES = f"{_ONE}(?:、{_ONE})*"
# A place that never held a card is opened when it is first named, and says nothing of any card.
_COUNTED = {
    "custody_account": "WHERE EXISTS (SELECT FROM custody_posting WHERE account_id = one.id)"
}
_SAID = "hashtext((to_jsonb(one) - 'last_login')::text)"
_UNFILLED = re.compile(r"[{}]|None|True|False|\bnull\b")


def in_words(refusals: Sequence[Refusal], code: str, *values: object) -> Refusal:
    """This function will find the refusal of a code and hold it to its words; gives it.

    `values` are what must be named: the card, the day, the person, the count.
    """
    found = [one for one in refusals if one.code == code]
    assert found, [f"{one.code}: {one.sentence}" for one in refusals]
    for one in found:
        assert re.fullmatch(_ARTICLES, one.article), one.article
        for words in (one.sentence, one.way_out):
            assert _CHINESE.search(words) and words.endswith("。"), words
            assert not _UNFILLED.search(words), words
    said = "".join(one.sentence + one.way_out for one in found)
    missing = [str(value) for value in values if str(value) not in said]
    assert not missing, (missing, said)
    return found[0]


@contextmanager
def refused_in_words(
    code: str, *values: object, on_record: frozenset[str] = frozenset()
) -> Iterator[None]:
    """This function will expect a refusal in words, nothing changed by it, and a true book.

    `on_record` are the tables in which it stays that it was tried: these and no others change.
    """
    before = everything()
    with pytest.raises(Refused) as refused:
        yield
    in_words(refused.value.refusals, code, *values)
    nothing_changed(before, besides=on_record)


def said_on(page: HttpResponseBase, code: str, *values: object) -> None:
    """This function will hold a page to the same: the sentence, the way out, the article."""
    reason = CATALOGUE[code]
    sentence, way_out = (
        re.sub(r"\\{\w+\\}", "(.+?)", re.escape(words))
        for words in (reason.sentence, reason.way_out)
    )
    said = f"{sentence}(?:</strong>)?{way_out}(?:（|<span.*?>)依据：{_ARTICLES}"
    found = re.search(said, html.unescape(page.content.decode()))
    assert found, code
    assert not _UNFILLED.search(found[0]), found[0]
    missing = [str(value) for value in values if str(value) not in found[0]]
    assert not missing, (missing, found[0])


def everything() -> dict[str, tuple[int, int]]:
    """This function will read how many rows each table has, and the sum of all they say.

    Who signed in when is no change to the book.
    """
    tables = sorted(set(connection.introspection.table_names()) - {"django_session"})
    ask = " UNION ALL ".join(
        f"SELECT '{table}', count(*), coalesce(sum({_SAID}), 0) "
        f'FROM "{table}" one {_COUNTED.get(table, "")}'
        for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(ask)
        return {name: (count, said) for name, count, said in cursor.fetchall()}


def nothing_changed(
    before: dict[str, tuple[int, int]], *, besides: frozenset[str] = frozenset()
) -> None:
    """This function will compare the tables with what they were, and recount every promise."""
    after = everything()
    changed = {table for table in after if after[table] != before[table]}
    assert changed == besides, changed
    all_promises_hold()


def the_loser(answers: Sequence[object]) -> Refused:
    """This function will give the one refusal among the answers of a race of two."""
    refused = [one for one in answers if isinstance(one, Refused)]
    assert len(refused) == 1 and len(answers) == 2, answers
    return refused[0]
