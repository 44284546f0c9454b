"""An index of everything a reader can be led to, small enough to keep in memory and the same on every database.

Ranking is BM25 over weighted fields (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009), with
the group of synonyms of a word counted as one word.
"""

import difflib
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from msgspec import Struct

from education.search.text import Analyzer

SATURATION, LENGTH_WEIGHT = 1.2, 0.6
SYNONYM_WEIGHT = 0.8
CLOSE_ENOUGH = 0.77
SHORTEST_TO_CORRECT = 4
MOST_WORDS = 12  # of a query; the rest says nothing new


class Entry(Struct, frozen=True):
    """One place a search can lead to. `fields` are texts with the weight of their words."""

    kind: str
    key: str  # "slug#anchor", "faq-05", "glossary:delirium", ...
    url: str
    title: str
    context: str  # what the place belongs to: the page of a section, the group of a question
    summary: str
    fields: tuple[tuple[str, float], ...]
    boost: float = 1.0


class Found(Struct, frozen=True):
    """What a query came to: entries, best first, and the words it was read as when they were misspelt."""

    entries: tuple[Entry, ...]
    corrected: str = ""


class Index:
    """Entries by the stems of their words."""

    def __init__(self, entries: Iterable[Entry], analyzer: Analyzer, synonyms: Iterable[Sequence[str]]) -> None:
        self.entries = tuple(entries)
        self.analyzer = analyzer
        self.weights: dict[str, dict[int, float]] = defaultdict(dict)
        self.lengths: list[float] = []
        self.known_words: set[str] = set()
        for number, entry in enumerate(self.entries):
            self.add(number, entry)
        self.average = sum(self.lengths) / len(self.lengths) if self.lengths else 1.0
        self.synonyms = self.read_synonyms(synonyms)

    def add(self, number: int, entry: Entry) -> None:
        found: dict[str, float] = defaultdict(float)
        for text, weight in entry.fields:
            for word in self.analyzer.words(text):
                if entry.kind != "reference":  # nobody who misspells a word means an author's name
                    self.known_words.add(word)
                if word not in self.analyzer.stop_words:
                    found[self.analyzer.stem(word)] += weight
        for stem, weight in found.items():
            self.weights[stem][number] = weight
        self.lengths.append(sum(found.values()))

    def read_synonyms(self, groups: Iterable[Sequence[str]]) -> Mapping[tuple[str, ...], tuple[tuple[str, ...], ...]]:
        """Map each wording to the others that mean the same; a wording is one word or several."""
        meaning: dict[tuple[str, ...], tuple[tuple[str, ...], ...]] = {}
        for group in groups:
            stems = [tuple(self.analyzer.terms(wording)) for wording in group]
            for wording, words in zip(group, stems, strict=True):
                self.known_words.update(self.analyzer.words(wording))
                meaning[words] = (*meaning.get(words, ()), *(other for other in stems if other != words))
        return meaning

    def search(self, query: str, most: int = 10, correcting: bool = True) -> Found:
        """Find the entries that fit best. Misspelt words are read as the nearest known ones."""
        words = list(self.analyzer.words(query))[:MOST_WORDS]
        read = self.join(self.correct(words)) if correcting else words
        corrected = " ".join(read) if read != words and "".join(read) != "".join(words) else ""
        scores: dict[int, float] = defaultdict(float)
        groups = self.groups(self.analyzer.terms(" ".join(read)))
        matched: Counter[int] = Counter()
        for group in groups:
            for number, score in self.score(group).items():
                scores[number] += score
                matched[number] += 1
        # An entry that knows all of what was asked comes before one that has much to say of a part of it.
        ranked = sorted(
            scores,
            key=lambda n: (-scores[n] * self.entries[n].boost * (matched[n] / len(groups)), self.entries[n].key),
        )
        return Found(tuple(self.entries[number] for number in ranked[:most]), corrected)

    def correct(self, words: list[str]) -> list[str]:
        return [self.nearest(word) for word in words]

    def nearest(self, word: str) -> str:
        if word in self.known_words or word in self.analyzer.stop_words or len(word) < SHORTEST_TO_CORRECT:
            return word
        if self.analyzer.stem(word) in self.weights or (self.analyzer.stem(word),) in self.synonyms:
            return word
        near = difflib.get_close_matches(word, sorted(self.known_words), n=1, cutoff=CLOSE_ENOUGH)
        return near[0] if near else word

    def join(self, words: list[str]) -> list[str]:
        """Write two words as one where only the one word is known, as in 'breast feeding'."""
        for place, (first, second) in enumerate(pairwise(words)):
            if first + second in self.known_words:
                return [*words[:place], first + second, *self.join(words[place + 2 :])]
        return words

    def groups(self, terms: list[str]) -> list[list[tuple[tuple[str, ...], float]]]:
        """Cut the query into meanings, the longest known wording first, each with the wordings that count for it."""
        groups = []
        place = 0
        while place < len(terms):
            length = next((n for n in (3, 2, 1) if tuple(terms[place : place + n]) in self.synonyms), 1)
            wording = tuple(terms[place : place + length])
            others = [(other, SYNONYM_WEIGHT) for other in self.synonyms.get(wording, ())]
            groups.append([(wording, 1.0), *others])
            place += length
        return groups

    def score(self, group: list[tuple[tuple[str, ...], float]]) -> dict[int, float]:
        """Score the entries that have one of these wordings; the best wording of an entry counts."""
        best: dict[int, float] = {}
        for wording, weight in group:
            holders = [self.weights.get(stem, {}) for stem in wording]
            for number in set(holders[0]).intersection(*holders[1:]) if holders else ():
                score = weight * sum(self.bm25(stem, number) for stem in wording) / len(wording)
                best[number] = max(score, best.get(number, 0.0))
        return best

    def bm25(self, stem: str, number: int) -> float:
        holders = self.weights[stem]
        rarity = math.log(1 + (len(self.entries) - len(holders) + 0.5) / (len(holders) + 0.5))
        weight = holders[number]
        length = 1 - LENGTH_WEIGHT + LENGTH_WEIGHT * self.lengths[number] / self.average
        return rarity * weight * (SATURATION + 1) / (weight + SATURATION * length)
