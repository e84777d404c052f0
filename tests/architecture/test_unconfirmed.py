"""What the city bureau has not confirmed is marked 待确认 wherever people read it (Art. 33)."""

import ast
import re
from collections.abc import Iterator

from cardbook.law.parameters import UNCONFIRMED, all_parameters, parameter, quoted
from tests.architecture.test_house import HOUSE, modules, templates

_READS = frozenset({"whole_number", "value"})
CONFIRMED = frozenset(one.key for one in all_parameters() if one.confirmed)


def reads_a_number(node: ast.AST) -> bool:
    """A call that takes a parameter's bare number, of one that is not confirmed for certain."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
        return False
    if node.func.id not in _READS or not node.args:
        return False
    key = node.args[0]
    return not (isinstance(key, ast.Constant) and key.value in CONFIRMED)


def bare_numbers(function: ast.AST) -> set[str]:
    """Names a function gives to bare numbers."""
    return {
        target.id
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and any(map(reads_a_number, ast.walk(node.value)))
        for name in node.targets
        for target in (name.elts if isinstance(name, ast.Tuple) else [name])
        if isinstance(target, ast.Name)
    }


def in_words(function: ast.AST) -> Iterator[ast.AST]:
    """What a function writes into a sentence: of a refusal, a message, a note."""
    for node in ast.walk(function):
        if isinstance(node, ast.FormattedValue):
            yield node.value
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refusal":
            for given in (*node.args, *(one.value for one in node.keywords)):
                yield from _values_of(given, function)


def _values_of(given: ast.AST, function: ast.AST) -> Iterator[ast.AST]:
    """The values of a refusal, written in the call or under a name before it."""
    if isinstance(given, ast.Dict):
        yield from given.values
    if isinstance(given, ast.Name):
        for node in ast.walk(function):
            named = isinstance(node, ast.Assign) and any(
                isinstance(target, ast.Name) and target.id == given.id for target in node.targets
            )
            if named and isinstance(node.value, ast.Dict):  # type: ignore[attr-defined]
                yield from node.value.values  # type: ignore[attr-defined]


def told_without_a_mark(text: str) -> list[int]:
    """Lines on which a sentence quotes a bare number."""
    found = set()
    for function in ast.walk(ast.parse(text)):
        if not isinstance(function, ast.FunctionDef):
            continue
        names = bare_numbers(function)
        for part in in_words(function):
            shown = part.args[0] if isinstance(part, ast.Call) and part.args else part
            bare = isinstance(shown, ast.Name) and shown.id in names
            if bare or reads_a_number(part):
                found.add(part.lineno)  # type: ignore[attr-defined]
    return sorted(found)


def test_no_sentence_quotes_an_unconfirmed_number_without_saying_so() -> None:
    found = {
        str(path.relative_to(HOUSE)): lines
        for path in modules()
        if (lines := told_without_a_mark(path.read_text(encoding="utf-8")))
    }
    assert found == {}, "write it with law.parameters.quoted"


def test_a_bare_number_in_a_sentence_is_seen() -> None:
    text = """
def one(on):
    most = whole_number("agent_max_cards_per_day", on=on)
    values = {"limit": most}
    yield Refusal(no.AGENT_LIMIT, values)

def two(on):
    return f"满 {whole_number('agent_max_cards_per_day', on=on)} 张"

def three(on):
    adult = whole_number("minor_age", on=on)
    yield Refusal(no.GUARDIAN_IS_MINOR, {"adult_age": adult, "limit": quoted("x", on=on)})
"""
    assert told_without_a_mark(text) == [4, 8]


_SHOWN = re.compile(r"{{ (?P<name>\w+)(?P<place>\.\d+)?\.value }}")


def parameters_of_pages() -> set[str]:
    """Names under which pages hand a parameter's value to their templates."""
    return {
        key.value
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Dict)
        for key, given in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant)
        and any(getattr(getattr(one, "func", None), "id", "") == "parameter"
                for one in ast.walk(given))
    }  # fmt: skip


def test_no_page_shows_a_parameter_without_its_mark() -> None:
    names = parameters_of_pages()
    assert {"least", "due", "alert", "blocking"} <= names
    bare = {
        (str(path.relative_to(HOUSE)), found[0])
        for path in templates()
        for found in _SHOWN.finditer(path.read_text(encoding="utf-8"))
        if found["name"] in names
        and not re.search(rf"{found['name']}(\.\d+)?\.(confirmed|doubt)", path.read_text("utf-8"))
    }
    assert bare == set()


def test_the_mark_goes_with_the_citys_word() -> None:
    for one in all_parameters():
        if one.kind == "int":
            newest = one.values[-1]
            words = quoted(one.key, on=newest.since)
            assert words.startswith(f"{newest.value} {parameter(one.key).unit}")
            assert (UNCONFIRMED in words) is not newest.confirmed
