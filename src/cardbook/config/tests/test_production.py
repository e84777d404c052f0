"""Settings as an office runs them: Django's own deployment checks find nothing (G6)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.article(32)


def django(tmp_path: Path, *command: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """A command of Django's in a process of its own, with nothing of the tests' environment."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    env = {
        **kept,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "DJANGO_SETTINGS_MODULE": "cardbook.config.settings",
        "CARDBOOK_DATA": str(tmp_path),
        "CARDBOOK_DATABASE_URL": settings.DATABASE_URLS.app_url,
        "CARDBOOK_HOSTS": "card.example.gov.cn",
        "CARDBOOK_TLS": "1",
        **changes,
    }
    return subprocess.run(
        [sys.executable, "-m", "django", *command],
        env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip


def check_deploy(tmp_path: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    return django(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **changes)


class TestDeployment:
    def test_every_static_file_gets_its_digest(self, tmp_path: Path) -> None:
        done = django(tmp_path, "collectstatic", "--no-input")
        assert done.returncode == 0, done.stderr[-2000:]
        assert "post-processed" in done.stdout
        assert (tmp_path / "static" / "staticfiles.json").exists()

    def test_has_nothing_to_say_about_production_settings(self, tmp_path: Path) -> None:
        done = check_deploy(tmp_path)
        assert done.returncode == 0, done.stderr
        assert "no issues" in done.stdout + done.stderr

    def test_would_say_so_if_the_front_had_no_tls(self, tmp_path: Path) -> None:
        done = check_deploy(tmp_path, CARDBOOK_TLS="")
        assert done.returncode == 1
        for code in ("security.W004", "security.W008", "security.W012", "security.W016"):
            assert code in done.stderr
