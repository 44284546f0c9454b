"""Model fields that hold sealed values, and the queryset that guards them."""

import json
from contextlib import suppress
from typing import Any, Self, TypeVar, cast

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from clinic.sealing.cipher import CannotOpen, SealedBytes, current_key_id, open_sealed, seal


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
    `update()` and `bulk_update()` on the field raise: each would go round the seal. A model with an
    OwnKey named `data_key` has its values sealed under that.
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
        return self.from_plain(open_sealed(sealed, self.label, instance.pk, own_cipher(instance)))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> SealedBytes | None:
        return None if value is None else SealedBytes(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> SealedBytes | None:
        value = getattr(model_instance, self.attname)
        if value is None:
            return None
        return seal(self.to_plain(value), self.label, model_instance.pk, own_cipher(model_instance))

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


SHAPE = 1  # of the JSON that is sealed; a program that writes it otherwise counts it up, and still reads the older


class SealedJSONField(SealedField):
    """Seal a JSON value (dictionaries, lists, text, numbers, booleans) with the number of its shape."""

    def to_plain(self, value: Any) -> bytes:
        return json.dumps({"shape": SHAPE, "value": value}, ensure_ascii=False, separators=(",", ":")).encode()

    def from_plain(self, plain: bytes) -> Any:
        kept = json.loads(plain)
        if not (isinstance(kept, dict) and kept.keys() == {"shape", "value"}):
            return kept  # the first shape had no number
        if kept["shape"] != SHAPE:
            raise CannotOpen(
                f"{self.label}: a newer program wrote it, in shape {kept['shape']}; shape {SHAPE} is known"
            )
        return kept["value"]


class SealedTextField(SealedField):
    """Seal a text."""

    def to_plain(self, value: Any) -> bytes:
        return str(value).encode()

    def from_plain(self, plain: bytes) -> str:
        return plain.decode()


class SealedBytesField(SealedField):
    """Seal bytes as they are."""

    def to_plain(self, value: Any) -> bytes:
        return bytes(value)

    def from_plain(self, plain: bytes) -> bytes:
        return plain


class OwnKey(models.ForeignKey):
    """Which data key a row is sealed under. The row outlives it: a deleted key is how the row's words go for good."""

    def __init__(self, **kwargs: Any) -> None:
        own: dict[str, Any] = {"to": "clinic.DataKey", "on_delete": models.DO_NOTHING, "related_name": "+"}
        super().__init__(**own | {"null": True, "db_constraint": False, "db_index": False} | kwargs)


def has_own_key(model: type[models.Model]) -> bool:
    return any(isinstance(field, OwnKey) for field in model._meta.concrete_fields)


def own_cipher(row: models.Model) -> AESGCM | None:
    """Return the cipher of the row's own data key; None where the table is sealed under ANSWER_KEYS."""
    if not has_own_key(type(row)):
        return None
    key: Any = None
    with suppress(ObjectDoesNotExist):
        key = row.data_key  # type: ignore[attr-defined]
    if key is None:
        raise CannotOpen(f"{row._meta.label}: its key was deleted, or is lost")
    return cast(AESGCM, key.cipher)


Row = TypeVar("Row", bound=models.Model, covariant=True)


class SealedQuerySet(models.QuerySet[Row]):
    """Refuse `values()` and `values_list()` of sealed fields, which would hand out the sealed bytes."""

    def _values(self, *fields: Any, **expressions: Any) -> Self:
        asked = fields or tuple(field.name for field in self.model._meta.concrete_fields)
        sealed = {f.name for f in self.model._meta.concrete_fields if isinstance(f, SealedField)}
        refused = sealed.intersection(name for name in asked if isinstance(name, str))
        if refused:
            raise TypeError(f"Sealed: {', '.join(sorted(refused))}. Read it from the row.")
        return super()._values(*fields, **expressions)  # type: ignore[misc, no-any-return]

    def with_key(self) -> Self:
        """Bring each row's data key along, so that opening many asks nothing more."""
        return self.select_related("data_key")


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
