"""The demo's accounts for its login page; wired in `config/settings.py` in demo mode only."""

from django.http import HttpRequest

from cardbook.demo.staff import DEMO_PASSWORD, demo_users


def accounts(request: HttpRequest) -> dict[str, object]:
    """This function will list the demo accounts for visitors; whoever is signed in needs none."""
    # A request that is refused before its session is read (a wrong host name) has no user at all.
    user = getattr(request, "user", None)
    if user is None or user.is_authenticated:
        return {}
    return {"demo_users": demo_users(), "demo_password": DEMO_PASSWORD}
