"""What goes wrong while a PDF is set is named, in this process and in the other (X6)."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cardbook.registers import typesetting
from cardbook.registers.forms import Column
from cardbook.registers.tests.sheets import FORM
from cardbook.registers.typesetting import FontsMissing, LayoutFailed, typeset

AT = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


@pytest.fixture
def layout(tmp_path: Path) -> Path:
    """A layout that shows one word, or stops when told so."""
    path = tmp_path / "one.typ"
    path.write_text(
        "#let d = json(bytes(sys.inputs.data))\n#if d.stop { panic(d.word) }\n#d.word",
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize("largest", [0, 100_000], ids=["apart", "here"])
class TestTypeset:
    def test_a_layout_that_stops_says_why(
        self, layout: Path, largest: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(typesetting, "LARGEST_IN_PROCESS", largest)
        with pytest.raises(LayoutFailed, match="too few codes"):
            typeset(layout=layout, data={"stop": True, "word": "too few codes"}, at=AT)
        assert typeset(layout=layout, data={"stop": False, "word": "卡"}, at=AT)[:4] == b"%PDF"

    def test_missing_fonts_are_named_with_the_remedy(
        self, layout: Path, largest: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(typesetting, "LARGEST_IN_PROCESS", largest)
        monkeypatch.setattr(typesetting, "FONTS", tmp_path)
        monkeypatch.setattr(typesetting, "FAMILY", "No Such Family")
        typesetting._fonts.cache_clear()
        with pytest.raises(FontsMissing, match="scripts/setup assets"):
            typeset(layout=layout, data={"stop": False, "word": "卡"}, at=AT)
        typesetting._fonts.cache_clear()


def test_a_layout_that_never_ends_is_given_up(
    layout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typesetting, "LARGEST_IN_PROCESS", 0)
    monkeypatch.setattr(typesetting, "LONGEST_SECONDS", 0.01)
    with pytest.raises(LayoutFailed, match="within"):
        typeset(layout=layout, data={"stop": False, "word": "卡"}, at=AT)


def test_a_form_does_not_put_three_columns_into_one_cell() -> None:
    third = Column(key="phone", title="联系电话", width=20, under=True)
    columns = (*FORM.columns[:3], third, *FORM.columns[3:])
    with pytest.raises(ValueError, match="name, number, phone into one cell"):
        replace(FORM, columns=columns)
