"""Small pieces that several education templates draw."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import template

from clinic.models import User
from education.staff.standing import OnItsWay, on_their_way

register = template.Library()


@register.inclusion_tag("education/source_numbers.html")
def source_numbers(keys: Iterable[str], numbers: Mapping[str, int]) -> dict[str, Any]:
    """Draw the numbers of sources as one link to the page's own list of them."""
    return {"numbers": sorted(numbers[key] for key in keys if key in numbers)}


@register.inclusion_tag("education/grade_mark.html")
def grade_mark(grade: str, label: str) -> dict[str, str]:
    """Draw an evidence grade as its shape and its words."""
    return {"grade": grade, "label": label}


@register.simple_tag
def item(words: Sequence[str], number: int) -> str:
    """Return one of several words by its place."""
    return words[number]


@register.simple_tag
def texts_on_their_way(user: User) -> list[OnItsWay]:
    """Return what somebody may read of texts that are not public yet."""
    return on_their_way(user)


@register.filter
def split_words(words: str) -> list[str]:
    """Return the words of a text, so that a template can name several sources."""
    return words.split()
