"""Who asks for a page in a test: a client of somebody in a post, signed in without a password."""

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from cardbook.orgs.actors import Actor
from cardbook.orgs.models import User


def signed_in(actor: Actor) -> Client:
    """This function will return a client of the actor's user.

    What signing in leaves behind, in two statements: every other test has such a client.
    """
    user = User.objects.only("password").get(pk=actor.user_id)
    said = {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: user.get_session_auth_hash(),
    }
    session = SessionStore().create_model_instance(said)
    session.save(force_insert=True)
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client
