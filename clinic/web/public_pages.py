"""Public pages are answered from memory: by the WSGI application before Django, and by the first middleware."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host

from clinic.web.page_cache import Answer, page_cache

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication

READING = ("GET", "HEAD")


class PublicPagesMiddleware:
    """Keep public pages and answer them from memory, before sessions, messages and everything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if kept := kept_answer(request.META):
            return response_of(kept)
        response = self.get_response(request)
        if request.method not in READING and not request.path_info.startswith(
            "/intake/"
        ):  # patients write nothing that is public
            page_cache.watch.look_again()
        elif is_public(response) and not hasattr(request, "is_makeshift"):
            return response_of(page_cache.keep(request, response).answer(request.META))
        return response


def kept_answer(environ: Mapping[str, Any]) -> Answer | None:
    """Return the kept page that is asked for, if the request would reach its view."""
    if environ["REQUEST_METHOD"] not in READING or not is_known_host(
        environ.get("HTTP_HOST") or environ["SERVER_NAME"]
    ):
        return None
    if settings.SECURE_SSL_REDIRECT and not is_secure(environ):
        return None
    kept = page_cache.find(environ)
    return kept.answer(environ) if kept else None


def response_of(answer: Answer) -> HttpResponse:
    response = HttpResponse(answer.body, status=answer.status)
    response.headers = answer.headers
    return response


class KeptPagesFirst:
    """A WSGI application that answers kept pages itself and leads all else to Django."""

    def __init__(self, application: "WSGIApplication") -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        if page_cache.watch.is_due():
            close_old_connections()  # as Django does before a request of its own
        if answer := kept_answer(environ):
            start_response(f"{answer.status.value} {answer.status.phrase}", answer.lines)
            return (answer.body,)
        return self.application(environ, start_response)


def is_public(response: HttpResponse) -> bool:
    edition, _query = getattr(response, "public", (None, None))
    return response.status_code == 200 and edition is not None and not response.cookies


@lru_cache(maxsize=64)
def is_known_host(host: str) -> bool:
    return validate_host(split_domain_port(host.lower())[0], settings.ALLOWED_HOSTS)


def is_secure(environ: Mapping[str, Any]) -> bool:
    if environ.get("wsgi.url_scheme") == "https":
        return True
    name, value = settings.SECURE_PROXY_SSL_HEADER or ("", "")
    return bool(name) and environ.get(name) == value and is_proxy(environ.get("REMOTE_ADDR", ""))


@lru_cache(maxsize=64)
def is_proxy(address: str) -> bool:
    try:
        return any(ip_address(address) in ip_network(proxy) for proxy in settings.TRUSTED_PROXIES)
    except ValueError:
        return False


def forget_pages() -> None:
    """Forget every page of this process."""
    page_cache.clear()
    for known in (is_known_host, is_proxy):
        known.cache_clear()
