"""Save what one page posted: answers, what happened on the way, and help that staff should see. One transaction."""

from collections.abc import Iterable, Mapping
from hashlib import sha256

from django.db import transaction
from django.http import QueryDict
from msgspec import Struct
from msgspec.structs import replace

from intake.definition.model import Answer, QuestionPage
from intake.journey.crisis_help import mark_shown, note_help
from intake.journey.steps import next_page
from intake.journey.unfinished import keep_unfinished
from intake.journey.unsaved import Posted, read_typed, with_posted
from intake.journey.visit import Visit
from intake.models import Draft
from intake.response.journey import Agreement, HelpPressed, Journey, NoticeShown, Try
from intake.response.response import Response
from intake.screening.engine import screen
from intake.screening.results import Screened

Changes = Mapping[str, Answer | None]  # by path; None: left blank


class Page(Struct, frozen=True):
    """What one page posted: its valid answers, at the revision it was shown at, and whether all of it was valid."""

    here: QuestionPage
    changes: Changes
    revision: int
    data: QueryDict
    back: str = ""
    is_valid: bool = True
    is_try: bool = False
    is_growing: bool = False  # another row was asked for
    asks_signature: bool = False  # the name that was typed is another than the legal name
    is_left: bool = False  # the person stops here and comes back to it
    after: Response | None = None  # the form as it would stand with these answers, when that is known


class Saved(Struct, frozen=True):
    """What a save came to. With `conflicts` (paths changed elsewhere in the meantime) nothing was applied."""

    visit: Visit
    conflicts: tuple[str, ...] = ()


def lock_draft(draft: Draft) -> Draft:
    """Return an open draft anew, locked until the transaction ends; raise DoesNotExist when it was sent meanwhile."""
    locked: Draft = Draft.objects.select_for_update().get(pk=draft.pk, closed_at=None)
    locked.version, locked.data_key = draft.version, draft.data_key  # they never change
    return locked


@transaction.atomic
def save_page(visit: Visit, page: Page) -> Saved:
    """Keep what one page answered, screen it, and note what opened help.

    A page shown at an older revision, whose questions have other answers since, is not applied. Nor is a
    try of the no-driving questions when another one came since: a button pressed twice is one try.
    """
    before = visit.at(lock_draft(visit.draft))
    draft, journey, asked_before = before.draft, before.journey, before.response
    conflicts = find_conflicts(draft, journey, page)
    if conflicts:
        if not page.is_try:
            draft.revision += 1  # an older check page, which does not name this one, sends nothing
            wait(before, page, conflicts=conflicts)
        note_crisis(before, journey, merge(draft, page.changes), page.changes)
        draft.save(update_fields=["journey", "unsaved", "revision"])
        return Saved(before, conflicts)

    changed = {path: value for path, value in page.changes.items() if draft.answers.get(path) != value}
    if changed or page.is_try or not page.is_valid:
        draft.revision += 1
    draft.answers = merge(draft, changed)
    after = before.at(draft, page.after)
    journey = replace(journey, changed={**journey.changed, **dict.fromkeys(changed, draft.revision)})
    if page.is_try:
        tried = Try(visit.now.isoformat(), {q: str(v) for q, v in page.changes.items()}, draft.revision)
        journey = note_notice(replace(journey, tries=(*journey.tries, tried)), after)
    journey = note_agreements(journey, after, page.changes, changed)
    is_done = page.is_valid and not page.is_left  # else whoever comes back begins with this page
    onward = next_page(asked_before, after.response, page.here, page.back) if is_done else page.here.link_id
    journey = replace(journey, next_page=onward, back=page.back)
    draft.unsaved = with_posted(draft.unsaved, page.here.link_id, None)
    note_crisis(after, journey, draft.answers, page.changes)
    if not page.is_valid:
        wait(after, page)
    draft.saved_at, draft.expires_at = visit.now, visit.now + draft.lifetime
    draft.save(update_fields=["answers", "journey", "unsaved", "revision", "saved_at", "expires_at"])
    visit.take(after)
    return Saved(after)


@transaction.atomic
def keep_page(visit: Visit, page: Page) -> None:
    """Keep a page as it was typed and apply nothing of it."""
    locked = visit.at(lock_draft(visit.draft))
    wait(locked, page)
    locked.draft.save(update_fields=["unsaved"])


@transaction.atomic
def keep_late(visit: Visit, slug: str, data: QueryDict, changes: Changes, back: str) -> Visit:
    """Keep a page that came after a long while, whole and unapplied, until it is known who sent it.

    What it says of danger counts at once.
    """
    late = visit.at(lock_draft(visit.draft))
    revision = posted_revision(data)
    posted = Posted(visit.now.isoformat(), read_typed(data), revision, is_late=True, back=back)
    late.draft.unsaved = with_posted(late.draft.unsaved, slug, posted)
    note_crisis(late, late.journey, merge(late.draft, changes), changes)
    late.draft.save(update_fields=["journey", "unsaved"])
    return Visit(late.draft, visit.clinic, visit.now, visit.key, visit.form)


