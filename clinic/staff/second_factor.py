"""The second factor of staff: an authenticator app or a passkey, by django-allauth, with codes for a lost device.

Secrets are sealed; every change and refusal leaves an audit row. Without a factor nobody gets past the
page that sets one up.
"""

import base64
from typing import Any, cast
from uuid import UUID

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.stagekit import clear_login
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter, get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.base.views import authenticate
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, TOTP, generate_totp_secret
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from clinic.audit.actions import Action
from clinic.audit.trail import record
from clinic.models import User
from clinic.sealing.cipher import SealedBytes, current_key_id, open_sealed, seal
from clinic.web.limits import count_up

LABEL = "staff.second-factor"
NO_ROW = UUID(int=0)  # allauth seals before there is a row
WRONG_CODES_AN_HOUR = 20
HOUR = 3600
SEALED = ("secret", "seed")  # where allauth keeps what it encrypts
REAL_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class StaffMFAAdapter(DefaultMFAAdapter):
    """Seal the secrets, and keep the last factor."""

    error_messages = {**DefaultMFAAdapter.error_messages, "too_many_codes": _("Too many codes. Try again in an hour.")}

    def encrypt(self, text: str) -> str:
        return base64.b64encode(seal(text.encode(), LABEL, NO_ROW)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return open_sealed(base64.b64decode(encrypted_text), LABEL, NO_ROW).decode()

    def get_totp_issuer(self) -> str:
        return str(context.request.clinic.name)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Keep the last factor: another one is set up before it goes."""
        others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=REAL_FACTORS)
        return others.exclude(pk=authenticator.pk).exists()


def has_factor(user: Any) -> bool:
    """Say whether somebody has set up a second factor."""
    return bool(get_adapter().is_mfa_enabled(user, REAL_FACTORS))


def has_used_factor(request: HttpRequest) -> bool:
    """Say whether this session was opened with a second factor."""
    return any(entry.get("method") == "mfa" for entry in get_authentication_records(request, cast(User, request.user)))


class CountedCode:
    """Count the codes tried for an account: the limit of an address alone would let many addresses guess on."""

    user: Any

    def clean_code(self) -> str:
        if count_up("second-factor", str(self.user.pk), HOUR) > WRONG_CODES_AN_HOUR:
            raise get_adapter().validation_error("too_many_codes")
        return str(super().clean_code())  # type: ignore[misc]

    def _emit_authentication_failed(self, authenticator: Authenticator) -> None:
        record(context.request, Action.SECOND_FACTOR_REFUSED, f"user:{authenticator.user_id}")
        super()._emit_authentication_failed(authenticator)  # type: ignore[misc]


class CodeForm(CountedCode, AuthenticateForm):
    pass


class CodeAgainForm(CountedCode, ReauthenticateForm):
    pass


def note_added(request: HttpRequest, kind: str, detail: str) -> None:
    """Write down a new factor, and let the session count as opened with it."""
    user = cast(User, request.user)
    record(request, Action.SECOND_FACTOR_CHANGED, f"user:{user.pk}", detail=detail)
    record_authentication(request, user, "mfa", type=kind, reauthenticated=True)


class ActivateApp(ActivateTOTPView):
    """Set up an authenticator app; whoever does has just shown that they hold it."""

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        note_added(self.request, "totp", "app added")
        return response


class AddPasskey(AddWebAuthnView):
    """Set up a passkey; whoever does has just shown that they hold it."""

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        note_added(self.request, "webauthn", "passkey added")
        return response


def second_step(request: HttpRequest) -> HttpResponse:
    """Ask for the code. Whose factor was reset meanwhile begins anew, or their browser would go round in circles."""
    response: HttpResponse = authenticate(request)
    if response.headers.get("Location") == reverse("account_login"):
        clear_login(request)
    return response


@login_required
@require_safe
def qr_code(request: HttpRequest) -> HttpResponse:
    """Draw the secret of the app being set up, for its camera."""
    secret = request.session.get(SECRET_SESSION_KEY)
    if not secret:
        raise Http404("Nothing is being set up.")
    adapter = get_adapter()
    drawing = adapter.build_totp_svg(adapter.build_totp_url(cast(User, request.user), secret))
    return HttpResponse(drawing, content_type="image/svg+xml; charset=utf-8")


def add_app(user: User) -> str:
    """Set up an authenticator app for somebody and return its key."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def reset_factors(user: User) -> None:
    """Take away all factors of somebody who lost them: the next sign-in sets up new ones."""
    Authenticator.objects.filter(user=user).delete()


def reseal_factor(factor: Authenticator) -> bool:
    """Seal a factor's secrets anew under the newest key; say whether any needed it."""
    adapter = get_adapter()
    sealed = [name for name in SEALED if name in factor.data and key_of(factor.data[name]) != current_key_id()]
    for name in sealed:
        factor.data[name] = adapter.encrypt(adapter.decrypt(factor.data[name]))
    if sealed:
        factor.save(update_fields=["data"])
    return bool(sealed)


def key_of(encrypted_text: str) -> bytes:
    return SealedBytes(base64.b64decode(encrypted_text)).key_id
