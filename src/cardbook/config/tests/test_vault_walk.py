"""A key is changed while work goes on, and what is damaged comes back (rows P6, P7)."""

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from click.testing import CliRunner, Result
from django.conf import settings
from django.db import IntegrityError, connections
from django.utils import timezone

from cardbook.cards.models import Card
from cardbook.config.backup import PAPERS
from cardbook.config.doctor.findings import Level
from cardbook.config.environment import KeyRing, missing_of
from cardbook.config.tests.test_backup import cardbook
from cardbook.config.vault import night, walking
from cardbook.config.vault.cli import vault as commands
from cardbook.insight.check import recount
from cardbook.lib.sm import Damaged
from cardbook.orgs.models import User
from cardbook.papers.models import Paper
from cardbook.papers.storage import add_paper, read_paper
from cardbook.people import vault
from cardbook.people.holders import holder_of
from cardbook.people.models import Person
from cardbook.testing import factories as make
from cardbook.web.second_factor import open_secret, seal_secret

pytestmark = [pytest.mark.article(20), pytest.mark.trust("P6"), pytest.mark.trust("P7")]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(commands, [str(one) for one in arguments])


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own with today's keys, so that another can be made."""
    folder = tmp_path / "data" / "keys"
    folder.mkdir(parents=True, mode=0o700)
    for path in settings.ENVIRONMENT.keys.glob("*.key"):
        (folder / path.name).write_bytes(path.read_bytes())
    (tmp_path / "data" / "files").mkdir()
    here = type(settings.ENVIRONMENT)(
        data=tmp_path / "data", demo=False, debug=False, hosts=("localhost",)
    )
    monkeypatch.setattr(settings, "ENVIRONMENT", here)
    monkeypatch.setattr(settings, "VAULT_KEYS", KeyRing(folder))
    monkeypatch.setattr(settings, "PAPERS_ROOT", tmp_path / "data" / "files")
    return folder


@pytest.fixture
def book(keys: Path, fresh_database: str) -> str:
    """A city with a card that has a bank account, and a picture on disk."""
    city = make.city()
    make.issued_card(city, city.here)
    add_paper(
        kind="id_card_copy", content=b"scan", media_type="image/png", title="x",
        by=city.here.clerk,
    )  # fmt: skip
    return fresh_database


