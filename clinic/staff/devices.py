"""Where somebody is signed in: a random cookie tells a browser that is new; nothing about the browser is measured.

The words for a device are what it says of itself, in the coarsest terms. The same cookie tells who typed in a
form whose session had ended.
"""

from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe

from django.conf import settings
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec import Struct

from clinic.models import Device, User
from clinic.staff.sessions import hash_key

COOKIE = f"{settings.COOKIE_PREFIX}device"
KEPT_FOR = timedelta(days=365)
NEW_FOR = timedelta(days=30)
BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "FxiOS": "Firefox", "Chrome": "Chrome"}
BROWSERS |= {"CriOS": "Chrome", "Safari": "Safari"}
SYSTEMS = {"iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows", "Mac OS": "Mac"}
SYSTEMS |= {"CrOS": "Chromebook", "Linux": "Linux"}


class Row(Struct, frozen=True):
    """A device as its owner reads it."""

    device: Device
    is_this: bool
    is_new: bool
    is_open: bool


def hash_token(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def device_of(request: HttpRequest, user: User) -> Device | None:
    return Device.objects.filter(user=user, token_hash=hash_token(request.COOKIES.get(COOKIE, ""))).first()


def describe(request: HttpRequest) -> str:
    """Return what a browser says it is, such as 'Chrome, Windows'."""
    said = request.headers.get("User-Agent", "")
    found = [next((words for mark, words in kinds.items() if mark in said), "") for kinds in (BROWSERS, SYSTEMS)]
    return ", ".join(word for word in found if word) or _("A browser")


def remember_device(request: HttpRequest, response: HttpResponse, user: User) -> list[Device]:
    """Note a sign-in from this browser; return the devices that signed in first since it was last here."""
    now = timezone.now()
    token = request.COOKIES.get(COOKIE) or token_urlsafe(32)
    device = Device.objects.filter(user=user, token_hash=hash_token(token)).first()
    others = Device.objects.filter(user=user, first_at__gt=device.last_at) if device else Device.objects.none()
    newer = list(others.exclude(pk=device.pk)) if device else []
    device = device or Device(user=user, token_hash=hash_token(token), first_at=now)
    device.last_at, device.words, device.session_key = now, describe(request), session_key_of(request)
    device.save()
    response.set_cookie(
        COOKIE, token, max_age=KEPT_FOR, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )
    return newer


def session_key_of(request: HttpRequest) -> str:
    """Return the key of the session under way as the table has it."""
    return hash_key(request.session.session_key or "")


def keep_only_this(request: HttpRequest, user: User) -> None:
    """Say that every other session of somebody has ended, and which key this one goes on under."""
    Device.objects.filter(user=user).update(session_key="")
    this = device_of(request, user)
    if this is not None:
        this.session_key = session_key_of(request)
        this.save(update_fields=["session_key"])


def devices_of(request: HttpRequest, user: User) -> list[Row]:
    """Return somebody's devices, the latest first, and which of them are signed in."""
    now = timezone.now()
    devices = list(Device.objects.filter(user=user).order_by("-last_at"))
    keys = [device.session_key for device in devices if device.session_key]
    live = set(Session.objects.filter(session_key__in=keys, expire_date__gt=now).values_list("session_key", flat=True))
    first = min((device.first_at for device in devices), default=now)
    this = hash_token(request.COOKIES.get(COOKIE, ""))
    return [
        Row(
            device,
            is_this=device.token_hash == this,
            is_new=device.first_at > max(first, now - NEW_FOR),
            is_open=device.session_key in live,
        )
        for device in devices
    ]


def last_user_of(request: HttpRequest) -> User | None:
    """Return who was signed in on this browser lately and did not sign out: whose session has just ended."""
    since = timezone.now() - timedelta(hours=settings.STAFF_SESSION_HOURS)
    rows = Device.objects.filter(token_hash=hash_token(request.COOKIES.get(COOKIE, "")), last_at__gt=since)
    device = rows.exclude(session_key="").select_related("user").order_by("-last_at").first()
    return device.user if device is not None and device.user.is_active else None
