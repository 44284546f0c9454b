"""Which draft belongs to this browser's cookie. One cookie a form."""

from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from clinic.sealing.cipher import CannotOpen
from intake.models import Draft, DraftKey, QuestionnaireVersion
from intake.models.drafts import KEY_TRIES, hash_token

LONGEST_TOKEN = 100
CONFIRMATION_HOURS = 24
PART_COOKIE = "intake-part"  # read by the script that offers to go on: the part's number, nothing else


def start_draft(version: QuestionnaireVersion, *, kind: str, language: str, now: datetime) -> tuple[DraftKey, str]:
    """Make an empty draft with its first key, and return the token that the browser keeps."""
    is_own = kind == DraftKey.Kind.OWN
    lifetime = timedelta(days=settings.DRAFT_DAYS) if is_own else timedelta(hours=settings.DRAFT_SHARED_HOURS)
    draft = Draft(version=version, language=language, lifetime=lifetime, created_at=now, saved_at=now)
    draft.expires_at = now + lifetime
    draft.save(force_insert=True)
    return DraftKey.make(draft, kind, now)


def cookie_name(slug: str) -> str:
    return f"{settings.DRAFT_COOKIE_NAME}-{slug}"


def token_of(request: HttpRequest, slug: str) -> str:
    token = request.COOKIES.get(cookie_name(slug), "")
    return token if len(token) <= LONGEST_TOKEN else ""


def find_key(request: HttpRequest, slug: str, now: datetime) -> DraftKey | None:
    """Find what this browser opens of a form: a draft still open, or one sent less than a day ago."""
    token = token_of(request, slug)
    if not token:
        return None
    # One row by its token, judged here: each condition in the query costs every page more than this.
    try:
        key: DraftKey = DraftKey.objects.select_related("draft__data_key").get(token_hash=hash_token(token))
        key.draft.version = QuestionnaireVersion.objects.kept(key.draft.version_id)
        is_good = key.is_whole and key.tries < KEY_TRIES
    except (DraftKey.DoesNotExist, CannotOpen):
        return None
    return key if is_good and key.draft.version.slug == slug and _lives(key, now) else None


def _lives(key: DraftKey, now: datetime) -> bool:
    """Say whether a key opens something still: a draft that is open, or one sent less than a day ago."""
    if key.expires_at is not None and key.expires_at <= now:
        return False
    closed_at = key.draft.closed_at
    if closed_at is None:
        return key.draft.expires_at > now
    return closed_at > now - timedelta(hours=CONFIRMATION_HOURS)


def keep_cookie(response: HttpResponse, key: DraftKey, slug: str, token: str) -> None:
    """Set the cookie, or renew it: on a shared device it ends with the browser."""
    response.set_cookie(
        cookie_name(slug),
        token,
        max_age=int(key.draft.lifetime.total_seconds()) if key.is_own_device else None,
        path="/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def keep_part(response: HttpResponse, key: DraftKey, part: str) -> None:
    """Set the readable cookie by which the public pages offer to go on; on a person's own device only."""
    if key.is_own_device and part:
        response.set_cookie(
            PART_COOKIE,
            part,
            max_age=int(key.draft.lifetime.total_seconds()),
            path="/",
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
        )


def drop_cookies(response: HttpResponse, slug: str) -> None:
    # A browser drops a __Host- cookie only when told with Secure, which `delete_cookie` adds by the name.
    response.delete_cookie(cookie_name(slug), path="/", samesite="Lax")
    drop_part(response)


def drop_part(response: HttpResponse) -> None:
    response.delete_cookie(PART_COOKIE, path="/", samesite="Lax")
