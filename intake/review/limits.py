"""Clinical limits: what the clinic may set, each within the range that the main form's rules allow."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods
from msgspec import Struct

from clinic.audit.actions import Action
from clinic.audit.trail import record
from clinic.models import Limit
from clinic.staff.kept_forms import asks_again
from clinic.staff.site import ReadOnlyAdmin, site
from clinic.web.requests import Request
from intake.definition.rules import Threshold
from intake.models import QuestionnaireVersion
from intake.review.actions import require


class Row(Struct, frozen=True):
    """One limit as the page shows it."""

    threshold: Threshold
    limit: Limit | None
    field: forms.BoundField
    confirm: forms.BoundField | None


class LimitsForm(forms.Form):
    """A number for each limit, and the name of who confirms what is changed or ticked."""

    confirmed_by = forms.CharField(
        label=_("Confirmed by"),
        max_length=120,
        help_text=_("The name of the medical director. It is kept with each limit that you change or tick here."),
        error_messages={"required": _("Enter the name of who confirms these limits.")},
    )

    def __init__(self, data: Any, thresholds: dict[str, Threshold], limits: dict[str, Limit]) -> None:
        super().__init__(data)
        self.thresholds, self.limits = thresholds, limits
        for name, threshold in thresholds.items():
            self.fields[name] = forms.DecimalField(
                label=threshold.label or name,
                initial=self.in_force(name),
                min_value=threshold.lowest,
                max_value=threshold.highest,
                max_digits=7,
                decimal_places=2,
                help_text=threshold.help,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 6, "autocomplete": "off"}),
            )
            if name not in limits:
                self.fields[f"confirm-{name}"] = forms.BooleanField(label=_("Confirm as it is"), required=False)
        self.order_fields([name for name in self.fields if name != "confirmed_by"])

    def in_force(self, name: str) -> Decimal:
        threshold = self.thresholds[name]
        return plain(threshold.within_range(self.limits[name].value) if name in self.limits else threshold.default)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name, threshold in self.thresholds.items():
            above = threshold.not_above
            if above and name in data and above in data and data[name] > data[above]:
                words = {"limit": plain(data[above]), "upper": self.fields[above].label}
                self.add_error(name, _("Enter %(limit)s or less: it cannot be above '%(upper)s'.") % words)
        return data

    def changes(self) -> Iterator[tuple[str, Decimal, Decimal]]:
        """Yield what is to be saved: name, the value so far, the new one."""
        for name in self.thresholds:
            before, after = self.in_force(name), self.cleaned_data[name]
            if after != before or self.cleaned_data.get(f"confirm-{name}"):
                yield name, before, after

    def rows(self) -> Iterator[Row]:
        for name, threshold in self.thresholds.items():
            confirm = self[f"confirm-{name}"] if f"confirm-{name}" in self.fields else None
            yield Row(threshold, self.limits.get(name), self[name], confirm)


def plain(value: Decimal) -> Decimal:
    """Return a number without the zeros that its column adds."""
    return Decimal(f"{value.normalize():f}")


@admin.register(Limit, site=site)
class LimitAdmin(ReadOnlyAdmin):
    """All clinical limits on one page."""

    def get_urls(self) -> list[URLPattern]:
        page = require_http_methods(["GET", "HEAD", "POST"])(self.limits_page)
        return [path("", self.admin_site.admin_view(asks_again(page)), name="clinic_limit_changelist")]

    def limits_page(self, request: HttpRequest) -> HttpResponse:
        """Show every limit with its range and who confirmed it; save what was changed or ticked."""
        require(request.user, "clinic.change_limit")
        version = QuestionnaireVersion.objects.latest_published(cast(Request, request).clinic.main_form)
        thresholds = dict(version.definition().thresholds) if version else {}
        limits = {limit.name: limit for limit in Limit.objects.all()}
        form = LimitsForm(request.POST if request.method == "POST" else None, thresholds, limits)
        if form.is_bound and form.is_valid():
            save_limits(request, form)
            messages.success(request, _("The limits are saved."))
            return HttpResponseRedirect(reverse("admin:clinic_limit_changelist"))
        record(request, Action.RECORD_READ, "limits")
        context = {**site.each_context(request), "title": _("Clinical limits"), "form": form, "version": version}
        return TemplateResponse(request, "admin/intake/limits.html", context)


@transaction.atomic
def save_limits(request: HttpRequest, form: LimitsForm) -> None:
    """Save what was changed or confirmed, with a row in the trail for each."""
    by, now = form.cleaned_data["confirmed_by"], timezone.now()
    for name, before, after in form.changes():
        Limit.objects.update_or_create(name=name, defaults={"value": after, "confirmed_by": by, "confirmed_at": now})
        detail = f"{before} -> {plain(after)}, confirmed by {by}"
        record(request, Action.LIMIT_CHANGED, f"limit:{name}", detail=detail)
