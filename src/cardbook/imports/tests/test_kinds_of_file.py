"""What a file is, is decided by its content; what is no table is named for what it is (I7)."""

import zipfile
from pathlib import Path

import pytest

from cardbook.imports.reading import kind_of, open_file, open_table, preview
from cardbook.imports.tests.sheets import (
    HEAD,
    PEOPLE,
    csv_text,
    old_workbook,
    read,
    refusal,
    text_file,
    texts,
    workbook,
)

pytestmark = pytest.mark.article(6)

ROWS = [HEAD, *PEOPLE]
ENCRYPTED_NAME = "EncryptedPackage"


@pytest.mark.trust("I7")
class TestContentDecides:
    # I7
    def test_an_old_workbook_named_xlsx_simply_works(self, tmp_path: Path) -> None:
        assert read(old_workbook(tmp_path / "到货.xlsx")) == ROWS

    def test_a_workbook_named_csv_simply_works(self, tmp_path: Path) -> None:
        assert read(workbook(tmp_path / "到货.csv")) == ROWS

    def test_a_text_named_xls_simply_works(self, tmp_path: Path) -> None:
        assert read(text_file(tmp_path / "到货.xls", ROWS, encoding="gb18030")) == ROWS

    def test_a_file_without_an_ending_works(self, tmp_path: Path) -> None:
        assert kind_of(workbook(tmp_path / "file")) == "xlsx"

    @pytest.mark.parametrize("start", ["BM0001", "MZ0001", "PK0001"])
    def test_a_table_may_begin_with_letters_of_another_format(
        self, tmp_path: Path, start: str
    ) -> None:
        rows = [(start, "甲"), ("B2", "乙")]
        assert read(text_file(tmp_path / "a.csv", rows)) == rows


