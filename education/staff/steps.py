"""A text's revisions in the admin: seen as patients will see it, reviewed, and led to the public step by step."""

from typing import Any, cast

from csp.constants import SELF
from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from clinic.audit.actions import Action
from clinic.audit.trail import record
from clinic.models import User
from clinic.staff.site import AuditedAdmin
from clinic.web.requests import clinic_of, row_number
from education.documents.places import typed_text
from education.documents.revisions import document_of, is_bound, open_revision
from education.documents.rows import document_from
from education.models import ContentRow, Page, Revision, State
from education.pages.fingerprint import hash_of
from education.staff.forms import RevisionForm
from education.staff.preview import checks_of, preview_context
from education.staff.review import (
    SIGN_OFF,
    RevisionError,
    approve,
    ask_for_review,
    changes_since_approval,
    discard,
    may_publish_alone,
    obstacle_to,
    propose_removal,
    publish,
    roll_back,
    shown_by,
    steps_of,
)

VERBS = ("ask", "approve", "publish", "roll-back", "discard", "take-out")


def staff(request: HttpRequest) -> User:
    """Return who is at work: the admin lets nobody else in."""
    return cast(User, request.user)


def unapproved_of(row: ContentRow) -> Revision | None:
    """Return the revision in public if somebody published it without the approval that it needed."""
    public = Revision.objects.of(row.language, row.content_key).filter(state=State.PUBLISHED).first()
    return public if public and public.unapproved_reason and not public.approved_at else None


def is_to_approve(revision: Revision) -> bool:
    """Say whether an approval is of use: a page in public is reviewed again, a piece only once."""
    is_page = revision.content_key.startswith(f"{Page.folder}/") and not revision.is_removal
    return revision.approved_at is None or (is_page and revision.state == State.PUBLISHED)


