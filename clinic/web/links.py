"""Addresses that one app needs of another, so that apps need not import each other."""

from django.urls import reverse

HELP = "get-help-now"


def learn_url(link: str) -> str:
    """Return the address of an education section, given as `slug#anchor`."""
    slug, _, anchor = link.partition("#")
    url = reverse("education:get-help-now") if slug == HELP else reverse("education:page", args=[slug])
    return f"{url}#{anchor}" if anchor else url


def reference_url(key: str) -> str:
    """Return the address of a source in the list of references."""
    return f"{reverse('education:page', args=['references'])}#ref-{key.lower()}"
