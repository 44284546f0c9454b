"""A text on its way to the public: drafted, reviewed by another, approved, published, rolled back."""

from contextlib import suppress
from datetime import datetime
from itertools import zip_longest
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.models import Clinic, User
from education.documents.check import problems_of
from education.documents.files import Document
from education.documents.load import documents_of, lost_sections
from education.documents.revisions import difference, document_of, is_bound, write_draft, write_open
from education.documents.rows import MODELS, row_from, save_document, take_out
from education.documents.settings import settings_of
from education.documents.targets import Targets, citations_of
from education.models import ContentRow, Page
from education.models.citations import who_rests_on
from education.models.revisions import OPEN, Revision, State
from education.pages.fingerprint import hash_of, shown_on
from education.pages.library import Library
from education.staff.forms import needed_by, section_stays

SIGN_OFF = "education.sign_off_page"


class RevisionError(Exception):
    """Something that this person may not do with this revision; the message says why."""


def row_of(language: str, content_key: str) -> ContentRow | None:
    """Return the row that is served, or None while there is none."""
    kind, name = content_key.split("/")
    model = MODELS[kind]
    found: ContentRow | None = model.objects.filter(language=language, **{f"{model.identity}__iexact": name}).first()
    return found


def authors_since_approval(revision: Revision, shown: dict[str, str]) -> set[int]:
    """Return who has written since the last approval: on the text, or in public on what it shows, unapproved."""
    of_language = Revision.objects.filter(language=revision.language)
    rows = of_language.filter(content_key=revision.content_key, pk__lte=revision.pk)
    pieces = of_language.filter(content_key__in=shown.keys() - {revision.content_key})
    pieces = pieces.filter(published_at__isnull=False, approved_at=None)
    before = rows.approved().exclude(pk=revision.pk).order_by("-pk").first()
    if before is not None:
        rows = rows.filter(pk__gt=before.pk)
    if last := revision.approved_at or (before and before.approved_at):
        pieces = pieces.filter(published_at__gt=last)
    return set((rows | pieces).exclude(author=None).values_list("author", flat=True))


def ask_for_review(revision: Revision) -> None:
    if revision.state != State.DRAFT:
        raise RevisionError(_("Only a draft can be sent to review."))
    revision.state = State.WAITING
    revision.save(update_fields=["state"])


@transaction.atomic
def approve(revision: Revision, by: User, clinic: Clinic, seen: str | None = None) -> None:
    """Approve a text as patients will see it; whoever wrote on it since the last approval cannot.

    `seen` is the hash of what the signer had before them: what has changed since then is not signed.
    """
    shown = shown_by(revision, clinic)
    if not by.has_perm(SIGN_OFF):
        raise RevisionError(_("Only a clinician approves a page."))
    if by.pk in authors_since_approval(revision, shown):
        raise RevisionError(_("Whoever wrote a revision cannot approve it."))
    if revision.state not in (State.DRAFT, State.WAITING, State.PUBLISHED):
        raise RevisionError(_("This revision is not open any more."))
    if seen not in (None, hash_of(shown)):
        raise RevisionError(_("It has changed since you opened it. Read it again below."))
    revision.shown = shown
    revision.approved_by, revision.approved_at = by, timezone.now()
    if revision.state == State.PUBLISHED:
        stamp(revision, clinic)
    else:
        revision.state = State.APPROVED
    revision.save(update_fields=["state", "shown", "approved_by", "approved_at"])


def shown_by(revision: Revision, clinic: Clinic) -> dict[str, str]:
    """Return what a reader sees of a revision by name: of a page all that it is made of, else its own text."""
    document = document_of(revision)
    if document is None:
        return {}
    row = row_from(document, revision.language)
    if not isinstance(row, Page):
        return {revision.content_key: revision.text}
    return shown_on(row, Library(revision.language, settings_of(clinic)))


def stamp(revision: Revision, clinic: Clinic) -> None:
    """Put the approval of a revision on the page that is served."""
    page = row_of(revision.language, revision.content_key)
    if isinstance(page, Page) and revision.approved_by is not None and revision.approved_at is not None:
        page.reviewed_by = revision.approved_by.display_name
        page.reviewed_on = timezone.localdate(revision.approved_at, ZoneInfo(clinic.time_zone))
        page.reviewed_fingerprint = hash_of(revision.shown)
        page.save(update_fields=["reviewed_by", "reviewed_on", "reviewed_fingerprint", "changed_at"])


def may_publish_alone(user: User) -> bool:
    """Say whether somebody runs the clinic's site without anyone else who could approve."""
    others = User.objects.with_perm(SIGN_OFF, include_superusers=False).filter(is_active=True)
    return user.has_perm("clinic.change_clinic") and not others.exclude(pk=user.pk).exists()


@transaction.atomic
def publish(revision: Revision, by: User | None, clinic: Clinic, at: datetime | None = None, reason: str = "") -> None:
    """Make a revision what the public reads, now or at a time; a page once approved needs an approval, or a reason."""
    if revision.state not in OPEN:
        raise RevisionError(_("This revision is not open any more."))
    if revision.state != State.APPROVED and is_bound(revision.language, revision.content_key, clinic):
        say_why_unapproved(revision, by, reason)
    if obstacle := obstacle_to(revision):
        raise RevisionError(obstacle)
    if at is not None and at > timezone.now():
        revision.publish_at = at
        revision.save(update_fields=["publish_at", "unapproved_reason"])
        return
    put_in_public(revision, clinic)


