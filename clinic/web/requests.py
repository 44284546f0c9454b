"""A request as our middleware hands it on."""

from django.http import HttpRequest

from clinic.models import Clinic


class Request(HttpRequest):
    """An HttpRequest that knows the clinic, which is read when first asked, and once."""

    clinic: Clinic
