"""A submission put into words for the people who review it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec import Struct

from clinic.models import User
from intake.definition.model import Definition, Fact, Item
from intake.definition.rules import Severity
from intake.models import Contact, Flag, Match, SectionRead, Submission, open_parts
from intake.response.response import AnswerRow, Response, SectionRows
from intake.response.words import display_value
from intake.review.driving import DrivingRecord, driving_record
from intake.review.flags import FlagCard, FlagGroup, group_cards, make_card, was_said_earlier
from intake.review.people import last_confirmed
from intake.review.timeline import Event, History, timeline
from intake.screening.scores import band, score_notes

NO, NOT_SURE = "no", "not-sure"


class ScoreReading(Struct, frozen=True):
    name: str
    value: str
    maximum: int | None
    band: str
    notes: tuple[str, ...]


class Change(Struct, frozen=True):
    """One answer that differs from the same person's form before."""

    question: str
    before: str
    now: str


class Part(Struct, frozen=True):
    """A section of the answers; open on the page when it holds more than 'no'."""

    rows: SectionRows
    is_open: bool
    readers: tuple[SectionRead, ...] = ()
    is_read: bool = False  # by who looks at it now


class SubmissionPresenter:
    """One submission for one reader, in the language it was answered in. Each part is made once, when asked for."""

    def __init__(self, submission: Submission, user: User, bound: dict[str, forms.Form] | None = None) -> None:
        self.submission, self.user, self.bound = submission, user, bound or {}

    @cached_property
    def definition(self) -> Definition:
        return self.submission.definition

    @cached_property
    def response(self) -> Response:
        return Response(self.definition, self.submission.answered())

    @cached_property
    def history(self) -> History:
        one = self.submission
        before_sending = list(Contact.before_sending(one).select_related("by"))
        if before_sending:
            open_parts(None, before_sending)
        history = History(
            list(one.notes.select_related("by")),
            list(one.reviews.select_related("by").order_by("-at")),
            [*one.contacts.select_related("by"), *before_sending],
            list(one.appointments.select_related("by").order_by("-at")),
            list(one.assignments.select_related("to", "by")),
        )
        written = [row for row in history.contacts if row.submission_id]
        open_parts(one, [*history.notes, *history.reviews, *written, *history.appointments])
        return history

    @cached_property
    def cards(self) -> tuple[FlagCard, ...]:
        related = ("resolutions__by", "resolutions__contact", "resolutions__reopening__by")
        flags = list(
            self.submission.flags.worst_first().prefetch_related(*related, "resolutions__countersignature__by")
        )
        rows = [row for flag in flags for row in flag.resolutions.all()]
        again = [row.reopening for row in rows if hasattr(row, "reopening")]
        contacts = [row.contact for row in rows if row.contact]
        open_parts(self.submission, [*flags, *rows, *again, *contacts])
        return tuple(make_card(flag, self.response, self.user, self._bound_form(flag)) for flag in flags)

    def _bound_form(self, flag: Flag) -> forms.Form | None:
        return self.bound.get(f"resolve-{flag.rule}") or self.bound.get(f"reopen-{flag.rule}")

    @property
    def open_cards(self) -> list[FlagCard]:
        return [card for card in self.cards if card.is_open]

    @cached_property
    def groups(self) -> tuple[FlagGroup, ...]:
        """Return what holds now, by subject."""
        return group_cards(self.definition, self._cards_said(earlier=False))

    @cached_property
    def earlier(self) -> tuple[FlagCard, ...]:
        """Return what was said on the way and is no longer so."""
        return tuple(self._cards_said(earlier=True))

    def _cards_said(self, *, earlier: bool) -> Iterator[FlagCard]:
        return (card for card in self.cards if was_said_earlier(self.definition, card) is earlier)

    def open_of(self, *severities: Severity) -> list[FlagCard]:
        return [card for card in self.open_cards if card.severity in severities]

    @property
    def stopping(self) -> list[FlagCard]:
        """Return the open flags that stand in the way of treatment."""
        return self.open_of(Severity.CRISIS, Severity.STOP)

    @property
    def to_review(self) -> list[FlagCard]:
        return self.open_of(Severity.REVIEW)

    @property
    def open_notes(self) -> list[FlagCard]:
        return self.open_of(Severity.NOTE)

    @property
    def settled_cards(self) -> list[FlagCard]:
        return [card for card in self.cards if not card.is_open]

    @property
    def severity(self) -> Severity | None:
        return max((card.severity for card in self.open_cards), default=None)

    @property
    def was(self) -> Severity | None:
        kept = self.submission.screening.severity
        return Severity(kept) if kept else None

    @property
    def call(self) -> str:
        """Say in words when the patient is to be called; empty when nothing says so."""
        if not self.open_of(Severity.CRISIS):
            return ""
        return call_words(self.submission)

    @cached_property
    def scores(self) -> list[ScoreReading]:
        return list(score_readings(self))

    def words_of(self, fact: Fact) -> str:
        """Return one of the questionnaire's short facts in words; empty when nothing of it was answered."""
        parts = [words for link_id in fact.items if (words := self._words(link_id))]
        items = (self.definition.items.get(link_id) for link_id in fact.items)
        if len(parts) > 1 and all(item and item.type == "quantity" for item in items):
            unit = parts[-1].partition(" ")[2]  # once, behind the last of several numbers
            parts = [*(part.removesuffix(f" {unit}") for part in parts[:-1]), parts[-1]]
        return fact.join.join(parts)

    def _words(self, link_id: str) -> str:
        if link_id in self.definition.computed:
            return str(self.submission.computed.get(link_id, ""))
        item = self.definition.questions.get(link_id)
        return display_value(item, self.response.enabled.get(link_id)) if item else ""

    @cached_property
    def facts(self) -> list[tuple[str, str]]:
        """Return the short list of what staff want to know first."""
        return [(fact.label, words) for fact in self.definition.staff.facts if (words := self.words_of(fact))]

    @cached_property
    def care(self) -> list[tuple[str, str]]:
        """Return who else looks after the person."""
        return [(fact.label, words) for fact in self.definition.staff.care if (words := self.words_of(fact))]

    @cached_property
    def texts(self) -> list[tuple[str, str]]:
        """Return what staff want to read of what was written."""
        return [(fact.label, words) for fact in self.definition.staff.texts if (words := self.words_of(fact))]

    @cached_property
    def medicines(self) -> list[str]:
        """Return the medicines that were named, each as one line: name, dose, how often."""
        rows: dict[str, list[str]] = {}
        for asked in self.response.walk:
            group, in_rows, _link_id = asked.path.rpartition(".")
            if in_rows and any(item.role == "medicine-name" for rows_of in asked.page.items for item in rows_of.items):
                rows.setdefault(group, []).append(display_value(asked.item, asked.value))
        lines = [", ".join(filter(None, words)) for words in rows.values()]
        text = self.definition.role("medicine-text")
        if text and (words := display_value(text, self.response.enabled.get(text.link_id))):
            lines += [line.strip() for line in words.splitlines() if line.strip()]
        return list(filter(None, lines))

    @cached_property
    def driving(self) -> DrivingRecord:
        return driving_record(self.submission, self.response)

    @cached_property
    def sections(self) -> tuple[Part, ...]:
        readers = defaultdict[str, list[SectionRead]](list)
        for one in self.submission.sections_read.select_related("by").order_by("at"):
            readers[one.section].append(one)
        return tuple(self._part(rows, tuple(readers[rows.section.link_id])) for rows in self.response.rows())

    def _part(self, rows: SectionRows, readers: tuple[SectionRead, ...]) -> Part:
        is_read = any(one.by_id == self.user.pk for one in readers)
        return Part(rows, any(map(says_more_than_no, rows.rows)), readers, is_read)

    @cached_property
    def unsure(self) -> list[AnswerRow]:
        """Return what the person was not sure of."""
        return [row for part in self.sections for row in part.rows.rows if NOT_SURE in codes_of(self.response, row)]

    @cached_property
    def written(self) -> list[AnswerRow]:
        """Return what was written in the person's own words."""
        return [row for part in self.sections for row in part.rows.rows if row.item.type == "text" and row.words]

    @cached_property
    def before(self) -> Submission | None:
        """Return the form before this one that a human confirmed to be the same person's."""
        match: Match | None = last_confirmed(self.submission)
        return match.submission if match else None

    @cached_property
    def changes(self) -> list[Change]:
        """Return the answers that differ from the confirmed form before; none without one."""
        if self.before is None:
            return []
        earlier = Response(self.before.definition, self.before.answered())
        then = {row.path: row for part in earlier.rows() for row in part.rows}
        now = {row.path: row for part in self.sections for row in part.rows.rows}
        changes = (
            Change(row.question, then[path].words if path in then else "", now[path].words if path in now else "")
            for path, row in ({**then, **now}).items()
        )
        return [change for change in changes if change.before != change.now]

    @cached_property
    def timeline(self) -> list[Event]:
        return timeline(self.submission, self.history, self.cards)

    @property
    def latest_decision(self) -> Event | None:
        return next((event for event in self.timeline if event.kind == "decided"), None)


