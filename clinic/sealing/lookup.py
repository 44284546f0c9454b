"""Keyed hashes: how an exact value is found that nobody can read; and how names are compared."""

import hmac
import json
import unicodedata
from functools import lru_cache

from django.conf import settings

from clinic.env import read_key

# Letters of Latin script that Unicode does not take apart into a letter and an accent.
LATIN_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ı": "i", "ŧ": "t", "ĸ": "k"}
)
# Letters to Unicode; to whoever types a name, apostrophes (Ka'iulani) and Arabic's drawn-out line.
NO_LETTERS = dict.fromkeys(map(ord, "\u0640\u02b9\u02ba\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ca\u02cb\ua78b\ua78c"))

SUFFIXES = {"jr", "sr", "ii", "iii", "iv"}
LONGEST_LAST_NAME = 3  # words: de la Cruz


index_key = lru_cache(maxsize=1)(read_key)


def keyed_hash(label: str, *parts: str) -> str:
    """Return the keyed hash by which an exact value can be found and by which nothing can be read."""
    message = json.dumps([label, *parts], ensure_ascii=False).encode()
    return hmac.digest(index_key(settings.INDEX_KEY), message, "sha256").hex()


def normalise_name(name: str) -> str:
    """Return a name as it is compared: its letters, digits and marks, without spaces and punctuation.

    Case, compatibility forms and the accents of Latin letters do not count. Marks of other scripts do:
    they are vowels and voicings there, and tell people apart. Empty when the name has no letter.
    """
    letters = unicodedata.normalize("NFKC", name.translate(NO_LETTERS)).casefold().translate(LATIN_LETTERS)
    kept, counts_marks = "", False
    for char in unicodedata.normalize("NFKD", letters):
        if unicodedata.category(char).startswith("M"):
            kept += char if counts_marks else ""
        elif char.isalnum():
            counts_marks = not unicodedata.name(char, "").startswith("LATIN")
            kept += char
        else:
            counts_marks = False
    return unicodedata.normalize("NFC", kept)


def last_names(name: str) -> set[str]:
    """Return what may be somebody's last name, each as it is compared: its last words, and parts of a double name."""
    words = [word for word in name.split() if normalise_name(word)]
    while len(words) > 1 and normalise_name(words[-1]) in SUFFIXES:
        words.pop()
    found = {normalise_name("".join(words[-count:])) for count in range(1, LONGEST_LAST_NAME + 1)}
    if words:
        found |= {normalise_name(part) for part in words[-1].replace("\u2010", "-").split("-")}
    return found - {""}
