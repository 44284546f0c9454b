"""How much a page asks of its reader: words, and the grade of its sentences."""

import re
from collections.abc import Mapping

from education.documents.body import Body
from education.documents.files import Document
from education.documents.sections import sections_of

WORD = re.compile(r"[A-Za-z0-9$][A-Za-z0-9,.'’%$/-]*")
SENTENCE = re.compile(r"(?<=[.?!:])\s+")
VOWELS = re.compile(r"[aeiouy]+")
WORDS_A_MINUTE = 200


def words_in(texts: list[str]) -> int:
    return sum(len(WORD.findall(text)) for text in texts)


def blocks_of(document: Document, said: Mapping[str, str], first_only: bool = False) -> list[str]:
    """Return a page's blocks of words as they are read, closed parts left out."""
    sections = sections_of(document.body)[: 1 if first_only else None]
    blocks = [] if first_only else [document.meta["answer"], *document.meta["key_points"]]
    for section in sections:
        blocks += [section.heading, *Body.of(section.body).sentences(said)]
    return blocks


def page_words(document: Document, said: Mapping[str, str]) -> int:
    return words_in(blocks_of(document, said))


def first_section_words(document: Document, said: Mapping[str, str]) -> int:
    return words_in(blocks_of(document, said, first_only=True))


def faq_words(document: Document, said: Mapping[str, str]) -> int:
    return words_in(Body.of(document.body).sentences(said))


def minutes_to_read(words: int) -> int:
    """Return the whole minutes that reading takes, at least one."""
    return max(1, round(words / WORDS_A_MINUTE))


def reading_grade(blocks: list[str]) -> float:
    """Return the Flesch-Kincaid grade of the sentences in blocks of words."""
    whole = [block for block in blocks if block.endswith((".", "?", "!"))]  # not headings, cells and other fragments
    sentences = [WORD.findall(sentence) for block in whole for sentence in SENTENCE.split(block)]
    sentences = [words for words in sentences if words]
    words = [word for sentence in sentences for word in sentence]
    if not words:
        return 0.0
    syllables = sum(syllables_in(word) for word in words)
    return round(0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59, 1)


def syllables_in(word: str) -> int:
    """Return about how many syllables an English word has; a number counts as one."""
    letters = re.sub(r"[^a-z]", "", word.lower())
    if not letters:
        return 1
    count = len(VOWELS.findall(letters))
    if letters.endswith("e") and not letters.endswith(("le", "ee")) and count > 1:
        count -= 1
    if letters.endswith(("es", "ed")) and not letters.endswith(
        ("ted", "ded", "ses", "ces", "zes", "xes", "shes", "ches", "ges")
    ):
        count -= 1 if count > 1 else 0
    return max(1, count)
