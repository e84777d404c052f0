"""`cardbook export` writes any register, or says in one sentence why not (Art. 6, 8)."""

import io
import json
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from django.utils import timezone
from pypdf import PdfReader

from cardbook.cards.models import Card
from cardbook.chapters.intake.receive.tests.deliveries import arrive, counted
from cardbook.chapters.stranded.models import BankNotice
from cardbook.chapters.stranded.tests.line import (
    cancelled,
    line_of,
    lot_of,
    sent_back,
    waiting,
)
from cardbook.config.wiring import REGISTERS, export
from cardbook.lib.masking import mask_number
from cardbook.lib.sm import sm3
from cardbook.people.holders import holder_of
from cardbook.registers import cli
from cardbook.registers.registry import Register
from cardbook.testing import factories as make
from cardbook.testing.factories import City
from cardbook.testing.files import text_of

pytestmark = pytest.mark.usefixtures("noon")
RARE_NAME = "䶮㛃𬭎𠮷"


@pytest.fixture
def card(city: City) -> Card:
    """A card whose holder has a rare name."""
    return make.issued_card(city, city.here, holder=make.person(name=RARE_NAME))


def run(*words: str | Path) -> Result:
    """The command as typed."""
    return CliRunner().invoke(export, [str(word) for word in words])


def chosen(city: City) -> list[str]:
    """Today at the window."""
    day = timezone.localdate().isoformat()
    return ["--office", city.here.window.code, "--from", day, "--to", day]


@pytest.mark.article(8, 4)
class TestExport:
    def test_writes_a_pdf_with_whole_names(self, city: City, card: Card, tmp_path: Path) -> None:
        out = tmp_path / "a.pdf"
        result = run("pick_up", *chosen(city), "--out", out)
        assert (result.exit_code, "1 行" in result.output) == (0, True)
        text = "".join(PdfReader(out).pages[0].extract_text().split())
        assert RARE_NAME in text and "未编号" in text

    def test_writes_a_workbook_with_ids_as_text(
        self, city: City, card: Card, tmp_path: Path
    ) -> None:
        out = tmp_path / "a.xlsx"
        assert (
            run("pick_up_register", *chosen(city), "--format", "xlsx", "--out", out).exit_code == 0
        )
        page = openpyxl.load_workbook(out).active
        assert [page.cell(5, place).value for place in (4, 5, 6)] == [
            RARE_NAME, mask_number(holder_of(card.person).number), card.number,
        ]  # fmt: skip

    def test_writes_csv_and_says_what_in_json(
        self, city: City, card: Card, tmp_path: Path
    ) -> None:
        out = tmp_path / "a.csv"
        result = run("pick_up", *chosen(city), "--format", "csv", "--out", out, "--json")
        said = json.loads(result.output)
        assert (said["form"], said["rows"], said["office"]) == (
            "pick_up_register", 1, city.here.window.code,
        )  # fmt: skip
        assert said["sm3"] == sm3(out.read_bytes()).hex()
        head, line = out.read_text(encoding="utf-8-sig").splitlines()
        assert head.startswith("序号,领卡日期时间,领卡方式,持卡人姓名")
        assert RARE_NAME in line

    def test_csv_cells_never_become_formulas(self, city: City, tmp_path: Path) -> None:
        make.issued_card(city, city.here, holder=make.person(name="=cmd|'x'"))
        out = tmp_path / "a.csv"
        run("pick_up", *chosen(city), "--format", "csv", "--out", out)
        assert ",'=cmd|'x'," in out.read_text(encoding="utf-8-sig")

    @pytest.mark.article(32)
    @pytest.mark.parametrize("kind", ["csv", "xlsx", "pdf"])
    def test_never_has_a_whole_number(
        self, city: City, card: Card, tmp_path: Path, kind: str
    ) -> None:
        out = tmp_path / f"a.{kind}"
        run("pick_up", *chosen(city), "--format", kind, "--out", out)
        number = holder_of(card.person).number
        assert mask_number(number) in text_of(out.read_bytes())
        assert number not in text_of(out.read_bytes())

    def test_writes_the_count_sheet_of_a_delivery(self, city: City, tmp_path: Path) -> None:
        arrived = arrive(city, city.here, {"1-1": 2})
        counted(city.here, arrived.box_of("1-1"), arrived.numbers("1-1"))
        out = tmp_path / "a.xlsx"
        result = run(
            "count", "--delivery", arrived.delivery.code, "--format", "xlsx", "--out", out
        )
        assert result.exit_code == 0
        page = openpyxl.load_workbook(io.BytesIO(out.read_bytes())).active
        assert page.cell(5, 3).value == "1-1"

    @pytest.mark.article(17)
    @pytest.mark.article(19)
    def test_writes_a_return_a_letter_and_a_lot_by_their_printed_numbers(
        self, city: City, tmp_path: Path
    ) -> None:
        line = line_of(city)
        shipment = sent_back(line, waiting(line))
        lot = lot_of(line, cancelled(line))
        for words in (
            ["stranded_form", "--shipment", shipment.number],
            ["bank_notice", "--notice", BankNotice.objects.get().number],
            ["destruction_list", "--lot", lot.number],
            ["destruction_list", "--lot", str(lot.pk)],
        ):
            out = tmp_path / "a.csv"
            result = run(*words, "--format", "csv", "--out", out)
            assert (result.exit_code, "：1 行" in result.output) == (0, True), result.output

    @pytest.mark.parametrize("register", REGISTERS, ids=lambda one: one.slug)
    def test_every_register_is_chosen_as_on_its_page(self, register: Register) -> None:
        names = {option.name for option in export.params}
        assert set(register.choose.base_fields) <= names

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["destruction_list", "--lot", "XH99999999"], "--lot：没有"),
            (["destruction_list", "--from", "2026-11-01"], "不用 --from；可用：--lot。"),
            (["pick_up", "--office", "没有"], "--office：没有这个机构"),
            (["pick_up"], "--from"),
            (["count", "--delivery", "没有"], "--delivery：没有这个到货编号"),
        ],
    )
    def test_a_wrong_choice_is_named_and_nothing_written(
        self, city: City, tmp_path: Path, words: list[str], said: str
    ) -> None:
        out = tmp_path / "a.pdf"
        result = run(*words, "--out", out)
        assert result.exit_code == 2
        assert said in result.stderr
        assert not out.exists()

    def test_an_unknown_form_is_refused(self, tmp_path: Path) -> None:
        assert run("no_such_form", "--out", tmp_path / "a.pdf").exit_code == 2

    def test_a_folder_that_is_not_there_is_named(
        self, city: City, card: Card, tmp_path: Path
    ) -> None:
        result = run("pick_up", *chosen(city), "--out", tmp_path / "gone" / "a.pdf")
        assert result.exit_code == 2
        assert "请换一个文件夹" in result.stderr

    def test_only_a_pdf_has_a_limit_of_rows(
        self, city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for _ in range(2):
            make.issued_card(city, city.here)
        monkeypatch.setattr(cli, "MOST_ROWS", 1)
        refused = run("pick_up", *chosen(city), "--out", tmp_path / "a.pdf")
        assert refused.exit_code == 2
        assert "XLSX 和 CSV 没有这个上限" in refused.stderr
        written = run("pick_up", *chosen(city), "--format", "csv", "--out", tmp_path / "a.csv")
        assert written.exit_code == 0
