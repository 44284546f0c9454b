"""What the confirmation suggests to read."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import get_language

from clinic.web.links import learn_url
from education.pages.titles import page_titles


@dataclass(frozen=True)
class ReadingLink:
    title: str
    url: str


def reading_links(links: Iterable[str]) -> list[ReadingLink]:
    """Return each page once, in the order of the first flag that points to it.

    A page that several flags point to in different places is linked as a whole.
    """
    titles = page_titles(get_language() or "en")
    anchors: dict[str, list[str]] = {}
    for link in links:
        slug, _hash, _anchor = link.partition("#")
        if slug in titles and link not in anchors.setdefault(slug, []):
            anchors[slug].append(link)
    return [
        ReadingLink(titles[slug], learn_url(found[0] if len(found) == 1 else slug)) for slug, found in anchors.items()
    ]
