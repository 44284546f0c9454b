"""Small middlewares: whose address it is, what may be kept, which language, whose clock."""

from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers
from django.utils.functional import SimpleLazyObject

from clinic.web.page_cache import page_cache
from clinic.web.requests import Request
from clinic.web.views import error_page

METHODS = ("GET", "HEAD", "POST")
GetResponse = Callable[[Any], HttpResponse]


class ClientAddressMiddleware:
    """Make REMOTE_ADDR the client's own address; believe forwarded headers only from our proxies."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.proxies = [ip_network(proxy) for proxy in settings.TRUSTED_PROXIES]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self.is_proxy(request.META.get("REMOTE_ADDR", "")):
            # The rightmost address that is not ours: what stands left of it can be made up.
            for address in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
                if not is_address(address.strip()):
                    break
                request.META["REMOTE_ADDR"] = address.strip()
                if not self.is_proxy(request.META["REMOTE_ADDR"]):
                    break
        else:
            for name in ("FOR", "PROTO", "HOST", "PORT"):
                request.META.pop(f"HTTP_X_FORWARDED_{name}", None)
        return self.get_response(request)

    def is_proxy(self, address: str) -> bool:
        return is_address(address) and any(ip_address(address) in proxy for proxy in self.proxies)


class PermissionsPolicyMiddleware:
    """Say on every response that no page of ours uses the device's camera, place or microphone."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers["Permissions-Policy"] = settings.PERMISSIONS_POLICY
        return response


class RequestGuardMiddleware:
    """Refuse what no page of ours can have asked for, before anything else reads it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        # A NUL cannot be stored by PostgreSQL, and no browser sends one on its own.
        sent = [request.path_info, *request.GET, *request.COOKIES.values()]
        sent += [value for values in request.GET.lists() for value in values[1]]
        if any("\x00" in text for text in sent):
            return error_page(400, "400.html")
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdecimal()):
            return error_page(400, "400.html")
        if int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return error_page(413, "400.html")
        return self.get_response(request)


class PrivatePagesMiddleware:
    """Forbid every cache to keep a private page, its redirects and its error pages."""

    private = ("/intake/", "/admin/", "/accounts/")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        path = strip_language(request.path_info)
        if f"{path}/".startswith(self.private) or request.method not in ("GET", "HEAD"):
            add_never_cache_headers(response)
        return response


class PathLanguageMiddleware:
    """Take the language from the path's prefix alone, so that pages are the same for everyone.

    Django's LocaleMiddleware also asks the browser and a cookie, and then must send Vary headers.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class ClinicMiddleware:
    """Let the request know the clinic: read when first asked, and anew only when the database counted a change."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        request.clinic = SimpleLazyObject(lambda: page_cache.watch.clinic())  # type: ignore[assignment]
        return self.get_response(request)


class StaffTimeZoneMiddleware:
    """Show staff every time as the clinic's clock had it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        if not request.path_info.startswith(("/admin/", "/accounts/")):
            return self.get_response(request)
        with timezone.override(ZoneInfo(request.clinic.time_zone)):
            return self.get_response(request)


def is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def strip_language(path: str) -> str:
    """Return the path without its language prefix."""
    language = translation.get_language_from_path(path)
    return path.removeprefix(f"/{language}") if language else path
