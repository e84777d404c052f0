"""Signing in is allauth's work; this says only that nobody signs himself up (Art. 5: posts are given)."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class StaffAccounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an administrator together with a post."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """No."""
        return False
