"""The signs that mean 911: what patients sign names every sign of the one list that the content has."""

import yaml

from education.models import FigureFacts
from education.pages.figures.facts import FigureError, SignList, read_facts
from intake.definition.model import Definition

LIST = "emergency-list"


def signs_not_named(definition: Definition) -> list[str]:
    """Name the signs of the content's list that the driving notice leaves out; none while there is no such list."""
    return [
        sign
        for notice in definition.notices_by_use.get("driving", ())
        for sign in signs_of(notice.language)
        if phrase(sign) not in plain(notice.text)
    ]


def signs_of(language: str) -> tuple[str, ...]:
    """Return the list in one language, as the content has it now."""
    row = FigureFacts.objects.filter(language=language, slug=LIST).first()
    try:
        facts = read_facts(yaml.safe_load(row.body)) if row else None
    except (FigureError, yaml.YAMLError):
        return ()  # the content's own check names what is wrong there
    return facts.items if isinstance(facts, SignList) else ()


def phrase(sign: str) -> str:
    """Return a sign as a sentence of several names it: without its examples and the word that all share."""
    return plain(sign.partition(":")[0]).removeprefix("have ")


def plain(text: str) -> str:
    return " ".join(text.replace(",", " ").lower().split())
