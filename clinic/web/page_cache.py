"""Public pages, drawn and compressed once an edition and then answered from this process's memory.

What is kept are finished responses with every header (`clinic.web.public_pages`). A page is kept only when its view
says so (`public_page`); nothing that sets a cookie ever is.
"""

import gzip
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, lru_cache, partial, wraps
from http import HTTPStatus
from threading import Lock
from typing import Any, Concatenate, ParamSpec
from urllib.parse import parse_qsl, urlencode

import brotli
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase, ResponseHeaders
from django.utils.http import parse_etags
from msgspec import Struct, field

from clinic.web.public_version import Edition, Watch

P = ParamSpec("P")

MOST_BYTES = 16 * 1024 * 1024
LARGEST_PAGE = 1024 * 1024
OF_A_304 = ("ETag", "Cache-Control", "Vary", "Permissions-Policy")
NOT_KEPT = ("Content-Length", "ETag", "Vary", "Cache-Control")
COMPRESS: Mapping[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "gzip": partial(gzip.compress, compresslevel=9, mtime=0),
    # The quality below the best takes a quarter of its time for two bytes in a hundred more.
    "br": partial(brotli.compress, quality=10),
}


class PublicQuery(Struct, frozen=True):
    """What of a query changes a public page. Everything else is as if it were not there.

    `varies` names the parameters, each with the values that count; a request with one of `uncounted` is
    answered by the view each time, for there is no end of its values.
    """

    varies: Mapping[str, re.Pattern[str]]
    uncounted: frozenset[str]

    def key(self, path: str, query: str) -> str | None:
        """Return under what the page is kept; None when it is not."""
        counted = self.counted(query) if query else ""
        if counted is None:
            return None
        return f"{path}?{counted}" if counted else path

    def counted(self, query: str) -> str | None:
        """Return what counts of a query, each name once with its last value, as Django reads it; None: all of it."""
        given = dict(parse_qsl(query, keep_blank_values=True))
        if "%00" in query or self.uncounted & given.keys():
            return None
        return urlencode([(name, given[name]) for name in sorted(given) if self.counts(name, given[name])])

    def counts(self, name: str, value: str) -> bool:
        return name in self.varies and self.varies[name].fullmatch(value) is not None


