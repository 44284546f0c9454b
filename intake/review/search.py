"""Finding a person by what is known of them, with no name in any address, log or session."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from clinic.sealing.lookup import normalise_name
from intake.models import LookupHash, WorkItem
from intake.models.lookup import hash_of

SEARCH, FRESH = "search", "search_is_fresh"
Hashes = list[list[str]]  # pairs of kind and keyed hash; any of them finds


def hashes_for(typed: dict[str, Any]) -> Hashes:
    """Return the keyed hashes that fit what was typed, exactly or as a last name."""
    name = normalise_name(typed["name"])
    birth = typed["birth_date"].isoformat() if typed["birth_date"] else ""
    four = typed["phone_end"]
    if typed["reference"]:
        return [["reference", typed["reference"]]]
    if birth and four and not name:
        return [list(hash_of("birth-phone", birth, four))]
    if four:
        return [list(hash_of("last-phone", name, four))]
    if birth:
        return [list(hash_of("name-birth", name, birth)), list(hash_of("last-birth", name, birth))]
    return [list(hash_of("name", name)), list(hash_of("last", name))]


def remember(request: HttpRequest, hashes: Hashes) -> None:
    """Keep what was searched for, as hashes, in the staff session."""
    request.session[SEARCH], request.session[FRESH] = hashes, True


def forget(request: HttpRequest) -> None:
    request.session.pop(SEARCH, None)


def remembered_search(request: HttpRequest) -> Hashes | None:
    """Return the last search: on the page after it, and while that list is turned over.

    Coming back to the plain list shows everyone again: a search that sticks would hide a crisis.
    """
    if not request.session.pop(FRESH, False) and not request.GET:
        request.session.pop(SEARCH, None)
    found: Hashes | None = request.session.get(SEARCH)
    return found


def apply_search(work: QuerySet[WorkItem], hashes: Hashes) -> QuerySet[WorkItem]:
    """Keep the work items of the forms that a search finds."""
    if hashes[0][0] == "reference":
        return work.filter(submission__reference=hashes[0][1])
    found = Q(pk__in=[])
    for kind, value in hashes:
        found |= Q(kind=kind, hash=value)
    return work.filter(submission__in=LookupHash.objects.filter(found).values("submission"))
