"""The backup's envelope: a file that only BACKUP_KEY opens, sealed in pieces so that it can be streamed.

Each piece is AES-256-GCM over its number and whether it is the last, so that pieces cannot be cut off,
put in another order or taken from another backup.
"""

import os
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from clinic.env import read_key

MAGIC = b"previsit-backup-1\n"
ID_BYTES, NONCE_BYTES, LENGTH_BYTES = 16, 12, 4
PIECE = 1024 * 1024


class BadBackup(Exception):
    """The file is no backup, was changed or cut, or was made under another key."""


def place(backup_id: bytes, number: int, is_last: bool) -> bytes:
    return MAGIC + backup_id + number.to_bytes(8, "big") + bytes([is_last])


def write_sealed(file: BinaryIO, pieces: Iterable[bytes], key: str) -> None:
    """Seal pieces into a file, one after the other."""
    cipher, backup_id = AESGCM(read_key(key)), os.urandom(ID_BYTES)
    file.write(MAGIC + backup_id)
    waiting: bytes | None = None
    number = 0
    for piece in pieces:
        if waiting is not None:
            write_piece(file, cipher, waiting, place(backup_id, number, False))
            number += 1
        waiting = piece
    write_piece(file, cipher, waiting or b"", place(backup_id, number, True))


def write_piece(file: BinaryIO, cipher: AESGCM, plain: bytes, associated: bytes) -> None:
    nonce = os.urandom(NONCE_BYTES)
    sealed = cipher.encrypt(nonce, plain, associated)
    file.write(len(sealed).to_bytes(LENGTH_BYTES, "big") + nonce + sealed)


def read_sealed(file: BinaryIO, key: str) -> Iterator[bytes]:
    """Yield the pieces of a file that `write_sealed` made, or raise BadBackup."""
    head = file.read(len(MAGIC) + ID_BYTES)
    if not head.startswith(MAGIC) or len(head) < len(MAGIC) + ID_BYTES:
        raise BadBackup("This is no backup of Previsit.")
    cipher, backup_id = AESGCM(read_key(key)), head[len(MAGIC) :]
    number, length = 0, file.read(LENGTH_BYTES)
    while length:
        size = int.from_bytes(length, "big")
        if size > PIECE + 1024:
            raise BadBackup("The backup was changed.")
        nonce, sealed = file.read(NONCE_BYTES), file.read(size)
        length = file.read(LENGTH_BYTES)
        try:
            yield cipher.decrypt(nonce, sealed, place(backup_id, number, not length))
        except (InvalidTag, ValueError) as error:
            raise BadBackup(
                "The backup was changed or cut short, or BACKUP_KEY is not the one it was made with."
            ) from error
        number += 1
    if not number:
        raise BadBackup("The backup is cut short.")
