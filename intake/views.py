"""The intake form, page by page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Say what the form is."""
    return render(request, "intake/start.html")


tasks = confirm_birth_date = page = changed = driving_notice = teach_back = start
adults_only = check_answers = sent = leave = clear = start
