"""The page of one's own password, with what others did to the account (Art. 32 item 4).

Neighbours: `accounts.py` (the rules), `duties.organizations` (who gives one, and how it is kept).
"""

from typing import Any

from allauth.account.views import PasswordChangeView

from cardbook.chapters.duties.organizations.queries import done_to_account


class _ChangePassword(PasswordChangeView):  # type: ignore[misc]
    """The library's page, and what the ledger says of the account."""

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """This function will add what others did to the account."""
        done = done_to_account(self.request.user.pk)
        return {**super().get_context_data(**more), "done_to_account": done}


change_password = _ChangePassword.as_view()
