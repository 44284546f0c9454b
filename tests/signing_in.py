"""Sessions of staff as the sign-in pages leave them."""

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.test import Client
from django.utils import timezone

from clinic.models import User
from clinic.staff.sign_in import SIGNED_IN_AT


def sign_in(client: Client, user: User) -> Client:
    """Sign in without the pages: password and second factor given."""
    client.force_login(user)
    now = timezone.now().timestamp()
    session = client.session
    session[SIGNED_IN_AT] = now
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "at": now}]
    session[f"{AUTHENTICATION_METHODS_SESSION_KEY}_user"] = str(user.pk)
    session.save()
    return client
