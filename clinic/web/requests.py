"""A request as our middleware hands it on."""

from django.http import HttpRequest

from clinic.models import Clinic


class Request(HttpRequest):
    """An HttpRequest that knows the clinic, which is read when first asked, and once."""

    clinic: Clinic


def clinic_of(request: HttpRequest | None) -> Clinic:
    """Return the clinic that a request has read, or read it for who acts without one."""
    return getattr(request, "clinic", None) or Clinic.current()
