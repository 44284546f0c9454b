"""Which draft belongs to this browser's cookie, how long it lives, and who may see it again."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.core.signing import Signer
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from intake.definition.model import Answer, Definition
from intake.models import Draft, QuestionnaireVersion, Submission

QUESTIONNAIRE = "previsit"
BIRTH_DATE = "date-of-birth"
TOKEN_BYTES = 32
LONGEST_TOKEN = 100
BIRTH_DATE_TRIES = 5
CONFIRMATION_HOURS = 24
SEEN_STEP = timedelta(minutes=1)
# A version is parsed once per process: its documents, far larger than a draft, are not read each time.


def start_draft(
    version: QuestionnaireVersion, *, is_own_device: bool, language: str, now: datetime
) -> tuple[Draft, str]:
    """Make an empty draft and the token that finds it; only the token's hash is kept here."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    draft = Draft(
        token_hash=hash_token(token),
        version=version,
        language=language,
        is_own_device=is_own_device,
        created_at=now,
        saved_at=now,
        seen_at=now,
    )
    draft.expires_at = now + lifetime(draft)
    draft.save(force_insert=True)
    return draft, token


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def lifetime(draft: Draft) -> timedelta:
    """Say how long a draft lives after its last save."""
    own = timedelta(days=settings.DRAFT_DAYS)
    return own if draft.is_own_device else timedelta(hours=settings.DRAFT_SHARED_HOURS)


def find_draft(request: HttpRequest, now: datetime) -> Draft | None:
    """Find the draft of this browser: one still open, or one sent less than a day ago."""
    token = request.COOKIES.get(settings.DRAFT_COOKIE_NAME, "")
    if not token or len(token) > LONGEST_TOKEN:
        return None
    is_open = Q(closed_at=None, expires_at__gt=now)
    is_sent = Q(closed_at__gt=now - timedelta(hours=CONFIRMATION_HOURS))
    found: Draft | None = (
        Draft.objects.with_version()
        .filter(is_open | is_sent, token_hash=hash_token(token), birth_date_tries__lt=BIRTH_DATE_TRIES)
        .first()
    )
    return found


def page_seal(draft: Draft, slug: str) -> str:
    """Give the mark that a page carries to show that it was once shown to who held this draft."""
    return Signer(salt="intake.page").signature(f"{draft.pk.hex}/{slug}")


def was_shown(draft: Draft, slug: str, seal: str) -> bool:
    return constant_time_compare(seal, page_seal(draft, slug))


def definition_of(draft: Draft) -> Definition:
    """Give the version this draft began with, in its language."""
    definition: Definition = draft.version.definition(draft.language)
    return definition


def keep_cookie(response: HttpResponse, draft: Draft, token: str) -> None:
    """Set the cookie, or renew it: on a shared device it ends with the browser."""
    response.set_cookie(
        settings.DRAFT_COOKIE_NAME,
        token,
        max_age=int(lifetime(draft).total_seconds()) if draft.is_own_device else None,
        path="/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def drop_cookie(response: HttpResponse) -> None:
    # A browser drops a __Host- cookie only when told with Secure, which `delete_cookie` adds by the name.
    response.delete_cookie(settings.DRAFT_COOKIE_NAME, path="/", samesite="Lax")


def mark_seen(draft: Draft, now: datetime) -> None:
    """Note that somebody is here; at most once a minute, so that reading stays cheap."""
    if now - draft.seen_at >= SEEN_STEP:
        draft.seen_at = now
        draft.save(update_fields=["seen_at"])


def find_submission(draft: Draft) -> Submission | None:
    found: Submission | None = Submission.objects.filter(draft_id=draft.pk).first()
    return found


def birth_date(draft: Draft) -> Answer | None:
    """Give the date of birth in the draft, or in what was sent from it."""
    if draft.closed_at is not None:
        submission = find_submission(draft)
        found: Answer | None = submission.identity.get(BIRTH_DATE) if submission else None
        return found
    given: Answer | None = draft.answers.get(BIRTH_DATE)
    return given


def asks_birth_date(draft: Draft, now: datetime) -> bool:
    """Say whether nobody was here for so long that the next one must first give the date of birth."""
    was_away = now - draft.seen_at > timedelta(minutes=settings.DRAFT_IDLE_MINUTES)
    return was_away and birth_date(draft) is not None


@transaction.atomic
def try_birth_date(draft: Draft, given: str, now: datetime) -> bool:
    """Open the draft again when the date is right; after five wrong ones it is closed to this browser."""
    locked = Draft.objects.select_for_update().get(pk=draft.pk)
    if locked.birth_date_tries >= BIRTH_DATE_TRIES:
        return False
    if given == birth_date(locked):
        locked.birth_date_tries, locked.seen_at = 0, now
        locked.save(update_fields=["birth_date_tries", "seen_at"])
        return True
    locked.birth_date_tries += 1
    locked.save(update_fields=["birth_date_tries"])
    return False


def close_to_browser(draft: Draft, now: datetime) -> None:
    """Make the draft's token useless: no cookie finds it any more, wherever a copy of one is."""
    draft.token_hash = hash_token(secrets.token_urlsafe(TOKEN_BYTES))
    draft.expires_at = min(draft.expires_at, now)
    draft.save(update_fields=["token_hash", "expires_at"])
