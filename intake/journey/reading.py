"""What the confirmation suggests to read: pages of the education part, named here since apps import only `clinic`."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from clinic.web.links import learn_url

TITLES: dict[str, Any] = {
    "what-is-iv-ketamine": _("What is IV ketamine therapy?"),
    "how-iv-compares": _("How IV compares with other ways"),
    "benefits-evidence": _("Benefits and what the evidence says"),
    "risks-side-effects": _("Risks and side effects"),
    "tell-us-first": _("Who should tell us first"),
    "infusion-day": _("Your infusion day"),
    "driving-home": _("Driving and getting home"),
    "after-treatment": _("After your infusions"),
    "other-options": _("Other treatment options"),
    "cost-approval": _("Cost, FDA approval and off-label use"),
    "get-help-now": _("Get help now"),
}


@dataclass(frozen=True)
class ReadingLink:
    title: Any
    url: str


def reading_links(links: Iterable[str]) -> list[ReadingLink]:
    """Give each page once, in the order of the first flag that points to it.

    A page that several flags point to in different places is linked as a whole.
    """
    anchors: dict[str, list[str]] = {}
    for link in links:
        slug, _hash, _anchor = link.partition("#")
        if slug in TITLES and link not in anchors.setdefault(slug, []):
            anchors[slug].append(link)
    return [
        ReadingLink(TITLES[slug], learn_url(found[0] if len(found) == 1 else slug)) for slug, found in anchors.items()
    ]
