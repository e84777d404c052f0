"""What every template sees: the navigation, the actor, the article of the page, the demo ribbon.

Neighbours: `navigation.py` (the menu), `middleware.py` (who it is).
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from cardbook import __version__
from cardbook.law.roles import SEES_PEOPLE
from cardbook.web.navigation import drawn_navigation


def shell(request: HttpRequest) -> dict[str, Any]:
    """This function will give the shell's context; visitors see none of it."""
    actor = getattr(request, "actor", None)
    return {
        "actor": actor,
        "posts": getattr(request, "posts", ()),
        "may_search": actor is not None and actor.role in SEES_PEOPLE,
        "nav": drawn_navigation(by=actor, path=request.path) if actor else "",
        "basis": getattr(request, "basis", ""),
        "demo": settings.DEMO,
        "version": __version__,
    }
