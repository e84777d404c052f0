"""Signing in is allauth's work; this says that nobody signs himself up or guesses (Art. 5, 32).

Neighbours: `middleware.py` (who is behind a request), `orgs.actors` (posts are given).
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from cardbook.chapters.duties.organizations.queries import done_to_account
from cardbook.orgs.models import User

_NOT_ASKED = "不是您要求的，请立即告诉安全管理员（第三十二条第四项）。"


class StaffAccounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an administrator together with a post."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """No."""
        return False

    def set_password(self, user: User, password: str) -> None:
        """He chose it himself: from now on nobody else knows it."""
        user.password_is_given = False
        super().set_password(user, password)

    def pre_login(self, request: HttpRequest, user: User, **more: Any) -> HttpResponse | None:
        """What others did to the account since he was last here is the first thing he is told."""
        for one in done_to_account(user.pk, since=user.last_login):
            messages.warning(request, f"{one.recorded} {one.actor}：{one.words}。{_NOT_ASKED}")
        answer: HttpResponse | None = super().pre_login(request, user, **more)
        return answer

    def clean_password(self, password: str, user: User | None = None) -> str:
        """The given one chosen again would still be known to whoever gave it.

        :raises django.core.exceptions.ValidationError: for that, and for what Django refuses.
        """
        if user is not None and user.password_is_given and user.check_password(password):
            raise ValidationError("新密码不能与一次性密码相同，请另设一个。")
        return str(super().clean_password(password, user=user))

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Wrong passwords are counted by account, whatever name of the server was asked.

        allauth counts by the Host header as well, and whoever guesses chooses that: each port
        named there would give him five tries more. The command line has no such header at all.
        """
        return str(credentials["username"]).lower()


class LongEnough(MinimumLengthValidator):
    """Django's rule in words a clerk understands; its Chinese catalogue leaves it English."""

    def get_error_message(self) -> str:
        """What is wrong and what to do."""
        return f"密码太短，至少 {self.min_length} 个字符，请加长后重试。"
