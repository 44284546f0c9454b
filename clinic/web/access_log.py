"""What log lines may say: one line a request, and no page of the intake by name.

Which follow-up pages exist for a person depends on the answers, so their slugs are as secret as those.
"""

import logging
import re
from typing import Any

from gunicorn.glogging import Logger

INTAKE_PAGE = re.compile(r"(/intake/(?:[^/\s\"?]+/)?q/)[^/\s\"?]+")
INTAKE = re.compile(r"(/[a-z]{2}(-[a-z]+)?)?/intake(/|$)")


def masked(text: str) -> str:
    """Leave the page's slug out of an intake address."""
    return INTAKE_PAGE.sub(r"\1-", text)


class MaskingFilter(logging.Filter):
    """Mask intake addresses in Django's own lines."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = masked(record.getMessage()), ()
        return True


class EscapingLogger(Logger):
    """Write control characters as escapes, so that an address cannot forge a line of its own."""

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().atoms(resp, req, environ, request_time)  # type: ignore[no-untyped-call]
        if INTAKE.match(environ.get("PATH_INFO", "")):
            found["h"] = "-"  # whose address it is that fills in a form, nobody reads in a log
        return {
            name: masked(value).encode("unicode_escape").decode() if isinstance(value, str) else value
            for name, value in found.items()
        }
