"""Where each row of a list stands on its way to the public, found for the whole list at once."""

from typing import Any

from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clinic.profile.models import Clinic
from clinic.web.requests import clinic_of
from education.documents.settings import settings_of
from education.models import Page, Revision
from education.models.revisions import State
from education.pages.fingerprint import is_changed_since_review
from education.pages.library import Library

OPEN_WORDS = {
    State.DRAFT: _("draft"), State.WAITING: _("draft waiting for review"), State.APPROVED: _("draft approved"),
}  # fmt: skip


class ContentList(ChangeList):
    """Rows with `standing`, the words for how each stands: one query for all drafts, two for what pages are made of."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = rows = list(self.result_list)
        keys = {row.content_key for row in rows}
        drafts = Revision.objects.open().filter(content_key__in=keys).values_list("language", "content_key", "state")
        open_states = {(language, key): OPEN_WORDS[State(state)] for language, key, state in drafts}
        clinic = clinic_of(request)
        libraries = {row.language: Library(row.language, settings_of(clinic)) for row in rows}
        for row in rows:
            found: list[Any] = [open_states.get((row.language, row.content_key))]
            if isinstance(row, Page):
                found = [
                    _("published") if row.is_published else _("not published"),
                    *found,
                    *review_of(row, libraries[row.language], clinic),
                ]
            row.standing = ", ".join(str(words) for words in found if words).capitalize()


def review_of(page: Page, library: Library, clinic: Clinic) -> list[Any]:
    """Return what is to be said of its review; nothing when that is as it should be."""
    if page.reviewed_on is None:
        return [_("never reviewed")]
    found = [_("changed since review")] if is_changed_since_review(page, library) else []
    return [*found, _("review overdue")] if page.is_overdue(clinic.today()) else found
