"""Asks a person what a file cannot tell: which sheet holds the rows, which column is what.

Slices show these forms on their own pages; `engine.py` beside it remembers the answer.
"""

from collections.abc import Sequence

from django import forms

from cardbook.imports.columns import Layout

NOT_THERE = ""


class MappingForm(forms.Form):
    """Which column of the file is which field; needed fields must be mapped."""

    def __init__(
        self,
        *args: object,
        layout: Layout,
        titles: Sequence[str],
        mapping: dict[str, int],
        **kwargs: object,
    ):
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choices = [
            (NOT_THERE, "文件中没有"),
            *(
                (str(place), f"{_letters(place)} 列：{title}")
                for place, title in enumerate(titles)
                if title
            ),
        ]
        for column in layout.columns:
            self.fields[column.field] = forms.ChoiceField(
                label=column.title + ("（必需）" if column.required else ""),
                choices=choices,
                required=column.required,
                initial=str(mapping.get(column.field, NOT_THERE)),
                error_messages={"required": f"“{column.title}”必须对应一列。"},
            )

    def clean(self) -> dict[str, object]:
        """One column cannot be two fields."""
        given = super().clean() or {}
        taken: dict[str, str] = {}
        for field, place in given.items():
            if place and place in taken:
                other = self.fields[taken[place]].label
                self.add_error(field, f"这一列已经对应“{other}”，请改选。")
            taken.setdefault(str(place), field)
        return given

    def chosen(self) -> dict[str, int]:
        """The mapping of a valid form."""
        return {field: int(place) for field, place in self.cleaned_data.items() if place}


def _letters(place: int) -> str:
    """A column as a spreadsheet program names it: 0 is A, 26 is AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


class SheetForm(forms.Form):
    """Which sheet of a workbook holds the rows."""

    sheet = forms.ChoiceField(label="工作表")

    def __init__(self, *args: object, sheets: Sequence[str], **kwargs: object):
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choice = self.fields["sheet"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(sheet, sheet) for sheet in sheets]
