"""Papers: sealed on disk, read back whole; damage and loss are said aloud (Art. 8, P5, P7)."""

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, ProgrammingError, connection, transaction

from cardbook.lib.sm import Damaged, sm3
from cardbook.papers import storage
from cardbook.papers.models import Paper
from cardbook.papers.storage import (
    LARGEST_BYTES,
    FileChanged,
    PaperMissing,
    add_long_paper,
    add_paper,
    read_paper,
)
from cardbook.testing.factories import City

pytestmark = [pytest.mark.django_db, pytest.mark.article(8, 4)]
SCAN = b"\x89PNG an identity card, both sides"


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: LazySettings) -> Path:
    settings.PAPERS_ROOT = tmp_path / "files"
    return tmp_path / "files"


def added(city: City, content: bytes = SCAN) -> Paper:
    return add_paper(
        kind="id_card_image", content=content, media_type="image/png", title="身份证",
        by=city.here.clerk,
    )  # fmt: skip


def only_file(store: Path) -> Path:
    (path,) = [path for path in store.rglob("*") if path.is_file()]
    return path


class TestAddLongPaper:
    def test_keeps_nothing_of_a_file_that_somebody_is_still_writing(
        self, city: City, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "copying.csv"
        path.write_bytes(SCAN)
        digest_of_file = storage.digest_of_file

        def and_then_it_grows(read: Path) -> str:
            digest = digest_of_file(read)
            with path.open("ab") as file:
                file.write(b"more")
            return digest

        monkeypatch.setattr(storage, "digest_of_file", and_then_it_grows)
        with pytest.raises(FileChanged):
            add_long_paper(
                kind="manifest", path=path, media_type="text/csv", title="明细",
                by=city.here.keeper,
            )  # fmt: skip
        assert not [one for one in store.rglob("*") if one.is_file()]
        assert not Paper.objects.exists()


class TestAddPaper:
    @pytest.mark.trust("P5")
    def test_keeps_the_bytes_sealed_and_gives_them_back(self, city: City, store: Path) -> None:
        paper = added(city)
        assert paper.digest == sm3(SCAN).hex() and paper.size == len(SCAN)
        assert read_paper(paper.digest) == SCAN
        assert SCAN not in only_file(store).read_bytes()

    def test_names_the_file_by_its_digest_and_not_by_its_title(
        self, city: City, store: Path
    ) -> None:
        paper = add_paper(
            kind="manifest", content=SCAN, media_type="text/csv", title="../../名单.csv",
            by=city.here.keeper,
        )  # fmt: skip
        assert only_file(store) == store / paper.digest[:2] / paper.digest

    def test_keeps_the_same_bytes_once(self, city: City, store: Path) -> None:
        one, other = added(city), added(city)
        assert one.pk != other.pk and one.digest == other.digest
        assert only_file(store).exists()

    def test_says_who_added_it_and_where(self, city: City) -> None:
        paper = added(city)
        assert paper.added_by_id == city.here.clerk.user_id
        assert paper.organization == city.here.window

    @pytest.mark.parametrize("size", [0, LARGEST_BYTES + 1])
    def test_refuses_an_empty_or_huge_file(self, city: City, store: Path, size: int) -> None:
        with pytest.raises(ValueError, match="64 MB"):
            added(city, bytes(size))
        assert not store.exists()

    def test_leaves_no_half_written_file_behind(self, city: City, store: Path) -> None:
        added(city)
        assert not [path for path in store.rglob(".*") if path.is_file()]


class TestReadPaper:
    @pytest.mark.trust("P7")
    def test_one_flipped_bit_is_noticed(self, city: City, store: Path) -> None:
        paper = added(city)
        sealed = bytearray(only_file(store).read_bytes())
        sealed[-1] ^= 1
        only_file(store).write_bytes(sealed)
        with pytest.raises(Damaged):
            read_paper(paper.digest)

    def test_a_lost_file_is_missing_and_not_empty(self, city: City, store: Path) -> None:
        paper = added(city)
        only_file(store).unlink()
        with pytest.raises(PaperMissing):
            read_paper(paper.digest)


class TestTheRow:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE papers_paper SET digest = repeat('0', 64)",
            "DELETE FROM papers_paper",
            "TRUNCATE papers_paper",
        ],
    )
    def test_is_never_changed(self, city: City, statement: str) -> None:
        paper = added(city)
        with (
            pytest.raises((ProgrammingError, IntegrityError)),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
        assert Paper.objects.get().digest == paper.digest