@transaction.atomic
def take_unsaved(visit: Visit, slug: str = "") -> dict[str, Posted]:
    """Take out the page that waits, or all that came late; return them in the order they came."""
    draft = lock_draft(visit.draft)
    waiting = {name: Posted.from_json(kept) for name, kept in draft.unsaved.items()}
    taken = {name: posted for name, posted in waiting.items() if (name == slug if slug else posted.is_late)}
    draft.unsaved = {name: kept for name, kept in draft.unsaved.items() if name not in taken}
    draft.save(update_fields=["unsaved"])
    return dict(sorted(taken.items(), key=lambda one: one[1].at))


def find_conflicts(draft: Draft, journey: Journey, page: Page) -> tuple[str, ...]:
    seen = page.revision if page.revision <= draft.revision else 0
    if page.is_try and journey.tries and journey.tries[-1].revision > seen:
        return tuple(page.changes)
    return tuple(
        path
        for path, value in page.changes.items()
        if journey.changed.get(path, 0) > seen and draft.answers.get(path) != value
    )


def wait(visit: Visit, page: Page, *, conflicts: tuple[str, ...] = ()) -> None:
    """Keep the page as it was typed, to be shown again at the newest revision."""
    posted = Posted(
        visit.now.isoformat(),
        read_typed(page.data),
        visit.draft.revision,
        conflicts,
        is_growing=page.is_growing,
        asks_signature=page.asks_signature,
        back=page.back,
    )
    visit.draft.unsaved = with_posted(visit.draft.unsaved, page.here.link_id, posted)


def posted_revision(data: QueryDict) -> int:
    """Return the revision a page was shown at; 0, older than any, when what came is no number."""
    posted = str(data.get("revision", ""))
    return int(posted) if posted.isascii() and posted.isdecimal() and len(posted) < 10 else 0


def screen_answers(visit: Visit, answers: Mapping[str, Answer], posted: Iterable[str] = ()) -> Screened:
    """Screen answers by the clinic's clock and limits."""
    return screen(
        visit.response.with_answers(answers),
        as_of=visit.today,
        thresholds=visit.clinic.limits(),
        language=visit.draft.language,
        posted=posted,
    )


def note_crisis(visit: Visit, journey: Journey, answers: Mapping[str, Answer], posted: Iterable[str] = ()) -> None:
    """Keep what a person said that may mean danger, on a page that was not applied or a question asked no more, too."""
    screened = screen_answers(visit, answers, posted)
    journey = note_help(journey, visit.definition, screened, visit.now, visit.draft.revision)
    visit.draft.journey = journey.to_json()
    visit.__dict__["journey"] = journey
    if visit.clinic.unfinished_forms and journey.fired:
        keep_unfinished(visit, screened)


def merge(draft: Draft, changes: Changes) -> dict[str, Answer]:
    """Put changes over the answers; a blank takes its answer away."""
    return {path: value for path, value in {**draft.answers, **changes}.items() if value is not None}


def note_agreements(journey: Journey, visit: Visit, changes: Changes, changed: Changes) -> Journey:
    """Write down what was agreed to, when and in which words, and when it was signed."""
    at, definition = visit.now.isoformat(), visit.definition
    acknowledged = dict(journey.acknowledged)
    for path, value in changed.items():
        item = definition.questions.get(path)
        if item is None:
            continue
        if item.is_acknowledgment:
            acknowledged.pop(path, None)
            if value:
                acknowledged[path] = Agreement(at, visit.response.text_of(item))
        if item.role == "signature":
            journey = replace(journey, signed_at=at if value else None)
    agreement = definition.role("driving-agreement")
    if agreement and agreement.link_id in changes:
        agreed_at = at if changes[agreement.link_id] else None
        notices = tuple(
            one if one.agreed_at and agreed_at else replace(one, agreed_at=agreed_at) for one in journey.notices
        )
        journey = replace(journey, notices=notices)
    return replace(journey, acknowledged=acknowledged)


def note_notice(journey: Journey, visit: Visit) -> Journey:
    """Keep the exact text of the no-driving notice with the first answer to the questions below it."""
    notice = visit.definition.driving_notice()
    digest = sha256(notice.text.encode()).hexdigest()
    if any(one.sha256 == digest for one in journey.notices):
        return journey
    shown = NoticeShown(notice.id, notice.language, digest, notice.text, visit.now.isoformat())
    return replace(journey, notices=(*journey.notices, shown))


@transaction.atomic
def note_help_shown(visit: Visit, panel: str) -> None:
    """Write down that a help page was shown, so that it does not come again."""
    draft = lock_draft(visit.draft)
    journey = Journey.from_json(draft.journey)
    draft.journey = mark_shown(journey, panel, visit.today).to_json()
    draft.save(update_fields=["journey"])


@transaction.atomic
def note_help_pressed(visit: Visit, panel: str, button: str) -> None:
    """Write down which button led on from a help page."""
    draft = lock_draft(visit.draft)
    journey = Journey.from_json(draft.journey)
    opened = journey.help_of(panel)
    if opened:
        pressed = HelpPressed(visit.now.isoformat(), panel, opened.notice, opened.rules, button)
        draft.journey = replace(journey, pressed=(*journey.pressed, pressed)).to_json()
        draft.save(update_fields=["journey"])
