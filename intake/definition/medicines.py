"""Lists of medicine names, and what is found of them in a text: by whole words, and one letter off."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from msgspec import Struct, field

NEAR, UNKNOWN = "near", "unknown"
SHORTEST_NEAR = 5
WORD = re.compile(r"[^\W\d_]+|\d+")

Words = tuple[str, ...]


class Found(NamedTuple):
    """A name found in a text: as it was typed, as its list spells it, and the codes of its lists."""

    typed: str
    name: str
    codes: tuple[str, ...]
    is_near: bool = False


class Token(NamedTuple):
    word: str
    typed: str


class MedicineList(Struct, frozen=True):
    code: str
    title: str
    words: str  # stands in a reason when no name was typed
    names: tuple[str, ...]
    is_near: bool = False  # a near match of its names counts
    any_first_letter: bool = False
    problem: str = ""  # what its medicines are often given for


class Medicines(Struct, frozen=True, dict=True):
    """The lists of one version."""

    version: str
    lists: tuple[MedicineList, ...]
    suggestions: tuple[str, ...] = ()  # names on no list, known all the same
    offered: tuple[str, ...] = ()  # the first name of every entry
    misspellings: Mapping[str, str] = field(default_factory=dict)
    never_near: frozenset[str] = frozenset()

    @cached_property
    def by_code(self) -> Mapping[str, MedicineList]:
        return {one.code: one for one in self.lists}

    @cached_property
    def codes_of(self) -> Mapping[str, tuple[str, ...]]:
        """Map each name to the codes of its lists; a suggestion has none."""
        codes: dict[str, tuple[str, ...]] = dict.fromkeys(self.suggestions, ())
        for one in self.lists:
            for name in one.names:
                codes[name] = (*codes.get(name, ()), one.code)
        return codes

    @cached_property
    def by_first_word(self) -> Mapping[str, tuple[tuple[Words, str], ...]]:
        """Map the first word of each name to the ways it is written, the longest first."""
        found: dict[str, list[tuple[Words, str]]] = {}
        for name in self.codes_of:
            for words in spellings(name):
                found.setdefault(words[0], []).append((words, name))
        return {word: tuple(sorted(ways, key=lambda way: -len(way[0]))) for word, ways in found.items()}

    @cached_property
    def near_names(self) -> tuple[tuple[Words, str, bool], ...]:
        """Return the names that a near match counts for, and whether the first letter may differ."""
        any_first = {name for one in self.lists if one.any_first_letter for name in one.names}
        names = dict.fromkeys(name for one in self.lists if one.is_near for name in one.names)
        return tuple((words_of(name), name, name in any_first) for name in names)

    def find(self, text: str) -> tuple[Found, ...]:
        """Return the names in a text, each once, those that are one letter off last."""
        spaced, joined = tokens(text)
        exact: dict[str, Found] = {}
        covered: set[int] = set()
        for way in (spaced, joined):
            for start, length, name in self._exact(way):
                typed = " ".join(dict.fromkeys(token.typed for token in way[start : start + length]))
                exact.setdefault(name, Found(typed, name, self.codes_of[name]))
                if way is spaced:
                    covered.update(range(start, start + length))
        known = {word for found in exact.values() for word in words_of(found.typed)}
        near: dict[str, Found] = {}
        for found in self._near(spaced, covered, known):
            if found.name not in exact:
                near.setdefault(found.name, found)
        return (*exact.values(), *near.values())

    def _exact(self, way: list[Token]) -> Iterator[tuple[int, int, str]]:
        words = tuple(token.word for token in way)
        for start, word in enumerate(words):
            for spelling, name in self.by_first_word.get(word, ()):
                if words[start : start + len(spelling)] == spelling:
                    yield start, len(spelling), name

    def _near(self, way: list[Token], covered: set[int], known: set[str]) -> Iterator[Found]:
        for place, token in enumerate(way):
            if place in covered or token.word in known or not self._may_be_near(token.word):
                continue
            if token.word in self.misspellings:
                name = self.misspellings[token.word]
                yield Found(token.typed, name, self.codes_of.get(name, ()), is_near=True)
                continue
            for words, name, any_first in self.near_names:
                for offset, word in enumerate(words):
                    start = place - offset
                    if start < 0 or not _is_near(token.word, word, any_first):
                        continue
                    around = tuple(one.word for one in way[start : start + len(words)])
                    if around[:offset] == words[:offset] and around[offset + 1 :] == words[offset + 1 :]:
                        typed = " ".join(one.typed for one in way[start : start + len(words)])
                        yield Found(typed, name, self.codes_of[name], is_near=True)

    def _may_be_near(self, word: str) -> bool:
        return word not in self.never_near and (word,) not in self._single_words

    @cached_property
    def _single_words(self) -> frozenset[Words]:
        return frozenset(words for ways in self.by_first_word.values() for words, _name in ways if len(words) == 1)


def tokens(text: str) -> tuple[list[Token], list[Token]]:
    """Return the words of a text, once with every sign as a space and once with signs as nothing."""
    text = unicodedata.normalize("NFC", text)
    spaced = [Token(plain(found[0]), found[0]) for found in WORD.finditer(text)]
    joined = [
        Token(plain(found[0]), piece) for piece in text.split() for found in WORD.finditer(re.sub(r"[\W_]", "", piece))
    ]
    return spaced, joined


def words_of(text: str) -> Words:
    return tuple(token.word for token in tokens(text)[0])


def spellings(name: str) -> set[Words]:
    """Return the ways a name may be written: signs as spaces, signs as nothing."""
    return {tuple(token.word for token in way) for way in tokens(name)}


def plain(word: str) -> str:
    """Return a word without case and accents."""
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _is_near(typed: str, name: str, any_first: bool) -> bool:
    """Say whether one letter was added, left out or changed, or two neighbors changed places."""
    if len(name) < SHORTEST_NEAR or abs(len(typed) - len(name)) > 1 or typed == name:
        return False
    if not any_first and typed[0] != name[0]:
        return False
    start = 0
    while start < min(len(typed), len(name)) and typed[start] == name[start]:
        start += 1
    rest, wanted = typed[start:], name[start:]
    if len(rest) > len(wanted):
        return rest[1:] == wanted
    if len(rest) < len(wanted):
        return rest == wanted[1:]
    return rest[1:] == wanted[1:] or (len(rest) > 1 and rest[1] + rest[0] + rest[2:] == wanted)
