"""Home, health check, and the pages for when something went wrong."""

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from clinic.audit.actions import Action
from clinic.audit.trail import record
from clinic.profile.context import clinic_or_default
from clinic.staff.sign_in import note_limited
from clinic.web.page_cache import public_page


@public_page
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "home.html")


@public_page
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "privacy.html", {"draft_days": settings.DRAFT_DAYS})


@public_page
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "accessibility.html")


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that this process answers; asks the database nothing."""
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Tell search engines what is public, and where the list of it is."""
    closed = "".join(f"Disallow: {path}\n" for path in ("/accounts/", "/admin/", "/intake/"))
    words = f"User-agent: *\n{closed}Sitemap: {settings.SITE_URL}/sitemap.xml\n"
    return HttpResponse(words, content_type="text/plain; charset=utf-8")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Say whether this process can reach its database, for whoever sends it requests."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("no database", status=503, content_type="text/plain; charset=utf-8")
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


def error_page(status: int, template: str, request: HttpRequest | None = None) -> HttpResponse:
    """Render without request and database, one of which may be what is broken; with a request, name the clinic."""
    clinic = clinic_or_default(request) if request else None
    return HttpResponse(render_to_string(template, {"clinic": clinic}), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(400, "400.html")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Refuse, and leave an audit row when it was a member of staff who asked."""
    if request.path_info.startswith("/admin/"):
        record(request, Action.ACCESS_REFUSED, request.resolver_match.view_name if request.resolver_match else "")
    return error_page(403, "403.html", request)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    note_limited(request)
    return error_page(429, "429.html", request)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(404, "404.html", request)


def server_error(request: HttpRequest) -> HttpResponse:
    return error_page(500, "500.html")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_page(403, "403_csrf.html", request)
