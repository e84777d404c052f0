"""Who asks for a page in a test: a client of somebody in a post, signed in without a password."""

from django.test import Client

from cardbook.orgs.actors import Actor
from cardbook.orgs.models import User


def signed_in(actor: Actor) -> Client:
    """This function will return a client of the actor's user."""
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client
