"""'Was this page helpful?': one press, counted by page and day; no cookie, no identity."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseForbidden, HttpResponseRedirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from clinic.web.limits import count_up, network_of
from clinic.web.requests import Request
from education.models import HelpfulCount, Page
from education.pages.views import language

MOST_AN_HOUR = 20
THANKS = "helpful-thanks"


class HelpfulForm(forms.Form):
    page = forms.SlugField(max_length=60)
    helpful = forms.ChoiceField(choices=[("yes", ""), ("no", "")])


@csrf_exempt  # public pages set no cookie, so there is no token; the Origin says that the press came from our own page
@require_POST
def count_helpful(request: Request) -> HttpResponse:
    """Count one press and lead back to the page, which then says thank you."""
    if not comes_from_here(request):
        return HttpResponseForbidden()
    form = HelpfulForm(request.POST)
    page = (
        Page.objects.published(language()).filter(slug=form.cleaned_data["page"]).first() if form.is_valid() else None
    )
    if page is None:
        return HttpResponseBadRequest()
    answer = form.cleaned_data["helpful"]
    if count_up("helpful", network_of(request), 3600) <= MOST_AN_HOUR:
        with transaction.atomic():
            rows: dict[str, Any] = {"language": page.language, "slug": page.slug, "day": request.clinic.today()}
            HelpfulCount.objects.get_or_create(**rows)
            HelpfulCount.objects.filter(**rows).update(**{answer: F(answer) + 1})
    return HttpResponseRedirect(f"{page.get_absolute_url()}#{THANKS}")


def comes_from_here(request: HttpRequest) -> bool:
    """Say whether a browser sent this from one of our own pages."""
    here = urlsplit(settings.SITE_URL)
    return request.headers.get("Origin") == f"{here.scheme}://{here.netloc}"
