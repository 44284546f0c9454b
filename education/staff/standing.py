"""Where each row of a list stands on its way to the public, found for the whole list at once."""

from typing import Any

from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from clinic.models import User
from clinic.profile.models import Clinic
from clinic.web.requests import clinic_of
from education.documents.rows import MODELS
from education.documents.settings import settings_of
from education.models import ContentRow, Page, Revision
from education.models.revisions import State
from education.pages.fingerprint import is_changed_since_review
from education.pages.library import Library

OPEN_WORDS = {
    State.WAITING: _("draft waiting for review"), State.APPROVED: _("draft approved"), State.DRAFT: _("draft"),
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


class OnItsWay(Struct, frozen=True):
    """A text with a revision that is not public yet."""

    row: ContentRow
    revision: Revision
    words: Any

    @property
    def url(self) -> str:
        return reverse(f"admin:education_{self.row._meta.model_name}_review", args=[self.row.pk])


def on_their_way(user: User) -> list[OnItsWay]:
    """Return what is not public yet of what somebody may read: what waits for a review first."""
    models = [model for model in MODELS.values() if user.has_perm(f"education.view_{model._meta.model_name}")]
    revisions = {
        (found.language, found.content_key): found for found in Revision.objects.open().select_related("author")
    }
    kinds = {key.partition("/")[0] for _language, key in revisions}
    rows = [row for model in models if model.folder in kinds for row in model.objects.all()]
    found = [
        OnItsWay(row, revision, OPEN_WORDS[State(revision.state)])
        for row in rows
        if (revision := revisions.get((row.language, row.content_key)))
    ]
    return sorted(found, key=lambda text: list(OPEN_WORDS).index(State(text.revision.state)))
