"""The signs that mean 911: what patients sign and are shown agrees with the one list that the content has."""

from collections.abc import Iterator

import msgspec

from education.models import FigureFacts
from education.pages.figures.facts import FigureError, SignList, read_facts
from intake.definition.model import Definition

LIST = "emergency-list"


def disagreements(definition: Definition) -> list[str]:
    """Say where the words of a version and the content's list part; nothing while there is no such list.

    The notice that is signed names every sign. What else sends to 911 names the signs that it is about: only such as
    the list has.
    """
    found = []
    for notice in definition.notices.values():
        listed = signs_of(notice.language)
        if listed and notice.use == "driving":
            text = plain(notice.text)
            found += [f"{notice.id} does not name '{sign}'" for sign in listed if phrase(sign) not in text]
        elif listed and notice.use.endswith("-emergency") and not notice.signs:
            found.append(f"{notice.id} names no signs")
        found += [f"{notice.id}: {fault}" for fault in faults(notice.signs, notice.text, listed)]
    listed = signs_of(definition.language)
    for rule in definition.rules.values():
        found += [f"{rule.id}: {fault}" for fault in faults(rule.signs, rule.patient, listed)]
    return found


def faults(signs: tuple[str, ...], text: str, listed: tuple[str, ...]) -> Iterator[str]:
    """Yield what is wrong with the signs that a text says it names."""
    for sign in signs if listed else ():
        if plain(sign) not in plain(text):
            yield f"its words do not name '{sign}'"
        elif not any(set(plain(sign).split()) <= set(plain(item).split()) for item in listed):
            yield f"'{sign}' is not on the list"


def signs_of(language: str) -> tuple[str, ...]:
    """Return the list in one language, as the content has it now."""
    row = FigureFacts.objects.filter(language=language, slug=LIST).first()
    try:
        facts = read_facts(msgspec.yaml.decode(row.body)) if row else None
    except (FigureError, msgspec.DecodeError):
        return ()  # the content's own check names what is wrong there
    return facts.items if isinstance(facts, SignList) else ()


def phrase(sign: str) -> str:
    """Return a sign as a sentence of several names it: without its examples and the word that all share."""
    return plain(sign.partition(":")[0]).removeprefix("have ")


def plain(text: str) -> str:
    return " ".join(text.replace(",", " ").replace(":", " ").lower().split())