class RevisionAdmin(AuditedAdmin):
    """Preview, review and steps of a text, at addresses of their own. Reading public words leaves no audit row."""

    audits_reading = False

    def subject(self, obj: Model | None) -> str:
        return f"{self.opts.model_name}:{obj.name}" if isinstance(obj, ContentRow) else super().subject(obj)

    def lead(self, request: HttpRequest, row: ContentRow, revision: Revision, verb: str, data: dict[str, Any]) -> None:
        """Do one step of a revision's way, and say in the audit trail and on the page what came of it."""
        user, clinic = staff(request), clinic_of(request)
        words: Any
        try:
            if verb == "ask":
                ask_for_review(revision)
                action, words = Action.PAGE_SENT_TO_REVIEW, _("Sent to review.")
            elif verb == "approve":
                approve(revision, user, clinic, data["seen"])
                action, words = Action.PAGE_SIGNED_OFF, _("Approved by %(name)s.") % {"name": user.display_name}
            elif verb == "publish":
                publish(revision, user, clinic, data.get("at"), data.get("reason", ""))
                is_alone = bool(revision.unapproved_reason)
                action = Action.PAGE_PUBLISHED_UNAPPROVED if is_alone else Action.PAGE_PUBLISHED
                words = _("Will be published at the time you gave.") if revision.publish_at else _("Published.")
            elif verb == "roll-back":
                roll_back(revision, user)
                action, words = Action.PAGE_ROLLED_BACK, _("The earlier text is now the draft.")
            elif verb == "discard":
                discard(revision)
                action, words = Action.PAGE_DRAFT_DISCARDED, _("Discarded. The public page stays as it is.")
            else:
                propose_removal(revision, user)
                action, words = Action.PAGE_REMOVAL_PROPOSED, _("Sent to review: readers will see it no more.")
        except RevisionError as error:
            messages.error(request, str(error))
            return
        except IntegrityError:
            messages.error(request, _("Somebody else changed this text in the same moment. See below, and try again."))
            return
        record(request, action, self.subject(row))
        messages.success(request, str(words))

    def url(self, name: str, *args: Any) -> str:
        return reverse(f"admin:education_{self.opts.model_name}_{name}", args=args)

    def get_urls(self) -> list[URLPattern]:
        def at(place: str, view: Any, name: str) -> URLPattern:
            found: URLPattern = path(
                f"<int:pk>/{place}",
                self.admin_site.admin_view(view),
                name=f"education_{self.opts.model_name}_{name}",
            )
            return found

        return [
            path(
                "add/preview/", self.admin_site.admin_view(self.preview), name=f"education_{self.opts.model_name}_new"
            ),
            at("preview/", self.preview, "preview"),
            at("review/", self.review, "review"),
            at("review/<int:revision>/<slug:verb>/", self.step, "step"),
            *super().get_urls(),
        ]

    def seen(self, request: HttpRequest, pk: int) -> Any:
        row = get_object_or_404(self.model, pk=pk)
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        return row

    @method_decorator(xframe_options_sameorigin)
    @method_decorator(csp_replace({"frame-ancestors": [SELF]}))
    def preview(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """Show what patients would see of what is typed (POST), of the open revision, or of one that is named."""
        row = self.seen(request, pk) if pk else None
        form = document = None
        if request.method == "POST" or row is None:
            if not (self.has_change_permission(request, row) if row else self.has_add_permission(request)):
                raise PermissionDenied
            edited = self.get_object(request, str(pk)) if row else None
            form = self.get_form(request, row, change=row is not None)(request.POST or None, instance=edited)
            form.is_valid()
            document = getattr(form, "document", None)
        else:
            rows = Revision.objects.of(row.language, row.content_key)
            named = row_number(request.GET.get("revision", ""))
            found = rows.filter(pk=named).first() if named else open_revision(row.language, row.content_key)
            document = (document_of(found) if found else None) or document_from(row)
        language = row.language if row else request.POST.get("language", settings.LANGUAGE_CODE)
        context = preview_context(document, language, clinic_of(request), request.GET.get("on", ""))
        if request.method == "POST" or "checks" in request.GET:
            context["checks"] = checks_of(document, language, form)
            context["lines"] = typed_text(document, "body").split("\n") if document else []
        return render(request, "admin/education/preview.html", context)

    @method_decorator(csp_update({"frame-src": [SELF]}))
    def review(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show a text as it will be, what changed since a clinician last approved it, and every revision."""
        row = self.seen(request, pk)
        rows = list(Revision.objects.of(row.language, row.content_key).select_related("author", "approved_by"))
        public = next((step for step in rows if step.state == State.PUBLISHED), None)
        subject = next((step for step in rows if step.is_open), public)
        user, clinic = staff(request), clinic_of(request)
        document = (document_of(subject) if subject else None) or document_from(row)
        shown = preview_context(document, row.language, clinic)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": str(row),
            "row": row,
            "revision": subject,
            "shown_on": shown["shown_on"],
            "checks": checks_of(document, row.language),
            "changes": changes_since_approval(subject, clinic) if subject else [],
            "steps": steps_of(rows),
            "may_edit": self.has_change_permission(request, row),
            "may_approve": user.has_perm(SIGN_OFF) and subject is not None and is_to_approve(subject),
            "seen": hash_of(shown_by(subject, clinic)) if subject else "",
            "is_bound": is_bound(row.language, row.content_key, clinic),
            "is_alone": may_publish_alone(user),
            "unapproved": unapproved_of(row),
            "obstacle": obstacle_to(subject) if subject and subject.is_open else "",
            "form": RevisionForm(),
        }
        return TemplateResponse(request, "admin/education/review.html", context)

    @method_decorator(require_POST)
    @method_decorator(transaction.atomic)  # no audit row, no step; and the revision is as it was found until the end
    def step(self, request: HttpRequest, pk: int, revision: int, verb: str) -> HttpResponse:
        """Do one step of a revision's way; approving needs its own permission, the others that of editing."""
        row = self.seen(request, pk)
        rows = Revision.objects.of(row.language, row.content_key)
        found = get_object_or_404(rows.select_for_update(), pk=revision)
        if verb not in VERBS:
            raise Http404
        if verb != "approve" and not self.has_change_permission(request, row):
            raise PermissionDenied
        if verb == "approve" and not staff(request).has_perm(SIGN_OFF):
            raise PermissionDenied
        form = RevisionForm(request.POST)
        if form.is_valid():
            self.lead(request, row, found, verb, form.cleaned_data)
        else:
            messages.error(request, _("Enter a day and a time, such as 2026-12-01 08:00."))
        return HttpResponseRedirect(self.url("review", row.pk))
