"""Content in the admin: what waits for an approval is a draft, led to the public step by step."""

from typing import Any, ClassVar

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import admin, messages
from django.db import IntegrityError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

from clinic.web.requests import clinic_of, row_number
from education.documents.files import KINDS, Document
from education.documents.revisions import document_of, is_bound, open_revision, record_published, write_draft
from education.documents.rows import field_of, row_from, save_document
from education.models import ContentRow
from education.staff.forms import needed_by
from education.staff.standing import ContentList
from education.staff.steps import RevisionAdmin, staff, unapproved_of

FROM_FILE: tuple[Any, Any] = (
    _("Where it comes from"),
    {
        "classes": ("collapse",),
        "fields": ("language", "source_hash", "edited_at"),
        "description": _("What is edited here is kept when the content files are loaded again."),
    },
)


class EditedFilter(admin.SimpleListFilter):
    """Show what staff changed since it was loaded."""

    title = _("edited here")
    parameter_name = "edited"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() in ("yes", "no"):
            return queryset.filter(edited_at__isnull=self.value() == "no")
        return queryset


class ContentAdmin(RevisionAdmin):
    """Content of any kind: what waits is kept as a draft, what does not is public at once.

    Either way it is a revision, and the row is marked as edited here once it is public.
    Reading public words leaves no audit row.
    """

    change_form_template = "admin/education/content_form.html"
    readonly_fields: ClassVar[Any] = ("source_hash", "edited_at")
    list_filter: ClassVar[Any] = ("language", EditedFilter)
    save_on_top = True
    permanent: ClassVar[tuple[str, ...]] = ("language",)
    always_drafts = False

    def drafts(self, request: HttpRequest, language: str, content_key: str) -> bool:
        """Say whether a change is kept as a draft; once begun as one, it goes on as one."""
        return (
            self.always_drafts
            or is_bound(language, content_key, clinic_of(request))
            or open_revision(language, content_key) is not None
        )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ContentList]:
        return ContentList

    @admin.display(description=_("how it stands"))
    def standing(self, row: Any) -> str:
        words: str = row.standing
        return words

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> ContentRow | None:
        """Return the row with the words of its open revision, for that is what is edited."""
        row: ContentRow | None = super().get_object(request, object_id, from_field)
        found = open_revision(row.language, row.content_key) if row else None
        document = document_of(found) if found else None
        if row is not None and document is not None:
            draft = row_from(document, row.language)
            for name in {*(field_of(row.folder, key) for key in KINDS[row.folder]), "body"} - set(self.readonly_fields):
                if hasattr(row, name):
                    setattr(row, name, getattr(draft, name))
        return row

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Keep the document that the check has judged: as a draft, led as far as the button says, or in public."""
        if change and not form.is_changed and not self.verb(request):
            return
        language, document, reason = form.language(), form.document, form.cleaned_data.get("reason", "")
        row = self.model.objects.get(pk=obj.pk) if change else None
        if not self.drafts(request, language, document.content_key):
            saved = save_document(document, language, row)
            obj.pk = saved.pk
            saved.mark_edited()
            record_published([document], language, staff(request), reason)
            return
        row = row or save_document(document, language)
        obj.pk = row.pk
        self.keep_draft(request, row, document, reason, form, change)
        found = open_revision(language, document.content_key)
        if (verb := self.verb(request)) and found:
            self.lead(request, row, found, verb, {})

    def keep_draft(
        self, request: HttpRequest, row: Any, document: Document, reason: str, form: Any, change: bool
    ) -> None:
        if not change:
            row.is_published = False
            row.save(update_fields=["is_published"])
        if form.is_changed or not change:
            write_draft(document, row.language, staff(request), reason)

    def verb(self, request: HttpRequest) -> str | None:
        """Return the step that the pressed button asks for."""
        return next((name for name in ("ask", "publish") if f"_{name}" in request.POST), None)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Take the form; once more when another saved this text in the same instant: now it finds theirs, and tells."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError:
            return super().changeform_view(request, object_id, form_url, extra_context)

    @method_decorator(csp_update({"frame-src": [SELF]}))
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Edit a text; who may only read it sees its review."""
        reads = self.has_view_permission(request) and not self.has_change_permission(request)
        if reads and request.method == "GET" and (pk := row_number(object_id)):
            return self.review(request, pk)
        return super().change_view(request, object_id, form_url, extra_context)

    @method_decorator(csp_update({"frame-src": [SELF]}))
    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return super().add_view(request, form_url, extra_context)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        row = context.get("original")
        drafts = self.drafts(request, row.language, row.content_key) if row else self.always_drafts
        bound = row is not None and is_bound(row.language, row.content_key, clinic_of(request))
        context |= {
            "drafts": drafts,
            "is_bound": bound,
            "unapproved": unapproved_of(row) if row else None,
            "preview_url": self.url("preview", row.pk) if row else self.url("new"),
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Stay beside the text as it now looks."""
        if self.verb(request):
            return HttpResponseRedirect(self.url("review", obj.pk))
        if not self.drafts(request, obj.language, obj.content_key):
            return super().response_change(request, obj)
        messages.success(request, _("Saved. Nothing that is not published is seen by patients."))
        return HttpResponseRedirect(self.url("change", obj.pk))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What readers see under an approval is not deleted: its removal goes to review."""
        seen = obj is not None and obj.is_published and is_bound(obj.language, obj.content_key, clinic_of(request))
        return super().has_delete_permission(request, obj) and not seen

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Name what rests on the rows; a row that others need is not deleted."""
        shown, counts, permissions, protected = super().get_deleted_objects(objs, request)
        needed = [f"{obj.content_key}: {needed_by(rests)}" for obj in objs if (rests := obj.rests())]
        return shown, counts, permissions, [*protected, *needed]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """Keep what other texts link to as it is, once it is there."""
        fixed = self.permanent if obj is not None else ()
        return (*super().get_readonly_fields(request, obj), *fixed)
