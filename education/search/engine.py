"""The index of each language, made once an edition of the content."""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

import msgspec

from clinic.profile.models import Clinic
from clinic.web.page_cache import page_cache
from clinic.web.public_version import Edition
from education.documents.settings import settings_of
from education.models import SearchWords
from education.pages.library import AND_ANSWERS, Library
from education.search.entries import entries_of
from education.search.index import Index
from education.search.text import Analyzer, analyzer


@dataclass(frozen=True)
class Engine:
    """What one language can be searched with."""

    index: Index
    emergency: tuple[tuple[str, ...], ...]
    edition: Edition | None

    def sounds_like_emergency(self, query: str) -> bool:
        """Say whether the words may come from somebody in danger: help then stands before any result."""
        stems = [self.index.analyzer.stem(word) for word in self.index.correct(list(self.index.analyzer.words(query)))]
        return any(is_part(phrase, stems) for phrase in self.emergency)


def is_part(phrase: Sequence[str], words: Sequence[str]) -> bool:
    """Say whether the phrase stands in the words, in order and without a gap."""
    return any(tuple(words[place : place + len(phrase)]) == tuple(phrase) for place in range(len(words)))


ENGINES: dict[str, Engine] = {}
LOCK = Lock()


def engine_of(language: str, clinic: Clinic) -> Engine:
    """Return the engine of a language as the content is now."""
    edition = page_cache.watch.current()
    engine = ENGINES.get(language)
    if engine is None or engine.edition != edition or edition is None:
        with LOCK:
            engine = ENGINES[language] = make_engine(language, clinic, edition)
    return engine


def make_engine(language: str, clinic: Clinic, edition: Edition | None) -> Engine:
    words: dict[str, Any] = {"synonyms": [], "emergency": []}
    for row in SearchWords.objects.in_language(language):
        words = {**words, **msgspec.yaml.decode(row.body)}
    tools: Analyzer = analyzer(language)
    synonyms = [group.split(",") for group in words["synonyms"]]
    index = Index(entries_of(Library(language, settings_of(clinic), AND_ANSWERS)), tools, synonyms)
    emergency = tuple(tuple(tools.stem(word) for word in tools.words(phrase)) for phrase in words["emergency"])
    index.known_words.update(word for phrase in words["emergency"] for word in tools.words(phrase))
    return Engine(index, emergency, edition)
