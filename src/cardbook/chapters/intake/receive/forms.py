"""Turns what a counter types into commands' arguments (Art. 6)."""

from django import forms


class StartForm(forms.Form):
    """The seal, looked at before the box is opened."""

    seal_number = forms.CharField(label="封签号", max_length=40, required=False)
    seal_broken = forms.BooleanField(label="封签破损", required=False)
    remarks = forms.CharField(label="说明", max_length=200, required=False,
                              help_text="封签破损时写明破损情况")

    def clean(self) -> dict[str, object]:
        """A broken seal is described."""
        given = super().clean() or {}
        if given.get("seal_broken") and not given.get("remarks"):
            self.add_error("remarks", "封签破损，请写明破损情况。")
        return given


class SecondForm(forms.Form):
    """The second person's own name and password."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    second_name = forms.CharField(label="第二清点人用户名", max_length=60)
    second_password = forms.CharField(
        label="第二清点人密码", max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class ExplainForm(SecondForm):
    """What became of the short cards that were ticked."""

    words = forms.CharField(label="情况说明", max_length=200, required=False)
