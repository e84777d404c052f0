"""Eight attacks on the book, in its files and in its database; both verifiers must name them."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cardbook.ledger import checkpoints as notes
from cardbook.ledger import standalone_verifier
from cardbook.ledger.checkpoints import public_pem, signed_note, signing_key
from cardbook.ledger.export import NothingSealed, export_ledger, sealed_rows
from cardbook.ledger.lines import event_line
from cardbook.ledger.models import Event, Seal
from cardbook.ledger.tests.conftest import Kept
from cardbook.ledger.tests.tampering import drop_foreign_keys, tamper
from cardbook.ledger.verify import NotReadable, NotTrue, verify_database, verify_folder
from cardbook.lib.canonical import canonical_json
from cardbook.lib.merkle import leaf_hash, root_of
from cardbook.testing import factories as make
from cardbook.testing.factories import City
from cardbook.testing.plugin import own_database
from cardbook.testing.sealing import seal_everything

Lines = list[bytes]


@pytest.fixture(scope="module")
def book(sealed_book: Kept, django_db_blocker: pytest.FixtureRequest) -> Iterator[City]:
    """The sealed city, for tests that change no more than its package."""
    name, place = sealed_book
    with own_database(django_db_blocker, like=name):
        yield place


@pytest.fixture(scope="module")
def exported(book: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported") / "export"
    export_ledger(folder=folder)
    return folder


@pytest.fixture
def package(exported: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(exported, tmp_path / "export"))


def events(package: Path) -> Lines:
    return (package / "events.jsonl").read_bytes().splitlines(keepends=True)


def statements(package: Path) -> list[notes.Statement]:
    lines = (package / "checkpoints.jsonl").read_text("utf-8").splitlines()
    key = signing_key().public_key()
    return [notes.read_note(json.loads(line)["note"], key=key) for line in lines]


def write_checkpoints(
    package: Path, made: list[notes.Statement], key: Ed25519PrivateKey | None = None
) -> None:
    signed = (signed_note(statement, key=key or signing_key()) for statement in made)
    text = "".join(f"{canonical_json({'note': note})}\n" for note in signed)
    (package / "checkpoints.jsonl").write_text(text, "utf-8")


def both_find(package: Path, kept: Path | None = None) -> str:
    """The kind our verifier names; the independent one must say no as well."""
    with pytest.raises(NotTrue) as ours:
        verify_folder(folder=package, kept=kept)
    with pytest.raises((ValueError, InvalidSignature)):
        standalone_verifier.verify(package, kept)
    return ours.value.code


def changed(lines: Lines) -> None:
    lines[4] = lines[4].replace(b'"seq":1', b'"seq":2')


def deleted(lines: Lines) -> None:
    del lines[4]


def swapped(lines: Lines) -> None:
    lines[3], lines[4] = lines[4], lines[3]


def inserted(lines: Lines) -> None:
    lines.insert(4, lines[3])


def appended(lines: Lines) -> None:
    lines.append(lines[-1])


class TestExportedBook:
    def test_is_true_for_both_verifiers(self, package: Path) -> None:
        found = verify_folder(folder=package)
        assert found.events == Event.objects.count() > 20
        assert standalone_verifier.verify(package) == (found.events, found.checkpoints)

    def test_names_no_person(self, package: Path) -> None:
        assert "王小明" not in (package / "events.jsonl").read_text("utf-8")

    @pytest.mark.trust("L1", "L2", "L3", "L4")
    @pytest.mark.parametrize(
        ("attack", "code"),
        [
            (changed, "ROOT_DIFFERS"),
            (deleted, "ROOT_DIFFERS"),
            (swapped, "ROOT_DIFFERS"),
            (inserted, "ROOT_DIFFERS"),
            (appended, "NOT_SEALED"),
        ],
    )
    def test_an_attack_on_the_events_is_found(
        self, package: Path, attack: Callable[[Lines], None], code: str
    ) -> None:
        lines = events(package)
        attack(lines)
        assert lines != events(package)
        (package / "events.jsonl").write_bytes(b"".join(lines))
        assert both_find(package) == code

    @pytest.mark.trust("L2")
    def test_a_lost_last_event_is_found(self, package: Path) -> None:
        (package / "events.jsonl").write_bytes(b"".join(events(package)[:-1]))
        assert both_find(package) == "CUT"

    def test_a_changed_root_is_found(self, package: Path) -> None:
        path = package / "checkpoints.jsonl"
        lines = path.read_text("utf-8").split("\n")
        lines[1] = lines[2]
        path.write_text("\n".join(lines), "utf-8")
        assert both_find(package) == "CHECKPOINT_FALSE"

    @pytest.mark.trust("L6")
    def test_a_checkpoint_signed_with_another_key_is_found(self, package: Path) -> None:
        write_checkpoints(package, statements(package), Ed25519PrivateKey.generate())
        assert both_find(package) == "CHECKPOINT_FALSE"

    def test_two_roots_for_one_size_are_found(self, package: Path) -> None:
        made = statements(package)
        twin = notes.Statement(
            origin=made[1].origin, size=made[1].size, root=made[0].root,
            sealed_at=made[1].sealed_at,
        )  # fmt: skip
        write_checkpoints(package, [*made[:2], twin, *made[2:]])
        with pytest.raises(NotTrue, match="两个不同的根"):
            verify_folder(folder=package)
        with pytest.raises(ValueError, match="two roots"):
            standalone_verifier.verify(package)

    def test_a_checkpoint_older_than_the_one_before_is_found(self, package: Path) -> None:
        made = statements(package)
        early = notes.Statement(
            origin=made[1].origin, size=made[1].size, root=made[1].root,
            sealed_at=datetime(2020, 1, 1, tzinfo=UTC),
        )  # fmt: skip
        write_checkpoints(package, [made[0], early, *made[2:]])
        assert both_find(package) == "CHECKPOINT_FALSE"

    def test_a_broken_line_is_found(self, package: Path) -> None:
        lines = events(package)
        lines[2] = b"{\n"
        (package / "events.jsonl").write_bytes(b"".join(lines))
        assert both_find(package) == "LINE_BROKEN"

    def test_a_missing_file_is_not_a_verdict(self, package: Path) -> None:
        (package / "events.jsonl").unlink()
        with pytest.raises(NotReadable, match="完整的导出包"):
            verify_folder(folder=package)

    def test_there_is_nothing_to_export_before_the_first_seal(
        self, city: City, tmp_path: Path
    ) -> None:
        with pytest.raises(NothingSealed):
            export_ledger(folder=tmp_path / "export")


class TestKeptCopy:
    """What only a copy kept elsewhere can show."""

    @pytest.fixture
    def kept(self, package: Path, tmp_path: Path) -> Path:
        copy = tmp_path / "kept.jsonl"
        copy.write_bytes((package / "checkpoints.jsonl").read_bytes())
        return copy

    @pytest.mark.trust("L7")
    def test_a_cut_tail_is_found(self, package: Path, kept: Path) -> None:
        made = statements(package)[:3]
        write_checkpoints(package, made)
        (package / "events.jsonl").write_bytes(b"".join(events(package)[: made[-1].size]))
        assert verify_folder(folder=package).events == made[-1].size  # the copy is needed
        assert both_find(package, kept) == "CUT"

    @pytest.mark.trust("L8")
    def test_a_book_rewritten_with_the_stolen_key_is_found(
        self, package: Path, kept: Path
    ) -> None:
        lines = events(package)
        changed(lines)
        leaves = [leaf_hash(line.rstrip(b"\n")) for line in lines]
        write_checkpoints(
            package,
            [
                notes.Statement(
                    origin=old.origin, size=old.size, root=root_of(leaves[: old.size]),
                    sealed_at=old.sealed_at,
                )
                for old in statements(package)
            ],
        )  # fmt: skip
        (package / "events.jsonl").write_bytes(b"".join(lines))
        assert verify_folder(folder=package).events == len(lines)  # the copy is needed
        assert both_find(package, kept) == "ROOT_DIFFERS"

    @pytest.mark.trust("L6")
    def test_an_exchanged_key_is_found(self, package: Path, kept: Path) -> None:
        other = Ed25519PrivateKey.generate()
        write_checkpoints(package, statements(package), other)
        (package / "pubkey.pem").write_bytes(public_pem(other.public_key()))
        assert verify_folder(folder=package).checkpoints > 3  # the copy is needed
        assert both_find(package, kept) == "CHECKPOINT_FALSE"

    def test_an_older_copy_fits_a_book_that_grew(
        self, sealed_city: City, package: Path, kept: Path
    ) -> None:
        make.received_cards(sealed_city, sealed_city.here, count=3)
        seal_everything(chunk=2)
        export_ledger(folder=package)
        found = verify_folder(folder=package, kept=kept)
        assert standalone_verifier.verify(package, kept) == (found.events, found.checkpoints)


class TestFalseTimes:
    @pytest.mark.trust("L5")
    def test_an_application_that_lies_about_the_clock_is_found(
        self, sealed_city: City, tmp_path: Path
    ) -> None:
        (card,) = make.received_cards(sealed_city, sealed_city.here)
        tamper(
            "UPDATE ledger_event SET recorded_at = recorded_at - interval '2 hours' "
            f"WHERE subject_kind = 'card' AND subject_id = {card.pk} AND seq = 2"
        )
        seal_everything()
        export_ledger(folder=tmp_path)
        assert both_find(tmp_path) == "TIME_FALSE"
        with pytest.raises(NotTrue, match="登记时间"):
            verify_database()


@pytest.mark.trust("L12")
class TestStandaloneScript:
    def test_runs_from_the_package_without_cardbook(self, package: Path) -> None:
        def run() -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [sys.executable, "-I", "verify_ledger.py", "."],
                cwd=package, check=False, capture_output=True, text=True,
            )  # fmt: skip

        assert run().stdout.startswith(f"TRUE: {Event.objects.count()} events")
        lines = events(package)
        changed(lines)
        (package / "events.jsonl").write_bytes(b"".join(lines))
        found = run()
        assert found.returncode == 1
        assert found.stderr.startswith("FALSE: ValueError the root of 6 events")

    def test_the_script_imports_nothing_of_ours(self) -> None:
        source = Path(standalone_verifier.__file__).read_text("utf-8")
        assert "import cardbook" not in source
        assert "from cardbook" not in source


class TestStoredBook:
    def found(self) -> tuple[str, str]:
        with pytest.raises(NotTrue) as problem:
            verify_database()
        return problem.value.code, str(problem.value)

    def test_is_true(self, sealed_city: City) -> None:
        assert verify_database().events == Event.objects.count()

    def test_is_true_while_events_wait_for_the_next_seal(self, sealed_city: City) -> None:
        sealed = verify_database().events
        make.received_cards(sealed_city, sealed_city.here)
        assert verify_database().events == sealed

    def test_is_true_before_the_first_seal(self, city: City) -> None:
        assert verify_database().newest is None

    def test_a_changed_event_is_named(self, sealed_city: City) -> None:
        victim = Event.objects.order_by("pk")[7].pk
        tamper(f"UPDATE ledger_event SET device = 'x' WHERE id = {victim}")
        code, sentence = self.found()
        assert code == "EVENT_CHANGED"
        assert f"台账记录 {victim}" in sentence

    def test_a_deleted_event_is_named(self, sealed_city: City) -> None:
        victim = Event.objects.order_by("pk")[7].pk
        drop_foreign_keys("ledger_seal")
        tamper(f"DELETE FROM ledger_event WHERE id = {victim}")
        code, sentence = self.found()
        assert code == "EVENT_GONE"
        assert "第 8 条" in sentence

    def test_a_deleted_event_and_its_place_are_named(self, sealed_city: City) -> None:
        victim = Event.objects.order_by("pk")[7].pk
        tamper(
            f"DELETE FROM ledger_seal WHERE event_id = {victim}",
            f"DELETE FROM ledger_event WHERE id = {victim}",
        )
        assert self.found() == ("PLACE_GONE", "第 8 条的封存记录不见了。")

    def test_swapped_places_are_found_by_the_root(self, sealed_city: City) -> None:
        tamper(
            "UPDATE ledger_seal SET place = -1 WHERE place = 7",
            "UPDATE ledger_seal SET place = 7 WHERE place = 8",
            "UPDATE ledger_seal SET place = 8 WHERE place = -1",
        )
        assert self.found()[0] == "ROOT_DIFFERS"

    def test_a_changed_event_with_its_leaf_mended_is_found_by_the_root(
        self, sealed_city: City
    ) -> None:
        victim = Seal.objects.get(place=7)
        tamper(f"UPDATE ledger_event SET device = 'x' WHERE id = {victim.event_id}")
        *_, row = sealed_rows(size=8)
        mended = leaf_hash(event_line(row[2:])).hex()
        tamper(f"UPDATE ledger_seal SET leaf = '\\x{mended}' WHERE place = 7")
        assert self.found()[0] == "ROOT_DIFFERS"

    @pytest.mark.trust("L4")
    def test_an_event_slipped_in_behind_the_sealer_is_named(self, sealed_city: City) -> None:
        make.received_cards(sealed_city, sealed_city.here)
        tamper(
            "UPDATE ledger_event SET transaction = 1 WHERE id = (SELECT max(id) FROM ledger_event)"
        )
        victim = Event.objects.order_by("-pk")[0].pk
        code, sentence = self.found()
        assert code == "NOT_SEALED"
        assert f"台账记录 {victim} " in sentence

    def test_a_place_without_a_checkpoint_is_named(self, sealed_city: City) -> None:
        tamper(
            "DELETE FROM ledger_checkpoint WHERE size = (SELECT max(size) FROM ledger_checkpoint)"
        )
        assert self.found()[0] == "NOT_SEALED"

    def test_a_changed_checkpoint_is_named(self, sealed_city: City) -> None:
        tamper(
            "UPDATE ledger_checkpoint SET sealed_at = sealed_at - interval '1 day' WHERE size = 6"
        )
        assert self.found() == ("CHECKPOINT_FALSE", "条数为 6 的检查点与签章文本不符。")
