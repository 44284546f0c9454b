"""Words as they are compared in search: one analyzer a language."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache
from threading import Lock

from msgspec import Struct

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")

ENGLISH_STOP_WORDS = """
    a about after also am an and any are as at be been before but by can could did do does doing dont during for from
    get gets getting go goes going got had has have having he her him his how i if im in into is isnt it its ive just
    let me my need now of on or our out s she should so some still than that the their them then there they this to
    too up us want was wasnt we were what when where which who why will with would you your
"""


class Analyzer(Struct, frozen=True, dict=True):
    """Cut a text of one language into the forms that are compared: no case, no accents, stems."""

    stemmer: str
    stop_words: frozenset[str]

    @cached_property
    def stem(self) -> Callable[[str], str]:
        """Return the stem of a word; the stemmer works on the one word that it holds, so for one thread at a time."""
        from snowballstemmer import stemmer  # loads every language: only for who searches

        stem_word, lock = stemmer(self.stemmer).stemWord, Lock()

        @lru_cache(maxsize=8192)
        def stem(word: str) -> str:
            with lock:
                return str(stem_word(word))

        return stem

    def words(self, text: str) -> Iterator[str]:
        """Yield the words of a text in order, without case, accents and apostrophes."""
        folded = unicodedata.normalize("NFKD", text.casefold())
        plain = "".join(char for char in folded if not unicodedata.combining(char))
        for match in WORD.finditer(plain):
            yield match[0].replace("'", "").replace("’", "")

    def terms(self, text: str) -> list[str]:
        """Return the stems of the words that say something; of all words when none does."""
        words = list(self.words(text))
        return [self.stem(word) for word in words if word not in self.stop_words] or [self.stem(word) for word in words]


ANALYZERS = {"en": Analyzer("english", frozenset(ENGLISH_STOP_WORDS.split()))}


def analyzer(language: str) -> Analyzer:
    """Return the analyzer of a language, the English one where there is none yet."""
    return ANALYZERS.get(language, ANALYZERS["en"])