def say_why_unapproved(revision: Revision, by: User | None, reason: str) -> None:
    """Keep why somebody alone publishes without an approval; for the clock, the reason stands since they set it."""
    if by is None and revision.unapproved_reason:
        return
    if by is None or not may_publish_alone(by):
        raise RevisionError(_("This is published only when another person has approved it."))
    if not reason.strip():
        raise RevisionError(_("Say why it is published without an approval."))
    revision.unapproved_reason = reason.strip()


def obstacle_to(revision: Revision) -> str:
    """Say what must be done first: publish what a text shows, let go of what is to leave the public, mend the text.

    A text that was right when it was written may lead nowhere by now, or lack what others have come to rest on.
    """
    document = document_of(revision)
    if document is None:
        rests = who_rests_on(revision.language, revision.content_key)
        return needed_by(rests) if rests else ""
    targets = dict.fromkeys(target for _source, target in citations_of(document))
    rows = [row_of(revision.language, key) for key in targets if not key.startswith("pages/")]
    unknown = [row.content_key for row in rows if row is not None and not row.is_published]
    if unknown:
        return _("Publish first what it shows: %(names)s") % {"names": ", ".join(unknown)}
    for anchor, citing in lost_sections(document, revision.language):
        return section_stays(anchor, citing)
    others = [other for other in documents_of(revision.language) if other.content_key != revision.content_key]
    return next((str(problem) for problem in problems_of(document, Targets.of([*others, document]))), "")


def put_in_public(revision: Revision, clinic: Clinic) -> None:
    """Serve a revision's text from now on, also what stood outside the public; or take the text out."""
    Revision.objects.of(revision.language, revision.content_key).filter(state=State.PUBLISHED).update(
        state=State.RETIRED
    )
    old, document = row_of(revision.language, revision.content_key), document_of(revision)
    if document is not None:
        save_public(document, revision, old)
    elif old is not None:
        take_out(old)
    revision.state, revision.published_at, revision.publish_at = State.PUBLISHED, timezone.now(), None
    revision.save(update_fields=["state", "published_at", "publish_at", "unapproved_reason"])
    if revision.approved_at is not None and document is not None:
        stamp(revision, clinic)


def save_public(document: Document, revision: Revision, old: ContentRow | None) -> None:
    row = save_document(document, revision.language, old, from_file=revision.author_id is None)
    row.is_published = True
    if isinstance(row, Page) and isinstance(old, Page):
        row.reviewed_by, row.reviewed_on = old.reviewed_by, old.reviewed_on
    row.save()
    if revision.author_id is None:
        row.forget_edit()
    else:
        row.mark_edited()


def publish_due(clinic: Clinic) -> list[Revision]:
    """Publish the revisions whose time has come; return them. One that may not be public yet waits on."""
    due = Revision.objects.open().filter(publish_at__lte=timezone.now())
    published = []
    for pk in list(due.values_list("pk", flat=True)):
        with suppress(RevisionError, Revision.DoesNotExist), transaction.atomic():
            revision = due.select_for_update().get(pk=pk)  # nobody took it back meanwhile
            publish(revision, None, clinic)
            published.append(revision)
    return published


@transaction.atomic
def roll_back(revision: Revision, by: User) -> Revision:
    """Make a draft of what a text said at an earlier time; it goes the usual way to the public."""
    document = document_of(revision)
    if document is None:
        raise RevisionError(_("This revision has no words."))
    reason = _("Back to the revision of %(day)s") % {"day": timezone.localtime(revision.made_at).strftime("%Y-%m-%d")}
    return write_draft(document, revision.language, by, reason)


def discard(revision: Revision) -> None:
    """Leave the public as it is; the draft stays among the revisions."""
    if not revision.is_open:
        raise RevisionError(_("This revision is not open any more."))
    revision.state, revision.publish_at = State.RETIRED, None
    revision.save(update_fields=["state", "publish_at"])


def propose_removal(revision: Revision, by: User) -> None:
    """Send to review that a text leaves the public."""
    if revision.state != State.PUBLISHED or revision.is_removal:
        raise RevisionError(_("Readers do not see this."))
    write_open(revision.language, revision.content_key, "", State.WAITING, by)


def changes_since_approval(revision: Revision, clinic: Clinic) -> list[tuple[str, list[str]]]:
    """Return what a reader will see that differs from what was last approved, or is public, piece by piece."""
    if revision.is_removal:
        return []
    rows = Revision.objects.of(revision.language, revision.content_key)
    approved = rows.approved().first()
    public = rows.filter(state=State.PUBLISHED).first()
    if approved is not None:
        before = approved.shown
    elif public is not None:
        before = shown_by(public, clinic)
    else:
        return []
    after = shown_by(revision, clinic)
    keys = [key for key in dict.fromkeys([*after, *before]) if before.get(key) != after.get(key)]
    return [(key, difference(before.get(key, ""), after.get(key, ""))) for key in keys]


def steps_of(rows: list[Revision]) -> list[tuple[Revision, list[str]]]:
    """Return the revisions, newest first, each with its difference to the one before."""
    return [
        (row, difference(before.text if before else "", row.text) if before else [])
        for row, before in zip_longest(rows, rows[1:])
    ]
