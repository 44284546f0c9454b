"""What staff do with their own account beside signing in."""

from typing import Any, cast

from allauth.mfa.base.views import IndexView
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.audit.actions import Action
from clinic.audit.trail import record
from clinic.models import Device, User
from clinic.staff.devices import devices_of, keep_only_this


class OwnSignIn(IndexView):
    """One's own factors, devices and sessions."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"devices": devices_of(self.request, cast(User, self.request.user))}


def end_sessions(user: User) -> None:
    """End every session of somebody, wherever it is."""
    User.objects.filter(pk=user.pk).update(sessions_ended=F("sessions_ended") + 1)
    Device.objects.filter(user=user).update(session_key="")
    user.refresh_from_db()


@require_POST
@transaction.atomic
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """End every other session of this person; this one goes on under a new key."""
    user = cast(User, request.user)
    end_sessions(user)
    update_session_auth_hash(request, user)
    keep_only_this(request, user)
    record(request, Action.SESSIONS_ENDED, f"user:{user.pk}")
    messages.success(request, _("You are signed out on every other device and browser."))
    return HttpResponseRedirect(reverse("mfa_index"))
