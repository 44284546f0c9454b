"""What the confirmation suggests to read."""

from collections.abc import Callable, Iterable

from django.utils.translation import get_language
from msgspec import Struct

from clinic.web.links import HELP, learn_url
from education.pages.titles import page_titles


class ReadingLink(Struct, frozen=True):
    title: str
    url: str


def reading_links(links: Iterable[str], absolute: Callable[[str], str] = str) -> list[ReadingLink]:
    """Return each page once, in the order of the first flag that points to it.

    A page that several flags point to in different places is linked as a whole. Help stands on every page, so it is
    none to read later. `absolute` makes an address whole: it may be printed.
    """
    titles = page_titles(get_language() or "en")
    anchors: dict[str, list[str]] = {}
    for link in links:
        slug, _hash, _anchor = link.partition("#")
        if slug in titles and slug != HELP and link not in anchors.setdefault(slug, []):
            anchors[slug].append(link)
    return [
        ReadingLink(titles[slug], absolute(learn_url(found[0] if len(found) == 1 else slug)))
        for slug, found in anchors.items()
    ]
