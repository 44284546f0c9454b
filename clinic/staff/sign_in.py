"""Staff sign-in: django-allauth's, with every outcome in the audit trail."""

from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.views import LogoutView
from allauth.core import context
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clinic.audit.actions import Action
from clinic.audit.trail import record
from clinic.models import Device, KnownAddress, User
from clinic.sealing.lookup import keyed_hash
from clinic.staff.devices import remember_device, session_key_of
from clinic.web.limits import count_up, network_of

SIGNED_IN_AT = "signed_in_at"
HOUR = 3600
REMOVED = {
    "totp_deactivated": "app removed",
    "webauthn_removed": "passkey removed",
    "recovery_codes_generated": "recovery codes made",
}
KNOWN_FOR = timedelta(days=30)


class StaffAccountAdapter(DefaultAccountAdapter):
    """Close sign-up, and write an audit row for each sign-in, refusal and sign-out."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str) -> bool:
        """Go on only to a page of ours; what cannot be read as an address is none."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count this try for its address, and for the name that was typed."""
        try:
            super().pre_authenticate(request, **credentials)
        except Exception:
            note_limited(request)
            raise
        name = str(credentials.get("username", ""))
        tries = count_up("sign-in-name", name.casefold(), HOUR)
        if tries > settings.SIGN_IN_TRIES_A_NAME and not is_known_address(request, name):
            note_limited(request)
            raise self.validation_error("too_many_login_attempts")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask again before factors change, but not for the first one: its owner has just signed in."""
        user = context.request.user
        is_first = app == "allauth.mfa" and not Authenticator.objects.filter(user_id=user.pk).exists()
        return not is_first and bool(super().is_reauthentication_required(app=app, **kwargs))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        # A typed name that is no account's stays out: people type their password there by mistake.
        user = User.objects.filter(username=credentials.get("username", "")).first()
        record(request, Action.SIGN_IN_REFUSED, f"user:{user.pk}" if user else "")
        super().authentication_failed(request, **credentials)

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        record(request, Action.SIGN_IN, actor=user.get_username())
        super().login(request, user)
        remember_address(request, user.get_username())
        request.session[SIGNED_IN_AT] = timezone.now().timestamp()

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Note the device, and tell of those that are new since it was last here."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        for device in remember_device(request, response, user):
            words = {
                "device": device.words,
                "when": date_format(timezone.localtime(device.first_at), "DATETIME_FORMAT"),
            }
            messages.warning(
                request, _("New since you were last here: %(device)s, %(when)s. Not you? See Your sign-in.") % words
            )
        return response

    def logout(self, request: HttpRequest) -> None:
        if request.user.is_authenticated:
            Device.objects.filter(session_key=session_key_of(request)).update(session_key="")
            record(request, Action.SIGN_OUT)
        super().logout(request)

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        record(self.request, Action.PASSWORD_CHANGED, f"user:{user.pk}")
        super().set_password(user, password)
        Device.objects.filter(user_id=user.pk).exclude(session_key=session_key_of(self.request)).update(session_key="")

    def send_notification_mail(self, template_prefix: str, user: Any, *args: Any, **kwargs: Any) -> None:
        """Write down what allauth would mail about; what is added, its own pages write down."""
        if what := REMOVED.get(template_prefix.removeprefix("mfa/email/")):
            record(self.request, Action.SECOND_FACTOR_CHANGED, f"user:{user.pk}", detail=what)

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        record(request, Action.SIGN_IN_INACTIVE, f"user:{user.pk}")
        raise PermissionDenied


def note_limited(request: HttpRequest) -> None:
    """Leave one row an address and hour: a flood of refusals must not make the trail grow."""
    if count_up("sign-in-limited", network_of(request), HOUR) == 1:
        record(request, Action.SIGN_IN_LIMITED)


def address_hash(request: HttpRequest, name: str) -> str:
    return keyed_hash("known-address", name.casefold(), network_of(request))


def remember_address(request: HttpRequest, name: str) -> None:
    """Keep that somebody signed in with this name from this address."""
    values = {"seen_at": timezone.now()}
    KnownAddress.objects.update_or_create(address_hash=address_hash(request, name), defaults=values)


def is_known_address(request: HttpRequest, name: str) -> bool:
    since = timezone.now() - KNOWN_FOR
    return KnownAddress.objects.filter(address_hash=address_hash(request, name), seen_at__gt=since).exists()


class SignOutView(LogoutView):
    """Sign out, and have the browser forget what it keeps of the staff pages."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post(*args, **kwargs)
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response
