"""The fields in which somebody else signs on a page, by name and password (Art. 5, 32)."""

from django import forms


def second_name(*, label: str, help_text: str = "", missing: str = "") -> forms.CharField:
    """This function will make the field for his user name; `missing` says that it was left out."""
    attributes = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
    return forms.CharField(
        label=label,
        max_length=60,
        widget=forms.TextInput(attrs=attributes),
        help_text=help_text,
        error_messages={"required": missing} if missing else None,
    )


def second_password(*, label: str, missing: str = "") -> forms.CharField:
    """This function will make the field for his password, taken as typed.

    A window's browser must neither offer to keep nor fill in a colleague's password.
    """
    return forms.CharField(
        label=label,
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": missing} if missing else None,
    )
