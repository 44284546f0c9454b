"""What every page knows: the clinic, read when a template first asks, and the page's own address."""

from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils.encoding import iri_to_uri
from django.utils.functional import SimpleLazyObject

from clinic.models import Clinic


def clinic(request: HttpRequest) -> dict[str, Any]:
    return {
        "clinic": SimpleLazyObject(lambda: clinic_or_default(request)),
        "site_url": settings.SITE_URL,
        "canonical_url": settings.SITE_URL + (iri_to_uri(request.path) or ""),
    }


def clinic_or_default(request: HttpRequest) -> Clinic:
    """Return the clinic for a page's head and foot, which are drawn even when the database does not answer."""
    try:
        return getattr(request, "clinic", None) or Clinic.current()  # asking whether it is there reads it
    except DatabaseError:
        request.is_makeshift = True  # type: ignore[attr-defined]  # not to be kept as the real page
        return Clinic(pk=1)
