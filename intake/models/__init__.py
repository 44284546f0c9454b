"""What intake keeps: questionnaire versions, drafts, submissions, and what staff decided.

What a person told us, and what is derived from it, is sealed; a flag's rule id and severity are in
clear so that the database can sort and filter. Submissions, flags, resolutions, reviews and notes
are written once. What changes stands in WorkItem, one row per submission.
"""

from intake.models.decisions import (
    CLEARING,
    OPEN,
    Assignment,
    Decision,
    FlagResolution,
    Note,
    Outcome,
    Review,
    Status,
    WorkItem,
)
from intake.models.drafts import Draft, UnfinishedForm
from intake.models.submissions import (
    REFERENCE_ALPHABET,
    REFERENCE_LENGTH,
    Flag,
    Submission,
    SubmissionQuerySet,
    new_reference,
)
from intake.models.versions import QuestionnaireVersion

__all__ = [
    "CLEARING",
    "OPEN",
    "REFERENCE_ALPHABET",
    "REFERENCE_LENGTH",
    "Assignment",
    "Decision",
    "Draft",
    "Flag",
    "FlagResolution",
    "Note",
    "Outcome",
    "QuestionnaireVersion",
    "Review",
    "Status",
    "Submission",
    "SubmissionQuerySet",
    "UnfinishedForm",
    "WorkItem",
    "new_reference",
]
