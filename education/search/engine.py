"""The index of each language, made once an edition of the content."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from threading import Lock
from typing import Any

import msgspec
from msgspec import Struct

from clinic.profile.models import Clinic
from clinic.web.page_cache import page_cache
from clinic.web.public_version import Edition
from education.documents.settings import settings_of
from education.models import SearchWords
from education.pages.library import AND_ANSWERS, Library
from education.search.entries import entries_of
from education.search.index import CLOSE_ENOUGH, Index
from education.search.text import Analyzer, analyzer


class Engine(Struct, frozen=True):
    """What one language can be searched with."""

    index: Index
    danger: Mapping[str, tuple[tuple[str, ...], ...]]
    edition: Edition | None

    def help_for(self, query: str) -> set[str]:
        """Return the help that words of somebody in danger call for: "emergency" (911), "crisis" (988) or both."""
        words = self.index.join([self.read(word) for word in self.index.analyzer.words(query)])
        stems = [self.index.analyzer.stem(word) for word in words]
        return {kind for kind, phrases in self.danger.items() if any(is_part(phrase, stems) for phrase in phrases)}

    def read(self, word: str) -> str:
        """Return a misspelt word as the nearest one; one too short for the index as the nearest that means danger."""
        if len(word) != SHORT or word in self.index.known_words or word in self.index.analyzer.stop_words:
            return self.index.nearest(word)
        alarming = sorted({word for phrases in self.danger.values() for phrase in phrases for word in phrase})
        return next(iter(get_close_matches(word, alarming, n=1, cutoff=CLOSE_ENOUGH)), word)


def is_part(phrase: Sequence[str], words: Sequence[str]) -> bool:
    """Say whether the phrase stands in the words, in order, with at most one other word between two of its own."""

    def goes_on(place: int, rest: Sequence[str]) -> bool:
        near = range(place, min(place + 2, len(words)))
        return not rest or any(words[at] == rest[0] and goes_on(at + 1, rest[1:]) for at in near)

    return any(word == phrase[0] and goes_on(place, phrase[1:]) for place, word in enumerate(words, 1))


DANGER = ("emergency", "crisis")
SHORT = 3  # letters: too few to be corrected from all words

ENGINES: dict[str, Engine] = {}
LOCK = Lock()


def engine_of(language: str, clinic: Clinic) -> Engine:
    """Return the engine of a language as the content is now."""
    edition = page_cache.watch.current()
    with LOCK:  # one makes it, the others wait for it
        engine = ENGINES.get(language)
        if engine is None or engine.edition != edition or edition is None:
            engine = ENGINES[language] = make_engine(language, clinic, edition)
    return engine


def make_engine(language: str, clinic: Clinic, edition: Edition | None) -> Engine:
    rows: list[Any] = [msgspec.yaml.decode(row.body) for row in SearchWords.objects.published(language)]
    words = {kind: [of for row in rows for of in row.get(kind) or []] for kind in ("synonyms", *DANGER)}
    tools: Analyzer = analyzer(language)
    synonyms = [group.split(",") for group in words["synonyms"]]
    index = Index(entries_of(Library(language, settings_of(clinic), AND_ANSWERS)), tools, synonyms)
    phrases = {kind: [of for phrase in words[kind] if (of := list(tools.words(phrase)))] for kind in DANGER}
    danger = {kind: tuple(tuple(map(tools.stem, phrase)) for phrase in of) for kind, of in phrases.items()}
    index.known_words.update(word for of in phrases.values() for phrase in of for word in phrase)
    return Engine(index, danger, edition)
