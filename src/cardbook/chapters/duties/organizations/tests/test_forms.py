"""What the forms of the offices' page say when there is nobody to choose (Art. 5)."""

from cardbook.chapters.duties.organizations.forms import MergeForm


def test_an_office_alone_of_its_kind_is_told_to_found_another_first() -> None:
    alone = MergeForm(choices=(), stock=())
    assert "设立" in alone.fields["other"].help_text
    beside = MergeForm(choices=(("7", "二号窗口"),), stock=())
    assert not beside.fields["other"].help_text
