"""The education content that is served: each row can come from one file and go back to it."""

from education.models.citations import Citation
from education.models.evidence import Claim, Grade, QuotedGrade, Reference, SourceKind, Verdict
from education.models.pages import HELP_SLUG, Page, Section
from education.models.revisions import Revision, State
from education.models.rows import ContentRow, months_after
from education.models.votes import HelpfulCount
from education.models.words import FaqEntry, FigureFacts, GlossaryTerm, SearchMiss, SearchWords

__all__ = [
    "HELP_SLUG",
    "Citation",
    "Claim",
    "ContentRow",
    "FaqEntry",
    "FigureFacts",
    "GlossaryTerm",
    "Grade",
    "HelpfulCount",
    "Page",
    "QuotedGrade",
    "Reference",
    "Revision",
    "SearchMiss",
    "SearchWords",
    "Section",
    "SourceKind",
    "State",
    "Verdict",
    "months_after",
]
