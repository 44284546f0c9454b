"""Where the links of content lead: one function."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.urls import reverse

from clinic.web.links import learn_url, reference_url
from education.documents.markdown import Part, render


@dataclass(frozen=True)
class Scope:
    """What a piece of content stands among: its sources' numbers and the claims on the same page."""

    language: str
    sources: tuple[str, ...] = ()
    claims: frozenset[str] = frozenset()

    @property
    def numbers(self) -> Mapping[str, int]:
        return {key: number for number, key in enumerate(self.sources, 1)}


def resolve_link(target: str, scope: Scope) -> str:
    """Give the address of a link as it is written in content."""
    kind, _, name = target.partition(":")
    if kind == "page":
        return learn_url(name)
    if kind == "glossary":
        return f"{reverse('education:glossary')}#{name}"
    if kind == "faq":
        return f"{reverse('education:faq')}?open={name}#{name}"
    if kind == "claim":
        anchor = f"#claim-{name.lower()}"
        return anchor if name in scope.claims else reverse("education:evidence") + anchor
    if kind == "ref":
        return f"#ref-{scope.numbers[name]}" if name in scope.sources else reference_url(name)
    if kind == "intake":
        return reverse("intake:start")
    return target


@lru_cache(maxsize=2048)
def rendered(text: str, scope: Scope) -> tuple[Part, ...]:
    """Give a text's parts; the same text in the same place is rendered once."""
    return tuple(render(text, lambda target: resolve_link(target, scope)))
