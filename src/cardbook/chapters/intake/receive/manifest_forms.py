"""Turns what somebody uploads into the importer's arguments (Art. 6)."""

from collections.abc import Sequence

from django import forms


class UploadForm(forms.Form):
    """One file as the maker or the province sent it, and for whom."""

    file = forms.FileField(
        label="到货明细文件",
        help_text="CSV、XLSX 或 XLS；GBK、GB18030、UTF-8 都可以，按表头的列名对应",
        error_messages={"required": "请选择文件。", "empty": "文件是空的，请重新导出。"},
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,.xls"}),
    )
    receiver = forms.ChoiceField(label="接收机构")

    def __init__(self, *args: object, receivers: Sequence[tuple[str, str]], **kwargs: object):
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choice = self.fields["receiver"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = list(receivers)
