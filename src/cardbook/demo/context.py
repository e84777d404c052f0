"""The demo's accounts for its login page; wired in `config/settings.py` in demo mode only."""

from django.http import HttpRequest

from cardbook.demo.staff import DEMO_PASSWORD, demo_users


def accounts(request: HttpRequest) -> dict[str, object]:
    """This function will list the demo accounts for visitors; whoever is signed in needs none."""
    if request.user.is_authenticated:
        return {}
    return {"demo_users": demo_users(), "demo_password": DEMO_PASSWORD}
