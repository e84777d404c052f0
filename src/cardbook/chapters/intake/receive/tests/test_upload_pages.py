"""The page a manifest is uploaded on says what is missing where it is missing (Art. 6)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City

pytestmark = [pytest.mark.django_db, pytest.mark.article(6)]


@pytest.mark.parametrize("name", ["import", "opening"])
def test_what_is_missing_is_said_at_its_field_and_the_list_below_can_be_searched(
    city: City, name: str
) -> None:
    answer = signed_in(city.here.keeper).post(reverse(f"{name}.upload"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "请选择文件。" in page and 'aria-invalid="true"' in page
    assert f'name="to" value="{reverse(f"{name}.list")}"' in page


def test_a_file_without_a_head_is_told_once(city: City) -> None:
    given = {
        "file": SimpleUploadedFile("明细.csv", "张三,1\n李四,2\n".encode()),
        "receiver": city.here.card_body.pk,
    }
    answer = signed_in(city.here.keeper).post(reverse("import.upload"), given, follow=True)
    assert answer.content.decode().count("行中没有找到表头") == 1
