"""A password somebody else knows opens nothing but the page where it is changed (Art. 32)."""

import pytest
from django.test import Client
from django.urls import reverse

from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.pages import second_actor
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.models import User
from cardbook.testing.factories import PASSWORD

pytestmark = pytest.mark.article(32, 1)
OWN = "qiu-shan-17-yun"


@pytest.fixture
def newcomer(place):
    """The clerk of the window, whose account was opened a moment ago."""
    user = User.objects.get(pk=place.here.clerk.user_id)
    User.objects.filter(pk=user.pk).update(password_is_given=True)
    return user


@pytest.fixture
def client(newcomer):
    """He has signed in with it."""
    client = Client()
    given = {"login": newcomer.username, "password": PASSWORD}
    assert client.post("/account/login/", given).status_code == 302
    return client


def change(client, new):
    given = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    return client.post(reverse("account_change_password"), given, follow=True)


def test_every_page_leads_to_where_it_is_changed(client):
    for address in ("/", reverse("card.issue"), "/nowhere/"):
        answer = client.get(address, follow=True)
        assert answer.redirect_chain == [(reverse("account_change_password"), 302)]
        assert "只有自己知道的密码" in answer.content.decode()


def test_a_part_of_a_page_is_opened_as_a_page(client):
    answer = client.get("/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == reverse("account_change_password")


def test_what_he_chose_himself_opens_the_house(client, newcomer):
    change(client, OWN)
    newcomer.refresh_from_db()
    assert newcomer.check_password(OWN) and not newcomer.password_is_given
    assert client.get("/").status_code == 200


def test_the_given_one_is_not_chosen_again(client, newcomer):
    assert "不能与一次性密码相同" in change(client, PASSWORD).content.decode()
    newcomer.refresh_from_db()
    assert newcomer.password_is_given


@pytest.mark.trust("A11")
def test_whoever_gave_it_signs_nothing_as_him(place, rf):
    reviewer = User.objects.get(pk=place.here.reviewer.user_id)
    User.objects.filter(pk=reviewer.pk).update(password_is_given=True)
    request = rf.post("/")
    request.actor = place.here.keeper
    with pytest.raises(Refused) as refused:
        second_actor(
            act("delivery.receive"), username=reviewer.username, password=PASSWORD, request=request
        )
    assert refused.value.refusals[0].code == no.SECOND_PERSON_PASSWORD_GIVEN.code
