"""What staff do with their own account beside signing in."""

from typing import cast

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
from clinic.models import User


def end_sessions(user: User) -> None:
    """End every session of somebody, wherever it is."""
    User.objects.filter(pk=user.pk).update(sessions_ended=F("sessions_ended") + 1)
    user.refresh_from_db()


@require_POST
@transaction.atomic
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """End every other session of this person; this one goes on under a new key."""
    user = cast(User, request.user)
    end_sessions(user)
    update_session_auth_hash(request, user)
    record(request, Action.SESSIONS_ENDED, f"user:{user.pk}")
    messages.success(request, _("You are signed out on every other device and browser."))
    return HttpResponseRedirect(reverse("mfa_index"))
