"""What an administrator is told to type is there: commands, options, units, files, variables."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from cardbook.config.cli import cardbook

pytestmark = pytest.mark.article(20)
ROOT = Path(__file__).resolve().parents[4]
PAGES = sorted(
    [ROOT / "README.md", ROOT / "docs/install.md", *(ROOT / "docs/operate").glob("*.md")]
)
UNITS = {path.name for path in (ROOT / "deploy/systemd").iterdir()}
_COMMAND = re.compile(
    r"(?<![\w/-])(?:\.venv/bin/)?cardbook ([a-z][a-z-]*(?: [a-z][a-z-]*)*)([^\n`|#→]*)"
)
_UNIT = re.compile(r"\bcardbook-(?:web|sealer|worker|migrate|backup|drill)(?:\.timer|\.service)?")
_FILE = re.compile(r"(?<![\w/])(?:/opt/cardbook/)?((?:deploy|scripts|docs)/[\w./-]+)")
_VARIABLE = re.compile(r"CARDBOOK_[A-Z_]+")
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#([^)]+))?\)")


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading a command may point the process at no database; undone after each test."""
    monkeypatch.setenv("CARDBOOK_DATABASE_URL", "postgresql://nobody@/none")


def commands_named(text: str) -> Iterator[tuple[click.Command, str]]:
    """Each command a page names, resolved as far as it goes, with the rest of its line."""
    context = click.Context(cardbook)
    for words, rest in _COMMAND.findall(text):
        found: click.Command | None = None
        level: click.Command = cardbook
        for word in words.split():
            if not isinstance(level, click.Group):
                break
            following = level.get_command(context, word)
            if following is None:
                break
            found = level = following
        assert found is not None, f"there is no “cardbook {words.strip()}”"
        yield found, f"{words}{rest}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
class TestAPage:
    def test_names_commands_and_options_that_exist(self, page: Path) -> None:
        for command, line in commands_named(page.read_text(encoding="utf-8")):
            known = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
            for option in re.findall(r"(?<!\S)(--[a-z][a-z-]+)", re.split("；|&&", line)[0]):
                assert option in known | {"--help"}, f"{command.name} has no {option}"

    def test_names_units_files_and_variables_that_exist(self, page: Path) -> None:
        text = page.read_text(encoding="utf-8")
        for unit in _UNIT.findall(text):
            assert {unit, f"{unit}.service"} & UNITS, unit
        for file in _FILE.findall(text):
            assert (ROOT / file.rstrip(".")).exists(), file
        known = "".join(
            path.read_text(encoding="utf-8")
            for path in (ROOT / "src/cardbook/config").glob("*.py")
        )
        for variable in _VARIABLE.findall(text):
            assert variable in known, variable

    def test_links_to_pages_and_headings_that_exist(self, page: Path) -> None:
        for target, heading in _LINK.findall(page.read_text(encoding="utf-8")):
            found = (page.parent / target).resolve()
            assert found.exists(), target
            if heading:
                titles = re.findall(r"^#+ (.+)$", found.read_text(encoding="utf-8"), re.MULTILINE)
                anchors = {title.lower().replace(" ", "-") for title in titles}
                assert heading in anchors, f"{target}#{heading}"
