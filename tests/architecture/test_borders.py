"""Lists that may only shrink, every field classed, every template whole (docs/adr/0001)."""

import re
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import BigIntegerField, BinaryField, Model
from django.template import engines
from django.template.base import Node, Template
from django.template.defaulttags import URLNode
from django.template.loader import get_template
from django.template.loader_tags import ExtendsNode, IncludeNode

from tests.architecture.test_house import HOUSE, PROJECT, outlines, templates
from tests.architecture.test_table import routes

HERE = Path(__file__).parent
LONGEST_FUNCTION = 40
# Longer than a screen, and why; a function not named here has at most 40 lines.
LONGER = {
    "chapters/intake/receive/layouts.py:manifest_layout": "one column of the manifest a line",
    "chapters/intake/sort/pages.py:sort": "one form with three endings, to be split",
    "imports/columns.py:check_row": "one branch for each kind of column",
}  # fmt: skip


def functions() -> Iterator[tuple[str, int]]:
    for module in outlines():
        for name, lines in module.functions:
            yield f"{module.name}:{name}", lines


def test_a_function_fits_on_a_screen() -> None:
    long = {name for name, lines in functions() if lines > LONGEST_FUNCTION}
    assert long <= set(LONGER), "split it, or say why not"


def test_the_list_of_imports_of_models_by_pages_only_shrinks() -> None:
    contracts = ConfigParser()
    contracts.read(PROJECT / ".importlinter", encoding="utf-8")
    tolerated = contracts["importlinter:contract:frozen"]["ignore_imports"].split("\n")
    assert len([line for line in tolerated if line.strip()]) <= 5


def test_every_package_has_its_place_in_the_layers() -> None:
    contracts = ConfigParser()
    contracts.read(PROJECT / ".importlinter", encoding="utf-8")
    named = set(re.findall(r"cardbook\.(\w+)", contracts["importlinter:contract:house"]["layers"]))
    packages = {path.parent.name for path in HOUSE.glob("*/__init__.py")}
    assert packages - named == {"testing"}, "give it a layer in .importlinter, [house]"


def slices() -> set[str]:
    found = {path.parent.relative_to(HOUSE) for path in HOUSE.glob("chapters/*/*/commands.py")}
    return {".".join(("cardbook", *slice_.parts)) for slice_ in found}


def missing_from_borders(contracts: ConfigParser, names: set[str]) -> list[str]:
    """What `.importlinter` does not say of some slices, in the words of the contract."""
    sections = {name.rpartition(":")[2]: contracts[name] for name in contracts.sections()}
    ordered = {section.get("containers", "").strip() for section in sections.values()}
    apart = set(sections["slices"]["modules"].split())
    shut = set(sections["door"]["source_modules"].split())
    pages = {
        f"{name}.{path.stem}"
        for name in names
        for path in HOUSE.joinpath(*name.split(".")[1:]).glob("*pages.py")
    }
    return sorted(
        [
            *(f"a contract of layers with containers = {name}" for name in names - ordered),
            *(f"[slices] modules: {name}" for name in names - apart),
            *(f"[door] source_modules: {name}" for name in pages - shut),
        ]
    )


def test_every_slice_has_its_own_order_stands_apart_and_its_pages_write_nothing() -> None:
    contracts = ConfigParser()
    contracts.read(PROJECT / ".importlinter", encoding="utf-8")
    assert slices()
    missing = missing_from_borders(contracts, slices())
    assert missing == [], "add to .importlinter: " + "; ".join(missing)


@pytest.mark.parametrize(
    ("section", "option"),
    [("slices", "modules"), ("door", "source_modules"), ("defect", "containers")],
)
def test_a_slice_left_out_of_one_list_of_borders_is_named(section: str, option: str) -> None:
    contracts = ConfigParser()
    contracts.read(PROJECT / ".importlinter", encoding="utf-8")
    own = contracts[f"importlinter:contract:{section}"]
    kept = [line for line in own[option].split("\n") if "issuance.defect" not in line]
    own[option] = "\n".join(kept)
    named = missing_from_borders(contracts, slices())
    assert named and all("cardbook.chapters.issuance.defect" in one for one in named)


# ------------------------------------------------------------------------- fields of models
CLASSES = {"personal", "blind", "pseudonym", "coarse", "written", "staff", "ordinary"}


def own_models() -> list[type[Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("cardbook")]


def classed() -> dict[str, str]:
    lines = (HERE / "fields.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split() for line in lines if line and not line.startswith("#")]
    return {name: kind for name, kind in pairs}  # noqa: C416 - each line is a pair, or this fails


class TestFields:
    """`fields.txt` says of every field whether it tells something about a holder."""

    def test_every_field_of_every_model_is_classed(self) -> None:
        fields = {
            f"{model._meta.label}.{field.name}"
            for model in own_models()
            for field in model._meta.local_fields
        }
        assert sorted(fields - set(classed())) == [], "class it in fields.txt"
        assert sorted(set(classed()) - fields) == [], "gone: take it out of fields.txt"
        assert set(classed().values()) <= CLASSES

    @pytest.mark.article(32)
    def test_what_is_personal_is_sealed_and_what_finds_it_is_blind(self) -> None:
        for name, kind in classed().items():
            label, _, field_name = name.rpartition(".")
            field = apps.get_model(label)._meta.get_field(field_name)
            if kind == "personal":
                assert isinstance(field, BinaryField), name
                assert field_name.endswith("_sealed"), name
            if kind == "blind":
                base = getattr(field, "base_field", field)
                assert isinstance(base, BinaryField | BigIntegerField), name

    def test_only_what_is_sealed_is_called_sealed(self) -> None:
        sealed = {name for name in classed() if name.endswith("_sealed")}
        assert sealed == {name for name, kind in classed().items() if kind == "personal"}


# ------------------------------------------------------------------------------- templates
def _name(path: Path) -> str:
    return "/".join(path.parts[path.parts.index("templates") + 1 :])


def _nodes(template: Template) -> Iterator[Node]:
    for kind in (URLNode, IncludeNode, ExtendsNode):
        yield from template.nodelist.get_nodes_by_type(kind)


@pytest.mark.parametrize("path", list(templates()), ids=_name)
class TestTemplate:
    def test_loads_under_its_own_name(self, path: Path) -> None:
        if "demo" in path.parts:
            assert _name(path).startswith("demo/"), "the demo's folder shadows nobody's template"
            return
        found = get_template(_name(path)).template.origin.name
        assert Path(found) == path, "another template of this name comes first"

    def test_names_only_pages_and_templates_that_exist(self, path: Path) -> None:
        names = {str(route.name) for route in routes()}
        template = engines["django"].engine.from_string(path.read_text(encoding="utf-8"))
        for node in _nodes(template):
            if isinstance(node, URLNode) and isinstance(node.view_name.var, str):
                # `as name` asks whether the page exists; the demo's own pages are there in demos.
                assert node.view_name.var in names or node.asvar or "demo" in path.parts
            literal = getattr(node, "template", None) or getattr(node, "parent_name", None)
            if literal is not None and isinstance(literal.var, str):
                get_template(literal.var)
