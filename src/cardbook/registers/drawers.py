"""What a session keeps sealed for a while, each thing under chance letters (Art. 32).

They may stand in an address, where no name and no number may.
"""

import base64
import json
import secrets
from typing import Any

from django.http import HttpRequest

from cardbook.lib.sm import Damaged
from cardbook.people import vault


def put_away(request: HttpRequest, content: object, *, drawer: str, most: int) -> str:
    """This function will keep something JSON can write; the oldest of more than `most` goes."""
    name = secrets.token_urlsafe(6)
    text = json.dumps(content, ensure_ascii=False)
    sealed = base64.b64encode(vault.seal_text(text, context=drawer.encode())).decode()
    kept = [*request.session.get(drawer, {}).items(), (name, sealed)]
    request.session[drawer] = dict(kept[-most:])
    return name


def taken_out(request: HttpRequest, name: str, *, drawer: str) -> Any:
    """This function will return what was put away under a name; None when it is no longer kept."""
    sealed = request.session.get(drawer, {}).get(name)
    if sealed is None:
        return None
    try:
        return json.loads(vault.open_text(base64.b64decode(sealed), context=drawer.encode()))
    except Damaged:
        return None
