"""Rules about the code itself: layers, sizes, forbidden habits, nothing secret (docs/adr/0001)."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
HOUSE = PROJECT / "src" / "cardbook"
KERNEL = (
    "lifecycle",
    "ledger/append.py",
    "ledger/models.py",
    "custody",
    "cards",
    "orgs",
    "people",
)
# The law as tables: they grow with the regulation, not with the machinery (ADR 0001).
TABLES = (
    "lifecycle/acts/",
    "lifecycle/facts/",
    "lifecycle/guards/",
    "lifecycle/refusals/",
    "cards/states.py",
    "custody/places.py",
)
SCRIPTS = PROJECT / "scripts"


def modules() -> Iterator[Path]:
    for path in sorted(HOUSE.rglob("*.py")):
        if not {"tests", "migrations"} & set(path.parts):
            yield path


def templates() -> Iterator[Path]:
    yield from sorted(HOUSE.rglob("templates/**/*.html"))


@dataclass(frozen=True)
class Outline:
    """A module: whether it says what it serves, and its functions with their lengths."""

    name: str
    speaks: bool
    functions: tuple[tuple[str, int], ...]


@cache
def outlines() -> tuple[Outline, ...]:
    """Every module, read once."""
    found = []
    for path in modules():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        functions = [
            (node.name, node.end_lineno - node.lineno + 1)
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno
        ]
        speaks = not path.stat().st_size or bool(ast.get_docstring(tree))
        found.append(Outline(path.relative_to(HOUSE).as_posix(), speaks, tuple(functions)))
    return tuple(found)


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def is_table(path: Path) -> bool:
    return path.relative_to(HOUSE).as_posix().startswith(TABLES)


def test_the_layers_are_kept() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    answer = subprocess.run([program], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout[-3000:]


def test_the_kernel_stays_small() -> None:
    counted = [
        path
        for path in modules()
        for part in KERNEL
        if (path.is_relative_to(HOUSE / part) or path == HOUSE / part) and not is_table(path)
    ]
    assert sum(map(lines_of, counted)) <= 3000


@pytest.mark.parametrize("path", list(modules()), ids=lambda path: str(path.relative_to(HOUSE)))
def test_no_file_outgrows_a_reader(path: Path) -> None:
    assert lines_of(path) <= 400


def test_no_function_outgrows_a_reader() -> None:
    long = [
        f"{module.name}:{name} ({lines})"
        for module in outlines()
        if not module.name.startswith("testing/")
        for name, lines in module.functions
        if lines > 50
    ]
    assert not long


def test_every_module_says_what_it_serves() -> None:
    assert [module.name for module in outlines() if not module.speaks] == []


def test_the_readme_leads_to_every_slice() -> None:
    told = (PROJECT / "README.md").read_text(encoding="utf-8")
    slices = [path.parent for path in HOUSE.glob("chapters/*/*/pages.py")]
    assert slices
    lost = [one for one in slices if not re.search(rf"\b{one.name}\b", told)]
    assert not lost


def test_the_clock_is_asked_only_at_the_edges() -> None:
    edges = re.compile(r"(pages|api|cli|middleware|demo)\.py$|/web/|/demo/pages\.py$|/testing/")
    asking = [
        str(path.relative_to(HOUSE))
        for path in modules()
        if re.search(r"timezone\.(now|localdate|localtime)\(\)|datetime\.now\(", path.read_text())
        and not edges.search(str(path))
    ]
    assert not asking


def test_the_day_of_a_moment_is_the_citys_day() -> None:
    bare = re.compile(r"\.date\(\)(?! if )(?!  # noqa: DTZ)")  # a typed day has no zone
    found = [
        f"{path.relative_to(PROJECT)}: use clock.local_day"
        for folder in (HOUSE, PROJECT / "tests")
        for path in folder.rglob("*.py")
        if bare.search(path.read_text("utf-8"))
    ]
    assert found == ["src/cardbook/lib/clock.py: use clock.local_day"]


# A name that says a day, and what makes a day or the city's time of a moment.
_SAYS_A_DAY = re.compile(r"(\b|_)(on|day|today)$")
_OF_THE_CITY = re.compile(r"\b(local_day|localdate|localtime)\(|astimezone\((LOCAL|UTC)\)$")
# Days by another name; and moments written in another zone on purpose, or read by nobody.
_DAYS_BY_ANOTHER_NAME = {
    "adapters/maker_files.py: order.valid_until",
    "adapters/province_web.py: span.since",
    "adapters/province_web.py: span.until",
    "chapters/duties/organizations/queries.py: self.closed_later",
    "chapters/usage/province_asking.py: one.since",
    "insight/figures/board.py: end",
    "insight/figures/board.py: first",
}
_IN_ANOTHER_ZONE = {"config/backup.py: at", "outbox/noting.py: self.at"}


def written_moments(tree: ast.AST) -> Iterator[str]:
    """What is put into words by a format of days and times (`f"{at:%H:%M}"`, `at.strftime()`)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue) and node.format_spec is not None:
            if re.search(r"%[A-Za-z]", ast.unparse(node.format_spec)):
                yield ast.unparse(node.value)
        elif isinstance(node, ast.Attribute) and node.attr == "strftime":
            yield ast.unparse(node.value)


