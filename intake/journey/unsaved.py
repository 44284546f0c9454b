"""Pages that could not be applied: kept sealed as they were posted, and shown again with what was typed."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from msgspec import Struct
from msgspec.structs import asdict

from intake.models import Draft

NOT_TYPED = ("csrfmiddlewaretoken", "leave")


class Posted(Struct, frozen=True):
    """One page as it was posted."""

    at: str
    typed: Mapping[str, list[str]]
    revision: int = 0  # that it was shown at, or at which the valid part of it was saved
    conflicts: tuple[str, ...] = ()  # what was changed elsewhere in the meantime
    is_late: bool = False  # who posted it must first give the date of birth
    is_growing: bool = False  # another row was asked for: nothing is wrong
    asks_signature: bool = False  # whether the name that was typed is meant as the signature
    back: str = ""

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Posted":
        return cls(**{**kept, "conflicts": tuple(kept["conflicts"])})

    @property
    def is_unapplied(self) -> bool:
        """Say whether something in it counts nowhere yet, though nothing is wrong with it."""
        return bool(self.conflicts) or self.is_late or self.asks_signature

    @property
    def data(self) -> QueryDict:
        """Return what was typed as it was posted, at the revision it now stands on."""
        data = QueryDict(mutable=True)
        for name, values in self.typed.items():
            data.setlist(name, values)
        data["revision"] = str(self.revision)
        return data


def read_typed(data: QueryDict) -> dict[str, list[str]]:
    return {name: [str(value) for value in values] for name, values in data.lists() if name not in NOT_TYPED}


def find_posted(draft: Draft, slug: str) -> Posted | None:
    kept = draft.unsaved.get(slug)
    return Posted.from_json(kept) if kept else None


def with_posted(unsaved: Mapping[str, Any], slug: str, posted: Posted | None) -> dict[str, Any]:
    """Return the pages that wait, with this one put in or taken out."""
    others = {name: kept for name, kept in unsaved.items() if name != slug}
    return {**others, slug: asdict(posted)} if posted else others
