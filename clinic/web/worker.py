"""gunicorn's worker, with refusals of its own that say nothing and carry every header that ours do."""

from http import HTTPStatus
from typing import Any

from gunicorn.http.errors import (
    ConfigurationProblem,
    ForbiddenProxyRequest,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
    UnsupportedTransferCoding,
)
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

STATUSES: tuple[tuple[type[Exception], HTTPStatus], ...] = (
    (LimitRequestLine, HTTPStatus.REQUEST_URI_TOO_LONG),
    (LimitRequestHeaders, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE),
    (ForbiddenProxyRequest, HTTPStatus.FORBIDDEN),
    (UnsupportedTransferCoding, HTTPStatus.NOT_IMPLEMENTED),
    (ConfigurationProblem, HTTPStatus.INTERNAL_SERVER_ERROR),
    (ParseException, HTTPStatus.BAD_REQUEST),
)
PAGE = b"This request cannot be answered. In an emergency call 911. To talk to someone, call or text 988.\n"


def refusal(status: HTTPStatus) -> bytes:
    """Return a whole response: nothing of the request is in it."""
    from django.conf import settings

    headers = {
        "Connection": "close",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Length": str(len(PAGE)),
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "Permissions-Policy": settings.PERMISSIONS_POLICY,
        "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": settings.X_FRAME_OPTIONS,
    }
    if settings.SECURE_HSTS_SECONDS:
        headers["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains"
    lines = [f"HTTP/1.1 {status.value} {status.phrase}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + PAGE


class Worker(ThreadWorker):
    """Serve as gthread does; refuse what is no request without a word of it in the answer or the log."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Answer what could not be read, or an error outside Django."""
        status = next((status for kind, status in STATUSES if isinstance(exc, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)
        self.log.warning("A request was refused: %s", type(exc).__name__)
        try:
            write_nonblock(client, refusal(status))  # type: ignore[no-untyped-call]
        except OSError:
            self.log.debug("The refusal could not be sent.")