class TestReseal:
    def test_work_goes_on_and_the_old_key_can_be_taken_away(
        self, book: str, keys: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = {person.pk: holder_of(person) for person in Person.objects.all()}
        running = settings.VAULT_KEYS
        made = run("new-key")
        assert (made.exit_code, "vault.2.key" in made.output) == (0, True)
        assert stat.S_IMODE((keys / "vault.2.key").stat().st_mode) == 0o600
        monkeypatch.setattr(settings, "VAULT_KEYS", KeyRing(keys))
        # One program was restarted and seals with the new key; one that was not opens it.
        name = vault.seal_text("欧阳新", context=vault.NAME)
        monkeypatch.setattr(settings, "VAULT_KEYS", running)
        assert (name[0], vault.open_text(name, context=vault.NAME)) == (2, "欧阳新")
        monkeypatch.setattr(settings, "VAULT_KEYS", KeyRing(keys))

        done = run("reseal")
        assert done.exit_code == 0, done.output
        assert "旧密钥移出密钥目录" in done.output
        assert set(walking.versions()) == {2}
        (keys / "vault.1.key").unlink()
        monkeypatch.setattr(settings, "VAULT_KEYS", KeyRing(keys))
        assert set(settings.VAULT_KEYS) == {2}
        assert {person.pk: holder_of(person) for person in Person.objects.all()} == before
        assert read_paper(_digest()) == b"scan"
        assert missing_of(keys, ("vault.1.key",)) == ()
        assert recount().holds
        assert run("check").exit_code == 0

    def test_done_twice_it_changes_nothing(self, book: str, keys: Path) -> None:
        rows = _sealed()
        assert "换封 0 行" in run("reseal").output
        assert _sealed() == rows

    def test_what_was_changed_meanwhile_is_left_as_it_is(
        self, book: str, keys: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run("new-key")
        monkeypatch.setattr(settings, "VAULT_KEYS", KeyRing(keys))
        person = Person.objects.order_by("pk").first()
        assert person is not None
        fresh = walking._fresh

        def changed_meanwhile(*given: object, **more: object) -> object:
            Person.objects.filter(pk=person.pk).update(
                name_sealed=vault.seal_text("后来改", context=vault.NAME)
            )
            return fresh(*given, **more)  # type: ignore[arg-type]

        monkeypatch.setattr(walking, "_fresh", changed_meanwhile)
        run("reseal")
        assert holder_of(Person.objects.get(pk=person.pk)).name == "后来改"

    def test_only_the_owner_changes_ciphertext_without_an_act(self, book: str) -> None:
        sealed = vault.seal_text("6217000000000000000", context=vault.BANK)
        card = Card.objects.order_by("pk").first()
        assert card is not None
        with pytest.raises(IntegrityError, match="没有对应的台账记录"):
            Card.objects.filter(pk=card.pk).update(bank_account_sealed=sealed)
        change = "UPDATE cards_card SET bank_account_sealed = %s{} WHERE id = %s"
        with connections["owner"].cursor() as cursor:
            with pytest.raises(IntegrityError, match="没有对应的台账记录"):
                cursor.execute(change.format(", version = version + 1"), [sealed, card.pk])
            cursor.execute(change.format(""), [sealed, card.pk])
            assert cursor.rowcount == 1

    def test_every_sealed_field_is_walked_and_opens(self, book: str) -> None:
        sealed = {name for columns in walking.sealed_columns() for name in columns.names}
        assert sealed == set(walking.CONTEXTS)


class TestSecondFactors:
    def test_are_sealed_anew_and_those_of_before_sealed_at_all(
        self, book: str, keys: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        one, other = User.objects.order_by("pk")[:2]
        Authenticator.objects.create(user=one, type="totp", data={"secret": seal_secret("AAAA")})
        Authenticator.objects.create(user=other, type="totp", data={"secret": "BBBB"})
        assert walking.versions()[0] == 1
        run("new-key")
        monkeypatch.setattr(settings, "VAULT_KEYS", KeyRing(keys))
        assert run("reseal").exit_code == 0
        assert set(walking.versions()) == {2}
        kept = [factor.data["secret"] for factor in Authenticator.objects.order_by("user")]
        assert list(map(open_secret, kept)) == ["AAAA", "BBBB"]

    @pytest.mark.parametrize("tail", ["AAAA==", "A", "损坏"])
    def test_a_damaged_one_is_named(self, book: str, tail: str) -> None:
        user = User.objects.order_by("pk")[0]
        kept = seal_secret("AAAA")[:-6] + tail
        factor = Authenticator.objects.create(user=user, type="totp", data={"secret": kept})
        assert f"✗ 打不开：mfa_authenticator {factor.pk} secret" in run("check").output


class TestCheck:
    def test_names_what_does_not_open_and_nothing_else(self, book: str) -> None:
        person = _damaged()
        _paper_file().write_bytes(_flipped(_paper_file().read_bytes()))
        said = run("check")
        assert said.exit_code == 1
        found = [line for line in said.output.splitlines() if line.startswith("✗")]
        assert found == [
            f"✗ 打不开：people_person {person} name_sealed", f"✗ 打不开：papers {_digest()}",
        ]  # fmt: skip

    def test_a_damaged_row_is_not_sealed_anew_and_keeps_the_old_key(
        self, book: str, keys: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _damaged()
        run("new-key")
        monkeypatch.setattr(settings, "VAULT_KEYS", KeyRing(keys))
        said = run("reseal")
        assert (said.exit_code, "旧密钥移出" in said.output) == (1, False)
        assert set(walking.versions()) == {1, 2}

    def test_the_night_tells_the_doctor(self, book: str) -> None:
        now = timezone.now()
        assert night.last_look(now=now).level is Level.NOTE  # nobody looked yet
        night.look_through_the_vault()
        assert night.last_look(now=now).level is Level.WELL
        person = _damaged()
        night.look_through_the_vault()
        found = night.last_look(now=now)
        assert (found.level, f"people_person {person} name_sealed" in found.said) == (
            Level.WRONG, True,
        )  # fmt: skip
        _damaged()  # the bit is turned back
        run("check", "--rows-only")
        assert night.last_look(now=now).level is Level.WELL
        _paper_file().write_bytes(_flipped(_paper_file().read_bytes()))
        run("check")
        night.look_through_the_vault()  # looks at no papers: what was found of them stays
        assert f"papers {_digest()}" in night.last_look(now=now).said
        _paper_file().write_bytes(_flipped(_paper_file().read_bytes()))
        run("check")
        assert night.last_look(now=now).level is Level.WELL
        assert night.last_look(now=now + timedelta(days=3)).level is Level.NOTE

    @pytest.mark.parametrize("word", ["{", "{}", '{"at": "yesterday"}'])
    def test_a_torn_word_is_as_none(self, book: str, word: str) -> None:
        (settings.ENVIRONMENT.data / "last-vault-check").write_text(word, encoding="utf-8")
        assert night.last_look(now=timezone.now()).level is Level.NOTE
        night.look_through_the_vault()
        assert night.last_look(now=timezone.now()).level is Level.WELL


class TestRepair:
    def test_a_backup_after_the_key_was_changed_holds_papers_of_the_new_key(
        self, book: str, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("CARDBOOK_DATA", str(settings.ENVIRONMENT.data))
        assert cardbook(book, "backup", tmp_path / "backups").returncode == 0
        (copy,) = (tmp_path / "backups" / PAPERS).rglob(_digest())
        assert copy.read_bytes()[0] == 1
        run("new-key")
        monkeypatch.setattr(settings, "VAULT_KEYS", KeyRing(keys))
        run("reseal")
        assert cardbook(book, "backup", tmp_path / "backups").returncode == 0
        assert copy.read_bytes() == _paper_file().read_bytes()
        assert copy.read_bytes()[0] == 2

    def test_brings_back_from_a_backup_what_does_not_open(
        self, book: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("CARDBOOK_DATA", str(settings.ENVIRONMENT.data))
        taken = cardbook(book, "backup", tmp_path / "backups")
        assert taken.returncode == 0, taken.stderr
        (folder,) = (tmp_path / "backups").glob("cardbook-*")
        person, paper = _damaged(), _paper_file()
        paper.write_bytes(_flipped(paper.read_bytes()))
        with pytest.raises(Damaged):
            holder_of(Person.objects.get(pk=person))

        done = cardbook(book, "vault", "repair", folder)
        assert done.returncode == 0, done.stderr + done.stdout
        assert done.stdout.count("✓ 已取回") == 2
        assert holder_of(Person.objects.get(pk=person)).name
        assert read_paper(_digest()) == b"scan"
        assert night.last_look(now=timezone.now()).level is Level.WELL
        assert "没有打不开的" in cardbook(book, "vault", "repair", folder).stdout

    def test_what_the_backup_has_damaged_too_stays_named(
        self, book: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("CARDBOOK_DATA", str(settings.ENVIRONMENT.data))
        person = _damaged()
        assert cardbook(book, "backup", tmp_path / "backups").returncode == 0
        (folder,) = (tmp_path / "backups").glob("cardbook-*")
        done = cardbook(book, "vault", "repair", folder)
        assert done.returncode == 1
        assert f"✗ 打不开：people_person {person} name_sealed" in done.stdout

    def test_a_folder_that_is_no_backup_is_named(self, book: str, tmp_path: Path) -> None:
        _damaged()
        said = run("repair", tmp_path)
        assert (said.exit_code, "不是完整的备份" in said.output) == (2, True)


def _flipped(sealed: bytes) -> bytes:
    return bytes([*sealed[:-1], sealed[-1] ^ 1])


def _damaged() -> int:
    """Turn one bit of the first holder's name; a second time it is whole again."""
    person = Person.objects.order_by("pk").first()
    assert person is not None
    Person.objects.filter(pk=person.pk).update(name_sealed=_flipped(bytes(person.name_sealed)))
    return person.pk


def _digest() -> str:
    return str(Paper.objects.values_list("digest", flat=True).get(title="x"))


def _paper_file() -> Path:
    return Path(settings.PAPERS_ROOT) / _digest()[:2] / _digest()


def _sealed() -> list[tuple[bytes, ...]]:
    found = Person.objects.order_by("pk").values_list("name_sealed", "number_sealed")
    return [tuple(map(bytes, row)) for row in found]
