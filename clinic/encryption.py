"""Fields that are sealed at rest (AES-256-GCM), and the keyed hash for exact look-up.

A sealed value is bound to its place: a fixed label of the field and the row's id are part of the
seal, so that a value copied into another row or column does not open. The value names its key, so
that several keys can be in force; the first of ANSWER_KEYS seals.
"""

import hashlib
import hmac
import json
import os
import unicodedata
from functools import lru_cache
from typing import Any, Self, cast
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from clinic.env import read_key

FORMAT = b"\x01"
KEY_ID_BYTES = 4
NONCE_BYTES = 12


class CannotOpen(Exception):
    """A sealed value was changed, moved to another row, or sealed under a key that is not here."""


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


def seal(plain: bytes, label: str, row_id: UUID) -> SealedBytes:
    """Seal bytes for one field of one row, under the newest key."""
    key_id, cipher = next(iter(current_keyring().items()))
    nonce = os.urandom(NONCE_BYTES)
    head = FORMAT + key_id
    return SealedBytes(head + nonce + cipher.encrypt(nonce, plain, place(head, label, row_id)))


def open_sealed(sealed: bytes, label: str, row_id: UUID) -> bytes:
    """Open what `seal` made for the same label and row, or raise CannotOpen."""
    head = sealed[: 1 + KEY_ID_BYTES]
    cipher = current_keyring().get(head[1:])
    if head[:1] != FORMAT or cipher is None:
        raise CannotOpen(f"{label}: sealed under a key that is not in ANSWER_KEYS")
    nonce, text = sealed[len(head) : len(head) + NONCE_BYTES], sealed[len(head) + NONCE_BYTES :]
    try:
        return cipher.decrypt(nonce, text, place(head, label, row_id))
    except InvalidTag as error:
        raise CannotOpen(f"{label}: changed, or moved from another row") from error


def place(head: bytes, label: str, row_id: UUID) -> bytes:
    return head + label.encode() + b"\x00" + row_id.bytes


class SealedAttribute(DeferredAttribute):
    """Open a loaded value when it is first read.

    Having `__set__` makes it a data descriptor: without it Python would hand out what stands in the
    instance's dictionary, still sealed.
    """

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value

    def __get__(self, instance: models.Model | None, cls: type[models.Model] | None = None) -> Any:
        value = super().__get__(instance, cls)
        if instance is not None and isinstance(value, SealedBytes):
            field = cast(SealedField, self.field)
            value = field.open(value, instance)
            instance.__dict__[self.field.attname] = value
        return value


class SealedField(models.BinaryField):
    """Hold a value that only the application can read; `label` is permanent, like a column's name.

    The model needs a UUID primary key made in Python and a SealedQuerySet. Filters, `values()`,
    `update()` and `bulk_update()` on the field raise: each would go round the seal.
    """

    # For type checkers: a sealed field holds plain values, not BinaryField's bytes.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    descriptor_class = SealedAttribute

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        self.label = label
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "label": self.label}

    def to_plain(self, value: Any) -> bytes:
        raise NotImplementedError

    def from_plain(self, plain: bytes) -> Any:
        raise NotImplementedError

    def open(self, sealed: SealedBytes, instance: models.Model) -> Any:
        return self.from_plain(open_sealed(sealed, self.label, instance.pk))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> SealedBytes | None:
        return None if value is None else SealedBytes(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> SealedBytes | None:
        value = getattr(model_instance, self.attname)
        return None if value is None else seal(self.to_plain(value), self.label, model_instance.pk)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is not None and not isinstance(value, SealedBytes):
            raise TypeError(f"{self.label} is sealed: save the row, do not update or compare the column.")
        return super().get_db_prep_value(value, connection, prepared)

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def get_default(self) -> Any:
        return self.default() if callable(self.default) else (self.default if self.has_default() else None)

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError(f"{self.label} is sealed: it is not exported in clear.")


class SealedJSONField(SealedField):
    """Seal a JSON value: dictionaries, lists, text, numbers, booleans."""

    def to_plain(self, value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    def from_plain(self, plain: bytes) -> Any:
        return json.loads(plain)


class SealedTextField(SealedField):
    """Seal a text."""

    def to_plain(self, value: Any) -> bytes:
        return str(value).encode()

    def from_plain(self, plain: bytes) -> str:
        return plain.decode()


class SealedQuerySet(models.QuerySet[Any]):
    """Refuse `values()` and `values_list()` of sealed fields, which would hand out the sealed bytes."""

    def _values(self, *fields: Any, **expressions: Any) -> Self:
        asked = fields or tuple(field.name for field in self.model._meta.concrete_fields)
        sealed = {f.name for f in self.model._meta.concrete_fields if isinstance(f, SealedField)}
        refused = sealed.intersection(name for name in asked if isinstance(name, str))
        if refused:
            raise TypeError(f"Sealed: {', '.join(sorted(refused))}. Read it from the row.")
        return super()._values(*fields, **expressions)  # type: ignore[misc, no-any-return]


def sealed_fields(model: type[models.Model]) -> list[SealedField]:
    return [field for field in model._meta.concrete_fields if isinstance(field, SealedField)]


def reseal(row: models.Model) -> bool:
    """Seal a loaded row's values anew under the newest key; say whether any needed it.

    The one way in which a row that is written once is written again: it goes round `save()` and the
    guarded querysets, opens and seals the same plain value, and touches no other column. The row must
    be locked by the caller, or what was saved in between is lost.
    """
    sealed = {}
    for field in sealed_fields(type(row)):
        value = row.__dict__.get(field.attname)
        if isinstance(value, SealedBytes) and value.key_id != current_key_id():
            sealed[field.attname] = seal(open_sealed(value, field.label, row.pk), field.label, row.pk)
    if sealed:
        models.QuerySet(type(row)).filter(pk=row.pk).update(**sealed)
    return bool(sealed)


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