def test_a_moment_is_written_as_the_citys_clock_says() -> None:
    found = {
        f"{path.relative_to(HOUSE).as_posix()}: {written}"
        for path in modules()
        for written in written_moments(ast.parse(path.read_text("utf-8")))
        if not (_SAYS_A_DAY.search(written) or _OF_THE_CITY.search(written))
    }
    assert found == _DAYS_BY_ANOTHER_NAME | _IN_ANOTHER_ZONE, (
        "use clock.to_the_minute, clock.local_day"
    )


@pytest.mark.parametrize(
    ("line", "is_right"),
    [
        ('f"{row.seen_at:%Y-%m-%d %H:%M}"', False),
        ("moment.strftime('%H:%M')", False),
        ('f"{row.seen_at.astimezone(LOCAL):%H:%M}"', True),
        ('f"{local_day(row.seen_at):%m-%d}"', True),
        ('f"{row.signed_on:%m-%d}"', True),
    ],
)
def test_the_rule_tells_a_bare_moment_from_a_day(line: str, is_right: bool) -> None:
    (written,) = written_moments(ast.parse(line))
    assert bool(_SAYS_A_DAY.search(written) or _OF_THE_CITY.search(written)) is is_right


def test_no_model_writes_itself() -> None:
    habits = re.compile(r"ModelForm|post_save|pre_save|@receiver|def save\(self|GenericForeignKey")
    found = [
        str(path.relative_to(HOUSE))
        for path in modules()
        if habits.search(path.read_text("utf-8"))
    ]
    assert not found


def test_there_is_no_drawer_for_leftovers() -> None:
    names = {"utils.py", "helpers.py", "common.py", "misc.py", "signals.py"}
    assert not [path for path in modules() if path.name in names]


@pytest.mark.parametrize("path", list(templates()), ids=lambda path: "/".join(path.parts[-2:]))
class TestTemplates:
    def test_carries_nothing_inline(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=\"|javascript:", text)
        assert not re.search(r"<script(?![^>]*\ssrc=)", text)

    def test_every_form_that_changes_something_carries_the_token(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        for form in re.findall(
            r"<form[^>]*method=\"post\".*?</form>", text, re.DOTALL | re.IGNORECASE
        ):
            assert "{% csrf_token %}" in form


def test_nothing_secret_or_foreign_is_in_the_repository() -> None:
    answer = subprocess.run(
        [sys.executable, SCRIPTS / "no_secrets.py"],
        cwd=PROJECT, capture_output=True, text=True, check=False,
        env={"PYTHONPATH": str(PROJECT / "src"), "PATH": "/usr/bin:/bin:/usr/local/bin"},
    )  # fmt: skip
    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"999999198005170013", ""),
        (b"see registry." + b"npm" + b"js.org", "软件仓库地址"),
        (b"see /wo" + b"rk/main/x", "本机路径"),
    ],
)
def test_the_hook_knows_what_does_not_belong_here(
    tmp_path: Path, content: bytes, complaint: str
) -> None:
    sys.path.insert(0, str(SCRIPTS))
    try:
        from no_secrets import complaints
    finally:
        sys.path.remove(str(SCRIPTS))
    path = tmp_path / "file.txt"
    path.write_bytes(content)
    said = "".join(complaints(path))
    assert complaint in said and bool(said) == bool(complaint)


def test_the_hook_refuses_a_number_that_could_be_somebodys(tmp_path: Path) -> None:
    from cardbook.lib.citizen_number import check_digit

    sys.path.insert(0, str(SCRIPTS))
    try:
        from no_secrets import complaints
    finally:
        sys.path.remove(str(SCRIPTS))
    first = "61252519800517" + "001"
    (tmp_path / "x").write_text(first + check_digit(first))
    assert "看似真实的证件号码" in complaints(tmp_path / "x")[0]
