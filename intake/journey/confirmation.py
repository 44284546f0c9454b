"""What a person reads after sending: one entry a subject, spoken by its gravest rule, and nothing twice. Pure."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from msgspec import Struct

from intake.definition.model import Definition


class Entry(Struct, frozen=True):
    """One subject, what its gravest rule says, and the sentences of others that are never left out."""

    title: str
    words: str
    always: tuple[str, ...] = ()


class Confirmation(Struct, frozen=True):
    entries: tuple[Entry, ...]
    alone: tuple[str, ...]  # what stands under no subject
    do_not_come: tuple[str, ...]  # the subjects to talk about before an infusion


def read_confirmation(
    definition: Definition, evidence: Mapping[str, Mapping[str, Any]], said: Iterable[str] = ()
) -> Confirmation:
    """Put what flags say under their subjects, in the version's order; `evidence` is by rule, gravest first.

    `said` is what stands on the page already, such as the words of a help panel.
    """
    words: dict[str, str] = {}
    alone: list[str] = []  # what stands under no subject
    always: dict[str, list[str]] = {}
    do_not_come: list[str] = []
    known = set(said)
    place = {subject.title: number for number, subject in enumerate(definition.subjects)}
    for rule, one in evidence.items():
        if not one.get("titles"):
            alone.append(one["patient"])
        for title in one.get("titles", ()):
            words.setdefault(title, one["patient"])
            place.setdefault(title, place_of_rule(definition, rule))  # a medicine stands where its rule's subject does
            if one.get("always_say"):
                always.setdefault(title, []).append(one["always_say"])
            if one.get("do_not_come") and title not in do_not_come:
                do_not_come.append(title)
    titles = sorted(words, key=lambda title: place[title])
    entries = [entry_of(title, words[title], always.get(title, []), known) for title in titles]
    shown = together(entry for entry in entries if entry.words or entry.always)
    unsaid = tuple(sentence for sentence in dict.fromkeys(alone) if sentence not in known)
    return Confirmation(shown, unsaid, tuple(title for title in titles if title in do_not_come))


def place_of_rule(definition: Definition, rule: str) -> int:
    subjects = [subject.id for subject in definition.subjects]
    subject = definition.rules[rule].subject if rule in definition.rules else ""
    return subjects.index(subject) if subject in subjects else len(subjects)


def together(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Put subjects that follow one another and say the same under one title."""
    same = groupby(entries, key=lambda entry: (entry.words, entry.always))
    return tuple(Entry(", ".join(entry.title for entry in found), *said) for said, found in same)


def entry_of(title: str, words: str, always: Iterable[str], known: set[str]) -> Entry:
    """Return one subject; what stands on the page already is not said again, what is never left out is."""
    left = "" if words in known else words
    return Entry(title, left, tuple(sentence for sentence in dict.fromkeys(always) if sentence not in words))
