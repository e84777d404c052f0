"""A number that nothing reads is a lie: changing it would change nothing (Art. 33)."""

from cardbook.insight.parameters_used import unused_parameters


def test_every_parameter_is_read_somewhere() -> None:
    assert unused_parameters() == frozenset(), "let its rule obey it, or take it out"
