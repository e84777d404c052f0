"""Words one searched for, kept sealed while one turns the pages of what was found (Art. 32).

They may be somebody's number, and no address, history or log may keep one: they travel in the
body, wait in the session, and the address names them by chance letters only.
"""

import base64
import secrets

from django.http import HttpRequest

from cardbook.lib.sm import Damaged
from cardbook.people import vault

_CONTEXT = b"search"
# Under this name the address says which words are meant.
OF = "of"


def keep_search(request: HttpRequest, text: str, *, of: str) -> str:
    """This function will keep the words of a list and name them for the address; the last only."""
    name = secrets.token_urlsafe(6)
    sealed = base64.b64encode(vault.seal_text(text, context=_CONTEXT)).decode()
    request.session[of] = {"name": name, "sealed": sealed}
    return name


def kept_search(request: HttpRequest, *, of: str) -> str:
    """This function will return the words the address names; "" when others were kept since."""
    kept = request.session.get(of) or {}
    if not kept or kept.get("name") != request.GET.get(OF):
        return ""
    try:
        return vault.open_text(base64.b64decode(kept["sealed"]), context=_CONTEXT)
    except Damaged:
        return ""
