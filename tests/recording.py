"""Keep the HTML that the app sends while someone listens, so that a checker can read it as it was sent."""

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import brotli
from django.http import HttpRequest, HttpResponse

PAGES: dict[str, str] = {}  # by their text: a page that comes twice is kept once
IS_ON = False
UNPACK: dict[str, Callable[[bytes], bytes]] = {"": bytes, "gzip": gzip.decompress, "br": brotli.decompress}


class RecordPages:
    """Outermost middleware of the tests."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if IS_ON and response.get("Content-Type", "").startswith("text/html") and response.content:
            text = UNPACK[response.get("Content-Encoding", "")](response.content).decode()
            PAGES.setdefault(text, f"{request.method} {request.path} {response.status_code}")
        return response


@contextmanager
def recorded() -> Iterator[dict[str, str]]:
    """Record what is sent meanwhile: each page's text, and which request it answered."""
    global IS_ON
    PAGES.clear()
    IS_ON = True
    try:
        yield PAGES
    finally:
        IS_ON = False
