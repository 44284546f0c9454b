"""What intake keeps: questionnaire versions, drafts, submissions, and what staff decided.

What a person told us, and what is derived from it, is sealed; a flag's rule id and severity are in
clear so that the database can sort and filter. Submissions, screenings, flags and what staff did are
written once and never hold what may have to go: that stands in rows beside them. What changes stands
in WorkItem, one row per submission.
"""

from intake.models.contacts import Appointment, Contact, Means, Reached
from intake.models.decisions import CLEARING, DATED, Decision, Deletion, Hold, Match, Review
from intake.models.drafts import Draft, DraftKey, UnfinishedForm
from intake.models.messages import Message, tell_staff
from intake.models.reading import SectionRead
from intake.models.reasons import DecisionReason
from intake.models.resolutions import Countersignature, FlagResolution, Outcome, Reopening
from intake.models.screenings import Cause, Flag, Screening, write_submission
from intake.models.staff_rows import Assignment, Note
from intake.models.stops import Stop
from intake.models.submissions import (
    REFERENCE_ALPHABET,
    REFERENCE_LENGTH,
    LookupHash,
    SealedPart,
    Submission,
    SubmissionContent,
    SubmissionQuerySet,
    new_reference,
    open_parts,
)
from intake.models.versions import QuestionnaireVersion
from intake.models.work_items import LATER, OPEN, OpenFlag, Presence, Status, WorkItem, start_work

__all__ = [
    "CLEARING",
    "DATED",
    "LATER",
    "OPEN",
    "REFERENCE_ALPHABET",
    "REFERENCE_LENGTH",
    "Appointment",
    "Assignment",
    "Cause",
    "Contact",
    "Countersignature",
    "Decision",
    "DecisionReason",
    "Deletion",
    "Draft",
    "DraftKey",
    "Flag",
    "FlagResolution",
    "Hold",
    "LookupHash",
    "Match",
    "Means",
    "Message",
    "Note",
    "OpenFlag",
    "Outcome",
    "Presence",
    "QuestionnaireVersion",
    "Reached",
    "Reopening",
    "Review",
    "Screening",
    "SealedPart",
    "SectionRead",
    "Status",
    "Stop",
    "Submission",
    "SubmissionContent",
    "SubmissionQuerySet",
    "UnfinishedForm",
    "WorkItem",
    "new_reference",
    "open_parts",
    "start_work",
    "tell_staff",
    "write_submission",
]
