"""A request as our middleware hands it on."""

from django.http import HttpRequest

from clinic.models import Clinic


class Request(HttpRequest):
    """An HttpRequest that knows the clinic, which is read when first asked, and once."""

    clinic: Clinic


def clinic_of(request: HttpRequest | None) -> Clinic:
    """Return the clinic that a request has read, or read it for who acts without one."""
    return getattr(request, "clinic", None) or Clinic.current()


def row_number(text: str) -> int | None:
    """Return the number of a row that a request names; None when no row can have it."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
