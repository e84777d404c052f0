"""What a scanner reads back from our QR codes (Art. 6, 20)."""

import pytest

from cardbook.lib.plain import InputError
from cardbook.registers.codes import BOX, DOCUMENT, ScannedCode, qr_svg, read_code, scan_code


class TestScanCode:
    def test_is_read_back_as_written(self) -> None:
        text = scan_code(BOX, "611002-CK1", "A-2-05")
        assert text.startswith("~BOX:611002-CK1/A-2-05:")
        assert read_code(text) == ScannedCode("BOX", ("611002-CK1", "A-2-05"))

    def test_survives_a_chinese_input_method(self) -> None:
        text = scan_code(DOCUMENT, "LKDJ-T1-2026-0001", "2", "ab12cd34")
        typed = text.replace("~", "～").replace(":", "：").replace("/", "／")
        assert typed != text
        assert read_code(f" {typed}\n").parts == ("LKDJ-T1-2026-0001", "2", "ab12cd34")

    @pytest.mark.parametrize("lost", ["A-2-0", "A-2-50", "a-2-05"])
    def test_a_slip_of_the_scanner_is_noticed(self, lost: str) -> None:
        text = scan_code(BOX, "611002-CK1", "A-2-05").replace("A-2-05", lost)
        with pytest.raises(InputError) as caught:
            read_code(text)
        assert caught.value.code == "check"
        assert "再扫一次" in caught.value.sentence

    @pytest.mark.parametrize("text", ["", "T00000001", "~CAR:x:0000", "https://example.invalid/"])
    def test_what_is_not_ours_is_named(self, text: str) -> None:
        with pytest.raises(InputError) as caught:
            read_code(text)
        assert caught.value.code == "not_ours"

    @pytest.mark.parametrize("part", ["", "甲", "a/b"])
    def test_only_plain_parts_are_written(self, part: str) -> None:
        with pytest.raises(ValueError, match="ASCII"):
            scan_code(BOX, part)

    def test_is_drawn_with_a_quiet_zone(self) -> None:
        svg = qr_svg("~BOX:x:0000")
        assert svg.startswith("<svg") and 'width="29"' in svg  # 21 modules and 4 on either side
