"""What a person reads after sending: one entry a subject, spoken by its gravest rule, and nothing twice. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from intake.definition.model import Definition


@dataclass(frozen=True)
class Entry:
    """One subject, what its gravest rule says, and the sentences of others that are never left out."""

    title: str
    words: str
    always: tuple[str, ...] = ()


@dataclass(frozen=True)
class Confirmation:
    entries: tuple[Entry, ...]
    do_not_come: tuple[str, ...]  # the subjects to talk about before an infusion


def read_confirmation(
    definition: Definition, evidence: Iterable[Mapping[str, Any]], said: Iterable[str] = ()
) -> Confirmation:
    """Put what flags say under their subjects, in the version's order; `evidence` comes gravest first.

    `said` is what stands on the page already, such as the words of a help panel.
    """
    words: dict[str, str] = {}
    always: dict[str, list[str]] = {}
    do_not_come: list[str] = []
    known = set(said)
    for one in evidence:
        for title in one.get("titles") or [""]:
            words.setdefault(title, one["patient"])
            if one.get("always_say"):
                always.setdefault(title, []).append(one["always_say"])
            if one.get("do_not_come") and title not in do_not_come:
                do_not_come.append(title)
    place = {subject.title: number for number, subject in enumerate(definition.subjects)}
    titles = sorted(words, key=lambda title: place.get(title, len(place)))
    entries = [entry_of(title, words[title], always.get(title, [])) for title in titles if words[title] not in known]
    return Confirmation(tuple(entries), tuple(title for title in titles if title in do_not_come and title))


def entry_of(title: str, words: str, always: Iterable[str]) -> Entry:
    return Entry(title, words, tuple(sentence for sentence in dict.fromkeys(always) if sentence not in words))


def without_subjects(evidence: Iterable[Mapping[str, Any]], said: Iterable[str]) -> list[str]:
    """Return each rule's words once, for a version whose rules have no subject."""
    known = set(said)
    return [words for words in dict.fromkeys(one["patient"] for one in evidence) if words not in known]
