"""A static file that changes while the demo is served is sent whole, with its own length."""

import os
import subprocess
import sys
from pathlib import Path

_ASK_TWICE = """
import django
django.setup()
from django.conf import settings
from django.test import RequestFactory
from whitenoise.middleware import WhiteNoiseMiddleware

changed = settings.STATIC_ROOT / "changed.js"
changed.write_text("one;")
server = WhiteNoiseMiddleware(lambda request: None)
for content in ("one;", "one; two; three;"):
    changed.write_text(content)
    answer = server(RequestFactory().get("/static/changed.js"))
    body = b"".join(answer.streaming_content).decode()
    print(answer["Content-Length"], body == content, len(content))
"""


def test_a_file_that_changed_is_not_cut_off(tmp_path: Path) -> None:
    environment = {
        **{name: value for name, value in os.environ.items() if name != "CARDBOOK_TESTING"},
        "CARDBOOK_DATA": str(tmp_path), "CARDBOOK_DEMO": "1",
        "CARDBOOK_DATABASE_URL": "postgresql://nobody@/none",  # asked for nothing
        "DJANGO_SETTINGS_MODULE": "cardbook.config.settings",
    }  # fmt: skip
    answer = subprocess.run(
        [sys.executable, "-c", _ASK_TWICE], env=environment, capture_output=True, text=True,
        check=False, timeout=120,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr[-2000:]
    assert answer.stdout.split("\n")[:2] == ["4 True 4", "16 True 16"]
