"""Refuses a post where no act of the table says who does it (Art. 5); for acts see `judge.py`."""

from collections.abc import Iterable

from cardbook.law.roles import Role, roles_named
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor


def refuse_posts(by: Actor, *, other_than: Iterable[Role], doing: str) -> None:
    """This function will refuse whoever holds none of some posts.

    :raises Refused: with who does it.
    """
    roles = frozenset(other_than)
    if by.role not in roles:
        values = {"role": by.role.label, "act": doing, "roles": roles_named(roles)}
        raise Refused([Refusal(no.ROLE_MAY_NOT, values)])
