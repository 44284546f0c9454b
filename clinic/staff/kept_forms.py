"""What was typed in a staff form that could not be taken: kept sealed for its writer, and shown again.

A form that arrives after its session has ended is not carried out. It waits, for an hour, for the same person
to sign in again, and is sent when they press the button.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from time import time
from typing import Any, cast
from uuid import UUID

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from clinic.audit.actions import Action
from clinic.audit.trail import record
from clinic.models import KeptForm, User
from clinic.staff.devices import last_user_of

KEPT = "kept_form"  # names the row in the form that is shown again
KEPT_FOR = timedelta(hours=1)
MOST = 20  # of one person
CODE = re.compile(r"[a-z0-9-]*")

View = Callable[..., HttpResponse]


def keep_form(request: HttpRequest, writer: User | None) -> str:
    """Keep what was posted and return where it is shown; empty when it is nobody's, or holds a password."""
    names = [name for name in request.POST if name not in ("csrfmiddlewaretoken", KEPT)]
    if writer is None or not names or any("password" in name for name in names):
        return ""
    if request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
        return ""  # a script sent it: what was typed stands in its page still
    mine = KeptForm.objects.filter(user=writer)
    mine.filter(kept_at__lt=timezone.now() - KEPT_FOR).delete()
    mine.filter(pk__in=[row.pk for row in mine.order_by("-kept_at")[MOST - 1 :]]).delete()  # the latest matters most
    values = {name: request.POST.getlist(name) for name in names}
    KeptForm.objects.create(user=writer, typed={"user": writer.pk, "path": request.get_full_path(), "values": values})
    return reverse("admin:kept-form")


def writer_of(request: HttpRequest) -> User | None:
    """Return who posted a form: who is signed in, or who was on this browser until the session ended."""
    return request.user if request.user.is_authenticated else last_user_of(request)


def keep_without_token(request: HttpRequest) -> str:
    """Keep a staff form whose token is an earlier session's, as when its writer signed in again in another tab.

    A form of another site is nobody's: its request carries neither of the cookies that tell who writes.
    """
    return keep_form(request, writer_of(request)) if request.path_info.startswith("/admin/") else ""


def drop_kept(request: HttpRequest, pk: str) -> None:
    """Let go of what was kept: it has arrived, or its writer does not want it."""
    try:
        KeptForm.objects.filter(user=cast(User, request.user), pk=UUID(pk)).delete()
    except ValueError:
        return


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def kept_form(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Show the latest form that was kept for who asks, with what they typed; or let go of it."""
    if request.method == "POST":
        drop_kept(request, request.POST.get(KEPT, ""))
        messages.success(request, _("What you typed was thrown away."))
        return HttpResponseRedirect(reverse("admin:index"))
    mine = KeptForm.objects.filter(user=cast(User, request.user), kept_at__gt=timezone.now() - KEPT_FOR)
    kept = mine.order_by("-kept_at").first()
    if kept is None or kept.typed["user"] != request.user.pk:  # a row that was pointed at somebody else shows nothing
        return HttpResponseRedirect(reverse("admin:index"))
    record(request, Action.RECORD_READ, f"keptform:{kept.pk}")
    values = [(name, value) for name, values in kept.typed["values"].items() for value in values]
    context |= {
        "title": _("What you typed was kept"),
        "kept": kept,
        "path": kept.typed["path"],
        "texts": [(label_of(name), name, value) for name, value in values if is_text(name, value)],
        "codes": [(name, value) for name, value in values if not is_text(name, value)],
    }
    return TemplateResponse(request, "admin/kept_form.html", context)


def is_text(name: str, value: str) -> bool:
    """Say whether a value is words to look over; a button's name begins with '_'."""
    return not (CODE.fullmatch(value) or name.startswith("_"))


def label_of(name: str) -> str:
    return name.rpartition("-")[2].replace("_", " ").capitalize()


def is_fresh(request: HttpRequest) -> bool:
    """Say whether who asks has shown who they are within the last minutes."""
    since = time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    return any(entry["at"] > since for entry in get_authentication_records(request, cast(User, request.user)))


def asks_again(view: View, *, also_to_read: bool = False) -> View:
    """Have a view ask who it is again before it changes anything; what was typed waits meanwhile."""

    @wraps(view)
    def ask_first(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_fresh(request) or (request.method != "POST" and not also_to_read):
            return view(request, *args, **kwargs)
        kept = keep_form(request, cast(User, request.user)) if request.method == "POST" else ""
        target = urlencode({"next": kept or request.get_full_path()})
        return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{target}")

    return ask_first
