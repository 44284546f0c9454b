"""Keyed hashes: how an exact value is found that nobody can read."""

import hashlib
import hmac
import json
import unicodedata

from django.conf import settings

from clinic.env import read_key


def keyed_hash(label: str, *parts: str) -> str:
    """Return the keyed hash by which an exact value can be found and by which nothing can be read."""
    key = read_key(settings.INDEX_KEY)
    message = json.dumps([label, *parts], ensure_ascii=False).encode()
    return hmac.new(key, message, hashlib.sha256).hexdigest()


def normalise_name(name: str) -> str:
    """Return a name as it is compared: case, accents, punctuation and doubled spaces do not count."""
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    kept = (char if char.isalnum() or char.isspace() else "" for char in letters if not unicodedata.combining(char))
    return " ".join("".join(kept).split())
