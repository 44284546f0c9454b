"""A clinician decides on a submission; and says which forms are one person's."""

from datetime import date

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from clinic.audit.actions import Action
from clinic.models import User
from clinic.web.requests import clinic_of
from intake.models import CLEARING, DATED, Decision, Match, Review, Submission, WorkItem, open_parts
from intake.review.actions import (
    Refused,
    format_time,
    name_of,
    refuse_if_changed,
    require,
    require_text,
    write,
)
from intake.review.reasons import read_reason

TOLD = {
    Decision.CLEARED: _lazy("We read your form. Your visit can go ahead. Call us if your health or medicines change."),
    Decision.CLEARED_WITH_CONDITIONS: _lazy("We read your form. Your visit can go ahead on the conditions above."),
    Decision.MORE_INFORMATION: _lazy("We need to know more before we can decide about your visit."),
    Decision.DELAYED: _lazy("Your visit has to wait until the date above. We look at your form again then."),
    Decision.NOT_SUITABLE: _lazy(
        "We read your form. We do not plan this treatment for you now. Ask us what else may help."
    ),
    Decision.COULD_NOT_REACH: _lazy("We tried to reach you about your form. Please call us."),
}


@transaction.atomic(durable=True)
def decide(
    submission: Submission,
    *,
    by: User,
    decision: str,
    reason: str,
    conditions: str = "",
    delayed_until: date | None = None,
    decisions_seen: int | None = None,
    request: HttpRequest | None = None,
) -> Review:
    """Write a decision. Clearing is refused while a `stop` or `crisis` flag is unresolved.

    `decisions_seen` is how many there were when the page was made; more by now means somebody else
    decided in between.
    """
    require(by, "intake.decide")
    require_text(reason, "reason", _("Give the reason for your decision."))
    if decision == Decision.CLEARED_WITH_CONDITIONS:
        require_text(conditions, "conditions", _("Write the conditions."))
    if decision in DATED and (delayed_until is None or delayed_until <= clinic_of(request).today()):
        raise Refused(_("Give the date on which it comes back, after today."), "delayed_until")
    if decision not in DATED and delayed_until is not None:
        raise Refused(_("A date goes with 'Delayed' and 'Could not reach the patient' only."), "delayed_until")
    work = WorkItem.lock(submission)
    refuse_if_overtaken(submission, decisions_seen)
    refuse_if_changed(submission)
    if decision in CLEARING and not submission.can_be_cleared():
        raise Refused(uncleared(submission), "decision")
    if decision != Decision.CLEARED_WITH_CONDITIONS and conditions.strip():
        raise Refused(_("Conditions go with 'Cleared with conditions' only."), "conditions")
    review = Review(
        submission=submission,
        decision=decision,
        has_conditions=decision == Decision.CLEARED_WITH_CONDITIONS,
        delayed_until=delayed_until if decision in DATED else None,
        by=by,
    )
    write(request, Action.DECIDED, review, by, reason=reason, conditions=conditions)
    work.refresh(clinic_of(request).today())
    return review


def refuse_if_overtaken(submission: Submission, decisions_seen: int | None) -> None:
    if decisions_seen is None or submission.reviews.count() == decisions_seen:
        return
    latest = submission.reviews.select_related("by").order_by("at").last()
    if latest is None:
        raise Refused(_("This page is out of date. Read it again, then decide."))
    raise Refused(
        _("%(who)s decided '%(decision)s' %(when)s, after you opened this page. Read it, then decide again.")
        % {"who": name_of(latest.by), "decision": latest.get_decision_display(), "when": format_time(latest.at)}
    )


def uncleared(submission: Submission) -> str:
    """Say which flags stand between a submission and its clearance."""
    flags = list(submission.flags.unresolved().stopping().worst_first())
    open_parts(submission, flags)
    said = ((flag.rule, str(flag.evidence.get("reason", ""))) for flag in flags)
    words = (f"{read_reason(submission.definition, rule, reason).what} ({rule})" for rule, reason in said)
    return _("This form cannot be cleared yet. A clinician must first settle: %(flags)s.") % {"flags": "; ".join(words)}


@transaction.atomic(durable=True)
def match(one: Submission, other: Submission, *, by: User, is_same: bool, request: HttpRequest | None = None) -> Match:
    """Say that two forms are one person's, or that they are not; can be said anew."""
    require(by, "intake.match_person")
    earlier, later = sorted((one, other), key=lambda submission: (submission.submitted_at, submission.pk))
    if earlier == later:
        raise Refused(_("Choose another form."))
    work = WorkItem.lock(earlier)
    row = Match(submission=earlier, later=later, is_same=is_same, by=by)
    write(request, Action.MATCHED if is_same else Action.MATCH_UNDONE, row, by, detail=later.reference)
    work.refresh(clinic_of(request).today())
    return row
