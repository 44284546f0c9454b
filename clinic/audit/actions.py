"""What can be written in the audit trail. A value is permanent; its label is what staff read."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Action(models.TextChoices):
    """Everything that leaves a row: `what.deed`, and `.refused` where it was not allowed."""

    SIGN_IN = "sign-in", _("Signed in")
    SIGN_IN_REFUSED = "sign-in.refused", _("Sign-in refused")
    SIGN_IN_LIMITED = "sign-in.limited", _("Sign-in refused: too many tries")
    SIGN_IN_INACTIVE = "sign-in.inactive", _("Sign-in refused: account not active")
    SIGN_OUT = "sign-out", _("Signed out")
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

    SUBMITTED = "submission.arrive", _("Form arrived")
    SUBMISSION_LISTED = "submission.list", _("Worklist opened")
    SUBMISSION_FILTERED = "submission.filter", _("Worklist filtered")
    SUBMISSION_SEARCHED = "submission.search", _("Person searched for")
    SUBMISSION_READ = "submission.read", _("Form opened")
    CONTACTS_READ = "submission.read-contacts", _("Contacts opened")
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
    CONTENTS_DELETED = "submission.delete", _("What a form says deleted")
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

    INTAKE_LIMITED = "intake.limited", _("Too many forms begun from one address")
    QUESTIONNAIRE_PUBLISHED = "questionnaire.publish", _("Questionnaire published")
    KEYS_ROTATED = "keys.rotate", _("Answer keys rotated")
    BACKED_UP = "backup.write", _("Backup written")
    LIMIT_CHANGED = "limit.change", _("Clinical limit changed")
    DRAFTS_PRUNED = "drafts.prune", _("Old drafts deleted")
