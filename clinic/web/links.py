"""Addresses and anchors of the public pages, each spelled once."""

from django.urls import reverse

HELP = "get-help-now"


def learn_url(link: str) -> str:
    """Return the address of an education section, given as `slug#anchor`."""
    slug, _, anchor = link.partition("#")
    url = reverse("education:get-help-now") if slug == HELP else reverse("education:page", args=[slug])
    return f"{url}#{anchor}" if anchor else url


def reference_anchor(key: str) -> str:
    return f"ref-{key.lower()}"


def reference_url(key: str) -> str:
    """Return the address of a source in the list of references."""
    return f"{learn_url('references')}#{reference_anchor(key)}"


def claim_anchor(claim_id: str) -> str:
    return f"claim-{claim_id.lower()}"


def claim_url(claim_id: str) -> str:
    """Return the address of a claim in the ledger."""
    return f"{reverse('education:evidence')}?claim={claim_id.lower()}#{claim_anchor(claim_id)}"
