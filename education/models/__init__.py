"""The education content that is served: each row can come from one file and go back to it."""

from education.models.evidence import Claim, Grade, Reference, Verdict
from education.models.pages import HELP_SLUG, Page, Section
from education.models.rows import ContentRow, months_after
from education.models.words import FaqEntry, GlossaryTerm

__all__ = [
    "HELP_SLUG",
    "Claim",
    "ContentRow",
    "FaqEntry",
    "GlossaryTerm",
    "Grade",
    "Page",
    "Reference",
    "Section",
    "Verdict",
    "months_after",
]
