"""Fields that are sealed at rest (AES-256-GCM), and the keyed hash for exact look-up.

A sealed value is bound to its place: a fixed label of the field and the row's id are part of the
seal, so that a value copied into another row or column does not open. The value names its key, so
that several keys can be in force; the first of ANSWER_KEYS seals. What belongs to one form is sealed
under a data key of that form instead (keys.py), and only the data key under ANSWER_KEYS.
"""

import hashlib
import os
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from clinic.env import read_key

FORMAT = b"\x01"
OWN_FORMAT = b"\x02"  # under a data key, which the row names
KEY_ID_BYTES = 4
NONCE_BYTES = 12


class CannotOpen(Exception):
    """A sealed value was changed, moved to another row, or sealed under a key that is not here, or was deleted."""


class SealedBytes(bytes):
    """What stands in the database: sealed, and never shown."""

    def __repr__(self) -> str:
        return "<sealed>"

    @property
    def key_id(self) -> bytes:
        return bytes(self[1 : 1 + KEY_ID_BYTES])


def key_id_of(key: bytes) -> bytes:
    return hashlib.sha256(b"previsit key id" + key).digest()[:KEY_ID_BYTES]


@lru_cache(maxsize=4)
def keyring(keys: tuple[str, ...]) -> dict[bytes, AESGCM]:
    """Return the ciphers by key id, the sealing one first."""
    return {key_id_of(key): AESGCM(key) for key in map(read_key, keys)}


def current_keyring() -> dict[bytes, AESGCM]:
    return keyring(tuple(settings.ANSWER_KEYS))


def current_key_id() -> bytes:
    return next(iter(current_keyring()))


def seal(plain: bytes, label: str, row_id: UUID, own: AESGCM | None = None) -> SealedBytes:
    """Seal bytes for one field of one row, under the row's own data key or the newest of ANSWER_KEYS."""
    if own:
        head, cipher = OWN_FORMAT, own
    else:
        key_id, cipher = next(iter(current_keyring().items()))
        head = FORMAT + key_id
    nonce = os.urandom(NONCE_BYTES)
    return SealedBytes(head + nonce + cipher.encrypt(nonce, plain, place(head, label, row_id)))


def open_sealed(sealed: bytes, label: str, row_id: UUID, own: AESGCM | None = None) -> bytes:
    """Open what `seal` made for the same label, row and data key, or raise CannotOpen."""
    head = sealed[:1] if own else sealed[: 1 + KEY_ID_BYTES]
    cipher = own or current_keyring().get(head[1:])
    if head[:1] != (OWN_FORMAT if own else FORMAT) or cipher is None:
        where = "the form's own" if own else "in ANSWER_KEYS"
        raise CannotOpen(f"{label}: sealed under a key that is not {where}")
    nonce, text = sealed[len(head) : len(head) + NONCE_BYTES], sealed[len(head) + NONCE_BYTES :]
    try:
        return cipher.decrypt(nonce, text, place(head, label, row_id))
    except InvalidTag as error:
        raise CannotOpen(f"{label}: changed, or moved from another row") from error


def place(head: bytes, label: str, row_id: UUID) -> bytes:
    return head + label.encode() + b"\x00" + row_id.bytes