def call_words(submission: Submission) -> str:
    """Say when a crisis is to be answered: the same day."""
    sent, today = timezone.localdate(submission.submitted_at), timezone.localdate()
    if sent == today:
        return _("Call today")
    return _("Call now, overdue")


def codes_of(response: Response, row: AnswerRow) -> tuple[str, ...]:
    """Return the codes of a choice that was answered."""
    value = response.enabled.get(row.path)
    if row.item.type != "choice" or value is None:
        return ()
    return tuple(str(code) for code in value) if isinstance(value, list) else (str(value),)


def says_more_than_no(row: AnswerRow) -> bool:
    """Say whether a question that can be answered no was answered with something else."""
    no = next((option for option in row.item.options if option.code == NO), None)
    return bool(no and row.words and row.words != no.label)


def score_readings(presenter: SubmissionPresenter) -> Iterable[ScoreReading]:
    """Return each score that was asked for, its range and band, and the lines that belong beside it."""
    definition, computed = presenter.definition, presenter.submission.computed
    for link_id, item in definition.computed.items():
        score = definition.scores.get(link_id)
        value = computed.get(link_id)
        if score is None or item.is_hidden or (value is None and score.sum):
            continue
        yield ScoreReading(
            item.text,
            str(value) if value is not None else _("none found"),
            maximum_of(definition, score.sum),
            band(definition, link_id, value),
            tuple(score_notes(definition, link_id, presenter.response.enabled)),
        )


def maximum_of(definition: Definition, questions: Iterable[str]) -> int | None:
    """Return the highest total that the questions of a score allow."""
    items: list[Item] = [definition.questions[link_id] for link_id in questions if link_id in definition.questions]
    return sum(max((option.score or 0 for option in item.options), default=0) for item in items) or None
