"""What every page knows: the clinic, read when a template first asks."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from clinic.models import ClinicProfile


def clinic(request: HttpRequest) -> dict[str, Any]:
    return {"clinic": SimpleLazyObject(ClinicProfile.current_or_default)}