def public_page(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
    varies: Mapping[str, str] | None = None,
    uncounted: Iterable[str] = (),
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Mark a view whose page is the same for everyone; `varies` maps parameters to patterns of their values."""
    query = PublicQuery({name: re.compile(pattern) for name, pattern in (varies or {}).items()}, frozenset(uncounted))

    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        edition = page_cache.watch.current()  # before the view reads: what it then draws is at least as new
        counted = query.counted(request.META.get("QUERY_STRING", ""))
        if counted is not None:  # the page is kept for everyone: what does not count must not change it
            request.GET = QueryDict(counted)
        response = view(request, *args, **kwargs)
        response.public = (edition, query)  # type: ignore[attr-defined]
        return response

    return wrapped


class Answer(Struct, frozen=True, dict=True):
    """A whole response, made once: every request that gets it gets the same headers, and nobody adds any."""

    status: HTTPStatus
    headers: ResponseHeaders
    body: bytes

    @cached_property
    def lines(self) -> list[tuple[str, str]]:
        return list(self.headers.items())


class Variant(Struct, frozen=True, dict=True):
    """One encoding of a page."""

    body: bytes
    headers: ResponseHeaders

    @cached_property
    def whole(self) -> Answer:
        return Answer(HTTPStatus.OK, self.headers, self.body)

    @cached_property
    def head(self) -> Answer:
        return Answer(HTTPStatus.OK, self.headers, b"")

    @cached_property
    def unchanged(self) -> Answer:
        """What a 304 must say (RFC 9110, 15.4.5); the browser keeps every other header with the page."""
        kept = {name: value for name, value in self.headers.items() if name in OF_A_304}
        return Answer(HTTPStatus.NOT_MODIFIED, ResponseHeaders(kept), b"")


class KeptPage(Struct, frozen=True):
    """One finished page, compressed when a browser first asks for that."""

    edition: Edition
    body: bytes
    headers: dict[str, str]
    variants: dict[str, Variant] = field(default_factory=dict)  # by encoding, as far as it was asked for

    @property
    def size(self) -> int:
        """Return what it takes at most: its two compressed forms together are smaller than itself."""
        return 2 * len(self.body)

    def answer(self, environ: Mapping[str, Any]) -> Answer:
        """Return the page in the best encoding, or 304 when the browser has it."""
        encoding = best_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        variant = self.variants.get(encoding) or self.encode(encoding)
        known = environ.get("HTTP_IF_NONE_MATCH")
        if known and is_known(variant.headers["ETag"], known):
            return variant.unchanged
        return variant.head if environ["REQUEST_METHOD"] == "HEAD" else variant.whole

    def encode(self, encoding: str) -> Variant:
        data = COMPRESS[encoding](self.body)
        mark = hashlib.sha256(self.body).hexdigest()[:24]
        headers = {**self.headers, "ETag": f'"{mark}{encoding and "-" + encoding}"', "Content-Length": str(len(data))}
        if encoding:
            headers["Content-Encoding"] = encoding
        self.variants[encoding] = Variant(data, ResponseHeaders(headers))
        return self.variants[encoding]


def finish(response: HttpResponse, edition: Edition) -> KeptPage:
    """Make the page to keep of a rendered response."""
    shared = {name: value for name, value in response.items() if name not in NOT_KEPT}
    # Kept by browsers and proxies, but asked for each time: a changed page is never shown as it was.
    shared |= {"Vary": "Accept-Encoding", "Cache-Control": "public, max-age=0, must-revalidate"}
    return KeptPage(edition, response.content, shared)


class PageCache:
    """The pages of this process by path and counted query; never more than MOST_BYTES of them."""

    def __init__(self) -> None:
        self.watch = Watch()
        self.pages: dict[str, KeptPage] = {}
        self.queries: dict[str, PublicQuery] = {}  # by path
        self.size = 0
        self.lock = Lock()

    def find(self, environ: Mapping[str, Any]) -> KeptPage | None:
        """Return the page as it is now, as far as it is kept."""
        path = environ["PATH_INFO"]
        if path not in self.queries:
            return None
        key = self.queries[path].key(path, environ.get("QUERY_STRING", ""))
        kept = self.pages.get(key) if key else None
        return kept if kept and kept.edition == self.watch.current() else None

    def keep(self, request: HttpRequest, response: HttpResponse) -> KeptPage:
        edition, query = response.public  # type: ignore[attr-defined]
        page = finish(response, edition)
        self.queries[request.path_info] = query
        key = query.key(request.path_info, request.META.get("QUERY_STRING", ""))
        if key is not None and page.size <= LARGEST_PAGE:
            self.put(key, page)
        return page

    def put(self, key: str, page: KeptPage) -> None:
        with self.lock:
            self.drop(key)
            while self.pages and self.size + page.size > MOST_BYTES:
                self.drop(next(iter(self.pages)))  # the one that has been here longest
            self.pages[key] = page
            self.size += page.size

    def drop(self, key: str) -> None:
        if old := self.pages.pop(key, None):
            self.size -= old.size

    def clear(self) -> None:
        with self.lock:
            self.pages.clear()
            self.queries.clear()
            self.size = 0
            self.watch = Watch()


page_cache = PageCache()


@lru_cache(maxsize=64)
def best_encoding(accepted: str) -> str:
    """Return the smallest encoding that the browser takes: br, gzip or none."""
    offered = {}
    for part in accepted.lower().split(","):
        name, _separator, weight = part.partition(";")
        offered[name.strip()] = weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return next((encoding for encoding in ("br", "gzip") if offered.get(encoding)), "")


@lru_cache(maxsize=256)
def is_known(etag: str, known: str) -> bool:
    """Say whether If-None-Match names this page, compared weakly as RFC 9110 asks."""
    return known.strip() == "*" or etag in (one.removeprefix("W/") for one in parse_etags(known))
