"""The clinical summary: what the first screen of a submission says, on one page."""

from collections.abc import Iterable, Iterator

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.models import User
from intake.models.lookup import said
from intake.review.actions import format_time, name_of
from intake.review.driving import RIDE, words
from intake.review.flags import FlagCard
from intake.review.presenter import ScoreReading, SubmissionPresenter
from intake.review.sheets.sheet import Sheet, part


def summary(shown: SubmissionPresenter, user: User) -> Sheet:
    """Return what a colleague needs first, in the order of the submission's page."""
    parts = [
        part(call_title(shown), rows=contacts_of(shown)),
        part(_("Stops treatment"), lines=map(line_of, shown.stopping)),
        part(_("To look at"), lines=map(line_of, shown.to_review)),
        part(_("Notes"), lines=map(line_of, shown.open_notes)),
        part(_("Settled"), lines=[settled_line(card) for card in shown.settled_cards]),
        part(_("Scores"), rows=map(score_row, shown.scores)),
        part(_("Medicines"), lines=shown.medicines),
        part(_("No driving, and the way home"), rows=driving_rows(shown)),
        part(_("Facts"), rows=facts_of(shown)),
    ]
    return Sheet(
        title=_("Clinical summary: %(name)s") % {"name": title_of(shown)},
        under=tuple(head_of(shown)),
        parts=tuple(one for one in parts if one.has_words or one is parts[0]),
        foot=foot_of(user),
        language=shown.submission.language,
        is_one_page=True,
    )


def title_of(shown: SubmissionPresenter) -> str:
    name = said(shown.definition, shown.submission.identity, "legal-name")
    return name or str(shown.submission.reference)


def head_of(shown: SubmissionPresenter) -> Iterator[str]:
    """Say which form it is, of when, and what was decided."""
    submission = shown.submission
    sent = _("Form %(reference)s, sent %(time)s, questionnaire %(version)s") % {
        "reference": submission.reference,
        "time": format_time(submission.submitted_at),
        "version": submission.version,
    }
    born = words(shown.response, "birth-date")
    yield f"{sent}. {_('Born %(day)s.') % {'day': born}}" if born else f"{sent}."
    decided = shown.latest_decision
    if decided:
        yield f"{decided.title}, {decided.who}, {format_time(decided.at)}. {' '.join(decided.text.split())}"
    else:
        yield _("Not decided yet.")


def call_title(shown: SubmissionPresenter) -> str:
    if shown.call:
        return shown.call
    if shown.stopping:
        return _("A stop is open")
    if shown.open_cards:
        return _("Open to review")
    return _("Every flag is settled") if shown.cards else _("No rule fired; a clinician still reviews the form")


def contacts_of(shown: SubmissionPresenter) -> Iterator[tuple[str, str]]:
    """Return how to reach the person and who stands by; name and way home have places of their own."""
    roles = ("legal-name", "preferred-name", *RIDE)
    elsewhere = {item.link_id for role in roles if (item := shown.definition.role(role))}
    for fact in shown.definition.staff.contacts:
        if not elsewhere.issuperset(fact.items):
            yield fact.label, shown.words_of(fact)


def line_of(card: FlagCard) -> tuple[str, str]:
    """Return what it is and why it counts, and on a line below what to do."""
    reason = card.reason
    do = _("Waits for a second clinician") if card.waits_for_second else _("To do: %(do)s") % {"do": reason.do}
    said = " ".join(f"{text}." for text in (reason.what, reason.why) if text)
    return said, do if do.endswith("?") else f"{do}."


def settled_line(card: FlagCard) -> str:
    if card.resolution is None:
        return card.title
    return f"{card.title}: {card.resolution.get_outcome_display()}, {name_of(card.resolution.by)}"


def score_row(score: ScoreReading) -> tuple[str, str]:
    of = _("%(value)s of %(maximum)s") % {"value": score.value, "maximum": score.maximum}
    return score.name, ", ".join(filter(None, (of if score.maximum else score.value, score.band, *score.notes)))


def driving_rows(shown: SubmissionPresenter) -> Iterable[tuple[str, str]]:
    driving = shown.driving
    if driving.signed_at:
        yield _("Signed"), f"{driving.signature}, {format_time(driving.signed_at)}"
    yield _("By a helper, not the patient"), driving.helper
    wrong = sum(not answer["is_right"] for one in driving.tries for answer in one["answers"])
    if driving.tries:
        tries = ngettext("%(n)d try", "%(n)d tries", len(driving.tries)) % {"n": len(driving.tries)}
        yield (
            _("Check questions"),
            f"{tries}, {ngettext('%(n)d wrong answer', '%(n)d wrong answers', wrong) % {'n': wrong}}",
        )
    yield from driving.escort


def facts_of(shown: SubmissionPresenter) -> Iterator[tuple[str, str]]:
    """Return facts and texts that no part above has said."""
    staff, roles = shown.definition.staff, ("birth-date", "medicine-text", *RIDE)
    above = {item.link_id for role in roles if (item := shown.definition.role(role))}
    above |= {link_id for fact in staff.contacts for link_id in fact.items}
    return (
        (fact.label, shown.words_of(fact)) for fact in (*staff.facts, *staff.texts) if not above.issuperset(fact.items)
    )


def foot_of(user: User) -> str:
    named = {"who": name_of(user), "time": format_time(timezone.now())}
    return (
        _("What the patient answered, and what staff did. A score is not a diagnosis. Taken out by %(who)s, %(time)s")
        % named
    )
