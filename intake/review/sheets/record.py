"""The full record: every answer, flag, contact, decision and signature of one submission."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from clinic.models import User
from intake.review.actions import format_time, name_of
from intake.review.contacts import contact_rows
from intake.review.driving import DrivingRecord
from intake.review.flags import FlagCard
from intake.review.presenter import SubmissionPresenter
from intake.review.sheets.sheet import Part, Sheet, part
from intake.review.sheets.summary import call_title, foot_of, head_of, score_row, title_of


def record_sheet(shown: SubmissionPresenter, user: User) -> Sheet:
    """Return all that is kept of one submission, for a chart or for the patient."""
    parts = [
        part(_("Contacts"), rows=[(label, words) for label, words, _tel in contact_rows(shown.submission)]),
        part(_("Flags"), lines=[call_title(shown)]),
        *map(flag_part, shown.cards),
        part(_("Scores"), rows=map(score_row, shown.scores)),
        part(_("Medicines"), lines=shown.medicines),
        *driving_parts(shown.driving),
        part(_("Answers"), lines=[_("Every question as this person was asked it.")]),
        *answer_parts(shown),
        part(_("What happened"), rows=happened(shown)),
        part(_("Versions"), rows=versions_of(shown)),
    ]
    return Sheet(
        title=_("Record: %(name)s") % {"name": title_of(shown)},
        under=tuple(head_of(shown)),
        parts=tuple(one for one in parts if one.has_words),
        foot=foot_of(user),
        language=shown.submission.language,
        is_one_page=False,
    )


def flag_part(card: FlagCard) -> Part:
    settled = ""
    if card.resolution:
        row = card.resolution
        words = [row.get_outcome_display(), name_of(row.by), format_time(row.at), card.settled_words]
        settled = ", ".join(filter(None, words))
    return part(
        f"{str(card.severity.label).capitalize()}: {card.title}",
        level=2,
        rows=[
            (_("Why"), card.reason.why),
            (_("What to do"), card.reason.do),
            *card.answers,
            (_("The patient reads"), card.patient),
            (
                _("Settled"),
                settled if not card.waits_for_second else f"{settled}. {_('Waits for a second clinician.')}",
            ),
            (_("Rule and sources"), ", ".join([card.flag.rule, *(key for key, _url in card.sources)])),
        ],
    )


def driving_parts(driving: DrivingRecord) -> Iterator[Part]:
    yield part(
        _("No-driving record"),
        rows=[
            (_("By a helper, not the patient"), driving.helper),
            *((given["label"], agreed_at(given["at"])) for given in driving.acknowledged),
            (_("Signature, as typed"), driving.signature),
            (_("Signed"), format_time(driving.signed_at) if driving.signed_at else ""),
            *driving.escort,
        ],
    )
    for one in driving.tries:
        right = {True: _("right"), False: _("not right")}
        title = _("Check questions, try %(n)s, %(time)s") % {"n": one["number"], "time": format_time(one["at"])}
        rows = [(answer["question"], f"{answer['words']} ({right[answer['is_right']]})") for answer in one["answers"]]
        yield part(title, level=2, rows=rows)
    for notice in driving.notices:
        yield part(
            _("The notice as it was shown (%(id)s)") % {"id": notice["id"]},
            level=2,
            lines=[notice["text"]],
            rows=[
                (_("Shown"), format_time(notice["shown_at"]) if notice["shown_at"] else ""),
                (_("Agreed"), format_time(notice["agreed_at"]) if notice["agreed_at"] else ""),
                ("SHA-256", notice["sha256"]),
            ],
        )


def agreed_at(at: datetime | None) -> str:
    return f"{_('Agreed')} {format_time(at)}" if at else _("Agreed")


def answer_parts(shown: SubmissionPresenter) -> Iterator[Part]:
    for one in shown.sections:
        rows = [(row.question, row.words or _("Left blank")) for row in one.rows.rows]
        yield part(f"{one.rows.section.number}. {one.rows.section.title}", level=2, rows=rows)


def happened(shown: SubmissionPresenter) -> Iterator[tuple[str, str]]:
    for event in shown.timeline:
        yield format_time(event.at), ". ".join(filter(None, (event.title, event.who, event.text)))


def versions_of(shown: SubmissionPresenter) -> Iterator[tuple[str, str]]:
    submission = shown.submission
    yield _("Questionnaire"), str(submission.version)
    yield _("Its documents, SHA-256"), submission.version.content_hash
    yield _("Language"), submission.language
    yield _("Screened"), format_time(submission.screening.at)
    limits = submission.screening.thresholds
    yield _("Clinical limits then"), ", ".join(f"{name} {value}" for name, value in sorted(limits.items()))
