"""Sessions of staff as the sign-in pages leave them, and the codes of their authenticator apps."""

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.totp.internal import auth
from django.test import Client
from django.utils import timezone

from clinic.models import User
from clinic.staff.sign_in import SIGNED_IN_AT


def code_of(secret: str, steps: int = 0) -> str:
    """Return what the app shows in the half minute of this test, or some half minutes away from it."""
    (counter,) = auth.yield_hotp_counters_from_time()
    return str(auth.format_hotp_value(auth.hotp_value(secret, counter + steps)))


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
