"""Words one searched for, kept sealed while one turns the pages of what was found (Art. 32).

They may be somebody's number, and no address, history or log may keep one: they travel in the
body, wait in the session, and the address names them by chance letters only.
"""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, QueryDict

from cardbook.registers.drawers import put_away, taken_out

_DRAWER = "searches"
# Searches of one session that can be gone back to; the oldest goes first.
MOST_KEPT = 30
LONGEST = 400  # a scanned mandate is the longest there is
# Under this name the address says which words are meant.
OF = "of"
# What a list is asked under these names may be somebody's name or number.
PRIVATE = frozenset({"q", "card", "text"})


class AskedQuery(QueryDict):
    """What an address asks for, with the words it only names.

    A page reads them with `get`, as if they stood there; what is made of the whole (the address of
    the next page, the hidden fields of an export) carries the name alone.
    """

    words: Mapping[str, str] = {}

    def get(self, key: str, default: Any = None) -> Any:
        """This function will return the kept words, or what stands in the address."""
        return self.words[key] if key in self.words else super().get(key, default)


def keep_search(request: HttpRequest, words: Mapping[str, str]) -> str:
    """This function will keep the words of a search and name them for the address."""
    return put_away(request, dict(words), drawer=_DRAWER, most=MOST_KEPT)


def kept_search(request: HttpRequest) -> dict[str, str] | None:
    """This function will return the words the address names; None when they are no longer kept."""
    found: dict[str, str] | None = taken_out(request, request.GET[OF], drawer=_DRAWER)
    return found


def words_named(request: HttpRequest) -> str:
    """This function will return what was asked, but nothing that stands in the address itself."""
    asked = request.GET
    return asked.words.get("q", "") if isinstance(asked, AskedQuery) else ""


def with_words(asked: QueryDict, words: Mapping[str, str]) -> AskedQuery:
    """This function will make the query of an address one whose named words can be read."""
    query: AskedQuery = AskedQuery(asked.urlencode(), encoding=asked.encoding)  # type: ignore[assignment]
    query.words = words
    return query


def for_address(asked: Mapping[str, Any], *names: str) -> dict[str, str]:
    """This function will return what was asked under these names as an address may carry it."""
    # Indexed, not got: kept words stay where they are, their name goes along.
    return {name: str(asked[name] or "") for name in (*names, OF) if name in asked}


def address_for(request: HttpRequest, *, to: str, given: QueryDict) -> str:
    """This function will make the address of a list that was asked for in a form."""
    asked = given.copy()
    for name in ("to", "csrfmiddlewaretoken", OF):
        asked.pop(name, None)
    words = {name: asked.pop(name)[-1].strip()[:LONGEST] for name in PRIVATE if name in asked}
    told = {name: text for name, text in words.items() if text}
    if told:
        asked[OF] = keep_search(request, told)
    return f"{to}?{asked.urlencode()}" if asked else to