@pytest.mark.trust("I7")
class TestWhatIsNoTable:
    # I7: it says what it is and how to save it again
    @pytest.mark.parametrize(
        ("content", "code", "named"),
        [
            (b"<html><table><tr><td>1</td></tr></table></html>", "html", "网页"),
            (b"\xef\xbb\xbf\r\n <TABLE border=1>", "html", "网页"),
            ('<html xmlns:x="urn:excel">'.encode("utf-16"), "html", "网页"),
            (b'<?xml version="1.0"?><!DOCTYPE html><html lang="zh">', "html", "网页"),
            (b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n", "html", "网页"),
            ('[ {"社保卡号": "A1", "姓名": "王明"} ]'.encode(), "json", "JSON"),
            (b'{"rows": [["A1", "B1"]]}', "json", "JSON"),
            (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>', "xml", "2003"),
            (b'<?xml version="1.0"?><rows><row/></rows>', "xml", "XML"),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "wrong_kind", "图片"),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", "wrong_kind", "图片"),
            (b"BM\x36\0\x0c\0\0\0", "wrong_kind", "图片"),
            (b"%PDF-1.7\n", "wrong_kind", "PDF"),
            (b"Rar!\x1a\x07\x01\0", "wrong_kind", "RAR"),
            (b"7z\xbc\xaf\x27\x1c", "wrong_kind", "7z"),
            (b"\x1f\x8b\x08\0", "wrong_kind", "gzip"),
            (b"MZ\x90\0\x03\0\0\0", "wrong_kind", "程序"),
            (b"\x7fELF\x02\x01", "wrong_kind", "程序"),
            (b"{\\rtf1\\ansi", "wrong_kind", "RTF"),
            (b"\x09\x04\x06\0\0\0\x10\0", "wrong_kind", "很旧的 Excel"),
            ("<tr><td>姓名</td></tr>".encode("gbk"), "html", "网页"),
            (b"<center><b>1</b></center><table>", "html", "网页"),
            (b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0", "wrong_kind", "快捷方式"),
            (
                b"\x03\x7e\x0b\x01\x06" + bytes(27) + b"XM" + bytes(30) + b"\r",
                "wrong_kind",
                ".dbf",
            ),
            (b"\0\0\0\x18ftypheic\0\0", "wrong_kind", "照片"),
            (b"RIFF\x10\0\0\0WEBP", "wrong_kind", "图片"),
            (b"\0\x01\0\0Standard Jet DB\0", "wrong_kind", "Access"),
            (b"\0\x05\x16\x07\0\x02\0\0", "wrong_kind", "苹果"),
            (
                b"\x04user".ljust(55) + "\4\0user".encode("utf-16-le").ljust(110, b" "),
                "wrong_kind",
                "~$",
            ),
            ("姓名,社保卡号\r\n张伟,SL1000001\r\n".encode("utf-16-le"), "utf_16", "BOM"),
        ],
    )
    def test_is_named_and_told_how_to_save(
        self, tmp_path: Path, content: bytes, code: str, named: str
    ) -> None:
        path = tmp_path / "到货.xlsx"
        path.write_bytes(content)
        refused = refusal(path)
        assert refused.code == code
        assert named in refused.sentence
        assert "另存" in refused.remedy

    @pytest.mark.parametrize(
        ("part", "named"),
        [
            ("word/document.xml", "Word"),
            ("xl/workbook.bin", ".xlsb"),
            ("content.xml", "OpenDocument"),
            ("Index/Document.iwa", "Numbers"),
            ("xl\\workbook.xml", "反斜杠"),
            ("到货.csv", "压缩包"),
        ],
    )
    def test_another_package_is_named(self, tmp_path: Path, part: str, named: str) -> None:
        path = tmp_path / "到货.xlsx"
        with zipfile.ZipFile(path, "w") as package:
            package.writestr(part, "x")
        refused = refusal(path)
        assert (refused.code, named in refused.sentence) == ("wrong_kind", True)

    def test_a_workbook_with_a_password_says_how_to_remove_it(self, tmp_path: Path) -> None:
        path = tmp_path / "到货.xlsx"
        path.write_bytes(_container(ENCRYPTED_NAME))
        refused = refusal(path)
        assert refused.code == "encrypted"
        assert "取消密码" in refused.remedy

    def test_an_old_word_document_is_named(self, tmp_path: Path) -> None:
        path = tmp_path / "到货.xls"
        path.write_bytes(_container("WordDocument"))
        assert "Word" in refusal(path).sentence

    def test_an_old_workbook_with_a_password_is_named(self, tmp_path: Path) -> None:
        path = old_workbook(tmp_path / "到货.xls")
        content = path.read_bytes()
        # The record of code pages becomes the record that announces a cipher.
        path.write_bytes(content.replace(b"\x42\x00\x02\x00", b"\x2f\x00\x02\x00", 1))
        assert refusal(path).code == "encrypted"


def _container(stream: str) -> bytes:
    """An OLE container with one stream of this name."""
    import xlwt.CompoundDoc

    class Named(xlwt.CompoundDoc.XlsDoc):
        def save_bytes(self) -> bytes:
            import io

            out = io.BytesIO()
            self.save(out, b"\0" * 5000)
            return out.getvalue()

    return (
        Named()
        .save_bytes()
        .replace(
            "Workbook".encode("utf-16-le").ljust(64, b"\0") + b"\x12\0",
            stream.encode("utf-16-le").ljust(64, b"\0")
            + (2 * len(stream) + 2).to_bytes(2, "little"),
        )
    )


class TestEmptyFiles:
    @pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\r\n \r\n", b"\xff\xfe"])
    def test_a_file_without_a_character_is_empty(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "空.csv"
        path.write_bytes(content)
        assert refusal(path).code == "empty"

    @pytest.mark.parametrize("make", [workbook, old_workbook])
    def test_a_workbook_without_a_cell_is_empty(self, tmp_path: Path, make: object) -> None:
        assert refusal(make(tmp_path / "空", [])).code == "empty"  # type: ignore[operator]

    @pytest.mark.parametrize("make", [workbook, old_workbook, text_file])
    def test_a_lone_header_is_read_as_it_is(self, tmp_path: Path, make: object) -> None:
        assert read(make(tmp_path / "表头", [HEAD])) == [HEAD]  # type: ignore[operator]

    def test_a_file_too_large_is_refused_before_it_is_read(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("cardbook.imports.reading._MOST_BYTES", {"text": 1024 * 1024})
        path = tmp_path / "大.csv"
        path.write_bytes(b"1,2\n" * 300_000)
        refused = refusal(path)
        assert (refused.code, "1 MB" in refused.sentence) == ("too_large", True)


@pytest.mark.trust("I12")
class TestSheets:
    @pytest.mark.parametrize("make", [workbook, old_workbook])
    def test_the_only_filled_sheet_needs_no_name(self, tmp_path: Path, make: object) -> None:
        def empty_sheets(book: object, _: object) -> None:
            add = getattr(book, "add_worksheet", None) or getattr(book, "add_sheet")  # noqa: B009
            add("空一")
            add("空二")

        path = make(tmp_path / "a", also=empty_sheets)  # type: ignore[operator]
        assert open_file(path).sheets == ("明细",)
        assert read(path) == ROWS

    def test_a_sheet_that_is_only_formatted_is_not_filled(self, tmp_path: Path) -> None:
        def formatted(book: object, _: object) -> None:
            bold = book.add_format({"bold": True})  # type: ignore[attr-defined]
            book.add_worksheet("空").write_blank(3, 16_000, None, bold)  # type: ignore[attr-defined]

        assert open_file(workbook(tmp_path / "a.xlsx", also=formatted)).sheets == ("明细",)

    def test_several_filled_sheets_are_asked_about(self, tmp_path: Path) -> None:
        def second(book: object, _: object) -> None:
            book.add_worksheet("洛南县").write_string(0, 0, "乙")  # type: ignore[attr-defined]

        path = workbook(tmp_path / "a.xlsx", also=second)
        refused = refusal(path)
        assert refused.code == "several_sheets"
        assert "明细、洛南县" in refused.sentence
        assert read(path, sheet="洛南县") == [("乙",)]
        assert refusal(path, sheet="商州区").code == "no_such_sheet"

    # I12
    def test_a_hidden_sheet_is_not_read_and_not_kept_quiet(self, tmp_path: Path) -> None:
        def hidden(book: object, _: object) -> None:
            page = book.add_worksheet("字典")  # type: ignore[attr-defined]
            page.write_string(0, 0, "秘")
            page.hide()

        path = workbook(tmp_path / "a.xlsx", also=hidden)
        opened = open_file(path)
        assert opened.sheets == ("明细",)
        assert any("字典" in note and "隐藏" in note for note in opened.notes)
        assert read(path) == ROWS
        assert refusal(path, sheet="字典").code == "hidden_sheet"

    def test_data_only_in_a_hidden_sheet_is_said(self, tmp_path: Path) -> None:
        def hide(book: object, page: object) -> None:
            book.add_worksheet("说明").activate()  # type: ignore[attr-defined]
            page.hide()  # type: ignore[attr-defined]

        refused = refusal(workbook(tmp_path / "a.xlsx", also=hide))
        assert refused.code == "hidden_sheet"
        assert "明细" in refused.sentence

    def test_a_hidden_sheet_of_an_old_workbook_is_told(self, tmp_path: Path) -> None:
        def hidden(book: object, _: object) -> None:
            page = book.add_sheet("字典")  # type: ignore[attr-defined]
            page.write(0, 0, "秘")
            page.visibility = 1

        opened = open_file(old_workbook(tmp_path / "a.xls", also=hidden))
        assert opened.sheets == ("明细",)
        assert "字典" in opened.notes[0]


def test_five_rows_are_shown_for_a_person_to_judge(tmp_path: Path) -> None:
    rows = [HEAD, *(PEOPLE * 3)]
    path = tmp_path / "a.csv"
    path.write_bytes(csv_text(rows).encode("gb18030"))
    assert [texts(row) for row in preview(open_table(path))] == rows[:5]
