"""The access log of gunicorn: one line a request, whatever the request holds."""

from typing import Any

from gunicorn.glogging import Logger


class EscapingLogger(Logger):
    """Write control characters as escapes, so that an address cannot forge a line of its own."""

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().atoms(resp, req, environ, request_time)  # type: ignore[no-untyped-call]
        return {
            name: value.encode("unicode_escape").decode() if isinstance(value, str) else value
            for name, value in found.items()
        }
