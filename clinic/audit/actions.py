"""What can be written in the audit trail. A value is permanent; its label is what staff read."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Action(models.TextChoices):
    """Everything that leaves a row: `what.deed`, and `.refused` where it was not allowed."""

    SIGN_IN = "sign-in", _("Signed in")
    SIGN_IN_REFUSED = "sign-in.refused", _("Sign-in refused")
    SIGN_IN_LIMITED = "sign-in.limited", _("Sign-in refused: too many tries")
    SIGN_IN_INACTIVE = "sign-in.inactive", _("Sign-in refused: account not active")
    SECOND_FACTOR_REFUSED = "second-factor.refused", _("Second factor refused")
    SECOND_FACTOR_CHANGED = "second-factor.change", _("Second factor changed")
    SECOND_FACTOR_RESET = "second-factor.reset", _("Second factor taken away after a loss")
    SIGN_OUT = "sign-out", _("Signed out")
    SESSIONS_ENDED = "sessions.end", _("Signed out everywhere")
    SESSION_ENDED = "session.ended", _("Session ended")
    PASSWORD_CHANGED = "password.change", _("Password changed")
    ACCESS_REFUSED = "access.refused", _("Page refused")

    RECORD_LISTED = "record.list", _("List opened")
    RECORD_SEARCHED = "record.search", _("List searched")
    RECORD_READ = "record.read", _("Record opened")
    RECORD_ADDED = "record.add", _("Record added")
    RECORD_CHANGED = "record.change", _("Record changed")
    RECORD_DELETED = "record.delete", _("Record deleted")
    PAGE_SIGNED_OFF = "page.sign-off", _("Page signed off")
    PAGE_SENT_TO_REVIEW = "page.ask-review", _("Page sent to review")
    PAGE_PUBLISHED = "page.publish", _("Page published")
    PAGE_PUBLISHED_UNAPPROVED = "page.publish-unapproved", _("Page published without approval")
    PAGE_ROLLED_BACK = "page.roll-back", _("Page taken back to an earlier text")
    PAGE_DRAFT_DISCARDED = "page.discard", _("Draft of a page discarded")
    PAGE_REMOVAL_PROPOSED = "page.take-out", _("Removal of a page proposed")

    SUBMITTED = "submission.arrive", _("Form arrived")
    SUBMISSION_LISTED = "submission.list", _("Worklist opened")
    SUBMISSION_FILTERED = "submission.filter", _("Worklist filtered")
    SUBMISSION_SEARCHED = "submission.search", _("Person searched for")
    SUBMISSION_READ = "submission.read", _("Form opened")
    CONTACTS_READ = "submission.read-contacts", _("Contacts opened")
    SECTION_READ = "submission.read-part", _("Part of a form marked as read")
    REPORT_READ = "report.read", _("Reports opened")
    REPORT_EXPORTED = "report.export", _("Reports exported")
    ESCALATED = "submission.escalate", _("Second person told")
    FLAG_RESOLVED = "flag.resolve", _("Flag settled")
    FLAG_REFUSED = "flag.resolve.refused", _("Settling a flag refused")
    FLAG_REOPENED = "flag.reopen", _("Flag opened again")
    FLAG_COUNTERSIGNED = "flag.countersign", _("Settling a flag countersigned")
    CONTACT_LOGGED = "submission.contact", _("Contact logged")
    CONTACT_REFUSED = "submission.contact.refused", _("Logging a contact refused")
    APPOINTMENT_MADE = "submission.appointment", _("Visit noted")
    APPOINTMENT_REFUSED = "submission.appointment.refused", _("Noting a visit refused")
    MATCHED = "submission.match", _("Two forms confirmed as one person's")
    MATCH_UNDONE = "submission.match.undo", _("Two forms said to be of two people")
    MATCH_REFUSED = "submission.match.refused", _("Confirming a person refused")
    SUBMISSION_EXPORTED = "submission.export", _("Form exported")
    HELD = "submission.hold", _("Deleting a form forbidden")
    RELEASED = "submission.release", _("Deleting a form allowed again")
    CONTENTS_DELETED = "submission.delete", _("What a form says deleted")
    RETENTION_APPLIED = "retention.apply", _("What is kept no longer deleted")
    MESSAGES_DELETED = "message.delete", _("Old messages to staff deleted")
    DELETION_REFUSED = "submission.delete.refused", _("Deleting what a form says refused")
    DECIDED = "submission.decide", _("Decision made")
    DECISION_REFUSED = "submission.decide.refused", _("Decision refused")
    ASSIGNED = "submission.assign", _("Form given to someone")
    ASSIGNMENT_REFUSED = "submission.assign.refused", _("Giving a form refused")
    NOTED = "submission.note", _("Note written")
    NOTE_REFUSED = "submission.note.refused", _("Note refused")
    UNFINISHED_READ = "unfinished.read", _("Unfinished form opened")
    UNFINISHED_OPENED = "unfinished.open", _("Contact of an unfinished form opened")
    UNFINISHED_CLOSED = "unfinished.close", _("Unfinished form closed")
    UNFINISHED_REFUSED = "unfinished.close.refused", _("Closing an unfinished form refused")
    UNFINISHED_CONTACT = "unfinished.contact", _("Contact logged on an unfinished form")
    UNFINISHED_CONTACT_REFUSED = "unfinished.contact.refused", _("Logging a contact on an unfinished form refused")

    INTAKE_LIMITED = "intake.limited", _("Too many forms begun in an hour")
    QUESTIONNAIRE_PUBLISHED = "questionnaire.publish", _("Questionnaire published")
    KEYS_ROTATED = "keys.rotate", _("Answer keys rotated")
    NAMES_REHASHED = "names.rehash", _("Look-up hashes made anew")
    BACKED_UP = "backup.write", _("Backup written")
    LIMIT_CHANGED = "limit.change", _("Clinical limit changed")
    DRAFTS_PRUNED = "drafts.prune", _("Old drafts deleted")


class Kind(models.TextChoices):
    """What an action is about: what the list of the trail is filtered by."""

    READ = "read", _("Forms and contacts read")
    LISTED = "listed", _("Lists opened, people searched for")
    WORK = "work", _("Work on forms")
    TAKEN_OUT = "taken-out", _("Taken out, held, deleted")
    REFUSED = "refused", _("Refused")
    ACCESS = "access", _("Sign-in and sessions")
    PAGES = "pages", _("Pages for patients")
    RECORDS = "records", _("Accounts, settings, upkeep")


BEGINNINGS = {
    Kind.READ: ("submission.read", "unfinished.read", "unfinished.open", "report.read"),
    Kind.LISTED: ("record.list", "record.search", "submission.list", "submission.filter", "submission.search"),
    Kind.TAKEN_OUT: (
        "submission.export",
        "report.export",
        "submission.hold",
        "submission.release",
        "submission.delete",
        "retention.",
        "message.delete",
    ),
    Kind.ACCESS: ("sign-", "second-factor.", "session", "password."),
    Kind.PAGES: ("page.",),
    Kind.RECORDS: ("record.", "questionnaire.", "keys.", "names.", "backup.", "limit.", "drafts."),
    Kind.WORK: ("submission.", "flag.", "unfinished."),
}
NOT_ALLOWED = (".refused", ".limited", ".inactive")


def kind_of(action: str) -> Kind:
    """Return the kind of an action: whatever was not allowed is one of its own."""
    if action.endswith(NOT_ALLOWED):
        return Kind.REFUSED
    return next(kind for kind, beginnings in BEGINNINGS.items() if action.startswith(beginnings))
